package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// Content security policies of what is no page of the UI.
const (
	dataPolicy = "default-src 'none'; frame-ancestors 'none'"
	filePolicy = dataPolicy + "; sandbox"
	// docsPolicy: the API reference has its scripts and styles in its page.
	docsPolicy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

const (
	headerOpener   = "Cross-Origin-Opener-Policy"
	headerResource = "Cross-Origin-Resource-Policy"
)

// secure sets the headers that keep browsers from doing more with an answer than
// is meant; handlers replace those that do not fit.
func (s *Server) secure(c echo.Context) {
	h := c.Response().Header()
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	h.Set(echo.HeaderXFrameOptions, "DENY")
	h.Set(echo.HeaderReferrerPolicy, "same-origin")
	h.Set(echo.HeaderContentSecurityPolicy, dataPolicy)
	h.Set(headerOpener, "same-origin")
	h.Set(headerResource, "same-origin")
	if s.https {
		h.Set(echo.HeaderStrictTransportSecurity, "max-age=31536000")
	}
	if strings.HasPrefix(c.Path(), "/docs") {
		h.Set(echo.HeaderContentSecurityPolicy, docsPolicy)
	}
}

// corsMaxAge is how long a browser may remember what it is allowed, in seconds.
const corsMaxAge = 600

// allowOrigins lets pages of other sites call the API, with a token: cookies are
// for ours.
func allowOrigins(origins []string) echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins: origins,
		AllowMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowHeaders: []string{echo.HeaderAuthorization, echo.HeaderContentType, "If-Match", "If-None-Match", "Last-Event-ID", echo.HeaderXRequestID},
		ExposeHeaders: []string{
			"ETag", echo.HeaderContentDisposition, echo.HeaderRetryAfter, headerRateLimit, headerRateRemaining, headerRateReset, echo.HeaderXRequestID,
		},
		MaxAge: corsMaxAge,
	})
}
