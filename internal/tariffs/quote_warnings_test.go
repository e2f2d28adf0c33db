package tariffs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/tariffs"
)

func element(code, parent string, change func(*catalogue.Element)) *catalogue.Element {
	e := &catalogue.Element{Code: code, Name: code, ParentCode: parent, InheritsFromParent: true, IsActive: true}
	if change != nil {
		change(e)
	}
	return e
}

// family is TOP > MID > LOW, LONE, and a generic GEN with variants GEN_A and
// GEN_B, all on one tier.
func family(warnings ...*catalogue.Warning) *catalogue.Category {
	codes := []string{"TOP", "MID", "LOW", "LONE", "GEN_A", "GEN_B"}
	c := &catalogue.Category{
		IsActive: true, Warnings: warnings,
		Tiers: []*catalogue.Tier{
			{Code: "T1", Price: money.MustParse("20"), IsActive: true, Own: codes},
			{Code: "T2", Price: money.MustParse("10"), IsActive: true, Own: []string{"LONE"}},
		},
		Elements: []*catalogue.Element{
			element("TOP", "", nil), element("MID", "TOP", nil), element("LOW", "MID", nil), element("LONE", "", nil),
			element("GEN", "", func(e *catalogue.Element) { e.IsGeneric = true }),
			element("GEN_A", "GEN", nil), element("GEN_B", "GEN", nil),
		},
	}
	reindex(c)
	return c
}

func reindex(c *catalogue.Category) {
	catalogue.NewSnapshot(1, money.Amount{}, []*catalogue.Category{c})
}

func quote(t *testing.T, c *catalogue.Category, set, text string) tariffs.Quote {
	t.Helper()
	req := request(t, set)
	req.Text = text
	q, err := tariffs.Calculator{ContainsPhrase: strings.Contains}.Calculate(c, money.MustParse("21"), req)
	require.NoError(t, err)
	return q
}

// on returns an active warning, its code a if not said otherwise; at is
// "global", "category", "tier T1" or "element LOW".
func on(at string, triggers ...catalogue.Trigger) *catalogue.Warning {
	scope, code, _ := strings.Cut(at, " ")
	w := &catalogue.Warning{Code: "a", Severity: "warning", Scope: catalogue.WarningScope(scope), Message: at, IsActive: true, Triggers: triggers}
	switch w.Scope {
	case catalogue.ScopeTier:
		w.TierCode = code
	case catalogue.ScopeElement:
		w.ElementCode = code
	}
	return w
}

func TestWarningTriggers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		warning *catalogue.Warning
		set     string
		text    string
		shown   bool
	}{
		{"global, no trigger", on("global"), "LONE", "", true},
		{"category, no trigger", on("category"), "LONE", "", true},
		{"tier chosen", on("tier T2"), "LONE", "", true},
		{"other tier", on("tier T1"), "LONE", "", false},
		{"element in the set", on("element LONE"), "LONE", "", true},
		{"element not in the set", on("element LOW"), "LONE", "", false},
		{"inherited", on("element MID"), "LOW", "", true},
		{"inherited twice", on("element TOP"), "LOW", "", true},
		{"not inherited downwards only", on("element LOW"), "TOP", "", false},
		{"generic parent's", on("element GEN"), "GEN_B", "", true},
		{"element trigger", on("global", catalogue.Trigger{ElementCode: "LONE"}), "LOW LONE", "", true},
		{"element trigger fails", on("global", catalogue.Trigger{ElementCode: "LONE"}), "LOW", "", false},
		{"element trigger names a generic", on("global", catalogue.Trigger{ElementCode: "GEN"}), "GEN_A", "", true},
		{"element trigger names a plain parent", on("global", catalogue.Trigger{ElementCode: "MID"}), "LOW", "", false},
		{"element trigger names nothing", on("global", catalogue.Trigger{ElementCode: "GONE"}), "LOW", "", false},
		{"tier trigger", on("category", catalogue.Trigger{TierCode: "T1"}), "LOW", "", true},
		{"tier trigger fails", on("category", catalogue.Trigger{TierCode: "T1"}), "LONE", "", false},
		{"keyword", on("category", catalogue.Trigger{Keyword: "gas"}), "LONE", "kit de gas", true},
		{"keyword fails", on("category", catalogue.Trigger{Keyword: "gas"}), "LONE", "", false},
		{"whole set, enough", on("category", catalogue.Trigger{MinQuantity: 4}), "LONE*2 LOW*2", "", true},
		{"whole set, too few", on("tier T1", catalogue.Trigger{MinQuantity: 5}), "LONE*2 LOW*2", "", false},
		{"own element, enough", on("element LONE", catalogue.Trigger{MinQuantity: 2}), "LONE*2", "", true},
		{"own element, too few", on("element LONE", catalogue.Trigger{MinQuantity: 3}), "LONE*2 LOW*2", "", false},
		{"own element, its variants", on("element GEN", catalogue.Trigger{MinQuantity: 2}), "GEN_A GEN_B", "", true},
		{"empty trigger", on("global", catalogue.Trigger{}), "LONE", "", false},
		{"one of two holds", on("global", catalogue.Trigger{Keyword: "x"}, catalogue.Trigger{TierCode: "T2"}), "LONE", "", true},
		{"trigger holds, scope not", on("element LOW", catalogue.Trigger{TierCode: "T2"}), "LONE", "", false},
		{"unknown scope", on("planet"), "LONE", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := quote(t, family(row.warning), row.set, row.text).Warnings
			require.Len(t, got, map[bool]int{true: 1}[row.shown])
			row.warning.IsActive = false
			require.Empty(t, quote(t, family(row.warning), row.set, row.text).Warnings, "inactive")
		})
	}
	q, err := tariffs.Calculator{}.Calculate(family(on("global", catalogue.Trigger{Keyword: "gas"})),
		money.Amount{}, tariffs.Request{Elements: []tariffs.RequestedElement{{"LONE", 1}}, Text: "gas"})
	require.NoError(t, err)
	require.Empty(t, q.Warnings, "without a phrase function keywords never hold")
}

