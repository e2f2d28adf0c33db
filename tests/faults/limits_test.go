//go:build faults

// Package faults_test attacks the shipped binary on this machine and looks at it
// from outside. Each attack is tried on a server without protection, too, where it
// has to succeed: else the test would prove nothing.
package faults_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	attackers = 200
	// ratio is by how much an ordinary client may be slower while others attack.
	ratio = 1.5
	quote = `{"category": "motos-part", "elements": [{"code": "ESCAPE"}, {"code": "MANILLAR"}]}`
)

// slow is a crowd of connections, and when each was cut.
type slow struct {
	conns []net.Conn
	began time.Time
	all   sync.WaitGroup

	mu   sync.Mutex
	cuts []time.Duration
}

// trickle opens connections which send a beginning, and then a byte a second.
func trickle(s *server, beginning string) *slow {
	s.t.Helper()
	crowd := &slow{began: time.Now()}
	for range attackers {
		c := s.dial()
		_, err := io.WriteString(c, beginning)
		require.NoError(s.t, err)
		crowd.add(c, func() error { _, err := io.WriteString(c, "x"); return err })
	}
	return crowd
}

// add keeps a connection busy once a second until it is cut.
func (c *slow) add(conn net.Conn, poke func() error) {
	c.conns = append(c.conns, conn)
	cut := make(chan struct{})
	c.all.Go(func() {
		defer close(cut)
		_, err := io.Copy(io.Discard, conn) // ends when the server closes, or we do
		if errors.Is(err, net.ErrClosed) {
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.cuts = append(c.cuts, time.Since(c.began))
	})
	c.all.Go(func() {
		for poke() == nil {
			select {
			case <-cut:
				return
			case <-time.After(time.Second):
			}
		}
	})
}

// cut is how many the server has cut off, and when it did so last.
func (c *slow) cut() (n int, last time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range c.cuts {
		last = max(last, d)
	}
	return len(c.cuts), last
}

// leave ends the attack.
func (c *slow) leave() {
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.all.Wait()
}

// withstand checks that a crowd does not slow an ordinary client down, is cut off
// in time, and leaves nothing behind; and that without protection it would stay.
func withstand(t *testing.T, s *server, within time.Duration, attack func(*server) *slow) {
	t.Helper()
	s.latency(quote) // warm
	idle, idleMost := s.latency(quote)
	files := s.files()
	control := attack(naive(t))
	defer control.leave()
	crowd := attack(s)
	defer crowd.leave()
	grown := s.grown(func() {
		attacked, attackedMost := s.latency(quote)
		t.Logf("idle %s (9 of 10: %s), attacked %s (%s)", idle, idleMost, attacked, attackedMost)
		require.Less(t, float64(attacked)/float64(idle), ratio, "median")
		require.Less(t, float64(attackedMost)/float64(idleMost), ratio, "9 of 10")
		require.Eventually(t, func() bool { n, _ := crowd.cut(); return n == attackers }, within+20*time.Second, 50*time.Millisecond)
	})
	_, last := crowd.cut()
	t.Logf("all cut after %s; memory grew by %d MB", last, grown)
	require.Less(t, last, within)
	require.Less(t, grown, 150)
	require.Eventually(t, func() bool { return s.files() <= files+5 }, 90*time.Second, 100*time.Millisecond, "connections are left over")
	n, _ := control.cut()
	require.Zero(t, n, "without protection they stay")
}

// TestSlowHeads is slowloris.
func TestSlowHeads(t *testing.T) {
	withstand(t, shipped(t, "MSIA_MAX_REQUESTS=20"), 10*time.Second, func(s *server) *slow {
		return trickle(s, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	})
}

// TestSlowBodies has more of them than there may be requests.
func TestSlowBodies(t *testing.T) {
	withstand(t, shipped(t, "MSIA_MAX_REQUESTS=20"), 35*time.Second, func(s *server) *slow {
		return trickle(s, "POST /api/tariffs/quote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n\"")
	})
}

// filling is how long the system's buffers take to fill for all of them.
const filling = 4 * time.Second

// TestSlowReaders ask for much and take none of it.
func TestSlowReaders(t *testing.T) {
	withstand(t, shipped(t, "MSIA_MAX_REQUESTS=20"), 45*time.Second, func(s *server) *slow {
		crowd := &slow{began: time.Now()}
		for range attackers {
			c := s.dial().(*net.TCPConn)
			require.NoError(s.t, c.SetReadBuffer(4096))
			_, err := io.WriteString(c, strings.Repeat("GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n", 200))
			require.NoError(s.t, err)
			crowd.watch(c)
		}
		time.Sleep(filling) // until then they take as fast as the server gives
		return crowd
	})
}

// watch notes when a connection nobody reads from is cut: writing to it fails.
func (c *slow) watch(conn *net.TCPConn) {
	c.conns = append(c.conns, conn)
	c.all.Go(func() {
		for {
			time.Sleep(250 * time.Millisecond)
			_, err := io.WriteString(conn, "x")
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				break
			}
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.cuts = append(c.cuts, time.Since(c.began))
	})
}

// endless sends zeros, up to a number of bytes, and counts what was taken.
type endless struct{ left, sent int64 }

// Read gives more.
func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	clear(p[:n])
	e.left -= n
	e.sent += n
	return int(n), nil
}

// tooLarge is what a body gets that is: 413, which a busy client loses when the
// connection is closed on what it still sends.
var tooLarge = []int{http.StatusRequestEntityTooLarge, 0}

// send makes one request on a connection of its own and returns the status; 0 when
// it read none.
func send(s *server, body io.Reader, head ...string) int {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.url("/api/tariffs/quote"), body)
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(head); i += 2 {
		if head[i] == "path" {
			r.URL.Path = head[i+1]
			continue
		}
		r.Header.Set(head[i], head[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 2 * time.Minute}
	res, err := client.Do(r)
	if err != nil {
		return 0
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

const mb = 1 << 20

func TestEndlessBody(t *testing.T) {
	s := shipped(t)
	body := &endless{left: 1 << 30}
	grown := s.grown(func() { require.Equal(t, http.StatusRequestEntityTooLarge, send(s, body)) })
	t.Logf("%d KB were taken; memory grew by %d MB", body.sent/1024, grown)
	require.Less(t, body.sent, int64(16*mb), "the system's own buffers take a few")
	require.Less(t, grown, 50)

	control := naive(t)
	body = &endless{left: 256 * mb}
	require.Greater(t, control.grown(func() { send(control, body) }), 200)
	require.EqualValues(t, 256*mb, body.sent)
}

func TestZippedBody(t *testing.T) {
	bomb := func(size int64) *bytes.Reader {
		var zipped bytes.Buffer
		w := gzip.NewWriter(&zipped)
		_, err := io.Copy(w, &endless{left: size})
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return bytes.NewReader(zipped.Bytes())
	}
	s, control := shipped(t), naive(t)
	small := bomb(256 * mb)
	require.Less(t, s.grown(func() {
		require.Equal(t, http.StatusUnsupportedMediaType, send(s, small, "Content-Encoding", "gzip"))
		require.Contains(t, tooLarge, send(s, bomb(1<<30), "Content-Encoding", "gzip"))
	}), 50)
	_, _ = small.Seek(0, io.SeekStart)
	require.Greater(t, control.grown(func() { send(control, small, "Content-Encoding", "gzip") }), 200)
}

func TestManyHeaders(t *testing.T) {
	head := []string{}
	for i := range 10_000 {
		head = append(head, fmt.Sprintf("X-H-%d", i), "x")
	}
	s := shipped(t)
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, send(s, nil, head...))
	require.Equal(t, http.StatusOK, send(naive(t), nil, head...))
}

// TestLengthLies tells another length than comes.
func TestLengthLies(t *testing.T) {
	s := shipped(t)
	say := func(length int, body string) []int {
		c := s.dial().(*net.TCPConn)
		require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
		_, err := fmt.Fprintf(c, "POST /api/tariffs/quote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body)
		require.NoError(t, err)
		require.NoError(t, c.CloseWrite())
		var statuses []int
		for in := bufio.NewReader(c); ; {
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				return statuses
			}
			_, _ = io.Copy(io.Discard, res.Body)
			statuses = append(statuses, res.StatusCode)
		}
	}
	require.Equal(t, []int{200}, say(len(quote), quote))
	require.Equal(t, []int{422}, say(len(quote)+10, quote), "it is never taken for the whole")
	require.Equal(t, []int{422, 400}, say(len(quote)-10, quote), "the rest is no request")
	require.Equal(t, []int{413}, say(1<<40, quote))
	c := s.dial()
	_, err := io.WriteString(c, "POST /api/tariffs/quote HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}")
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusBadRequest, res.StatusCode)
	require.NoError(t, res.Body.Close())
}

// TestIntricateJSON is small and takes much when it is read.
func TestIntricateJSON(t *testing.T) {
	nested := func(n int) io.Reader { return strings.NewReader(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	list := func(n int) io.Reader { return strings.NewReader("[" + strings.Repeat("{},", n) + "{}]") }
	s, control := shipped(t), naive(t)
	grown := s.grown(func() {
		for range 10 {
			require.Equal(t, http.StatusUnprocessableEntity, send(s, nested(100_000)))
			require.Equal(t, http.StatusUnprocessableEntity, send(s, nested(9_000)))
			require.Contains(t, tooLarge, send(s, list(1_000_000)))
			require.Equal(t, http.StatusUnprocessableEntity, send(s, list(80_000)))
		}
	})
	require.Less(t, grown, 50)
	require.Equal(t, http.StatusOK, send(control, nested(9_000)), "encoding/json itself stops at 10,000")
	require.Greater(t, control.grown(func() { require.Equal(t, http.StatusOK, send(control, list(1_000_000))) }), 50)
}

// token signs in.
func (s *server) token() string {
	s.t.Helper()
	res, err := http.Post(s.url("/api/admin/auth/login"), "application/json", strings.NewReader(`{"username": "admin", "password": "`+password+`"}`))
	require.NoError(s.t, err)
	defer func() { _ = res.Body.Close() }()
	var session struct {
		Token string `json:"access_token"`
	}
	require.NoError(s.t, json.NewDecoder(res.Body).Decode(&session))
	return "Bearer " + session.Token
}

func TestManyParts(t *testing.T) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for i := range 1000 {
		require.NoError(t, w.WriteField(fmt.Sprint("field", i), "x"))
	}
	require.NoError(t, w.Close())
	s := shipped(t)
	head := []string{"Content-Type", w.FormDataContentType(), "Authorization", s.token(), "path", "/api/images/upload"}
	require.Equal(t, http.StatusUnprocessableEntity, send(s, bytes.NewReader(form.Bytes()), head...))
	require.Equal(t, http.StatusOK, send(naive(t), bytes.NewReader(form.Bytes()), head...))
}

// TestSlowButSteady: a photo over a bad line takes longer than any other request
// may, and arrives; one that trickles does not.
func TestSlowButSteady(t *testing.T) {
	s := shipped(t)
	noise := image.NewGray(image.Rect(0, 0, 1600, 1200))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(rand.Uint32())
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "photo.jpg")
	require.NoError(t, err)
	require.NoError(t, jpeg.Encode(part, noise, &jpeg.Options{Quality: 95}))
	require.NoError(t, w.Close())
	head := []string{"Content-Type", w.FormDataContentType(), "Authorization", s.token(), "path", "/api/images/upload"}
	began := time.Now()
	require.Equal(t, http.StatusCreated, send(s, &drip{left: form.Bytes(), every: 500 * time.Millisecond, size: form.Len() / 90}, head...))
	t.Logf("%d KB in %s", form.Len()/1024, time.Since(began))
	require.Greater(t, time.Since(began), 40*time.Second)
	began = time.Now()
	status := send(s, &drip{left: form.Bytes(), every: time.Second, size: 100}, head...)
	require.NotEqual(t, http.StatusCreated, status)
	require.Less(t, time.Since(began), 60*time.Second)
}

// drip gives a few bytes at a time.
type drip struct {
	left  []byte
	every time.Duration
	size  int
}

// Read gives some, later.
func (d *drip) Read(p []byte) (int, error) {
	if len(d.left) == 0 {
		return 0, io.EOF
	}
	time.Sleep(d.every)
	n := copy(p, d.left[:min(d.size, len(d.left))])
	d.left = d.left[n:]
	return n, nil
}

// TestTooManyConnections from one address do not take the places of others.
func TestTooManyConnections(t *testing.T) {
	s := shipped(t, "MSIA_MAX_CONNECTIONS=100", "MSIA_MAX_CONNECTIONS_PER_ADDRESS=50")
	control := naive(t)
	for _, target := range []*server{s, control} {
		crowd := trickle(target, "GET / HTTP/1.1\r\n")
		defer crowd.leave()
	}
	ask := func(target *server, from string) int {
		c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).Dial("tcp", target.addr)
		require.NoError(t, err)
		defer func() { _ = c.Close() }()
		require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
		_, err = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return 0 // cut without a word
		}
		defer func() { _ = res.Body.Close() }()
		return res.StatusCode
	}
	require.Equal(t, http.StatusOK, ask(s, "127.0.0.2"))
	require.Contains(t, []int{0, http.StatusServiceUnavailable}, ask(s, "127.0.0.1"))
	require.Less(t, s.files(), 150)
	require.Greater(t, control.files(), attackers)
	require.Eventually(t, func() bool { return ask(s, "127.0.0.1") == http.StatusOK }, time.Minute, time.Second, "once they are cut")
}
