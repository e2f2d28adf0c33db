package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/labstack/echo/v4"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// statusClientClosed is nginx's word for a client that went away; it is only
// ever logged.
const statusClientClosed = 499

// statuses maps a fault's kind to HTTP.
var statuses = map[fault.Kind]int{
	fault.Internal:           http.StatusInternalServerError,
	fault.BadRequest:         http.StatusBadRequest,
	fault.Unauthenticated:    http.StatusUnauthorized,
	fault.Forbidden:          http.StatusForbidden,
	fault.NotFound:           http.StatusNotFound,
	fault.Conflict:           http.StatusConflict,
	fault.PreconditionFailed: http.StatusPreconditionFailed,
	fault.TooLarge:           http.StatusRequestEntityTooLarge,
	fault.UnsupportedMedia:   http.StatusUnsupportedMediaType,
	fault.Invalid:            http.StatusUnprocessableEntity,
	fault.Busy:               http.StatusTooManyRequests,
	fault.Unavailable:        http.StatusServiceUnavailable,
}

// errPanic marks a panic that was caught.
var errPanic = errors.New("panic")

// errBrokenOff marks what kept an answer that had begun from being whole.
var errBrokenOff = errors.New("the answer is not whole")

var (
	errInternal    = fault.New(fault.Internal, "internal", "Something went wrong on our side.")
	errInvalid     = fault.New(fault.Invalid, "invalid_request", "The request does not follow the contract.")
	errMedia       = fault.New(fault.UnsupportedMedia, "unsupported_media_type", "The body has to be application/json.")
	errTooLarge    = fault.New(fault.TooLarge, "body_too_large", "The body is too large.")
	errNotFound    = fault.New(fault.NotFound, "not_found", "There is nothing at this address.")
	errUnavailable = &fault.Error{
		Kind: fault.Unavailable, Code: "database_unavailable",
		Message: "The database is away for the moment.", RetryAfterSeconds: 2,
	}
)

// handleError is the only place where an error becomes a response.
func (s *Server) handleError(err error, c echo.Context) {
	ctx := c.Request().Context()
	if c.Response().Committed {
		if errors.Is(err, errBrokenOff) {
			level := slog.LevelWarn // often the client's doing
			if errors.Is(err, errPanic) {
				level = slog.LevelError
			}
			s.log.Log(ctx, level, "answer broken off",
				slog.String("method", c.Request().Method), slog.String("route", c.Path()), slog.Any("error", err))
			panic(http.ErrAbortHandler) // else the client would take what it has for the whole
		}
		return
	}
	f := toFault(err)
	status := statuses[f.Kind]
	var he *echo.HTTPError
	if errors.As(err, &he) && he.Code == http.StatusMethodNotAllowed {
		status = he.Code
		f = fault.New(fault.NotFound, "method_not_allowed", "This address does not take that method.")
		allowed := s.contract.allowed(c.Path())
		if allowed == "" { // not of the contract: the router knows
			allowed, _ = c.Get(echo.ContextKeyHeaderAllow).(string)
		}
		c.Response().Header().Set(echo.HeaderAllow, allowed)
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		s.log.InfoContext(ctx, "client went away", slog.Int("status", statusClientClosed))
		c.Response().Committed = true
		return
	}
	if status >= http.StatusInternalServerError && !errors.Is(err, errOverloaded) { // a flood must not flood the log, too
		s.log.ErrorContext(ctx, "request failed",
			slog.String("method", c.Request().Method), slog.String("route", c.Path()), slog.Int("status", status), slog.Any("error", err))
	}
	writeProblem(c, status, f)
}

// toFault finds the fault in err's chain, or makes one.
func toFault(err error) *fault.Error {
	var f *fault.Error
	var he *echo.HTTPError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &tooLarge):
		return errTooLarge
	case errors.Is(err, http.ErrMissingBoundary), errors.Is(err, http.ErrNotMultipart):
		return errNotForm
	case errors.As(err, &he):
		switch he.Code {
		case http.StatusNotFound, http.StatusMethodNotAllowed:
			return errNotFound
		case http.StatusRequestEntityTooLarge:
			return errTooLarge
		case http.StatusUnsupportedMediaType:
			return errMedia
		case http.StatusBadRequest: // the binder: what the validator let pass
			return errInvalid
		}
		return errInternal
	case db.IsUnavailable(err):
		return errUnavailable
	case db.IsUnstorable(err):
		return errInvalid.WithMessage("The request holds a character that cannot be stored.")
	}
	return errInternal
}

