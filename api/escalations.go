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
	exports     exports
}

// ListEscalations returns a page of work for people.
func (h *Escalations) ListEscalations(ctx context.Context, r oas.ListEscalationsRequestObject) (oas.ListEscalationsResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	items, next, err := h.escalations.List(ctx, fromAPIEscalationList(r.Params), key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListEscalations200JSONResponse{Items: each(items, toAPIEscalation), NextCursor: orNull(next)}, nil
}

func fromAPIEscalationList(p oas.ListEscalationsParams) conversations.EscalationFilter {
	return conversations.EscalationFilter{
		Statuses: fromAPIEscalationStatuses(p.Status), Source: p.Source, Priority: asString(p.Priority), AssignedTo: p.AssignedTo,
		ConversationID: p.ConversationID, Unassigned: deref(p.Unassigned), NewestFirst: deref(p.Order) == oas.ListEscalationsParamsOrderNewest,
	}
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

// fromAPIEscalationStatuses fills in the default; none is all.
func fromAPIEscalationStatuses(list *[]oas.EscalationFilterStatus) []string {
	if list == nil {
		list = &[]oas.EscalationFilterStatus{oas.EscalationFilterStatusOpen}
	}
	var out []string
	for _, s := range *list {
		switch s {
		case oas.EscalationFilterStatusAll:
			return nil
		case oas.EscalationFilterStatusOpen:
			out = append(out, string(oas.EscalationStatusPending), string(oas.EscalationStatusInProgress))
		default:
			out = append(out, string(s))
		}
	}
	return out
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
