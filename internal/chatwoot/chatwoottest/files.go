package chatwoottest

import (
	"bytes"
	"net/http"
	"path"
	"strings"
	"time"
)

// Where files are, as Rails' active storage has them: a data_url leads, without
// credentials, to a second address that has the bytes.
const (
	redirectPath = "/rails/active_storage/blobs/redirect/"
	diskPath     = "/rails/active_storage/disk/"
)

// serveFile answers for both addresses of a file. Faults apply to both; the
// requests are recorded with their whole paths.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	f, failing := s.takeFault(r.Method, r.URL.Path)
	s.pause(f.Delay)
	s.mu.Lock()
	data, ok := s.files[path.Base(r.URL.Path)]
	rec := Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Token: tokenOf(r), Start: start, End: time.Now()}
	switch {
	case f.Reset:
	case failing && f.Status != 0:
		rec.Status = f.Status
	case !ok:
		rec.Status = http.StatusNotFound
	case strings.HasPrefix(r.URL.Path, redirectPath):
		rec.Status = http.StatusFound
	default:
		rec.Status = http.StatusOK
	}
	s.requests = append(s.requests, rec)
	s.mu.Unlock()
	switch rec.Status {
	case 0:
		reset(w)
	case http.StatusFound:
		http.Redirect(w, r, s.URL()+diskPath+"signed/"+path.Base(r.URL.Path), http.StatusFound)
	case http.StatusOK:
		http.ServeContent(w, r, path.Base(r.URL.Path), time.Time{}, bytes.NewReader(data))
	default:
		http.Error(w, http.StatusText(rec.Status), rec.Status)
	}
}