// problemOf is what clients see of a fault.
func problemOf(ctx context.Context, status int, f *fault.Error) oas.Problem {
	p := oas.Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: f.Message, Code: f.Code,
		Instance: "urn:request:" + caller.RequestID(ctx),
	}
	if len(f.Fields) > 0 {
		fields := make([]oas.ProblemField, len(f.Fields))
		for i, x := range f.Fields {
			fields[i] = oas.ProblemField{Pointer: x.Pointer, Detail: x.Detail}
		}
		p.Errors = &fields
	}
	if f.Question != "" {
		options := make([]oas.ElementOption, len(f.Options))
		for i, o := range f.Options {
			options[i] = oas.ElementOption{Code: o.Code, Name: o.Name}
		}
		p.Question, p.Options = &f.Question, &options
	}
	p.Current, p.Submitted = members(f.Current), members(f.Submitted)
	return p
}

func writeProblem(c echo.Context, status int, f *fault.Error) {
	p := problemOf(c.Request().Context(), status, f)
	h := c.Response().Header()
	if f.RetryAfterSeconds > 0 {
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(f.RetryAfterSeconds))
	}
	if status == http.StatusTooManyRequests {
		nothingLeft(h, f.RetryAfterSeconds)
	}
	if status == http.StatusUnauthorized {
		h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="msia"`)
	}
	h.Set(echo.HeaderContentType, "application/problem+json")
	h.Set(echo.HeaderCacheControl, "no-store")
	c.Response().WriteHeader(status)
	_ = json.NewEncoder(c.Response()).Encode(p) // the client went away: nothing left to tell
}

// reason says what is wrong with a value. A schema of alternatives has its own
// words in the contract: "matches none of them" would help nobody.
func reason(e *openapi3.SchemaError) string {
	if e.Schema != nil {
		if words, ok := e.Schema.Extensions["x-error"].(string); ok {
			return words
		}
	}
	return e.Reason
}

// maxFields is how many wrong parts of a request are named.
const maxFields = 100

// contractFault turns what kin-openapi found into one Invalid fault. Its texts
// never hold what was submitted.
func contractFault(err error) *fault.Error {
	var fields []fault.Field
	media := false
	var walk func(err error, where string)
	walk = func(err error, where string) {
		switch e := err.(type) { //nolint:errorlint // a walk down the chain, one link at a time
		case openapi3.MultiError:
			for _, sub := range e {
				walk(sub, where)
			}
		case *openapi3filter.RequestError:
			switch {
			case e.Parameter != nil:
				where = e.Parameter.Name
			case strings.Contains(e.Reason, "Content-Type"):
				media = true
			}
			var pe *openapi3filter.ParseError
			switch {
			case e.Err == nil:
				fields = append(fields, fault.Field{Pointer: where, Detail: e.Reason})
			case errors.As(e.Err, &pe):
				fields = append(fields, fault.Field{Pointer: where, Detail: "cannot be parsed"})
			case errors.Is(e.Err, openapi3filter.ErrInvalidRequired):
				fields = append(fields, fault.Field{Pointer: where, Detail: "is required"})
			case errors.Is(e.Err, openapi3filter.ErrInvalidEmptyValue):
				fields = append(fields, fault.Field{Pointer: where, Detail: "must not be empty"})
			default:
				walk(e.Err, where)
			}
		case *openapi3.SchemaError:
			pointer := where
			if path := e.JSONPointer(); len(path) > 0 {
				pointer += "/" + strings.Join(path, "/")
			}
			fields = append(fields, fault.Field{Pointer: pointer, Detail: reason(e)})
		default:
			fields = append(fields, fault.Field{Pointer: where, Detail: "is not valid"})
		}
	}
	walk(err, "")
	if media {
		return errMedia
	}
	if len(fields) > maxFields {
		fields = fields[:maxFields]
	}
	f := errInvalid.WithFields(fields...)
	if len(fields) > 0 {
		where := fields[0].Pointer
		if where == "" {
			where = "body"
		}
		f = f.WithMessage("The request does not follow the contract: " + where + ": " + fields[0].Detail)
	}
	return f
}
