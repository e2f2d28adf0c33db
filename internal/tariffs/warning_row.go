package tariffs

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
)

// warningRow is a warning with what its ids stand for.
type warningRow struct {
	sqlc.Warning
	Tier     *string      `json:"tier_code"`
	Element  *string      `json:"element_code"`
	Triggers []triggerRow `json:"triggers,omitempty"`
}

// triggerRow is one trigger; one of the last four is set.
type triggerRow struct {
	ID          uuid.UUID  `json:"-"`
	ElementID   *uuid.UUID `json:"-"`
	TierID      *uuid.UUID `json:"-"`
	IsNew       bool       `json:"-"`
	ElementCode *string    `json:"element_code,omitempty"`
	TierCode    *string    `json:"tier_code,omitempty"`
	Keyword     *string    `json:"keyword,omitempty"`
	MinQuantity *int32     `json:"min_quantity,omitempty"`
}

// scope tells by what is set on what the warning hangs.
func (r *warningRow) scope() catalogue.WarningScope {
	switch {
	case r.ElementID != nil:
		return catalogue.ScopeElement
	case r.TierID != nil:
		return catalogue.ScopeTier
	case r.CategoryID != nil:
		return catalogue.ScopeCategory
	default:
		return catalogue.ScopeGlobal
	}
}

// clear takes away what a scope has no use for.
func (r *warningRow) clear(scope catalogue.WarningScope) {
	if scope == catalogue.ScopeGlobal {
		r.CategoryID = nil
	}
	if scope != catalogue.ScopeTier {
		r.Tier = nil
	}
	if scope != catalogue.ScopeElement {
		r.Element = nil
	}
}

// named completes rows with the codes of what they refer to, and with their
// triggers.
func (s *Warnings) named(ctx context.Context, d sqlc.DBTX, list []sqlc.Warning) ([]warningRow, error) {
	ids := make([]uuid.UUID, len(list))
	rows := make([]warningRow, len(list))
	at := make(map[uuid.UUID]*warningRow, len(list))
	for i, w := range list {
		ids[i], rows[i].Warning = w.ID, w
		at[w.ID] = &rows[i]
	}
	names, err := s.q.WarningNamedList(ctx, d, ids)
	if err != nil {
		return nil, fmt.Errorf("read the triggers of warnings: %w", err)
	}
	for _, n := range names {
		r := at[n.WarningID]
		r.Tier, r.Element = n.TierCode, n.ElementCode
		if n.TriggerID != nil {
			r.Triggers = append(r.Triggers, triggerRow{
				ID: *n.TriggerID, ElementID: n.TriggerElementID, TierID: n.TriggerTierID,
				ElementCode: n.TriggerElementCode, TierCode: n.TriggerTierCode, Keyword: n.Keyword, MinQuantity: n.MinQuantity,
			})
		}
	}
	return rows, nil
}

// settle checks a warning and finds the ids of what its codes name. triggers
// replaces all of the row's; nil leaves them.
func (s *Warnings) settle(ctx context.Context, tx pgx.Tx, row *warningRow, scope catalogue.WarningScope, triggers *[]catalogue.Trigger) error {
	if err := storable(&row.Code, &row.Message, row.Tier, row.Element); err != nil {
		return err
	}
	var found problems
	found.scope(row, scope)
	if err := found.first(ErrInvalidScope); err != nil {
		return err
	}
	var err error
	if row.TierID, err = s.find(ctx, tx, s.tierIDs, row.CategoryID, row.Tier); err != nil {
		return err
	}
	if row.Tier != nil && row.TierID == nil {
		found.add(ErrUnknownTier, "/tier_code", fmt.Sprintf("there is no tier %q in the category", shown(*row.Tier)))
	}
	if row.Element != nil {
		code := catalogue.NormaliseCode(*row.Element)
		row.Element = &code
	}
	if row.ElementID, err = s.find(ctx, tx, s.elementIDs, row.CategoryID, row.Element); err != nil {
		return err
	}
	if row.Element != nil && row.ElementID == nil {
		found.add(ErrNoSuchElement, "/element_code", fmt.Sprintf("there is no element %q in the category", shown(*row.Element)))
	}
	if triggers != nil {
		if err := s.settleTriggers(ctx, tx, row, *triggers, &found); err != nil {
			return err
		}
	}
	return found.first(ErrUnknownTier, ErrNoSuchElement, ErrUselessKeyword, ErrDuplicateTrigger)
}

// scope checks that what a warning hangs on is what its scope says.
func (p *problems) scope(row *warningRow, scope catalogue.WarningScope) {
	check := func(member string, there, wanted bool) {
		switch {
		case there && !wanted:
			p.add(ErrInvalidScope, "/"+member, "has to be null for scope "+string(scope))
		case wanted && !there:
			p.add(ErrInvalidScope, "/"+member, "has to be there for scope "+string(scope))
		}
	}
	check("category_id", row.CategoryID != nil, scope != catalogue.ScopeGlobal)
	check("tier_code", row.Tier != nil, scope == catalogue.ScopeTier)
	check("element_code", row.Element != nil, scope == catalogue.ScopeElement)
}

