package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/wire"
)

const (
	// DefaultTimeout is how long a decoder may take before it is killed. Twelve
	// megapixels take a quarter of a second; the machine may be busy.
	DefaultTimeout = 20 * time.Second
	// requestsPerProcess is when a decoder is replaced, whatever it leaked.
	requestsPerProcess = 200
	// idleTimeout is when a decoder that nobody needs ends.
	idleTimeout = time.Minute
)

// PoolConfig configures a Pool.
type PoolConfig struct {
	// Command is the program and arguments that run decoder.Serve on its standard
	// input and its file descriptor 3.
	Command []string
	// Processes is how many decode at once: as many as there are cores.
	Processes int
	// Queue is how many may wait for one; more are told that it is busy.
	Queue int
	// Timeout bounds one picture; 0 means DefaultTimeout.
	Timeout time.Duration
	Log     *slog.Logger
}

// Pool is the processes that decode. They are started when needed. Safe for
// concurrent use.
type Pool struct {
	cfg     PoolConfig
	free    chan *process // a slot each; nil is one without a process
	waiting atomic.Int64
	closed  chan struct{}
	close   sync.Once
}

// NewPool returns a pool; nothing is started yet.
func NewPool(cfg PoolConfig) *Pool {
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	p := &Pool{cfg: cfg, free: make(chan *process, cfg.Processes), closed: make(chan struct{})}
	for range cfg.Processes {
		p.free <- nil
	}
	return p
}

// Close waits for what is being decoded and ends the processes.
func (p *Pool) Close() {
	p.close.Do(func() {
		close(p.closed)
		for range p.cfg.Processes {
			if proc := <-p.free; proc != nil {
				proc.stop()
			}
		}
	})
}

// Normalised is a picture in our form.
type Normalised struct {
	Bytes         []byte
	ContentType   string
	Width, Height int
}

// Normalise turns a file that guard has seen into our form: upright, sRGB,
// without any metadata, its longest side at most max.
// Errors: guard.ErrBroken, guard.ErrType, ErrBusy, ErrDecoder.
func (p *Pool) Normalise(ctx context.Context, file io.ReaderAt, info guard.Info, maxSide, quality int) (Normalised, error) {
	var size int64
	parts := make([]io.Reader, len(info.Keep))
	for i, r := range info.Keep {
		parts[i] = io.NewSectionReader(file, int64(r.Start), int64(r.End-r.Start))
		size += int64(r.End - r.Start)
	}
	return p.do(ctx, wire.Request{
		Op: wire.Normalise, Max: maxSide, Quality: quality, Orientation: info.Orientation,
		Profile: info.Profile, CMYK: info.Type == guard.JPEG && info.Channels == 4,
	}, info.Type, io.MultiReader(parts...), size)
}

// Variant makes a smaller copy of a picture in our form.
// Errors: those of Normalise.
func (p *Pool) Variant(ctx context.Context, file io.Reader, size int64, contentType string, width, height, quality int) ([]byte, error) {
	n, err := p.do(ctx, wire.Request{Op: wire.Variant, Type: contentType, Width: width, Height: height, Quality: quality}, "", file, size)
	return n.Bytes, err
}

func (p *Pool) do(ctx context.Context, req wire.Request, kind guard.Type, body io.Reader, size int64) (Normalised, error) {
	proc, err := p.acquire(ctx)
	if err != nil {
		return Normalised{}, err
	}
	defer func() { p.free <- proc }()
	if proc != nil && (!proc.wake() || proc.ended() || proc.served >= requestsPerProcess) {
		proc.stop()
		proc = nil
	}
	if proc == nil {
		if proc, err = startProcess(p.cfg.Command); err != nil {
			return Normalised{}, ErrDecoder.Because(err)
		}
	}
	if kind == guard.HEIF && !proc.heif {
		proc.rest(idleTimeout)
		return Normalised{}, guard.ErrType.Because(errors.New("libvips here does not decode HEIC"))
	}
	// Whoever asked may go away; the process ends its request all the same, and
	// nobody else gets the slot meanwhile.
	res, out, err := proc.request(req, body, size, p.cfg.Timeout)
	if err != nil {
		verdict := proc.verdict(err)
		proc = nil
		p.cfg.Log.WarnContext(ctx, "an image decoder ended", slog.Any("error", verdict))
		return Normalised{}, verdict
	}
	proc.rest(idleTimeout)
	if res.Error != "" {
		return Normalised{}, guard.ErrBroken.Because(errors.New(res.Error))
	}
	return Normalised{Bytes: out, ContentType: res.Type, Width: res.Width, Height: res.Height}, ctx.Err()
}

// acquire waits for a slot. Errors: ErrBusy, ErrDecoder, the context's.
func (p *Pool) acquire(ctx context.Context) (*process, error) {
	select {
	case <-p.closed:
		return nil, ErrDecoder.Because(errors.New("stopping"))
	default:
	}
	select {
	case proc := <-p.free:
		return proc, nil
	default:
	}
	if p.waiting.Add(1) > int64(p.cfg.Queue) {
		p.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer p.waiting.Add(-1)
	select {
	case proc := <-p.free:
		return proc, nil
	case <-p.closed:
		return nil, ErrDecoder.Because(errors.New("stopping"))
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a decoder: %w", ctx.Err())
	}
}
