package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/tariffs"
)

// ListServices returns services, inactive ones too.
func (h *Tariffs) ListServices(ctx context.Context, r oas.ListServicesRequestObject) (oas.ListServicesResponseObject, error) {
	scope, err := h.scopeOf(ctx, r.Params.Category, r.Params.IncludeGlobal)
	if err != nil {
		return nil, err
	}
	list, err := h.services.List(ctx, scope)
	if err != nil {
		return nil, err
	}
	return oas.ListServices200JSONResponse(each(list, toAPIService)), nil
}

// GetService returns one of them.
func (h *Tariffs) GetService(ctx context.Context, r oas.GetServiceRequestObject) (oas.GetServiceResponseObject, error) {
	v, err := h.services.Get(ctx, r.ServiceID)
	if err != nil {
		return nil, err
	}
	return oas.GetService200JSONResponse{Body: toAPIService(v), Headers: oas.GetService200ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// CreateService creates one.
func (h *Tariffs) CreateService(ctx context.Context, r oas.CreateServiceRequestObject) (oas.CreateServiceResponseObject, error) {
	category, err := h.categoryOf(ctx, fromNullable(r.Body.CategoryID))
	if err != nil {
		return nil, err
	}
	v, err := h.services.Create(ctx, tariffs.NewService{
		CategoryID: category, Code: r.Body.Code, Name: r.Body.Name, Description: fromNullable(r.Body.Description), Price: r.Body.Price,
		SortOrder: orZero(r.Body.SortOrder), IsActive: orTrue(r.Body.IsActive),
	})
	if err != nil {
		return nil, err
	}
	return oas.CreateService201JSONResponse{Body: toAPIService(v), Headers: oas.CreateService201ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// UpdateService changes the members that are present.
func (h *Tariffs) UpdateService(ctx context.Context, r oas.UpdateServiceRequestObject) (oas.UpdateServiceResponseObject, error) {
	v, err := h.services.Update(ctx, r.ServiceID, ifMatch(r.Params.IfMatch), tariffs.ServicePatch{
		Code: r.Body.Code, Name: r.Body.Name, Description: r.Body.Description, Price: r.Body.Price,
		SortOrder: r.Body.SortOrder, IsActive: r.Body.IsActive,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.currentService(ctx, r.ServiceID))
	}
	return oas.UpdateService200JSONResponse{Body: toAPIService(v), Headers: oas.UpdateService200ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// DeleteService deletes one.
func (h *Tariffs) DeleteService(ctx context.Context, r oas.DeleteServiceRequestObject) (oas.DeleteServiceResponseObject, error) {
	if err := h.services.Delete(ctx, r.ServiceID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.currentService(ctx, r.ServiceID))
	}
	return oas.DeleteService204Response{}, nil
}

// currentService reads one for the answer to a lost race.
func (h *Tariffs) currentService(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		v, err := h.services.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		return toAPIService(v), nil
	}
}

// OrderServices puts services in an order.
func (h *Tariffs) OrderServices(ctx context.Context, r oas.OrderServicesRequestObject) (oas.OrderServicesResponseObject, error) {
	category, err := h.categoryOf(ctx, r.Params.Category)
	if err != nil {
		return nil, err
	}
	list, err := h.services.Order(ctx, category, r.Body.Ids)
	if err != nil {
		return nil, err
	}
	return oas.OrderServices200JSONResponse(each(list, toAPIService)), nil
}
