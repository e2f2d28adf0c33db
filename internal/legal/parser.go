package legal

import (
	"slices"
	"strings"
	"unicode"
)

// quoteLines is how long a quotation may be before it counts as closed.
const quoteLines = 120

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

// newParser returns a parser of the pages' lines.
func newParser(pages []CleanPage) *parser {
	p := &parser{pages: pages, lines: linesOf(pages), restart: true}
	p.fields = p.findFields()
	return p
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

// inside says whether a unit of a kind is open.
func (p *parser) inside(k Kind) bool {
	for n := len(p.nodes) - 1; n >= 0; n = p.nodes[n].parent {
		if p.nodes[n].unit.Kind == k {
			return true
		}
	}
	return false
}
