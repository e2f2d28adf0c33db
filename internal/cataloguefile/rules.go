package cataloguefile

import (
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/catalogue/check"
)

// check returns what breaks a rule and what only looks like a mistake. What was
// so before already is never refused: whoever changes a price need not mend
// everything else first. services holds the codes of the global ones.
func (d *document) check(before *Category, services []string) (wrong, notes []Problem) {
	known := map[string]bool{}
	if before != nil {
		for _, p := range check.Category(before.forCheck(services)) {
			known[p.Error()] = true
		}
	}
	for _, p := range check.Category(d.category.forCheck(services)) {
		told := Problem{Pointer: d.at(p.Path), Detail: p.Detail}
		if p.Where != "" {
			told.Detail = p.Where + ": " + p.Detail
		}
		if p.Note || known[p.Error()] {
			notes = append(notes, told)
		} else {
			wrong = append(wrong, told)
		}
	}
	return wrong, notes
}

// forCheck makes the category that is checked: without ids, in the order of the
// file, inactive rows included, and with the global services it may name.
func (c *Category) forCheck(services []string) *catalogue.Category {
	out := &catalogue.Category{
		Slug: c.Slug, Name: c.Name, ClientType: c.ClientType, VehicleKind: c.VehicleKind, Description: c.Description,
		IsActive: c.Active, UnitsPerElement: c.UnitsPerElement,
	}
	own := map[string]bool{}
	for _, t := range c.Tiers {
		tier := &catalogue.Tier{
			Code: t.Code, Name: t.Name, Description: t.Description, Conditions: t.Conditions, Price: t.Price,
			SortOrder: t.SortOrder, IsActive: t.Active, OwnMax: t.OwnMax, Own: t.Own,
		}
		for _, i := range t.Includes {
			tier.Includes = append(tier.Includes, catalogue.Inclusion{TierCode: i.Tier, Max: i.Max})
		}
		out.Tiers = append(out.Tiers, tier)
	}
	for _, s := range c.Services {
		own[s.Code] = true
		out.Services = append(out.Services, &catalogue.Service{Code: s.Code, Name: s.Name, Description: s.Description, Price: s.Price})
	}
	for _, code := range services {
		if !own[code] {
			out.Services = append(out.Services, &catalogue.Service{Code: code, Name: code})
		}
	}
	for _, p := range c.Documentation {
		out.Documentation = append(out.Documentation, &catalogue.Document{Code: p.Code, Description: p.Description})
	}
	for _, e := range c.Elements {
		out.Elements = append(out.Elements, e.forCheck())
	}
	for _, w := range c.Warnings {
		out.Warnings = append(out.Warnings, w.forCheck())
	}
	return out
}

func (e Element) forCheck() *catalogue.Element {
	out := &catalogue.Element{
		Code: e.Code, Name: e.Name, Description: e.Description, ParentCode: value(e.Parent), IsGeneric: e.Generic,
		IsActive: e.Active, InactiveReason: e.InactiveReason, UnitsPerElement: e.UnitsPerElement, Surcharge: e.Surcharge,
		SortOrder: e.SortOrder, SuggestedServices: e.SuggestedServices,
		Vocabulary: catalogue.Vocabulary{Question: value(e.Question)},
	}
	for _, p := range e.Photos {
		out.Photos = append(out.Photos, &catalogue.PhotoSlot{
			Code: p.Code, Kind: p.Kind, Title: p.Title, Instruction: p.Instruction, IsRequired: p.Required,
			Condition: conditionForCheck(p.WhenField, p.WhenOperator, p.WhenValue),
		})
	}
	for _, f := range e.Fields {
		out.Fields = append(out.Fields, &catalogue.Field{
			Key: f.Key, Label: f.Label, Type: f.Type, Options: f.Options, Unit: f.Unit, Min: f.Min, Max: f.Max,
			MinLength: f.MinLength, MaxLength: f.MaxLength, Pattern: f.Pattern, Example: f.Example, Hint: f.Hint,
			Condition: conditionForCheck(f.WhenField, f.WhenOperator, f.WhenValue),
		})
	}
	return out
}

// conditionForCheck makes a condition of its members, also of a part of them.
func conditionForCheck(field *string, operator *Operator, compared *string) *catalogue.FieldCondition {
	if field == nil && operator == nil && compared == nil {
		return nil
	}
	return &catalogue.FieldCondition{FieldKey: value(field), Operator: string(value(operator)), Value: value(compared)}
}

func (w Warning) forCheck() *catalogue.Warning {
	out := &catalogue.Warning{
		Code: w.Code, Severity: w.Severity, Message: w.Message, Scope: catalogue.ScopeCategory,
		TierCode: value(w.Tier), ElementCode: value(w.Element),
	}
	if w.Element != nil {
		out.Scope = catalogue.ScopeElement
	} else if w.Tier != nil {
		out.Scope = catalogue.ScopeTier
	}
	for _, t := range w.Triggers {
		out.Triggers = append(out.Triggers, catalogue.Trigger{
			ElementCode: value(t.Element), TierCode: value(t.Tier), Keyword: value(t.Keyword), MinQuantity: value(t.MinQuantity),
		})
	}
	return out
}

// value returns what p points at, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
