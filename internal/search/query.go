package search

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/msia/msia/internal/spain"
	"github.com/msia/msia/internal/vehicle"
)

// query is what was typed, in the forms it is looked for.
type query struct {
	text string
	// words all have to occur; those that are missing repeat the first.
	words [3]string
	// joined is the text without blanks and hyphens when it may be a number, plate
	// or telephone that is stored so; nil when it is words only.
	joined *string
	// exact are the identifiers it may be, as they are stored.
	exact []string
}

// caseNumber is the number of a case with or without its leading zeros.
var caseNumber = regexp.MustCompile(`^(\d{4})[-/ ](\d{1,6})$`)

// modernVIN is the length of a chassis number since 1981.
const modernVIN = 17

func parse(text string) query {
	text = strings.TrimSpace(text)
	q := query{text: text}
	words := strings.Fields(text)
	if compact := compacted(text); strings.ContainsFunc(compact, unicode.IsDigit) {
		q.joined = &compact
	}
	if m := caseNumber.FindStringSubmatch(text); m != nil {
		number := m[1] + "-" + strings.Repeat("0", 6-len(m[2])) + m[2]
		words, q.joined = []string{number}, &number
		q.exact = append(q.exact, number)
	}
	if plate, err := vehicle.ParsePlate(text); err == nil {
		q.exact = append(q.exact, string(plate))
	}
	if vin, err := vehicle.ParseVIN(text); err == nil && len(vin) == modernVIN { // the older ones look like anything
		q.exact = append(q.exact, string(vin))
	}
	if nif, err := spain.ParseNIF(text); err == nil {
		q.exact = append(q.exact, string(nif))
	}
	if phone, err := spain.ParsePhone(text); err == nil {
		q.exact = append(q.exact, phone)
	}
	if email, err := spain.ParseEmail(text); err == nil {
		words, q.joined = []string{email}, nil
		q.exact = append(q.exact, email)
	}
	if q.joined != nil && (len(q.exact) > 0 || strings.Trim(text, "+0123456789 .-/()") == "") {
		words = []string{*q.joined} // one thing typed in groups, not several words
	}
	copy(q.words[:], words)
	for i := range q.words {
		if q.words[i] == "" {
			q.words[i] = q.words[0]
		}
	}
	return q
}

// compacted takes away what people put between the parts of a number, and how a
// telephone's prefix begins.
func compacted(text string) string {
	digitsOnly := strings.Trim(text, "+0123456789 .-/()") == ""
	out := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-–./()+", r) {
			return -1
		}
		return r
	}, text)
	if digitsOnly {
		out = strings.TrimPrefix(out, "00")
	}
	return out
}
