package spain

import (
	"regexp"
	"strconv"
	"strings"
)

// NIF is a tax identification number in capitals, without blanks: a DNI
// ("12345678Z"), a NIE ("X1234567L") or a company's CIF ("B12345674"). Its check
// character is right.
type NIF string

var (
	dniForm = regexp.MustCompile(`^[0-9]{8}[A-Z]$`)
	nieForm = regexp.MustCompile(`^[XYZ][0-9]{7}[A-Z]$`)
	// K, L and M are of people without a DNI, and have its letter; the other
	// letters are of companies.
	klmForm = regexp.MustCompile(`^[KLM][0-9]{7}[A-Z]$`)
	cifForm = regexp.MustCompile(`^[ABCDEFGHJNPQRSUVW][0-9]{7}[0-9A-J]$`)
)

const (
	dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE"
	cifLetters = "JABCDEFGHI"
)

// ParseNIF reads a DNI, a NIE or a CIF as people type it: "12.345.678-Z".
// Errors: Refusal.
func ParseNIF(raw string) (NIF, error) {
	text := compact(raw)
	// A DNI of less than eight digits is written without its leading zeros.
	if n := len(text); n >= 7 && n < 9 && strings.Trim(text[:n-1], "0123456789") == "" && text[n-1] >= 'A' && text[n-1] <= 'Z' {
		text = strings.Repeat("0", 9-n) + text
	}
	switch {
	case text == "":
		return "", Refusal("Falta el DNI, NIE o CIF.")
	case dniForm.MatchString(text):
		if want := dniLetter(text[:8]); text[8] != want {
			return "", Refusal("La letra del DNI " + shown(raw) + " no es correcta: revisa el número y la letra.")
		}
		return NIF(text), nil
	case nieForm.MatchString(text):
		if want := dniLetter(string('0'+text[0]-'X') + text[1:8]); text[8] != want {
			return "", Refusal("La letra del NIE " + shown(raw) + " no es correcta: revisa el número y las letras.")
		}
		return NIF(text), nil
	case klmForm.MatchString(text):
		if text[8] != dniLetter(text[1:8]) {
			return "", Refusal("La letra del NIF " + shown(raw) + " no es correcta: revísalo.")
		}
		return NIF(text), nil
	case cifForm.MatchString(text):
		if !cifFits(text) {
			return "", Refusal("El último carácter del CIF " + shown(raw) + " no es correcto: revísalo.")
		}
		return NIF(text), nil
	}
	return "", Refusal(shown(raw) + " no es un DNI, NIE ni CIF: escribe los números y la letra, por ejemplo 12345678Z.")
}

// IsCompany reports whether it is a company's.
func (n NIF) IsCompany() bool { return cifForm.MatchString(string(n)) }

func dniLetter(digits string) byte {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0 // cannot happen: the form was checked
	}
	return dniLetters[n%23]
}

// cifControl is the check digit of seven digits: those at odd places count
// double, digit by digit.
func cifControl(digits string) int {
	sum := 0
	for i := range digits {
		d := int(digits[i] - '0')
		if i%2 == 0 {
			d *= 2
			d = d/10 + d%10
		}
		sum += d
	}
	return (10 - sum%10) % 10
}

// cifFits checks the last character: a digit for companies, a letter for public
// bodies, foreign and religious ones, either for the rest.
func cifFits(text string) bool {
	control := cifControl(text[1:8])
	digit, letter := byte('0'+control), cifLetters[control]
	switch {
	case strings.IndexByte("ABEH", text[0]) >= 0:
		return text[8] == digit
	case strings.IndexByte("NPQRSW", text[0]) >= 0:
		return text[8] == letter
	}
	return text[8] == digit || text[8] == letter
}
