package images_test

import (
	"bytes"
	"image"
	"image/color"
	_ "image/jpeg" // what is stored
	_ "image/png"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/decoder/decodertest"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func newPool(t testing.TB) *images.Pool {
	t.Helper()
	return decodertest.Pool(t, slog.New(slog.NewTextHandler(t.Output(), nil)))
}

// normalise is what an upload goes through.
func normalise(t testing.TB, p *images.Pool, b []byte) (images.Normalised, error) {
	t.Helper()
	info, err := guard.Check(b)
	if err != nil {
		return images.Normalised{}, err
	}
	return p.Normalise(t.Context(), bytes.NewReader(b), info, images.MaxSide, 85)
}

func TestBadFilesAreRefused(t *testing.T) {
	t.Parallel()
	p := newPool(t)
	for _, f := range imagetest.Bad() {
		t.Run(f.Name, func(t *testing.T) {
			_, err := normalise(t, p, f.Bytes)
			var refusal *fault.Error
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, f.Code, refusal.Code, "%v", err)
			assert.Equal(t, fault.BadRequest, refusal.Kind)
		})
	}
}

func TestOddFilesComeOutRight(t *testing.T) {
	t.Parallel()
	p := newPool(t)
	for _, f := range imagetest.Odd() {
		t.Run(f.Name, func(t *testing.T) {
			n, err := normalise(t, p, f.Bytes)
			require.NoError(t, err)
			checkPicture(t, f, n)
		})
	}
}

func checkPicture(t *testing.T, f imagetest.File, n images.Normalised) {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(n.Bytes))
	require.NoError(t, err)
	assert.Equal(t, "image/"+format, n.ContentType)
	assert.Equal(t, f.Transparent, format == "png")
	assert.Equal(t, [2]int{f.Width, f.Height}, [2]int{n.Width, n.Height})
	assert.Equal(t, image.Pt(f.Width, f.Height), img.Bounds().Size())
	for _, trace := range []string{"GPS", "Exif", "ICC_PROFILE", "http:", "script", "Comment"} {
		assert.NotContains(t, string(n.Bytes), trace)
	}
	if f.Plain {
		return
	}
	for where, want := range map[image.Point]color.NRGBA{
		{X: 1, Y: 1}: imagetest.TopLeft, {X: 3, Y: 1}: imagetest.TopRight,
		{X: 1, Y: 3}: imagetest.BottomLeft, {X: 3, Y: 3}: imagetest.BottomRight,
	} {
		near(t, want, img.At(where.X*f.Width/4-f.Width/8, where.Y*f.Height/4-f.Height/8), 8)
	}
}

// near compares 8-bit channels.
func near(t *testing.T, want, got color.Color, off float64) {
	t.Helper()
	w, g := color.NRGBAModel.Convert(want).(color.NRGBA), color.NRGBAModel.Convert(got).(color.NRGBA)
	for i, pair := range [][2]uint8{{w.R, g.R}, {w.G, g.G}, {w.B, g.B}, {w.A, g.A}} {
		assert.InDelta(t, pair[0], pair[1], off, "channel %d: want %v, got %v", i, w, g)
	}
}

// TestLargePhotoShrinks also shows the bound of the longest side.
func TestLargePhotoShrinks(t *testing.T) {
	t.Parallel()
	p := newPool(t)
	exif := imagetest.EXIFSegment(imagetest.EXIF(6))
	n, err := normalise(t, p, imagetest.AfterSOI(imagetest.JPEG(imagetest.Photo(4000, 3000, 1), 85), exif))
	require.NoError(t, err)
	require.Equal(t, [2]int{1920, 2560}, [2]int{n.Width, n.Height})
	small, err := p.Variant(t.Context(), bytes.NewReader(n.Bytes), int64(len(n.Bytes)), "image/webp", 320, 427, 78)
	require.NoError(t, err)
	require.Equal(t, "WEBP", string(small[8:12]))
	require.Less(t, len(small), 60_000)
}

// TestKillersCostLittle: nothing of them reaches a decoder, and one that did
// would be ended.
func TestKillersCostLittle(t *testing.T) {
	t.Parallel()
	var lines logLines
	p := decodertest.Pool(t, slog.New(slog.NewTextHandler(&lines, nil)))
	for _, b := range [][]byte{imagetest.GIFBomb(), imagetest.PNGBomb(), imagetest.ScanBomb(6144, 2647)} {
		start := time.Now()
		_, err := normalise(t, p, b)
		require.Error(t, err)
		require.Less(t, time.Since(start), time.Second)
	}
	require.Empty(t, lines.String())
	_, err := normalise(t, p, imagetest.JPEG(imagetest.Pattern(64, 64), 80))
	require.NoError(t, err)
}

type logLines struct{ strings.Builder }
