package assistant

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/tariffs"
)

// CaseFile is the conversation's case file, while it is not over.
type CaseFile struct {
	Number     string
	CategoryID uuid.UUID
	// Filling: the customer still has to send things or to confirm. Otherwise a
	// person reviews it or works on it.
	Filling bool
	// Working: a person works on it already.
	Working bool
	Content casedata.Case
	// Accepted is the quote, with what the answer about the workshop may add.
	Accepted tariffs.Accepted
}

// CaseActions is what is to be done about the case file, in this order.
type CaseActions struct {
	// Open the case with this quote; nil when there is one.
	Open *OfferedQuote
	// Answers are right, all of them.
	Answers casedata.Change
	// Files of the turn's messages, with where they belong.
	Files []PlacedFile
	// Confirm: the customer says that everything is right.
	Confirm bool
	// Cancel: the customer does not want it any more.
	Cancel bool
}

// PlacedFile is an attachment with its place in the case.
type PlacedFile struct {
	// Message and Attachment are indices into Turn.Messages.
	Message    int
	Attachment int
	Place      casedata.Place
}

// caseState is what the assistant remembers of filling a case.
type caseState struct {
	// Number is the case it belongs to; another case begins anew.
	Number string `json:"number,omitempty"`
	// Asked are the fields asked for last, Place is where the next file belongs:
	// an element, or a base paper.
	Asked []casedata.Ask `json:"asked,omitempty"`
	Place casedata.Place `json:"place,omitzero"`
}

// caseTurn answers a turn about an open case, and tells whether it did.
func (t *turn) caseTurn() bool {
	f := t.in.Case
	if f == nil {
		t.s.Case = nil
		return false
	}
	if t.s.Case == nil || (t.s.Case.Number != f.Number && t.s.Case.Number != "") {
		t.s.Case = &caseState{}
	}
	t.s.Case.Number = f.Number // "" while the case was being opened
	w := &filling{turn: t, file: f, c: f.Content.Clone()}
	w.placeFiles()
	if !f.Filling {
		return w.waiting()
	}
	t.category = w.sheetOfCase()
	t.findRule()
	w.fill()
	return true
}

// filling is the work on one turn about a case.
type filling struct {
	*turn
	file *CaseFile
	// c is the content as this turn leaves it.
	c casedata.Case
	// received and refused count the turn's files.
	received int
	refused  []string
}

func (w *filling) actions() *CaseActions {
	if w.out.Case == nil {
		w.out.Case = &CaseActions{}
	}
	return w.out.Case
}

// price says what the case costs, by what this turn knows.
func (w *filling) price() string {
	q := w.file.Accepted.With(w.c.NeedsWorkshop())
	return priceText(q.Subtotal, q.Total)
}

// sheetOfCase is the sheet the case was priced with; nil when it is gone.
func (w *filling) sheetOfCase() *catalogue.Category { return w.in.Snapshot.ByID(w.file.CategoryID) }

// placeFiles decides where every usable file belongs.
func (w *filling) placeFiles() {
	for i, m := range w.in.Messages {
		named := w.elementNamed(m.Text)
		for j, a := range m.Attachments {
			switch {
			case a.Problem != "" && !slices.Contains(w.refused, a.Problem):
				w.refused = append(w.refused, a.Problem)
			case a.Usable:
				place := w.placeFor(named)
				w.c.Files = append(w.c.Files, casedata.File{Place: place, Review: casedata.ReviewPending})
				w.actions().Files = append(w.actions().Files, PlacedFile{Message: i, Attachment: j, Place: place})
				w.received++
			}
		}
	}
}

// placeFor is where the next file belongs: with the element its caption names,
// else with what was asked for last, else with the first thing that is missing.
func (w *filling) placeFor(named string) casedata.Place {
	asked := w.s.Case.Place
	element := asked.Element
	if named != "" {
		element, asked = named, casedata.Place{Element: named}
	}
	if element != "" {
		place, _ := w.c.NextPlace(element)
		return place
	}
	if asked.Slot != "" && w.c.Knows(asked) {
		return asked
	}
	for _, m := range w.c.Missing() {
		if m.Kind != casedata.KindField {
			return m.Place()
		}
	}
	return casedata.Place{}
}

