package chatwoot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

// Defaults of ClientConfig.
const (
	DefaultTimeout      = 10 * time.Second
	DefaultBreakerAfter = 5
	DefaultBreakerFor   = 10 * time.Second
)

// Bounds of what is read of an answer. Lists of conversations come unpaged.
const (
	maxResponse     = 8 << 20
	maxListResponse = 64 << 20
)

// ClientConfig configures a Client.
type ClientConfig struct {
	// BaseURL is Chatwoot's address, such as "https://chat.example.com"; a path
	// prefix is allowed.
	BaseURL string
	// AccountID is the number in the account's URLs.
	AccountID int64
	// UserToken is the access token of a user, best an administrator: the token
	// for reading, labels, attributes and assignment.
	UserToken Secret
	// BotToken is the access token of an agent bot, used for sending and for
	// changing the status; "" uses UserToken. With it, replies are not counted
	// as an agent's, and opening a conversation does not assign it to anyone.
	BotToken Secret
	// HTTPClient carries the calls; nil for a default one. It is copied: its
	// redirect policy is replaced, since none is followed.
	HTTPClient *http.Client
	// Wrap, if set, wraps what carries the calls, to measure them.
	Wrap func(http.RoundTripper) http.RoundTripper
	// Timeout bounds one call with its body; 0 means DefaultTimeout.
	Timeout time.Duration
	// BreakerAfter is how many failures in a row (no connection, timeout, 5xx)
	// open the circuit; 0 means DefaultBreakerAfter.
	BreakerAfter uint32
	// BreakerFor is how long it then stays open before one call is let through
	// to try; 0 means DefaultBreakerFor.
	BreakerFor time.Duration
	// OnBreaker, if set, is told when the circuit opens and closes. It must not
	// block.
	OnBreaker func(open bool)
}

// Client calls Chatwoot's application API for one account. It never repeats a
// call by itself. Safe for concurrent use; the caller keeps to one send at a
// time per conversation, as only that keeps replies in order.
type Client struct {
	base       string
	user, bot  *Secret // pointers, so that printing a Client shows no token
	http       *http.Client
	timeout    time.Duration
	breakerFor time.Duration
	breaker    *gobreaker.CircuitBreaker[response]
}

// NewClient checks cfg and returns a Client; it makes no call. The error joins
// everything that is wrong.
func NewClient(cfg ClientConfig) (*Client, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Client{
		base:       strings.TrimRight(cfg.BaseURL, "/") + "/api/v1/accounts/" + strconv.FormatInt(cfg.AccountID, 10),
		user:       &cfg.UserToken,
		bot:        &cfg.BotToken,
		timeout:    cfg.Timeout,
		breakerFor: cfg.BreakerFor,
	}
	if cfg.BotToken == "" {
		c.bot = c.user
	}
	if c.timeout <= 0 {
		c.timeout = DefaultTimeout
	}
	if c.breakerFor <= 0 {
		c.breakerFor = DefaultBreakerFor
	}
	hc := http.Client{}
	if cfg.HTTPClient != nil {
		hc = *cfg.HTTPClient
	} else {
		hc.Transport = defaultTransport()
	}
	if cfg.Wrap != nil {
		hc.Transport = cfg.Wrap(hc.Transport)
	}
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &hc
	c.breaker = newBreaker(cfg, c.breakerFor)
	return c, nil
}

// defaultTransport drops idle connections before Chatwoot's server does (Puma:
// 20 s): a POST on a connection that is just being closed ends as Ambiguous.
func defaultTransport() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t = t.Clone()
	t.IdleConnTimeout = 15 * time.Second
	t.MaxIdleConnsPerHost = 8
	return t
}

func newBreaker(cfg ClientConfig, openFor time.Duration) *gobreaker.CircuitBreaker[response] {
	limit := cfg.BreakerAfter
	if limit == 0 {
		limit = DefaultBreakerAfter
	}
	return gobreaker.NewCircuitBreaker[response](gobreaker.Settings{
		Name:        "chatwoot",
		Timeout:     openFor,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= limit },
		IsSuccessful: func(err error) bool {
			var e *APIError
			return err == nil || errors.As(err, &e) && !e.breaks
		},
		// A caller that gave up says nothing about the server.
		IsExcluded: func(err error) bool { return errors.Is(err, context.Canceled) },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			if cfg.OnBreaker != nil && (from == gobreaker.StateClosed || to == gobreaker.StateClosed) {
				cfg.OnBreaker(to != gobreaker.StateClosed)
			}
		},
	})
}

