package conversations

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/db"
)

// Who wrote a message.
const (
	authorCustomer  = "customer"
	authorAssistant = "assistant"
	authorStaff     = "staff"
)

// Why the assistant is silent.
const (
	pausedStaffWrote  = "staff_wrote"
	pausedAssigned    = "assigned_to_a_person"
	pausedSwitchedOff = "switched_off_in_chatwoot"
	// pausedTaken and pausedStaffReplied: a person stepped in here.
	pausedTaken        = "taken"
	pausedStaffReplied = "staff_replied"
	// pausedHandedOver: the assistant itself handed over; what it said last is
	// still sent.
	pausedHandedOver = "handed_over"
)

// lock makes everything that decides about one conversation take turns, until
// the end of the transaction. It is taken before any row is written: writers
// that locked rows first would wait for each other in a ring.
func lock(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, accountID, chatwootConversationID int64) error {
	return q.AdvisoryLock(ctx, tx, lockKey("conversation", accountID, chatwootConversationID))
}

// lockContact makes everything that decides which customer a contact is take
// turns. Who needs the lock of a conversation too takes that first.
func lockContact(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, accountID, chatwootContactID int64) error {
	return q.AdvisoryLock(ctx, tx, lockKey("contact", accountID, chatwootContactID))
}

func lockKey(kind string, accountID, id int64) int64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %d %d", kind, accountID, id)
	return int64(h.Sum64()) // the bits, not the number
}

// erased reports whether the conversation is one of an anonymised customer:
// Chatwoot has nothing under its id.
func erased(c sqlc.Conversation) bool { return c.ChatwootConversationID < 0 }

// lockByID is lock for those who know our id; it returns the conversation as it
// is under the lock, nil when there is none.
func lockByID(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, id uuid.UUID) (*sqlc.Conversation, error) {
	conv, err := found(q.ConversationGet(ctx, tx, id))
	if err != nil || conv == nil {
		return nil, err
	}
	if err := lock(ctx, q, tx, conv.ChatwootAccountID, conv.ChatwootConversationID); err != nil {
		return nil, err
	}
	return found(q.ConversationGet(ctx, tx, id))
}

func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// clientType reads the contact's attribute "tipo"; nil when it says neither.
func clientType(tipo string) *string {
	switch strings.ToLower(strings.TrimSpace(tipo)) {
	case "particular":
		return nonEmpty("particular")
	case "profesional", "professional":
		return nonEmpty("professional")
	}
	return nil
}

// status keeps Chatwoot's statuses and takes a new one for open.
func status(s string) string {
	switch s {
	case chatwoot.StatusResolved, chatwoot.StatusPending, chatwoot.StatusSnoozed:
		return s
	}
	return chatwoot.StatusOpen
}

// found turns the error of no rows into a nil row.
func found[T any](row T, err error) (*T, error) {
	if db.IsNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &row, nil
}
