package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/telemetry"
)

var (
	errWebhook = fault.New(fault.Unauthenticated, "webhook_unauthenticated", "The webhook is not signed as configured.")
	errNotJSON = fault.New(fault.BadRequest, "not_json", "The body is not JSON.")
)

// observe gives the request its id and origin, catches panics, and logs and measures the
// outcome. It is the outermost layer.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start, route := s.now(), c.Path()
		if route == "" {
			route = "unmatched"
		}
		id := requestID(c.Request().Header.Get(echo.HeaderXRequestID))
		ctx, end := telemetry.StartRequest(c.Request(), route, id)
		c.SetRequest(c.Request().WithContext(caller.WithRequestID(caller.WithOrigin(ctx, caller.Origin{
			Address: c.RealIP(), UserAgent: c.Request().UserAgent(), Secure: c.Request().TLS != nil,
		}), id)))
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		s.secure(c)
		if s.stopping.Load() {
			c.Response().Header().Set(echo.HeaderConnection, "close") // so that nobody asks on it when it is closed
		}
		if err := s.recovering(next, c); err != nil {
			s.handleError(err, c)
		}
		status, took := c.Response().Status, s.now().Sub(start)
		if path := c.Path(); path != "" {
			route = path // a parameter may have turned out to be a part of another path
		}
		end(route, status)
		s.metrics.request(c.Request().Method, route, status, took)
		s.log.DebugContext(c.Request().Context(), "request",
			slog.String("method", c.Request().Method), slog.String("route", route), slog.Int("status", status), slog.Duration("took", took))
		return nil
	}
}

func (s *Server) recovering(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if r == http.ErrAbortHandler { //nolint:errorlint // the documented sentinel is panicked as is
				panic(r)
			}
			err = fmt.Errorf("%w: %v\n%s", errPanic, r, debug.Stack())
			if c.Response().Committed {
				err = fmt.Errorf("%w: %w", errBrokenOff, err)
			}
		}
	}()
	return next(c)
}

// requestID keeps a sensible id that a proxy gave, else makes one.
func requestID(given string) string {
	if n := len(given); n >= 8 && n <= 64 && strings.Trim(given, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") == "" {
		return given
	}
	return uuid.Must(uuid.NewV7()).String()
}

// guard lets a request of the contract through to its handler: its body is
// bounded, its caller known, counted and allowed, it has come as a whole, there is
// room for it, and its shape is as promised, in this order.
func (s *Server) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		op, ok := s.contract.find(c.Request().Method, c.Path())
		if !ok { // not of the contract: pages, docs, 404, 405
			return s.working(next, c, RatePublic)
		}
		if path := c.Request().URL.Path; s.contract.shadowed(path, c.Path()) {
			c.SetPath(path)
			return echo.ErrMethodNotAllowed
		}
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store") // it depends on the moment or the caller
		if c.Request().ContentLength > op.maxBody && !op.countsItself {
			return errTooLarge
		}
		unread := c.Request().Body
		if op.streamed() {
			c.Request().Body = newSteady(c)
		}
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, op.maxBody)
		if op.permission != permissionChatwoot {
			if err := s.authorise(c, op); err != nil {
				return err
			}
		}
		release, err := s.receive(c, op)
		if err != nil {
			return err
		}
		defer release()
		if op.permission == permissionChatwoot {
			if err := s.authenticateWebhook(c); err != nil {
				return err
			}
			return s.working(next, c, op.rate)
		}
		return s.working(func(c echo.Context) error {
			if err := s.validate(c, op); err != nil {
				return err
			}
			patience(c, op)
			if op.streamed() {
				return s.lingering(next, c, unread)
			}
			return next(c)
		}, c, op.rate)
	}
}

// working works on a request when there is room.
func (s *Server) working(next echo.HandlerFunc, c echo.Context, class RateClass) error {
	leave, err := s.load.enter(c, class)
	if err != nil {
		s.metrics.refused.WithLabelValues(refusedOverload).Inc()
		return err
	}
	defer leave()
	return next(c)
}

// validate checks the request against the contract and leaves the body for the
// binder. Handlers fill in defaults: kin-openapi would put them in place of null
// and of empty parameters, too, and let "quantity": null and "?limit=" pass.
func (s *Server) validate(c echo.Context, op operation) error {
	params := make(map[string]string, len(c.ParamNames()))
	for _, name := range c.ParamNames() {
		params[name] = c.Param(name)
	}
	options := *s.validation
	if op.media != nil {
		if err := checkMedia(c.Request(), op.media); err != nil {
			return err
		}
		options.ExcludeRequestBody = true // it would be read into memory as a whole
	}
	err := openapi3filter.ValidateRequest(c.Request().Context(), &openapi3filter.RequestValidationInput{
		Request: c.Request(), PathParams: params, Route: op.route, Options: &options,
	})
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	if err != nil {
		return contractFault(err)
	}
	return nil
}

// checkMedia refuses a body of another type than the operation takes.
func checkMedia(r *http.Request, media []string) error {
	given, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || !slices.Contains(media, given) {
		return errMedia.WithMessage("The body has to be " + strings.Join(media, " or ") + ".")
	}
	return nil
}

type rawBodyKey struct{}

// rawBody returns the authenticated body of a webhook, byte for byte.
func rawBody(ctx context.Context) []byte {
	b, _ := ctx.Value(rawBodyKey{}).([]byte)
	return b
}

// authenticateWebhook checks the body, which is what is signed, and hands it on as
// it came.
func (s *Server) authenticateWebhook(c echo.Context) error {
	r := c.Request()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if err := chatwoot.Authenticate(s.webhookAuth, chatwoot.NewAuthRequest(r, body, s.now())); err != nil {
		s.log.WarnContext(r.Context(), "webhook refused", slog.Any("error", err))
		if err := s.countRefused(c); err != nil {
			return err
		}
		return errWebhook.Because(err)
	}
	if !json.Valid(body) {
		return errNotJSON
	}
	r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON) // whatever it said: it is JSON
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.SetRequest(r.WithContext(context.WithValue(r.Context(), rawBodyKey{}, body)))
	return nil
}
