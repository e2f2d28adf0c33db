package lexical_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/lexical"
)

func stems(text string) []string {
	var out []string
	for _, t := range lexical.Analyse(text) {
		out = append(out, t.Stem)
	}
	return out
}

func TestAnalyseStemsAlike(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"homologación homologaciones homologacion HOMOLOGACIÓN homologar homologado",
		"servicio servicios", "cambio cambios cambiar cambia", "vehículo vehículos vehiculo", "reforma reformas reformado reformar",
		"eléctrico eléctrica eléctricos electricas", "instalación instalaciones instalar instalado", "categoría categorías categoria",
		"camión camiones", "técnico técnica técnicos", "neumático neumáticos", "permitió permitir permitido", "obligatoriamente obligatoria",
		"conformidad conformidades", "autocaravana autocaravanas",
	} {
		seen := map[string]bool{}
		for _, s := range stems(words) {
			seen[s] = true
		}
		require.Len(t, seen, 1, "%s: %v", words, seen)
	}
	require.NotEqual(t, stems("motor"), stems("moto"))
}

func TestAnalyseKeepsCodes(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"punt", "6.2.1", "866/2010", "70/157/cee", "48r07", "m1", "3,5"}, stems("El punto 6.2.1. del 866/2010, la 70/157/CEE, el 48R07: M1 (3,5)."))
	require.Empty(t, stems("¿y de la que no, más o también?"))
	require.Empty(t, stems(""))
}

func TestAnalyseOffsets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-zñáéíóúü]{1,14}|[0-9./,]{1,9}|[ ,.;«»]){0,40}`)).Draw(t, "text")
		runes, end, position := []rune(text), 0, -1
		for _, tok := range lexical.Analyse(text) {
			require.NotEmpty(t, tok.Stem)
			require.GreaterOrEqual(t, tok.Start, end)
			require.Less(t, tok.Start, tok.End)
			require.LessOrEqual(t, tok.End, len(runes))
			require.Greater(t, tok.Position, position)
			end, position = tok.End, tok.Position
		}
	})
}

// TestAnalyseIgnoresAccentsAndCase for any word of Spanish letters.
func TestAnalyseIgnoresAccentsAndCase(t *testing.T) {
	t.Parallel()
	bare := strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n")
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zñáéíóúü]{3,16}`).Draw(t, "word")
		require.Equal(t, stems(word), stems(bare.Replace(word)))
		require.Equal(t, stems(word), stems(strings.ToUpper(word)))
	})
}

func FuzzAnalyse(f *testing.F) {
	f.Add("¿Qué documentación exige el RD 866/2010 para el CR 2.15?")
	f.Fuzz(func(_ *testing.T, text string) {
		lexical.Analyse(text)
		lexical.Sentences(text)
		lexical.Parse(text, lexical.DefaultGlossary())
	})
}

func TestSentences(t *testing.T) {
	t.Parallel()
	text := "El art. 5 del R.D. 866/2010 dice 3.5 t. ¿Seguro? Sí.\n1. Primer punto: «Una cita.» Otra frase, núm. 7, de D. Juan. Fin"
	var got []string
	for _, s := range lexical.Sentences(text) {
		got = append(got, string([]rune(text)[s.Start:s.End]))
	}
	require.Equal(t, []string{"El art. 5 del R.D. 866/2010 dice 3.5 t.", "¿Seguro?", "Sí.", "1. Primer punto: «Una cita.»", "Otra frase, núm. 7, de D. Juan.", "Fin"}, got)
}

// words is a corpus as a lexicon.
type words []string

func (w words) Frequencies(_ context.Context, stems []string) (map[string]int, error) {
	out := map[string]int{}
	for _, text := range w {
		has := map[string]bool{}
		for _, t := range lexical.Analyse(text) {
			has[t.Stem] = true
		}
		for _, s := range stems {
			if has[s] {
				out[s]++
			}
		}
	}
	return out, nil
}

func (w words) Similar(_ context.Context, stems []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, s := range stems {
		for _, t := range lexical.Analyse(strings.Join(w, " ")) {
			out[s] = append(out[s], t.Stem)
		}
	}
	return out, nil
}

var passages = words{
	"La sustitución del silencioso del sistema de escape por otro homologado no se considera reforma.",
	"El titular presentará el proyecto técnico y el certificado del taller.",
	"Los neumáticos serán equivalentes si su índice de carga es igual o superior.",
	"La instalación de un dispositivo de acoplamiento exige informe de conformidad.",
	"«Conjunto funcional»: conjunto de sistemas autorizado por la autoridad de homologación.",
	"M1 M2 M3 escape silencioso (2) (2) x x sustitución homologado",
}

// ask ranks the passages for a question.
func ask(t testing.TB, question string, change ...func([]lexical.Candidate)) (*lexical.Query, []lexical.Hit) {
	t.Helper()
	q := lexical.Parse(question, lexical.DefaultGlossary())
	require.NoError(t, q.Resolve(context.Background(), lexical.Corpus{Passages: len(passages), TextLength: 9}, passages))
	candidates := make([]lexical.Candidate, len(passages))
	for i, p := range passages {
		candidates[i] = lexical.Candidate{Text: p}
	}
	candidates[4].Definition, candidates[5].Table = "Conjunto funcional", true
	for _, c := range change {
		c(candidates)
	}
	return q, q.Rank(candidates, lexical.HashFusion())
}

