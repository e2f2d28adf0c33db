package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/conversations"
)

// Chatwoot serves the tag Chatwoot.
type Chatwoot struct {
	intake *conversations.Intake
}

// ReceiveChatwootWebhook stores an event for good before it answers.
func (h *Chatwoot) ReceiveChatwootWebhook(ctx context.Context, _ oas.ReceiveChatwootWebhookRequestObject) (oas.ReceiveChatwootWebhookResponseObject, error) {
	receipt, err := h.intake.Receive(ctx, rawBody(ctx))
	if err != nil {
		return nil, err
	}
	return oas.ReceiveChatwootWebhook200JSONResponse{Status: oas.WebhookReceiptStatus(receipt)}, nil
}
