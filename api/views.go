package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/views"
)

// Views serves the tag Views.
type Views struct {
	views *views.Service
}

// ListViews returns the caller's views and those that others share.
func (h *Views) ListViews(ctx context.Context, r oas.ListViewsRequestObject) (oas.ListViewsResponseObject, error) {
	all, err := h.views.List(ctx, asString(r.Params.Page))
	if err != nil {
		return nil, err
	}
	return oas.ListViews200JSONResponse(each(all, toAPIView)), nil
}

// CreateView stores a view of the caller.
func (h *Views) CreateView(ctx context.Context, r oas.CreateViewRequestObject) (oas.CreateViewResponseObject, error) {
	v, err := h.views.Create(ctx, views.Draft{
		Page: string(r.Body.Page), Name: r.Body.Name, Query: r.Body.Query, Shared: orFalse(r.Body.Shared), SortOrder: orZero(r.Body.SortOrder),
	})
	if err != nil {
		return nil, err
	}
	return oas.CreateView201JSONResponse{Body: toAPIView(v), Headers: oas.CreateView201ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// UpdateView changes the members that are present.
func (h *Views) UpdateView(ctx context.Context, r oas.UpdateViewRequestObject) (oas.UpdateViewResponseObject, error) {
	v, err := h.views.Update(ctx, r.ViewID, ifMatch(r.Params.IfMatch), views.Patch{
		Name: r.Body.Name, Query: r.Body.Query, Shared: r.Body.Shared, SortOrder: r.Body.SortOrder,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.current(ctx, r.ViewID))
	}
	return oas.UpdateView200JSONResponse{Body: toAPIView(v), Headers: oas.UpdateView200ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// DeleteView removes a view.
func (h *Views) DeleteView(ctx context.Context, r oas.DeleteViewRequestObject) (oas.DeleteViewResponseObject, error) {
	if err := h.views.Delete(ctx, r.ViewID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.current(ctx, r.ViewID))
	}
	return oas.DeleteView204Response{}, nil
}

func (h *Views) current(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		v, err := h.views.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		return toAPIView(v), nil
	}
}

func toAPIView(v views.View) oas.SavedView {
	return oas.SavedView{
		ID: v.ID, Page: oas.ViewPage(v.Page), Name: v.Name, Query: v.Query, Shared: v.Shared, SortOrder: v.SortOrder, Owner: v.Owner, Own: v.Own,
		Version: v.Version, CreatedAt: v.CreatedAt.UTC(), UpdatedAt: v.UpdatedAt.UTC(),
	}
}
