package conversations

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Errors of what people do in a conversation.
var (
	ErrErased        = fault.New(fault.Conflict, "conversation_erased", "The customer was anonymised: nothing is said here any more.")
	ErrOutsideWindow = fault.New(fault.Conflict, "outside_window",
		"WhatsApp takes no free text more than 24 hours after the customer's last message, and there is no template to send instead.")
	ErrEscalationOpen = fault.New(fault.Conflict, "escalation_open", "Somebody still has to look after this conversation: resolve its escalations first.")
	errText           = fault.New(fault.Invalid, "invalid_text", "The text is empty or holds a character that cannot be stored.").
				WithFields(fault.Field{Pointer: "/content", Detail: "is empty or holds a character that cannot be stored"})
)

// Desk is where people take conversations, write in them, and give them back.
// Safe for concurrent use.
type Desk struct {
	db     db.DB
	q      *sqlc.Queries
	outbox *Outbox
	reader *Reader
	erase  JobEraser
	files  Dropper
	now    func() time.Time
}

// Dropper deletes customers' files in a transaction; forget, called once that is
// committed, deletes their bytes. *images.CustomerFiles is one.
type Dropper interface {
	DropTx(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) (forget func(context.Context), err error)
}

// NewDesk returns the service.
func NewDesk(d db.DB, outbox *Outbox, erase JobEraser, files Dropper, now func() time.Time) *Desk {
	return &Desk{db: d, q: sqlc.New(), outbox: outbox, reader: NewReader(d, now), erase: erase, files: files, now: now}
}

// Take gives the conversation to the caller: the assistant falls silent at once,
// whoever had it before. Taking one's own again changes nothing.
// Errors: ErrNotFound; ErrErased.
func (s *Desk) Take(ctx context.Context, id uuid.UUID) (Conversation, error) {
	return s.change(ctx, id, func(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation) error {
		who, _ := caller.From(ctx)
		if conv.PausedBy != nil && *conv.PausedBy == who.AccountID {
			return nil
		}
		if err := s.take(ctx, tx, conv, pausedTaken); err != nil {
			return err
		}
		_, err := s.outbox.add(ctx, tx, conv, kindHandover, fmt.Sprintf("«%s» atiende la conversación desde msia.", who.Username))
		return err
	})
}

// take silences the assistant for the caller.
func (s *Desk) take(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, reason string) error {
	arg := sqlc.ConversationTakeParams{ID: conv.ID, At: s.now(), Reason: reason}
	if who, ok := caller.From(ctx); ok {
		arg.PausedBy = &who.AccountID
	}
	if err := s.q.ConversationTake(ctx, tx, arg); err != nil {
		return fmt.Errorf("take conversation: %w", err)
	}
	if err := s.outbox.hush(ctx, tx, conv.ID); err != nil {
		return err
	}
	if err := s.outbox.decided(ctx, tx, conv.ID, arg.At); err != nil {
		return err
	}
	return s.record(ctx, tx, conv, audit.Change{conv.PausedReason, reason})
}

func (s *Desk) record(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, reason audit.Change) error {
	return audit.Record(ctx, tx, audit.Entry{
		At: s.now(), Action: "update", EntityType: "conversation", EntityID: conv.ID.String(),
		Changes: map[string]audit.Change{"paused_reason": reason},
	})
}

// GiveBack lets the assistant answer again what comes from now on; with
// answerWaiting also what the customer wrote since the last reply. One that
// nobody has stays as it is. Errors: ErrNotFound; ErrErased.
func (s *Desk) GiveBack(ctx context.Context, id uuid.UUID, answerWaiting bool) (Conversation, error) {
	return s.change(ctx, id, func(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation) error {
		return s.giveBack(ctx, tx, conv, answerWaiting)
	})
}

func (s *Desk) giveBack(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, answerWaiting bool) error {
	resumed, err := s.outbox.resume(ctx, tx, conv.ID, s.outbox.configured, s.now())
	if err != nil || !resumed {
		return err
	}
	if err := s.record(ctx, tx, conv, audit.Change{conv.PausedReason, nil}); err != nil {
		return err
	}
	if !answerWaiting || conv.UnansweredSince == nil {
		return nil
	}
	_, err = s.q.MessageReopen(ctx, tx, sqlc.MessageReopenParams{ConversationID: conv.ID, Since: *conv.UnansweredSince})
	if err != nil {
		return fmt.Errorf("reopen messages: %w", err)
	}
	return s.outbox.jobs.Enqueue(ctx, tx, ProcessArgs{ConversationID: conv.ID})
}

