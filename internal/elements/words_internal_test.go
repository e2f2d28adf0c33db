package elements

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSingular(t *testing.T) {
	t.Parallel()
	for _, group := range []string{
		"escape escapes", "retrovisor retrovisores", "luz luces", "disco discos", "manillar manillares", "subchasis subchasis", "led leds",
		"motor motores", "porton portones", "intermitente intermitentes", "bola bolas", "gas gases", "rin rines", "llave llaves", "eje ejes",
		"aire aires", "guardabarros guardabarro", "baul baules", "tope topes",
	} {
		words := strings.Fields(group)
		require.Equal(t, singular(words[0]), singular(words[1]), group)
	}
	for _, group := range []string{"freno frena", "filtro filtra", "placa plaza", "piloto pilota", "muelle mueble", "gas gasolina", "plaza plazo"} {
		words := strings.Fields(group)
		require.NotEqual(t, singular(words[0]), singular(words[1]), group)
	}
	for _, group := range []string{"delantera delanteros", "trasero traseras", "neumatica neumaticos", "electrico electrica", "completa completos", "baja bajos"} {
		words := strings.Fields(group)
		require.Equal(t, stemOf(words[0]), stemOf(words[1]), group)
	}
}

func TestConjugate(t *testing.T) {
	t.Parallel()
	lex := spanish()
	for form, infinitive := range map[string]string{
		"cambie": "cambiar", "cambiado": "cambiar", "cambiarlo": "cambiar", "toque": "tocar", "legalice": "legalizar", "legalizarlos": "legalizar",
		"muevo": "mover", "puesto": "poner", "quitalo": "quitar", "homologueis": "homologar", "conozco": "conocer", "incluyan": "incluir",
		"tengo": "tener", "mantengo": "mantener", "quisiera": "querer",
	} {
		require.Equal(t, "="+infinitive, lex.look(form, stemOf(form)).lemma, form)
	}
}

func TestTokenise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Escape, manillar":          "escape ,manillar",
		"clip-on":                   "clip -on",
		"escape-manillar":           "escape -manillar",
		"escape - manillar":         "escape ,manillar",
		"a/c y m+s":                 "a -c y m -s",
		"escape/manillar":           "escape ,manillar",
		"3placas x2 2x mt-07 125cc": "3 placas x2 2x mt -07 125cc",
		"espejos (2) y llantas":     "espejos -2 -y llantas",
		"frenos: discos":            "frenos :discos",
		"nº de bastidor, la 1ª":     "nº de bastidor ,la 1º",
		"120/70-17 y 3,5 m":         "120/70 -17 y 3,5 m",
		"n\u0303o e\u0301l":         "no el",
		"escapeee 0000 BBB":         "escape 0000 bbb",
		"¿Qué? Nada":                ".que .nada",
		"faro🔥piloto":               "faro ,piloto",
		"a pepe.escape@gmail.com y": "a ,y",
		"1️⃣":                       "1",
		"\u200d":                    "",
	} {
		var got []string
		for _, tok := range tokenise(text) {
			got = append(got, [...]string{"", "-", ",", ":", "."}[tok.sep]+tok.text)
		}
		require.Equal(t, want, strings.Join(got, " "), text)
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b   string
		length int
		want   int
	}{
		{"escpae", "escape", 6, 1},
		{"escpe", "escape", 6, 1},
		{"plata", "placa", 5, 2},
		{"fato", "faro", 4, 2},
		{"manilkar", "manillar", 8, 1},
		{"manixlar", "manillar", 8, 1},
		{"espeho", "espejo", 6, 1},
		{"espeto", "espejo", 6, 2},
	} {
		require.Equal(t, c.want, distance(c.a, c.b, 2, c.length), "%s %s", c.a, c.b)
		require.Equal(t, c.want, distance(c.b, c.a, 2, c.length), "%s %s", c.b, c.a)
	}
}

// TestDecoysAreNarrow guards against a decoy whose only meaningful word is the
// name of an element: it would hide the element everywhere.
func TestDecoysAreNarrow(t *testing.T) {
	t.Parallel()
	for _, phrase := range decoys {
		require.GreaterOrEqual(t, len(compilePhrase(phrase, true)), 2, phrase)
	}
}

func TestWordListsAreFolded(t *testing.T) {
	t.Parallel()
	check := func(words string) {
		for _, w := range strings.Fields(strings.ReplaceAll(words, ",", " ")) {
			tokens := tokenise(w)
			require.Len(t, tokens, 1, w)
			require.Equal(t, w, tokens[0].text)
		}
	}
	for _, groups := range [][]wordGroup{functionWords, contentWords, verbs} {
		for _, g := range groups {
			check(g.words)
		}
	}
	for short, full := range abbreviations {
		check(short + " " + full)
	}
}
