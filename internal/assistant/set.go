package assistant

import (
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
)

// findings is what a turn changed in the set.
type findings struct {
	added, removed []string // codes
	// answered is set when a pending question was answered; dontKnow when the
	// answer was that the customer does not know.
	answered bool
	dontKnow bool
	dropped  []string // names of generic elements that were left out
	inactive []elements.Inactive
	unknown  []string // fragments fit for a reply
	services []string // codes of services put in or taken out
	// askedServices are services that were only asked about.
	askedServices []*catalogue.Service
	named         bool // elements were named at all
}

// changed tells whether the price may have.
func (f *findings) changed() bool {
	return len(f.added)+len(f.removed)+len(f.services) > 0 || f.answered || len(f.dropped) > 0
}

// absorb learns everything a turn says: vehicle, client, elements, variants.
func (t *turn) absorb() {
	if t.about.restart || t.vehicle.another {
		t.fresh = true
		t.s.forgetSet()
		if t.vehicle.another && t.vehicle.kind == "" {
			t.s.Vehicle, t.s.VehicleSure = "", false
		}
	}
	t.learnVehicle()
	if client := readClient(t.r, t.s.Asked == askedClient); client != "" {
		t.s.Client = client
	}
	hinted := t.s.Hint != "" && (t.about.price || t.about.quote || t.s.Asked == askedHint && t.r.decide() == Yes)
	if hinted {
		t.s.Text, t.s.Hint = joinText(t.s.Text, t.s.Hint), ""
	}
	t.category, t.gap = t.sheet()
	if t.gap == gapVehicle && !t.isHintOnly() {
		t.inferVehicle()
	}
	t.findRule()
	if t.category == nil {
		t.keepText()
		return
	}
	t.enter(t.category)
	if t.isHintOnly() && len(t.s.Pending) == 0 {
		t.keepHint()
		return
	}
	heard := t.r
	if t.s.Text != "" {
		heard = read(joinText(t.s.Text, t.text))
		t.merge(t.match(t.s.Text), t.s.Text, false)
		t.s.Text = ""
	}
	rest := t.text
	if len(t.in.State.Pending) > 0 && len(t.s.Pending) > 0 && !t.about.human && !t.about.angry {
		rest = t.answerVariant(rest)
	}
	if rest != "" {
		t.merge(t.match(rest), rest, true)
	}
	t.absorbServices(heard)
	if t.found.changed() || len(t.s.Pending) > 0 {
		t.s.Quote, t.s.Accepted = nil, false
	}
}

// isHintOnly tells whether elements are named only to ask about the rules.
func (t *turn) isHintOnly() bool {
	return t.about.regulation && !t.about.quote && !t.about.price
}

func (t *turn) match(text string) elements.Result {
	return t.a.deps.Matcher(t.in.Snapshot, t.category).Match(text)
}

// keepText remembers words about elements while no sheet can be asked: those
// that some sheet knows, and those that stand like elements and none knows.
func (t *turn) keepText() {
	if t.gap == gapSheet || t.noteInactive() {
		return
	}
	named, strange := t.naming(t.text)
	if t.ruling.rule != nil {
		_, strange = t.naming(t.ruling.rest)
	}
	t.found.named = len(named) > 0
	switch {
	case !t.found.named && !strange:
	case t.isHintOnly():
		t.s.Hint = cut(t.text, maxText)
	default:
		t.s.Text = cut(joinText(t.s.Text, t.text), maxText)
	}
}

// noteInactive tells whether all that is named needs no approval, whoever asks:
// then nothing has to be known to say so.
func (t *turn) noteInactive() bool {
	var inactive []elements.Inactive
	for _, c := range t.in.Snapshot.Categories {
		if !t.mayBe(c) {
			continue
		}
		res := t.a.deps.Matcher(t.in.Snapshot, c).Match(t.text)
		if len(res.Matches)+len(res.Questions) > 0 {
			return false
		}
		inactive = append(inactive, res.Inactive...)
	}
	t.found.inactive = inactive
	t.found.named = len(inactive) > 0
	return t.found.named
}

// keepHint remembers elements that were only asked about.
func (t *turn) keepHint() {
	if res := t.match(t.text); len(res.Matches)+len(res.Questions) > 0 {
		t.s.Hint = cut(t.text, maxText)
		t.found.named = true
	}
}

// enter makes a category the one in which the set has its codes.
func (t *turn) enter(c *catalogue.Category) {
	if t.s.Slug == c.Slug {
		return
	}
	if t.s.Slug != "" {
		text := t.s.respeak()
		t.s.forgetSet()
		t.s.Text = cut(text, maxText)
	}
	t.s.Slug = c.Slug
}

