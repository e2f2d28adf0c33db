package cases

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// extensions by content type.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf",
}

// FileName is the name under which a file is downloaded: its label, which no
// other file of the case has, with its extension.
func (f File) FileName() string { return f.Label + extensions[f.Stored.ContentType] }

// ArchiveName is the name of the zip: "expediente_2026-000123_1234BCD.zip".
func (c Case) ArchiveName() string { return c.downloadName() + ".zip" }

// DossierName is the name of the PDF.
func (c Case) DossierName() string { return c.downloadName() + ".pdf" }

func (c Case) downloadName() string {
	name := "expediente_" + c.Number
	if plate := c.Content.Values["vehicle"]["plate"]; plate != "" {
		name += "_" + plate
	}
	return name
}

// WriteArchive writes all files of a case and a manifest as a zip, one file in
// memory at no time. A file that cannot be read fails the whole archive: one
// that is silently incomplete would be worse.
func (s *Service) WriteArchive(ctx context.Context, c Case, w io.Writer) error {
	z := zip.NewWriter(w)
	manifest, err := z.CreateHeader(&zip.FileHeader{Name: "manifiesto.csv", Method: zip.Deflate, Modified: c.UpdatedAt})
	if err != nil {
		return err
	}
	if err := writeManifest(manifest, c); err != nil {
		return err
	}
	for _, f := range c.Files {
		if err := s.addToArchive(ctx, z, c, f); err != nil {
			return fmt.Errorf("archive of case %s: %s: %w", c.Number, f.Label, err)
		}
	}
	return z.Close()
}

func (s *Service) addToArchive(ctx context.Context, z *zip.Writer, c Case, f File) (err error) {
	// Photos and PDFs are compressed already.
	entry, err := z.CreateHeader(&zip.FileHeader{Name: archiveFolder(f) + f.FileName(), Method: zip.Store, Modified: f.CreatedAt})
	if err != nil {
		return err
	}
	r, err := s.files.Open(ctx, f.Stored.ID)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	n, err := io.Copy(entry, r)
	if err == nil && n != f.Stored.Size {
		return fmt.Errorf("%d bytes instead of %d", n, f.Stored.Size)
	}
	return err
}

// archiveFolder puts rejected files apart, so that nobody uses them by mistake.
func archiveFolder(f File) string {
	if f.Review == "rejected" {
		return "rechazadas/"
	}
	return ""
}

func writeManifest(w io.Writer, c Case) error {
	// A spreadsheet program takes it for UTF-8 only with the mark.
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';'
	rows := [][]string{{"expediente", "archivo", "elemento", "qué es", "revisión", "motivo", "recibido", "bytes"}}
	for _, f := range c.Files {
		what := ""
		if f.Place.Slot != "" {
			what = c.Content.PlaceLabel(f.Place)
		}
		reason := f.RejectNote
		if r := rejectReason(f.RejectReason); r != nil {
			reason = strings.TrimSuffix(r.Label+": "+f.RejectNote, ": ")
		}
		rows = append(rows, []string{
			c.Number, archiveFolder(f) + f.FileName(), f.Place.Element, what, reviewNames[string(f.Review)], reason,
			f.CreatedAt.In(madrid).Format(time.DateTime), strconv.FormatInt(f.Stored.Size, 10),
		})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = plainCell(row[i])
		}
	}
	return out.WriteAll(rows)
}

var reviewNames = map[string]string{"pending": "sin revisar", "accepted": "aceptada", "rejected": "rechazada"}

// plainCell keeps a spreadsheet program from taking a text for a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
