package fields

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/msia/msia/internal/catalogue"
)

// maxText is how long a text may be when its field does not say, in characters.
const maxText = 2000

// Blank reports whether nothing was typed. "0" and "no" are something.
func Blank(raw string) bool { return strings.TrimSpace(raw) == "" }

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

// Fold returns a text as it is compared: lower case, without accents, with
// single blanks. "Ñ" and "n" are the same.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// word folds a short answer and drops the full stop people end messages with.
func word(raw string) string {
	return strings.TrimSpace(strings.TrimRight(Fold(raw), ".,;!"))
}

// quoted shows what was typed inside a sentence.
func quoted(raw string) string {
	const most = 40
	runes := []rune(strings.Join(strings.Fields(raw), " "))
	if len(runes) > most {
		runes = append(runes[:most], '…')
	}
	return "«" + string(runes) + "»"
}

func parseText(f *catalogue.Field, raw string) (string, error) {
	text := strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(raw, "\r\n", "\n")))
	least, most := 1, maxText
	if f.MinLength != nil {
		least = *f.MinLength
	}
	if f.MaxLength != nil {
		most = *f.MaxLength
	}
	switch n := utf8.RuneCountInString(text); {
	case n < least:
		return "", Refusal(fmt.Sprintf("El texto es demasiado corto: escribe al menos %s.", characters(least)))
	case n > most:
		return "", Refusal(fmt.Sprintf("El texto es demasiado largo: escribe como mucho %s.", characters(most)))
	}
	if f.Pattern == nil {
		return text, nil
	}
	// A pattern that does not compile is refused when the field is saved.
	if re, err := regexp.Compile(*f.Pattern); err == nil && !re.MatchString(text) {
		return "", Refusal(quoted(text) + " no tiene la forma esperada: " + f.Label + forExample(f) + ".")
	}
	return text, nil
}

func characters(n int) string {
	if n == 1 {
		return "1 carácter"
	}
	return fmt.Sprintf("%d caracteres", n)
}

// forExample ends a sentence with the field's own example, when it has one.
func forExample(f *catalogue.Field) string {
	if f.Example == nil || *f.Example == "" {
		return ""
	}
	return ", por ejemplo " + *f.Example
}

func parsePhoto(raw string) (string, error) {
	id, err := uuid.Parse(strings.TrimSpace(raw))
	if err != nil || len(strings.TrimSpace(raw)) != len(uuid.Nil.String()) {
		return "", Refusal("Esto no es una foto: sube la foto para este dato.")
	}
	return id.String(), nil
}
