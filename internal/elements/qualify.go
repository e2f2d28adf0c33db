package elements

import "slices"

// qualify finds, beside each name of a generic, the words that pick a variant:
// "suspensión delantera y trasera", "toldo que no afecta al gálibo", "trasero
// amortiguador". Such words say nothing anywhere else, so a side never names
// an element. It returns the mentions without those the picks swallowed.
func (v *vocabulary) qualify(ts []token, ms []mention) []mention {
	for i := 0; i < len(ms); i++ {
		m := &ms[i]
		if m.state == ignored {
			continue
		}
		family, generic := v.familyOf(m)
		if family >= 0 && len(m.picks) == 0 {
			q := qualifier{v: v, ts: ts, ms: ms, family: family, book: v.variants[family], m: m, at: i}
			q.right(generic)
			if generic && len(m.picks) == 0 {
				from := 0
				if i > 0 {
					from = ms[i-1].end
				}
				q.left(from)
			}
		}
		for m.end < len(ts) && ts[m.end].sep <= sepSoft && ts[m.end].is(classSide) && (i+1 == len(ms) || m.end < ms[i+1].from) {
			m.end++ // the side of a part that has no variants
		}
		ms = slices.DeleteFunc(ms, func(o mention) bool { return o.from > m.from && o.from < m.end })
	}
	return ms
}

// familyOf returns the generic whose variants may follow, and whether the
// mention names the generic itself. Beside a variant only its siblings can
// follow: "faro delantero y trasero".
func (v *vocabulary) familyOf(m *mention) (family int, generic bool) {
	if len(m.targets) != 1 {
		return -1, false
	}
	t := m.targets[0]
	if v.elements[t].generic {
		return t, true
	}
	return v.elements[t].family, false
}

// qualifier looks around one mention.
type qualifier struct {
	v      *vocabulary
	ts     []token
	ms     []mention
	m      *mention
	at     int // index of m
	family int // the generic whose variants are looked for
	book   *phraseBook
}

// maxAside is how many words may stand between a name and what picks its
// variant: "amortiguador nuevo de la marca ohlins trasero".
const maxAside = 5

// right looks for picks after the name, and after each for more of the same.
func (q *qualifier) right(generic bool) {
	next := q.conjunction
	if generic {
		next = q.approach
	}
	pos, ok := next(q.m.to)
	for ok {
		from, negated := pos, q.negated(pos)
		hit, found := q.pickAt(pos)
		if !found {
			return
		}
		if hit.ids[0] == everyVariant && len(q.v.elements[q.family].options) > 2 {
			return
		}
		if q.alternatives(from) {
			q.m.targets, q.m.picks, q.m.end = []int{q.family}, nil, hit.to
			return
		}
		if q.negatedAfter(hit.to) {
			negated = true
			hit.to++
		}
		q.add(hit, negated)
		pos, ok = q.conjunction(hit.to)
	}
}

// add notes a pick, and swallows the words it stands on.
func (q *qualifier) add(hit phraseHit, negated bool) {
	for _, id := range hit.ids {
		options := []int{id}
		if id == everyVariant {
			options = q.v.elements[q.family].options
		}
		for _, o := range options {
			switch {
			case negated:
				q.m.outside = append(q.m.outside, o)
			case !slices.ContainsFunc(q.m.picks, func(p pick) bool { return p.element == o }):
				quantity := 0
				if at := hit.from - 1; at >= q.m.to && q.ts[at].value > 1 {
					quantity = q.ts[at].value
				}
				q.m.picks = append(q.m.picks, pick{element: o, from: hit.from, to: hit.to, quantity: quantity})
			}
		}
	}
	q.m.end = max(q.m.end, hit.to)
}

// pickAt finds a pick at a token. The token must not belong to another name,
// but the pick may swallow names that come later: "afecta a la luz de gálibo".
// A word like "no" or "dos" alone picks only in an answer.
func (q *qualifier) pickAt(pos int) (phraseHit, bool) {
	if pos >= len(q.ts) || q.named(pos) && !q.complement(pos) {
		return phraseHit{}, false
	}
	hit, ok := q.book.longest(q.ts, pos, len(q.ts))
	for ok {
		cut := q.splits(hit)
		if cut < 0 {
			break
		}
		hit, ok = q.book.longest(q.ts, pos, cut)
	}
	if !ok || len(hit.ids) != 1 || hit.to-hit.from == 1 && bareAnswer(&q.ts[hit.from]) || q.doubtful(hit) {
		return phraseHit{}, false
	}
	return hit, true
}

// doubtful tells whether the end of a pick begins another: "sin regulador
// visible".
func (q *qualifier) doubtful(hit phraseHit) bool {
	for i := hit.from + 1; i < hit.to; i++ {
		other, ok := q.book.longest(q.ts, i, len(q.ts))
		if ok && other.to > hit.to && other.ids[0] != hit.ids[0] {
			return true
		}
	}
	return false
}

// bareAnswer tells the words that answer a question but pick nothing in running
// text.
func bareAnswer(t *token) bool {
	return t.value > 0 || t.text == "no" || t.text == "si" || t.text == "sin" || t.text == "con" ||
		t.is(classFunction) && !t.is(classSide|classNeutral)
}

