package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/page"
)

// Escalations serves the tag Escalations.
type Escalations struct {
	reader *conversations.Reader
}

// ListEscalations returns a page of open work, the oldest first.
func (h *Escalations) ListEscalations(ctx context.Context, r oas.ListEscalationsRequestObject) (oas.ListEscalationsResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	items, next, err := h.reader.Escalations(ctx, key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := oas.EscalationPage{Items: make([]oas.Escalation, len(items)), NextCursor: orNull(next)}
	for i, e := range items {
		out.Items[i] = toAPIEscalation(e)
	}
	return oas.ListEscalations200JSONResponse(out), nil
}

func toAPIEscalation(e conversations.Escalation) oas.Escalation {
	return oas.Escalation{
		ID: e.ID, ConversationID: e.ConversationID, Source: e.Source, Reason: e.Reason,
		Status: oas.EscalationStatus(e.Status), CreatedAt: e.CreatedAt.UTC(),
	}
}
