package elements

import (
	"slices"
	"strings"
)

// A name is not always what a phrase is about: "puños de manillar" is about
// grips, "el guardabarros de la rueda trasera" about one mudguard, "los muelles
// de la horquilla" about springs. Spanish puts the head first, so a name after
// "de" gives way to the noun before it — unless that noun is one of those that
// are about whatever follows ("cambio de", "precio de", "foto de").

// settleHeads ignores the names that only complete another noun, and returns
// the nouns that nobody knows.
func (v *vocabulary) settleHeads(ts []token, ms []mention) (strange []int) {
	for i := range ms {
		m := &ms[i]
		if m.state != wanted {
			continue
		}
		at, preposition := headOf(ts, m.from)
		if at < 0 {
			continue
		}
		if i > 0 && ms[i-1].end > at {
			if preposition != "" && preposition != "por" && v.completes(&ms[i-1], m) {
				m.state = ignored
			}
			continue
		}
		t := &ts[at]
		switch {
		case t.is(classCopula): // "la matrícula va en el guardabarros"
			if preposition != "" && i > 0 && ms[i-1].end == at && ms[i-1].state == wanted {
				m.state = ignored
			}
		case t.is(classMatter | classVehicle | classBrand | classVerb):
		case t.is(classPart):
			if preposition == "" && t.sep > sepSoft {
				continue
			}
			m.state = ignored
			strange = append(strange, at)
		case t.class == 0 && !t.listed && strings.HasPrefix(preposition, "de") && len(t.text) >= 4 && !looksVerbal(t.text):
			m.state = ignored
			strange = append(strange, at)
		}
	}
	return strange
}

// headOf returns the noun before a name and the preposition between them, if
// there is nothing else but articles: "tapón del depósito"; -1 for none. A part
// may come without: "puños manillar".
func headOf(ts []token, from int) (at int, preposition string) {
	if ts[from].sep > sepSoft {
		return -1, ""
	}
	for i := from - 1; i >= 0; i-- {
		t := &ts[i]
		switch {
		case t.is(classPreposition) && t.text != "con" && t.text != "sin" && (t.text != "a" || i == from-1) && preposition == "":
			preposition = t.text
		case t.is(classDeterminer) && preposition == "" || t.is(classNeutral|classSide) && preposition != "" && !t.listed && !t.is(classPart):
		case preposition == "" && i < from-1:
			return -1, ""
		default:
			return i, preposition
		}
		if t.sep > sepSoft {
			return -1, ""
		}
	}
	return -1, ""
}

// completes tells whether the second of two names joined by a preposition only
// describes the first. A variant of the first does not: "frenos de disco".
func (v *vocabulary) completes(first, second *mention) bool {
	if first.state == ignored || first.alias && slices.Equal(first.targets, second.targets) {
		return false
	}
	return !v.isVariantOf(second, first)
}

// isVariantOf tells whether a mention names a variant of the generic another
// one names.
func (v *vocabulary) isVariantOf(variant, generic *mention) bool {
	if len(variant.targets) != 1 || v.elements[variant.targets[0]].generic || len(generic.picks) > 0 {
		return false
	}
	t := variant.targets[0]
	if slices.Contains(generic.targets, t) {
		return false
	}
	return slices.Contains(v.choices(generic.targets), t)
}

// looksVerbal tells forms of verbs nobody listed.
func looksVerbal(w string) bool {
	for _, ending := range []string{"ando", "iendo", "aron", "ieron", "aba", "aban", "mente", "ado", "ada", "ados", "adas", "ido", "idos"} {
		if len(w) > len(ending)+2 && strings.HasSuffix(w, ending) {
			return true
		}
	}
	return false
}

// ignorePlates ignores names followed by a number plate, which only tell which
// vehicle it is: "matrícula 1234 BCD", "la matrícula de la moto: 1234BCD".
func ignorePlates(ts []token, ms []mention) {
	for i := range ms {
		m := &ms[i]
		for at := m.to; at < len(ts) && at < m.to+6; at++ {
			if isPlate(ts, at) {
				m.state = ignored
				break
			}
			if ts[at].listed || !ts[at].is(classFunction|classCopula|classVehicle|classBrand) {
				break
			}
		}
	}
}

