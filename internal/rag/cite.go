package rag

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/legal"
	"github.com/msia/msia/internal/lexical"
)

// Citation is a passage that answers, with where it stands.
type Citation struct {
	Number             int       `json:"number"`
	DocumentID         uuid.UUID `json:"document_id"`
	DocumentTitle      string    `json:"document_title"`
	DocumentShortTitle *string   `json:"document_short_title"`
	ChunkID            int64     `json:"chunk_id"`
	// Kind is what is cited: an article, a record sheet.
	Kind    legal.Kind `json:"kind"`
	Article *string    `json:"article"`
	Heading *string    `json:"heading"`
	// Label is how the unit is called: "Artículo 14".
	Label   string   `json:"label"`
	Section []string `json:"section"`
	Pages   []int    `json:"pages"`
	Snippet string   `json:"snippet"`
	// Highlights are ranges of runes of Snippet: words of the question.
	Highlights [][2]int `json:"highlights"`
	Score      float64  `json:"score"`
	OCR        bool     `json:"ocr"`
}

const (
	// snippetSentences is how many sentences a snippet has at the most,
	// maxSnippet how many characters.
	snippetSentences = 3
	maxSnippet       = 600
	// minExcerpt is what says something by itself, in characters.
	minExcerpt = 60
	// gap stands for what was left out.
	gap = " […] "
)

// cite makes a citation of a passage.
func cite(number int, p passage, q *lexical.Query) Citation {
	c := Citation{
		Number: number, DocumentID: p.DocumentID, DocumentTitle: p.DocumentTitle, DocumentShortTitle: p.DocumentShortTitle, ChunkID: p.ID,
		Kind: legal.Kind(p.Kind), Label: p.Label, Section: p.Path, Snippet: excerpt(q, p.Text, snippetSentences),
		Score: min(max(p.score, 0), 1), OCR: p.IsOcr,
	}
	if p.Number != "" {
		c.Article = &p.PassageCandidatesRow.Number
	}
	if heading := legal.Heading(nil, p.Label, p.Title); heading != "" {
		c.Heading = &heading
	}
	for n := p.PageFrom; n <= p.PageTo; n++ {
		c.Pages = append(c.Pages, int(n))
	}
	c.Highlights = highlights(q, c.Snippet)
	return c
}

// Short is how a person would write it on WhatsApp: "Manual de Reformas, CR 2.3,
// pág. 45".
func (c *Citation) Short() string {
	title := c.DocumentTitle
	if c.DocumentShortTitle != nil {
		title = *c.DocumentShortTitle
	}
	out := title
	switch {
	case (c.Kind == legal.Sheet || c.Kind == legal.Field) && c.Article != nil:
		out += ", CR " + *c.Article
	case c.Kind == legal.Point && c.Article != nil:
		out += ", punto " + *c.Article
	case c.Article != nil && c.Label != "":
		out += ", " + lowerFirst(c.Label)
	}
	if len(c.Pages) > 0 {
		out += ", pág. " + strconv.Itoa(c.Pages[0])
	}
	return out
}

// lowerFirst makes the first letter small, unless the whole word is in capitals.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) < 2 || unicode.IsUpper(r[1]) {
		return s
	}
	return string(unicode.ToLower(r[0])) + string(r[1:])
}

// excerpt returns the n sentences of a text that answer best; its beginning when
// none does.
func excerpt(q *lexical.Query, text string, n int) string {
	spans := q.Best(text, n)
	length := 0
	for _, s := range spans {
		length += s.End - s.Start
	}
	if length < minExcerpt {
		// Only a heading has words of the question, or nothing has: what follows is meant.
		all := lexical.Sentences(text)
		first := 0
		if len(spans) > 0 {
			first = max(0, slices.Index(all, spans[0]))
		}
		spans = all[first:min(first+n, len(all))]
	}
	runes := []rune(text)
	var b strings.Builder
	for i, s := range spans {
		if i > 0 {
			between := strings.TrimSpace(string(runes[spans[i-1].End:s.Start]))
			if between == "" {
				b.WriteByte(' ')
			} else {
				b.WriteString(gap)
			}
		}
		b.WriteString(strings.TrimSpace(string(runes[s.Start:s.End])))
	}
	return shorten(b.String(), maxSnippet)
}

// shorten cuts a text at a space.
func shorten(s string, longest int) string {
	runes := []rune(s)
	if len(runes) <= longest {
		return s
	}
	cut := string(runes[:longest-1])
	if i := strings.LastIndexAny(cut, " \n"); i > longest/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:\n") + "…"
}

// maxHighlights bounds what is marked.
const maxHighlights = 40

// highlights are the words of the question in a text.
func highlights(q *lexical.Query, text string) [][2]int {
	wanted := map[string]bool{}
	for _, t := range q.Terms {
		wanted[t.Stem] = true
	}
	out := [][2]int{}
	for _, t := range lexical.Analyse(text) {
		if wanted[t.Stem] && len(out) < maxHighlights {
			out = append(out, [2]int{t.Start, t.End})
		}
	}
	return out
}

const (
	// alsoAnswers is how much of the best passage's score another one has to have
	// to be quoted beside it.
	alsoAnswers = 0.85
	// quoted is how many passages an extractive answer quotes.
	quoted = 2
)

// extract answers in the documents' words: the sentences of the best passages that
// answer, each with its citation.
func extract(f *findings) string {
	var parts []string
	for i, p := range f.passages {
		if i == quoted || i > 0 && (p.score < alsoAnswers*f.passages[0].score || place(p, true) > place(f.passages[0], true)) {
			break
		}
		sentences := snippetSentences
		if i > 0 {
			sentences = 2
		}
		parts = append(parts, excerpt(f.query, p.Text, sentences)+" ["+strconv.Itoa(i+1)+"]")
	}
	return strings.Join(parts, "\n\n")
}

const (
	// sources is how many places a message names, maxMessage how long its text is.
	sources    = 2
	maxMessage = 700
)

// Message is the answer as it is written to a customer: its first paragraph, short
// and without marks, and where it stands.
func (a *Answer) Message() (text string, where []string) {
	paragraph, _, _ := strings.Cut(a.Text, "\n\n")
	for _, m := range citationMark.FindAllStringSubmatch(paragraph, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil || n < 1 || n > len(a.Citations) {
			continue
		}
		if s := a.Citations[n-1].Short(); len(where) < sources && !slices.Contains(where, s) {
			where = append(where, s)
		}
	}
	text = strings.Join(strings.Fields(citationMark.ReplaceAllString(paragraph, "")), " ")
	return shorten(strings.ReplaceAll(text, " .", "."), maxMessage), where
}
