package logmonitor

import (
	"math/big"
	"regexp"
	"strings"
)

// mask is something personal or secret, and what is shown instead.
type mask struct {
	find *regexp.Regexp
	show string
	// sure, if set, decides about what looks like it.
	sure func(found string) bool
}

// secrets are looked for first, whatever they look like, in the whole text; as is
// what somebody wrote, which messages quote. A single word in quotes is the name of
// a thing. Rather too much is hidden than too little: the log itself has it all.
var secrets = []mask{
	{find: regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}`), show: "${1} [secreto]"},
	{find: regexp.MustCompile(`\bmsia_[A-Za-z0-9_-]{8,}`), show: "[secreto]"},
	{find: regexp.MustCompile(`(\b[a-z][a-z0-9+.-]*://)[^\s/@"']+@`), show: "${1}[secreto]@"},
	{find: regexp.MustCompile(`(?i)((?:[a-z0-9_-]*(?:token|secret|passw(?:or)?d|contraseña|api[_-]?key|signature|credential)[a-z0-9_-]*|\bpwd|\bsig|\bpin|\bauthorization)["']?\s*[=:]\s*["']?)[^\s"'&,;}\])]+`), show: "${1}[secreto]"},
	{find: regexp.MustCompile(`\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`), show: "[secreto]"},
	{find: regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"`), show: `"[texto]"`, sure: func(s string) bool { return !word.MatchString(s[1 : len(s)-1]) }},
	{find: regexp.MustCompile(`«[^»\n]*»`), show: "«[texto]»"},
}

// personal are looked for in what is left, the longer numbers before those that
// could be a part of them.
var personal = []mask{
	{find: regexp.MustCompile(`[\pL\pN._%+-]+@(?:[\pL\pN-]+\.)+\pL{2,}`), show: "[correo]"},
	{find: regexp.MustCompile(`(?i)\bES[0-9]{2}(?:[ -]?[0-9]{4}){5}\b`), show: "[IBAN]"},
	{find: regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b`), show: "[IBAN]", sure: isIBAN},
	{find: regexp.MustCompile(`(?i)\b[a-hj-npr-z0-9]{17}\b`), show: "[bastidor]", sure: isVIN},
	{find: regexp.MustCompile(`(?i)\b[xyz][ .-]?[0-9]{7}[ .-]?[a-z]\b`), show: "[NIE]"},
	{find: regexp.MustCompile(`(?i)\b[0-9]{2}\.?[0-9]{3}\.?[0-9]{3}[ .-]?[a-z]\b`), show: "[NIF]"},
	{find: regexp.MustCompile(`(?i)\b[abcdefghjklmnpqrsuvw]-?[0-9]{7}-?[0-9a-z]\b`), show: "[NIF]"},
	{find: regexp.MustCompile(`(?:\+|\b00)[0-9]{1,3}(?:[ .()-]{0,2}[0-9]){7,12}\b`), show: "[teléfono]"},
	{find: regexp.MustCompile(`\b[6789][0-9]{2}(?:[ .-]?[0-9]{3}){2}\b`), show: "[teléfono]"},
	{find: regexp.MustCompile(`\b[6789][0-9]{2}(?:[ .-]?[0-9]{2}){3}\b`), show: "[teléfono]"},
	{find: regexp.MustCompile(`(?i)\b[0-9]{4}[ -]?[bcdfghjklmnprstvwxyz]{3}\b`), show: "[matrícula]"},
	{find: regexp.MustCompile(`\b[A-Z]{1,2}[ -]?[0-9]{4}[ -]?[A-Z]{1,2}\b`), show: "[matrícula]"},
}

// technical is what may look personal and is not: ids, addresses of machines, times.
var technical = regexp.MustCompile(`[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|` +
	`\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{1,5})?\b|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}`)

var word = regexp.MustCompile(`^[\pL\pN_./:{}$*+\[\]-]*$`)

// Mask hides what is personal or secret in a text, as far as its form shows it:
// addresses, phones, documents, plates, chassis and account numbers, tokens and
// passwords, and longer texts in quotes. It is a pure function, and a masked text
// stays as it is.
func Mask(text string) string {
	text = apply(secrets, text)
	var out strings.Builder
	end := 0
	for _, at := range technical.FindAllStringIndex(text, -1) {
		out.WriteString(apply(personal, text[end:at[0]]))
		out.WriteString(text[at[0]:at[1]])
		end = at[1]
	}
	out.WriteString(apply(personal, text[end:]))
	return out.String()
}

func apply(masks []mask, text string) string {
	for _, m := range masks {
		if m.sure == nil {
			text = m.find.ReplaceAllString(text, m.show)
			continue
		}
		text = m.find.ReplaceAllStringFunc(text, func(found string) string {
			if m.sure(found) {
				return m.show
			}
			return found
		})
	}
	return text
}

// isIBAN reports whether the check digits are right.
func isIBAN(s string) bool {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s))
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	var digits strings.Builder
	for _, c := range s[4:] + s[:4] {
		if c >= 'A' {
			digits.WriteString(big.NewInt(int64(c - 'A' + 10)).String())
		} else {
			digits.WriteRune(c)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

// isVIN tells a chassis number from a word and from a number.
func isVIN(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.ContainsFunc(s, func(r rune) bool { return r > '9' })
}
