package reader

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io"
	"strings"
	"unicode"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"github.com/msia/msia/internal/pdf/wire"
)

const (
	// fewLetters is what a page without real text has at the most.
	fewLetters = 50
	// maxText bounds the text of a page and of a file, in bytes.
	maxPageText, maxText = 1 << 20, 64 << 20
	// maxObjects is how many objects of a page are looked at for a picture.
	maxObjects = 200
	// maxPixels bounds a picture of a page.
	maxPixels = 8 << 20
	// scanWidth is A4 at 200 dots an inch, which tesseract reads best for its time.
	scanWidth = 1654
)

// failure is the file's fault.
type failure struct {
	kind  wire.Failure
	cause error
}

func (f *failure) Error() string { return fmt.Sprintf("%s: %v", f.kind, f.cause) }

// document is an open file.
type document struct {
	lib   pdfium.Pdfium
	ref   references.FPDF_DOCUMENT
	pages int
}

// open opens a file and counts its pages.
func open(lib pdfium.Pdfium, file io.ReadSeeker, size int64) (*document, error) {
	if size == 0 {
		return nil, &failure{wire.Broken, errors.New("empty")}
	}
	res, err := lib.OpenDocument(&requests.OpenDocument{FileReader: file, FileReaderSize: size})
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return nil, &failure{wire.Encrypted, err}
	case errors.Is(err, pdferrors.ErrFormat), errors.Is(err, pdferrors.ErrFile), errors.Is(err, pdferrors.ErrPage), errors.Is(err, pdferrors.ErrUnknown):
		return nil, &failure{wire.Broken, err}
	case err != nil:
		return nil, &failure{wire.TooBig, err}
	}
	count, err := lib.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: res.Document})
	if err != nil {
		return nil, &failure{wire.TooBig, err}
	}
	if count.PageCount == 0 {
		return nil, &failure{wire.Broken, errors.New("no pages")}
	}
	return &document{lib: lib, ref: res.Document, pages: count.PageCount}, nil
}

// do does what is asked with an open file; help starts a helper for it.
func (d *document) do(req wire.Request, last *wire.Message, help func() *helper, send func(any) error) error {
	last.Pages = d.pages
	if d.pages > req.MaxPages {
		return &failure{wire.TooManyPages, fmt.Errorf("%d pages", d.pages)}
	}
	if req.Page > 0 {
		return d.picture(req, send)
	}
	if title, err := d.lib.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: d.ref, Tag: "Title"}); err == nil {
		last.Title = strings.Join(strings.Fields(title.Value), " ")
	}
	if may, err := d.lib.FPDF_GetDocPermissions(&requests.FPDF_GetDocPermissions{Document: d.ref}); err == nil {
		last.Restricted = !may.CopyOrExtractText
	}
	if d.pages < manyPages {
		return d.texts(req.Scans, nil, send)
	}
	helping := help()
	defer helping.stop()
	return d.texts(req.Scans, helping, send)
}

// texts sends the text of every page. A page that cannot be read is empty; a
// file of which none can is broken. Where there is a helper, it reads every other
// page meanwhile; what it cannot read is tried here.
func (d *document) texts(scans bool, help *helper, send func(any) error) error {
	total, failed := 0, 0
	var why error
	for n := range d.pages {
		m, ok := help.page(n)
		if !ok {
			var err error
			if m, err = d.read(n, scans); err != nil {
				failed, why = failed+1, err
			}
		}
		if total += len(m.Text); len(m.Text) > maxPageText || total > maxText {
			return &failure{wire.TooBig, fmt.Errorf("page %d: too much text", m.Number)}
		}
		if err := send(m); err != nil {
			return err
		}
	}
	if failed == d.pages {
		if errors.Is(why, pdferrors.ErrPage) || errors.Is(why, pdferrors.ErrFormat) {
			return &failure{wire.Broken, why}
		}
		return &failure{wire.TooBig, why}
	}
	return nil
}

// read returns a page with its text, or its picture where it has little. A page
// that cannot be read is empty, beside the error.
func (d *document) read(n int, scans bool) (wire.Message, error) {
	m := wire.Message{Number: n + 1, Pages: d.pages}
	if label, err := d.lib.FPDF_GetPageLabel(&requests.FPDF_GetPageLabel{Document: d.ref, Page: n}); err == nil {
		m.Label = strings.TrimSpace(label.Label)
	}
	text, err := d.lib.GetPageText(&requests.GetPageText{Page: d.page(n)})
	if err != nil {
		return m, err
	}
	m.Text = strings.ToValidUTF8(strings.ReplaceAll(text.Text, "\r\n", "\n"), "")
	if len(m.Text) <= maxPageText && letters(m.Text) < fewLetters {
		m.HasImage = d.hasImage(n)
		if m.HasImage && scans {
			m.PNG, _ = d.render(n, scanWidth) // without a picture the page stays as it is
		}
	}
	return m, nil
}

// picture sends the picture of the page that was asked for.
func (d *document) picture(req wire.Request, send func(any) error) error {
	if req.Page > d.pages {
		return &failure{wire.NoPage, fmt.Errorf("page %d of %d", req.Page, d.pages)}
	}
	img, err := d.render(req.Page-1, req.Width)
	if err != nil {
		return &failure{wire.Broken, err}
	}
	return send(wire.Message{Number: req.Page, Pages: d.pages, PNG: img})
}

// render draws a page as PNG, smaller than asked when it would have too many
// pixels.
func (d *document) render(n, width int) ([]byte, error) {
	size, err := d.lib.GetPageSize(&requests.GetPageSize{Page: d.page(n)})
	if err != nil {
		return nil, err
	}
	if !(size.Width > 0 && size.Height > 0) {
		return nil, fmt.Errorf("page of %g × %g points", size.Width, size.Height)
	}
	// A strip of a page gets a picture of its own shape, as far as there are pixels.
	ratio := min(max(size.Height/size.Width, 1.0/maxPixels), maxPixels)
	height := float64(width) * ratio
	w := width
	if float64(width)*height > maxPixels {
		w = max(1, int(float64(width)*maxPixels/(float64(width)*height)))
		height = min(float64(w)*ratio, maxPixels/float64(w))
	}
	res, err := d.lib.RenderPageInPixels(&requests.RenderPageInPixels{Page: d.page(n), Width: w, Height: max(1, int(height))})
	if err != nil {
		return nil, err
	}
	defer res.Cleanup()
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&b, res.Result.RenderedImage); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// hasImage says whether there is a picture among the first objects of a page.
// What stands for other objects may be one.
func (d *document) hasImage(n int) bool {
	count, err := d.lib.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: d.page(n)})
	if err != nil {
		return false
	}
	for i := range min(count.Count, maxObjects) {
		object, err := d.lib.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: d.page(n), Index: i})
		if err != nil {
			return false
		}
		kind, err := d.lib.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: object.PageObject})
		if err == nil && (kind.Type == enums.FPDF_PAGEOBJ_IMAGE || kind.Type == enums.FPDF_PAGEOBJ_FORM) {
			return true
		}
	}
	return false
}

func (d *document) page(n int) requests.Page {
	return requests.Page{ByIndex: &requests.PageByIndex{Document: d.ref, Index: n}}
}

// letters counts those of a text.
func letters(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
