package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/tariffs"
)

// ListTiers returns a category's tiers by sort order.
func (h *Tariffs) ListTiers(ctx context.Context, r oas.ListTiersRequestObject) (oas.ListTiersResponseObject, error) {
	inactive, err := seesInactive(ctx, r.Params.IncludeInactive)
	if err != nil {
		return nil, err
	}
	_, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	out := oas.ListTiers200JSONResponse{}
	for _, t := range c.Tiers {
		if t.IsActive || inactive {
			out = append(out, toAPITier(t))
		}
	}
	return out, nil
}

// CreateTier creates a tier.
func (h *Tariffs) CreateTier(ctx context.Context, r oas.CreateTierRequestObject) (oas.CreateTierResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.Body.CategoryID)
	if err != nil {
		return nil, err
	}
	t, err := h.tiers.Create(ctx, tariffs.NewTier{
		CategoryID: c.ID, Code: r.Body.Code, Name: r.Body.Name, Price: r.Body.Price, Description: fromNullable(r.Body.Description),
		Conditions: fromNullable(r.Body.Conditions), RequiresProject: orFalse(r.Body.RequiresProject), OwnMax: fromNullable(r.Body.OwnMax),
		SortOrder: orZero(r.Body.SortOrder), IsActive: orTrue(r.Body.IsActive),
	})
	if err != nil {
		return nil, err
	}
	return oas.CreateTier201JSONResponse{Body: toAPITier(t), Headers: oas.CreateTier201ResponseHeaders{ETag: etag(t.Version)}}, nil
}

// tier finds a tier; signed-in accounts find inactive ones too.
func (h *Tariffs) tier(ctx context.Context, id uuid.UUID) (*catalogue.Tier, error) {
	snapshot, err := h.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	t := snapshot.Tier(id)
	if _, signedIn := caller.From(ctx); t == nil || (!signedIn && (!t.IsActive || !snapshot.ByID(t.CategoryID).IsActive)) {
		return nil, tariffs.TierNotFound(id)
	}
	return t, nil
}

// GetTier returns one tier.
func (h *Tariffs) GetTier(ctx context.Context, r oas.GetTierRequestObject) (oas.GetTierResponseObject, error) {
	t, err := h.tier(ctx, r.TierID)
	if err != nil {
		return nil, err
	}
	return oas.GetTier200JSONResponse{Body: toAPITier(t), Headers: oas.GetTier200ResponseHeaders{ETag: etag(t.Version)}}, nil
}

// UpdateTier changes the members that are present.
func (h *Tariffs) UpdateTier(ctx context.Context, r oas.UpdateTierRequestObject) (oas.UpdateTierResponseObject, error) {
	t, err := h.tiers.Update(ctx, r.TierID, ifMatch(r.Params.IfMatch), tariffs.TierPatch{
		Code: r.Body.Code, Name: r.Body.Name, Price: r.Body.Price, Description: r.Body.Description, Conditions: r.Body.Conditions,
		RequiresProject: r.Body.RequiresProject, OwnMax: r.Body.OwnMax, SortOrder: r.Body.SortOrder, IsActive: r.Body.IsActive,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.currentTier(ctx, r.TierID))
	}
	return oas.UpdateTier200JSONResponse{Body: toAPITier(t), Headers: oas.UpdateTier200ResponseHeaders{ETag: etag(t.Version)}}, nil
}

// currentTier is currentCategory for a tier.
func (h *Tariffs) currentTier(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		t, err := h.tier(ctx, id)
		if err != nil {
			return nil, err
		}
		return toAPITier(t), nil
	}
}

// DeleteTier deletes a tier.
func (h *Tariffs) DeleteTier(ctx context.Context, r oas.DeleteTierRequestObject) (oas.DeleteTierResponseObject, error) {
	if err := h.tiers.Delete(ctx, r.TierID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.currentTier(ctx, r.TierID))
	}
	return oas.DeleteTier204Response{}, nil
}

// OrderTiers puts a category's tiers in an order.
func (h *Tariffs) OrderTiers(ctx context.Context, r oas.OrderTiersRequestObject) (oas.OrderTiersResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	list, err := h.tiers.Order(ctx, c.ID, r.Body.Ids)
	if err != nil {
		return nil, err
	}
	return oas.OrderTiers200JSONResponse(each(list, toAPITier)), nil
}

// UpdateTierInclusions replaces what a tier covers.
func (h *Tariffs) UpdateTierInclusions(ctx context.Context, r oas.UpdateTierInclusionsRequestObject) (oas.UpdateTierInclusionsResponseObject, error) {
	t, err := h.tiers.ReplaceInclusions(ctx, r.TierID, ifMatch(r.Params.IfMatch), tariffs.Inclusions{
		Elements: r.Body.Elements, OwnMax: r.Body.OwnMax,
		Includes: each(r.Body.Includes, func(i oas.TierInclusionInput) tariffs.Reference {
			return tariffs.Reference{Tier: i.Tier, Max: fromNullable(i.Max)}
		}),
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.currentTier(ctx, r.TierID))
	}
	return oas.UpdateTierInclusions200JSONResponse{Body: toAPITier(t), Headers: oas.UpdateTierInclusions200ResponseHeaders{ETag: etag(t.Version)}}, nil
}

// GetTierCoverage lists what a tier covers.
func (h *Tariffs) GetTierCoverage(ctx context.Context, r oas.GetTierCoverageRequestObject) (oas.GetTierCoverageResponseObject, error) {
	snapshot, err := h.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	t := snapshot.Tier(r.TierID)
	if t == nil {
		return nil, tariffs.TierNotFound(r.TierID)
	}
	return oas.GetTierCoverage200JSONResponse{
		TierID: t.ID, Code: t.Code, Elements: each(tariffs.Coverage(snapshot.ByID(t.CategoryID), t), toAPICovered),
	}, nil
}

// ListTierPrices returns a page of a tier's prices.
func (h *Tariffs) ListTierPrices(ctx context.Context, r oas.ListTierPricesRequestObject) (oas.ListTierPricesResponseObject, error) {
	if _, err := h.tier(ctx, r.TierID); err != nil {
		return nil, err
	}
	after, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	prices, next, err := h.tiers.Prices(ctx, r.TierID, after, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListTierPrices200JSONResponse{Items: each(prices, toAPIPrice), NextCursor: orNull(next)}, nil
}

// RestoreTierPrice gives a tier a price it had before.
func (h *Tariffs) RestoreTierPrice(ctx context.Context, r oas.RestoreTierPriceRequestObject) (oas.RestoreTierPriceResponseObject, error) {
	t, err := h.tiers.RestorePrice(ctx, r.TierID, ifMatch(r.Params.IfMatch), r.Body.ValidFrom)
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.currentTier(ctx, r.TierID))
	}
	return oas.RestoreTierPrice200JSONResponse{Body: toAPITier(t), Headers: oas.RestoreTierPrice200ResponseHeaders{ETag: etag(t.Version)}}, nil
}
