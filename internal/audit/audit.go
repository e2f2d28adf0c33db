// Package audit writes who changed what, in the transaction of the change.
package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/caller"
)

// Change is the value of one member before and after; nil before a creation.
type Change [2]any

// Entry is one mutation.
type Entry struct {
	At         time.Time
	Action     string // create, update, delete
	EntityType string
	EntityID   string
	// Changes holds the changed members only, never a secret.
	Changes map[string]Change
}

// Record writes the entry with the caller and the request of ctx. Without a
// signed-in account the actor is "system".
func Record(ctx context.Context, tx pgx.Tx, e Entry) error {
	changes, err := json.Marshal(e.Changes)
	if err != nil {
		return fmt.Errorf("audit %s %s: %w", e.Action, e.EntityType, err)
	}
	arg := sqlc.AuditInsertParams{
		ID: uuid.Must(uuid.NewV7()), At: e.At, ActorName: "system", RequestID: caller.RequestID(ctx),
		Action: e.Action, EntityType: e.EntityType, EntityID: e.EntityID, Changes: changes,
	}
	if c, ok := caller.From(ctx); ok {
		arg.ActorID, arg.ActorName = &c.AccountID, c.Username
	}
	if err := sqlc.New().AuditInsert(ctx, tx, arg); err != nil {
		return fmt.Errorf("audit %s %s: %w", e.Action, e.EntityType, err)
	}
	return nil
}

// unaudited reports whether a column says nothing about a change, or is what is
// stored of a secret.
func unaudited(column string) bool {
	return slices.Contains([]string{"id", "version", "created_at", "updated_at"}, column) || strings.HasSuffix(column, "_hash")
}

// RecordCreate writes that a row of gen/sqlc was made.
func RecordCreate[Row any](ctx context.Context, tx pgx.Tx, at time.Time, entityType, entityID string, row Row) error {
	_, err := record(ctx, tx, Entry{At: at, Action: "create", EntityType: entityType, EntityID: entityID}, nil, &row)
	return err
}

// RecordUpdate writes in which columns a row changes and reports whether it
// changes at all: a writer that has nothing to change leaves the version alone.
func RecordUpdate[Row any](ctx context.Context, tx pgx.Tx, at time.Time, entityType, entityID string, before, after Row) (bool, error) {
	return record(ctx, tx, Entry{At: at, Action: "update", EntityType: entityType, EntityID: entityID}, &before, &after)
}

// RecordDelete writes that a row was deleted, and what it was.
func RecordDelete[Row any](ctx context.Context, tx pgx.Tx, at time.Time, entityType, entityID string, row Row) error {
	_, err := record(ctx, tx, Entry{At: at, Action: "delete", EntityType: entityType, EntityID: entityID}, &row, nil)
	return err
}

func record[Row any](ctx context.Context, tx pgx.Tx, e Entry, before, after *Row) (bool, error) {
	changes, err := diff(before, after)
	if err != nil || len(changes) == 0 {
		return false, err
	}
	e.Changes = changes
	return true, Record(ctx, tx, e)
}

// diff lists the columns in which two rows of one table differ; nil is no row.
func diff[Row any](before, after *Row) (map[string]Change, error) {
	old, err := columns(before)
	if err != nil {
		return nil, err
	}
	now, err := columns(after)
	if err != nil {
		return nil, err
	}
	changes := map[string]Change{}
	for _, side := range []map[string]json.RawMessage{old, now} {
		for name := range side {
			if !bytes.Equal(old[name], now[name]) {
				changes[name] = Change{old[name], now[name]}
			}
		}
	}
	return changes, nil
}

// columns returns a row by column name; none for nil.
func columns[Row any](row *Row) (map[string]json.RawMessage, error) {
	if row == nil {
		return nil, nil
	}
	raw, err := json.Marshal(row)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	maps.DeleteFunc(all, func(name string, _ json.RawMessage) bool { return unaudited(name) })
	return all, nil
}
