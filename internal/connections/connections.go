// Package connections bounds how many connections a listener has, in all and from
// one address, so that nobody takes the places of all others.
package connections

import (
	"io"
	"net"
	"sync"
	"time"

	"github.com/msia/msia/internal/limits"
)

// Config bounds the connections.
type Config struct {
	Max        int
	PerAddress int
	// Trusted are networks that PerAddress does not hold for: many clients come
	// through them.
	Trusted []*net.IPNet
}

const (
	// farewell is how long one that is refused has to take its answer.
	farewell = time.Second
	// maxFarewells is how many are waited for at once; others are cut.
	maxFarewells = 64
)

// refusal is HTTP, whatever was asked.
const refusal = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"

// Listener is a listener with bounds.
type Listener struct {
	net.Listener
	cfg       Config
	farewells chan struct{}

	mu    sync.Mutex
	open  int
	byOne map[string]int
}

// Limit bounds a listener.
func Limit(l net.Listener, cfg Config) *Listener {
	return &Listener{Listener: l, cfg: cfg, farewells: make(chan struct{}, maxFarewells), byOne: make(map[string]int)}
}

// Accept waits for a connection that there is room for. One too many is answered
// at once and closed.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from, counted := l.origin(c)
		if !l.admit(from, counted) {
			l.refuse(c)
			continue
		}
		leave := sync.OnceFunc(func() { l.leave(from) })
		if tcp, ok := c.(*net.TCPConn); ok {
			return &tcpConn{TCPConn: tcp, leave: leave}, nil
		}
		return &conn{Conn: c, leave: leave}, nil
	}
}

// Open is how many there are.
func (l *Listener) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open
}

// origin is where a connection comes from, and whether that is one client.
func (l *Listener) origin(c net.Conn) (from string, counted bool) {
	tcp, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return "", false
	}
	for _, n := range l.cfg.Trusted {
		if n.Contains(tcp.IP) {
			return "", false
		}
	}
	return limits.Network(tcp.IP.String()), true
}

func (l *Listener) admit(from string, counted bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.cfg.Max || counted && l.byOne[from] >= l.cfg.PerAddress {
		return false
	}
	l.open++
	l.byOne[from]++
	return true
}

func (l *Listener) leave(from string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.byOne[from]--; l.byOne[from] == 0 {
		delete(l.byOne, from)
	}
}

// refuse tells that there is no room. A connection closed on what it still sends
// would lose the answer, so that is read for a moment.
func (l *Listener) refuse(c net.Conn) {
	select {
	case l.farewells <- struct{}{}:
	default:
		_ = c.Close()
		return
	}
	go func() {
		defer func() { _ = c.Close(); <-l.farewells }()
		if c.SetDeadline(time.Now().Add(farewell)) != nil { //nolint:forbidigo // the connection's clock is the machine's
			return
		}
		if _, err := io.WriteString(c, refusal); err != nil {
			return
		}
		if tcp, ok := c.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(tcp, 64<<10))
		}
	}()
}

// tcpConn keeps what net/http uses of TCP: sending a file without copying it.
type tcpConn struct {
	*net.TCPConn
	leave func()
}

// Close makes room.
func (c *tcpConn) Close() error {
	defer c.leave()
	return c.TCPConn.Close()
}

type conn struct {
	net.Conn
	leave func()
}

// Close makes room.
func (c *conn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
