package cases

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/casedata"
)

const (
	// RemindEvery is how often cases that wait for the customer are looked for.
	RemindEvery = 30 * time.Minute
	// remindAfter is the silence after which the customer is reminded, once.
	remindAfter = 3 * 24 * time.Hour
	// abandonAfter is how long after the reminder a case is given up.
	abandonAfter = 11 * 24 * time.Hour
	// remindFrom and remindUntil are the hours of the day, in Madrid, between which
	// customers are written to.
	remindFrom, remindUntil = 9, 21
	remindBatch             = 200
	remindBudget            = 2 * time.Minute
)

// RemindArgs is the periodic job that reminds customers of what is missing and
// gives up cases that they no longer answer about.
type RemindArgs struct{}

// Kind names the job in the database.
func (RemindArgs) Kind() string { return "remind_cases" }

// InsertOpts: the next period brings the next try.
func (RemindArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// RemindWorker does it.
type RemindWorker struct {
	river.WorkerDefaults[RemindArgs]
	cases *Service
	log   *slog.Logger
}

// NewRemindWorker returns the worker.
func NewRemindWorker(s *Service, log *slog.Logger) *RemindWorker {
	return &RemindWorker{cases: s, log: log}
}

// Timeout is longer than that of a conversation's job; each case is a
// transaction of its own, so that an interrupted run has done what it did.
func (*RemindWorker) Timeout(*river.Job[RemindArgs]) time.Duration { return remindBudget }

// Work looks once.
func (w *RemindWorker) Work(ctx context.Context, _ *river.Job[RemindArgs]) error {
	return w.cases.Remind(ctx, w.log)
}

// Remind reminds and gives up what is due, by day. A case that fails is logged and
// left for the next time; the others go on.
func (s *Service) Remind(ctx context.Context, log *slog.Logger) error {
	now := s.now()
	if hour := now.In(madrid).Hour(); hour < remindFrom || hour >= remindUntil {
		return nil
	}
	rows, err := s.q.CaseListDue(ctx, s.db, sqlc.CaseListDueParams{
		RemindBefore: now.Add(-remindAfter), AbandonBefore: now.Add(-abandonAfter), MaxRows: remindBatch,
	})
	if err != nil {
		return fmt.Errorf("list cases to remind of: %w", err)
	}
	for _, row := range rows {
		if _, err := s.change(ctx, row.ID, int(row.Version), remind); err != nil && !errors.Is(err, ErrChanged) {
			log.ErrorContext(ctx, "reminding failed", slog.String("case", row.Number), slog.Any("error", err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// remind does what is due for one case: first a reminder, much later the end.
func remind(ctx context.Context, c *change) error {
	switch {
	case c.row.RemindedAt == nil:
		c.row.RemindedAt = &c.at
		if err := c.event(ctx, sqlc.CaseEventInsertParams{Kind: eventReminder}); err != nil {
			return err
		}
		return c.tell(ctx, reminderText(c.row.Number, c.current.Content.Missing()))
	case c.at.Sub(*c.row.RemindedAt) > abandonAfter:
		return c.to(ctx, Abandoned, "El cliente no ha contestado al recordatorio.")
	}
	return nil
}

// reminderText names at most three of the things that are missing.
func reminderText(number string, missing []casedata.Missing) string {
	text := "Tu expediente " + number + " sigue abierto. "
	switch {
	case len(missing) == 0:
		return text + "Ya lo tenemos todo: dinos si los datos están bien y lo pasamos a revisión."
	case len(missing) == 1:
		return text + "Solo nos falta:\n• " + missing[0].Label + "\n¿Nos lo mandas cuando puedas?"
	}
	text += "Nos falta:"
	for _, m := range missing[:min(len(missing), 3)] {
		text += "\n• " + m.Label
	}
	if more := len(missing) - 3; more > 0 {
		text += fmt.Sprintf("\n• … y %d cosas más", more)
	}
	return text + "\nSeguimos donde lo dejamos cuando quieras: escribe «seguir»."
}
