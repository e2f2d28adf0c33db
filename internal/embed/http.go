package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/msia/msia/internal/remote"
)

// HTTPConfig says where a model is served with OpenAI's API.
type HTTPConfig struct {
	// URL is an address such as http://localhost:11434/v1.
	URL, Model, Key string
	// Dimensions is the length of the vectors; 0 takes that of the first answer.
	Dimensions int
	// QueryPrefix and PassagePrefix are put before the texts, as some models want
	// it: "query: " and "passage: " for e5.
	QueryPrefix, PassagePrefix string
	// Timeout bounds one attempt; 0 means 30 s for passages, and a tenth of it for
	// a question, which somebody waits for.
	Timeout time.Duration
	// Backoff is the first pause between attempts; 0 means the client's default.
	Backoff time.Duration
	// Wrap, if set, wraps what carries the calls, to measure them.
	Wrap remote.Wrap
}

const (
	// batch is how many texts are sent at once.
	batch = 32
	// maxText is how many characters of a text are sent: some servers answer 400
	// to a longer one, others cut it without a word.
	maxText = 1800
	// passageTimeout is the default of HTTPConfig.Timeout.
	passageTimeout = 30 * time.Second
	// maxDimensions is what the database can index.
	maxDimensions = 4000
)

// ErrRefused says that the endpoint answers, but not with vectors that could be
// used: it is wrongly configured.
var ErrRefused = errors.New("embeddings refused")

// HTTP asks a model. Safe for concurrent use.
type HTTP struct {
	cfg        HTTPConfig
	passages   *remote.Client
	questions  *remote.Client
	dimensions atomic.Int32
}

var _ Embedder = (*HTTP)(nil)

// NewHTTP returns an embedder; it makes no call.
func NewHTTP(cfg HTTPConfig) (*HTTP, error) {
	if cfg.Dimensions < 0 || cfg.Dimensions > maxDimensions {
		return nil, fmt.Errorf("%d dimensions; at most %d can be indexed", cfg.Dimensions, maxDimensions)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = passageTimeout
	}
	h := &HTTP{cfg: cfg}
	h.dimensions.Store(int32(cfg.Dimensions)) //nolint:gosec // checked above
	var err error
	rc := remote.Config{URL: cfg.URL, Path: "/embeddings", Versioned: true, Key: cfg.Key, Timeout: cfg.Timeout, Backoff: cfg.Backoff, Wrap: cfg.Wrap}
	if h.passages, err = remote.New(rc); err != nil {
		return nil, err
	}
	rc.Timeout, rc.Attempts = cfg.Timeout/10, 2
	h.questions, err = remote.New(rc)
	return h, err
}

// Model implements Embedder.
func (h *HTTP) Model() string { return h.cfg.Model }

// Dimensions implements Embedder; 0 while they are not known.
func (h *HTTP) Dimensions() int { return int(h.dimensions.Load()) }

type (
	request struct {
		Model          string   `json:"model"`
		Input          []string `json:"input"`
		EncodingFormat string   `json:"encoding_format"`
	}
	response struct {
		Data []struct {
			Index     *int      `json:"index"`
			Embedding []float64 `json:"embedding"`
		} `json:"data"`
	}
)

// Embed implements Embedder. Errors: ErrRefused; the context's; others when the
// endpoint is away.
func (h *HTTP) Embed(ctx context.Context, texts []string, kind Kind) ([][]float32, error) {
	client, prefix := h.passages, h.cfg.PassagePrefix
	if kind == Query {
		client, prefix = h.questions, h.cfg.QueryPrefix
	}
	out := make([][]float32, 0, len(texts))
	for len(texts) > 0 {
		n := min(len(texts), batch)
		req := request{Model: h.cfg.Model, Input: make([]string, n), EncodingFormat: "float"}
		for i, t := range texts[:n] {
			req.Input[i] = prefix + cut(t, maxText)
		}
		vectors, err := h.embed(ctx, client, req)
		if err != nil {
			return nil, err
		}
		out = append(out, vectors...)
		texts = texts[n:]
	}
	return out, nil
}

func (h *HTTP) embed(ctx context.Context, client *remote.Client, req request) ([][]float32, error) {
	var res response
	err := client.Post(ctx, req, &res)
	var status *remote.StatusError
	switch {
	case errors.As(err, &status) && status.Status < 500 && status.Status != 429 && status.Status != 408,
		errors.Is(err, remote.ErrGarbage):
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	case err != nil:
		return nil, fmt.Errorf("embeddings: %w", err)
	case len(res.Data) != len(req.Input):
		return nil, fmt.Errorf("%w: %d vectors for %d texts", ErrRefused, len(res.Data), len(req.Input))
	}
	out := make([][]float32, len(res.Data))
	for place, d := range res.Data {
		if d.Index != nil {
			place = *d.Index
		}
		if place < 0 || place >= len(out) || out[place] != nil {
			return nil, fmt.Errorf("%w: the indexes are not those of the texts", ErrRefused)
		}
		if out[place], err = h.vector(d.Embedding); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// vector checks a vector and makes its length 1. The first one says how many
// dimensions there are, unless that is configured.
func (h *HTTP) vector(in []float64) ([]float32, error) {
	if len(in) == 0 || len(in) > maxDimensions {
		return nil, fmt.Errorf("%w: a vector of %d dimensions", ErrRefused, len(in))
	}
	if want := h.dimensions.Load(); want == 0 {
		h.dimensions.CompareAndSwap(0, int32(len(in))) //nolint:gosec // checked above
	}
	if want := int(h.dimensions.Load()); len(in) != want {
		return nil, fmt.Errorf("%w: a vector of %d dimensions, not %d", ErrRefused, len(in), want)
	}
	sum := 0.0
	for _, x := range in {
		sum += x * x
	}
	length := math.Sqrt(sum)
	if math.IsNaN(length) || math.IsInf(length, 0) || length == 0 {
		return nil, fmt.Errorf("%w: a vector without direction", ErrRefused)
	}
	out := make([]float32, len(in))
	for i, x := range in {
		out[i] = float32(x / length)
	}
	return out, nil
}

// cut returns the first n characters of a text.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
