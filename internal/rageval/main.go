// Command rageval measures the regulation search offline: how often the right
// passage comes first, with accents left out and with misspellings too, whether
// the extracted sentences hold the answer, whether questions without an answer
// are told so, and whether the structure of regulations is found. make eval
// DATA=… runs it on files and folders, in which it takes sets of questions
// (JSON) and the regulations that golden/ knows (PDF). It fails when a floor is
// missed.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/msia/msia/internal/legal"
	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/reader"
	"github.com/msia/msia/internal/pdf/wire"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == wire.Command { // the process that reads PDFs
		if err := reader.Main(); err != nil {
			fmt.Fprintln(os.Stderr, "eval:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

// report prints measures beside their floors and targets.
type report struct {
	out *tabwriter.Writer
	// reasons stand below the table: what was not as it should be.
	reasons []string
	floors  int
	missed  int
}

func (r *report) line(what string, value, floor, target float64) {
	verdict := "PASS, target"
	r.floors++
	switch {
	case value < floor:
		verdict = "FAIL"
		r.missed++
	case value < target:
		verdict = "PASS"
	}
	fmt.Fprintf(r.out, "%s\t%.3f\t%.3f\t%.3f\t%s\n", what, value, floor, target, verdict)
}

// explain says what a measure lacks.
func (r *report) explain(what string, which ...string) {
	for _, w := range which {
		r.reasons = append(r.reasons, what+": "+w)
	}
}

func (r *report) note(what string, value float64) {
	fmt.Fprintf(r.out, "%s\t%.3f\t\t\t\n", what, value)
}

func run(ctx context.Context, paths []string, out io.Writer) error {
	if len(paths) == 0 {
		return errors.New("no data: make eval DATA='questions.json folder-of-pdfs'")
	}
	sets, pdfs, err := find(paths)
	if err != nil {
		return err
	}
	r := &report{out: tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	fmt.Fprintln(r.out, "measure\tvalue\tfloor\ttarget\tverdict")
	for _, path := range sets {
		if err := r.questions(ctx, path); err != nil {
			return err
		}
	}
	if len(pdfs) > 0 {
		if err := r.regulations(ctx, pdfs, sets); err != nil {
			return err
		}
	}
	if err := r.out.Flush(); err != nil {
		return err
	}
	for _, reason := range r.reasons {
		fmt.Fprintln(out, " ", reason)
	}
	if r.missed > 0 {
		return fmt.Errorf("FAIL: %d of %d floors were missed", r.missed, r.floors)
	}
	_, err = fmt.Fprintf(out, "eval: PASS: all %d floors are reached\n", r.floors)
	return err
}

// find lists the sets of questions and the PDFs below paths.
func find(paths []string) (sets []string, pdfs map[string]string, err error) {
	pdfs = map[string]string{}
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil || d.IsDir():
			case filepath.Ext(path) == ".json":
				sets = append(sets, path)
			case filepath.Ext(path) == ".pdf":
				pdfs[strings.TrimSuffix(filepath.Base(path), ".pdf")] = path
			}
			return err
		})
		if err != nil {
			return nil, nil, err
		}
	}
	if len(sets) == 0 && len(pdfs) == 0 {
		return nil, nil, fmt.Errorf("no .json and no .pdf in %s", strings.Join(paths, ", "))
	}
	return sets, pdfs, nil
}

// questions measures a set.
func (r *report) questions(ctx context.Context, path string) error {
	set, err := readQuestions(path)
	if err != nil {
		return err
	}
	c, err := set.corpus(ctx)
	if err != nil {
		return err
	}
	name := cmp.Or(set.Name, filepath.Base(path))
	plain, err := set.measure(ctx, c, func(s string) string { return s })
	if err != nil {
		return err
	}
	bare, err := set.measure(ctx, c, withoutAccents)
	if err != nil {
		return err
	}
	typos, err := set.measure(ctx, c, withTypos(1))
	if err != nil {
		return err
	}
	r.note(name+": R@1", plain.r1)
	r.line(name+": R@5", plain.r5, 0.987, 0.990)
	r.line(name+": MRR@10", plain.mrr, 0.955, 0.963)
	r.line(name+": MRR@10 kept without accents", min(1, 1-plain.mrr+bare.mrr), 0.998, 1)
	r.line(name+": MRR@10 with typos", typos.mrr, 0.85, 0.92)
	r.line(name+": answer in three sentences", plain.answered, 0.85, 0.88)
	r.note(name+": kept by the threshold", plain.kept)
	return nil
}

