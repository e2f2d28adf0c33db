// Package audit writes who changed what, in the transaction of the change.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
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
