package cases

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/fields"
)

// Measures of the dossier, in millimetres on A4.
const (
	margin     = 18.0
	pageWidth  = 210 - 2*margin
	line       = 5.5
	labelWidth = 62.0
	photoWidth = 82.0
	photoRow   = 92.0
	// printedPixels is the width of a photo in pixels: 200 dpi.
	printedPixels = 640
	// photoBottom is where a row of photos has to end.
	photoBottom = 297 - margin
)

// WriteDossier writes a case on paper, as a PDF: who, which vehicle, what was
// quoted, the data of each element, the photos, and what happened.
func (s *Service) WriteDossier(ctx context.Context, c Case, events []Event, w io.Writer) error {
	select {
	case s.drawing <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait to draw a dossier: %w", ctx.Err())
	}
	defer func() { <-s.drawing }()
	d := newDossier(c)
	d.head()
	for _, section := range commonFirst(c.Content.Sections()) {
		d.section(section)
	}
	d.quote()
	d.missing()
	d.timeline(events)
	if err := d.photos(ctx, s.files); err != nil {
		return fmt.Errorf("dossier of case %s: %w", c.Number, err)
	}
	if err := d.pdf.Output(w); err != nil {
		return fmt.Errorf("dossier of case %s: %w", c.Number, err)
	}
	return nil
}

// commonFirst puts the customer and the vehicle before the elements: on paper
// that is where people look for them.
func commonFirst(sections []casedata.Section) []casedata.Section {
	var common, elements []casedata.Section
	for _, s := range sections {
		if casedata.SectionElement(s.Key) == "" {
			common = append(common, s)
		} else {
			elements = append(elements, s)
		}
	}
	return append(common, elements...)
}

type dossier struct {
	pdf *fpdf.Fpdf
	c   Case
}

func newDossier(c Case) *dossier {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes("go", "", goregular.TTF)
	pdf.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(true, margin)
	pdf.SetTitle("Expediente "+c.Number, true)
	pdf.SetCreationDate(c.UpdatedAt)
	pdf.SetModificationDate(c.UpdatedAt)
	pdf.AliasNbPages("{pages}")
	pdf.SetFooterFunc(func() {
		pdf.SetY(-margin + 4)
		pdf.SetFont("go", "", 8)
		pdf.SetTextColor(110, 110, 110)
		pdf.CellFormat(0, line, fmt.Sprintf("Expediente %s · página %d de {pages}", c.Number, pdf.PageNo()), "", 0, "C", false, 0, "")
		pdf.SetTextColor(0, 0, 0)
	})
	pdf.AddPage()
	return &dossier{pdf: pdf, c: c}
}

var statusNames = map[Status]string{
	Collecting: "recogiendo datos", PendingImages: "faltan fotos o documentos", PendingReview: "pendiente de revisión",
	InProgress: "en curso", Resolved: "resuelto", Cancelled: "cancelado", Abandoned: "abandonado",
}

func (d *dossier) head() {
	d.pdf.SetFont("go", "B", 18)
	d.pdf.CellFormat(0, 9, "Expediente "+d.c.Number, "", 1, "L", false, 0, "")
	d.pdf.SetFont("go", "", 10)
	d.pdf.SetTextColor(90, 90, 90)
	d.pdf.CellFormat(0, line, fmt.Sprintf("%s · abierto el %s · estado: %s", d.c.Quote.Category.Name, day(d.c.CreatedAt), statusNames[d.c.Status]), "", 1, "L", false, 0, "")
	d.pdf.SetTextColor(0, 0, 0)
}

func (d *dossier) title(text string) {
	d.pdf.Ln(4)
	d.pdf.SetFont("go", "B", 12)
	d.pdf.CellFormat(0, 7, clean(text), "B", 1, "L", false, 0, "")
	d.pdf.Ln(1)
}

// row writes a label and its value side by side; both may be of several lines.
func (d *dossier) row(label, value string) {
	if value == "" {
		value = "—"
	}
	d.pdf.SetFont("go", "", 9)
	// A value is not torn from its label by the end of a page.
	if _, height := d.pdf.GetPageSize(); d.pdf.GetY()+2*line > height-margin {
		d.pdf.AddPage()
	}
	top, page := d.pdf.GetY(), d.pdf.PageNo()
	d.pdf.SetTextColor(90, 90, 90)
	d.pdf.MultiCell(labelWidth, line, clean(label), "", "L", false)
	bottom := d.pdf.GetY()
	d.pdf.SetTextColor(0, 0, 0)
	if d.pdf.PageNo() == page {
		d.pdf.SetXY(margin+labelWidth, top)
	}
	d.pdf.SetX(margin + labelWidth)
	d.pdf.MultiCell(pageWidth-labelWidth, line, clean(value), "", "L", false)
	if d.pdf.PageNo() == page && d.pdf.GetY() < bottom {
		d.pdf.SetY(bottom)
	}
}

func (d *dossier) section(s casedata.Section) {
	values := d.c.Content.Values[s.Key]
	if len(s.Fields) == 0 {
		return
	}
	title := s.Title
	if code := casedata.SectionElement(s.Key); code != "" {
		if e := d.c.Content.Element(code); e.Quantity > 1 {
			title += fmt.Sprintf(" (%d unidades)", e.Quantity)
		}
	}
	d.title(title)
	for _, f := range s.Fields {
		if d.c.Content.Applies(s.Key, f.Key) {
			shown := ""
			if v, ok := values[f.Key]; ok {
				shown = fields.Display(f, v)
			}
			d.row(f.Label, shown)
		}
	}
}

