package assistant

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/tariffs"
)

const (
	// maxReply bounds a reply, in runes, but for texts of staff that are longer.
	maxReply = 1500
	// maxMessage is what WhatsApp takes, less a margin.
	maxMessage = 4000
	// maxWarning bounds one warning, so that no single one fills a reply.
	maxWarning = 300
)

// priceText states a price in the one way it is ever stated.
func priceText(subtotal, total money.Amount) string {
	return fmt.Sprintf("%s + IVA (%s con IVA)", subtotal.Spanish(), total.Spanish())
}

// detail is how much of a quote is told; more when it fits.
type detail struct {
	warnings, infos int // at most that many; errors are always told
	slots           bool
	names           int // elements named; 0 for all
}

// details are tried in order until the reply fits.
var details = []detail{{5, 2, true, 0}, {4, 1, true, 0}, {3, 0, true, 0}, {3, 0, false, 0}, {2, 0, false, 25}, {0, 0, false, 12}}

// quoteText words a quote, within budget runes.
func quoteText(category *catalogue.Category, header string, q tariffs.Quote, budget int) string {
	var text string
	for _, d := range details {
		text = joinParagraphs(
			header+"\n"+linesText(category, q, d.names)+"\n"+totalText(q),
			warningsText(category, q, d),
			papersHeader+"\n"+strings.Join(papersLines(category, q, d.slots), "\n"),
			suggestionsText(q),
		)
		if utf8.RuneCountInString(text) <= budget {
			break
		}
	}
	return text
}

// totalText is the price, what is in it, and whether a project is needed.
func totalText(q tariffs.Quote) string {
	text := "Precio: " + priceText(q.Subtotal, q.Total) + "."
	if q.Tier.RequiresProject {
		text += " Necesita proyecto técnico."
	} else {
		text += " No necesita proyecto técnico."
	}
	for _, s := range q.Services {
		text += fmt.Sprintf("\nIncluye %s (%s + IVA).", plain(s.Name), s.Amount.Spanish())
	}
	if q.Provisional {
		text += "\n" + provisionalText
	}
	return text
}

// linesText lists the elements, one per line.
func linesText(category *catalogue.Category, q tariffs.Quote, most int) string {
	var out []string
	for i, l := range q.Lines {
		if most > 0 && i == most {
			out = append(out, fmt.Sprintf("• y %d elementos más", len(q.Lines)-i))
			break
		}
		out = append(out, "• "+counted(l.Quantity, elementName(category, l.Code)))
	}
	return strings.Join(out, "\n")
}

func counted(quantity int, name string) string {
	if quantity > 1 {
		return fmt.Sprintf("%d × %s", quantity, name)
	}
	return name
}

// warningsText lists the warnings, worst first; each text once.
func warningsText(category *catalogue.Category, q tariffs.Quote, d detail) string {
	room := map[catalogue.Severity]int{
		catalogue.SeverityError: len(q.Warnings), catalogue.SeverityWarning: d.warnings, catalogue.SeverityInfo: d.infos,
	}
	var out []string
	for _, w := range q.Warnings {
		text := cut(warningText(category, w.Message), maxWarning)
		if text == "" || room[w.Severity] <= 0 {
			continue
		}
		if w.ElementCode != nil && len(q.Lines) > 1 {
			text = shortName(category, q, *w.ElementCode) + ": " + lowerFirst(text)
		}
		if line := "• " + text; !slices.Contains(out, line) {
			out = append(out, line)
			room[w.Severity]--
		}
	}
	if out == nil {
		return ""
	}
	return "Ten en cuenta:\n" + strings.Join(out, "\n")
}

// papersLines lists the required papers and photos: those of every case first,
// then one line per element with the titles alone.
func papersLines(category *catalogue.Category, q tariffs.Quote, slots bool) []string {
	out := basePapers(q)
	if !slots {
		return append(out, "• "+slotsLaterText)
	}
	for _, l := range q.Lines {
		var titles []string
		for _, photo := range photosOf(q, l) {
			title, _, _ := strings.Cut(photo, ". ")
			titles = append(titles, lowerFirst(trimStop(title)))
		}
		if titles != nil {
			out = append(out, "• "+shortName(category, q, l.Code)+": "+strings.Join(titles, "; "))
		}
	}
	return out
}

// papersBlocks lists the same in full: a block for every case, then one for
// each element.
func papersBlocks(category *catalogue.Category, q tariffs.Quote) []string {
	blocks := []string{papersHeader + "\n" + strings.Join(basePapers(q), "\n")}
	for _, l := range q.Lines {
		photos := photosOf(q, l)
		for i, photo := range photos {
			photos[i] = "• " + trimStop(photo)
		}
		if len(photos) > 0 {
			blocks = append(blocks, shortName(category, q, l.Code)+":\n"+strings.Join(photos, "\n"))
		}
	}
	return blocks
}

func basePapers(q tariffs.Quote) []string {
	var out []string
	for _, d := range q.Documentation {
		if d.Scope == tariffs.DocumentBase && d.Required {
			out = append(out, "• "+trimStop(plain(d.Description)))
		}
	}
	return out
}

// photosOf returns what is asked for because of a line.
func photosOf(q tariffs.Quote, l tariffs.QuoteLine) []string {
	var out []string
	for _, d := range q.Documentation {
		if d.Scope == tariffs.DocumentElement && d.ElementCode != nil && *d.ElementCode == l.Code && d.Required {
			out = append(out, strings.Replace(plain(d.Description), "Foto de "+plain(l.Name)+" ", "Foto ", 1))
		}
	}
	return out
}

// suggestionsText offers the services that go with the set.
func suggestionsText(q tariffs.Quote) string {
	var out []string
	for _, s := range q.SuggestedServices {
		out = append(out, fmt.Sprintf("%s (%s + IVA)", plain(s.Name), s.Price.Spanish()))
	}
	if out == nil {
		return ""
	}
	return "Opcional, si hiciera falta: " + strings.Join(out, "; ") + "."
}

// shortName is the first of an element's names ("Espejos / Retrovisores"),
// unless another line would be called the same.
func shortName(category *catalogue.Category, q tariffs.Quote, code string) string {
	full := elementName(category, code)
	short := firstOfNames(full)
	for _, l := range q.Lines {
		if l.Code != code && firstOfNames(elementName(category, l.Code)) == short {
			return full
		}
	}
	return short
}

func firstOfNames(name string) string {
	for _, sep := range []string{" / ", " ("} {
		if i := strings.Index(name, sep); i > 0 {
			name = name[:i]
		}
	}
	return name
}

// joinParagraphs joins what is not empty by blank lines.
func joinParagraphs(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n\n")
}

func trimStop(s string) string { return strings.TrimRight(strings.TrimSpace(s), ".") }

// lowerFirst makes a sentence go on after a colon; abbreviations stay.
func lowerFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[n:])
	if strings.ToUpper(string(second)) == string(second) && second != ' ' {
		return s
	}
	return strings.ToLower(string(first)) + s[n:]
}

// listText joins names: "a, b y c".
func listText(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	last := names[len(names)-1]
	and := " y "
	if strings.HasPrefix(strings.ToLower(last), "i") || strings.HasPrefix(strings.ToLower(last), "hi") {
		and = " e "
	}
	return strings.Join(names[:len(names)-1], ", ") + and + last
}
