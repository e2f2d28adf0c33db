package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// service measures the regulations once more through the API of msia as it is
// shipped: what it finds of their structure, what it cites, and that nothing it
// says is its own invention.
func (r *report) service(ctx context.Context, known []golden, pdfs map[string]string) (err error) {
	s, err := startService(ctx)
	defer func() { err = errors.Join(err, s.stop()) }()
	if err != nil {
		return err
	}
	ids := map[string]string{}
	for _, g := range known {
		if ids[g.name], err = s.add(ctx, pdfs[g.name], g.Title); err != nil {
			return err
		}
	}
	for _, g := range known {
		if err := r.regulationOf(ctx, s, g, ids[g.name]); err != nil {
			return err
		}
	}
	return nil
}

// regulationOf measures one of them, while the others are there, too.
func (r *report) regulationOf(ctx context.Context, s *service, g golden, id string) error {
	units, err := s.units(ctx, id)
	if err != nil {
		return err
	}
	wrong := g.structure(units)
	r.explain("API: "+g.name, wrong...)
	r.line("API: "+g.Title+": units found on their pages", g.found(wrong), 1, 1)

	right, asked, refused := 0, len(g.Questions), 0
	said, honest := 0, 0 // answers, right or not, and those of them that stand where they say
	check := func(question string, a reply) error {
		if !a.Answered {
			return nil
		}
		said++
		quoted, err := s.quotes(ctx, a)
		if quoted {
			honest++
		} else {
			r.explain("API: not on the cited pages", question+" "+a.Answer)
		}
		return err
	}
	for _, q := range g.Questions {
		a, err := s.ask(ctx, q.Ask)
		if err != nil {
			return err
		}
		if a.Answered && a.cites(id, q.Unit, q.Pages) {
			right++
		} else {
			r.explain("API: not cited first", q.Ask)
		}
		if err := check(q.Ask, a); err != nil {
			return err
		}
	}
	for _, q := range g.Unanswered {
		a, err := s.ask(ctx, q)
		if err != nil {
			return err
		}
		if a.Answered {
			r.explain("API: not told so", q)
		} else {
			refused++
		}
		if err := check(q, a); err != nil {
			return err
		}
	}
	r.line("API: "+g.Title+": right unit and page cited first", share(right, asked), 0.9, 1)
	r.line("API: "+g.Title+": unanswerable told so", share(refused, len(g.Unanswered)), 0.8, 0.9)
	r.line("API: "+g.Title+": answers that stand on the cited pages", share(honest, said), 1, 1)
	gone, err := s.gone(ctx, g, id)
	r.line("API: "+g.Title+": switched off, gone from the next answer", share(gone, asked), 1, 1)
	return err
}

// labels is how citations call units.
var labels = map[string]string{"article": "Artículo", "sheet": "Ficha", "annex": "Anexo", "appendix": "Apéndice", "chapter": "Capítulo", "point": ""}

// cites says whether the first citation is of the unit, or of one below it, and of
// one of the pages.
func (a reply) cites(document, unit string, pages []int) bool {
	if len(a.Citations) == 0 {
		return false
	}
	c := a.Citations[0]
	if c.DocumentID != document || !slices.ContainsFunc(c.Pages, func(n int) bool { return slices.Contains(pages, n) }) {
		return false
	}
	kind, number, _ := strings.Cut(unit, " ")
	if number == "" { // what stands before the first heading has none
		return c.Article == nil
	}
	own := strings.TrimSpace(labels[kind] + " " + number)
	above := c.Section
	if c.Heading != nil {
		above = append(slices.Clone(above), *c.Heading)
	}
	return c.Article != nil && kind == "point" && strings.HasPrefix(number+".", *c.Article+".") ||
		slices.ContainsFunc(above, func(h string) bool { return h == own || strings.HasPrefix(h, own+".") })
}

var mark = regexp.MustCompile(`\[\d+\]|…`)

// quotes says whether all of an answer stands, word for word, on the pages that it
// cites.
func (s *service) quotes(ctx context.Context, a reply) (bool, error) {
	var cited strings.Builder
	for _, c := range a.Citations {
		for _, n := range c.Pages {
			text, err := s.text(ctx, c.DocumentID, n)
			if err != nil {
				return false, err
			}
			cited.WriteString(letters(text))
		}
		cited.WriteByte('\n')
	}
	for paragraph := range strings.SplitSeq(a.Answer, "\n\n") {
		for piece := range strings.SplitSeq(paragraph, " […] ") {
			if !strings.Contains(cited.String(), letters(mark.ReplaceAllString(piece, ""))) {
				return false, nil
			}
		}
	}
	return true, nil
}

// letters leaves out what the end of a line may change.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// gone asks what a document answers, with it switched on and, right after, off:
// how many of the next answers know nothing of it any more.
func (s *service) gone(ctx context.Context, g golden, id string) (n int, err error) {
	for _, q := range g.Questions {
		if err := s.activate(ctx, id, false); err != nil {
			return n, err
		}
		a, err := s.ask(ctx, q.Ask)
		if err != nil {
			return n, err
		}
		if !slices.ContainsFunc(a.Citations, func(c citation) bool { return c.DocumentID == id }) {
			n++
		}
		if err := s.activate(ctx, id, true); err != nil {
			return n, err
		}
		if a, err = s.ask(ctx, q.Ask); err != nil {
			return n, err
		}
		if !a.Answered {
			return n, fmt.Errorf("%q is not answered any more, though %s is switched on again", q.Ask, g.name)
		}
	}
	return n, nil
}
