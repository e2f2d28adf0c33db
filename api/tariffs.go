package api

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/tariffs"
)

// Tariffs serves the tag Tariffs.
type Tariffs struct {
	catalogue *catalogue.Cache
	tiers     *tariffs.Tiers
	quoting   *tariffs.Quoting
}

var errInactive = fault.New(fault.Unauthenticated, "unauthenticated", "Inactive rows need a bearer token.")

// seesInactive reports whether inactive rows may be shown; asking for them
// without an account is an error.
func seesInactive(ctx context.Context, asked *bool) (bool, error) {
	_, signedIn := caller.From(ctx)
	if asked == nil || !*asked {
		return false, nil
	}
	if !signedIn {
		return false, errInactive
	}
	return true, nil
}

// resolve finds a category; signed-in accounts find inactive ones too.
func resolve(ctx context.Context, c *catalogue.Cache, ref string) (*catalogue.Snapshot, *catalogue.Category, error) {
	snapshot, err := c.Snapshot(ctx)
	if err != nil {
		return nil, nil, err
	}
	_, signedIn := caller.From(ctx)
	category, err := snapshot.Resolve(ref, signedIn)
	return snapshot, category, err
}

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
	return oas.GetCategory200JSONResponse(toAPICategory(c)), nil
}

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

// GetCategoryCatalogue returns everything about a category.
func (h *Tariffs) GetCategoryCatalogue(ctx context.Context, r oas.GetCategoryCatalogueRequestObject) (oas.GetCategoryCatalogueResponseObject, error) {
	snapshot, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	return oas.GetCategoryCatalogue200JSONResponse(toAPICatalogue(snapshot, c)), nil
}

// CreateTier creates a tier.
func (h *Tariffs) CreateTier(ctx context.Context, r oas.CreateTierRequestObject) (oas.CreateTierResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.Body.CategoryID)
	if err != nil {
		return nil, err
	}
	n := tariffs.NewTier{CategoryID: c.ID, Code: r.Body.Code, Name: r.Body.Name, Price: r.Body.Price, Conditions: fromNullable(r.Body.Conditions)}
	if r.Body.SortOrder != nil {
		n.SortOrder = *r.Body.SortOrder
	}
	t, err := h.tiers.Create(ctx, n)
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
		Code: r.Body.Code, Name: r.Body.Name, Price: r.Body.Price, Conditions: r.Body.Conditions,
		SortOrder: r.Body.SortOrder, IsActive: r.Body.IsActive,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, func() (any, error) {
			current, err := h.tier(ctx, r.TierID)
			if err != nil {
				return nil, err
			}
			return toAPITier(current), nil
		})
	}
	return oas.UpdateTier200JSONResponse{Body: toAPITier(t), Headers: oas.UpdateTier200ResponseHeaders{ETag: etag(t.Version)}}, nil
}

// CalculateQuote prices a set.
func (h *Tariffs) CalculateQuote(ctx context.Context, r oas.CalculateQuoteRequestObject) (oas.CalculateQuoteResponseObject, error) {
	req, err := fromAPIQuoteRequest(*r.Body)
	if err != nil {
		return nil, err
	}
	q, err := h.quoting.Quote(ctx, r.Body.Category, req)
	if err != nil {
		return nil, err
	}
	return oas.CalculateQuote200JSONResponse(toAPIQuote(q)), nil
}

// fromAPIQuoteRequest fills in the defaults that the contract states.
func fromAPIQuoteRequest(b oas.QuoteRequest) (tariffs.Request, error) {
	req := tariffs.Request{Elements: make([]tariffs.RequestedElement, len(b.Elements))}
	for i, e := range b.Elements {
		req.Elements[i] = tariffs.RequestedElement{Code: e.Code, Quantity: orOne(e.Quantity)}
	}
	if b.Text != nil {
		req.Text = *b.Text
	}
	if b.Services == nil {
		return req, nil
	}
	for _, s := range *b.Services {
		raw, err := s.MarshalJSON()
		if err != nil {
			return req, errInvalid.Because(err)
		}
		line := oas.QuoteRequestServiceLine{}
		if raw[0] == '"' {
			err = json.Unmarshal(raw, &line.Code)
		} else {
			err = json.Unmarshal(raw, &line)
		}
		if err != nil {
			return req, errInvalid.Because(err)
		}
		req.Services = append(req.Services, tariffs.RequestedService{Code: line.Code, Quantity: orOne(line.Quantity)})
	}
	return req, nil
}

func orOne(n *int) int {
	if n == nil {
		return 1
	}
	return *n
}
