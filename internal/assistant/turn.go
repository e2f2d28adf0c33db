package assistant

import (
	"slices"
	"strings"
	"time"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// turn is the work on one Turn.
type turn struct {
	a  *Assistant
	in Turn
	s  State

	// text is all messages joined, cleaned; truncated when some was left out.
	text      string
	truncated bool
	r         reading
	about     intents
	vehicle   vehicleReading
	media     mediaKinds

	// category is the price sheet; nil while gap says what is missing.
	category *catalogue.Category
	gap      gap
	found    findings
	ruling   ruling

	// parts are the paragraphs of the reply and question its end.
	parts    []string
	greeted  int // how many of them greet
	question string
	asks     asked
	missed   bool
	// polite is set when the turn needs no answer to what was asked.
	polite bool
	// repaired is set when the solver made the set smaller.
	repaired bool
	// fresh is set when the customer starts over.
	fresh bool
	extra []string // further messages
	out   Outcome
}

// begin reads the messages.
func (a *Assistant) begin(in Turn) *turn {
	if in.Snapshot == nil {
		in.Snapshot = catalogue.NewSnapshot(0, money.Amount{}, nil)
	}
	t := &turn{a: a, in: in, s: in.State.opened(in.Snapshot, in.Now)}
	var texts []string
	for _, m := range in.Messages {
		texts = append(texts, m.Text)
		for _, at := range m.Attachments {
			t.media.add(at.Kind)
		}
	}
	t.text, t.truncated = readable(joinText(texts...))
	t.r = read(t.text)
	t.about = readIntents(t.r)
	t.vehicle = readVehicle(t.r)
	return t
}

// run decides. It is the order of precedence of everything a turn can be.
func (t *turn) run() {
	if len(t.in.Messages) > 0 {
		t.s.Rule = ""
	}
	if !t.in.Settings.Enabled {
		t.answerDisabled()
		return
	}
	t.s.Disabled = false
	if len(t.in.Messages) == 0 {
		return
	}
	t.greet()
	if t.caseTurn() {
		return
	}
	if len(t.r.words) == 0 {
		t.answerWordless()
		return
	}
	t.absorb()
	t.respond()
}

// end puts the reply together and closes the state.
func (t *turn) end() Outcome {
	t.noticeStandstill()
	switch {
	case t.ruling.alone:
	case t.missed:
		t.s.Misses++
	default:
		t.s.Misses = 0
	}
	if t.out.HandOver {
		t.s.Misses, t.asks = 0, askedNothing
		t.question = ""
		for i := range t.s.Pending {
			t.s.Pending[i].Tries = 0
		}
	}
	if len(t.in.Messages) > 0 && t.in.Settings.Enabled {
		t.s.Asked = t.asks
		t.s.LastAt = t.in.Now.UTC().Truncate(time.Second)
	}
	if t.question != "" {
		t.parts = append(t.parts, t.question)
	}
	t.out.Replies = t.replies()
	t.out.State = t.s
	return t.out
}

// noticeStandstill counts a turn after which the same thing is asked again and
// nothing more is known as one that was not understood; the second in a row
// goes to a person.
func (t *turn) noticeStandstill() {
	needed := t.asks != askedNothing && t.asks != askedOpen && t.asks != askedEarlier && t.asks != askedHint && t.asks != askedPerson &&
		t.asks != askedCase && t.asks != askedCaseConfirm && t.asks != askedCaseCancel
	was := t.in.State
	if t.missed || t.polite || t.ruling.alone || t.out.HandOver || !needed || t.asks != was.Asked || t.s.Vehicle != was.Vehicle || t.s.Client != was.Client ||
		t.s.VehicleSure != was.VehicleSure || t.s.Text != was.Text || len(t.s.Items) != len(was.Items) || len(t.s.Pending) != len(was.Pending) ||
		t.found.changed() || t.found.dontKnow || len(t.found.inactive) > 0 || t.fresh {
		return
	}
	if t.onlyRule() {
		return
	}
	t.missed = true
	if t.s.Misses+1 >= maxMisses {
		t.parts = t.parts[:t.greeted]
		t.handOver(SourceNotUnderstood, handOverMissText, "Se le ha preguntado lo mismo varias veces.")
	}
}

// say adds a paragraph to the reply.
func (t *turn) say(text string) {
	if text != "" && !slices.Contains(t.parts, text) {
		t.parts = append(t.parts, text)
	}
}

// ask ends the reply with a question.
func (t *turn) ask(a asked, question string) {
	t.asks, t.question = a, question
}

// greet says hello once, and again after a day of silence.
func (t *turn) greet() {
	silent := !t.s.LastAt.IsZero() && t.in.Now.Sub(t.s.LastAt) > greetAfter
	if t.s.Greeted && !silent {
		return
	}
	hello := "¡Hola! 👋"
	if name := firstName(t.in.Customer.WhatsAppName); name != "" {
		hello = "¡Hola, " + name + "! 👋"
	}
	if !t.s.Greeted {
		hello += " Soy el asistente de " + company + "."
	}
	t.s.Greeted = true
	t.parts = append(t.parts, hello)
	t.greeted = len(t.parts)
}

// firstName returns the first word of a WhatsApp name when it looks like the
// name of a person, else "".
func firstName(name string) string {
	name, _ = readable(name)
	fields := strings.Fields(name)
	if len(fields) == 0 || len(fields) > 4 {
		return ""
	}
	runes := []rune(fields[0])
	if len(runes) < 3 || len(runes) > 12 || !isNameWord(runes) {
		return ""
	}
	for _, word := range read(name).words {
		if slices.Contains(notNames, word) {
			return ""
		}
	}
	return strings.ToUpper(string(runes[:1])) + strings.ToLower(string(runes[1:]))
}
