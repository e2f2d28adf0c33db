package elements

import (
	"slices"
	"strings"
)

// exclude marks the mentions the text takes out: those it says it does not
// want, and those that are as they came or legal already.
func (v *vocabulary) exclude(ts []token, ms []mention) {
	n := newNegator(ts, ms)
	for i := 0; i < len(ts); i++ {
		if at := n.covering(i); at >= 0 {
			i = ms[at].end - 1
			continue
		}
		hit, ok := cues().longest(ts, i, len(ts))
		switch {
		case ok && !n.idiom(hit):
			n.apply(hit)
			i = hit.to - 1
		case ts[i].text == "no":
			n.bare(i)
		}
	}
	for i := range ms {
		switch {
		case ms[i].state == ignored:
		case n.kept(&ms[i]):
			n.takeOut(n.subject(i, n.pluralCopula(ms[i].end)))
		case ms[i].state == wanted && (n.also(i) || n.contrast(i)):
			ms[i].state = excluded
		}
	}
}

// negator works out which mentions the words around them take out.
type negator struct {
	ts []token
	ms []mention
	// at has, for each token and the end of the text, 1 + the index of the
	// mention that covers it, starts and ends there; 0 for none.
	at []struct{ covering, starting, ending int }
}

func newNegator(ts []token, ms []mention) *negator {
	n := &negator{ts: ts, ms: ms, at: make([]struct{ covering, starting, ending int }, len(ts)+1)}
	for i := range ms {
		m := &ms[i]
		if m.state == ignored {
			continue
		}
		n.at[m.from].starting = i + 1
		n.at[m.end].ending = i + 1
		for p := m.from; p < m.end; p++ {
			n.at[p].covering = i + 1
		}
	}
	return n
}

// covering returns the mention a token belongs to, or -1; starting and ending
// those that start at it and end before it.
func (n *negator) covering(pos int) int { return n.at[pos].covering - 1 }
func (n *negator) starting(pos int) int { return n.at[pos].starting - 1 }
func (n *negator) ending(pos int) int   { return n.at[pos].ending - 1 }

func (n *negator) takeOut(indexes []int) {
	for _, i := range indexes {
		n.ms[i].state = excluded
	}
}

// apply takes out what a cue is about: usually what follows, but "los espejos
// no los he tocado" is about what precedes.
func (n *negator) apply(hit phraseHit) {
	kind := hit.ids[0]
	subject, from := -1, hit.from
	for from > 0 && n.ts[from].sep <= sepSoft && (n.ts[from-1].is(classPronoun) || n.ts[from-1].text == "que") {
		from--
	}
	if from < len(n.ts) && n.ts[from].sep <= sepSoft && (kind == cueVerb || kind == cueList || kind == cueHave && n.endsClause(hit.to)) {
		subject = n.ending(from)
	}
	if subject >= 0 && slices.ContainsFunc(n.ts[from:hit.to], pointsBack) {
		n.takeOut(n.subject(subject, false))
		return
	}
	object := n.following(hit.to, kind)
	if len(object) > 0 && n.describes(hit.from, object[0]) {
		n.ms[object[0]].state = ignored
		return
	}
	for i := hit.from + 1; i < hit.to; i++ {
		if m := n.starting(i); m >= 0 { // "no he cambiado el motor" holds "cambiar el motor"
			object = n.chain(m, kind)
		}
	}
	if kind == cuePaint {
		for _, m := range object {
			n.ms[m].state = ignored
		}
		return
	}
	if len(object) == 0 && subject >= 0 && kind != cueList {
		object = n.subject(subject, false)
	}
	n.takeOut(object)
}

// describes tells "escape sin silencioso": a mention with another name of what
// stands right before the cue.
func (n *negator) describes(cue, m int) bool {
	return m > 0 && n.ms[m-1].state == wanted && cue >= n.ms[m-1].end && cue-n.ms[m-1].end <= 1 && n.ts[cue].sep <= sepSoft &&
		len(n.ms[m-1].picks)+len(n.ms[m].picks) == 0 && slices.Equal(n.ms[m-1].targets, n.ms[m].targets)
}

// pointsBack tells pronouns for something named before: "no los he tocado",
// "quítalo".
func pointsBack(t token) bool {
	switch t.text {
	case "lo", "la", "los", "las":
		return true
	}
	s := strings.TrimSuffix(t.text, "s")
	return t.is(classVerb) && (strings.HasSuffix(s, "lo") || strings.HasSuffix(s, "la"))
}

func (n *negator) endsClause(pos int) bool { return pos == len(n.ts) || n.ts[pos].sep > sepSoft }

