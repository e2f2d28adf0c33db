// Package conversations takes customers' messages in, has them answered, and
// sends the replies: every message once, in order per conversation, whatever
// dies in between. The wire format is internal/chatwoot's, the words are
// internal/assistant's.
package conversations

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Receipt says what was done with a webhook.
type Receipt string

// The receipts.
const (
	ReceiptQueued    Receipt = "queued"
	ReceiptIgnored   Receipt = "ignored"
	ReceiptDuplicate Receipt = "duplicate"
)

// DefaultStoreTimeout bounds the database's share of an acknowledgement:
// Chatwoot waits five seconds, and the spool has to fit in as well.
const DefaultStoreTimeout = 3 * time.Second

// Errors of Receive.
var (
	ErrNotEvent = fault.New(fault.Invalid, "not_a_chatwoot_event", "The body is not a Chatwoot event.")
	ErrNotJSON  = fault.New(fault.BadRequest, "not_json", "The body is not JSON.")
	ErrFull     = &fault.Error{
		Kind: fault.Unavailable, Code: "cannot_store",
		Message: "Neither the database nor the spool takes the event at the moment.", RetryAfterSeconds: 5,
	}
)

// errDuplicate rolls a transaction back that found its message known already.
var errDuplicate = errors.New("duplicate")

// Enqueuer inserts jobs in the transaction that causes them.
type Enqueuer interface {
	Enqueue(ctx context.Context, tx pgx.Tx, args river.JobArgs) error
}

// Intake stores what Chatwoot reports. Safe for concurrent use.
type Intake struct {
	db           db.DB
	q            *sqlc.Queries
	jobs         Enqueuer
	outbox       *Outbox
	spool        *chatwoot.Spool
	policy       chatwoot.Policy
	storeTimeout time.Duration
	now          func() time.Time
	log          *slog.Logger
	// spooled wakes the drainer.
	spooled chan struct{}
}

// IntakeConfig holds what an Intake needs; every member but StoreTimeout is
// required, Spool only for Receive and RunDrain.
type IntakeConfig struct {
	// DB should be a small pool of its own: acknowledging must not wait for jobs.
	DB     db.DB
	Jobs   Enqueuer
	Outbox *Outbox
	Spool  *chatwoot.Spool
	Policy chatwoot.Policy
	// StoreTimeout is how long a webhook waits for the database before it goes
	// to the spool; 0 means DefaultStoreTimeout.
	StoreTimeout time.Duration
	Now          func() time.Time
	Log          *slog.Logger
}

// NewIntake returns the service.
func NewIntake(c IntakeConfig) *Intake {
	return &Intake{
		db: c.DB, q: sqlc.New(), jobs: c.Jobs, outbox: c.Outbox, spool: c.Spool, policy: c.Policy,
		storeTimeout: cmp.Or(c.StoreTimeout, DefaultStoreTimeout), now: c.Now, log: c.Log,
		spooled: make(chan struct{}, 1),
	}
}

// Receive stores an authentic webhook body for good, in the database or, while
// that is away, in the spool. Errors: ErrNotJSON; ErrNotEvent; ErrFull.
func (in *Intake) Receive(ctx context.Context, raw []byte) (Receipt, error) {
	event, err := parse(raw)
	if err != nil {
		return "", err
	}
	if chatwoot.Classify(event, in.policy) == chatwoot.Ignored {
		return ReceiptIgnored, nil
	}
	received := in.now()
	// Chatwoot may have hung up; the message is worth keeping all the same.
	ctx = context.WithoutCancel(ctx)
	// Behind others in the spool, so that the order stands.
	if in.spool.Len() == 0 {
		storeCtx, cancel := context.WithTimeout(ctx, in.storeTimeout)
		receipt, err := in.Store(storeCtx, event, raw, received)
		cancel()
		if err == nil {
			return receipt, nil
		}
		in.log.WarnContext(ctx, "webhook goes to the spool", slog.Any("event", event), slog.Any("error", err))
	}
	if err := in.spool.Put(raw, received); err != nil {
		return "", ErrFull.Because(err)
	}
	select {
	case in.spooled <- struct{}{}:
	default:
	}
	return ReceiptQueued, nil
}

func parse(raw []byte) (chatwoot.Event, error) {
	event, err := chatwoot.ParseEvent(raw)
	switch {
	case errors.Is(err, chatwoot.ErrNotJSON):
		return event, ErrNotJSON.Because(err)
	case err != nil:
		return event, ErrNotEvent.Because(err)
	}
	return event, nil
}

