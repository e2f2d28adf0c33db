package legal

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Reference is a unit or a regulation named exactly in a question: "artículo
// 14 bis", "anexo II", "6.2.1", "CR 2.15", "RD 866/2010", "48R07".
type Reference struct {
	// Kind is one of Unit's, or Regulation.
	Kind Kind
	// Number is written as Unit.Number; of a regulation "866/2010", "48R07" or
	// "48".
	Number string
	// Start and End are its place in the question, in runes.
	Start, End int
}

// Regulation is the kind of a reference to a whole document, by its number.
const Regulation Kind = "regulation"

// reader reads one kind of reference out of the groups of its pattern.
type reader struct {
	pattern *regexp.Regexp
	read    func(groups []string) (Kind, []string)
}

const pointNumber = `[0-9]{1,3}(?:\.[0-9]{1,3})+`

// readers in the order in which they may claim a piece of the question.
var readers = []reader{
	{
		regexp.MustCompile(`(?i)\b(?:real decreto(?:[- ]ley| legislativo)?|r\.?d\.?(?:-?l\.?)?|ley(?: org[áa]nica)?|l\.?o\.?|orden(?: ministerial)?|reglamentos?|directivas?|decisi[óo]n)\s*(?:\((?:ue|ce|cee)\)\s*)?(?:n\.?[ºo°]?\s*)?(?:[a-z]{2,4}/)?([0-9]{1,4}/[0-9]{2,4}(?:/(?:ce|cee|ue))?)`),
		func(g []string) (Kind, []string) { return Regulation, []string{strings.ToUpper(g[1])} },
	},
	{
		regexp.MustCompile(`(?i)\b(?:r(?:eglamentos?|gto\.?)?\s*(?:(?:cepe|onu|unece|ece)(?:[/-](?:cepe|onu))?\s*)?(?:n\.?[ºo°]?\s*)?)?([0-9]{1,3}R[0-9]{0,3})\b`),
		func(g []string) (Kind, []string) { return Regulation, []string{strings.ToUpper(g[1])} },
	},
	{
		regexp.MustCompile(`(?i)\b(?:r(?:eglamentos?|gto\.?)?\s*(?:cepe|onu|unece|ece)(?:[/-](?:cepe|onu))?|r|reglamento)\s*(?:n\.?[ºo°]?\s*)?([0-9]{1,3})\b`),
		func(g []string) (Kind, []string) { return Regulation, []string{g[1]} },
	},
	{
		regexp.MustCompile(`\b([0-9]{1,4}/(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}/[0-9]{1,4})\b`),
		func(g []string) (Kind, []string) { return Regulation, []string{g[1]} },
	},
	{
		regexp.MustCompile(`(?i)\b(?:art[íi]culos?|arts?\.?)\s*([0-9]{1,4}(?:-[0-9]{1,3})?|` + ordinal + `\b)(?:\.?[ºª])?((?:\s+` + latin + `\b)?)((?:\s*(?:,|y|o|e)\s*[0-9]{1,4}\b)*)`),
		func(g []string) (Kind, []string) {
			numbers := []string{articleNumber(g[1], g[2])}
			for _, n := range number.FindAllString(g[3], -1) {
				numbers = append(numbers, articleNumber(n, ""))
			}
			return Article, numbers
		},
	},
	{
		regexp.MustCompile(`(?i)\bdisposici[óo]n(?:es)?\s+(adicional(?:es)?|transitorias?|derogatorias?|final(?:es)?)(?:\s+(` + ordinal + `|[0-9]{1,3}))?`),
		func(g []string) (Kind, []string) { return Disposition, []string{dispositionNumber(g[1], g[2])} },
	},
	{
		regexp.MustCompile(`(?i)\b(?:anexos?|anejos?)\s+([ivxlc]+|[0-9]{1,2}|[a-z]|[úu]nico)\b`),
		func(g []string) (Kind, []string) { return Annex, []string{annexNumber(g[1])} },
	},
	{
		regexp.MustCompile(`(?i)\b(?:ap[ée]ndices?)\s+([ivxlc]+|[0-9]{1,2})\b`),
		func(g []string) (Kind, []string) { return Appendix, []string{annexNumber(g[1])} },
	},
	{
		regexp.MustCompile(`(?i)\b(t[íi]tulo|cap[íi]tulo|secci[óo]n)\s+([ivxlc]+|[0-9]{1,2}|preliminar)\b`),
		func(g []string) (Kind, []string) {
			n := annexNumber(g[2])
			if len(n) > 5 {
				n = strings.ToLower(n)
			}
			return containers[fold(g[1])], []string{n}
		},
	},
	{
		regexp.MustCompile(`(?i)\b(?:c\.?r\.?|c[óo]digos?(?:\s+de\s+reforma)?|reformas?|fichas?)\s*(?:n\.?[ºo°]?\s*)?([0-9]{1,2}\.[0-9]{1,2})\b`),
		func(g []string) (Kind, []string) { return Sheet, []string{g[1]} },
	},
	{
		regexp.MustCompile(`(?i)\b(?:puntos?|apartados?|p[áa]rrafos?)\s+(` + pointNumber + `|[0-9]{1,3})\b`),
		func(g []string) (Kind, []string) { return Point, []string{g[1]} },
	},
	{
		regexp.MustCompile(`\b(` + pointNumber + `)\b`),
		func(g []string) (Kind, []string) { return Point, []string{g[1]} },
	},
}

var number = regexp.MustCompile(`[0-9]+`)

// References finds what a question names exactly, in order. A bare "2.15" is
// both a point and a record sheet.
func References(question string) []Reference {
	var out []Reference
	taken := make([]bool, len(question))
	for _, r := range readers {
		for _, at := range r.pattern.FindAllStringSubmatchIndex(question, -1) {
			if slices.Contains(taken[at[0]:at[1]], true) {
				continue
			}
			groups := make([]string, len(at)/2)
			for i := range groups {
				if at[2*i] >= 0 {
					groups[i] = question[at[2*i]:at[2*i+1]]
				}
			}
			kind, numbers := r.read(groups)
			ref := Reference{Kind: kind, Start: utf8.RuneCountInString(question[:at[0]]), End: utf8.RuneCountInString(question[:at[1]])}
			for _, ref.Number = range numbers {
				out = append(out, ref)
			}
			if kind == Point && groups[0] == groups[1] && strings.Count(groups[1], ".") == 1 {
				ref.Kind = Sheet
				out = append(out, ref)
			}
			for i := at[0]; i < at[1]; i++ {
				taken[i] = true
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Reference) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// Is says whether a reference names the unit.
func (u Unit) Is(r Reference) bool {
	return u.Kind == r.Kind && (u.Number == r.Number || slices.Contains(u.Inner, r.Number))
}
