package tariffs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/edits"
	"github.com/msia/msia/internal/fault"
)

// Bounds of the help given with an unknown code.
const (
	nearShown    = 5  // codes suggested for one wrong code
	nearFields   = 10 // wrong codes of one request that get suggestions
	longestCode  = 50 // runes of a wrong code that are compared and shown
	shortestStem = 3  // runes that make a prefix worth suggesting
)

// NearCodes returns the codes of active elements that a mistyped code may
// mean, best first, at most five: those that continue it or that it continues,
// and those a few edits away. Case, accents and separators do not matter.
func NearCodes(category *catalogue.Category, code string) []string {
	wrong := foldCode(code)
	if len(wrong) == 0 {
		return []string{}
	}
	type near struct {
		code     string
		distance int
	}
	var found []near
	for _, e := range category.Elements {
		if !e.IsActive {
			continue
		}
		right := foldCode(e.Code)
		d := edits.Distance(wrong, right)
		// A prefix is as good as one edit: part of a code typed right.
		if min(len(wrong), len(right)) >= shortestStem && (isPrefix(wrong, right) || isPrefix(right, wrong)) {
			d = min(d, 1)
		}
		if d <= max(1, min(len(wrong), len(right))/3) {
			found = append(found, near{e.Code, d})
		}
	}
	slices.SortFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.code, b.code))
	})
	codes := make([]string, 0, nearShown)
	for _, n := range found[:min(nearShown, len(found))] {
		codes = append(codes, n.code)
	}
	return codes
}

// unknownField describes a requested element that does not exist. Beyond the
// first few it makes no suggestions, so that a long list stays cheap.
func (s *Sheet) unknownField(index int, code string, before int) fault.Field {
	field := fault.Field{Pointer: pointer("elements", index, "code")}
	if strings.TrimSpace(code) == "" {
		field.Detail = "Falta el código del elemento."
		return field
	}
	field.Detail = fmt.Sprintf("No existe el elemento «%s».", shown(code))
	if before < nearFields {
		if codes := NearCodes(s.category, code); len(codes) > 0 {
			field.Detail += " Códigos parecidos: " + strings.Join(codes, ", ") + "."
		}
	}
	return field
}

// shown returns a code from a request as it may stand in a message: cut, and
// without control characters.
func shown(code string) string {
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSpace(code), ""))
	if runes := []rune(clean); len(runes) > longestCode {
		return string(runes[:longestCode]) + "…"
	}
	return clean
}

var codeAccents = strings.NewReplacer("Á", "A", "É", "E", "Í", "I", "Ó", "O", "Ú", "U", "Ü", "U", "Ñ", "N", " ", "_", "-", "_")

func foldCode(code string) []rune {
	if len(code) > 4*longestCode { // no more bytes than that many runes can have
		code = strings.ToValidUTF8(code[:4*longestCode], "")
	}
	runes := []rune(codeAccents.Replace(catalogue.NormaliseCode(code)))
	return runes[:min(longestCode, len(runes))]
}

func isPrefix(prefix, of []rune) bool {
	return len(prefix) <= len(of) && slices.Equal(prefix, of[:len(prefix)])
}
