package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/search"
)

// Finder serves the tag Search: a part of that name would hide its only method.
type Finder struct {
	search *search.Service
}

// defaultHits is how many hits of each kind there are at most, unless told
// otherwise.
const defaultHits = 5

// Search finds whatever a person looks for.
func (h *Finder) Search(ctx context.Context, r oas.SearchRequestObject) (oas.SearchResponseObject, error) {
	limit := defaultHits
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	hits, err := h.search.Find(ctx, r.Params.Q, limit)
	if err != nil {
		return nil, err
	}
	return oas.Search200JSONResponse{Items: each(hits, func(h search.Hit) oas.SearchHit {
		return oas.SearchHit{
			Kind: oas.SearchHitKind(h.Kind), ID: h.ID, Title: h.Title, Subtitle: h.Subtitle, Match: orNullText(h.Match), Category: orNullText(h.Category),
		}
	})}, nil
}
