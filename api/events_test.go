package api_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

const eventsPath = "/api/admin/events"

type serverEvent struct {
	Kind string
	ID   *string
}

// stream reads server-sent events.
type stream struct {
	t     *testing.T
	lines *bufio.Reader
}

func streamed(t *testing.T, s *apitest.Server, query string, options ...apitest.Option) *stream {
	t.Helper()
	res := s.Stream(eventsPath+query, options...)
	require.Equal(t, http.StatusOK, res.Status)
	require.Equal(t, []string{"text/event-stream", "no-store", "no"},
		[]string{res.Header.Get("Content-Type"), res.Header.Get("Cache-Control"), res.Header.Get("X-Accel-Buffering")})
	out := &stream{t: t, lines: bufio.NewReader(res.Body)}
	require.Equal(t, "retry: 3000\nid: 1\n", out.line()+out.line())
	return out
}

func (s *stream) line() string {
	s.t.Helper()
	line, err := s.lines.ReadString('\n')
	require.NoError(s.t, err)
	return line
}

// next returns the next event, of that kind.
func (s *stream) next(kind string) (e serverEvent) {
	s.t.Helper()
	for e.Kind != kind {
		if data, ok := strings.CutPrefix(s.line(), "data: "); ok {
			require.NoError(s.t, json.Unmarshal([]byte(data), &e))
		}
	}
	return e
}

// ended reads what is left and waits for the end.
func (s *stream) ended() string {
	s.t.Helper()
	rest, err := io.ReadAll(s.lines)
	require.NoError(s.t, err)
	return string(rest)
}

func TestEventsOfAnyReplica(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	other := apitest.On(t, b.Pool)
	viewer := b.Token(caller.RoleViewer)
	here, there := streamed(t, b.Server, "", apitest.Bearer(viewer)), streamed(t, other, "", apitest.Cookie(b.Token(caller.RoleViewer)))
	for _, s := range []*stream{here, there} {
		require.Nil(t, s.next("resync").ID, "the listener has just begun")
	}
	c := b.open()
	b.Do("PUT", "/api/admin/settings/assistant_enabled", `{"value":false}`, apitest.Bearer(b.Token(caller.RoleAdmin))).Expect(200)
	for _, s := range []*stream{here, there} {
		require.Equal(t, c.CustomerID, *s.next("customer").ID)
		require.Equal(t, c.ID, *s.next("case").ID)
		require.Equal(t, "assistant_enabled", *s.next("settings").ID)
		require.Nil(t, s.next("catalogue").ID)
	}

	// Signing out ends one's own stream at once, nobody else's.
	b.Do("POST", "/api/admin/auth/logout", nil, apitest.Bearer(viewer)).Expect(204)
	here.ended()
	b.Do("POST", "/api/cases/"+c.ID+"/notes", `{"text":"x"}`, b.editor).Expect(204)
	require.Equal(t, c.ID, *there.next("case").ID)
}

func TestStreamsEnd(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	streamed(t, s, "", admin).next("resync") // the listener has begun
	require.NotContains(t, streamed(t, s, "?max_seconds=1", admin).ended(), "resync", "nothing was missed")
	require.Contains(t, streamed(t, s, "?max_seconds=1", admin, apitest.Header("Last-Event-ID", "1")).ended(), `data: {"id":null,"kind":"resync"}`, "who comes back may have")

	key := s.APIKey(s.Account(caller.RoleEditor), caller.RoleViewer, s.Clock.Now())
	byKey, bySession := streamed(t, s, "", apitest.Bearer(key)), streamed(t, s, "", apitest.Bearer(s.Token(caller.RoleEditor)))
	s.Do("PATCH", "/api/admin/accounts/"+s.Account(caller.RoleEditor).String(), `{"is_active":false}`, admin).Expect(200)
	byKey.ended()
	bySession.ended()

	for _, bad := range []string{"max_seconds=0", "max_seconds=x", "max_seconds=86401"} {
		s.Do("GET", eventsPath+"?"+bad, nil, admin).Expect(422)
	}
}

// TestExpiredSessionsEndTheirStreams: a stream is no use of its session.
func TestExpiredSessionsEndTheirStreams(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	token := s.Token(caller.RoleViewer)
	open := streamed(t, s, "", apitest.Bearer(token))
	open.next("resync")
	s.Clock.Set(time.Now().Add(admin.SessionIdle + time.Minute))
	// Another session's end is what makes it look, before its next heartbeat.
	_, err := s.Pool.Exec(t.Context(), `UPDATE sessions SET revoked_at = now() WHERE id = (SELECT id FROM sessions LIMIT 1)`)
	require.NoError(t, err)
	open.ended()
}

// TestStreamsOutliveTheTimesOfRequests: the server's limits are for requests that
// are answered.
func TestStreamsOutliveTheTimesOfRequests(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	web := httptest.NewUnstartedServer(s.Handler)
	web.Config.ReadTimeout, web.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	web.Start()
	t.Cleanup(web.Close)
	s.URL = web.URL
	start := time.Now()
	open := streamed(t, s, "?max_seconds=2", apitest.Bearer(s.Token(caller.RoleViewer)))
	open.next("resync")
	open.ended()
	require.GreaterOrEqual(t, time.Since(start), 2*time.Second)
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	viewer := apitest.Bearer(s.Token(caller.RoleViewer))
	open := streamed(t, s, "", viewer)
	s.Stopping()
	open.ended()
	require.Equal(t, "stopping", s.Do("GET", eventsPath, nil, viewer).Expect(503).Problem().Code)
}
