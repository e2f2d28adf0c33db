package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/page"
)

// Audit serves the tag Audit.
type Audit struct {
	audit   *audit.Reader
	exports exports
}

// ListAudit returns a page of changes, the newest first.
func (h *Audit) ListAudit(ctx context.Context, r oas.ListAuditRequestObject) (oas.ListAuditResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	entries, next, err := h.audit.List(ctx, fromAPIAuditList(r.Params), key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListAudit200JSONResponse{Items: each(entries, toAPIAuditEntry), NextCursor: orNull(next)}, nil
}

func fromAPIAuditList(p oas.ListAuditParams) audit.Filter {
	return audit.Filter{EntityType: p.EntityType, EntityID: p.EntityID, Actor: p.Actor, Action: p.Action, From: p.From, To: p.To}
}

func toAPIAuditEntry(e audit.Recorded) oas.AuditEntry {
	out := oas.AuditEntry{
		ID: e.ID, At: e.At.UTC(), ActorID: orNull(e.ActorID), Actor: e.Actor, RequestID: orNullText(e.RequestID), Action: e.Action,
		EntityType: e.EntityType, EntityID: e.EntityID, Changes: make([]oas.AuditChange, len(e.Changes)),
	}
	for i, c := range e.Changes {
		out.Changes[i] = oas.AuditChange{Member: c.Member, Before: c.Before, After: c.After}
	}
	return out
}
