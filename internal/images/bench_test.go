package images_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/decoder/decodertest"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
)

// photoSet is what a benchmark is about, and how much of imaginary's processor
// time we may take for it.
type photoSet struct {
	name   string
	files  [][]byte
	limit  float64
	rounds int
}

func photoSets() []photoSet {
	camera, chat := photoSet{name: "camera", limit: 0.65, rounds: 2}, photoSet{name: "whatsapp", limit: 1.1, rounds: 6}
	for i, size := range [][2]int{{2272, 1704}, {2592, 1944}, {3264, 2448}, {4000, 3000}, {3000, 4000}, {4608, 3456}, {5184, 3888}, {6000, 4000}} {
		exif := imagetest.EXIFSegment(imagetest.EXIF([]uint16{1, 6, 1, 3, 1, 1, 8, 1}[i]))
		camera.files = append(camera.files, imagetest.AfterSOI(imagetest.JPEG(imagetest.Photo(size[0], size[1], uint64(i)), 92), exif))
	}
	for i := range 10 {
		w, h := 1600, 1200-40*i
		if i%2 == 1 {
			w, h = h, w
		}
		chat.files = append(chat.files, imagetest.JPEG(imagetest.Photo(w, h, uint64(i)), 75))
	}
	return []photoSet{camera, chat}
}

// workers is how many photos are under way at once.
const workers = 2

// each runs fn on every photo of a set, workers at a time.
func (s photoSet) each(b *testing.B, fn func(file []byte) error) {
	b.Helper()
	queue := make(chan []byte)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for file := range queue {
				if err := fn(file); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for range s.rounds {
		for _, file := range s.files {
			queue <- file
		}
	}
	close(queue)
	all.Wait()
}

// usage is what a way of doing it took.
type usage struct {
	cpu time.Duration
	rss int // MB, all processes together
}

// BenchmarkUploadAgainstImaginary makes 1600 and 320 pixels of each photo, our
// way and imaginary's, turn by turn, and compares the processor time. Ours has
// the guard and the pipes in it; imaginary's has not its client.
func BenchmarkUploadAgainstImaginary(b *testing.B) {
	program := buildImaginary(b)
	for _, set := range photoSets() {
		b.Run(set.name, func(b *testing.B) {
			var ours, full, theirs usage
			for b.Loop() {
				ours = ours.add(measure(b, func() int { return runOurs(b, set, 1600) }, syscall.RUSAGE_SELF))
				theirs = theirs.add(measure(b, func() int { return runImaginary(b, program, set) }))
				full = full.add(measure(b, func() int { return runOurs(b, set, images.MaxSide) }, syscall.RUSAGE_SELF))
			}
			photos := float64(b.N * set.rounds * len(set.files))
			perPhoto := func(u usage) float64 { return float64(u.cpu.Milliseconds()) / photos }
			ratio := float64(ours.cpu) / float64(theirs.cpu)
			b.ReportMetric(perPhoto(ours), "cpu-ms/photo")
			b.ReportMetric(perPhoto(theirs), "imaginary-cpu-ms/photo")
			b.ReportMetric(perPhoto(full), "at-2560-cpu-ms/photo")
			b.ReportMetric(ratio, "of-imaginary's-cpu")
			b.ReportMetric(float64(ours.rss), "peak-MB")
			b.ReportMetric(float64(theirs.rss), "imaginary-peak-MB")
			b.ReportMetric(0, "ns/op") // it says nothing
			if ratio > set.limit {
				b.Errorf("%.2f of imaginary's processor time; at most %.2f are promised", ratio, set.limit)
			}
			if ours.rss > 300 {
				b.Errorf("%d MB; at most 300 are promised", ours.rss)
			}
		})
	}
}

func (u usage) add(v usage) usage { return usage{u.cpu + v.cpu, max(u.rss, v.rss)} }

// measure counts the processor time of the children that fn starts and ends, and
// of some processes beside them.
func measure(b *testing.B, fn func() (rss int), who ...int) usage {
	b.Helper()
	before := processorTime(b, append(who, syscall.RUSAGE_CHILDREN))
	rss := fn()
	return usage{cpu: processorTime(b, append(who, syscall.RUSAGE_CHILDREN)) - before, rss: rss}
}

func processorTime(b *testing.B, who []int) (total time.Duration) {
	b.Helper()
	for _, w := range who {
		var u syscall.Rusage
		require.NoError(b, syscall.Getrusage(w, &u))
		total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return total
}

func runOurs(b *testing.B, set photoSet, side int) (rss int) {
	b.Helper()
	p := images.NewPool(images.PoolConfig{Command: decodertest.Command(), Processes: workers, Queue: workers, Log: slog.New(slog.DiscardHandler)})
	set.each(b, func(file []byte) error {
		info, err := guard.Check(file)
		if err != nil {
			return err
		}
		n, err := p.Normalise(context.Background(), bytes.NewReader(file), info, side, 82)
		if err != nil {
			return err
		}
		_, err = p.Variant(context.Background(), bytes.NewReader(n.Bytes), int64(len(n.Bytes)), "image/jpeg", 320, 320*n.Height/n.Width, 75)
		return err
	})
	rss = childrenRSS()
	p.Close()
	return rss
}

func runImaginary(b *testing.B, program string, set photoSet) (rss int) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	require.NoError(b, l.Close())
	cmd := exec.Command(program, "-a", "127.0.0.1", "-p", port)
	require.NoError(b, cmd.Start())
	address := "http://127.0.0.1:" + port
	for {
		res, err := http.Get(address + "/health")
		if err == nil {
			_ = res.Body.Close()
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	set.each(b, func(file []byte) error {
		for _, q := range []string{"width=1600&quality=82", "width=320&quality=75"} {
			res, err := http.Post(address+"/resize?type=jpeg&stripmeta=true&"+q, "image/jpeg", bytes.NewReader(file))
			if err != nil {
				return err
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err != nil {
				return err
			}
			if res.StatusCode != http.StatusOK {
				return fmt.Errorf("imaginary: status %d: %.200s", res.StatusCode, body)
			}
		}
		return nil
	})
	rss = childrenRSS()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return rss
}

// childrenRSS is the most memory that the children had, in MB.
func childrenRSS() (mb int) {
	tasks, _ := filepath.Glob("/proc/self/task/*/children")
	for _, task := range tasks {
		pids, _ := os.ReadFile(task)
		for _, pid := range strings.Fields(string(pids)) {
			status, _ := os.ReadFile("/proc/" + pid + "/status")
			for line := range strings.Lines(string(status)) {
				if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
					kb, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
					mb += kb / 1024
				}
			}
		}
	}
	return mb
}

// buildImaginary builds what we compare with, from its own module.
func buildImaginary(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "imaginary")
	cmd := exec.Command("go", "build", "-modfile=tools/imaginary/go.mod", "-o", program, "github.com/h2non/imaginary")
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	require.NoError(b, err, "%s", out)
	return program
}
