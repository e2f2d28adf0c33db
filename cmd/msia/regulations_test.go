package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/pdf/pdftest"
	"github.com/msia/msia/internal/testdb"
)

// addRegulation uploads a document and returns its id.
func addRegulation(t *testing.T, p *process, token string, file []byte, fields map[string]string) string {
	t.Helper()
	status, body := upload(p, token, "/api/rag/documents", "norma.pdf", file, fields)
	require.Equal(t, http.StatusAccepted, status, "%s", body)
	var d struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(body), &d))
	return d.ID
}

// corpus looks at what was indexed.
type corpus struct {
	t    *testing.T
	conn *pgx.Conn
}

func openCorpus(t *testing.T, dsn string) corpus {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return corpus{t, conn}
}

func (c corpus) number(query string) (n int) {
	c.t.Helper()
	require.NoError(c.t, c.conn.QueryRow(c.t.Context(), query).Scan(&n))
	return n
}

func (c corpus) lines(query string) []string {
	c.t.Helper()
	rows, err := c.conn.Query(c.t.Context(), query)
	require.NoError(c.t, err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(c.t, err)
	return out
}

func (c corpus) indexed() int {
	c.t.Helper()
	return c.number("SELECT count(*) FROM rag_documents WHERE status = 'indexed'")
}

// wait waits until so many documents are indexed.
func (c corpus) wait(documents int) {
	c.t.Helper()
	require.Eventually(c.t, func() bool { return c.indexed() == documents }, patience, 10*time.Millisecond)
	require.Zero(c.t, c.number("SELECT count(*) FROM rag_documents WHERE status = 'failed'"))
}

// content is everything that processing has made, but for the numbers that rows
// get by chance.
func (c corpus) content() map[string][]string {
	c.t.Helper()
	return map[string][]string{
		"documents": c.lines("SELECT format('%s|%s|%s|%s|%s', title, status, pages, chunks, progress) FROM rag_documents ORDER BY title"),
		"pages":     c.lines("SELECT format('%s|%s|%s|%s', d.title, p.page, p.label, p.text) FROM rag_pages p JOIN rag_documents d ON d.id = p.document_id ORDER BY d.title, p.page"),
		"units": c.lines(`SELECT format('%s|%s|%s|%s|%s|%s-%s', d.title, u.ord, u.kind, u.label, u.title, u.page_from, u.page_to)
			FROM rag_units u JOIN rag_documents d ON d.id = u.document_id ORDER BY d.title, u.ord`),
		"passages": c.lines(`SELECT format('%s|%s|%s|%s-%s|%s|%s|%s', d.title, c.ord, u.label, c.page_from, c.page_to, c.text, c.tsv, md5(v.embedding::text))
			FROM rag_chunks c JOIN rag_units u ON u.id = c.unit_id JOIN rag_documents d ON d.id = c.document_id
			LEFT JOIN rag_vectors v ON v.chunk_id = c.id ORDER BY d.title, c.ord`),
		"words":  c.lines("SELECT format('%s %s', stem, df) FROM rag_lexemes ORDER BY stem"),
		"corpus": c.lines("SELECT format('%s %s', chunks, tokens) FROM rag_corpus"),
	}
}

const manyDocuments = 20

// addMany uploads documents that have little in common.
func addMany(t *testing.T, p *process) {
	t.Helper()
	token := signIn(t, p)
	for i := range manyDocuments {
		var pages []string // no line as on another page: it would be taken for a running head
		for n, about := range strings.Fields("frenos ruedas luces asientos motores escapes espejos remolques depósitos cinturones cristales neumáticos") {
			pages = append(pages, fmt.Sprintf("Artículo %d. Los %s.\nLos %s del tipo %d se instalan a %d milímetros del suelo.\nSi cambia los %s, el titular lo comunica en %d días.",
				n+1, about, about, i, 100+37*i+n, about, 5+i+n))
		}
		addRegulation(t, p, token, pdftest.Document(pages...), map[string]string{"title": fmt.Sprintf("Orden %02d", i), "type": "order"})
	}
}

// TestKilledWhileIndexing kills the server in the middle of twenty documents, three times. In
// the end all are indexed, each once, and just as if nothing had happened.
func TestKilledWhileIndexing(t *testing.T) {
	t.Parallel()
	env := func() map[string]string {
		return map[string]string{"DATABASE_URL": testdb.DSN(t), "MSIA_DATA_DIR": t.TempDir(), "MSIA_ADMIN_PASSWORD": "a-long-enough-password"}
	}
	calm := env()
	p := launch(t, calm).ready()
	addMany(t, p)
	undisturbed := openCorpus(t, calm["DATABASE_URL"])
	undisturbed.wait(manyDocuments)
	p.stop()

	disturbed := env()
	p = launch(t, disturbed).ready()
	addMany(t, p)
	c := openCorpus(t, disturbed["DATABASE_URL"])
	for _, at := range []string{"'structuring', 'embedding', 'indexing', 'done'", "'indexing', 'done'", "'done'"} {
		require.Eventually(t, func() bool { return c.number("SELECT count(*) FROM rag_documents WHERE stage IN ("+at+")") >= 3 }, patience, time.Millisecond)
		p.kill()
		require.Less(t, c.indexed(), manyDocuments, "nothing was left to be interrupted")
		t.Logf("killed with so many documents at each stage: %q", c.lines("SELECT format('%s %s', stage, count(*)) FROM rag_documents GROUP BY stage ORDER BY stage"))
		p = launch(t, disturbed).ready()
	}
	c.wait(manyDocuments)
	p.stop()
	require.Equal(t, undisturbed.content(), c.content())
	require.NotEmpty(t, c.content()["passages"])
	require.Equal(t, manyDocuments, c.number("SELECT count(DISTINCT run_id) FROM rag_chunks"), "what a run broken off had made is gone")
	require.Equal(t, manyDocuments, c.number("SELECT count(*) FROM audit_log WHERE entity_type = 'regulation' AND changes->'status'->>1 = 'indexed'"))
}

// TestQuestionAboutTheRulesIsAnsweredWithItsSource by WhatsApp, as long as a
// document answers it, and no longer.
func TestQuestionAboutTheRulesIsAnsweredWithItsSource(t *testing.T) {
	t.Parallel()
	cw, dsn := chatwoottest.New(t), testdb.DSN(t)
	p := launch(t, withChatwoot(cw, dsn, t.TempDir())).ready()
	token := signIn(t, p)
	id := addRegulation(t, p, token, pdftest.Regulation(), map[string]string{"title": "Real Decreto 866/2010", "short_title": "RD 866/2010", "type": "royal_decree", "number": "866/2010"})
	c := openCorpus(t, dsn)
	c.wait(1)
	said := 0
	say := func(text, phone string) string {
		said++
		p.deliver(cw, cw.Incoming(chatwoottest.Incoming{Text: text, Phone: phone}), "queued")
		sent, err := cw.WaitSent(said, patience)
		require.NoError(t, err)
		return sent[said-1].Shown
	}
	const question = "¿Es obligatorio presentar el vehículo a inspección técnica después de la reforma?"
	answer := say(question, "+34600100001")
	require.Contains(t, answer, "en el plazo de quince días")
	require.Contains(t, answer, "📄 RD 866/2010, artículo 8, pág. 2")
	require.Zero(t, c.number("SELECT count(*) FROM escalations"))

	unknown := say("¿Es legal llevar neones morados en la moto?", "+34600100002")
	require.Contains(t, unknown, "No lo sé con los documentos disponibles")
	require.NotContains(t, unknown, "📄")
	reasons := c.lines("SELECT reason FROM escalations WHERE source = 'regulation_question'")
	require.Len(t, reasons, 1)
	require.Contains(t, reasons[0], "los documentos no responden")

	call(t, p, token, http.MethodPatch, "/api/rag/documents/"+id, `{"is_active":false}`)
	require.NotContains(t, say(question, "+34600100003"), "quince días")
	allAnswered(t, dsn)
	p.stop()
}
