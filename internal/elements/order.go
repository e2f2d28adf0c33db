package elements

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/catalogue"
)

// OrderElements gives a category's elements their order and returns them in it.
// Errors: ErrIncompleteOrder.
func (s *Editor) OrderElements(ctx context.Context, categoryID uuid.UUID, ids []uuid.UUID) ([]*catalogue.Element, error) {
	snapshot, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		rows, err := s.q.ElementListByCategory(ctx, tx, categoryID)
		if err != nil {
			return fmt.Errorf("read the category's elements: %w", err)
		}
		names := make([]named, len(rows))
		for i, row := range rows {
			names[i] = named{row.ID, row.Code}
		}
		changed, err := recordOrder(ctx, tx, at, "category", categoryID, "elements", names, ids)
		if err != nil || !changed {
			return err
		}
		return s.q.ElementOrder(ctx, tx, sqlc.ElementOrderParams{Ids: ids, At: at})
	})
	if err != nil {
		return nil, err
	}
	c := snapshot.ByID(categoryID)
	if c == nil {
		return nil, catalogue.ErrCategoryNotFound
	}
	return c.Elements, nil
}

// OrderFields gives an element's fields their order and returns them in it.
// Errors: ErrElementNotFound; ErrIncompleteOrder.
func (s *Editor) OrderFields(ctx context.Context, elementID uuid.UUID, ids []uuid.UUID) ([]Field, error) {
	var out []Field
	_, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		rows, err := s.fieldRows(ctx, tx, elementID)
		if err != nil {
			return err
		}
		names := make([]named, len(rows))
		for i, row := range rows {
			names[i] = named{row.ID, row.FieldKey}
		}
		changed, err := recordOrder(ctx, tx, at, "element", elementID, "fields", names, ids)
		if err != nil {
			return err
		}
		if changed {
			if err := s.q.ElementFieldOrder(ctx, tx, sqlc.ElementFieldOrderParams{Ids: ids, At: at}); err != nil {
				return fmt.Errorf("order fields: %w", err)
			}
			if err := s.touch(ctx, tx, at, elementID); err != nil {
				return err
			}
		}
		out, err = s.fields(ctx, tx, elementID)
		return err
	})
	return out, err
}

// OrderPhotos gives an element's photo slots their order and returns them in it.
// Errors: ErrElementNotFound; ErrIncompleteOrder.
func (s *Editor) OrderPhotos(ctx context.Context, elementID uuid.UUID, ids []uuid.UUID) ([]Photo, error) {
	var out []Photo
	_, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		rows, err := s.photoRows(ctx, tx, elementID)
		if err != nil {
			return err
		}
		names := make([]named, len(rows))
		for i, row := range rows {
			names[i] = named{row.ID, row.Code}
		}
		changed, err := recordOrder(ctx, tx, at, "element", elementID, "photos", names, ids)
		if err != nil {
			return err
		}
		if changed {
			if err := s.q.ElementPhotoOrder(ctx, tx, sqlc.ElementPhotoOrderParams{Ids: ids, At: at}); err != nil {
				return fmt.Errorf("order photo slots: %w", err)
			}
			if err := s.touch(ctx, tx, at, elementID); err != nil {
				return err
			}
		}
		out, err = s.photos(ctx, tx, elementID)
		return err
	})
	return out, err
}

// named is a member of an order.
type named struct {
	id   uuid.UUID
	name string
}

// recordOrder checks that ids are those of rows, each once, and audits the new
// order by names as one change of the owner. It reports whether the order is new.
func recordOrder(ctx context.Context, tx pgx.Tx, at time.Time, ownerType string, owner uuid.UUID, list string, rows []named, ids []uuid.UUID) (bool, error) {
	before, after := make([]string, len(rows)), make([]string, 0, len(ids))
	byID := make(map[uuid.UUID]string, len(rows))
	for i, row := range rows {
		before[i], byID[row.id] = row.name, row.name
	}
	var wrong problems
	for i, id := range ids {
		name, ok := byID[id]
		if !ok {
			wrong.add(fmt.Sprintf("ids/%d", i), "is not of the list, or is there twice")
		}
		delete(byID, id)
		after = append(after, name)
	}
	for _, row := range rows {
		if _, left := byID[row.id]; left {
			wrong.add("ids", "lack %s (%s)", row.id, row.name)
		}
	}
	if err := wrong.fault(ErrIncompleteOrder); err != nil {
		return false, err
	}
	if slices.Equal(before, after) {
		return false, nil
	}
	return true, audit.Record(ctx, tx, audit.Entry{
		At: at, Action: "update", EntityType: ownerType, EntityID: owner.String(),
		Changes: map[string]audit.Change{list + "_order": {before, after}},
	})
}
