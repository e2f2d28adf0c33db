package seed

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
)

// A list is remembered and compared as a whole. That of the tiers hangs on the
// element, not on the tier: an element that staff moved to another tier stays
// there even when a release ships the old tier with a longer list.

// noLimit stands for an inclusion without limit.
const noLimit = -1

func limit(n *int32) int32 {
	if n == nil {
		return noLimit
	}
	return *n
}

func (a *applier) putLists(ctx context.Context, c *catalogue.Category) error {
	for _, e := range c.Elements {
		if err := a.putElementLists(ctx, c, e); err != nil {
			return err
		}
	}
	for _, t := range c.Tiers {
		if err := a.putInclusions(ctx, c, t); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) putElementLists(ctx context.Context, c *catalogue.Category, e *catalogue.Element) error {
	key := join(c.Slug, e.Code)
	element, ok := a.elements.ids[key]
	members := sqlc.SeedTierElementFillParams{CategoryID: a.categories.ids[c.Slug], ElementID: element}
	listed := false
	for _, t := range c.Tiers {
		if !slices.Contains(t.Own, e.Code) {
			continue
		}
		listed = true
		id, there := a.tiers.ids[join(c.Slug, t.Code)]
		ok = ok && there
		members.TierIds = append(members.TierIds, id)
	}
	sortIDs(members.TierIds)
	switch {
	case ok:
		if err := a.memberships.put(ctx, key, members); err != nil {
			return err
		}
	case listed:
		a.memberships.keep(key)
	}

	element, ok = a.elements.ids[key]
	suggested := sqlc.SeedSuggestedFillParams{ElementID: element}
	for _, code := range e.SuggestedServices {
		id, there := a.services.ids[join(c.Slug, code)]
		if there { // deleting a service deletes what suggested it
			suggested.ServiceIds = append(suggested.ServiceIds, id)
		}
	}
	sortIDs(suggested.ServiceIds)
	if !ok {
		if len(e.SuggestedServices) > 0 {
			a.suggestions.keep(key)
		}
		return nil
	}
	return a.suggestions.put(ctx, key, suggested)
}

func (a *applier) putInclusions(ctx context.Context, c *catalogue.Category, t *catalogue.Tier) error {
	key := join(c.Slug, t.Code)
	tier, ok := a.tiers.ids[key]
	p := sqlc.SeedInclusionFillParams{CategoryID: a.categories.ids[c.Slug], TierID: tier}
	includes := slices.Clone(t.Includes)
	id := func(i catalogue.Inclusion) uuid.UUID { return a.tiers.ids[join(c.Slug, i.TierCode)] }
	slices.SortFunc(includes, func(x, y catalogue.Inclusion) int { return compareIDs(id(x), id(y)) })
	for _, i := range includes {
		if _, there := a.tiers.ids[join(c.Slug, i.TierCode)]; !there {
			ok = false
		}
		p.IncludedIds = append(p.IncludedIds, id(i))
		p.Limits = append(p.Limits, limit(toInt32(i.Max)))
	}
	if !ok {
		if len(t.Includes) > 0 {
			a.inclusions.keep(key)
		}
		return nil
	}
	return a.inclusions.put(ctx, key, p)
}

// writeElement takes an element that becomes generic off the lists first: the
// schema refuses generic ones there at any moment.
func (a *applier) writeElement(ctx context.Context, tx sqlc.DBTX, p sqlc.SeedElementUpsertParams) error {
	if p.IsGeneric {
		if err := a.q.SeedTierElementClear(ctx, tx, p.ID); err != nil {
			return err
		}
	}
	return a.q.SeedElementUpsert(ctx, tx, p)
}

func (a *applier) writeMembership(ctx context.Context, tx sqlc.DBTX, p sqlc.SeedTierElementFillParams) error {
	if err := a.q.SeedTierElementClear(ctx, tx, p.ElementID); err != nil || len(p.TierIds) == 0 {
		return err
	}
	return a.q.SeedTierElementFill(ctx, tx, p)
}

func (a *applier) writeInclusions(ctx context.Context, tx sqlc.DBTX, p sqlc.SeedInclusionFillParams) error {
	if err := a.q.SeedInclusionClear(ctx, tx, p.TierID); err != nil || len(p.IncludedIds) == 0 {
		return err
	}
	return a.q.SeedInclusionFill(ctx, tx, p)
}

func (a *applier) writeSuggestions(ctx context.Context, tx sqlc.DBTX, p sqlc.SeedSuggestedFillParams) error {
	if err := a.q.SeedSuggestedClear(ctx, tx, p.ElementID); err != nil || len(p.ServiceIds) == 0 {
		return err
	}
	return a.q.SeedSuggestedFill(ctx, tx, p)
}

// compareIDs orders ids as PostgreSQL does.
func compareIDs(x, y uuid.UUID) int { return bytes.Compare(x[:], y[:]) }

func sortIDs(ids []uuid.UUID) { slices.SortFunc(ids, compareIDs) }
