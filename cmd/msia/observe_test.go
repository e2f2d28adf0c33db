package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/testdb"
)

// spanCollector is an OpenTelemetry collector that keeps what it is sent.
type spanCollector struct {
	*httptest.Server
	mu    sync.Mutex
	spans []*trace.Span
	raw   bytes.Buffer
}

func newSpanCollector(t *testing.T) *spanCollector {
	t.Helper()
	c := &spanCollector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &sent)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			http.Error(w, fmt.Sprint(err), http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw.Write(body)
		for _, rs := range sent.GetResourceSpans() {
			for _, ss := range rs.GetScopeSpans() {
				c.spans = append(c.spans, ss.GetSpans()...)
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// find returns the first span that match is true for, or nil.
func (c *spanCollector) find(match func(*trace.Span) bool) *trace.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.spans {
		if match(s) {
			return s
		}
	}
	return nil
}

// wait returns that span once it came.
func (c *spanCollector) wait(t *testing.T, what string, match func(*trace.Span) bool) *trace.Span {
	t.Helper()
	var found *trace.Span
	require.Eventually(t, func() bool { found = c.find(match); return found != nil }, patience, 20*time.Millisecond, "no span: %s", what)
	return found
}

func inTrace(id []byte, name string) func(*trace.Span) bool {
	return func(s *trace.Span) bool { return s.GetName() == name && bytes.Equal(s.GetTraceId(), id) }
}

// TestOneMessageIsFollowed follows a customer's message through a server and a
// worker: in traces, metrics and log lines.
func TestOneMessageIsFollowed(t *testing.T) {
	t.Parallel()
	cw, dsn, spans := chatwoottest.New(t), testdb.DSN(t), newSpanCollector(t)
	env := func() map[string]string {
		e := withChatwoot(cw, dsn, t.TempDir())
		e["OTEL_EXPORTER_OTLP_ENDPOINT"], e["OTEL_BSP_SCHEDULE_DELAY"] = spans.URL, "50"
		return e
	}
	server := launch(t, env(), "serve", "--workers=false").ready()
	workerEnv := env()
	workerEnv["MSIA_WORKER_ADDR"] = freeAddr(t)
	worker := launch(t, workerEnv, "worker")
	probes := "http://" + workerEnv["MSIA_WORKER_ADDR"]
	require.Eventually(t, func() bool {
		res, err := http.Get(probes + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, patience, 20*time.Millisecond)

	// Its first reply is refused, so that a job fails on the way.
	cw.Inject(chatwoottest.Fault{Method: http.MethodPost, Path: "/messages", Status: http.StatusInternalServerError})
	const requestID, words = "a-request-to-follow", "Hola, quiero homologar el escape de mi moto"
	hook := cw.Incoming(chatwoottest.Incoming{Text: words})
	r, err := http.NewRequest(http.MethodPost, server.url+"/api/chatwoot/webhook?token=not-to-be-traced", bytes.NewReader(hook.Body))
	require.NoError(t, err)
	r.Header = cw.Sign(hook.Body, time.Now())
	r.Header.Set("X-Request-Id", requestID)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode)
	_, err = cw.WaitSent(1, patience)
	require.NoError(t, err)
	allAnswered(t, dsn)

	t.Run("traces", func(t *testing.T) {
		in := spans.wait(t, "the request", func(s *trace.Span) bool { return s.GetName() == "POST /api/chatwoot/webhook" })
		require.Equal(t, trace.Span_SPAN_KIND_SERVER, in.GetKind())
		require.Contains(t, fmt.Sprint(in.GetAttributes()), requestID)
		spans.wait(t, "its SQL", inTrace(in.GetTraceId(), "sql MessageInsert"))
		spans.wait(t, "its job", inTrace(in.GetTraceId(), "river.insert_many"))
		work := spans.wait(t, "the job's run", func(s *trace.Span) bool {
			return s.GetName() == "river.work/process_conversation" && len(s.GetLinks()) > 0 && bytes.Equal(s.GetLinks()[0].GetTraceId(), in.GetTraceId())
		})
		send := spans.wait(t, "the sending's run", func(s *trace.Span) bool {
			return s.GetName() == "river.work/send_outbox" && len(s.GetLinks()) > 0 && bytes.Equal(s.GetLinks()[0].GetTraceId(), work.GetTraceId())
		})
		spans.wait(t, "the call to Chatwoot", inTrace(send.GetTraceId(), "POST chatwoot"))
		spans.mu.Lock()
		defer spans.mu.Unlock()
		for _, secret := range []string{words, "not-to-be-traced", chatwoottest.UserToken, chatwoottest.BotToken, "a-long-enough-password", "+346"} {
			require.NotContains(t, spans.raw.String(), secret)
		}
		require.Contains(t, spans.raw.String(), "service.name")
	})

	t.Run("the request's id", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), dsn)
		require.NoError(t, err)
		defer func() { _ = conn.Close(t.Context()) }()
		var kinds int
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(DISTINCT kind) FROM river_job WHERE metadata->>'request_id' = $1", requestID).Scan(&kinds))
		require.GreaterOrEqual(t, kinds, 2, "the job of the request, and the one that this one caused")
		var failed map[string]any
		for line := range strings.Lines(worker.stderr.String()) {
			if strings.Contains(line, `"request_id":"`+requestID+`"`) {
				require.NoError(t, json.Unmarshal([]byte(line), &failed))
			}
		}
		require.NotNil(t, failed, "the worker names the request in what it logs: %s", worker.stderr)
		id, err := hex.DecodeString(fmt.Sprint(failed["trace_id"]))
		require.NoError(t, err)
		require.Len(t, id, 16)
	})

	t.Run("metrics", func(t *testing.T) {
		said := metricsOf(t, server.url) + metricsOf(t, probes)
		for _, want := range []string{
			`msia_jobs{state="running"} `, `msia_jobs_worked_total{kind="process_conversation",outcome="completed"}`, `msia_job_seconds_count{kind="process_conversation"}`,
			`msia_outgoing_requests_total{outcome="5xx",service="chatwoot"} 1`, `msia_outgoing_requests_total{outcome="2xx",service="chatwoot"}`,
			"msia_database_up 1", `msia_outbox_messages{status="pending"} 0`, "msia_messages_unanswered 0", "msia_jobs_oldest_seconds",
			`msia_db_pool_size{pool="webhooks"} 4`, "msia_spool_bodies 0", `msia_http_requests_total{method="GET",route="/readyz",status="200"}`,
		} {
			require.Contains(t, said, want)
		}
		dashboard, err := os.ReadFile("../../deploy/grafana/msia.json")
		require.NoError(t, err)
		require.True(t, json.Valid(dashboard))
		queried := regexp.MustCompile(`\b(msia|process|go)_[a-z_]+`).FindAllString(string(dashboard), -1)
		require.Greater(t, len(queried), 20)
		for _, name := range queried {
			require.True(t, regexp.MustCompile(`(?m)^`+name+`[ {]`).MatchString(said), "the dashboard asks for %s, which is not there", name)
		}
		for _, m := range regexp.MustCompile(`(?m)^# TYPE (msia_\w+)`).FindAllStringSubmatch(said, -1) {
			require.Contains(t, string(dashboard), m[1], "the dashboard leaves a metric out")
		}
	})

	t.Run("the log level", func(t *testing.T) {
		var login struct {
			AccessToken string `json:"access_token"`
		}
		require.NoError(t, json.Unmarshal([]byte(call(t, server, "", "POST", "/api/admin/auth/login",
			`{"username":"admin","password":"a-long-enough-password"}`)), &login))
		require.NotContains(t, server.stderr.String(), `"level":"DEBUG"`)
		call(t, server, login.AccessToken, "PUT", "/api/admin/settings/log_level", `{"value":"debug"}`)
		for _, p := range []*process{server, worker} {
			require.Eventually(t, func() bool { return strings.Contains(p.stderr.String(), "log level changed") }, patience, 50*time.Millisecond)
		}
		call(t, server, "", "GET", "/healthz", "")
		require.Eventually(t, func() bool { return strings.Contains(server.stderr.String(), `"msg":"request"`) }, patience, 10*time.Millisecond)
	})
	worker.stop()
	server.stop()
}

func metricsOf(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url + "/metrics")
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", body)
	return string(body)
}
