package admin_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/admin"
)

// TestThrottleProperties compares the throttle with its promise.
func TestThrottleProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_700_000_000, 0)
		r := admin.Rate{Tries: rapid.IntRange(1, 10).Draw(t, "tries"), Per: time.Minute}
		throttle := admin.NewMemoryThrottle(10, func() time.Time { return now })
		var taken []time.Time
		for range rapid.IntRange(1, 100).Draw(t, "calls") {
			now = now.Add(time.Duration(rapid.IntRange(0, 30_000).Draw(t, "pause")) * time.Millisecond)
			wait, err := throttle.Take(t.Context(), "k", r)
			require.NoError(t, err)
			if wait == 0 {
				taken = append(taken, now)
				continue
			}
			require.LessOrEqual(t, wait, r.Per/time.Duration(r.Tries), "the next try comes back before that")
			now = now.Add(wait)
			wait, err = throttle.Take(t.Context(), "k", r)
			require.NoError(t, err)
			require.Zero(t, wait, "after the time it said")
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

func TestThrottleGivesBack(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	r := admin.Rate{Tries: 3, Per: time.Minute}
	throttle := admin.NewMemoryThrottle(10, func() time.Time { return now })
	take := func() time.Duration {
		wait, err := throttle.Take(t.Context(), "k", r)
		require.NoError(t, err)
		return wait
	}
	for range 100 {
		require.Zero(t, take())
		require.NoError(t, throttle.Give(t.Context(), "k", r))
	}
	for range 3 {
		require.Zero(t, take())
	}
	require.Equal(t, 20*time.Second, take())
	require.NoError(t, throttle.Give(t.Context(), "unheard of", r))
}

func TestThrottleForgetsTheOldest(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	r := admin.Rate{Tries: 1, Per: time.Minute}
	throttle := admin.NewMemoryThrottle(3, func() time.Time { return now })
	refused := func(key string) bool {
		wait, err := throttle.Take(t.Context(), key, r)
		require.NoError(t, err)
		return wait > 0
	}
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
