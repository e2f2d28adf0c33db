package cases_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/cases"
)

// byHand is what people may do, and from which role on; the rest of the machine
// is the system's.
var byHand = map[[2]cases.Status]caller.Role{
	{cases.Collecting, cases.PendingReview}:    caller.RoleEditor,
	{cases.PendingImages, cases.PendingReview}: caller.RoleEditor,
	{cases.PendingReview, cases.InProgress}:    caller.RoleEditor,
	{cases.PendingReview, cases.Collecting}:    caller.RoleEditor,
	{cases.InProgress, cases.Resolved}:         caller.RoleEditor,
	{cases.Collecting, cases.Cancelled}:        caller.RoleEditor,
	{cases.PendingImages, cases.Cancelled}:     caller.RoleEditor,
	{cases.PendingReview, cases.Cancelled}:     caller.RoleEditor,
	{cases.InProgress, cases.Cancelled}:        caller.RoleEditor,
	{cases.Abandoned, cases.Collecting}:        caller.RoleEditor,
	{cases.Resolved, cases.InProgress}:         caller.RoleAdmin,
}

func TestEveryTransition(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.open()
	every := append(slices.Clone(cases.Active), cases.Resolved, cases.Cancelled, cases.Abandoned)
	viewer := b.as(caller.RoleViewer)
	for _, from := range every {
		for _, to := range every {
			for role, ctx := range map[caller.Role]context.Context{caller.RoleViewer: viewer, caller.RoleEditor: b.editor, caller.RoleAdmin: b.admin} {
				b.force(c.ID, from)
				before := len(b.timeline(c.ID))
				needs, possible := byHand[[2]cases.Status{from, to}]
				got, err := b.Transition(ctx, c.ID, 0, to, "porque sí")
				name := string(from) + " to " + string(to) + " by " + string(role)
				switch {
				case !possible:
					require.ErrorIs(t, err, cases.ErrTransition, name)
				case !role.Covers(needs):
					require.ErrorIs(t, err, cases.ErrRole, name)
				default:
					require.NoError(t, err, name)
					require.Equal(t, to, got.Status, name)
					require.Equal(t, !to.IsActive(), got.ClosedAt != nil, name)
					require.Greater(t, len(b.timeline(c.ID)), before)
				}
				if err != nil {
					require.Len(t, b.timeline(c.ID), before, name)
					require.Equal(t, from, b.get(c.ID).Status)
				}
				require.Equal(t, possible && role.Covers(needs), slices.Contains(cases.Next(from, role), to), name)
			}
		}
	}
	for _, to := range []cases.Status{cases.Cancelled, cases.Collecting} {
		b.force(c.ID, cases.PendingReview)
		_, err := b.Transition(b.editor, c.ID, 0, to, "")
		require.ErrorIs(t, err, cases.ErrReasonNeeded)
	}
	b.force(c.ID, cases.Resolved)
	_, err := b.Transition(b.admin, c.ID, 0, cases.InProgress, "")
	require.ErrorIs(t, err, cases.ErrReasonNeeded)
}