// elementNamed returns the one element of the case that a caption names.
func (w *filling) elementNamed(text string) string {
	category := w.sheetOfCase()
	if category == nil || strings.TrimSpace(text) == "" {
		return ""
	}
	code := ""
	for _, m := range w.a.deps.Matcher(w.in.Snapshot, category).Match(text).Matches {
		if w.c.Element(m.Code) == nil {
			continue
		}
		if code != "" && code != m.Code {
			return ""
		}
		code = m.Code
	}
	return code
}

// fill takes what the customer sent and asks for the next thing.
func (w *filling) fill() {
	decision := w.r.decide()
	w.sayFiles()
	if w.followRule() {
		return
	}
	switch {
	case w.about.angry:
		w.handOver(SourceCustomerRequest, angryText, "Cliente molesto o con una queja. Expediente "+w.file.Number+".")
	case w.about.human:
		w.handOver(SourceCustomerRequest, personText, "Pide hablar con una persona. Expediente "+w.file.Number+".")
	case w.s.Asked == askedCaseCancel && decision == Yes:
		w.actions().Cancel = true
		w.say(caseCancelledText)
		w.escalate(SourceCustomerRequest, "El cliente cancela el expediente "+w.file.Number+".")
		w.s.Case = nil
	case w.s.Asked == askedCaseCancel && decision == No:
		w.say("De acuerdo, seguimos.")
		w.askNextStep()
	case w.r.has(cancelCasePhrases...) && !w.about.question:
		w.ask(askedCaseCancel, "¿Seguro que quieres cancelar el expediente "+w.file.Number+"?")
	case len(w.r.words) == 0 && decision == Unclear:
		w.wordless()
	case w.s.Asked == askedCaseConfirm && decision == Yes && w.c.NextStep().Done():
		w.actions().Confirm = true
		w.say("¡Perfecto! Tu expediente " + w.file.Number + " queda completo y pasa a revisión. Te avisaremos por aquí. 🙌")
		w.s.Case.Asked = nil
	default:
		w.read(decision)
	}
}

// wordless answers files alone, and messages of other sorts.
func (w *filling) wordless() {
	switch {
	case w.received > 0 || len(w.refused) > 0:
		w.polite = w.received == 0
		w.askNextStep()
	case w.media.recordings:
		w.say(audioText)
		w.missStep()
	case w.media.cards:
		w.say(cardText)
		w.askNextStep()
	default:
		w.missStep()
	}
}

// read looks for answers in the text; what is none is another subject.
func (w *filling) read(decision Decision) {
	reading := w.c.Read(w.text, w.s.Case.Asked, w.in.Now)
	got := w.take(reading.Answers)
	got.problems = append(reading.Problems, got.problems...)
	rest := read(reading.Rest)
	switch {
	case w.s.Asked == askedCaseConfirm && decision == No && !got.changed && len(got.problems) == 0:
		w.ask(askedCaseConfirm, "¿Qué dato hay que corregir? Escríbelo, por ejemplo «matrícula: 1234 BCD».")
		return
	case got.understood || len(got.problems) > 0 || len(rest.words) == 0:
	case w.ruling.parts > 0 && len(read(w.ruling.rest).words) == 0:
		w.onlyRule()
		return
	case rest.has(caseLaterPhrases...) && !rest.question:
		w.polite = true
		w.say(laterText)
		w.asks = w.s.Asked
		return
	case isOnly(rest, donePhrases), rest.has(sentPhrases...) && !rest.question:
		w.done()
		return
	case isOnly(rest, continuePhrases):
		w.askNextStep()
		return
	default:
		got = w.readAsked(reading.Rest, decision)
		if !got.understood && (len(got.problems) == 0 || w.isOtherSubject()) {
			w.otherSubject(decision)
			return
		}
	}
	w.sayTaken(got)
}

