package legal

import "slices"

// listItem is what the item of a list has at the most, in runes.
const listItem = 120

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
		if p.size(n.first, end) > maxPassage {
			continue
		}
		for k := i + 1; k < j; k++ {
			p.nodes[k].merged = true
			n.unit.Inner = append(n.unit.Inner, p.nodes[k].unit.Number)
		}
	}
}
