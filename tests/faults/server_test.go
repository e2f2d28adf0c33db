//go:build faults

package faults_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/testdb"
)

// The programs, built once: msia as it is shipped, and the control.
var shippedProgram, naiveProgram string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "msia-faults-")
	if err != nil {
		panic(err)
	}
	shippedProgram, naiveProgram = filepath.Join(dir, "msia"), filepath.Join(dir, "naive")
	for program, source := range map[string]string{shippedProgram: "../../cmd/msia", naiveProgram: "./naive"} {
		if out, err := exec.Command("go", "build", "-o", program, source).CombinedOutput(); err != nil {
			panic(fmt.Sprintf("go build: %v\n%s", err, out))
		}
	}
	code := testdb.Runner(m).Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// server is a running program under attack.
type server struct {
	t       testing.TB
	addr    string
	pid     int
	process *os.Process
	gone    chan struct{} // closed when it has ended
}

func (s *server) url(path string) string { return "http://" + s.addr + path }

// run starts a program; it ends with the test.
func run(t testing.TB, env []string, stdout io.Writer, program string, args ...string) *server {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, env...)
	cmd.Dir = t.TempDir()
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = stdout, &log
	require.NoError(t, cmd.Start())
	s := &server{t: t, pid: cmd.Process.Pid, process: cmd.Process, gone: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(s.gone)
	}()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", program, log.String()[max(0, log.Len()-20_000):])
		}
	})
	return s
}

// kill ends it as a power cut would.
func (s *server) kill() {
	_ = s.process.Kill()
	<-s.gone
}

const password = "a-long-enough-password"

// shipped starts msia. Requests are not counted, so that what is tried here is not
// kept off by that already.
func shipped(t testing.TB, env ...string) *server {
	t.Helper()
	addr := freeAddr(t)
	env = append(env, "MSIA_ADDR="+addr, "DATABASE_URL="+testdb.DSN(t), "MSIA_DATA_DIR="+t.TempDir(), "MSIA_ADMIN_PASSWORD="+password,
		"MSIA_RATE_PUBLIC=0", "MSIA_RATE_QUOTE=0", "MSIA_RATE_UPLOAD=0", "MSIA_RATE_ACCOUNT=0")
	s := run(t, env, io.Discard, shippedProgram, "serve")
	s.addr = addr
	require.Eventually(t, s.ready, 2*time.Minute, 50*time.Millisecond)
	return s
}

// ready is what balancers ask.
func (s *server) ready() bool {
	res, err := http.Get(s.url("/readyz"))
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode == http.StatusOK
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// naive starts the control.
func naive(t testing.TB) *server {
	t.Helper()
	out, stdout := io.Pipe()
	s := run(t, nil, stdout, naiveProgram)
	addr, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	s.addr = strings.TrimSpace(addr)
	return s
}

// memory is what the process has in RAM, in MB; peak the most it ever had since
// forget.
func (s *server) memory(field string) int {
	s.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	require.NoError(s.t, err)
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			require.NoError(s.t, err)
			return kb / 1024
		}
	}
	require.Fail(s.t, "no "+field)
	return 0
}

// grown is by how many MB the process's memory grew at the most during f.
func (s *server) grown(f func()) int {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.pid), []byte("5"), 0))
	before := s.memory("VmRSS")
	f()
	return s.memory("VmHWM") - before
}

// files is how many files and connections the process has open.
func (s *server) files() int {
	s.t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.pid))
	require.NoError(s.t, err)
	return len(entries)
}

// dial opens a connection; it ends with the test.
func (s *server) dial() net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

// latency is how long the requests of an ordinary client take, at the median and
// for nine of ten: the best of three rounds, since the machine has other things to
// do, too.
func (s *server) latency(body string) (median, most time.Duration) {
	s.t.Helper()
	client := &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	median, most = time.Hour, time.Hour
	for range 3 {
		var took []time.Duration
		for range 150 {
			began := time.Now()
			res, err := client.Post(s.url("/api/tariffs/quote"), "application/json", strings.NewReader(body))
			require.NoError(s.t, err)
			_, err = io.Copy(io.Discard, res.Body)
			require.NoError(s.t, err)
			require.NoError(s.t, res.Body.Close())
			require.Equal(s.t, http.StatusOK, res.StatusCode)
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		median, most = min(median, took[len(took)/2]), min(most, took[len(took)*9/10])
	}
	return median, most
}
