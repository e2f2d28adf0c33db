package spain

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// maxEmail is what SMTP takes.
const maxEmail = 254

// emailForm is that of everyday addresses; quoted local parts and addresses by
// number are left out on purpose.
var emailForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$`)

// ParseEmail reads an e-mail address and returns it in lower case.
// Errors: Refusal.
func ParseEmail(raw string) (string, error) {
	text := strings.ToLower(strings.Trim(strings.TrimSpace(raw), "<>.,;"))
	local, _, _ := strings.Cut(text, "@")
	if len(text) > maxEmail || !emailForm.MatchString(text) || strings.Contains(text, "..") || strings.HasSuffix(local, ".") {
		return "", Refusal(shown(raw) + " no es un correo electrónico: escríbelo entero, por ejemplo ana@example.com.")
	}
	return text, nil
}

// ParsePhone reads a telephone number, a Spanish one when it has no prefix, and
// returns it in E.164: "+34600100200". Errors: Refusal.
func ParsePhone(raw string) (string, error) {
	number, err := phonenumbers.Parse(strings.TrimSpace(raw), "ES")
	if err != nil || len(raw) > 40 || !phonenumbers.IsValidNumber(number) {
		return "", Refusal(shown(raw) + " no es un teléfono: escribe los nueve números, o el prefijo del país con un + delante.")
	}
	return phonenumbers.Format(number, phonenumbers.E164), nil
}
