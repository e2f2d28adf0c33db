package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/testdb"
)

const (
	// maxRatio is how much dearer a page deep inside may be than the first one.
	maxRatio = 1.5
	// pageLength is that of the pages that are compared, walkLength that of those
	// that lead to the deep one, at most walkPages of them.
	pageLength = 50
	walkLength = 200
	walkPages  = 60
)

// filtered are the lists as they are narrowed; each of the contract is compared
// without any filter anyway.
var filtered = map[string][]string{
	"/api/admin/customers":     {"sort=created", "client_type=professional", "q=ana", "q=6000&sort=created"},
	"/api/admin/conversations": {"unanswered=true", "paused=true", "paused=false", "status=resolved", "q=garcia", "customer_id={customer_id}"},
	"/api/cases":               {"status=resolved", "status=resolved&status=cancelled", "q=garcia", "customer_id={customer_id}", "sort=created", "sort=activity&order=oldest"},
	"/api/admin/escalations":   {"order=newest", "status=all", "status=all&order=newest", "status=resolved", "priority=high"},
}

// deep are the lists that have enough rows here for a deep page. A new list with
// many rows gets them in internal/testdb/bulk.sql.
var deep = []string{"/api/admin/customers", "/api/admin/conversations", "/api/admin/conversations/{conversation_id}/messages", "/api/admin/escalations", "/api/cases"}

// TestDeepPagesCostWhatTheFirstCosts walks the contract: of every list the first
// page and one at four fifths are compared, by the pages of the database that
// are read for them; -v shows the times.
func TestDeepPagesCostWhatTheFirstCosts(t *testing.T) {
	t.Parallel()
	plain := testdb.NewBulk(t)
	cfg := plain.Config()
	watch := &watcher{}
	cfg.ConnConfig.Tracer = watch
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	s := apitest.On(t, pool)
	m := measure{t: t, s: s, token: s.Token(caller.RoleAdmin), watch: watch, plain: plain, ids: map[string]uuid.UUID{}}
	for name, sql := range map[string]string{"{conversation_id}": testdb.BulkConversation, "{customer_id}": testdb.BulkCustomer} {
		var id uuid.UUID
		require.NoError(t, plain.QueryRow(t.Context(), "SELECT "+sql).Scan(&id))
		m.ids[name] = id
	}
	var compared []string
	for path, item := range s.Contract.Doc.Paths.Map() {
		if item.Get == nil || !strings.Contains(fmt.Sprint(parameterNames(s, path)), "cursor") {
			continue
		}
		for _, query := range append([]string{""}, filtered[path]...) {
			if m.compare(path, query) {
				compared = append(compared, path)
			}
		}
	}
	for _, path := range deep {
		require.Contains(t, compared, path)
	}
}

func parameterNames(s *apitest.Server, path string) []string {
	var out []string
	for _, p := range s.Contract.Doc.Paths.Value(path).Get.Parameters {
		out = append(out, p.Value.Name)
	}
	return out
}

type measure struct {
	t     *testing.T
	s     *apitest.Server
	token string
	watch *watcher
	plain *pgxpool.Pool
	ids   map[string]uuid.UUID
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// compare reports whether the list was long enough to be compared.
func (m measure) compare(path, query string) bool {
	target := placeholder.ReplaceAllStringFunc(path+"?"+query, func(name string) string {
		id, ok := m.ids[name]
		if !ok {
			id = uuid.New() // of nothing: the list is not compared
		}
		return id.String()
	})
	var cursors []string
	for cursor := ""; len(cursors) < walkPages; {
		next := m.get(target, walkLength, cursor)
		if next == nil {
			break
		}
		cursor = *next
		cursors = append(cursors, cursor)
	}
	if len(cursors) < 3 {
		m.t.Logf("%s: %d pages are not deep", target, len(cursors)+1)
		return false
	}
	far := cursors[len(cursors)*4/5-1]
	first, there := m.blocks(target, ""), m.blocks(target, far)
	m.t.Logf("%-70s first %4d blocks, deep %4d", path+"?"+query, first, there)
	// A few more levels of an index, or rows that each lie on a page of their own,
	// are no walk, which would read those of four fifths of the list.
	if float64(there) > maxRatio*float64(first)+3*pageLength {
		m.t.Errorf("%s: the first page reads %d blocks, the one at four fifths %d", target, first, there)
	}
	m.logTimes(target, far)
	return true
}

// logTimes says how the times compare. It asserts nothing: a machine that is
// busy with something else is not the list's fault.
func (m measure) logTimes(target, far string) {
	const rounds = 7
	var first, there []time.Duration
	for range rounds { // one by one, so that both suffer alike
		first, there = append(first, m.time(target, "")), append(there, m.time(target, far))
	}
	slices.Sort(first)
	slices.Sort(there)
	m.t.Logf("%-70s first %s, deep %s", target, first[rounds/2], there[rounds/2])
}

func (m measure) time(target, cursor string) time.Duration {
	start := time.Now()
	m.get(target, pageLength, cursor)
	return time.Since(start)
}

// get reads a page and returns the cursor of the next one. The response is not
// checked against the contract: that would take longer than the list.
func (m measure) get(target string, length int, cursor string) *string {
	m.t.Helper()
	address := fmt.Sprintf("%s%s&limit=%d", m.s.URL, target, length)
	if cursor != "" {
		address += "&cursor=" + cursor
	}
	r, err := http.NewRequestWithContext(m.t.Context(), http.MethodGet, address, nil)
	require.NoError(m.t, err)
	r.Header.Set("Authorization", "Bearer "+m.token)
	res, err := http.DefaultClient.Do(r)
	require.NoError(m.t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(m.t, err)
	if res.StatusCode == http.StatusNotFound {
		return nil
	}
	require.Equal(m.t, http.StatusOK, res.StatusCode, "%s: %s", target, body)
	var page struct {
		NextCursor *string `json:"next_cursor"`
	}
	require.NoError(m.t, json.Unmarshal(body, &page))
	return page.NextCursor
}

// blocks returns how many pages of the database are read for a page of a list:
// what was asked of the database is asked once more, explained.
func (m measure) blocks(target, cursor string) int {
	m.t.Helper()
	m.watch.take()
	m.get(target, pageLength, cursor)
	total := 0
	for _, q := range m.watch.take() {
		var raw string
		err := m.plain.QueryRow(m.t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+q.SQL, q.Args...).Scan(&raw)
		require.NoError(m.t, err, q.SQL)
		var plans []struct {
			Plan struct {
				Hit  int `json:"Shared Hit Blocks"`
				Read int `json:"Shared Read Blocks"`
			}
		}
		require.NoError(m.t, json.Unmarshal([]byte(raw), &plans))
		total += plans[0].Plan.Hit + plans[0].Plan.Read
	}
	return total
}

// watcher notes what is read from the database.
type watcher struct {
	mu   sync.Mutex
	seen []pgx.TraceQueryStartData
}

// TraceQueryStart notes a query.
func (w *watcher) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if !strings.Contains(data.SQL, "\nSELECT ") {
		return ctx
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, data)
	return ctx
}

// TraceQueryEnd has nothing to note.
func (*watcher) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (w *watcher) take() []pgx.TraceQueryStartData {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = nil
	return seen
}
