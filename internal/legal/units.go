package legal

import (
	"slices"
	"strings"
)

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
