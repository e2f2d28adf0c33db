package catalogue

import (
	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
)

func categoryFromRow(r sqlc.VehicleCategory) *Category {
	return &Category{
		ID: r.ID, Slug: r.Slug, Name: r.Name, ClientType: ClientType(r.ClientType), VehicleKind: VehicleKind(r.VehicleKind),
		Description: r.Description, Icon: r.Icon, IsActive: r.IsActive, SortOrder: int(r.SortOrder),
		UnitsPerElement: toInt(r.UnitsPerElement), Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

func tierFromRow(r sqlc.TariffTier) *Tier {
	return &Tier{
		ID: r.ID, CategoryID: r.CategoryID, Code: r.Code, Name: r.Name, Description: r.Description, Conditions: r.Conditions,
		Price: r.Price, RequiresProject: r.RequiresProject, SortOrder: int(r.SortOrder), IsActive: r.IsActive,
		OwnMax: toInt(r.OwnMax), Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

func elementFromRow(r sqlc.Element) *Element {
	e := &Element{
		ID: r.ID, CategoryID: r.CategoryID, Code: r.Code, Name: r.Name, Description: r.Description,
		VariantType: r.VariantType, VariantCode: r.VariantCode, IsGeneric: r.IsGeneric, IsActive: r.IsActive,
		InactiveReason: r.InactiveReason, NeedsReview: r.NeedsReview, UnitsPerElement: toInt(r.UnitsPerElement),
		Surcharge: r.Surcharge, InheritsFromParent: r.InheritsFromParent, SortOrder: int(r.SortOrder),
		Vocabulary: Vocabulary{Keywords: r.Keywords, Aliases: r.Aliases, Answers: r.Answers, AllAnswers: r.AllAnswers},
		Version:    int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if r.Question != nil {
		e.Vocabulary.Question = *r.Question
	}
	return e
}

// FieldFromRow makes a field. keys holds the keys by id of the fields that a
// condition may be on: in a snapshot, those of the active ones.
func FieldFromRow(r sqlc.ElementRequiredField, keys map[uuid.UUID]string) *Field {
	f := &Field{
		ID: r.ID, Key: r.FieldKey, Label: r.Label, Type: FieldType(r.FieldType), Options: r.Options, Unit: r.Unit,
		IsRequired: r.IsRequired, Min: r.MinValue, Max: r.MaxValue, MinLength: toInt(r.MinLength), MaxLength: toInt(r.MaxLength),
		Pattern: r.Pattern, Example: r.Example, Hint: r.Hint, SortOrder: int(r.SortOrder),
	}
	f.Condition = condition(keys, r.ConditionFieldID, r.ConditionOperator, r.ConditionValue)
	return f
}

// condition returns nil for none, and for one on a field that was switched off:
// that no longer hides anything.
func condition(keys map[uuid.UUID]string, field *uuid.UUID, operator, value *string) *FieldCondition {
	if field == nil || keys[*field] == "" {
		return nil
	}
	c := &FieldCondition{FieldKey: keys[*field], Operator: *operator}
	if value != nil {
		c.Value = *value
	}
	return c
}

// PhotoSlotFromRow makes a photo slot; keys are those of FieldFromRow.
func PhotoSlotFromRow(r sqlc.ElementPhotoSlot, keys map[uuid.UUID]string) *PhotoSlot {
	return &PhotoSlot{
		ID: r.ID, Code: r.Code, Kind: PhotoKind(r.Kind), Title: r.Title, Instruction: r.Instruction, ImageURL: r.ImageURL,
		IsRequired: r.IsRequired, SortOrder: int(r.SortOrder),
		Condition: condition(keys, r.ConditionFieldID, r.ConditionOperator, r.ConditionValue),
	}
}

func serviceFromRow(r sqlc.AdditionalService) *Service {
	return &Service{
		ID: r.ID, Code: r.Code, Name: r.Name, Description: r.Description, Price: r.Price,
		IsActive: r.IsActive, SortOrder: int(r.SortOrder),
	}
}

func documentFromRow(r sqlc.BaseDocumentation) *Document {
	return &Document{
		ID: r.ID, Code: r.Code, Description: r.Description, ImageURL: r.ImageURL,
		IsRequired: r.IsRequired, SortOrder: int(r.SortOrder),
	}
}

func (b *builder) warning(r sqlc.Warning, triggers []Trigger) *Warning {
	w := &Warning{
		ID: r.ID, Code: r.Code, Severity: Severity(r.Severity), Message: r.Message, IsActive: r.IsActive,
		Triggers: triggers, SortOrder: int(r.SortOrder),
	}
	switch {
	case r.ElementID != nil:
		w.Scope, w.ElementCode = ScopeElement, b.codes[*r.ElementID]
	case r.TierID != nil:
		w.Scope, w.TierCode = ScopeTier, b.tiers[*r.TierID].Code
	case r.CategoryID != nil:
		w.Scope = ScopeCategory
	default:
		w.Scope = ScopeGlobal
	}
	return w
}

func (b *builder) trigger(r sqlc.WarningTrigger) Trigger {
	var t Trigger
	switch {
	case r.ElementID != nil:
		t.ElementCode = b.codes[*r.ElementID]
	case r.TierID != nil:
		t.TierCode = b.tiers[*r.TierID].Code
	case r.Keyword != nil:
		t.Keyword = *r.Keyword
	case r.MinQuantity != nil:
		t.MinQuantity = int(*r.MinQuantity)
	}
	return t
}

func toInt(v *int32) *int {
	if v == nil {
		return nil
	}
	n := int(*v)
	return &n
}
