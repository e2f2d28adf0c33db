package conversations

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
)

// Held are customers, with all that leads to them, that nothing else changes
// until the end of the transaction.
type Held struct {
	// Customers by id; one that does not exist is missing.
	Customers     map[uuid.UUID]sqlc.Customer
	Contacts      []sqlc.CustomerContact
	Conversations []sqlc.Conversation
}

// ConversationIDs returns the ids of the conversations.
func (h Held) ConversationIDs() []uuid.UUID {
	ids := make([]uuid.UUID, len(h.Conversations))
	for i, c := range h.Conversations {
		ids[i] = c.ID
	}
	return ids
}

// errMoved: a conversation or contact came in between; what is held is not all.
var errMoved = errors.New("the customer's conversations changed meanwhile")

// holdAttempts bounds how often a customer who keeps writing can come first.
const holdAttempts = 10

// InHeldTx runs fn in a transaction in which no message, job or other change
// gets at these customers or their conversations.
func InHeldTx(ctx context.Context, d db.DB, customerIDs []uuid.UUID, fn func(ctx context.Context, tx pgx.Tx, held Held) error) error {
	var err error
	for range holdAttempts {
		err = db.InTx(ctx, d, func(ctx context.Context, tx pgx.Tx) error {
			held, err := hold(ctx, sqlc.New(), tx, customerIDs)
			if err != nil {
				return err
			}
			return fn(ctx, tx, held)
		})
		if !errors.Is(err, errMoved) {
			return err
		}
	}
	return err
}

// hold takes locks in the order in which everybody takes them: conversations,
// contacts, customers' rows.
func hold(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, ids []uuid.UUID) (Held, error) {
	before, err := ofCustomers(ctx, q, tx, ids)
	if err != nil {
		return Held{}, err
	}
	conversations := make([]int64, len(before.Conversations))
	for i, c := range before.Conversations {
		conversations[i] = lockKey("conversation", c.ChatwootAccountID, c.ChatwootConversationID)
	}
	contacts := make([]int64, len(before.Contacts))
	for i, c := range before.Contacts {
		contacts[i] = lockKey("contact", c.ChatwootAccountID, c.ChatwootContactID)
	}
	for _, keys := range [][]int64{conversations, contacts} {
		slices.Sort(keys)
		for _, key := range keys {
			if err := q.AdvisoryLock(ctx, tx, key); err != nil {
				return Held{}, fmt.Errorf("hold customers: %w", err)
			}
		}
	}
	customers := map[uuid.UUID]sqlc.Customer{}
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range sorted {
		row, err := found(q.CustomerGetForUpdate(ctx, tx, id))
		if err != nil {
			return Held{}, fmt.Errorf("hold customers: %w", err)
		}
		if row != nil {
			customers[id] = *row
		}
	}
	held, err := ofCustomers(ctx, q, tx, ids)
	if err != nil {
		return Held{}, err
	}
	sameIDs := func(a, b sqlc.Conversation) bool { return a.ID == b.ID }
	if !slices.EqualFunc(held.Conversations, before.Conversations, sameIDs) || !slices.Equal(held.Contacts, before.Contacts) {
		return Held{}, errMoved
	}
	held.Customers = customers
	return held, nil
}

func ofCustomers(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, ids []uuid.UUID) (Held, error) {
	conversations, err := q.ConversationListOfCustomers(ctx, tx, ids)
	if err != nil {
		return Held{}, fmt.Errorf("hold customers: %w", err)
	}
	contacts, err := q.CustomerContactList(ctx, tx, ids)
	if err != nil {
		return Held{}, fmt.Errorf("hold customers: %w", err)
	}
	return Held{Conversations: conversations, Contacts: contacts}, nil
}
