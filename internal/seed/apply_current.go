package seed

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
)

func newApplier(tx pgx.Tx, opts Options, shipped []*catalogue.Category) *applier {
	a := &applier{
		tx: tx, q: sqlc.New(), overwrite: opts.Overwrite, now: opts.Now, shipped: shipped,
		remembered: map[rowKey]string{},
	}
	if a.now == nil {
		a.now = time.Now //nolint:forbidigo // the default of an option
	}
	q := a.q
	a.categories = newTable(a, "category", q.SeedCategoryUpsert,
		func(p *sqlc.SeedCategoryUpsertParams) *uuid.UUID { return &p.ID },
		func(p *sqlc.SeedCategoryUpsertParams) *bool { return &p.IsActive })
	a.tiers = newTable(a, "tier", q.SeedTierUpsert,
		func(p *sqlc.SeedTierUpsertParams) *uuid.UUID { return &p.ID },
		func(p *sqlc.SeedTierUpsertParams) *bool { return &p.IsActive })
	a.elements = newTable(a, "element", a.writeElement,
		func(p *sqlc.SeedElementUpsertParams) *uuid.UUID { return &p.ID },
		func(p *sqlc.SeedElementUpsertParams) *bool { return &p.IsActive })
	a.vocabularies = newTable(a, "vocabulary", q.SeedVocabularyWrite,
		func(p *sqlc.SeedVocabularyWriteParams) *uuid.UUID { return &p.ID }, nil)
	a.services = newTable(a, "service", q.SeedServiceUpsert,
		func(p *sqlc.SeedServiceUpsertParams) *uuid.UUID { return &p.ID },
		func(p *sqlc.SeedServiceUpsertParams) *bool { return &p.IsActive })
	a.documents = newTable(a, "document", q.SeedDocumentUpsert,
		func(p *sqlc.SeedDocumentUpsertParams) *uuid.UUID { return &p.ID },
		func(p *sqlc.SeedDocumentUpsertParams) *bool { return &p.IsActive })
	a.fields = newTable(a, "field", q.SeedFieldUpsert,
		func(p *sqlc.SeedFieldUpsertParams) *uuid.UUID { return &p.ID },
		func(p *sqlc.SeedFieldUpsertParams) *bool { return &p.IsActive })
	a.photos = newTable(a, "photo", q.SeedPhotoSlotUpsert,
		func(p *sqlc.SeedPhotoSlotUpsertParams) *uuid.UUID { return &p.ID },
		func(p *sqlc.SeedPhotoSlotUpsertParams) *bool { return &p.IsActive })
	a.warnings = newTable(a, "warning", a.writeWarning,
		func(p *warningRow) *uuid.UUID { return &p.Row.ID },
		func(p *warningRow) *bool { return &p.Row.IsActive })
	a.memberships = newList(a, "tier_list", a.writeMembership, func(p sqlc.SeedTierElementFillParams) sqlc.SeedTierElementFillParams {
		p.TierIds = nil
		return p
	})
	a.inclusions = newList(a, "tier_includes", a.writeInclusions, func(p sqlc.SeedInclusionFillParams) sqlc.SeedInclusionFillParams {
		p.IncludedIds, p.Limits = nil, nil
		return p
	})
	a.suggestions = newList(a, "suggested_services", a.writeSuggestions, func(p sqlc.SeedSuggestedFillParams) sqlc.SeedSuggestedFillParams {
		p.ServiceIds = nil
		return p
	})
	return a
}

// writer writes one row or one whole list.
type writer[P any] func(context.Context, sqlc.DBTX, P) error

func newTable[P any](a *applier, kind string, write writer[P], id func(*P) *uuid.UUID, active func(*P) *bool) table[P] {
	return table[P]{
		a: a, kind: kind, id: id, active: active, write: write,
		current: map[string]P{}, ids: map[string]uuid.UUID{}, seen: map[string]bool{},
	}
}

