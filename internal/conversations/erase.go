package conversations

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
)

const (
	erasedContact      = "contact"
	erasedConversation = "conversation"
	// erasuresKept is how long Chatwoot or a spool may still bring what is older
	// than the erasure.
	erasuresKept = 30 * 24 * time.Hour
	// erasedLookBack is how far back a process looks for what others erased: to
	// when the oldest body it may have was taken.
	erasedLookBack = 8 * 24 * time.Hour
)

// JobEraser forgets finished jobs of conversations, with what their errors say.
type JobEraser interface {
	Forget(ctx context.Context, tx pgx.Tx, conversationIDs []uuid.UUID) error
}

// Erase takes everything personal out of held customers' conversations and
// whatever was said in them, and cuts them off from Chatwoot. What can be
// counted stays. What Chatwoot or a spool still brings of before is dropped; see
// ForgetErased for the files.
func Erase(ctx context.Context, tx pgx.Tx, jobs JobEraser, held Held, at time.Time) error {
	q, ids := sqlc.New(), held.ConversationIDs()
	escalations, err := q.EscalationListOfConversations(ctx, tx, ids)
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	audited := map[string][]string{"conversation": {}, "escalation": {}}
	for _, id := range ids {
		audited["conversation"] = append(audited["conversation"], id.String())
	}
	for _, e := range escalations {
		audited["escalation"] = append(audited["escalation"], e.ID.String())
	}
	for entity, entityIDs := range audited {
		if err := q.AuditErase(ctx, tx, sqlc.AuditEraseParams{EntityType: entity, EntityIds: entityIDs}); err != nil {
			return fmt.Errorf("erase audit of %s: %w", entity, err)
		}
	}
	for _, step := range []func() error{
		func() error { return q.ConversationErase(ctx, tx, sqlc.ConversationEraseParams{Ids: ids, At: at}) },
		func() error { return q.MessageErase(ctx, tx, ids) },
		func() error { // maintenance deletes those that no case had
			return q.AttachmentErase(ctx, tx, sqlc.AttachmentEraseParams{ConversationIds: ids, At: at})
		},
		func() error { return q.QuoteErase(ctx, tx, ids) },
		func() error { return q.OutboxErase(ctx, tx, ids) },
		func() error {
			return q.EscalationErase(ctx, tx, sqlc.EscalationEraseParams{ConversationIds: ids, At: at})
		},
		func() error { return eraseFromChatwoot(ctx, q, tx, held, at) },
		func() error { return jobs.Forget(ctx, tx, ids) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("erase conversations: %w", err)
		}
	}
	return nil
}

// eraseFromChatwoot drops the raw bodies of before, those here and those still
// to come.
func eraseFromChatwoot(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, held Held, at time.Time) error {
	bodies := map[int64]*sqlc.WebhookBodyEraseParams{}
	of := func(accountID int64) *sqlc.WebhookBodyEraseParams {
		if bodies[accountID] == nil {
			bodies[accountID] = &sqlc.WebhookBodyEraseParams{ChatwootAccountID: accountID, ContactIds: []int64{}, ConversationIds: []int64{}}
		}
		return bodies[accountID]
	}
	for _, c := range held.Contacts {
		b := of(c.ChatwootAccountID)
		b.ContactIds = append(b.ContactIds, c.ChatwootContactID)
	}
	for _, c := range held.Conversations {
		b := of(c.ChatwootAccountID)
		b.ConversationIds = append(b.ConversationIds, c.ChatwootConversationID)
	}
	for account, b := range bodies {
		for kind, ids := range map[string][]int64{erasedContact: b.ContactIds, erasedConversation: b.ConversationIds} {
			for _, id := range ids {
				err := q.ErasureInsert(ctx, tx, sqlc.ErasureInsertParams{ChatwootAccountID: account, Kind: kind, ChatwootID: id, At: at})
				if err != nil {
					return err
				}
			}
		}
		if _, err := q.WebhookBodyErase(ctx, tx, *b); err != nil {
			return err
		}
	}
	return nil
}

// wasErased reports whether the event is older than the erasure of what it is
// about.
func (s storing) wasErased(ctx context.Context) (bool, error) {
	at := s.received
	if s.event.Message.ID != 0 {
		at = s.sentAt()
	}
	return s.q.ErasureCovers(ctx, s.tx, sqlc.ErasureCoversParams{
		ChatwootAccountID: s.event.AccountID, ContactID: s.contactID(), ConversationID: s.event.Conversation.ID, At: at,
	})
}

// ForgetErased removes from this process's spool what is older than an erasure,
// whichever process did that.
func (in *Intake) ForgetErased(ctx context.Context) error {
	rows, err := in.q.ErasureListSince(ctx, in.db, in.now().Add(-erasedLookBack))
	if err != nil {
		return fmt.Errorf("list erasures: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	type key struct {
		account int64
		kind    string
		id      int64
	}
	erasedAt := make(map[key]time.Time, len(rows))
	for _, r := range rows {
		erasedAt[key{r.ChatwootAccountID, r.Kind, r.ChatwootID}] = r.ErasedAt
	}
	removed, err := in.spool.Remove(ctx, func(raw []byte, received time.Time) bool {
		event, err := parse(raw)
		if err != nil {
			return false
		}
		s := storing{event: event}
		for _, k := range []key{
			{event.AccountID, erasedContact, s.contactID()}, {event.AccountID, erasedConversation, event.Conversation.ID},
		} {
			if at, ok := erasedAt[k]; ok && !received.After(at) {
				return true
			}
		}
		return false
	})
	if removed > 0 {
		in.log.InfoContext(ctx, "erased customers' webhooks removed from the spool", slog.Int("count", removed))
	}
	if err != nil {
		return fmt.Errorf("remove erased webhooks: %w", err)
	}
	return nil
}
