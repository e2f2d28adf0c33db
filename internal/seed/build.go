package seed

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/catalogue"
)

// namespace makes the ids of this catalogue. Changing it would make every
// installed database see a wholly new catalogue.
var namespace = uuid.MustParse("5f0c9a52-6a0e-4b37-9a51-3d2f8f0b7c14")

// newID names a row by where it stands: category slug, kind of row, codes.
func newID(slug, kind string, codes ...string) uuid.UUID {
	name := slug + ":" + kind
	if len(codes) > 0 {
		name += ":" + strings.Join(codes, ":")
	}
	return uuid.NewSHA1(namespace, []byte(name))
}

// step separates the sort orders that come from the position in a list, so
// that staff can put something in between.
const step = 10

// build turns the two files of a category into the types of the catalogue.
// It checks only what is not visible any more in the result; the rest is
// internal/catalogue/check's.
func build(f categoryFile, words vocabularyFile) (*catalogue.Category, error) {
	c := &catalogue.Category{
		ID: newID(f.Slug, "category"), Slug: f.Slug, Name: f.Name,
		ClientType: f.ClientType, VehicleKind: f.VehicleKind,
		Description: optional(f.Description), Icon: optional(f.Icon),
		IsActive: true, SortOrder: f.SortOrder, UnitsPerElement: f.UnitsPerElement, Version: 1,
	}
	for _, t := range f.Tiers {
		c.Tiers = append(c.Tiers, buildTier(c, t))
	}
	for i, s := range f.Services {
		c.Services = append(c.Services, &catalogue.Service{
			ID: newID(f.Slug, "service", s.Code), Code: s.Code, Name: s.Name,
			Description: optional(s.Description), Price: s.Price, IsActive: true, SortOrder: (i + 1) * step,
		})
	}
	for i, d := range f.Documentation {
		c.Documentation = append(c.Documentation, &catalogue.Document{
			ID: newID(f.Slug, "document", d.Code), Code: d.Code, Description: d.Description,
			ImageURL: optional(d.ImageURL), IsRequired: !d.Optional, SortOrder: (i + 1) * step,
		})
	}
	var problems []error
	for i, w := range f.Warnings {
		if w.Scope != catalogue.ScopeCategory && w.Scope != catalogue.ScopeTier {
			problems = append(problems, fmt.Errorf("%s: warning %s: scope %q stands with the sheet", f.Slug, w.Code, w.Scope))
		}
		c.Warnings = append(c.Warnings, buildWarning(c, w, "", (i+1)*step))
	}
	unused := maps.Clone(words)
	for _, e := range f.Elements {
		el := buildElement(c, e, words[e.Code])
		c.Elements = append(c.Elements, el)
		delete(unused, e.Code)
		for i, w := range e.Warnings {
			if w.Scope != "" || w.Tier != "" {
				problems = append(problems, fmt.Errorf("%s: warning %s: an element's warning has no other scope", f.Slug, w.Code))
			}
			w.Scope, w.Tier = catalogue.ScopeElement, ""
			c.Warnings = append(c.Warnings, buildWarning(c, w, e.Code, e.SortOrder*step+i))
		}
	}
	sortAsStored(c)
	for _, code := range slices.Sorted(maps.Keys(unused)) {
		problems = append(problems, fmt.Errorf("%s: vocabulary of unknown element %s", f.Slug, code))
	}
	return c, errors.Join(problems...)
}

// sortAsStored puts everything in the order in which the database gives it.
func sortAsStored(c *catalogue.Category) {
	slices.SortStableFunc(c.Tiers, func(a, b *catalogue.Tier) int { return a.SortOrder - b.SortOrder })
	slices.SortStableFunc(c.Elements, func(a, b *catalogue.Element) int { return a.SortOrder - b.SortOrder })
	slices.SortStableFunc(c.Warnings, func(a, b *catalogue.Warning) int { return a.SortOrder - b.SortOrder })
	service := make(map[string]int, len(c.Services))
	for i, s := range c.Services {
		service[s.Code] = i
	}
	for _, e := range c.Elements {
		slices.SortStableFunc(e.SuggestedServices, func(a, b string) int { return service[a] - service[b] })
	}
}

