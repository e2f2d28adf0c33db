package embed_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/embed"
)

func cosine(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func TestHashOfAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "texts")
		v, err := embed.Hash{}.Embed(context.Background(), texts, embed.Passage)
		require.NoError(t, err)
		require.Len(t, v, len(texts))
		again, err := embed.Hash{}.Embed(context.Background(), texts, embed.Query)
		require.NoError(t, err)
		require.Equal(t, v, again)
		for _, x := range v {
			require.Len(t, x, embed.HashDimensions)
			require.InDelta(t, 1, math.Sqrt(cosine(x, x)), 1e-5)
		}
	})
}

func TestHashOfLikeTexts(t *testing.T) {
	t.Parallel()
	v, err := embed.Hash{}.Embed(t.Context(), []string{
		"sustitución del sistema de escape", "SUSTITUCION de los sistemas de escape", "sustitucoin del sistma de escape", "paella valenciana con conejo",
	}, embed.Passage)
	require.NoError(t, err)
	require.Greater(t, cosine(v[0], v[1]), 0.8)
	require.Greater(t, cosine(v[0], v[2]), 0.4)
	require.Less(t, cosine(v[0], v[3]), 0.2)
}

// TestHashIsFixed: vectors are kept, so what makes them must not change unless
// Model does.
func TestHashIsFixed(t *testing.T) {
	t.Parallel()
	v, err := embed.Hash{}.Embed(t.Context(), []string{"Artículo 14 bis: homologación"}, embed.Passage)
	require.NoError(t, err)
	sum := 0.0
	for i, x := range v[0] {
		sum += float64(x) * float64(i)
	}
	require.InDelta(t, fixed, sum, 0.01)
	require.Equal(t, "hash-1024-v1-analyser-1", embed.Hash{}.Model())
}

func TestHashStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := embed.Hash{}.Embed(ctx, []string{"uno"}, embed.Passage)
	require.ErrorIs(t, err, context.Canceled)
}

// fixed is a sum over the vector of TestHashIsFixed.
const fixed = -123.043448
