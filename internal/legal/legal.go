// Package legal finds the structure of Spanish legal texts: títulos,
// capítulos, artículos, disposiciones, anexos, numbered points, record sheets
// of the Manual de Reformas; and cuts each unit into passages to search for.
// Everything here is pure and deterministic.
package legal

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

// The kinds. Parts (book to subsection) have no text but their heading and
// contain other units, and so may annexes, sheets and points.
const (
	Front       Kind = "front" // before the first heading: title, recitals
	Book        Kind = "book"
	Title       Kind = "title"
	Chapter     Kind = "chapter"
	Section     Kind = "section"
	Subsection  Kind = "subsection"
	Article     Kind = "article"
	Disposition Kind = "disposition"
	Annex       Kind = "annex"
	Appendix    Kind = "appendix"
	Point       Kind = "point" // numbered: 6.2.1
	Sheet       Kind = "sheet" // record sheet of the Manual de Reformas: 2.15
	Heading     Kind = "heading"
)

// Document is a parsed text.
type Document struct {
	// Pages are the input's, repaired, without running heads and footers. The
	// passages' offsets count in these.
	Pages []CleanPage
	// Units in the order of the text. Each character of Pages other than white
	// space is in exactly one passage of one unit, overlap aside.
	Units []Unit
}

// CleanPage is a page whose text is fit to be shown and searched.
type CleanPage struct {
	Number int
	// Label is the printed page number found in a running head or foot; empty
	// when there is none.
	Label string
	// Section is what the page's running head says of its place ("Grupo Nº 2.
	// Unidad Motriz (2.15)"); empty when there is none.
	Section string
	Text    string
	// Contents says that the page is (part of) a table of contents.
	Contents bool
}

// Unit is a piece of the text with a heading of its own.
type Unit struct {
	Kind Kind
	// Number is the bare number in one form: "14", "14 bis", "II", "adicional 1",
	// "6.2.1", "2.15". Kind and Number are what a Reference names.
	Number string
	// Label is how to cite it: "Artículo 14 bis", "Anexo II", "Ficha 2.15".
	Label string
	// Title is its heading's words, without the label; may be empty.
	Title string
	// Path are the headings above it, outermost first, with their titles.
	Path []string
	// PageFrom and PageTo include the units below it.
	PageFrom, PageTo int
	Passages         []Passage
}

// Passage is what is searched for and cited: some 1000 to 1400 characters of one
// unit; shorter when the unit is.
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
func Parse(pages []Page) Document { return Document{} }

// Reference is a unit or a regulation named exactly in a question: "artículo
// 14 bis", "anexo II", "6.2.1", "CR 2.15", "RD 866/2010", "Reglamento 48R07".
type Reference struct {
	// Kind is Article, Disposition, Annex, Appendix, Chapter, Title, Section,
	// Point, Sheet or Regulation.
	Kind Kind
	// Number is written as Unit.Number; of a regulation "866/2010", "48R07",
	// "48".
	Number string
	// Start and End are its place in the question, in runes.
	Start, End int
}

// Regulation is the kind of a reference to a whole document, by its number.
const Regulation Kind = "regulation"

// References finds what a question names exactly, in order.
func References(question string) []Reference { return nil }
