package assistant

import (
	"fmt"
	"strings"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
)

// What the assistant says while a case is filled.
const (
	laterText         = "Sin prisa. Cuando puedas, sigue por aquí: guardo todo lo que ya me has mandado."
	caseCancelledText = "De acuerdo, cancelo el expediente. Si cambias de idea, escríbeme por aquí."
	confirmQuestion   = "¿Está todo bien? Si hay algún error, escríbeme el dato correcto, por ejemplo «matrícula: 1234 BCD»."
	dimensionsAsk     = "¿La reforma cambia el número de plazas, la altura, la anchura o la longitud del vehículo? Si no cambia nada de eso, responde «no»."
)

var (
	cancelCasePhrases = []string{
		"cancela* el expediente", "cancela* expediente", "anula* el expediente", "anula* expediente", "quiero cancelar*", "ya no quiero seguir",
		"no quiero seguir", "dejadlo estar", "quiero anular*",
	}
	caseLaterPhrases = []string{
		"luego", "mas tarde", "manana", "despues", "ahora no puedo", "en otro momento", "cuando llegue a casa", "esta tarde", "esta noche",
		"el fin de semana", "otro dia", "en un rato",
	}
	donePhrases = []string{
		"listo", "lista", "ya esta", "ya estan", "hecho", "terminado", "fin", "ya", "eso es todo", "esto es todo", "nada mas", "es todo", "son todas", "todas",
		"estan todas", "no hay mas", "no tengo mas",
	}
	sentPhrases = []string{
		"ya te las he mandado", "ya te la he mandado", "ya te lo he mandado", "ya las he mandado", "ya lo he mandado", "ya os lo mande",
		"ya te lo mande", "ya te las mande", "ya la mande", "ya esta enviado", "ya las envie", "te lo acabo de mandar", "te las acabo de mandar",
		"ya os las mande", "ya lo envie", "ya te lo envie",
	}
	continuePhrases = []string{
		"seguir", "seguimos", "sigamos", "continuar", "continuamos", "sigo", "aqui estoy", "ya estoy", "vale", "ok", "de acuerdo", "perfecto", "si", "venga",
		"adelante", "dale", "que falta", "que mas", "y ahora",
	}
	caseStatusPhrases = []string{
		"como va*", "novedades", "mi expediente", "el expediente", "en que estado", "cuanto falta", "que tal va*", "esta ya", "sabeis algo", "alguna noticia",
	}
)

// sayFiles acknowledges what came.
func (w *filling) sayFiles() {
	switch w.received {
	case 0:
	case 1:
		w.say("Recibido, gracias. 📎")
	default:
		w.say(fmt.Sprintf("Recibidos los %d archivos, gracias. 📎", w.received))
	}
	for _, problem := range w.refused {
		w.say(problem)
	}
}

// askNextStep asks for the next thing that is missing, or for the confirmation.
func (w *filling) askNextStep() {
	step := w.c.NextStep()
	w.s.Case.Asked, w.s.Case.Place = step.Asks(), casedata.Place{}
	if step.Done() {
		if !w.file.Filling {
			return
		}
		w.say(w.summary())
		w.ask(askedCaseConfirm, confirmQuestion)
		return
	}
	switch step.Kind {
	case casedata.KindPhoto:
		w.s.Case.Place = casedata.Place{Element: casedata.SectionElement(step.Section)}
		w.ask(askedCase, w.photosQuestion(step))
	case casedata.KindDocument:
		w.s.Case.Place = step.Missing[0].Place()
		w.ask(askedCase, documentQuestion(step.Missing[0]))
	default:
		w.ask(askedCase, w.dataQuestion(step))
	}
}

func (w *filling) photosQuestion(step casedata.Step) string {
	e := w.c.Element(casedata.SectionElement(step.Section))
	var lines []string
	for _, m := range step.Missing {
		line := "• " + plain(m.Label)
		for _, p := range e.Photos {
			if p.Code == m.Key && p.Instruction != nil {
				line += ": " + lowerFirst(plain(*p.Instruction))
			}
		}
		if m.Again {
			line += " (otra vez, la anterior no valía)"
		}
		lines = append(lines, line)
	}
	head := "Mándame estas fotos de " + lowerFirst(firstOfNames(e.Name)) + " (pueden ir juntas):"
	if len(lines) == 1 {
		head = "Mándame esta foto de " + lowerFirst(firstOfNames(e.Name)) + ":"
	}
	return head + "\n" + strings.Join(lines, "\n")
}

func documentQuestion(m casedata.Missing) string {
	text := "Ahora necesito, en foto o PDF:\n• " + plain(m.Label)
	if m.Again {
		text += "\n(otra vez: lo anterior no valía)"
	}
	return text
}

