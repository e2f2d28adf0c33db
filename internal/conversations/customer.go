package conversations

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
)

// contactID is Chatwoot's id of the customer; without one, an id that nobody
// else has, since Chatwoot counts from 1.
func (s storing) contactID() int64 {
	if s.event.Contact.ID == 0 {
		return -s.event.Conversation.ID
	}
	return s.event.Contact.ID
}

// customer returns whose event it is, brought up to date: the customer this
// contact is, or has become by merging; one that people entered with this phone
// before it ever wrote; or a new one.
func (s storing) customer(ctx context.Context) (uuid.UUID, error) {
	if s.event.Contact.ID == 0 { // the event does not say: it has not changed
		conv, err := found(s.q.ConversationGetByChatwootID(ctx, s.tx, sqlc.ConversationGetByChatwootIDParams{
			ChatwootAccountID: s.event.AccountID, ChatwootConversationID: s.event.Conversation.ID,
		}))
		if err != nil {
			return uuid.Nil, err
		}
		if conv != nil {
			return conv.CustomerID, nil
		}
	}
	known, err := s.knownCustomer(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	if known == nil {
		if known, err = s.newContact(ctx); err != nil {
			return uuid.Nil, err
		}
	}
	return s.noteContact(ctx, known.ID)
}

// knownCustomer returns the customer that the event's contact is; nil for none.
func (s storing) knownCustomer(ctx context.Context) (*sqlc.Customer, error) {
	if err := lockContact(ctx, s.q, s.tx, s.event.AccountID, s.contactID()); err != nil {
		return nil, err
	}
	return found(s.q.CustomerGetByContact(ctx, s.tx, sqlc.CustomerGetByContactParams{
		ChatwootAccountID: s.event.AccountID, ChatwootContactID: s.contactID(),
	}))
}

func (s storing) newContact(ctx context.Context) (customer *sqlc.Customer, err error) {
	if s.event.Contact.Phone != "" {
		if customer, err = found(s.q.CustomerGetUnlinkedByPhone(ctx, s.tx, s.event.Contact.Phone)); err != nil {
			return nil, err
		}
	}
	if customer == nil {
		row, err := s.q.CustomerInsert(ctx, s.tx, sqlc.CustomerInsertParams{
			ID: uuid.Must(uuid.NewV7()), WhatsappName: s.event.Contact.Name, Phone: nonEmpty(s.event.Contact.Phone),
			ClientType: clientType(s.event.Contact.ClientType), StaffFields: []string{}, At: s.received,
		})
		if err != nil {
			return nil, err
		}
		customer = &row
	}
	err = s.q.CustomerContactInsert(ctx, s.tx, sqlc.CustomerContactInsertParams{
		ChatwootAccountID: s.event.AccountID, ChatwootContactID: s.contactID(), CustomerID: customer.ID,
	})
	if err != nil {
		return nil, fmt.Errorf("contact: %w", err)
	}
	return customer, nil
}

// noteContact takes over what Chatwoot says of the contact.
func (s storing) noteContact(ctx context.Context, customerID uuid.UUID) (uuid.UUID, error) {
	c := s.event.Contact
	row, err := s.q.CustomerNoteContact(ctx, s.tx, sqlc.CustomerNoteContactParams{
		ID: customerID, Phone: nonEmpty(c.Phone), WhatsappName: c.Name, ClientType: clientType(c.ClientType), At: s.received,
	})
	return row.ID, err
}
