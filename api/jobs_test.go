package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/cases"
)

// insertJobs puts jobs into the queue, which nobody works.
func insertJobs(t *testing.T, s *apitest.Server, n int) []int64 {
	t.Helper()
	client, err := river.NewClient(riverpgxv5.New(s.Pool), &river.Config{})
	require.NoError(t, err)
	ids := make([]int64, n)
	for i := range ids {
		result, err := client.Insert(t.Context(), cases.RemindArgs{}, nil)
		require.NoError(t, err)
		ids[i] = result.Job.ID
	}
	return ids
}

func TestJobs(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	ids := insertJobs(t, s, 3)
	fail := func(id int64) {
		t.Helper()
		_, err := s.Pool.Exec(t.Context(), `UPDATE river_job SET state = 'discarded', finalized_at = now(), attempted_at = now(), attempt = 2, attempted_by = '{x,y}',
			errors = ARRAY['{"at": "2026-05-01T10:00:00Z", "attempt": 1, "error": "first", "trace": ""}', '{"at": "2026-05-01T10:01:00Z", "attempt": 2, "error": "second", "trace": "goroutine 1"}']::jsonb[]
			WHERE id = $1`, id)
		require.NoError(t, err)
	}
	fail(ids[0])
	at := func(id int64, more string) string { return fmt.Sprintf("/api/admin/jobs/%d%s", id, more) }

	var page oas.JobPage
	s.Do("GET", "/api/admin/jobs", nil, admin).Expect(http.StatusOK).JSON(&page)
	require.Len(t, page.Items, 1, "those that failed")
	require.Equal(t, "second", page.Items[0].Errors[0].Error)
	require.Len(t, page.Items[0].Errors, 1)
	require.True(t, page.Items[0].Errors[0].Trace.IsNull())
	require.Equal(t, "y", page.Items[0].Worker.MustGet())
	var job oas.Job
	s.Do("GET", at(ids[0], ""), nil, admin).Expect(http.StatusOK).JSON(&job)
	require.Equal(t, []string{"second", "first"}, []string{job.Errors[0].Error, job.Errors[1].Error})
	require.Equal(t, "goroutine 1", job.Errors[0].Trace.MustGet())
	s.Do("GET", "/api/admin/jobs?state=available&kind=remind_cases&limit=1", nil, admin).Expect(http.StatusOK).JSON(&page)
	require.Equal(t, ids[2], page.Items[0].ID)
	s.Do("GET", "/api/admin/jobs?state=available&limit=1&cursor="+page.NextCursor.MustGet(), nil, admin).Expect(http.StatusOK).JSON(&page)
	require.Equal(t, ids[1], page.Items[0].ID)
	require.Equal(t, "invalid_cursor", s.Do("GET", "/api/admin/jobs?cursor=x", nil, admin).Expect(http.StatusUnprocessableEntity).Problem().Code)
	for _, bad := range []string{"?state=broken", "?state=", "?kind=A", "/0", "/x", "/9223372036854775808"} {
		s.Do("GET", "/api/admin/jobs"+bad, nil, admin).Expect(http.StatusUnprocessableEntity)
	}

	var stats oas.JobStats
	s.Do("GET", "/api/admin/jobs/stats", nil, admin).Expect(http.StatusOK).JSON(&stats)
	require.Equal(t, []string{"remind_cases"}, stats.Kinds)
	var periodic []oas.PeriodicJob
	s.Do("GET", "/api/admin/jobs/periodic", nil, admin).Expect(http.StatusOK).JSON(&periodic)
	require.Equal(t, 1800, periodic[0].EverySeconds)
	last, err := periodic[0].Last.Get()
	require.NoError(t, err)
	require.Equal(t, ids[0], last.ID)

	s.Do("POST", at(ids[0], "/retry"), nil, admin).Expect(http.StatusOK).JSON(&job)
	require.Equal(t, oas.JobStateAvailable, job.State)
	require.Equal(t, "job_not_retryable", s.Do("POST", at(ids[0], "/retry"), nil, admin).Expect(http.StatusConflict).Problem().Code)
	s.Do("POST", at(ids[1], "/cancel"), nil, admin).Expect(http.StatusOK).JSON(&job)
	require.Equal(t, oas.JobStateCancelled, job.State)
	require.Equal(t, "job_ended", s.Do("POST", at(ids[1], "/cancel"), nil, admin).Expect(http.StatusConflict).Problem().Code)
	s.Do("DELETE", at(ids[1], ""), nil, admin).Expect(http.StatusNoContent)
	s.Do("GET", at(ids[1], ""), nil, admin).Expect(http.StatusNotFound)

	var result oas.JobBulkResult
	s.Do("POST", "/api/admin/jobs/bulk", map[string]any{"ids": ids, "action": "cancel"}, admin).Expect(http.StatusOK).JSON(&result)
	require.Equal(t, []bool{true, false, true}, []bool{result.Results[0].Ok, result.Results[1].Ok, result.Results[2].Ok})
	require.Equal(t, "job_not_found", result.Results[1].Code.MustGet())
	for _, bad := range []string{`{}`, `{"ids":[],"action":"retry"}`, `{"ids":[1,1],"action":"retry"}`, `{"ids":[1],"action":"run"}`, `{"ids":[null],"action":"retry"}`} {
		s.Do("POST", "/api/admin/jobs/bulk", bad, admin).Expect(http.StatusUnprocessableEntity)
	}
}

