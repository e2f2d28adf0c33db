package cases

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/db"
)

// change is one transaction on one case, whose row it holds.
type change struct {
	*Service
	tx pgx.Tx
	at time.Time
	// before is the row as it was read, row as it will be written.
	before, row sqlc.Case
	// current is the whole case as it was read; methods keep it up to date.
	current Case
	// happened lists the kinds of the events: with one, the case is another
	// version.
	happened []string
}

// change runs fn on the case, locked, and writes it when fn changed something.
// version is the one the change is based on; 0 means any.
// Errors: ErrNotFound; ErrErased; ErrChanged; those of fn.
func (s *Service) change(ctx context.Context, id uuid.UUID, version int, fn func(ctx context.Context, c *change) error) (Case, error) {
	var out Case
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		out, err = s.changeTx(ctx, tx, id, version, fn)
		return err
	})
	return out, err
}

// changeTx is change inside a transaction of the caller. The conversation is held
// before the case is locked, as by everybody who needs both.
func (s *Service) changeTx(ctx context.Context, tx pgx.Tx, id uuid.UUID, version int, fn func(ctx context.Context, c *change) error) (Case, error) {
	conversation, err := s.q.CaseConversation(ctx, tx, id)
	if err == nil && conversation != nil {
		err = s.teller.Hold(ctx, tx, *conversation)
	}
	if err != nil && !db.IsNoRows(err) {
		return Case{}, fmt.Errorf("hold the case's conversation: %w", err)
	}
	row, err := s.q.CaseGetForUpdate(ctx, tx, id)
	if db.IsNoRows(err) {
		return Case{}, ErrNotFound.WithMessage("Case " + id.String() + " not found")
	}
	if err != nil {
		return Case{}, fmt.Errorf("read case: %w", err)
	}
	if row.ErasedAt != nil {
		return Case{}, ErrErased
	}
	if version != 0 && int(row.Version) != version {
		return Case{}, ErrChanged
	}
	c := &change{Service: s, tx: tx, at: s.now(), before: row, row: row}
	if c.current, err = s.whole(ctx, tx, row); err != nil {
		return Case{}, err
	}
	if err := fn(ctx, c); err != nil {
		return Case{}, err
	}
	return c.write(ctx)
}

// write stores the row with the audit, and returns the case as it is then.
func (c *change) write(ctx context.Context) (Case, error) {
	changed, err := audit.RecordUpdate(ctx, c.tx, c.at, "case", c.row.ID.String(), auditable(c.before, nil), auditable(c.row, c.happened))
	if err != nil {
		return Case{}, err
	}
	if changed || !c.row.LastActivityAt.Equal(c.before.LastActivityAt) {
		c.row, err = c.q.CaseUpdate(ctx, c.tx, sqlc.CaseUpdateParams{
			ID: c.row.ID, Status: c.row.Status, Data: c.row.Data, AssigneeID: c.row.AssigneeID, LastActivityAt: c.row.LastActivityAt,
			RemindedAt: c.row.RemindedAt, ConfirmedAt: c.row.ConfirmedAt, ClosedAt: c.row.ClosedAt, At: c.at,
		})
		if db.IsUnique(err, errConversationTaken) {
			return Case{}, ErrActiveExists
		}
		if err != nil {
			return Case{}, fmt.Errorf("write case: %w", err)
		}
	}
	return c.whole(ctx, c.tx, c.row)
}

// auditable is what the audit shows of a row: which data changed is in the
// case's own timeline, of which it names the new lines; personal data have no
// place in the audit.
func auditable(r sqlc.Case, timeline []string) auditedCase {
	return auditedCase{
		Status: r.Status, AssigneeID: r.AssigneeID, ConfirmedAt: r.ConfirmedAt, ClosedAt: r.ClosedAt, RemindedAt: r.RemindedAt, Timeline: timeline,
	}
}

type auditedCase struct {
	Status      string     `json:"status"`
	AssigneeID  *uuid.UUID `json:"assignee_id"`
	ConfirmedAt *time.Time `json:"confirmed_at"`
	ClosedAt    *time.Time `json:"closed_at"`
	RemindedAt  *time.Time `json:"reminded_at"`
	Timeline    []string   `json:"timeline"`
}

// to gives the case another status, with its event. Errors: ErrTransition.
func (c *change) to(ctx context.Context, status Status, reason string) error {
	from := Status(c.row.Status)
	if find(from, status) == nil {
		return ErrTransition.WithMessage(fmt.Sprintf("A case that is %s cannot become %s.", from, status))
	}
	c.row.Status, c.current.Status = string(status), status
	c.row.ClosedAt = nil
	if !status.IsActive() {
		c.row.ClosedAt = &c.at
	}
	if from == PendingReview && status == Collecting {
		c.row.ConfirmedAt = nil
	}
	return c.event(ctx, sqlc.CaseEventInsertParams{
		Kind: eventStatus, FromStatus: nonEmpty(string(from)), ToStatus: nonEmpty(string(status)), Reason: nonEmpty(reason),
	})
}

// settle makes the status of a case that is being filled say what is missing.
func (c *change) settle(ctx context.Context) error {
	status := Status(c.row.Status)
	if status != Collecting && status != PendingImages {
		return nil
	}
	missing := c.current.Content.Missing()
	want := Collecting
	if casedata.OnlyFilesMissing(missing) {
		want = PendingImages
	}
	if len(missing) == 0 || want == status {
		return nil
	}
	return c.to(ctx, want, "")
}

// touched notes that the customer did something: reminders begin anew.
func (c *change) touched() {
	c.row.LastActivityAt, c.row.RemindedAt = c.at, nil
}

// The kinds of events.
const (
	eventOpened    = "opened"
	eventStatus    = "status"
	eventData      = "data"
	eventFile      = "file"
	eventReviewed  = "file_reviewed"
	eventMoved     = "file_moved"
	eventRemoved   = "file_removed"
	eventNote      = "note"
	eventAssigned  = "assigned"
	eventReminder  = "reminder"
	eventConfirmed = "confirmed"
)

// event adds a line to the timeline.
func (c *change) event(ctx context.Context, e sqlc.CaseEventInsertParams) error {
	e.CaseID, e.At = c.row.ID, c.at
	c.happened = append(c.happened, e.Kind)
	return insertEvent(ctx, c.q, c.tx, e)
}

func insertEvent(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, e sqlc.CaseEventInsertParams) error {
	e.ID = uuid.Must(uuid.NewV7())
	if e.ActorName == "" {
		e.ActorName = actorName(ctx)
	}
	if who, ok := caller.From(ctx); ok {
		e.ActorID = &who.AccountID
	}
	if e.Detail == nil {
		e.Detail = []byte("{}")
	}
	if err := q.CaseEventInsert(ctx, tx, e); err != nil {
		return fmt.Errorf("case event: %w", err)
	}
	return nil
}

type actorKey struct{}

// AsAssistant returns a context in which changes are the customer's, made
// through the assistant.
func AsAssistant(ctx context.Context) context.Context {
	return context.WithValue(ctx, actorKey{}, "cliente")
}

func actorName(ctx context.Context) string {
	if who, ok := caller.From(ctx); ok {
		return who.Username
	}
	if name, ok := ctx.Value(actorKey{}).(string); ok {
		return name
	}
	return "sistema"
}
