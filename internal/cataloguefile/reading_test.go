package cataloguefile_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/cataloguefile"
)

// workbook builds a workbook by hand, as spreadsheet programs do that are
// neither excelize nor like it: inline texts, a namespace prefix, no references
// to cells. A sheet is a name and rows of ready-made cells.
func workbook(t testing.TB, sheets ...[]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	part := func(name, text string) {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + text))
		require.NoError(t, err)
	}
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	types, list, rels := "", "", ""
	for i, s := range sheets {
		types += fmt.Sprintf(`<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
		list += fmt.Sprintf(`<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, s[0], i+1, i+1)
		rels += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, rel, i+1)
		part(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), fmt.Sprintf(`<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>`, main, strings.Join(s[1:], "")))
	}
	part("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>`+types+`</Types>`)
	part("_rels/.rels", fmt.Sprintf(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>`, rel))
	part("xl/workbook.xml", fmt.Sprintf(`<workbook xmlns="%s" xmlns:r="%s"><sheets>%s</sheets></workbook>`, main, rel, list))
	part("xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+rels+`</Relationships>`)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// row makes a row of cells: texts, or ready-made cells.
func row(cells ...string) string {
	out := "<row>"
	for _, c := range cells {
		if !strings.HasPrefix(c, "<c") {
			c = `<c t="inlineStr"><is><t xml:space="preserve">` + strings.ReplaceAll(c, "&", "&amp;") + `</t></is></c>`
		}
		out += c
	}
	return out + "</row>"
}

// small is a category in a hand-made workbook: columns in another order, headers
// in other spellings, numbers, booleans and formulas of every kind, blank rows.
func small(t testing.TB, change func(sheets map[string][]string)) []byte {
	t.Helper()
	sheets := map[string][]string{
		"categoria": {
			row("NOMBRE", "codigo", "Tipo de cliente", "tipo de vehiculo", "Descripción", "Icono", "Activa", "Orden", "Unidades por elemento"),
			row("Quads", "quads-part", "particular", "quad", "", "", "", `<c><v>3.0</v></c>`),
		},
		"TARIFAS": {
			row("Precio (€)", "Código", "Nombre", "Activa", "Con proyecto", "Descripción", "Condiciones", "Máximo propios", "Orden"),
			row(`<c><v>140.09999999999999</v></c>`, "T1", "Uno", "Sí", "no"),
			row("1.234,50 €", "T2", "Dos", `<c t="b"><v>0</v></c>`, "VERDADERO"),
			row(`<c><f>70*2</f><v>1.4E2</v></c>`, `<c><v>3</v></c>`, `<c t="str"><f>"Tr"&amp;"es"</f><v>Tres</v></c>`, `<c t="b"><v>1</v></c>`, "FALSE"),
			row(" 99,9", "T4", "Cuatro"), row(""), "<row/>",
		},
		"Listas":      {row("Elemento", "Tarifa"), row("ESCAPE", "T1"), row("ESCAPE ", " T2")},
		"Inclusiones": {row("Tarifa", "Incluye", "Máximo"), row("T1", "T2", "2"), row("T1", `<c><v>3</v></c>`)},
		"Elementos": {
			row("Código", "Nombre", "Descripción", "Variante de", "Tipo de variante", "Código de variante", "Genérico", "Activo",
				"Motivo de inactividad", "Requiere revisión", "Unidades por elemento", "Suplemento (€)", "Hereda", "Servicios sugeridos", "Orden"),
			row("ESCAPE", "Escape", "Una línea\nOtra línea"),
		},
		"Palabras": {row("Elemento", "Pregunta", "Palabras clave", "Otros nombres", "Respuestas", "Respuestas para todas"), row("ESCAPE", "", "escape\n\ntubo de escape\n", "", "", "")},
		"Campos": {
			row("Elemento", "Clave", "Etiqueta", "Tipo", "Opciones", "Unidad", "Obligatorio", "Mínimo", "Máximo", "Longitud mínima",
				"Longitud máxima", "Patrón", "Ejemplo", "Ayuda", "Si el campo", "Condición", "Valor", "Activo", "Orden"),
			row("ESCAPE", "largo", "Largo", "number", "", "mm", "n", "0,5", `<c><v>1E3</v></c>`),
		},
		"Fotos":         {row("Elemento", "Código", "Tipo", "Título", "Instrucción", "Imagen", "Obligatoria", "Si el campo", "Condición", "Valor", "Activa", "Orden")},
		"Servicios":     {row("Código", "Nombre", "Descripción", "Precio (€)", "Activo", "Orden")},
		"Documentación": {row("Código", "Descripción", "Imagen", "Obligatorio", "Activo", "Orden")},
		"Avisos":        {row("Código", "Gravedad", "Mensaje", "Tarifa", "Elemento", "Activo", "Orden")},
		"Disparadores":  {row("Aviso", "Elemento", "Tarifa", "Palabra", "Cantidad mínima")},
		"Notas mías":    {row("Esto no es del catálogo")},
	}
	if change != nil {
		change(sheets)
	}
	var list [][]string
	for name, rows := range sheets {
		list = append(list, append([]string{name}, rows...))
	}
	return workbook(t, list...)
}

func TestWorkbooksAreReadTolerantly(t *testing.T) {
	t.Parallel()
	c, problems := cataloguefile.Read(small(t, nil), cataloguefile.XLSX)
	require.Empty(t, problems)
	require.Equal(t, strings.TrimLeft(`
slug: quads-part
name: Quads
client_type: particular
vehicle_kind: quad
sort_order: 3
tiers:
  - code: T1
    name: Uno
    price: "140.10"
    sort_order: 10
    own: [ESCAPE]
    includes:
      - {tier: "3"}
      - {tier: T2, max: 2}
  - code: T2
    name: Dos
    price: "1234.50"
    requires_project: true
    active: false
    sort_order: 11
    own: [ESCAPE]
  - code: "3"
    name: Tres
    price: "140.00"
    sort_order: 12
  - code: T4
    name: Cuatro
    price: "99.90"
    sort_order: 13
elements:
  - code: ESCAPE
    name: Escape
    description: |-
      Una línea
      Otra línea
    sort_order: 10
    keywords: [escape, tubo de escape]
    fields:
      - key: largo
        label: Largo
        type: number
        unit: mm
        required: false
        min: 0.5
        max: 1000
        sort_order: 10
`, "\n"), cataloguefile.Show(c))
}

func TestWorkbooksThatAreRefused(t *testing.T) {
	t.Parallel()
	set := func(sheet string, n int, r string) func(map[string][]string) {
		return func(s map[string][]string) { s[sheet][n] = r }
	}
	for name, c := range map[string]struct {
		change func(map[string][]string)
		want   cataloguefile.Problem
	}{
		"missing sheet":      {func(s map[string][]string) { delete(s, "Fotos") }, cataloguefile.Problem{Pointer: "Fotos", Detail: "this sheet is missing"}},
		"empty sheet":        {func(s map[string][]string) { s["Fotos"] = nil }, cataloguefile.Problem{Pointer: "Fotos", Detail: "this sheet has no headers"}},
		"no category":        {func(s map[string][]string) { s["categoria"] = s["categoria"][:1] }, cataloguefile.Problem{Pointer: "Categoría", Detail: "the row with the category is missing"}},
		"two categories":     {func(s map[string][]string) { s["categoria"] = append(s["categoria"], row("x")) }, cataloguefile.Problem{Pointer: "Categoría!A3", Detail: "there can be only one category"}},
		"unknown column":     {set("Listas", 0, row("Elemento", "Tarifa", "Precio")), cataloguefile.Problem{Pointer: "Listas!C1", Detail: `a column "Precio" is not known here`}},
		"repeated column":    {set("Listas", 0, row("Elemento", "Tarifa", "ELEMENTO")), cataloguefile.Problem{Pointer: "Listas!C1", Detail: "the column ELEMENTO stands here twice"}},
		"missing column":     {set("Listas", 0, row("Elemento")), cataloguefile.Problem{Pointer: "Listas", Detail: "the column Tarifa is missing"}},
		"no header":          {set("Listas", 1, row("ESCAPE", "T1", "", "ah")), cataloguefile.Problem{Pointer: "Listas!D2", Detail: "this column has no header"}},
		"unknown owner":      {set("Listas", 1, row("ESCAPE", "T9")), cataloguefile.Problem{Pointer: "Listas!B2", Detail: "there is no tarifa T9"}},
		"no owner":           {set("Listas", 1, row("ESCAPE", "")), cataloguefile.Problem{Pointer: "Listas!B2", Detail: "is required"}},
		"second words":       {func(s map[string][]string) { s["Palabras"] = append(s["Palabras"], row("ESCAPE", "¿Cuál?")) }, cataloguefile.Problem{Pointer: "Palabras!A3", Detail: "ESCAPE has a row already"}},
		"no price":           {set("TARIFAS", 1, row("", "T1", "Uno")), cataloguefile.Problem{Pointer: "Tarifas!A2", Detail: "is required"}},
		"three decimals":     {set("TARIFAS", 1, row("1.234", "T1", "Uno")), cataloguefile.Problem{Pointer: "Tarifas!A2", Detail: "has to be an amount from 0 to 99999999.99 with at most two decimals"}},
		"negative price":     {set("TARIFAS", 1, row("-1", "T1", "Uno")), cataloguefile.Problem{Pointer: "Tarifas!A2", Detail: "has to be an amount from 0 to 99999999.99 with at most two decimals"}},
		"large price":        {set("TARIFAS", 1, row("100000000", "T1", "Uno")), cataloguefile.Problem{Pointer: "Tarifas!A2", Detail: "has to be an amount from 0 to 99999999.99 with at most two decimals"}},
		"failed formula":     {set("TARIFAS", 1, row(`<c t="e"><f>1/0</f><v>#DIV/0!</v></c>`, "T1", "Uno")), cataloguefile.Problem{Pointer: "Tarifas!A2", Detail: "holds a formula that failed: #DIV/0!"}},
		"neither yes nor no": {set("TARIFAS", 1, row("1", "T1", "Uno", "quizá")), cataloguefile.Problem{Pointer: "Tarifas!D2", Detail: "has to be sí or no"}},
		"half a number":      {set("TARIFAS", 1, row("1", "T1", "Uno", "", "", "", "", "1,5")), cataloguefile.Problem{Pointer: "Tarifas!H2", Detail: "has to be a whole number"}},
		"below zero":         {set("TARIFAS", 1, row("1", "T1", "Uno", "", "", "", "", "-1")), cataloguefile.Problem{Pointer: "Tarifas!H2", Detail: "has to be at least 0"}},
		"long code":          {set("TARIFAS", 1, row("1", strings.Repeat("T", 21), "Uno")), cataloguefile.Problem{Pointer: "Tarifas!B2", Detail: "has 21 characters, at most 20 fit"}},
		"lower case":         {set("Elementos", 1, row("escape", "Escape")), cataloguefile.Problem{Pointer: "Elementos!A2", Detail: "has to be capital letters and digits, with single underscores in between"}},
		"unknown choice":     {set("categoria", 1, row("Quads", "quads", "empresa", "quad")), cataloguefile.Problem{Pointer: "Categoría!C2", Detail: "has to be one of particular, professional"}},
		"far to the right":   {set("Listas", 1, `<row><c r="XFD2"><f>A1</f><v></v></c></row>`), cataloguefile.Problem{Pointer: "Listas!CW2", Detail: "only 100 columns are read"}},
		"far down":           {set("Listas", 1, `<row r="1048576"><c r="A1048576"><v>1</v></c></row>`), cataloguefile.Problem{Pointer: "Listas!A1048576", Detail: "only 5000 rows are read"}},
		"much text": {func(s map[string][]string) {
			for range 60 {
				s["Fotos"] = append(s["Fotos"], row("ESCAPE", strings.Repeat("x", 200_000)))
			}
		}, cataloguefile.Problem{Pointer: "Fotos!A43", Detail: "the workbook holds too much text"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := cataloguefile.Read(small(t, c.change), cataloguefile.XLSX)
			require.Contains(t, problems, c.want)
		})
	}
}

// TestBombsAreNotUnpacked: what is small packed and large unpacked, encrypted
// workbooks, and what only looks like one.
func TestBombsAreNotUnpacked(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("xl/workbook.xml")
	require.NoError(t, err)
	for range 40 {
		_, err = w.Write(make([]byte, 1<<20))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	var many bytes.Buffer
	z = zip.NewWriter(&many)
	for i := range 300 {
		_, err := z.Create(fmt.Sprint(i))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	brokenOff := small(t, func(s map[string][]string) { s["Fotos"] = append(s["Fotos"], "<row><c>") })
	nested := small(t, func(s map[string][]string) {
		s["Fotos"] = append(s["Fotos"], strings.Repeat("<x>", 200)+strings.Repeat("</x>", 200))
	})
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"broken off": {brokenOff, "is a damaged workbook: xl/worksheets/sheet"},
		"nested":     {nested, "is a damaged workbook: xl/worksheets/sheet"},
		"large":      {bomb.Bytes(), "is too large a workbook"},
		"many":       {many.Bytes(), "is too large a workbook"},
		"encrypted":  {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 1000)), "is not an XLSX workbook"},
		"nothing":    {nil, "is not an XLSX workbook"},
		"text":       {[]byte("slug: x"), "is not an XLSX workbook"},
		"empty zip":  {[]byte("PK\x05\x06" + strings.Repeat("\x00", 18)), "is not an XLSX workbook that can be read"},
	} {
		_, problems := cataloguefile.Read(c.raw, cataloguefile.XLSX)
		require.Len(t, problems, 1, name)
		require.Equal(t, "file", problems[0].Pointer)
		require.True(t, strings.HasPrefix(problems[0].Detail, c.want), "%s: %s", name, problems[0].Detail)
	}
}

