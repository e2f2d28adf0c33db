package catalogue

import (
	"context"
	"sync"
	"time"

	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// ErrInFuture says that nobody knows the catalogue of a moment yet to come.
var ErrInFuture = fault.New(fault.Invalid, "as_of_in_future", "The moment is in the future.").
	WithFields(fault.Field{Pointer: "/as_of", Detail: "is in the future"})

// settled is how old a moment has to be for its catalogue to be final: no
// transaction that writes to it can still be running.
const settled = time.Minute

// pastKept is how many snapshots of the past are kept: enough for somebody who
// compares quotes of a few dates.
const pastKept = 4

// Past gives the catalogue as it was. Safe for concurrent use.
type Past struct {
	db  db.DB
	now func() time.Time

	mu   sync.Mutex
	kept []pastSnapshot // the last used one last
}

type pastSnapshot struct {
	at       time.Time
	snapshot *Snapshot
}

// NewPast returns the service.
func NewPast(d db.DB, now func() time.Time) *Past { return &Past{db: d, now: now} }

// At returns the catalogue as it was at that moment; its revision is 0.
// Errors: ErrInFuture; ErrUnavailable when the database cannot be asked.
func (p *Past) At(ctx context.Context, at time.Time) (*Snapshot, error) {
	now := p.now()
	if at.After(now) {
		return nil, ErrInFuture
	}
	at = at.Truncate(time.Microsecond) // PostgreSQL knows no finer moment
	if s := p.recall(at); s != nil {
		return s, nil
	}
	s, err := LoadAt(ctx, p.db, at)
	if db.IsUnavailable(err) {
		return nil, ErrUnavailable.Because(err)
	}
	if err != nil {
		return nil, err
	}
	if now.Sub(at) >= settled {
		p.keep(at, s)
	}
	return s, nil
}

func (p *Past) recall(at time.Time) *Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, k := range p.kept {
		if k.at.Equal(at) {
			p.kept = append(append(p.kept[:i:i], p.kept[i+1:]...), k)
			return k.snapshot
		}
	}
	return nil
}

func (p *Past) keep(at time.Time, s *Snapshot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) == pastKept {
		p.kept = p.kept[1:]
	}
	p.kept = append(p.kept, pastSnapshot{at, s})
}
