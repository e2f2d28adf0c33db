package api

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/images/guard"
)

// UploadCaseFile adds a photo or a PDF to a case.
func (h *Cases) UploadCaseFile(ctx context.Context, r oas.UploadCaseFileRequestObject) (oas.UploadCaseFileResponseObject, error) {
	if _, err := h.cases.Get(ctx, r.CaseID); err != nil {
		return nil, err
	}
	up, name, form, err := readUpload(ctx, h.files.Receive, r.Body, map[string]int{"element_code": 50, "slot_code": 60})
	if errors.Is(err, guard.ErrTooLarge) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, err
	}
	if up == nil {
		return nil, errNoFile
	}
	defer up.Close()
	stored, err := h.files.KeepUpload(ctx, up, name)
	if err != nil {
		return nil, err
	}
	var place *casedata.Place
	if p := (casedata.Place{Element: form["element_code"], Slot: form["slot_code"]}); p != (casedata.Place{}) {
		place = &p
	}
	c, err := h.cases.AddFile(ctx, r.CaseID, stored, place)
	if err != nil {
		return nil, err
	}
	body, err := h.whole(ctx, c)
	return oas.UploadCaseFile201JSONResponse{Body: body, Headers: oas.UploadCaseFile201ResponseHeaders{ETag: etag(c.Version)}}, err
}

// DownloadCaseFile sends a photo or paper.
func (h *Cases) DownloadCaseFile(ctx context.Context, r oas.DownloadCaseFileRequestObject) (oas.DownloadCaseFileResponseObject, error) {
	f, err := h.cases.GetFile(ctx, r.CaseID, r.FileID)
	if err != nil {
		return nil, err
	}
	return download{name: f.FileName(), contentType: f.Stored.ContentType, size: f.Stored.Size, write: func(w io.Writer) (err error) {
		bytes, err := h.files.Open(ctx, f.Stored.ID)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, bytes.Close()) }()
		_, err = io.Copy(w, bytes)
		return err
	}}, nil
}

// MoveCaseFile puts a file where it belongs.
func (h *Cases) MoveCaseFile(ctx context.Context, r oas.MoveCaseFileRequestObject) (oas.MoveCaseFileResponseObject, error) {
	place := casedata.Place{Element: deref(fromNullable(r.Body.ElementCode)), Slot: deref(fromNullable(r.Body.SlotCode))}
	c, err := h.cases.MoveFile(ctx, r.CaseID, r.FileID, ifMatch(r.Params.IfMatch), place)
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.currentFile(ctx, r.CaseID, r.FileID))
	}
	body, err := h.whole(ctx, c)
	return oas.MoveCaseFile200JSONResponse{Body: body, Headers: oas.MoveCaseFile200ResponseHeaders{ETag: etag(c.Version)}}, err
}

// RemoveCaseFile takes a file out of a case.
func (h *Cases) RemoveCaseFile(ctx context.Context, r oas.RemoveCaseFileRequestObject) (oas.RemoveCaseFileResponseObject, error) {
	if err := h.cases.RemoveFile(ctx, r.CaseID, r.FileID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.currentFile(ctx, r.CaseID, r.FileID))
	}
	return oas.RemoveCaseFile204Response{}, nil
}

// ReviewCaseFile accepts or rejects a file.
func (h *Cases) ReviewCaseFile(ctx context.Context, r oas.ReviewCaseFileRequestObject) (oas.ReviewCaseFileResponseObject, error) {
	c, err := h.cases.ReviewFile(ctx, r.CaseID, r.FileID, ifMatch(r.Params.IfMatch), cases.Verdict{
		Accepted: r.Body.Accepted, Reason: deref(fromNullable(r.Body.Reason)), Note: deref(fromNullable(r.Body.Note)),
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.currentFile(ctx, r.CaseID, r.FileID))
	}
	body, err := h.whole(ctx, c)
	return oas.ReviewCaseFile200JSONResponse{Body: body, Headers: oas.ReviewCaseFile200ResponseHeaders{ETag: etag(c.Version)}}, err
}

// currentFile reads a file as it is now, for a 412.
func (h *Cases) currentFile(ctx context.Context, caseID, fileID uuid.UUID) func() (any, error) {
	return func() (any, error) {
		f, err := h.cases.GetFile(ctx, caseID, fileID)
		if err != nil {
			return nil, err
		}
		url, err := h.files.Link(ctx, f.Stored.ID)
		return toAPICaseFile(f, url), err
	}
}

// DownloadCaseArchive sends all files of a case as a zip.
func (h *Cases) DownloadCaseArchive(ctx context.Context, r oas.DownloadCaseArchiveRequestObject) (oas.DownloadCaseArchiveResponseObject, error) {
	c, err := h.cases.Get(ctx, r.CaseID)
	if err != nil {
		return nil, err
	}
	return download{name: c.ArchiveName(), contentType: "application/zip", write: func(w io.Writer) error {
		return h.cases.WriteArchive(ctx, c, w)
	}}, nil
}

// DownloadCaseDossier sends a case on paper.
func (h *Cases) DownloadCaseDossier(ctx context.Context, r oas.DownloadCaseDossierRequestObject) (oas.DownloadCaseDossierResponseObject, error) {
	c, err := h.cases.Get(ctx, r.CaseID)
	if err != nil {
		return nil, err
	}
	events, err := h.cases.Events(ctx, r.CaseID)
	if err != nil {
		return nil, err
	}
	var pdf bytes.Buffer
	if err := h.cases.WriteDossier(ctx, c, events, &pdf); err != nil {
		return nil, err
	}
	return download{name: c.DossierName(), contentType: "application/pdf", size: int64(pdf.Len()), write: func(w io.Writer) error {
		_, err := pdf.WriteTo(w)
		return err
	}}, nil
}
