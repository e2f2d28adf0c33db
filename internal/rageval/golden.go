package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	offline "github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/legal"
	"github.com/msia/msia/internal/lexical"
	"github.com/msia/msia/internal/pdf"
)

//go:embed golden
var goldenFiles embed.FS

// golden is what is expected of one regulation, whose file has the same name.
type golden struct {
	name string

	Title  string             `yaml:"title"`
	Counts map[legal.Kind]int `yaml:"counts"`
	// Pages of units by kind and number: the first, or the first and the last.
	Pages     map[legal.Kind]map[string][]int `yaml:"pages"`
	Questions []struct {
		Ask string `yaml:"ask"`
		// Unit is the one that has to come first, or one of those above it, and Pages
		// those on which the passage may begin.
		Unit  string `yaml:"unit"`
		Pages []int  `yaml:"pages"`
	} `yaml:"questions"`
	Unanswered []string `yaml:"unanswered"`
}

func readGolden() ([]golden, error) {
	var out []golden
	entries, err := fs.ReadDir(goldenFiles, "golden")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		b, err := goldenFiles.ReadFile("golden/" + e.Name())
		if err != nil {
			return nil, err
		}
		g := golden{name: strings.TrimSuffix(e.Name(), ".yaml")}
		d := yaml.NewDecoder(bytes.NewReader(b))
		d.KnownFields(true)
		if err := d.Decode(&g); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		out = append(out, g)
	}
	return out, nil
}

// readPDF extracts and parses a regulation.
func readPDF(ctx context.Context, engine *pdf.Engine, path string) (legal.Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return legal.Document{}, err
	}
	defer f.Close()
	var pages []legal.Page
	_, err = engine.Read(ctx, f, func(p pdf.Page) error {
		pages = append(pages, legal.Page{Number: p.Number, Text: p.Text})
		return nil
	})
	if err != nil {
		return legal.Document{}, fmt.Errorf("%s: %w", path, err)
	}
	return legal.Parse(pages), nil
}

// structure returns what of a document's units is not as expected.
func (g golden) structure(units []legal.Unit) (wrong []string) {
	counts := map[legal.Kind]int{}
	found := map[legal.Kind]map[string]legal.Unit{}
	for _, u := range units {
		counts[u.Kind]++
		if found[u.Kind] == nil {
			found[u.Kind] = map[string]legal.Unit{}
		}
		found[u.Kind][u.Number] = u
	}
	for kind, n := range g.Counts {
		if counts[kind] != n {
			wrong = append(wrong, fmt.Sprintf("%d units of kind %s, not %d", counts[kind], kind, n))
		}
	}
	for kind, units := range g.Pages {
		for number, pages := range units {
			u, ok := found[kind][number]
			if !ok || u.PageFrom != pages[0] || u.PageTo != pages[len(pages)-1] && len(pages) > 1 {
				wrong = append(wrong, fmt.Sprintf("%s %s is on pages %d to %d, not %v", kind, number, u.PageFrom, u.PageTo, pages))
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

// found is what part of the units that are looked for is where it should be.
func (g golden) found(wrong []string) float64 {
	units := 0
	for _, u := range g.Pages {
		units += len(u)
	}
	return 1 - min(1, float64(len(wrong))/float64(units))
}

// regulations is the corpus of several documents; change is done to each passage.
func regulations(ctx context.Context, titles map[string]string, docs map[string]legal.Document, change func(*passage)) (*corpus, error) {
	var passages []passage
	for _, name := range sorted(docs) {
		for ord, u := range docs[name].Units {
			for _, p := range u.Passages {
				if p.Hidden {
					continue
				}
				next := passage{
					candidate: lexical.Candidate{
						DocumentTitle: titles[name], Heading: legal.Heading(u.Path, u.Label, u.Title), Text: p.Text,
						Definition: p.Definition, Table: p.Table,
					},
					document: name, unit: u, ord: ord, page: p.PageFrom, lastPage: p.PageTo,
				}
				change(&next)
				passages = append(passages, next)
			}
		}
	}
	c, err := newCorpus(ctx, passages, offline.Hash{}, lexical.DefaultGlossary())
	if err == nil {
		c.docs = docs
	}
	return c, err
}

// expects says whether a passage is what a question is answered by.
func (c *corpus) expects(p passage, document, unit string, pages []int) bool {
	if p.document != document || !slices.ContainsFunc(pages, func(n int) bool { return n >= p.page && n <= p.lastPage }) {
		return false
	}
	kind, number, _ := strings.Cut(unit, " ")
	units := c.docs[document].Units
	return slices.ContainsFunc(units[:p.ord+1], func(u legal.Unit) bool {
		return u.Last >= p.ord && u.Is(legal.Reference{Kind: legal.Kind(kind), Number: number})
	})
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
