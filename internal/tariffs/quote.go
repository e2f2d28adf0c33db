// Package tariffs prices sets of vehicle modifications by the published price
// sheets and keeps those sheets. The pricing itself (quote*.go, solve*.go) is
// pure: it reads one catalogue.Category and nothing else.
package tariffs

import (
	"github.com/google/uuid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// Currency is the currency of every amount.
const Currency = "EUR"

// MaxQuantity is the largest quantity of a line or a service; the least is 1.
const MaxQuantity = 99

// Request is a set of elements and services to price.
type Request struct {
	Elements []RequestedElement
	Services []RequestedService
	// Text is what the customer wrote; it only feeds the keyword triggers of
	// warnings. "" for none.
	Text string
}

// RequestedElement is one line of a set. Codes are compared after
// catalogue.NormaliseCode. An absent quantity is 1, and it is the caller that
// fills it in: 0 is refused.
type RequestedElement struct {
	Code     string
	Quantity int
}

// RequestedService is one additional service; its code is compared trimmed and
// in lower case. Quantity as for an element.
type RequestedService struct {
	Code     string
	Quantity int
}

// Quote is the price of a set and everything said with it. Its slices are
// never nil, and the whole does not depend on the order of the request.
type Quote struct {
	Category QuoteCategory `json:"category"`
	Tier     QuoteTier     `json:"tier"`
	// Lines come in catalogue order: sort order, then code.
	Lines []QuoteLine `json:"lines"`
	// Services come in catalogue order.
	Services []QuoteService `json:"services"`
	// Subtotal is tier, surcharges and services, without IVA.
	Subtotal   money.Amount `json:"subtotal"`
	IVAPercent money.Amount `json:"iva_percent"`
	IVA        money.Amount `json:"iva"`
	Total      money.Amount `json:"total"`
	Currency   string       `json:"currency"`
	// RejectedTiers are the active tiers with a lower price, cheapest first.
	RejectedTiers     []RejectedTier     `json:"rejected_tiers"`
	Warnings          []QuoteWarning     `json:"warnings"`
	Documentation     []QuoteDocument    `json:"documentation"`
	SuggestedServices []SuggestedService `json:"suggested_services"`
	// Provisional means that staff have to confirm the price, because of the
	// elements ReviewCodes.
	Provisional bool     `json:"provisional"`
	ReviewCodes []string `json:"review_codes"`
}

// QuoteCategory names the price sheet used.
type QuoteCategory struct {
	ID         uuid.UUID            `json:"id"`
	Slug       string               `json:"slug"`
	Name       string               `json:"name"`
	ClientType catalogue.ClientType `json:"client_type"`
}

// QuoteTier is the level chosen.
type QuoteTier struct {
	ID              uuid.UUID    `json:"id"`
	Code            string       `json:"code"`
	Name            string       `json:"name"`
	Price           money.Amount `json:"price"`
	RequiresProject bool         `json:"requires_project"`
}

// QuoteLine is one element of the set.
type QuoteLine struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	// CountsAs is how many elements the quantity counts as for the limits.
	CountsAs int `json:"counts_as"`
	// CoveredBy is the tier whose list covers the line ("T4"), or several joined
	// by "+" when its units use several.
	CoveredBy string `json:"covered_by"`
	// Surcharge is added once, whatever the quantity.
	Surcharge money.Amount `json:"surcharge"`
}

// QuoteService is one chosen service.
type QuoteService struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	// Price is that of one; Amount is Price times Quantity.
	Price  money.Amount `json:"price"`
	Amount money.Amount `json:"amount"`
}

// RejectedTier is a tier that would cost less but does not cover the set.
type RejectedTier struct {
	Code  string       `json:"code"`
	Price money.Amount `json:"price"`
	// Reason is Cause in one Spanish sentence.
	Reason string `json:"reason"`
	Cause  Cause  `json:"-"`
}

