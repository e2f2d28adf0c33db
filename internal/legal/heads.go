package legal

import (
	"regexp"
	"slices"
	"strings"
)

const (
	// topLines and bottomLines are where running heads and feet are looked for.
	topLines, bottomLines = 16, 6
	// longestHead is how long a running head may be, in bytes.
	longestHead = 200
	// fewestPages is how many pages a text needs for anything to run over them.
	fewestPages = 3
)

var (
	digits      = regexp.MustCompile(`[0-9]+|\b[ivxlc]+\b`)
	pageLabel   = regexp.MustCompile(`\b([LC] [0-9]+/[0-9]+)\b|(?i:p[áa]g(?:ina|\.)?)\s*([0-9]+(?: de [0-9]+)?)|^[-–— ]*([0-9]+|[ivxlc]+)[-–— ]*$`)
	leader      = regexp.MustCompile(`\.{4,}\s*[0-9]*$|(?:\. ){4,}[0-9]*$`)
	contentLine = regexp.MustCompile(`^(?i:anexo|apéndice|artículo|capítulo|título|sección|parte|disposición)\s+[\pL0-9.]+[\s.:–-]+\pL`)
	twoColumns  = regexp.MustCompile(`^(?i:anexo|artículo)\s.*(?i:anexo|artículo)`)
	codeInHead  = regexp.MustCompile(`\([0-9]{1,2}\.[0-9]{1,2}\)`)
	contentHead = regexp.MustCompile(`^(?i:índice|sumario|lista de anexos|tabla de contenidos?)\b.{0,20}$`)
)

// strip takes running heads and feet off the pages and keeps what they say of a
// page's place and number.
func strip(pages []Page) []CleanPage {
	lines := make([][]string, len(pages))
	for i, p := range pages {
		if p.Text != "" {
			lines[i] = strings.Split(p.Text, "\n")
		}
	}
	running, everywhere := runningHeads(lines)
	out := make([]CleanPage, len(pages))
	for i, p := range pages {
		out[i].Number = p.Number
		var body, head []string
		end := blockEnd(lines, i, running)
		for j, l := range lines[i] {
			isHead := j < end || running[mask(l)] && (j < topLines || j >= len(lines[i])-bottomLines || strings.Count(l, " ") >= 3)
			if !isHead {
				body = append(body, l)
				continue
			}
			if m := pageLabel.FindStringSubmatch(l); m != nil && out[i].Label == "" {
				out[i].Label = m[1] + m[2] + m[3]
			} else if m == nil {
				head = append(head, l)
			}
		}
		out[i].Section = section(head, everywhere)
		out[i].Text = strings.Join(body, "\n")
		out[i].Contents = isContents(out[i].Section, body)
	}
	return out
}

// mask makes lines alike that differ in numbers or, as left and right pages do,
// in the order of words.
func mask(line string) string {
	words := strings.Fields(digits.ReplaceAllString(strings.ToLower(line), "#"))
	slices.Sort(words)
	return strings.Join(words, " ")
}

// runningHeads returns the masked lines that are at the top or the bottom of
// three pages in ten, mostly in the same place, and the lines that are there on
// half of the pages word for word.
func runningHeads(pages [][]string) (masked, exact map[string]bool) {
	if len(pages) < fewestPages {
		return nil, nil
	}
	seen, lines := map[string]*places{}, map[string]int{}
	for _, page := range pages {
		here, hereExactly := map[string]bool{}, map[string]bool{}
		for j, l := range page {
			fromBottom := len(page) - 1 - j
			if m := mask(l); (j < topLines || fromBottom < bottomLines) && !here[m] {
				here[m] = true
				if seen[m] == nil {
					seen[m] = &places{}
				}
				seen[m].add(j, fromBottom)
			}
			if (j < topLines || fromBottom < bottomLines) && !hereExactly[l] {
				hereExactly[l] = true
				lines[l]++
			}
		}
	}
	masked, exact = map[string]bool{}, map[string]bool{}
	least := max(2, len(pages)*3/10)
	for m, p := range seen {
		// A cell of a table recurs too; a head that is a single character does not.
		masked[m] = p.steady(least) && (len(m) > 3 || m == "#") && len(m) <= longestHead
	}
	for l, n := range lines {
		exact[l] = n >= max(2, len(pages)/2)
	}
	return masked, exact
}

// places are where on their pages lines are.
type places struct {
	pages       int
	top, bottom [topLines + 1]int // the last is further away
}

func (p *places) add(fromTop, fromBottom int) {
	p.pages++
	p.top[min(fromTop, topLines)]++
	p.bottom[min(fromBottom, topLines)]++
}

// steady says whether as many as least lines, and half of them all, are in the
// same place, give or take one.
func (p *places) steady(least int) bool {
	for i := range topLines {
		around := max(0, i-1)
		for _, side := range [][topLines + 1]int{p.top, p.bottom} {
			n := 0
			for _, c := range side[around:min(i+2, topLines)] {
				n += c
			}
			if n >= least && n*2 >= p.pages {
				return true
			}
		}
	}
	return false
}

// blockEnd returns where the block of heads at the top of page i ends: the lines
// between running heads belong to it when a neighbouring page has them there too.
func blockEnd(pages [][]string, i int, running map[string]bool) int {
	end := 0
	for j, l := range pages[i][:min(topLines, len(pages[i]))] {
		if running[mask(l)] {
			end = j + 1
		} else if !onNeighbour(pages, i, l) {
			break
		}
	}
	return end
}

func onNeighbour(pages [][]string, i int, line string) bool {
	for _, n := range []int{i - 1, i + 1} {
		if n >= 0 && n < len(pages) && slices.Contains(pages[n][:min(topLines, len(pages[n]))], line) {
			return true
		}
	}
	return false
}

// section makes one line of what a head says: the line with the code in
// parentheses that tells its pages from others, with the line above when it is
// the code alone; else the first line that is not everywhere.
func section(head []string, everywhere map[string]bool) string {
	for i, l := range head {
		switch code := codeInHead.FindString(l); {
		case code == "":
		case code != l:
			return l
		case i > 0:
			return head[i-1] + " " + code
		}
	}
	for _, l := range head {
		if !everywhere[l] {
			return l
		}
	}
	return ""
}

// isContents says whether a page is of a table of contents.
func isContents(section string, body []string) bool {
	if len(body) == 0 {
		return false
	}
	if contentHead.MatchString(section) {
		return true
	}
	leaders, entries, titled := 0, 0, false
	for _, l := range body {
		titled = titled || contentHead.MatchString(l)
		if leader.MatchString(l) {
			leaders++
		} else if contentLine.MatchString(l) && !twoColumns.MatchString(l) {
			entries++
		}
	}
	return leaders >= 5 || entries >= 6 && entries*10 >= len(body)*4 || titled && entries >= 6
}
