package casedata_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/seed"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// newCase is a case of the shipped catalogue with an exhaust and a handlebar.
func newCase(t require.TestingT, codes ...string) *casedata.Case {
	snapshot, err := seed.DefaultSnapshot()
	require.NoError(t, err)
	category := snapshot.BySlug("motos-part")
	c := &casedata.Case{}
	for _, code := range codes {
		e := category.Element(code)
		require.NotNil(t, e, code)
		c.Elements = append(c.Elements, casedata.Element{Code: e.Code, Name: e.Name, Quantity: 1, Fields: e.Fields, Photos: e.Photos})
	}
	for _, d := range category.Documentation {
		c.Documents = append(c.Documents, casedata.Document{Code: d.Code, Description: d.Description, Required: d.IsRequired})
	}
	return c
}

func keys(missing []casedata.Missing) []string {
	out := make([]string, len(missing))
	for i, m := range missing {
		out[i] = m.Section + "/" + m.Key
	}
	return out
}

var everything = casedata.Change{
	casedata.SectionPersonal: {
		casedata.FirstName: "Ana", casedata.LastName: "García", casedata.NIF: "12345678z", casedata.Email: "ANA@example.com",
		casedata.Street: "Calle Mayor 1", casedata.PostalCode: "28013", casedata.City: "Madrid", casedata.ITVName: "ITV Getafe",
	},
	casedata.SectionVehicle: {casedata.Make: "Honda", casedata.Model: "CB 500", casedata.Year: "2019", casedata.Plate: "1234 bcd"},
	casedata.SectionDimensions: {
		casedata.SeatsChange: "no", casedata.HeightChange: "no", casedata.WidthChange: "no", casedata.LengthChange: "sí", casedata.LengthAfter: "2,1 m",
	},
	casedata.SectionWorkshop: {casedata.OwnWorkshop: "no"},
}

func TestEverythingNeededIsAskedInOrder(t *testing.T) {
	t.Parallel()
	c := newCase(t, "ESCAPE")
	got := keys(c.Missing())
	require.Equal(t, []string{
		"element:ESCAPE/escape_montado", "element:ESCAPE/marca_modelo", "element:ESCAPE/homologacion_visible",
		"/documentos_vehiculo", "/fotos_vehiculo",
		"personal/first_name", "personal/last_name", "personal/nif", "personal/email", "personal/street", "personal/postal_code",
		"personal/city", "personal/province", "personal/itv_name",
		"vehicle/make", "vehicle/model", "vehicle/year", "vehicle/plate",
		"dimensions/seats_change", "dimensions/height_change", "dimensions/width_change", "dimensions/length_change",
		"workshop/own_workshop",
	}, got)
	require.Equal(t, 0, c.Progress().Percent())

	require.Empty(t, c.Apply(everything, now))
	require.Equal(t, "Madrid", c.Values[casedata.SectionPersonal][casedata.Province], "known by the postal code")
	require.Equal(t, "12345678Z", c.Values[casedata.SectionPersonal][casedata.NIF])
	require.Equal(t, "1234BCD", c.Values[casedata.SectionVehicle][casedata.Plate])
	require.Equal(t, "2100", c.Values[casedata.SectionDimensions][casedata.LengthAfter])
	require.Empty(t, c.Apply(casedata.Change{"element:ESCAPE": {"marca_modelo": "Akrapovič", "homologacion_visible": "si"}}, now))
	require.True(t, casedata.OnlyFilesMissing(c.Missing()))

	place, ok := c.NextPlace("ESCAPE")
	require.True(t, ok)
	require.Equal(t, casedata.Place{Element: "ESCAPE", Slot: "escape_montado"}, place)
	c.Files = append(c.Files, casedata.File{Place: place})
	_, ok = c.NextPlace("ESCAPE")
	require.False(t, ok)
	for _, slot := range []string{"documentos_vehiculo", "fotos_vehiculo"} {
		place, ok = c.NextPlace("")
		require.True(t, ok)
		require.Equal(t, casedata.Place{Slot: slot}, place)
		c.Files = append(c.Files, casedata.File{Place: place})
	}
	require.Empty(t, c.Missing())
	require.False(t, casedata.OnlyFilesMissing(c.Missing()))
	require.Equal(t, 100, c.Progress().Percent())

	c.Files[0].Review = casedata.ReviewRejected
	require.Equal(t, []string{"element:ESCAPE/escape_montado"}, keys(c.Missing()))
	require.True(t, c.Missing()[0].Again)
	require.Less(t, c.Progress().Percent(), 100)
	c.Files = append(c.Files, casedata.File{Place: casedata.Place{Element: "ESCAPE", Slot: "escape_montado"}})
	require.Empty(t, c.Missing())
}

