package assistant

import (
	"regexp"
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
)

// segmentBreak separates what may be said about different elements.
var segmentBreak = regexp.MustCompile(`(?i)[,.;\n]+|\s+(?:y|e|pero|más|mas)\s+(?:tambi[eé]n\s+|adem[aá]s\s+)?|\s*(?:tambi[eé]n|adem[aá]s)\s+`)

// answerVariant reads a text as the answer to the question that is open, and
// returns what of it is about something else.
func (t *turn) answerVariant(text string) (rest string) {
	p := t.s.Pending[0]
	m := t.a.deps.Matcher(t.in.Snapshot, t.category)
	a := m.Answer(p.Code, text)
	codes, others := t.answerParts(m, p.Code, text, a.Codes)
	if !a.DontKnow {
		a.Codes = codes
	}
	switch {
	case len(a.Codes) > 0:
		t.s.Pending = slices.Delete(t.s.Pending, 0, 1)
		t.found.answered = true
		for _, code := range a.Codes {
			t.chooseVariant(code, p)
		}
		return others
	case a.None, isOnly(t.r, noneWords), t.r.has(dropPhrases...):
		t.s.Pending = slices.Delete(t.s.Pending, 0, 1)
		t.found.dropped = append(t.found.dropped, t.pendingName(p))
		return others
	case a.DontKnow:
		t.found.dontKnow = true
		return others
	}
	return text
}

// dropPhrases leave out what is being asked about, whatever it is.
var dropPhrases = []string{
	"no la incluyas", "no lo incluyas", "no las incluyas", "no los incluyas", "quitala", "quitalo", "quitalas", "quitalos", "dejala fuera", "dejalo fuera",
	"dejalas fuera", "dejalos fuera", "sin eso", "sin ella", "sin ellas", "sin ellos", "olvidala", "olvidalas", "olvidalos", "eso no", "eso dejalo",
}

// noneWords leave an element out when they are all of the answer.
var noneWords = []string{"no", "noo", "nop", "nope", "que no", "nada"}

// noMoreWords say that there is nothing else.
var noMoreWords = []string{"no", "nada", "nada mas", "nada de nada", "eso es todo", "solo eso", "ya esta", "de momento no", "no nada mas"}