func (s *Warnings) elementIDs(ctx context.Context, tx pgx.Tx, category *uuid.UUID, code string) ([]uuid.UUID, error) {
	return s.q.WarningFindElement(ctx, tx, sqlc.WarningFindElementParams{Code: code, CategoryID: category})
}

func (s *Warnings) tierIDs(ctx context.Context, tx pgx.Tx, category *uuid.UUID, code string) ([]uuid.UUID, error) {
	return s.q.WarningFindTier(ctx, tx, sqlc.WarningFindTierParams{Code: code, CategoryID: category})
}

// find returns the id of what a code names in the category, or in any for nil;
// nil for no code and for one that names nothing.
func (s *Warnings) find(ctx context.Context, tx pgx.Tx, ids func(context.Context, pgx.Tx, *uuid.UUID, string) ([]uuid.UUID, error), category *uuid.UUID, code *string) (*uuid.UUID, error) {
	if code == nil {
		return nil, nil
	}
	found, err := ids(ctx, tx, category, *code)
	if err != nil {
		return nil, fmt.Errorf("look up what a warning names: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

// settleTriggers gives the row the wanted triggers; those it has already keep
// their ids.
func (s *Warnings) settleTriggers(ctx context.Context, tx pgx.Tx, row *warningRow, wanted []catalogue.Trigger, found *problems) error {
	old := row.Triggers
	row.Triggers = nil
	for i, t := range wanted {
		next := triggerRow{ID: uuid.Must(uuid.NewV7()), IsNew: true}
		at := fmt.Sprintf("/triggers/%d", i)
		if err := s.settleTrigger(ctx, tx, row.CategoryID, t, &next, at, found); err != nil {
			return err
		}
		for _, other := range row.Triggers {
			if other.means(next) {
				found.add(ErrDuplicateTrigger, at, "is there twice")
			}
		}
		for _, o := range old {
			if o.means(next) {
				next = o
			}
		}
		row.Triggers = append(row.Triggers, next)
	}
	// As named gives them: the same triggers in another order are no change.
	slices.SortFunc(row.Triggers, func(a, b triggerRow) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return nil
}

func (s *Warnings) settleTrigger(ctx context.Context, tx pgx.Tx, category *uuid.UUID, t catalogue.Trigger, next *triggerRow, at string, found *problems) error {
	var err error
	switch {
	case t.ElementCode != "":
		code := catalogue.NormaliseCode(t.ElementCode)
		next.ElementCode = &code
		if err = storable(next.ElementCode); err != nil {
			return err
		}
		if next.ElementID, err = s.find(ctx, tx, s.elementIDs, category, next.ElementCode); err == nil && next.ElementID == nil {
			found.add(ErrNoSuchElement, at+"/element_code", fmt.Sprintf("there is no element %q", shown(t.ElementCode)))
		}
	case t.TierCode != "":
		next.TierCode = &t.TierCode
		if err = storable(next.TierCode); err != nil {
			return err
		}
		if next.TierID, err = s.find(ctx, tx, s.tierIDs, category, next.TierCode); err == nil && next.TierID == nil {
			found.add(ErrUnknownTier, at+"/tier_code", fmt.Sprintf("there is no tier %q", shown(t.TierCode)))
		}
	case t.Keyword != "":
		next.Keyword = &t.Keyword
		if err = storable(next.Keyword); err != nil {
			return err
		}
		if !s.contains(t.Keyword, t.Keyword) {
			found.add(ErrUselessKeyword, at+"/keyword", fmt.Sprintf("%q has no word that could be found", shown(t.Keyword)))
		}
	default:
		quantity := int32(t.MinQuantity) // bounded by the contract
		next.MinQuantity = &quantity
	}
	return err
}

// means reports whether two triggers are one condition.
func (t triggerRow) means(o triggerRow) bool {
	return same(t.ElementID, o.ElementID) && same(t.TierID, o.TierID) && same(t.Keyword, o.Keyword) && same(t.MinQuantity, o.MinQuantity)
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// writeTriggers makes the stored triggers those of the row.
func (s *Warnings) writeTriggers(ctx context.Context, tx pgx.Tx, row warningRow) error {
	ids := make([]uuid.UUID, len(row.Triggers))
	for i, t := range row.Triggers {
		ids[i] = t.ID
	}
	if err := s.q.WarningTriggerKeep(ctx, tx, sqlc.WarningTriggerKeepParams{WarningID: row.ID, Ids: ids}); err != nil {
		return fmt.Errorf("take away triggers: %w", err)
	}
	for _, t := range row.Triggers {
		if !t.IsNew {
			continue
		}
		if err := s.q.WarningTriggerInsert(ctx, tx, sqlc.WarningTriggerInsertParams{
			ID: t.ID, WarningID: row.ID, ElementID: t.ElementID, TierID: t.TierID, Keyword: t.Keyword, MinQuantity: t.MinQuantity,
		}); err != nil {
			return fmt.Errorf("write trigger: %w", err)
		}
	}
	return nil
}
