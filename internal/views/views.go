// Package views keeps named filters of the admin UI's pages: an account's own
// ones, and those it shares.
package views

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/patch"
)

// maxViews is how many an account may have.
const maxViews = 100

// entity is what views are called in the audit.
const entity = "saved_view"

// Errors of views.
var (
	ErrNotFound = fault.New(fault.NotFound, "view_not_found", "View not found")
	ErrChanged  = fault.New(fault.PreconditionFailed, "version_mismatch", "The view was changed since then.")
	ErrName     = fault.New(fault.Conflict, "view_name_taken", "View name already exists")
	ErrTooMany  = fault.New(fault.Conflict, "too_many_views", fmt.Sprintf("An account has at most %d views; delete one first.", maxViews))
	// ErrSharing is for those who only read: what they share, nobody asked for.
	ErrSharing = fault.New(fault.Forbidden, "forbidden", "Your role may not share a view.")
	ErrOwner   = fault.New(fault.Forbidden, "not_your_view", "The view is somebody else's.")
	errText    = fault.New(fault.Invalid, "invalid_text", "A text is empty or holds a character that cannot be stored.")
)

// View is a named filter of a page.
type View struct {
	ID uuid.UUID
	// Page is which list it filters.
	Page string
	Name string
	// Query is the page's query string, without the question mark.
	Query string
	// Shared: everybody sees it; only its owner changes it.
	Shared    bool
	SortOrder int32
	// Owner is a user name; Own says that it is the caller's.
	Owner     string
	Own       bool
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Draft is a view to make.
type Draft struct {
	Page      string
	Name      string
	Query     string
	Shared    bool
	SortOrder int32
}

// Patch changes what is not nil.
type Patch struct {
	Name      *string
	Query     *string
	Shared    *bool
	SortOrder *int32
}

// Service keeps the views. Safe for concurrent use.
type Service struct {
	db  db.DB
	q   *sqlc.Queries
	now func() time.Time
}

// New returns the service.
func New(d db.DB, now func() time.Time) *Service { return &Service{db: d, q: sqlc.New(), now: now} }

// List returns the caller's views of a page, nil for every page, in their order,
// and after them those that others share.
func (s *Service) List(ctx context.Context, page *string) ([]View, error) {
	who, _ := caller.From(ctx)
	rows, err := s.q.ViewList(ctx, s.db, sqlc.ViewListParams{AccountID: who.AccountID, Page: page})
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	out := make([]View, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r.SavedView, r.Owner, who)
	}
	return out, nil
}

// Create stores a view of the caller.
// Errors: ErrSharing; ErrName; ErrTooMany; Invalid for a text that cannot be stored.
func (s *Service) Create(ctx context.Context, d Draft) (View, error) {
	who, _ := caller.From(ctx)
	name, err := text(d.Name, d.Query)
	if err != nil {
		return View{}, err
	}
	if d.Shared && !mayShare(who) {
		return View{}, ErrSharing
	}
	var row sqlc.SavedView
	err = db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		// Locked, so that views are counted one after the other.
		if _, err := s.q.AccountGetForUpdate(ctx, tx, who.AccountID); err != nil {
			return fmt.Errorf("lock account: %w", err)
		}
		n, err := s.q.ViewCount(ctx, tx, who.AccountID)
		if err != nil {
			return fmt.Errorf("count views: %w", err)
		}
		if n >= maxViews {
			return ErrTooMany
		}
		at := s.now()
		row, err = s.q.ViewInsert(ctx, tx, sqlc.ViewInsertParams{
			ID: uuid.Must(uuid.NewV7()), AccountID: who.AccountID, Page: d.Page, Name: name, Query: d.Query, Shared: d.Shared, SortOrder: d.SortOrder, At: at,
		})
		if err != nil {
			return writeError(err)
		}
		return audit.RecordCreate(ctx, tx, at, entity, row.ID.String(), row)
	})
	return fromRow(row, who.Username, who), err
}

// Get returns a view of the caller, or one that is shared. Errors: ErrNotFound.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (View, error) {
	who, _ := caller.From(ctx)
	row, err := s.q.ViewGet(ctx, s.db, id)
	if db.IsNoRows(err) || err == nil && !visible(row.SavedView, who) {
		return View{}, notFound(id)
	}
	if err != nil {
		return View{}, fmt.Errorf("read view: %w", err)
	}
	return fromRow(row.SavedView, row.Owner, who), nil
}

