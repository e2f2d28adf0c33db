package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"riverqueue.com/riverui"

	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// UIPrefix is where River's own UI has to be mounted.
const UIPrefix = "/riverui"

// NewUI returns River's own UI. It is not started: what it would count on every
// replica all the time, it counts when somebody looks.
func NewUI(client *Client, log *slog.Logger) (*riverui.Handler, error) {
	ui, err := riverui.NewHandler(&riverui.HandlerOpts{Endpoints: riverui.NewEndpoints(client.Client, nil), Logger: log, Prefix: UIPrefix})
	if err != nil {
		return nil, fmt.Errorf("jobs: River's UI: %w", err)
	}
	return ui, nil
}

// errNotJSON says that River's UI does not send such a thing.
var errNotJSON = fault.New(fault.BadRequest, "not_json", "The body is not JSON.")

// RecordElsewhere writes into the audit what somebody asks of River's own UI,
// before it is done.
func (m *Manager) RecordElsewhere(ctx context.Context, path string, body []byte) error {
	if len(body) == 0 {
		body = []byte("null")
	}
	if !json.Valid(body) {
		return errNotJSON
	}
	return db.InTx(ctx, m.db, func(ctx context.Context, tx pgx.Tx) error {
		return audit.Record(ctx, tx, audit.Entry{
			At: m.now(), Action: "update", EntityType: "job", EntityID: path, Changes: map[string]audit.Change{"request": {nil, json.RawMessage(body)}},
		})
	})
}