func buildTier(c *catalogue.Category, t tierEntry) *catalogue.Tier {
	out := &catalogue.Tier{
		ID: newID(c.Slug, "tier", t.Code), CategoryID: c.ID, Code: t.Code, Name: t.Name,
		Description: optional(t.Description), Conditions: optional(t.Conditions), Price: t.Price,
		RequiresProject: t.RequiresProject, SortOrder: t.SortOrder, IsActive: true,
		OwnMax: t.OwnMax, Own: slices.Sorted(slices.Values(t.Own)), Version: 1,
	}
	for _, i := range t.Includes {
		out.Includes = append(out.Includes, catalogue.Inclusion{TierCode: i.Tier, Max: i.Max})
	}
	return out
}

func buildElement(c *catalogue.Category, e elementEntry, words vocabularyEntry) *catalogue.Element {
	out := &catalogue.Element{
		ID: newID(c.Slug, "element", e.Code), CategoryID: c.ID, Code: e.Code, Name: e.Name,
		Description: optional(e.Description), ParentCode: e.Parent,
		VariantType: optional(e.VariantType), VariantCode: optional(e.VariantCode),
		IsGeneric: e.Generic, IsActive: e.InactiveReason == "", InactiveReason: optional(e.InactiveReason),
		NeedsReview: e.NeedsReview, UnitsPerElement: e.UnitsPerElement, Surcharge: e.Surcharge,
		InheritsFromParent: e.Parent != "" && !e.Standalone, SortOrder: e.SortOrder,
		Vocabulary: catalogue.Vocabulary{
			Keywords: words.Keywords, Aliases: words.Aliases, Answers: words.Answers,
			Question: words.Question, AllAnswers: words.AllAnswers,
		},
		SuggestedServices: e.SuggestedServices, Version: 1,
	}
	for i, p := range e.Photos {
		out.Photos = append(out.Photos, &catalogue.PhotoSlot{
			ID: newID(c.Slug, "photo", e.Code, p.Code), Code: p.Code, Kind: p.Kind, Title: p.Title,
			Instruction: optional(p.Instruction), ImageURL: optional(p.ImageURL),
			IsRequired: p.Kind != catalogue.PhotoExample, SortOrder: (i + 1) * step,
		})
	}
	for i, f := range e.Fields {
		field := &catalogue.Field{
			ID: newID(c.Slug, "field", e.Code, f.Key), Key: f.Key, Label: f.Label, Type: f.Type,
			Options: f.Options, Unit: optional(f.Unit), IsRequired: !f.Optional,
			Min: f.Min, Max: f.Max, MinLength: f.MinLength, MaxLength: f.MaxLength,
			Pattern: optional(f.Pattern), Example: optional(f.Example), Hint: optional(f.Hint),
			SortOrder: (i + 1) * step,
		}
		if f.When != nil {
			field.Condition = &catalogue.FieldCondition{FieldKey: f.When.Field, Operator: f.When.Operator, Value: f.When.Value}
		}
		out.Fields = append(out.Fields, field)
	}
	return out
}

func buildWarning(c *catalogue.Category, w warningEntry, element string, sortOrder int) *catalogue.Warning {
	out := &catalogue.Warning{
		ID: newID(c.Slug, "warning", w.Code), Code: w.Code, Severity: w.Severity, Message: w.Message,
		Scope: w.Scope, TierCode: w.Tier, ElementCode: element, IsActive: true, SortOrder: sortOrder,
	}
	for _, code := range w.Triggers.Elements {
		out.Triggers = append(out.Triggers, catalogue.Trigger{ElementCode: code})
	}
	for _, code := range w.Triggers.Tiers {
		out.Triggers = append(out.Triggers, catalogue.Trigger{TierCode: code})
	}
	for _, phrase := range w.Triggers.Keywords {
		out.Triggers = append(out.Triggers, catalogue.Trigger{Keyword: phrase})
	}
	if w.Triggers.MinQuantity != 0 {
		out.Triggers = append(out.Triggers, catalogue.Trigger{MinQuantity: w.Triggers.MinQuantity})
	}
	return out
}

// optional returns nil for the empty string: a text that is absent in a file.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
