package tariffs

import (
	"slices"

	"github.com/msia/msia/internal/catalogue"
)

// HasService reports whether the quote has that service already.
func (q Quote) HasService(code string) bool {
	return slices.ContainsFunc(q.Services, func(s QuoteService) bool { return s.Code == code })
}

// WithService returns the quote with one unit of a service more, its totals
// with it; the quote itself when it has the service already.
func (q Quote) WithService(s catalogue.Service) Quote {
	if q.HasService(s.Code) {
		return q
	}
	q.Services = append(slices.Clone(q.Services), QuoteService{Code: s.Code, Name: s.Name, Quantity: 1, Price: s.Price})
	q.SuggestedServices = slices.DeleteFunc(slices.Clone(q.SuggestedServices), func(x SuggestedService) bool { return x.Code == s.Code })
	q.Subtotal = q.Subtotal.Add(s.Price)
	q.IVA = q.Subtotal.Percent(q.IVAPercent)
	q.Total = q.Subtotal.Add(q.IVA)
	return q
}
