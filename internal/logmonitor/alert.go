package logmonitor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
)

const (
	// WatchEvery is how often is looked for what people have to be told.
	WatchEvery = time.Minute
	// quietFor is how long nobody is told of the same group again.
	quietFor = time.Hour
	// alertsAtOnce bounds what one look tells, lookedAt among how many: a minute
	// later is the next.
	alertsAtOnce, lookedAt = 20, 500
	// explodesFrom is how many errors of a group in an hour are worth a look, and
	// explodesTimes how many times the usual number they have to be.
	explodesFrom  = 20
	explodesTimes = 5
)

// Reason is why people are told of a group.
type Reason string

// The reasons.
const (
	ReasonNew       Reason = "new"
	ReasonReopened  Reason = "reopened"
	ReasonExploding Reason = "exploding"
)

// explodes reports whether this hour's errors of a group are far more than what the
// 24 hours before make usual. It is a pure function.
func explodes(thisHour, dayBefore int64) bool {
	return thisHour >= explodesFrom && thisHour*Day >= explodesTimes*dayBefore
}

// WatchArgs is the periodic job that tells people of errors and forgets old ones.
type WatchArgs struct{}

// Kind names the job in the database.
func (WatchArgs) Kind() string { return "watch_errors" }

// InsertOpts: the next period brings the next try.
func (WatchArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// Enqueuer inserts jobs in a transaction.
type Enqueuer interface {
	Enqueue(ctx context.Context, tx pgx.Tx, args river.JobArgs) error
}

// WatchConfig holds what a WatchWorker needs; every member is required.
type WatchConfig struct {
	DB   db.DB
	Jobs Enqueuer
	// Channels are the ways alerts take; without any, errors are only forgotten.
	Channels Channels
	// Keep is how long errors are kept that are not seen again.
	Keep time.Duration
	Now  func() time.Time
}

// WatchWorker does it.
type WatchWorker struct {
	river.WorkerDefaults[WatchArgs]
	WatchConfig
	q *sqlc.Queries
}

// NewWatchWorker returns the worker.
func NewWatchWorker(c WatchConfig) *WatchWorker { return &WatchWorker{WatchConfig: c, q: sqlc.New()} }

// Work looks once.
func (w *WatchWorker) Work(ctx context.Context, _ *river.Job[WatchArgs]) error {
	if err := errors.Join(w.alert(ctx), w.forget(ctx)); err != nil {
		return fmt.Errorf("watch errors: %w", err)
	}
	return nil
}

// alert has people told, each once: that they are told is noted together with the
// jobs that do it.
func (w *WatchWorker) alert(ctx context.Context) error {
	return db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		at := w.Now()
		hour := at.UTC().Truncate(time.Hour)
		due, err := w.q.ErrorGroupDueAlerts(ctx, tx, sqlc.ErrorGroupDueAlertsParams{
			Hour: hour, DayBefore: hour.Add(-Day * time.Hour), QuietSince: at.Add(-quietFor), AtLeast: explodesFrom, MaxRows: lookedAt,
			Unless: []string{jobLocation(AlertArgs{}.Kind())}, // an alert that fails must not cause the next
		})
		if err != nil {
			return fmt.Errorf("look for alerts: %w", err)
		}
		told := 0
		for _, g := range due {
			if told == alertsAtOnce {
				return nil
			}
			var reason Reason
			switch {
			case g.AlertReason != nil:
				reason = Reason(*g.AlertReason)
			case explodes(g.ThisHour, g.DayBefore):
				reason = ReasonExploding
			default:
				continue
			}
			if err := w.q.ErrorGroupMarkAlerted(ctx, tx, sqlc.ErrorGroupMarkAlertedParams{ID: g.ID, At: at}); err != nil {
				return fmt.Errorf("mark as told: %w", err)
			}
			told++
			id := uuid.Must(uuid.NewV7())
			for name := range w.Channels {
				args := AlertArgs{AlertID: id, GroupID: g.ID, Reason: reason, ThisHour: g.ThisHour, Channel: name}
				if err := w.Jobs.Enqueue(ctx, tx, args); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// forget deletes what was not seen for long.
func (w *WatchWorker) forget(ctx context.Context) error {
	before := w.Now().Add(-w.Keep)
	_, groups := w.q.ErrorGroupDeleteBefore(ctx, w.DB, before)
	_, hours := w.q.ErrorHourDeleteBefore(ctx, w.DB, before)
	return errors.Join(groups, hours)
}
