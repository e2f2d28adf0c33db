package catalogue

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// MaxStaleness is how long a snapshot is used without asking the database
// whether it still stands: the most a replica may lag behind another's change.
const MaxStaleness = 500 * time.Millisecond

// ErrUnavailable says that the catalogue cannot be read at the moment.
var ErrUnavailable = &fault.Error{
	Kind: fault.Unavailable, Code: "database_unavailable",
	Message: "The catalogue cannot be read at the moment.", RetryAfterSeconds: 2,
}

// Cache keeps the newest Snapshot. Safe for concurrent use.
//
// It is asked, never told: a reader whose snapshot was last confirmed more than
// MaxStaleness ago compares one number with the database first. So a change is
// seen by every replica in time without messages that could be lost, and a
// replica cut off from the database says so instead of quoting old prices.
type Cache struct {
	db  db.DB
	q   *sqlc.Queries
	now func() time.Time

	current atomic.Pointer[confirmed]
	flight  singleflight.Group
	// epoch counts calls of Invalidate: a refresh that began before one is not
	// allowed to confirm what it read.
	epoch atomic.Int64
	mu    sync.Mutex // makes the swap in refresh and Invalidate one step
}

type confirmed struct {
	snapshot *Snapshot
	at       time.Time
}

// NewCache returns an empty cache; the first Snapshot call fills it.
func NewCache(d db.DB, now func() time.Time) *Cache {
	return &Cache{db: d, q: sqlc.New(), now: now}
}

// Snapshot returns the catalogue, at most MaxStaleness old.
// Errors: ErrUnavailable when the database cannot be asked.
func (c *Cache) Snapshot(ctx context.Context) (*Snapshot, error) {
	if cur := c.current.Load(); cur != nil && c.now().Sub(cur.at) < MaxStaleness {
		return cur.snapshot, nil
	}
	// The one refresh serves everybody who waits, so it must not end with the
	// request that happened to begin it.
	epoch := c.epoch.Load()
	result := c.flight.DoChan(fmt.Sprint(epoch), func() (any, error) {
		refreshCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return c.refresh(refreshCtx, epoch)
	})
	select {
	case r := <-result:
		if r.Err != nil {
			return nil, ErrUnavailable.Because(r.Err)
		}
		return r.Val.(*Snapshot), nil
	case <-ctx.Done():
		return nil, ErrUnavailable.Because(ctx.Err())
	}
}

// Invalidate makes the next Snapshot call ask the database. Writers call it
// after their commit, so that they read what they wrote.
func (c *Cache) Invalidate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch.Add(1)
	if cur := c.current.Load(); cur != nil {
		c.current.Store(&confirmed{snapshot: cur.snapshot})
	}
}

func (c *Cache) refresh(ctx context.Context, epoch int64) (*Snapshot, error) {
	asked := c.now()
	revision, err := c.q.CatalogueRevisionGet(ctx, c.db)
	if err != nil {
		return nil, err
	}
	var snapshot *Snapshot
	if cur := c.current.Load(); cur != nil && cur.snapshot.Revision == revision {
		snapshot = cur.snapshot
	} else if snapshot, err = Load(ctx, c.db); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch.Load() == epoch {
		c.current.Store(&confirmed{snapshot: snapshot, at: asked})
	}
	return snapshot, nil
}
