package seed

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
)

// putAll brings the shipped categories into the database, owners before what
// hangs on them.
func (a *applier) putAll(ctx context.Context) error {
	for _, c := range a.shipped {
		for _, put := range []func(context.Context, *catalogue.Category) error{
			a.putCategory, a.putTiers, a.putElements, a.putServices, a.putDocuments, a.putElementParts, a.putLists, a.putWarnings,
		} {
			if err := put(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *applier) putCategory(ctx context.Context, c *catalogue.Category) error {
	return a.categories.put(ctx, c.Slug, sqlc.SeedCategoryUpsertParams{
		ID: c.ID, Slug: c.Slug, Name: c.Name, ClientType: string(c.ClientType), VehicleKind: string(c.VehicleKind),
		Description: c.Description, Icon: c.Icon, IsActive: c.IsActive, SortOrder: int32(c.SortOrder),
		UnitsPerElement: toInt32(c.UnitsPerElement),
	})
}

func (a *applier) putTiers(ctx context.Context, c *catalogue.Category) error {
	category, ok := a.categories.ids[c.Slug]
	for _, t := range c.Tiers {
		key := join(c.Slug, t.Code)
		if !ok {
			a.tiers.keep(key)
			continue
		}
		err := a.tiers.put(ctx, key, sqlc.SeedTierUpsertParams{
			ID: t.ID, CategoryID: category, Code: t.Code, Name: t.Name, Description: t.Description, Conditions: t.Conditions,
			Price: t.Price, RequiresProject: t.RequiresProject, OwnMax: toInt32(t.OwnMax), SortOrder: int32(t.SortOrder),
			IsActive: t.IsActive,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) putElements(ctx context.Context, c *catalogue.Category) error {
	category, there := a.categories.ids[c.Slug]
	for _, e := range parentsFirst(c.Elements) {
		key, ok := join(c.Slug, e.Code), there
		var parent *uuid.UUID
		if e.ParentCode != "" {
			id, there := a.elements.ids[join(c.Slug, e.ParentCode)]
			parent, ok = &id, ok && there
		}
		if !ok {
			a.elements.keep(key)
			continue
		}
		err := a.elements.put(ctx, key, sqlc.SeedElementUpsertParams{
			ID: e.ID, CategoryID: category, Code: e.Code, Name: e.Name, Description: e.Description, ParentID: parent,
			VariantType: e.VariantType, VariantCode: e.VariantCode, IsGeneric: e.IsGeneric, IsActive: e.IsActive,
			InactiveReason: e.InactiveReason, NeedsReview: e.NeedsReview, UnitsPerElement: toInt32(e.UnitsPerElement),
			Surcharge: e.Surcharge, InheritsFromParent: e.InheritsFromParent, SortOrder: int32(e.SortOrder),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// parentsFirst returns the elements in an order in which every parent comes
// before its variants.
func parentsFirst(elements []*catalogue.Element) []*catalogue.Element {
	byCode := make(map[string]*catalogue.Element, len(elements))
	for _, e := range elements {
		byCode[e.Code] = e
	}
	depth := func(e *catalogue.Element) int {
		n := 0
		for at := e; at != nil && at.ParentCode != ""; at = byCode[at.ParentCode] {
			n++
		}
		return n
	}
	return slices.SortedStableFunc(slices.Values(elements), func(x, y *catalogue.Element) int { return depth(x) - depth(y) })
}

func (a *applier) putServices(ctx context.Context, c *catalogue.Category) error {
	category, ok := a.categories.ids[c.Slug]
	for _, s := range c.Services {
		key := join(c.Slug, s.Code)
		if !ok {
			a.services.keep(key)
			continue
		}
		err := a.services.put(ctx, key, sqlc.SeedServiceUpsertParams{
			ID: s.ID, CategoryID: &category, Code: s.Code, Name: s.Name, Description: s.Description, Price: s.Price,
			SortOrder: int32(s.SortOrder), IsActive: s.IsActive,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) putDocuments(ctx context.Context, c *catalogue.Category) error {
	category, ok := a.categories.ids[c.Slug]
	for _, d := range c.Documentation {
		key := join(c.Slug, d.Code)
		if !ok {
			a.documents.keep(key)
			continue
		}
		err := a.documents.put(ctx, key, sqlc.SeedDocumentUpsertParams{
			ID: d.ID, CategoryID: category, Code: d.Code, Description: d.Description, ImageURL: d.ImageURL,
			IsRequired: d.IsRequired, SortOrder: int32(d.SortOrder), IsActive: true,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) putElementParts(ctx context.Context, c *catalogue.Category) error {
	for _, e := range c.Elements {
		key := join(c.Slug, e.Code)
		element, ok := a.elements.ids[key]
		if !ok {
			a.vocabularies.keep(key)
		} else if err := a.vocabularies.put(ctx, key, vocabularyRow(element, e.Vocabulary)); err != nil {
			return err
		}
		for _, f := range conditionsFirst(e.Fields) {
			if err := a.putField(ctx, key, f); err != nil {
				return err
			}
		}
		for _, p := range e.Photos { // whose conditions are on fields
			if err := a.putPhoto(ctx, key, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// vocabularyRow has no null lists: the columns refuse them.
func vocabularyRow(element uuid.UUID, v catalogue.Vocabulary) sqlc.SeedVocabularyWriteParams {
	return sqlc.SeedVocabularyWriteParams{
		ID: element, Keywords: list(v.Keywords), Aliases: list(v.Aliases), Answers: list(v.Answers),
		Question: optional(v.Question), AllAnswers: list(v.AllAnswers),
	}
}

func (a *applier) putField(ctx context.Context, owner string, f *catalogue.Field) error {
	key := join(owner, f.Key)
	element, ok := a.elements.ids[owner]
	p := sqlc.SeedFieldUpsertParams{
		ID: f.ID, ElementID: element, FieldKey: f.Key, Label: f.Label, FieldType: string(f.Type), Options: list(f.Options),
		Unit: f.Unit, IsRequired: f.IsRequired, MinValue: f.Min, MaxValue: f.Max, MinLength: toInt32(f.MinLength),
		MaxLength: toInt32(f.MaxLength), Pattern: f.Pattern, Example: f.Example, Hint: f.Hint,
		SortOrder: int32(f.SortOrder), IsActive: true,
	}
	if f.Condition != nil {
		other, there := a.fields.ids[join(owner, f.Condition.FieldKey)]
		ok = ok && there
		p.ConditionFieldID, p.ConditionOperator, p.ConditionValue = &other, &f.Condition.Operator, optional(f.Condition.Value)
	}
	if !ok {
		a.fields.keep(key)
		return nil
	}
	return a.fields.put(ctx, key, p)
}

func (a *applier) putPhoto(ctx context.Context, owner string, slot *catalogue.PhotoSlot) error {
	key := join(owner, slot.Code)
	element, ok := a.elements.ids[owner]
	p := sqlc.SeedPhotoSlotUpsertParams{
		ID: slot.ID, ElementID: element, Code: slot.Code, Kind: string(slot.Kind), Title: slot.Title, Instruction: slot.Instruction,
		ImageURL: slot.ImageURL, IsRequired: slot.IsRequired, SortOrder: int32(slot.SortOrder), IsActive: true,
	}
	if c := slot.Condition; c != nil {
		other, there := a.fields.ids[join(owner, c.FieldKey)]
		ok = ok && there
		p.ConditionFieldID, p.ConditionOperator, p.ConditionValue = &other, &c.Operator, optional(c.Value)
	}
	if !ok {
		a.photos.keep(key)
		return nil
	}
	return a.photos.put(ctx, key, p)
}

// conditionsFirst returns the fields in an order in which a field that another
// one's condition compares comes before that one.
func conditionsFirst(fields []*catalogue.Field) []*catalogue.Field {
	byKey := make(map[string]*catalogue.Field, len(fields))
	for _, f := range fields {
		byKey[f.Key] = f
	}
	depth := func(f *catalogue.Field) int {
		n := 0
		for at := f; at != nil && at.Condition != nil; at = byKey[at.Condition.FieldKey] {
			n++
		}
		return n
	}
	return slices.SortedStableFunc(slices.Values(fields), func(x, y *catalogue.Field) int { return depth(x) - depth(y) })
}

// warningRow is a warning with its triggers, which staff edit together.
type warningRow struct {
	Row      sqlc.SeedWarningUpsertParams
	Triggers []warningTrigger
}

// warningTrigger has exactly one member that is not zero.
type warningTrigger struct {
	ElementID   uuid.UUID
	TierID      uuid.UUID
	Keyword     string
	MinQuantity int32
}

func (t warningTrigger) String() string {
	return fmt.Sprintf("%s:%s:%s:%d", t.ElementID, t.TierID, t.Keyword, t.MinQuantity)
}

// newWarningRow sorts the triggers: they are alternatives, so their order says
// nothing and must not make two warnings differ.
func newWarningRow(row sqlc.SeedWarningUpsertParams, triggers []warningTrigger) warningRow {
	slices.SortFunc(triggers, func(x, y warningTrigger) int { return bytes.Compare([]byte(x.String()), []byte(y.String())) })
	return warningRow{Row: row, Triggers: triggers}
}

func (a *applier) putWarnings(ctx context.Context, c *catalogue.Category) error {
	category, there := a.categories.ids[c.Slug]
	for _, w := range c.Warnings {
		key, ok := join(c.Slug, w.Code), there
		row := sqlc.SeedWarningUpsertParams{
			ID: w.ID, Code: w.Code, Severity: string(w.Severity), Message: w.Message, CategoryID: &category,
			SortOrder: int32(w.SortOrder), IsActive: w.IsActive,
		}
		if w.TierCode != "" {
			id, there := a.tiers.ids[join(c.Slug, w.TierCode)]
			row.TierID, ok = &id, ok && there
		}
		if w.ElementCode != "" {
			id, there := a.elements.ids[join(c.Slug, w.ElementCode)]
			row.ElementID, ok = &id, ok && there
		}
		triggers := a.triggers(c, w.Triggers)
		if !ok || (len(triggers) == 0 && len(w.Triggers) > 0) { // without any it would always be shown
			a.warnings.keep(key)
			continue
		}
		if err := a.warnings.put(ctx, key, newWarningRow(row, triggers)); err != nil {
			return err
		}
	}
	return nil
}

// triggers leaves out those whose tier or element staff deleted; they had to
// delete the triggers first.
func (a *applier) triggers(c *catalogue.Category, shipped []catalogue.Trigger) []warningTrigger {
	var out []warningTrigger
	for _, s := range shipped {
		t := warningTrigger{Keyword: s.Keyword, MinQuantity: int32(s.MinQuantity)}
		ok := true
		if s.ElementCode != "" {
			t.ElementID, ok = a.elements.ids[join(c.Slug, s.ElementCode)]
		}
		if s.TierCode != "" {
			t.TierID, ok = a.tiers.ids[join(c.Slug, s.TierCode)]
		}
		if ok {
			out = append(out, t)
		}
	}
	return out
}

func (a *applier) writeWarning(ctx context.Context, tx sqlc.DBTX, w warningRow) error {
	if err := a.q.SeedWarningUpsert(ctx, tx, w.Row); err != nil {
		return err
	}
	if err := a.q.SeedTriggerClear(ctx, tx, w.Row.ID); err != nil || len(w.Triggers) == 0 {
		return err
	}
	fill := sqlc.SeedTriggerFillParams{WarningID: w.Row.ID}
	for _, t := range w.Triggers {
		fill.Ids = append(fill.Ids, uuid.NewSHA1(w.Row.ID, []byte(t.String())))
		fill.ElementIds = append(fill.ElementIds, t.ElementID)
		fill.TierIds = append(fill.TierIds, t.TierID)
		fill.Keywords = append(fill.Keywords, t.Keyword)
		fill.MinQuantities = append(fill.MinQuantities, t.MinQuantity)
	}
	return a.q.SeedTriggerFill(ctx, tx, fill)
}

// list returns s, or an empty list for nil.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func toInt32(n *int) *int32 {
	if n == nil {
		return nil
	}
	v := int32(*n)
	return &v
}
