package tariffs

import (
	"context"

	"github.com/msia/msia/internal/catalogue"
)

// Snapshots gives the newest picture of the catalogue.
type Snapshots interface {
	Snapshot(ctx context.Context) (*catalogue.Snapshot, error)
}

// Quoting prices sets by the catalogue as it is now. Safe for concurrent use.
type Quoting struct {
	catalogue  Snapshots
	calculator Calculator
	sheets     *catalogue.Memo[*Sheet]
}

// NewQuoting returns the service.
func NewQuoting(c Snapshots, calculator Calculator) *Quoting {
	return &Quoting{catalogue: c, calculator: calculator, sheets: catalogue.NewMemo(Compile)}
}

// Quote prices a set in the category with that id or slug. Nothing is stored.
// Errors: those of catalogue.Snapshot.Resolve and Calculator.Calculate.
func (q *Quoting) Quote(ctx context.Context, categoryRef string, req Request) (Quote, error) {
	snapshot, err := q.catalogue.Snapshot(ctx)
	if err != nil {
		return Quote{}, err
	}
	return q.QuoteBy(snapshot, categoryRef, req)
}

// QuoteBy is Quote by a snapshot that the caller holds, such as one of the past.
func (q *Quoting) QuoteBy(snapshot *catalogue.Snapshot, categoryRef string, req Request) (Quote, error) {
	category, err := snapshot.Resolve(categoryRef, false)
	if err != nil {
		return Quote{}, err
	}
	return q.Calculate(snapshot, category, req)
}

// Calculate prices a set in a category of a snapshot that the caller holds.
// Errors: those of Calculator.Calculate.
func (q *Quoting) Calculate(snapshot *catalogue.Snapshot, category *catalogue.Category, req Request) (Quote, error) {
	return q.calculator.CalculateSheet(q.sheets.Get(snapshot, category), snapshot.IVAPercent, req)
}