func TestRiversOwnUI(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	id := insertJobs(t, s, 1)[0]
	html := apitest.Header("Accept", "text/html,*/*")
	admin := apitest.Cookie(s.Token(caller.RoleAdmin))

	r := s.Raw("GET", "/riverui/jobs?state=available", nil, html)
	require.Equal(t, http.StatusFound, r.Status)
	require.Equal(t, "/entrar?volver=%2Friverui%2Fjobs%3Fstate%3Davailable", r.Header.Get("Location"))
	require.Equal(t, http.StatusUnauthorized, s.Raw("GET", "/riverui/api/states", nil).Status)
	require.Equal(t, http.StatusForbidden, s.Raw("GET", "/riverui/", nil, html, apitest.Cookie(s.Token(caller.RoleEditor))).Status)
	key := apitest.Bearer(s.APIKey(s.Account(caller.RoleAdmin), caller.RoleAdmin, s.Clock.Now()))
	require.Equal(t, http.StatusForbidden, s.Raw("GET", "/riverui/api/states", nil, key).Status)

	require.Equal(t, "/riverui/", s.Raw("GET", "/riverui", nil).Header.Get("Location"))
	for _, path := range []string{"/riverui/", "/riverui/jobs"} {
		r = s.Raw("GET", path, nil, html, admin)
		require.Equal(t, http.StatusOK, r.Status, path)
		require.Contains(t, string(r.Body), `"/riverui/api"`)
		require.Contains(t, r.Header.Get("Content-Security-Policy"), "script-src 'self'")
	}
	r = s.Raw("GET", "/riverui/api/states", nil, admin)
	require.Equal(t, http.StatusOK, r.Status)
	require.Contains(t, string(r.Body), `"available":{"accuracy":"exact","count":1`)

	body := fmt.Sprintf(`{"ids":["%d"]}`, id)
	elsewhere := apitest.Header("Origin", "https://evil.example")
	require.Equal(t, http.StatusForbidden, s.Raw("POST", "/riverui/api/jobs/cancel", body, admin, elsewhere).Status)
	require.Equal(t, http.StatusOK, s.Raw("POST", "/riverui/api/jobs/cancel", body, admin).Status)
	require.Equal(t, http.StatusRequestEntityTooLarge, s.Raw("POST", "/riverui/api/jobs/cancel", strings.Repeat(" ", 1<<20+1), admin).Status)
	var job oas.Job
	s.Do("GET", fmt.Sprintf("/api/admin/jobs/%d", id), nil, admin).Expect(http.StatusOK).JSON(&job)
	require.Equal(t, oas.JobStateCancelled, job.State)
	var entries oas.AuditPage
	s.Do("GET", "/api/admin/audit?entity_type=job", nil, admin).Expect(http.StatusOK).JSON(&entries)
	require.Len(t, entries.Items, 1)
	require.Equal(t, "/api/jobs/cancel", entries.Items[0].EntityID)
	require.Contains(t, fmt.Sprint(entries.Items[0].Changes), fmt.Sprint(id))
}
