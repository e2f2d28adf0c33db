package api

import (
	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
)

func toAPIElement(e *catalogue.Element) oas.Element {
	v := e.Vocabulary
	return oas.Element{
		ID: e.ID, CategoryID: e.CategoryID, Code: e.Code, Name: e.Name, Description: orNull(e.Description),
		ParentCode: orNullText(e.ParentCode), VariantType: orNull(e.VariantType), VariantCode: orNull(e.VariantCode),
		IsGeneric: e.IsGeneric, IsActive: e.IsActive, InactiveReason: orNull(e.InactiveReason), NeedsReview: e.NeedsReview,
		UnitsPerElement: orNull(e.UnitsPerElement), Surcharge: e.Surcharge,
		InheritsFromParent: e.InheritsFromParent,
		Keywords:           list(v.Keywords), Aliases: list(v.Aliases), Answers: list(v.Answers), Question: orNullText(v.Question), AllAnswers: list(v.AllAnswers),
		Fields: each(e.Fields, toAPIField), Photos: each(e.Photos, toAPIPhotoSlot),
		SuggestedServices: list(e.SuggestedServices), SortOrder: e.SortOrder, Version: e.Version,
		CreatedAt: e.CreatedAt.UTC(), UpdatedAt: e.UpdatedAt.UTC(),
	}
}

func toAPIPhotoSlot(p *catalogue.PhotoSlot) oas.PhotoSlot {
	return oas.PhotoSlot{
		Code: p.Code, Kind: oas.PhotoKind(p.Kind), Title: p.Title, Instruction: orNull(p.Instruction),
		ImageURL: orNull(p.ImageURL), Required: p.IsRequired, Condition: toAPICondition(p.Condition),
	}
}

func toAPIField(f *catalogue.Field) oas.RequiredField {
	return oas.RequiredField{
		Key: f.Key, Label: f.Label, Type: oas.FieldType(f.Type), Options: list(f.Options), Unit: orNull(f.Unit),
		Required: f.IsRequired, Min: orNull(f.Min), Max: orNull(f.Max), MinLength: orNull(f.MinLength), MaxLength: orNull(f.MaxLength),
		Pattern: orNull(f.Pattern), Example: orNull(f.Example), Hint: orNull(f.Hint), Condition: toAPICondition(f.Condition),
	}
}

func toAPIMatchResult(r elements.Result) oas.MatchResult {
	out := oas.MatchResult{
		Matches: make([]oas.ElementMatch, len(r.Matches)), Questions: make([]oas.VariantQuestion, len(r.Questions)),
		Excluded: make([]oas.ElementOption, len(r.Excluded)), Inactive: make([]oas.InactiveElement, len(r.Inactive)),
		Unrecognised: list(r.Unrecognised),
	}
	for i, m := range r.Matches {
		spans := make([][]int, len(m.Spans))
		for j, s := range m.Spans {
			spans[j] = []int{s.Start, s.End}
		}
		out.Matches[i] = oas.ElementMatch{Code: m.Code, Name: m.Name, Quantity: m.Quantity, Score: m.Score, Spans: spans}
	}
	for i, q := range r.Questions {
		options := make([]oas.ElementOption, len(q.Options))
		for j, o := range q.Options {
			options[j] = oas.ElementOption{Code: o.Code, Name: o.Name}
		}
		out.Questions[i] = oas.VariantQuestion{ElementCode: q.ElementCode, Question: q.Question, Options: options}
	}
	for i, e := range r.Excluded {
		out.Excluded[i] = oas.ElementOption{Code: e.Code, Name: e.Name}
	}
	for i, e := range r.Inactive {
		out.Inactive[i] = oas.InactiveElement{Code: e.Code, Name: e.Name, Reason: e.Reason}
	}
	return out
}