func newList[P any](a *applier, kind string, write writer[P], empty func(P) P) table[P] {
	t := newTable(a, kind, write, nil, nil)
	t.empty = empty
	return t
}

// join makes the key of a row out of its owner's key and its own code.
func join(codes ...string) string { return strings.Join(codes, ":") }

// loadCurrent fills every table with what the database holds. A row is found by
// the id seeding gave it, whatever its code is now, or else by its codes: staff
// may have made it before this release brought it.
func (a *applier) loadCurrent(ctx context.Context) error {
	keys := &keyring{shipped: shippedKeys(a.shipped), byID: map[uuid.UUID]string{}}
	for _, load := range []func(context.Context, *keyring) error{
		a.loadCategories, a.loadTiers, a.loadElements, a.loadCategoryParts, a.loadElementParts, a.loadLists, a.loadWarnings,
	} {
		if err := load(ctx, keys); err != nil {
			return err
		}
	}
	return nil
}

// keyring knows the key of every row by its id.
type keyring struct {
	shipped map[uuid.UUID]string
	byID    map[uuid.UUID]string
}

// shippedKeys returns the key of every row that has an id, by that id.
func shippedKeys(categories []*catalogue.Category) map[uuid.UUID]string {
	keys := map[uuid.UUID]string{}
	for _, c := range categories {
		keys[c.ID] = c.Slug
		for _, t := range c.Tiers {
			keys[t.ID] = join(c.Slug, t.Code)
		}
		for _, s := range c.Services {
			keys[s.ID] = join(c.Slug, s.Code)
		}
		for _, d := range c.Documentation {
			keys[d.ID] = join(c.Slug, d.Code)
		}
		for _, w := range c.Warnings {
			keys[w.ID] = join(c.Slug, w.Code)
		}
		for _, e := range c.Elements {
			keys[e.ID] = join(c.Slug, e.Code)
			for _, f := range e.Fields {
				keys[f.ID] = join(c.Slug, e.Code, f.Key)
			}
			for _, p := range e.Photos {
				keys[p.ID] = join(c.Slug, e.Code, p.Code)
			}
		}
	}
	return keys
}

// hold files a row of the database under its key.
func hold[P any](k *keyring, t *table[P], p P, codes ...string) {
	id := *t.id(&p)
	key, seeded := k.shipped[id]
	if !seeded {
		key = join(codes...)
		if _, taken := t.current[key]; taken {
			return // the row that seeding made and staff renamed comes first
		}
	}
	k.byID[id] = key
	t.current[key] = p
}

func (a *applier) loadCategories(ctx context.Context, k *keyring) error {
	rows, err := a.q.CategoryListAll(ctx, a.tx)
	for _, r := range seededFirst(k, rows, func(r sqlc.VehicleCategory) uuid.UUID { return r.ID }) {
		hold(k, &a.categories, sqlc.SeedCategoryUpsertParams{
			ID: r.ID, Slug: r.Slug, Name: r.Name, ClientType: r.ClientType, VehicleKind: r.VehicleKind, Description: r.Description,
			Icon: r.Icon, IsActive: r.IsActive, SortOrder: r.SortOrder, UnitsPerElement: r.UnitsPerElement,
		}, r.Slug)
	}
	return err
}

func (a *applier) loadTiers(ctx context.Context, k *keyring) error {
	rows, err := a.q.TierListAll(ctx, a.tx)
	for _, r := range seededFirst(k, rows, func(r sqlc.TariffTier) uuid.UUID { return r.ID }) {
		hold(k, &a.tiers, sqlc.SeedTierUpsertParams{
			ID: r.ID, CategoryID: r.CategoryID, Code: r.Code, Name: r.Name, Description: r.Description, Conditions: r.Conditions,
			Price: r.Price, RequiresProject: r.RequiresProject, OwnMax: r.OwnMax, SortOrder: r.SortOrder, IsActive: r.IsActive,
		}, k.byID[r.CategoryID], r.Code)
	}
	return err
}

