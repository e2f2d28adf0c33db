package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/page"
)

// Recorded is one entry as it is stored.
type Recorded struct {
	ID uuid.UUID
	At time.Time
	// ActorID is nil for the system, and for an account that is gone.
	ActorID *uuid.UUID
	// Actor is the user name at the time, or "system".
	Actor string
	// RequestID is "" for what no request caused.
	RequestID  string
	Action     string
	EntityType string
	EntityID   string
	// Changes are the changed members only, by name.
	Changes []MemberChange
}

// MemberChange is one member before and after, as JSON; null where there was
// or is nothing.
type MemberChange struct {
	Member string
	Before json.RawMessage
	After  json.RawMessage
}

// Filter chooses entries; what is nil chooses all.
type Filter struct {
	EntityType *string
	EntityID   *string
	// Actor is a user name, or "system".
	Actor  *string
	Action *string
	// From is the first moment, To the first one after the last.
	From *time.Time
	To   *time.Time
}

// Reader searches the entries. Safe for concurrent use.
type Reader struct {
	db db.DB
	q  *sqlc.Queries
}

// NewReader returns the service.
func NewReader(d db.DB) *Reader { return &Reader{db: d, q: sqlc.New()} }

// List returns a page, the newest first, and the cursor of the next one.
func (r *Reader) List(ctx context.Context, f Filter, after page.Key, limit int) ([]Recorded, *string, error) {
	rows, err := r.q.AuditListBefore(ctx, r.db, sqlc.AuditListBeforeParams{
		EntityType: f.EntityType, EntityID: f.EntityID, ActorName: f.Actor, Action: f.Action, FromAt: f.From, ToAt: f.To,
		NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: int32(limit) + 1, // at most page.MaxLimit
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list audit: %w", err)
	}
	out := make([]Recorded, len(rows))
	for i, row := range rows {
		if out[i], err = fromRow(row); err != nil {
			return nil, nil, err
		}
	}
	out, next := page.Of(out, limit, func(e Recorded) page.Key { return page.Key{At: e.At, ID: e.ID} })
	return out, next, nil
}

func fromRow(row sqlc.AuditLog) (Recorded, error) {
	var changes map[string][2]json.RawMessage
	if err := json.Unmarshal(row.Changes, &changes); err != nil {
		return Recorded{}, fmt.Errorf("audit entry %s: %w", row.ID, err)
	}
	out := Recorded{
		ID: row.ID, At: row.At, ActorID: row.ActorID, Actor: row.ActorName, RequestID: row.RequestID, Action: row.Action,
		EntityType: row.EntityType, EntityID: row.EntityID, Changes: make([]MemberChange, 0, len(changes)),
	}
	for member, c := range changes {
		out.Changes = append(out.Changes, MemberChange{Member: member, Before: c[0], After: c[1]})
	}
	slices.SortFunc(out.Changes, func(a, b MemberChange) int { return strings.Compare(a.Member, b.Member) })
	return out, nil
}
