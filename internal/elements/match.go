// Package elements finds what of a catalogue a customer's text names. It works
// on words, not on substrings: tokens without accents, plurals and typing errors
// are looked up as phrases, the longest wins; side words qualify only what they
// stand beside; negation has a scope; and what is in doubt becomes a question,
// because a wrong element is a wrong price.
//
// Editor is how staff change the elements, their fields and their photo slots.
package elements

import (
	"cmp"
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// Matcher finds the elements of one category in text. It never changes after
// NewMatcher, so it is safe for concurrent use.
type Matcher struct {
	vocabulary *vocabulary
	answers    map[string]*answerBook
}

// NewMatcher compiles a category's vocabulary. The category must not change
// while the matcher is in use.
func NewMatcher(cat *catalogue.Category) *Matcher {
	m := &Matcher{vocabulary: compile(cat), answers: map[string]*answerBook{}}
	for i := range m.vocabulary.elements {
		if m.vocabulary.elements[i].generic {
			m.answers[m.vocabulary.elements[i].Code] = m.vocabulary.compileAnswers([]int{i})
		}
	}
	return m
}

// Result is what a text names. No list is nil; each is in the order of the text.
type Result struct {
	// Matches are the elements to price; never a generic one.
	Matches []Match
	// Questions are asked before the rest can be priced.
	Questions []Question
	// Excluded are elements named only to say that they are not wanted, or are
	// as they came, or legal already. They may be generic.
	Excluded []Excluded
	// Inactive are elements that need not or cannot be legalised.
	Inactive []Inactive
	// Unrecognised are nouns, as typed, that stand like elements and are none.
	Unrecognised []string
}

// Match is an element the customer wants.
type Match struct {
	Code, Name string
	// Quantity is the stated number, or 1.
	Quantity int
	// Score is 1 for a name as the vocabulary has it, less for corrected typing
	// errors; always above 0.
	Score float64
	// Spans are the places that name it, in order, without overlap.
	Spans []Span
}

// Span is a part of the text in rune offsets: [Start, End).
type Span struct{ Start, End int }

// Question asks which variant is meant.
type Question struct {
	// ElementCode is the generic element's code. For a word that may mean
	// elements without a common generic ("depósito": of water or of gas) it is
	// their codes joined by "|"; Answer takes it as it is.
	ElementCode string
	Question    string
	// Options are the active variants, by sort order.
	Options []Option
	// Quantity is the stated number; 0 when none is stated.
	Quantity int
	Spans    []Span
}

// Option is a variant to choose.
type Option struct{ Code, Name string }

// Excluded is an element the customer does not want.
type Excluded struct{ Code, Name string }

// Inactive is an element that cannot be priced, and why; Reason may be empty.
type Inactive struct{ Code, Name, Reason string }

// Match finds the elements a text names.
func (m *Matcher) Match(text string) Result {
	v := m.vocabulary
	ts := v.read(text)
	ms := v.mentions(ts, v.findNames(ts))
	ms = v.qualify(ts, ms)
	heads := v.settleHeads(ts, ms)
	ignorePlates(ts, ms)
	count(ts, ms)
	v.settleGenerics(ts, ms)
	v.exclude(ts, ms)
	r := v.collect(text, ts, ms)
	r.Unrecognised = v.unrecognised(text, ts, ms, heads)
	return r
}

// collector gathers what the mentions say of each element. Of contradictory
// ones the last counts: people correct themselves.
type collector struct {
	v       *vocabulary
	text    string
	ts      []token
	matches map[int]*Match
	tallies map[int]*tally
	out     map[int]bool
	asked   map[string]*Question
	order   []int    // elements by first appearance
	asks    []string // questions by first appearance
}

func (v *vocabulary) collect(text string, ts []token, ms []mention) Result {
	c := collector{v: v, text: text, ts: ts, matches: map[int]*Match{}, tallies: map[int]*tally{}, out: map[int]bool{}, asked: map[string]*Question{}}
	for i := range ms {
		if m := &ms[i]; m.state != ignored {
			c.take(m)
		}
	}
	r := Result{Matches: []Match{}, Questions: []Question{}, Excluded: []Excluded{}, Inactive: []Inactive{}}
	for _, i := range c.order {
		e := &v.elements[i]
		switch {
		case c.out[i]:
			r.Excluded = append(r.Excluded, Excluded{Code: e.Code, Name: e.Name})
		case !e.IsActive:
			reason := ""
			if e.InactiveReason != nil {
				reason = *e.InactiveReason
			}
			r.Inactive = append(r.Inactive, Inactive{Code: e.Code, Name: e.Name, Reason: reason})
		default:
			m := c.matches[i]
			m.Quantity = c.tallies[i].sum
			r.Matches = append(r.Matches, *m)
		}
	}
	slices.SortStableFunc(r.Matches, func(a, b Match) int { return cmp.Compare(a.Spans[0].Start, b.Spans[0].Start) })
	for _, key := range c.asks {
		if q := c.asked[key]; q != nil {
			r.Questions = append(r.Questions, *q)
		}
	}
	return r
}

func (c *collector) take(m *mention) {
	for _, o := range m.outside {
		c.exclude(o)
	}
	choices := c.v.choices(m.targets)
	switch {
	case m.state == excluded:
		for _, p := range m.picks {
			c.exclude(p.element)
		}
		if len(m.picks) == 0 || c.v.generic(m) < 0 {
			for _, t := range m.targets {
				c.exclude(t)
			}
			delete(c.asked, c.v.key(m.targets))
		}
	case len(m.targets) == 1 && !c.v.elements[m.targets[0]].generic:
		c.want(m.targets[0], m, m.quantity, Span{c.ts[m.from].start, c.ts[m.to-1].end})
		for _, p := range m.picks { // siblings: "faro delantero y trasero"
			c.want(p.element, m, p.quantity, Span{c.ts[p.from].start, c.ts[p.to-1].end})
		}
	case len(m.picks) > 0:
		c.pick(m)
	case len(choices)-len(m.outside) == 1:
		i := slices.IndexFunc(choices, func(o int) bool { return !slices.Contains(m.outside, o) })
		c.want(choices[i], m, m.quantity, Span{c.ts[m.from].start, c.ts[m.to-1].end})
	case len(choices) > 0:
		c.ask(m, choices)
	case len(m.targets) == 1: // an inactive generic
		c.want(m.targets[0], m, 0, Span{c.ts[m.from].start, c.ts[m.to-1].end})
	}
}

// pick wants each variant picked. The name belongs to the first, the others
// have the words that picked them.
func (c *collector) pick(m *mention) {
	for i, p := range m.picks {
		quantity := p.quantity
		if quantity == 0 && (len(m.picks) == 1 || i == 0) {
			quantity = m.quantity
		}
		from, to := p.from, p.to
		switch {
		case from == to: // the name itself means all of them
			from, to = m.from, m.to
		case i == 0:
			from, to = min(m.from, from), max(m.to, to)
		}
		span := Span{c.ts[from].start, c.ts[to-1].end}
		c.want(p.element, m, quantity, span)
	}
}

func (c *collector) seen(i int) {
	if !slices.Contains(c.order, i) {
		c.order = append(c.order, i)
	}
}

func (c *collector) exclude(i int) {
	c.seen(i)
	c.out[i] = true
}

func (c *collector) want(i int, m *mention, quantity int, span Span) {
	c.seen(i)
	e := &c.v.elements[i]
	match := c.matches[i]
	if match == nil || c.out[i] {
		match = &Match{Code: e.Code, Name: e.Name}
		c.matches[i], c.tallies[i] = match, &tally{}
	}
	delete(c.out, i)
	c.tallies[i].add(m, quantity)
	match.Score = max(match.Score, score(m.edits))
	match.Spans = append(match.Spans, span)
}

// score falls with every typing error.
func score(edits int) float64 { return max(0.3, 1-0.15*float64(edits)) }

func (c *collector) ask(m *mention, choices []int) {
	key := c.v.key(m.targets)
	q := c.asked[key]
	if q == nil {
		q = &Question{ElementCode: key, Question: c.question(m, choices)}
		for _, o := range choices {
			q.Options = append(q.Options, Option{Code: c.v.elements[o].Code, Name: c.v.elements[o].Name})
		}
		c.asked[key] = q
		if !slices.Contains(c.asks, key) {
			c.asks = append(c.asks, key)
		}
		for _, t := range m.targets { // asked about again after all
			delete(c.out, t)
			c.order = slices.DeleteFunc(c.order, func(o int) bool { return o == t && c.matches[t] == nil })
		}
	}
	q.Quantity = max(q.Quantity, m.quantity)
	q.Spans = append(q.Spans, Span{c.ts[m.from].start, c.ts[m.to-1].end})
}

// key is the ElementCode of a question.
func (v *vocabulary) key(targets []int) string {
	codes := make([]string, len(targets))
	for i, t := range targets {
		codes[i] = v.elements[t].Code
	}
	return strings.Join(codes, keySeparator)
}

const keySeparator = "|"

// question is the generic's, or one made of the options.
func (c *collector) question(m *mention, choices []int) string {
	g := c.v.generic(m)
	if g >= 0 && c.v.elements[g].Vocabulary.Question != "" {
		return c.v.elements[g].Vocabulary.Question
	}
	names := make([]string, len(choices))
	for i, o := range choices {
		names[i] = c.v.elements[o].Name
	}
	list := names[len(names)-1]
	if len(names) > 1 {
		list = strings.Join(names[:len(names)-1], ", ") + " o " + list
	}
	if g >= 0 {
		return "¿Cuál es: " + list + "?"
	}
	word := string([]rune(c.text)[c.ts[m.from].start:c.ts[m.to-1].end])
	return "¿Qué quieres decir con «" + word + "»: " + list + "?"
}
