// Package legal finds the structure of Spanish legal texts: títulos,
// capítulos, artículos, disposiciones, anexos, numbered points, record sheets
// of the Manual de Reformas; and cuts each unit into passages to search for.
// Everything here is pure and deterministic.
package legal

import "strings"

// Version names the rules of this package: passages made by another version
// are to be made again.
const Version = "1"

// Page is the text of one page as it came out of the PDF.
type Page struct {
	Number int
	Text   string
}

// Kind is what a unit is.
type Kind string

// The kinds. Book to Subsection contain other units and have no text of their
// own but the heading; annexes, sheets and points have both.
const (
	Front       Kind = "front" // before the first heading: title, recitals
	Contents    Kind = "contents"
	Book        Kind = "book"
	Title       Kind = "title"
	Chapter     Kind = "chapter"
	Section     Kind = "section"
	Subsection  Kind = "subsection"
	Article     Kind = "article"
	Disposition Kind = "disposition"
	Annex       Kind = "annex"
	Appendix    Kind = "appendix"
	Part        Kind = "part"  // of an annex
	Point       Kind = "point" // numbered: 6.2.1
	Sheet       Kind = "sheet" // record sheet of the Manual de Reformas: 2.15
	Field       Kind = "field" // of a sheet: "Documentación necesaria"
)

// Document is a parsed text.
type Document struct {
	// Pages are the input's, repaired, without running heads and feet. The
	// passages' offsets count in these.
	Pages []CleanPage
	// Units in the order of the text. Each character of Pages other than white
	// space is in exactly one passage of one unit, overlap aside.
	Units []Unit
}

// CleanPage is a page whose text is fit to be shown and searched.
type CleanPage struct {
	Number int
	// Label is the printed page number found in a running head or foot ("L
	// 151/12"); empty when there is none.
	Label string
	// Section is what the page's running head says of its place ("Grupo Nº 2.
	// Unidad Motriz (2.15)"); empty when there is none.
	Section string
	Text    string
	// Contents says that the page is of a table of contents.
	Contents bool
}

// Unit is a piece of the text with a heading of its own.
type Unit struct {
	Kind Kind
	// Number is the bare number in one form: "14", "14 bis", "II", "adicional 1",
	// "6.2.1", "2.15", of a field its sheet's. Kind and Number are what a Reference
	// names.
	Number string
	// Inner are the numbers of the points within it that are too short to be
	// units of their own.
	Inner []string
	// Label is how to cite it: "Artículo 14 bis", "Anexo II", "Ficha 2.15".
	Label string
	// Title is its heading's words, without the label; may be empty.
	Title string
	// Path are the headings above it, outermost first, with their titles.
	Path []string
	// PageFrom and PageTo include the units below it.
	PageFrom, PageTo int
	// Last is the index in Document.Units of the last unit below it; its own when
	// there are none.
	Last     int
	Passages []Passage
}

// Passage is what is searched for and cited: some 1000 to 1400 characters of one
// unit; less when the unit is shorter, more when a table is kept whole.
type Passage struct {
	// Text is the range's text with the lines of a paragraph joined.
	Text string
	// PageFrom, CharFrom are where it begins: the page's number and the offset, in
	// runes, into its CleanPage.Text; PageTo, CharTo where it ends.
	PageFrom, CharFrom, PageTo, CharTo int
	// Overlap is how many runes at the beginning of Text repeat the end of the
	// passage before; 0 for a unit's first.
	Overlap int
	// Definition is the term the passage defines; empty when it is not a
	// definition.
	Definition string
	// Table says that it looks like a table; prose is to rank above it.
	Table bool
	// Hidden passages are not to be searched: tables of contents, bare headings.
	Hidden bool
}

// Parse repairs the text of the pages and finds its units. Pages must be in
// order.
func Parse(pages []Page) Document {
	clean := strip(repair(pages))
	p := newParser(clean)
	p.run()
	return Document{Pages: clean, Units: p.finish()}
}

// Heading is what stands above a passage, from the outermost heading on.
func Heading(path []string, label, title string) string {
	own := label
	if title != "" {
		own = strings.TrimPrefix(label+". "+title, ". ")
	}
	return strings.Trim(strings.Join(append(path[:len(path):len(path)], own), " > "), " >")
}
