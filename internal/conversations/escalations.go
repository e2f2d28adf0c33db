package conversations

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // days are Madrid's, on machines without the database too

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/page"
)

// States and priorities of an escalation.
const (
	escalationPending    = "pending"
	escalationInProgress = "in_progress"
	escalationResolved   = "resolved"

	priorityNormal = "normal"
	priorityHigh   = "high"
)

// Errors of escalations.
var (
	ErrEscalationNotFound = fault.New(fault.NotFound, "escalation_not_found", "Escalation not found")
	ErrEscalationChanged  = fault.New(fault.PreconditionFailed, "version_mismatch", "The escalation was changed since then.")
	ErrEscalationResolved = fault.New(fault.Conflict, "escalation_resolved", "The escalation is resolved already.")
	errNoAccount          = fault.New(fault.Invalid, "unknown_account", "There is no such account.").
				WithFields(fault.Field{Pointer: "/assigned_to", Detail: "is not an account"})
	errNote = fault.New(fault.Invalid, "invalid_text", "The note is empty or holds a character that cannot be stored.").
		WithFields(fault.Field{Pointer: "/note", Detail: "is empty or holds a character that cannot be stored"})
)

// Escalation is work for people.
type Escalation struct {
	ID             uuid.UUID
	ConversationID uuid.UUID
	CustomerID     uuid.UUID
	CustomerName   string
	CustomerPhone  *string
	Source         string
	Priority       string
	Reason         string
	Status         string
	AssignedTo     *uuid.UUID
	AssignedToName *string
	Note           *string
	CreatedAt      time.Time
	UpdatedAt      time.Time
	ResolvedAt     *time.Time
	// ResolvedBy is nil for what is open, and for what was resolved without a
	// person (the customer was anonymised).
	ResolvedBy     *uuid.UUID
	ResolvedByName *string
	Version        int
}

// EscalationFilter chooses escalations; the zero value chooses all.
type EscalationFilter struct {
	// Statuses to choose; none for all.
	Statuses   []string
	Source     *string
	Priority   *string
	AssignedTo *uuid.UUID
	Unassigned bool
	// ConversationID chooses those of one conversation; nil for any.
	ConversationID *uuid.UUID
	// NewestFirst turns the order, which is otherwise that of a queue.
	NewestFirst bool
}

// EscalationStats are the numbers of the queue and of the day.
type EscalationStats struct{ Pending, InProgress, ResolvedToday, TotalToday int }

// Escalations is the queue of work for people. Safe for concurrent use.
type Escalations struct {
	db   db.DB
	q    *sqlc.Queries
	desk *Desk
	now  func() time.Time
	// zone is where a day begins.
	zone *time.Location
}

// NewEscalations returns the service. It fails only without a time zone database.
func NewEscalations(d db.DB, desk *Desk, now func() time.Time) (*Escalations, error) {
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		return nil, fmt.Errorf("escalations: %w", err)
	}
	return &Escalations{db: d, q: sqlc.New(), desk: desk, zone: zone, now: now}, nil
}