// complement tells whether a name is none but a pick with "y de" before it:
// "luz de freno y de matrícula".
func (q *qualifier) complement(pos int) bool {
	of, and := pos-1, pos-2
	if of > q.m.to && q.ts[of].is(classDeterminer) && !q.ts[of].is(classPreposition) {
		of, and = of-1, and-1
	}
	if and < q.m.to || q.ts[of].text != "de" && q.ts[of].text != "del" || !q.ts[and].is(classAnd) || q.ts[of].sep > sepSoft || q.ts[pos].sep > sepSoft {
		return false
	}
	hit, ok := q.book.longest(q.ts, pos, len(q.ts))
	return ok && hit.ids[0] != everyVariant && q.splits(hit) < 0
}

// named tells whether another name starts at a token or covers it.
func (q *qualifier) named(pos int) bool {
	for i := q.at + 1; i < len(q.ms) && q.ms[i].from <= pos; i++ {
		if pos < q.ms[i].to {
			return true
		}
	}
	return false
}

// splits returns the start of a name that a hit covers only in part, or -1.
func (q *qualifier) splits(hit phraseHit) int {
	for i := q.at + 1; i < len(q.ms) && q.ms[i].from < hit.to; i++ {
		if q.ms[i].to > hit.to {
			return q.ms[i].from
		}
	}
	return -1
}

// approach goes from the name to the first pick, over words that may stand
// between: makers, materials, "que es el", one unknown word.
func (q *qualifier) approach(pos int) (int, bool) {
	unknown := 0
	for i := pos; i < len(q.ts) && i-pos <= maxAside; i++ {
		t := &q.ts[i]
		if t.sep > sepSoft && !q.aside(i) {
			return 0, false
		}
		if q.named(i) {
			if i = q.place(i); i < 0 {
				return 0, false
			}
			_, ok := q.pickAt(i)
			return i, ok
		}
		if _, ok := q.pickAt(i); ok {
			return i, true
		}
		switch {
		case t.is(classFunction | classCopula | classNeutral | classBrand | classSide | classMatter):
		case t.text == "menos" || t.text == "excepto" || t.text == "salvo" || t.text == "no" || t.text == "pero":
		case t.is(classChange) && looksVerbal(t.text):
		case t.class == 0 && unknown == 0 && !t.listed:
			unknown++
		case t.value > 0:
		default:
			return 0, false
		}
	}
	return 0, false
}

// place returns the token after a name that only says where the part is: "el
// amortiguador de la rueda trasera"; -1 when it does not.
func (q *qualifier) place(pos int) int {
	if pos == q.m.to || !q.ts[pos-1].is(classPreposition) && !(q.ts[pos-1].is(classDeterminer) && pos-1 > q.m.to && q.ts[pos-2].is(classPreposition)) {
		return -1
	}
	for i := q.at + 1; i < len(q.ms); i++ {
		if q.ms[i].from == pos && q.ms[i].to < len(q.ts) && q.ts[q.ms[i].to].sep <= sepSoft {
			return q.ms[i].to
		}
	}
	return -1
}

// aside tells whether after a comma, colon or full stop nothing but a pick
// follows: "el amortiguador, el trasero".
func (q *qualifier) aside(pos int) bool {
	i := pos
	for i < len(q.ts) && (i == pos || q.ts[i].sep <= sepSoft) && i-pos < 4 &&
		(q.ts[i].is(classFunction|classCopula|classMatter) || q.ts[i].text == "menos" || q.ts[i].text == "no" || q.ts[i].text == "pero") {
		if _, ok := q.pickAt(i); ok {
			break
		}
		i++
	}
	if i >= len(q.ts) || i > pos && q.ts[i].sep > sepSoft {
		return false
	}
	hit, ok := q.pickAt(i)
	if !ok {
		return false
	}
	if hit.words > 1 || hit.to == len(q.ts) || q.ts[pos].sep == sepOpen {
		return true
	}
	next := &q.ts[hit.to]
	return next.sep > sepSoft || next.is(classAnd|classOr)
}

// conjunction goes from one pick to the next: "y el trasero", ", la de atrás",
// or nothing at all, as people dictate.
func (q *qualifier) conjunction(pos int) (int, bool) {
	i := pos
	joined := false
	for ; i < len(q.ts) && i-pos <= maxAside; i++ {
		t := &q.ts[i]
		if t.sep == sepStop {
			return 0, false
		}
		if t.sep > sepSoft {
			joined = true
		}
		if q.named(i) {
			return i, joined && q.complement(i)
		}
		if hit, ok := q.pickAt(i); ok {
			if t.sep > sepSoft && hit.to < len(q.ts) && q.ts[hit.to].sep <= sepSoft && q.named(hit.to) {
				return 0, false // it belongs to the name that follows
			}
			return i, joined || i == pos && len(q.m.picks) > 0
		}
		switch {
		case t.is(classAnd|classOr) || t.text == "ni" || t.text == "mas" || t.text == "pero":
			joined = true
		case t.text == "no" || t.text == "menos" || t.text == "si":
		case t.is(classDeterminer|classPreposition|classNeutral|classBrand|classGlue|classMatter) || t.value > 0:
		default:
			return 0, false
		}
	}
	return 0, false
}
