package customers

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/spain"
)

// Anonymise takes everything personal out of a customer and out of all that was
// ever said with them, for good: rows stay to be counted, words and numbers do
// not. Somebody writing from the same phone later is a new customer. confirm has
// to be the customer's phone or one of their names, or, of one without either,
// their id.
// Errors: ErrNotFound; ErrAnonymised when it was done before; ErrConfirm.
func (s *Service) Anonymise(ctx context.Context, id uuid.UUID, confirm string) (Details, error) {
	var forget func(context.Context)
	err := conversations.InHeldTx(ctx, s.db, []uuid.UUID{id}, func(ctx context.Context, tx pgx.Tx, held conversations.Held) error {
		customer, ok := held.Customers[id]
		switch {
		case !ok:
			return notFound(id)
		case customer.AnonymisedAt != nil:
			return ErrAnonymised
		case !confirms(customer, confirm):
			return ErrConfirm
		}
		var err error
		forget, err = s.anonymise(ctx, tx, held, id)
		return err
	})
	if err != nil {
		return Details{}, err
	}
	forget(ctx)
	if err := s.spool.ForgetErased(ctx); err != nil {
		// Nothing of it comes into the database, and the drainer tries again.
		s.log.ErrorContext(ctx, "erased webhooks not removed", slog.Any("error", err))
	}
	return s.Get(ctx, id)
}

// anonymise returns what deletes the bytes of files, once it is committed.
func (s *Service) anonymise(ctx context.Context, tx pgx.Tx, held conversations.Held, id uuid.UUID) (forget func(context.Context), err error) {
	at := s.now()
	if err := conversations.Erase(ctx, tx, s.jobs, held, at); err != nil {
		return nil, err
	}
	if forget, err = s.cases.EraseTx(ctx, tx, id, at); err != nil {
		return nil, err
	}
	if err := s.asked.EraseTx(ctx, tx, held.ConversationIDs()); err != nil {
		return nil, err
	}
	if err := s.q.CustomerContactDelete(ctx, tx, id); err != nil {
		return nil, fmt.Errorf("anonymise: %w", err)
	}
	if _, err := s.q.CustomerAnonymise(ctx, tx, sqlc.CustomerAnonymiseParams{ID: id, At: at}); err != nil {
		return nil, fmt.Errorf("anonymise: %w", err)
	}
	merged, err := s.q.CustomerMergeList(ctx, tx, id)
	if err != nil {
		return nil, fmt.Errorf("anonymise: %w", err)
	}
	audited := []string{id.String()}
	for _, m := range merged {
		audited = append(audited, m.String())
	}
	if err := s.q.AuditErase(ctx, tx, sqlc.AuditEraseParams{EntityType: "customer", EntityIds: audited}); err != nil {
		return nil, fmt.Errorf("anonymise: %w", err)
	}
	return forget, audit.Record(ctx, tx, audit.Entry{
		At: at, Action: "update", EntityType: "customer", EntityID: id.String(),
		Changes: map[string]audit.Change{"anonymised_at": {nil, at}},
	})
}

// confirms reports whether the text names the customer.
func confirms(c sqlc.Customer, confirm string) bool {
	confirm = strings.Join(strings.Fields(confirm), " ")
	if c.Phone != nil {
		if phone, err := spain.ParsePhone(confirm); err == nil && phone == *c.Phone {
			return true
		}
	}
	named := false
	for _, name := range []string{c.DisplayName, c.WhatsappName} {
		if name = strings.Join(strings.Fields(name), " "); name != "" {
			named = true
			if strings.EqualFold(name, confirm) {
				return true
			}
		}
	}
	return !named && strings.EqualFold(confirm, c.ID.String())
}