func TestConditions(t *testing.T) {
	t.Parallel()
	c := newCase(t)
	require.False(t, c.Applies(casedata.SectionWorkshop, casedata.WorkshopName))
	require.Empty(t, c.Apply(casedata.Change{casedata.SectionWorkshop: {casedata.OwnWorkshop: "sí"}}, now))
	require.True(t, c.Applies(casedata.SectionWorkshop, casedata.WorkshopName))
	require.Contains(t, keys(c.Missing()), "workshop/registry_number")
	require.Empty(t, c.Apply(casedata.Change{casedata.SectionPersonal: {casedata.NIF: "B12345674"}}, now))
	require.NotContains(t, keys(c.Missing()), "personal/last_name", "a company has no surname")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ section, key, raw string }{
		"letter of the DNI": {casedata.SectionPersonal, casedata.NIF, "12345678A"},
		"e-mail":            {casedata.SectionPersonal, casedata.Email, "ana arroba example"},
		"postal code":       {casedata.SectionPersonal, casedata.PostalCode, "99999"},
		"plate":             {casedata.SectionVehicle, casedata.Plate, "1234 AEI"},
		"chassis number":    {casedata.SectionVehicle, casedata.VIN, "VTMRC44AOE1234567"},
		"year to come":      {casedata.SectionVehicle, casedata.Year, "2028"},
		"year in words":     {casedata.SectionVehicle, casedata.Year, "hace poco"},
		"height":            {casedata.SectionDimensions, casedata.HeightAfter, "29,5 mm"},
		"decimals":          {casedata.SectionDimensions, casedata.HeightAfter, "2950,5"},
		"not asked":         {casedata.SectionVehicle, "colour", "rojo"},
		"no such section":   {"element:FARO", "x", "y"},
		"yes or no":         {casedata.SectionWorkshop, casedata.OwnWorkshop, "tal vez"},
		"a NUL":             {casedata.SectionPersonal, casedata.FirstName, "An\x00a"},
	} {
		problems := newCase(t).Apply(casedata.Change{c.section: {c.key: c.raw}}, now)
		require.Len(t, problems, 1, name)
		require.Equal(t, [2]string{c.section, c.key}, [2]string{problems[0].Section, problems[0].Key}, name)
		require.NotEmpty(t, problems[0].Detail)
	}
	c := newCase(t)
	problems := c.Apply(casedata.Change{casedata.SectionPersonal: {casedata.PostalCode: "28013", casedata.Province: "Barcelona"}}, now)
	require.Len(t, problems, 1)
	require.Contains(t, problems[0].Detail, "Madrid")
	require.Equal(t, "Madrid", c.Values[casedata.SectionPersonal][casedata.Province], "what the code says")
	problems = c.Apply(casedata.Change{casedata.SectionPersonal: {casedata.Province: "Barcelona"}}, now)
	require.Len(t, problems, 1)
	require.Equal(t, "Madrid", c.Values[casedata.SectionPersonal][casedata.Province], "what was right stays")
	require.Empty(t, c.Apply(casedata.Change{casedata.SectionPersonal: {casedata.PostalCode: "08001"}}, now))
	require.Equal(t, "Barcelona", c.Values[casedata.SectionPersonal][casedata.Province])
	require.Empty(t, c.Apply(casedata.Change{casedata.SectionPersonal: {casedata.Province: " "}}, now), "a blank takes it away")
	require.Equal(t, "Barcelona", c.Values[casedata.SectionPersonal][casedata.Province], "but the postal code knows it")
	require.Empty(t, c.Apply(casedata.Change{casedata.SectionPersonal: {casedata.PostalCode: "", casedata.Province: ""}}, now))
	require.Empty(t, c.Values[casedata.SectionPersonal])
}

// TestAnswersInAnyOrder: what is known in the end does not depend on the order
// in which it was said, canonical values stay, and nothing is ever both known
// and missing.
func TestAnswersInAnyOrder(t *testing.T) {
	t.Parallel()
	type answer struct{ section, key, raw string }
	var answers []answer
	for section, values := range everything {
		for key, raw := range values {
			answers = append(answers, answer{section, key, raw})
		}
	}
	whole := newCase(t)
	require.Empty(t, whole.Apply(everything, now))
	rapid.Check(t, func(t *rapid.T) {
		c := newCase(t)
		for _, a := range rapid.Permutation(answers).Draw(t, "answers") {
			require.Empty(t, c.Apply(casedata.Change{a.section: {a.key: a.raw}}, now))
			progress := c.Progress()
			require.LessOrEqual(t, progress.Done, progress.Total)
			for _, m := range c.Missing() {
				require.NotContains(t, c.Values[m.Section], m.Key)
			}
		}
		require.Equal(t, whole.Values, c.Values)
		for section, values := range c.Values {
			for key, value := range values {
				again, err := casedata.Parse(section, c.Section(section).Field(key), value, now)
				require.NoError(t, err, "%s/%s", section, key)
				require.Equal(t, value, again)
			}
		}
	})
}

func TestExamplesAreValid(t *testing.T) {
	t.Parallel()
	for _, s := range newCase(t).Sections() {
		for _, f := range s.Fields {
			if f.Type == catalogue.FieldBoolean {
				continue
			}
			_, err := casedata.Parse(s.Key, f, *f.Example, now)
			require.NoError(t, err, "%s/%s", s.Key, f.Key)
		}
	}
}