// TestSameTransitionAtOnce: one takes the case, the others come too late.
func TestSameTransitionAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.open()
	b.force(c.ID, cases.PendingReview)
	var (
		all  sync.WaitGroup
		won  atomic.Int32
		lost atomic.Int32
	)
	for range 20 {
		all.Go(func() {
			switch _, err := b.Transition(b.editor, c.ID, 0, cases.InProgress, ""); {
			case err == nil:
				won.Add(1)
			default:
				require.ErrorIs(t, err, cases.ErrTransition)
				lost.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, won.Load())
	require.EqualValues(t, 19, lost.Load())
	require.Equal(t, []string{"opened collecting", "status in_progress", "assigned"}, b.timeline(c.ID))
	require.Len(t, b.told.take(), 1)
	require.NotNil(t, b.get(c.ID).AssigneeID, "whoever takes it has it")
}

// TestWholeLife: filled, confirmed, sent back, confirmed again,
// taken and resolved, each told once.
func TestWholeLife(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.complete()
	require.Equal(t, cases.PendingReview, c.Status)
	require.NotNil(t, c.ConfirmedAt)
	require.Empty(t, b.told.take(), "the assistant says it itself")
	again := b.inTx(func(ctx context.Context, tx pgx.Tx) (cases.Case, error) { return b.ConfirmTx(ctx, tx, c.ID) })
	require.Equal(t, c.Version, again.Version)

	back, err := b.Transition(b.editor, c.ID, c.Version, cases.Collecting, "Falta la ficha completa")
	require.NoError(t, err)
	require.Nil(t, back.ConfirmedAt)
	require.Contains(t, b.told.take()[0], "Falta la ficha completa")
	b.inTx(func(ctx context.Context, tx pgx.Tx) (cases.Case, error) { return b.ConfirmTx(ctx, tx, c.ID) })
	_, err = b.Transition(b.editor, c.ID, 0, cases.InProgress, "")
	require.NoError(t, err)
	done, err := b.Transition(b.editor, c.ID, 0, cases.Resolved, "")
	require.NoError(t, err)
	require.NotNil(t, done.ClosedAt)
	require.Len(t, b.told.take(), 2)
	_, err = b.Update(b.editor, c.ID, 0, cases.Patch{Data: common})
	require.ErrorIs(t, err, cases.ErrClosed)
	_, err = b.AddFile(b.editor, c.ID, b.keep(photo()), nil)
	require.ErrorIs(t, err, cases.ErrClosed)
	require.Equal(t, len(done.Files), b.count("images"), "what was not added is not kept")
}

func TestConfirmingTooEarly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.open()
	tx, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = b.ConfirmTx(t.Context(), tx, c.ID)
	require.ErrorIs(t, err, cases.ErrIncomplete)
	require.NoError(t, tx.Rollback(t.Context()))
	_, err = b.Transition(b.editor, c.ID, 0, cases.PendingReview, "")
	require.ErrorIs(t, err, cases.ErrIncomplete)
	got, err := b.Transition(b.editor, c.ID, 0, cases.PendingReview, "Lo trae en mano")
	require.NoError(t, err)
	require.Equal(t, cases.PendingReview, got.Status)
}

// TestStatusFollowsWhatIsMissing without anybody setting it.
func TestStatusFollowsWhatIsMissing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.open()
	require.Equal(t, cases.Collecting, c.Status)
	require.Equal(t, cases.PendingImages, b.answers(c.ID).Status)
	got, err := b.Update(b.editor, c.ID, 0, cases.Patch{Data: map[string]map[string]string{"vehicle": {"plate": ""}}})
	require.NoError(t, err)
	require.Equal(t, cases.Collecting, got.Status)
}

// TestRemindersAndAbandonment by the clock, by day, once each.
func TestRemindersAndAbandonment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c, other := b.open(), b.complete()
	b.told.take()
	log := discard(t)
	at := func(d time.Duration) {
		t.Helper()
		b.clock.Set(noon.Add(d))
		require.NoError(t, b.Remind(t.Context(), log))
	}
	const day = 24 * time.Hour
	at(2 * day)
	require.Empty(t, b.told.take())
	at(3*day + 12*time.Hour)
	require.Empty(t, b.told.take(), "not at night")
	at(4 * day)
	said := b.told.take()
	require.Len(t, said, 1)
	require.Contains(t, said[0], c.Number)
	require.NotNil(t, b.get(c.ID).RemindedAt)
	at(5 * day)
	require.Empty(t, b.told.take(), "once")

	// An answer begins the count anew.
	b.sends(c.ID)
	require.Nil(t, b.get(c.ID).RemindedAt)
	at(7 * day)
	require.Empty(t, b.told.take())
	at(9 * day)
	require.Len(t, b.told.take(), 1)
	at(19 * day)
	require.Equal(t, cases.Collecting, b.get(c.ID).Status)
	at(21 * day)
	got := b.get(c.ID)
	require.Equal(t, cases.Abandoned, got.Status)
	require.Empty(t, b.told.take())
	at(60 * day)
	require.Equal(t, got, b.get(c.ID))
	require.Equal(t, cases.PendingReview, b.get(other.ID).Status, "nobody waits for that customer")
	back, err := b.Transition(b.editor, c.ID, 0, cases.Collecting, "")
	require.NoError(t, err)
	require.Nil(t, back.ClosedAt)
	at(61 * day)
	require.Len(t, b.told.take(), 1, "only that it goes on")
}

// TestNobodyToRemind: a case of somebody who does not write, or whose
// conversation was deleted, is not given up.
func TestNobodyToRemind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	customer, _ := b.chat()
	c, err := b.Open(b.editor, cases.NewCase{CustomerID: customer, Category: b.category, Quote: b.quote("ESCAPE")})
	require.NoError(t, err)
	for _, days := range []time.Duration{4, 20, 40} {
		b.clock.Set(noon.Add(days * 24 * time.Hour))
		require.NoError(t, b.Remind(t.Context(), discard(t)))
	}
	require.Equal(t, c, b.get(c.ID))
	require.Empty(t, b.told.take())
}
