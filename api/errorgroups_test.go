package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/api"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/logmonitor"
)

// errorGroup is an item of the list.
type errorGroup struct {
	ID, Kind, Title, Location, Status, Message string
	RequestID                                  string  `json:"request_id"`
	ResolvedByName                             *string `json:"resolved_by_name"`
	Stack                                      *string
	Count                                      int
	Reopenings                                 int
	Version                                    int
	Hours                                      []struct{ Count int }
}

type errorPage struct{ Items []errorGroup }

// monitored starts a server whose errors are captured, and which panics where it
// keeps views.
func monitored(t *testing.T, pool *pgxpool.Pool) *apitest.Server {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	capture := logmonitor.NewCapture(prometheus.NewRegistry(), time.Now, log)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { capture.Run(ctx, pool) })
	t.Cleanup(func() { cancel(); running.Wait() })
	return apitest.On(t, pool, func(d *api.Deps) {
		d.Log = slog.New(capture.Handler(log.Handler()))
		d.Views = nil
	})
}

// TestPlantedErrors: a panic and a statement that fails are one group each, however
// many replicas they happen on; resolved, they open again when they recur.
func TestPlantedErrors(t *testing.T) {
	t.Parallel()
	pool := apitest.Database(t)
	one, other := monitored(t, pool), monitored(t, pool)
	admin := apitest.Bearer(one.Token(caller.RoleAdmin))
	rename := func(from, to string) {
		_, err := pool.Exec(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to)
		require.NoError(t, err)
	}
	breakDown := func(times int) {
		for range times {
			for _, s := range []*apitest.Server{one, other} {
				s.Do("GET", "/api/admin/views?page=cases", nil, admin, apitest.Header("X-Request-Id", "panic-"+uuid.NewString())).Expect(http.StatusInternalServerError)
				s.Do("GET", "/api/rag/glossary", nil, admin).Expect(http.StatusInternalServerError)
			}
		}
	}
	shown := func(query string, want ...string) (found []errorGroup) {
		t.Helper()
		slices.Sort(want)
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			var p errorPage
			one.Do("GET", "/api/admin/errors"+query, nil, admin).Expect(http.StatusOK).JSON(&p)
			found = p.Items
			var got []string
			for _, g := range found {
				got = append(got, fmt.Sprint(g.Kind, " ", g.Count, " ", g.Status, " ", g.Reopenings))
			}
			slices.Sort(got)
			assert.Equal(c, want, got)
		}, 20*time.Second, 50*time.Millisecond)
		return found
	}
	rename("rag_glossary", "away")
	breakDown(3)
	open := shown("", "panic 6 open 0", "error 6 open 0")
	byKind := map[string]errorGroup{}
	for _, g := range open {
		byKind[g.Kind] = g
	}
	var detail errorGroup
	answer := other.Do("GET", "/api/admin/errors/"+byKind["panic"].ID, nil, admin).Expect(http.StatusOK).JSON(&detail)
	require.Equal(t, `"1"`, answer.Header.Get("ETag"))
	require.Equal(t, "panic: runtime error: invalid memory address or nil pointer dereference", detail.Title)
	require.Equal(t, "GET /api/admin/views", detail.Location)
	require.Contains(t, *detail.Stack, "internal/views.(*Service).List\n")
	require.Contains(t, detail.RequestID, "panic-")
	require.Len(t, detail.Hours, logmonitor.Week)
	other.Do("GET", "/api/admin/errors/"+byKind["error"].ID, nil, admin).Expect(http.StatusOK).JSON(&detail)
	require.Contains(t, detail.Title, `relation "rag_glossary" does not exist (SQLSTATE 42P01)`)
	require.Equal(t, "GET /api/rag/glossary", detail.Location)
	require.Nil(t, detail.Stack)

	var p errorPage
	for query, n := range map[string]int{"?kind=panic": 1, "?q=RAG_glossary": 1, "?source=postgres": 0, "?status=resolved": 0, "?status=resolved&status=open": 2, "?status=all": 2, "?q=" + byKind["panic"].RequestID: 1} {
		one.Do("GET", "/api/admin/errors"+query, nil, admin).Expect(http.StatusOK).JSON(&p)
		require.Len(t, p.Items, n, query)
	}
	var stats struct {
		Open, Resolved int
		NewToday       int `json:"new_today"`
		Hours          []struct{ Count int }
		Sources        []string
	}
	one.Do("GET", "/api/admin/errors/stats", nil, admin).Expect(http.StatusOK).JSON(&stats)
	require.Equal(t, 2, stats.Open)
	require.Equal(t, 2, stats.NewToday)
	require.Equal(t, []string{"msia"}, stats.Sources)
	require.Len(t, stats.Hours, logmonitor.Day)

	// One is resolved by itself, the other among many.
	path := "/api/admin/errors/" + byKind["panic"].ID
	one.Do("PATCH", path, `{"status":"ignored"}`, admin, apitest.Header("If-Match", `"7"`)).Expect(http.StatusPreconditionFailed)
	one.Do("PATCH", path, `{"status":"resolved"}`, admin, apitest.Header("If-Match", `"1"`)).Expect(http.StatusOK).JSON(&detail)
	require.Equal(t, "resolved", detail.Status)
	require.NotNil(t, detail.ResolvedByName)
	var result struct {
		Results []struct {
			OK   bool
			Code *string
		}
	}
	one.Do("POST", "/api/admin/errors/bulk", map[string]any{"ids": []string{byKind["error"].ID, uuid.NewString()}, "status": "resolved"}, admin).
		Expect(http.StatusOK).JSON(&result)
	require.True(t, result.Results[0].OK)
	require.Equal(t, "error_not_found", *result.Results[1].Code)
	shown("")
	shown("?status=resolved", "panic 6 resolved 0", "error 6 resolved 0")

	breakDown(1)
	shown("", "panic 8 open 1", "error 8 open 1")
	rename("away", "rag_glossary")
	one.Do("GET", "/api/rag/glossary", nil, admin).Expect(http.StatusOK)

	var audited int
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM audit_log WHERE entity_type = 'error'").Scan(&audited))
	require.Equal(t, 4, audited, "two resolved by somebody, two opened by the system")
	one.Do("GET", "/api/admin/errors/"+uuid.NewString(), nil, admin).Expect(http.StatusNotFound)
	require.Equal(t, "error_not_found", one.Do("PATCH", "/api/admin/errors/"+uuid.NewString(), `{"status":"open"}`, admin).Expect(http.StatusNotFound).Problem().Code)
}
