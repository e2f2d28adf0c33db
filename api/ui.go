package api

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

const (
	// noncePlaceholder is what the build puts where a page's nonce belongs
	// (admin/vite.config.ts).
	noncePlaceholder = "__CSP_NONCE__"
	// uiAssets are the files whose names change with their content.
	uiAssets = "assets/"
)

// ui serves the admin UI: its files, and its one page for every other address.
// All is kept in memory, compressed once.
type ui struct {
	page     []byte
	files    map[string]uiFile
	contract *contract
}

type uiFile struct {
	plain, gzipped []byte
	contentType    string
	etag           string
}

// newUI reads what the build left. It fails when a file cannot be read.
func newUI(files fs.FS, contract *contract) (*ui, error) {
	u := &ui{files: map[string]uiFile{}, contract: contract}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if name == "index.html" {
			u.page = content
			return nil
		}
		u.files[name], err = newUIFile(name, content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("admin UI: %w", err)
	}
	return u, nil
}

func newUIFile(name string, content []byte) (uiFile, error) {
	sum := sha256.Sum256(content)
	f := uiFile{plain: content, contentType: mime.TypeByExtension(path.Ext(name)), etag: `"` + hex.EncodeToString(sum[:16]) + `"`}
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return f, err
	}
	if _, err := w.Write(content); err != nil {
		return f, err
	}
	if err := w.Close(); err != nil {
		return f, err
	}
	if zipped.Len() < len(content) {
		f.gzipped = zipped.Bytes()
	}
	return f, nil
}

// serve answers GET and HEAD for what no other route takes. An address of the
// API, or of a file that is gone, is not one of the UI.
func (u *ui) serve(c echo.Context) error {
	name := strings.TrimPrefix(c.Request().URL.Path, "/")
	if f, ok := u.files[name]; ok {
		return f.serve(c, strings.HasPrefix(name, uiAssets))
	}
	for _, other := range []string{"api/", "docs/", uiAssets} {
		if strings.HasPrefix(name+"/", other) {
			return u.notOfUI(c)
		}
	}
	nonce := rand.Text()
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store") // the nonce is for one time
	h.Set(echo.HeaderContentSecurityPolicy, contentSecurityPolicy(nonce))
	return c.HTMLBlob(http.StatusOK, bytes.ReplaceAll(u.page, []byte(noncePlaceholder), []byte(nonce)))
}

// notOfUI says that an address is only there for other methods, or not at all:
// the router found the UI, which is everywhere, before it could tell.
func (u *ui) notOfUI(c echo.Context) error {
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := c.Echo().NewContext(c.Request(), nil)
		c.Echo().Router().Find(method, c.Request().URL.Path, probe)
		if _, ok := u.contract.find(method, probe.Path()); ok {
			c.SetPath(probe.Path()) // by which the answer names the methods there are
			return echo.ErrMethodNotAllowed
		}
	}
	return echo.ErrNotFound
}

// contentSecurityPolicy lets a page of the UI use what this server serves and
// nothing else. Mantine computes style attributes and adds style elements, the
// latter with the nonce.
func contentSecurityPolicy(nonce string) string {
	return "default-src 'none'; script-src 'self' 'nonce-" + nonce + "'; style-src 'self' 'nonce-" + nonce + "'; " +
		"style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; " +
		"frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
}

func (f uiFile) serve(c echo.Context, immutable bool) error {
	h := c.Response().Header()
	h.Set("ETag", f.etag)
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if immutable {
		h.Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	} else {
		h.Set(echo.HeaderCacheControl, "public, max-age=0, must-revalidate")
	}
	if c.Request().Header.Get("If-None-Match") == f.etag {
		return c.NoContent(http.StatusNotModified)
	}
	if f.gzipped != nil && strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		h.Set(echo.HeaderContentEncoding, "gzip")
		return c.Blob(http.StatusOK, f.contentType, f.gzipped)
	}
	return c.Blob(http.StatusOK, f.contentType, f.plain)
}
