package connections_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/connections"
)

// serve starts a server behind a bounded listener.
func serve(t *testing.T, cfg connections.Config, handler http.HandlerFunc) (*connections.Listener, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	bounded := connections.Limit(l, cfg)
	server := httptest.NewUnstartedServer(handler)
	require.NoError(t, server.Listener.Close())
	server.Listener = bounded
	server.Start()
	t.Cleanup(server.Close)
	return bounded, l.Addr().String()
}

// dial opens a connection from an address of this machine.
func dial(t *testing.T, from, to string) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).Dial("tcp", to)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(30*time.Second)))
	return c
}

// answer is what came back; the body was read.
type answer struct {
	StatusCode int
	Header     http.Header
	Close      bool
}

// ask makes a request on a connection, which stays open.
func ask(t *testing.T, c net.Conn) answer {
	t.Helper()
	_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return answer{res.StatusCode, res.Header, res.Close}
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }

func TestPerAddress(t *testing.T) {
	t.Parallel()
	l, addr := serve(t, connections.Config{Max: 100, PerAddress: 2}, ok)
	first := dial(t, "127.0.0.1", addr)
	require.Equal(t, 200, ask(t, first).StatusCode)
	require.Equal(t, 200, ask(t, dial(t, "127.0.0.1", addr)).StatusCode)
	for range 5 {
		res := ask(t, dial(t, "127.0.0.1", addr))
		require.Equal(t, 503, res.StatusCode)
		require.Equal(t, "1", res.Header.Get("Retry-After"))
		require.True(t, res.Close)
	}
	require.Equal(t, 200, ask(t, dial(t, "127.0.0.2", addr)).StatusCode, "others are not held up")
	require.Equal(t, 3, l.Open())
	require.NoError(t, first.Close())
	require.Eventually(t, func() bool { return l.Open() == 2 }, 10*time.Second, time.Millisecond)
	require.Equal(t, 200, ask(t, dial(t, "127.0.0.1", addr)).StatusCode)
}

func TestInAll(t *testing.T) {
	t.Parallel()
	_, proxies, err := net.ParseCIDR("127.0.0.9/32")
	require.NoError(t, err)
	_, addr := serve(t, connections.Config{Max: 3, PerAddress: 1, Trusted: []*net.IPNet{proxies}}, ok)
	for range 3 {
		require.Equal(t, 200, ask(t, dial(t, "127.0.0.9", addr)).StatusCode, "many come through a proxy")
	}
	require.Equal(t, 503, ask(t, dial(t, "127.0.0.9", addr)).StatusCode)
	require.Equal(t, 503, ask(t, dial(t, "127.0.0.1", addr)).StatusCode)
}

// TestRefusingDoesNotWait for those who are refused and do not listen.
func TestRefusingDoesNotWait(t *testing.T) {
	t.Parallel()
	l, addr := serve(t, connections.Config{Max: 100, PerAddress: 1}, ok)
	require.Equal(t, 200, ask(t, dial(t, "127.0.0.1", addr)).StatusCode)
	for range 200 {
		dial(t, "127.0.0.1", addr)
	}
	began := time.Now()
	require.Equal(t, 200, ask(t, dial(t, "127.0.0.2", addr)).StatusCode)
	require.Less(t, time.Since(began), 5*time.Second)
	require.Equal(t, 2, l.Open())
}

// TestFilesAreStillSentByTheSystem: the connection keeps its ReadFrom.
func TestFilesAreStillSentByTheSystem(t *testing.T) {
	t.Parallel()
	kept := make(chan bool, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	bounded := connections.Limit(l, connections.Config{Max: 10, PerAddress: 10})
	defer func() { _ = bounded.Close() }()
	go func() {
		c, err := bounded.Accept()
		if err != nil {
			kept <- false
			return
		}
		_, ok := c.(io.ReaderFrom)
		kept <- ok
		_ = c.Close()
	}()
	dial(t, "127.0.0.1", l.Addr().String())
	require.True(t, <-kept)
	require.Eventually(t, func() bool { return bounded.Open() == 0 }, 10*time.Second, time.Millisecond)
}
