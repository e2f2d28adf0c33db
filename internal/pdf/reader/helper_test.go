package reader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"

	"github.com/msia/msia/internal/pdf/pdftest"
	"github.com/msia/msia/internal/pdf/wire"
)

// opened returns a file of so many pages in a PDFium of its own.
func opened(t *testing.T, pages int) *document {
	t.Helper()
	texts := make([]string, pages)
	for i := range texts {
		texts[i] = fmt.Sprintf("Artículo %d. Lo que dice esta hoja de la norma, para que tenga letras bastantes.", i+1)
	}
	cache, err := wazero.NewCompilationCacheWithDir(pdftest.Options().CacheDir)
	require.NoError(t, err)
	lib, err := start(withMemory(context.Background()), cache, memoryPages)
	require.NoError(t, err)
	content := pdftest.Document(texts...)
	d, err := open(lib, bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	return d
}

// TestHelper: whoever helps, and however far, the pages are the same and in order.
func TestHelper(t *testing.T) {
	t.Parallel()
	const pages = manyPages + 11
	read := func(help func() *helper) []wire.Message {
		var got []wire.Message
		require.NoError(t, opened(t, pages).do(wire.Request{MaxPages: pages}, &wire.Message{}, help, func(m any) error {
			got = append(got, m.(wire.Message))
			return nil
		}))
		return got
	}
	helped := 0
	whole := read(func() *helper {
		return newHelper(func() (*document, error) { helped++; return opened(t, pages), nil }, false)
	})
	require.Len(t, whole, pages)
	for i, m := range whole {
		require.Equal(t, i+1, m.Number)
		require.Contains(t, m.Text, fmt.Sprintf("Artículo %d. ", i+1))
	}
	require.Equal(t, 1, helped)
	require.Equal(t, whole, read(func() *helper {
		return newHelper(func() (*document, error) { return nil, errors.New("no memory") }, false)
	}), "one that does not start")
	short := 0
	require.Equal(t, whole, read(func() *helper {
		return newHelper(func() (*document, error) {
			d := opened(t, 9) // of whose pages it can read some
			d.pages, short = pages, short+1
			return d, nil
		}, false)
	}), "one that gives up")
	require.Equal(t, 1, short)
}
