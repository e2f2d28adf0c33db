package elements

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Catalogue is the door through which elements are changed.
type Catalogue interface {
	Snapshots
	Change(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx, at time.Time) error) (*catalogue.Snapshot, error)
}

// Editor changes elements, their fields and their photo slots. Whatever is shown
// with an element counts the element's version up when it changes. Safe for
// concurrent use.
type Editor struct {
	q         *sqlc.Queries
	db        db.DB
	catalogue Catalogue
}

// NewEditor returns the service; d is only read from.
func NewEditor(d db.DB, c Catalogue) *Editor {
	return &Editor{q: sqlc.New(), db: d, catalogue: c}
}

// Errors of elements.
var (
	ErrElementNotFound  = fault.New(fault.NotFound, "element_not_found", "Element not found")
	ErrElementCodeTaken = fault.New(fault.Conflict, "element_code_taken", "Element code already exists")
	ErrElementChanged   = fault.New(fault.PreconditionFailed, "version_mismatch", "The element was changed since then.")
	// ErrElementInUse: a warning is triggered by the element, or a tier lists it.
	ErrElementInUse = fault.New(fault.Conflict, "element_in_use", "The element is in use.")
	// ErrInvalidElement lists every wrong member in its fields.
	ErrInvalidElement = fault.New(fault.Invalid, "invalid_element", "The element breaks a rule.")
	ErrElementCycle   = fault.New(fault.Invalid, "element_cycle", "An element cannot be a variant of itself.")
	// ErrIncompleteOrder: an order has to list every member once.
	ErrIncompleteOrder = fault.New(fault.Invalid, "incomplete_order", "The order has to list every one exactly once.")
	ErrTooMany         = fault.New(fault.Invalid, "too_many", "There are too many already.")
)

// ElementNotFound is ErrElementNotFound with the id in its words.
func ElementNotFound(id uuid.UUID) error {
	return ErrElementNotFound.WithMessage(fmt.Sprintf("Element %s not found", id))
}

// element reads an element that is not deleted. Errors: ErrElementNotFound.
func (s *Editor) element(ctx context.Context, d sqlc.DBTX, id uuid.UUID) (sqlc.Element, error) {
	row, err := s.q.ElementGet(ctx, d, id)
	if db.IsNoRows(err) {
		return row, ElementNotFound(id)
	}
	if err != nil {
		return row, fmt.Errorf("read element: %w", err)
	}
	return row, nil
}

// touch counts an element's version up.
func (s *Editor) touch(ctx context.Context, tx pgx.Tx, at time.Time, id uuid.UUID) error {
	if err := s.q.ElementTouch(ctx, tx, sqlc.ElementTouchParams{ID: id, At: at}); err != nil {
		return fmt.Errorf("touch element: %w", err)
	}
	return nil
}

// change runs a change of the catalogue that returns something.
func change[T any](ctx context.Context, s *Editor, fn func(ctx context.Context, tx pgx.Tx, at time.Time) (T, error)) (T, error) {
	var out T
	_, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		var err error
		out, err = fn(ctx, tx, at)
		return err
	})
	return out, err
}

// problems gathers what is wrong with a request, member by member.
type problems []fault.Field

func (p *problems) add(member, format string, args ...any) {
	*p = append(*p, fault.Field{Pointer: "/" + member, Detail: fmt.Sprintf(format, args...)})
}

// fault returns kind with all problems and the first one in its words; nil when
// there is none.
func (p problems) fault(kind *fault.Error) error {
	if len(p) == 0 {
		return nil
	}
	return kind.WithFields(p...).WithMessage(strings.TrimPrefix(p[0].Pointer, "/") + " " + p[0].Detail + ".")
}

// placeAfter is the sort order behind those of rows.
func placeAfter[Row any](rows []Row, sortOrder func(Row) int32) int32 {
	last := int32(0)
	for _, row := range rows {
		last = max(last, sortOrder(row))
	}
	return last + 10
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
