package casedata_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/tariffs"
)

// TestCaseAsksForWhatTheQuoteNames compares both for every element that can be
// quoted, as shipped and with the parents switched off or the slots of parents
// and variants alike in title or code.
func TestCaseAsksForWhatTheQuoteNames(t *testing.T) {
	t.Parallel()
	inherited := 0
	for name, spoil := range map[string]func(e, parent *catalogue.Element){
		"as shipped":      func(_, _ *catalogue.Element) {},
		"inactive parent": func(_, parent *catalogue.Element) { parent.IsActive = false },
		"alike in title": func(e, parent *catalogue.Element) {
			parent.Photos = []*catalogue.PhotoSlot{{Code: "of_parent", Title: "Detalle"}}
			e.Photos = []*catalogue.PhotoSlot{{Code: "of_variant", Title: "detalle"}}
		},
		"alike in code": func(e, parent *catalogue.Element) {
			parent.Photos = []*catalogue.PhotoSlot{{Code: "a", Title: "De la familia"}, {Code: "b", Title: "Otra"}}
			e.Photos = []*catalogue.PhotoSlot{{Code: "a", Title: "De la variante"}}
		},
	} {
		snapshot, err := seed.DefaultSnapshot()
		require.NoError(t, err)
		for _, c := range snapshot.Categories {
			for _, e := range c.Elements {
				if parent := c.Element(e.ParentCode); parent != nil {
					spoil(e, parent)
				}
			}
			for _, e := range c.Elements {
				q, err := tariffs.Calculator{}.Calculate(c, money.Amount{}, tariffs.Request{
					Elements: []tariffs.RequestedElement{{Code: e.Code, Quantity: 1}},
				})
				if err != nil {
					continue // generic, or not for sale
				}
				var quoted []string
				for _, d := range q.Documentation {
					if d.Scope == tariffs.DocumentElement {
						quoted = append(quoted, d.Description)
					}
				}
				slots := casedata.New(c, []casedata.Line{{Code: e.Code, Name: e.Name, Quantity: 1}}).Elements[0].Photos
				if len(slots) == 0 { // the quote words what every element needs
					require.Len(t, quoted, 1, "%s: %s", name, e.Code)
					continue
				}
				require.Len(t, slots, len(quoted), "%s: %s", name, e.Code)
				for i, slot := range slots {
					require.Contains(t, quoted[i], slot.Title, "%s: %s", name, e.Code)
				}
				if len(slots) > len(e.Photos) {
					inherited++
				}
			}
		}
	}
	require.Positive(t, inherited)
}
