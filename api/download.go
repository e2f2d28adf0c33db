package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// download is an answer that is a file to keep, written while it is made.
type download struct {
	name        string
	contentType string
	// size is 0 while it is not known.
	size  int64
	write func(io.Writer) error
}

// send writes it. What fails before the first byte is an error like any other.
func (d download) send(w http.ResponseWriter) error {
	h := w.Header()
	h.Set(echo.HeaderContentType, d.contentType)
	h.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": d.name}))
	h.Set(echo.HeaderContentSecurityPolicy, filePolicy)
	if d.size > 0 {
		h.Set(echo.HeaderContentLength, strconv.FormatInt(d.size, 10))
	}
	out := &patient{w: w, control: http.NewResponseController(w)}
	err := d.write(out)
	switch {
	case err != nil && out.begun:
		return fmt.Errorf("%w: %w", errBrokenOff, err)
	case err != nil:
		for _, name := range []string{echo.HeaderContentDisposition, echo.HeaderContentLength} {
			h.Del(name)
		}
	}
	return err
}

// patient gives the client time anew with each write: a large file takes longer
// than any other answer may.
type patient struct {
	w       io.Writer
	control *http.ResponseController
	begun   bool
}

// Write writes on.
func (p *patient) Write(b []byte) (int, error) {
	p.begun = true
	until := time.Now().Add(writeTimeout) //nolint:forbidigo // the connection's clock is the machine's
	if err := p.control.SetWriteDeadline(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.w.Write(b)
}

// VisitDownloadCaseFileResponse sends it.
func (d download) VisitDownloadCaseFileResponse(w http.ResponseWriter) error { return d.send(w) }

// VisitDownloadCaseArchiveResponse sends it.
func (d download) VisitDownloadCaseArchiveResponse(w http.ResponseWriter) error { return d.send(w) }

// VisitDownloadCaseDossierResponse sends it.
func (d download) VisitDownloadCaseDossierResponse(w http.ResponseWriter) error { return d.send(w) }

// VisitExportCasesResponse sends it.
func (d download) VisitExportCasesResponse(w http.ResponseWriter) error { return d.send(w) }

// VisitExportCustomersResponse sends it.
func (d download) VisitExportCustomersResponse(w http.ResponseWriter) error { return d.send(w) }

// VisitExportEscalationsResponse sends it.
func (d download) VisitExportEscalationsResponse(w http.ResponseWriter) error { return d.send(w) }

// VisitExportAuditResponse sends it.
func (d download) VisitExportAuditResponse(w http.ResponseWriter) error { return d.send(w) }

// VisitExportAccessLogResponse sends it.
func (d download) VisitExportAccessLogResponse(w http.ResponseWriter) error { return d.send(w) }