func (a *applier) loadElements(ctx context.Context, k *keyring) error {
	rows, err := a.q.ElementListAll(ctx, a.tx)
	rows = slices.DeleteFunc(rows, func(r sqlc.Element) bool { return r.DeletedAt != nil }) // as if it were gone
	for _, r := range seededFirst(k, rows, func(r sqlc.Element) uuid.UUID { return r.ID }) {
		hold(k, &a.elements, sqlc.SeedElementUpsertParams{
			ID: r.ID, CategoryID: r.CategoryID, Code: r.Code, Name: r.Name, Description: r.Description, ParentID: r.ParentID,
			VariantType: r.VariantType, VariantCode: r.VariantCode, IsGeneric: r.IsGeneric, IsActive: r.IsActive,
			InactiveReason: r.InactiveReason, NeedsReview: r.NeedsReview, UnitsPerElement: r.UnitsPerElement,
			Surcharge: r.Surcharge, InheritsFromParent: r.InheritsFromParent, SortOrder: r.SortOrder,
		}, k.byID[r.CategoryID], r.Code)
		hold(k, &a.vocabularies, sqlc.SeedVocabularyWriteParams{
			ID: r.ID, Keywords: r.Keywords, Aliases: r.Aliases, Answers: r.Answers, Question: r.Question, AllAnswers: r.AllAnswers,
		}, k.byID[r.CategoryID], r.Code)
	}
	return err
}

func (a *applier) loadCategoryParts(ctx context.Context, k *keyring) error {
	services, err := a.q.ServiceListAll(ctx, a.tx)
	if err != nil {
		return err
	}
	for _, r := range seededFirst(k, services, func(r sqlc.AdditionalService) uuid.UUID { return r.ID }) {
		owner := ""
		if r.CategoryID != nil {
			owner = k.byID[*r.CategoryID]
		}
		hold(k, &a.services, sqlc.SeedServiceUpsertParams{
			ID: r.ID, CategoryID: r.CategoryID, Code: r.Code, Name: r.Name, Description: r.Description, Price: r.Price,
			SortOrder: r.SortOrder, IsActive: r.IsActive,
		}, owner, r.Code)
	}
	documents, err := a.q.BaseDocumentationListAll(ctx, a.tx)
	for _, r := range seededFirst(k, documents, func(r sqlc.BaseDocumentation) uuid.UUID { return r.ID }) {
		hold(k, &a.documents, sqlc.SeedDocumentUpsertParams{
			ID: r.ID, CategoryID: r.CategoryID, Code: r.Code, Description: r.Description, ImageURL: r.ImageURL,
			IsRequired: r.IsRequired, SortOrder: r.SortOrder, IsActive: r.IsActive,
		}, k.byID[r.CategoryID], r.Code)
	}
	return err
}

func (a *applier) loadElementParts(ctx context.Context, k *keyring) error {
	fields, err := a.q.ElementFieldListAll(ctx, a.tx)
	if err != nil {
		return err
	}
	// What a deleted element had is as gone as the element.
	fields = slices.DeleteFunc(fields, func(r sqlc.ElementRequiredField) bool { return k.byID[r.ElementID] == "" })
	for _, r := range seededFirst(k, fields, func(r sqlc.ElementRequiredField) uuid.UUID { return r.ID }) {
		hold(k, &a.fields, sqlc.SeedFieldUpsertParams{
			ID: r.ID, ElementID: r.ElementID, FieldKey: r.FieldKey, Label: r.Label, FieldType: r.FieldType, Options: r.Options,
			Unit: r.Unit, IsRequired: r.IsRequired, MinValue: r.MinValue, MaxValue: r.MaxValue, MinLength: r.MinLength,
			MaxLength: r.MaxLength, Pattern: r.Pattern, Example: r.Example, Hint: r.Hint, ConditionFieldID: r.ConditionFieldID,
			ConditionOperator: r.ConditionOperator, ConditionValue: r.ConditionValue, SortOrder: r.SortOrder, IsActive: r.IsActive,
		}, k.byID[r.ElementID], r.FieldKey)
	}
	photos, err := a.q.ElementPhotoSlotListAll(ctx, a.tx)
	photos = slices.DeleteFunc(photos, func(r sqlc.ElementPhotoSlot) bool { return k.byID[r.ElementID] == "" })
	for _, r := range seededFirst(k, photos, func(r sqlc.ElementPhotoSlot) uuid.UUID { return r.ID }) {
		hold(k, &a.photos, sqlc.SeedPhotoSlotUpsertParams{
			ID: r.ID, ElementID: r.ElementID, Code: r.Code, Kind: r.Kind, Title: r.Title, Instruction: r.Instruction,
			ImageURL: r.ImageURL, IsRequired: r.IsRequired, ConditionFieldID: r.ConditionFieldID,
			ConditionOperator: r.ConditionOperator, ConditionValue: r.ConditionValue, SortOrder: r.SortOrder, IsActive: r.IsActive,
		}, k.byID[r.ElementID], r.Code)
	}
	return err
}

