package legal_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/legal"
)

// parse has each text be a page.
func parse(pages ...string) legal.Document {
	in := make([]legal.Page, len(pages))
	for i, p := range pages {
		in[i] = legal.Page{Number: i + 1, Text: p}
	}
	return legal.Parse(in)
}

// outline is one line for each unit: its kind, number and title.
func outline(d legal.Document) []string {
	var out []string
	for _, u := range d.Units {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s: %s", u.Kind, u.Number, u.Title)))
	}
	return out
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"BOE", `Real Decreto 866/2010, de 2 de julio.
TÍTULO I
Disposiciones generales
CAPÍTULO PRIMERO
Objeto
Artículo 1. Objeto.
Este real decreto regula la tramitación.
Artículo 2. Ámbito de aplicación de las reformas de los
vehículos.
Se aplica según el
artículo 5 de la Ley 21/1992.
Artículo 2 bis. Otro.
Uno más.
Artículo tercero. Palabras.
También cuentan.
Disposición adicional primera. Colaboración.
Colaborarán.
Disposición derogatoria única.
Queda derogado.
Disposición final vigésima segunda. Entrada en vigor.
Mañana.
ANEXO I
Reformas
Las que siguen.`, []string{
			"front :", "title I: Disposiciones generales", "chapter primero: Objeto", "article 1: Objeto",
			"article 2: Ámbito de aplicación de las reformas de los vehículos", "article 2 bis: Otro", "article 3: Palabras",
			"disposition adicional 1: Colaboración", "disposition derogatoria 1:", "disposition final 22: Entrada en vigor", "annex I: Reformas",
		}},
		{"EUR-Lex", `CAPÍTULO II
OBLIGACIONES GENERALES
Artículo 1
Objeto
1. El presente Reglamento establece lo dispuesto en el
Artículo 24, apartado 4, del Tratado.
Artículo 2
Obligaciones de los fabricantes en relación con sus vehículos y
sus sistemas
1. Los fabricantes.
ANEXO I
CONDICIONES
1. Condiciones generales
Texto.
ANEXO II
TABLA DE CORRESPONDENCIAS
Artículo 1 Artículo 3
Artículo 2
Artículo 4`, []string{
			"chapter II: OBLIGACIONES GENERALES", "article 1: Objeto", "article 2: Obligaciones de los fabricantes en relación con sus vehículos y sus sistemas",
			"annex I: CONDICIONES", "point 1: Condiciones generales", "annex II: TABLA DE CORRESPONDENCIAS",
		}},
		{"an amending law", `Artículo 1. Modificación del Real Decreto 750/2010.
Se añade un artículo con este texto:
«Artículo 12. Nuevo.
El texto.
Artículo 13. Otro nuevo.
Más texto.»
Artículo 2. Entrada en vigor.
Mañana.`, []string{"article 1: Modificación del Real Decreto 750/2010", "article 2: Entrada en vigor"}},
		{"UNECE", `1. ESPECIFICACIONES PARTICULARES
1.1. Luz de carretera
` + strings.Repeat("La luz de carretera deberá instalarse de modo que no moleste. ", 20) + `
1.2. Luz de cruce
1.2.1. Presencia
Obligatoria en los vehículos de motor.
15/07/2016
1.2.2. Número
Dos.
9.9 Una tabla
` + strings.Repeat("Una luz de cruce no deberá deslumbrar a nadie en ningún caso. ", 30), []string{
			"point 1: ESPECIFICACIONES PARTICULARES", "point 1.1: Luz de carretera", "point 1.2: Luz de cruce", "point 1.2.1: Presencia", "point 1.2.2: Número",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, outline(parse(c.text)))
		})
	}
}

func TestPointsTooShortStayTogether(t *testing.T) {
	t.Parallel()
	d := parse("ANEXO I\nLUCES\n1. Luces\n1.1. Cruce\nDos.\n1.2. Carretera\nDos o cuatro.\n2. Otras\nNinguna.")
	require.Equal(t, []string{"annex I: LUCES", "point 1: Luces", "point 2: Otras"}, outline(d))
	require.Equal(t, []string{"1.1", "1.2"}, d.Units[1].Inner)
	require.True(t, d.Units[1].Is(legal.Reference{Kind: legal.Point, Number: "1.2"}))
	require.Equal(t, []string{"Anexo I. LUCES"}, d.Units[1].Path)
	require.Equal(t, 2, d.Units[0].Last)
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	d := parse(`Artículo 3. Definiciones.
Se entiende por:
1) «vehículo»: todo vehículo de motor;
2) «remolque»: lo que va detrás:
a) con eje central,
b) sin él;
22. Conjunto funcional: Conjunto de sistemas.
Artículo 4. Tipos: los del anexo.
Otra cosa: nada.`)
	var defined []string
	for _, u := range d.Units {
		for _, p := range u.Passages {
			if p.Definition != "" {
				defined = append(defined, p.Definition)
			}
		}
	}
	require.Equal(t, []string{"vehículo", "remolque", "Conjunto funcional"}, defined)
	require.Contains(t, d.Units[0].Passages[2].Text, "b) sin él")
}

