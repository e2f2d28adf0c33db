package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/logmonitor"
	"github.com/msia/msia/internal/page"
)

// Errors serves the tag Errors.
type Errors struct {
	groups *logmonitor.Groups
	bulk   bulk
}

// ListErrors returns a page of what went wrong.
func (h *Errors) ListErrors(ctx context.Context, r oas.ListErrorsRequestObject) (oas.ListErrorsResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	items, next, err := h.groups.List(ctx, logmonitor.Filter{
		Statuses: fromAPIErrorStatuses(r.Params.Status), Source: r.Params.Source, Kind: asString(r.Params.Kind), Q: r.Params.Q,
	}, key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListErrors200JSONResponse{Items: each(items, toAPIErrorGroup), NextCursor: orNull(next)}, nil
}

// GetErrorStats counts them.
func (h *Errors) GetErrorStats(ctx context.Context, _ oas.GetErrorStatsRequestObject) (oas.GetErrorStatsResponseObject, error) {
	n, err := h.groups.Stats(ctx)
	if err != nil {
		return nil, err
	}
	return oas.GetErrorStats200JSONResponse{
		Open: n.Open, Resolved: n.Resolved, Ignored: n.Ignored, NewToday: n.NewToday, Hours: each(n.Hours, toAPIErrorHour), Sources: n.Sources,
	}, nil
}

// GetError returns one group.
func (h *Errors) GetError(ctx context.Context, r oas.GetErrorRequestObject) (oas.GetErrorResponseObject, error) {
	g, err := h.groups.Get(ctx, r.ErrorID)
	if err != nil {
		return nil, err
	}
	return oas.GetError200JSONResponse{Body: toAPIErrorGroupDetail(g), Headers: oas.GetError200ResponseHeaders{ETag: etag(g.Version)}}, nil
}

// UpdateError resolves, ignores or opens a group.
func (h *Errors) UpdateError(ctx context.Context, r oas.UpdateErrorRequestObject) (oas.UpdateErrorResponseObject, error) {
	g, err := h.groups.SetStatus(ctx, r.ErrorID, ifMatch(r.Params.IfMatch), string(r.Body.Status))
	if err != nil {
		return nil, bothVersions(err, *r.Body, func() (any, error) {
			current, err := h.groups.Get(ctx, r.ErrorID)
			return toAPIErrorGroupDetail(current), err
		})
	}
	return oas.UpdateError200JSONResponse{Body: toAPIErrorGroupDetail(g), Headers: oas.UpdateError200ResponseHeaders{ETag: etag(g.Version)}}, nil
}

// BulkErrors resolves, ignores or opens many groups.
func (h *Errors) BulkErrors(ctx context.Context, r oas.BulkErrorsRequestObject) (oas.BulkErrorsResponseObject, error) {
	out, err := h.bulk.run(ctx, r.Body.Ids, func(ctx context.Context, id uuid.UUID) (int, error) {
		g, err := h.groups.SetStatus(ctx, id, 0, string(r.Body.Status))
		return g.Version, err
	})
	return oas.BulkErrors200JSONResponse(out), err
}

// fromAPIErrorStatuses fills in the default; none is all.
func fromAPIErrorStatuses(list *[]oas.ErrorFilterStatus) []string {
	if list == nil {
		return []string{logmonitor.StatusOpen}
	}
	for _, s := range *list {
		if s == oas.ErrorFilterStatusAll {
			return nil
		}
	}
	return texts(list)
}

func toAPIErrorHour(h logmonitor.Hour) oas.ErrorHour {
	return oas.ErrorHour{Hour: h.Start.UTC(), Count: h.Count}
}

func toAPIErrorGroup(g logmonitor.Group) oas.ErrorGroup {
	return oas.ErrorGroup{
		ID: g.ID, Source: g.Source, Kind: oas.ErrorKind(g.Kind), Title: g.Title, Location: g.Location, RequestID: orNullText(g.RequestID),
		FirstSeen: g.FirstSeen.UTC(), LastSeen: g.LastSeen.UTC(), Count: g.Count, Status: oas.ErrorStatus(g.Status),
		ResolvedAt: orNullTime(g.ResolvedAt), ResolvedByName: orNull(g.ResolvedByName), ReopenedAt: orNullTime(g.ReopenedAt), Reopenings: g.Reopenings,
		AlertedAt: orNullTime(g.AlertedAt), Hours: each(g.Hours, toAPIErrorHour), Version: g.Version,
	}
}

func toAPIErrorGroupDetail(g logmonitor.Group) oas.ErrorGroupDetail {
	o := toAPIErrorGroup(g)
	return oas.ErrorGroupDetail{
		ID: o.ID, Source: o.Source, Kind: o.Kind, Title: o.Title, Location: o.Location, RequestID: o.RequestID,
		FirstSeen: o.FirstSeen, LastSeen: o.LastSeen, Count: o.Count, Status: o.Status,
		ResolvedAt: o.ResolvedAt, ResolvedByName: o.ResolvedByName, ReopenedAt: o.ReopenedAt, Reopenings: o.Reopenings,
		AlertedAt: o.AlertedAt, Hours: o.Hours, Version: o.Version, Message: g.Message, Stack: orNullText(g.Stack),
	}
}
