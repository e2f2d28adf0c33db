package fields_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
)

func ptr[T any](v T) *T { return &v }

var (
	mm      = &catalogue.Field{Key: "ancho", Label: "Ancho", Type: catalogue.FieldNumber, Unit: ptr("mm"), Example: ptr("450")}
	bounded = &catalogue.Field{Key: "largo", Label: "Largo", Type: catalogue.FieldNumber, Unit: ptr("mm"), Min: ptr(100.0), Max: ptr(1500.0)}
	count   = &catalogue.Field{Key: "plazas", Label: "Plazas", Type: catalogue.FieldNumber, Min: ptr(1.0), Max: ptr(9.0)}
	kilo    = &catalogue.Field{Key: "peso", Label: "Peso", Type: catalogue.FieldNumber, Unit: ptr("kg")}
	engine  = &catalogue.Field{Key: "cilindrada", Label: "Cilindrada", Type: catalogue.FieldNumber, Unit: ptr("cc")}
	power   = &catalogue.Field{Key: "potencia", Label: "Potencia", Type: catalogue.FieldNumber, Unit: ptr("kW")}
	odd     = &catalogue.Field{Key: "d", Label: "D", Type: catalogue.FieldNumber, Unit: ptr("dioptrías")}
	yesNo   = &catalogue.Field{Key: "visible", Label: "¿Se ve?", Type: catalogue.FieldBoolean}
	choice  = &catalogue.Field{Key: "material", Label: "Material", Type: catalogue.FieldSelect, Options: []string{"Acero", "Fibra de carbono", "Otro"}}
	date    = &catalogue.Field{Key: "fecha", Label: "Fecha", Type: catalogue.FieldDate}
	text    = &catalogue.Field{Key: "marca", Label: "Marca", Type: catalogue.FieldText, MinLength: ptr(2), MaxLength: ptr(10)}
	code    = &catalogue.Field{Key: "contrasena", Label: "Contraseña", Type: catalogue.FieldText, Pattern: ptr(`^e\d+`), Example: ptr("e4*2003")}
	photo   = &catalogue.Field{Key: "foto", Label: "Foto", Type: catalogue.FieldPhoto}
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field *catalogue.Field
		raw   string
		want  string
	}{
		{mm, "450", "450"},
		{mm, " 450 mm ", "450"},
		{mm, "450mm.", "450"},
		{mm, "1.234,5 mm", "1234.5"},
		{mm, "1.234,5", "1234.5"},
		{mm, "1,234.5", "1234.5"},
		{mm, "1.234", "1234"},
		{mm, "1,234", "1.2340"},
		{mm, "1.2340", "1.2340"},
		{mm, "0.123", "0.123"},
		{mm, "1.5", "1.5"},
		{mm, "1,5", "1.5"},
		{mm, "1'5", "1.5"},
		{mm, "1’5 cm", "15"},
		{mm, ",5", "0.5"},
		{mm, "1.234.567", "1234567"},
		{mm, "1,234,567", "1234567"},
		{mm, "1 234 567,25", "1234567.25"},
		{mm, "1\u00a0234 mm", "1234"},
		{mm, "2,5 cm", "25"},
		{mm, "2.5CM", "25"},
		{mm, "1,2 metros", "1200"},
		{mm, "17\"", "431.8"},
		{mm, "17 pulgadas", "431.8"},
		{mm, "-3", "-3"},
		{mm, "\u22123 cm", "-30"},
		{mm, "+3", "3"},
		{mm, "-0", "0"},
		{mm, "0", "0"},
		{mm, "007", "7"},
		{mm, "10,50", "10.5"},
		{kilo, "500 g", "0.5"},
		{kilo, "1,2 t", "1200"},
		{kilo, "80 kilos", "80"},
		{engine, "689 c.c.", "689"},
		{engine, "0,689 l", "689"},
		{engine, "689 cm³", "689"},
		{engine, "689 cm3", "689"},
		{power, "75 CV", "55.162406"},
		{power, "55000 W", "55"},
		{power, "55kw", "55"},
		{odd, "2,5 Dioptrias", "2.5"},
		{count, "2", "2"},
		{count, "2 uds.", "2"},
		{bounded, "100", "100"},
		{bounded, "150 cm", "1500"},
		{yesNo, "Sí", "true"},
		{yesNo, "si.", "true"},
		{yesNo, "S", "true"},
		{yesNo, "1", "true"},
		{yesNo, "VERDADERO", "true"},
		{yesNo, "no", "false"},
		{yesNo, "NO!", "false"},
		{yesNo, "0", "false"},
		{yesNo, "falso", "false"},
		{yesNo, "false", "false"},
		{choice, "acero", "Acero"},
		{choice, " FIBRA  DE CARBONO ", "Fibra de carbono"},
		{choice, "Otro.", "Otro"},
		{date, "2025-12-31", "2025-12-31"},
		{date, "31/12/2025", "2025-12-31"},
		{date, "31-12-25", "2025-12-31"},
		{date, "1.2.1998", "1998-02-01"},
		{date, "31 de diciembre de 2025", "2025-12-31"},
		{date, "1º de mayo del 2020", "2020-05-01"},
		{date, "3 Sept. 99", "1999-09-03"},
		{date, "29/2/2024", "2024-02-29"},
		{date, "31 12 2025", "2025-12-31"},
		{date, "2025/1/2", "2025-01-02"},
		{date, "1/1/50", "1950-01-01"},
		{date, "1/1/49", "2049-01-01"},
		{text, "  Akrapovič ", "Akrapovič"},
		{text, "c\u030c1", "č1"},
		{text, "ññññññññññ", "ññññññññññ"},
		{code, "e4*2003/97", "e4*2003/97"},
		{photo, " 0198C0DE-0000-7000-8000-00000000000A ", "0198c0de-0000-7000-8000-00000000000a"},
	} {
		got, err := fields.Parse(c.field, c.raw)
		require.NoError(t, err, "%s: %q", c.field.Type, c.raw)
		require.Equal(t, c.want, got, "%s: %q", c.field.Type, c.raw)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field *catalogue.Field
		raw   string
		want  string
	}{
		{mm, "abc", "«abc» no vale: escribe un número en mm, por ejemplo 450."},
		{mm, "450 kg", "«450 kg» no vale: escribe un número en mm, por ejemplo 450."},
		{mm, "12 5", "«12 5» no vale"},
		{mm, "1,2,3", "no vale"},
		{mm, "1.23.456", "no vale"},
		{mm, "1.234.56", "no vale"},
		{mm, "1e3", "no vale"},
		{mm, "10-12", "no vale"},
		{mm, "½", "no vale"},
		{mm, "5²", "no vale"},
		{mm, "NaN", "no vale"},
		{mm, "Inf", "no vale"},
		{mm, "0x10", "no vale"},
		{mm, "٣", "no vale"},
		{mm, "1,", "no vale"},
		{mm, ".", "no vale"},
		{mm, "-", "no vale"},
		{mm, "--1", "no vale"},
		{mm, "1,1234567", "no vale"},
		{mm, "1m 20cm", "no vale"},
		{mm, "999999999999 km", "es un número demasiado grande"},
		{kilo, "0,0001 g", "es un número demasiado pequeño"},
		{count, "2 kg", "«2 kg» no vale: escribe solo un número entre 1 y 9."},
		{count, "0", "0 queda fuera de lo posible: tiene que estar entre 1 y 9."},
		{bounded, "1.600", "«1.600» es 1.600 mm y queda fuera de lo posible: tiene que estar entre 100 mm y 1.500 mm."},
		{bounded, "1 cm", "«1 cm» es 10 mm y queda fuera"},
		{yesNo, "quizá", "«quizá» no se entiende: contesta sí o no."},
		{choice, "madera", "«madera» no es una de las opciones: elige Acero, Fibra de carbono u Otro."},
		{date, "31/02/2025", "no existe en el calendario"},
		{date, "12/31/2025", "no existe"},
		{date, "mañana", "«mañana» no es una fecha: escríbela como 31/12/2025."},
		{date, "1/1/1850", "entre 1900 y 2099"},
		{date, "3 de brumario de 2020", "no es una fecha"},
		{date, "0/0/2020", "no existe"},
		{text, "x", "al menos 2 caracteres"},
		{text, strings.Repeat("ñ", 11), "como mucho 10 caracteres"},
		{text, "a\x00b", "no se pueden guardar"},
		{text, "\xff\xfe", "no se pueden guardar"},
		{code, "x4", "no tiene la forma esperada: Contraseña, por ejemplo e4*2003."},
		{photo, "foto.jpg", "no es una foto"},
		{photo, "{0198c0de-0000-7000-8000-00000000000a}", "no es una foto"},
		{mm, "  ", "Falta el valor"},
		{text, strings.Repeat("x", 9000), "demasiado largo"},
	} {
		got, err := fields.Parse(c.field, c.raw)
		require.Error(t, err, "%s: %q gave %q", c.field.Type, c.raw, got)
		require.Contains(t, err.Error(), c.want)
		requireSentence(t, err)
	}
}

