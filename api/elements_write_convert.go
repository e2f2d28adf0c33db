package api

import (
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/fields"
)

func fromAPIElementCreate(b oas.ElementCreate) elements.ElementPatch {
	return elements.ElementPatch{
		Code: &b.Code, Name: &b.Name, Description: b.Description, ParentCode: b.ParentCode, VariantType: b.VariantType,
		VariantCode: b.VariantCode, IsGeneric: b.IsGeneric, IsActive: b.IsActive, InactiveReason: b.InactiveReason,
		NeedsReview: b.NeedsReview, UnitsPerElement: b.UnitsPerElement, Surcharge: b.Surcharge,
		InheritsFromParent: b.InheritsFromParent, Keywords: b.Keywords, Aliases: b.Aliases, Answers: b.Answers,
		Question: b.Question, AllAnswers: b.AllAnswers, SuggestedServices: b.SuggestedServices, SortOrder: b.SortOrder,
	}
}

func fromAPIElementUpdate(b oas.ElementUpdate) elements.ElementPatch {
	return elements.ElementPatch{
		Code: b.Code, Name: b.Name, Description: b.Description, ParentCode: b.ParentCode, VariantType: b.VariantType,
		VariantCode: b.VariantCode, IsGeneric: b.IsGeneric, IsActive: b.IsActive, InactiveReason: b.InactiveReason,
		NeedsReview: b.NeedsReview, UnitsPerElement: b.UnitsPerElement, Surcharge: b.Surcharge,
		InheritsFromParent: b.InheritsFromParent, Keywords: b.Keywords, Aliases: b.Aliases, Answers: b.Answers,
		Question: b.Question, AllAnswers: b.AllAnswers, SuggestedServices: b.SuggestedServices, SortOrder: b.SortOrder,
	}
}

func fromAPIFieldCreate(b oas.ElementFieldCreate) elements.FieldPatch {
	kind := string(b.Type)
	return elements.FieldPatch{
		Key: &b.Key, Label: &b.Label, Type: &kind, Options: b.Options, Unit: b.Unit, IsRequired: b.Required, Min: b.Min,
		Max: b.Max, MinLength: b.MinLength, MaxLength: b.MaxLength, Pattern: b.Pattern, Example: b.Example, Hint: b.Hint,
		Condition: fromAPICondition(b.Condition), SortOrder: b.SortOrder, IsActive: b.IsActive,
	}
}

func fromAPIFieldUpdate(b oas.ElementFieldUpdate) elements.FieldPatch {
	return elements.FieldPatch{
		Key: b.Key, Label: b.Label, Type: (*string)(b.Type), Options: b.Options, Unit: b.Unit, IsRequired: b.Required, Min: b.Min,
		Max: b.Max, MinLength: b.MinLength, MaxLength: b.MaxLength, Pattern: b.Pattern, Example: b.Example, Hint: b.Hint,
		Condition: fromAPICondition(b.Condition), SortOrder: b.SortOrder, IsActive: b.IsActive,
	}
}

func fromAPIPhotoCreate(b oas.ElementPhotoCreate) elements.PhotoPatch {
	kind := string(b.Kind)
	return elements.PhotoPatch{
		Code: &b.Code, Kind: &kind, Title: &b.Title, Instruction: b.Instruction, ImageURL: b.ImageURL, IsRequired: b.Required,
		Condition: fromAPICondition(b.Condition), SortOrder: b.SortOrder, IsActive: b.IsActive,
	}
}

func fromAPIPhotoUpdate(b oas.ElementPhotoUpdate) elements.PhotoPatch {
	return elements.PhotoPatch{
		Code: b.Code, Kind: (*string)(b.Kind), Title: b.Title, Instruction: b.Instruction, ImageURL: b.ImageURL, IsRequired: b.Required,
		Condition: fromAPICondition(b.Condition), SortOrder: b.SortOrder, IsActive: b.IsActive,
	}
}

// fromAPICondition keeps absent, null and set apart.
func fromAPICondition(n nullable.Nullable[oas.FieldConditionInput]) nullable.Nullable[catalogue.FieldCondition] {
	out := nullable.Nullable[catalogue.FieldCondition]{}
	if n.IsNull() {
		out.SetNull()
	} else if c, err := n.Get(); err == nil {
		condition := catalogue.FieldCondition{FieldKey: c.Field, Operator: string(c.Operator)}
		if c.Value != nil {
			condition.Value = *c.Value
		}
		out.Set(condition)
	}
	return out
}

func toAPICondition(c *catalogue.FieldCondition) nullable.Nullable[oas.FieldCondition] {
	if c == nil {
		return nullable.NewNullNullable[oas.FieldCondition]()
	}
	return nullable.NewNullableWithValue(oas.FieldCondition{Field: c.FieldKey, Operator: oas.ConditionOperator(c.Operator), Value: c.Value})
}

func toAPIElementField(f elements.Field) oas.ElementField {
	return oas.ElementField{
		ID: f.ID, ElementID: f.ElementID, Key: f.Key, Label: f.Label, Type: oas.FieldType(f.Type), Options: list(f.Options),
		Unit: orNull(f.Unit), Required: f.IsRequired, Min: orNull(f.Min), Max: orNull(f.Max), MinLength: orNull(f.MinLength),
		MaxLength: orNull(f.MaxLength), Pattern: orNull(f.Pattern), Example: orNull(f.Example), Hint: orNull(f.Hint),
		Condition: toAPICondition(f.Condition), SortOrder: f.SortOrder, IsActive: f.IsActive, Version: f.Version,
		CreatedAt: f.CreatedAt.UTC(), UpdatedAt: f.UpdatedAt.UTC(),
	}
}

func toAPIElementPhoto(p elements.Photo) oas.ElementPhoto {
	return oas.ElementPhoto{
		ID: p.ID, ElementID: p.ElementID, Code: p.Code, Kind: oas.PhotoKind(p.Kind), Title: p.Title,
		Instruction: orNull(p.Instruction), ImageURL: orNull(p.ImageURL), Required: p.IsRequired,
		Condition: toAPICondition(p.Condition), SortOrder: p.SortOrder, IsActive: p.IsActive, Version: p.Version,
		CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(),
	}
}

func toAPIFieldsCheck(r fields.Result) oas.FieldsCheckResult {
	out := oas.FieldsCheckResult{
		Fields: make([]oas.FieldCheck, len(r.Fields)), Photos: make([]oas.PhotoCheck, len(r.Photos)), Complete: r.Complete,
	}
	for i, f := range r.Fields {
		out.Fields[i] = oas.FieldCheck{Key: f.Key, Visible: f.Visible, Value: orNull(f.Value), Error: orNullText(f.Refusal), Missing: f.Missing}
	}
	for i, p := range r.Photos {
		out.Photos[i] = oas.PhotoCheck{Code: p.Code, Visible: p.Visible, Required: p.Required}
	}
	return out
}
