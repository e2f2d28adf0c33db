package rag_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/pdf/pdftest"
	"github.com/msia/msia/internal/rag"
)

// models is an endpoint that serves embeddings, rerank and chat as the real ones
// do, or misbehaves.
type models struct {
	*httptest.Server
	// how it misbehaves: "", down, slow, garbage, dimension, nan, 429, 400.
	how atomic.Value
	// calls counts the requests.
	calls atomic.Int32
	// says is the chat's answer.
	says atomic.Value
	over chan struct{}
}

func serveModels(t *testing.T) *models {
	t.Helper()
	m := &models{over: make(chan struct{})}
	m.how.Store("")
	m.says.Store("")
	m.Server = httptest.NewServer(m)
	t.Cleanup(func() {
		close(m.over)
		m.Close()
	})
	return m
}

func (m *models) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.calls.Add(1)
	how, _ := m.how.Load().(string)
	switch how {
	case "down":
		http.Error(w, "no", http.StatusBadGateway)
		return
	case "slow":
		select {
		case <-m.over:
		case <-time.After(30 * time.Second):
		}
		return
	case "garbage":
		_, _ = w.Write([]byte("<html>hello</html>"))
		return
	case "429":
		w.Header().Set("Retry-After", "0")
		http.Error(w, "slow down", http.StatusTooManyRequests)
		return
	case "400":
		http.Error(w, "too long", http.StatusBadRequest)
		return
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/v1/embeddings"):
		m.embeddings(w, r, how)
	case strings.HasSuffix(r.URL.Path, "/rerank"):
		m.rerank(w, r)
	case strings.HasSuffix(r.URL.Path, "/v1/chat/completions"):
		m.chat(w, r)
	default:
		http.NotFound(w, r)
	}
}

const dimensions = 64

func (m *models) embeddings(w http.ResponseWriter, r *http.Request, how string) {
	var req struct{ Input []string }
	if json.NewDecoder(r.Body).Decode(&req) != nil || len(req.Input) > 32 {
		http.Error(w, "bad", http.StatusBadRequest)
		return
	}
	n := dimensions
	if how == "dimension" {
		n = 3
	}
	var data []string
	for i := range req.Input { // in reverse: the index says whose each is
		i = len(req.Input) - 1 - i
		vectors, _ := embed.Hash{}.Embed(r.Context(), req.Input[i:i+1], embed.Passage)
		values := make([]string, n)
		for k := range values {
			values[k] = fmt.Sprint(3*vectors[0][k] + 0.001)
		}
		if how == "nan" {
			values[0] = "NaN"
		}
		data = append(data, fmt.Sprintf(`{"index":%d,"embedding":[%s]}`, i, strings.Join(values, ",")))
	}
	_, _ = fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(data, ","))
}

// rerank is TEI's, which has its own shape, and prefers texts with "taller".
func (m *models) rerank(w http.ResponseWriter, r *http.Request) {
	var req struct{ Texts []string }
	if json.NewDecoder(r.Body).Decode(&req) != nil || len(req.Texts) == 0 {
		http.Error(w, "missing field `texts`", http.StatusUnprocessableEntity)
		return
	}
	var out []string
	for i, t := range req.Texts {
		out = append(out, fmt.Sprintf(`{"index":%d,"score":%g}`, i, 4*float64(strings.Count(t, "taller"))-2))
	}
	_, _ = fmt.Fprintf(w, "[%s]", strings.Join(out, ","))
}

func (m *models) chat(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Messages []rag.Message
		Stream   bool
	}
	if json.NewDecoder(r.Body).Decode(&req) != nil || len(req.Messages) != 2 {
		http.Error(w, "bad", http.StatusBadRequest)
		return
	}
	says, _ := m.says.Load().(string)
	if !req.Stream {
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": rag.Message{Role: "assistant", Content: says}}}})
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for word := range strings.SplitAfterSeq(says, " ") {
		raw, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"delta": rag.Message{Content: word}}}})
		_, _ = fmt.Fprintf(w, "data: %s\n\n", raw)
	}
	_, _ = fmt.Fprint(w, "data: [DONE]\n\n")
}

