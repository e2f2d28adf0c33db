// Package seed holds the catalogue that ships inside the binary: the two
// published price sheets, their elements, warnings, papers and photos, and
// what customers call them. Default builds it in memory; Apply brings it into
// a database without touching what staff changed there.
package seed

import (
	"embed"
	"errors"
	"fmt"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/catalogue/check"
)

//go:embed data/*.yaml
var data embed.FS

// slugs lists the shipped categories in the order of their sort_order.
var slugs = []string{"motos-part", "aseicars-prof"}

// Default returns the shipped categories, in their order, checked by
// internal/catalogue/check, which finds nothing in them. Every call builds them
// anew, so the caller owns them. Ids depend only on slugs and codes: they are
// the same in every process and every release.
func Default() ([]*catalogue.Category, error) {
	categories := make([]*catalogue.Category, 0, len(slugs))
	for _, slug := range slugs {
		c, err := load(data, slug)
		if err != nil {
			return nil, fmt.Errorf("load default catalogue: %w", err)
		}
		categories = append(categories, c)
	}
	var problems []error
	for _, c := range categories {
		for _, p := range check.Category(c) {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("default catalogue: %w", errors.Join(problems...))
	}
	return categories, nil
}

// DefaultSnapshot returns the shipped catalogue as revision 1, with
// catalogue.DefaultIVAPercent.
func DefaultSnapshot() (*catalogue.Snapshot, error) {
	categories, err := Default()
	if err != nil {
		return nil, err
	}
	return catalogue.NewSnapshot(1, catalogue.DefaultIVAPercent, categories), nil
}
