package catalogue

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
)

// Change runs fn in a transaction and returns the catalogue as it is after it.
// Every writer of the catalogue goes through here: they take turns, so that fn
// may read what a rule needs and rely on it until the commit; the history
// learns who wrote and when; and the next Snapshot call asks the database.
//
// at is the time of the change. Errors of fn are returned as they are.
func (c *Cache) Change(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx, at time.Time) error) (*Snapshot, error) {
	var s *Snapshot
	err := db.InTx(ctx, c.db, func(ctx context.Context, tx pgx.Tx) error {
		at, err := Enter(ctx, tx, c.now)
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, at); err != nil {
			return err
		}
		// Read before the commit: the change must not be made and then answered
		// with an error because the database went away in between.
		if s, err = read(ctx, tx); err != nil {
			return fmt.Errorf("read the changed catalogue: %w", err)
		}
		return nil
	})
	if err != nil {
		// A refusal may be due to what another process wrote, and the caller shows
		// what that was; and a commit may have gone through all the same.
		c.Invalidate()
		return nil, err
	}
	return c.learn(s), nil
}

// Enter waits until it is this writer's turn, which lasts until the end of tx, and
// tells the history who writes and when. It returns that time: for writers that
// have a transaction of their own.
func Enter(ctx context.Context, tx pgx.Tx, now func() time.Time) (time.Time, error) {
	if err := sqlc.New().CatalogueWait(ctx, tx); err != nil {
		return time.Time{}, fmt.Errorf("wait for the catalogue's other writers: %w", err)
	}
	// Taken when it is this writer's turn, not when it began to wait: the
	// history is in the order in which things were written. PostgreSQL would
	// round what is finer, to a moment that may not have come yet.
	at := now().Truncate(time.Microsecond)
	return at, Lock(ctx, tx, at)
}

// Lock makes the writers of the catalogue take turns until the end of tx and
// tells the history who writes and when. Whoever writes to the catalogue rather
// calls Enter, which does not take the time before the wait.
func Lock(ctx context.Context, tx pgx.Tx, at time.Time) error {
	actor := "system"
	if who, ok := caller.From(ctx); ok {
		actor = who.Username
	}
	_, err := sqlc.New().CatalogueLock(ctx, tx, sqlc.CatalogueLockParams{At: at.UTC().Format(time.RFC3339Nano), Actor: actor})
	if err != nil {
		return fmt.Errorf("wait for the catalogue's other writers: %w", err)
	}
	return nil
}
