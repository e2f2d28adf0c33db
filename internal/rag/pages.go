package rag

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/pdf"
)

// Content is a file to be served. Close it.
type Content struct {
	io.ReadSeekCloser
	Type string
	// Name is what to call it when it is kept.
	Name     string
	Modified time.Time
	// ETag is strong, with its quotes.
	ETag string
}

// File opens a document's PDF. Errors: ErrNotFound; objects.ErrUnavailable.
func (l *Library) File(ctx context.Context, id uuid.UUID) (*Content, error) {
	d, err := l.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	f, err := l.cfg.Files.Open(ctx, fileKey(id))
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, notFound(id) // deleted since
	}
	name := d.OriginalFilename
	if name == "" {
		name = d.Title + ".pdf"
	}
	return &Content{
		ReadSeekCloser: f.ReadSeekCloser, Type: "application/pdf", Name: name, Modified: f.Modified,
		ETag: `"` + hex.EncodeToString(d.SHA256[:]) + `"`,
	}, nil
}

// DefaultWidth is the width of a page's picture.
const DefaultWidth = 1280

// drawTimeout bounds the drawing of a page.
const drawTimeout = 25 * time.Second

// Page opens the picture of a page, drawn now if need be.
// Errors: ErrNotFound; ErrPageNotFound; ErrUnreadable; objects.ErrUnavailable.
func (l *Library) Page(ctx context.Context, id uuid.UUID, page, width int) (*Content, error) {
	d, err := l.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if d.Pages != nil && d.Status == Indexed && page > *d.Pages {
		return nil, pageNotFound(page)
	}
	key := fmt.Sprintf("%spages/%d-%d.png", folder(id), page, width)
	out := &Content{Type: "image/png", ETag: fmt.Sprintf(`"%x-%d-%d"`, d.SHA256[:16], page, width)}
	f, err := l.cfg.Files.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	if f != nil {
		out.ReadSeekCloser, out.Modified = f.ReadSeekCloser, f.Modified
		return out, nil
	}
	drawn, err, _ := l.drawing.Do(key, func() (any, error) {
		// Others may wait for it when this caller goes away.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drawTimeout)
		defer cancel()
		png, err := l.draw(ctx, id, page, width)
		if err != nil {
			return nil, err
		}
		if err := l.cfg.Files.Put(ctx, key, bytes.NewReader(png), out.Type); err != nil {
			l.cfg.Log.WarnContext(ctx, "the picture of a page could not be kept", slog.Any("error", err))
		}
		return png, nil
	})
	if err != nil {
		return nil, err
	}
	png, _ := drawn.([]byte)
	out.ReadSeekCloser, out.Modified = inMemory{bytes.NewReader(png)}, l.cfg.Now()
	return out, nil
}

type inMemory struct{ *bytes.Reader }

// Close has nothing to give up.
func (inMemory) Close() error { return nil }