// A generic's variants may be variants of a variant, or of nothing at all.
func TestElementTriggerNamesAGenericFurtherUp(t *testing.T) {
	t.Parallel()
	c := family(on("global", catalogue.Trigger{ElementCode: "TOP"}))
	c.Element("TOP").IsGeneric = true
	require.Len(t, quote(t, c, "LOW", "").Warnings, 1)
	require.Empty(t, quote(t, c, "LONE", "").Warnings)
	c.Element("MID").ParentCode = "LOW" // a loop
	require.Empty(t, quote(t, c, "LOW", "").Warnings)
}

func TestInheritanceStops(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		change    func(top, mid, low *catalogue.Element)
		top, mid  bool
		documents []string
	}{
		"never":             {func(_, _, _ *catalogue.Element) {}, true, true, []string{"foto TOP", "foto MID", "foto LOW"}},
		"at the child":      {func(_, _, low *catalogue.Element) { low.InheritsFromParent = false }, false, false, []string{"foto LOW"}},
		"halfway":           {func(_, mid, _ *catalogue.Element) { mid.InheritsFromParent = false }, false, true, []string{"foto MID", "foto LOW"}},
		"inactive ancestor": {func(_, mid, _ *catalogue.Element) { mid.IsActive = false }, false, false, []string{"foto LOW"}},
		"inactive top":      {func(top, _, _ *catalogue.Element) { top.IsActive = false }, false, true, []string{"foto MID", "foto LOW"}},
		"missing ancestor":  {func(_, mid, _ *catalogue.Element) { mid.ParentCode = "GONE" }, false, true, []string{"foto MID", "foto LOW"}},
		"loop":              {func(top, _, _ *catalogue.Element) { top.ParentCode = "LOW" }, true, true, []string{"foto TOP", "foto MID", "foto LOW"}},
		"loop above":        {func(top, _, _ *catalogue.Element) { top.ParentCode = "MID" }, true, true, []string{"foto TOP", "foto MID", "foto LOW"}},
		"own parent":        {func(_, _, low *catalogue.Element) { low.ParentCode = "LOW" }, false, false, []string{"foto LOW"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			top, mid := on("element TOP"), on("element MID")
			top.Code, mid.Code = "top", "mid"
			c := family(top, mid)
			for _, code := range []string{"TOP", "MID", "LOW"} {
				c.Element(code).Photos = []*catalogue.PhotoSlot{{Code: code, Title: "foto " + code}}
			}
			row.change(c.Element("TOP"), c.Element("MID"), c.Element("LOW"))
			reindex(c)
			q := quote(t, c, "LOW", "")
			shown := map[string]bool{}
			for _, w := range q.Warnings {
				shown[w.Code] = true
				require.Equal(t, "LOW", *w.ElementCode)
			}
			require.Equal(t, row.top, shown["top"])
			require.Equal(t, row.mid, shown["mid"])
			require.Equal(t, row.documents, descriptions(q))
		})
	}
}

func descriptions(q tariffs.Quote) []string {
	var out []string
	for _, d := range q.Documentation {
		out = append(out, d.Description)
	}
	return out
}

func TestMostSpecificWarningWins(t *testing.T) {
	t.Parallel()
	all := []*catalogue.Warning{on("global"), on("element TOP"), on("tier T1"), on("category"), on("element LOW")}
	all[4].SortOrder = 9 // no matter
	for _, want := range []string{"element LOW", "element TOP", "tier T1", "category", "global"} {
		q := quote(t, family(all...), "LOW", "")
		require.Len(t, q.Warnings, 1)
		require.Equal(t, want, q.Warnings[0].Message)
		for _, w := range all {
			if w.Message == want {
				w.Triggers = []catalogue.Trigger{{Keyword: "never"}} // only those shown compete
			}
		}
	}
}

