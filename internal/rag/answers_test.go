package rag_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/legal"
	"github.com/msia/msia/internal/pdf/pdftest"
	"github.com/msia/msia/internal/rag"
)

func TestAnswersFromTheDocuments(t *testing.T) {
	t.Parallel()
	h := build(t, parts{})
	short, number := "RD 866/2010", "866/2010"
	d := h.add(pdftest.Regulation(), rag.New{Title: "Real Decreto de reformas", ShortTitle: &short, Number: &number, Tags: []string{"reformas"}})
	h.workAll()

	for question, want := range map[string]struct{ article, words, source string }{
		"¿En qué plazo hay que pasar la ITV?":                  {"8", "quince días", "RD 866/2010, artículo 8, pág. 2"},
		"que es un conjunto funcional":                         {"3", "único informe", "RD 866/2010, artículo 3, pág. 1"},
		"articulo 7 del RD 866/2010":                           {"7", "certificado de taller", "RD 866/2010, artículo 7, pág. 2"},
		"¿Cuándo entró en vigor el real decreto?":              {"final 2", "14 de enero de 2011", "RD 866/2010, disposición final segunda, pág. 2"},
		"¿Qué dice el anexo I?":                                {"I", "categorías M, N y O", "RD 866/2010, anexo I, pág. 2"},
		"¿hace falta certificado de direccion final de obraa?": {"7", "proyecto técnico", "RD 866/2010, artículo 7, pág. 2"},
		"¿qué colaboración harán las comunidades?":             {"adicional 1", "colaborarán", "RD 866/2010, disposición adicional primera, pág. 2"},
	} {
		a := h.ask(question)
		require.True(t, a.Answered(), question)
		require.Equal(t, rag.Extractive, a.Mode)
		require.Contains(t, a.Text, want.words, question)
		require.Equal(t, want.article, *a.Citations[0].Article, question)
		require.Equal(t, d.ID, a.Citations[0].DocumentID)
		_, where := a.Message()
		require.Contains(t, where, want.source, question)
		for _, c := range a.Citations {
			for _, s := range c.Highlights {
				require.Less(t, s[0], s[1])
				require.LessOrEqual(t, s[1], len([]rune(c.Snippet)))
			}
		}
	}
	for _, question := range []string{"¿Cuánto cuesta una pizza margarita?", "¿Quién ganó el mundial de fútbol de 1982?", "receta de gazpacho andaluz"} {
		a := h.ask(question)
		require.False(t, a.Answered(), question)
		require.Equal(t, rag.Unknown, a.Text)
	}
}

// TestPlacesAreWrittenAsPeopleDo names what a customer can look up.
func TestPlacesAreWrittenAsPeopleDo(t *testing.T) {
	t.Parallel()
	code, article, short := "2.6", "14 bis", "RD 866/2010"
	for want, c := range map[string]rag.Citation{
		"Manual, CR 2.6, pág. 39":              {Kind: legal.Sheet, Label: "Ficha 2.6", Article: &code, Pages: []int{39}},
		"Manual, CR 2.6, pág. 40":              {Kind: legal.Field, Label: "Ficha 2.6", Article: &code, Pages: []int{40, 41}},
		"Manual, punto 2.6, pág. 7":            {Kind: legal.Point, Label: "2.6", Article: &code, Pages: []int{7}},
		"RD 866/2010, artículo 14 bis, pág. 2": {Kind: legal.Article, Label: "Artículo 14 bis", Article: &article, Pages: []int{2}, DocumentShortTitle: &short},
		"Manual, pág. 4":                       {Kind: legal.Front, Pages: []int{4}},
	} {
		c.DocumentTitle = "Manual"
		require.Equal(t, want, c.Short())
	}
}

// TestDefinitionOfACommonWord is found though hundreds of passages have the word in
// their very headings.
func TestDefinitionOfACommonWord(t *testing.T) {
	t.Parallel()
	h := build(t, parts{})
	pages := []string{`Artículo 1. Definiciones.
A los efectos de esta orden se entiende por:
«Vehículo incompleto»: vehículo al que le falta al menos una fase.
«Vehículo»: máquina que rueda por las vías públicas con motor propio o sin él.`}
	parts := strings.Fields("frenos ruedas luces asientos motores escapes espejos remolques depósitos cinturones cristales neumáticos")
	for n := 2; n < 400; n += 5 {
		var page strings.Builder
		for i := n; i < n+5; i++ {
			part := parts[i/5%len(parts)]
			_, _ = fmt.Fprintf(&page, "Artículo %d. El vehículo y sus %s.\nLos %s del vehículo responden a lo que el vehículo exige.\n", i, part, part)
		}
		pages = append(pages, page.String())
	}
	h.add(pdftest.Document(pages...), rag.New{Title: "Orden"})
	h.workAll()
	for question, definition := range map[string]string{"¿Qué es un vehículo?": "máquina que rueda", "¿Qué se entiende por vehículo incompleto?": "le falta al menos una fase"} {
		a := h.ask(question)
		require.Contains(t, a.Text, definition, question)
		require.Equal(t, "1", *a.Citations[0].Article, question)
	}
}

