package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/fault"
)

var (
	errNoToken       = fault.New(fault.Unauthenticated, "unauthenticated", "This needs a bearer token; get one from POST /api/admin/auth/login.")
	errForbidden     = fault.New(fault.Forbidden, "forbidden", "Your role may not do this.")
	errSessionNeeded = fault.New(fault.Forbidden, "session_needed", "An API key may not do this; sign in with the password.")
	errCrossOrigin   = fault.New(fault.Forbidden, "cross_origin", "A page of another site may not do this in your name.")
)

// authorise knows the caller, counts the request, and checks the permission. It is
// the only place that does.
func (s *Server) authorise(c echo.Context, op operation) error {
	var (
		who caller.Caller
		ok  bool
		err error
	)
	if op.permission != permissionPublic || op.optionalAuth {
		who, ok, err = s.identify(c.Request(), op)
	}
	if err == nil && !ok && op.permission != permissionPublic {
		err = errNoToken
	}
	var refusal *fault.Error
	if errors.As(err, &refusal) && refusal.Kind == fault.Unauthenticated {
		if err := s.countRefused(c); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if err := s.count(c, op.rate, who); err != nil {
		return err
	}
	if op.permission != permissionPublic {
		switch {
		case !who.Role.Covers(caller.Role(op.permission)):
			return errForbidden
		case op.sessionNeeded && who.SessionID == uuid.Nil:
			return errSessionNeeded
		}
	}
	if ok {
		c.SetRequest(c.Request().WithContext(caller.With(c.Request().Context(), who)))
	}
	return nil
}

// identify returns whose the request is, if anybody's. A bearer token, which
// somebody put there, has to be good and wins over a cookie. A cookie, which
// comes by itself, makes a public operation neither fail nor act for a page of
// another site.
func (s *Server) identify(r *http.Request, op operation) (caller.Caller, bool, error) {
	header := r.Header.Get(echo.HeaderAuthorization)
	if scheme, token, _ := strings.Cut(header, " "); strings.EqualFold(scheme, "bearer") {
		who, err := s.accounts.Authenticate(r.Context(), strings.TrimSpace(token))
		return who, err == nil, err
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		if header != "" {
			return caller.Caller{}, false, errNoToken // another scheme
		}
		return caller.Caller{}, false, nil
	}
	who, err := s.cookieCaller(r.Context(), cookie.Value)
	if err == nil && s.crossOrigin.Check(r) != nil {
		err = errCrossOrigin
	}
	if op.permission == permissionPublic && (errors.Is(err, admin.ErrBadToken) || errors.Is(err, errCrossOrigin)) {
		return caller.Caller{}, false, nil
	}
	return who, err == nil, err
}

func (s *Server) cookieCaller(ctx context.Context, token string) (caller.Caller, error) {
	who, err := s.accounts.Authenticate(ctx, token)
	if err == nil && who.Means != caller.MeansBearer {
		err = admin.ErrBadToken // an API key is no session
	}
	who.Means = caller.MeansCookie
	return who, err
}