func (l *Library) draw(ctx context.Context, id uuid.UUID, page, width int) ([]byte, error) {
	file, err := openLocal(ctx, l.cfg.Files, l.cfg.TempDir, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	png, err := l.cfg.Reader.Render(ctx, file, page, width)
	if errors.Is(err, pdf.ErrNoPage) {
		return nil, pageNotFound(page)
	}
	for _, e := range unreadable {
		if errors.Is(err, e) {
			return nil, ErrUnreadable.WithMessage(e.Message).Because(err)
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, ErrBusy
	}
	return png, err
}

func pageNotFound(page int) error {
	return ErrPageNotFound.WithMessage(fmt.Sprintf("Page %d not found", page))
}

// PageText is the text of a page with the passages that touch it.
type PageText struct {
	Page   int
	Label  string
	Text   string
	OCR    bool
	Chunks []Chunk
}

// Chunk is a passage.
type Chunk struct {
	ID, UnitID       int64
	Label            string
	Text             string
	PageFrom, PageTo int
	// Start and End are the part of it on the page, in runes of the page's text.
	Start, End int
}

// PageText returns the text of a page. Errors: ErrNotFound; ErrPageNotFound.
func (l *Library) PageText(ctx context.Context, id uuid.UUID, page int) (*PageText, error) {
	if _, err := l.Get(ctx, id); err != nil {
		return nil, err
	}
	row, err := l.q.RegulationPageGet(ctx, l.cfg.DB, sqlc.RegulationPageGetParams{DocumentID: id, Page: int32(page)}) //nolint:gosec // bounded by the contract
	if db.IsNoRows(err) {
		return nil, pageNotFound(page)
	}
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	out := &PageText{Page: page, Label: row.Label, Text: row.Text, OCR: row.Ocr, Chunks: []Chunk{}}
	chunks, err := l.q.RegulationChunkListOnPage(ctx, l.cfg.DB, sqlc.RegulationChunkListOnPageParams{RunID: row.RunID, Page: row.Page})
	if err != nil {
		return nil, fmt.Errorf("read passages of the page: %w", err)
	}
	length := len([]rune(row.Text))
	for _, c := range chunks {
		chunk := Chunk{ID: c.ID, UnitID: c.UnitID, Label: c.Label, Text: c.Text, PageFrom: int(c.PageFrom), PageTo: int(c.PageTo), End: length}
		if c.PageFrom == row.Page {
			chunk.Start = min(int(c.CharFrom), length)
		}
		if c.PageTo == row.Page {
			chunk.End = min(int(c.CharTo), length)
		}
		out.Chunks = append(out.Chunks, chunk)
	}
	return out, nil
}

// Unit is a part of the outline.
type Unit struct {
	ID               int64
	Kind             string
	Number           string
	Label, Title     string
	Path             []string
	PageFrom, PageTo int
}

// Units returns the outline of a document. Errors: ErrNotFound.
func (l *Library) Units(ctx context.Context, id uuid.UUID) ([]Unit, error) {
	if _, err := l.Get(ctx, id); err != nil {
		return nil, err
	}
	rows, err := l.q.RegulationUnitList(ctx, l.cfg.DB, id)
	if err != nil {
		return nil, fmt.Errorf("read the outline: %w", err)
	}
	out := make([]Unit, len(rows))
	for i, r := range rows {
		out[i] = Unit{
			ID: r.ID, Kind: r.Kind, Number: r.Number, Label: r.Label, Title: r.Title, Path: r.Path,
			PageFrom: int(r.PageFrom), PageTo: int(r.PageTo),
		}
	}
	return out, nil
}

const (
	// watchEvery is how often a document is looked at for those who watch it.
	watchEvery = 400 * time.Millisecond
	// WatchFor is how long a stream lasts.
	WatchFor = 10 * time.Minute
	// aliveEvery is how often something is sent when nothing changes.
	aliveEvery = 15 * time.Second
)

// Watch calls fn with a document, at once and whenever it has changed, until it has
// ended, and with nil when it has not changed for a while. stopped, once closed,
// ends it early. Errors: ErrNotFound, also when it is deleted meanwhile; ErrBusy;
// fn's.
func (l *Library) Watch(ctx context.Context, id uuid.UUID, stopped func() bool, fn func(*Document) error) error {
	select {
	case l.watching <- struct{}{}:
		defer func() { <-l.watching }()
	default:
		return ErrBusy
	}
	ctx, cancel := context.WithTimeout(ctx, WatchFor)
	defer cancel()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var last *Document
	quiet := time.Duration(0)
	for {
		d, err := l.Get(ctx, id)
		switch {
		case ctx.Err() != nil:
			return nil // the time is up, or nobody listens
		case err != nil:
			return err
		}
		if last == nil || differs(last, d) {
			if err := fn(d); err != nil {
				return err
			}
			last, quiet = d, 0
		}
		if d.Ended() || stopped() {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if quiet += watchEvery; quiet >= aliveEvery {
			quiet = 0
			if err := fn(nil); err != nil {
				return err
			}
		}
	}
}

func differs(a, b *Document) bool {
	return a.Version != b.Version || a.Status != b.Status || a.Stage != b.Stage || a.Progress != b.Progress ||
		(a.Problem == nil) != (b.Problem == nil) || (a.Pages == nil) != (b.Pages == nil) || a.Pages != nil && *a.Pages != *b.Pages
}
