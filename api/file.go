package api

import (
	"context"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/images"
)

type fileRequestKey struct{}

// fileRequest hands the request on to the one operation that answers by more of
// it than its parameters: ranges and conditions are net/http's business.
func fileRequest(next oas.StrictHandlerFunc, operationID string) oas.StrictHandlerFunc {
	if operationID != "GetImageFile" {
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

// imageFile is the answer with a picture's bytes.
type imageFile struct {
	content *images.Content
	request *http.Request
}

// VisitGetImageFileResponse sends what the request asks for of the bytes.
func (f imageFile) VisitGetImageFileResponse(w http.ResponseWriter) error {
	defer func() { _ = f.content.Close() }()
	h := w.Header()
	h.Set(echo.HeaderContentType, f.content.Type)
	h.Set("ETag", f.content.ETag)
	h.Set(echo.HeaderContentSecurityPolicy, filePolicy)
	h.Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	h.Set(headerResource, "cross-origin")    // a page of any site may show what is public
	if f.content.Type == "application/pdf" { // what a PDF does when it is opened is not ours
		h.Set(echo.HeaderContentDisposition, "attachment")
	}
	if f.content.Private {
		h.Set(echo.HeaderCacheControl, "private, max-age=300")
		h.Set(headerResource, "same-origin")
	}
	if f.content.Negotiated {
		h.Set(echo.HeaderVary, echo.HeaderAccept)
	}
	if res, ok := w.(*echo.Response); ok {
		w = plainWriter{ResponseWriter: res.Unwrap(), response: res}
	}
	http.ServeContent(w, f.request, "", f.content.Modified, f.content.ReadSeekCloser)
	return nil
}

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
