package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"

	"codeberg.org/go-pdf/fpdf"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/tariffs"
)

// quoteOf asks for the price of one each of some elements.
func quoteOf(codes ...string) tariffs.Request {
	var r tariffs.Request
	for _, code := range codes {
		r.Elements = append(r.Elements, tariffs.RequestedElement{Code: code, Quantity: 1})
	}
	return r
}

// answer is what the person says when a datum is missing.
func (p person) answer(c *casedata.Case, m casedata.Missing) string {
	if said := p.answers()[m.Section][m.Key]; said != "" {
		return said
	}
	for _, s := range c.Sections() {
		if s.Key == m.Section {
			return plausible(s.Field(m.Key))
		}
	}
	return ""
}

// plausible is an answer that fits a field.
func plausible(f *catalogue.Field) string {
	switch {
	case f.Type == catalogue.FieldBoolean:
		return "no"
	case len(f.Options) > 0:
		return f.Options[0]
	case f.Example != nil && *f.Example != "":
		return *f.Example
	case f.Type == catalogue.FieldDate:
		return "15/03/2026"
	case f.Type == catalogue.FieldNumber && f.Min != nil:
		return fmt.Sprint(*f.Min)
	case f.Type == catalogue.FieldNumber:
		return "10"
	}
	return "Akrapovič"
}

// Sides of a photo, in pixels.
const photoWidth, photoHeight = 640, 480

// photo draws a picture that no other is like: a wheel before a wall.
func (s *stage) photo() io.Reader {
	s.photos++
	img := image.NewRGBA(image.Rect(0, 0, photoWidth, photoHeight))
	wall := color.RGBA{uint8(90 + 37*s.photos%120), uint8(100 + 53*s.photos%110), uint8(110 + 71*s.photos%100), 255} //nolint:gosec // below 256
	x, y := float64(200+29*s.photos%240), 270.0
	for py := range photoHeight {
		shade := 0.6 + 0.4*float64(py)/photoHeight
		for px := range photoWidth {
			c := color.RGBA{uint8(float64(wall.R) * shade), uint8(float64(wall.G) * shade), uint8(float64(wall.B) * shade), 255}
			switch d := math.Hypot(float64(px)-x, float64(py)-y); {
			case d < 18 || d > 120 && d < 165:
				c = color.RGBA{35, 35, 40, 255}
			case d < 120 && math.Mod(math.Atan2(float64(py)-y, float64(px)-x)+math.Pi+float64(s.photos), math.Pi/5) < 0.12:
				c = color.RGBA{190, 190, 195, 255}
			}
			img.SetRGBA(px, py, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 80}); err != nil {
		panic("demo: " + err.Error()) // a picture in memory always encodes
	}
	return &out
}

// paper is a page with its title.
func (s *stage) paper(title string) io.Reader {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCreationDate(s.at)
	pdf.AddPage()
	latin := pdf.UnicodeTranslatorFromDescriptor("")
	pdf.SetFont("Helvetica", "B", 16)
	pdf.MultiCell(0, 9, latin(title), "", "L", false)
	pdf.SetFont("Helvetica", "", 11)
	pdf.MultiCell(0, 7, latin("Documento de muestra, sin ningún valor."), "", "L", false)
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		panic("demo: " + err.Error()) // a page in memory is always written
	}
	return &out
}