// answerParts reads the parts of an answer one by one, and returns the variants
// chosen and the parts that name other elements. While no part does, what the
// whole text chooses (whole) stands.
func (t *turn) answerParts(m Matcher, code, text string, whole []string) (codes []string, others string) {
	parts := slices.DeleteFunc(segmentBreak.Split(text, -1), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(parts) < 2 {
		return whole, ""
	}
	for i, part := range parts {
		chosen := m.Answer(code, part).Codes
		switch other := t.namesOther(m.Match(part), code); {
		case len(chosen) > 0 && (i == 0 || !other || theOneOf.MatchString(part)):
			codes = append(codes, chosen...)
		case other:
			others = joinText(others, part)
		}
	}
	if others == "" && len(whole) > 0 {
		return whole, ""
	}
	return codes, others
}

// theOneOf begins what speaks of the same kind of thing as before: "el faro y
// la de matrícula".
var theOneOf = regexp.MustCompile(`(?i)^\s*(?:el|la|los|las|lo)\s+(?:de|del)\s`)

// namesOther tells whether something was found that is not a variant of the
// generic element being asked about.
func (t *turn) namesOther(res elements.Result, generic string) bool {
	isOption := func(code string) bool {
		return code == generic || slices.Contains(t.s.Pending[0].Options, code) || t.isVariant(code, generic)
	}
	return slices.ContainsFunc(res.Matches, func(found elements.Match) bool { return !isOption(found.Code) }) ||
		slices.ContainsFunc(res.Questions, func(q elements.Question) bool {
			return !slices.ContainsFunc(strings.Split(q.ElementCode, "|"), isOption)
		})
}

// chooseVariant puts a variant into the set; one that is generic itself is
// asked about next.
func (t *turn) chooseVariant(code string, of Pending) {
	e := t.category.Element(code)
	switch {
	case e == nil:
	case e.IsGeneric:
		t.s.Pending = slices.Insert(t.s.Pending, 0, t.genericPending(e, of))
	case !e.IsActive:
		t.found.inactive = append(t.found.inactive, elements.Inactive{Code: code, Name: e.Name, Reason: inactiveReason(e)})
	default:
		t.put(Item{Code: code, Quantity: of.Quantity, Said: of.Said})
	}
}

// newPending makes a question of the matcher one to be asked.
func newPending(q elements.Question, word string) Pending {
	p := Pending{Code: q.ElementCode, Quantity: bounded(q.Quantity), Said: echo(word), Question: cut(plain(q.Question), maxText)}
	for _, o := range q.Options {
		p.Options = append(p.Options, o.Code)
	}
	p.Options = p.Options[:min(len(p.Options), maxOptions)]
	return p
}

// genericPending makes a generic element one to be asked about.
func (t *turn) genericPending(e *catalogue.Element, of Pending) Pending {
	p := Pending{Code: e.Code, Quantity: bounded(of.Quantity), Said: of.Said, Question: cut(plain(e.Vocabulary.Question), maxText)}
	for _, child := range t.category.Children(e.Code) {
		if child.IsActive && len(p.Options) < maxOptions {
			p.Options = append(p.Options, child.Code)
		}
	}
	return p
}

// putGeneric notes a generic element to be asked about, unless a variant of it
// is in the set already.
func (t *turn) putGeneric(p Pending, spoken bool) {
	if spoken && t.about.removal && t.take(p.Code) {
		return
	}
	if t.s.pendingIndex(p.Code) >= 0 || len(t.s.Pending) >= maxPending {
		return
	}
	var chosen []int
	for i, it := range t.s.Items {
		if slices.Contains(p.Options, it.Code) || t.isVariant(it.Code, p.Code) {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) > 0 {
		// "¿y si son 3 placas?"
		if i := chosen[0]; len(chosen) == 1 && p.Quantity > 1 && p.Quantity != t.s.Items[i].Quantity {
			t.s.Items[i].Quantity = p.Quantity
			t.found.added = append(t.found.added, t.s.Items[i].Code)
		}
		return
	}
	t.s.Pending = append(t.s.Pending, p)
}

// askVariant asks the question of the first pending element.
func (t *turn) askVariant() {
	p := &t.s.Pending[0]
	if t.found.dontKnow {
		if p.Tries > 0 {
			t.handOver(SourceNotUnderstood, "No pasa nada: te paso con un compañero para que lo vea contigo.",
				"No sabe qué variante tiene de "+t.pendingName(*p)+".")
			return
		}
		p.Tries++
		t.say(helpText + "\n" + strings.Join(t.optionLines(*p, true), "\n"))
		t.ask(askedVariant, "¿Cuál es? Si no puedes saberlo, dímelo y te paso con un compañero.")
		return
	}
	if names := t.newNames(); len(names) > 0 {
		t.say("Anotado: " + listText(names) + ".")
	}
	t.ask(askedVariant, t.variantQuestion(*p))
}

// missVariant asks again, with the options, and hands over the second time.
func (t *turn) missVariant() {
	if t.onlyRule() {
		return
	}
	p := &t.s.Pending[0]
	p.Tries++
	t.missed = true
	if p.Tries >= maxMisses || t.s.Misses+1 >= maxMisses {
		t.handOver(SourceNotUnderstood, handOverMissText,
			"No se ha entendido qué variante tiene de "+t.pendingName(*p)+".")
		return
	}
	t.say(notUnderstoodText + " Dime cuál de estas:\n" + strings.Join(t.optionLines(*p, false), "\n"))
	t.ask(askedVariant, t.variantQuestion(*p))
}

// variantQuestion is the catalogue's question, or one that fits any.
func (t *turn) variantQuestion(p Pending) string {
	if p.Question != "" {
		return p.Question
	}
	return "¿Qué tipo de " + lowerFirst(t.pendingName(p)) + " es?"
}

// pendingName is what a pending element is called.
func (t *turn) pendingName(p Pending) string {
	if c := t.in.Snapshot.BySlug(t.s.Slug); c != nil && c.Element(p.Code) != nil {
		return elementName(c, p.Code)
	}
	return p.Said
}

// optionLines lists the variants, with what they are when explained.
func (t *turn) optionLines(p Pending, explained bool) []string {
	var out []string
	for _, code := range p.Options {
		line := "• " + elementName(t.category, code)
		if e := t.category.Element(code); explained && e != nil && e.Description != nil {
			if text := warningText(t.category, *e.Description); text != "" {
				line += ": " + lowerFirst(cut(trimStop(text), 100))
			}
		}
		out = append(out, line)
	}
	return out
}

// newNames are the elements that this turn added, for an acknowledgement.
func (t *turn) newNames() []string {
	var names []string
	for _, code := range t.found.added {
		if i := t.s.index(code); i >= 0 && len(names) < 8 {
			names = append(names, lowerFirst(counted(t.s.Items[i].Quantity, firstOfNames(elementName(t.category, code)))))
		}
	}
	return names
}
