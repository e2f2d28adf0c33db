package page_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/page"
)

func TestCursorRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := page.Key{At: time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "µs")).UTC(), ID: uuid.New()}
		cursor := page.Encode(k)
		got, err := page.Decode(&cursor)
		require.NoError(t, err)
		require.Equal(t, k, got)
	})
}

func TestDecodeRefusesWhatWasNotGivenOut(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", page.Encode(page.Key{At: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), ID: uuid.New()}), "%%%"} {
		_, err := page.Decode(&s)
		require.ErrorIs(t, err, page.ErrCursor, s)
	}
	k, err := page.Decode(nil)
	require.NoError(t, err)
	require.True(t, k.IsZero())
}

func FuzzDecode(f *testing.F) {
	f.Add(page.Encode(page.Key{At: time.Unix(1, 0), ID: uuid.New()}))
	f.Fuzz(func(t *testing.T, s string) {
		k, err := page.Decode(&s)
		if err == nil && page.Encode(k) != s {
			t.Fatalf("%q decodes to what encodes as %q", s, page.Encode(k))
		}
	})
}

func TestOf(t *testing.T) {
	t.Parallel()
	key := func(n int) page.Key { return page.Key{At: time.Unix(int64(n), 0), ID: uuid.New()} }
	rows, next := page.Of([]int{1, 2, 3}, 2, key)
	require.Equal(t, []int{1, 2}, rows)
	require.NotNil(t, next)
	rows, next = page.Of([]int{1, 2}, 2, key)
	require.Equal(t, []int{1, 2}, rows)
	require.Nil(t, next)
}
