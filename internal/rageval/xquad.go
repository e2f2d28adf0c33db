package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/lexical"
)

// questions is a set of questions, the passages that answer them, and the
// answers word for word.
type questions struct {
	Name     string `json:"name"`
	Passages []struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	} `json:"passages"`
	Queries []struct {
		Text     string   `json:"text"`
		Relevant []string `json:"relevant"`
		Answers  []string `json:"answers"`
	} `json:"queries"`
}

func readQuestions(path string) (set questions, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return set, err
	}
	if err := json.Unmarshal(b, &set); err != nil {
		return set, fmt.Errorf("%s: %w", path, err)
	}
	return set, nil
}

// corpus of the set's passages.
func (s questions) corpus(ctx context.Context) (*corpus, error) {
	passages := make([]passage, len(s.Passages))
	for i, p := range s.Passages {
		passages[i] = passage{candidate: lexical.Candidate{Text: p.Text}, document: p.ID}
	}
	return newCorpus(ctx, passages, embed.Hash{}, nil)
}

// quality is what retrieval is measured by.
type quality struct {
	r1, r5, mrr float64
	answered    float64 // the answer is in three sentences of the best passage
	kept        float64 // deemed answerable
}

// measure asks all questions, each changed by change first.
func (s questions) measure(ctx context.Context, c *corpus, change func(string) string) (q quality, err error) {
	for _, query := range s.Queries {
		a, err := c.search(ctx, change(query.Text))
		if err != nil {
			return q, err
		}
		best := a.top(10)
		at := slices.IndexFunc(best, func(i int) bool { return slices.Contains(query.Relevant, c.passages[i].document) })
		if at >= 0 {
			q.mrr += 1 / float64(at+1)
		}
		if at == 0 {
			q.r1++
		}
		if at >= 0 && at < 5 {
			q.r5++
		}
		if len(best) > 0 && holds(extract(a.query, c.passages[best[0]].candidate.Text), query.Answers) {
			q.answered++
		}
		if a.answerable() {
			q.kept++
		}
	}
	n := float64(len(s.Queries))
	return quality{q.r1 / n, q.r5 / n, q.mrr / n, q.answered / n, q.kept / n}, nil
}

// extract is the answer without a model: three sentences of a passage.
func extract(q *lexical.Query, text string) string {
	runes := []rune(text)
	var b strings.Builder
	for _, s := range q.Best(text, 3) {
		b.WriteString(string(runes[s.Start:s.End]) + " ")
	}
	return b.String()
}

func holds(text string, answers []string) bool {
	return slices.ContainsFunc(answers, func(a string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(a)) })
}

// withoutAccents is how many type.
func withoutAccents(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

// withTypos makes one slip in every other word of six letters or more: a letter
// left out, doubled, mistaken or swapped with the next.
func withTypos(seed uint64) func(string) string {
	rng := rand.New(rand.NewPCG(seed, seed))
	return func(s string) string {
		words := strings.Split(s, " ")
		for i, w := range words {
			r := []rune(w)
			letters := 0
			for _, c := range r {
				if unicode.IsLetter(c) {
					letters++
				}
			}
			if letters < 6 || rng.IntN(2) == 0 {
				continue
			}
			at := 1 + rng.IntN(len(r)-2)
			switch rng.IntN(4) {
			case 0:
				r = slices.Delete(r, at, at+1)
			case 1:
				r = slices.Insert(r, at, r[at])
			case 2:
				r[at] = 'a' + rune(rng.IntN(26))
			default:
				r[at], r[at-1] = r[at-1], r[at]
			}
			words[i] = string(r)
		}
		return strings.Join(words, " ")
	}
}
