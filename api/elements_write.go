package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
)

// CreateElement creates an element.
func (h *Elements) CreateElement(ctx context.Context, r oas.CreateElementRequestObject) (oas.CreateElementResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.Body.CategoryID)
	if err != nil {
		return nil, err
	}
	e, err := h.editor.CreateElement(ctx, c.ID, fromAPIElementCreate(*r.Body))
	if err != nil {
		return nil, err
	}
	return oas.CreateElement201JSONResponse{Body: toAPIElement(e), Headers: oas.CreateElement201ResponseHeaders{ETag: etag(e.Version)}}, nil
}

// UpdateElement changes the members that are present.
func (h *Elements) UpdateElement(ctx context.Context, r oas.UpdateElementRequestObject) (oas.UpdateElementResponseObject, error) {
	e, err := h.editor.UpdateElement(ctx, r.ElementID, ifMatch(r.Params.IfMatch), fromAPIElementUpdate(*r.Body))
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.current(ctx, r.ElementID))
	}
	return oas.UpdateElement200JSONResponse{Body: toAPIElement(e), Headers: oas.UpdateElement200ResponseHeaders{ETag: etag(e.Version)}}, nil
}

// DeleteElement deletes an element with its variants.
func (h *Elements) DeleteElement(ctx context.Context, r oas.DeleteElementRequestObject) (oas.DeleteElementResponseObject, error) {
	if err := h.editor.DeleteElement(ctx, r.ElementID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.current(ctx, r.ElementID))
	}
	return oas.DeleteElement204Response{}, nil
}

// OrderElements orders the elements of a category.
func (h *Elements) OrderElements(ctx context.Context, r oas.OrderElementsRequestObject) (oas.OrderElementsResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	all, err := h.editor.OrderElements(ctx, c.ID, r.Body.Ids)
	if err != nil {
		return nil, err
	}
	return oas.OrderElements200JSONResponse(each(all, toAPIElement)), nil
}

// current reads an element as it is stored now, for a 412.
func (h *Elements) current(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		e, err := h.element(ctx, id)
		if err != nil {
			return nil, err
		}
		return toAPIElement(e), nil
	}
}
