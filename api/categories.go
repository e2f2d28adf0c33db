package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/tariffs"
)

// ListCategories returns the categories in their order.
func (h *Tariffs) ListCategories(ctx context.Context, r oas.ListCategoriesRequestObject) (oas.ListCategoriesResponseObject, error) {
	inactive, err := seesInactive(ctx, r.Params.IncludeInactive)
	if err != nil {
		return nil, err
	}
	snapshot, err := h.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := oas.ListCategories200JSONResponse{}
	for _, c := range snapshot.Categories {
		if c.IsActive || inactive {
			out = append(out, toAPICategory(c))
		}
	}
	return out, nil
}

// GetCategory returns one category.
func (h *Tariffs) GetCategory(ctx context.Context, r oas.GetCategoryRequestObject) (oas.GetCategoryResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	return oas.GetCategory200JSONResponse{Body: toAPICategory(c), Headers: oas.GetCategory200ResponseHeaders{ETag: etag(c.Version)}}, nil
}

// GetCategoryCatalogue returns everything about a category.
func (h *Tariffs) GetCategoryCatalogue(ctx context.Context, r oas.GetCategoryCatalogueRequestObject) (oas.GetCategoryCatalogueResponseObject, error) {
	snapshot, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	return oas.GetCategoryCatalogue200JSONResponse(toAPICatalogue(snapshot, c)), nil
}

// CreateCategory creates a category.
func (h *Tariffs) CreateCategory(ctx context.Context, r oas.CreateCategoryRequestObject) (oas.CreateCategoryResponseObject, error) {
	c, err := h.categories.Create(ctx, tariffs.NewCategory{
		Slug: r.Body.Slug, Name: r.Body.Name, ClientType: catalogue.ClientType(r.Body.ClientType), VehicleKind: catalogue.VehicleKind(r.Body.VehicleKind),
		Description: fromNullable(r.Body.Description), Icon: fromNullable(r.Body.Icon), IsActive: orTrue(r.Body.IsActive),
		SortOrder: orZero(r.Body.SortOrder), UnitsPerElement: fromNullable(r.Body.UnitsPerElement),
	})
	if err != nil {
		return nil, err
	}
	return oas.CreateCategory201JSONResponse{Body: toAPICategory(c), Headers: oas.CreateCategory201ResponseHeaders{ETag: etag(c.Version)}}, nil
}

// UpdateCategory changes the members that are present.
func (h *Tariffs) UpdateCategory(ctx context.Context, r oas.UpdateCategoryRequestObject) (oas.UpdateCategoryResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	id := c.ID
	c, err = h.categories.Update(ctx, id, ifMatch(r.Params.IfMatch), tariffs.CategoryPatch{
		Slug: r.Body.Slug, Name: r.Body.Name, ClientType: (*catalogue.ClientType)(r.Body.ClientType),
		VehicleKind: (*catalogue.VehicleKind)(r.Body.VehicleKind), Description: r.Body.Description, Icon: r.Body.Icon,
		IsActive: r.Body.IsActive, SortOrder: r.Body.SortOrder, UnitsPerElement: r.Body.UnitsPerElement,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.currentCategory(ctx, id))
	}
	return oas.UpdateCategory200JSONResponse{Body: toAPICategory(c), Headers: oas.UpdateCategory200ResponseHeaders{ETag: etag(c.Version)}}, nil
}

// DeleteCategory deletes a category and everything in it.
func (h *Tariffs) DeleteCategory(ctx context.Context, r oas.DeleteCategoryRequestObject) (oas.DeleteCategoryResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	if err := h.categories.Delete(ctx, c.ID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.currentCategory(ctx, c.ID))
	}
	return oas.DeleteCategory204Response{}, nil
}

// currentCategory reads a category for the answer to a lost race.
func (h *Tariffs) currentCategory(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		_, c, err := resolve(ctx, h.catalogue, id.String())
		if err != nil {
			return nil, err
		}
		return toAPICategory(c), nil
	}
}

// DuplicateCategory makes a whole category again.
func (h *Tariffs) DuplicateCategory(ctx context.Context, r oas.DuplicateCategoryRequestObject) (oas.DuplicateCategoryResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	c, err = h.categories.Duplicate(ctx, c.ID, tariffs.CategoryCopy{
		Slug: r.Body.Slug, Name: r.Body.Name, ClientType: (*catalogue.ClientType)(r.Body.ClientType),
		VehicleKind: (*catalogue.VehicleKind)(r.Body.VehicleKind),
	})
	if err != nil {
		return nil, err
	}
	return oas.DuplicateCategory201JSONResponse{Body: toAPICategory(c), Headers: oas.DuplicateCategory201ResponseHeaders{ETag: etag(c.Version)}}, nil
}

// OrderCategories puts the categories in an order.
func (h *Tariffs) OrderCategories(ctx context.Context, r oas.OrderCategoriesRequestObject) (oas.OrderCategoriesResponseObject, error) {
	list, err := h.categories.Order(ctx, r.Body.Ids)
	if err != nil {
		return nil, err
	}
	return oas.OrderCategories200JSONResponse(each(list, toAPICategory)), nil
}
