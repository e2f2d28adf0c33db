package pdftest

import (
	"bytes"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Document makes a PDF with these pages of text.
func Document(pages ...string) []byte {
	doc := fpdf.New("P", "mm", "A4", "")
	doc.SetCompression(true)
	doc.SetCatalogSort(true)
	written := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // the same text is the same file
	doc.SetCreationDate(written)
	doc.SetModificationDate(written)
	latin := doc.UnicodeTranslatorFromDescriptor("")
	for _, text := range pages {
		doc.AddPage()
		doc.SetFont("Helvetica", "", 11)
		for line := range strings.Lines(text) {
			doc.MultiCell(0, 6, latin(strings.TrimRight(line, "\n")), "", "L", false)
		}
	}
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		panic(err) // cannot happen: it is written to memory
	}
	return b.Bytes()
}

// Regulation is a short one, with articles, an annex and definitions.
func Regulation() []byte {
	return Document(
		`Real Decreto 866/2010, de 2 de julio, por el que se regula la tramitación de las reformas de vehículos.

Artículo 1. Objeto.
Este real decreto tiene por objeto unificar los criterios de tramitación de las reformas de los vehículos después de su matriculación definitiva.

Artículo 2. Ámbito de aplicación.
Este real decreto se aplica a todos los vehículos matriculados definitivamente que estén incluidos en las categorías del anexo I.

Artículo 3. Definiciones.
A los efectos de este real decreto se entiende por:
«Conjunto funcional»: conjunto de reformas que pueden acreditarse con un único informe de conformidad y un único proyecto técnico.
«Reforma de vehículo»: toda modificación, sustitución, actuación, incorporación o supresión efectuada en un vehículo después de su matriculación.`,
		`Artículo 7. Requisitos de las reformas.
Las reformas se acreditan con un proyecto técnico, un certificado de dirección final de obra, un informe de conformidad y un certificado de taller.

Artículo 8. Inspección técnica.
El titular del vehículo debe presentarlo a inspección técnica en una estación ITV en el plazo de quince días desde que se hizo la reforma.

Disposición adicional primera. Colaboración.
Las comunidades autónomas colaborarán con el ministerio para el cumplimiento de este real decreto.

Disposición final segunda. Entrada en vigor.
El presente real decreto entrará en vigor el 14 de enero de 2011.

ANEXO I
Categorías de vehículos
Los vehículos de motor de las categorías M, N y O, los ciclomotores, las motocicletas y los tractores agrícolas.`)
}
