package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/spain"
	"github.com/msia/msia/internal/vehicle"
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
	arg := sqlc.CaseListAfterParams{
		Status: string(f.Status), CustomerID: f.CustomerID, ConversationID: f.ConversationID, AssigneeID: f.AssigneeID,
		NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: int32(limit) + 1, //nolint:gosec // at most page.MaxLimit
	}
	var (
		rows []sqlc.Case
		err  error
	)
	if words := searchWords(f.Query); words[0] == "" {
		rows, err = s.q.CaseListAfter(ctx, s.db, arg)
	} else {
		rows, err = s.q.CaseSearch(ctx, s.db, sqlc.CaseSearchParams{
			Word1: words[0], Word2: words[1], Word3: words[2],
			Status: arg.Status, CustomerID: arg.CustomerID, ConversationID: arg.ConversationID, AssigneeID: arg.AssigneeID,
			NoCursor: arg.NoCursor, BeforeAt: arg.BeforeAt, BeforeID: arg.BeforeID, MaxRows: arg.MaxRows,
		})
	}
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

// OfCustomer returns a customer's cases with their files, the oldest first.
func (s *Service) OfCustomer(ctx context.Context, customerID uuid.UUID) ([]Case, error) {
	rows, err := s.q.CaseListByCustomer(ctx, s.db, customerID)
	if err != nil {
		return nil, fmt.Errorf("list a customer's cases: %w", err)
	}
	out := make([]Case, len(rows))
	for i, row := range rows {
		if out[i], err = s.whole(ctx, s.db, row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// searchWords splits what was typed into the words that a search asks for; further
// ones are left out, missing ones repeat the first, which costs nothing. A plate,
// telephone or NIF is looked for as it is stored, however it was typed.
func searchWords(q string) (words [3]string) {
	q = strings.TrimSpace(q)
	if plate, err := vehicle.ParsePlate(q); err == nil {
		q = string(plate)
	} else if nif, err := spain.ParseNIF(q); err == nil {
		q = string(nif)
	} else if phone, err := spain.ParsePhone(q); err == nil {
		q = phone
	}
	copy(words[:], strings.Fields(q))
	for i := range words {
		if words[i] == "" {
			words[i] = words[0]
		}
	}
	return words
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
