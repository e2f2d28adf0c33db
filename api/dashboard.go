package api

import (
	"context"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
)

// Dashboard serves the tag Dashboard.
type Dashboard struct {
	dashboard *admin.Dashboard
	settings  *admin.Settings
}

// GetDashboard returns the numbers of the day.
func (h *Dashboard) GetDashboard(ctx context.Context, _ oas.GetDashboardRequestObject) (oas.GetDashboardResponseObject, error) {
	n, err := h.dashboard.Read(ctx)
	if err != nil {
		return nil, err
	}
	assistant, err := h.settings.Assistant(ctx)
	if err != nil {
		return nil, err
	}
	out := toAPIDashboard(n)
	out.AssistantEnabled = assistant.Enabled
	return oas.GetDashboard200JSONResponse(out), nil
}

func toAPIDashboard(n admin.Numbers) oas.Dashboard {
	out := oas.Dashboard{
		At: n.At.UTC(), TimeZone: admin.TimeZone, Today: toAPIDashboardDay(n.Today()),
		Conversations: oas.DashboardConversations{Total: n.Conversations.Total, Paused: n.Conversations.Paused, Unanswered: n.Conversations.Unanswered},
		Escalations: oas.DashboardEscalations{
			Pending: n.Escalations.Pending, InProgress: n.Escalations.InProgress, ResolvedToday: n.Escalations.ResolvedToday,
		},
		Customers:          oas.DashboardCustomers{Total: n.Customers, Today: n.CustomersToday},
		Outbox:             oas.DashboardOutbox{Waiting: n.OutboxWaiting, FailedToday: n.OutboxFailedToday},
		FirstAnswerSeconds: orNull[float64](nil),
		Days:               each(n.Days, toAPIDashboardDay), TopElements: make([]oas.DashboardElement, len(n.TopElements)),
	}
	if n.FirstAnswer != nil {
		out.FirstAnswerSeconds.Set(n.FirstAnswer.Seconds())
	}
	for i, e := range n.TopElements {
		out.TopElements[i] = oas.DashboardElement{Category: e.Category, Code: e.Code, Name: e.Name, Conversations: e.Conversations}
	}
	return out
}

func toAPIDashboardDay(d admin.DayNumbers) oas.DashboardDay {
	return oas.DashboardDay{
		Date: openapi_types.Date{Time: d.Date}, Conversations: d.Conversations, Incoming: d.Incoming, Assistant: d.Assistant,
		Staff: d.Staff, Quotes: d.Quotes, QuotesSubtotal: d.Subtotal, QuotesAccepted: d.Accepted,
	}
}
