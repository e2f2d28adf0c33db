package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/msia/msia/internal/legal"
)

const (
	password = "only-for-this-measurement"
	// patience bounds the waits for msia to start and to index.
	patience = 3 * time.Minute
	// glance is the pause between two looks.
	glance = 200 * time.Millisecond
)

// service is msia as it is shipped, with a private database, in a folder that goes
// with it.
type service struct {
	dir, url, token string
	cmd             *exec.Cmd
	said            bytes.Buffer
}

// startService builds and starts msia; stop has to be called whatever is returned.
func startService(ctx context.Context) (*service, error) {
	dir, err := os.MkdirTemp("", "msia-eval-")
	if err != nil {
		return nil, err
	}
	s := &service{dir: dir}
	program := filepath.Join(dir, "msia")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/msia/msia/cmd/msia").CombinedOutput(); err != nil {
		return s, fmt.Errorf("build msia: %w\n%s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return s, err
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		return s, err
	}
	s.url = "http://" + addr
	s.cmd = exec.Command(program, "serve") //nolint:gosec // built above
	s.cmd.Dir, s.cmd.Stderr = dir, &s.said
	s.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "MSIA_ADDR=" + addr, "MSIA_DATA_DIR=" + filepath.Join(dir, "data"), "MSIA_ADMIN_PASSWORD=" + password}
	if err := s.cmd.Start(); err != nil {
		return s, fmt.Errorf("start msia: %w", err)
	}
	if err := wait(ctx, func() (bool, error) { return s.call(ctx, http.MethodGet, "/readyz", nil, nil) == nil, nil }); err != nil {
		return s, fmt.Errorf("msia does not get ready: %w\n%s", err, s.said.String())
	}
	var session struct {
		AccessToken string `json:"access_token"`
	}
	err = s.call(ctx, http.MethodPost, "/api/admin/auth/login", map[string]string{"username": "admin", "password": password}, &session)
	s.token = session.AccessToken
	return s, err
}

// stop ends msia and its database, and drops their files.
func (s *service) stop() error {
	if s == nil {
		return nil
	}
	var ended error
	if s.cmd != nil && s.cmd.Process != nil {
		ended = s.cmd.Process.Signal(syscall.SIGTERM)
		ended = errors.Join(ended, s.cmd.Wait())
	}
	return errors.Join(ended, os.RemoveAll(s.dir))
}

// wait looks until done says so.
func wait(ctx context.Context, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(glance):
		}
	}
}

// call is one request to the API; body and out may be nil.
func (s *service) call(ctx context.Context, method, path string, body, out any) error {
	raw := []byte{}
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	return s.send(ctx, method, path, "application/json", raw, out)
}

func (s *service) send(ctx context.Context, method, path, contentType string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", contentType)
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %d: %s", method, path, res.StatusCode, got)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(got, out)
}

// add uploads a regulation and waits until it answers. It returns its id.
func (s *service) add(ctx context.Context, path, title string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := form.WriteField("title", title); err != nil {
		return "", err
	}
	part, err := form.CreateFormFile("file", filepath.Base(path))
	if err != nil {
		return "", err
	}
	if _, err := part.Write(content); err != nil {
		return "", err
	}
	if err := form.Close(); err != nil {
		return "", err
	}
	var d struct {
		ID, Status string
		Error      *struct{ Detail string }
	}
	if err := s.send(ctx, http.MethodPost, "/api/rag/documents", form.FormDataContentType(), b.Bytes(), &d); err != nil {
		return "", err
	}
	err = wait(ctx, func() (bool, error) {
		err := s.call(ctx, http.MethodGet, "/api/rag/documents/"+d.ID, nil, &d)
		if d.Status == "failed" && d.Error != nil {
			err = fmt.Errorf("%s failed: %s", path, d.Error.Detail)
		}
		return d.Status == "indexed", err
	})
	return d.ID, err
}

// units lists what was found of a regulation's structure.
func (s *service) units(ctx context.Context, id string) ([]legal.Unit, error) {
	var list []struct {
		Kind     legal.Kind
		Number   *string
		PageFrom int `json:"page_from"`
		PageTo   int `json:"page_to"`
	}
	if err := s.call(ctx, http.MethodGet, "/api/rag/documents/"+id+"/units", nil, &list); err != nil {
		return nil, err
	}
	units := make([]legal.Unit, len(list))
	for i, u := range list {
		units[i] = legal.Unit{Kind: u.Kind, PageFrom: u.PageFrom, PageTo: u.PageTo}
		if u.Number != nil {
			units[i].Number = *u.Number
		}
	}
	return units, nil
}

// reply is the service's answer to a question.
type reply struct {
	Answer    string
	Answered  bool
	Citations []citation
}

type citation struct {
	DocumentID string `json:"document_id"`
	Article    *string
	Heading    *string
	Section    []string
	Pages      []int
}

func (s *service) ask(ctx context.Context, question string) (out reply, err error) {
	err = s.call(ctx, http.MethodPost, "/api/rag/query", map[string]string{"query": question}, &out)
	return out, err
}

// activate has a document answer, or not.
func (s *service) activate(ctx context.Context, id string, active bool) error {
	return s.call(ctx, http.MethodPatch, "/api/rag/documents/"+id, map[string]bool{"is_active": active}, nil)
}

// text is the text of a page, as it was indexed.
func (s *service) text(ctx context.Context, id string, page int) (string, error) {
	var p struct{ Text string }
	err := s.call(ctx, http.MethodGet, fmt.Sprintf("/api/rag/documents/%s/pages/%d/text", id, page), nil, &p)
	return p.Text, err
}
