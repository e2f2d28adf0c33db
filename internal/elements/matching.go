package elements

import (
	"context"

	"github.com/msia/msia/internal/catalogue"
)

// Snapshots gives the newest catalogue.
type Snapshots interface {
	Snapshot(ctx context.Context) (*catalogue.Snapshot, error)
}

// Matching finds elements by the catalogue as it is now. Safe for concurrent use.
type Matching struct {
	catalogue Snapshots
	matchers  *catalogue.Memo[*Matcher]
}

// NewMatching returns the service.
func NewMatching(c Snapshots) *Matching {
	return &Matching{catalogue: c, matchers: catalogue.NewMemo(NewMatcher)}
}

// Match finds the elements a text names, in the category with that id or slug.
// Errors: those of catalogue.Snapshot.Resolve.
func (m *Matching) Match(ctx context.Context, categoryRef, text string) (Result, error) {
	snapshot, err := m.catalogue.Snapshot(ctx)
	if err != nil {
		return Result{}, err
	}
	category, err := snapshot.Resolve(categoryRef, false)
	if err != nil {
		return Result{}, err
	}
	return m.Matcher(snapshot, category).Match(text), nil
}

// Matcher returns the matcher of a category of a snapshot that the caller holds.
func (m *Matching) Matcher(s *catalogue.Snapshot, c *catalogue.Category) *Matcher {
	return m.matchers.Get(s, c)
}
