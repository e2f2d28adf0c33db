package tariffs

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Errors of warnings, beside ErrNoSuchElement and ErrUnknownTier.
var (
	ErrWarningNotFound  = fault.New(fault.NotFound, "warning_not_found", "Warning not found")
	ErrWarningCodeTaken = fault.New(fault.Conflict, "warning_code_taken", "Warning code already exists")
	ErrWarningChanged   = errChanged("The warning was changed since then.")
	ErrInvalidScope     = fault.New(fault.Invalid, "invalid_scope", "Category, tier and element do not go with the scope.")
	ErrUselessKeyword   = fault.New(fault.Invalid, "useless_keyword", "A keyword would be found in no text.")
	ErrDuplicateTrigger = fault.New(fault.Invalid, "duplicate_trigger", "A trigger is there twice.")
)

// Warning is a text shown with quotes, as staff keep it.
type Warning struct {
	ID    uuid.UUID
	Scope catalogue.WarningScope
	// CategoryID is nil for scope global.
	CategoryID *uuid.UUID
	// TierCode and ElementCode are set for those scopes only.
	TierCode    *string
	ElementCode *string
	Code        string
	Severity    catalogue.Severity
	Message     string
	// Triggers are alternatives; none means always.
	Triggers  []catalogue.Trigger
	IsActive  bool
	SortOrder int
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// NewWarning describes a warning to create.
type NewWarning struct {
	Scope       catalogue.WarningScope
	CategoryID  *uuid.UUID
	TierCode    *string
	ElementCode *string
	Code        string
	Severity    catalogue.Severity
	Message     string
	Triggers    []catalogue.Trigger
	SortOrder   int32
	IsActive    bool
}

// WarningPatch changes what is present: nil, or not specified, leaves a member
// as it is; null clears it. A Scope that is present clears what it has no use
// for, unless that is present too.
type WarningPatch struct {
	Scope       *catalogue.WarningScope
	CategoryID  nullable.Nullable[uuid.UUID]
	TierCode    nullable.Nullable[string]
	ElementCode nullable.Nullable[string]
	Code        *string
	Severity    *catalogue.Severity
	Message     *string
	// Triggers replaces all of them.
	Triggers  *[]catalogue.Trigger
	SortOrder *int32
	IsActive  *bool
}

// Warnings keeps the warnings. Safe for concurrent use.
type Warnings struct {
	db       db.DB
	q        *sqlc.Queries
	contains func(text, phrase string) bool
	rows     resource[warningRow]
}

// NewWarnings returns the service. contains is Calculator.ContainsPhrase.
func NewWarnings(d db.DB, c Catalogue, contains func(text, phrase string) bool) *Warnings {
	s := &Warnings{db: d, q: sqlc.New(), contains: contains}
	s.rows = resource[warningRow]{
		catalogue: c, kind: "warning", write: s.write, notFound: ErrWarningNotFound, changed: ErrWarningChanged,
		get:   func(ctx context.Context, tx pgx.Tx, id uuid.UUID) (warningRow, error) { return s.get(ctx, tx, id) },
		key:   func(r *warningRow) (uuid.UUID, int32) { return r.ID, r.Version },
		place: func(r *warningRow) *int32 { return &r.SortOrder },
	}
	return s
}

// List returns the warnings of a scope, inactive ones too: by category, then by
// sort order and code; those of every category come last.
func (s *Warnings) List(ctx context.Context, scope Scope) ([]Warning, error) {
	rows, err := s.list(ctx, s.db, scope)
	return mapped(rows, warningFromRow), err
}

// Get returns a warning, active or not. Errors: ErrWarningNotFound.
func (s *Warnings) Get(ctx context.Context, id uuid.UUID) (Warning, error) {
	row, err := s.get(ctx, s.db, id)
	return one(s.rows, id, row, err, warningFromRow)
}

// Create stores a warning and returns it.
// Errors: ErrCategoryNotFound; ErrWarningCodeTaken within the category, or among
// those of every category; ErrInvalidScope; ErrUnknownTier; ErrNoSuchElement;
// ErrUselessKeyword; ErrDuplicateTrigger.
func (s *Warnings) Create(ctx context.Context, n NewWarning) (Warning, error) {
	row, _, err := s.rows.create(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) (warningRow, error) {
		row := warningRow{Warning: sqlc.Warning{
			ID: uuid.Must(uuid.NewV7()), Code: n.Code, Severity: string(n.Severity), Message: n.Message, CategoryID: n.CategoryID,
			SortOrder: n.SortOrder, IsActive: n.IsActive,
		}, Tier: n.TierCode, Element: n.ElementCode}
		if err := s.settle(ctx, tx, &row, n.Scope, &n.Triggers); err != nil {
			return row, err
		}
		var err error
		row.Warning, err = s.q.WarningInsert(ctx, tx, sqlc.WarningInsertParams{
			ID: row.ID, Code: row.Code, Severity: row.Severity, Message: row.Message, CategoryID: row.CategoryID, TierID: row.TierID,
			ElementID: row.ElementID, SortOrder: row.SortOrder, IsActive: row.IsActive, At: at,
		})
		if err != nil {
			return row, warningError(err)
		}
		return row, s.writeTriggers(ctx, tx, row)
	})
	return warningFromRow(row), err
}

