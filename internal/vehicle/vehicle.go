// Package vehicle reads what identifies a vehicle in Spain: number plates and
// chassis numbers. It is pure; what is refused is refused with one sentence in
// Spanish for whoever typed it.
package vehicle

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Refusal is why a text is no plate or no chassis number.
type Refusal string

// Error returns the sentence.
func (r Refusal) Error() string { return string(r) }

// Plate is a number plate in its canonical form, without blanks or hyphens:
// "1234BCD", "M1234AB", "PO123456".
type Plate string

// The forms of Spanish plates. Vowels, Ñ and Q were never given out in the
// present series (2000), which counts 0000BBB to 9999ZZZ.
var (
	platePresent    = regexp.MustCompile(`^[0-9]{4}[BCDFGHJKLMNPRSTVWXYZ]{3}$`)
	plateProvincial = regexp.MustCompile(`^([A-Z]{1,3}?)([0-9]{4})([A-Z]{1,2})$`) // 1971–2000
	plateOld        = regexp.MustCompile(`^([A-Z]{1,3})([0-9]{1,6})$`)            // until 1971
	plateHistoric   = regexp.MustCompile(`^H[0-9]{4}[BCDFGHJKLMNPRSTVWXYZ]{3}$`)
	plateMoped      = regexp.MustCompile(`^C[0-9]{4}[BCDFGHJKLMNPRSTVWXYZ]{3}$`)
	plateSpecial    = regexp.MustCompile(`^E[0-9]{4}[BCDFGHJKLMNPRSTVWXYZ]{3}$`) // machines, tractors
	plateTourist    = regexp.MustCompile(`^T[0-9]{4}[BCDFGHJKLMNPRSTVWXYZ]{3}$`)
	plateTrailer    = regexp.MustCompile(`^R[0-9]{4}[BCDFGHJKLMNPRSTVWXYZ]{3}$`)
)

// prefixes of the provincial plates, present and former spellings.
var prefixes = strings.Fields(`A AB AL AV B BA BI BU C CA CC CE CO CR CS CU GC GE GI GR GU H HU IB J L LE LO LU M MA ML MU
	NA O OR OU P PA PM PO S SA SE SG SH SO SS T TE TEG TER TF TG TO V VA VI Z ZA`)

// ParsePlate reads a plate as people type it: "1234 bcd", "M-1234-AB".
// Errors: Refusal.
func ParsePlate(raw string) (Plate, error) {
	text := compact(raw)
	if text == "" {
		return "", Refusal("Falta la matrícula: escríbela, por ejemplo 1234 BCD.")
	}
	for _, form := range []*regexp.Regexp{platePresent, plateHistoric, plateMoped, plateSpecial, plateTourist, plateTrailer} {
		if form.MatchString(text) {
			return Plate(text), nil
		}
	}
	for _, form := range []*regexp.Regexp{plateProvincial, plateOld} {
		if m := form.FindStringSubmatch(text); m != nil && slices.Contains(prefixes, m[1]) {
			return Plate(text), nil
		}
	}
	return "", Refusal("«" + shown(raw) + "» no es una matrícula española: escríbela como en la placa, por ejemplo 1234 BCD o M-1234-AB.")
}

// VIN is a chassis number (número de bastidor) in capitals, without blanks.
type VIN string

var (
	vinModern = regexp.MustCompile(`^[A-HJ-NPR-Z0-9]{17}$`)
	vinOld    = regexp.MustCompile(`^[A-Z0-9]{5,16}$`)
)

// ParseVIN reads a chassis number. Those of 17 characters have no I, O or Q;
// makers before 1981 gave shorter ones. Errors: Refusal.
func ParseVIN(raw string) (VIN, error) {
	text := compact(raw)
	hasDigit := strings.ContainsFunc(text, unicode.IsDigit)
	switch {
	case text == "":
		return "", Refusal("Falta el número de bastidor.")
	case hasDigit && (vinModern.MatchString(text) || vinOld.MatchString(text)):
		return VIN(text), nil
	case len(text) == 17 && strings.ContainsAny(text, "IOQ"):
		return "", Refusal("El bastidor «" + shown(raw) + "» tiene una I, una O o una Q, que no se usan: seguramente es un 1 o un 0.")
	}
	return "", Refusal("«" + shown(raw) + "» no es un número de bastidor: suele tener 17 letras y números y está en la casilla E de la ficha técnica.")
}

// compact puts a text into capitals without blanks and hyphens.
func compact(raw string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(raw) {
		if unicode.IsSpace(r) || strings.ContainsRune("-–—_./·", r) {
			continue
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// shown cuts what was typed for a sentence.
func shown(raw string) string {
	runes := []rune(strings.Join(strings.Fields(raw), " "))
	if len(runes) > 30 {
		runes = append(runes[:30], '…')
	}
	return string(runes)
}
