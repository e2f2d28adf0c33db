package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/page"
)

// Filter chooses cases; the zero value is all of them.
type Filter struct {
	// Query is looked for in number, plate, chassis number, name, telephone, NIF
	// and e-mail, without accents and case.
	Query          string
	Status         Status
	CustomerID     *uuid.UUID
	ConversationID *uuid.UUID
	AssigneeID     *uuid.UUID
}

// List returns a page, the latest change first. The cases come without files.
func (s *Service) List(ctx context.Context, f Filter, after page.Key, limit int) ([]Case, *string, error) {
	rows, err := s.q.CaseListAfter(ctx, s.db, sqlc.CaseListAfterParams{
		Status: string(f.Status), CustomerID: f.CustomerID, ConversationID: f.ConversationID, AssigneeID: f.AssigneeID, Q: f.Query,
		NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: int32(limit) + 1, // at most page.MaxLimit
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list cases: %w", err)
	}
	out := make([]Case, len(rows))
	for i, row := range rows {
		if out[i], err = fromRow(row, nil); err != nil {
			return nil, nil, err
		}
	}
	out, next := page.Of(out, limit, func(c Case) page.Key { return page.Key{At: c.UpdatedAt, ID: c.ID} })
	return out, next, nil
}

// Counts returns the number of cases by status.
func (s *Service) Counts(ctx context.Context) (map[Status]int, error) {
	rows, err := s.q.CaseCountByStatus(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	out := make(map[Status]int, len(rows))
	for _, row := range rows {
		out[Status(row.Status)] = int(row.Count)
	}
	return out, nil
}

// Event is one line of a case's timeline.
type Event struct {
	ID   uuid.UUID
	At   time.Time
	Who  string
	Kind string
	// From and To are set for a change of status.
	From *string
	To   *string
	// Reason is why, or the text of a note.
	Reason *string
	// Detail says which data or file it was about.
	Detail json.RawMessage
}

// Events returns the timeline, in order. Errors: ErrNotFound.
func (s *Service) Events(ctx context.Context, id uuid.UUID) ([]Event, error) {
	if _, err := s.get(ctx, s.db, id); err != nil {
		return nil, err
	}
	rows, err := s.q.CaseEventListByCase(ctx, s.db, id)
	if err != nil {
		return nil, fmt.Errorf("list case events: %w", err)
	}
	out := make([]Event, len(rows))
	for i, r := range rows {
		out[i] = Event{ID: r.ID, At: r.At, Who: r.ActorName, Kind: r.Kind, From: r.FromStatus, To: r.ToStatus, Reason: r.Reason, Detail: r.Detail}
	}
	return out, nil
}
