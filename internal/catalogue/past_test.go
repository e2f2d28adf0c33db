package catalogue_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/testdb"
)

func TestPastKeepsAFewMomentsThatAreOver(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	_, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	now := time.Now().Add(24 * time.Hour)
	past := catalogue.NewPast(pool, func() time.Time { return now })
	at := func(ago time.Duration) *catalogue.Snapshot {
		s, err := past.At(t.Context(), now.Add(-ago))
		require.NoError(t, err)
		require.Len(t, s.Categories, 2)
		return s
	}
	hour := at(time.Hour)
	require.Same(t, hour, at(time.Hour), "kept")
	for i := range 3 {
		at(time.Hour * time.Duration(i+2))
	}
	require.Same(t, hour, at(time.Hour), "there is room for four")
	at(5 * time.Hour)
	require.Same(t, hour, at(time.Hour), "the one used longest ago went")
	for i := range 4 {
		at(time.Hour * time.Duration(i+6))
	}
	require.NotSame(t, hour, at(time.Hour), "others took its place")
	require.NotSame(t, at(30*time.Second), at(30*time.Second), "that may still change")

	_, err = past.At(t.Context(), now.Add(time.Nanosecond))
	require.ErrorIs(t, err, catalogue.ErrInFuture)
	pool.Close()
	_, err = past.At(t.Context(), now.Add(-20*time.Hour))
	require.ErrorIs(t, err, catalogue.ErrUnavailable)
}