func TestRepair(t *testing.T) {
	t.Parallel()
	d := parse("perfec\x02cionando el compo\n\u00ad\nnente de la homolo-\ngación\f y la ﬁcha (\n1\n) según la homologación,\r\nel CO\u0308che")
	require.Equal(t, "perfeccionando el componente de la homologación y la ficha (1) según la homologación,\nel CÖche", d.Pages[0].Text)
	tex := parse(strings.Repeat("el c´odigo del ni˜no y el ping¨uino con ´ındice ", 10))
	require.Contains(t, tex.Pages[0].Text, "el código del niño y el pingüino con índice")
}

// sheets are pages in the form of the Manual de Reformas.
func sheets() []string {
	var pages []string
	add := func(group, code string, of int, body ...string) {
		for i, b := range body {
			pages = append(pages, fmt.Sprintf("MANUAL DE REFORMAS DE VEHÍCULOS\n%s\n(%s)\nSECCIÓN: I\nGRUPO: %s\nPágina %d de %d\n%s", group, code, code, i+1, of, b))
		}
	}
	for i, part := range []string{"admisión", "escape", "potencia", "arranque", "depósito", "hidrógeno", "bastidor", "matrícula", "embrague", "eje", "rueda", "volante"} {
		text := strings.Repeat("El titular aportará la documentación de "+part+", que se exige en cada caso\n", 3*i+2)
		code := fmt.Sprintf("2.%d", i+1)
		add("Grupo Nº 2. Unidad Motriz", code, 2,
			strings.Repeat("Además de lo que se dice antes de "+part+".\n", 3*i)+code+".- Cambio de "+part+" de la unidad\nmotriz\nCAMPO DE APLICACIÓN\nM1 M2 M3 N1 N2\nSI SI SI NO NO\nDOCUMENTACIÓN NECESARIA\n"+text,
			strings.Repeat("Y lo que sigue de "+part+".\n", 3*i)+"DOCUMENTACIÓN NECESARIA\nMás papeles de "+part+".\nINFORMACIÓN ADICIONAL\n"+strings.Repeat("No se considerará reforma lo demás de "+part+".\n", 2*i+1))
	}
	return pages
}

func TestSheets(t *testing.T) {
	t.Parallel()
	d := parse(sheets()...)
	var found []string
	for _, u := range d.Units {
		if u.Kind == legal.Sheet {
			found = append(found, fmt.Sprintf("%s %s %d-%d", u.Number, u.Title, u.PageFrom, u.PageTo))
			require.Equal(t, []string{"Grupo Nº 2. Unidad Motriz"}, u.Path)
		}
	}
	require.Len(t, found, 12)
	require.Equal(t, "2.3 Cambio de potencia de la unidad motriz 5-6", found[2])
	fields := d.Units[1:4]
	for _, f := range fields {
		require.Equal(t, "2.1", f.Number, "a part is cited by its sheet's code")
	}
	require.Equal(t, "CAMPO DE APLICACIÓN", fields[0].Title)
	require.Equal(t, "DOCUMENTACIÓN NECESARIA", fields[1].Title) // goes on over the page
	require.Equal(t, []int{1, 2}, []int{fields[1].PageFrom, fields[1].PageTo})
	require.Equal(t, "INFORMACIÓN ADICIONAL", fields[2].Title)
	require.Equal(t, []string{"Grupo Nº 2. Unidad Motriz", "Ficha 2.1. Cambio de admisión de la unidad motriz"}, fields[2].Path)
	require.Equal(t, "Grupo Nº 2. Unidad Motriz (2.1)", d.Pages[0].Section)
	require.Equal(t, "2 de 2", d.Pages[1].Label)
	require.NotContains(t, d.Pages[0].Text, "MANUAL DE REFORMAS")
}

