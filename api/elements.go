package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
)

// Elements serves the tag Elements.
type Elements struct {
	catalogue *catalogue.Cache
	matching  *elements.Matching
	editor    *elements.Editor
	bulk      bulk
	cases     *cases.Service
}

// ListElements returns the elements of one category or of all.
func (h *Elements) ListElements(ctx context.Context, r oas.ListElementsRequestObject) (oas.ListElementsResponseObject, error) {
	inactive, err := seesInactive(ctx, r.Params.IncludeInactive)
	if err != nil {
		return nil, err
	}
	snapshot, err := h.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	categories := snapshot.Categories
	if r.Params.Category != nil {
		_, c, err := resolve(ctx, h.catalogue, *r.Params.Category)
		if err != nil {
			return nil, err
		}
		categories = []*catalogue.Category{c}
	}
	filter := elements.Filter{Query: deref(r.Params.Q), Parent: deref(r.Params.Parent)}
	out := oas.ListElements200JSONResponse{}
	for _, c := range categories {
		if !c.IsActive && !inactive && r.Params.Category == nil {
			continue
		}
		for _, e := range c.Elements {
			if (e.IsActive || inactive) && filter.Picks(e) {
				out = append(out, toAPIElement(e))
			}
		}
	}
	return out, nil
}

// element finds an element; signed-in accounts find inactive ones too.
func (h *Elements) element(ctx context.Context, id uuid.UUID) (*catalogue.Element, error) {
	snapshot, err := h.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	e := snapshot.Element(id)
	if _, signedIn := caller.From(ctx); e == nil || (!signedIn && (!e.IsActive || !snapshot.ByID(e.CategoryID).IsActive)) {
		return nil, elements.ElementNotFound(id)
	}
	return e, nil
}

// GetElement returns one element.
func (h *Elements) GetElement(ctx context.Context, r oas.GetElementRequestObject) (oas.GetElementResponseObject, error) {
	e, err := h.element(ctx, r.ElementID)
	if err != nil {
		return nil, err
	}
	return oas.GetElement200JSONResponse{Body: toAPIElement(e), Headers: oas.GetElement200ResponseHeaders{ETag: etag(e.Version)}}, nil
}

// MatchElements finds the elements a text names.
func (h *Elements) MatchElements(ctx context.Context, r oas.MatchElementsRequestObject) (oas.MatchElementsResponseObject, error) {
	result, err := h.matching.Match(ctx, r.Body.Category, r.Body.Text)
	if err != nil {
		return nil, err
	}
	return oas.MatchElements200JSONResponse(toAPIMatchResult(result)), nil
}