func TestWarningOrder(t *testing.T) {
	t.Parallel()
	var all []*catalogue.Warning
	add := func(code string, severity catalogue.Severity, at string, order int) {
		w := on(at)
		w.Code, w.Severity, w.SortOrder = code, severity, order
		all = append(all, w)
	}
	add("8", "info", "element LONE", 0)
	add("7", "info", "global", 0)
	add("6", "warning", "element LONE", 0)
	add("5", "warning", "tier T1", 2)
	add("4", "warning", "tier T1", 2)
	add("9", "warning", "tier T1", 1)
	add("3", "warning", "category", 7)
	add("2", "warning", "global", 9)
	add("1", "error", "element LOW", 9)
	q := quote(t, family(all...), "LOW LONE", "")
	var order string
	for _, w := range q.Warnings {
		order += w.Code
		require.Equal(t, w.Scope == catalogue.ScopeElement, w.ElementCode != nil)
	}
	require.Equal(t, "123945678", order)
}

func TestDocumentation(t *testing.T) {
	t.Parallel()
	c := family()
	image, instruction := "/api/images/x.jpg", "Que se lea la referencia."
	c.Documentation = []*catalogue.Document{
		{Code: "b", Description: "Permiso", SortOrder: 2}, {Code: "a", Description: "Ficha técnica", SortOrder: 1, IsRequired: true, ImageURL: &image},
	}
	c.Element("TOP").Photos = []*catalogue.PhotoSlot{{Code: "vista", Title: "Vista", SortOrder: 2}, {Code: "altura", Title: "Altura", SortOrder: 1}}
	c.Element("LOW").Photos = []*catalogue.PhotoSlot{
		{Code: "detalle", Title: "Detalle", Instruction: &instruction, SortOrder: 1}, {Code: "altura", Title: " altura ", IsRequired: true, ImageURL: &image, SortOrder: 2},
	}
	low, lone := "LOW", "LONE"
	require.Equal(t, []tariffs.QuoteDocument{
		{Scope: "base", Description: "Ficha técnica", ImageURL: &image, Required: true},
		{Scope: "base", Description: "Permiso"},
		{Scope: "element", ElementCode: &lone, Description: "Foto de LONE con la matrícula visible.", Required: true},
		{Scope: "element", ElementCode: &low, Description: "altura", ImageURL: &image, Required: true}, // its own row, at TOP's place
		{Scope: "element", ElementCode: &low, Description: "Vista"},
		{Scope: "element", ElementCode: &low, Description: "Detalle. Que se lea la referencia."},
	}, quote(t, c, "LOW LONE", "").Documentation)
}

func TestSuggestedServices(t *testing.T) {
	t.Parallel()
	snapshot := shipped(t)
	q := quote(t, snapshot.BySlug("motos-part"), "HORQUILLA FRENADO_DISCOS ESCAPE ensayo_direccion", "")
	require.Len(t, q.SuggestedServices, 1)
	require.Equal(t, "ensayo_frenada", q.SuggestedServices[0].Code)
	require.Equal(t, "375.00", q.SuggestedServices[0].Price.String())
	require.ElementsMatch(t, []string{"HORQUILLA", "FRENADO_DISCOS"}, q.SuggestedServices[0].BecauseOf)
	require.Equal(t, "810.00", q.Subtotal.String(), "offered, never added by itself")

	q = quote(t, snapshot.BySlug("motos-part"), "FILTRO", "")
	require.Equal(t, "laboratorio_sin_proyecto", q.SuggestedServices[0].Code)
	require.Equal(t, []string{"FILTRO"}, q.SuggestedServices[0].BecauseOf)

	c := tariffs.PublishedMotos()
	c.Service("certificado_taller").IsActive = false
	c.Element("ESCAPE").SuggestedServices = []string{"coordinacion_ensayo", "ayuda_digital", "certificado_taller", "no_existe", "ayuda_digital"}
	q = quote(t, c, "ESCAPE", "")
	require.Len(t, q.SuggestedServices, 2)
	require.Equal(t, "ayuda_digital", q.SuggestedServices[0].Code)
	require.Equal(t, []string{"ESCAPE"}, q.SuggestedServices[0].BecauseOf)
}

func TestProvisional(t *testing.T) {
	t.Parallel()
	c := shipped(t).BySlug("aseicars-prof")
	q := quote(t, c, "MMTA_SIN_ENSAYO TOLDO_SIMPLE AUMENTO_PLAZAS", "")
	require.True(t, q.Provisional)
	require.ElementsMatch(t, []string{"AUMENTO_PLAZAS", "MMTA_SIN_ENSAYO"}, q.ReviewCodes)
	require.False(t, quote(t, c, "TOLDO_SIMPLE", "").Provisional)
}
