package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/jobs"
)

// backlogTimeout bounds what a scrape waits for the database.
const backlogTimeout = 2 * time.Second

var (
	databaseUp       = prometheus.NewDesc("msia_database_up", "1 when the database answered, else 0.", nil, nil)
	jobsWaiting      = prometheus.NewDesc("msia_jobs", "Jobs of all processes that are not done, and discarded ones, by state.", []string{"state"}, nil)
	jobsOldest       = prometheus.NewDesc("msia_jobs_oldest_seconds", "How long the first job that could run has been due.", nil, nil)
	outboxWaiting    = prometheus.NewDesc("msia_outbox_messages", "Replies that are not sent yet, by status.", []string{"status"}, nil)
	outboxOldest     = prometheus.NewDesc("msia_outbox_oldest_seconds", "Age of the oldest of them.", nil, nil)
	unanswered       = prometheus.NewDesc("msia_messages_unanswered", "Customers' messages that are not answered yet.", nil, nil)
	unansweredOldest = prometheus.NewDesc("msia_messages_unanswered_oldest_seconds", "Age of the oldest of them.", nil, nil)
)

// Backlog shows what waits in the database. Each replica shows the same.
type Backlog struct {
	DB  sqlc.DBTX
	Now func() time.Time
	Log *slog.Logger
}

// backlog is what was read.
type backlog struct {
	at       time.Time
	jobs     []jobs.Waiting
	outbox   sqlc.BacklogOutboxRow
	messages sqlc.BacklogMessagesRow
}

// Describe tells which metrics there are.
func (Backlog) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{databaseUp, jobsWaiting, jobsOldest, outboxWaiting, outboxOldest, unanswered, unansweredOldest} {
		out <- d
	}
}

// Collect reads it; of a database that is away, only that is told.
func (b Backlog) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), backlogTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	found, err := b.read(ctx)
	if err != nil {
		b.Log.DebugContext(ctx, "metrics without the database", slog.Any("error", err))
		gauge(databaseUp, 0)
		return
	}
	gauge(databaseUp, 1)
	age := func(t time.Time) float64 { return max(0, found.at.Sub(t).Seconds()) }
	oldest := found.at
	counts := map[string]int64{}
	for _, w := range found.jobs {
		counts[w.State] = w.Jobs
		if w.State == jobs.StateDue {
			oldest = w.Oldest
		}
	}
	for _, state := range jobs.WaitingStates { // those without a job, too: a line must not end where nothing waits
		gauge(jobsWaiting, float64(counts[state]), state)
	}
	gauge(jobsOldest, age(oldest))
	gauge(outboxWaiting, float64(found.outbox.Pending), "pending")
	gauge(outboxWaiting, float64(found.outbox.Sending), "sending")
	gauge(outboxOldest, age(found.outbox.Oldest))
	gauge(unanswered, float64(found.messages.Unanswered))
	gauge(unansweredOldest, age(found.messages.Oldest))
}

func (b Backlog) read(ctx context.Context) (backlog, error) {
	out := backlog{at: b.Now().Truncate(time.Microsecond)} // as exact as PostgreSQL is
	var err error
	q := sqlc.New()
	if out.jobs, err = jobs.ListWaiting(ctx, b.DB); err != nil {
		return out, err
	}
	if out.outbox, err = q.BacklogOutbox(ctx, b.DB, out.at); err != nil {
		return out, fmt.Errorf("count the outbox: %w", err)
	}
	if out.messages, err = q.BacklogMessages(ctx, b.DB, out.at); err != nil {
		return out, fmt.Errorf("count messages: %w", err)
	}
	return out, nil
}