// sayTaken acknowledges answers and asks for the next thing. The third time in a
// row that none of them is of use, a person has to help.
func (w *filling) sayTaken(got taken) {
	for _, p := range got.problems {
		w.say(p.Detail)
	}
	switch {
	case len(w.parts) > w.greeted || !got.understood:
	case got.changed:
		w.say("Anotado. 👍")
	default:
		w.say("Ese dato ya lo tengo.")
	}
	if !got.changed && (got.understood || len(got.problems) > 0) {
		w.missed = true
		if w.s.Misses+1 >= maxMisses+1 {
			why := "Repite datos que ya constan en el expediente " + w.file.Number + "."
			if len(got.problems) > 0 {
				why = "No acierta con un dato del expediente " + w.file.Number + ": " + got.problems[0].Detail
			}
			w.handOver(SourceNotUnderstood, handOverMissText, why)
			return
		}
	}
	w.askNextStep()
}

// taken is what became of the answers in a text.
type taken struct {
	// understood: there were some, and not all of them were refused.
	understood bool
	// changed: at least one is news.
	changed  bool
	problems []casedata.Problem
}

// take applies answers. The case will be given those that it does not refuse.
func (w *filling) take(answers casedata.Change) taken {
	var got taken
	before := w.c.Clone()
	got.problems = w.c.Apply(answers, w.in.Now)
	for section, values := range answers {
		for key, value := range values {
			if !slices.ContainsFunc(got.problems, func(p casedata.Problem) bool { return p.Section == section && p.Key == key }) {
				w.answer(section, key, value)
				got.understood = true
			}
		}
	}
	got.changed = !maps.EqualFunc(before.Values, w.c.Values, maps.Equal)
	return got
}

func (w *filling) answer(section, key, value string) {
	a := w.actions()
	if a.Answers == nil {
		a.Answers = casedata.Change{}
	}
	if a.Answers[section] == nil {
		a.Answers[section] = map[string]string{}
	}
	a.Answers[section][key] = value
}

// maxPicked is how many words the answer to one of several questions has.
const maxPicked = 6

// readAsked reads a text as the answer to the one field that was asked for, or
// to the question about seats and dimensions.
func (w *filling) readAsked(text string, decision Decision) taken {
	asked := w.openAsks()
	if len(asked) == 0 {
		return taken{}
	}
	if asked[0].Section == casedata.SectionDimensions && (decision == No || read(text).has("nada", "ninguna", "ninguno", "igual", "no cambia*")) {
		none := map[string]string{}
		for _, a := range asked {
			if s := w.c.Section(a.Section); s.Field(a.Key).Type == catalogue.FieldBoolean {
				none[a.Key] = "false"
			}
		}
		return w.take(casedata.Change{casedata.SectionDimensions: none})
	}
	if len(asked) > 1 {
		if w.about.question || w.isOtherSubject() || len(read(text).words) > maxPicked || strings.Contains(text, "\n") {
			return taken{}
		}
		a, value, ok := w.c.PickOne(text, asked, w.in.Now)
		if !ok {
			return taken{}
		}
		return w.take(casedata.Change{a.Section: {a.Key: value}})
	}
	s := w.c.Section(asked[0].Section)
	f := s.Field(asked[0].Key)
	if f.Type == catalogue.FieldBoolean && decision != Unclear {
		text = map[Decision]string{Yes: "sí", No: "no"}[decision]
	}
	value, err := casedata.Parse(s.Key, f, text, w.in.Now)
	if option := optionNamed(f, text); err != nil && option != "" {
		value, err = option, nil
	}
	if err != nil {
		return taken{problems: []casedata.Problem{{Section: s.Key, Key: f.Key, Detail: err.Error()}}}
	}
	// Free text takes anything; a question is hardly the make of an exhaust.
	if f.Type == catalogue.FieldText && (w.about.question || w.isOtherSubject()) {
		return taken{}
	}
	return w.take(casedata.Change{s.Key: {f.Key: value}})
}

// optionNamed returns the one option of a select that a text names: "de piel".
func optionNamed(f *catalogue.Field, text string) string {
	heard, named := read(text), ""
	for _, option := range f.Options {
		if !heard.has(strings.Join(read(option).words, " ")) {
			continue
		}
		if named != "" {
			return ""
		}
		named = option
	}
	return named
}

// openAsks are the fields asked for last that the case knows.
func (w *filling) openAsks() []casedata.Ask {
	var out []casedata.Ask
	for _, a := range w.s.Case.Asked {
		if s := w.c.Section(a.Section); s != nil && s.Field(a.Key) != nil {
			out = append(out, a)
		}
	}
	return out
}

