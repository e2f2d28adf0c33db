package elements

import (
	"strings"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/fields"
	"github.com/msia/msia/internal/money"
)

// check adds what is wrong with an element by itself. Two elements may have the
// same keyword: the matcher asks which one is meant.
func (p *problems) check(e sqlc.Element) {
	if e.IsGeneric && e.Question == nil {
		p.add("question", "is needed by a generic element")
	}
	if e.IsGeneric && e.Surcharge.Cmp(money.Amount{}) != 0 {
		p.add("surcharge", "has to be 0 for a generic element, which is never priced")
	}
	if e.IsActive && e.InactiveReason != nil {
		p.add("inactive_reason", "is for inactive elements only: set it to null to switch the element on")
	}
	if !e.IsActive && e.InactiveReason == nil {
		p.add("inactive_reason", "is needed by an inactive element: customers are told why")
	}
	// Keywords and aliases are one list to the matcher.
	names := map[string]bool{}
	p.phrases("keywords", e.Keywords, names)
	p.phrases("aliases", e.Aliases, names)
	p.phrases("answers", e.Answers, map[string]bool{})
	p.phrases("all_answers", e.AllAnswers, map[string]bool{})
}

// phrases adds what is wrong with a list of phrases; seen holds those of other
// lists that it must not repeat.
func (p *problems) phrases(member string, phrases []string, seen map[string]bool) {
	for _, phrase := range phrases {
		if len(compilePhrase(phrase, false)) == 0 {
			p.add(member, "has %q, which holds no word", phrase)
		}
		key := fields.Fold(phrase)
		if seen[key] {
			p.add(member, "has %q twice", phrase)
		}
		seen[key] = true
	}
}

// tidy takes needless blanks out of phrases.
func tidy(phrases []string) []string {
	out := make([]string, len(phrases))
	for i, phrase := range phrases {
		out[i] = strings.Join(strings.Fields(phrase), " ")
	}
	return out
}
