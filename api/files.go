package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/cataloguefile"
)

// Files serves the tag Files.
type Files struct {
	catalogue *catalogue.Cache
	files     *cataloguefile.Files
}

// ExportCategory returns a category as a file.
func (h *Files) ExportCategory(ctx context.Context, r oas.ExportCategoryRequestObject) (oas.ExportCategoryResponseObject, error) {
	_, c, err := resolve(ctx, h.catalogue, r.CategoryID)
	if err != nil {
		return nil, err
	}
	format := cataloguefile.YAML
	if r.Params.Format != nil {
		format = cataloguefile.Format(*r.Params.Format)
	}
	out, err := h.files.Export(ctx, c.Slug, format)
	if err != nil {
		return nil, err
	}
	body, length := bytes.NewReader(out.Raw), int64(len(out.Raw))
	headers := oas.ExportCategory200ResponseHeaders{
		ContentDisposition: fmt.Sprintf("attachment; filename=%q", out.Name), ETag: etag(int(out.Revision)),
	}
	if format == cataloguefile.XLSX {
		return oas.ExportCategory200ApplicationVndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
			Body: body, ContentLength: length, Headers: headers,
		}, nil
	}
	return oas.ExportCategory200ApplicationYamlResponse{Body: body, ContentLength: length, Headers: headers}, nil
}

// ImportCategory makes a category what a file says, or tells what that would do.
func (h *Files) ImportCategory(ctx context.Context, r oas.ImportCategoryRequestObject) (oas.ImportCategoryResponseObject, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	format := cataloguefile.XLSX
	if media, _, err := mime.ParseMediaType(r.ContentType); err == nil && media == "application/yaml" {
		format = cataloguefile.YAML
	}
	report, err := h.files.Import(ctx, raw, format, cataloguefile.Options{
		DryRun: r.Params.DryRun == nil || *r.Params.DryRun, Revision: int64(ifMatch(r.Params.IfMatch)),
	})
	if err != nil {
		return nil, err
	}
	return oas.ImportCategory200JSONResponse{
		Body: toAPIImportReport(report), Headers: oas.ImportCategory200ResponseHeaders{ETag: etag(int(report.Revision))},
	}, nil
}

func toAPIImportReport(r cataloguefile.Report) oas.ImportReport {
	out := oas.ImportReport{
		DryRun: r.DryRun, Revision: r.Revision, Changes: make([]oas.ImportChange, len(r.Changes)),
		Notices: make([]oas.ProblemField, len(r.Notes)),
	}
	out.Category.Slug, out.Category.Name = r.Slug, r.Name
	out.Counts.Added, out.Counts.Changed, out.Counts.Removed = r.Count(cataloguefile.Added), r.Count(cataloguefile.Changed), r.Count(cataloguefile.Removed)
	for i, c := range r.Changes {
		out.Changes[i] = oas.ImportChange{
			Action: oas.ImportChangeAction(c.Action), Table: oas.ImportChangeTable(c.Table), Code: c.Code,
			Members: make([]oas.ImportMember, len(c.Members)),
		}
		for j, m := range c.Members {
			out.Changes[i].Members[j] = oas.ImportMember{Name: m.Name, From: orNull(m.From), To: orNull(m.To)}
		}
	}
	for i, n := range r.Notes {
		out.Notices[i] = oas.ProblemField{Pointer: n.Pointer, Detail: n.Detail}
	}
	return out
}
