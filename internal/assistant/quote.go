package assistant

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/tariffs"
)

// offer prices the set and words the quote. What the sheet refuses is repaired
// when it can be: elements that are gone or inactive leave the set with a word,
// generic ones are asked about.
func (t *turn) offer() {
	q, req, ok := t.price()
	if !ok {
		return
	}
	updated := t.in.State.Quote != nil && !t.fresh
	t.remember(q, req)
	header := "Presupuesto para " + t.vehicleText() + ":"
	if updated {
		header = "Así queda el presupuesto para " + t.vehicleText() + ":"
	}
	if t.in.State.Quote == nil && len(t.found.unknown) == 0 && len(t.s.Unknown) > 0 {
		t.say(unpriced(t.s.Unknown)) // named before there was a price
	}
	t.ask(askedOpen, openQuestion)
	t.say(quoteText(t.category, header, q, t.room()))
}

// repeatOffer states the quote again, without its papers.
func (t *turn) repeatOffer() {
	q, req, ok := t.price()
	if !ok {
		return
	}
	if t.s.Quote != nil && t.isStale(q) && !t.repaired {
		t.say(repricedText)
	}
	t.remember(q, req)
	if !t.s.Accepted {
		t.ask(askedOpen, openQuestion)
	}
	for _, names := range []int{0, 25, 12} {
		text := joinParagraphs("Presupuesto para "+t.vehicleText()+":\n"+linesText(t.category, q, names)+"\n"+totalText(q), suggestionsText(q))
		if utf8.RuneCountInString(text) <= t.room() || names == 12 {
			t.say(text)
			return
		}
	}
}

// accept takes the customer's yes: the case file is opened and its first
// question asked. A provisional price is confirmed by a person first.
func (t *turn) accept() {
	q, req, ok := t.price()
	if !ok {
		return
	}
	if t.isStale(q) || t.repaired {
		t.repeatOffer()
		return
	}
	t.s.Accepted = true
	if q.Provisional {
		t.acceptProvisional(q)
		return
	}
	t.out.Case = &CaseActions{Open: &OfferedQuote{CategoryID: t.category.ID, Request: req, Quote: q}}
	lines := make([]casedata.Line, len(q.Lines))
	for i, l := range q.Lines {
		lines[i] = casedata.Line{Code: l.Code, Name: l.Name, Quantity: l.Quantity}
	}
	content := casedata.New(t.category, lines)
	content.Apply(t.in.Customer.Known, t.in.Now)
	t.s.Case = &caseState{}
	t.say(openedText)
	accepted := tariffs.Accepted{Quote: q, Workshop: casedata.WorkshopService(t.category)}
	w := filling{turn: t, file: &CaseFile{CategoryID: t.category.ID, Filling: true, Content: content, Accepted: accepted}, c: content}
	w.placeFiles() // a yes with the first photos
	w.sayFiles()
	w.askNextStep()
}

// acceptProvisional hands over, with what to prepare meanwhile.
func (t *turn) acceptProvisional(q tariffs.Quote) {
	head := acceptedText + "\n\n" + prepareHeader
	lines := papersLines(t.category, q, true)
	if len([]rune(head+strings.Join(lines, "\n"))) > t.room() {
		lines = papersLines(t.category, q, false)
	}
	t.handOver(SourceQuoteAccepted, head+"\n"+strings.Join(lines, "\n"), "Acepta el presupuesto: abrir expediente.")
}

// tellPapers lists the papers and photos of the set in full, in two messages
// when one is too short for them.
func (t *turn) tellPapers() {
	q, req, ok := t.price()
	if !ok {
		return
	}
	t.remember(q, req)
	if !t.s.Accepted {
		t.ask(askedOpen, openQuestion)
	}
	var pages []string
	limit := t.room()
	for _, block := range papersBlocks(t.category, q) {
		last := len(pages) - 1
		switch {
		case last < 0:
			pages = append(pages, block)
		case utf8.RuneCountInString(pages[last])+2+utf8.RuneCountInString(block) <= limit:
			pages[last] += "\n\n" + block
		case last == 0:
			pages = append(pages, block)
			limit = maxReply - utf8.RuneCountInString(papersMoreText+openQuestion) - 4
		default:
			if !strings.HasSuffix(pages[last], papersMoreText) {
				pages[last] += "\n\n" + papersMoreText
			}
			limit = 0
		}
	}
	t.say(pages[0])
	if len(pages) > 1 {
		t.extra = append(t.extra, joinParagraphs(pages[1], t.question))
		t.question = ""
	}
}

