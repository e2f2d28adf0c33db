package jobs

import (
	"context"
	"log/slog"
	"strings"
)

// quieter leaves out the line that River logs of a panic before it hands it to the
// errorHandler, whose line says more: an error is told once.
type quieter struct{ slog.Handler }

// Handle hands on every other line.
func (h quieter) Handle(ctx context.Context, r slog.Record) error {
	if strings.HasSuffix(r.Message, ": panic recovery; possible bug with Worker") {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps leaving it out.
func (h quieter) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quieter{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps leaving it out.
func (h quieter) WithGroup(name string) slog.Handler { return quieter{h.Handler.WithGroup(name)} }