func (c ClientConfig) validate() error {
	var errs []error
	u, err := url.Parse(c.BaseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		errs = append(errs, errors.New("chatwoot: the API address must be http(s)://host without user, query or fragment"))
	}
	if c.AccountID <= 0 {
		errs = append(errs, errors.New("chatwoot: the account id must be positive"))
	}
	if c.UserToken == "" {
		errs = append(errs, errors.New("chatwoot: the user token is missing"))
	}
	if strings.ContainsFunc(string(c.UserToken+c.BotToken), func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		errs = append(errs, errors.New("chatwoot: a token has characters no token has"))
	}
	return errors.Join(errs...)
}

// Available is false while the circuit is open: calls then fail at once as
// NotSent.
func (c *Client) Available() bool { return c.breaker.State() != gobreaker.StateOpen }

// String names the address only.
func (c *Client) String() string { return "chatwoot.Client(" + c.base + ")" }

// GoString names the address only.
func (c *Client) GoString() string { return c.String() }

// LogValue names the address only.
func (c *Client) LogValue() slog.Value { return slog.StringValue(c.base) }

// response is an answer of any status, its body read to the end.
type response struct {
	status int
	header http.Header
	body   []byte
}

// call is one request.
type call struct {
	op     string
	token  *Secret
	method string
	path   string
	query  url.Values
	body   any   // encoded as JSON; nil for none
	limit  int64 // of the answer; 0 means maxResponse
}

// do makes the call and decodes the JSON of a 2xx answer. Every error is an
// *APIError.
func (c *Client) do(ctx context.Context, k call) (any, error) {
	var payload []byte
	if k.body != nil {
		var err error
		if payload, err = json.Marshal(k.body); err != nil {
			return nil, &APIError{Outcome: Permanent, Op: k.op, Detail: "the request cannot be encoded"}
		}
	}
	r, err := c.breaker.Execute(func() (response, error) {
		r, err := c.roundTrip(ctx, k, payload)
		if err != nil {
			return response{}, err
		}
		if r.status < 200 || r.status > 299 {
			return response{}, statusError(k.op, r, c.scrub)
		}
		return r, nil
	})
	switch {
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		return nil, &APIError{Outcome: NotSent, Op: k.op, After: c.breakerFor, Detail: "circuit open", cause: err}
	case err != nil:
		return nil, err
	}
	v, err := decodeJSON(r.body)
	if err != nil {
		return nil, unexpected(k.op, r.status)
	}
	return v, nil
}

// unexpected is the error for a 2xx answer that is not what Chatwoot sends.
func unexpected(op string, status int) *APIError {
	return &APIError{Outcome: Ambiguous, Op: op, Status: status, Detail: "the answer is not the expected JSON"}
}

func (c *Client) roundTrip(ctx context.Context, k call, payload []byte) (response, error) {
	parent := ctx
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	// Nothing was sent while a connection is asked for and not there. The
	// transport asks again when nothing of the request went out on the first. A
	// RoundTripper that reports neither leaves it open, hence the start as true.
	var sent atomic.Bool
	sent.Store(true)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { sent.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	req, err := http.NewRequestWithContext(ctx, k.method, c.base+k.path, bytes.NewReader(payload))
	if err != nil {
		return response{}, &APIError{Outcome: Permanent, Op: k.op, Detail: "the request cannot be built"}
	}
	req.URL.RawQuery = k.query.Encode()
	// Not "api_access_token": proxies drop headers with underscores.
	req.Header.Set("Api-Access-Token", string(*k.token))
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "msia")
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}

	fail := func(outcome Outcome, status int, err error) error {
		e := &APIError{Outcome: outcome, Op: k.op, Status: status, cause: transportCause(err), breaks: true}
		// Told apart from our own timeout, which counts for the breaker.
		if parent.Err() != nil {
			e.cause = parent.Err()
		}
		return e
	}
	if err := ctx.Err(); err != nil {
		return response{}, fail(NotSent, 0, err)
	}
	res, err := c.http.Do(req)
	switch {
	case err != nil && sent.Load():
		return response{}, fail(Ambiguous, 0, err)
	case err != nil:
		return response{}, fail(NotSent, 0, err)
	}
	defer func() { _ = res.Body.Close() }()
	limit := k.limit
	if limit == 0 {
		limit = maxResponse
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return response{}, fail(Ambiguous, res.StatusCode, err)
	}
	if int64(len(body)) > limit {
		return response{}, fail(Ambiguous, res.StatusCode, errors.New("the answer is too long"))
	}
	return response{status: res.StatusCode, header: res.Header, body: body}, nil
}

// transportCause drops the wrapper that repeats the whole address.
func transportCause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// scrub removes our tokens from what a server says back to us.
func (c *Client) scrub(s string) string {
	for _, t := range []*Secret{c.user, c.bot} {
		if *t != "" {
			s = strings.ReplaceAll(s, string(*t), redacted)
		}
	}
	return s
}