func (a *applier) loadLists(ctx context.Context, k *keyring) error {
	members, err := a.q.TierElementListAll(ctx, a.tx)
	if err != nil {
		return err
	}
	for _, r := range members {
		key := k.byID[r.ElementID]
		list := a.memberships.current[key]
		list.CategoryID, list.ElementID = r.CategoryID, r.ElementID
		list.TierIds = append(list.TierIds, r.TierID)
		a.memberships.current[key] = list
	}
	inclusions, err := a.q.TierInclusionListAll(ctx, a.tx)
	if err != nil {
		return err
	}
	for _, r := range inclusions {
		key := k.byID[r.TierID]
		list := a.inclusions.current[key]
		list.CategoryID, list.TierID = r.CategoryID, r.TierID
		list.IncludedIds = append(list.IncludedIds, r.IncludedTierID)
		list.Limits = append(list.Limits, limit(r.MaxElements))
		a.inclusions.current[key] = list
	}
	suggested, err := a.q.SuggestedServiceListAll(ctx, a.tx)
	for _, r := range suggested {
		key := k.byID[r.ElementID]
		list := a.suggestions.current[key]
		list.ElementID = r.ElementID
		list.ServiceIds = append(list.ServiceIds, r.ServiceID)
		a.suggestions.current[key] = list
	}
	return err
}

func (a *applier) loadWarnings(ctx context.Context, k *keyring) error {
	triggers, err := a.q.WarningTriggerListAll(ctx, a.tx)
	if err != nil {
		return err
	}
	byWarning := map[uuid.UUID][]warningTrigger{}
	for _, r := range triggers {
		byWarning[r.WarningID] = append(byWarning[r.WarningID], warningTrigger{
			ElementID: value(r.ElementID), TierID: value(r.TierID), Keyword: value(r.Keyword), MinQuantity: value(r.MinQuantity),
		})
	}
	rows, err := a.q.WarningListAll(ctx, a.tx)
	for _, r := range seededFirst(k, rows, func(r sqlc.Warning) uuid.UUID { return r.ID }) {
		owner := ""
		if r.CategoryID != nil {
			owner = k.byID[*r.CategoryID]
		}
		hold(k, &a.warnings, newWarningRow(sqlc.SeedWarningUpsertParams{
			ID: r.ID, Code: r.Code, Severity: r.Severity, Message: r.Message, CategoryID: r.CategoryID, TierID: r.TierID,
			ElementID: r.ElementID, SortOrder: r.SortOrder, IsActive: r.IsActive,
		}, byWarning[r.ID]), owner, r.Code)
	}
	return err
}

// seededFirst puts the rows that seeding made before all others, for hold.
func seededFirst[R any](k *keyring, rows []R, id func(R) uuid.UUID) []R {
	rank := func(r R) int {
		if _, seeded := k.shipped[id(r)]; seeded {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(rows, func(x, y R) int { return cmp.Compare(rank(x), rank(y)) })
	return rows
}

// value returns what p points at, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