// regulations measures structure, golden questions and abstention.
func (r *report) regulations(ctx context.Context, pdfs map[string]string, sets []string) error {
	all, err := readGolden()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	engine := pdf.New(pdf.Options{Command: []string{self, wire.Command}, CacheDir: filepath.Join(cache, "msia-pdfium")})
	docs, titles := map[string]legal.Document{}, map[string]string{}
	var known []golden
	for _, g := range all {
		path, ok := pdfs[g.name]
		if !ok {
			continue
		}
		if docs[g.name], err = readPDF(ctx, engine, path); err != nil {
			return err
		}
		known, titles[g.name] = append(known, g), g.Title
		wrong := g.structure(docs[g.name].Units)
		r.explain(g.name, wrong...)
		r.line(g.Title+": units found on their pages", g.found(wrong), 1, 1)
	}
	c, err := regulations(ctx, titles, docs, func(*passage) {})
	if err != nil {
		return err
	}
	kept, asked, among5, reciprocal := 0, 0, 0, 0.0
	for _, g := range known {
		right, rejected := 0, 0
		for _, q := range g.Questions {
			a, err := c.search(ctx, q.Ask)
			if err != nil {
				return err
			}
			asked++
			if a.answerable() {
				kept++
			} else {
				r.explain("not answered", q.Ask)
			}
			best := a.top(10)
			at := slices.IndexFunc(best, func(i int) bool { return c.expects(c.passages[i], g.name, q.Unit, q.Pages) })
			if at >= 0 {
				reciprocal += 1 / float64(at+1)
			}
			if at >= 0 && at < 5 {
				among5++
			}
			if at == 0 {
				right++
			} else if len(best) > 0 {
				p := c.passages[best[0]]
				r.explain("not first", fmt.Sprintf("%s (instead %s, p. %d)", q.Ask, p.candidate.Heading, p.page))
			}
		}
		for _, q := range g.Unanswered {
			a, err := c.search(ctx, q)
			if err != nil {
				return err
			}
			if !a.answerable() {
				rejected++
			} else {
				r.explain("not rejected", q)
			}
		}
		r.line(g.Title+": right unit and page first", share(right, len(g.Questions)), 0.9, 1)
		r.line(g.Title+": unanswerable rejected", share(rejected, len(g.Unanswered)), 0.8, 0.9)
	}
	r.line("golden questions: hit@5", share(among5, asked), 0.81, 0.88)
	r.line("golden questions: MRR@10", reciprocal/float64(max(asked, 1)), 0.65, 0.72)
	r.line("golden questions kept by the threshold", share(kept, asked), 0.95, 1)
	if err := r.headings(ctx, titles, docs); err != nil {
		return err
	}
	if err := r.offDomain(ctx, c, sets); err != nil {
		return err
	}
	return r.service(ctx, known, pdfs)
}

// headings asks for each article by its heading's words and its document's title,
// with the headings themselves left out of what is searched.
func (r *report) headings(ctx context.Context, titles map[string]string, docs map[string]legal.Document) error {
	c, err := regulations(ctx, titles, docs, func(p *passage) { p.candidate.Heading = "" })
	if err != nil {
		return err
	}
	found, asked := 0, 0
	for _, name := range sorted(docs) {
		for ord, u := range docs[name].Units {
			if u.Kind != legal.Article || u.Title == "" {
				continue
			}
			a, err := c.search(ctx, u.Title+" "+titles[name])
			if err != nil {
				return err
			}
			asked++
			if slices.ContainsFunc(a.top(5), func(i int) bool { return c.passages[i].document == name && c.passages[i].ord == ord }) {
				found++
			}
		}
	}
	if asked > 0 {
		r.line("articles found by the words of their headings: R@5", share(found, asked), 0.84, 0.88)
	}
	return nil
}

// offDomain asks the regulations questions about other things.
func (r *report) offDomain(ctx context.Context, c *corpus, sets []string) error {
	const every, most = 4, 300
	for _, path := range sets {
		set, err := readQuestions(path)
		if err != nil {
			return err
		}
		rejected, asked := 0, 0
		for i := 0; i < len(set.Queries) && asked < most; i += every {
			a, err := c.search(ctx, set.Queries[i].Text)
			if err != nil {
				return err
			}
			if asked++; !a.answerable() {
				rejected++
			}
		}
		r.line("questions of another domain rejected", share(rejected, asked), 0.80, 0.85)
	}
	return nil
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
