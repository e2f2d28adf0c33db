package legal

import "strings"

const (
	// fieldSheets is in how many sheets a line in capitals has to be to head a
	// field of them.
	fieldSheets = 3
	// titleLines is how far into a sheet its title goes.
	titleLines = 30
)

// findFields returns the lines in capitals that head the parts of record sheets.
func (p *parser) findFields() map[string]bool {
	in := map[string]map[string]bool{}
	for _, l := range p.lines {
		code := sheetOf(p.pages[l.page])
		if code == "" || !isUpper(l.text) || len(strings.Fields(l.text)) < 2 || isRow(l.text) || strings.ContainsAny(l.text, "0123456789:()_º") {
			continue
		}
		if in[l.text] == nil {
			in[l.text] = map[string]bool{}
		}
		in[l.text][code] = true
	}
	fields := map[string]bool{}
	for l, sheets := range in {
		fields[l] = len(sheets) >= fieldSheets
	}
	return fields
}

func sheetOf(page CleanPage) string {
	if m := sheetCode.FindStringSubmatch(page.Section); m != nil {
		return m[1]
	}
	return ""
}

// sheetTitle returns the words after the code at the beginning of a sheet, and the
// line behind them.
func (p *parser) sheetTitle(i int, code string) (title string, end int) {
	end = i
	for j := i; j < min(i+titleLines, len(p.lines)); j++ {
		text := p.lines[j].text
		if rest, ok := strings.CutPrefix(text, code); ok && title == "" {
			title, end = strings.TrimLeft(rest, ".-– "), j+1
		} else if title != "" {
			if p.fields[text] {
				break
			}
			title, end = title+" "+text, j+1
		}
	}
	if len(title) > longTitle {
		title = title[:strings.LastIndexByte(title[:longTitle], ' ')]
	}
	return title, end
}

// field begins a part of a record sheet; the same again on the next page goes on.
func (p *parser) field(i int) {
	text := p.lines[i].text
	title := strings.TrimSuffix(text, ".")
	last := p.nodes[len(p.nodes)-1].unit
	if last.Kind == Field && last.Title == title {
		return
	}
	p.push(node{unit: Unit{Kind: Field, Number: p.sheet, Label: "Ficha " + p.sheet, Title: title}, level: levelChapter, first: i, head: 1})
}
