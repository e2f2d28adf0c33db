package images_test

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"github.com/h2non/bimg"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
)

// colours of a test card, inside of what CMYK can print.
var colours = []color.NRGBA{
	{R: 200, G: 80, B: 70, A: 255},
	{R: 90, G: 150, B: 90, A: 255},
	{R: 70, G: 90, B: 150, A: 255},
	{R: 220, G: 200, B: 90, A: 255},
	{R: 128, G: 128, B: 128, A: 255},
	{R: 240, G: 240, B: 240, A: 255},
	{R: 40, G: 40, B: 40, A: 255},
}

const stripe = 32

func card() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, stripe*len(colours), stripe))
	for y := range stripe {
		for x := range stripe * len(colours) {
			img.SetNRGBA(x, y, colours[x/stripe])
		}
	}
	return img
}

// TestColoursComeOutRight has the same card in other colour spaces, each with
// its profile: all of them look like the card in sRGB afterwards.
func TestColoursComeOutRight(t *testing.T) {
	p := newPool(t)
	for name, c := range map[string]struct {
		options bimg.Options
		off     float64
	}{
		"sRGB":            {bimg.Options{Type: bimg.JPEG, Quality: 97}, 3},
		"wide gamut":      {bimg.Options{Type: bimg.JPEG, Quality: 97, InputICC: "srgb", OutputICC: "p3"}, 4},
		"wide gamut PNG":  {bimg.Options{Type: bimg.PNG, InputICC: "srgb", OutputICC: "p3"}, 4},
		"wide gamut WebP": {bimg.Options{Type: bimg.WEBP, Quality: 100, Lossless: true, InputICC: "srgb", OutputICC: "p3"}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := bimg.Resize(imagetest.PNG(card()), c.options)
			require.NoError(t, err)
			info, err := guard.Check(b)
			require.NoError(t, err)
			require.Equal(t, c.options.OutputICC != "", info.Profile)
			n, err := normalise(t, p, b)
			require.NoError(t, err)
			img, _, err := image.Decode(bytes.NewReader(n.Bytes))
			require.NoError(t, err)
			_, isCMYK := img.(*image.CMYK)
			require.False(t, isCMYK)
			for i, want := range colours {
				near(t, want, img.At(i*stripe+stripe/2, stripe/2), c.off)
			}
		})
	}
}

// TestCMYK: a printer's grey is not quite ours.
func TestCMYK(t *testing.T) {
	p := newPool(t)
	b, err := bimg.Resize(imagetest.PNG(card()), bimg.Options{Type: bimg.JPEG, Quality: 97, InputICC: "srgb", OutputICC: "cmyk"})
	require.NoError(t, err)
	info, err := guard.Check(b)
	require.NoError(t, err)
	require.True(t, info.Profile)
	require.Equal(t, 4, info.Channels)
	n, err := normalise(t, p, b)
	require.NoError(t, err)
	got, _, err := image.Decode(bytes.NewReader(n.Bytes))
	require.NoError(t, err)
	for i := range colours {
		near(t, colours[i], got.At(i*stripe+stripe/2, stripe/2), 10)
	}
}

// TestOddCMYK has no profile, is turned, and too large to be kept as it is.
func TestOddCMYK(t *testing.T) {
	p := newPool(t)
	b, err := bimg.Resize(imagetest.PNG(imagetest.Turned(imagetest.Pattern(3000, 2000), 6)),
		bimg.Options{Type: bimg.JPEG, Quality: 95, InputICC: "srgb", OutputICC: "cmyk", StripMetadata: true})
	require.NoError(t, err)
	n, err := normalise(t, p, imagetest.AfterSOI(b, imagetest.EXIFSegment(imagetest.EXIF(6))))
	require.NoError(t, err)
	checkPicture(t, imagetest.File{Width: 2560, Height: 1707, Plain: true}, n)
	img, _, err := image.Decode(bytes.NewReader(n.Bytes))
	require.NoError(t, err)
	require.IsType(t, &image.YCbCr{}, img)
	near(t, imagetest.TopLeft, img.At(100, 100), 30)
	near(t, imagetest.TopRight, img.At(2460, 100), 30)
	near(t, imagetest.BottomRight, img.At(2460, 1600), 30)
}
