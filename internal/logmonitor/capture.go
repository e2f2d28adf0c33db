package logmonitor

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
)

const (
	// flushEvery is how soon what was captured is in the database.
	flushEvery = time.Second
	// writeTimeout bounds one writing, also the last one of a process.
	writeTimeout = 5 * time.Second
	// queued is how many errors may wait to be grouped, maxGroups how many groups
	// while the database is away.
	queued    = 1024
	maxGroups = 1000
	// maxText is how much of an error's text is looked at.
	maxText = 32 << 10
)

// Why errors are not counted.
const (
	droppedQueue  = "queue"
	droppedGroups = "groups"
)

// Capture takes the errors of a process from its log. Safe for concurrent use; Run
// is called once.
type Capture struct {
	queue    chan occurrence
	captured prometheus.Counter
	dropped  *prometheus.CounterVec
	now      func() time.Time
	log      *slog.Logger

	// groups wait to be written; Run has them.
	groups map[string]*waiting
}

// NewCapture registers the metrics. log must not be one that is captured, or it
// may say nothing worse than a warning.
func NewCapture(registry prometheus.Registerer, now func() time.Time, log *slog.Logger) *Capture {
	c := &Capture{
		queue: make(chan occurrence, queued), groups: map[string]*waiting{}, now: now, log: log,
		captured: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "msia_errors_captured_total", Help: "Errors that were logged and captured by this process.",
		}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "msia_errors_dropped_total", Help: "Errors that could not be counted: too many at once (queue), too many kinds while the database was away (groups).",
		}, []string{"reason"}),
	}
	c.dropped.WithLabelValues(droppedQueue)
	c.dropped.WithLabelValues(droppedGroups)
	registry.MustRegister(c.captured, c.dropped)
	return c
}

// Handler returns a handler that hands on to next and captures errors.
func (c *Capture) Handler(next slog.Handler) slog.Handler { return handler{Handler: next, capture: c} }

// take never waits: an error more or less is not worth somebody's time.
func (c *Capture) take(o occurrence) {
	select {
	case c.queue <- o:
		c.captured.Inc()
	default:
		c.dropped.WithLabelValues(droppedQueue).Inc()
	}
}

type handler struct {
	slog.Handler
	capture *Capture
	attrs   []slog.Attr
}

// Enabled lets errors through even where they are not logged.
func (h handler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelError || h.Handler.Enabled(ctx, l)
}

// Handle captures what is an error or worse.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		h.capture.take(h.read(ctx, r))
		if !h.Handler.Enabled(ctx, r.Level) {
			return nil
		}
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps capturing.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{Handler: h.Handler.WithAttrs(attrs), capture: h.capture, attrs: append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)}
}

// WithGroup keeps capturing; names are looked for in whatever group.
func (h handler) WithGroup(name string) slog.Handler {
	return handler{Handler: h.Handler.WithGroup(name), capture: h.capture, attrs: h.attrs}
}

// read finds in a record what tells errors apart: the names are those that api and
// jobs log with.
func (h handler) read(ctx context.Context, r slog.Record) occurrence {
	o := occurrence{at: r.Time, source: Source, message: r.Message, requestID: caller.RequestID(ctx)}
	if o.at.IsZero() {
		o.at = h.capture.now()
	}
	var method, route, kind string
	job := false
	look := func(a slog.Attr) bool {
		switch a.Key {
		case "error", "err": // River's lines have either
			o.cause = textOf(a.Value)
		case "stack":
			o.stack = textOf(a.Value)
		case "method":
			method = textOf(a.Value)
		case "route":
			route = textOf(a.Value)
		case "kind":
			kind = textOf(a.Value)
		case "job_id":
			job = true
		}
		return true
	}
	for _, a := range h.attrs {
		look(a)
	}
	r.Attrs(look)
	switch {
	case route != "":
		o.location = method + " " + route
	case job && kind != "":
		o.location = jobLocation(kind)
	}
	return o
}

func jobLocation(kind string) string { return "job " + kind }

func textOf(v slog.Value) string {
	text := v.Resolve().String()
	return text[:min(len(text), maxText)]
}

// Run groups what is captured and writes it, until ctx ends; then it writes what
// there is. While the database is away the groups wait.
func (c *Capture) Run(ctx context.Context, d db.DB) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	var writing map[string]*waiting
	written := make(chan error, 1)
	write := func() {
		writing, c.groups = c.groups, map[string]*waiting{}
		// Not broken off: a commit of which nobody knows would be counted twice.
		go func(batch map[string]*waiting) { written <- c.write(context.WithoutCancel(ctx), d, batch) }(writing)
	}
	settle := func(err error) {
		if err != nil {
			c.log.WarnContext(ctx, "errors are not stored for the moment", slog.Any("error", err))
			c.giveBack(writing)
		}
		writing = nil
	}
	for {
		select {
		case o := <-c.queue:
			c.add(o)
		case err := <-written:
			settle(err)
		case <-tick.C:
			if writing == nil && len(c.groups) > 0 {
				write()
			}
		case <-ctx.Done():
			if writing != nil {
				settle(<-written)
			}
			for len(c.queue) > 0 {
				c.add(<-c.queue)
			}
			if len(c.groups) > 0 {
				write()
				settle(<-written)
			}
			return
		}
	}
}
