package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/tariffs"
)

// ListBaseDocuments returns documents, inactive ones too.
func (h *Tariffs) ListBaseDocuments(ctx context.Context, r oas.ListBaseDocumentsRequestObject) (oas.ListBaseDocumentsResponseObject, error) {
	category, err := h.categoryOf(ctx, r.Params.Category)
	if err != nil {
		return nil, err
	}
	list, err := h.documents.List(ctx, category)
	if err != nil {
		return nil, err
	}
	return oas.ListBaseDocuments200JSONResponse(each(list, toAPIBaseDocument)), nil
}

// GetBaseDocument returns one of them.
func (h *Tariffs) GetBaseDocument(ctx context.Context, r oas.GetBaseDocumentRequestObject) (oas.GetBaseDocumentResponseObject, error) {
	v, err := h.documents.Get(ctx, r.DocumentID)
	if err != nil {
		return nil, err
	}
	return oas.GetBaseDocument200JSONResponse{Body: toAPIBaseDocument(v), Headers: oas.GetBaseDocument200ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// CreateBaseDocument creates one.
func (h *Tariffs) CreateBaseDocument(ctx context.Context, r oas.CreateBaseDocumentRequestObject) (oas.CreateBaseDocumentResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.Body.CategoryID)
	if err != nil {
		return nil, err
	}
	v, err := h.documents.Create(ctx, tariffs.NewDocument{
		CategoryID: c.ID, Code: r.Body.Code, Description: r.Body.Description, ImageURL: fromNullable(r.Body.ImageURL),
		IsRequired: orTrue(r.Body.IsRequired), SortOrder: orZero(r.Body.SortOrder), IsActive: orTrue(r.Body.IsActive),
	})
	if err != nil {
		return nil, err
	}
	return oas.CreateBaseDocument201JSONResponse{Body: toAPIBaseDocument(v), Headers: oas.CreateBaseDocument201ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// UpdateBaseDocument changes the members that are present.
func (h *Tariffs) UpdateBaseDocument(ctx context.Context, r oas.UpdateBaseDocumentRequestObject) (oas.UpdateBaseDocumentResponseObject, error) {
	v, err := h.documents.Update(ctx, r.DocumentID, ifMatch(r.Params.IfMatch), tariffs.DocumentPatch{
		Code: r.Body.Code, Description: r.Body.Description, ImageURL: r.Body.ImageURL, IsRequired: r.Body.IsRequired,
		SortOrder: r.Body.SortOrder, IsActive: r.Body.IsActive,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.currentBaseDocument(ctx, r.DocumentID))
	}
	return oas.UpdateBaseDocument200JSONResponse{Body: toAPIBaseDocument(v), Headers: oas.UpdateBaseDocument200ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// DeleteBaseDocument deletes one.
func (h *Tariffs) DeleteBaseDocument(ctx context.Context, r oas.DeleteBaseDocumentRequestObject) (oas.DeleteBaseDocumentResponseObject, error) {
	if err := h.documents.Delete(ctx, r.DocumentID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.currentBaseDocument(ctx, r.DocumentID))
	}
	return oas.DeleteBaseDocument204Response{}, nil
}

// currentBaseDocument reads one for the answer to a lost race.
func (h *Tariffs) currentBaseDocument(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		v, err := h.documents.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		return toAPIBaseDocument(v), nil
	}
}

// OrderBaseDocuments puts documents in an order.
func (h *Tariffs) OrderBaseDocuments(ctx context.Context, r oas.OrderBaseDocumentsRequestObject) (oas.OrderBaseDocumentsResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.Params.Category)
	if err != nil {
		return nil, err
	}
	list, err := h.documents.Order(ctx, c.ID, r.Body.Ids)
	if err != nil {
		return nil, err
	}
	return oas.OrderBaseDocuments200JSONResponse(each(list, toAPIBaseDocument)), nil
}
