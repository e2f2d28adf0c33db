package elements

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/gen/sqlc"
)

// TestMovesKeepTheTreeATree makes random moves that checkPlace lets through and
// looks at the whole tree after each.
func TestMovesKeepTheTreeATree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "n")
		f := family{elements: make([]sqlc.Element, n)}
		for i := range f.elements {
			f.elements[i] = sqlc.Element{ID: uuid.New(), Code: fmt.Sprintf("E%d", i)}
		}
		// depth walks up by itself; more steps than elements would be a cycle.
		depth := func(e sqlc.Element) int {
			d := 1
			for e.ParentID != nil {
				id := *e.ParentID
				e = *f.find(func(x sqlc.Element) bool { return x.ID == id })
				d++
				require.LessOrEqual(t, d, n, "a cycle")
			}
			return d
		}
		below := func(id, top uuid.UUID) bool {
			for at := &id; at != nil; at = f.find(func(x sqlc.Element) bool { return x.ID == *at }).ParentID {
				if *at == top {
					return true
				}
			}
			return false
		}
		for range rapid.IntRange(1, 30).Draw(t, "moves") {
			moved := &f.elements[rapid.IntRange(0, n-1).Draw(t, "element")]
			to := f.elements[rapid.IntRange(0, n-1).Draw(t, "parent")]
			candidate := *moved
			candidate.ParentID = &to.ID
			cyclic := below(to.ID, moved.ID)
			deepest := 0
			for _, e := range f.descendants(moved.ID) {
				deepest = max(deepest, depth(e)-depth(*moved)+1)
			}
			require.Equal(t, deepest, f.height(moved.ID))
			err := f.checkPlace(candidate)
			switch {
			case cyclic:
				require.ErrorIs(t, err, ErrElementCycle)
			case depth(to)+deepest > maxDepth:
				require.ErrorIs(t, err, ErrInvalidElement)
			default:
				require.NoError(t, err)
				*moved = candidate
			}
			require.False(t, errors.Is(err, ErrElementCycle) && !cyclic)
			for _, e := range f.elements {
				require.LessOrEqual(t, depth(e), maxDepth)
			}
		}
	})
}