// merge brings what was found in a text into the set. With spoken set the text
// is of this turn, and may take things out or replace the set.
func (t *turn) merge(res elements.Result, text string, spoken bool) {
	f := &t.found
	runes := []rune(text)
	matches := slices.Clone(res.Matches)
	slices.SortStableFunc(matches, func(a, b elements.Match) int { return start(a) - start(b) })
	if spoken && t.about.only && len(matches) > 0 && len(t.s.Items) > 0 && !t.about.removal {
		t.keepOnly(func(code string) bool {
			return slices.ContainsFunc(matches, func(m elements.Match) bool { return m.Code == code })
		})
	}
	if spoken && t.about.allBut && len(t.s.Items) > 0 && len(res.Excluded) > 0 {
		t.keepOnly(func(code string) bool {
			return slices.ContainsFunc(res.Excluded, func(x elements.Excluded) bool { return x.Code == code || t.isVariant(code, x.Code) })
		})
		return
	}
	taking, last := false, 0
	for _, m := range matches {
		f.named = true
		from, to := span(m.Spans, len(runes))
		if spoken {
			before := string(runes[min(last, from):from])
			taking = takes(before, taking)
			last = to
			if (taking || deniedAfter(string(runes[to:])) || swapped(before, string(runes[to:]))) && t.take(m.Code) {
				continue
			}
		}
		t.put(Item{Code: m.Code, Quantity: bounded(m.Quantity), Said: said(runes[from:to], m.Name)})
	}
	for _, x := range res.Excluded {
		t.take(x.Code)
	}
	for _, q := range res.Questions {
		f.named = true
		from, to := span(q.Spans, len(runes))
		t.putGeneric(newPending(q, string(runes[from:to])), spoken)
	}
	for _, x := range res.Inactive {
		f.named = true
		if !slices.ContainsFunc(f.inactive, func(o elements.Inactive) bool { return o.Code == x.Code }) {
			f.inactive = append(f.inactive, x)
		}
	}
	if spoken {
		res.Unrecognised = t.unruled(res.Unrecognised)
	}
	t.noteUnknown(res.Unrecognised)
}

// keepOnly removes everything else, questions too.
func (t *turn) keepOnly(keep func(code string) bool) {
	t.s.Items = slices.DeleteFunc(t.s.Items, func(it Item) bool {
		if !keep(it.Code) {
			t.found.removed = append(t.found.removed, it.Code)
		}
		return !keep(it.Code)
	})
	t.s.Pending = nil
}

// put adds an element, or raises its quantity.
func (t *turn) put(it Item) {
	if i := t.s.index(it.Code); i >= 0 {
		if it.Quantity > 1 && t.s.Items[i].Quantity != it.Quantity {
			t.s.Items[i].Quantity = it.Quantity
			t.found.added = append(t.found.added, it.Code)
		}
		return
	}
	if len(t.s.Items) < maxItems {
		t.s.Items = append(t.s.Items, it)
		t.found.added = append(t.found.added, it.Code)
	}
}

// take removes an element, or all variants of a generic one, and tells whether
// there was any.
func (t *turn) take(code string) bool {
	before := len(t.s.Items) + len(t.s.Pending)
	t.s.Items = slices.DeleteFunc(t.s.Items, func(it Item) bool {
		gone := it.Code == code || t.isVariant(it.Code, code)
		if gone {
			t.found.removed = append(t.found.removed, it.Code)
		}
		return gone
	})
	t.s.Pending = slices.DeleteFunc(t.s.Pending, func(p Pending) bool {
		gone := p.Code == code || slices.Contains(strings.Split(p.Code, "|"), code)
		if gone {
			t.found.dropped = append(t.found.dropped, t.pendingName(p))
		}
		return gone
	})
	return len(t.s.Items)+len(t.s.Pending) < before
}

// isVariant tells whether an element is a variant of another, at any depth.
func (t *turn) isVariant(code, ancestor string) bool {
	e := t.category.Element(code)
	for steps := 0; e != nil && e.ParentCode != "" && steps < 8; steps++ {
		if e.ParentCode == ancestor {
			return true
		}
		e = t.category.Element(e.ParentCode)
	}
	return false
}

// takes follows whether words between two elements take out or put in:
// "¿puedes quitar el manillar y los espejos y poner el escape?".
func takes(between string, taking bool) bool {
	r := read(between)
	for i := range r.words {
		switch {
		case longest(r.words, i, takePhrases) > 0:
			taking = true
		case longest(r.words, i, putPhrases) > 0:
			taking = false
		}
	}
	return taking
}

// deniedAfter: "el manillar al final no".
func deniedAfter(after string) bool {
	r := read(after)
	n := longest(r.words, 0, deniedPhrases)
	return n > 0 && !r.starts[0] && (n == len(r.words) || r.starts[n] || r.words[n] == "y")
}

// swapped: "cambia el manillar por los espejos", said of what is in the set.
func swapped(before, after string) bool {
	r := read(after)
	return read(before).has("cambia", "cambiad", "cambiame", "sustituye", "sustituid") && len(r.words) > 1 && r.words[0] == "por"
}
