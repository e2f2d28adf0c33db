package conversations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/rules"
)

// TestResponseRules goes from the webhook to what Chatwoot shows.
func TestResponseRules(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	text := func(s string) *string { return &s }
	create := func(d rules.Draft) *catalogue.Rule {
		d.IsActive = true
		r, err := h.rules.Create(t.Context(), d)
		require.NoError(t, err)
		return r
	}
	hours := create(rules.Draft{Name: "Horario", Pattern: "horario", Action: catalogue.RuleAnswer, Answer: text("Abrimos *siempre* de 9 a 14 h.\nhttps://msi.example/que_hacemos")})
	create(rules.Draft{
		Name: "Siniestro", Pattern: "siniestro", Category: text("motos-part"), Action: catalogue.RuleHandOver, Reason: text("Lo lleva Marta."),
	})
	h.say("¿Qué HORARIO tenéis? " + mainJob)
	reply := h.replies(1)[0].Shown
	require.Contains(t, reply, "Abrimos *siempre* de 9 a 14 h.\nhttps://msi.example/que_hacemos")
	require.Contains(t, reply, "175,00 € + IVA")
	require.Equal(t, 1, h.count("quotes"))

	h.say("horario?")
	require.NotContains(t, h.replies(2)[1].Shown, "Abrimos", "not twice in a row")
	h.say("¿y el horario?")
	require.Contains(t, h.replies(3)[2].Shown, "Abrimos")

	require.NoError(t, h.rules.Delete(t.Context(), hours.ID, 0))
	h.say("gracias")
	h.replies(4)
	h.say("horario, por favor")
	require.NotContains(t, h.replies(5)[4].Shown, "Abrimos", "gone at once")

	h.say("viene de un siniestro")
	require.Equal(t, "Te paso con un compañero, que te escribe por aquí en cuanto pueda.", h.replies(6)[5].Shown)
	h.settled()
	require.Equal(t, 1, h.count("escalations WHERE source = 'response_rule' AND reason LIKE 'Lo lleva Marta.%'"))
	require.Equal(t, 1, h.count("conversations WHERE paused_reason = 'handed_over'"))
	require.Contains(t, h.chatwoot.Notes()[len(h.chatwoot.Notes())-1].Shown, "Lo lleva Marta.")
}
