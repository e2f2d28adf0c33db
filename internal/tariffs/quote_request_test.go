package tariffs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/tariffs"
)

func refused(t *testing.T, c *catalogue.Category, req tariffs.Request, want error) *fault.Error {
	t.Helper()
	q, err := tariffs.Calculator{}.Calculate(c, money.MustParse("21"), req)
	require.ErrorIs(t, err, want)
	require.Zero(t, q)
	var out *fault.Error
	require.ErrorAs(t, err, &out)
	return out
}

func pointers(e *fault.Error) []string {
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Pointer)
	}
	return out
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	// Each row has a later problem too, which must not hide the earlier one.
	for _, row := range []struct {
		set      string
		want     *fault.Error
		pointers []string
	}{
		{"no_existe", tariffs.ErrNoElements, nil},
		{"ESCAP MANILLAR MANILLAR RUEDA SUSPENSION", tariffs.ErrUnknownElement, []string{"/elements/0/code", "/elements/3/code"}},
		{"ESCAPE SUSPENSION ESCAPE ESCAPE*0", tariffs.ErrDuplicateElement, []string{"/elements/2/code", "/elements/3/code"}},
		{"ESCAPE LUCES SUSPENSION CABALLO", tariffs.ErrVariantRequired, []string{"/elements/2/code", "/elements/1/code"}},
		{"CABALLO SUELTO HORQUILLA*100", tariffs.ErrElementInactive, []string{"/elements/0/code"}},
		{"SUELTO ESCAPE*0 no_existe", tariffs.ErrNotCovered, []string{"/elements/0/code"}},
		{"ESCAPE*0 no_existe ayuda_digital retirado", tariffs.ErrUnknownService, []string{"/services/0", "/services/2"}},
		{"ESCAPE*0 ayuda_digital certificado_taller ayuda_digital*0", tariffs.ErrDuplicateService, []string{"/services/2"}},
		{"ESCAPE*0 MANILLAR FILTRO*100 ayuda_digital*0 certificado_taller*99", tariffs.ErrInvalidQuantity, []string{"/elements/0/quantity", "/elements/2/quantity", "/services/0/quantity"}},
		{"ESCAPE*-1", tariffs.ErrInvalidQuantity, []string{"/elements/0/quantity"}},
	} {
		t.Run(row.set, func(t *testing.T) {
			t.Parallel()
			c := tariffs.PublishedMotos()
			c.Element("SUSPENSION").SortOrder = -2 // before LUCES in the catalogue
			c.Element("LUCES").SortOrder = -1
			c.Elements = append(c.Elements, &catalogue.Element{Code: "SUELTO", Name: "Suelto", IsActive: true}, &catalogue.Element{Code: "CABALLO", Name: "Caballo"})
			c.Services = append(c.Services, &catalogue.Service{Code: "retirado"})
			catalogue.NewSnapshot(1, money.Amount{}, []*catalogue.Category{c})
			err := refused(t, c, request(t, row.set), row.want)
			require.Equal(t, fault.Invalid, err.Kind)
			require.Equal(t, row.pointers, pointers(err))
			require.NotEmpty(t, err.Message)
			for _, f := range err.Fields {
				require.NotEmpty(t, f.Detail)
			}
		})
	}
}

func TestCodesAreNormalised(t *testing.T) {
	t.Parallel()
	q, err := tariffs.Calculator{}.Calculate(tariffs.PublishedMotos(), money.MustParse("21"), tariffs.Request{
		Elements: []tariffs.RequestedElement{{" escape ", 1}},
		Services: []tariffs.RequestedService{{" Tramitacion_Urgente\n", 1}},
	})
	require.NoError(t, err)
	require.Equal(t, "ESCAPE", q.Lines[0].Code)
	require.Equal(t, "tramitacion_urgente", q.Services[0].Code)
	_ = refused(t, tariffs.PublishedMotos(), tariffs.Request{
		Elements: []tariffs.RequestedElement{{"ESCAPE", 1}, {" escape ", 1}},
	}, tariffs.ErrDuplicateElement)
}

func TestCategoryNotFound(t *testing.T) {
	t.Parallel()
	c := tariffs.PublishedMotos()
	c.IsActive = false
	for _, category := range []*catalogue.Category{c, nil} {
		require.Equal(t, fault.NotFound, refused(t, category, request(t, "ESCAPE"), tariffs.ErrCategoryNotFound).Kind)
	}
	_, err := tariffs.Calculator{}.CalculateSheet(tariffs.Compile(c), money.MustParse("21"), request(t, "ESCAPE"))
	require.ErrorIs(t, err, tariffs.ErrCategoryNotFound)
}

func TestVariantRequired(t *testing.T) {
	t.Parallel()
	c := shipped(t).BySlug("motos-part")
	err := refused(t, c, request(t, "ESCAPE SUSPENSION"), tariffs.ErrVariantRequired)
	require.Equal(t, c.Element("SUSPENSION").Vocabulary.Question, err.Question)
	require.NotEmpty(t, err.Question)
	require.Equal(t, []fault.Option{
		{Code: "SUSPENSION_DEL", Name: c.Element("SUSPENSION_DEL").Name},
		{Code: "SUSPENSION_TRAS", Name: c.Element("SUSPENSION_TRAS").Name},
	}, err.Options)
	require.Equal(t, []string{"/elements/1/code"}, pointers(err))

	// Inactive variants are no options; without a stored question one is made.
	c.Element("SUSPENSION_TRAS").IsActive = false
	c.Element("SUSPENSION").Vocabulary.Question = ""
	err = refused(t, c, request(t, "SUSPENSION"), tariffs.ErrVariantRequired)
	require.Len(t, err.Options, 1)
	require.Contains(t, err.Question, c.Element("SUSPENSION").Name)

	// An inactive generic element has nothing to ask.
	c.Element("SUSPENSION").IsActive = false
	_ = refused(t, c, request(t, "SUSPENSION"), tariffs.ErrElementInactive)

	// A parent that is not generic is priced like any other.
	q, priced := tariffs.Calculator{}.Calculate(shipped(t).BySlug("aseicars-prof"), money.MustParse("21"), request(t, "BOLA_SIN_MMR"))
	require.NoError(t, priced)
	require.Equal(t, "T2", q.Tier.Code)
}

