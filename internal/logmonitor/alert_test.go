package logmonitor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/logmonitor"
	"github.com/msia/msia/internal/testdb"
)

// outbox notes what is enqueued.
type outbox struct{ told []logmonitor.AlertArgs }

func (o *outbox) Enqueue(_ context.Context, _ pgx.Tx, args river.JobArgs) error {
	o.told = append(o.told, args.(logmonitor.AlertArgs))
	return nil
}

// watch is an alert job on a clock of its own.
type watch struct {
	t    *testing.T
	pool *pgxpool.Pool
	now  time.Time
	box  outbox
	work *logmonitor.WatchWorker
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	w := &watch{t: t, pool: testdb.New(t), now: time.Date(2026, 11, 26, 10, 30, 0, 0, time.UTC)}
	w.work = logmonitor.NewWatchWorker(logmonitor.WatchConfig{
		DB: w.pool, Jobs: &w.box, Channels: logmonitor.Channels{"one": nil, "two": nil}, Keep: 30 * 24 * time.Hour, Now: func() time.Time { return w.now },
	})
	return w
}

// see has an error happen n times now.
func (w *watch) see(message string, n int, attrs ...slog.Attr) {
	w.t.Helper()
	capture := logmonitor.NewCapture(prometheus.NewRegistry(), func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	h := capture.Handler(slog.DiscardHandler)
	r := slog.NewRecord(w.now, slog.LevelError, message, 0)
	r.AddAttrs(attrs...)
	for range n {
		require.NoError(w.t, h.Handle(w.t.Context(), r))
	}
	ctx, cancel := context.WithCancel(w.t.Context())
	cancel()
	capture.Run(ctx, w.pool)
}

// look returns why people are told, in each channel, after a time.
func (w *watch) look(after time.Duration) (reasons []logmonitor.Reason) {
	w.t.Helper()
	w.now = w.now.Add(after)
	w.box.told = nil
	require.NoError(w.t, w.work.Work(w.t.Context(), nil))
	alerts := map[uuid.UUID]int{}
	for _, a := range w.box.told {
		if alerts[a.AlertID]++; alerts[a.AlertID] == 1 {
			reasons = append(reasons, a.Reason)
		}
	}
	require.Len(w.t, w.box.told, 2*len(reasons), "each in both channels")
	return reasons
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	groups := logmonitor.NewGroups(w.pool, func() time.Time { return w.now })
	require.Empty(t, w.look(0))
	w.see("disk full", 1)
	require.Equal(t, []logmonitor.Reason{logmonitor.ReasonNew}, w.look(time.Second))
	require.Empty(t, w.look(time.Second), "told already")
	w.see("disk full", 500)
	require.Empty(t, w.look(time.Second), "once an hour")
	require.Empty(t, w.look(time.Hour), "another hour, in which nothing happened")
	w.see("disk full", 19)
	require.Empty(t, w.look(time.Minute), "too few")
	w.see("disk full", 100)
	require.Equal(t, []logmonitor.Reason{logmonitor.ReasonExploding}, w.look(time.Minute), "119 after 501 in a day")
	w.see("disk full", 100)
	require.Empty(t, w.look(20*time.Minute))

	id := all(t, w.pool)[0].ID
	_, err := groups.SetStatus(t.Context(), id, 0, logmonitor.StatusResolved)
	require.NoError(t, err)
	w.now = w.now.Add(time.Minute)
	w.see("disk full", 1)
	require.Empty(t, w.look(0), "it waits for the hour to pass")
	require.Equal(t, []logmonitor.Reason{logmonitor.ReasonReopened}, w.look(40*time.Minute))
	_, err = groups.SetStatus(t.Context(), id, 0, logmonitor.StatusIgnored)
	require.NoError(t, err)
	w.now = w.now.Add(2 * time.Hour)
	w.see("disk full", 1000)
	require.Empty(t, w.look(time.Minute), "ignored")

	w.see("job failed", 50, slog.String("kind", logmonitor.AlertArgs{}.Kind()), slog.Int64("job_id", 1), slog.String("error", "webhook: status 500"))
	require.Empty(t, w.look(time.Minute), "an alert about alerts")
}

// TestManyAlerts: of a hundred new groups each look tells some.
func TestManyAlerts(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	for n := range 50 {
		w.see("kind "+string(rune('a'+n/26))+string(rune('a'+n%26)), 1)
	}
	require.Len(t, w.look(time.Minute), 20)
	require.Len(t, w.look(time.Minute), 20)
	require.Len(t, w.look(time.Minute), 10)
	require.Empty(t, w.look(time.Minute))
}

// TestTwoLookAtOnce: nobody is told twice by two workers.
func TestTwoLookAtOnce(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	for n := range 10 {
		w.see("kind "+string(rune('a'+n)), 1)
	}
	var told atomic.Int32
	var looking sync.WaitGroup
	for range 4 {
		box := &outbox{}
		worker := logmonitor.NewWatchWorker(logmonitor.WatchConfig{
			DB: w.pool, Jobs: box, Channels: logmonitor.Channels{"one": nil}, Keep: time.Hour, Now: func() time.Time { return w.now },
		})
		looking.Go(func() {
			if err := worker.Work(t.Context(), nil); err != nil {
				t.Error(err)
			}
			told.Add(int32(len(box.told)))
		})
	}
	looking.Wait()
	require.EqualValues(t, 10, told.Load())
}

func TestRetention(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	w.see("seen once", 1)
	w.see("seen again", 1)
	w.look(0)
	w.now = w.now.Add(29 * 24 * time.Hour)
	w.see("seen again", 1)
	w.look(24*time.Hour - time.Minute)
	require.Len(t, all(t, w.pool), 2)
	w.look(2 * time.Minute)
	groups := all(t, w.pool)
	require.Len(t, groups, 1)
	require.Equal(t, "seen again", groups[0].Title)
	require.EqualValues(t, 2, groups[0].Count, "counted for ever")
	var hours int
	require.NoError(t, w.pool.QueryRow(t.Context(), "SELECT count(*) FROM error_hours").Scan(&hours))
	require.Equal(t, 1, hours)
}

// deliver has River tell of one new error by the channels, and returns the group.
func deliver(t *testing.T, channels logmonitor.Channels) logmonitor.Group {
	t.Helper()
	pool := testdb.New(t)
	r := newReplica(t, pool)
	r.log.Error("request failed", "method", "GET", "route", "/api/x", "error", "disk of ana@example.com full")
	r.stop()
	workers := river.NewWorkers()
	river.AddWorker(workers, logmonitor.NewAlertWorker(logmonitor.AlertConfig{
		Groups: logmonitor.NewGroups(pool, time.Now), Channels: channels, URL: "https://msia.example.com",
		Now: func() time.Time { return time.Now().Add(-time.Minute) }, // tried again at once
	}))
	client, err := jobs.New(jobs.Config{Pool: pool, Workers: workers, Name: uuid.NewString(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.NoError(t, client.Start(context.WithoutCancel(t.Context())))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		require.NoError(t, client.Stop(ctx))
	})
	watch := logmonitor.NewWatchWorker(logmonitor.WatchConfig{DB: pool, Jobs: client, Channels: channels, Keep: time.Hour, Now: time.Now})
	require.NoError(t, watch.Work(t.Context(), nil))
	require.NoError(t, watch.Work(t.Context(), nil))
	require.Eventually(t, func() bool {
		var open int
		err := pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE state <> 'completed'").Scan(&open)
		return err == nil && open == 0
	}, time.Minute, 50*time.Millisecond)
	return all(t, pool)[0]
}

// TestWebhook: a webhook that is down hears it once it is up.
func TestWebhook(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	var bodies sync.Map
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/hooks/s3cret" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%v %s", err, r.URL)
		}
		n := calls.Add(1)
		bodies.Store(n, raw)
		if n < 3 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, "ok") // no JSON: nobody asked for it
	}))
	t.Cleanup(hook.Close)
	channel, err := logmonitor.NewWebhook(hook.URL+"/hooks/s3cret", nil)
	require.NoError(t, err)
	g := deliver(t, logmonitor.Channels{"webhook": channel})
	require.EqualValues(t, 3, calls.Load())
	raw, _ := bodies.Load(int32(3))
	var body map[string]any
	require.NoError(t, json.Unmarshal(raw.([]byte), &body))
	require.Equal(t, "error.new", body["event"])
	require.Equal(t, "https://msia.example.com/errores?ver="+g.ID.String(), body["url"])
	require.Contains(t, body["text"], "Error nuevo en msia: disk of [correo] full\nDónde: GET /api/x\n")
	about, _ := body["error"].(map[string]any)
	require.Equal(t, g.ID.String(), about["id"])
	require.EqualValues(t, 1, about["count"])
	first, _ := bodies.Load(int32(1))
	require.JSONEq(t, string(first.([]byte)), string(raw.([]byte)), "with the same alert_id")

	hook.Close()
	err = channel.Send(t.Context(), logmonitor.Alert{}, false)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "s3cret", "the address may be a secret")
	_, err = logmonitor.NewWebhook("ftp://x/s3cret", nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "s3cret")
}

