package assistant_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/msia/msia/internal/assistant"
)

// The first rows of each list are the ones the earlier system had tests for;
// those it got wrong stand among the unclear ones.
func TestDecide(t *testing.T) {
	t.Parallel()
	for decision, texts := range map[assistant.Decision][]string{
		assistant.Yes: {
			"sí", "SI", "dale pues", "claro que sí", "dlae", "vael", "sii", "oks", "perecto", "calro", "👍", "si 👍",
			"Sí.", "si!!", "siiii", "Sí, por favor", "vale", "Vale, gracias", "valeee", "venga", "venga va", "ok", "OK 👍🏽", "okey",
			"okay, adelante", "adelante", "adelnate", "claro", "perfecto", "genial", "por supuesto", "de acuerdo", "hazlo",
			"ábrelo", "abre el expediente", "Sí, abrid el expediente por favor", "abrimos expediente", "sí, quiero abrirlo",
			"sí, cuando queráis", "cuanto antes", "me parece bien", "correcto", "bueno, vale", "bueno", "va", "eso es", "procede",
			"continúa", "acepto el presupuesto", "sin problema", "no hay problema", "¡cómo no!", "buenas tardes, sí",
			"Sí, mañana te mando las fotos", "Si, mañana te mando las fotos", "✅", "👌👌", "sí claro", "que sí", "sí quiero",
			"me interesa", "hecho, vale", "Sí señor",
			"Sí, abrir expediente", "ya lo tengo todo, adelante", "ok gracias", "perfecto, empezamos", "Sí por favor 🙏", "por mí bien, tramitadlo",
		},
		assistant.No: {
			"no", "nop", "espérate", "déjame pensarlo", "todavía no", "👎", "no gracias 👎",
			"No.", "noooo", "no, gracias", "nope", "nah", "ni hablar", "ni de broma", "de momento no", "por ahora no", "ahora no",
			"mejor no", "mejor otro día", "no me interesa", "no quiero", "no, es mucho dinero", "no, muy caro", "no puedo ahora", "claro que no",
			"que no", "para nada", "en absoluto", "cancela", "olvídalo", "déjalo", "paso", "me lo pienso", "lo pensaré", "vale, me lo pienso y ya te digo",
			"espera un momento", "para", "no no no", "creo que no", "no hace falta", "no quiero seguir", "no abráis nada", "❌", "🙅",
			"tengo que pensármelo", "ok, gracias, lo hablo con mi mujer y os digo", "no gracias, otro día", "vale, ya os aviso", "no quiero abrir expediente", "ya os digo algo", "no, gracias a ti",
		},
		assistant.Unclear: {
			"¿cuánto cuesta?", "vale la pena", "genial pero cuánto?", "¿sí?", "hmmm", "a ver", "", "hola", "precio", "no sé si vale",
			"caro", "muy caro", "es caro", "malo", "faro", "el faro", "sin", "sin escape", "tal vez", "buenas", "buenos días", "venta",
			"de serie", "valemos mucho", "para el escape", "el manillar", "sí pero", "sí, pero sin el manillar", "sí, aunque caro", "no?", "¿no?",
			"sí o no", "👍👎", "sí 👎", "no lo sé", "no sé", "no entiendo", "no estoy seguro", "luego", "más tarde", "después te digo", "depende",
			"si me haces descuento", "vale si me haces un descuento", "vale, ¿y cuánto tarda?", "cuanto cuesta", "como lo hago", "quizás",
			"no quiero el manillar", "no es una moto", "solo el escape", "y los espejos", "moto", "yamaha mt-07", "carlos", "caro no", "raro",
			"gracias", "muchas gracias", "😊", "🏍️", "...", "?", "1234", "vela", "sale", "valle", "clara", "genital", "afecto", "primero dime el precio",
			"quiero homologar el escape", "sí, ¿y los papeles?", "nose", "buenas noches", "un saludo", "sin manillar no", "el no", "siempre", "sillín",
			"es caro, sí", "no adelante", "tengo una duda, sí", "el escape no, el manillar sí", "sí, si baja el precio", "no me llames, escríbeme", "como quieras",
		},
	} {
		for _, text := range texts {
			assert.Equalf(t, decision, assistant.Decide(text), "%q", text)
		}
	}
}

func FuzzDecide(f *testing.F) {
	for _, s := range []string{"sí", "no, gracias", "👍🏽", "\xff\xfe", "¿?", "ﷺ", "e\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if a, b := assistant.Decide(s), assistant.Decide(s); a != b {
			t.Fatalf("%q: %v then %v", s, a, b)
		}
	})
}
