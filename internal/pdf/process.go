package pdf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/msia/msia/internal/pdf/wire"
)

// environment is all that a reader gets to know.
var environment = []string{"GOMAXPROCS=2", "GOTRACEBACK=none"}

// killed is how long a killed reader may take to be gone.
const killed = 2 * time.Second

// handler gets each message but the last. What it does within pause does not
// count as the reader's time.
type handler func(m wire.Message, pause func(func() error) error) error

// run has a process of its own do what is asked with file, and returns its last
// message and the bytes of memory it took.
func (e *Engine) run(ctx context.Context, file *os.File, req wire.Request, handle handler) (last wire.Message, memory int64, err error) {
	select {
	case e.slot <- struct{}{}:
		defer func() { <-e.slot }()
	case <-ctx.Done():
		return last, 0, fmt.Errorf("wait for a PDF reader: %w", ctx.Err())
	}
	if slices.Contains(os.Args, wire.Command) {
		// A program whose main forgets to be the reader would start itself for ever.
		return last, 0, errors.New("the PDF reader was started as a program that is none")
	}
	req.CacheDir = e.opts.CacheDir
	req.Seconds = int(e.opts.MaxTime/time.Second) + 1
	arg, err := json.Marshal(req)
	if err != nil {
		return last, 0, err
	}
	args := append(append([]string{}, e.opts.Command[1:]...), string(arg))
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(running, e.opts.Command[0], args...)
	said := &strings.Builder{}
	cmd.Env, cmd.Dir, cmd.WaitDelay, cmd.Stderr = environment, "/", killed, &limited{w: said, left: 2000}
	cmd.ExtraFiles = []*os.File{file}
	in, err := cmd.StdinPipe() // held open: its end tells the reader that nobody listens any more
	if err != nil {
		return last, 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return last, 0, err
	}
	if err := cmd.Start(); err != nil {
		return last, 0, fmt.Errorf("start a PDF reader: %w", err)
	}
	seen := watchMemory(cmd.Process.Pid)
	var late atomic.Bool
	clock := time.AfterFunc(e.opts.MaxTime, func() {
		late.Store(true)
		cancel()
	})
	defer clock.Stop()
	last, err = receive(out, handle, func(do func() error) error {
		clock.Stop()
		defer clock.Reset(e.opts.MaxTime)
		return do()
	})
	seen.look()
	if err != nil {
		cancel()
	}
	_ = in.Close()
	exit := cmd.Wait()
	memory = seen.stop()
	var broke *brokenPipe
	switch {
	case err == nil:
		return last, memory, failureOf(last)
	case !errors.As(err, &broke): // the handler's
		return last, memory, err
	case ctx.Err() != nil:
		return last, memory, fmt.Errorf("read a PDF: %w", ctx.Err())
	case late.Load(), outOfTime(exit):
		return last, memory, ErrTooBig.Because(exit)
	}
	return last, memory, fmt.Errorf("the PDF reader ended: %w; it said: %s", errors.Join(err, exit), strings.TrimSpace(said.String()))
}

// brokenPipe says that the messages ended before the last.
type brokenPipe struct{ cause error }

func (b *brokenPipe) Error() string { return "no last message: " + b.cause.Error() }

// receive hands messages to handle until the last.
func receive(out io.Reader, handle handler, pause func(func() error) error) (wire.Message, error) {
	r := json.NewDecoder(out)
	for {
		var m wire.Message
		if err := r.Decode(&m); err != nil {
			return m, &brokenPipe{err}
		}
		if m.Done {
			return m, nil
		}
		if err := handle(m, pause); err != nil {
			return m, err
		}
	}
}

// failureOf turns the reader's verdict on the file into ours.
func failureOf(m wire.Message) error {
	cause := errors.New(m.Detail)
	switch m.Failure {
	case "":
		return nil
	case wire.Encrypted:
		return ErrEncrypted.Because(cause)
	case wire.TooManyPages:
		return ErrTooManyPages.Because(cause)
	case wire.TooBig:
		return ErrTooBig.Because(cause)
	case wire.NoPage:
		return ErrNoPage.Because(cause)
	default:
		return ErrBroken.Because(cause)
	}
}

// outOfTime says that a process was ended for the processor's time it took. The
// second limit, which is the same, kills.
func outOfTime(exit error) bool {
	var e *exec.ExitError
	if !errors.As(exit, &e) {
		return false
	}
	status, ok := e.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGXCPU || status.Signal() == syscall.SIGKILL)
}

// limited drops what is more than left bytes.
type limited struct {
	w    io.Writer
	left int
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	keep := p[:min(len(p), l.left)]
	l.left -= len(keep)
	_, _ = l.w.Write(keep)
	return len(p), nil
}
