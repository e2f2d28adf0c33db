package assistant_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/tariffs"
)

// talk says one text after the other and returns the last outcome.
func talk(t *testing.T, a *assistant.Assistant, s *catalogue.Snapshot, from assistant.State, texts ...string) assistant.Outcome {
	t.Helper()
	var out assistant.Outcome
	now := began
	for _, text := range texts {
		now = now.Add(60e9)
		out = a.Answer(assistant.Turn{
			State: from, Messages: []assistant.Message{{Text: text}}, Snapshot: s, Settings: assistant.Settings{Enabled: true}, Now: now,
		})
		checkReplies(t, s, nil, turn{}, out)
		from = throughJSON(t, out.State)
	}
	return out
}

func sources(out assistant.Outcome) []string {
	var list []string
	for _, e := range out.Escalations {
		list = append(list, e.Source)
	}
	return list
}

func TestNotCovered(t *testing.T) {
	t.Parallel()
	s := snapshot(t, nil)
	for _, code := range []string{"T1", "T2", "T3"} {
		s.BySlug("motos-part").Tier(code).IsActive = false
	}
	a := newAssistant()
	out := talk(t, a, s, assistant.State{}, "escape y suspensión trasera de mi moto")
	require.Contains(t, out.Replies[0], "no entra en ninguna tarifa cerrada")
	require.NotContains(t, out.Replies[0], "€")
	require.True(t, out.HandOver)
	require.Equal(t, []string{assistant.SourceNotCovered}, sources(out))
	require.Contains(t, out.Escalations[0].Reason, "Suspensión trasera")
	require.Empty(t, out.Quotes)
	// What remains can be priced when the rest is taken out.
	out = talk(t, a, s, out.State, "quita la suspensión")
	require.Contains(t, out.Replies[0], "140,00 €")
}

// TestPriceChangedBeforeAcceptance: nobody accepts a price that was not said.
func TestPriceChangedBeforeAcceptance(t *testing.T) {
	t.Parallel()
	a := newAssistant()
	out := talk(t, a, snapshot(t, nil), assistant.State{}, "escape de mi moto")
	dearer := snapshot(t, nil)
	dearer.Revision = 2
	dearer.BySlug("motos-part").Tier("T6").Price = money.Cents(150_00)
	out = talk(t, a, dearer, out.State, "sí")
	require.False(t, out.HandOver)
	require.Empty(t, out.Escalations)
	require.Contains(t, out.Replies[0], "la tarifa ha cambiado")
	require.Contains(t, out.Replies[0], "150,00 € + IVA (181,50 € con IVA)")
	require.Len(t, out.Quotes, 1)
	out = talk(t, a, dearer, out.State, "sí")
	require.False(t, out.HandOver)
	require.Equal(t, "150.00", out.Case.Open.Quote.Subtotal.String())
}

// TestElementGoneBeforeAcceptance: the catalogue changes between two turns.
func TestElementGoneBeforeAcceptance(t *testing.T) {
	t.Parallel()
	a := newAssistant()
	out := talk(t, a, snapshot(t, nil), assistant.State{}, "escape y manillar de mi moto")
	out = talk(t, a, snapshot(t, []string{"MANILLAR"}), out.State, "sí")
	require.False(t, out.HandOver)
	require.Contains(t, out.Replies[0], "Manillar o semimanillares: ya no lo tramitamos")
	require.Contains(t, out.Replies[0], "140,00 €")

	out = talk(t, a, snapshot(t, nil), assistant.State{}, "escape de mi moto")
	out = talk(t, a, snapshot(t, []string{"motos-part"}), out.State, "sí")
	require.NotContains(t, strings.Join(out.Replies, ""), "€")
	require.NotContains(t, sources(out), assistant.SourceQuoteAccepted)
}

type failing struct{ err error }

func (f failing) Calculate(*catalogue.Snapshot, *catalogue.Category, tariffs.Request) (tariffs.Quote, error) {
	return tariffs.Quote{}, f.err
}

func TestSolverFails(t *testing.T) {
	t.Parallel()
	for _, err := range []error{errors.New("boom"), tariffs.ErrDuplicateElement, tariffs.ErrUnknownElement, tariffs.ErrUnknownService, tariffs.ErrVariantRequired, tariffs.ErrNoElements} {
		a := assistant.New(assistant.Deps{
			Pricer:  failing{err},
			Matcher: func(_ *catalogue.Snapshot, c *catalogue.Category) assistant.Matcher { return elements.NewMatcher(c) },
		})
		out := talk(t, a, snapshot(t, nil), assistant.State{}, "escape de mi moto")
		require.True(t, out.HandOver, err)
		require.Equal(t, []string{assistant.SourceError}, sources(out), err)
		require.NotContains(t, out.Replies[0], "boom")
		require.NotContains(t, out.Escalations[0].Reason, "boom")
	}
}

