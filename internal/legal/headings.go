package legal

import (
	"regexp"
	"strings"
	"unicode"
)

// heading is a line that begins a unit.
type heading struct {
	kind   Kind
	number string // Unit.Number
	label  string // how to cite it
	rest   string // what follows the number on the line
	value  int    // for counting
	extra  bool   // "bis" and the like
	alone  bool   // nothing follows on the line
}

var (
	containers = map[string]Kind{
		"libro": Book, "titulo": Title, "capitulo": Chapter, "seccion": Section, "subseccion": Subsection, "parte": Part,
	}
	containerLine = regexp.MustCompile(`^(LIBRO|T[IÍ]TULO|Título|CAP[IÍ]TULO|Capítulo|SECCI[OÓ]N|Sección|SUBSECCI[OÓ]N|Subsección|PARTE)\s+(` +
		`PRELIMINAR|Preliminar|preliminar|INTRODUCTORIA|` + roman + `\b|[0-9]{1,3}(?:\.?[ªº])?|[A-Z]\b|(?i:` + ordinal + `))((?i:\s+` + latin + `)?)(?:\.?[ªº])?\s*([.:–—-]*)\s*(.*)$`)
	articleLine     = regexp.MustCompile(`^(?:Art[ií]culo|ART[IÍ]CULO|Art\.)\s+([0-9]{1,4}(?:-[0-9]{1,3})?(?:\.?[ºª])?|(?i:` + ordinal + `|once|doce|uno|dos|tres))((?i:[\s-]+` + latin + `)?)\b?(.*)$`)
	dispositionLine = regexp.MustCompile(`^(?:Disposici[oó]n|DISPOSICI[OÓ]N)\s+((?i:adicional|transitoria|derogatoria|final))(?:\s+((?i:` + ordinal + `)|[0-9]{1,3}\.?[ªº]?))?((?i:\s+` + latin + `)?)(.*)$`)
	annexLine       = regexp.MustCompile(`^(ANEXO|Anexo|ANEJO|Anejo)(?:\s+(` + roman + `|[0-9]{1,2}|[A-Z]|(?i:[úu]nico)))?((?i:\s+` + latin + `)?)\s*([.:–—-]*)\s*(.*)$`)
	appendixLine    = regexp.MustCompile(`^(AP[EÉ]NDICE|Apéndice)(?:\s+(` + roman + `|[0-9]{1,2}|[A-Z]))?\s*([.:–—-]*)\s*(.*)$`)
	pointLine       = regexp.MustCompile(`^([0-9]{1,3}(?:\.[0-9]{1,3}){0,6})(\.?)(?:[-–]?\s+(.*)|)$`)
	sheetCode       = regexp.MustCompile(`\(([0-9]{1,2}\.[0-9]{1,2})\)$`)
	item            = regexp.MustCompile(`^(?:[A-Z]\.\s|\(?[0-9]{1,3}[.)]\s|\(?[a-zñ]{1,2}\)\s|\(?[ivxlc]+\)\s|[-–—•·*▪○]\s?|[0-9]{1,3}(?:\.[0-9]{1,3})+\.?\s)`)
	// A definition: «Reforma»: …, possibly numbered.
	quotedTerm = regexp.MustCompile(`^(?:\(?[0-9]+(?:\.[0-9]+)*[.)]{0,2}\s+|\(?[a-zñ]{1,2}\)\s+|[-–—•]\s*)?[«"“]([^»"”]{2,120})[»"”](?:\s*\([^)]*\))?\s*:`)
	plainTerm  = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)*[.)]{1,2}-?\s+|[a-zñ]{1,2}\)\s+|[-–—•]\s*)([A-ZÁÉÍÓÚÑ][^:.;]{2,90}):\s`)
)

// container reads the heading of a título, capítulo or the like.
func container(line string) (heading, bool) {
	m := containerLine.FindStringSubmatch(line)
	if m == nil {
		return heading{}, false
	}
	word, number, suffix, mark, rest := m[1], m[2], m[3], m[4], m[5]
	upper := word == strings.ToUpper(word)
	if rest != "" && (!startsUpper(rest) || mark == "" && !upper) {
		return heading{}, false
	}
	h := heading{kind: containers[fold(word)], value: value(number), extra: suffix != "", rest: rest, alone: rest == ""}
	h.number = strings.ToUpper(strings.Trim(number, " .ºª")) + strings.ToLower(suffix)
	if _, isWord := ordinals[strings.TrimSuffix(fold(number), "a")+"o"]; isWord {
		h.number = strings.ToLower(number) + strings.ToLower(suffix)
	}
	if len(h.number) > 5 {
		h.number = strings.ToLower(h.number)
	}
	h.label = capitalise(strings.ToLower(word)) + " " + h.number
	return h, true
}

// article reads the heading of an article.
func article(line string) (heading, bool) {
	m := articleLine.FindStringSubmatch(line)
	if m == nil {
		return heading{}, false
	}
	number, suffix, rest := m[1], m[2], m[3]
	body := strings.TrimLeft(rest, " ")
	title := strings.TrimLeft(body, ".:–—- º")
	switch {
	case body == "":
	case strings.ContainsAny(body[:1], ".:-") || strings.HasPrefix(body, "–") || strings.HasPrefix(body, "—"):
		if title != "" && unicode.IsDigit([]rune(title)[0]) && !strings.HasPrefix(strings.TrimLeft(body, ".:–—-"), " ") { // artículo 7.3.b)
			return heading{}, false
		}
		if title != "" && !startsUpper(title) && !unicode.IsDigit([]rune(title)[0]) {
			return heading{}, false
		}
	default:
		return heading{}, false
	}
	h := heading{kind: Article, number: articleNumber(number, suffix), rest: title, value: value(strings.SplitN(number, "-", 2)[0]), extra: suffix != "", alone: title == ""}
	h.label = "Artículo " + h.number
	if fold(number) == "unico" {
		h.label = "Artículo único"
	}
	return h, true
}

// disposition reads the heading of one.
func disposition(line string) (heading, bool) {
	m := dispositionLine.FindStringSubmatch(line)
	if m == nil {
		return heading{}, false
	}
	which, number, suffix, rest := m[1], m[2], m[3], strings.TrimSpace(m[4])
	title := strings.TrimLeft(rest, ".:–—- ")
	if title != "" && (title == rest || !startsUpper(title)) {
		return heading{}, false
	}
	h := heading{kind: Disposition, number: dispositionNumber(which, number) + strings.ToLower(suffix), rest: title, alone: title == ""}
	h.label = strings.TrimSpace("Disposición " + strings.ToLower(which+" "+number+suffix))
	return h, true
}

// annex reads the heading of an annex.
func annex(line string) (heading, bool) {
	m := annexLine.FindStringSubmatch(line)
	if m == nil {
		return heading{}, false
	}
	return attached(Annex, "Anexo", m[1], m[2], m[3], m[4], m[5])
}

// appendix reads the heading of an appendix.
func appendix(line string) (heading, bool) {
	m := appendixLine.FindStringSubmatch(line)
	if m == nil {
		return heading{}, false
	}
	return attached(Appendix, "Apéndice", m[1], m[2], "", m[3], m[4])
}

func attached(kind Kind, label, word, number, suffix, mark, rest string) (heading, bool) {
	upper := word == strings.ToUpper(word)
	if rest != "" && (!startsUpper(rest) || mark == "" && (!upper || !isUpper(rest))) {
		return heading{}, false
	}
	h := heading{kind: kind, number: annexNumber(number) + strings.ToLower(suffix), value: value(number), extra: suffix != "", rest: rest, alone: rest == ""}
	h.label = strings.TrimSpace(label + " " + h.number)
	return h, true
}

// startsUpper says whether a text begins as a title does.
func startsUpper(s string) bool {
	for _, r := range s {
		return unicode.IsUpper(r) || r == '«' || r == '¿'
	}
	return false
}

func startsLower(s string) bool {
	for _, r := range s {
		return unicode.IsLower(r)
	}
	return false
}

// isUpper says whether a line is all capitals, and more than a code.
func isUpper(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n >= 4
}

func capitalise(s string) string {
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}
