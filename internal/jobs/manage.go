package jobs

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/page"
)

// Errors of Manager.
var (
	ErrNotFound     = fault.New(fault.NotFound, "job_not_found", "There is no such job.")
	ErrRunning      = fault.New(fault.Conflict, "job_running", "Somebody works on this job; cancel it first.")
	ErrEnded        = fault.New(fault.Conflict, "job_ended", "This job has ended.")
	ErrNotRetryable = fault.New(fault.Conflict, "job_not_retryable", "This job is done, or about to be.")
	ErrTwin         = fault.New(fault.Conflict, "job_exists", "Another job that is to be done does the same.")
)

// Job is a job as people see it.
type Job struct {
	*rivertype.JobRow
	// RequestID is the request that caused it; "" when none did.
	RequestID string
}

// Worker is the process that did the job last; "" when none has.
func (j Job) Worker() string {
	if len(j.AttemptedBy) == 0 {
		return ""
	}
	return j.AttemptedBy[len(j.AttemptedBy)-1]
}

func newJob(row *rivertype.JobRow) Job { return Job{row, causedBy(row)} }

// Filter chooses jobs; no Kind is any.
type Filter struct {
	States []rivertype.JobState
	Kind   string
}

// Stats is how much there is to do.
type Stats struct {
	Waiting []Waiting
	// Kinds are all kinds of jobs there are, in order.
	Kinds []string
}

// Last is a periodic job and how it went; nil until it ran for the first time.
type Last struct {
	Periodic
	Job *Job
}

// Manager shows the jobs of all processes to people, who try them again, cancel
// and delete them. It is safe for concurrent use.
type Manager struct {
	db       db.DB
	client   *Client
	periodic []Periodic
	now      func() time.Time
}

// NewManager returns a manager; periodic are the jobs that are done again and
// again, whether by this process or another.
func NewManager(d db.DB, client *Client, periodic []Periodic, now func() time.Time) *Manager {
	return &Manager{db: d, client: client, periodic: periodic, now: now}
}

// List returns the page of jobs after a key, the newest first, and the cursor of
// the next one, nil on the last.
func (m *Manager) List(ctx context.Context, f Filter, after page.Key, limit int) ([]Job, *string, error) {
	params := river.NewJobListParams().OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(limit + 1).States(f.States...)
	if f.Kind != "" {
		params = params.Kinds(f.Kind)
	}
	if !after.IsZero() {
		params = params.Where("id < @after", river.NamedArgs{"after": int64(binary.BigEndian.Uint64(after.ID[8:]))}) // the bits, not the number
	}
	list, err := m.client.JobList(ctx, params)
	if err != nil {
		return nil, nil, fmt.Errorf("list jobs: %w", err)
	}
	rows, next := page.Of(list.Jobs, limit, func(row *rivertype.JobRow) page.Key {
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[8:], uint64(row.ID)) // the bits, not the number
		return page.Key{At: row.CreatedAt, ID: id}
	})
	out := make([]Job, len(rows))
	for i, row := range rows {
		out[i] = newJob(row)
	}
	return out, next, nil
}

// Get returns one job. Errors: ErrNotFound.
func (m *Manager) Get(ctx context.Context, id int64) (Job, error) {
	row, err := m.client.JobGet(ctx, id)
	if err != nil {
		return Job{}, readable(err)
	}
	return newJob(row), nil
}

// Stats counts what is not done, and lists the kinds there are.
func (m *Manager) Stats(ctx context.Context) (Stats, error) {
	waiting, err := ListWaiting(ctx, m.db)
	if err != nil {
		return Stats{}, err
	}
	rows, err := m.db.Query(ctx, `SELECT DISTINCT kind FROM river_job ORDER BY kind`)
	if err != nil {
		return Stats{}, fmt.Errorf("kinds of jobs: %w", err)
	}
	kinds, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return Stats{}, fmt.Errorf("kinds of jobs: %w", err)
	}
	return Stats{Waiting: waiting, Kinds: kinds}, nil
}