func (m *models) embedder(t *testing.T) embed.Embedder {
	t.Helper()
	e, err := embed.NewHTTP(embed.HTTPConfig{URL: m.URL, Model: "fake", Dimensions: dimensions, Timeout: time.Second, Backoff: time.Millisecond})
	require.NoError(t, err)
	return e
}

const plazo = "¿En qué plazo hay que pasar la inspección técnica?"

// TestEmbeddingsMisbehave: uploads wait and go on by themselves, questions are
// answered by full text and say so.
func TestEmbeddingsMisbehave(t *testing.T) {
	t.Parallel()
	for how, code := range map[string]string{
		"down": "embeddings_unavailable", "slow": "embeddings_unavailable", "429": "embeddings_unavailable",
		"garbage": "embeddings_refused", "dimension": "embeddings_refused", "nan": "embeddings_refused", "400": "embeddings_refused",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			m := serveModels(t)
			h := build(t, parts{embedder: m.embedder(t)})
			first := h.add(pdftest.Regulation(), rag.New{Title: "Real Decreto 866/2010"})
			h.workAll()
			require.Equal(t, rag.Indexed, h.get(first.ID).Status)
			require.Equal(t, "fake", *h.ask(plazo).Parts.Vector)

			m.how.Store(how)
			second := h.add(several(1)[0], rag.New{Title: "Orden"})
			var waiting rag.ProcessArgs
			for {
				job, ok := h.take()
				require.True(t, ok, "it does not wait")
				if err := h.work(t.Context(), job); err != nil {
					require.ErrorContains(t, err, "JobSnoozeError")
					waiting = job
					break
				}
			}
			d := h.get(second.ID)
			require.Equal(t, rag.Processing, d.Status)
			require.Equal(t, rag.Embedding, d.Stage)
			require.Equal(t, code, d.Problem.Code)
			a := h.ask("¿Cuándo se presenta el vehículo a inspección técnica?")
			require.True(t, a.Answered())
			require.Contains(t, a.Degraded, rag.EmbeddingsUnavailable)
			require.Nil(t, a.Parts.Vector)
			require.Contains(t, a.Notice(), "solo por texto")

			m.how.Store("")
			h.with(parts{embedder: m.embedder(t)}) // the circuit is another's
			require.NoError(t, h.work(t.Context(), waiting))
			h.workAll()
			require.Equal(t, rag.Indexed, h.get(second.ID).Status)
			require.Nil(t, h.get(second.ID).Problem)
			require.Empty(t, h.ask("¿Cuándo se presenta el vehículo a inspección técnica?").Degraded)
		})
	}
}

// TestAnotherModelTakesOver in the background: until it has all vectors, questions
// are compared by those of the one before.
func TestAnotherModelTakesOver(t *testing.T) {
	t.Parallel()
	h := build(t, parts{})
	h.add(pdftest.Regulation(), rag.New{Title: "Real Decreto 866/2010"})
	h.workAll()
	require.Equal(t, embed.Hash{}.Model(), *h.ask(plazo).Parts.Vector)
	m := serveModels(t)
	h.with(parts{embedder: m.embedder(t)})
	a := h.ask(plazo)
	require.True(t, a.Answered())
	require.Equal(t, embed.Hash{}.Model(), *a.Parts.Vector)
	require.Equal(t, []rag.Degradation{rag.EmbeddingsPending}, a.Degraded)
	h.round()
	a = h.ask(plazo)
	require.Equal(t, "fake", *a.Parts.Vector)
	require.Empty(t, a.Degraded)
	h.round() // nobody needs the old ones any more
	var left int
	require.NoError(t, h.pool.QueryRow(t.Context(), "SELECT count(DISTINCT model_id) FROM rag_vectors").Scan(&left))
	require.Equal(t, 1, left)
	// The same passages again cost the endpoint nothing.
	calls := m.calls.Load()
	list, _, err := h.library.List(t.Context(), rag.Filter{}, beginning, 10)
	require.NoError(t, err)
	_, err = h.library.Reprocess(t.Context(), list[0].ID)
	require.NoError(t, err)
	h.workAll()
	require.Equal(t, calls, m.calls.Load())
}

