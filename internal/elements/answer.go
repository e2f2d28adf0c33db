package elements

import (
	"cmp"
	"slices"
	"strings"
)

// Answer is what a text says in answer to a generic element's question.
type Answer struct {
	// Codes are the variants chosen, by sort order; empty when the text chooses
	// none, or leaves it in doubt. One word never chooses more than one variant,
	// unless the vocabulary lists it to mean all of them ("ambas").
	Codes []string
	// DontKnow: the customer cannot tell. Codes is empty then.
	DontKnow bool
	// None: the customer has none of the variants ("ninguna").
	None bool
}

// answerBook reads the answers to one question.
type answerBook struct {
	options []int
	// phrases finds answers and names of the options; its ids are elements, or
	// everyVariant.
	phrases *phraseBook
	// words are what only one option's names hold; used when nothing else is
	// said, for questions that have no answers of their own.
	words map[string]int
}

// Answer reads a text as the answer to the question with that ElementCode. An
// unknown code has no answers.
func (m *Matcher) Answer(genericCode, text string) Answer {
	book := m.answers[genericCode]
	if book == nil {
		var targets []int
		for code := range strings.SplitSeq(genericCode, keySeparator) {
			i, ok := m.vocabulary.byCode[code]
			if !ok {
				return Answer{}
			}
			targets = append(targets, i)
		}
		if len(targets) < 2 {
			return Answer{}
		}
		book = m.vocabulary.compileAnswers(targets)
	}
	r := reading{v: m.vocabulary, book: book, ts: m.vocabulary.read(text)}
	return r.answer()
}

func (v *vocabulary) compileAnswers(targets []int) *answerBook {
	b := &answerBook{options: v.choices(targets), phrases: newPhraseBook(false), words: map[string]int{}}
	slices.SortStableFunc(b.options, func(x, y int) int {
		return cmp.Compare(v.elements[x].SortOrder, v.elements[y].SortOrder)
	})
	for _, o := range b.options {
		e := &v.elements[o]
		for _, list := range [][]string{e.Vocabulary.Answers, e.Vocabulary.Keywords, e.Vocabulary.Aliases, {e.Name}} {
			for _, phrase := range list {
				b.phrases.add(phrase, o)
				if len(targets) > 1 {
					b.distinguish(phrase, o)
				}
			}
		}
	}
	if len(targets) == 1 {
		for _, phrase := range v.elements[targets[0]].Vocabulary.AllAnswers {
			b.phrases.add(phrase, everyVariant)
		}
	}
	return b
}

// shared marks words of several options.
const shared = -2

func (b *answerBook) distinguish(phrase string, option int) {
	lex := spanish()
	for _, t := range tokenise(phrase) {
		t.describe(lex)
		if len(t.text) < 3 || t.is(classFunction) || t.value > 0 {
			continue
		}
		if old, ok := b.words[t.stem]; ok && old != option {
			b.words[t.stem] = shared
		} else {
			b.words[t.stem] = option
		}
	}
}

// reading is one answer being read.
type reading struct {
	v    *vocabulary
	book *answerBook
	ts   []token

	taken    []bool
	dontKnow bool
	none     bool
	chosen   []int
	denied   []int
	hits     int
}

func (r *reading) answer() Answer {
	r.taken = make([]bool, len(r.ts))
	r.readOthers()
	hits := r.find()
	for _, h := range hits {
		r.take(h)
	}
	if r.hits == 0 {
		r.byNumber()
	}
	if r.hits == 0 {
		r.byWord()
	}
	chosen := slices.DeleteFunc(r.chosen, func(o int) bool { return slices.Contains(r.denied, o) })
	if len(r.chosen) == 0 && len(r.denied) > 0 && len(r.denied) == len(r.book.options)-1 {
		for _, o := range r.book.options {
			if !slices.Contains(r.denied, o) {
				chosen = append(chosen, o)
			}
		}
	}
	a := Answer{DontKnow: r.dontKnow}
	if r.dontKnow || r.alternatives(hits) {
		return a
	}
	for _, o := range r.book.options {
		if slices.Contains(chosen, o) {
			a.Codes = append(a.Codes, r.v.elements[o].Code)
		}
	}
	a.None = len(a.Codes) == 0 && (r.none && r.hits == 0 || len(r.denied) > 0 && len(r.denied) == len(r.book.options))
	return a
}

// readOthers reads "no sé" and "ninguna". An option that is worded so ("ninguno"
// of a regulator) comes first.
func (r *reading) readOthers() {
	for i := 0; i < len(r.ts); i++ {
		hit, ok := otherAnswers().longest(r.ts, i, len(r.ts))
		if !ok {
			continue
		}
		if own, found := r.book.phrases.longest(r.ts, i, len(r.ts)); found && own.to >= hit.to {
			continue
		}
		if hit.ids[0] == saysDontKnow && r.goesOn(hit) {
			continue
		}
		r.dontKnow = r.dontKnow || hit.ids[0] == saysDontKnow
		r.none = r.none || hit.ids[0] == saysNone
		for j := hit.from; j < hit.to; j++ {
			r.taken[j] = true
		}
		i = hit.to - 1
	}
}

