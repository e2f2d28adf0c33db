package imagetest_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/images/imagetest"
)

func TestZeros(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{0, 1, 1 << 20, 3<<20 + 1, 5<<20 + 77} {
		r, err := zlib.NewReader(bytes.NewReader(imagetest.Zeros(n)))
		require.NoError(t, err)
		got, err := io.Copy(io.Discard, r)
		require.NoError(t, err)
		require.Equal(t, n, got)
	}
}