// Periodic lists what is done again and again.
func (m *Manager) Periodic(ctx context.Context) ([]Last, error) {
	out, place, kinds := make([]Last, len(m.periodic)), map[string]int{}, make([]string, len(m.periodic))
	for i, p := range m.periodic {
		out[i].Periodic, kinds[i] = p, p.Args.Kind()
		place[kinds[i]] = i
	}
	rows, err := m.db.Query(ctx, `SELECT j.id FROM unnest($1::text[]) AS kinds(kind) CROSS JOIN LATERAL (
		SELECT id FROM river_job WHERE river_job.kind = kinds.kind AND attempted_at IS NOT NULL ORDER BY id DESC LIMIT 1) AS j`, kinds)
	if err != nil {
		return nil, fmt.Errorf("list periodic jobs: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("list periodic jobs: %w", err)
	}
	if len(ids) == 0 {
		return out, nil
	}
	begun, err := m.client.JobList(ctx, river.NewJobListParams().IDs(ids...).First(len(ids)))
	if err != nil {
		return nil, fmt.Errorf("list periodic jobs: %w", err)
	}
	for _, row := range begun.Jobs {
		job := newJob(row)
		out[place[row.Kind]].Job = &job
	}
	return out, nil
}

// Retry has a job done now that failed, was cancelled or given up, or would be
// done later. Errors: ErrNotFound, ErrNotRetryable, ErrTwin.
func (m *Manager) Retry(ctx context.Context, id int64) (Job, error) {
	return m.change(ctx, id, func(tx pgx.Tx, before rivertype.JobState) (*rivertype.JobRow, error) {
		if !slices.Contains([]rivertype.JobState{
			rivertype.JobStateRetryable, rivertype.JobStateScheduled, rivertype.JobStateCancelled, rivertype.JobStateDiscarded,
		}, before) {
			return nil, ErrNotRetryable
		}
		return m.client.JobRetryTx(ctx, tx, id)
	})
}

// Cancel ends a job that is not done. Who works on it is told, and it is running
// until then. Errors: ErrNotFound, ErrEnded.
func (m *Manager) Cancel(ctx context.Context, id int64) (Job, error) {
	return m.change(ctx, id, func(tx pgx.Tx, before rivertype.JobState) (*rivertype.JobRow, error) {
		if slices.Contains([]rivertype.JobState{rivertype.JobStateCancelled, rivertype.JobStateCompleted, rivertype.JobStateDiscarded}, before) {
			return nil, ErrEnded
		}
		return m.client.JobCancelTx(ctx, tx, id)
	})
}

// Delete forgets a job. Errors: ErrNotFound, ErrRunning.
func (m *Manager) Delete(ctx context.Context, id int64) error {
	_, err := m.change(ctx, id, func(tx pgx.Tx, _ rivertype.JobState) (*rivertype.JobRow, error) {
		_, err := m.client.JobDeleteTx(ctx, tx, id)
		return nil, err
	})
	return err
}

// change does something to a job that nobody else changes meanwhile, and records
// it. do returns the job afterwards, nil when it is gone.
func (m *Manager) change(ctx context.Context, id int64, do func(tx pgx.Tx, before rivertype.JobState) (*rivertype.JobRow, error)) (Job, error) {
	var out Job
	err := db.InTx(ctx, m.db, func(ctx context.Context, tx pgx.Tx) error {
		var kind string
		var before rivertype.JobState
		if err := tx.QueryRow(ctx, `SELECT kind, state::text FROM river_job WHERE id = $1 FOR UPDATE`, id).Scan(&kind, &before); err != nil {
			return err
		}
		row, err := do(tx, before)
		if err != nil {
			return err
		}
		entry := audit.Entry{At: m.now(), Action: "delete", EntityType: "job", EntityID: strconv.FormatInt(id, 10), Changes: map[string]audit.Change{
			"kind": {kind, nil}, "state": {before, nil},
		}}
		if row != nil {
			out = newJob(row)
			entry.Action, entry.Changes = "update", map[string]audit.Change{"state": {before, row.State}}
			if before == row.State {
				entry.Changes = map[string]audit.Change{"cancelled": {false, true}} // and running until its worker notices
			}
		}
		return audit.Record(ctx, tx, entry)
	})
	return out, readable(err)
}

// readable names what can be wrong with a job.
func readable(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, rivertype.ErrNotFound), db.IsNoRows(err):
		return ErrNotFound
	case errors.Is(err, rivertype.ErrJobRunning):
		return ErrRunning
	case db.IsUnique(err, "river_job_unique_idx"):
		return ErrTwin
	}
	return fmt.Errorf("job: %w", err)
}

// causedBy returns the id of the request that caused a job, "" when none did.
func causedBy(job *rivertype.JobRow) string {
	var m map[string]json.RawMessage
	var id string
	if job == nil || json.Unmarshal(job.Metadata, &m) != nil || json.Unmarshal(m[metadataRequestID], &id) != nil {
		return ""
	}
	return id
}
