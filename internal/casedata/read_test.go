package casedata_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/casedata"
)

func asksOf(c *casedata.Case, section string) []casedata.Ask {
	var out []casedata.Ask
	for _, m := range c.Missing() {
		if m.Section == section {
			out = append(out, casedata.Ask{Section: section, Key: m.Key})
		}
	}
	return out
}

func TestReadingMessages(t *testing.T) {
	t.Parallel()
	p, v := casedata.SectionPersonal, casedata.SectionVehicle
	for name, c := range map[string]struct {
		text  string
		asked string
		want  casedata.Change
		rest  string
	}{
		"a form filled in": {
			text: "Nombre: Ana\nApellidos: García López\nDNI: 12345678Z\nCorreo: ana@example.com\nDirección: Calle Mayor 1\nCP: 28013\nLocalidad: Madrid\nProvincia: Madrid\nITV: Getafe",
			want: casedata.Change{p: {
				"first_name": "Ana", "last_name": "García López", "nif": "12345678Z", "email": "ana@example.com",
				"street": "Calle Mayor 1", "postal_code": "28013", "city": "Madrid", "province": "Madrid", "itv_name": "Getafe",
			}},
		},
		"one sentence": {
			text: "Soy Ana García López, mi DNI es 12345678z y mi correo ana@example.com", asked: p,
			want: casedata.Change{p: {"first_name": "Ana", "last_name": "García López", "nif": "12345678Z", "email": "ana@example.com"}},
		},
		"a name nobody asked for yet": {
			text: "soy Ana García López, DNI 12345678Z, la matrícula es 1234 BCD",
			want: casedata.Change{p: {"first_name": "Ana", "last_name": "García López", "nif": "12345678Z"}, v: {"plate": "1234BCD"}},
		},
		"a name and an abbreviation": {
			text: "Me llamo Ana de la Torre DNI 12345678Z", want: casedata.Change{p: {"first_name": "Ana", "last_name": "de la Torre", "nif": "12345678Z"}},
		},
		"typed on a phone": {
			text: "soy ana garcía y mi dni es 12345678z", asked: p,
			want: casedata.Change{p: {"first_name": "ana", "last_name": "garcía", "nif": "12345678Z"}},
		},
		"lines in the order asked": {
			text: "Honda\nCB 500 F\n2019\n1234 BCD", asked: v,
			want: casedata.Change{v: {"make": "Honda", "model": "CB 500 F", "year": "2019", "plate": "1234BCD"}},
		},
		"commas in the order asked": {
			text: "Honda, CB 500 F, 2019, 1234BCD", asked: v,
			want: casedata.Change{v: {"make": "Honda", "model": "CB 500 F", "year": "2019", "plate": "1234BCD"}},
		},
		"a correction": {
			text: "perdona, la matrícula es 5678 BCD",
			want: casedata.Change{v: {"plate": "5678BCD"}},
		},
		"a correction of something without a form": {
			text: "la marca es Yamaha", want: casedata.Change{v: {"make": "Yamaha"}},
		},
		"two things at once": {
			text: "marca y modelo: Yamaha MT-07\nmatrícula 1234BCD", want: casedata.Change{v: {"make": "Yamaha", "model": "MT-07", "plate": "1234BCD"}},
		},
		"a telephone": {text: "mi móvil es el 600 100 200", want: casedata.Change{p: {"phone": "+34600100200"}}},
		"a question":  {text: "¿y cuánto tarda?", rest: "¿y cuánto tarda?"},
		"one answer":  {text: "Akrapovic Slip-On", asked: "element:ESCAPE", rest: "Akrapovic Slip-On"},
		"a name of four words": {
			text: "Nombre completo: María José Pérez Gil", want: casedata.Change{p: {"first_name": "María José", "last_name": "Pérez Gil"}},
		},
		"a name with particles": {
			text: "Nombre y apellidos: Ana de la Torre Gil", want: casedata.Change{p: {"first_name": "Ana", "last_name": "de la Torre Gil"}},
		},
		"a year nobody asked for": {text: "lo compré en 2019", rest: "lo compré en 2019"},
		"the element's own field": {
			text: "Marca y modelo del escape: Arrow Thunder", asked: "element:ESCAPE", want: casedata.Change{"element:ESCAPE": {"marca_modelo": "Arrow Thunder"}},
		},
		"nothing": {text: " \n\n "},
	} {
		content := newCase(t, "ESCAPE")
		var asked []casedata.Ask
		if c.asked != "" {
			asked = asksOf(content, c.asked)
		}
		got := content.Read(c.text, asked, now)
		require.Empty(t, got.Problems, name)
		require.Equal(t, c.want, got.Answers, name)
		require.Equal(t, c.rest, got.Rest, name)
	}
}

func TestReadingMistakes(t *testing.T) {
	t.Parallel()
	content := newCase(t)
	got := content.Read("DNI 12345678A", nil, now)
	require.Empty(t, got.Answers)
	require.Len(t, got.Problems, 1)
	require.Equal(t, casedata.NIF, got.Problems[0].Key)
	got = content.Read("Código postal: 99999", nil, now)
	require.Len(t, got.Problems, 1)
}

// TestReadingNeverInvents: every answer read is right in its field, whatever the
// text, and reading never fails.
func TestReadingNeverInvents(t *testing.T) {
	t.Parallel()
	words := []string{"12345678Z", "1234BCD", "ana@example.com", "28013", "600100200", "2019", "Nombre: Ana", "CP", ":", "\n", ",", "es", "la matrícula", "hola", "VTMRC44A0E1234567", "¿?", "soy Ana García"}
	content := newCase(t, "ESCAPE", "MANILLAR")
	asked := append(asksOf(content, casedata.SectionPersonal), asksOf(content, casedata.SectionVehicle)...)
	rapid.Check(t, func(t *rapid.T) {
		var text string
		for _, w := range rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(words), rapid.String()), 0, 12).Draw(t, "words") {
			text += w + rapid.SampledFrom([]string{" ", "\n", ", "}).Draw(t, "gap")
		}
		got := content.Read(text, asked[:rapid.IntRange(0, len(asked)).Draw(t, "asked")], now)
		for section, values := range got.Answers {
			for key, value := range values {
				again, err := casedata.Parse(section, content.Section(section).Field(key), value, now)
				require.NoError(t, err)
				require.Equal(t, value, again)
			}
		}
	})
}
