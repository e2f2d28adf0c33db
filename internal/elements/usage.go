package elements

import (
	"slices"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/catalogue"
)

// Usage is what a deletion of an element would touch, by codes.
type Usage struct {
	// Variants are its own and theirs. They are deleted with it, as are Warnings,
	// which hang on one of them.
	Variants []string
	Warnings []string
	// Tiers have one of them on their own lists.
	Tiers []string
	// Triggers are other warnings that one of them triggers: they keep it from
	// being deleted.
	Triggers []string
}

// UsageOf returns what an element of the category is used by.
func UsageOf(c *catalogue.Category, e *catalogue.Element) Usage {
	var u Usage
	codes := []string{e.Code}
	for i := 0; i < len(codes); i++ {
		for _, v := range c.Children(codes[i]) {
			codes = append(codes, v.Code)
		}
	}
	u.Variants = codes[1:]
	among := func(code string) bool { return slices.Contains(codes, code) }
	for _, t := range c.Tiers {
		if slices.ContainsFunc(t.Own, among) {
			u.Tiers = append(u.Tiers, t.Code)
		}
	}
	for _, w := range c.Warnings {
		switch {
		case w.ElementCode != "" && among(w.ElementCode):
			u.Warnings = append(u.Warnings, w.Code)
		case slices.ContainsFunc(w.Triggers, func(t catalogue.Trigger) bool { return t.ElementCode != "" && among(t.ElementCode) }):
			u.Triggers = append(u.Triggers, w.Code)
		}
	}
	return u
}

// Collision is a keyword that other elements have, too.
type Collision struct {
	Keyword string
	Owners  []Owner
}

// Owner is an element with the list in which it has a keyword.
type Owner struct {
	Element *catalogue.Element
	Member  string
}

// Collisions returns which of the keywords other elements of the category than
// one have, inactive ones too: as the matcher compares them.
func Collisions(c *catalogue.Category, but *uuid.UUID, keywords []string) []Collision {
	var out []Collision
	for _, keyword := range keywords {
		phrase := compilePhrase(keyword, false)
		if len(phrase) == 0 {
			continue
		}
		has := func(other string) bool { return samePhrase(phrase, compilePhrase(other, false)) }
		found := Collision{Keyword: keyword}
		for _, e := range c.Elements {
			switch {
			case but != nil && e.ID == *but:
			case slices.ContainsFunc(e.Vocabulary.Keywords, has):
				found.Owners = append(found.Owners, Owner{Element: e, Member: "keywords"})
			case slices.ContainsFunc(e.Vocabulary.Aliases, has):
				found.Owners = append(found.Owners, Owner{Element: e, Member: "aliases"})
			}
		}
		if len(found.Owners) > 0 {
			out = append(out, found)
		}
	}
	return out
}

// samePhrase reports whether two phrases are the same words, in whatever number
// and gender.
func samePhrase(a, b []phraseWord) bool {
	return slices.EqualFunc(a, b, func(x, y phraseWord) bool {
		return slices.ContainsFunc(x.keys, func(key string) bool { return slices.Contains(y.keys, key) })
	})
}
