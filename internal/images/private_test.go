package images_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
)

const paper = "%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"

func TestCustomersFiles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := images.NewCustomerFiles(b.Store)
	photo, err := c.Keep(t.Context(), bytes.NewReader(imagetest.JPEG(imagetest.Photo(900, 700, 2), 85)), "dni de Ana.jpg")
	require.NoError(t, err)
	require.Equal(t, []any{"image/jpeg", 900, 700}, []any{photo.ContentType, *photo.Width, *photo.Height})
	pdf, err := c.Keep(t.Context(), strings.NewReader(paper), "ficha.exe")
	require.NoError(t, err)
	require.Equal(t, []any{"application/pdf", int64(len(paper))}, []any{pdf.ContentType, pdf.Size})
	require.Nil(t, pdf.Width)

	read := func(open func() (io.ReadCloser, error)) []byte {
		r, err := open()
		require.NoError(t, err)
		defer func() { require.NoError(t, r.Close()) }()
		all, err := io.ReadAll(r)
		require.NoError(t, err)
		return all
	}
	whole := read(func() (io.ReadCloser, error) { return c.Open(t.Context(), photo.ID) })
	require.Len(t, whole, int(photo.Size))
	require.Less(t, len(read(func() (io.ReadCloser, error) { return c.Thumbnail(t.Context(), photo.ID, 320) })), len(whole))
	require.Equal(t, paper, string(read(func() (io.ReadCloser, error) { return c.Thumbnail(t.Context(), pdf.ID, 320) })), "there is no smaller one")

	link, err := c.Link(t.Context(), pdf.ID)
	require.NoError(t, err)
	require.Contains(t, link, pdf.ID.String()+".pdf?expires=")
	_, err = c.Link(t.Context(), uuid.New())
	require.ErrorIs(t, err, images.ErrNotFound)
	public, err := put(t.Context(), b.Store, small(), images.New{})
	require.NoError(t, err)
	for _, id := range []uuid.UUID{uuid.New(), public.ID} {
		_, err = c.Open(t.Context(), id)
		require.ErrorIs(t, err, images.ErrNotFound, "only customers' files")
		require.NoError(t, c.Drop(t.Context(), id))
	}
	_, err = b.Get(t.Context(), public.ID, images.Public)
	require.NoError(t, err, "the catalogue's stay")

	same, err := c.Keep(t.Context(), strings.NewReader(paper), "otra vez.pdf")
	require.NoError(t, err)
	require.NoError(t, c.Drop(t.Context(), pdf.ID))
	require.Equal(t, paper, string(read(func() (io.ReadCloser, error) { return c.Open(t.Context(), same.ID) })), "somebody else's, with the same bytes")
	for _, id := range []uuid.UUID{same.ID, photo.ID, photo.ID} {
		require.NoError(t, c.Drop(t.Context(), id))
	}
	require.Len(t, b.left(t), 1)
	require.Equal(t, 2, b.rows(t), "only the catalogue's")
}

func TestPapersThatAreNone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := images.NewCustomerFiles(b.Store)
	for name, f := range map[string]struct {
		content string
		err     error
	}{
		"empty":           {"", guard.ErrType},
		"cut off":         {"%PDF-1.7\nobj", guard.ErrBroken},
		"its end early":   {paper + strings.Repeat("x", 2000), guard.ErrBroken},
		"its begin late":  {strings.Repeat("x", 2000) + paper, guard.ErrType},
		"a web page":      {"<html><script>alert(1)</script>", guard.ErrType},
		"too large":       {paper + strings.Repeat("\n", guard.MaxBytes) + "%%EOF", guard.ErrTooLarge},
		"a program":       {"MZ\x90\x00", guard.ErrType},
		"half a picture":  {string(small()[:200]), guard.ErrBroken},
		"picture and PDF": {string(small()[:20]) + paper, guard.ErrBroken},
	} {
		_, err := c.Keep(t.Context(), strings.NewReader(f.content), "ficha.pdf")
		require.ErrorIs(t, err, f.err, name)
	}
	_, err := c.Keep(t.Context(), strings.NewReader(strings.Repeat(" ", 500)+paper+strings.Repeat("\n", 900)), "")
	require.NoError(t, err, "some blanks around it are common")
	_, err = b.Receive(t.Context(), strings.NewReader(paper))
	require.ErrorIs(t, err, guard.ErrType, "the catalogue takes none")
	require.Len(t, b.left(t), 1)
}
