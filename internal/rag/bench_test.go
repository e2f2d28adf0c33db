package rag_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/lexical"
	"github.com/msia/msia/internal/pdf/pdftest"
	"github.com/msia/msia/internal/rag"
	"github.com/msia/msia/internal/testdb"
)

// fill gives a database n passages of fifty documents, as processing leaves them.
func fill(b *testing.B, h *house, n int) (texts []string) {
	b.Helper()
	w := newProse(b, uint64(n)) //nolint:gosec // positive
	ctx := b.Context()
	testdb.Fill(b, h.pool, `INSERT INTO rag_models (name, dimensions, is_complete, created_at) VALUES ('`+embed.Hash{}.Model()+`', 1024, true, now())`)
	perDocument, tokens := n/50, 0
	for d := range 50 {
		testdb.Fill(b, h.pool, fmt.Sprintf(`INSERT INTO rag_documents (id, title, type, folded, references_to, title_tsv, tags, is_active, original_filename,
			size_bytes, sha256, edition, status, stage, progress, run_id, indexed_run_id, indexed_at, chunks, created_at, updated_at)
			VALUES (md5('d%[1]d')::uuid, 'Orden %[1]d', 'order', '', '{}', '', '{}', true, '', 1, decode(md5('d%[1]d') || md5('e'), 'hex'), 1, 'indexed', 'done', 100,
			%[1]d, %[1]d, now(), %[2]d, now(), now());
			INSERT INTO rag_units (document_id, run_id, ord, last_ord, kind, number, references_to, label, title, path, page_from, page_to)
			SELECT md5('d%[1]d')::uuid, %[1]d, u, u, 'article', u::text, ARRAY['article:' || u], 'Artículo ' || u, '', '{}', 1, 1 FROM generate_series(0, %[2]d / 4) u`, d, perDocument))
		var rows [][]any
		lot := make([]string, perDocument)
		for i := range lot {
			if i%sameSubject == 0 {
				w.turn()
			}
			lot[i] = w.passage()
			texts = append(texts, lot[i])
		}
		for i, text := range lot {
			positions := map[string][]string{}
			words := lexical.Analyse(text)
			tokens += len(words)
			for _, t := range words {
				positions[t.Stem] = append(positions[t.Stem], fmt.Sprint(t.Position+1))
			}
			var tsv strings.Builder
			for stem, at := range positions {
				_, _ = fmt.Fprintf(&tsv, "'%s':%s ", stem, strings.Join(at[:min(len(at), 255)], ","))
			}
			rows = append(rows, []any{d, i, text, tsv.String(), len(words)})
		}
		batch := &pgx.Batch{}
		for _, r := range rows {
			batch.Queue(`INSERT INTO rag_chunks (document_id, run_id, unit_id, ord, text, content_hash, tsv, tokens, page_from, char_from, page_to, char_to, definition, is_table)
				SELECT u.document_id, u.run_id, u.id, $2, $3::text, sha256(convert_to($3::text, 'UTF8')), $4::tsvector, $5, 1, 0, 1, 0, '', false FROM rag_units u WHERE u.run_id = $1 AND u.ord = $2 / 4`, r...)
		}
		require.NoError(b, h.pool.SendBatch(ctx, batch).Close())
		vectors, err := embed.Hash{}.Embed(ctx, lot, embed.Passage)
		require.NoError(b, err)
		batch = &pgx.Batch{}
		for i, v := range vectors {
			batch.Queue(`INSERT INTO rag_vectors (chunk_id, model_id, run_id, embedding)
				SELECT c.id, m.id, c.run_id, $3::real[]::halfvec FROM rag_chunks c, rag_models m WHERE c.run_id = $1 AND c.ord = $2`, d, i, v)
		}
		require.NoError(b, h.pool.SendBatch(ctx, batch).Close())
	}
	testdb.Fill(b, h.pool, `INSERT INTO rag_lexemes SELECT w.lexeme, count(*) FROM rag_chunks c, unnest(c.tsv) AS w(lexeme, p, q) GROUP BY 1`,
		fmt.Sprintf("UPDATE rag_corpus SET version = version + 1, chunks = %d, tokens = %d", n, tokens), "VACUUM ANALYZE")
	return texts
}

