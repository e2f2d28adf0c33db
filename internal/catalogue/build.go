package catalogue

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
)

// builder gathers the rows of every table under the row they belong to. Every
// list is put in its order here, so that a snapshot of the past and one of the
// present are alike.
type builder struct {
	categories map[uuid.UUID]*Category
	elements   map[uuid.UUID]*Element
	tiers      map[uuid.UUID]*Tier
	// codes holds the code of every element, deleted ones too: what names those
	// holds no more, but has to be told from what names none.
	codes map[uuid.UUID]string
	// fields holds the keys of the active fields.
	fields map[uuid.UUID]string
}

func (t tables) snapshot() *Snapshot {
	b := builder{
		categories: make(map[uuid.UUID]*Category, len(t.categories)), elements: make(map[uuid.UUID]*Element, len(t.elements)),
		tiers: make(map[uuid.UUID]*Tier, len(t.tiers)), codes: make(map[uuid.UUID]string, len(t.elements)),
		fields: make(map[uuid.UUID]string, len(t.fields)),
	}
	list := make([]*Category, len(t.categories))
	for i, row := range t.categories {
		list[i] = categoryFromRow(row)
		b.categories[row.ID] = list[i]
	}
	slices.SortFunc(list, func(x, y *Category) int {
		return cmp.Or(cmp.Compare(x.SortOrder, y.SortOrder), cmp.Compare(x.Slug, y.Slug))
	})
	b.addElements(t.elements)
	b.addFields(t.fields)
	b.addSlots(t.slots)
	b.addTiers(t.tiers, t.members, t.inclusions)
	b.addServices(t.services, t.suggested)
	b.addDocumentation(t.documentation)
	b.addWarnings(t.warnings, t.triggers)
	s := NewSnapshot(t.revision, t.iva, list)
	for _, row := range t.rules {
		s.Rules = append(s.Rules, ruleFromRow(row, func(id uuid.UUID) string { return b.categories[id].Slug }))
	}
	return s
}

// inOrder sorts rows by sort order, then by code.
func inOrder[Row any](rows []Row, key func(*Row) (sortOrder int32, code string)) []Row {
	slices.SortFunc(rows, func(x, y Row) int {
		xOrder, xCode := key(&x)
		yOrder, yCode := key(&y)
		return cmp.Or(cmp.Compare(xOrder, yOrder), cmp.Compare(xCode, yCode))
	})
	return rows
}

func (b *builder) addElements(rows []sqlc.Element) {
	for _, row := range inOrder(rows, func(r *sqlc.Element) (int32, string) { return r.SortOrder, r.Code }) {
		b.codes[row.ID] = row.Code
		if row.DeletedAt != nil {
			continue
		}
		e := elementFromRow(row)
		b.elements[e.ID] = e
		c := b.categories[e.CategoryID]
		c.Elements = append(c.Elements, e)
	}
	for _, row := range rows {
		if e := b.elements[row.ID]; e != nil && row.ParentID != nil {
			e.ParentCode = b.codes[*row.ParentID]
		}
	}
}

func (b *builder) addFields(rows []sqlc.ElementRequiredField) {
	rows = slices.DeleteFunc(rows, func(r sqlc.ElementRequiredField) bool { return !r.IsActive || b.elements[r.ElementID] == nil })
	for _, row := range rows {
		b.fields[row.ID] = row.FieldKey
	}
	for _, row := range inOrder(rows, func(r *sqlc.ElementRequiredField) (int32, string) { return r.SortOrder, r.FieldKey }) {
		e := b.elements[row.ElementID]
		e.Fields = append(e.Fields, FieldFromRow(row, b.fields))
	}
}

func (b *builder) addSlots(rows []sqlc.ElementPhotoSlot) {
	for _, row := range inOrder(rows, func(r *sqlc.ElementPhotoSlot) (int32, string) { return r.SortOrder, r.Code }) {
		if e := b.elements[row.ElementID]; e != nil && row.IsActive {
			e.Photos = append(e.Photos, PhotoSlotFromRow(row, b.fields))
		}
	}
}

func (b *builder) addTiers(rows []sqlc.TariffTier, members []sqlc.TierElement, inclusions []sqlc.TierInclusion) {
	for _, row := range inOrder(rows, func(r *sqlc.TariffTier) (int32, string) { return r.SortOrder, r.Code }) {
		t := tierFromRow(row)
		b.tiers[t.ID] = t
		c := b.categories[t.CategoryID]
		c.Tiers = append(c.Tiers, t)
	}
	for _, row := range members {
		if e := b.elements[row.ElementID]; e != nil {
			t := b.tiers[row.TierID]
			t.Own = append(t.Own, e.Code)
		}
	}
	for _, row := range inclusions {
		t := b.tiers[row.TierID]
		t.Includes = append(t.Includes, Inclusion{TierCode: b.tiers[row.IncludedTierID].Code, Max: toInt(row.MaxElements)})
	}
	for _, c := range b.categories {
		rank := make(map[string]int, len(c.Tiers))
		for i, t := range c.Tiers {
			rank[t.Code] = i
		}
		for _, t := range c.Tiers {
			slices.Sort(t.Own)
			slices.SortFunc(t.Includes, func(x, y Inclusion) int { return cmp.Compare(rank[x.TierCode], rank[y.TierCode]) })
		}
	}
}

func (b *builder) addServices(rows []sqlc.AdditionalService, suggested []sqlc.ElementSuggestedService) {
	elements := make(map[uuid.UUID][]uuid.UUID)
	for _, row := range suggested {
		elements[row.ServiceID] = append(elements[row.ServiceID], row.ElementID)
	}
	for _, row := range inOrder(rows, func(r *sqlc.AdditionalService) (int32, string) { return r.SortOrder, r.Code }) {
		b.forCategory(row.CategoryID, func(c *Category) { c.Services = append(c.Services, serviceFromRow(row)) })
		for _, id := range elements[row.ID] {
			if e := b.elements[id]; e != nil {
				e.SuggestedServices = append(e.SuggestedServices, row.Code)
			}
		}
	}
}

func (b *builder) addDocumentation(rows []sqlc.BaseDocumentation) {
	for _, row := range inOrder(rows, func(r *sqlc.BaseDocumentation) (int32, string) { return r.SortOrder, r.Code }) {
		if row.IsActive {
			c := b.categories[row.CategoryID]
			c.Documentation = append(c.Documentation, documentFromRow(row))
		}
	}
}

func (b *builder) addWarnings(rows []sqlc.Warning, triggers []sqlc.WarningTrigger) {
	slices.SortFunc(triggers, func(x, y sqlc.WarningTrigger) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	byWarning := make(map[uuid.UUID][]Trigger)
	for _, row := range triggers {
		byWarning[row.WarningID] = append(byWarning[row.WarningID], b.trigger(row))
	}
	for _, row := range inOrder(rows, func(r *sqlc.Warning) (int32, string) { return r.SortOrder, r.Code + r.ID.String() }) {
		if !row.IsActive || (row.ElementID != nil && b.elements[*row.ElementID] == nil) {
			continue
		}
		w := b.warning(row, byWarning[row.ID])
		b.forCategory(row.CategoryID, func(c *Category) { c.Warnings = append(c.Warnings, w) })
	}
}

// forCategory calls fn for one category, or for all when id is nil.
func (b *builder) forCategory(id *uuid.UUID, fn func(*Category)) {
	if id != nil {
		fn(b.categories[*id])
		return
	}
	for _, c := range b.categories {
		fn(c)
	}
}
