package chatwoottest

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type jsonObject = map[string]any

// answer is a response not yet written.
type answer struct {
	status int
	body   any
	text   []byte // instead of body: not JSON, or JSON already encoded
	kind   string // content type of text
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func failure(status int, reason string) answer {
	return answer{status: status, body: jsonObject{"error": reason}}
}

// encoded turns the body into bytes, so that the state it refers to may change.
func (a answer) encoded() answer {
	if a.text == nil {
		a.text, a.kind = encode(a.body), "application/json; charset=utf-8"
	}
	return a
}

// endpoint carries out one call; s.mu is held.
type endpoint struct {
	bots bool // may agent bots call it?
	run  func(s *Server, r *http.Request, body []byte, byBot bool) answer
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, e := range map[string]endpoint{
		"GET /conversations":                         {run: listConversations},
		"GET /conversations/{id}":                    {bots: true, run: onConversation(getConversation)},
		"GET /conversations/{id}/messages":           {run: onConversation(listMessages)},
		"POST /conversations/{id}/messages":          {bots: true, run: onConversation(createMessage)},
		"POST /conversations/{id}/toggle_status":     {bots: true, run: onConversation(toggleStatus)},
		"GET /conversations/{id}/labels":             {bots: true, run: onConversation(getLabels)},
		"POST /conversations/{id}/labels":            {bots: true, run: onConversation(setLabels)},
		"POST /conversations/{id}/custom_attributes": {bots: true, run: onConversation(setCustomAttributes)},
		"POST /conversations/{id}/assignments":       {bots: true, run: onConversation(assign)},
		"GET /webhooks":                              {run: listWebhooks},
	} {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/v1/accounts/{account}"+path, func(w http.ResponseWriter, r *http.Request) { s.handle(w, r, e) })
	}
	mux.HandleFunc("GET "+redirectPath, s.serveFile)
	mux.HandleFunc("GET "+diskPath, s.serveFile)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.handle(w, r, endpoint{bots: true, run: func(*Server, *http.Request, []byte, bool) answer {
			return failure(http.StatusNotFound, "Resource could not be found")
		}})
	})
	return mux
}

func listWebhooks(s *Server, _ *http.Request, _ []byte, _ bool) answer {
	all := []map[string]any{}
	for url, subscriptions := range s.webhooks {
		all = append(all, map[string]any{"id": len(all) + 1, "url": url, "account_id": AccountID, "subscriptions": subscriptions, "secret": Secret})
	}
	return ok(map[string]any{"payload": map[string]any{"webhooks": all}})
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request, e endpoint) {
	start := time.Now()
	body, _ := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	token := tokenOf(r)
	_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v1/accounts/"), "/")
	path = "/" + path

	carryOut := func() answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		if a, allowed := authorize(r, token, e); !allowed {
			return a.encoded()
		}
		return e.run(s, r, body, token == "bot").encoded()
	}
	f, failing := s.takeFault(r.Method, path)
	var a answer
	if f.Store {
		a = carryOut()
	}
	s.pause(f.Delay)
	if !f.Store && f.Status == 0 && !f.HTML && !f.Reset {
		a = carryOut()
	}
	if failing && !f.Reset {
		a = f.apply(a, w)
	}
	// Recorded before the client can know the answer, so that a test that has
	// the answer also finds the record.
	rec := Request{Method: r.Method, Path: path, Query: r.URL.RawQuery, Token: token, Body: body, Start: start, End: time.Now()}
	if !f.Reset {
		rec.Status = a.status
	}
	s.mu.Lock()
	s.requests = append(s.requests, rec)
	s.mu.Unlock()
	if f.Reset {
		reset(w)
		return
	}
	a.write(w)
}

// apply turns the true answer into the faulty one.
func (f Fault) apply(a answer, w http.ResponseWriter) answer {
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	switch {
	case f.HTML:
		return answer{
			status: max(f.Status, http.StatusOK), kind: "text/html",
			text: []byte("<!doctype html><title>Chatwoot</title><p>maintenance"),
		}
	case f.Status == http.StatusTooManyRequests:
		return answer{status: f.Status, kind: "text/plain", text: []byte("Retry later\n")}
	case f.Status != 0:
		return failure(f.Status, http.StatusText(f.Status))
	}
	return a
}

func (s *Server) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.done:
	}
}

// reset closes the connection so that the client sees it cut, not ended.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func (a answer) write(w http.ResponseWriter) {
	a = a.encoded()
	w.Header().Set("Content-Type", a.kind)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.text)
}

// tokenOf also reads the spelling with underscores, which Rack takes for the
// same header.
func tokenOf(r *http.Request) string {
	t := r.Header.Get("Api-Access-Token")
	if t == "" {
		t = r.Header.Get("api_access_token")
	}
	switch t {
	case "":
		return "none"
	case UserToken:
		return "user"
	case BotToken:
		return "bot"
	}
	return "wrong"
}

func authorize(r *http.Request, token string, e endpoint) (answer, bool) {
	switch {
	case token == "none":
		return answer{status: 401, body: jsonObject{"errors": []string{"You need to sign in or sign up before continuing."}}}, false
	case token == "wrong":
		return failure(401, "Invalid Access Token"), false
	case r.PathValue("account") != "" && r.PathValue("account") != strconv.Itoa(AccountID):
		return failure(401, "You are not authorized to access this account"), false
	case token == "bot" && !e.bots:
		return failure(401, "Access to this endpoint is not authorized for bots"), false
	}
	return answer{}, true
}

type conversationCall func(s *Server, c *conversation, r *http.Request, body jsonObject, byBot bool) answer

// onConversation finds the conversation in the path and decodes the body.
func onConversation(run conversationCall) func(*Server, *http.Request, []byte, bool) answer {
	return func(s *Server, r *http.Request, raw []byte, byBot bool) answer {
		id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
		c := s.conversations[id]
		if c == nil {
			return failure(http.StatusNotFound, "Resource could not be found")
		}
		var body jsonObject
		if r.Method == http.MethodPost {
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.UseNumber()
			// Rails reads parameters only from a body declared as JSON.
			if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
				if err := dec.Decode(&body); err != nil {
					return failure(http.StatusBadRequest, "There was a problem in the JSON you submitted")
				}
			}
		}
		return run(s, c, r, body, byBot)
	}
}