func TestContentsAreHidden(t *testing.T) {
	t.Parallel()
	d := parse("ÍNDICE\nArtículo 1. Objeto ........ 2\nArtículo 2. Ámbito ........ 3\nArtículo 3. Otro ........ 4\nAnexo I. Uno ........ 5\nAnexo II. Dos ........ 6\n",
		"Artículo 1. Objeto.\nEl objeto.\nArtículo 2. Ámbito.\nEl ámbito.")
	require.Equal(t, []string{"contents :", "article 1: Objeto", "article 2: Ámbito"}, outline(d)[:3])
	for _, p := range d.Units[0].Passages {
		require.True(t, p.Hidden)
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	for question, want := range map[string][]string{
		"¿Qué dice el artículo 14 bis?":                       {"article 14 bis"},
		"arts. 3 y 5 del RD 866/2010":                         {"article 3", "article 5", "regulation 866/2010"},
		"anexo ii, punto 6.2.1":                               {"annex II", "point 6.2.1"},
		"disposición transitoria primera":                     {"disposition transitoria 1"},
		"documentación para el CR 2.15":                       {"sheet 2.15"},
		"la reforma 8.51 y 2.3":                               {"sheet 8.51", "point 2.3", "sheet 2.3"},
		"reglamento 48R07":                                    {"regulation 48R07"},
		"Reglamento (UE) 2018/858":                            {"regulation 2018/858"},
		"Reglamento CEPE/ONU 67":                              {"regulation 67"},
		"Orden ITC/1620/2008":                                 {"regulation 1620/2008"},
		"capítulo III del título preliminar":                  {"chapter III", "title preliminar"},
		"¿Cuánto mide 3,5 m o 12?":                            nil,
		"el artículo primero y el ARTÍCULO ÚNICO de la norma": {"article 1", "article 1"},
	} {
		var got []string
		for _, r := range legal.References(question) {
			got = append(got, fmt.Sprintf("%s %s", r.Kind, r.Number))
			require.Less(t, r.Start, r.End)
		}
		require.Equal(t, want, got, question)
	}
}

// lines are what documents are made of in TestEveryCharacterIsInOnePassage.
var lines = []string{
	"Artículo 1. Objeto.", "Artículo 2", "Ámbito de aplicación", "CAPÍTULO II", "ANEXO I", "ANEXO II", "TÍTULO SEGUNDO", "Apéndice 1", "PARTE A",
	"1. Generalidades", "1.1. Alcance", "1.1.1. Detalle", "1.2. Otro", "2. Más", "2.1. Y más", "Disposición final única. Entrada en vigor.",
	"1) «vehículo»: todo vehículo;", "a) una letra;", "- un guion", "«Artículo 3. Citado.", "fin de la cita.»", "M1 M2 M3 N1 N2 N3", "(2) (2) - - x x",
	"INFORMACIÓN ADICIONAL", "El titular del vehículo presentará la documentación que se le pida en la estación de inspección técnica que elija él.",
	"Grupo Nº 2. Unidad Motriz", "(2.1)", "(2.2)", "GRUPO: 2 (2.1)", "Página 1 de 3", "ÍNDICE", "Artículo 9. Fin ........ 12",
}

func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// TestEveryCharacterIsInOnePassage: nothing of the pages is lost, nothing is twice
// but for overlaps, places are right, and nothing depends on chance.
func TestEveryCharacterIsInOnePassage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.OneOf(rapid.SampledFrom(lines), rapid.StringMatching(`[a-zñá,.:;«» ]{0,120}`), rapid.Map(rapid.IntRange(40, 120), func(n int) string { return strings.Repeat("una frase sin fin, que sigue. Y ", n) }))
		page := rapid.Map(rapid.SliceOfN(line, 0, 30), func(l []string) string { return strings.Join(l, "\n") })
		texts := rapid.SliceOfN(page, 0, 8).Draw(t, "pages")
		d := parse(texts...)
		require.Equal(t, d, parse(texts...))
		var all, whole strings.Builder
		for _, p := range d.Pages {
			whole.WriteString(withoutSpace(p.Text))
		}
		at, place := 1, 0
		for i, u := range d.Units {
			require.GreaterOrEqual(t, u.Last, i)
			require.LessOrEqual(t, u.PageFrom, u.PageTo)
			require.NotEmpty(t, u.Passages)
			for _, p := range u.Passages {
				own := []rune(p.Text)[p.Overlap:]
				all.WriteString(withoutSpace(string(own)))
				require.Equal(t, withoutSpace(between(d, p)), withoutSpace(p.Text))
				require.LessOrEqual(t, u.PageFrom, p.PageFrom)
				require.GreaterOrEqual(t, u.PageTo, p.PageTo)
				require.True(t, p.PageTo > at || p.PageTo == at && p.CharTo > place, "passages go on")
				at, place = p.PageTo, p.CharTo
				require.LessOrEqual(t, len([]rune(p.Text)), 3300)
			}
		}
		require.Equal(t, whole.String(), all.String())
	})
}

// between is the text a passage says it is.
func between(d legal.Document, p legal.Passage) string {
	var b strings.Builder
	for _, page := range d.Pages {
		r := []rune(page.Text)
		from, to := 0, len(r)
		if page.Number < p.PageFrom || page.Number > p.PageTo {
			continue
		}
		if page.Number == p.PageFrom {
			from = p.CharFrom
		}
		if page.Number == p.PageTo {
			to = p.CharTo
		}
		b.WriteString(string(r[from:to]))
	}
	return b.String()
}

func FuzzParse(f *testing.F) {
	f.Add(strings.Join(lines, "\n"), "page\ntwo")
	f.Fuzz(func(t *testing.T, one, two string) {
		d := parse(one, two)
		require.Equal(t, d, parse(one, two))
		legal.References(one)
	})
}

func BenchmarkParse(b *testing.B) {
	pages := sheets()
	for i := range 200 {
		pages = append(pages, fmt.Sprintf("Artículo %d. Requisitos.\n", i+1)+strings.Repeat("El titular presentará la documentación que exige este real decreto ante el\nórgano competente.\n", 30))
	}
	for b.Loop() {
		parse(pages...)
	}
	b.ReportMetric(float64(len(pages))/(b.Elapsed().Seconds()/float64(b.N)), "pages/s")
}
