package rules

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/patch"
)

// entity is what rules are called in the audit.
const entity = "response_rule"

// Catalogue holds the rules and is the door through which they are changed.
type Catalogue interface {
	Snapshot(ctx context.Context) (*catalogue.Snapshot, error)
	Change(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx, at time.Time) error) (*catalogue.Snapshot, error)
}

// Rules keeps the response rules. What is changed is in force on every replica
// within catalogue.MaxStaleness. Safe for concurrent use.
type Rules struct {
	q         *sqlc.Queries
	catalogue Catalogue
}

// New returns the service.
func New(c Catalogue) *Rules { return &Rules{q: sqlc.New(), catalogue: c} }

// List returns the rules in the order in which they are tried, inactive ones
// too.
func (s *Rules) List(ctx context.Context) ([]*catalogue.Rule, error) {
	snapshot, err := s.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return snapshot.Rules, nil
}

// Get returns one rule. Errors: ErrNotFound.
func (s *Rules) Get(ctx context.Context, id uuid.UUID) (*catalogue.Rule, error) {
	snapshot, err := s.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	r := snapshot.Rule(id)
	if r == nil {
		return nil, notFound(id)
	}
	return r, nil
}

func notFound(id uuid.UUID) error {
	return ErrNotFound.WithMessage(fmt.Sprintf("Response rule %s not found", id))
}

// category finds the id of a sheet, inactive ones too; nil for nil.
// Errors: those of catalogue.Snapshot.Resolve.
func (s *Rules) category(ctx context.Context, ref *string) (*uuid.UUID, error) {
	if ref == nil {
		return nil, nil
	}
	snapshot, err := s.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	c, err := snapshot.Resolve(*ref, true)
	if err != nil {
		return nil, err
	}
	return &c.ID, nil
}

// Create stores a rule behind all others and returns it. Errors: those of
// catalogue.Snapshot.Resolve; ErrPattern; ErrInvalid; ErrName; ErrTooMany.
func (s *Rules) Create(ctx context.Context, d Draft) (*catalogue.Rule, error) {
	categoryID, err := s.category(ctx, d.Category)
	if err != nil {
		return nil, err
	}
	row, err := normalise(d.row(categoryID))
	if err != nil {
		return nil, err
	}
	id := uuid.Must(uuid.NewV7())
	snapshot, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		all, err := s.q.RuleListAll(ctx, tx)
		if err != nil {
			return fmt.Errorf("read rules: %w", err)
		}
		if len(all) >= maxRules {
			return ErrTooMany
		}
		stored, err := s.q.RuleInsert(ctx, tx, sqlc.RuleInsertParams{
			ID: id, Name: row.Name, Pattern: row.Pattern, CategoryID: row.CategoryID, Action: row.Action,
			Answer: row.Answer, Reason: row.Reason, IsActive: row.IsActive, At: at,
		})
		if err != nil {
			return writeError(err)
		}
		return audit.RecordCreate(ctx, tx, at, entity, id.String(), stored)
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Rule(id), nil
}

// Update changes a rule and returns it as it is then. version is the one the
// change is based on; 0 means any. Errors: ErrNotFound; ErrChanged; those of
// catalogue.Snapshot.Resolve; ErrPattern; ErrInvalid; ErrName.
func (s *Rules) Update(ctx context.Context, id uuid.UUID, version int, p Patch) (*catalogue.Rule, error) {
	var ref *string
	patch.SetNullable(&ref, p.Category)
	categoryID, err := s.category(ctx, ref)
	if err != nil {
		return nil, err
	}
	snapshot, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		old, err := s.based(ctx, tx, id, version)
		if err != nil {
			return err
		}
		row := p.apply(old)
		if p.Category.IsSpecified() {
			row.CategoryID = categoryID
		}
		if row, err = normalise(row); err != nil {
			return err
		}
		if changed, err := audit.RecordUpdate(ctx, tx, at, entity, id.String(), old, row); err != nil || !changed {
			return err
		}
		return writeError(s.q.RuleUpdate(ctx, tx, sqlc.RuleUpdateParams{
			ID: id, Name: row.Name, Pattern: row.Pattern, CategoryID: row.CategoryID, Action: row.Action,
			Answer: row.Answer, Reason: row.Reason, IsActive: row.IsActive, At: at,
		}))
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Rule(id), nil
}

// Delete removes a rule for good. version is as for Update.
// Errors: ErrNotFound; ErrChanged.
func (s *Rules) Delete(ctx context.Context, id uuid.UUID, version int) error {
	_, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		old, err := s.based(ctx, tx, id, version)
		if err != nil {
			return err
		}
		if err := s.q.RuleDelete(ctx, tx, id); err != nil {
			return fmt.Errorf("delete rule: %w", err)
		}
		return audit.RecordDelete(ctx, tx, at, entity, id.String(), old)
	})
	return err
}

// based reads the row that a change is based on. Writers take turns already.
func (s *Rules) based(ctx context.Context, tx pgx.Tx, id uuid.UUID, version int) (sqlc.ResponseRule, error) {
	row, err := s.q.RuleGet(ctx, tx, id)
	switch {
	case db.IsNoRows(err):
		return row, notFound(id)
	case err != nil:
		return row, fmt.Errorf("read rule: %w", err)
	case version != 0 && int(row.Version) != version:
		return row, ErrChanged
	}
	return row, nil
}

// Reorder puts the rules in that order and returns them. It leaves their
// versions alone. Errors: ErrOrder.
func (s *Rules) Reorder(ctx context.Context, ids []uuid.UUID) ([]*catalogue.Rule, error) {
	snapshot, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		all, err := s.q.RuleListAll(ctx, tx)
		if err != nil {
			return fmt.Errorf("read rules: %w", err)
		}
		names := make(map[uuid.UUID]string, len(all))
		old := make([]string, len(all))
		for i, r := range all {
			names[r.ID], old[i] = r.Name, r.Name
		}
		ordered := make([]string, 0, len(ids))
		for _, id := range ids {
			name, ok := names[id]
			if !ok {
				return ErrOrder
			}
			ordered = append(ordered, name)
			delete(names, id)
		}
		if len(names) > 0 {
			return ErrOrder
		}
		if slices.Equal(old, ordered) {
			return nil
		}
		if err := s.q.RuleSetOrder(ctx, tx, ids); err != nil {
			return fmt.Errorf("order rules: %w", err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			At: at, Action: "update", EntityType: entity, EntityID: "order", Changes: map[string]audit.Change{"order": {old, ordered}},
		})
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Rules, nil
}

func writeError(err error) error {
	switch {
	case err == nil:
		return nil
	case db.IsUnique(err, "response_rules_name_key"):
		return ErrName
	case db.IsForeignKey(err, "response_rules_category_id_fkey"):
		return catalogue.ErrCategoryNotFound
	}
	return fmt.Errorf("write rule: %w", err)
}