// Update changes a view of the caller. version is the one the change is based on;
// 0 means any. Errors: ErrNotFound; ErrOwner; ErrChanged; ErrSharing; ErrName;
// Invalid for a text that cannot be stored.
func (s *Service) Update(ctx context.Context, id uuid.UUID, version int, p Patch) (View, error) {
	err := s.change(ctx, id, version, func(ctx context.Context, tx pgx.Tx, who caller.Caller, old sqlc.SavedView) error {
		row := old
		patch.Set(&row.Name, p.Name)
		patch.Set(&row.Query, p.Query)
		patch.Set(&row.Shared, p.Shared)
		patch.Set(&row.SortOrder, p.SortOrder)
		var err error
		switch row.Name, err = text(row.Name, row.Query); {
		case err != nil:
			return err
		case old.AccountID != who.AccountID:
			return ErrOwner
		case row.Shared && !old.Shared && !mayShare(who):
			return ErrSharing
		}
		at := s.now()
		if changed, err := audit.RecordUpdate(ctx, tx, at, entity, id.String(), old, row); err != nil || !changed {
			return err
		}
		return writeError(s.q.ViewUpdate(ctx, tx, sqlc.ViewUpdateParams{
			ID: id, Name: row.Name, Query: row.Query, Shared: row.Shared, SortOrder: row.SortOrder, At: at,
		}))
	})
	if err != nil {
		return View{}, err
	}
	return s.Get(ctx, id)
}

// Delete removes a view of the caller; an admin removes any that is shared.
// version is as in Update. Errors: ErrNotFound; ErrOwner; ErrChanged.
func (s *Service) Delete(ctx context.Context, id uuid.UUID, version int) error {
	return s.change(ctx, id, version, func(ctx context.Context, tx pgx.Tx, who caller.Caller, old sqlc.SavedView) error {
		if old.AccountID != who.AccountID && !who.Role.Covers(caller.RoleAdmin) {
			return ErrOwner
		}
		if err := s.q.ViewDelete(ctx, tx, id); err != nil {
			return fmt.Errorf("delete view: %w", err)
		}
		return audit.RecordDelete(ctx, tx, s.now(), entity, id.String(), old)
	})
}

// change runs fn on a view that the caller sees, locked.
func (s *Service) change(ctx context.Context, id uuid.UUID, version int,
	fn func(context.Context, pgx.Tx, caller.Caller, sqlc.SavedView) error,
) error {
	who, _ := caller.From(ctx)
	return db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		row, err := s.q.ViewGetForUpdate(ctx, tx, id)
		switch {
		case db.IsNoRows(err) || err == nil && !visible(row, who):
			return notFound(id)
		case err != nil:
			return fmt.Errorf("read view: %w", err)
		case version != 0 && int(row.Version) != version:
			return ErrChanged
		}
		return fn(ctx, tx, who, row)
	})
}

func visible(row sqlc.SavedView, who caller.Caller) bool {
	return row.Shared || row.AccountID == who.AccountID
}

func mayShare(who caller.Caller) bool { return who.Role.Covers(caller.RoleEditor) }

func notFound(id uuid.UUID) error {
	return ErrNotFound.WithMessage(fmt.Sprintf("View %s not found", id))
}

// text returns the name without blanks around it.
func text(name, query string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "" || strings.ContainsRune(name, 0):
		return "", errText.WithFields(fault.Field{Pointer: "/name", Detail: "is empty or holds a character that cannot be stored"})
	case strings.ContainsRune(query, 0):
		return "", errText.WithFields(fault.Field{Pointer: "/query", Detail: "holds a character that cannot be stored"})
	}
	return name, nil
}

func writeError(err error) error {
	switch {
	case err == nil:
		return nil
	case db.IsUnique(err, "saved_views_name_key"):
		return ErrName
	}
	return fmt.Errorf("write view: %w", err)
}

func fromRow(r sqlc.SavedView, owner string, who caller.Caller) View {
	return View{
		ID: r.ID, Page: r.Page, Name: r.Name, Query: r.Query, Shared: r.Shared, SortOrder: r.SortOrder, Owner: owner,
		Own: r.AccountID == who.AccountID, Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}
