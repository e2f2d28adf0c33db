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
	Query string
	// Statuses to choose; none for all.
	Statuses       []Status
	CustomerID     *uuid.UUID
	ConversationID *uuid.UUID
	CategoryID     *uuid.UUID
	AssigneeID     *uuid.UUID
}

// Sort is what a list is put in order by.
type Sort string

// What lists can be put in order by.
const (
	SortUpdated  Sort = "updated"
	SortCreated  Sort = "created"
	SortActivity Sort = "activity"
)

// Order is that of a list; the zero value has the latest change first.
type Order struct {
	Sort        Sort
	OldestFirst bool
}

// key is what a case has its place by.
func (o Order) key(c Case) page.Key {
	switch o.Sort {
	case SortCreated:
		return page.Key{At: c.CreatedAt, ID: c.ID}
	case SortActivity:
		return page.Key{At: c.LastActivityAt, ID: c.ID}
	}
	return page.Key{At: c.UpdatedAt, ID: c.ID}
}

// List returns a page. The cases come without files.
func (s *Service) List(ctx context.Context, f Filter, o Order, after page.Key, limit int) ([]Case, *string, error) {
	rows, err := s.rows(ctx, f, o, after, int32(limit)+1) //nolint:gosec // at most page.MaxLimit
	if err != nil {
		return nil, nil, fmt.Errorf("list cases: %w", err)
	}
	out := make([]Case, len(rows))
	for i, row := range rows {
		if out[i], err = fromRow(row, nil); err != nil {
			return nil, nil, err
		}
	}
	out, next := page.Of(out, limit, o.key)
	return out, next, s.nameCustomers(ctx, out)
}

// nameCustomers fills in what the customers are called.
func (s *Service) nameCustomers(ctx context.Context, list []Case) error {
	ids := make([]uuid.UUID, len(list))
	for i, c := range list {
		ids[i] = c.CustomerID
	}
	rows, err := s.q.CaseCustomerNames(ctx, s.db, ids)
	if err != nil {
		return fmt.Errorf("names of customers: %w", err)
	}
	names := make(map[uuid.UUID]string, len(rows))
	for _, r := range rows {
		names[r.ID] = r.DisplayName
	}
	for i := range list {
		list[i].CustomerName = names[list[i].CustomerID]
	}
	return nil
}

func (s *Service) rows(ctx context.Context, f Filter, o Order, after page.Key, rows int32) ([]sqlc.Case, error) {
	arg := sqlc.CaseListByUpdateNewestParams{
		Statuses: f.statuses(), CustomerID: f.CustomerID, ConversationID: f.ConversationID, CategoryID: f.CategoryID, AssigneeID: f.AssigneeID,
		NoCursor: after.IsZero(), AfterAt: after.At, AfterID: after.ID, MaxRows: rows,
	}
	if words := searchWords(f.Query); words[0] != "" {
		found := sqlc.CaseSearchNewestParams{
			Word1: words[0], Word2: words[1], Word3: words[2], Sort: string(o.Sort), Statuses: arg.Statuses, CustomerID: arg.CustomerID,
			ConversationID: arg.ConversationID, CategoryID: arg.CategoryID, AssigneeID: arg.AssigneeID,
			NoCursor: arg.NoCursor, AfterAt: arg.AfterAt, AfterID: arg.AfterID, MaxRows: arg.MaxRows,
		}
		if o.OldestFirst {
			return s.q.CaseSearchOldest(ctx, s.db, sqlc.CaseSearchOldestParams(found))
		}
		return s.q.CaseSearchNewest(ctx, s.db, found)
	}
	switch {
	case o.Sort == SortCreated && o.OldestFirst:
		return s.q.CaseListByCreationOldest(ctx, s.db, sqlc.CaseListByCreationOldestParams(arg))
	case o.Sort == SortCreated:
		return s.q.CaseListByCreationNewest(ctx, s.db, sqlc.CaseListByCreationNewestParams(arg))
	case o.Sort == SortActivity && o.OldestFirst:
		return s.q.CaseListByActivityOldest(ctx, s.db, sqlc.CaseListByActivityOldestParams(arg))
	case o.Sort == SortActivity:
		return s.q.CaseListByActivityNewest(ctx, s.db, sqlc.CaseListByActivityNewestParams(arg))
	case o.OldestFirst:
		return s.q.CaseListByUpdateOldest(ctx, s.db, sqlc.CaseListByUpdateOldestParams(arg))
	}
	return s.q.CaseListByUpdateNewest(ctx, s.db, arg)
}

// statuses returns the statuses as the queries take them.
func (f Filter) statuses() []string {
	out := make([]string, len(f.Statuses))
	for i, status := range f.Statuses {
		out[i] = string(status)
	}
	return out
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

// Counts returns the number of cases that the filter chooses by status, whichever
// statuses it has.
func (s *Service) Counts(ctx context.Context, f Filter) (map[Status]int, error) {
	arg := sqlc.CaseCountByStatusParams{
		CustomerID: f.CustomerID, ConversationID: f.ConversationID, CategoryID: f.CategoryID, AssigneeID: f.AssigneeID,
	}
	if words := searchWords(f.Query); words[0] != "" {
		arg.Word1, arg.Word2, arg.Word3 = &words[0], words[1], words[2]
	}
	rows, err := s.q.CaseCountByStatus(ctx, s.db, arg)
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	out := make(map[Status]int, len(rows))
	for _, row := range rows {
		out[Status(row.Status)] = int(row.Count)
	}
	return out, nil
}

// OpenWith counts the cases of a category that are not over and have the element.
func (s *Service) OpenWith(ctx context.Context, categoryID uuid.UUID, code string) (int, error) {
	n, err := s.q.CaseCountOpenWithElement(ctx, s.db, sqlc.CaseCountOpenWithElementParams{CategoryID: categoryID, Code: code})
	if err != nil {
		return 0, fmt.Errorf("count an element's cases: %w", err)
	}
	return int(n), nil
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
