package images

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/wire"
)

const (
	// startTimeout bounds the first frame of a process.
	startTimeout = 10 * time.Second
	// stopTimeout is how long a process may take to end by itself.
	stopTimeout = 2 * time.Second
	// maxStderr is how much of what a process says during one request is kept.
	maxStderr = 1 << 10
)

// environment is all that a decoder gets to know.
var environment = []string{
	"VIPS_BLOCK_UNTRUSTED=1",  // no loader that anybody calls risky
	"VIPS_WARNING=0",          // a file can cause a hundred thousand of them
	"VIPS_CONCURRENCY=1",      // a core each is enough, and cheaper
	"VIPS_DISC_THRESHOLD=64g", // no temporary files
	"MALLOC_ARENA_MAX=2",
	"GOMAXPROCS=2",
	"GOGC=50",
}

// process is one decoder. Only one goroutine uses it at a time.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *os.File
	stderr *firstWords
	heif   bool
	served int

	exited chan struct{}
	// exit is what Wait said, once exited is closed.
	exit     error
	timedOut atomic.Bool
	idle     *time.Timer
}

// startProcess starts a decoder and waits for its first frame.
func startProcess(command []string) (*process, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &process{out: r, stderr: &firstWords{}, exited: make(chan struct{})}
	p.cmd = exec.Command(command[0], command[1:]...)
	p.cmd.Env, p.cmd.Dir, p.cmd.Stderr = environment, "/", p.stderr
	p.cmd.ExtraFiles = []*os.File{w}
	p.cmd.SysProcAttr = childAttributes()
	p.cmd.WaitDelay = stopTimeout
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, errors.Join(err, r.Close(), w.Close())
	}
	started := make(chan error, 1)
	go func() {
		// A child may ask to die with its parent; what counts as that is the thread
		// that started it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.exit = p.cmd.Wait()
			close(p.exited)
		}
	}()
	err = <-started
	_ = w.Close() // the child has its own
	if err != nil {
		return nil, errors.Join(err, p.in.Close(), r.Close())
	}
	var hello wire.Response
	stop := p.killAfter(startTimeout)
	_, err = wire.Read(p.out, &hello, nil)
	stop()
	if err != nil {
		p.kill()
		return nil, fmt.Errorf("decoder did not start: %w; it said: %s", err, p.stderr)
	}
	p.heif = hello.HEIF
	return p, nil
}

// request sends one and returns the answer. After an error the process is of no
// use any more: verdict ends it.
func (p *process) request(req wire.Request, body io.Reader, size int64, timeout time.Duration) (wire.Response, []byte, error) {
	p.served++
	p.stderr.reset()
	stop := p.killAfter(timeout)
	defer stop()
	var res wire.Response
	if err := wire.Write(p.in, req, size); err != nil {
		return res, nil, err
	}
	if _, err := io.Copy(p.in, body); err != nil {
		return res, nil, err
	}
	out, err := wire.Read(p.out, &res, nil)
	return res, out, err
}

// verdict ends the process and says what its end means: a picture that crashes
// or hangs a decoder is broken, but not one whose decoder was ended by somebody.
func (p *process) verdict(cause error) error {
	select { // it may be about to end by itself
	case <-p.exited:
	case <-time.After(stopTimeout):
	}
	ended := p.ended()
	p.kill()
	cause = fmt.Errorf("%w; decoder: %w; it said: %s", cause, p.exit, p.stderr)
	var exit *exec.ExitError
	switch {
	case p.timedOut.Load():
		return guard.ErrBroken.Because(fmt.Errorf("took too long: %w", cause))
	case !ended || !errors.As(p.exit, &exit):
		return ErrDecoder.Because(cause)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() &&
		(status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGTERM) {
		return ErrDecoder.Because(cause)
	}
	return guard.ErrBroken.Because(cause)
}

// rest lets the process end when it is not needed for d.
func (p *process) rest(d time.Duration) {
	if p.idle == nil {
		p.idle = time.AfterFunc(d, func() { _ = p.in.Close() })
	} else {
		p.idle.Reset(d)
	}
}

// wake stops the countdown of rest; false means that it was too late.
func (p *process) wake() bool { return p.idle == nil || p.idle.Stop() }

func (p *process) ended() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// stop lets the process end by itself, or else kills it.
func (p *process) stop() {
	p.wake()
	_ = p.in.Close() // it may be closed already
	select {
	case <-p.exited:
	case <-time.After(stopTimeout):
	}
	p.kill()
}

// kill ends the process whatever it does, and what belongs to it.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.exited
	_ = p.in.Close()
	_ = p.out.Close()
}

// killAfter kills the process unless the returned function is called in time.
func (p *process) killAfter(d time.Duration) (stop func()) {
	t := time.AfterFunc(d, func() {
		p.timedOut.Store(true)
		_ = p.cmd.Process.Kill()
	})
	return func() { t.Stop() }
}

// firstWords keeps the beginning of what is written to it.
type firstWords struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps p while there is room.
func (f *firstWords) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.b.Write(p[:min(len(p), maxStderr-f.b.Len())])
	return len(p), nil
}

// String returns what was kept, as one line.
func (f *firstWords) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(bytes.Join(bytes.Fields(f.b.Bytes()), []byte(" ")))
}

func (f *firstWords) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.b.Reset()
}
