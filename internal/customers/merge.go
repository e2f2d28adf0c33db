package customers

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/db"
)

// Merge makes a duplicate part of a customer: its conversations, with all that
// hangs on them, and its contacts in Chatwoot become the customer's, and what
// was not known of the customer is taken from it. The duplicate is gone
// afterwards; merging it again changes nothing.
// Errors: ErrItself; ErrNotFound for either; ErrAnonymised for either.
func (s *Service) Merge(ctx context.Context, id, duplicateID uuid.UUID) (Details, error) {
	if id == duplicateID {
		return Details{}, ErrItself
	}
	err := conversations.InHeldTx(ctx, s.db, []uuid.UUID{id, duplicateID}, func(ctx context.Context, tx pgx.Tx, held conversations.Held) error {
		customer, ok := held.Customers[id]
		if !ok {
			return notFound(id)
		}
		duplicate, ok := held.Customers[duplicateID]
		if !ok {
			return s.mergedBefore(ctx, tx, id, duplicateID)
		}
		if customer.AnonymisedAt != nil || duplicate.AnonymisedAt != nil {
			return ErrAnonymised
		}
		return s.merge(ctx, tx, customer, duplicate)
	})
	if err != nil {
		return Details{}, err
	}
	return s.Get(ctx, id)
}

// mergedBefore is nil when the duplicate has become this very customer.
func (s *Service) mergedBefore(ctx context.Context, tx pgx.Tx, id, duplicateID uuid.UUID) error {
	became, err := s.q.CustomerMergeGet(ctx, tx, duplicateID)
	if db.IsNoRows(err) || (err == nil && became != id) {
		return notFound(duplicateID)
	}
	return err
}

func (s *Service) merge(ctx context.Context, tx pgx.Tx, customer, duplicate sqlc.Customer) error {
	at := s.now()
	for _, step := range []func() error{
		func() error {
			return s.q.ConversationMove(ctx, tx, sqlc.ConversationMoveParams{FromID: duplicate.ID, ToID: customer.ID})
		},
		func() error { return s.cases.MoveTx(ctx, tx, duplicate.ID, customer.ID, at) },
		func() error {
			return s.q.CustomerContactMove(ctx, tx, sqlc.CustomerContactMoveParams{FromID: duplicate.ID, ToID: customer.ID})
		},
		func() error {
			return s.q.CustomerMergeMove(ctx, tx, sqlc.CustomerMergeMoveParams{FromID: duplicate.ID, ToID: customer.ID})
		},
		func() error {
			return s.q.CustomerMergeInsert(ctx, tx, sqlc.CustomerMergeInsertParams{DuplicateID: duplicate.ID, CustomerID: customer.ID, At: at})
		},
		func() error { return s.q.CustomerDelete(ctx, tx, duplicate.ID) },
		func() error {
			return audit.RecordDelete(ctx, tx, at, "customer", duplicate.ID.String(), audited(duplicate))
		},
		func() error {
			return audit.Record(ctx, tx, audit.Entry{
				At: at, Action: "update", EntityType: "customer", EntityID: customer.ID.String(),
				Changes: map[string]audit.Change{"merged": {nil, duplicate.ID}},
			})
		},
	} {
		if err := step(); err != nil {
			return fmt.Errorf("merge customers: %w", err)
		}
	}
	_, err := s.store(ctx, tx, customer, filled(customer, duplicate), at)
	return err
}

// filled returns the customer with what only the duplicate knew. An address is
// one thing: parts of two would be a third.
func filled(customer, duplicate sqlc.Customer) sqlc.Customer {
	take := func(names []string, members ...[2]**string) {
		for _, m := range members {
			if *m[0] != nil {
				return
			}
		}
		for i, m := range members {
			*m[0] = *m[1]
			if *m[1] != nil && slices.Contains(duplicate.StaffFields, names[i]) && !slices.Contains(customer.StaffFields, names[i]) {
				customer.StaffFields = append(slices.Clone(customer.StaffFields), names[i])
			}
		}
	}
	c, d := &customer, &duplicate
	take([]string{"first_name", "last_name"}, [2]**string{&c.FirstName, &d.FirstName}, [2]**string{&c.LastName, &d.LastName})
	take([]string{"email"}, [2]**string{&c.Email, &d.Email})
	take([]string{"phone"}, [2]**string{&c.Phone, &d.Phone})
	take([]string{"nif_cif"}, [2]**string{&c.NifCif, &d.NifCif})
	take([]string{"company_name"}, [2]**string{&c.CompanyName, &d.CompanyName})
	take([]string{"client_type"}, [2]**string{&c.ClientType, &d.ClientType})
	take([]string{"street", "city", "province", "postal_code"},
		[2]**string{&c.Street, &d.Street}, [2]**string{&c.City, &d.City}, [2]**string{&c.Province, &d.Province}, [2]**string{&c.PostalCode, &d.PostalCode})
	take([]string{"notes"}, [2]**string{&c.Notes, &d.Notes})
	if c.WhatsappName == "" {
		c.WhatsappName = d.WhatsappName
	}
	if d.LastActivityAt.After(c.LastActivityAt) {
		c.LastActivityAt = d.LastActivityAt
	}
	slices.Sort(c.StaffFields)
	return customer
}
