package elements

import "strings"

// maxUnrecognised bounds the list of unknown words.
const maxUnrecognised = 10

// unrecognised returns the nouns that the customer wants done and nobody knows,
// as typed. A noun counts only where it stands like an element: after a verb of
// change, or in one list with elements. Greetings, brands and vehicles do not.
func (v *vocabulary) unrecognised(text string, ts []token, ms []mention, heads []int) []string {
	runes := []rune(text)
	out := []string{}
	seen := map[string]bool{}
	add := func(from, to int) {
		if len(out) < maxUnrecognised && !seen[ts[from].word] {
			seen[ts[from].word] = true
			out = append(out, string(runes[ts[from].start:ts[to-1].end]))
		}
	}
	covered := make([]int, len(ts)) // 1 + index of the mention
	for i := range ms {
		for p := ms[i].from; p < ms[i].end; p++ {
			covered[p] = i + 1
		}
	}
	strange := make([]bool, len(ts))
	for _, at := range heads {
		strange[at] = true
	}
	only := onlyParts(ts)
	for i := range ts {
		if covered[i] == 0 && !strange[i] && standsAlone(&ts[i]) {
			strange[i] = only || wantedBefore(ts, i, covered, ms, strange) || listedAfter(ts, i, covered, ms)
		}
	}
	for i := range ts {
		if !strange[i] {
			continue
		}
		to := i + 1
		for p := to; p < len(ts) && p-i <= 4 && ts[p].sep <= sepSoft; p++ {
			if covered[p] > 0 && ms[covered[p]-1].state == ignored {
				to = ms[covered[p]-1].to
				break
			}
			if !ts[p].is(classDeterminer | classPreposition) {
				break
			}
		}
		add(i, to)
	}
	return out
}

// onlyParts tells whether a text is nothing but a list of parts.
func onlyParts(ts []token) bool {
	for i := range ts {
		if t := &ts[i]; !t.is(classPart | classFunction | classAnd | classNeutral) {
			return false
		}
	}
	return true
}

// standsAlone tells whether a token may be a noun for a part.
func standsAlone(t *token) bool {
	if t.listed && !t.is(classPart) || t.value > 0 || len(t.text) < 4 || looksVerbal(t.text) {
		return false
	}
	return t.class == 0 || t.is(classPart) && !t.is(classVerb|classNeutral|classMatter|classBrand)
}

// wantedBefore looks back over articles for a verb of change, "cambio de", or
// another item of a list.
func wantedBefore(ts []token, i int, covered []int, ms []mention, strange []bool) bool {
	listed := false
	for j := i; j > 0 && i-j <= 4; j-- {
		if ts[j].sep == sepStop {
			return false
		}
		if ts[j].sep > sepSoft {
			listed = true
		}
		t := &ts[j-1]
		switch {
		case covered[j-1] > 0:
			return listed && ms[covered[j-1]-1].state != ignored
		case strange[j-1]:
			return listed
		case t.is(classAnd):
			listed = true
		case t.is(classChange):
			return !listed
		case t.is(classMatter) && !listed:
			return strings.HasPrefix(t.text, "homolog") || strings.HasPrefix(t.text, "legaliz") || strings.HasPrefix(t.text, "cambio")
		case t.is(classDeterminer|classPreposition|classNeutral) && t.text != "con" && t.text != "a" && t.text != "para" || t.value > 0:
		default:
			return false
		}
	}
	return false
}

// listedAfter tells whether an element follows in the same list: "winglets,
// escape y manillar".
func listedAfter(ts []token, i int, covered []int, ms []mention) bool {
	if i > 0 && ts[i].sep <= sepSoft && !ts[i-1].is(classDeterminer|classAnd|classChange) {
		return false
	}
	listed := false
	for j := i + 1; j < len(ts) && j-i <= 5; j++ {
		if ts[j].sep == sepStop || ts[j].sep == sepOpen {
			return false
		}
		listed = listed || ts[j].sep == sepComma || ts[j].is(classAnd)
		if covered[j] > 0 {
			return listed && ms[covered[j]-1].state != ignored
		}
		if !ts[j].is(classAnd | classDeterminer | classNeutral | classGlue) {
			return false
		}
	}
	return false
}
