package tariffs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// QuoteWarning is a text shown with a quote.
type QuoteWarning struct {
	Code     string                 `json:"code"`
	Severity catalogue.Severity     `json:"severity"`
	Message  string                 `json:"message"`
	Scope    catalogue.WarningScope `json:"scope"`
	// ElementCode is the first line that brings the warning, which may have
	// inherited it; nil unless the scope is element.
	ElementCode *string `json:"element_code"`
}

// inForce is a warning to show, with what decides its place.
type inForce struct {
	warning *catalogue.Warning
	// line is the first line that brings it and depth how far up it stands (0 =
	// the line's own); both 0 unless the scope is element.
	line, depth int
}

// warnings returns those in force for a set, worst first; within a severity
// from global to element, then by sort order and code. Of several with one code
// the most specific is shown.
func (c Calculator) warnings(category *catalogue.Category, tier *catalogue.Tier, lines []line, text string) []QuoteWarning {
	if len(category.Warnings) == 0 {
		return []QuoteWarning{}
	}
	set := newWarnedSet(category, tier, lines, text)
	shown := make([]inForce, 0, len(category.Warnings))
	for _, w := range category.Warnings {
		if !w.IsActive {
			continue
		}
		if f, ok := set.scope(w); ok && c.triggered(set, w) {
			shown = append(shown, f)
		}
	}
	slices.SortFunc(shown, mostSpecificFirst)
	shown = slices.CompactFunc(shown, func(a, b inForce) bool { return a.warning.Code == b.warning.Code })
	slices.SortFunc(shown, func(a, b inForce) int {
		return cmp.Or(
			cmp.Compare(severityRank(b.warning.Severity), severityRank(a.warning.Severity)),
			cmp.Compare(scopeRank(a.warning.Scope), scopeRank(b.warning.Scope)),
			cmp.Compare(a.warning.SortOrder, b.warning.SortOrder),
			strings.Compare(a.warning.Code, b.warning.Code))
	})
	out := make([]QuoteWarning, len(shown))
	for i, f := range shown {
		out[i] = QuoteWarning{
			Code: f.warning.Code, Severity: f.warning.Severity, Message: f.warning.Message, Scope: f.warning.Scope,
		}
		if f.warning.Scope == catalogue.ScopeElement {
			out[i].ElementCode = &lines[f.line].element.Code
		}
	}
	return out
}

func mostSpecificFirst(a, b inForce) int {
	return cmp.Or(
		strings.Compare(a.warning.Code, b.warning.Code),
		cmp.Compare(scopeRank(b.warning.Scope), scopeRank(a.warning.Scope)),
		cmp.Compare(a.depth, b.depth),
		cmp.Compare(a.line, b.line),
		cmp.Compare(a.warning.SortOrder, b.warning.SortOrder),
		strings.Compare(a.warning.Message, b.warning.Message))
}

// warnedSet is what triggers are tested against.
type warnedSet struct {
	category *catalogue.Category
	tier     *catalogue.Tier
	lines    []line
	text     string
	units    int
	// chains holds, per line, its element and those it inherits from.
	chains [][]*catalogue.Element
}

func newWarnedSet(category *catalogue.Category, tier *catalogue.Tier, lines []line, text string) *warnedSet {
	set := &warnedSet{category: category, tier: tier, lines: lines, text: text}
	set.chains = make([][]*catalogue.Element, len(lines))
	for i, l := range lines {
		set.units += l.quantity
		set.chains[i] = append([]*catalogue.Element{l.element}, category.Ancestors(l.element)...)
	}
	return set
}

// scope reports whether what the warning hangs on is part of the quote.
func (s *warnedSet) scope(w *catalogue.Warning) (inForce, bool) {
	f := inForce{warning: w}
	switch w.Scope {
	case catalogue.ScopeGlobal, catalogue.ScopeCategory:
		return f, true
	case catalogue.ScopeTier:
		return f, w.TierCode == s.tier.Code
	case catalogue.ScopeElement:
		for depth := 0; ; depth++ {
			deeper := false
			for i, chain := range s.chains {
				if depth < len(chain) {
					deeper = true
					if chain[depth].Code == w.ElementCode {
						f.line, f.depth = i, depth
						return f, true
					}
				}
			}
			if !deeper {
				return f, false
			}
		}
	}
	return f, false
}

// triggered reports whether a warning has no triggers, or one that holds.
func (c Calculator) triggered(set *warnedSet, w *catalogue.Warning) bool {
	if len(w.Triggers) == 0 {
		return true
	}
	return slices.ContainsFunc(w.Triggers, func(t catalogue.Trigger) bool {
		switch {
		case t.ElementCode != "":
			return set.has(t.ElementCode)
		case t.TierCode != "":
			return set.tier.Code == t.TierCode
		case t.Keyword != "":
			return c.ContainsPhrase != nil && set.text != "" && c.ContainsPhrase(set.text, t.Keyword)
		case t.MinQuantity > 0 && w.Scope == catalogue.ScopeElement:
			return set.unitsOf(w.ElementCode) >= t.MinQuantity
		default:
			return t.MinQuantity > 0 && set.units >= t.MinQuantity
		}
	})
}

// has reports whether an element is in the set. A generic one never is by
// itself: its variants, at any depth, stand for it.
func (s *warnedSet) has(code string) bool {
	e := s.category.Element(code)
	if e == nil {
		return false
	}
	return slices.ContainsFunc(s.lines, func(l line) bool {
		return l.element == e || e.IsGeneric && s.isVariantOf(l.element, e)
	})
}

func (s *warnedSet) isVariantOf(e, ancestor *catalogue.Element) bool {
	for steps := 0; e != nil && e.ParentCode != "" && steps < len(s.category.Elements); steps++ {
		if e.ParentCode == ancestor.Code {
			return true
		}
		e = s.category.Element(e.ParentCode)
	}
	return false
}

// unitsOf counts the units of an element and of those that inherit from it.
func (s *warnedSet) unitsOf(code string) int {
	n := 0
	for i, chain := range s.chains {
		if slices.ContainsFunc(chain, func(e *catalogue.Element) bool { return e.Code == code }) {
			n += s.lines[i].quantity
		}
	}
	return n
}

func severityRank(s catalogue.Severity) int {
	switch s {
	case catalogue.SeverityError:
		return 2
	case catalogue.SeverityWarning:
		return 1
	default:
		return 0
	}
}

func scopeRank(s catalogue.WarningScope) int {
	switch s {
	case catalogue.ScopeElement:
		return 3
	case catalogue.ScopeTier:
		return 2
	case catalogue.ScopeCategory:
		return 1
	default:
		return 0
	}
}
