package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
)

// ListElementFields returns an element's fields, inactive ones too.
func (h *Elements) ListElementFields(ctx context.Context, r oas.ListElementFieldsRequestObject) (oas.ListElementFieldsResponseObject, error) {
	all, err := h.editor.Fields(ctx, r.ElementID)
	if err != nil {
		return nil, err
	}
	return oas.ListElementFields200JSONResponse(each(all, toAPIElementField)), nil
}

// CreateElementField creates a field.
func (h *Elements) CreateElementField(ctx context.Context, r oas.CreateElementFieldRequestObject) (oas.CreateElementFieldResponseObject, error) {
	f, err := h.editor.CreateField(ctx, r.ElementID, fromAPIFieldCreate(*r.Body))
	if err != nil {
		return nil, err
	}
	return oas.CreateElementField201JSONResponse{Body: toAPIElementField(f), Headers: oas.CreateElementField201ResponseHeaders{ETag: etag(f.Version)}}, nil
}

// OrderElementFields orders the fields of an element.
func (h *Elements) OrderElementFields(ctx context.Context, r oas.OrderElementFieldsRequestObject) (oas.OrderElementFieldsResponseObject, error) {
	all, err := h.editor.OrderFields(ctx, r.ElementID, r.Body.Ids)
	if err != nil {
		return nil, err
	}
	return oas.OrderElementFields200JSONResponse(each(all, toAPIElementField)), nil
}

// CheckElementFields reads what was typed into an element's fields.
func (h *Elements) CheckElementFields(ctx context.Context, r oas.CheckElementFieldsRequestObject) (oas.CheckElementFieldsResponseObject, error) {
	result, err := h.editor.CheckFields(ctx, r.ElementID, r.Body.Values)
	if err != nil {
		return nil, err
	}
	return oas.CheckElementFields200JSONResponse(toAPIFieldsCheck(result)), nil
}

// GetElementField returns one field.
func (h *Elements) GetElementField(ctx context.Context, r oas.GetElementFieldRequestObject) (oas.GetElementFieldResponseObject, error) {
	f, err := h.editor.Field(ctx, r.FieldID)
	if err != nil {
		return nil, err
	}
	return oas.GetElementField200JSONResponse{Body: toAPIElementField(f), Headers: oas.GetElementField200ResponseHeaders{ETag: etag(f.Version)}}, nil
}

// UpdateElementField changes the members that are present.
func (h *Elements) UpdateElementField(ctx context.Context, r oas.UpdateElementFieldRequestObject) (oas.UpdateElementFieldResponseObject, error) {
	f, err := h.editor.UpdateField(ctx, r.FieldID, ifMatch(r.Params.IfMatch), fromAPIFieldUpdate(*r.Body))
	if err != nil {
		return nil, bothVersions(err, *r.Body, func() (any, error) {
			current, err := h.editor.Field(ctx, r.FieldID)
			return toAPIElementField(current), err
		})
	}
	return oas.UpdateElementField200JSONResponse{Body: toAPIElementField(f), Headers: oas.UpdateElementField200ResponseHeaders{ETag: etag(f.Version)}}, nil
}

// DeleteElementField deletes a field.
func (h *Elements) DeleteElementField(ctx context.Context, r oas.DeleteElementFieldRequestObject) (oas.DeleteElementFieldResponseObject, error) {
	if err := h.editor.DeleteField(ctx, r.FieldID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, func() (any, error) {
			current, err := h.editor.Field(ctx, r.FieldID)
			return toAPIElementField(current), err
		})
	}
	return oas.DeleteElementField204Response{}, nil
}
