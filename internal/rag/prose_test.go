package rag_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/legal"
	"github.com/msia/msia/internal/lexical"
	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/pdftest"
)

// prose writes passages for the benchmarks, as many as are wanted, each about
// something: in words at random everything is as far from everything else, and no
// index finds what is nearest.
type prose interface {
	// passage writes one about the same as the one before.
	passage() string
	// turn goes on to another subject.
	turn()
}

const (
	// passageWords is how long a passage is, as those of regulations are.
	passageWords = 150
	// sameSubject is how many passages in a row an article has.
	sameSubject = 4
)

// newProse returns a writer. With MSIA_BENCH_PDFS set it assembles the sentences of
// the PDFs in that folder anew; without, it makes sentences up.
func newProse(b *testing.B, seed uint64) prose {
	b.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	paths := benchPDFs(b)
	if len(paths) == 0 {
		return newInvention(rng)
	}
	a := &assembly{rng: rng}
	for _, path := range paths {
		a.read(b, path)
	}
	a.turn()
	return a
}

// benchPDFs are the PDFs in the folder MSIA_BENCH_PDFS; none when that is not set.
func benchPDFs(b *testing.B) []string {
	b.Helper()
	dir := os.Getenv("MSIA_BENCH_PDFS")
	if dir == "" {
		return nil
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	require.NoError(b, err)
	require.NotEmpty(b, paths, "no PDFs in MSIA_BENCH_PDFS")
	return paths
}

// assembly draws sentences of real units: most of the one it is about, some of what
// stands near it.
type assembly struct {
	rng   *rand.Rand
	units [][]string // their sentences
	about int
}

// nearby is how many units away "near" is.
const nearby = 12

func (a *assembly) read(b *testing.B, path string) {
	b.Helper()
	file, err := os.Open(path)
	require.NoError(b, err)
	defer file.Close()
	var pages []legal.Page
	_, err = pdftest.Engine().Read(b.Context(), file, func(p pdf.Page) error {
		pages = append(pages, legal.Page{Number: p.Number, Text: p.Text})
		return nil
	})
	require.NoError(b, err)
	for _, u := range legal.Parse(pages).Units {
		var sentences []string
		for _, p := range u.Passages {
			text := []rune(p.Text)
			for _, s := range lexical.Sentences(p.Text) {
				if sentence := string(text[s.Start:s.End]); len(lexical.Analyse(sentence)) > 3 {
					sentences = append(sentences, sentence)
				}
			}
		}
		if len(sentences) > 0 {
			a.units = append(a.units, sentences)
		}
	}
}

func (a *assembly) turn() { a.about = a.rng.IntN(len(a.units)) }

func (a *assembly) passage() string {
	var out []string
	used := map[string]bool{}
	// Where there is too little for a whole passage it stays short.
	for words, tries := 0, 0; words < passageWords && tries < 2*passageWords; tries++ {
		from := a.about
		if a.rng.IntN(3) == 0 || len(used) > len(a.units[a.about])/2 {
			from = min(max(0, from+a.rng.IntN(2*nearby+1)-nearby), len(a.units)-1)
		}
		s := a.units[from][a.rng.IntN(len(a.units[from]))]
		if !used[s] {
			words += len(strings.Fields(s))
			out = append(out, s)
		}
		used[s] = true
	}
	return strings.Join(out, " ")
}

// invention makes up sentences of words built like Spanish ones, as unevenly used as
// words are. How it draws them is tuned so that passages lie as far from each other,
// and from questions, as those of real regulations do.
type invention struct {
	rng                 *rand.Rand
	common, field, side *rand.Zipf
	words               []string   // of the language, the most common first
	chapter, article    []string   // those of the subject
	formulas, said      [][]string // the chapter's clauses and the article's
	turns               int
}

const (
	inventedWords = 30_000
	chapterTurns  = 125
	chapterWords  = 400
	articleWords  = 40
	clauseWords   = 9
	formulas      = 100
	articleSaid   = 16
)

var (
	onsets  = strings.Fields("b br bl c cr cl ch d dr f fr fl g gr gl gu j l ll m n ñ p pr pl qu r s t tr v z h y")
	vowels  = strings.Fields("a e i o u a e o ie ue io ia")
	codas   = strings.Fields("- - - - - n r s l m c d z x")
	endings = strings.Fields("o a os as e ación aciones amiento ador able ado ada ar ando al ales ico ica ivo idad ario oso aje encia mente ir ido")
	links   = strings.Fields("de la el en los las y que del se por con para un una al su o sin sobre según cuando no más como este esta deberá podrá")
)

func newInvention(rng *rand.Rand) *invention {
	v := &invention{rng: rng, common: rand.NewZipf(rng, 1.07, 8, inventedWords-1), field: rand.NewZipf(rng, 1.1, 8, chapterWords-1), side: rand.NewZipf(rng, 1.2, 4, articleWords-1)}
	v.words = choose(inventedWords, v.word)
	v.turn()
	return v
}

func choose[T any](n int, one func() T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = one()
	}
	return out
}

func (v *invention) one(of []string) string { return of[v.rng.IntN(len(of))] }

func (v *invention) word() string {
	var b strings.Builder
	for range 1 + v.rng.IntN(3) {
		b.WriteString(v.one(onsets) + v.one(vowels) + strings.TrimPrefix(v.one(codas), "-"))
	}
	return b.String() + v.one(onsets) + v.one(endings)
}

func (v *invention) turn() {
	if v.turns%chapterTurns == 0 { // another chapter
		v.chapter = choose(chapterWords, func() string { return v.one(v.words) })
		v.article = v.chapter
		v.formulas = choose(formulas, v.clause)
	}
	v.turns++
	v.article = choose(articleWords, func() string { return v.chapter[v.field.Uint64()] })
	v.said = choose(articleSaid, v.clause)
}

// clause is a piece of a sentence: regulations say the same over and over.
func (v *invention) clause() []string {
	return choose(clauseWords, func() string {
		switch n := v.rng.IntN(10); {
		case n < 5:
			return v.article[v.side.Uint64()]
		case n < 8:
			return v.chapter[v.field.Uint64()]
		default:
			return v.words[v.common.Uint64()]
		}
	})
}

func (v *invention) passage() string {
	var b strings.Builder
	for range passageWords / 2 / clauseWords {
		var words []string
		switch n := v.rng.IntN(20); {
		case n < 8:
			words = v.said[v.rng.IntN(len(v.said))]
		case n < 14:
			words = v.formulas[v.rng.IntN(len(v.formulas))]
		default:
			words = v.clause()
		}
		for _, w := range words {
			b.WriteString(v.one(links) + " " + w + " ")
		}
		b.WriteString(fmt.Sprintf("%d. ", 1+v.rng.IntN(2000)))
	}
	return b.String()
}
