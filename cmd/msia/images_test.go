package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/images/imagetest"
	"github.com/msia/msia/internal/testdb"
)

// withImages starts msia and signs in.
func withImages(t testing.TB, command ...string) (p *process, token, dataDir, dsn string) {
	t.Helper()
	pool := testdb.New(t)
	dsn, dataDir = pool.Config().ConnString(), t.TempDir()
	env := map[string]string{"DATABASE_URL": dsn, "MSIA_DATA_DIR": dataDir, "MSIA_ADMIN_PASSWORD": "a-long-enough-password", "MSIA_ADDR": freeAddr(t)}
	p = launchCommand(t, env, command...)
	p.ready()
	return p, signIn(t, p), dataDir, dsn
}

// uploadImage returns the status and the answer, or 0 when there was none.
func uploadImage(p *process, token string, file []byte) (int, string) {
	return upload(p, token, "/api/images/upload", "foto.jpg", file, nil)
}

// children lists the processes that pid started and that have not ended.
func children(pid int) []int {
	var out []int
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		b, _ := os.ReadFile(task)
		for _, f := range strings.Fields(string(b)) {
			if n, err := strconv.Atoi(f); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}

// peakRSS is the most memory a process had, in MB, and how much of what it has is
// the program's own file, which all of them share; 0 once it has ended.
func peakRSS(pid int) (most, shared int) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
		switch name {
		case "VmHWM":
			most = kb / 1024
		case "RssFile":
			shared = kb / 1024
		}
	}
	return most, shared
}

// kept lists the files in the store, and those of uploads.
func kept(t testing.TB, dataDir string) []string {
	t.Helper()
	var names []string
	for _, dir := range []string{"files", "uploads"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(dataDir, dir), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, path)
			}
			return err
		}))
	}
	return names
}

func imageObjects(t *testing.T, dsn string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM image_objects").Scan(&n))
	return n
}

// TestManyPhotosInLittleMemory: 32 photos of 12 megapixels at once.
func TestManyPhotosInLittleMemory(t *testing.T) {
	p, token, dataDir, dsn := withImages(t, "serve")
	photos := make([][]byte, 4)
	var made sync.WaitGroup
	for i := range photos {
		made.Go(func() { photos[i] = imagetest.JPEG(imagetest.Photo(4000, 3000, uint64(i)), 92) })
	}
	made.Wait()
	require.Greater(t, len(photos[0]), 2<<20)
	peaks, program := map[int]int{}, 0 // of each its own, and what they share
	var mu sync.Mutex
	measure := func() {
		mu.Lock()
		defer mu.Unlock()
		for _, pid := range append(children(p.cmd.Process.Pid), p.cmd.Process.Pid) {
			most, shared := peakRSS(pid)
			peaks[pid], program = max(peaks[pid], most-shared), max(program, shared)
		}
	}
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			// A different file each, so that each is decoded and stored.
			file := imagetest.AfterSOI(photos[i%len(photos)], imagetest.Segment(0xFE, []byte(strconv.Itoa(i))))
			status, body := uploadImage(p, token, file)
			assert.Equal(t, http.StatusCreated, status, body)
			measure()
		})
	}
	all.Wait()
	measure()
	total := program
	for _, mb := range peaks {
		total += mb
	}
	t.Logf("peak memory by process in MB: %v, of the program %d, together %d", peaks, program, total)
	require.Greater(t, len(peaks), 1, "there are decoders to measure")
	// Where what they share was counted three times this was 400, of which 130 were that.
	require.Less(t, total, 270)
	require.Len(t, kept(t, dataDir), len(photos))
	require.Equal(t, len(photos), imageObjects(t, dsn))
	p.stop()
}

