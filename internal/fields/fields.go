// Package fields is the pure half of the data asked for because of an element:
// what a customer or a clerk types becomes a canonical value, conditions decide
// which fields and photo slots apply, and definitions are checked before they
// are stored. It works on the catalogue's types and touches nothing else.
package fields

import (
	"unicode/utf8"

	"github.com/msia/msia/internal/catalogue"
)

// maxRaw is how many bytes of a typed value are looked at: more is no value.
const maxRaw = 8000

// Refusal is why a typed value is not one of its field: one sentence in Spanish,
// for whoever typed it, that says what is wrong and what is expected.
type Refusal string

// Error returns the sentence.
func (r Refusal) Error() string { return string(r) }

// Parse reads what was typed into a field and returns the canonical value, which
// is the only form that is stored and compared. A canonical value parses to
// itself.
//
//	number   plain digits with a decimal point, in the field's unit: "25", "-1.5"
//	boolean  "true", "false"
//	select   the option as it is spelt in the definition
//	date     "2025-12-31"
//	text     trimmed, in composed Unicode
//	photo    a UUID in lower case; the caller checks that there is such a photo
//
// Errors: always a Refusal. Blank text is refused too; see Blank.
func Parse(f *catalogue.Field, raw string) (string, error) {
	if len(raw) > maxRaw {
		return "", Refusal("El texto es demasiado largo: escribe como mucho 2000 caracteres.")
	}
	if !utf8.ValidString(raw) || hasControl(raw) {
		return "", Refusal("El texto tiene caracteres que no se pueden guardar: escríbelo de nuevo, sin símbolos raros.")
	}
	if Blank(raw) {
		return "", Refusal("Falta el valor: no puede quedar en blanco.")
	}
	switch f.Type {
	case catalogue.FieldNumber:
		return parseNumber(f, raw)
	case catalogue.FieldBoolean:
		return parseBoolean(raw)
	case catalogue.FieldSelect:
		return parseSelect(f, raw)
	case catalogue.FieldDate:
		return parseDate(raw)
	case catalogue.FieldPhoto:
		return parsePhoto(raw)
	}
	return parseText(f, raw)
}
