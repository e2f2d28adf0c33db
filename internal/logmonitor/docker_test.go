package logmonitor_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/logmonitor"
	"github.com/msia/msia/internal/testdb"
)

// engine is a small Docker: containers whose logs are followed over a socket, as
// its API says (v1.44), and whose connections can be cut.
type engine struct {
	socket string

	mu         sync.Mutex
	containers map[string]*loggingContainer
	changed    chan struct{} // closed and replaced when something is logged or cut
	cuts       int
	followers  int
}

type loggingContainer struct {
	id, name string
	labels   map[string]string
	tty      bool
	lines    []loggedLine
}

type loggedLine struct {
	at     time.Time
	stream byte
	text   string
}

func newEngine(t *testing.T, containers ...*loggingContainer) *engine {
	t.Helper()
	e := &engine{socket: filepath.Join(t.TempDir(), "d.sock"), containers: map[string]*loggingContainer{}, changed: make(chan struct{})}
	for _, c := range containers {
		e.containers[c.id] = c
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", e.socket)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("/_ping", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Api-Version", "1.44") })
	mux.HandleFunc("/info", func(w http.ResponseWriter, _ *http.Request) {
		e.answer(w, map[string]any{"ID": "engine-of-" + t.Name()})
	})
	mux.HandleFunc("/containers/json", e.list)
	mux.HandleFunc("/containers/{id}/json", func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		c := e.containers[r.PathValue("id")]
		if c == nil {
			http.Error(w, `{"message":"No such container"}`, http.StatusNotFound)
			return
		}
		e.answer(w, map[string]any{"Id": c.id, "Config": map[string]any{"Tty": c.tty}})
	})
	mux.HandleFunc("/containers/{id}/logs", e.logs)
	version := regexp.MustCompile(`^/v[0-9.]+`)
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = version.ReplaceAllString(r.URL.Path, "")
		mux.ServeHTTP(w, r)
	})}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() { _ = server.Close(); serving.Wait() })
	return e
}

func (e *engine) answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func (e *engine) list(w http.ResponseWriter, _ *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	items := []any{}
	for _, c := range e.containers {
		items = append(items, map[string]any{"Id": c.id, "Names": []string{"/" + c.name}, "Labels": c.labels})
	}
	e.answer(w, items)
}

// say logs a line in a container.
func (e *engine) say(id string, stream byte, text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.containers[id]
	c.lines = append(c.lines, loggedLine{at: time.Now().UTC(), stream: stream, text: text})
	close(e.changed)
	e.changed = make(chan struct{})
}

// cut breaks off everybody who follows.
func (e *engine) cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cuts++
	close(e.changed)
	e.changed = make(chan struct{})
}

// following returns how many logs are being followed.
func (e *engine) following() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.followers
}

func (e *engine) logs(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	seconds, nanos, _ := strings.Cut(q.Get("since"), ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || q.Get("follow") != "1" || q.Get("timestamps") != "1" || q.Get("stdout") != "1" || q.Get("stderr") != "1" {
		http.Error(w, "unexpected "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	n, _ := strconv.ParseInt(nanos, 10, 64)
	since := time.Unix(s, n)
	e.mu.Lock()
	c, cuts := e.containers[r.PathValue("id")], e.cuts
	e.followers++
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		e.followers--
		e.mu.Unlock()
	}()
	w.WriteHeader(http.StatusOK)
	for sent := 0; ; {
		e.mu.Lock()
		lines, changed, cut := c.lines[sent:], e.changed, e.cuts != cuts
		e.mu.Unlock()
		for _, l := range lines {
			if sent++; l.at.Before(since) {
				continue
			}
			line := l.at.Format(time.RFC3339Nano) + " " + l.text + "\n"
			if !c.tty { // each message has a head: stream, three zeros, length
				head := make([]byte, 8)
				head[0] = l.stream
				binary.BigEndian.PutUint32(head[4:], uint32(len(line)))
				_, _ = w.Write(head)
			}
			_, _ = io.WriteString(w, line)
		}
		_ = http.NewResponseController(w).Flush()
		if cut {
			panic(http.ErrAbortHandler)
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// reader is a process that reads the logs of an engine.
func reader(t *testing.T, pool *pgxpool.Pool, e *engine, containers ...string) (stop func()) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	capture := logmonitor.NewCapture(prometheus.NewRegistry(), time.Now, log)
	docker, err := logmonitor.NewDocker(logmonitor.DockerConfig{
		Socket: e.socket, Containers: containers, Pool: pool, Capture: capture, Now: time.Now, Log: log, Every: 50 * time.Millisecond,
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { capture.Run(ctx, pool) })
	running.Go(func() { docker.Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.Cleanup(stop)
	return stop
}

// TestDocker: of two replicas one reads the logs of the containers that are named
// or labelled; each error is counted once though connections break and the replica
// ends.
func TestDocker(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	e := newEngine(t,
		&loggingContainer{id: "c1", name: "chatwoot-web"},
		&loggingContainer{id: "c2", name: "redis", labels: map[string]string{"msia.errors": "true"}, tty: true},
		&loggingContainer{id: "c3", name: "neighbour"})
	e.say("c1", 2, "ERROR from before anybody listened")
	count := func() map[string]int64 {
		out := map[string]int64{}
		for _, g := range all(t, pool) {
			out[g.Source+": "+g.Title] += g.Count
		}
		return out
	}
	eventually := func(want map[string]int64) {
		t.Helper()
		require.Eventually(t, func() bool { return fmt.Sprint(count()) == fmt.Sprint(want) }, 30*time.Second, 50*time.Millisecond, "%v", want)
	}
	stopOne := reader(t, pool, e, "chatwoot-web", "msia.errors=true")
	require.Eventually(t, func() bool { return e.following() == 2 }, 30*time.Second, 10*time.Millisecond)
	stopTwo := reader(t, pool, e, "chatwoot-web", "msia.errors=true")

	e.say("c1", 1, `{"level":"info","msg":"all is well"}`)
	e.say("c1", 2, `{"level":"error","msg":"delivery failed","error":"no route to 10.0.0.1:443"}`)
	e.say("c1", 1, `{"level":"error","msg":"delivery failed","error":"no route to 10.0.0.2:443"}`)
	e.say("c1", 1, strings.Repeat("long ", 20_000)) // longer than is read
	e.say("c2", 1, "2026-11-26 01:00:00 FATAL out of memory")
	e.say("c3", 1, "ERROR that nobody asked for")
	want := map[string]int64{"chatwoot-web: no route to 10.0.0.2:443": 2, "redis: FATAL out of memory": 1}
	eventually(want)
	require.Equal(t, 2, e.following(), "one replica reads")

	e.cut()
	e.say("c2", 1, "2026-11-26 01:00:09 FATAL out of memory") // while nobody listens
	want["redis: FATAL out of memory"] = 2
	eventually(want)

	stopOne()
	require.Eventually(t, func() bool { return e.following() == 2 }, 30*time.Second, 10*time.Millisecond, "the other takes over")
	e.say("c2", 1, "2026-11-26 01:00:10 FATAL out of memory")
	want["redis: FATAL out of memory"] = 3
	eventually(want)

	e.mu.Lock()
	delete(e.containers, "c2")
	e.mu.Unlock()
	require.Eventually(t, func() bool { return e.following() == 1 }, 30*time.Second, 10*time.Millisecond, "a container that is gone is not followed")
	stopTwo()
	require.Eventually(t, func() bool { return e.following() == 0 }, 30*time.Second, 10*time.Millisecond)
}
