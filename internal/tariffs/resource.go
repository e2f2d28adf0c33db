package tariffs

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Errors that every kind of row here has in common.
var (
	// ErrInvalidOrder says in its fields what is missing, unknown or there twice.
	ErrInvalidOrder = fault.New(fault.Invalid, "invalid_order", "The order has to have every one of them exactly once.")
	errText         = fault.New(fault.Invalid, "invalid_text", "The text holds a character that cannot be stored.")
)

// errChanged is the answer to a change based on an older version.
func errChanged(message string) *fault.Error {
	return fault.New(fault.PreconditionFailed, "version_mismatch", message)
}

// Catalogue is the door through which prices and all around them are changed.
type Catalogue interface {
	Change(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx, at time.Time) error) (*catalogue.Snapshot, error)
}

// resource is what changing rows of one kind has in common with the others:
// turns, versions, audit. A Row is a row of gen/sqlc, alone or with lists that
// belong to it; its members with json names are what the audit compares.
type resource[Row any] struct {
	catalogue Catalogue
	// kind is the entity type of the audit.
	kind string
	// get reads a row; no row is pgx.ErrNoRows.
	get func(ctx context.Context, tx pgx.Tx, id uuid.UUID) (Row, error)
	// write stores the row with the next version and returns it.
	write func(ctx context.Context, tx pgx.Tx, row Row, at time.Time) (Row, error)
	// key is the row's id and version.
	key func(*Row) (uuid.UUID, int32)
	// place is where the row's sort order is.
	place    func(*Row) *int32
	notFound *fault.Error
	changed  *fault.Error
}

// read returns a row as it is now. version is the one a change is based on; 0
// means any. Errors: notFound; changed.
func (r resource[Row]) read(ctx context.Context, tx pgx.Tx, id uuid.UUID, version int) (Row, error) {
	row, err := r.get(ctx, tx, id)
	if db.IsNoRows(err) {
		return row, r.missing(id)
	}
	if err != nil {
		return row, fmt.Errorf("read %s: %w", r.kind, err)
	}
	if _, current := r.key(&row); version != 0 && int(current) != version {
		return row, r.changed
	}
	return row, nil
}

func (r resource[Row]) missing(id uuid.UUID) error {
	return r.notFound.WithMessage(strings.Replace(r.notFound.Message, "not found", id.String()+" not found", 1))
}

// create stores what insert makes.
func (r resource[Row]) create(ctx context.Context, insert func(ctx context.Context, tx pgx.Tx, at time.Time) (Row, error)) (Row, *catalogue.Snapshot, error) {
	var row Row
	snapshot, err := r.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		var err error
		if row, err = insert(ctx, tx, at); err != nil {
			return err
		}
		id, _ := r.key(&row)
		return audit.RecordCreate(ctx, tx, at, r.kind, id.String(), row)
	})
	return row, snapshot, err
}

// update changes a row and returns it as it is then; a change that changes
// nothing leaves the version alone. Errors: those of read, apply and write.
func (r resource[Row]) update(ctx context.Context, id uuid.UUID, version int, apply func(ctx context.Context, tx pgx.Tx, row Row) (Row, error)) (Row, *catalogue.Snapshot, error) {
	var row Row
	snapshot, err := r.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		old, err := r.read(ctx, tx, id, version)
		if err != nil {
			return err
		}
		if row, err = apply(ctx, tx, old); err != nil {
			return err
		}
		row, err = r.store(ctx, tx, at, old, row)
		return err
	})
	return row, snapshot, err
}

// store audits and writes a row when it differs from the old one.
func (r resource[Row]) store(ctx context.Context, tx pgx.Tx, at time.Time, old, row Row) (Row, error) {
	id, _ := r.key(&old)
	changed, err := audit.RecordUpdate(ctx, tx, at, r.kind, id.String(), old, row)
	if err != nil || !changed {
		return old, err
	}
	return r.write(ctx, tx, row, at)
}

// remove deletes a row with del. Errors: those of read and del.
func (r resource[Row]) remove(ctx context.Context, id uuid.UUID, version int, del func(ctx context.Context, tx pgx.Tx, row Row) error) error {
	_, err := r.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		row, err := r.read(ctx, tx, id, version)
		if err != nil {
			return err
		}
		if err := del(ctx, tx, row); err != nil {
			return err
		}
		return audit.RecordDelete(ctx, tx, at, r.kind, id.String(), row)
	})
	return err
}

// orderStep separates sort orders, so that something can be put in between.
const orderStep = 10

// reorder gives the listed rows the order of ids and returns them in it. Rows
// that stand where they did keep their version.
// Errors: ErrInvalidOrder; those of list and write.
func (r resource[Row]) reorder(ctx context.Context, ids []uuid.UUID, list func(ctx context.Context, tx pgx.Tx) ([]Row, error)) ([]Row, *catalogue.Snapshot, error) {
	var sorted []Row
	snapshot, err := r.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		rows, err := list(ctx, tx)
		if err != nil {
			return fmt.Errorf("list what is to be ordered: %w", err)
		}
		if sorted, err = r.inOrder(rows, ids); err != nil {
			return err
		}
		for i, old := range sorted {
			row := old
			*r.place(&row) = int32(i+1) * orderStep // the contract bounds the list
			if sorted[i], err = r.store(ctx, tx, at, old, row); err != nil {
				return err
			}
		}
		return nil
	})
	return sorted, snapshot, err
}

// inOrder returns the rows in the order of their ids.
func (r resource[Row]) inOrder(rows []Row, ids []uuid.UUID) ([]Row, error) {
	byID := make(map[uuid.UUID]Row, len(rows))
	for _, row := range rows {
		id, _ := r.key(&row)
		byID[id] = row
	}
	var wrong []fault.Field
	sorted := make([]Row, 0, len(rows))
	seen := make(map[uuid.UUID]bool, len(ids))
	for i, id := range ids {
		row, known := byID[id]
		switch {
		case seen[id]:
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/ids/%d", i), Detail: "is there twice"})
		case !known:
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/ids/%d", i), Detail: "is not one of them"})
		default:
			sorted = append(sorted, row)
		}
		seen[id] = true
	}
	for _, row := range rows {
		if id, _ := r.key(&row); !seen[id] {
			wrong = append(wrong, fault.Field{Pointer: "/ids", Detail: id.String() + " is missing"})
		}
	}
	if wrong != nil {
		return nil, ErrInvalidOrder.WithFields(wrong...)
	}
	return sorted, nil
}

// byID makes a query by id fit resource.get.
func byID[Row any](query func(context.Context, sqlc.DBTX, uuid.UUID) (Row, error)) func(context.Context, pgx.Tx, uuid.UUID) (Row, error) {
	return func(ctx context.Context, tx pgx.Tx, id uuid.UUID) (Row, error) { return query(ctx, tx, id) }
}

// storable refuses what PostgreSQL's text cannot hold.
func storable(texts ...*string) error {
	for _, t := range texts {
		if t != nil && strings.ContainsRune(*t, 0) {
			return errText
		}
	}
	return nil
}

func set[T any](dst, src *T) {
	if src != nil {
		*dst = *src
	}
}

// setNullable follows a member that may be cleared: unspecified leaves it.
func setNullable[T any](dst **T, src nullable.Nullable[T]) {
	if src.IsNull() {
		*dst = nil
	} else if v, err := src.Get(); err == nil {
		*dst = &v
	}
}
