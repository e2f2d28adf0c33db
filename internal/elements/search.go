package elements

import (
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
)

// Filter picks elements of a list; its zero value picks all.
type Filter struct {
	// Query holds words that all have to be in the code, the name, a keyword or
	// an alias, whatever their case and accents.
	Query string
	// Parent is the code of the element whose variants are wanted; "" for any.
	Parent string
}

// Picks reports whether the filter picks the element.
func (f Filter) Picks(e *catalogue.Element) bool {
	if f.Parent != "" && e.ParentCode != f.Parent {
		return false
	}
	if f.Query == "" {
		return true
	}
	texts := slices.Concat([]string{e.Code, e.Name}, e.Vocabulary.Keywords, e.Vocabulary.Aliases)
	said := fields.Fold(strings.Join(texts, "\n"))
	for _, word := range strings.Fields(fields.Fold(f.Query)) {
		if !strings.Contains(said, word) {
			return false
		}
	}
	return true
}
