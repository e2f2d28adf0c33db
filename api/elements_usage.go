package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/elements"
)

// GetElementUsage returns what a deletion would touch.
func (h *Elements) GetElementUsage(ctx context.Context, r oas.GetElementUsageRequestObject) (oas.GetElementUsageResponseObject, error) {
	snapshot, err := h.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	e := snapshot.Element(r.ElementID)
	if e == nil {
		return nil, elements.ElementNotFound(r.ElementID)
	}
	open, err := h.cases.OpenWith(ctx, e.CategoryID, e.Code)
	if err != nil {
		return nil, err
	}
	u := elements.UsageOf(snapshot.ByID(e.CategoryID), e)
	return oas.GetElementUsage200JSONResponse{
		Variants: list(u.Variants), Tiers: list(u.Tiers), Warnings: list(u.Warnings), Triggers: list(u.Triggers), OpenCases: open,
	}, nil
}

// CheckKeywords tells which keywords other elements have, too.
func (h *Elements) CheckKeywords(ctx context.Context, r oas.CheckKeywordsRequestObject) (oas.CheckKeywordsResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.Body.Category)
	if err != nil {
		return nil, err
	}
	collisions := elements.Collisions(c, fromNullable(r.Body.ElementID), r.Body.Keywords)
	return oas.CheckKeywords200JSONResponse{Collisions: each(collisions, func(c elements.Collision) oas.KeywordCollision {
		return oas.KeywordCollision{Keyword: c.Keyword, Elements: each(c.Owners, func(o elements.Owner) oas.KeywordOwner {
			return oas.KeywordOwner{ID: o.Element.ID, Code: o.Element.Code, Name: o.Element.Name, Member: oas.KeywordOwnerMember(o.Member)}
		})}
	})}, nil
}
