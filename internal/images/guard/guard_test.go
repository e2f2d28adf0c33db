package guard_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
)

// decoderFinds are the broken files whose structure is sound: only decoding
// shows what is missing.
var decoderFinds = map[string]bool{
	"JPEG cut off with an end": true, "JPEG of garbage": true, "PNG with too few pixels": true,
	"PNG of garbage": true, "WebP cut off with a fitting header": true,
}

func TestBadFilesAreRefused(t *testing.T) {
	t.Parallel()
	for _, f := range imagetest.Bad() {
		t.Run(f.Name, func(t *testing.T) {
			start := time.Now()
			_, err := guard.Check(f.Bytes)
			assert.Less(t, time.Since(start), time.Second)
			if decoderFinds[f.Name] {
				require.NoError(t, err, "the guard is not expected to see this")
				return
			}
			var refusal *fault.Error
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, f.Code, refusal.Code, "%v", err)
			assert.Equal(t, fault.BadRequest, refusal.Kind)
		})
	}
}

func TestOddFilesPass(t *testing.T) {
	t.Parallel()
	for _, f := range imagetest.Odd() {
		t.Run(f.Name, func(t *testing.T) {
			info, err := guard.Check(f.Bytes)
			require.NoError(t, err)
			w, h := info.Width, info.Height
			if info.Orientation >= 5 {
				w, h = h, w
			}
			assert.Equal(t, [2]int{f.Width, f.Height}, [2]int{w, h})
		})
	}
}

// TestOrientationIsRead has one file per type and value.
func TestOrientationIsRead(t *testing.T) {
	t.Parallel()
	img := imagetest.Pattern(8, 8)
	for o := 1; o <= 8; o++ {
		exif := imagetest.EXIF(uint16(o))
		for name, b := range map[string][]byte{
			"JPEG": imagetest.AfterSOI(imagetest.JPEG(img, 80), imagetest.EXIFSegment(exif)),
			"PNG":  imagetest.AfterIHDR(imagetest.PNG(img), imagetest.Chunk("eXIf", exif)),
			"WebP": imagetest.WebPWith(img, exif),
		} {
			info, err := guard.Check(b)
			require.NoError(t, err)
			require.Equal(t, o, info.Orientation, name)
		}
	}
	for _, o := range []uint16{0, 9, 65535} {
		info, err := guard.Check(imagetest.AfterSOI(imagetest.JPEG(img, 80), imagetest.EXIFSegment(imagetest.EXIF(o))))
		require.NoError(t, err)
		require.Equal(t, 1, info.Orientation)
	}
}

// TestWhatTheDecoderSees: nothing about the photographer is left in what is
// kept, and a profile is.
func TestWhatTheDecoderSees(t *testing.T) {
	t.Parallel()
	for _, f := range imagetest.Odd() {
		info, err := guard.Check(f.Bytes)
		require.NoError(t, err)
		if info.Type != guard.JPEG && info.Type != guard.PNG {
			continue
		}
		var kept []byte
		for _, r := range info.Keep {
			kept = append(kept, f.Bytes[r.Start:r.End]...)
		}
		require.NotContains(t, string(kept), "GPS", f.Name)
		require.NotContains(t, string(kept), "script", f.Name)
		again, err := guard.Check(kept)
		require.NoError(t, err, "%s: what is kept has to be a whole file", f.Name)
		require.Equal(t, []guard.Range{{0, len(kept)}}, again.Keep, f.Name)
	}
	jpeg := imagetest.AfterSOI(imagetest.JPEG(imagetest.Pattern(8, 8), 80), imagetest.ProfileSegment([]byte("a profile")))
	info, err := guard.Check(jpeg)
	require.NoError(t, err)
	require.True(t, info.Profile)
	require.Equal(t, []guard.Range{{0, len(jpeg)}}, info.Keep)
}

// TestLimits are hit exactly.
func TestLimits(t *testing.T) {
	t.Parallel()
	body := append(imagetest.JPEG(imagetest.Pattern(8, 8), 80), make([]byte, guard.MaxBytes)...)
	_, err := guard.Check(body[:guard.MaxBytes])
	require.NoError(t, err)
	_, err = guard.Check(body[:guard.MaxBytes+1])
	require.ErrorIs(t, err, guard.ErrTooLarge)

	for name, c := range map[string]struct {
		w, h int
		want error
	}{
		"longest side":        {16383, 3000, nil},
		"longer":              {16384, 3000, guard.ErrTooLarge},
		"50-megapixel phone":  {8192, 6144, nil},
		"most pixels":         {8192, 6400, nil},
		"one column too many": {8193, 6400, guard.ErrTooLarge},
	} {
		_, err := guard.Check(imagetest.OneColour(min(c.w, 16384), c.h))
		if c.want == nil {
			require.NoError(t, err, name)
		} else {
			require.ErrorIs(t, err, c.want, name)
		}
	}
	_, err = guard.Check(imagetest.ScanBomb(1024, guard.MaxScans))
	require.NoError(t, err)
	_, err = guard.Check(imagetest.ScanBomb(1024, guard.MaxScans+1))
	require.ErrorIs(t, err, guard.ErrTooLarge)
}

// TestTimeIsLinear has the largest files of the worst kinds.
func TestTimeIsLinear(t *testing.T) {
	t.Parallel()
	fill := func(head []byte, unit ...byte) []byte {
		b := make([]byte, 0, guard.MaxBytes)
		b = append(b, head...)
		for len(b)+len(unit) <= guard.MaxBytes {
			b = append(b, unit...)
		}
		return b
	}
	jpeg := imagetest.JPEG(imagetest.Pattern(8, 8), 80)
	for name, b := range map[string][]byte{
		"fill bytes":        fill(jpeg[:2], 0xFF),
		"stray bytes":       fill(jpeg[:2], 0xFF, 0),
		"restarts":          fill(jpeg[:len(jpeg)-2], 0xFF, 0xD0),
		"empty segments":    fill(jpeg[:2], 0xFF, 0xFE, 0, 2),
		"empty chunks":      fill(imagetest.PNGHeader(8, 8, 8, 2, 0), imagetest.Chunk("tEXt", nil)...),
		"empty boxes":       fill(imagetest.Box("ftyp", []byte("heic\x00\x00\x00\x00heic")), imagetest.Box("free")...),
		"items of no size":  imagetest.Box("ftyp", []byte("heic\x00\x00\x00\x00heic")),
		"many associations": fill(nil, 0),
	} {
		switch name {
		case "items of no size": // iloc whose numbers have no bytes, with 65535 extents each
			items := fill(nil, 0, 1, 0, 0, 0xFF, 0xFF)
			items = items[:len(items)-100]
			iloc := imagetest.FullBox("iloc", 0, []byte{0, 0, 0xFF, 0xFF}, items)
			b = append(b, imagetest.FullBox("meta", 0, iloc)...)
		case "many associations":
			ipma := imagetest.FullBox("ipma", 0, []byte{0xFF, 0xFF, 0xFF, 0xFF}, b[:guard.MaxBytes-200])
			b = append(imagetest.Box("ftyp", []byte("heic\x00\x00\x00\x00heic")), imagetest.FullBox("meta", 0, imagetest.Box("iprp", ipma))...)
		}
		start := time.Now()
		_, err := guard.Check(b)
		require.Error(t, err, name)
		require.Less(t, time.Since(start), 2*time.Second, name)
	}
}