// Calculator prices sets. The zero value is ready to use, and safe for
// concurrent use as long as ContainsPhrase is.
type Calculator struct {
	// ContainsPhrase reports whether the text has the phrase as whole words,
	// whatever the case, accents and number. Nil means that keyword triggers of
	// warnings never hold.
	ContainsPhrase func(text, phrase string) bool
}

// Calculate prices a set by the category's sheet, with iva the percentage of
// value-added tax ("21.00").
// Errors: ErrCategoryNotFound for a nil or inactive category; else the first
// that applies of ErrNoElements, ErrUnknownElement, ErrDuplicateElement,
// ErrVariantRequired, ErrElementInactive, ErrNotCovered, ErrUnknownService,
// ErrDuplicateService and ErrInvalidQuantity, with a field for every place where
// it does.
func (c Calculator) Calculate(category *catalogue.Category, iva money.Amount, req Request) (Quote, error) {
	if category == nil {
		return Quote{}, ErrCategoryNotFound
	}
	return c.CalculateSheet(Compile(category), iva, req)
}

// CalculateSheet is Calculate for a category compiled before, for pricing many
// sets by it.
func (c Calculator) CalculateSheet(s *Sheet, iva money.Amount, req Request) (Quote, error) {
	if !s.category.IsActive {
		return Quote{}, ErrCategoryNotFound
	}
	lines, err := s.readElements(req.Elements)
	if err != nil {
		return Quote{}, err
	}
	set := make([]demand, len(lines))
	for i, l := range lines {
		set[i] = demand{l.rank, l.units}
	}
	solved := s.solve(set)
	if solved.tier == nil {
		return Quote{}, s.notCovered(lines, set, solved.rejected)
	}
	services, err := s.readServices(req.Services)
	if err != nil {
		return Quote{}, err
	}
	if err := checkQuantities(req); err != nil {
		return Quote{}, err
	}

	q := Quote{
		Category: QuoteCategory{
			ID: s.category.ID, Slug: s.category.Slug, Name: s.category.Name, ClientType: s.category.ClientType,
		},
		Tier: QuoteTier{
			ID: solved.tier.ID, Code: solved.tier.Code, Name: solved.tier.Name,
			Price: solved.tier.Price, RequiresProject: solved.tier.RequiresProject,
		},
		Lines:       make([]QuoteLine, len(lines)),
		Services:    services,
		Subtotal:    solved.tier.Price,
		IVAPercent:  iva,
		Currency:    Currency,
		ReviewCodes: []string{},
	}
	for i, l := range lines {
		q.Lines[i] = QuoteLine{
			Code: l.element.Code, Name: l.element.Name, Quantity: l.quantity, CountsAs: l.units,
			CoveredBy: solved.coveredBy[i], Surcharge: l.element.Surcharge,
		}
		q.Subtotal = q.Subtotal.Add(l.element.Surcharge)
		if l.element.NeedsReview {
			q.Provisional = true
			q.ReviewCodes = append(q.ReviewCodes, l.element.Code)
		}
	}
	for _, service := range services {
		q.Subtotal = q.Subtotal.Add(service.Amount)
	}
	q.IVA = q.Subtotal.Percent(iva)
	q.Total = q.Subtotal.Add(q.IVA)

	q.RejectedTiers = s.cheaper(solved, set)
	q.Warnings = c.warnings(s.category, solved.tier, lines, req.Text)
	q.Documentation = s.documentation(lines)
	q.SuggestedServices = s.suggestions(lines, services)
	return q, nil
}

// cheaper words the rejections of tiers with a lower price; a tier at the same
// price that was tried first is not listed.
func (s *Sheet) cheaper(solved solution, set []demand) []RejectedTier {
	out := make([]RejectedTier, 0, len(solved.rejected))
	for _, r := range solved.rejected {
		if r.plan.tier.Price.Cmp(solved.tier.Price) < 0 {
			out = append(out, RejectedTier{
				Code: r.plan.tier.Code, Price: r.plan.tier.Price, Reason: s.reason(r, set), Cause: r.cause,
			})
		}
	}
	return out
}
