package rag

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/objects"
)

// ComponentStatus is how a part is.
type ComponentStatus string

// The statuses.
const (
	OK   ComponentStatus = "ok"
	Down ComponentStatus = "down"
	// Builtin works offline; Off is not configured or not installed.
	Builtin ComponentStatus = "builtin"
	Off     ComponentStatus = "off"
)

// Component is a part of what answering is made of.
type Component struct {
	Name   string
	Status ComponentStatus
	// Detail is a sentence in Spanish; "" for none.
	Detail  string
	Model   string
	Latency *float64
}

// Health is what of answering works.
type Health struct {
	Components                                        []Component
	Documents, Indexed, Current, Processing, Failures int
	Chunks                                            int
	Reembedding                                       *Reembedding
}

// Reembedding is how far the vectors of a new model are.
type Reembedding struct {
	Model       string
	Done, Total int
}

// Degraded reports whether answers come without something that is configured.
func (h *Health) Degraded() bool {
	for _, c := range h.Components {
		if c.Status == Down {
			return true
		}
	}
	return h.Reembedding != nil
}

// HealthConfig is what a Doctor looks at.
type HealthConfig struct {
	Answers *Answers
	Files   *objects.Store
	// OCR: scanned pages can be read.
	OCR bool
}

// Doctor looks after the parts. Endpoints are asked once in a while, whoever wants
// to know. Safe for concurrent use.
type Doctor struct {
	cfg HealthConfig
	mu  sync.Mutex
	// probed is what the endpoints said at probedAt.
	probed   []Component
	probedAt time.Time
}

// NewDoctor returns a doctor.
func NewDoctor(cfg HealthConfig) *Doctor { return &Doctor{cfg: cfg} }

const (
	probeEvery   = 15 * time.Second
	probeTimeout = 5 * time.Second
)

// Examine returns how the parts are.
func (d *Doctor) Examine(ctx context.Context) (*Health, error) {
	a := d.cfg.Answers
	clock := a.clock()
	counts, err := a.q.RegulationCounts(ctx, a.cfg.DB)
	if err != nil {
		return nil, fmt.Errorf("count documents: %w", err)
	}
	latency := clock()
	out := &Health{
		Documents: int(counts.Documents), Indexed: int(counts.Indexed), Current: int(counts.Current),
		Processing: int(counts.Processing), Failures: int(counts.Failed), Chunks: int(counts.Chunks),
		Components: []Component{{Name: "database", Status: OK, Latency: &latency}, d.files(ctx), {Name: "extraction", Status: Builtin}, d.ocr()},
	}
	out.Components = append(out.Components, d.endpoints(ctx)...)
	out.Reembedding, err = d.reembedding(ctx)
	return out, err
}

func (d *Doctor) files(ctx context.Context) Component {
	clock := d.cfg.Answers.clock()
	c := Component{Name: "files", Status: OK}
	if _, err := d.cfg.Files.Exists(ctx, documentFolder+"health"); err != nil {
		c.Status, c.Detail = Down, "El almacén de archivos no responde."
		return c
	}
	latency := clock()
	c.Latency = &latency
	return c
}

func (d *Doctor) ocr() Component {
	if d.cfg.OCR {
		return Component{Name: "ocr", Status: OK, Model: "tesseract"}
	}
	return Component{Name: "ocr", Status: Off, Detail: "Sin tesseract instalado no se leen páginas escaneadas."}
}

// endpoints asks the endpoints, or returns what they said a moment ago.
func (d *Doctor) endpoints(ctx context.Context) []Component {
	a := d.cfg.Answers
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := a.cfg.Now(); d.probed != nil && now.Sub(d.probedAt) < probeEvery {
		return d.probed
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	embeddings := Component{Name: "embeddings", Status: Builtin, Model: a.cfg.Embedder.Model()}
	if _, offline := a.cfg.Embedder.(embed.Hash); !offline {
		embeddings = a.probe("embeddings", a.cfg.Embedder.Model(), func() error {
			_, err := a.cfg.Embedder.Embed(ctx, []string{"homologación"}, embed.Query)
			return err
		})
	}
	rerank := Component{Name: "rerank", Status: Builtin, Model: rerankLexical}
	if a.cfg.Reranker != nil {
		rerank = a.probe("rerank", a.cfg.Reranker.Model(), func() error {
			_, err := a.cfg.Reranker.Rerank(ctx, "homologación", []string{"La homologación de vehículos."})
			return err
		})
	}
	chat := Component{Name: "chat", Status: Off, Detail: "Se responde con las palabras de los documentos."}
	if a.cfg.Chat != nil {
		chat = a.probe("chat", a.cfg.Chat.Model(), func() error {
			_, err := a.cfg.Chat.Answer(ctx, []Message{{Role: "user", Content: "Responde solo: sí"}}, nil)
			return err
		})
	}
	d.probed, d.probedAt = []Component{embeddings, rerank, chat}, a.cfg.Now()
	return d.probed
}

// probe asks an endpoint something.
func (a *Answers) probe(name, model string, ask func() error) Component {
	clock := a.clock()
	c := Component{Name: name, Status: OK, Model: model}
	if err := ask(); err != nil {
		c.Status, c.Detail = Down, "No responde, o no como debe."
		return c
	}
	latency := clock()
	c.Latency = &latency
	return c
}

func (d *Doctor) reembedding(ctx context.Context) (*Reembedding, error) {
	a := d.cfg.Answers
	models, err := a.q.EmbeddingModelList(ctx, a.cfg.DB)
	if err != nil {
		return nil, fmt.Errorf("list embedding models: %w", err)
	}
	var model *sqlc.RagModel
	for i, m := range models {
		if m.Name == a.cfg.Embedder.Model() && (a.cfg.Embedder.Dimensions() == 0 || int(m.Dimensions) == a.cfg.Embedder.Dimensions()) {
			model = &models[i]
		}
	}
	if model != nil && model.IsComplete {
		return nil, nil
	}
	id := int16(-1) // no vectors yet
	if model != nil {
		id = model.ID
	}
	count, err := a.q.VectorCountMissing(ctx, a.cfg.DB, id)
	if err != nil {
		return nil, fmt.Errorf("count vectors: %w", err)
	}
	if count.Missing == 0 {
		return nil, nil
	}
	return &Reembedding{Model: a.cfg.Embedder.Model(), Done: int(count.Total - count.Missing), Total: int(count.Total)}, nil
}