// done: the customer thinks that what was asked for is complete.
func (w *filling) done() {
	step := w.c.NextStep()
	if !step.Done() && step.Kind != casedata.KindField && w.s.Case.Place.Element == casedata.SectionElement(step.Section) &&
		(w.s.Case.Place.Element != "" || w.s.Case.Place.Slot == step.Missing[0].Key) {
		w.say("Todavía no me ha llegado todo.")
		w.missed = true
		if w.s.Misses+1 >= maxMisses {
			w.handOver(SourceNotUnderstood, handOverMissText, "Dice que ya ha enviado las fotos del expediente "+w.file.Number+" y no constan.")
			return
		}
	}
	w.askNextStep()
}

// isOtherSubject tells whether the text is about something the assistant knows
// besides the case.
func (w *filling) isOtherSubject() bool {
	return w.about.regulation || w.about.duration || w.about.price || w.about.papers || w.about.objection || w.about.robot
}

// otherSubject answers what is asked in between, and leads back to the case.
func (w *filling) otherSubject(decision Decision) {
	switch {
	case w.about.papers:
		w.sayMissing()
	case w.about.price && !w.about.regulation:
		w.say("El presupuesto de tu expediente " + w.file.Number + " es de " + w.price() + ".")
	case w.isOtherSubject():
		w.answerSideQuestions()
	case w.r.isSmallTalk():
		w.polite = true
		if w.about.thanks {
			w.say("¡A ti!")
		}
	case w.namesOtherElement():
		w.say("Eso no está en tu expediente. Aviso a un compañero para que te diga cómo queda el presupuesto si lo añadimos.")
		w.escalate(SourceCustomerRequest, "Quiere cambiar los elementos del expediente "+w.file.Number+".")
	case w.about.question:
		w.unknownQuestion()
		if w.out.HandOver {
			return
		}
	default:
		w.missStep()
		return
	}
	w.polite = w.polite || !w.missed
	w.askNextStep()
}

// namesOtherElement tells whether the text names an element that the case does
// not have.
func (w *filling) namesOtherElement() bool {
	category := w.sheetOfCase()
	if category == nil {
		return false
	}
	for _, m := range w.a.deps.Matcher(w.in.Snapshot, category).Match(w.text).Matches {
		if w.c.Element(m.Code) == nil {
			return true
		}
	}
	return false
}

// missStep asks the same again, and hands over the second time in a row.
func (w *filling) missStep() {
	w.missed = true
	if w.s.Misses+1 >= maxMisses {
		w.handOver(SourceNotUnderstood, handOverMissText, "No se ha entendido al cliente dos veces seguidas. Expediente "+w.file.Number+".")
		return
	}
	if len(w.parts) == w.greeted {
		w.say(notUnderstoodText)
	}
	w.askNextStep()
}

// waiting answers while a person has the case; false leaves the turn to the
// rest of the assistant.
func (w *filling) waiting() bool {
	var got taken
	if len(w.r.words) > 0 {
		got = w.take(w.c.Read(w.text, nil, w.in.Now).Answers)
	}
	status := w.r.has(caseStatusPhrases...)
	if w.received == 0 && len(w.refused) == 0 && !got.understood && len(got.problems) == 0 && !status {
		return false
	}
	w.polite = true
	w.sayFiles()
	for _, p := range got.problems {
		w.say(p.Detail)
	}
	w.missed = !got.changed && len(got.problems) > 0
	switch {
	case got.changed:
		w.say("Anotado, lo cambio en tu expediente " + w.file.Number + ".")
	case got.understood:
		w.say("Eso ya está así en tu expediente " + w.file.Number + ".")
	}
	switch {
	case !status:
	case w.file.Working:
		w.say("Estamos trabajando en tu expediente " + w.file.Number + ". Te avisaremos por aquí en cuanto haya novedades.")
	default:
		w.say("Tu expediente " + w.file.Number + " está completo y pendiente de revisión. Te avisaremos por aquí.")
	}
	if missing := w.c.NextStep(); !missing.Done() && missing.Kind != casedata.KindField {
		w.askNextStep()
	}
	return true
}
