package legal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wideLine is a line that is cut for being no line of a page, in runes.
const wideLine = 800

// line is a line of a page, or a piece of a very long one.
type line struct {
	page       int // index
	start, end int // runes in the page's text
	text       string
}

// linesOf returns the lines that have anything on them.
func linesOf(pages []CleanPage) (lines []line) {
	for i, page := range pages {
		at := 0
		for _, l := range strings.Split(page.Text, "\n") {
			for _, piece := range pieces(l) {
				n := utf8.RuneCountInString(piece)
				if strings.TrimSpace(piece) != "" {
					lines = append(lines, line{page: i, start: at, end: at + n, text: piece})
				}
				at += n
			}
			at++ // the line break
		}
	}
	return lines
}

// pieces cuts a line that is far too long behind sentences, or behind words.
func pieces(l string) []string {
	r := []rune(l)
	if len(r) <= wideLine {
		return []string{l}
	}
	var out []string
	for len(r) > wideLine {
		cut := 0
		for i := wideLine; i > wideLine/2 && cut == 0; i-- {
			if r[i] == ' ' && strings.ContainsRune(".;:", r[i-1]) {
				cut = i + 1
			}
		}
		for i := wideLine; i > wideLine/2 && cut == 0; i-- {
			if unicode.IsSpace(r[i]) {
				cut = i + 1
			}
		}
		if cut == 0 {
			cut = wideLine
		}
		out = append(out, string(r[:cut]))
		r = r[cut:]
	}
	return append(out, string(r))
}