// TestRerankEndpoint orders passages, of which ours are the fallback.
func TestRerankEndpoint(t *testing.T) {
	t.Parallel()
	m := serveModels(t)
	r, err := rag.NewHTTPReranker(rag.EndpointConfig{URL: m.URL, Timeout: time.Second})
	require.NoError(t, err)
	h := build(t, parts{reranker: r})
	h.add(pdftest.Regulation(), rag.New{Title: "Real Decreto 866/2010"})
	h.workAll()
	a := h.ask("¿Qué dice de la inspección técnica el real decreto de las reformas?")
	require.Equal(t, "rerank", a.Parts.Rerank)
	require.Equal(t, "7", *a.Citations[0].Article, "the endpoint likes workshops")
	require.InDelta(t, 1/(1+math.Exp(-2)), a.Citations[0].Score, 1e-9)
	for _, how := range []string{"down", "garbage", "slow"} {
		m.how.Store(how)
		a = h.ask("¿Qué dice de la inspección técnica el real decreto? " + how)
		require.Equal(t, "lexical", a.Parts.Rerank)
		require.Equal(t, []rag.Degradation{rag.RerankUnavailable}, a.Degraded)
		require.Equal(t, "8", *a.Citations[0].Article)
	}
}

// TestChatWordsTheAnswer only as far as the passages bear it.
func TestChatWordsTheAnswer(t *testing.T) {
	t.Parallel()
	m := serveModels(t)
	chat, err := rag.NewHTTPChat(rag.EndpointConfig{URL: m.URL, Model: "talker", Timeout: time.Second})
	require.NoError(t, err)
	h := build(t, parts{chat: chat})
	h.add(pdftest.Regulation(), rag.New{Title: "Real Decreto 866/2010"})
	h.workAll()
	n := 0
	ask := func(says, how string) *rag.Answer {
		m.says.Store(says)
		m.how.Store(how)
		n++
		return h.ask(strings.Repeat(" ", n) + plazo + fmt.Sprint(" ", n))
	}
	good := "El vehículo se presenta a inspección técnica en el plazo de quince días desde la reforma [1]."
	a := ask(good, "")
	require.Equal(t, rag.Generated, a.Mode)
	require.Equal(t, good, a.Text)
	a = ask(good+" Cuesta 45,30 euros en la estación ITV [1].", "")
	require.Equal(t, good, a.Text, "no figure that the passage has not")
	for name, says := range map[string]string{
		"no citation": "El plazo es de quince días desde la reforma.",
		"made up":     "El plazo es de quince días desde la reforma [9].",
		"other":       "La multa asciende a cuantiosas sanciones administrativas graves [1].",
		"quotation":   "Dice que «debe presentarlo en el plazo de veinte lunas» desde la reforma [1].",
	} {
		a = ask(says, "")
		require.Equal(t, rag.Extractive, a.Mode, name)
		require.Equal(t, []rag.Degradation{rag.ChatUnverified}, a.Degraded, name)
	}
	require.Equal(t, rag.NoAnswer, ask("NO_CONSTA", "").Mode)
	for _, how := range []string{"down", "garbage", "slow"} {
		a = ask("", how)
		require.Equal(t, rag.Extractive, a.Mode, how)
		require.Equal(t, []rag.Degradation{rag.ChatUnavailable}, a.Degraded, how)
		require.Contains(t, a.Text, "quince días")
	}
	h.with(parts{chat: chat})
	m.how.Store("")
	m.says.Store(good)
	var heard strings.Builder
	a, err = h.answers.Ask(t.Context(), rag.Question{Text: plazo, Source: rag.SourceAPI, OnDelta: func(s string) error { heard.WriteString(s); return nil }})
	require.NoError(t, err)
	if a.Mode == rag.Generated {
		require.Equal(t, good, heard.String())
	}
}
