// Package guard decides from an upload's bytes alone whether a decoder may see
// it: what it really is, how large it says it is, and whether it is all there.
// It is plain Go, reads each byte a bounded number of times, and trusts nothing:
// neither names nor declared types reach it.
package guard

import (
	"bytes"

	"github.com/msia/msia/internal/fault"
)

// Type is what the bytes are, as a media type.
type Type string

// The types that are let through; everything else is ErrType.
const (
	JPEG Type = "image/jpeg"
	PNG  Type = "image/png"
	WebP Type = "image/webp"
	HEIF Type = "image/heic"
)

// What a file may ask of the decoder.
const (
	// MaxBytes is the size of a file: 10 MB.
	MaxBytes = 10 << 20
	// MaxPixels is width × height: the 8192 × 6144 of a 50-megapixel phone fits.
	MaxPixels = 50 << 20
	// MaxSide is the longer of width and height; it is also WebP's own limit.
	MaxSide = 16383
	// MaxScans bounds the passes over a JPEG. Ordinary progressive files have 10;
	// each costs a walk over all pixels.
	MaxScans = 64
	// MaxFrames bounds an animation, of which only the first frame is decoded.
	MaxFrames = 2000
	// MaxProfile is the size of a colour profile, unpacked. Printers' are about 1 MB.
	MaxProfile = 4 << 20
	// maxHeld is how many bytes of pixels a decoder may have to hold at once when
	// a format cannot be read from top to bottom.
	maxHeld = 320 << 20
	// maxParts bounds the segments, chunks or boxes of one file.
	maxParts = 1 << 16
)

// The three ways to be refused.
var (
	ErrType     = fault.New(fault.BadRequest, "invalid_file_type", "Invalid file type")
	ErrTooLarge = fault.New(fault.BadRequest, "file_too_large", "File too large")
	ErrBroken   = fault.New(fault.BadRequest, "broken_image", "Broken image")
)

// Info is what the bytes say.
type Info struct {
	Type Type
	// Width and Height are in pixels, before Orientation is applied.
	Width, Height int
	// Orientation is EXIF's, 1 to 8; 1 when there is none. HEIF turns itself.
	Orientation int
	// Profile: a colour profile is embedded.
	Profile bool
	// Channels is 4 for the CMYK of a JPEG; 0 where it does not matter.
	Channels int
	// Keep is what the decoder needs, in order: no comments, no camera data, no
	// thumbnails, nothing after the end.
	Keep []Range
}

// Range is a part of the file, from Start up to but not including End.
type Range struct{ Start, End int }

// Check looks at a whole file. Errors: ErrType, ErrTooLarge, ErrBroken, each
// with its reason as the cause.
func Check(b []byte) (Info, error) {
	if len(b) > MaxBytes {
		return Info{}, ErrTooLarge
	}
	var (
		info Info
		err  error
	)
	switch Sniff(b) {
	case JPEG:
		info, err = checkJPEG(b)
	case PNG:
		info, err = checkPNG(b)
	case WebP:
		info, err = checkWebP(b)
	case HEIF:
		info, err = checkHEIF(b)
	default:
		return Info{}, ErrType
	}
	if err != nil {
		return Info{}, err
	}
	if info.Orientation == 0 {
		info.Orientation = 1
	}
	return info, nil
}

// Sniff tells the type from the first bytes; "" is none of ours.
func Sniff(b []byte) Type {
	switch {
	case len(b) >= 3 && b[0] == 0xFF && b[1] == 0xD8 && b[2] == 0xFF:
		return JPEG
	case bytes.HasPrefix(b, pngSignature):
		return PNG
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return WebP
	case len(b) >= 12 && string(b[4:8]) == "ftyp" && isHEIC(b):
		return HEIF
	}
	return ""
}

// size checks declared dimensions.
func size(width, height int) error {
	switch {
	case width <= 0 || height <= 0:
		return broken("no size")
	case width > MaxSide || height > MaxSide || width*height > MaxPixels:
		return ErrTooLarge
	}
	return nil
}

// reason is why a file was refused; it is only logged.
type reason string

// Error returns the words.
func (r reason) Error() string { return string(r) }

func broken(why string) error { return ErrBroken.Because(reason(why)) }

func tooLarge(why string) error { return ErrTooLarge.Because(reason(why)) }

// keep adds a range, joined to the last one where they touch.
func (i *Info) keep(start, end int) {
	if n := len(i.Keep); n > 0 && i.Keep[n-1].End == start {
		i.Keep[n-1].End = end
		return
	}
	i.Keep = append(i.Keep, Range{start, end})
}
