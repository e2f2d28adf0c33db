package pdf_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/pdftest"
)

// open writes a file to disk and opens it.
func open(tb testing.TB, content []byte) *os.File {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "file.pdf")
	require.NoError(tb, os.WriteFile(path, content, 0o600))
	f, err := os.Open(path)
	require.NoError(tb, err)
	tb.Cleanup(func() { f.Close() })
	return f
}

// read returns all pages.
func read(ctx context.Context, tb testing.TB, e *pdf.Engine, content []byte) ([]pdf.Page, pdf.Info, error) {
	tb.Helper()
	var pages []pdf.Page
	info, err := e.Read(ctx, open(tb, content), func(p pdf.Page) error {
		pages = append(pages, p)
		return nil
	})
	return pages, info, err
}

func TestRead(t *testing.T) {
	t.Parallel()
	pages, info, err := read(t.Context(), t, engine(), pdftest.Document("Artículo 1. Ámbito de aplicación.\nSegunda línea.", "Página dos: €, ñ, ü."))
	require.NoError(t, err)
	require.Equal(t, 2, info.Pages)
	require.False(t, info.Restricted)
	require.Len(t, pages, 2)
	require.Equal(t, 1, pages[0].Number)
	require.Equal(t, []string{"Artículo 1. Ámbito de aplicación.", "Segunda línea."}, strings.Split(strings.TrimSpace(pages[0].Text), "\n"))
	require.Equal(t, "Página dos: €, ñ, ü.", strings.TrimSpace(pages[1].Text))
}

