package pdf_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/rand/v2"
	"strings"
)

// file builds a PDF by hand, object by object; the first is the catalogue.
type file struct {
	b       bytes.Buffer
	offsets []int
}

func newFile() *file {
	f := &file{}
	f.b.WriteString("%PDF-1.7\n")
	return f
}

// object adds one; they count from 1.
func (f *file) object(body string) {
	f.offsets = append(f.offsets, f.b.Len())
	fmt.Fprintf(&f.b, "%d 0 obj\n%s\nendobj\n", len(f.offsets), body)
}

// stream adds one whose content is deflated.
func (f *file) stream(dict string, content []byte, times int) {
	for range times {
		content = deflate(content)
	}
	filter := strings.TrimSpace(strings.Repeat("/FlateDecode ", times))
	f.object(fmt.Sprintf("<< %s /Filter [%s] /Length %d >>\nstream\n%s\nendstream", dict, filter, len(content), content))
}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	w, _ := zlib.NewWriterLevel(&out, zlib.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

func (f *file) bytes() []byte {
	at := f.b.Len()
	fmt.Fprintf(&f.b, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for _, o := range f.offsets {
		fmt.Fprintf(&f.b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&f.b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(f.offsets)+1, at)
	return f.b.Bytes()
}

const (
	catalogue = "<< /Type /Catalog /Pages 2 0 R >>"
	font      = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
)

// onePage is a file with one page and this content and box.
func onePage(content []byte, times int, box string) []byte {
	f := newFile()
	f.object(catalogue)
	f.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	f.object("<< /Type /Page /Parent 2 0 R /MediaBox " + box + " /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>")
	f.stream("", content, times)
	f.object(font)
	return f.bytes()
}

const a4 = "[0 0 595 842]"

// pageLoop has page trees that contain each other.
func pageLoop() []byte {
	f := newFile()
	f.object(catalogue)
	f.object("<< /Type /Pages /Kids [3 0 R 3 0 R 3 0 R] /Count 100 >>")
	f.object("<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 2 0 R 3 0 R] /Count 100 >>")
	return f.bytes()
}

// claims says that it has many pages, which it has not.
func claims(pages int) []byte {
	f := newFile()
	f.object(catalogue)
	f.object(fmt.Sprintf("<< /Type /Pages /Kids [3 0 R] /Count %d >>", pages))
	f.object("<< /Type /Page /Parent 2 0 R /MediaBox " + a4 + " >>")
	return f.bytes()
}

// formBomb draws forms that draw each other, ten of the next each.
func formBomb(levels int) []byte {
	f := newFile()
	f.object(catalogue)
	f.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	f.object("<< /Type /Page /Parent 2 0 R /MediaBox " + a4 + " /Contents 4 0 R /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> >>")
	f.stream("", []byte("/X Do"), 1)
	f.object(font)
	for i := range levels {
		content, resources := strings.Repeat("/X Do ", 10), fmt.Sprintf("/XObject << /X %d 0 R >>", 7+i)
		if i == levels-1 {
			content, resources = "BT /F 9 Tf (boom) Tj ET", "/Font << /F 5 0 R >>"
		}
		f.stream("/Type /XObject /Subtype /Form /BBox "+a4+" /Resources << "+resources+" >>", []byte(content), 1)
	}
	return f.bytes()
}

// imageBomb has a picture of a hundred thousand pixels square.
func imageBomb() []byte {
	f := newFile()
	f.object(catalogue)
	f.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	f.object("<< /Type /Page /Parent 2 0 R /MediaBox " + a4 + " /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>")
	f.stream("", []byte("595 0 0 842 0 0 cm /X Do"), 1)
	f.stream("/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /BitsPerComponent 8 /ColorSpace /DeviceRGB", make([]byte, 32<<20), 2)
	return f.bytes()
}

// textBomb has a page of millions of letters.
func textBomb() []byte {
	line := []byte("BT /F 9 Tf 1 0 0 1 9 9 Tm (" + strings.Repeat("abc ", 200) + ") Tj ET\n")
	return onePage(bytes.Repeat(line, 60_000), 2, a4)
}

// deepArrays nests arrays in arrays.
func deepArrays() []byte {
	f := newFile()
	f.object("<< /Type /Catalog /Pages 2 0 R /X " + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + " >>")
	f.object("<< /Type /Pages /Kids [] /Count 0 >>")
	return f.bytes()
}

// random is no PDF but for its first line.
func random(size int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return append([]byte("%PDF-1.7\n"), b...)
}

// manyPages has them all.
func manyPages(n int) []byte {
	f := newFile()
	f.object(catalogue)
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
	}
	f.object(fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), n))
	for range n {
		f.object("<< /Type /Page /Parent 2 0 R /MediaBox " + a4 + " >>")
	}
	return f.bytes()
}
