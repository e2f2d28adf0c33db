// Package chatwoottest is a small fake of Chatwoot for tests: its application
// API as internal/chatwoot uses it, and the webhook bodies and signatures it
// sends. It shares no code with the package under test, keeps to what Chatwoot
// 4.16 does where a client can tell, and can be made to fail in the ways that
// matter.
//
//	cw := chatwoottest.New(t)
//	hook := cw.Incoming(chatwoottest.Incoming{Text: "Hola"})
//	// POST hook.Body with cw.Sign(hook.Body, time.Now()) to the server under test
//	replies, err := cw.WaitSent(1, 5*time.Second)
//
// It does not import testing, so that a command can run it too: see Start.
package chatwoottest

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// What every Server has; the values are those of the recorded payloads.
const (
	AccountID = 3
	InboxID   = 7
	UserToken = "user-token-9f3c1e"
	BotToken  = "bot-token-77ab02"
	Secret    = "fXq7Rk2mZt9VbW4sLp8NcYh3"
	// AgentID and BotID are the user and the agent bot behind the tokens.
	AgentID = 12
	BotID   = 2
	// TeamID is the only team.
	TeamID = 5
)

// TB is the part of testing.TB that New needs.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Server is a running fake. Safe for concurrent use.
type Server struct {
	addr    string
	done    chan struct{} // closed by Close
	closing sync.Once

	mu            sync.Mutex
	http          *http.Server // nil while refusing
	served        sync.WaitGroup
	changed       chan struct{} // closed and replaced when a message is stored
	contacts      map[int64]*contact
	conversations map[int64]*conversation
	messages      map[int64]*message
	sent          []*message
	files         map[string][]byte   // by the last part of their addresses
	webhooks      map[string][]string // subscriptions by URL
	requests      []Request
	faults        []*Fault
	floodLimit    int
	nextID        int64
}

// Start runs a fake on a free port of the loopback interface; Close ends it.
func Start() (*Server, error) {
	s := &Server{
		done:          make(chan struct{}),
		changed:       make(chan struct{}),
		contacts:      map[int64]*contact{},
		conversations: map[int64]*conversation{},
		messages:      map[int64]*message{},
		files:         map[string][]byte{},
		webhooks:      map[string][]string{},
		floodLimit:    200,
		nextID:        100_000, // above the ids of the recorded payloads
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("chatwoottest: %w", err)
	}
	s.addr = l.Addr().String()
	s.serve(l)
	return s, nil
}

// New is Start for tests: it fails the test on an error and closes the fake at
// the end.
func New(t TB) *Server {
	t.Helper()
	s, err := Start()
	if err != nil {
		t.Fatalf("start fake Chatwoot: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

func (s *Server) serve(l net.Listener) {
	srv := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second}
	s.mu.Lock()
	s.http = srv
	s.mu.Unlock()
	s.served.Go(func() { _ = srv.Serve(l) })
}

// URL is the base address, without a slash at the end.
func (s *Server) URL() string { return "http://" + s.addr }

// Close ends the fake and every request under way.
func (s *Server) Close() {
	s.closing.Do(func() { close(s.done) })
	s.stop()
}

func (s *Server) stop() {
	s.mu.Lock()
	srv := s.http
	s.http = nil
	s.mu.Unlock()
	if srv != nil {
		_ = srv.Close()
	}
	s.served.Wait()
}

// Refuse makes connections be refused (true), as when Chatwoot is down, or
// accepted again at the same address (false). What was stored stays.
func (s *Server) Refuse(on bool) error {
	s.stop()
	if on {
		return nil
	}
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		return fmt.Errorf("chatwoottest: %w", err)
	}
	s.serve(l)
	return nil
}

// SetFloodLimit sets how many messages a conversation takes within a minute;
// 200 by default, as in Chatwoot.
func (s *Server) SetFloodLimit(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.floodLimit = n
}

// SetWebhook sets an account webhook up, as an administrator would; it is only
// shown, not called.
func (s *Server) SetWebhook(url string, subscriptions ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks[url] = subscriptions
}

// Message is a message that was created through the API.
type Message struct {
	ID             int64
	ConversationID int64
	// Content is what was posted, after Chatwoot's Liquid.
	Content string
	// Shown is what the customer sees: Content with its CommonMark escapes
	// resolved. The fake knows no other CommonMark.
	Shown             string
	Private           bool
	ByBot             bool // sent with the bot token
	Marker            string
	ContentAttributes map[string]any
	TemplateParams    map[string]any // nil unless a WhatsApp template
	Status            string         // sent or failed
	At                time.Time
}

// Sent returns the replies posted so far in the order they were stored, without
// private notes. A message stored twice is there twice.
func (s *Server) Sent() []Message { return s.posted(false) }

// Notes returns the private notes posted so far.
func (s *Server) Notes() []Message { return s.posted(true) }

func (s *Server) posted(private bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.sent {
		if m.Private == private {
			out = append(out, m.public())
		}
	}
	return out
}

// WaitSent waits until at least n replies were posted and returns them all; on
// a timeout it returns those there are, with an error.
func (s *Server) WaitSent(n int, timeout time.Duration) ([]Message, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		all := s.Sent()
		if len(all) >= n {
			return all, nil
		}
		select {
		case <-changed:
		case <-timer.C:
			return all, fmt.Errorf("chatwoottest: %d replies after %s, want %d", len(all), timeout, n)
		case <-s.done:
			return all, fmt.Errorf("chatwoottest: closed with %d replies, want %d", len(all), n)
		}
	}
}

// Request is one call of the API.
type Request struct {
	Method string
	Path   string // without /api/v1/accounts/{id}
	Query  string
	Token  string // user, bot, none or wrong
	Body   []byte
	// Status is 0 when the connection was reset instead of answered.
	Status     int
	Start, End time.Time
}

// Requests returns the calls answered so far, in the order they ended.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Fault makes calls fail. The first fault that matches a call is used for it.
type Fault struct {
	// Method and Path select calls; "" selects any. Path is a part of the path,
	// such as "/messages".
	Method, Path string
	// Times is how many calls fail; 0 means one, -1 all until ClearFaults.
	Times int
	// Store carries the call out before it fails.
	Store bool
	// Delay passes before the answer.
	Delay time.Duration
	// Reset cuts the connection instead of answering.
	Reset bool
	// Status is the status to answer with; 0 with neither HTML nor Reset means
	// the true answer, only delayed.
	Status int
	// RetryAfter is the value of that header; "" for none.
	RetryAfter string
	// HTML answers with a page, with status 200 unless Status says otherwise.
	HTML bool
}

// Inject adds faults.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		s.faults = append(s.faults, &f)
	}
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault returns the fault for a call, if there is one.
func (s *Server) takeFault(method, path string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if (f.Method != "" && f.Method != method) || !strings.Contains(path, f.Path) {
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
		}
		return *f, true
	}
	return Fault{}, false
}