// TestKillersEightAtATime are refused at once; the server neither dies nor talks
// about it.
func TestKillersEightAtATime(t *testing.T) {
	p, token, _, _ := withImages(t, "serve")
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"GIF of 35 bytes": {imagetest.GIFBomb(), imagetest.InvalidType},
		"PNG of 74 bytes": {imagetest.PNGBomb(), imagetest.TooLarge},
		"scan bomb":       {imagetest.ScanBomb(6144, 2647), imagetest.TooLarge},
	} {
		before := strings.Count(p.stderr.String(), "\n")
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				start := time.Now()
				status, body := uploadImage(p, token, c.file)
				assert.Less(t, time.Since(start), time.Second, name)
				assert.Equal(t, http.StatusBadRequest, status, name)
				assert.Contains(t, body, c.code, name)
			})
		}
		all.Wait()
		require.Less(t, strings.Count(p.stderr.String(), "\n")-before, 20, name)
	}
	status, body := uploadImage(p, token, imagetest.JPEG(imagetest.Pattern(640, 480), 85))
	require.Equal(t, http.StatusCreated, status, body)
	p.stop()
}

// TestDecodersKilledAtWork: every answer is one of ours, and what was said to be
// kept is kept whole.
func TestDecodersKilledAtWork(t *testing.T) {
	p, token, dataDir, dsn := withImages(t, "serve")
	photos := make([][]byte, 24)
	for i := range photos {
		photos[i] = imagetest.JPEG(imagetest.Photo(1600, 1200, uint64(i)), 85)
	}
	var (
		all   sync.WaitGroup
		left  atomic.Int32
		works atomic.Int32
	)
	left.Store(int32(len(photos)))
	for _, photo := range photos {
		all.Go(func() {
			defer left.Add(-1)
			status, body := uploadImage(p, token, photo)
			assert.Contains(t, []int{http.StatusCreated, http.StatusServiceUnavailable}, status, body)
			if status == http.StatusCreated {
				works.Add(1)
			}
		})
	}
	for kills := 0; left.Load() > 0; {
		for _, pid := range children(p.cmd.Process.Pid) {
			if kills < 6 && syscall.Kill(pid, syscall.SIGKILL) == nil {
				kills++
			}
		}
		time.Sleep(30 * time.Millisecond)
	}
	all.Wait()
	require.Positive(t, works.Load())
	require.Len(t, kept(t, dataDir), imageObjects(t, dsn))
	status, body := uploadImage(p, token, photos[0])
	require.Equal(t, http.StatusCreated, status, body)
	pids := children(p.cmd.Process.Pid)
	require.NotEmpty(t, pids)
	p.kill()
	require.Eventually(t, func() bool {
		for _, pid := range pids {
			if syscall.Kill(pid, 0) == nil {
				return false
			}
		}
		return true
	}, patience, 10*time.Millisecond, "decoders die with the server")
}

// TestFullDisk: files may not grow beyond 8 KB, neither uploads nor pictures.
func TestFullDisk(t *testing.T) {
	p, token, dataDir, dsn := withImages(t, "/bin/sh", "-c", `ulimit -f 16; exec "$0" serve`, binary)
	for name, file := range map[string][]byte{
		"while it is received": imagetest.JPEG(imagetest.Photo(800, 600, 1), 85),
		"while it is kept":     imagetest.OneColour(2500, 2500), // some 40 bytes, and much more as a JPEG
	} {
		status, body := uploadImage(p, token, file)
		require.Equal(t, http.StatusServiceUnavailable, status, name)
		require.Contains(t, body, "storage_unavailable", name)
		require.Empty(t, kept(t, dataDir), name)
		require.Zero(t, imageObjects(t, dsn), name)
	}
	status, body := uploadImage(p, token, imagetest.JPEG(imagetest.Pattern(64, 64), 80))
	require.Equal(t, http.StatusCreated, status, body)
	p.stop()
}

// launchCommand starts msia with arguments, or through another program.
func launchCommand(t testing.TB, env map[string]string, command ...string) *process {
	t.Helper()
	if !strings.HasPrefix(command[0], "/") {
		return launch(t, env, command...)
	}
	p := &process{t: t, cmd: exec.Command(command[0], command[1:]...), url: "http://" + env["MSIA_ADDR"], stdout: &output{}, stderr: &output{}, done: make(chan error, 1)}
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	for k, v := range env {
		p.cmd.Env = append(p.cmd.Env, k+"="+v)
	}
	p.start()
	return p
}
