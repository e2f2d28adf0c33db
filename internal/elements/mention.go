package elements

import (
	"cmp"
	"slices"
)

// mention is one place of the text that names an element.
type mention struct {
	from, to int // the tokens of the name
	end      int // after what qualifies it: "suspensión delantera y trasera"
	targets  []int
	alias    bool
	edits    int

	picks   []pick // variants of a generic target picked beside the name
	outside []int  // variants picked out: "intermitentes, menos los delanteros"
	state   state
	// quantity is the stated one; 0 when none is stated.
	quantity int
	definite bool // "los dos": the same ones as before
	another  bool // "otro escape"
}

// pick is a variant and the tokens that picked it.
type pick struct {
	element  int
	from, to int
	quantity int
}

// state says what the text does with an element it names.
type state uint8

const (
	wanted   state = iota
	excluded       // not wanted, or kept as it came
	ignored        // not about the element at all
)

// generic returns the one generic the mention names, or -1.
func (v *vocabulary) generic(m *mention) int {
	if len(m.targets) == 1 && v.elements[m.targets[0]].generic {
		return m.targets[0]
	}
	return -1
}

// choices are the active leaves a mention may mean.
func (v *vocabulary) choices(targets []int) []int {
	var out []int
	for _, t := range targets {
		if !v.elements[t].IsActive {
			continue
		}
		leaves := []int{t}
		if v.elements[t].generic {
			leaves = v.elements[t].options
		}
		for _, l := range leaves {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// findNames returns the phrases that name something, longest first where they
// overlap, in the order of the text. Tokens of decoys count as taken.
func (v *vocabulary) findNames(ts []token) (hits []phraseHit) {
	taken := make([]bool, len(ts))
	var found []phraseHit
	for i := range ts {
		if ts[i].listed || ts[i].class != 0 {
			if hit, ok := v.names.longest(ts, i, len(ts)); ok {
				found = append(found, hit)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b phraseHit) int {
		return cmp.Or(cmp.Compare(b.words, a.words), cmp.Compare(a.edits, b.edits), cmp.Compare(a.from, b.from))
	})
	for len(found) > 0 {
		hit := found[0]
		found = found[1:]
		if taken[hit.from] {
			continue
		}
		free := hit.from
		for free < hit.to && !taken[free] {
			free++
		}
		if free < hit.to { // the rest may still name something
			if hit, ok := v.names.longest(ts, hit.from, free); ok {
				at, _ := slices.BinarySearchFunc(found, hit, func(a, b phraseHit) int { return cmp.Compare(b.words, a.words) })
				found = slices.Insert(found, at, hit)
			}
			continue
		}
		for i := hit.from; i < hit.to; i++ {
			taken[i] = true
		}
		hits = append(hits, hit)
	}
	slices.SortFunc(hits, func(a, b phraseHit) int { return cmp.Compare(a.from, b.from) })
	return hits
}

// mentions turns phrases into mentions: two names of the same thing side by
// side are one ("escape akrapovic").
func (v *vocabulary) mentions(ts []token, hits []phraseHit) []mention {
	hits = v.inverted(ts, hits)
	out := make([]mention, 0, len(hits))
	for _, hit := range hits {
		m := mention{from: hit.from, to: hit.to, end: hit.to, edits: hit.edits, alias: true}
		all := false
		for _, id := range hit.ids {
			ref := v.refs[id]
			if ref.element == decoy {
				continue
			}
			m.alias = m.alias && ref.alias
			all = all || ref.all
			if !slices.Contains(m.targets, ref.element) {
				m.targets = append(m.targets, ref.element)
			}
		}
		v.narrow(&m)
		if all && len(m.targets) == 1 {
			for _, o := range v.elements[m.targets[0]].options {
				m.picks = append(m.picks, pick{element: o, from: hit.to, to: hit.to})
			}
		}
		if len(m.targets) == 0 {
			m.state = ignored
		} else if len(out) > 0 && v.joins(ts, &out[len(out)-1], &m) {
			continue
		}
		out = append(out, m)
	}
	return out
}

// narrow settles what is no doubt: inactive elements beside active ones, and a
// generic beside its own variant.
func (v *vocabulary) narrow(m *mention) {
	active := slices.ContainsFunc(m.targets, func(t int) bool { return v.elements[t].IsActive })
	m.targets = slices.DeleteFunc(m.targets, func(t int) bool {
		e := &v.elements[t]
		return active && !e.IsActive || e.generic && len(e.options) == 0 && e.IsActive ||
			e.family >= 0 && slices.Contains(m.targets, e.family)
	})
	slices.Sort(m.targets)
}

// joins merges a name into the one right before it: the same element twice, or
// the maker of a generic ("horquilla ohlins").
func (v *vocabulary) joins(ts []token, before, m *mention) bool {
	if before.state == ignored || len(before.picks)+len(m.picks) > 0 {
		return false
	}
	for i := before.to; i <= m.from; i++ {
		if ts[i].sep > sepSoft && ts[i].sep != sepOpen || i < m.from && !ts[i].is(classPreposition|classDeterminer|classNeutral|classBrand|classGlue) {
			return false
		}
	}
	switch {
	case slices.Equal(before.targets, m.targets):
		before.to, before.end = m.to, m.to
		before.alias = before.alias && m.alias
		return true
	case m.alias && v.generic(m) >= 0:
		before.to, before.end = m.to, m.to
		return true
	}
	return false
}

// inverted reads a complement put first: "de freno los discos" is "los discos
// de freno".
func (v *vocabulary) inverted(ts []token, hits []phraseHit) []phraseHit {
	for i := 0; i+1 < len(hits); i++ {
		a, b := hits[i], hits[i+1]
		if a.from == 0 || ts[a.from-1].text != "de" || ts[a.from].sep > sepSoft {
			continue
		}
		if head := a.from - 2; head >= 0 && ts[a.from-1].sep <= sepSoft && !ts[head].is(classFunction|classVerb|classAffirm|classAnd) {
			continue // "de" completes what stands before it
		}
		if b.from-a.to != 1 || !ts[a.to].is(classDeterminer) || ts[a.to].sep > sepSoft || ts[b.from].sep > sepSoft {
			continue
		}
		turned := append(slices.Clone(ts[b.from:b.to]), ts[a.from-1:a.to]...)
		turned[0].sep, turned[b.to-b.from].sep = sepSpace, sepSpace
		if hit, ok := v.names.longest(turned, 0, len(turned)); ok && hit.to == len(turned) {
			hits[i] = phraseHit{from: a.from, to: b.to, words: hit.words, edits: hit.edits, ids: hit.ids}
			hits = slices.Delete(hits, i+1, i+2)
		}
	}
	return hits
}