// protected is a file with passwords.
func protected(user, owner string) []byte {
	doc := fpdf.New("P", "mm", "A4", "")
	doc.SetProtection(fpdf.CnProtectPrint, user, owner)
	doc.AddPage()
	doc.SetFont("Helvetica", "", 11)
	doc.Cell(40, 10, "Text behind a password")
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestReadWhatTheOwnerRestricted(t *testing.T) {
	t.Parallel()
	pages, info, err := read(t.Context(), t, engine(), protected("", "secret"))
	require.NoError(t, err)
	require.True(t, info.Restricted)
	require.Contains(t, pages[0].Text, "Text behind a password")
}

// picture is a page that is a picture.
func picture() []byte {
	doc := fpdf.New("P", "mm", "A4", "")
	doc.AddPage()
	var img bytes.Buffer
	m := pngOf(200, 200)
	img.Write(m)
	doc.RegisterImageOptionsReader("scan", fpdf.ImageOptions{ImageType: "PNG"}, &img)
	doc.ImageOptions("scan", 0, 0, 210, 297, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// TestHostile: each file ends with a verdict for people within a minute, and its
// reader with it, which had no more than 400 MB.
func TestHostile(t *testing.T) {
	t.Parallel()
	whole := pdftest.Regulation()
	_, _, err := read(t.Context(), t, engine(), whole) // compiles PDFium, which takes more than reading
	require.NoError(t, err)
	for _, c := range []struct {
		name    string
		content []byte
		want    []error // any of these; nil stands for text
	}{
		{"a password", protected("user", "owner"), []error{pdf.ErrEncrypted}},
		{"empty", nil, []error{pdf.ErrBroken}},
		{"no PDF", []byte("hola"), []error{pdf.ErrBroken}},
		{"random", random(1 << 20), []error{pdf.ErrBroken}},
		{"truncated in the middle", whole[:len(whole)/2], []error{pdf.ErrBroken, nil}},
		{"truncated at the start", whole[:100], []error{pdf.ErrBroken}},
		{"no text", onePage([]byte("0 0 m 9 9 l S"), 1, a4), []error{pdf.ErrNoText}},
		{"a picture", picture(), []error{pdf.ErrScanned}},
		{"page trees in a loop", pageLoop(), []error{pdf.ErrBroken, pdf.ErrNoText, pdf.ErrTooBig}},
		{"claims a billion pages", claims(1_000_000_000), []error{pdf.ErrTooManyPages, pdf.ErrBroken, pdf.ErrNoText}},
		{"five thousand pages", manyPages(5000), []error{pdf.ErrTooManyPages}},
		{"deflated five times over", onePage(make([]byte, 256<<20), 5, a4), []error{pdf.ErrNoText, pdf.ErrTooBig}},
		{"forms within forms", formBomb(12), []error{pdf.ErrTooBig, pdf.ErrNoText, nil}},
		{"a picture of ten gigapixels", imageBomb(), []error{pdf.ErrScanned, pdf.ErrTooBig}},
		{"millions of letters", textBomb(), []error{pdf.ErrTooBig, nil}},
		{"arrays within arrays", deepArrays(), []error{pdf.ErrBroken, pdf.ErrTooBig}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, info, err := read(ctx, t, engine(func(o *pdf.Options) { o.MaxTime = 20 * time.Second }), c.content)
			require.NoError(t, ctx.Err())
			require.Condition(t, func() bool {
				for _, w := range c.want {
					if err == nil && w == nil || w != nil && errors.Is(err, w) {
						return true
					}
				}
				return false
			}, "%v", err)
			var verdict *fault.Error
			require.True(t, err == nil || errors.As(err, &verdict) && verdict.Kind == fault.Invalid && strings.HasSuffix(verdict.Message, "."), "%v", err)
			require.Positive(t, info.Memory)
			require.LessOrEqual(t, info.Memory, int64(mostMemory), "%d MB", info.Memory>>20)
		})
	}
}

func TestRenderHostile(t *testing.T) {
	t.Parallel()
	for _, box := range []string{"[0 0 1000000000 1000000000]", "[0 0 1 1000000]", "[0 0 1000000 1]", "[0 0 0 0]", "[5 5 -5 -5]"} {
		content := onePage([]byte("BT /F 9 Tf 9 9 Td (text) Tj ET"), 1, box)
		out, err := engine().Render(t.Context(), open(t, content), 1, 2400)
		if err != nil {
			require.True(t, errors.Is(err, pdf.ErrBroken) || errors.Is(err, pdf.ErrTooBig), "%s: %v", box, err)
			continue
		}
		cfg, err := png.DecodeConfig(bytes.NewReader(out))
		require.NoError(t, err)
		require.LessOrEqual(t, cfg.Width*cfg.Height, 8<<20, box)
	}
	_, err := engine().Render(t.Context(), open(t, imageBomb()), 1, 800)
	if err != nil {
		require.True(t, errors.Is(err, pdf.ErrBroken) || errors.Is(err, pdf.ErrTooBig), "%v", err)
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	f := open(t, pdftest.Regulation())
	out, err := engine().Render(t.Context(), f, 2, 640)
	require.NoError(t, err)
	cfg, err := png.DecodeConfig(bytes.NewReader(out))
	require.NoError(t, err)
	require.Equal(t, 640, cfg.Width)
	require.InDelta(t, 640*842/595, cfg.Height, 2)
	for _, page := range []int{0, -1, 3} {
		_, err = engine().Render(t.Context(), f, page, 640)
		require.ErrorIs(t, err, pdf.ErrNoPage)
	}
}

func TestReadStops(t *testing.T) {
	t.Parallel()
	t.Run("at the handler's error", func(t *testing.T) {
		t.Parallel()
		enough := errors.New("enough")
		_, err := engine().Read(t.Context(), open(t, pdftest.Document("one", "two", "three")), func(p pdf.Page) error {
			require.Equal(t, 1, p.Number)
			return enough
		})
		require.Equal(t, enough, err)
	})
	t.Run("with its context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := engine().Read(ctx, open(t, pdftest.Document("one", "two", "three")), func(pdf.Page) error {
			cancel()
			return ctx.Err()
		})
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("when its time is up", func(t *testing.T) {
		t.Parallel()
		e := engine(func(o *pdf.Options) { o.MaxTime = time.Millisecond })
		_, _, err := read(t.Context(), t, e, pdftest.Document("one"))
		require.ErrorIs(t, err, pdf.ErrTooBig)
	})
	t.Run("when the reader is no reader", func(t *testing.T) {
		t.Parallel()
		e := engine(func(o *pdf.Options) { o.Command = []string{"/bin/false", "x"} })
		_, _, err := read(t.Context(), t, e, pdftest.Document("one"))
		require.ErrorContains(t, err, "ended")
	})
}

// TestOCR has a program in tesseract's place: what is tested is that scanned pages
// go to it, and what becomes of its answer.
func TestOCR(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := filepath.Join(dir, "tesseract")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nhead -c 4 | grep -q PNG && echo 'Texto reconocido'\n"), 0o700)) //nolint:gosec // it is run
	e := engine(func(o *pdf.Options) { o.Tesseract = script })
	pages, info, err := read(t.Context(), t, e, picture())
	require.NoError(t, err)
	require.Equal(t, 1, info.OCR)
	require.True(t, pages[0].OCR)
	require.Equal(t, "Texto reconocido", pages[0].Text)

	broken := engine(func(o *pdf.Options) { o.Tesseract = "/bin/false" })
	_, _, err = read(t.Context(), t, broken, picture())
	require.ErrorIs(t, err, pdf.ErrNoText)
}