// TestTheVeryNextAnswerKnows every change of what may be answered from.
func TestTheVeryNextAnswerKnows(t *testing.T) {
	t.Parallel()
	h := build(t, parts{})
	d := h.add(pdftest.Regulation(), rag.New{Title: "Real Decreto 866/2010", Type: "royal_decree", Tags: []string{"itv"}})
	h.workAll()
	const question = "¿En qué plazo hay que pasar la inspección técnica?"
	require.False(t, h.ask(question).Cached)
	require.True(t, h.ask("en que plazo hay que pasar la INSPECCION tecnica").Cached, "accents, case and marks do not matter")
	off := false
	_, err := h.library.Update(t.Context(), d.ID, 0, rag.Patch{IsActive: &off})
	require.NoError(t, err)
	a := h.ask(question)
	require.False(t, a.Cached)
	require.False(t, a.Answered())
	require.Empty(t, a.Citations)
	on := true
	_, err = h.library.Update(t.Context(), d.ID, 0, rag.Patch{IsActive: &on})
	require.NoError(t, err)
	require.True(t, h.ask(question).Answered())

	filtered := func(f rag.Filters) bool {
		a, err := h.answers.Ask(t.Context(), rag.Question{Text: question, Filters: f, Source: rag.SourceAPI})
		require.NoError(t, err)
		return a.Answered()
	}
	from := time.Date(2011, 1, 14, 0, 0, 0, 0, time.UTC)
	before := from.AddDate(0, 0, -1)
	patch := rag.Patch{}
	patch.ValidFrom.Set(from)
	_, err = h.library.Update(t.Context(), d.ID, 0, patch)
	require.NoError(t, err)
	require.True(t, filtered(rag.Filters{DocumentIDs: []uuid.UUID{d.ID}, Types: []string{"royal_decree"}, Tags: []string{"itv", "x"}, InForceOn: &from}))
	require.False(t, filtered(rag.Filters{DocumentIDs: []uuid.UUID{uuid.New()}}))
	require.False(t, filtered(rag.Filters{Types: []string{"manual"}}))
	require.False(t, filtered(rag.Filters{Tags: []string{"x"}}))
	require.False(t, filtered(rag.Filters{InForceOn: &before}))
}

// TestGlossaryIsInForceAtOnce: what people say finds what the documents call it.
func TestGlossaryIsInForceAtOnce(t *testing.T) {
	t.Parallel()
	h := build(t, parts{})
	h.add(pdftest.Document("Artículo 1. Enganches.\nEl dispositivo de acoplamiento mecánico requiere certificado del taller instalador.",
		"Artículo 2. Ruedas.\nLos neumáticos equivalentes no son reforma."), rag.New{Title: "Orden"})
	h.workAll()
	require.False(t, h.ask("¿qué necesito para la bola de remolque?").Answered())
	e, err := h.glossary.Create(t.Context(), rag.EntryDraft{Term: "bola de remolque", Expansion: "dispositivo de acoplamiento", IsActive: true})
	require.NoError(t, err)
	a := h.ask("¿qué necesito para la bola de remolque?")
	require.True(t, a.Answered())
	require.Equal(t, "1", *a.Citations[0].Article)
	_, err = h.glossary.Create(t.Context(), rag.EntryDraft{Term: "Bola de Remolque", Expansion: "enganche", IsActive: true})
	require.ErrorIs(t, err, rag.ErrTermTaken)
	_, err = h.glossary.Create(t.Context(), rag.EntryDraft{Term: "de la", Expansion: "enganche", IsActive: true})
	require.ErrorIs(t, err, rag.ErrUselessTerm)
	require.NoError(t, h.glossary.Delete(t.Context(), e.ID, 0))
	require.False(t, h.ask("¿qué necesito para la bola de remolque?").Answered())
	require.NoError(t, h.glossary.SeedDefault(t.Context()))
	list, err := h.glossary.List(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, list)
	require.NoError(t, h.glossary.Delete(t.Context(), list[0].ID, 0))
	require.NoError(t, h.glossary.SeedDefault(t.Context()))
	again, err := h.glossary.List(t.Context())
	require.NoError(t, err)
	require.Len(t, again, len(list)-1, "what staff deleted does not come back")
}
