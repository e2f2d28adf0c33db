package legal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The size of passages, in characters (rag.md measured them).
const (
	minPassage = 700  // a passage may be cut behind an item from here on
	maxPassage = 1400 // and is cut from here on
	overlap    = 150
	// A table is kept whole up to maxTable; a longer one is cut into pieces of
	// tablePiece between rows.
	maxTable, tablePiece = 3000, 1800
)

// block is a run of lines that is not cut.
type block struct {
	first, end int // lines
	size       int
	table      bool
	item       bool   // begins a numbered or lettered item
	sentence   bool   // begins behind the end of a sentence
	defines    string // the term its first line defines
}

// cut makes passages of the lines from first to end.
func (p *parser) cut(first, end, width int, defining bool) []Passage {
	blocks := p.blocks(first, end, defining)
	var out []Passage
	from := 0
	for from < len(blocks) {
		to := p.fill(blocks, from)
		pass := p.passage(blocks[from].first, blocks[to-1].end, width)
		pass.Definition = blocks[from].defines
		split := len(out) > 0 && pass.Definition == "" && blocks[from-1].defines == "" && !blocks[from-1].table && !blocks[from].table
		if split {
			p.prepend(&pass, blocks[from].first, first, width)
		}
		out = append(out, pass)
		from = to
	}
	return out
}

// blocks puts the lines of a table together; every other line is its own block.
func (p *parser) blocks(first, end int, defining bool) []block {
	var out []block
	for i := first; i < end; {
		j := i
		for k := i; k < end && k <= j+2; k++ { // up to two other lines may be in between
			if isRow(p.lines[k].text) {
				j = k + 1
			}
		}
		b := block{first: i, end: i + 1}
		if isRow(p.lines[i].text) && j-i >= 3 {
			b.end, b.table = j, true
		}
		for k := b.first; k < b.end; k++ {
			b.size += p.lines[k].end - p.lines[k].start + 1
			if b.table && b.size > tablePiece && p.size(i, j) > maxTable {
				b.end = k + 1
				break
			}
		}
		text := p.lines[i].text
		b.item = item.MatchString(text) || isUpper(text)
		b.sentence = i > first && strings.ContainsAny(last(p.lines[i-1].text), ".;:»)")
		if !b.table {
			if m := quotedTerm.FindStringSubmatch(text); m != nil {
				b.defines = m[1]
			} else if m := plainTerm.FindStringSubmatch(text + " "); m != nil && defining {
				b.defines = m[1]
			}
		}
		out = append(out, b)
		i = b.end
	}
	return out
}

func (p *parser) size(first, end int) (n int) {
	for _, l := range p.lines[first:end] {
		n += l.end - l.start + 1
	}
	return n
}

// fill returns the block behind the last of the passage that begins at from.
func (p *parser) fill(blocks []block, from int) int {
	size := blocks[from].size
	itemCut, sentenceCut := 0, 0
	for to := from + 1; to < len(blocks); to++ {
		b := blocks[to]
		if b.defines != "" || blocks[from].defines != "" && b.item && !isSubItem(p.lines[b.first].text) {
			return to
		}
		if size >= minPassage {
			if b.item {
				itemCut = to
			}
			if b.sentence {
				sentenceCut = to
			}
		}
		limit := maxPassage
		if b.table && size+b.size <= maxTable && size < minPassage {
			limit = maxTable // the words above a table stay with it
		}
		if size+b.size > limit {
			switch {
			case itemCut > 0:
				return itemCut
			case sentenceCut > 0:
				return sentenceCut
			}
			return to
		}
		size += b.size
	}
	// What is left fits; a remainder of a few words does not stand alone, either.
	return len(blocks)
}

// isSubItem says that an item belongs to the one before: letters and dashes
// within a definition.
func isSubItem(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(r) || strings.ContainsRune("-–—•·*(", r)
}

// passage makes one of whole lines.
func (p *parser) passage(first, end, width int) Passage {
	a, b := p.lines[first], p.lines[end-1]
	return Passage{
		Text:     p.text(p.lines[first:end], width),
		PageFrom: p.pages[a.page].Number, CharFrom: a.start,
		PageTo: p.pages[b.page].Number, CharTo: b.end,
		Table: looksLikeTable(p.lines[first:end]),
	}
}

// prepend lets a passage repeat the end of the one before it, not further back
// than the line least.
func (p *parser) prepend(pass *Passage, first, least, width int) {
	left := overlap
	var again []line
	for i := first - 1; i >= least && left > 0; i-- {
		l := p.lines[i]
		if isRow(l.text) {
			break
		}
		if n := l.end - l.start; n > left {
			r := []rune(l.text)
			cut := len(r) - left
			for cut < len(r) && !unicode.IsSpace(r[cut]) {
				cut++
			}
			for cut < len(r) && unicode.IsSpace(r[cut]) {
				cut++
			}
			if cut == len(r) {
				break
			}
			l.start += cut
			l.text = string(r[cut:])
			left = 0
		} else {
			left -= n
		}
		again = append([]line{l}, again...)
	}
	if len(again) == 0 {
		return
	}
	pass.PageFrom, pass.CharFrom = p.pages[again[0].page].Number, again[0].start
	head := p.text(again, width)
	gap := joint(again[len(again)-1], p.lines[first], width)
	pass.Text = head + gap + pass.Text
	pass.Overlap = utf8.RuneCountInString(head + gap)
}

// text joins the lines of a paragraph, and leaves the others.
func (p *parser) text(lines []line, width int) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteString(joint(lines[i-1], l, width))
		}
		b.WriteString(l.text)
	}
	return strings.TrimSpace(b.String())
}

// joint is what stands between two lines: a space within a paragraph.
func joint(a, b line, width int) string {
	if a.page == b.page && a.end == b.start { // pieces of one line
		return ""
	}
	full := (a.end-a.start)*10 >= width*6
	ends := strings.ContainsAny(last(a.text), ".:;") || strings.HasSuffix(a.text, "»")
	goesOn := startsLower(b.text) && !item.MatchString(b.text)
	if item.MatchString(b.text) || isRow(a.text) || isRow(b.text) || isUpper(a.text) != isUpper(b.text) {
		return "\n"
	}
	if goesOn && !strings.ContainsAny(last(a.text), ".:") || full && !ends {
		return " "
	}
	return "\n"
}

// isRow says whether a line looks like a table's row: mostly numbers, marks and
// the like.
func isRow(text string) bool {
	fields := strings.Fields(text)
	if len(fields) < 4 {
		return false
	}
	cells := 0
	for _, f := range fields {
		if isCell(f) {
			cells++
		}
	}
	return cells*2 >= len(fields) && cells >= 4
}

func isCell(f string) bool {
	if utf8.RuneCountInString(f) > 5 {
		return false
	}
	switch strings.ToLower(f) {
	case "x", "-", "–", "—", "si", "sí", "no", "n/a":
		return true
	}
	r, _ := utf8.DecodeRuneInString(f)
	if unicode.IsUpper(r) && utf8.RuneCountInString(f) == 1 {
		return true
	}
	return strings.ContainsAny(f, "0123456789")
}

// looksLikeTable says whether most lines are rows or scraps of cells.
func looksLikeTable(lines []line) bool {
	rows := 0
	for _, l := range lines {
		if isRow(l.text) || l.end-l.start < 14 {
			rows++
		}
	}
	return len(lines) >= 4 && rows*2 >= len(lines)
}
