// Package remote calls what others serve over HTTP, models say: JSON out and in,
// bounded in time and size, repeated where that can help, and not called for a
// while once it keeps failing.
package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"
)

// Config configures a Client.
type Config struct {
	// URL is an address such as https://api.example.com/v1; Path is put behind it
	// unless it is there already, and /v1 between them when Versioned.
	URL, Path string
	Versioned bool
	// Key is sent as a bearer token; "" for none.
	Key string
	// Timeout bounds one attempt; 0 means 10 s.
	Timeout time.Duration
	// Attempts is how often a call is tried; 0 means 3.
	Attempts int
	// Backoff is the first pause between attempts; it doubles. 0 means 250 ms.
	Backoff time.Duration
	// BreakerFor is how long nothing is called once five calls in a row have
	// failed; 0 means 15 s.
	BreakerFor time.Duration
	// Wrap, if set, wraps what carries the calls, to measure them.
	Wrap Wrap
}

// Wrap wraps what carries calls.
type Wrap = func(http.RoundTripper) http.RoundTripper

const (
	breakerAfter = 5
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 64 << 20
	// maxRetryAfter bounds the pause that an endpoint may ask for.
	maxRetryAfter = 10 * time.Second
)

// Client calls one endpoint. Safe for concurrent use.
type Client struct {
	cfg     Config
	address string
	http    *http.Client
	breaker *gobreaker.CircuitBreaker[any]
}

// StatusError is an answer that is none.
type StatusError struct {
	Status int
	// Body is the beginning of what it says, for the log.
	Body string
}

// Error names the status.
func (e *StatusError) Error() string { return fmt.Sprintf("status %d: %s", e.Status, e.Body) }

// ErrGarbage says that an answer is not what it should be.
var ErrGarbage = errors.New("the answer cannot be read")

// New returns a client; it makes no call.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("%q is not an http or https URL", cfg.URL)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Attempts <= 0 {
		cfg.Attempts = 3
	}
	if cfg.Backoff <= 0 {
		cfg.Backoff = 250 * time.Millisecond
	}
	if cfg.BreakerFor <= 0 {
		cfg.BreakerFor = 15 * time.Second
	}
	path := strings.TrimRight(u.Path, "/")
	if !strings.HasSuffix(path, cfg.Path) {
		if cfg.Versioned && !strings.HasSuffix(path, "/v1") {
			path += "/v1"
		}
		path += cfg.Path
	}
	u.Path = path
	c := &Client{cfg: cfg, address: u.String(), http: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if cfg.Wrap != nil {
		c.http.Transport = cfg.Wrap(http.DefaultTransport)
	}
	c.breaker = gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name: u.Host, Timeout: cfg.BreakerFor,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= breakerAfter },
		// What is wrong with one request says nothing about the endpoint.
		IsSuccessful: func(err error) bool { return err == nil || refused(err) },
		IsExcluded:   func(err error) bool { return errors.Is(err, context.Canceled) },
	})
	return c, nil
}

// refused reports whether the endpoint did not like the request: another attempt
// would end alike.
func refused(err error) bool {
	var s *StatusError
	return errors.As(err, &s) && s.Status >= 400 && s.Status < 500 &&
		s.Status != http.StatusRequestTimeout && s.Status != http.StatusTooEarly && s.Status != http.StatusTooManyRequests
}

// Available is false while nothing is called.
func (c *Client) Available() bool { return c.breaker.State() != gobreaker.StateOpen }

// Post sends in and reads the answer into out, unless that is nil. It tries again
// after what may pass: no connection, a timeout, 429, 5xx, garbage. Errors: the
// context's; *StatusError; ErrGarbage; others when there was no answer.
func (c *Client) Post(ctx context.Context, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode the request: %w", err)
	}
	pause := c.cfg.Backoff
	for attempt := 1; ; attempt++ {
		var after time.Duration
		_, err := c.breaker.Execute(func() (any, error) {
			var err error
			after, err = c.once(ctx, body, out)
			return nil, err
		})
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case attempt == c.cfg.Attempts, refused(err), errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
			return err
		}
		wait := max(after, pause/2+rand.N(pause/2+1)) //nolint:gosec // only spreads retries
		pause *= 2
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// once makes one attempt. after is the pause that the endpoint asks for.
func (c *Client) once(ctx context.Context, body []byte, out any) (after time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	res, err := c.send(ctx, body, "application/json")
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return 0, fmt.Errorf("read the answer: %w", err)
	}
	if err := statusOf(res, raw); err != nil {
		return retryAfter(res), err
	}
	if out == nil {
		return 0, nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrGarbage, err)
	}
	return 0, nil
}

func (c *Client) send(ctx context.Context, body []byte, accept string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", accept)
	if c.cfg.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.cfg.Key)
	}
	return c.http.Do(req)
}

// Stream sends in and calls fn with the data of each server-sent event of the
// answer. It tries only once: what has been heard cannot be unheard. The client's
// timeout bounds the wait for each event.
func (c *Client) Stream(ctx context.Context, in any, fn func(data []byte) error) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode the request: %w", err)
	}
	_, err = c.breaker.Execute(func() (any, error) { return nil, c.stream(ctx, body, fn) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// errSilent ends a stream in which nothing comes any more.
var errSilent = errors.New("nothing came in time")

func (c *Client) stream(ctx context.Context, body []byte, fn func(data []byte) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(c.cfg.Timeout, func() { cancel(errSilent) })
	defer silence.Stop()
	res, err := c.send(ctx, body, "text/event-stream")
	if err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16))
		return statusOf(res, raw)
	}
	if err := events(io.LimitReader(res.Body, maxAnswer), func(data []byte) error {
		silence.Reset(c.cfg.Timeout)
		return fn(data)
	}); err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	return nil
}

func statusOf(res *http.Response, body []byte) error {
	if res.StatusCode >= 200 && res.StatusCode <= 299 {
		return nil
	}
	return &StatusError{Status: res.StatusCode, Body: strings.ToValidUTF8(string(body[:min(len(body), 300)]), "")}
}

func retryAfter(res *http.Response) time.Duration {
	seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}