// Store writes an event in one transaction with the job it causes. raw may be
// nil for an event that did not come as a webhook.
func (in *Intake) Store(ctx context.Context, e chatwoot.Event, raw []byte, received time.Time) (Receipt, error) {
	action := chatwoot.Classify(e, in.policy)
	receipt := ReceiptIgnored
	err := db.InTx(ctx, in.db, func(ctx context.Context, tx pgx.Tx) error {
		s := storing{Intake: in, tx: tx, event: e, received: received}
		if err := lock(ctx, in.q, tx, e.AccountID, e.Conversation.ID); err != nil {
			return err
		}
		gone, err := s.wasErased(ctx)
		if err != nil || gone {
			return err
		}
		switch action {
		case chatwoot.Process, chatwoot.SkipReply:
			receipt = ReceiptQueued
			err = s.incoming(ctx, action == chatwoot.Process)
		case chatwoot.HumanTookOver:
			err = s.takenOver(ctx)
		case chatwoot.Enrich:
			err = s.enrich(ctx)
		case chatwoot.DeliveryFailed:
			err = s.deliveryFailed(ctx)
		case chatwoot.State:
			if known, err := s.state(ctx); err != nil || !known {
				return err // what is said of strangers is not kept either
			}
		default:
			return nil
		}
		if err != nil || raw == nil {
			return err
		}
		return in.q.WebhookBodyInsert(ctx, tx, sqlc.WebhookBodyInsertParams{
			ID: uuid.Must(uuid.NewV7()), ReceivedAt: received, Event: e.Name, Body: chatwoot.Redact(raw),
			ChatwootAccountID: e.AccountID, ChatwootContactID: e.Contact.ID, ChatwootConversationID: e.Conversation.ID,
		})
	})
	if errors.Is(err, errDuplicate) {
		return ReceiptDuplicate, nil
	}
	if err != nil {
		return "", fmt.Errorf("store %s: %w", e.Name, err)
	}
	return receipt, nil
}

// storing is one event on its way into the database.
type storing struct {
	*Intake
	tx       pgx.Tx
	event    chatwoot.Event
	received time.Time
}

func (s storing) incoming(ctx context.Context, answer bool) error {
	conv, err := s.conversation(ctx)
	if err != nil {
		return err
	}
	paused, err := s.silence(ctx, conv)
	if err != nil {
		return err
	}
	if err := s.message(ctx, conv, authorCustomer, answer && !paused); err != nil || !answer || paused {
		return err
	}
	return s.jobs.Enqueue(ctx, s.tx, ProcessArgs{ConversationID: conv.ID})
}

func (s storing) takenOver(ctx context.Context) error {
	conv, err := s.conversation(ctx)
	if err != nil {
		return err
	}
	if err := s.message(ctx, conv, authorStaff, false); err != nil {
		return err
	}
	if conv.ResumedAt != nil && s.sentAt().Before(*conv.ResumedAt) {
		return nil // written before the conversation was given back
	}
	return s.outbox.pause(ctx, s.tx, conv.ID, pausedStaffWrote, s.received)
}

// silence pauses the assistant when a person is in charge by this event, and
// reports whether it is paused.
func (s storing) silence(ctx context.Context, conv sqlc.Conversation) (bool, error) {
	paused := conv.PausedAt != nil
	switch {
	case !paused && !s.believed(conv):
		// It was given back here, which Chatwoot may not know yet.
	case !paused && s.event.Conversation.AutoAttention != nil && !*s.event.Conversation.AutoAttention:
		return true, s.outbox.pause(ctx, s.tx, conv.ID, pausedSwitchedOff, s.received)
	case s.event.HumanInCharge():
		return true, s.outbox.pause(ctx, s.tx, conv.ID, pausedAssigned, s.received)
	}
	return paused, nil
}

// believed reports whether Chatwoot, when it built the event, knew what was
// decided here about who has the conversation.
func (s storing) believed(conv sqlc.Conversation) bool {
	at := s.event.Conversation.UpdatedAt
	if at.IsZero() {
		at = s.received
	}
	return conv.ChatwootBelievedAt == nil || !at.Before(*conv.ChatwootBelievedAt)
}

// state notes what changed in a conversation, contact or message, and reports
// whether we know it at all.
func (s storing) state(ctx context.Context) (known bool, err error) {
	switch s.event.Kind {
	case chatwoot.KindMessageUpdated:
		return s.forget(ctx)
	case chatwoot.KindContactCreated, chatwoot.KindContactUpdated:
		customer, err := s.knownCustomer(ctx) // an unknown one is left for its first message
		if err != nil || customer == nil {
			return false, err
		}
		_, err = s.noteContact(ctx, customer.ID)
		return true, err
	}
	stored, err := found(s.q.ConversationGetByChatwootID(ctx, s.tx, sqlc.ConversationGetByChatwootIDParams{
		ChatwootAccountID: s.event.AccountID, ChatwootConversationID: s.event.Conversation.ID,
	}))
	if err != nil || stored == nil {
		return false, err // its first message will bring it
	}
	if older(s.event.Conversation.UpdatedAt, stored.ChatwootUpdatedAt) {
		return true, nil
	}
	conv, err := s.conversation(ctx)
	if err != nil {
		return true, err
	}
	if paused, err := s.silence(ctx, conv); err != nil || !paused || !s.givenBack(conv) {
		return true, err
	}
	_, err = s.outbox.resume(ctx, s.tx, conv.ID, false, s.received)
	return true, err
}

