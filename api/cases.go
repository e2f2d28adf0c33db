package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/tariffs"
)

// Cases serves the tag Cases.
type Cases struct {
	cases     *cases.Service
	files     *images.CustomerFiles
	catalogue *catalogue.Cache
	quoting   *tariffs.Quoting
	bulk      bulk
	accounts  *admin.Accounts
	exports   exports
}

// ListCases returns a page of cases.
func (h *Cases) ListCases(ctx context.Context, r oas.ListCasesRequestObject) (oas.ListCasesResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	f, o := fromAPICaseList(r.Params)
	items, next, err := h.cases.List(ctx, f, o, key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListCases200JSONResponse{Items: each(items, toAPICaseSummary), NextCursor: orNull(next)}, nil
}

func fromAPICaseList(p oas.ListCasesParams) (cases.Filter, cases.Order) {
	f := cases.Filter{
		Query: deref(p.Q), CustomerID: p.CustomerID, ConversationID: p.ConversationID, CategoryID: p.CategoryID, AssigneeID: p.AssigneeID,
	}
	for _, status := range deref(p.Status) {
		f.Statuses = append(f.Statuses, cases.Status(status))
	}
	return f, cases.Order{Sort: cases.Sort(deref(p.Sort)), OldestFirst: deref(p.Order) == oas.ListOrderOldest}
}

// CreateCase opens a case for a customer, priced here.
func (h *Cases) CreateCase(ctx context.Context, r oas.CreateCaseRequestObject) (oas.CreateCaseResponseObject, error) {
	snapshot, category, err := resolve(ctx, h.catalogue, r.Body.Category)
	if err != nil {
		return nil, err
	}
	req, err := fromAPIQuoteRequest(oas.QuoteRequest{Elements: r.Body.Elements, Services: r.Body.Services})
	if err != nil {
		return nil, err
	}
	quote, err := h.quoting.Calculate(snapshot, category, req)
	if err != nil {
		return nil, err
	}
	who, _ := caller.From(ctx)
	c, err := h.cases.Open(ctx, cases.NewCase{
		CustomerID: r.Body.CustomerID, ConversationID: fromNullable(r.Body.ConversationID), Category: category, Quote: quote, Assignee: &who.AccountID,
	})
	if err != nil {
		return nil, err
	}
	body, err := h.whole(ctx, c)
	return oas.CreateCase201JSONResponse{Body: body, Headers: oas.CreateCase201ResponseHeaders{ETag: etag(c.Version)}}, err
}

// GetCaseStats counts the cases by status.
func (h *Cases) GetCaseStats(ctx context.Context, r oas.GetCaseStatsRequestObject) (oas.GetCaseStatsResponseObject, error) {
	n, err := h.cases.Counts(ctx, cases.Filter{
		Query: deref(r.Params.Q), CustomerID: r.Params.CustomerID, ConversationID: r.Params.ConversationID,
		CategoryID: r.Params.CategoryID, AssigneeID: r.Params.AssigneeID,
	})
	if err != nil {
		return nil, err
	}
	return oas.GetCaseStats200JSONResponse{
		Collecting: n[cases.Collecting], PendingImages: n[cases.PendingImages], PendingReview: n[cases.PendingReview],
		InProgress: n[cases.InProgress], Resolved: n[cases.Resolved], Cancelled: n[cases.Cancelled], Abandoned: n[cases.Abandoned],
	}, nil
}

// ListRejectReasons returns why a file may not be good enough.
func (h *Cases) ListRejectReasons(context.Context, oas.ListRejectReasonsRequestObject) (oas.ListRejectReasonsResponseObject, error) {
	return oas.ListRejectReasons200JSONResponse(each(cases.RejectReasons, func(r cases.RejectReason) oas.RejectReason {
		return oas.RejectReason{Code: r.Code, Label: r.Label, Text: r.Text}
	})), nil
}

// GetCase returns one case.
func (h *Cases) GetCase(ctx context.Context, r oas.GetCaseRequestObject) (oas.GetCaseResponseObject, error) {
	c, err := h.cases.Get(ctx, r.CaseID)
	if err != nil {
		return nil, err
	}
	body, err := h.whole(ctx, c)
	return oas.GetCase200JSONResponse{Body: body, Headers: oas.GetCase200ResponseHeaders{ETag: etag(c.Version)}}, err
}

// UpdateCase changes data and assignment.
func (h *Cases) UpdateCase(ctx context.Context, r oas.UpdateCaseRequestObject) (oas.UpdateCaseResponseObject, error) {
	p := cases.Patch{AssigneeID: r.Body.AssigneeID}
	if r.Body.Data != nil {
		p.Data = casedata.Change(*r.Body.Data)
	}
	c, err := h.cases.Update(ctx, r.CaseID, ifMatch(r.Params.IfMatch), p)
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.current(ctx, r.CaseID))
	}
	body, err := h.whole(ctx, c)
	return oas.UpdateCase200JSONResponse{Body: body, Headers: oas.UpdateCase200ResponseHeaders{ETag: etag(c.Version)}}, err
}

// TransitionCase gives a case another status.
func (h *Cases) TransitionCase(ctx context.Context, r oas.TransitionCaseRequestObject) (oas.TransitionCaseResponseObject, error) {
	c, err := h.cases.Transition(ctx, r.CaseID, ifMatch(r.Params.IfMatch), cases.Status(r.Body.Status), deref(fromNullable(r.Body.Reason)))
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.current(ctx, r.CaseID))
	}
	body, err := h.whole(ctx, c)
	return oas.TransitionCase200JSONResponse{Body: body, Headers: oas.TransitionCase200ResponseHeaders{ETag: etag(c.Version)}}, err
}

// AddCaseNote adds a note to the timeline.
func (h *Cases) AddCaseNote(ctx context.Context, r oas.AddCaseNoteRequestObject) (oas.AddCaseNoteResponseObject, error) {
	if err := h.cases.AddNote(ctx, r.CaseID, r.Body.Text); err != nil {
		return nil, err
	}
	return oas.AddCaseNote204Response{}, nil
}

// ListCaseEvents returns what happened, in order.
func (h *Cases) ListCaseEvents(ctx context.Context, r oas.ListCaseEventsRequestObject) (oas.ListCaseEventsResponseObject, error) {
	events, err := h.cases.Events(ctx, r.CaseID)
	if err != nil {
		return nil, err
	}
	out, err := toAPICaseEvents(events)
	return oas.ListCaseEvents200JSONResponse(out), err
}

// export returns all cases of a customer.
func (h *Cases) export(ctx context.Context, customerID uuid.UUID) ([]oas.ExportedCase, error) {
	all, err := h.cases.OfCustomer(ctx, customerID)
	if err != nil {
		return nil, err
	}
	out := make([]oas.ExportedCase, len(all))
	for i, c := range all {
		events, err := h.cases.Events(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		if out[i].Events, err = toAPICaseEvents(events); err != nil {
			return nil, err
		}
		if out[i].Case, err = h.whole(ctx, c); err != nil {
			return nil, err
		}
	}
	return out, nil
}
