package api

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/limits"
)

// RateClass is a set of operations that are counted together: x-rate-limit, or by
// default what the permission says.
type RateClass string

// The classes.
const (
	RatePublic  RateClass = "public"
	RateQuote   RateClass = "quote"
	RateLogin   RateClass = "login"
	RateUpload  RateClass = "upload"
	RateRAG     RateClass = "rag"
	RateAccount RateClass = "account"

	// rateWebhook is not counted when the signature is right, rateNone never is.
	rateWebhook RateClass = "webhook"
	rateNone    RateClass = "none"
)

// Rates are the requests a minute that one address, account or API key may make
// in a class; 0 is no limit.
type Rates map[RateClass]int

// The headers of draft-ietf-httpapi-ratelimit-headers up to its version 06: what
// clients understand.
const (
	headerRateLimit     = "RateLimit-Limit"
	headerRateRemaining = "RateLimit-Remaining"
	headerRateReset     = "RateLimit-Reset"
)

var errRateLimited = fault.New(fault.Busy, "rate_limited", "Too many requests; try again later.")

// readRateClass reads the class of an operation.
func readRateClass(op *openapi3.Operation, needs permission) (RateClass, error) {
	stated, found := op.Extensions["x-rate-limit"]
	if !found {
		switch needs {
		case permissionPublic:
			return RatePublic, nil
		case permissionChatwoot:
			return rateWebhook, nil
		}
		return RateAccount, nil
	}
	name, _ := stated.(string)
	switch class := RateClass(name); class {
	case RateQuote, RateLogin, RateUpload, RateRAG, rateNone:
		return class, nil
	}
	return "", fmt.Errorf("x-rate-limit %v", stated)
}

// count counts a request of a caller, or of a stranger by its address. Errors:
// errRateLimited.
func (s *Server) count(c echo.Context, class RateClass, who caller.Caller) error {
	switch {
	case who.APIKeyID != uuid.Nil:
		return s.countFor(c, class, "key "+who.APIKeyID.String())
	case who.AccountID != uuid.Nil:
		return s.countFor(c, class, "account "+who.AccountID.String())
	}
	return s.countFor(c, class, "address "+limits.Network(c.RealIP()))
}

// countRefused counts a request whose caller is not known by its address, among
// what is public there. A right token is never refused for what others do.
func (s *Server) countRefused(c echo.Context) error { return s.count(c, RatePublic, caller.Caller{}) }

func (s *Server) countFor(c echo.Context, class RateClass, subject string) error {
	tries := s.rates[class]
	if tries == 0 {
		return nil
	}
	out := s.counted.Take(c.Request().Context(), string(class)+" "+subject, limits.Rate{Tries: tries, Per: time.Minute})
	h := c.Response().Header()
	h.Set(headerRateLimit, strconv.Itoa(tries))
	h.Set(headerRateRemaining, strconv.Itoa(out.Left))
	h.Set(headerRateReset, strconv.Itoa(seconds(out.Full)))
	if out.Wait == 0 {
		return nil
	}
	s.metrics.refused.WithLabelValues(string(class)).Inc()
	f := *errRateLimited
	f.RetryAfterSeconds = seconds(out.Wait)
	return &f
}

// seconds rounds up: who comes a moment too early is refused again.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// nothingLeft makes the headers of a refusal say what it says: it need not be this
// count that refused.
func nothingLeft(h http.Header, retryAfter int) {
	if h.Get(headerRateLimit) != "" {
		h.Set(headerRateRemaining, "0")
		reset, _ := strconv.Atoi(h.Get(headerRateReset))
		h.Set(headerRateReset, strconv.Itoa(max(reset, retryAfter)))
	}
}