// Update changes a warning and returns it as it is then. version is the one the
// change is based on; 0 means any.
// Errors: ErrWarningNotFound; ErrWarningChanged; those of Create.
func (s *Warnings) Update(ctx context.Context, id uuid.UUID, version int, p WarningPatch) (Warning, error) {
	row, _, err := s.rows.update(ctx, id, version, func(ctx context.Context, tx pgx.Tx, row warningRow) (warningRow, error) {
		old, scope := row, row.scope()
		set(&row.Code, p.Code)
		set(&row.Severity, (*string)(p.Severity))
		set(&row.Message, p.Message)
		set(&row.SortOrder, p.SortOrder)
		set(&row.IsActive, p.IsActive)
		if p.Scope != nil {
			scope = *p.Scope
			row.clear(scope)
		}
		setNullable(&row.CategoryID, p.CategoryID)
		setNullable(&row.Tier, p.TierCode)
		setNullable(&row.Element, p.ElementCode)
		triggers := p.Triggers
		if triggers == nil && !same(old.CategoryID, row.CategoryID) {
			kept := mapped(old.Triggers, triggerFromRow) // to be looked up in the new category
			triggers = &kept
		}
		return row, s.settle(ctx, tx, &row, scope, triggers)
	})
	return warningFromRow(row), err
}

// Delete removes a warning with its triggers.
// Errors: ErrWarningNotFound; ErrWarningChanged.
func (s *Warnings) Delete(ctx context.Context, id uuid.UUID, version int) error {
	return s.rows.remove(ctx, id, version, func(ctx context.Context, tx pgx.Tx, _ warningRow) error {
		return warningError(s.q.WarningDelete(ctx, tx, id))
	})
}

// Order puts the warnings of a category, whatever they hang on in it, or those
// of every category for nil, in that order and returns them.
// Errors: ErrInvalidOrder.
func (s *Warnings) Order(ctx context.Context, category *uuid.UUID, ids []uuid.UUID) ([]Warning, error) {
	rows, _, err := s.rows.reorder(ctx, ids, func(ctx context.Context, tx pgx.Tx) ([]warningRow, error) {
		list, err := s.q.WarningList(ctx, tx, sqlc.WarningListParams{IncludeGlobal: category == nil, CategoryID: category})
		if err != nil {
			return nil, err
		}
		return s.named(ctx, tx, list)
	})
	return mapped(rows, warningFromRow), err
}

func (s *Warnings) list(ctx context.Context, d sqlc.DBTX, scope Scope) ([]warningRow, error) {
	list, err := s.q.WarningList(ctx, d, sqlc.WarningListParams{
		IncludeGlobal: scope.Global, EveryCategory: scope.Category == nil, CategoryID: scope.Category,
	})
	if err != nil {
		return nil, fmt.Errorf("list warnings: %w", err)
	}
	return s.named(ctx, d, list)
}

func (s *Warnings) get(ctx context.Context, d sqlc.DBTX, id uuid.UUID) (warningRow, error) {
	row, err := s.q.WarningGet(ctx, d, id)
	if err != nil {
		return warningRow{}, err
	}
	rows, err := s.named(ctx, d, []sqlc.Warning{row})
	if err != nil {
		return warningRow{}, err
	}
	return rows[0], nil
}

func (s *Warnings) write(ctx context.Context, tx pgx.Tx, r warningRow, at time.Time) (warningRow, error) {
	var err error
	r.Warning, err = s.q.WarningUpdate(ctx, tx, sqlc.WarningUpdateParams{
		ID: r.ID, Code: r.Code, Severity: r.Severity, Message: r.Message, CategoryID: r.CategoryID, TierID: r.TierID,
		ElementID: r.ElementID, SortOrder: r.SortOrder, IsActive: r.IsActive, At: at,
	})
	if err != nil {
		return r, warningError(err)
	}
	return r, s.writeTriggers(ctx, tx, r)
}

func warningError(err error) error {
	switch {
	case err == nil:
		return nil
	case db.IsUnique(err, "warnings_code_key"):
		return ErrWarningCodeTaken
	case db.IsForeignKey(err, "warnings_category_id_fkey"):
		return ErrCategoryNotFound
	}
	return fmt.Errorf("write warning: %w", err)
}
