package tariffs

import (
	"slices"

	"github.com/msia/msia/internal/catalogue"
)

// Accepted is a quote that was accepted, with what may still be added to it.
type Accepted struct {
	Quote Quote
	// Workshop is the certificate that stands in for the customer's own workshop,
	// at the price of the day; nil when the sheet had none.
	Workshop *catalogue.Service
}

// With returns the quote to be paid: with the workshop's certificate, or without.
func (a Accepted) With(workshop bool) Quote {
	if !workshop || a.Workshop == nil {
		return a.Quote
	}
	return a.Quote.WithService(*a.Workshop)
}

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
	q.Services = append(slices.Clone(q.Services), QuoteService{Code: s.Code, Name: s.Name, Quantity: 1, Price: s.Price, Amount: s.Price})
	q.SuggestedServices = slices.DeleteFunc(slices.Clone(q.SuggestedServices), func(x SuggestedService) bool { return x.Code == s.Code })
	q.Subtotal = q.Subtotal.Add(s.Price)
	q.IVA = q.Subtotal.Percent(q.IVAPercent)
	q.Total = q.Subtotal.Add(q.IVA)
	return q
}
