// Package redistest starts real Redis servers for tests.
package redistest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// Server is a Redis of its own, on an address that stays the same.
type Server struct {
	URL string

	t    testing.TB
	addr *net.TCPAddr
	cmd  *exec.Cmd
}

// program finds the server. Debian's redis-tools has it without the service: it
// goes by the name it is called by.
func program(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"redis-server", "valkey-server", "redis-check-rdb"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	require.Fail(t, "there is no redis-server; scripts/setup.sh installs one")
	return ""
}

// New starts a server; it ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().(*net.TCPAddr)
	require.NoError(t, l.Close())
	s := &Server{URL: "redis://" + addr.String() + "/0", t: t, addr: addr}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start starts it, empty, and waits until it answers.
func (s *Server) Start() {
	s.t.Helper()
	s.cmd = exec.Command(program(s.t))
	s.cmd.Args = []string{"redis-server", "--bind", "127.0.0.1", "--port", strconv.Itoa(s.addr.Port), "--save", "", "--appendonly", "no", "--dir", os.TempDir()}
	require.NoError(s.t, s.cmd.Start())
	client := redis.NewClient(&redis.Options{Addr: s.addr.String()})
	defer func() { _ = client.Close() }()
	require.Eventually(s.t, func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return client.Ping(ctx).Err() == nil
	}, 30*time.Second, 20*time.Millisecond, "Redis does not start")
}

// Stop kills it; once is enough.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // killed: that is what it says
	s.cmd = nil
}
