package conversations

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/internal/chatwoot"
)

// Hold makes everything that decides about a conversation take turns until the
// end of the transaction. It comes before any row is locked. One that is gone is
// held by nobody.
func (o *Outbox) Hold(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID) error {
	_, err := lockByID(ctx, o.q, tx, conversationID)
	return err
}

// Tell says a text of the company's to the customer, as a person would: also
// while a person has the conversation, whom it does not give it to; outside
// WhatsApp's window the template goes out instead. Nothing is said where the
// conversation is gone or its customer anonymised.
func (o *Outbox) Tell(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID, text string) error {
	conv, err := lockByID(ctx, o.q, tx, conversationID)
	if err != nil {
		return fmt.Errorf("tell: %w", err)
	}
	if conv == nil || erased(*conv) {
		return nil
	}
	for _, part := range chatwoot.SplitText(text) {
		if _, err := o.add(ctx, tx, *conv, kindStaffReply, part); err != nil {
			return err
		}
	}
	return nil
}
