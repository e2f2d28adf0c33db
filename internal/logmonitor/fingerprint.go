package logmonitor

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// variable finds the parts of an error's text that differ from one time to the
// next, and before them those that look so and are what it is about. The order
// matters: the first alternative that fits is taken.
var variable = regexp.MustCompile(strings.Join([]string{
	`SQLSTATE [0-9A-Z]{5}`, `status [0-9]{3}\b`, // kept
	`(?:relation|column|constraint|table|index|function|type|key|schema|role) "[A-Za-z_][A-Za-z0-9_.]*"`, // kept
	`\[(?:secreto|correo|IBAN|bastidor|NI[EF]|teléfono|matrícula)\]`,                                     // masked
	`"(?:[^"\\\n]|\\.)*"`, `'[^'\n]*'`, `«[^»\n]*»`, "`[^`\n]*`",
	`[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}`,
	`\[[0-9A-Fa-f:]+\](?::[0-9]+)?`, `[0-9]+(?:\.[0-9]+){3}(?::[0-9]+)?`,
	`0x[0-9A-Fa-f]+`, `\b[0-9A-Fa-f]*[0-9][0-9A-Fa-f]{7,}\b`, `\b[0-9A-Fa-f]{7,}[0-9][0-9A-Fa-f]*\b`,
	`(?:[0-9]+(?:\.[0-9]+)?(?:ns|µs|us|ms|h|m|s))+\b`,
	`[0-9]+(?:[.,:/-][0-9]+)*`,
}, "|"))

var kept = regexp.MustCompile(`^(?:SQLSTATE|status|relation|column|constraint|table|index|function|type|key|schema|role) `)

var blanks = regexp.MustCompile(`\s+`)

// shape returns what is the same in all errors of a kind. It is a pure function.
func shape(text string) string {
	text = variable.ReplaceAllStringFunc(text, func(part string) string {
		if kept.MatchString(part) {
			return part
		}
		return "?"
	})
	return blanks.ReplaceAllString(strings.TrimSpace(text), " ")
}

// fingerprint names a kind of error. It is a pure function.
func fingerprint(source, kind, message, cause string, frames []string) string {
	parts := append([]string{source, kind, message, cause}, frames...)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
