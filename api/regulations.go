package api

import (
	"context"
	"encoding/hex"
	"errors"
	"mime"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/oapi-codegen/nullable"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/rag"
)

// Regulations serves the tag Regulations.
type Regulations struct {
	library  *rag.Library
	stopping *atomic.Bool
}

// ListRegulations returns a page of the documents.
func (h *Regulations) ListRegulations(ctx context.Context, r oas.ListRegulationsRequestObject) (oas.ListRegulationsResponseObject, error) {
	after, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	p := r.Params
	filter := rag.Filter{Text: p.Q, Status: asString(p.Status), Type: asString(p.Type), Tag: p.Tag, IsActive: p.IsActive, IsCurrent: p.IsCurrent}
	list, next, err := h.library.List(ctx, filter, after, page.Limit(p.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListRegulations200JSONResponse{Items: each(list, toAPIRegulation), NextCursor: orNull(next)}, nil
}

// The fields of an upload and the longest each may be.
var regulationFields = map[string]int{
	"title": 300, "short_title": 80, "type": 30, "number": 50, "valid_from": 10, "valid_to": 10, "tags": 400, "supersedes_id": 36,
}

// UploadRegulation adds a document.
func (h *Regulations) UploadRegulation(ctx context.Context, r oas.UploadRegulationRequestObject) (oas.UploadRegulationResponseObject, error) {
	up, name, fields, err := readUpload(ctx, h.library.Receive, r.Body, regulationFields)
	if errors.Is(err, guard.ErrTooLarge) {
		return nil, rag.ErrTooLarge
	}
	if err != nil {
		return nil, err
	}
	if up == nil {
		return nil, errNoFile
	}
	defer up.Close()
	n, err := fromRegulationForm(fields)
	if err != nil {
		return nil, err
	}
	n.OriginalFilename = images.Label(name)
	d, err := h.library.Add(ctx, up, n)
	if err != nil {
		return nil, shown(err)
	}
	return oas.UploadRegulation202JSONResponse{Body: toAPIRegulation(d), Headers: oas.UploadRegulation202ResponseHeaders{ETag: etag(d.Version)}}, nil
}

// shown turns the document that an error carries into what clients see.
func shown(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	d, ok := f.Current.(*rag.Document)
	if !ok {
		return err
	}
	c := *f
	c.Current = toAPIRegulation(d)
	return &c
}

// maxTags is how many tags a document has at the most.
const maxTags = 10

// regulationTag is the contract's pattern of a tag: forms are not checked by it.
var regulationTag = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,39}$`)

// fromRegulationForm reads the text fields of an upload.
func fromRegulationForm(fields form) (rag.New, error) {
	n := rag.New{
		Title: fields["title"], ShortTitle: optional(strings.TrimSpace(fields["short_title"])), Number: optional(strings.TrimSpace(fields["number"])),
		Type: fields["type"], Tags: []string{},
	}
	var wrong []fault.Field
	bad := func(field, detail string) { wrong = append(wrong, fault.Field{Pointer: "/" + field, Detail: detail}) }
	if n.Type == "" {
		n.Type = string(oas.RegulationTypeOther)
	}
	if !oas.RegulationType(n.Type).Valid() {
		bad("type", "is not one of the types")
	}
	for name, to := range map[string]**time.Time{"valid_from": &n.ValidFrom, "valid_to": &n.ValidTo} {
		if text := fields[name]; text != "" {
			day, err := time.Parse(time.DateOnly, text)
			if err != nil || day.Year() < 1 {
				bad(name, "is not a date such as 2026-01-31")
				continue
			}
			*to = &day
		}
	}
	for tag := range strings.SplitSeq(fields["tags"], ",") {
		tag = strings.Join(strings.Fields(tag), " ")
		switch {
		case tag == "" || slices.Contains(n.Tags, tag):
		case !regulationTag.MatchString(tag):
			bad("tags", "has one that is not 1 to 40 letters, digits and . _ / -")
		default:
			n.Tags = append(n.Tags, tag)
		}
	}
	if len(n.Tags) > maxTags {
		bad("tags", "are too many")
	}
	if text := fields["supersedes_id"]; text != "" {
		id, err := uuid.Parse(text)
		if err != nil || len(text) != 36 {
			bad("supersedes_id", "is not a UUID")
		}
		n.SupersedesID = &id
	}
	if len(wrong) > 0 {
		return n, errInvalid.WithFields(wrong...)
	}
	return n, nil
}

// GetRegulation returns a document.
func (h *Regulations) GetRegulation(ctx context.Context, r oas.GetRegulationRequestObject) (oas.GetRegulationResponseObject, error) {
	d, err := h.library.Get(ctx, r.DocumentID)
	if err != nil {
		return nil, err
	}
	return oas.GetRegulation200JSONResponse{Body: toAPIRegulation(d), Headers: oas.GetRegulation200ResponseHeaders{ETag: etag(d.Version)}}, nil
}

// UpdateRegulation changes the members that are present.
func (h *Regulations) UpdateRegulation(ctx context.Context, r oas.UpdateRegulationRequestObject) (oas.UpdateRegulationResponseObject, error) {
	d, err := h.library.Update(ctx, r.DocumentID, ifMatch(r.Params.IfMatch), rag.Patch{
		Title: r.Body.Title, ShortTitle: r.Body.ShortTitle, Type: asString(r.Body.Type), Number: r.Body.Number,
		ValidFrom: fromNullableDate(r.Body.ValidFrom), ValidTo: fromNullableDate(r.Body.ValidTo), Tags: r.Body.Tags, IsActive: r.Body.IsActive,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.current(ctx, r.DocumentID))
	}
	return oas.UpdateRegulation200JSONResponse{Body: toAPIRegulation(d), Headers: oas.UpdateRegulation200ResponseHeaders{ETag: etag(d.Version)}}, nil
}

// DeleteRegulation deletes a document for good.
func (h *Regulations) DeleteRegulation(ctx context.Context, r oas.DeleteRegulationRequestObject) (oas.DeleteRegulationResponseObject, error) {
	if err := h.library.Delete(ctx, r.DocumentID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.current(ctx, r.DocumentID))
	}
	return oas.DeleteRegulation204Response{}, nil
}

// current reads a document for bothVersions.
func (h *Regulations) current(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		d, err := h.library.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		return toAPIRegulation(d), nil
	}
}

// ReprocessRegulation has a document read and indexed anew.
func (h *Regulations) ReprocessRegulation(ctx context.Context, r oas.ReprocessRegulationRequestObject) (oas.ReprocessRegulationResponseObject, error) {
	d, err := h.library.Reprocess(ctx, r.DocumentID)
	if err != nil {
		return nil, err
	}
	return oas.ReprocessRegulation202JSONResponse{Body: toAPIRegulation(d), Headers: oas.ReprocessRegulation202ResponseHeaders{ETag: etag(d.Version)}}, nil
}

// ListRegulationVersions returns the editions of a regulation.
func (h *Regulations) ListRegulationVersions(ctx context.Context, r oas.ListRegulationVersionsRequestObject) (oas.ListRegulationVersionsResponseObject, error) {
	list, err := h.library.Versions(ctx, r.DocumentID)
	if err != nil {
		return nil, err
	}
	return oas.ListRegulationVersions200JSONResponse(each(list, toAPIRegulation)), nil
}

// DownloadRegulationFile sends the PDF, to be shown in place.
func (h *Regulations) DownloadRegulationFile(ctx context.Context, r oas.DownloadRegulationFileRequestObject) (oas.DownloadRegulationFileResponseObject, error) {
	c, err := h.library.File(ctx, r.DocumentID)
	if err != nil {
		return nil, err
	}
	f := regulationFile(ctx, c)
	f.header[echo.HeaderContentDisposition] = mime.FormatMediaType("inline", map[string]string{"filename": c.Name})
	return f, nil
}

// GetRegulationPage sends the picture of a page.
func (h *Regulations) GetRegulationPage(ctx context.Context, r oas.GetRegulationPageRequestObject) (oas.GetRegulationPageResponseObject, error) {
	width := rag.DefaultWidth
	if r.Params.W != nil {
		width = int(*r.Params.W)
	}
	c, err := h.library.Page(ctx, r.DocumentID, r.Page, width)
	if err != nil {
		return nil, err
	}
	return regulationFile(ctx, c), nil
}

func regulationFile(ctx context.Context, c *rag.Content) servedFile {
	return servedFile{content: c, modified: c.Modified, request: fileRequestOf(ctx), header: map[string]string{
		echo.HeaderContentType: c.Type, "ETag": c.ETag, echo.HeaderCacheControl: "private, max-age=86400",
	}}
}

// GetRegulationPageText returns the text of a page.
func (h *Regulations) GetRegulationPageText(ctx context.Context, r oas.GetRegulationPageTextRequestObject) (oas.GetRegulationPageTextResponseObject, error) {
	p, err := h.library.PageText(ctx, r.DocumentID, r.Page)
	if err != nil {
		return nil, err
	}
	return oas.GetRegulationPageText200JSONResponse{
		Page: p.Page, Label: orNullText(p.Label), Text: p.Text, Ocr: p.OCR, Chunks: each(p.Chunks, func(c rag.Chunk) oas.RegulationChunk {
			return oas.RegulationChunk{
				ID: c.ID, UnitID: c.UnitID, Label: c.Label, Text: c.Text, PageFrom: c.PageFrom, PageTo: c.PageTo, Start: c.Start, End: c.End,
			}
		}),
	}, nil
}

// ListRegulationUnits returns the outline.
func (h *Regulations) ListRegulationUnits(ctx context.Context, r oas.ListRegulationUnitsRequestObject) (oas.ListRegulationUnitsResponseObject, error) {
	units, err := h.library.Units(ctx, r.DocumentID)
	if err != nil {
		return nil, err
	}
	return oas.ListRegulationUnits200JSONResponse(each(units, func(u rag.Unit) oas.RegulationUnit {
		return oas.RegulationUnit{
			ID: u.ID, Kind: oas.RegulationUnitKind(u.Kind), Number: orNullText(u.Number), Label: u.Label, Title: u.Title, Path: list(u.Path),
			PageFrom: u.PageFrom, PageTo: u.PageTo, Depth: len(u.Path),
		}
	})), nil
}

// WatchRegulation tells how far a document is, as it goes on.
func (h *Regulations) WatchRegulation(ctx context.Context, r oas.WatchRegulationRequestObject) (oas.WatchRegulationResponseObject, error) {
	if _, err := h.library.Get(ctx, r.DocumentID); err != nil {
		return nil, err
	}
	return eventStream{problem: streamProblem(ctx), run: func(out *eventWriter) error {
		return h.library.Watch(ctx, r.DocumentID, h.stopping.Load, func(d *rag.Document) error {
			switch {
			case d == nil:
				return out.alive()
			case d.Ended():
				return out.send("end", toAPIRegulation(d))
			}
			return out.send("progress", toAPIRegulation(d))
		})
	}}, nil
}

// streamProblem turns what ended a stream into what is shown of it.
func streamProblem(ctx context.Context) func(error) oas.Problem {
	return func(err error) oas.Problem {
		f := toFault(err)
		return problemOf(ctx, statuses[f.Kind], f)
	}
}

func toAPIRegulation(d *rag.Document) oas.Regulation {
	out := oas.Regulation{
		ID: d.ID, Title: d.Title, ShortTitle: orNull(d.ShortTitle), Type: oas.RegulationType(d.Type), Number: orNull(d.Number),
		ValidFrom: orNullDate(d.ValidFrom), ValidTo: orNullDate(d.ValidTo), Tags: list(d.Tags), IsActive: d.IsActive, IsCurrent: d.IsCurrent,
		Status: oas.RegulationStatus(d.Status), Stage: oas.RegulationStage(d.Stage), Progress: d.Progress,
		Error:            nullable.NewNullNullable[oas.RegulationProblem](),
		OriginalFilename: orNullText(d.OriginalFilename), SizeBytes: d.SizeBytes, Sha256: hex.EncodeToString(d.SHA256[:]), Pages: orNull(d.Pages),
		OcrPages: d.OCRPages, Chunks: d.Chunks, Edition: d.Edition, SupersedesID: orNull(d.SupersedesID), SupersededByID: orNull(d.SupersededByID),
		Version: d.Version, CreatedAt: d.CreatedAt.UTC(), UpdatedAt: d.UpdatedAt.UTC(), IndexedAt: orNullTime(d.IndexedAt),
	}
	if d.Problem != nil {
		out.Error.Set(oas.RegulationProblem{Code: oas.RegulationProblemCode(d.Problem.Code), Detail: d.Problem.Detail})
	}
	return out
}

func orNullDate(t *time.Time) nullable.Nullable[openapi_types.Date] {
	if t == nil {
		return nullable.NewNullNullable[openapi_types.Date]()
	}
	return nullable.NewNullableWithValue(openapi_types.Date{Time: *t})
}

func fromNullableDate(n nullable.Nullable[openapi_types.Date]) nullable.Nullable[time.Time] {
	if n.IsNull() {
		return nullable.NewNullNullable[time.Time]()
	}
	if d, err := n.Get(); err == nil {
		return nullable.NewNullableWithValue(d.Time)
	}
	return nil
}
