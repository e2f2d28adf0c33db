package rules

import (
	"sync"

	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/catalogue"
)

// Book applies the rules of a catalogue. It keeps those of the newest one
// compiled. Safe for concurrent use.
type Book struct {
	mu       sync.Mutex
	snapshot *catalogue.Snapshot
	compiled []compiledRule
}

type compiledRule struct {
	rule    *catalogue.Rule
	pattern *Pattern
}

var _ assistant.Rules = (*Book)(nil)

// Match returns the active rules that a text calls for in a conversation on a
// sheet, in their order. c is nil as long as no sheet is chosen.
func (b *Book) Match(s *catalogue.Snapshot, c *catalogue.Category, text string) []assistant.RuleHit {
	all := b.get(s)
	if len(all) == 0 {
		return nil
	}
	t := fold(text)
	var hits []assistant.RuleHit
	for _, r := range all {
		if id := r.rule.CategoryID; id != nil && (c == nil || c.ID != *id) {
			continue
		}
		if spans := r.pattern.find(t); spans != nil {
			hits = append(hits, assistant.RuleHit{Rule: r.rule, Spans: spans})
		}
	}
	return hits
}

func (b *Book) get(s *catalogue.Snapshot) []compiledRule {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.snapshot == s {
		return b.compiled
	}
	var all []compiledRule
	for _, r := range s.Rules {
		if !r.IsActive {
			continue
		}
		// What was checked when it was saved compiles, unless another release saved
		// it: then it is better left out than in the way of an answer.
		if p, err := Compile(r.Pattern); err == nil {
			all = append(all, compiledRule{r, p})
		}
	}
	// A slow reader of an older catalogue, or a trial, must not push out the newest.
	if b.snapshot == nil || s.Revision > b.snapshot.Revision {
		b.snapshot, b.compiled = s, all
	}
	return all
}