func TestYAMLThatIsRefused(t *testing.T) {
	t.Parallel()
	const head = "slug: quads-part\nname: Quads\nclient_type: particular\nvehicle_kind: quad\n"
	for name, c := range map[string]struct {
		text string
		want cataloguefile.Problem
	}{
		"empty":            {"", cataloguefile.Problem{Pointer: "line 1", Detail: "is empty"}},
		"not YAML":         {head + "tiers: [", cataloguefile.Problem{Pointer: "line 5", Detail: "is not YAML"}},
		"two documents":    {head + "---\nslug: x\n", cataloguefile.Problem{Pointer: "line 1", Detail: "holds more than one document, or something after it"}},
		"a list":           {"- slug: x\n", cataloguefile.Problem{Pointer: "line 1", Detail: "has to be a list of members with values"}},
		"unknown key":      {head + "tiers:\n  - code: T1\n    name: Uno\n    prize: 1\n    price: 1\n", cataloguefile.Problem{Pointer: "line 8: tiers[0].prize", Detail: "is not known here"}},
		"repeated key":     {head + "name: Otra\n", cataloguefile.Problem{Pointer: "line 5: name", Detail: "stands here twice"}},
		"missing member":   {head + "tiers:\n  - code: T1\n    price: 1\n", cataloguefile.Problem{Pointer: "line 6: tiers[0].name", Detail: "is required"}},
		"not a list":       {head + "tiers: T1\n", cataloguefile.Problem{Pointer: "line 5: tiers", Detail: "has to be a list"}},
		"not a value":      {head + "icon: [a]\n", cataloguefile.Problem{Pointer: "line 5: icon", Detail: "has to be one value"}},
		"an item at fault": {head + "elements:\n  - code: ESCAPE\n    name: Escape\n    keywords:\n      - escape\n      - \" \"\n", cataloguefile.Problem{Pointer: "line 10: elements[0].keywords[1]", Detail: "is blank"}},
		"an anchor":        {head + "description: &a x\nicon: *a\n", cataloguefile.Problem{Pointer: "line 6: icon", Detail: "has to be one value"}},
		"no text":          {head + "description: \"a\\0b\"\n", cataloguefile.Problem{Pointer: "line 5: description", Detail: "holds a character that is no text"}},
		"a price":          {head + "tiers:\n  - {code: T1, name: Uno, price: 1.005}\n", cataloguefile.Problem{Pointer: "line 6: tiers[0].price", Detail: "has to be an amount from 0 to 99999999.99 with at most two decimals"}},
	} {
		_, problems := cataloguefile.Read([]byte(c.text), cataloguefile.YAML)
		require.Contains(t, problems, c.want, name)
	}
}

// FuzzRead: no file makes the reader panic, and what it accepts it can write.
func FuzzRead(f *testing.F) {
	f.Add([]byte("slug: quads-part\nname: Quads\nclient_type: particular\nvehicle_kind: quad\ntiers: [{code: T1, name: Uno, price: 1, includes: [{tier: T1}]}]\n"), true)
	f.Add([]byte("a: &a [*a, *a]\n"), true)
	f.Add(small(f, nil), false)
	f.Fuzz(func(t *testing.T, raw []byte, yaml bool) {
		format := cataloguefile.XLSX
		if yaml {
			format = cataloguefile.YAML
		}
		c, problems := cataloguefile.Read(raw, format)
		if len(problems) > 0 {
			return
		}
		if _, err := cataloguefile.Write(c, cataloguefile.YAML); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}
