package images_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/decoder/decodertest"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
	"github.com/msia/msia/internal/images/wire"
)

// shell makes a pool of a shell script in place of the decoder.
func shell(t *testing.T, script string, processes, queue int) *images.Pool {
	t.Helper()
	p := images.NewPool(images.PoolConfig{
		Command: []string{"/bin/sh", "-c", script}, Processes: processes, Queue: queue, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(p.Close)
	return p
}

// hello is the first frame of a decoder, as a shell writes it.
var hello = func() string {
	var b bytes.Buffer
	_ = wire.Write(&b, wire.Response{HEIF: true}, 0)
	var s strings.Builder
	for _, c := range b.Bytes() {
		s.WriteString(`\` + strconv.FormatUint(uint64(c)+0o1000, 8)[1:])
	}
	return "printf '" + s.String() + "' >&3\n"
}()

func small() []byte { return imagetest.JPEG(imagetest.Pattern(64, 64), 80) }

func TestDecoderThatDoesNotStart(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"ends at once":      "echo no libvips here >&2; exit 1",
		"says other things": "echo this is no frame, and it is longer than one header >&3; cat >/dev/null",
	} {
		_, err := normalise(t, shell(t, script, 1, 1), small())
		require.ErrorIs(t, err, images.ErrDecoder, name)
	}
	p := images.NewPool(images.PoolConfig{Command: []string{"/no/such/program"}, Processes: 1, Queue: 1, Log: slog.New(slog.DiscardHandler)})
	defer p.Close()
	_, err := normalise(t, p, small())
	require.ErrorIs(t, err, images.ErrDecoder)
}

// TestDecoderThatCrashes costs the request its picture, and nothing else.
func TestDecoderThatCrashes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end  string
		want error
	}{
		"by a fault":        {"kill -SEGV $$", guard.ErrBroken},
		"by an assertion":   {"kill -ABRT $$", guard.ErrBroken},
		"out of time":       {"exit 3", guard.ErrBroken},
		"killed by the OS":  {"kill -KILL $$", images.ErrDecoder},
		"answers with junk": {"echo junk junk junk junk junk >&3; exit 0", images.ErrDecoder},
	} {
		p := shell(t, hello+"head -c 20 >/dev/null; "+c.end, 1, 1)
		for range 2 { // another one is started
			_, err := normalise(t, p, small())
			require.ErrorIs(t, err, c.want, name)
		}
	}
}

// TestDecoderThatHangs is killed.
func TestDecoderThatHangs(t *testing.T) {
	t.Parallel()
	file := imagetest.JPEG(imagetest.Photo(800, 800, 1), 100) // more than a pipe holds
	for name, script := range map[string]string{
		"reads and is silent": "exec cat >/dev/null",
		"does not read":       "exec sleep 1000",
		"answers half":        "printf '\\000\\000' >&3; exec sleep 1000",
	} {
		p := images.NewPool(images.PoolConfig{
			Command: []string{"/bin/sh", "-c", hello + script}, Processes: 1, Timeout: 300 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
		})
		start := time.Now()
		_, err := normalise(t, p, file)
		require.ErrorIs(t, err, guard.ErrBroken, name)
		require.Less(t, time.Since(start), 10*time.Second, name)
		p.Close()
	}
}

// TestKilledDecoder is replaced: nobody notices unless it was at work.
func TestKilledDecoder(t *testing.T) {
	t.Parallel()
	note := t.TempDir() + "/pid"
	p := shell(t, "echo $$ >"+note+"; exec "+os.Args[0]+" "+wire.Command, 1, 1)
	for range 4 {
		_, err := normalise(t, p, small())
		require.NoError(t, err)
		b, err := os.ReadFile(note)
		require.NoError(t, err)
		pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, 10*time.Second, time.Millisecond)
	}
}

// TestDecodersEnd with their pool, also those at work.
func TestDecodersEnd(t *testing.T) {
	t.Parallel()
	p := decodertest.Pool(t, slog.New(slog.DiscardHandler))
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if _, err := normalise(t, p, imagetest.JPEG(imagetest.Photo(1600, 1200, 1), 85)); err != nil {
				require.ErrorIs(t, err, images.ErrDecoder)
			}
		})
	}
	p.Close()
	all.Wait()
	_, err := normalise(t, p, small())
	require.ErrorIs(t, err, images.ErrDecoder)
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	p := images.NewPool(images.PoolConfig{
		Command: []string{"/bin/sh", "-c", hello + "exec cat >/dev/null"}, Processes: 1, Queue: 2, Timeout: 2 * time.Second, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(p.Close)
	file := small()
	var (
		all  sync.WaitGroup
		busy atomic.Int32
	)
	for range 8 {
		all.Go(func() {
			if _, err := normalise(t, p, file); errors.Is(err, images.ErrBusy) {
				busy.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 5, busy.Load(), "one is at work and two wait, of eight")
	require.Positive(t, images.ErrBusy.RetryAfterSeconds)
}

// TestWhoGoesAwayWhileWaiting leaves the queue.
func TestWhoGoesAwayWhileWaiting(t *testing.T) {
	t.Parallel()
	p := shell(t, hello+"exec cat >/dev/null", 0, 1)
	info, err := guard.Check(small())
	require.NoError(t, err)
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		_, err = p.Normalise(ctx, bytes.NewReader(small()), info, 100, 80)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
}