// requireSentence checks that a refusal can be sent to a customer as it is.
func requireSentence(t require.TestingT, err error) {
	var r fields.Refusal
	require.True(t, errors.As(err, &r))
	require.True(t, strings.HasSuffix(string(r), "."), "%q", r)
	require.True(t, utf8.ValidString(string(r)))
	require.NotContains(t, string(r), "\n")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	e := &catalogue.Element{
		Fields: []*catalogue.Field{
			{Key: "procedencia", Type: catalogue.FieldSelect, Options: []string{"Nuevo", "De otra moto"}, IsRequired: true},
			{Key: "donante", Type: catalogue.FieldText, IsRequired: true, Condition: &catalogue.FieldCondition{FieldKey: "procedencia", Operator: fields.Equals, Value: "De otra moto"}},
			{Key: "kilometros", Type: catalogue.FieldNumber, IsRequired: true, Condition: &catalogue.FieldCondition{FieldKey: "donante", Operator: fields.Exists}},
			{Key: "motivo", Type: catalogue.FieldText, Condition: &catalogue.FieldCondition{FieldKey: "kilometros", Operator: fields.Equals, Value: "0"}},
			{Key: "asideros", Type: catalogue.FieldBoolean, IsRequired: true},
		},
		Photos: []*catalogue.PhotoSlot{
			{Code: "siempre", IsRequired: true},
			{Code: "asideros", IsRequired: true, Condition: &catalogue.FieldCondition{FieldKey: "asideros", Operator: fields.Equals, Value: "sí"}},
			{Code: "sin_asideros", Condition: &catalogue.FieldCondition{FieldKey: "asideros", Operator: fields.NotEquals, Value: "true"}},
			{Code: "heredada", IsRequired: true, Condition: &catalogue.FieldCondition{FieldKey: "del_padre", Operator: fields.Exists}},
		},
	}
	visible := func(r fields.Result) (keys, missing, photos []string) {
		for _, s := range r.Fields {
			if s.Visible {
				keys = append(keys, s.Key)
			}
			if s.Missing {
				missing = append(missing, s.Key)
			}
		}
		for _, p := range r.Photos {
			if p.Visible {
				photos = append(photos, p.Code)
			}
		}
		return keys, missing, photos
	}

	r := fields.Check(e, nil)
	keys, missing, photos := visible(r)
	require.Equal(t, []string{"procedencia", "asideros"}, keys)
	require.Equal(t, []string{"procedencia", "asideros"}, missing)
	require.Equal(t, []string{"siempre", "heredada"}, photos, "not answered yet: neither with nor without")
	require.False(t, r.Complete)

	r = fields.Check(e, map[string]string{"procedencia": "DE OTRA MOTO", "donante": "Yamaha", "kilometros": "0", "asideros": "no"})
	keys, missing, photos = visible(r)
	require.Equal(t, []string{"procedencia", "donante", "kilometros", "motivo", "asideros"}, keys, "0 is a value")
	require.Empty(t, missing, "false is a value")
	require.Equal(t, []string{"siempre", "sin_asideros", "heredada"}, photos)
	require.True(t, r.Complete)

	r = fields.Check(e, map[string]string{"procedencia": "nuevo", "donante": "Yamaha", "kilometros": "abc", "asideros": "sí", "motivo": " "})
	keys, _, photos = visible(r)
	require.Equal(t, []string{"procedencia", "asideros"}, keys, "what hangs on a hidden field is hidden")
	require.Equal(t, []string{"siempre", "asideros", "heredada"}, photos)
	require.Nil(t, r.Fields[1].Value, "a hidden field has no value")
	require.Empty(t, r.Fields[2].Refusal, "nor is it refused")
	require.True(t, r.Complete)

	r = fields.Check(e, map[string]string{"procedencia": "robado", "asideros": "sí"})
	require.NotEmpty(t, r.Fields[0].Refusal)
	require.False(t, r.Fields[0].Missing)
	require.False(t, r.Complete)
	require.Equal(t, []string{"nada", "otra"}, fields.Unknown(e, map[string]string{"otra": "1", "nada": "", "donante": "x"}))
}

func TestDisplay(t *testing.T) {
	t.Parallel()
	require.Equal(t, "-1.234.567,5 mm", fields.Display(mm, "-1234567.5"))
	require.Equal(t, "1,234 mm", fields.Display(mm, "1.2340"))
	require.Equal(t, "3", fields.Display(count, "3"))
	require.Equal(t, "Sí", fields.Display(yesNo, "true"))
	require.Equal(t, "No", fields.Display(yesNo, "false"))
	require.Equal(t, "31/12/2025", fields.Display(date, "2025-12-31"))
	require.Equal(t, "Acero", fields.Display(choice, "Acero"))
}
