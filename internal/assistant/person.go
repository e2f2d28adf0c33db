package assistant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

const (
	maxReason = 600 // runes
	maxMisses = 2
)

// answerDisabled tells the customer once that nobody answers here.
func (t *turn) answerDisabled() {
	t.out.HandOver = true
	if t.s.Disabled {
		return
	}
	t.s.Disabled = true
	text := strings.TrimSpace(t.in.Settings.DisabledMessage)
	if text == "" {
		text = defaultDisabledText
	}
	t.say(text)
	t.escalate(SourceAssistantDisabled, "El asistente está desactivado.")
}

// handOver ends the assistant's part: one sentence to the customer, work for a
// person, silence.
func (t *turn) handOver(source, text, why string) {
	t.say(text)
	t.escalate(source, why)
	t.out.HandOver = true
}

// escalate asks a person for something. A source stands at most once in an
// outcome; further reasons are added to it.
func (t *turn) escalate(source, why string) {
	i := slices.IndexFunc(t.out.Escalations, func(e Escalation) bool { return e.Source == source })
	if i < 0 {
		t.out.Escalations = append(t.out.Escalations, Escalation{Source: source, Reason: cut(strings.TrimSpace(why+" "+t.context()), maxReason)})
		return
	}
	t.out.Escalations[i].Reason = cut(why+" "+t.out.Escalations[i].Reason, maxReason)
}

// context is what staff need to go on without asking again.
func (t *turn) context() string {
	var out []string
	if t.s.Vehicle != "" {
		vehicle := "Vehículo: " + strings.TrimPrefix(strings.TrimPrefix(t.nameOf(t.s.Vehicle).one, "una "), "un ")
		if c := t.client(); c != "" {
			vehicle += " (" + clientName(c) + ")"
		}
		out = append(out, vehicle+".")
	}
	category := t.in.Snapshot.BySlug(t.s.Slug)
	if category != nil && len(t.s.Items) > 0 {
		var names []string
		for _, it := range t.s.Items {
			names = append(names, counted(it.Quantity, elementName(category, it.Code)))
		}
		out = append(out, "Elementos: "+strings.Join(names, ", ")+".")
	}
	if category != nil && len(t.s.Pending) > 0 {
		var names []string
		for _, p := range t.s.Pending {
			names = append(names, t.pendingName(p))
		}
		out = append(out, "Falta concretar: "+strings.Join(names, ", ")+".")
	}
	if words := staffNote(joinText(t.s.Text, t.s.Hint), 160); words != "" && !strings.Contains(staffNote(t.text, maxRead), words) {
		out = append(out, "Ha nombrado: «"+words+"».")
	}
	if len(t.s.Unknown) > 0 {
		out = append(out, "No reconocido: "+quotedList(t.s.Unknown)+".")
	}
	if q := t.s.Quote; q != nil {
		text := "Presupuesto dado: " + priceText(q.Subtotal, q.Total)
		if q.Provisional {
			text += ", provisional"
		}
		out = append(out, text+".")
	}
	if text := staffNote(t.text, 200); text != "" {
		out = append(out, "Último mensaje: «"+text+"».")
	}
	return strings.Join(out, " ")
}

// noSheet says that there is no price for such a vehicle and customer.
func (t *turn) noSheet() {
	who := t.nameOf(t.s.Vehicle).many
	if t.sold(t.s.Vehicle) {
		who += " de " + map[catalogue.ClientType]string{
			catalogue.ClientParticular: "particulares", catalogue.ClientProfessional: "profesionales",
		}[t.client()]
	}
	if t.s.Asked != askedCamper && t.s.Asked != askedCaravan && t.s.Asked != askedClient {
		t.s.Text = cut(joinText(t.s.Text, t.text), maxText) // the vehicle may be corrected
	}
	t.handOver(SourceNoCategory, fmt.Sprintf("Ahora mismo no tengo tarifa cerrada para %s, así que no te puedo dar precio por aquí. "+
		"Te paso con un compañero que lo mira contigo.", who), "No hay tarifa para el vehículo y el tipo de cliente.")
}

// miss asks again, and hands over the second time in a row.
func (t *turn) miss() {
	if t.onlyRule() {
		return
	}
	t.missed = true
	if t.s.Misses+1 >= maxMisses {
		t.handOver(SourceNotUnderstood, handOverMissText, "No se ha entendido al cliente dos veces seguidas.")
		return
	}
	if len(t.found.unknown) == 0 && t.in.State.Greeted {
		t.say(notUnderstoodText)
	}
	t.askNext()
}

// unknownQuestion is honest about not knowing.
func (t *turn) unknownQuestion() {
	if t.onlyRule() {
		return
	}
	t.missed = true
	if t.s.Misses+1 >= maxMisses {
		t.handOver(SourceCustomerRequest, personText, "Pregunta cosas que el asistente no sabe.")
		return
	}
	t.say(unknownAskText)
	t.escalate(SourceCustomerRequest, "Pregunta algo que el asistente no sabe.")
	t.keepAsked()
}

func clientName(c catalogue.ClientType) string {
	if c == catalogue.ClientProfessional {
		return "profesional"
	}
	return "particular"
}

// quotedList joins fragments: «a» y «b».
func quotedList(fragments []string) string {
	out := make([]string, len(fragments))
	for i, f := range fragments {
		out[i] = "«" + f + "»"
	}
	return listText(out)
}

func lowerAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = lowerFirst(n)
	}
	return out
}
