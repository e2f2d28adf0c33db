package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/tariffs"
)

// ListWarnings returns warnings, inactive ones too.
func (h *Tariffs) ListWarnings(ctx context.Context, r oas.ListWarningsRequestObject) (oas.ListWarningsResponseObject, error) {
	scope, err := h.scopeOf(ctx, r.Params.Category, r.Params.IncludeGlobal)
	if err != nil {
		return nil, err
	}
	list, err := h.warnings.List(ctx, scope)
	if err != nil {
		return nil, err
	}
	return oas.ListWarnings200JSONResponse(each(list, toAPIWarningResponse)), nil
}

// GetWarning returns one of them.
func (h *Tariffs) GetWarning(ctx context.Context, r oas.GetWarningRequestObject) (oas.GetWarningResponseObject, error) {
	v, err := h.warnings.Get(ctx, r.WarningID)
	if err != nil {
		return nil, err
	}
	return oas.GetWarning200JSONResponse{Body: toAPIWarningResponse(v), Headers: oas.GetWarning200ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// CreateWarning creates one.
func (h *Tariffs) CreateWarning(ctx context.Context, r oas.CreateWarningRequestObject) (oas.CreateWarningResponseObject, error) {
	category, err := h.categoryOf(ctx, fromNullable(r.Body.CategoryID))
	if err != nil {
		return nil, err
	}
	n := tariffs.NewWarning{
		Scope: catalogue.WarningScope(r.Body.Scope), CategoryID: category, TierCode: fromNullable(r.Body.TierCode),
		ElementCode: fromNullable(r.Body.ElementCode), Code: r.Body.Code, Severity: catalogue.Severity(r.Body.Severity), Message: r.Body.Message,
		SortOrder: orZero(r.Body.SortOrder), IsActive: orTrue(r.Body.IsActive),
	}
	if r.Body.Triggers != nil {
		n.Triggers = each(*r.Body.Triggers, fromAPITrigger)
	}
	v, err := h.warnings.Create(ctx, n)
	if err != nil {
		return nil, err
	}
	return oas.CreateWarning201JSONResponse{Body: toAPIWarningResponse(v), Headers: oas.CreateWarning201ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// UpdateWarning changes the members that are present.
func (h *Tariffs) UpdateWarning(ctx context.Context, r oas.UpdateWarningRequestObject) (oas.UpdateWarningResponseObject, error) {
	patch, err := h.warningPatch(ctx, *r.Body)
	if err != nil {
		return nil, err
	}
	v, err := h.warnings.Update(ctx, r.WarningID, ifMatch(r.Params.IfMatch), patch)
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.currentWarning(ctx, r.WarningID))
	}
	return oas.UpdateWarning200JSONResponse{Body: toAPIWarningResponse(v), Headers: oas.UpdateWarning200ResponseHeaders{ETag: etag(v.Version)}}, nil
}

// DeleteWarning deletes one.
func (h *Tariffs) DeleteWarning(ctx context.Context, r oas.DeleteWarningRequestObject) (oas.DeleteWarningResponseObject, error) {
	if err := h.warnings.Delete(ctx, r.WarningID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.currentWarning(ctx, r.WarningID))
	}
	return oas.DeleteWarning204Response{}, nil
}

// currentWarning reads one for the answer to a lost race.
func (h *Tariffs) currentWarning(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		v, err := h.warnings.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		return toAPIWarningResponse(v), nil
	}
}

// OrderWarnings puts warnings in an order.
func (h *Tariffs) OrderWarnings(ctx context.Context, r oas.OrderWarningsRequestObject) (oas.OrderWarningsResponseObject, error) {
	category, err := h.categoryOf(ctx, r.Params.Category)
	if err != nil {
		return nil, err
	}
	list, err := h.warnings.Order(ctx, category, r.Body.Ids)
	if err != nil {
		return nil, err
	}
	return oas.OrderWarnings200JSONResponse(each(list, toAPIWarningResponse)), nil
}

// warningPatch finds the category that a patch names.
func (h *Tariffs) warningPatch(ctx context.Context, b oas.WarningUpdate) (tariffs.WarningPatch, error) {
	p := tariffs.WarningPatch{
		Scope: (*catalogue.WarningScope)(b.Scope), TierCode: b.TierCode, ElementCode: b.ElementCode, Code: b.Code,
		Severity: (*catalogue.Severity)(b.Severity), Message: b.Message, SortOrder: b.SortOrder, IsActive: b.IsActive,
	}
	if b.Triggers != nil {
		triggers := each(*b.Triggers, fromAPITrigger)
		p.Triggers = &triggers
	}
	if !b.CategoryID.IsSpecified() {
		return p, nil
	}
	category, err := h.categoryOf(ctx, fromNullable(b.CategoryID))
	p.CategoryID = orNull(category)
	return p, err
}