// BenchmarkQuery asks questions of twelve words in a row of some passage, none twice, while the
// corpus grows.
func BenchmarkQuery(b *testing.B) {
	p95 := map[int]float64{}
	p50 := map[int]float64{}
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := build(b, parts{})
			texts := fill(b, h, n)
			h.ahead.Add(int64(time.Hour))
			h.round()     // makes the index where one is due
			recall := 1.0 // each is compared
			if n > rag.ScanBelow {
				recall = recallOf(b, h, texts)
			}
			rng := rand.New(rand.NewPCG(1, 2))
			ask := func(i int) *rag.Answer {
				return h.ask(fmt.Sprintf("%s %d", some(rng, texts, 12), i))
			}
			for i := range 20 {
				ask(-i - 1)
			}
			var took []float64
			var sum rag.Timings
			for i := 0; b.Loop(); {
				for range 200 {
					i++
					at := ask(i).Timings
					took = append(took, at.Total)
					sum.Analyse, sum.Embed, sum.Search, sum.Rerank, sum.Answer = sum.Analyse+at.Analyse, sum.Embed+at.Embed, sum.Search+at.Search, sum.Rerank+at.Rerank, sum.Answer+at.Answer
				}
			}
			slices.Sort(took)
			p50[n], p95[n] = took[len(took)/2], took[len(took)*95/100]
			b.ReportMetric(recall, "recall@50")
			if recall < leastRecall {
				b.Errorf("recall@50 is %.3f; at least %.2f is promised", recall, leastRecall)
			}
			if tenth := p50[n/10]; tenth > 0 {
				b.ReportMetric(p50[n]/tenth, "x-p50-of-a-tenth")
			}
			b.ReportMetric(p50[n], "p50-ms")
			b.ReportMetric(p95[n], "p95-ms")
			each := float64(len(took))
			b.ReportMetric(sum.Analyse/each, "analyse-ms")
			b.ReportMetric(sum.Embed/each, "embed-ms")
			b.ReportMetric(sum.Search/each, "search-ms")
			b.ReportMetric(sum.Rerank/each, "rerank-ms")
			b.ReportMetric(sum.Answer/each, "answer-ms")
			b.ReportMetric(0, "ns/op") // it says nothing
		})
	}
	if p50[10_000] > 0 && p50[100_000] > 2*p50[10_000] {
		b.Errorf("%.1f ms at 100,000 passages, %.1f at 10,000: at most twice is promised", p50[100_000], p50[10_000])
	}
	if p95[100_000] > 150 {
		b.Errorf("p95 is %.1f ms at 100,000 passages; at most 150 are promised", p95[100_000])
	}
}

// some are so many words in a row of some text.
func some(rng *rand.Rand, texts []string, n int) string {
	from := strings.Fields(texts[rng.IntN(len(texts))])
	at := rng.IntN(max(1, len(from)-n))
	return strings.Join(from[at:min(at+n, len(from))], " ")
}

// leastRecall is how many of the fifty nearest the index has to find.
const leastRecall = 0.95

// recallOf compares the fifty nearest of the index with the fifty nearest.
func recallOf(b *testing.B, h *house, texts []string) float64 {
	b.Helper()
	var indexed bool
	require.NoError(b, h.pool.QueryRow(b.Context(), "SELECT bool_and(is_indexed) FROM rag_models").Scan(&indexed))
	require.True(b, indexed)
	rng := rand.New(rand.NewPCG(3, 4))
	found, all := 0, 0
	nearest := func(ctx context.Context, v []float32, ef int) []float64 {
		rows, err := h.pool.Query(ctx, `SELECT n.distance FROM rag_models m, LATERAL rag_nearest($1::real[]::halfvec::text, m.id,
			(SELECT array_agg(indexed_run_id) FROM rag_documents), 50, $2) n`, v, ef)
		require.NoError(b, err)
		distances, err := pgx.CollectRows(rows, pgx.RowTo[float64])
		require.NoError(b, err)
		return distances
	}
	for range 100 {
		v, err := embed.Hash{}.Embed(b.Context(), []string{some(rng, texts, 12)}, embed.Query)
		require.NoError(b, err)
		exact, approximate := nearest(b.Context(), v[0], 0), nearest(b.Context(), v[0], rag.EfSearch)
		all += len(exact)
		for _, d := range approximate {
			if d <= exact[len(exact)-1] { // of passages as near as the last, any will do
				found++
			}
		}
	}
	return float64(found) / float64(all)
}

// leastIngested is how many pages a second have to be read, cut, embedded and
// indexed.
const leastIngested = 30

// BenchmarkIngest has documents read, cut, embedded and indexed: those in
// MSIA_BENCH_PDFS, or a made-up one.
func BenchmarkIngest(b *testing.B) {
	h := build(b, parts{})
	h.add(pdftest.Regulation(), rag.New{Title: "Orden"})
	h.workAll() // compiles PDFium
	pages := 0
	var took time.Duration
	for b.Loop() {
		for name, file := range ingested(b) {
			began := time.Now()
			d := h.add(file, rag.New{Title: name})
			h.workAll()
			took += time.Since(began)
			require.Equal(b, rag.Indexed, h.get(d.ID).Status)
			pages += *h.get(d.ID).Pages
			require.NoError(b, h.library.Delete(b.Context(), d.ID, 0))
		}
	}
	speed := float64(pages) / took.Seconds()
	b.ReportMetric(speed, "pages/s")
	b.ReportMetric(0, "ns/op")
	if speed < leastIngested {
		b.Errorf("%.0f pages a second; at least %d are promised", speed, leastIngested)
	}
}

func ingested(b *testing.B) map[string][]byte {
	b.Helper()
	files := map[string][]byte{}
	if paths := benchPDFs(b); len(paths) > 0 {
		for _, path := range paths {
			content, err := os.ReadFile(path)
			require.NoError(b, err)
			files[filepath.Base(path)] = content
		}
		return files
	}
	w := newProse(b, 5)
	pages := make([]string, 200)
	for i := range pages {
		w.turn()
		pages[i] = fmt.Sprintf("Artículo %d\n%s\n%s\n%s", i+1, w.passage(), w.passage(), w.passage())
	}
	files["made up"] = pdftest.Document(pages...)
	return files
}
