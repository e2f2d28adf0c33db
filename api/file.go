package api

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/images"
)

type fileRequestKey struct{}

// fileRequest hands the request on to the operations that answer by more of it than
// its parameters: ranges and conditions are net/http's business.
func fileRequest(next oas.StrictHandlerFunc, operationID string) oas.StrictHandlerFunc {
	if !slices.Contains([]string{"GetImageFile", "DownloadRegulationFile", "GetRegulationPage"}, operationID) {
		return next
	}
	return func(c echo.Context, request any) (any, error) {
		r := c.Request()
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), fileRequestKey{}, r)))
		return next(c, request)
	}
}

func fileRequestOf(ctx context.Context) *http.Request {
	r, _ := ctx.Value(fileRequestKey{}).(*http.Request)
	return r
}

// servedFile is an answer with a file that is kept here.
type servedFile struct {
	content  io.ReadSeekCloser
	modified time.Time
	header   map[string]string
	request  *http.Request
}

// imageFile answers with a picture's bytes.
func imageFile(c *images.Content, request *http.Request) servedFile {
	f := servedFile{content: c, modified: c.Modified, request: request, header: map[string]string{
		echo.HeaderContentType: c.Type, "ETag": c.ETag, echo.HeaderCacheControl: "public, max-age=31536000, immutable",
		headerResource: "cross-origin", // a page of any site may show what is public
	}}
	if c.Type == "application/pdf" { // what a PDF does when it is opened is not ours
		f.header[echo.HeaderContentDisposition] = "attachment"
	}
	if c.Private {
		f.header[echo.HeaderCacheControl] = "private, max-age=300"
		f.header[headerResource] = "same-origin"
	}
	if c.Negotiated {
		f.header[echo.HeaderVary] = echo.HeaderAccept
	}
	return f
}

// send sends what the request asks for of the bytes.
func (f servedFile) send(w http.ResponseWriter) error {
	defer func() { _ = f.content.Close() }()
	w.Header().Set(echo.HeaderContentSecurityPolicy, filePolicy)
	for name, value := range f.header {
		w.Header().Set(name, value)
	}
	if res, ok := w.(*echo.Response); ok {
		w = plainWriter{ResponseWriter: res.Unwrap(), response: res}
	}
	http.ServeContent(w, f.request, "", f.modified, f.content)
	return nil
}

// VisitGetImageFileResponse sends it.
func (f servedFile) VisitGetImageFileResponse(w http.ResponseWriter) error { return f.send(w) }

// VisitDownloadRegulationFileResponse sends it.
func (f servedFile) VisitDownloadRegulationFileResponse(w http.ResponseWriter) error {
	return f.send(w)
}

// VisitGetRegulationPageResponse sends it.
func (f servedFile) VisitGetRegulationPageResponse(w http.ResponseWriter) error { return f.send(w) }

// plainWriter is net/http's own writer, which lets the system send a file without
// copying it; echo's hides that. The head still goes through echo.
type plainWriter struct {
	http.ResponseWriter
	response *echo.Response
}

// WriteHeader sends the head.
func (w plainWriter) WriteHeader(status int) { w.response.WriteHeader(status) }

// ReadFrom sends what r has.
func (w plainWriter) ReadFrom(r io.Reader) (int64, error) {
	if from, ok := w.ResponseWriter.(io.ReaderFrom); ok {
		return from.ReadFrom(r)
	}
	return io.Copy(struct{ io.Writer }{w.ResponseWriter}, r)
}
