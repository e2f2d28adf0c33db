package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/customers"
	"github.com/msia/msia/internal/page"
)

// Customers serves the tag Customers.
type Customers struct {
	customers *customers.Service
	cases     *Cases
	exports   exports
}

// ListCustomers returns a page of customers.
func (h *Customers) ListCustomers(ctx context.Context, r oas.ListCustomersRequestObject) (oas.ListCustomersResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	items, next, err := h.customers.List(ctx, fromAPICustomerList(r.Params), key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListCustomers200JSONResponse{Items: each(items, toAPICustomerSummary), NextCursor: orNull(next)}, nil
}

func fromAPICustomerList(p oas.ListCustomersParams) customers.Filter {
	return customers.Filter{
		Query: deref(p.Q), ClientType: asString(p.ClientType), ByCreation: deref(p.Sort) == oas.ListCustomersParamsSortCreated,
	}
}

// CreateCustomer stores a customer that Chatwoot does not know.
func (h *Customers) CreateCustomer(ctx context.Context, r oas.CreateCustomerRequestObject) (oas.CreateCustomerResponseObject, error) {
	c, err := h.customers.Create(ctx, fromAPICustomerWrite(*r.Body))
	if err != nil {
		return nil, err
	}
	return oas.CreateCustomer201JSONResponse{Body: toAPICustomer(c), Headers: oas.CreateCustomer201ResponseHeaders{ETag: etag(c.Version)}}, nil
}

// GetCustomer returns one customer.
func (h *Customers) GetCustomer(ctx context.Context, r oas.GetCustomerRequestObject) (oas.GetCustomerResponseObject, error) {
	c, err := h.customers.Get(ctx, r.CustomerID)
	if err != nil {
		return nil, err
	}
	return oas.GetCustomer200JSONResponse{Body: toAPICustomer(c), Headers: oas.GetCustomer200ResponseHeaders{ETag: etag(c.Version)}}, nil
}

// UpdateCustomer changes the members that are present.
func (h *Customers) UpdateCustomer(ctx context.Context, r oas.UpdateCustomerRequestObject) (oas.UpdateCustomerResponseObject, error) {
	c, err := h.customers.Update(ctx, r.CustomerID, ifMatch(r.Params.IfMatch), fromAPICustomerWrite(*r.Body))
	if err != nil {
		return nil, bothVersions(err, *r.Body, func() (any, error) { return h.current(ctx, r.CustomerID) })
	}
	return oas.UpdateCustomer200JSONResponse{Body: toAPICustomer(c), Headers: oas.UpdateCustomer200ResponseHeaders{ETag: etag(c.Version)}}, nil
}

func (h *Customers) current(ctx context.Context, id uuid.UUID) (any, error) {
	c, err := h.customers.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return toAPICustomer(c), nil
}

// MergeCustomer makes a duplicate part of a customer.
func (h *Customers) MergeCustomer(ctx context.Context, r oas.MergeCustomerRequestObject) (oas.MergeCustomerResponseObject, error) {
	c, err := h.customers.Merge(ctx, r.CustomerID, r.Body.DuplicateID)
	if err != nil {
		return nil, err
	}
	return oas.MergeCustomer200JSONResponse{Body: toAPICustomer(c), Headers: oas.MergeCustomer200ResponseHeaders{ETag: etag(c.Version)}}, nil
}

// AnonymiseCustomer leaves nothing personal of a customer.
func (h *Customers) AnonymiseCustomer(ctx context.Context, r oas.AnonymiseCustomerRequestObject) (oas.AnonymiseCustomerResponseObject, error) {
	c, err := h.customers.Anonymise(ctx, r.CustomerID, r.Body.Confirm)
	if err != nil {
		return nil, err
	}
	return oas.AnonymiseCustomer200JSONResponse{Body: toAPICustomer(c), Headers: oas.AnonymiseCustomer200ResponseHeaders{ETag: etag(c.Version)}}, nil
}

// ExportCustomer returns everything there is about one customer.
func (h *Customers) ExportCustomer(ctx context.Context, r oas.ExportCustomerRequestObject) (oas.ExportCustomerResponseObject, error) {
	e, err := h.customers.Export(ctx, r.CustomerID)
	if err != nil {
		return nil, err
	}
	out, err := toAPICustomerExport(e)
	if err != nil {
		return nil, err
	}
	if out.Cases, err = h.cases.export(ctx, r.CustomerID); err != nil {
		return nil, err
	}
	return oas.ExportCustomer200JSONResponse(out), nil
}