// TestNote: a note that Chatwoot stored without telling is not written twice, and a
// conversation that is gone ends it.
func TestNote(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	incoming := cw.Incoming(chatwoottest.Incoming{Text: "Hola"})
	client, err := chatwoot.NewClient(chatwoot.ClientConfig{
		BaseURL: cw.URL(), AccountID: chatwoottest.AccountID, UserToken: chatwoottest.UserToken, BotToken: chatwoottest.BotToken, BreakerAfter: 1000,
	})
	require.NoError(t, err)
	cw.Inject(chatwoottest.Fault{Method: http.MethodPost, Path: "/messages", Store: true, Reset: true})
	deliver(t, logmonitor.Channels{"chatwoot": logmonitor.Note{Chatwoot: client, ConversationID: incoming.ConversationID}})
	notes := cw.Notes()
	require.Len(t, notes, 1)
	require.Contains(t, fmt.Sprint(notes[0]), "Error nuevo en msia")
	require.Empty(t, cw.Sent(), "customers see nothing of it")

	err = logmonitor.Note{Chatwoot: client, ConversationID: 999_999}.Send(t.Context(), logmonitor.Alert{ID: uuid.New(), Reason: logmonitor.ReasonNew}, false)
	var cancelled *river.JobCancelError
	require.ErrorAs(t, err, &cancelled)
}
