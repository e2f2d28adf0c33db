package legal

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// quoteLines is how long a quotation may be before it counts as closed.
	quoteLines = 120
	// longTitle is more than a title has, in bytes.
	longTitle = 260
	// fieldSheets is in how many sheets a line in capitals has to be to head a
	// field of them.
	fieldSheets = 3
	// titleLines is how far into a sheet its title goes.
	titleLines = 30
	// listItem is what the item of a list has at the most, in runes.
	listItem = 120
	// wideLine is a line that is cut for being no line of a page, in runes.
	wideLine = 800
)

// line is a line of a page, or a piece of a very long one.
type line struct {
	page       int // index
	start, end int // runes in the page's text
	text       string
}

// node is a unit being built: the lines from first up to the next node's.
type node struct {
	unit   Unit
	level  int
	parent int // index; -1 for none
	first  int
	head   int // how many of its lines are heading
	merged bool
	points []int // of a Point
}

// parser walks the lines of a document.
type parser struct {
	pages  []CleanPage
	lines  []line
	nodes  []node
	fields map[string]bool
	// Where it is.
	quote, quoteAge int
	lastArticle     int
	restart         bool // articles may begin again at 1
	articles        bool // there were some
	lastAnnex       int
	romanAnnexes    bool
	lastAppendix    int
	lastPoint       []int
	sheet           string
	titled          int  // the line behind the sheet's title
	contents        bool // in a table of contents
}