// bare reads a "no" without a verb: "el manillar no", "no el manillar".
func (n *negator) bare(i int) {
	ts := n.ts
	if n.endsClause(i+1) || ts[i+1].is(classAnd) || ts[i+1].text == "pero" || ts[i+1].text == "gracias" || ts[i+1].text == "porque" {
		m := n.ending(i)
		if m >= 0 && ts[i].sep <= sepComma && !n.legalBefore(n.ms[m].from) {
			n.takeOut(n.subject(m, false))
		}
		return
	}
	opens := i == 0 || ts[i].sep > sepSoft || ts[i-1].is(classAnd) || ts[i-1].text == "pero" || ts[i-1].text == "que"
	j := i + 1
	for j < len(ts) && ts[j].sep <= sepSoft && n.starting(j) < 0 && ts[j].is(classDeterminer|classPronoun) {
		j++
	}
	if opens && j < len(ts) && ts[j].sep <= sepSoft && n.starting(j) >= 0 {
		n.takeOut(n.chain(n.starting(j), cueNext))
	}
}

// legalBefore tells whether the sentence says before a token that something is
// legal, so that "el manillar no" means that this one is not.
func (n *negator) legalBefore(pos int) bool {
	for i := pos - 1; i >= 0 && pos-i <= 25; i-- {
		if legalWord(n.ts[i].stem) || standardWord(n.ts[i].text) {
			return true
		}
		if n.ts[i].sep == sepStop {
			return false
		}
	}
	return false
}

// following returns the mentions a cue ending at pos reaches.
func (n *negator) following(pos, kind int) []int {
	for i := pos; i < len(n.ts) && i-pos <= 7; i++ {
		t := &n.ts[i]
		if t.sep > sepSoft && (t.sep != sepOpen || i > pos) {
			return nil
		}
		if m := n.starting(i); m >= 0 {
			if kind == cueHave && n.ms[m].end < len(n.ts) && legalWord(n.ts[n.ms[m].end].stem) {
				return nil // "no tengo el escape homologado"
			}
			return n.chain(m, kind)
		}
		about := t.is(classMatter) && i+1 < len(n.ts) && n.ts[i+1].is(classPreposition)
		if kind == cueHave && !t.is(classDeterminer) || only(t) || !about && !t.is(classFunction|classNeutral|classSide|classChange) && t.value == 0 {
			return nil
		}
	}
	return nil
}

// only tells the words after "no" that turn it around: "no quiero más que el
// escape".
func only(t *token) bool {
	return t.text == "solo" || t.text == "solamente" || t.text == "unicamente" || t.text == "mas"
}

// chain returns a mention and those joined to it as far as the kind reaches.
func (n *negator) chain(m, kind int) []int {
	var out []int
	for m >= 0 && !n.affirmed(m) {
		out = append(out, m)
		m = n.joined(n.ms[m].end, kind)
	}
	return out
}

// affirmed tells "…, el manillar sí".
func (n *negator) affirmed(m int) bool {
	end := n.ms[m].end
	return end < len(n.ts) && n.ts[end].text == "si" && n.ts[end].sep <= sepComma &&
		(end+1 == len(n.ts) || n.ts[end+1].sep > sepSoft || n.ts[end+1].is(classAnd))
}

// joined returns the mention that a conjunction joins to one ending at pos.
func (n *negator) joined(pos, kind int) int {
	linked := false
	for i := pos; i < len(n.ts) && i-pos <= 4; i++ {
		t := &n.ts[i]
		switch {
		case t.sep == sepComma && i == pos:
			if kind != cueList && !(kind != cueHave && n.neitherAfter(i)) {
				return -1
			}
			linked = true
		case t.sep > sepSoft:
			return -1
		}
		if m := n.starting(i); m >= 0 {
			if !linked {
				return -1
			}
			return m
		}
		switch {
		case t.text == "ni" || t.is(classOr) && kind != cueHave || t.is(classAnd) && kind != cueNext && kind != cueHave:
			linked = true
		case t.is(classDeterminer|classPreposition|classNeutral) || t.value > 0 || t.text == "tampoco":
		default:
			return -1
		}
	}
	return -1
}

// neitherAfter tells whether a list of names ends in "ni", so that all of it is
// denied: "no quiero maletas, espejos ni manillar".
func (n *negator) neitherAfter(pos int) bool {
	for i := pos; i < len(n.ts) && i-pos <= 12; i++ {
		if n.ts[i].text == "ni" {
			return true
		}
		if m := n.covering(i); m >= 0 {
			i = n.ms[m].end - 1
			continue
		}
		if n.ts[i].sep == sepStop || !n.ts[i].is(classDeterminer|classNeutral) {
			return false
		}
	}
	return false
}
