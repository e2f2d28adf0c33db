package assistant

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
)

// Rules finds the response rules that a text calls for. *rules.Book is one.
type Rules interface {
	// Match returns those that hold on a sheet, nil for none chosen yet, in the
	// order in which staff put them.
	Match(s *catalogue.Snapshot, c *catalogue.Category, text string) []RuleHit
}

// RuleHit is a rule and where in the text it holds, at least once.
type RuleHit struct {
	Rule  *catalogue.Rule
	Spans []elements.Span
}

// ruling is what a response rule makes of a turn.
type ruling struct {
	rule *catalogue.Rule // nil when there is none
	// rest is the text without the sentences that the rule is about: what may
	// still be not understood.
	rest string
	// restAbout is what the rest is about.
	restAbout intents
	// parts is how many paragraphs of the reply stand up to the rule's answer; 0
	// when it was not said.
	parts int
	// alone is set when nothing but the rule's answer is said.
	alone bool
}

// findRule takes the first rule that holds, but for the answer that was said
// last: a customer who asks again was not helped by it.
func (t *turn) findRule() {
	t.ruling.restAbout = t.about
	if t.a.deps.Rules == nil || len(t.r.words) == 0 {
		return
	}
	for _, hit := range t.a.deps.Rules.Match(t.in.Snapshot, t.category, t.text) {
		if hit.Rule.Action == catalogue.RuleAnswer && hit.Rule.ID.String() == t.in.State.Rule {
			continue
		}
		t.ruling.rule = hit.Rule
		t.ruling.rest = withoutSentences(t.text, hit.Spans)
		t.ruling.restAbout = readIntents(read(t.ruling.rest))
		return
	}
}

// withoutSentences returns a text without the sentences that touch a span.
func withoutSentences(text string, spans []elements.Span) string {
	isEnd := func(r rune) bool { return strings.ContainsRune(".,;:!?¡¿\n()", r) }
	runes := []rune(text)
	for _, s := range spans {
		from, to := min(max(s.Start, 0), len(runes)), min(max(s.End, 0), len(runes))
		for from > 0 && !isEnd(runes[from-1]) {
			from--
		}
		for to < len(runes) && !isEnd(runes[to]) {
			to++
		}
		for i := from; i < to; i++ {
			runes[i] = ' '
		}
	}
	return string(runes)
}

// followRule does what the rule says first, and tells whether that is all.
func (t *turn) followRule() bool {
	switch rule := t.ruling.rule; {
	case rule == nil:
		return false
	case rule.Action == catalogue.RuleHandOver:
		t.handOver(SourceResponseRule, ruleText, plain(rule.Reason))
		return true
	default:
		t.parts = append(t.parts, strings.TrimSpace(rule.Answer))
		t.ruling.parts = len(t.parts)
		t.s.Rule = rule.ID.String()
		return false
	}
}

// onlyRule ends a turn of which nothing is understood but what a rule answered,
// and tells whether it was one. Nothing else is said, what was asked stays
// open, and it counts neither as a failed attempt nor as a good one.
func (t *turn) onlyRule() bool {
	if t.ruling.parts == 0 {
		return false
	}
	t.parts, t.question = t.parts[:t.ruling.parts], ""
	t.ruling.alone = true
	t.keepAsked()
	return true
}

// unruled leaves out the fragments that stand where the rule holds.
func (t *turn) unruled(fragments []string) []string {
	if t.ruling.rule == nil {
		return fragments
	}
	rest := strings.ToLower(t.ruling.rest)
	return slices.DeleteFunc(slices.Clone(fragments), func(f string) bool { return !strings.Contains(rest, strings.ToLower(f)) })
}

// replies are the paragraphs as messages: one, or, when that would be too long,
// the rule's answer before the others.
func (t *turn) replies() []string {
	split := 0
	if all := strings.Join(t.parts, "\n\n"); utf8.RuneCountInString(all) > maxReply {
		split = t.ruling.parts
	}
	var out []string
	for _, parts := range [][]string{t.parts[:split], t.parts[split:]} {
		if reply := strings.Join(parts, "\n\n"); reply != "" {
			out = append(out, cut(reply, maxMessage))
		}
	}
	return append(out, t.extra...)
}