func (w *filling) dataQuestion(step casedata.Step) string {
	first := w.c.Section(step.Section).Field(step.Missing[0].Key)
	if step.Section == casedata.SectionDimensions && first.Type == catalogue.FieldBoolean {
		return dimensionsAsk
	}
	if step.Section == casedata.SectionWorkshop && first.Key == casedata.OwnWorkshop {
		return w.workshopQuestion()
	}
	if len(step.Missing) == 1 {
		return w.fieldQuestion(step.Section, first)
	}
	var lines []string
	for _, m := range step.Missing {
		f := w.c.Section(m.Section).Field(m.Key)
		lines = append(lines, "• "+plain(f.Label)+hint(f))
	}
	return "Necesito estos datos; puedes mandarlos juntos, uno por línea:\n" + strings.Join(lines, "\n")
}

// hint shows what an answer looks like.
func hint(f *catalogue.Field) string {
	switch {
	case f.Type == catalogue.FieldBoolean:
		return " (sí o no)"
	case f.Type == catalogue.FieldSelect:
		return " (" + strings.Join(f.Options, " / ") + ")"
	case f.Unit != nil:
		return " (en " + *f.Unit + ")"
	}
	return ""
}

func (w *filling) fieldQuestion(section string, f *catalogue.Field) string {
	subject := ""
	if e := w.c.Element(casedata.SectionElement(section)); e != nil {
		subject = firstOfNames(e.Name) + ": "
	}
	question := plain(f.Label)
	if subject != "" {
		question = lowerFirst(question)
	}
	if f.Type == catalogue.FieldSelect || f.Unit != nil {
		question += hint(f)
	}
	if f.Type == catalogue.FieldBoolean {
		if !strings.HasSuffix(question, "?") {
			question = "¿" + strings.TrimPrefix(question, "¿") + "?"
		}
		return subject + question
	}
	if f.Hint != nil {
		question += ". " + plain(*f.Hint)
	}
	if f.Example != nil && f.Type != catalogue.FieldSelect {
		question += ", por ejemplo " + plain(*f.Example)
	}
	return subject + question + "."
}

// workshopQuestion names the price of the certificate that stands in for the
// customer's own workshop: that of the day on which the case was opened.
func (w *filling) workshopQuestion() string {
	question := "¿El montaje lo certifica tu propio taller? Si no, lo hace un taller nuestro"
	if s := w.file.Accepted.Workshop; s != nil && !w.file.Accepted.Quote.HasService(s.Code) {
		question += " (" + s.Price.Spanish() + " + IVA)"
	}
	return question + ". Responde «sí, el mío» o «no, el vuestro»."
}

// sayMissing lists everything that is still missing, briefly.
func (w *filling) sayMissing() {
	var lines []string
	counts := map[string]int{}
	for _, m := range w.c.Missing() {
		switch m.Kind {
		case casedata.KindField:
			counts[m.Section]++
		default:
			lines = append(lines, "• "+plain(m.Label))
		}
	}
	for _, s := range w.c.Sections() {
		if n := counts[s.Key]; n == 1 {
			lines = append(lines, fmt.Sprintf("• %s: 1 dato", plain(s.Title)))
		} else if n > 1 {
			lines = append(lines, fmt.Sprintf("• %s: %d datos", plain(s.Title), n))
		}
	}
	if len(lines) == 0 {
		w.say("Ya lo tenemos todo.")
		return
	}
	w.say("Para tu expediente " + w.file.Number + " falta:\n" + strings.Join(lines[:min(len(lines), 20)], "\n"))
}

// maxShown bounds one datum in the summary, in runes.
const maxShown = 60

// summary shows the case before it is confirmed. What an element needed is left
// out where that would be too much for one message: the customer's own data are
// what has to be right.
func (w *filling) summary() string {
	text := w.summaryOf(w.c.Sections())
	if len([]rune(text)) > w.room() {
		text = w.summaryOf(w.c.Sections()[len(w.c.Elements):])
	}
	return cut(text, w.room())
}

func (w *filling) summaryOf(sections []casedata.Section) string {
	lines := []string{"Ya lo tenemos todo. Este es el resumen de tu expediente " + w.file.Number + ":"}
	var names []string
	for _, e := range w.c.Elements {
		names = append(names, counted(e.Quantity, firstOfNames(e.Name)))
	}
	lines = append(lines, "• Reformas: "+listText(names), fmt.Sprintf("• Archivos recibidos: %d", len(w.c.Files)))
	for _, s := range sections {
		var values []string
		for _, f := range s.Fields {
			value, ok := w.c.Values[s.Key][f.Key]
			if !ok || !w.c.Applies(s.Key, f.Key) || (f.Type == catalogue.FieldBoolean && value == "false" && s.Key == casedata.SectionDimensions) {
				continue
			}
			shown := cut(plain(fields.Display(f, value)), maxShown)
			if f.Type == catalogue.FieldBoolean {
				shown = strings.ToLower(shown)
			}
			if f.Type == catalogue.FieldBoolean || casedata.SectionElement(s.Key) != "" || s.Key == casedata.SectionDimensions {
				shown = lowerFirst(plain(strings.Trim(f.Label, "¿?"))) + ": " + shown
			}
			values = append(values, shown)
		}
		if len(values) > 0 {
			lines = append(lines, "• "+plain(s.Title)+": "+strings.Join(values, ", "))
		}
	}
	lines = append(lines, "• Precio: "+w.price())
	return strings.Join(lines, "\n")
}