func (d *dossier) quote() {
	q := d.c.Quote
	d.title("Presupuesto aceptado")
	d.row(q.Tier.Name, q.Tier.Price.Spanish())
	for _, l := range q.Lines {
		extra := ""
		if !l.Surcharge.IsZero() {
			extra = " · suplemento " + l.Surcharge.Spanish()
		}
		d.row(fmt.Sprintf("   %s × %d", l.Name, l.Quantity), "incluido"+extra)
	}
	for _, s := range q.Services {
		amount := s.Amount
		if amount.IsZero() { // as quotes of before have it
			amount = s.Price.Times(s.Quantity)
		}
		d.row(fmt.Sprintf("%s × %d", s.Name, s.Quantity), amount.Spanish())
	}
	d.row("Base imponible", q.Subtotal.Spanish())
	d.row("IVA "+strings.TrimSuffix(q.IVAPercent.String(), ".00")+" %", q.IVA.Spanish())
	d.row("Total", q.Total.Spanish())
}

func (d *dossier) missing() {
	missing := d.c.Content.Missing()
	if len(missing) == 0 {
		return
	}
	d.title("Falta por recibir")
	for _, m := range missing {
		section := "Documentación"
		if s := d.c.Content.Section(m.Section); s != nil {
			section = s.Title
		}
		d.row(section, m.Label)
	}
}

var eventNames = map[string]string{
	eventOpened: "Abierto", eventStatus: "Cambio de estado", eventData: "Datos", eventFile: "Archivo recibido", eventReviewed: "Archivo revisado",
	eventMoved: "Archivo colocado", eventRemoved: "Archivo retirado", eventNote: "Nota", eventAssigned: "Asignación", eventReminder: "Recordatorio",
	eventConfirmed: "Confirmado por el cliente",
}

func (d *dossier) timeline(events []Event) {
	if len(events) == 0 {
		return
	}
	d.title("Historia del expediente")
	for _, e := range events {
		text := eventNames[e.Kind]
		if e.To != nil {
			text += ": " + statusNames[Status(*e.To)]
		}
		if e.Reason != nil {
			text += ". " + *e.Reason
		}
		d.row(e.At.In(madrid).Format("02/01/2006 15:04")+" · "+e.Who, text)
	}
}

// photos puts two photos side by side; PDFs and what this library cannot draw
// are named.
func (d *dossier) photos(ctx context.Context, store Files) error {
	if len(d.c.Files) == 0 {
		return nil
	}
	d.pdf.AddPage()
	d.title("Fotos y documentos")
	column := 0
	for _, f := range d.c.Files {
		drawable, err := d.load(ctx, store, f)
		if err != nil {
			return err
		}
		if !drawable {
			if column == 1 {
				d.pdf.SetY(d.pdf.GetY() + photoRow)
				column = 0
			}
			d.row(f.FileName(), d.caption(f))
			continue
		}
		if column == 0 && d.pdf.GetY()+photoRow > photoBottom {
			d.pdf.AddPage()
		}
		x, y := margin+float64(column)*(photoWidth+8), d.pdf.GetY()
		width, height := fit(*f.Stored.Width, *f.Stored.Height)
		d.pdf.ImageOptions(f.ID.String(), x, y, width, height, false, pictureOptions(f), 0, "")
		d.pdf.SetFont("go", "", 7.5)
		d.pdf.SetXY(x, y+height+1)
		d.pdf.MultiCell(photoWidth, 3.6, clean(f.FileName()+" · "+d.caption(f)), "", "L", false)
		column = 1 - column
		d.pdf.SetXY(margin, y)
		if column == 0 {
			d.pdf.SetY(y + photoRow)
		}
	}
	return nil
}

// load reads a photo for the page and reports whether it can be drawn.
func (d *dossier) load(ctx context.Context, store Files, f File) (bool, error) {
	if f.Stored.Width == nil || f.Stored.Height == nil {
		return false, nil
	}
	raw, err := d.read(ctx, store, f)
	if err = errors.Join(err, d.pdf.Error()); err != nil {
		return false, err
	}
	d.pdf.RegisterImageOptionsReader(f.ID.String(), pictureOptions(f), bytes.NewReader(raw))
	drawable := d.pdf.Ok()
	d.pdf.ClearError() // one odd picture is no reason to have no dossier
	return drawable, nil
}

func pictureOptions(f File) fpdf.ImageOptions {
	kind := "JPG"
	if f.Stored.ContentType == "image/png" {
		kind = "PNG"
	}
	return fpdf.ImageOptions{ImageType: kind}
}

// read takes a small copy of a photo into memory.
func (d *dossier) read(ctx context.Context, store Files, f File) (raw []byte, err error) {
	r, err := store.Thumbnail(ctx, f.Stored.ID, printedPixels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Label, err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(r)
}

// fit scales a photo into its place, which leaves room for the caption.
func fit(width, height int) (w, h float64) {
	const most = photoRow - 14
	w, h = photoWidth, photoWidth*float64(height)/float64(max(width, 1))
	if h > most {
		w, h = w*most/h, most
	}
	return w, h
}

func (d *dossier) caption(f File) string {
	text := "sin clasificar"
	if f.Place != (casedata.Place{}) {
		text = d.c.Content.PlaceLabel(f.Place)
	}
	text += " · " + reviewNames[string(f.Review)]
	if r := rejectReason(f.RejectReason); r != nil {
		text += " (" + r.Label + ")"
	}
	return text
}

func day(t time.Time) string { return t.In(madrid).Format("02/01/2006") }

// clean leaves out what the fonts have no picture of (emoji), for which the
// library would fail.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r < ' ' || r > 0xffff || (r >= 0xfe00 && r <= 0xfe0f) || r == 0x200d:
			return -1
		}
		return r
	}, s)
}
