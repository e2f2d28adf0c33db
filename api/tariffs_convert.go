package api

import (
	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/tariffs"
)

func toAPICategory(c *catalogue.Category) oas.Category {
	return oas.Category{
		ID: c.ID, Slug: c.Slug, Name: c.Name, ClientType: oas.ClientType(c.ClientType), VehicleKind: string(c.VehicleKind),
		Description: orNull(c.Description), Icon: orNull(c.Icon), IsActive: c.IsActive, SortOrder: c.SortOrder,
		UnitsPerElement: orNull(c.UnitsPerElement), Version: c.Version, CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
}

func toAPITier(t *catalogue.Tier) oas.TierResponse {
	return oas.TierResponse{
		ID: t.ID, CategoryID: t.CategoryID, Code: t.Code, Name: t.Name, Description: orNull(t.Description), Price: t.Price,
		Conditions: orNull(t.Conditions), RequiresProject: t.RequiresProject, OwnMax: orNull(t.OwnMax),
		Elements: list(t.Own), Includes: each(t.Includes, toAPIInclusion), SortOrder: t.SortOrder,
		IsActive: t.IsActive, Version: t.Version, CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(),
	}
}

func toAPICatalogue(s *catalogue.Snapshot, c *catalogue.Category) oas.CategoryCatalogue {
	out := oas.CategoryCatalogue{
		Category: toAPICategory(c), IvaPercent: s.IVAPercent, Revision: s.Revision,
		Tiers: []oas.TierResponse{}, Elements: []oas.Element{}, Services: []oas.Service{},
		Documentation: []oas.Document{}, Warnings: []oas.Warning{},
	}
	for _, t := range c.Tiers {
		if t.IsActive {
			out.Tiers = append(out.Tiers, toAPITier(t))
		}
	}
	for _, e := range c.Elements {
		if e.IsActive {
			out.Elements = append(out.Elements, toAPIElement(e))
		}
	}
	for _, v := range c.Services {
		if v.IsActive {
			out.Services = append(out.Services, oas.Service{
				ID: v.ID, Code: v.Code, Name: v.Name, Description: orNull(v.Description), Price: v.Price, SortOrder: v.SortOrder,
			})
		}
	}
	for _, d := range c.Documentation {
		out.Documentation = append(out.Documentation, oas.Document{
			Code: d.Code, Description: d.Description, ImageURL: orNull(d.ImageURL), Required: d.IsRequired,
		})
	}
	for _, w := range c.Warnings {
		out.Warnings = append(out.Warnings, toAPIWarning(w))
	}
	return out
}

func toAPIWarning(w *catalogue.Warning) oas.Warning {
	return oas.Warning{
		Code: w.Code, Severity: oas.Severity(w.Severity), Message: w.Message, Scope: oas.WarningScope(w.Scope),
		TierCode: orNullText(w.TierCode), ElementCode: orNullText(w.ElementCode), Triggers: each(w.Triggers, toAPITrigger),
	}
}

func toAPITrigger(t catalogue.Trigger) oas.WarningTrigger {
	return oas.WarningTrigger{
		ElementCode: optional(t.ElementCode), TierCode: optional(t.TierCode), Keyword: optional(t.Keyword), MinQuantity: optional(t.MinQuantity),
	}
}

// fromAPITrigger reads a trigger; the contract sees to it that it has one member.
func fromAPITrigger(t oas.WarningTriggerInput) catalogue.Trigger {
	var out catalogue.Trigger
	switch {
	case t.ElementCode != nil:
		out.ElementCode = *t.ElementCode
	case t.TierCode != nil:
		out.TierCode = *t.TierCode
	case t.Keyword != nil:
		out.Keyword = *t.Keyword
	case t.MinQuantity != nil:
		out.MinQuantity = int(*t.MinQuantity)
	}
	return out
}

func toAPIWarningResponse(w tariffs.Warning) oas.WarningResponse {
	return oas.WarningResponse{
		ID: w.ID, Scope: oas.WarningScope(w.Scope), CategoryID: orNull(w.CategoryID), TierCode: orNull(w.TierCode),
		ElementCode: orNull(w.ElementCode), Code: w.Code, Severity: oas.Severity(w.Severity), Message: w.Message,
		Triggers: each(w.Triggers, toAPITrigger), IsActive: w.IsActive, SortOrder: w.SortOrder, Version: w.Version,
		CreatedAt: w.CreatedAt.UTC(), UpdatedAt: w.UpdatedAt.UTC(),
	}
}

func toAPIService(s tariffs.Service) oas.ServiceResponse {
	return oas.ServiceResponse{
		ID: s.ID, CategoryID: orNull(s.CategoryID), Code: s.Code, Name: s.Name, Description: orNull(s.Description), Price: s.Price,
		IsActive: s.IsActive, SortOrder: s.SortOrder, Version: s.Version, CreatedAt: s.CreatedAt.UTC(), UpdatedAt: s.UpdatedAt.UTC(),
	}
}

func toAPIBaseDocument(d tariffs.Document) oas.BaseDocumentResponse {
	return oas.BaseDocumentResponse{
		ID: d.ID, CategoryID: d.CategoryID, Code: d.Code, Description: d.Description, ImageURL: orNull(d.ImageURL),
		IsRequired: d.IsRequired, IsActive: d.IsActive, SortOrder: d.SortOrder, Version: d.Version,
		CreatedAt: d.CreatedAt.UTC(), UpdatedAt: d.UpdatedAt.UTC(),
	}
}

func toAPICovered(c tariffs.Covered) oas.CoveredElement {
	return oas.CoveredElement{
		ID: c.Element.ID, Code: c.Element.Code, Name: c.Element.Name, IsActive: c.Element.IsActive, Through: each(c.Through, toAPIInclusion),
	}
}

func toAPIInclusion(i catalogue.Inclusion) oas.TierInclusion {
	return oas.TierInclusion{Tier: i.TierCode, Max: orNull(i.Max)}
}

func toAPIPrice(p tariffs.Price) oas.TierPrice {
	return oas.TierPrice{Price: p.Price, ValidFrom: p.ValidFrom.UTC(), ValidTo: orNullTime(p.ValidTo), ChangedBy: p.ChangedBy}
}

func toAPIQuote(q tariffs.Quote) oas.Quote {
	out := oas.Quote{
		Category: oas.QuoteCategory{ID: q.Category.ID, Slug: q.Category.Slug, Name: q.Category.Name, ClientType: oas.ClientType(q.Category.ClientType)},
		Tier:     oas.QuoteTier{ID: q.Tier.ID, Code: q.Tier.Code, Name: q.Tier.Name, Price: q.Tier.Price, RequiresProject: q.Tier.RequiresProject},
		Lines:    make([]oas.QuoteLine, len(q.Lines)), Services: make([]oas.QuoteService, len(q.Services)),
		Subtotal: q.Subtotal, IvaPercent: q.IVAPercent, Iva: q.IVA, Total: q.Total, Currency: oas.QuoteCurrency(q.Currency),
		Provisional: q.Provisional, ReviewElements: list(q.ReviewCodes),
		RejectedTiers: make([]oas.RejectedTier, len(q.RejectedTiers)), Warnings: make([]oas.QuoteWarning, len(q.Warnings)),
		Documentation: make([]oas.QuoteDocument, len(q.Documentation)), SuggestedServices: make([]oas.SuggestedService, len(q.SuggestedServices)),
	}
	for i, l := range q.Lines {
		out.Lines[i] = oas.QuoteLine{Code: l.Code, Name: l.Name, Quantity: l.Quantity, CountsAs: l.CountsAs, CoveredBy: l.CoveredBy, Surcharge: l.Surcharge}
	}
	for i, s := range q.Services {
		out.Services[i] = oas.QuoteService{Code: s.Code, Name: s.Name, Quantity: s.Quantity, Price: s.Price}
	}
	for i, t := range q.RejectedTiers {
		out.RejectedTiers[i] = oas.RejectedTier{Code: t.Code, Price: t.Price, Reason: t.Reason}
	}
	for i, w := range q.Warnings {
		out.Warnings[i] = oas.QuoteWarning{
			Code: w.Code, Severity: oas.Severity(w.Severity), Message: w.Message, Scope: oas.QuoteWarningScope(w.Scope), ElementCode: orNull(w.ElementCode),
		}
	}
	for i, d := range q.Documentation {
		out.Documentation[i] = oas.QuoteDocument{
			Scope: oas.QuoteDocumentScope(d.Scope), ElementCode: orNull(d.ElementCode), Description: d.Description,
			ImageURL: orNull(d.ImageURL), Required: d.Required,
		}
	}
	for i, s := range q.SuggestedServices {
		out.SuggestedServices[i] = oas.SuggestedService{Code: s.Code, Name: s.Name, Price: s.Price, BecauseOf: list(s.BecauseOf)}
	}
	return out
}
