// Package embed turns texts into vectors: offline by hashing their words and
// letters, or by asking a model.
package embed

import (
	"context"
	"math"

	"github.com/msia/msia/internal/lexical"
)

// Kind is what a text is: models may want to know.
type Kind int

// The kinds.
const (
	Passage Kind = iota
	Query
)

// Embedder makes vectors of length 1, one for each text, in order.
type Embedder interface {
	Embed(ctx context.Context, texts []string, kind Kind) ([][]float32, error)
	// Model names the model and its version: vectors of different models cannot
	// be compared.
	Model() string
	Dimensions() int
}

// Hash is the offline embedder: the words' stems and the letters' 3- to
// 5-grams, each hashed to a dimension and a sign. The zero value is ready to use.
type Hash struct{}

var _ Embedder = Hash{}

const (
	// HashDimensions is the length of Hash's vectors.
	HashDimensions = 1024
	// saturation flattens how often a feature is in a text.
	saturation = 1.2
	// Stems and grams are hashed apart.
	stemSeed, gramSeed = 0x9e3779b97f4a7c15, 0xd1b54a32d192ed03
)

// Model implements Embedder; another analyser makes other vectors.
func (Hash) Model() string { return "hash-1024-v1-analyser-" + lexical.Version }

// Dimensions implements Embedder.
func (Hash) Dimensions() int { return HashDimensions }

// Embed implements Embedder; it fails only when ctx has ended. A text without
// words gets a vector all the same, that of the word "".
func (Hash) Embed(ctx context.Context, texts []string, _ Kind) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, t := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out[i] = hash(t)
	}
	return out, nil
}

func hash(text string) []float32 {
	count := map[uint64]float64{}
	for _, t := range lexical.Analyse(text) {
		count[mix(fnv(stemSeed, t.Stem))]++
		w := "_" + t.Word + "_"
		for size := 3; size <= 5; size++ {
			for i := 0; i+size <= len(w); i++ {
				count[mix(fnv(gramSeed, w[i:i+size]))]++
			}
		}
	}
	if len(count) == 0 {
		count[mix(fnv(stemSeed, ""))] = 1
	}
	// Each feature adds to a sum of whole steps, so that their order, which is the
	// map's, cannot show.
	sums := make([]int64, HashDimensions)
	for h, n := range count {
		step := int64(math.Round(n / (n + saturation) * (1 << 20)))
		if h>>63 == 1 {
			step = -step
		}
		sums[h%HashDimensions] += step
	}
	length := 0.0
	for _, s := range sums {
		length += float64(s) * float64(s)
	}
	length = math.Sqrt(length)
	v := make([]float32, HashDimensions)
	if length == 0 { // everything cancelled out
		v[0] = 1
		return v
	}
	for i, s := range sums {
		v[i] = float32(float64(s) / length)
	}
	return v
}

// fnv is FNV-1a with a seed.
func fnv(seed uint64, s string) uint64 {
	h := 14695981039346656037 ^ seed
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// mix is the finaliser of splitmix64: FNV's low bits alone are not even.
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