// givenBack reports whether the event hands the conversation to the assistant:
// its attribute was switched on, or it was resolved, or set to pending, which is
// Chatwoot's "with the bot".
func (s storing) givenBack(conv sqlc.Conversation) bool {
	if conv.PausedReason == nil || s.event.HumanInCharge() {
		return false
	}
	c := s.event.Conversation
	if c.AutoAttention != nil && *c.AutoAttention && s.believed(conv) &&
		(*conv.PausedReason == pausedSwitchedOff || slices.Contains(s.event.Changed, "custom_attributes")) {
		return true
	}
	changed := s.event.Kind == chatwoot.KindConversationStatusChanged || slices.Contains(s.event.Changed, "status")
	return changed && (c.Status == chatwoot.StatusResolved || c.Status == chatwoot.StatusPending)
}

// conversation brings customer and conversation up to date and returns the
// latter as it is then.
func (s storing) conversation(ctx context.Context) (sqlc.Conversation, error) {
	e := s.event
	customerID, err := s.customer(ctx)
	if err != nil {
		return sqlc.Conversation{}, fmt.Errorf("customer: %w", err)
	}
	arg := sqlc.ConversationUpsertParams{
		ID: uuid.Must(uuid.NewV7()), CustomerID: customerID, ChatwootAccountID: e.AccountID,
		ChatwootConversationID: e.Conversation.ID, ChatwootInboxID: e.InboxID,
		Status: status(e.Conversation.Status), CanReply: e.Conversation.CanReply == nil || *e.Conversation.CanReply, At: s.received,
	}
	if !e.Conversation.UpdatedAt.IsZero() {
		arg.ChatwootUpdatedAt = &e.Conversation.UpdatedAt
	}
	conv, err := s.q.ConversationUpsert(ctx, s.tx, arg)
	if err != nil {
		return sqlc.Conversation{}, fmt.Errorf("conversation: %w", err)
	}
	// Chatwoot may have given it to another contact: what anonymising or merging
	// that customer leads to has to include its cases. Whoever has the lock of the
	// conversation may lock them.
	err = s.q.CaseFollowConversation(ctx, s.tx, sqlc.CaseFollowConversationParams{ConversationID: conv.ID, ToID: customerID, At: s.received})
	if err != nil {
		return sqlc.Conversation{}, fmt.Errorf("conversation's cases: %w", err)
	}
	return conv, nil
}

// message inserts the event's message. Errors: errDuplicate when it is there.
func (s storing) message(ctx context.Context, conv sqlc.Conversation, author string, needsAnswer bool) error {
	m, id := s.event.Message, uuid.Must(uuid.NewV7())
	n, err := s.q.MessageInsert(ctx, s.tx, sqlc.MessageInsertParams{
		ID: id, ConversationID: conv.ID, ChatwootAccountID: s.event.AccountID, ChatwootMessageID: &m.ID,
		Author: author, IsPrivate: m.Private, Content: m.Content, Attachments: s.attachments(), NeedsAnswer: needsAnswer,
		SentAt: s.sentAt(), ReceivedAt: s.received,
	})
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	if n == 0 {
		return errDuplicate
	}
	err = s.q.ConversationNoteMessage(ctx, s.tx, sqlc.ConversationNoteMessageParams{
		ID: conv.ID, ChatwootMessageID: m.ID, Author: author, IsPrivate: m.Private, SentAt: s.sentAt(), At: s.received,
	})
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	if author == authorCustomer {
		if err := s.fetch(ctx, id, conv.ID); err != nil {
			return err
		}
	}
	return s.q.CustomerNoteActivity(ctx, s.tx, sqlc.CustomerNoteActivityParams{ID: conv.CustomerID, At: s.sentAt()})
}

// sentAt is Chatwoot's time of the message; ours when it does not say, and
// never in the future.
func (s storing) sentAt() time.Time {
	if at := s.event.Message.CreatedAt; !at.IsZero() && at.Before(s.received) {
		return at
	}
	return s.received
}

func older(event time.Time, known *time.Time) bool {
	return known != nil && !event.IsZero() && event.Before(*known)
}
