package conversations

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/db"
)

const (
	// drainEvery is how often the spool is tried while it holds anything.
	drainEvery = 500 * time.Millisecond
	// forgetEvery is how often what other processes erased is looked for in the
	// spool.
	forgetEvery = time.Minute
	// sweepEvery is how often rejected bodies are looked at that have become too
	// old to keep.
	sweepEvery = time.Hour
)

// RunDrain moves what is in the spool into the database as soon as that answers
// again. It returns when ctx ends.
func (in *Intake) RunDrain(ctx context.Context) {
	ticker := time.NewTicker(drainEvery)
	defer ticker.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	forget := time.NewTicker(forgetEvery)
	defer forget.Stop()
	for {
		if in.spool.Len() > 0 {
			in.drain(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-in.spooled:
		case <-forget.C:
			if err := in.ForgetErased(ctx); err != nil && ctx.Err() == nil {
				in.log.ErrorContext(ctx, "erased webhooks not removed", slog.Any("error", err))
			}
		case <-sweep.C:
			if _, err := in.spool.SweepRejected(in.now().Add(-bodiesKept)); err != nil {
				in.log.ErrorContext(ctx, "rejected webhooks not removed", slog.Any("error", err))
			}
		}
	}
}

func (in *Intake) drain(ctx context.Context) {
	moved := 0
	err := in.spool.Drain(ctx, func(ctx context.Context, raw []byte, received time.Time) error {
		event, err := parse(raw)
		if err != nil {
			return fmt.Errorf("%w: %w", chatwoot.ErrRejected, err)
		}
		storeCtx, cancel := context.WithTimeout(ctx, in.storeTimeout)
		defer cancel()
		_, err = in.Store(storeCtx, event, raw, received)
		switch {
		case err == nil:
			moved++
		case !db.IsUnavailable(err):
			in.log.ErrorContext(ctx, "spooled webhook cannot be stored", slog.Any("event", event), slog.Any("error", err))
			return fmt.Errorf("%w: %w", chatwoot.ErrRejected, err)
		}
		return err
	})
	if moved > 0 {
		in.log.InfoContext(ctx, "spooled webhooks stored", slog.Int("count", moved), slog.Int("left", in.spool.Len()))
	}
	if err != nil && ctx.Err() == nil {
		in.log.DebugContext(ctx, "spool waits for the database", slog.Int("waiting", in.spool.Len()), slog.Any("error", err))
	}
}
