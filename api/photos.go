package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
)

// ListElementPhotos returns an element's photo slots, inactive ones too.
func (h *Elements) ListElementPhotos(ctx context.Context, r oas.ListElementPhotosRequestObject) (oas.ListElementPhotosResponseObject, error) {
	all, err := h.editor.Photos(ctx, r.ElementID)
	if err != nil {
		return nil, err
	}
	return oas.ListElementPhotos200JSONResponse(each(all, toAPIElementPhoto)), nil
}

// CreateElementPhoto creates a photo slot.
func (h *Elements) CreateElementPhoto(ctx context.Context, r oas.CreateElementPhotoRequestObject) (oas.CreateElementPhotoResponseObject, error) {
	p, err := h.editor.CreatePhoto(ctx, r.ElementID, fromAPIPhotoCreate(*r.Body))
	if err != nil {
		return nil, err
	}
	return oas.CreateElementPhoto201JSONResponse{Body: toAPIElementPhoto(p), Headers: oas.CreateElementPhoto201ResponseHeaders{ETag: etag(p.Version)}}, nil
}

// OrderElementPhotos orders the photo slots of an element.
func (h *Elements) OrderElementPhotos(ctx context.Context, r oas.OrderElementPhotosRequestObject) (oas.OrderElementPhotosResponseObject, error) {
	all, err := h.editor.OrderPhotos(ctx, r.ElementID, r.Body.Ids)
	if err != nil {
		return nil, err
	}
	return oas.OrderElementPhotos200JSONResponse(each(all, toAPIElementPhoto)), nil
}

// GetElementPhoto returns one photo slot.
func (h *Elements) GetElementPhoto(ctx context.Context, r oas.GetElementPhotoRequestObject) (oas.GetElementPhotoResponseObject, error) {
	p, err := h.editor.Photo(ctx, r.PhotoID)
	if err != nil {
		return nil, err
	}
	return oas.GetElementPhoto200JSONResponse{Body: toAPIElementPhoto(p), Headers: oas.GetElementPhoto200ResponseHeaders{ETag: etag(p.Version)}}, nil
}

// UpdateElementPhoto changes the members that are present.
func (h *Elements) UpdateElementPhoto(ctx context.Context, r oas.UpdateElementPhotoRequestObject) (oas.UpdateElementPhotoResponseObject, error) {
	p, err := h.editor.UpdatePhoto(ctx, r.PhotoID, ifMatch(r.Params.IfMatch), fromAPIPhotoUpdate(*r.Body))
	if err != nil {
		return nil, bothVersions(err, *r.Body, func() (any, error) {
			current, err := h.editor.Photo(ctx, r.PhotoID)
			return toAPIElementPhoto(current), err
		})
	}
	return oas.UpdateElementPhoto200JSONResponse{Body: toAPIElementPhoto(p), Headers: oas.UpdateElementPhoto200ResponseHeaders{ETag: etag(p.Version)}}, nil
}

// DeleteElementPhoto deletes a photo slot.
func (h *Elements) DeleteElementPhoto(ctx context.Context, r oas.DeleteElementPhotoRequestObject) (oas.DeleteElementPhotoResponseObject, error) {
	if err := h.editor.DeletePhoto(ctx, r.PhotoID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, func() (any, error) {
			current, err := h.editor.Photo(ctx, r.PhotoID)
			return toAPIElementPhoto(current), err
		})
	}
	return oas.DeleteElementPhoto204Response{}, nil
}