// goesOn tells "no se ve", which is the pronoun, and "no sé cómo se llama",
// after which the customer describes it.
func (r *reading) goesOn(hit phraseHit) bool {
	if hit.to >= len(r.ts) || r.ts[hit.to].sep > sepSoft {
		return false
	}
	next := &r.ts[hit.to]
	return next.text == "como" || next.text == "explicar" || next.text == "explicarlo" ||
		r.ts[hit.to-1].text == "se" && hit.to-hit.from == 2 && next.is(classVerb) && next.lemma != "=decir" && next.lemma != "=saber" && next.lemma != "=ser" && next.lemma != "=estar"
}

// find returns the options named, in the order of the text.
func (r *reading) find() []phraseHit {
	var found, out []phraseHit
	for i := range r.ts {
		if hit, ok := r.book.phrases.longest(r.ts, i, len(r.ts)); ok && !r.taken[i] {
			found = append(found, hit)
		}
	}
	slices.SortStableFunc(found, func(a, b phraseHit) int { return cmp.Or(cmp.Compare(b.words, a.words), cmp.Compare(a.from, b.from)) })
	for _, hit := range found {
		if slices.Contains(r.taken[hit.from:hit.to], true) {
			continue
		}
		for j := hit.from; j < hit.to; j++ {
			r.taken[j] = true
		}
		out = append(out, hit)
	}
	slices.SortFunc(out, func(a, b phraseHit) int { return cmp.Compare(a.from, b.from) })
	// A bare "sí" or "no" answers only when nothing says more.
	bare := func(h phraseHit) bool { return h.to-h.from == 1 && bareAnswer(&r.ts[h.from]) }
	if slices.ContainsFunc(out, func(h phraseHit) bool { return !bare(h) }) {
		return slices.DeleteFunc(out, bare)
	}
	return slices.DeleteFunc(out, func(h phraseHit) bool { return !r.sufficient(h) })
}

// sufficient tells whether a bare word is the whole answer: "no", "no, gracias",
// "dos", but not "no hay problema" or "el número dos mil".
func (r *reading) sufficient(h phraseHit) bool {
	t := &r.ts[h.from]
	if t.value > 0 {
		return r.standsFree(h.from)
	}
	if h.from > 0 {
		return false
	}
	for i := h.to; i < len(r.ts); i++ {
		if r.ts[i].sep > sepSoft {
			return true
		}
		switch r.ts[i].text {
		case "claro", "gracias", "que", "va", "por", "supuesto", "senor", "senora", "exacto", "eso", "es", "para", "nada", "si", "no", "en", "absoluto":
		default:
			return false
		}
	}
	return true
}

// take counts an option as chosen, or as denied: "no la delantera", "la
// delantera no".
func (r *reading) take(h phraseHit) {
	r.hits++
	if len(h.ids) > 1 {
		return // it names several: no choice
	}
	options := h.ids
	if h.ids[0] == everyVariant {
		options = r.book.options
	}
	if r.deniedBefore(h.from) || r.deniedAfter(h.to) {
		r.denied = append(r.denied, options...)
		return
	}
	r.chosen = append(r.chosen, options...)
}

func (r *reading) deniedBefore(pos int) bool {
	for i := pos - 1; i >= 0 && r.ts[i+1].sep <= sepSoft; i-- {
		switch t := &r.ts[i]; {
		case r.taken[i]:
			return false
		case t.text == "no" || t.text == "menos" || t.text == "excepto" || t.text == "salvo" || t.text == "sin" || t.text == "ni":
			return true
		case !t.is(classDeterminer|classPreposition) && t.text != "es":
			return false
		}
	}
	return false
}

func (r *reading) deniedAfter(pos int) bool {
	if pos >= len(r.ts) || r.taken[pos] || r.ts[pos].text != "no" && r.ts[pos].text != "tampoco" || r.ts[pos].sep > sepSoft {
		return false
	}
	return pos+1 == len(r.ts) || r.ts[pos+1].sep > sepSoft || r.ts[pos+1].is(classAnd) || r.ts[pos+1].text == "pero" || r.ts[pos+1].is(classDeterminer)
}

// alternatives tells "delantera o trasera", which repeats the question.
func (r *reading) alternatives(hits []phraseHit) bool {
	for k := 1; k < len(hits); k++ {
		for i := hits[k-1].to; i < hits[k].from; i++ {
			if r.ts[i].text == "o" && r.ts[i].sep < sepStop {
				return true
			}
		}
	}
	return false
}

// standsFree tells whether a number is not part of something longer.
func (r *reading) standsFree(i int) bool {
	if i+1 < len(r.ts) && r.ts[i+1].sep <= sepSoft && !r.ts[i+1].is(classAnd) {
		return false
	}
	if i == 0 || r.ts[i].sep > sepSoft || r.ts[i-1].is(classAnd) {
		return true
	}
	switch r.ts[i-1].text {
	case "la", "el", "opcion", "numero", "nº":
		return true
	}
	return false
}