func TestElementInactiveSaysWhy(t *testing.T) {
	t.Parallel()
	err := refused(t, shipped(t).BySlug("aseicars-prof"), request(t, "TOLDO_SIMPLE AIRE_ACONDI"), tariffs.ErrElementInactive)
	require.Equal(t, "No es reforma desde el 07/11/2025; no hace falta homologarlo.", err.Message)
	require.Equal(t, []string{"/elements/1/code"}, pointers(err))
}

func TestNotCovered(t *testing.T) {
	t.Parallel()
	one := 1
	tier := func(code, own string) *catalogue.Tier {
		return &catalogue.Tier{Code: code, Price: money.MustParse("10"), IsActive: true, OwnMax: &one, Own: strings.Fields(own)}
	}
	build := func(tiers ...*catalogue.Tier) *catalogue.Category {
		c := &catalogue.Category{Name: "Barcos", IsActive: true, UnitsPerElement: &one, Tiers: tiers}
		for _, code := range []string{"A", "B", "C"} {
			c.Elements = append(c.Elements, &catalogue.Element{Code: code, Name: "El " + code, IsActive: true})
		}
		catalogue.NewSnapshot(1, money.Amount{}, []*catalogue.Category{c})
		return c
	}
	for _, row := range []struct {
		name    string
		c       *catalogue.Category
		set     string
		message string
	}{
		{"on no list", build(tier("T1", "A")), "A B C", "Ninguna tarifa cubre El B ni El C."},
		{"too many of one", build(tier("T1", "A")), "A*2", "Ninguna tarifa cubre tantas unidades de El A."},
		{
			"not together", build(tier("T1", "A B"), tier("T2", "C")), "A B C",
			"Ninguna tarifa cubre todo el conjunto. T1: No cubre El C. T2: No cubre El A ni El B.",
		},
		{
			"places", build(tier("T1", "A B")), "A B",
			"Ninguna tarifa cubre todo el conjunto. T1: De El A y El B cubre como mucho 1; el conjunto tiene 2.",
		},
		{"no tiers", build(), "A", "La categoría Barcos no tiene tarifas activas."},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := refused(t, row.c, request(t, row.set), tariffs.ErrNotCovered)
			require.Equal(t, row.message, err.Message)
		})
	}
}

func TestNearCodes(t *testing.T) {
	t.Parallel()
	c := shipped(t).BySlug("motos-part")
	for wrong, want := range map[string]string{
		"ESCAP": "ESCAPE", "escapé": "ESCAPE", "ESCPAE": "ESCAPE", "MANILAR": "MANILLAR", "suspension-del": "SUSPENSION_DEL",
		"SUSPENSION_DELANTERA": "SUSPENSION_DEL", "FILTRO_AIRE": "FILTRO", "ESPEJO": "ESPEJOS",
	} {
		near := tariffs.NearCodes(c, wrong)
		require.NotEmpty(t, near, wrong)
		require.Contains(t, near[:min(2, len(near))], want, wrong)
	}
	require.Empty(t, tariffs.NearCodes(c, "XYZZY"))
	require.Empty(t, tariffs.NearCodes(c, ""))
	require.NotContains(t, tariffs.NearCodes(shipped(t).BySlug("aseicars-prof"), "AIRE_ACOND"), "AIRE_ACONDI")

	err := refused(t, c, request(t, "ESCAPE ESCAP XYZZY"), tariffs.ErrUnknownElement)
	require.Equal(t, []fault.Field{
		{Pointer: "/elements/1/code", Detail: "No existe el elemento «ESCAP». Códigos parecidos: ESCAPE."},
		{Pointer: "/elements/2/code", Detail: "No existe el elemento «XYZZY»."},
	}, err.Fields)
	err = refused(t, c, tariffs.Request{Elements: []tariffs.RequestedElement{{" ", 1}}}, tariffs.ErrUnknownElement)
	require.Equal(t, "Falta el código del elemento.", err.Fields[0].Detail)
}

// Whatever a request carries, the answer is bounded, printable and has no
// near code that does not exist.
func TestUnknownCodesOfAnyKind(t *testing.T) {
	t.Parallel()
	c := tariffs.PublishedMotos()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.Just(strings.Repeat("Ñ", 100_000))).Draw(t, "code")
		near := tariffs.NearCodes(c, code)
		require.LessOrEqual(t, len(near), 5)
		for _, n := range near {
			require.NotNil(t, c.Element(n))
		}
		_, err := tariffs.Calculator{}.Calculate(c, money.MustParse("21"), tariffs.Request{Elements: []tariffs.RequestedElement{{code, 1}}})
		var f *fault.Error
		if c.Element(catalogue.NormaliseCode(code)) == nil {
			require.ErrorAs(t, err, &f)
			require.Less(t, len(f.Fields[0].Detail), 1000)
			require.NotContains(t, f.Fields[0].Detail, "\x00")
		}
	})
}
