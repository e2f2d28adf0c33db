package legal

import "strings"

// longTitle is more than a title has, in bytes.
const longTitle = 260

// title reads a heading's words, from the rest of the line or the lines below,
// and returns how many lines the heading has.
func (p *parser) title(i int, h heading) (string, int) {
	lines := 1
	next := func() (string, bool) {
		j := i + lines
		if j >= len(p.lines) || p.lines[j].page > p.lines[i].page+1 {
			return "", false
		}
		t := p.lines[j].text
		return t, !item.MatchString(t) && !p.isHeading(t)
	}
	title := h.rest
	if h.alone {
		t, ok := next()
		if !ok || !startsUpper(t) || len(t) > 200 || (h.kind == Article || h.kind == Disposition) && strings.ContainsAny(last(t), ".,;:") {
			return "", 1
		}
		title = t
		lines++
	} else if h.kind == Article || h.kind == Disposition {
		// "Artículo 12. Título. El texto …": the title ends with its first sentence.
		full := title
		for !strings.Contains(full, ".") && lines < 3 {
			t, ok := next()
			if !ok {
				break
			}
			full += " " + t
			lines++
		}
		cut, after, found := strings.Cut(full+" ", ". ")
		if !found || len(cut) > 160 {
			return "", 1
		}
		if strings.TrimSpace(after) != "" { // the text goes on in the heading's line
			return cut, 1
		}
		return cut, lines
	}
	upper := isUpper(title)
	for lines < 6 && len(title) < longTitle {
		t, ok := next()
		if !ok || upper && !isUpper(t) || !upper && !startsLower(t) || strings.HasSuffix(title, ".") {
			break
		}
		title += " " + t
		lines++
	}
	return strings.TrimSuffix(title, "."), lines
}

// isHeading says whether a line looks like any unit's first.
func (p *parser) isHeading(text string) bool {
	for _, read := range []func(string) (heading, bool){container, article, disposition, annex, appendix} {
		if _, ok := read(text); ok {
			return true
		}
	}
	return false
}

// last returns the last byte of a text.
func last(s string) string { return s[max(0, len(s)-1):] }