// Reply sends the customer a text of the caller's and silences the assistant.
// Outside WhatsApp's window the configured template goes out in its place.
// Errors: ErrNotFound; ErrErased; ErrOutsideWindow without a template; Invalid.
func (s *Desk) Reply(ctx context.Context, id uuid.UUID, text string) (Message, error) {
	return s.write(ctx, id, kindStaffReply, text, func(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation) error {
		if !s.outbox.windowOpen(conv) && s.outbox.template == nil {
			return ErrOutsideWindow
		}
		return s.take(ctx, tx, conv, pausedStaffReplied)
	})
}

// Note leaves a note that the customer does not see. Errors: ErrNotFound;
// ErrErased; Invalid.
func (s *Desk) Note(ctx context.Context, id uuid.UUID, text string) (Message, error) {
	return s.write(ctx, id, kindStaffNote, text, func(context.Context, pgx.Tx, sqlc.Conversation) error { return nil })
}

func (s *Desk) write(ctx context.Context, id uuid.UUID, kind, text string, first func(context.Context, pgx.Tx, sqlc.Conversation) error) (Message, error) {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsRune(text, 0) {
		return Message{}, errText
	}
	var message sqlc.MessageWithDeliveryRow
	err := s.held(ctx, id, func(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation) error {
		if err := first(ctx, tx, conv); err != nil {
			return err
		}
		messageID, err := s.outbox.add(ctx, tx, conv, kind, text)
		if err != nil {
			return err
		}
		// Never the text itself: who wrote when is what the log is for.
		err = audit.Record(ctx, tx, audit.Entry{
			At: s.now(), Action: "create", EntityType: "message", EntityID: messageID.String(),
			Changes: map[string]audit.Change{"conversation_id": {nil, id}, "kind": {nil, kind}},
		})
		if err != nil {
			return err
		}
		message, err = s.q.MessageWithDelivery(ctx, tx, messageID)
		return err
	})
	if err != nil {
		return Message{}, err
	}
	return messageFromRow(sqlc.MessageListAfterRow(message), nil)
}

// Delete removes a conversation with everything that hangs on it, also the files
// that no case has: nothing would lead to them any more. What Chatwoot
// still brings of before is dropped; a later message begins a new conversation.
// Errors: ErrNotFound; ErrEscalationOpen.
func (s *Desk) Delete(ctx context.Context, id uuid.UUID) error {
	forget := func(context.Context) {}
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		conv, err := lockByID(ctx, s.q, tx, id)
		if err != nil {
			return err
		}
		if conv == nil {
			return notFound(id)
		}
		open, err := s.q.EscalationIsOpen(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("delete conversation: %w", err)
		}
		if open {
			return ErrEscalationOpen
		}
		held := Held{Conversations: []sqlc.Conversation{*conv}}
		if err := eraseFromChatwoot(ctx, s.q, tx, held, s.now()); err != nil {
			return fmt.Errorf("delete conversation: %w", err)
		}
		if err := s.erase.Forget(ctx, tx, held.ConversationIDs()); err != nil {
			return err
		}
		loose, err := s.q.AttachmentListLoose(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("delete conversation: %w", err)
		}
		if _, err := s.q.ConversationDelete(ctx, tx, id); err != nil {
			return fmt.Errorf("delete conversation: %w", err)
		}
		if forget, err = s.files.DropTx(ctx, tx, loose); err != nil {
			return fmt.Errorf("delete conversation: %w", err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			At: s.now(), Action: "delete", EntityType: "conversation", EntityID: id.String(),
			Changes: map[string]audit.Change{
				"customer_id": {conv.CustomerID, nil}, "chatwoot_conversation_id": {conv.ChatwootConversationID, nil},
				"message_count": {conv.MessageCount, nil},
			},
		})
	})
	if err == nil {
		forget(ctx)
	}
	return err
}

// held runs fn under the conversation's lock.
func (s *Desk) held(ctx context.Context, id uuid.UUID, fn func(context.Context, pgx.Tx, sqlc.Conversation) error) error {
	return db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		conv, err := lockByID(ctx, s.q, tx, id)
		switch {
		case err != nil:
			return fmt.Errorf("read conversation: %w", err)
		case conv == nil:
			return notFound(id)
		case erased(*conv):
			return ErrErased
		}
		return fn(ctx, tx, *conv)
	})
}

// change is held for what shows in the conversation itself.
func (s *Desk) change(ctx context.Context, id uuid.UUID, fn func(context.Context, pgx.Tx, sqlc.Conversation) error) (Conversation, error) {
	if err := s.held(ctx, id, fn); err != nil {
		return Conversation{}, err
	}
	return s.reader.Conversation(ctx, id)
}
