// Package events tells whoever is connected to this process what changed, on any
// replica: PostgreSQL notifies (queries/schema/015), one connection per process
// listens, and a hub hands each notice on.
package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/msia/msia/internal/fault"
)

// Kind is what sort of thing changed.
type Kind string

// The kinds beside those that the triggers name.
const (
	// KindResync says that notices may have been missed: everything is to be read
	// again.
	KindResync Kind = "resync"
	// KindAccess is for this process only: a session or an account ended.
	KindAccess Kind = "access"
)

// Event is one notice.
type Event struct {
	Kind Kind
	// ID is which one: an id, the key of a setting; "" when it is all of them.
	ID string
}

// Bounds of a hub: who reads slower than others write is cut off, and reads
// everything again when they are back.
const (
	maxSubscribers = 1000
	buffered       = 256
)

// Errors of subscribing.
var (
	ErrTooMany  = &fault.Error{Kind: fault.Busy, Code: "too_many_streams", Message: "Too many listen already; try again later.", RetryAfterSeconds: 30}
	ErrStopping = &fault.Error{Kind: fault.Unavailable, Code: "stopping", Message: "This server is stopping.", RetryAfterSeconds: 2}
)

// Pauses of the listener: between attempts, and after how much silence it looks
// whether the connection still stands.
const (
	retryAfter   = time.Second
	silence      = 30 * time.Second
	probeTimeout = 5 * time.Second
)

// Hub hands notices on. Safe for concurrent use.
type Hub struct {
	pool *pgxpool.Pool
	log  *slog.Logger
	// wanted is closed with the first subscriber: before, nobody needs a connection.
	wanted func()
	first  chan struct{}

	mu          sync.Mutex
	subscribers map[*Subscription]struct{}
	closed      bool
}

// NewHub returns a hub; Run makes it work. The connection that listens is one of
// its own, opened as those of the pool are.
func NewHub(pool *pgxpool.Pool, log *slog.Logger) *Hub {
	h := &Hub{pool: pool, log: log, first: make(chan struct{}), subscribers: make(map[*Subscription]struct{})}
	h.wanted = sync.OnceFunc(func() { close(h.first) })
	return h
}

// Subscription is one reader's notices.
type Subscription struct {
	// C is closed when the reader was too slow, and when the hub is.
	C    <-chan Event
	send chan Event
	hub  *Hub
}

// Subscribe returns the notices from now on. Errors: ErrTooMany; ErrStopping.
func (h *Hub) Subscribe() (*Subscription, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return nil, ErrStopping
	case len(h.subscribers) >= maxSubscribers:
		return nil, ErrTooMany
	}
	c := make(chan Event, buffered)
	s := &Subscription{C: c, send: c, hub: h}
	h.subscribers[s] = struct{}{}
	h.wanted()
	return s, nil
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.drop(s)
}

// drop is called with the lock held.
func (h *Hub) drop(s *Subscription) {
	if _, there := h.subscribers[s]; there {
		delete(h.subscribers, s)
		close(s.send)
	}
}

// Close ends all subscriptions; there are no new ones.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.subscribers {
		h.drop(s)
	}
}

func (h *Hub) publish(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subscribers {
		select {
		case s.send <- e:
		default:
			h.drop(s)
		}
	}
}

// Run listens until ctx ends. What is missed while the database is away is made
// good by a resync.
func (h *Hub) Run(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-h.first:
	}
	for {
		err := h.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		h.log.WarnContext(ctx, "changes are not heard of for the moment", slog.Any("error", err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryAfter):
		}
	}
}

// listen hands on what one connection hears.
func (h *Hub) listen(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, h.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() {
		closeCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTimeout)
		defer cancel()
		_ = conn.Close(closeCtx) // it is given up anyway
	}()
	if _, err := conn.Exec(ctx, "LISTEN msia_changes"); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	h.publish(Event{Kind: KindResync})
	for {
		n, err := wait(ctx, conn)
		if err != nil {
			return err
		}
		if n != nil {
			kind, id, _ := strings.Cut(n.Payload, " ")
			h.publish(Event{Kind: Kind(kind), ID: id})
		}
	}
}

// wait returns the next notice, or nil after a silence in which the connection
// turned out to stand.
func wait(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	quiet, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	n, err := conn.WaitForNotification(quiet)
	if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
		return n, err
	}
	probe, cancelProbe := context.WithTimeout(ctx, probeTimeout)
	defer cancelProbe()
	return nil, conn.Ping(probe)
}
