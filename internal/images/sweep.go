package images

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/objects"
)

const (
	// sweepTimeout bounds the clearing up after a request.
	sweepTimeout = 10 * time.Second
	// orphanAge keeps a sweep away from what is being stored.
	orphanAge = time.Hour
	// SweepEvery is the pause between sweeps.
	SweepEvery = 6 * time.Hour
	// sweepJobTimeout bounds one of them; the next goes on where it stopped, since
	// what it deleted is gone.
	sweepJobTimeout = 10 * time.Minute
)

// SweepArgs is the job of a sweep.
type SweepArgs struct{}

// Kind names the job.
func (SweepArgs) Kind() string { return "images_sweep" }

// InsertOpts has it wait or run once at a time.
func (SweepArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: SweepEvery}}
}

// SweepWorker does it.
type SweepWorker struct {
	river.WorkerDefaults[SweepArgs]
	Store *Store
}

// Timeout bounds it.
func (*SweepWorker) Timeout(*river.Job[SweepArgs]) time.Duration { return sweepJobTimeout }

// Work sweeps once.
func (w *SweepWorker) Work(ctx context.Context, _ *river.Job[SweepArgs]) error {
	n, err := w.Store.Sweep(ctx)
	if n > 0 {
		w.Store.log.InfoContext(ctx, "orphaned files deleted", slog.Int("files", n))
	}
	return err
}

// Sweep deletes files that no picture refers to: what a crash left between the
// file store and the database. It returns how many.
func (s *Store) Sweep(ctx context.Context) (int, error) {
	swept := 0
	drop := func(key string) error {
		sum, ok := sumOf(key)
		if !ok {
			return nil // not ours
		}
		if strings.HasSuffix(key, objects.HalfWritten) {
			swept++
			return s.objects.Remove(ctx, key)
		}
		gone, err := s.sweep(ctx, sum, key)
		if gone {
			swept++
		}
		return err
	}
	for _, folder := range []string{objectFolder, variantFolder} {
		if err := s.objects.Each(ctx, folder+"/", s.now().Add(-orphanAge), drop); err != nil {
			return swept, err
		}
	}
	return swept, nil
}

// sweep deletes files of bytes that no picture refers to. The lock is held while
// they are deleted, so that nobody begins to refer to them meanwhile.
func (s *Store) sweep(ctx context.Context, sum [32]byte, keys ...string) (bool, error) {
	gone := false
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.q.ImageObjectLock(ctx, tx, sum[:]); err != nil {
			return fmt.Errorf("wait for the picture's other users: %w", err)
		}
		used, err := s.q.ImageObjectExists(ctx, tx, sum[:])
		if err != nil || used {
			return err
		}
		gone = true
		for _, key := range keys {
			if err := s.objects.Remove(ctx, key); err != nil {
				return err
			}
		}
		return nil
	})
	return gone, err
}

// sweepLater deletes every file of bytes that may have lost their last picture,
// even if the request has ended. What fails is left to Sweep.
func (s *Store) sweepLater(ctx context.Context, sum [32]byte) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sweepTimeout)
	defer cancel()
	var keys []string
	for _, contentType := range []string{"image/jpeg", "image/png", typePDF} {
		keys = append(keys, objectKey(sum, contentType))
	}
	for _, width := range Widths {
		for _, contentType := range []string{"image/jpeg", "image/png", "image/webp"} {
			keys = append(keys, variantKey(sum, variant{width: width, contentType: contentType}))
		}
	}
	if _, err := s.sweep(ctx, sum, keys...); err != nil {
		s.log.WarnContext(ctx, "files of a picture are left to the sweep", slog.Any("error", err))
	}
}
