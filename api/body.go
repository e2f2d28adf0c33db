package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
)

// Bounds of bodies beside their size.
const (
	// maxBodies is how many bytes of bodies are kept in memory at once.
	maxBodies = 128 << 20
	// uploadRate is how fast a file has to come at the least, in bytes a second;
	// that is slower than any telephone.
	uploadRate = 16 << 10
	// maxDepth and maxValues bound JSON, whatever the contract says of it: it is
	// read as a whole before it is checked.
	maxDepth  = 64
	maxValues = 50_000
)

var (
	errEncoded   = errMedia.WithMessage("The body has to come without Content-Encoding.")
	errIntricate = errInvalid.WithMessage("The body has too many values, or they are nested too deeply.")
	errCutShort  = errInvalid.WithMessage("The body did not come as a whole, or not in time.")
)

// bodies counts the bytes of bodies in memory.
type bodies struct{ held atomic.Int64 }

// read reads a body into memory, where it is until release is called. Errors:
// errTooLarge; errOverloaded; errCutShort.
func (b *bodies) read(r *http.Request) (body []byte, release func(), err error) {
	held := int64(0)
	release = func() { b.held.Add(-held) }
	defer func() {
		if err != nil {
			release()
		}
	}()
	var buf bytes.Buffer
	for {
		n, err := io.CopyN(&buf, r.Body, 32<<10)
		held += n
		if b.held.Add(n) > maxBodies {
			return nil, release, errOverloaded
		}
		var tooLarge *http.MaxBytesError
		switch {
		case errors.Is(err, io.EOF):
			return buf.Bytes(), release, nil
		case errors.As(err, &tooLarge):
			return nil, release, errTooLarge
		case err != nil:
			return nil, release, errCutShort.Because(err)
		}
	}
}

// receive reads the body of an operation of the contract, but for a form, which is
// read while it is worked on. What a webhook's is, its signature says.
func (s *Server) receive(c echo.Context, op operation) (release func(), err error) {
	r, signed := c.Request(), op.permission == permissionChatwoot
	if op.takesBody && !signed && !identity(r.Header.Get(echo.HeaderContentEncoding)) {
		return nil, errEncoded
	}
	if op.streamed() {
		return func() {}, nil
	}
	body, release, err := s.bodies.read(r)
	if err != nil {
		return nil, err
	}
	if op.media == nil && !signed && intricate(body) {
		release()
		return nil, errIntricate
	}
	_ = r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	return release, nil
}

func identity(encoding string) bool {
	return encoding == "" || strings.EqualFold(encoding, "identity")
}

// intricate reports whether JSON would take much more memory than its bytes.
func intricate(body []byte) bool {
	depth, values, quoted := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			depth++
			values++
		case b == '}' || b == ']':
			depth--
		case b == ',':
			values++
		}
		if depth > maxDepth || values > maxValues {
			return true
		}
	}
	return false
}

// steady gives a client time for a file by what has come of it, instead of one
// time for all.
type steady struct {
	io.ReadCloser
	control *http.ResponseController
	begun   time.Time
	got     int64
}

func newSteady(c echo.Context) *steady {
	begun := time.Now() //nolint:forbidigo // the connection's clock is the machine's
	return &steady{ReadCloser: c.Request().Body, control: http.NewResponseController(c.Response()), begun: begun}
}

// Read reads on.
func (s *steady) Read(p []byte) (int, error) {
	until := s.begun.Add(readTimeout + time.Duration(s.got)*time.Second/uploadRate)
	for _, err := range []error{s.control.SetReadDeadline(until), s.control.SetWriteDeadline(until.Add(writeTimeout))} {
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return 0, err
		}
	}
	n, err := s.ReadCloser.Read(p)
	s.got += int64(n)
	return n, err
}
