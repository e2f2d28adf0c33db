package legal

import (
	"strings"
	"unicode"
)

// heading says whether line i begins a unit that is not a numbered point.
func (p *parser) heading(i int) (heading, bool) {
	text := p.lines[i].text
	if h, ok := container(text); ok && (h.kind != Part || p.inside(Annex)) {
		return h, h.alone || !strings.HasSuffix(text, ",")
	}
	if h, ok := article(text); ok {
		return h, p.counts(h, i)
	}
	if h, ok := disposition(text); ok {
		return h, true
	}
	if h, ok := annex(text); ok {
		return h, p.countsAnnex(h, i)
	}
	if h, ok := appendix(text); ok && p.inside(Annex) {
		return h, h.value == 0 || h.value > p.lastAppendix && h.value <= p.lastAppendix+2
	}
	return heading{}, false
}

// counts says whether an article continues the count. What does not is another
// law's article, or a cell of a table.
func (p *parser) counts(h heading, i int) bool {
	if h.alone && (i+1 == len(p.lines) || startsLower(p.lines[i+1].text) || strings.HasPrefix(p.lines[i+1].text, "Artículo ")) {
		return false
	}
	switch {
	case h.value == 1 && p.restart, h.extra && h.value == p.lastArticle, h.value == p.lastArticle+1:
		return true
	case strings.Contains(h.number, "-"): // 311-1
		return h.value >= p.lastArticle
	case h.value <= p.lastArticle || p.inside(Annex):
		return false
	}
	return !h.alone || h.value <= p.lastArticle+2 || !p.articles
}

// countsAnnex says the same of an annex: one without a number is the only one.
func (p *parser) countsAnnex(h heading, i int) bool {
	word := p.lines[i].text
	if h.number == "" {
		return strings.HasPrefix(word, "ANE") && p.lastAnnex == 0
	}
	isRoman := value(h.number) > 0 && !unicode.IsDigit(rune(h.number[0]))
	switch {
	case p.lastAnnex > 0 && isRoman != p.romanAnnexes:
		return false
	case h.value == p.lastAnnex && !h.extra, h.value < p.lastAnnex, h.value > p.lastAnnex+2:
		return false
	case !strings.HasPrefix(word, "ANE") && h.alone && i+1 < len(p.lines):
		next := p.lines[i+1].text
		return startsUpper(next) && !contentLine.MatchString(next)
	}
	return true
}

// point says whether line i begins a numbered point: in an annex, or in a text
// that has no articles.
func (p *parser) point(i int) (heading, bool) {
	if p.articles && !p.inside(Annex) {
		return heading{}, false
	}
	m := pointLine.FindStringSubmatch(p.lines[i].text)
	if m == nil {
		return heading{}, false
	}
	number, dot, rest := m[1], m[2], m[3]
	next := points(number)
	deep := len(next) > 1
	switch {
	case rest == "" && (dot == "" || !deep), !deep && dot == "", rest != "" && !startsUpper(rest):
		return heading{}, false
	case follows(p.lastPoint, next):
	case !deep && next[0] == 1 && !p.inside(Annex): // another list, or the text after one
	default:
		return heading{}, false
	}
	p.lastPoint = next
	return heading{kind: Point, number: number, label: number, rest: rest}, true
}
