package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/page"
)

// Escalations serves the tag Escalations.
type Escalations struct {
	escalations *conversations.Escalations
	bulk        bulk
}

// ListEscalations returns a page of work for people.
func (h *Escalations) ListEscalations(ctx context.Context, r oas.ListEscalationsRequestObject) (oas.ListEscalationsResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	f := conversations.EscalationFilter{
		Statuses: fromAPIEscalationStatus(r.Params.Status), Source: r.Params.Source, Priority: asString(r.Params.Priority),
		AssignedTo: r.Params.AssignedTo, ConversationID: r.Params.ConversationID,
		Unassigned: deref(r.Params.Unassigned), NewestFirst: deref(r.Params.Order) == oas.ListEscalationsParamsOrderNewest,
	}
	items, next, err := h.escalations.List(ctx, f, key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListEscalations200JSONResponse{Items: each(items, toAPIEscalation), NextCursor: orNull(next)}, nil
}

// GetEscalationStats counts the queue and the day.
func (h *Escalations) GetEscalationStats(ctx context.Context, _ oas.GetEscalationStatsRequestObject) (oas.GetEscalationStatsResponseObject, error) {
	n, err := h.escalations.Stats(ctx)
	if err != nil {
		return nil, err
	}
	return oas.GetEscalationStats200JSONResponse{
		Pending: n.Pending, InProgress: n.InProgress, ResolvedToday: n.ResolvedToday, TotalToday: n.TotalToday,
	}, nil
}

// GetEscalation returns one escalation.
func (h *Escalations) GetEscalation(ctx context.Context, r oas.GetEscalationRequestObject) (oas.GetEscalationResponseObject, error) {
	e, err := h.escalations.Get(ctx, r.EscalationID)
	if err != nil {
		return nil, err
	}
	return oas.GetEscalation200JSONResponse{Body: toAPIEscalation(e), Headers: oas.GetEscalation200ResponseHeaders{ETag: etag(e.Version)}}, nil
}

// UpdateEscalation assigns an escalation or notes something.
func (h *Escalations) UpdateEscalation(ctx context.Context, r oas.UpdateEscalationRequestObject) (oas.UpdateEscalationResponseObject, error) {
	e, err := h.escalations.Update(ctx, r.EscalationID, ifMatch(r.Params.IfMatch), conversations.EscalationPatch{
		AssignedTo: r.Body.AssignedTo, Note: r.Body.Note,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, func() (any, error) {
			current, err := h.escalations.Get(ctx, r.EscalationID)
			if err != nil {
				return nil, err
			}
			return toAPIEscalation(current), nil
		})
	}
	return oas.UpdateEscalation200JSONResponse{Body: toAPIEscalation(e), Headers: oas.UpdateEscalation200ResponseHeaders{ETag: etag(e.Version)}}, nil
}

// ResolveEscalation ends an escalation.
func (h *Escalations) ResolveEscalation(ctx context.Context, r oas.ResolveEscalationRequestObject) (oas.ResolveEscalationResponseObject, error) {
	e, err := h.escalations.Resolve(ctx, r.EscalationID, conversations.Resolution{GiveBack: r.Body.GiveBack, Note: r.Body.Note})
	if err != nil {
		return nil, err
	}
	return oas.ResolveEscalation200JSONResponse{Body: toAPIEscalation(e), Headers: oas.ResolveEscalation200ResponseHeaders{ETag: etag(e.Version)}}, nil
}

// fromAPIEscalationStatus fills in the default; none is all.
func fromAPIEscalationStatus(s *oas.ListEscalationsParamsStatus) []string {
	switch {
	case s == nil || *s == oas.ListEscalationsParamsStatusOpen:
		return []string{string(oas.EscalationStatusPending), string(oas.EscalationStatusInProgress)}
	case *s == oas.ListEscalationsParamsStatusAll:
		return nil
	}
	return []string{string(*s)}
}

func toAPIEscalation(e conversations.Escalation) oas.Escalation {
	return oas.Escalation{
		ID: e.ID, ConversationID: e.ConversationID, CustomerID: e.CustomerID, CustomerName: e.CustomerName, CustomerPhone: orNull(e.CustomerPhone),
		Source: e.Source, Priority: oas.EscalationPriority(e.Priority), Reason: e.Reason, Status: oas.EscalationStatus(e.Status),
		AssignedTo: orNull(e.AssignedTo), AssignedToName: orNull(e.AssignedToName), Note: orNull(e.Note),
		CreatedAt: e.CreatedAt.UTC(), UpdatedAt: e.UpdatedAt.UTC(), ResolvedAt: orNullTime(e.ResolvedAt),
		ResolvedBy: orNull(e.ResolvedBy), ResolvedByName: orNull(e.ResolvedByName), Version: e.Version,
	}
}
