package rag

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/msia/msia/internal/remote"
)

// Reranker says how well texts answer a question.
type Reranker interface {
	// Rerank returns a score in 0–1 for each text, in their order.
	Rerank(ctx context.Context, question string, texts []string) ([]float64, error)
	Model() string
}

// EndpointConfig says where a model is served.
type EndpointConfig struct {
	URL, Model, Key string
	// Timeout bounds one attempt; 0 means a default of the kind.
	Timeout time.Duration
	// Wrap, if set, wraps what carries the calls, to measure them.
	Wrap remote.Wrap
}

// HTTPReranker asks an endpoint of the shape of Cohere and Jina, or of TEI. Safe for
// concurrent use.
type HTTPReranker struct {
	model  string
	client *remote.Client
	// tei: the endpoint wants its texts as "texts", without a model.
	tei atomic.Bool
}

const (
	rerankTimeout = 3 * time.Second
	// rerankText is how many characters of a text are sent.
	rerankText = 1800
)

// NewHTTPReranker returns a reranker; it makes no call.
func NewHTTPReranker(cfg EndpointConfig) (*HTTPReranker, error) {
	if cfg.Timeout == 0 {
		cfg.Timeout = rerankTimeout
	}
	client, err := remote.New(remote.Config{URL: cfg.URL, Path: "/rerank", Key: cfg.Key, Timeout: cfg.Timeout, Attempts: 2, Wrap: cfg.Wrap})
	if err != nil {
		return nil, err
	}
	return &HTTPReranker{model: cfg.Model, client: client}, nil
}

// Model implements Reranker.
func (r *HTTPReranker) Model() string {
	if r.model == "" {
		return "rerank"
	}
	return r.model
}

type (
	rerankRequest struct {
		Model     string   `json:"model,omitempty"`
		Query     string   `json:"query"`
		Documents []string `json:"documents"`
		TopN      int      `json:"top_n"`
	}
	teiRequest struct {
		Query    string   `json:"query"`
		Texts    []string `json:"texts"`
		Truncate bool     `json:"truncate"`
	}
	rerankResult struct {
		Index     *int     `json:"index"`
		Score     *float64 `json:"score"`
		Relevance *float64 `json:"relevance_score"`
	}
)

// rerankResponse is TEI's list, or Cohere's and Jina's list in "results".
type rerankResponse []rerankResult

// UnmarshalJSON takes both.
func (r *rerankResponse) UnmarshalJSON(raw []byte) error {
	var list []rerankResult
	if err := json.Unmarshal(raw, &list); err == nil {
		*r = list
		return nil
	}
	var object struct {
		Results []rerankResult `json:"results"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	*r = object.Results
	return nil
}

// ask sends the texts in the shape that the endpoint takes.
func (r *HTTPReranker) ask(ctx context.Context, question string, texts []string) (res rerankResponse, err error) {
	if !r.tei.Load() {
		err = r.client.Post(ctx, rerankRequest{Model: r.model, Query: question, Documents: texts, TopN: len(texts)}, &res)
		var refusal *remote.StatusError
		if !errors.As(err, &refusal) || refusal.Status != http.StatusBadRequest && refusal.Status != http.StatusUnprocessableEntity {
			return res, err
		}
	}
	if err = r.client.Post(ctx, teiRequest{Query: question, Texts: texts, Truncate: true}, &res); err == nil {
		r.tei.Store(true)
	}
	return res, err
}

// Rerank implements Reranker.
func (r *HTTPReranker) Rerank(ctx context.Context, question string, texts []string) ([]float64, error) {
	short := make([]string, len(texts))
	for i, t := range texts {
		if runes := []rune(t); len(runes) > rerankText {
			t = string(runes[:rerankText])
		}
		short[i] = t
	}
	res, err := r.ask(ctx, question, short)
	if err != nil {
		return nil, fmt.Errorf("rerank: %w", err)
	}
	out := make([]float64, len(texts))
	seen := make([]bool, len(texts))
	probability := true
	for _, x := range res {
		score := x.Score
		if score == nil {
			score = x.Relevance
		}
		if score == nil || x.Index == nil || *x.Index < 0 || *x.Index >= len(out) || seen[*x.Index] || math.IsNaN(*score) || math.IsInf(*score, 0) {
			return nil, fmt.Errorf("rerank: %w", remote.ErrGarbage)
		}
		out[*x.Index], seen[*x.Index] = *score, true
		probability = probability && *score >= 0 && *score <= 1
	}
	for i := range out {
		if !seen[i] {
			return nil, fmt.Errorf("rerank: %w: a text has no score", remote.ErrGarbage)
		}
		if !probability { // the model's bare output
			out[i] = 1 / (1 + math.Exp(-out[i]))
		}
	}
	return out, nil
}
