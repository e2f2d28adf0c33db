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
		members := named(rows, func(e sqlc.Element) member { return member{e.ID, e.Code} })
		changed, err := recordOrder(ctx, tx, at, "category", categoryID, "elements", members, ids)
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
	return change(ctx, s, func(ctx context.Context, tx pgx.Tx, at time.Time) ([]Field, error) {
		rows, err := s.fieldRows(ctx, tx, elementID)
		if err != nil {
			return nil, err
		}
		members := named(rows, func(f sqlc.ElementRequiredField) member { return member{f.ID, f.FieldKey} })
		err = s.orderParts(ctx, tx, at, elementID, "fields", members, ids, func() error {
			return s.q.ElementFieldOrder(ctx, tx, sqlc.ElementFieldOrderParams{Ids: ids, At: at})
		})
		if err != nil {
			return nil, err
		}
		return s.fields(ctx, tx, elementID)
	})
}

// OrderPhotos gives an element's photo slots their order and returns them in it.
// Errors: ErrElementNotFound; ErrIncompleteOrder.
func (s *Editor) OrderPhotos(ctx context.Context, elementID uuid.UUID, ids []uuid.UUID) ([]Photo, error) {
	return change(ctx, s, func(ctx context.Context, tx pgx.Tx, at time.Time) ([]Photo, error) {
		rows, err := s.photoRows(ctx, tx, elementID)
		if err != nil {
			return nil, err
		}
		members := named(rows, func(p sqlc.ElementPhotoSlot) member { return member{p.ID, p.Code} })
		err = s.orderParts(ctx, tx, at, elementID, "photos", members, ids, func() error {
			return s.q.ElementPhotoOrder(ctx, tx, sqlc.ElementPhotoOrderParams{Ids: ids, At: at})
		})
		if err != nil {
			return nil, err
		}
		return s.photos(ctx, tx, elementID)
	})
}

// orderParts writes a new order of an element's fields or photo slots.
func (s *Editor) orderParts(ctx context.Context, tx pgx.Tx, at time.Time, elementID uuid.UUID, list string, members []member, ids []uuid.UUID, write func() error) error {
	changed, err := recordOrder(ctx, tx, at, "element", elementID, list, members, ids)
	if err != nil || !changed {
		return err
	}
	if err := write(); err != nil {
		return fmt.Errorf("order %s: %w", list, err)
	}
	return s.touch(ctx, tx, at, elementID)
}

// member is one of what is ordered.
type member struct {
	id   uuid.UUID
	name string
}

func named[Row any](rows []Row, name func(Row) member) []member {
	out := make([]member, len(rows))
	for i, row := range rows {
		out[i] = name(row)
	}
	return out
}

// recordOrder checks that ids are those of rows, each once, and audits the new
// order by names as one change of the owner. It reports whether the order is new.
func recordOrder(ctx context.Context, tx pgx.Tx, at time.Time, ownerType string, owner uuid.UUID, list string, rows []member, ids []uuid.UUID) (bool, error) {
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
