package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/caller"
)

// metadataRequestID is where a job keeps the id of the request that caused it.
const metadataRequestID = "request_id"

// requests hands the id of a request on to the jobs it causes, and to those that
// they cause.
type requests struct{ river.MiddlewareDefaults }

// InsertMany notes the id in each job.
func (requests) InsertMany(ctx context.Context, many []*rivertype.JobInsertParams, insert func(context.Context) ([]*rivertype.JobInsertResult, error)) ([]*rivertype.JobInsertResult, error) {
	if id := caller.RequestID(ctx); id != "" {
		for _, p := range many {
			m := map[string]any{}
			if len(p.Metadata) > 0 {
				if err := json.Unmarshal(p.Metadata, &m); err != nil {
					return nil, fmt.Errorf("job metadata: %w", err)
				}
			}
			m[metadataRequestID] = id
			var err error
			if p.Metadata, err = json.Marshal(m); err != nil {
				return nil, fmt.Errorf("job metadata: %w", err)
			}
		}
	}
	return insert(ctx)
}

// Work gives the job's context the id.
func (requests) Work(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
	return work(withRequest(ctx, job))
}

// withRequest returns a context that carries the id of the request that caused a
// job; a job that none caused is its own cause.
func withRequest(ctx context.Context, job *rivertype.JobRow) context.Context {
	id := causedBy(job)
	if id == "" {
		id = fmt.Sprintf("job-%d", job.ID)
	}
	return caller.WithRequestID(ctx, id)
}

// Metrics measures the jobs that this process works. Safe for concurrent use.
type Metrics struct {
	river.MiddlewareDefaults
	worked  *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	now     func() time.Time
}

// NewMetrics registers the metrics.
func NewMetrics(registry prometheus.Registerer, now func() time.Time) *Metrics {
	m := &Metrics{
		worked: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "msia_jobs_worked_total", Help: "Runs of jobs, by how they ended; discarded ones failed for the last time.",
		}, []string{"kind", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "msia_job_seconds", Help: "Time a run of a job took.",
			Buckets: []float64{.005, .025, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
		}, []string{"kind"}),
		now: now,
	}
	registry.MustRegister(m.worked, m.seconds)
	return m
}

// Work measures one run.
func (m *Metrics) Work(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) (err error) {
	start, panicked := m.now(), true
	defer func() {
		m.worked.WithLabelValues(job.Kind, outcome(job, err, panicked)).Inc()
		m.seconds.WithLabelValues(job.Kind).Observe(m.now().Sub(start).Seconds())
	}()
	err = work(ctx)
	panicked = false
	return err
}

func outcome(job *rivertype.JobRow, err error, panicked bool) string {
	var snoozed *river.JobSnoozeError
	var cancelled *river.JobCancelError
	switch {
	case err == nil && !panicked:
		return "completed"
	case errors.As(err, &snoozed):
		return "snoozed"
	case errors.As(err, &cancelled):
		return "cancelled"
	case job.Attempt >= job.MaxAttempts:
		return "discarded"
	}
	return "failed"
}

// StateDue is the state of a job that could run.
const StateDue = string(rivertype.JobStateAvailable)

// WaitingStates are the states that are not the end of a good job.
var WaitingStates = []string{
	StateDue, string(rivertype.JobStateDiscarded), string(rivertype.JobStatePending),
	string(rivertype.JobStateRetryable), string(rivertype.JobStateRunning), string(rivertype.JobStateScheduled),
}

// Waiting is how many jobs are in one of WaitingStates.
type Waiting struct {
	State string
	Jobs  int64
	// Oldest is when the first of them was due.
	Oldest time.Time
}

// ListWaiting counts the jobs of all processes that are not done, and those that
// were given up.
func ListWaiting(ctx context.Context, d sqlc.DBTX) ([]Waiting, error) {
	rows, err := d.Query(ctx, `SELECT state::text, count(*), min(scheduled_at) FROM river_job
		WHERE state = ANY($1::text[]::river_job_state[]) GROUP BY state`, WaitingStates)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Waiting])
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	return out, nil
}