// TestOtherSheets: categories that staff add are used without any code.
func TestOtherSheets(t *testing.T) {
	t.Parallel()
	base := snapshot(t, nil)
	add := func(slug, name string, kind catalogue.VehicleKind, client catalogue.ClientType, price int64) *catalogue.Category {
		c := *snapshot(t, nil).BySlug("motos-part")
		c.ID, c.Slug, c.Name, c.VehicleKind, c.ClientType = uuid.NewSHA1(uuid.Nil, []byte(slug)), slug, name, kind, client
		for _, tier := range c.Tiers {
			tier.Price = money.Cents(price)
		}
		return &c
	}
	s := catalogue.NewSnapshot(3, base.IVAPercent, append(slices.Clone(base.Categories),
		add("motos-prof", "Motos profesionales", catalogue.VehicleMotorcycle, catalogue.ClientProfessional, 90_00),
		add("coches-part", "Coches", "car", catalogue.ClientParticular, 300_00)))
	a := newAssistant()
	for text, want := range map[string]string{
		"somos un taller, escape de una moto": "90,00 € + IVA",
		"escape de mi moto":                   "140,00 € + IVA",
		"soy particular, escape de mi coche":  "300,00 € + IVA",
		"escape de mi coche":                  "¿Eres particular o profesional",
		"el escape":                           "¿Es una moto o un coche?",
		"hola":                                "una moto, una autocaravana o un coche",
		"escape de mi coche, soy profesional": "no tengo tarifa cerrada para coches de profesionales",
	} {
		out := talk(t, a, s, assistant.State{}, text)
		require.Contains(t, out.Replies[0], want, text)
	}
}

// TestStaffTexts: whatever staff write into the catalogue, replies stay clean.
func TestStaffTexts(t *testing.T) {
	t.Parallel()
	s := snapshot(t, nil)
	c := s.BySlug("motos-part")
	c.Element("ESCAPE").Name = "*Escape* {{contact.name}} _deportivo_"
	for _, w := range c.Warnings {
		w.Severity, w.Message, w.Triggers = catalogue.SeverityError, "# Ojo: cuesta +375 € más (T2), ver ESCAPE. "+strings.Repeat("Muy largo. ", 40), nil
	}
	for _, d := range c.Documentation {
		d.Description = "- [papeles](http://x) `ficha` " + strings.Repeat("con todas sus caras ", 20)
	}
	out := talk(t, newAssistant(), s, assistant.State{}, "escape, manillar, espejos y estriberas de mi moto")
	require.Contains(t, out.Replies[0], "220,00 €")
	require.LessOrEqual(t, utf8.RuneCountInString(out.Replies[0]), 1500)
}

func TestOfferedQuote(t *testing.T) {
	t.Parallel()
	s := snapshot(t, nil)
	out := talk(t, newAssistant(), s, assistant.State{}, "escape y los dos espejos de mi moto")
	require.Len(t, out.Quotes, 1)
	q := out.Quotes[0]
	require.Equal(t, s.BySlug("motos-part").ID, q.CategoryID)
	require.Equal(t, "175.00", q.Quote.Subtotal.String())
	require.Equal(t, []tariffs.RequestedElement{{Code: "ESCAPE", Quantity: 1}, {Code: "ESPEJOS", Quantity: 2}}, q.Request.Elements)
	require.Contains(t, q.Request.Text, "espejos")
	require.Equal(t, q.Quote.Total, out.State.Quote.Total)
}

// TestNothingToAnswer: no message means no reply and no change.
func TestNothingToAnswer(t *testing.T) {
	t.Parallel()
	out := newAssistant().Answer(assistant.Turn{Snapshot: snapshot(t, nil), Settings: assistant.Settings{Enabled: true}, Now: began})
	require.Empty(t, out.Replies)
	require.Empty(t, out.Escalations)
	require.False(t, out.State.Greeted)
}

// TestSmallerSetIsOfferedAgain: a yes to four elements is no yes to three of
// them, even at the same price.
func TestSmallerSetIsOfferedAgain(t *testing.T) {
	t.Parallel()
	a := newAssistant()
	out := talk(t, a, snapshot(t, nil), assistant.State{}, "escape, manillar, espejos y estriberas de mi moto")
	require.Contains(t, out.Replies[0], "220,00 €")
	later := snapshot(t, []string{"ESPEJOS"})
	out = talk(t, a, later, out.State, "sí")
	require.False(t, out.HandOver)
	require.Contains(t, out.Replies[0], "Retrovisores: ya no lo tramitamos")
	require.Contains(t, out.Replies[0], "220,00 €")
	require.Len(t, out.Quotes, 1)
	require.NotNil(t, talk(t, a, later, out.State, "sí").Case.Open)
}
