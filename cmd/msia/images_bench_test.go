package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/images/imagetest"
)

// servingLimit is how much of nginx's requests per second are promised.
const servingLimit = 0.5

// BenchmarkServeAgainstNginx reads one stored picture of some 200 KB over kept-open
// connections, from msia as it is shipped and from nginx, turn by turn.
func BenchmarkServeAgainstNginx(b *testing.B) {
	program := nginx(b)
	p, token, dataDir, _ := withImages(b, "serve")
	status, body := uploadImage(p, token, imagetest.JPEG(imagetest.Photo(1200, 900, 1), 90))
	require.Equal(b, http.StatusCreated, status, body)
	var image struct{ URL string }
	require.NoError(b, json.Unmarshal([]byte(body), &image))
	stored := kept(b, dataDir)
	require.Len(b, stored, 1)
	theirAddress := startNginx(b, program, filepath.Dir(stored[0]))
	ours := readings{addr: strings.TrimPrefix(p.url, "http://"), path: image.URL}
	theirs := readings{addr: theirAddress, path: "/" + filepath.Base(stored[0])}
	ours.read(b, time.Second) // both warm
	theirs.read(b, time.Second)
	const rounds = 4
	var best [2]float64
	for b.Loop() {
		for range rounds {
			best[0] = max(best[0], ours.read(b, 2*time.Second))
			best[1] = max(best[1], theirs.read(b, 2*time.Second))
		}
	}
	ratio := best[0] / best[1]
	info, err := os.Stat(stored[0])
	require.NoError(b, err)
	b.ReportMetric(float64(info.Size())/1024, "KB")
	b.ReportMetric(best[0], "requests/s")
	b.ReportMetric(best[1], "nginx-requests/s")
	b.ReportMetric(ratio, "of-nginx")
	b.ReportMetric(0, "ns/op") // it says nothing
	if ratio < servingLimit {
		b.Errorf("%.2f of nginx's requests per second; %.2f are promised", ratio, servingLimit)
	}
}

// readings reads one address over and over.
type readings struct{ addr, path string }

// read returns the answers per second, over 16 connections.
func (r readings) read(b *testing.B, d time.Duration) float64 {
	b.Helper()
	const connections = 16
	var (
		all  sync.WaitGroup
		n    atomic.Int64
		stop atomic.Bool
	)
	start := time.Now()
	time.AfterFunc(d, func() { stop.Store(true) })
	for range connections {
		all.Go(func() {
			if err := r.readUntil(&stop, &n); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	return float64(n.Load()) / time.Since(start).Seconds()
}

// readUntil is as small a client as there can be, so that the servers' own cost
// shows.
func (r readings) readUntil(stop *atomic.Bool, n *atomic.Int64) error {
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	in := bufio.NewReaderSize(conn, 256<<10)
	request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", r.path)
	for !stop.Load() {
		if _, err := conn.Write(request); err != nil {
			return err
		}
		size := -1
		for first := true; ; first = false {
			line, err := in.ReadSlice('\n')
			if err != nil {
				return err
			}
			if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
				return fmt.Errorf("answer %q", line)
			}
			if len(line) == 2 {
				break
			}
			if name, value, _ := bytes.Cut(line, []byte(": ")); bytes.EqualFold(name, []byte("Content-Length")) {
				if _, err := fmt.Sscan(string(value), &size); err != nil {
					return err
				}
			}
		}
		if _, err := io.CopyN(io.Discard, in, int64(size)); err != nil {
			return err
		}
		n.Add(1)
	}
	return nil
}

// nginx finds the program that scripts/bench-setup.sh sees to.
func nginx(b *testing.B) string {
	b.Helper()
	for _, name := range []string{"nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx", "../../tools/.nginx/usr/sbin/nginx"} {
		if path, err := exec.LookPath(name); err == nil {
			abs, err := filepath.Abs(path)
			require.NoError(b, err)
			return abs
		}
	}
	b.Skip("there is no nginx here to compare with")
	return ""
}

func startNginx(b *testing.B, program, root string) (addr string) {
	b.Helper()
	addr = freeAddr(b)
	dir := b.TempDir()
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;"
	}
	conf := fmt.Sprintf(`daemon off; worker_processes 2; pid %[1]s/pid; error_log %[1]s/error.log; %[3]s
events { worker_connections 256; }
http {
	access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; types { image/jpeg jpg; }
	client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
	server { listen %[2]s; root %[4]s; etag on; }
}`, dir, addr, user, root)
	require.NoError(b, os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(conf), 0o600))
	cmd := exec.Command(program, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"))
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	require.Eventually(b, func() bool {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	}, patience, 10*time.Millisecond)
	return addr
}
