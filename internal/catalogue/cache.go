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
	// epoch counts calls of Invalidate and learn: a refresh that began before one
	// is not allowed to confirm what it read.
	epoch atomic.Int64
	mu    sync.Mutex // makes the swap in refresh, Invalidate and learn one step
}

// confirmed is a snapshot and when it was known to be the newest; the zero time
// makes the next reader ask, though only for the revision.
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

// learn takes the snapshot a writer read in the transaction it has committed, as
// Invalidate but without a second load. It returns the one to go on with.
func (c *Cache) learn(s *Snapshot) *Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch.Add(1)
	newest := s
	if cur := c.current.Load(); cur != nil && cur.snapshot.Revision >= s.Revision {
		newest = cur.snapshot
	}
	c.current.Store(&confirmed{snapshot: newest})
	if newest.Revision == s.Revision {
		return newest // when nothing was changed, the one there was
	}
	return s
}

func (c *Cache) refresh(ctx context.Context, epoch int64) (*Snapshot, error) {
	asked := c.now()
	var known *Snapshot
	if cur := c.current.Load(); cur != nil {
		known = cur.snapshot
	}
	revision, err := c.q.CatalogueRevisionGet(ctx, c.db)
	if err != nil {
		return nil, err
	}
	snapshot := known
	if known == nil || known.Revision != revision {
		if snapshot, err = Load(ctx, c.db); err != nil {
			return nil, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// There is one pointer per revision: what is derived from a snapshot (Memo) is
	// kept by it. So whoever stored this revision in the meantime, or a newer one,
	// goes first. A revision below the one known from before is a database that
	// was put back: the truth, too.
	cur := c.current.Load()
	if cur != nil && (cur.snapshot.Revision == snapshot.Revision ||
		cur.snapshot != known && cur.snapshot.Revision > snapshot.Revision) {
		snapshot = cur.snapshot
	}
	switch {
	case c.epoch.Load() == epoch:
		c.current.Store(&confirmed{snapshot: snapshot, at: asked})
	case cur == nil || cur.snapshot != snapshot:
		c.current.Store(&confirmed{snapshot: snapshot})
	}
	return snapshot, nil
}