// room is how many runes the reply still has, with its question.
func (t *turn) room() int {
	// A long answer of a rule goes out by itself.
	used := utf8.RuneCountInString(strings.Join(t.parts[t.ruling.parts:], "\n\n")) + utf8.RuneCountInString(openQuestion) + 4
	return max(maxReply-used, 300)
}

// isStale tells whether a quote differs from the one the customer was given.
func (t *turn) isStale(q tariffs.Quote) bool {
	return t.s.Quote == nil || t.s.Quote.Subtotal.Cmp(q.Subtotal) != 0 || t.s.Quote.Total.Cmp(q.Total) != 0
}

// remember stores a quote as offered, once.
func (t *turn) remember(q tariffs.Quote, req tariffs.Request) {
	isNew := t.isStale(q) || t.repaired || t.found.changed()
	t.s.Quote = &Offered{Subtotal: q.Subtotal, Total: q.Total, Provisional: q.Provisional}
	if !isNew {
		return
	}
	t.s.Accepted = false
	t.out.Quotes = append(t.out.Quotes, OfferedQuote{CategoryID: t.category.ID, Request: req, Quote: q})
	if q.Provisional {
		t.escalate(SourceQuoteReview, "Presupuesto provisional: hay que revisarlo.")
	}
}

// price asks the solver. ok is false when something else was answered instead
// of a price.
func (t *turn) price() (q tariffs.Quote, req tariffs.Request, ok bool) {
	for range 4 {
		if len(t.s.Items) == 0 {
			t.s.Quote = nil
			t.askNext()
			return q, req, false
		}
		req = t.request()
		var err error
		if q, err = t.a.deps.Pricer.Calculate(t.in.Snapshot, t.category, req); err == nil {
			return q, req, true
		}
		if !t.repair(err) {
			return q, req, false
		}
	}
	t.handOver(SourceError, failedText, "El presupuesto no se ha podido calcular.")
	return q, req, false
}

// repair takes out of the set what the solver refuses, and tells whether it is
// worth asking it again.
func (t *turn) repair(err error) bool {
	var f *fault.Error
	switch {
	case errors.Is(err, tariffs.ErrNotCovered):
		t.s.Quote = nil
		t.handOver(SourceNotCovered, notCoveredText, "Ninguna tarifa cubre el conjunto.")
		return false
	case errors.Is(err, tariffs.ErrUnknownService), errors.Is(err, tariffs.ErrDuplicateService):
		t.s.Services = nil
		return true
	case errors.Is(err, tariffs.ErrVariantRequired), errors.Is(err, tariffs.ErrElementInactive), errors.Is(err, tariffs.ErrUnknownElement):
		changed := false
		t.s.Items = slices.DeleteFunc(t.s.Items, func(it Item) bool {
			e := t.category.Element(it.Code)
			switch {
			case e == nil:
			case !e.IsActive:
				t.say(inactiveText(t.category, e))
			case e.IsGeneric:
				t.s.Pending = append(t.s.Pending, t.genericPending(e, Pending{Quantity: it.Quantity, Said: it.Said}))
			default:
				return false
			}
			changed = true
			return true
		})
		t.repaired = t.repaired || changed
		if len(t.s.Pending) > 0 {
			t.s.Quote = nil
			t.askVariant()
			return false
		}
		if changed {
			return true
		}
	}
	why := "El presupuesto no se ha podido calcular."
	if errors.As(err, &f) {
		why += " Código: " + f.Code + "."
	}
	t.handOver(SourceError, failedText, why)
	return false
}

// request is the set for the solver. Its text is what the elements are called
// and were called, so that a warning that hangs on words stays with them.
func (t *turn) request() tariffs.Request {
	var req tariffs.Request
	var words []string
	for _, it := range t.s.Items {
		req.Elements = append(req.Elements, tariffs.RequestedElement{Code: it.Code, Quantity: it.Quantity})
		words = append(words, elementName(t.category, it.Code), it.Said)
	}
	for _, code := range t.s.Services {
		req.Services = append(req.Services, tariffs.RequestedService{Code: code, Quantity: 1})
	}
	req.Text = joinText(words...)
	return req
}

// vehicleText names the vehicle and whom the price is for.
func (t *turn) vehicleText() string {
	return t.nameOf(t.s.Vehicle).yours + " (" + clientName(t.category.ClientType) + ")"
}
