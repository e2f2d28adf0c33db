package assistant

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/msia/msia/internal/catalogue"
)

// maxEcho is how many runes of the customer's own words stand in a reply.
const maxEcho = 40

// readable returns a customer's text as the rules may read it: valid UTF-8,
// without control and formatting characters, at most maxRead runes. cut tells
// whether some of it was left out.
func readable(s string) (text string, isCut bool) {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(s, " ") {
		if n == maxRead {
			whole := b.String()
			if i := strings.LastIndexAny(whole, " \n"); i > len(whole)-100 {
				whole = whole[:i] // not half a word
			}
			return whole, true
		}
		switch {
		case r == '\n':
		case unicode.IsSpace(r), unicode.IsControl(r):
			r = ' '
		case r == '\uFE0F', unicode.Is(unicode.Cf, r):
			continue
		}
		b.WriteRune(r)
		n++
	}
	return b.String(), false
}

// echo returns words of the customer fit for quoting back to them, or "" when
// nothing is left: letters, digits, spaces and hyphens only, never a link, an
// address, a long number or an amount.
func echo(s string) string {
	lower := strings.ToLower(s)
	for _, bad := range []string{"http", "www", "@", "€", "euro", ".com", ".es"} {
		if strings.Contains(lower, bad) {
			return ""
		}
	}
	digits := 0
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			digits++
			return r
		case unicode.IsLetter(r) || unicode.Is(unicode.Mn, r):
			return unicode.ToLower(r)
		case r == '-', r == '\'':
			return r
		default:
			return ' '
		}
	}, s)
	s = strings.Trim(strings.Join(strings.Fields(s), " "), "-' ")
	if digits > 6 || utf8.RuneCountInString(s) < 2 {
		return ""
	}
	return cut(s, maxEcho)
}

// cut shortens a text to n runes, with an ellipsis when something was left out.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n-1])) + "…"
}

// joinText joins the texts that are not empty by line breaks.
func joinText(texts ...string) string {
	var out []string
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, "\n")
}

// Chatwoot renders outgoing text as CommonMark and as a Liquid template.
var markup = strings.NewReplacer(
	"*", "·", "_", " ", "`", "'", "~", "-", "#", "", "|", "/", "{", "(", "}", ")", "<", "(", ">", ")", "[", "(", "]", ")", "\\", "/",
)

// plain returns a text of the catalogue on one line, without markup.
func plain(s string) string { return strings.Join(strings.Fields(markup.Replace(s)), " ") }

// staffNote returns a customer's text fit for a private note.
func staffNote(s string, n int) string { return cut(plain(s), n) }

var (
	// amountPart is an amount inside a warning. Those never decide a price, so
	// customers only see the ones that the quote states.
	amountPart = regexp.MustCompile(`\s*[:;,(]?\s*\+?\s?\d+(?:[.,/]\d+)*\s?(?:€|euros?)\)?`)
	// codeWord may be an internal code.
	codeWord = regexp.MustCompile(`\(?\b[A-Z][A-Z0-9_]*\d?\b\)?`)
)

// warningText returns a warning as a customer may read it: without amounts and
// internal codes; "" when nothing sensible is left.
func warningText(category *catalogue.Category, message string) string {
	s := amountPart.ReplaceAllString(message, "")
	for _, w := range codeWord.FindAllString(s, -1) {
		code := strings.Trim(w, "()")
		if category.Tier(code) == nil && !isCodeLike(category, code) {
			continue
		}
		if !strings.HasPrefix(w, "(") {
			return ""
		}
		s = strings.ReplaceAll(s, w, "")
	}
	s = plain(s)
	s = strings.ReplaceAll(s, " .", ".")
	return strings.TrimSpace(s)
}

// isCodeLike tells whether a word is an element's code and not just its name in
// capitals.
func isCodeLike(category *catalogue.Category, word string) bool {
	return category.Element(word) != nil
}

// elementName returns what an element is called to customers.
func elementName(category *catalogue.Category, code string) string {
	e := category.Element(code)
	if e == nil {
		return speakable(code)
	}
	if e.Name == e.Code || e.Name == "" {
		return speakable(e.Code)
	}
	return plain(e.Name)
}

// speakable makes words of a code: "CAMBIO_MOTOR" becomes "Cambio motor".
func speakable(code string) string {
	s := strings.ToLower(strings.ReplaceAll(code, "_", " "))
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
