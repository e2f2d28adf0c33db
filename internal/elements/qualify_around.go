package elements

import "slices"

// alternatives tells whether "o" stands before a pick: the customer has not
// chosen.
func (q *qualifier) alternatives(pos int) bool {
	for i := pos - 1; i >= q.m.to && i >= pos-3; i-- {
		if q.ts[i].is(classOr) && q.ts[i].text == "o" {
			return true
		}
		if !q.ts[i].is(classDeterminer | classPreposition) {
			return false
		}
	}
	return false
}

// negated tells whether the words right before a pick turn it around: "no la
// delantera", "menos los traseros", "sin las de atrás".
func (q *qualifier) negated(pos int) bool {
	for i := pos - 1; i >= q.m.to; i-- {
		switch t := &q.ts[i]; {
		case t.text == "no" || t.text == "menos" || t.text == "excepto" || t.text == "salvo" || t.text == "sin" || t.text == "ni":
			return true
		case !t.is(classDeterminer | classPreposition):
			return false
		}
	}
	return false
}

// negatedAfter tells "los de delante no".
func (q *qualifier) negatedAfter(pos int) bool {
	if pos >= len(q.ts) || q.ts[pos].text != "no" || q.ts[pos].sep > sepSoft {
		return false
	}
	return pos+1 == len(q.ts) || q.ts[pos+1].sep > sepSoft || q.ts[pos+1].is(classAnd)
}

// left looks for picks right before the name: "delantera y trasera suspensión".
func (q *qualifier) left(from int) {
	start := q.m.from
	for i := q.m.from - 1; i >= from && q.m.from-i <= 4; i-- {
		if q.ts[i+1].sep > sepSoft {
			break
		}
		t := &q.ts[i]
		if hit, ok := q.pickAt(i); ok && hit.to <= q.m.from {
			if !q.negated(i) {
				q.add(phraseHit{from: i, to: i + 1, ids: hit.ids}, false)
			}
			start = i
			continue
		}
		if !t.is(classDeterminer) && !(t.is(classAnd) && start < q.m.from) {
			break
		}
	}
	if len(q.m.picks) > 0 {
		slices.Reverse(q.m.picks)
		q.m.end = q.m.to
	}
}