func newParser(pages []CleanPage) *parser {
	p := &parser{pages: pages, restart: true}
	for i, page := range pages {
		at := 0
		for _, l := range strings.Split(page.Text, "\n") {
			for _, piece := range pieces(l) {
				n := utf8.RuneCountInString(piece)
				if strings.TrimSpace(piece) != "" {
					p.lines = append(p.lines, line{page: i, start: at, end: at + n, text: piece})
				}
				at += n
			}
			at++ // the line break
		}
	}
	p.fields = p.findFields()
	return p
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

// The levels of units: what has a higher one is inside.
const (
	levelTop     = 0
	levelBook    = 1
	levelTitle   = 2
	levelChapter = 3
	levelSection = 4
	levelSub     = 5
	levelArticle = 6
	levelPoint   = 10
)

func levelOf(k Kind) int {
	switch k {
	case Book:
		return levelBook
	case Title, Appendix, Part:
		return levelTitle
	case Chapter, Field:
		return levelChapter
	case Section:
		return levelSection
	case Subsection:
		return levelSub
	case Article:
		return levelArticle
	default:
		return levelTop
	}
}

// run finds the units.
func (p *parser) run() {
	for i := 0; i < len(p.lines); i++ {
		l := p.lines[i]
		if i == 0 || l.page != p.lines[i-1].page {
			p.turn(i)
		}
		if p.contents {
			continue
		}
		quoted := p.quote > 0 || strings.ContainsAny(l.text[:1], `"`) || strings.HasPrefix(l.text, "«") || strings.HasPrefix(l.text, "“")
		if p.sheet != "" {
			if i >= p.titled && p.fields[l.text] {
				p.field(i)
			}
		} else if !quoted {
			if h, ok := p.heading(i); ok {
				i += p.begin(i, h) - 1
				p.quote = 0
				continue
			}
			if h, ok := p.point(i); ok {
				p.begin(i, h)
			}
		}
		p.follow(l.text)
	}
	if len(p.nodes) > 0 && p.nodes[0].first > 0 || len(p.nodes) == 0 && len(p.lines) > 0 {
		p.nodes = slices.Insert(p.nodes, 0, node{unit: Unit{Kind: Front}, parent: -1})
		for i := range p.nodes[1:] {
			if p.nodes[i+1].parent >= 0 {
				p.nodes[i+1].parent++
			}
		}
	}
}

// follow keeps count of the quotation marks that are open.
func (p *parser) follow(text string) {
	p.quote = max(0, p.quote+strings.Count(text, "«")-strings.Count(text, "»"))
	if p.quoteAge++; p.quote == 0 {
		p.quoteAge = 0
	} else if p.quoteAge > quoteLines {
		p.quote, p.quoteAge = 0, 0
	}
}

// turn looks at a new page: it may be of a table of contents, or begin or end a
// record sheet.
func (p *parser) turn(i int) {
	page := p.pages[p.lines[i].page]
	if page.Contents != p.contents {
		p.contents = page.Contents
		if p.contents {
			p.push(node{unit: Unit{Kind: Contents, Label: "Índice"}, first: i})
		} else {
			p.push(node{unit: Unit{Kind: Front}, first: i})
		}
	}
	code := sheetOf(page)
	if code == p.sheet {
		return
	}
	p.sheet, p.lastPoint = code, nil
	if code == "" {
		p.push(node{unit: Unit{Kind: Front}, first: i})
		return
	}
	group := strings.TrimSpace(strings.TrimSuffix(page.Section, "("+code+")"))
	u := Unit{Kind: Sheet, Number: code, Label: "Ficha " + code}
	u.Title, p.titled = p.sheetTitle(i, code)
	if group != "" {
		u.Path = []string{group}
	}
	p.push(node{unit: u, first: i})
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
	p.push(node{unit: Unit{Kind: Field, Label: "Ficha " + p.sheet, Number: "", Title: title}, level: levelChapter, first: i, head: 1})
}

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

// inside says whether a unit of a kind is open.
func (p *parser) inside(k Kind) bool {
	for n := len(p.nodes) - 1; n >= 0; n = p.nodes[n].parent {
		if p.nodes[n].unit.Kind == k {
			return true
		}
	}
	return false
}

// begin adds the unit that line i heads and returns how many lines its heading
// has.
func (p *parser) begin(i int, h heading) int {
	u := Unit{Kind: h.kind, Number: h.number, Label: h.label}
	n := node{first: i, head: 1, level: levelOf(h.kind)}
	switch h.kind {
	case Article:
		p.lastArticle, p.restart, p.articles, p.lastPoint = h.value, false, true, nil
	case Point:
		n.points = points(h.number)
		n.level = levelPoint + len(n.points)
		if h.rest != "" && len(h.rest) <= 120 && !strings.ContainsAny(last(h.rest), ",;:") && !(i+1 < len(p.lines) && startsLower(p.lines[i+1].text)) {
			u.Title = strings.TrimSuffix(h.rest, ".")
		}
		n.unit = u
		p.push(n)
		return 1
	case Annex:
		p.lastAnnex, p.lastAppendix, p.lastPoint, p.restart = h.value, 0, nil, true
		p.romanAnnexes = h.number != "" && !unicode.IsDigit(rune(h.number[0]))
		p.lastArticle = 0
	case Appendix:
		p.lastAppendix, p.lastPoint = h.value, nil
	case Part:
		p.lastPoint = nil
	case Disposition, Book, Title:
		p.restart = true
	}
	u.Title, n.head = p.title(i, h)
	n.unit = u
	p.push(n)
	return n.head
}

// last returns the last byte of a text.
func last(s string) string { return s[max(0, len(s)-1):] }

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

// push adds a node below the nearest one of a lower level.
func (p *parser) push(n node) {
	n.parent = len(p.nodes) - 1
	for n.parent >= 0 && p.nodes[n.parent].level >= n.level {
		n.parent = p.nodes[n.parent].parent
	}
	if n.parent >= 0 && p.nodes[n.parent].unit.Kind != Annex && p.nodes[n.parent].level == levelTop && n.unit.Kind != Field && n.unit.Kind != Point {
		n.parent = -1 // nothing but annexes and sheets contains others at the top
	}
	p.nodes = append(p.nodes, n)
}

// finish turns nodes into units.
func (p *parser) finish() []Unit {
	p.dropLists()
	p.mergePoints()
	width := p.width()
	var out []Unit
	ord := make([]int, len(p.nodes)) // each node's unit; -1 when it is none
	for i := range p.nodes {
		n := &p.nodes[i]
		end := p.end(i, func(m node) bool { return !m.merged })
		if ord[i] = -1; n.merged || end == n.first {
			continue
		}
		ord[i] = len(out)
		u := n.unit
		u.Path = append(p.path(i), u.Path...)
		if s := p.pages[p.lines[n.first].page].Section; s != "" && (u.Kind == Front || u.Kind == Point) {
			u.Path = append([]string{s}, u.Path...)
		}
		u.PageFrom = p.pages[p.lines[n.first].page].Number
		u.PageTo = p.pages[p.lines[p.end(i, func(m node) bool { return !m.merged && m.parent < i })-1].page].Number
		u.Passages = p.cut(n.first, end, width, p.defines(i))
		hidden := u.Kind == Contents || end-n.first <= n.head && isContainer(u.Kind)
		for j := range u.Passages {
			u.Passages[j].Hidden = hidden
		}
		out = append(out, u)
		for a := i; a >= 0; a = p.nodes[a].parent {
			if ord[a] >= 0 {
				out[ord[a]].Last = ord[i]
			}
		}
	}
	return out
}

// isContainer says that a heading of this kind alone says nothing.
func isContainer(k Kind) bool {
	switch k {
	case Book, Title, Chapter, Section, Subsection, Part, Annex, Appendix:
		return true
	default:
		return false
	}
}

// end returns the line at which the next node that stops begins.
func (p *parser) end(i int, stops func(node) bool) int {
	for _, m := range p.nodes[i+1:] {
		if stops(m) {
			return m.first
		}
	}
	return len(p.lines)
}

// path returns the headings above a node.
func (p *parser) path(i int) []string {
	var path []string
	for n := p.nodes[i].parent; n >= 0; n = p.nodes[n].parent {
		u := p.nodes[n].unit
		entry := u.Label
		if u.Title != "" {
			entry = strings.TrimSuffix(entry, ".") + ". " + u.Title
		}
		path = append(path, entry)
		path = append(path, u.Path...)
	}
	slices.Reverse(path)
	return path
}

// defines says whether a node's items are definitions: its heading says so, or
// that of the point it is below.
func (p *parser) defines(i int) bool {
	for n := i; n >= 0; n = p.nodes[n].parent {
		u := p.nodes[n].unit
		if (n == i || u.Kind == Point) && strings.Contains(fold(u.Title), "definicion") {
			return true
		}
	}
	return false
}

// dropLists takes back points that are only the items of a list: three or more
// in a row, of a line or two each, but perhaps for the last, which seems to have
// all that comes after the list.
func (p *parser) dropLists() {
	for i := 1; i < len(p.nodes); i++ {
		j := i
		for j < len(p.nodes) && p.nodes[j].unit.Kind == Point && len(p.nodes[j].points) == len(p.nodes[i].points) &&
			(j == i || slices.Compare(p.nodes[j].points, p.nodes[j-1].points) > 0) {
			j++
		}
		if j-i < 3 || j < len(p.nodes) && p.nodes[j].unit.Kind == Point && len(p.nodes[j].points) > len(p.nodes[i].points) {
			i = max(i, j-1)
			continue
		}
		short := true
		for k := i; k < j-1; k++ {
			short = short && p.size(p.nodes[k].first, p.nodes[k+1].first) <= listItem
		}
		for k := i; short && k < j; k++ {
			p.nodes[k].merged = true
		}
		i = j - 1
	}
}

// mergePoints makes one unit of a point and those below it when together they
// are no longer than a passage.
func (p *parser) mergePoints() {
	for i := range p.nodes {
		n := &p.nodes[i]
		if n.unit.Kind != Point || n.merged {
			continue
		}
		j := i + 1
		for j < len(p.nodes) && p.nodes[j].unit.Kind == Point && len(p.nodes[j].points) > len(n.points) {
			j++
		}
		if j == i+1 {
			continue
		}
		end := len(p.lines)
		if j < len(p.nodes) {
			end = p.nodes[j].first
		}
		size := 0
		for _, l := range p.lines[n.first:end] {
			size += l.end - l.start + 1
		}
		if size > maxPassage {
			continue
		}
		for k := i + 1; k < j; k++ {
			p.nodes[k].merged = true
			n.unit.Inner = append(n.unit.Inner, p.nodes[k].unit.Number)
		}
	}
}

// width is how long the lines of the text's paragraphs are: what nine in ten
// lines are shorter than.
func (p *parser) width() int {
	lengths := make([]int, len(p.lines))
	for i, l := range p.lines {
		lengths[i] = l.end - l.start
	}
	slices.Sort(lengths)
	if len(lengths) == 0 {
		return 0
	}
	return lengths[len(lengths)*9/10]
}