// isPlate reads a Spanish number plate, in one token or two or three.
func isPlate(ts []token, at int) bool {
	if ts[at].is(classFunction) {
		return false // "de 3500 a" has the shape of an old one
	}
	plate := ""
	for i := at; i < len(ts) && i < at+3 && len(plate) < 8; i++ {
		plate += ts[i].text
		if plateShape(plate) {
			return true
		}
	}
	return false
}

// plateShape tells 1234bcd, which has no vowels, and the older m1234ab.
func plateShape(s string) bool {
	shape := make([]byte, len(s))
	for i := range len(s) {
		switch {
		case '0' <= s[i] && s[i] <= '9':
			shape[i] = '0'
		case 'a' <= s[i] && s[i] <= 'z':
			if i >= 4 && len(s) == 7 && s[0] <= '9' && isVowel(s[i]) {
				return false
			}
			shape[i] = 'a'
		default:
			return false
		}
	}
	switch string(shape) {
	case "0000aaa", "a0000aa", "aa0000aa", "aa0000a", "a0000a":
		return true
	}
	return false
}

// settleGenerics ignores a generic beside its own variant, which needs no
// question: "los frenos: discos y pinzas", "la suspensión trasera, el
// amortiguador".
func (v *vocabulary) settleGenerics(ts []token, ms []mention) {
	for i := range ms {
		g := &ms[i]
		if g.state != wanted || len(g.picks) > 0 || len(v.choices(g.targets)) < 2 {
			continue
		}
		switch {
		case i+1 < len(ms) && v.isVariantOf(&ms[i+1], g) && between(ts, g.end, ms[i+1].from, sepOpen):
			g.state = ignored
			ms[i+1].quantity = max(ms[i+1].quantity, g.quantity) // "3 placas con el regulador en el portón"
		case i > 0 && v.isVariantOf(&ms[i-1], g) && between(ts, ms[i-1].end, g.from, sepSoft):
			g.state = ignored
		case v.specified(ts, ms, i):
			g.state = ignored
		}
	}
}

// specified tells whether another mention says which variant a generic one is:
// the same noun of one thing ("el amortiguador… es el amortiguador trasero"),
// or another name of it later in the sentence ("la suspensión: delante muelles
// y detrás amortiguador").
func (v *vocabulary) specified(ts []token, ms []mention, i int) bool {
	g := &ms[i]
	const near = 20 // mentions
	for j := max(i-near, 0); j < min(i+near, len(ms)); j++ {
		o := &ms[j]
		switch {
		case j == i || o.state != wanted:
		case ts[o.from].word == ts[g.from].word:
			if !plural(ts[g.from].text) && (v.isVariantOf(o, g) || len(o.picks) > 0) {
				return true
			}
		case j > i && len(o.picks) > 0 && slices.Equal(o.targets, g.targets) && sameSentence(ts, g.end, o.from):
			return true
		}
	}
	return false
}

func sameSentence(ts []token, from, to int) bool {
	return !slices.ContainsFunc(ts[from:to+1], func(t token) bool { return t.sep == sepStop })
}

func plural(w string) bool { return strings.HasSuffix(w, "s") }

// between tells whether tokens [from, to) and their separators only link two
// names: no "y", which makes two things of them.
func between(ts []token, from, to int, limit separator) bool {
	unknown := 0 // a maker's name
	for i := from; i <= to; i++ {
		if ts[i].sep > limit {
			return false
		}
		if i == to || ts[i].value > 0 || ts[i].is(classFunction|classCopula|classNeutral|classBrand|classMatter) {
			continue
		}
		if unknown++; ts[i].class != 0 || ts[i].listed || unknown > 1 {
			return false
		}
	}
	return true
}