// List returns a page.
func (s *Escalations) List(ctx context.Context, f EscalationFilter, after page.Key, limit int) ([]Escalation, *string, error) {
	ids, err := s.ids(ctx, f, after, int32(limit)+1) // at most page.MaxLimit
	if err != nil {
		return nil, nil, fmt.Errorf("list escalations: %w", err)
	}
	out, err := s.byID(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	out, next := page.Of(out, limit, func(e Escalation) page.Key { return page.Key{At: e.CreatedAt, ID: e.ID} })
	return out, next, nil
}

func (s *Escalations) ids(ctx context.Context, f EscalationFilter, after page.Key, rows int32) ([]uuid.UUID, error) {
	arg := sqlc.EscalationIDsOldestParams{
		Statuses: f.Statuses, Source: f.Source, Priority: f.Priority, AssignedTo: f.AssignedTo, Unassigned: f.Unassigned,
		NoCursor: after.IsZero(), AfterAt: after.At, AfterID: after.ID, MaxRows: rows,
	}
	if len(arg.Statuses) == 0 {
		arg.Statuses = []string{escalationPending, escalationInProgress, escalationResolved}
	}
	if f.ConversationID != nil {
		return s.q.EscalationIDsOfConversation(ctx, s.db, sqlc.EscalationIDsOfConversationParams{
			ConversationID: *f.ConversationID, Statuses: arg.Statuses, Source: arg.Source, Priority: arg.Priority, AssignedTo: arg.AssignedTo,
			Unassigned: arg.Unassigned, NewestFirst: f.NewestFirst, NoCursor: arg.NoCursor, AfterAt: arg.AfterAt, AfterID: arg.AfterID, MaxRows: rows,
		})
	}
	switch open := !slices.Contains(arg.Statuses, escalationResolved); {
	case open && f.NewestFirst:
		return s.q.EscalationIDsOpenNewest(ctx, s.db, sqlc.EscalationIDsOpenNewestParams(arg))
	case open:
		return s.q.EscalationIDsOpenOldest(ctx, s.db, sqlc.EscalationIDsOpenOldestParams(arg))
	case f.NewestFirst:
		return s.q.EscalationIDsNewest(ctx, s.db, sqlc.EscalationIDsNewestParams(arg))
	}
	return s.q.EscalationIDsOldest(ctx, s.db, arg)
}

func (s *Escalations) byID(ctx context.Context, ids []uuid.UUID) ([]Escalation, error) {
	rows, err := s.q.EscalationOverview(ctx, s.db, ids)
	if err != nil {
		return nil, fmt.Errorf("read escalations: %w", err)
	}
	found := make(map[uuid.UUID]Escalation, len(rows))
	for _, row := range rows {
		e := row.Escalation
		found[e.ID] = Escalation{
			ID: e.ID, ConversationID: e.ConversationID, CustomerID: row.CustomerID, CustomerName: row.DisplayName, CustomerPhone: row.Phone,
			Source: e.Source, Priority: e.Priority, Reason: e.Reason, Status: e.Status,
			AssignedTo: e.AssignedTo, AssignedToName: row.AssignedToName, Note: e.Note, CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt,
			ResolvedAt: e.ResolvedAt, ResolvedBy: e.ResolvedBy, ResolvedByName: row.ResolvedByName, Version: int(e.Version),
		}
	}
	return inOrder(ids, found), nil
}

// Get returns one. Errors: ErrEscalationNotFound.
func (s *Escalations) Get(ctx context.Context, id uuid.UUID) (Escalation, error) {
	out, err := s.byID(ctx, []uuid.UUID{id})
	if err != nil {
		return Escalation{}, err
	}
	if len(out) == 0 {
		return Escalation{}, escalationNotFound(id)
	}
	return out[0], nil
}

func escalationNotFound(id uuid.UUID) error {
	return ErrEscalationNotFound.WithMessage(fmt.Sprintf("Escalation %s not found", id))
}

// Stats counts the queue, and what began and ended today.
func (s *Escalations) Stats(ctx context.Context) (EscalationStats, error) {
	y, m, d := s.now().In(s.zone).Date()
	row, err := s.q.EscalationStats(ctx, s.db, sqlc.EscalationStatsParams{
		DayStart: time.Date(y, m, d, 0, 0, 0, 0, s.zone), DayEnd: time.Date(y, m, d+1, 0, 0, 0, 0, s.zone),
	})
	if err != nil {
		return EscalationStats{}, fmt.Errorf("count escalations: %w", err)
	}
	return EscalationStats{
		Pending: int(row.Pending), InProgress: int(row.InProgress), ResolvedToday: int(row.ResolvedToday), TotalToday: int(row.TotalToday),
	}, nil
}

// EscalationPatch changes what is specified: an account as AssignedTo puts the
// escalation in progress, null puts it back into the queue; a null Note clears it.
type EscalationPatch struct {
	AssignedTo nullable.Nullable[uuid.UUID]
	Note       nullable.Nullable[string]
}

// Update changes an open escalation. version is the one the change is based on;
// 0 means any. Errors: ErrEscalationNotFound; ErrEscalationResolved;
// ErrEscalationChanged; Invalid for an unknown account.
func (s *Escalations) Update(ctx context.Context, id uuid.UUID, version int, p EscalationPatch) (Escalation, error) {
	return s.change(ctx, id, version, func(_ context.Context, _ pgx.Tx, _ sqlc.Conversation, row *sqlc.Escalation) error {
		if p.AssignedTo.IsNull() {
			row.AssignedTo, row.Status = nil, escalationPending
		} else if account, err := p.AssignedTo.Get(); err == nil {
			row.AssignedTo, row.Status = &account, escalationInProgress
		}
		if p.Note.IsNull() {
			row.Note = nil
		} else if note, err := p.Note.Get(); err == nil {
			return setNote(row, &note)
		}
		return nil
	})
}

func setNote(row *sqlc.Escalation, note *string) error {
	if note == nil {
		return nil
	}
	text := strings.TrimSpace(*note)
	if text == "" || strings.ContainsRune(text, 0) {
		return errNote
	}
	row.Note = &text
	return nil
}

// Resolution ends an escalation.
type Resolution struct {
	// GiveBack lets the assistant answer the conversation again.
	GiveBack bool
	// Note, if given, replaces the escalation's.
	Note *string
}

// Resolve ends an escalation; Chatwoot gets a note, and loses the label with the
// conversation's last one. Errors: ErrEscalationNotFound; ErrEscalationResolved.
func (s *Escalations) Resolve(ctx context.Context, id uuid.UUID, r Resolution) (Escalation, error) {
	return s.change(ctx, id, 0, func(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, row *sqlc.Escalation) error {
		at := s.now()
		row.Status, row.ResolvedAt = escalationResolved, &at
		who, ok := caller.From(ctx)
		if ok {
			row.ResolvedBy = &who.AccountID
		}
		if err := setNote(row, r.Note); err != nil {
			return err
		}
		note := fmt.Sprintf("«%s» ha resuelto la escalación.", who.Username)
		if r.GiveBack {
			note += " El asistente vuelve a atender la conversación."
			if err := s.desk.giveBack(ctx, tx, conv, false); err != nil {
				return err
			}
		}
		if r.Note != nil {
			note += "\n" + *row.Note
		}
		if _, err := s.desk.outbox.add(ctx, tx, conv, kindPrivateNote, note); err != nil {
			return err
		}
		return s.desk.outbox.sync(ctx, tx, conv.ID)
	})
}

// change applies fn to an open escalation under its conversation's lock and
// stores what it changed.
func (s *Escalations) change(ctx context.Context, id uuid.UUID, version int,
	fn func(context.Context, pgx.Tx, sqlc.Conversation, *sqlc.Escalation) error,
) (Escalation, error) {
	known, err := s.q.EscalationGet(ctx, s.db, id)
	if db.IsNoRows(err) {
		return Escalation{}, escalationNotFound(id)
	}
	if err != nil {
		return Escalation{}, fmt.Errorf("read escalation: %w", err)
	}
	err = db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		conv, err := lockByID(ctx, s.q, tx, known.ConversationID)
		if err != nil {
			return fmt.Errorf("read conversation: %w", err)
		}
		old, err := s.q.EscalationGetForUpdate(ctx, tx, id)
		switch {
		case db.IsNoRows(err) || conv == nil:
			return escalationNotFound(id)
		case err != nil:
			return fmt.Errorf("read escalation: %w", err)
		case version != 0 && int(old.Version) != version:
			return ErrEscalationChanged
		case old.Status == escalationResolved:
			return ErrEscalationResolved
		}
		row := old
		if err := fn(ctx, tx, *conv, &row); err != nil {
			return err
		}
		at := s.now()
		if changed, err := audit.RecordUpdate(ctx, tx, at, "escalation", id.String(), old, row); err != nil || !changed {
			return err
		}
		err = s.q.EscalationUpdate(ctx, tx, sqlc.EscalationUpdateParams{
			ID: id, Status: row.Status, AssignedTo: row.AssignedTo, Note: row.Note, ResolvedAt: row.ResolvedAt, ResolvedBy: row.ResolvedBy, At: at,
		})
		if db.IsForeignKey(err, "escalations_assigned_to_fkey") {
			return errNoAccount
		}
		if err != nil {
			return fmt.Errorf("write escalation: %w", err)
		}
		return nil
	})
	if err != nil {
		return Escalation{}, err
	}
	return s.Get(ctx, id)
}
