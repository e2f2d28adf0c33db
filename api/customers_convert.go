package api

import (
	"encoding/json"
	"fmt"

	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/customers"
)

func fromAPICustomerWrite(b oas.CustomerWrite) customers.Patch {
	return customers.Patch{
		FirstName: b.FirstName, LastName: b.LastName, Email: b.Email, Phone: b.Phone, NIF: b.NifCif, CompanyName: b.CompanyName,
		ClientType: nullableString(b.ClientType), Street: b.Street, City: b.City, Province: b.Province, PostalCode: b.PostalCode, Notes: b.Notes,
	}
}

// nullableString is the same member with the type of its enumeration forgotten.
func nullableString[T ~string](n nullable.Nullable[T]) nullable.Nullable[string] {
	switch v, err := n.Get(); {
	case err == nil:
		return nullable.NewNullableWithValue(string(v))
	case n.IsNull():
		return nullable.NewNullNullable[string]()
	}
	return nil
}

// orNullAs is orNull for an enumeration.
func orNullAs[T ~string](s *string) nullable.Nullable[T] {
	if s == nil {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(T(*s))
}

func toAPICustomerSummary(c customers.Customer) oas.CustomerSummary {
	return oas.CustomerSummary{
		ID: c.ID, DisplayName: c.DisplayName, FirstName: orNull(c.FirstName), LastName: orNull(c.LastName), WhatsappName: c.WhatsAppName,
		Email: orNull(c.Email), Phone: orNull(c.Phone), NifCif: orNull(c.NIF), CompanyName: orNull(c.CompanyName),
		ClientType: orNullAs[oas.CustomerSummaryClientType](c.ClientType), LastActivityAt: c.LastActivityAt.UTC(),
		AnonymisedAt: orNullTime(c.AnonymisedAt), CreatedAt: c.CreatedAt.UTC(),
	}
}

func toAPICustomer(d customers.Details) oas.Customer {
	c := d.Customer
	out := oas.Customer{
		ID: c.ID, DisplayName: c.DisplayName, FirstName: orNull(c.FirstName), LastName: orNull(c.LastName), WhatsappName: c.WhatsAppName,
		Email: orNull(c.Email), Phone: orNull(c.Phone), NifCif: orNull(c.NIF), CompanyName: orNull(c.CompanyName),
		ClientType: orNullAs[oas.CustomerClientType](c.ClientType),
		Street:     orNull(c.Street), City: orNull(c.City), Province: orNull(c.Province), PostalCode: orNull(c.PostalCode), Notes: orNull(c.Notes),
		StaffFields: list(c.StaffFields), Contacts: make([]oas.CustomerContact, len(d.Contacts)),
		Duplicates: make([]oas.CustomerDuplicate, len(d.Duplicates)),
		Statistics: oas.CustomerStatistics{
			Conversations: d.Statistics.Conversations, Messages: d.Statistics.Messages,
			Quotes: d.Statistics.Quotes, Escalations: d.Statistics.Escalations,
		},
		LastActivityAt: c.LastActivityAt.UTC(), AnonymisedAt: orNullTime(c.AnonymisedAt),
		CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(), Version: c.Version,
	}
	for i, contact := range d.Contacts {
		out.Contacts[i] = oas.CustomerContact{AccountID: contact.AccountID, ContactID: contact.ContactID}
	}
	for i, other := range d.Duplicates {
		same := make([]oas.CustomerDuplicateSame, len(other.Same))
		for j, name := range other.Same {
			same[j] = oas.CustomerDuplicateSame(name)
		}
		out.Duplicates[i] = oas.CustomerDuplicate{
			ID: other.ID, DisplayName: other.DisplayName, Phone: orNull(other.Phone), Same: same, LastActivityAt: other.LastActivityAt.UTC(),
		}
	}
	return out
}

func toAPICustomerExport(e customers.Export) (oas.CustomerExport, error) {
	out := oas.CustomerExport{
		ExportedAt: e.ExportedAt.UTC(), Customer: toAPICustomer(e.Customer), Conversations: make([]oas.ExportedConversation, len(e.Conversations)),
	}
	for i, c := range e.Conversations {
		conv := oas.ExportedConversation{
			ID: c.ID, ChatwootConversationID: c.ChatwootConversationID, Status: oas.ConversationStatus(c.Status),
			CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(), Messages: make([]oas.ExportedMessage, len(c.Messages)),
			Quotes: make([]oas.ExportedQuote, len(c.Quotes)), Escalations: make([]oas.ExportedEscalation, len(c.Escalations)),
		}
		for j, m := range c.Messages {
			conv.Messages[j] = toAPIExportedMessage(m)
		}
		for j, q := range c.Quotes {
			conv.Quotes[j] = oas.ExportedQuote{ID: q.ID, Total: q.Total, Provisional: q.Provisional, CreatedAt: q.CreatedAt.UTC()}
			if err := json.Unmarshal(q.Request, &conv.Quotes[j].Request); err != nil {
				return out, fmt.Errorf("export quote: %w", err)
			}
			if err := json.Unmarshal(q.Result, &conv.Quotes[j].Result); err != nil {
				return out, fmt.Errorf("export quote: %w", err)
			}
		}
		for j, x := range c.Escalations {
			conv.Escalations[j] = oas.ExportedEscalation{
				ID: x.ID, Source: x.Source, Reason: x.Reason, Status: oas.EscalationStatus(x.Status), Note: orNull(x.Note),
				CreatedAt: x.CreatedAt.UTC(), ResolvedAt: orNullTime(x.ResolvedAt),
			}
		}
		out.Conversations[i] = conv
	}
	return out, nil
}

func toAPIExportedMessage(m customers.ExportedMessage) oas.ExportedMessage {
	out := oas.ExportedMessage{
		ID: m.ID, Author: oas.MessageAuthor(m.Author), Content: m.Content, Private: m.Private, SentAt: m.SentAt.UTC(),
		Attachments: make([]oas.ExportedAttachment, len(m.Attachments)),
	}
	for i, a := range m.Attachments {
		out.Attachments[i] = oas.ExportedAttachment{Kind: a.Kind, URL: a.URL, ContentType: a.ContentType, Transcript: a.Transcript}
	}
	return out
}
