package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/jobs"
)

// riverPolicy: River's pages are files of their own, with styles in them.
const riverPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// river serves River's own UI to administrators who are signed in. What they do
// there is in the audit, as what they do elsewhere.
func (s *Server) river(ui http.Handler, manager *jobs.Manager) echo.HandlerFunc {
	op := operation{permission: "admin", sessionNeeded: true, rate: RateAccount}
	return func(c echo.Context) error {
		err := s.authorise(c, op)
		r := c.Request() // which has the caller now
		var f *fault.Error
		if errors.As(err, &f) && f.Kind == fault.Unauthenticated && strings.Contains(r.Header.Get(echo.HeaderAccept), echo.MIMETextHTML) {
			return c.Redirect(http.StatusFound, "/entrar?volver="+url.QueryEscape(r.URL.RequestURI()))
		}
		if err != nil {
			return err
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, defaultMaxBody))
			if err != nil {
				return err
			}
			if err := manager.RecordElsewhere(r.Context(), strings.TrimPrefix(r.URL.Path, jobs.UIPrefix), body); err != nil {
				return err
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		c.Response().Header().Set(echo.HeaderContentSecurityPolicy, riverPolicy)
		ui.ServeHTTP(c.Response(), r)
		return nil
	}
}