func TestRank(t *testing.T) {
	t.Parallel()
	for question, first := range map[string]int{
		"¿Es reforma sustituir el silencioso del escape?":   0,
		"¿Quién presenta el proyecto tecnico?":              1,
		"neumaticos ekivalentes":                            2, // misspelt
		"¿qué hace falta para poner una bola de remolque?":  3, // the glossary
		"¿Qué es un conjunto funcional?":                    4, // a definition
		"informe de conformidad del dispositivo de acople":  3,
		"sustitucion silencioso homologado":                 0, // prose before tables
		"¿Cuál es el índice de carga de los nuemáticos, eh": 2,
	} {
		q, hits := ask(t, question)
		require.Len(t, hits, len(passages))
		require.Equal(t, first, hits[0].Index, question)
		require.True(t, q.Answerable(hits), question)
	}
}

func TestRankPutsWhatIsNamedFirst(t *testing.T) {
	t.Parallel()
	_, hits := ask(t, "neumáticos equivalentes", func(c []lexical.Candidate) { c[1].Referenced = true })
	require.Equal(t, []int{1, 2}, []int{hits[0].Index, hits[1].Index})
}

func TestRankFollowsVectors(t *testing.T) {
	t.Parallel()
	q := lexical.Parse("palabras desconocidas", nil)
	require.NoError(t, q.Resolve(t.Context(), lexical.Corpus{Passages: 6, TextLength: 9}, words{}))
	hits := q.Rank([]lexical.Candidate{{Text: "uno"}, {Text: "dos", VectorRank: 2}, {Text: "tres", VectorRank: 1}}, lexical.NeuralFusion())
	require.Equal(t, []int{2, 1, 0}, []int{hits[0].Index, hits[1].Index, hits[2].Index})
}

func TestUnanswerable(t *testing.T) {
	t.Parallel()
	for _, question := range []string{"¿Quién ganó la liga?", "receta de paella valenciana", "¿Qué tiempo hará mañana en Sevilla?", "¿?", ""} {
		q, hits := ask(t, question)
		require.False(t, q.Answerable(hits), question)
	}
	q, _ := ask(t, "nada")
	require.False(t, q.Answerable(q.Rank(nil, lexical.HashFusion())))
}

func TestDefinitionQuestions(t *testing.T) {
	t.Parallel()
	for question, want := range map[string]string{
		"¿Qué es un vehículo incompleto?":              "vehículo incompleto",
		"que se entiende por \"tramo de salida\"":      "tramo de salida",
		"definición de conjunto funcional":             "conjunto funcional",
		"¿A qué se llama remolque?":                    "remolque",
		"¿Qué es lo que tengo que presentar en la ITV": "",
		"¿Qué es necesario para legalizar un escape?":  "",
		"¿Cuánto cuesta?":                              "",
	} {
		require.Equal(t, want, lexical.Parse(question, nil).Definition, question)
	}
}

func TestRare(t *testing.T) {
	t.Parallel()
	q, _ := ask(t, "reforma del escape homologado desconocidísimo")
	require.Equal(t, [][]string{{"reform"}}, q.Rare(1))
	require.NotContains(t, q.Rare(1000), []string{"desconocidisim"}, "no passage has it")
	require.Contains(t, q.Rare(1000), []string{"escap"})
	q, _ = ask(t, "escape homologado silencioso") // each is in two of six passages or more
	require.Len(t, q.Rare(1), 1, "together they are rare enough")
	require.Len(t, q.Rare(1)[0], 2)
	require.Len(t, q.Rare(2)[0], 1, "the rarest alone is")
}

func TestBest(t *testing.T) {
	t.Parallel()
	q, _ := ask(t, "¿Cuántos neumáticos de repuesto hay?")
	text := "El coche es rojo. Hay un neumático de repuesto. Fin del asunto. Los neumáticos son negros."
	var got []string
	for _, s := range q.Best(text, 2) {
		got = append(got, string([]rune(text)[s.Start:s.End]))
	}
	require.Equal(t, []string{"Hay un neumático de repuesto.", "Los neumáticos son negros."}, got)
}

func TestDefaultGlossary(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, e := range lexical.DefaultGlossary() {
		require.NotEmpty(t, lexical.Analyse(e.Term), e.Term)
		require.NotEmpty(t, lexical.Analyse(e.Expansion), e.Term)
		require.False(t, seen[strings.ToLower(e.Term)], e.Term)
		seen[strings.ToLower(e.Term)] = true
	}
}

// BenchmarkRank ranks what the database offers: 200 passages of a thousand
// characters.
func BenchmarkRank(b *testing.B) {
	candidates := make([]lexical.Candidate, 200)
	for i := range candidates {
		candidates[i] = lexical.Candidate{
			DocumentTitle: "Manual de Reformas", Heading: fmt.Sprintf("Ficha 8.%d. Instalación de elementos", i), VectorRank: i,
			Text: strings.Repeat(passages[i%len(passages)]+" ", 1+1000/len(passages[i%len(passages)])) + fmt.Sprint("palabra", i),
		}
	}
	q, _ := ask(b, "¿Qué documentación exige la sustitución del silencioso del sistema de escape de un vehículo?")
	b.ReportAllocs()
	for b.Loop() {
		q.Rank(candidates, lexical.HashFusion())
	}
}

func BenchmarkAnalyse(b *testing.B) {
	text := strings.Join(passages, " ")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		lexical.Analyse(text)
	}
}
