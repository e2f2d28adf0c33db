package limits_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/limits"
)

// TestProperties compares the store with its promise.
func TestProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_700_000_000, 0)
		r := limits.Rate{Tries: rapid.IntRange(1, 10).Draw(t, "tries"), Per: time.Minute}
		store := limits.NewMemory(10, func() time.Time { return now })
		var taken []time.Time
		left := r.Tries
		for range rapid.IntRange(1, 100).Draw(t, "calls") {
			pause := time.Duration(rapid.IntRange(0, 30_000).Draw(t, "pause")) * time.Millisecond
			now = now.Add(pause)
			out := store.Take(t.Context(), "k", r)
			if pause == 0 && out.Wait == 0 {
				require.Equal(t, left-1, out.Left)
			}
			if out.Wait > 0 {
				require.Zero(t, out.Left)
				require.LessOrEqual(t, out.Wait, r.Per/time.Duration(r.Tries), "the next try comes back before that")
				now = now.Add(out.Wait)
				out = store.Take(t.Context(), "k", r)
				require.Zero(t, out.Wait, "after the time it said")
			}
			left = out.Left
			require.Less(t, left, r.Tries)
			require.LessOrEqual(t, out.Full, r.Per)
			taken = append(taken, now)
		}
		for i := range taken {
			inWindow := 0
			for _, at := range taken[i:] {
				if at.Sub(taken[i]) < r.Per {
					inWindow++
				}
			}
			require.LessOrEqual(t, inWindow, 2*r.Tries)
		}
	})
}

func TestGivesBack(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	r := limits.Rate{Tries: 3, Per: time.Minute}
	store := limits.NewMemory(10, func() time.Time { return now })
	for range 100 {
		require.Zero(t, store.Take(t.Context(), "k", r).Wait)
		store.Give(t.Context(), "k", r)
	}
	for i := range 3 {
		require.Equal(t, limits.Outcome{Left: 2 - i, Full: time.Duration(i+1) * 20 * time.Second}, store.Take(t.Context(), "k", r))
	}
	require.Equal(t, limits.Outcome{Wait: 20 * time.Second, Full: time.Minute}, store.Take(t.Context(), "k", r))
	store.Give(t.Context(), "unheard of", r)
}

// TestForgetsTheOldest keeps the memory bounded, however many addresses there are.
func TestForgetsTheOldest(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	r := limits.Rate{Tries: 1, Per: time.Minute}
	store := limits.NewMemory(3, func() time.Time { return now })
	refused := func(key string) bool { return store.Take(t.Context(), key, r).Wait > 0 }
	for _, key := range []string{"a", "b", "c"} {
		require.False(t, refused(key))
	}
	require.True(t, refused("a")) // asked about again
	require.False(t, refused("d"))
	require.True(t, refused("a"))
	require.True(t, refused("c"))
	require.False(t, refused("b"), "b is forgotten")
	for i := range 10_000 {
		refused(fmt.Sprint(i))
	}
	require.False(t, refused("a"))
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "": "", "@": "@",
	} {
		require.Equal(t, want, limits.Network(address), address)
	}
}
