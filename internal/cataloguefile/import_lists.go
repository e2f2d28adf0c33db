package cataloguefile

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
)

// clearLists empties the lists that change and those of rows that go.
func (i *importer) clearLists(ctx context.Context) error {
	for code, t := range i.s.tiers {
		change, goes := i.change("tiers", code), i.goes[[2]string{"tiers", code}]
		if goes || change.has("own") {
			if err := i.q.FileTierOwnClear(ctx, i.tx, t.ID); err != nil {
				return fmt.Errorf("clear list of tier %s: %w", code, err)
			}
		}
		if goes || change.has("includes") {
			if err := i.q.FileTierIncludesClear(ctx, i.tx, t.ID); err != nil {
				return fmt.Errorf("clear references of tier %s: %w", code, err)
			}
		}
	}
	for code, e := range i.s.elements {
		if i.goes[[2]string{"elements", code}] || i.change("elements", code).has("suggested_services") {
			if err := i.q.FileSuggestedClear(ctx, i.tx, e.ID); err != nil {
				return fmt.Errorf("clear services of element %s: %w", code, err)
			}
		}
	}
	return i.clearTriggers(ctx)
}

// clearTriggers leaves those alone that the file does not show: they name a
// deleted element, and without any the warning would begin to be shown always.
func (i *importer) clearTriggers(ctx context.Context) error {
	names := i.s.names()
	var ids []uuid.UUID
	for code, w := range i.s.warnings {
		if !i.change("warnings", code).has("triggers") {
			continue
		}
		for _, t := range i.s.triggers {
			shown := t.ElementID == nil && t.TierID == nil || name(names, t.ElementID) != nil || name(names, t.TierID) != nil
			if t.WarningID == w.ID && shown {
				ids = append(ids, t.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := i.q.FileTriggerDelete(ctx, i.tx, ids); err != nil {
		return fmt.Errorf("clear triggers: %w", err)
	}
	return nil
}

// noLimit stands for an inclusion without limit.
const noLimit = -1

func (i *importer) fillLists(ctx context.Context) error {
	for _, t := range i.want.Tiers {
		if err := i.fillTier(ctx, t); err != nil {
			return fmt.Errorf("fill lists of tier %s: %w", t.Code, err)
		}
	}
	for _, e := range i.want.Elements {
		if len(e.SuggestedServices) == 0 || !i.change("elements", e.Code).has("suggested_services") {
			continue
		}
		err := i.q.FileSuggestedFill(ctx, i.tx, sqlc.FileSuggestedFillParams{
			ElementID: i.id("elements", e.Code), ServiceIds: i.allIDs("services", e.SuggestedServices), At: i.at,
		})
		if err != nil {
			return fmt.Errorf("fill services of element %s: %w", e.Code, err)
		}
	}
	for _, w := range i.want.Warnings {
		if len(w.Triggers) == 0 || !i.change("warnings", w.Code).has("triggers") {
			continue
		}
		fill := sqlc.FileTriggerFillParams{WarningID: i.id("warnings", w.Code)}
		for _, t := range w.Triggers {
			fill.Ids = append(fill.Ids, uuid.Must(uuid.NewV7()))
			fill.ElementIds = append(fill.ElementIds, value(i.idOf("elements", t.Element)))
			fill.TierIds = append(fill.TierIds, value(i.idOf("tiers", t.Tier)))
			fill.Keywords = append(fill.Keywords, value(t.Keyword))
			fill.MinQuantities = append(fill.MinQuantities, int32(value(t.MinQuantity)))
		}
		if err := i.q.FileTriggerFill(ctx, i.tx, fill); err != nil {
			return fmt.Errorf("fill triggers of warning %s: %w", w.Code, err)
		}
	}
	return nil
}

func (i *importer) fillTier(ctx context.Context, t Tier) error {
	change, id := i.change("tiers", t.Code), i.id("tiers", t.Code)
	if len(t.Own) > 0 && change.has("own") {
		err := i.q.FileTierOwnFill(ctx, i.tx, sqlc.FileTierOwnFillParams{
			CategoryID: i.categoryID(), TierID: id, ElementIds: i.allIDs("elements", t.Own), At: i.at,
		})
		if err != nil {
			return err
		}
	}
	if len(t.Includes) == 0 || !change.has("includes") {
		return nil
	}
	fill := sqlc.FileTierIncludesFillParams{CategoryID: i.categoryID(), TierID: id, At: i.at}
	for _, included := range t.Includes {
		limit := int32(noLimit)
		if included.Max != nil {
			limit = int32(*included.Max)
		}
		fill.IncludedIds = append(fill.IncludedIds, i.id("tiers", included.Tier))
		fill.Limits = append(fill.Limits, limit)
	}
	return i.q.FileTierIncludesFill(ctx, i.tx, fill)
}

func (i *importer) allIDs(table string, codes []string) []uuid.UUID {
	ids := make([]uuid.UUID, len(codes))
	for n, code := range codes {
		ids[n] = i.id(table, code)
	}
	return ids
}

// remove deletes what the file has no more; elements stay in the database,
// marked as deleted, for what refers to them.
func (i *importer) remove(ctx context.Context) error {
	for _, step := range []func() error{
		func() error {
			return gone(ctx, i, "photos", "photo", i.s.photos, func(r sqlc.ElementPhotoSlot) uuid.UUID { return r.ID }, i.q.FilePhotoDelete)
		},
		func() error {
			return gone(ctx, i, "fields", "field", i.s.fields, func(r sqlc.ElementRequiredField) uuid.UUID { return r.ID }, i.q.FileFieldDelete)
		},
		func() error {
			return gone(ctx, i, "warnings", "warning", i.s.warnings, func(r sqlc.Warning) uuid.UUID { return r.ID }, i.q.FileWarningDelete)
		},
		func() error {
			return gone(ctx, i, "documentation", "document", i.s.documents, func(r sqlc.BaseDocumentation) uuid.UUID { return r.ID }, i.q.FileDocumentDelete)
		},
		func() error {
			return gone(ctx, i, "services", "service", i.s.services, func(r sqlc.AdditionalService) uuid.UUID { return r.ID }, i.q.FileServiceDelete)
		},
		func() error {
			return gone(ctx, i, "tiers", "tier", i.s.tiers, func(r sqlc.TariffTier) uuid.UUID { return r.ID }, i.q.FileTierDelete)
		},
		func() error {
			return gone(ctx, i, "elements", "element", i.s.elements, func(r sqlc.Element) uuid.UUID { return r.ID }, i.markDeleted)
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// markDeleted is the deletion of an element.
func (i *importer) markDeleted(ctx context.Context, tx sqlc.DBTX, id uuid.UUID) error {
	for _, row := range i.s.elements {
		if row.ID != id {
			continue
		}
		row.DeletedAt = &i.at
		row.Version++
		row.UpdatedAt = i.at
		return i.q.FileElementPut(ctx, tx, sqlc.FileElementPutParams(row))
	}
	return nil
}
