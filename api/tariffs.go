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
	catalogue  *catalogue.Cache
	past       *catalogue.Past
	categories *tariffs.Categories
	tiers      *tariffs.Tiers
	services   *tariffs.Services
	documents  *tariffs.Documents
	warnings   *tariffs.Warnings
	quoting    *tariffs.Quoting
}

var (
	errInactive = fault.New(fault.Unauthenticated, "unauthenticated", "Inactive rows need a bearer token.")
	errPast     = fault.New(fault.Unauthenticated, "unauthenticated", "A quote of the past needs a bearer token.")
)

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

// categoryOf returns the id of a category a body or query names; nil for none.
func (h *Tariffs) categoryOf(ctx context.Context, ref *string) (*uuid.UUID, error) {
	if ref == nil {
		return nil, nil
	}
	_, c, err := resolve(ctx, h.catalogue, *ref)
	if err != nil {
		return nil, err
	}
	return &c.ID, nil
}

// scopeOf returns which services or warnings a list is asked for.
func (h *Tariffs) scopeOf(ctx context.Context, category *string, global *bool) (tariffs.Scope, error) {
	id, err := h.categoryOf(ctx, category)
	return tariffs.Scope{Category: id, Global: orTrue(global)}, err
}

// CalculateQuote prices a set.
func (h *Tariffs) CalculateQuote(ctx context.Context, r oas.CalculateQuoteRequestObject) (oas.CalculateQuoteResponseObject, error) {
	req, err := fromAPIQuoteRequest(*r.Body)
	if err != nil {
		return nil, err
	}
	q, err := h.quote(ctx, *r.Body, req)
	if err != nil {
		return nil, err
	}
	return oas.CalculateQuote200JSONResponse(toAPIQuote(q)), nil
}

// quote prices a set by the catalogue of the moment that is asked for.
func (h *Tariffs) quote(ctx context.Context, b oas.QuoteRequest, req tariffs.Request) (tariffs.Quote, error) {
	if b.AsOf == nil {
		return h.quoting.Quote(ctx, b.Category, req)
	}
	if _, signedIn := caller.From(ctx); !signedIn {
		return tariffs.Quote{}, errPast
	}
	snapshot, err := h.past.At(ctx, *b.AsOf)
	if err != nil {
		return tariffs.Quote{}, err
	}
	return h.quoting.QuoteBy(snapshot, b.Category, req)
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
