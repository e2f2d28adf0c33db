package elements

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
)

// DeleteElement takes an element with all its variants out of the catalogue:
// off the tiers' lists, with the warnings that hang on them and the services
// they suggest. The rows stay for what refers to them; the codes are free again.
// version is the one the deletion is based on; 0 means any.
// Errors: ErrElementNotFound; ErrElementChanged; ErrElementInUse, which names the
// warnings that one of them triggers.
func (s *Editor) DeleteElement(ctx context.Context, id uuid.UUID, version int) error {
	_, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		e, err := s.element(ctx, tx, id)
		if err != nil {
			return err
		}
		if version != 0 && int(e.Version) != version {
			return ErrElementChanged
		}
		f, err := s.family(ctx, tx, e.CategoryID)
		if err != nil {
			return err
		}
		deleted := f.descendants(id)
		ids, codes := make([]uuid.UUID, len(deleted)), make([]string, len(deleted))
		for i, d := range deleted {
			ids[i], codes[i] = d.ID, d.Code
		}
		warnings, err := s.q.ElementTriggeredWarnings(ctx, tx, ids)
		if err != nil {
			return fmt.Errorf("read the warnings of elements: %w", err)
		}
		if len(warnings) > 0 {
			return ErrElementInUse.WithMessage(fmt.Sprintf("%s cannot be deleted while the warning %s is triggered by it.",
				strings.Join(codes, ", "), strings.Join(warnings, ", ")))
		}
		return s.remove(ctx, tx, at, ids)
	})
	return err
}

// remove audits and marks the elements, and takes away what hangs on them.
func (s *Editor) remove(ctx context.Context, tx pgx.Tx, at time.Time, ids []uuid.UUID) error {
	for _, id := range ids {
		r, err := s.record(ctx, tx, id)
		if err != nil {
			return err
		}
		if r.Tiers, err = s.q.ElementTierCodes(ctx, tx, id); err != nil {
			return fmt.Errorf("read the tiers of an element: %w", err)
		}
		if err := audit.RecordDelete(ctx, tx, at, "element", id.String(), r); err != nil {
			return err
		}
	}
	warnings, err := s.q.ElementWarningsDelete(ctx, tx, ids)
	if err != nil {
		return fmt.Errorf("delete the warnings of elements: %w", err)
	}
	for _, w := range warnings {
		if err := audit.RecordDelete(ctx, tx, at, "warning", w.ID.String(), w); err != nil {
			return err
		}
	}
	if err := s.q.ElementLeaveTiers(ctx, tx, sqlc.ElementLeaveTiersParams{Ids: ids, At: at}); err != nil {
		return fmt.Errorf("take elements off the tiers' lists: %w", err)
	}
	if err := s.q.ElementSuggestedClear(ctx, tx, ids); err != nil {
		return fmt.Errorf("clear suggested services: %w", err)
	}
	if err := s.q.ElementMarkDeleted(ctx, tx, sqlc.ElementMarkDeletedParams{Ids: ids, At: at}); err != nil {
		return fmt.Errorf("delete elements: %w", err)
	}
	return nil
}
