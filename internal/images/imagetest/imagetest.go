// Package imagetest makes picture files for tests: ordinary ones, odd ones, and
// ones that kill decoders. Everything is made in Go, byte by byte where the
// standard library has no encoder, so that a test says what is in its file.
package imagetest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
)

// Corners of Pattern, so that turning and mirroring show.
var (
	TopLeft     = color.NRGBA{R: 200, G: 30, B: 30, A: 255}
	TopRight    = color.NRGBA{R: 30, G: 160, B: 40, A: 255}
	BottomLeft  = color.NRGBA{R: 40, G: 60, B: 200, A: 255}
	BottomRight = color.NRGBA{R: 230, G: 220, B: 60, A: 255}
)

// Pattern is a picture of four plain quarters.
func Pattern(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := TopLeft
			switch {
			case x >= w/2 && y >= h/2:
				c = BottomRight
			case x >= w/2:
				c = TopRight
			case y >= h/2:
				c = BottomLeft
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

// Photo is a picture with about as much detail as a camera's.
func Photo(w, h int, seed uint64) *image.YCbCr {
	rng := rand.New(rand.NewPCG(seed, 1))
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	texture := make([]byte, 1<<16)
	for i := range texture {
		texture[i] = byte(rng.IntN(14))
	}
	for y := range h {
		row := img.Y[y*img.YStride:]
		shift := rng.IntN(1 << 15)
		for x := range w {
			edge := 0
			if (x*7/w+y*5/h)%2 == 0 {
				edge = 50
			}
			row[x] = byte(40 + x*60/w + y*60/h + edge + int(texture[(shift+x)&0xFFFF]))
		}
	}
	for y := range (h + 1) / 2 {
		for x := range (w + 1) / 2 {
			i := y*img.CStride + x
			img.Cb[i], img.Cr[i] = byte(100+x*110/w), byte(160-y*110/h)
		}
	}
	return img
}

// JPEG encodes a picture.
func JPEG(img image.Image, quality int) []byte {
	var b bytes.Buffer
	must(jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}))
	return b.Bytes()
}

// PNG encodes a picture; its type decides depth and palette.
func PNG(img image.Image) []byte {
	var b bytes.Buffer
	must((&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img))
	return b.Bytes()
}

// EXIF is a TIFF structure with an orientation and the place where the photo
// was taken.
func EXIF(orientation uint16) []byte {
	le := binary.LittleEndian
	b := []byte("II*\x00\x08\x00\x00\x00")
	entry := func(tag, kind uint16, count, value uint32) {
		b = le.AppendUint16(b, tag)
		b = le.AppendUint16(b, kind)
		b = le.AppendUint32(b, count)
		b = le.AppendUint32(b, value)
	}
	b = le.AppendUint16(b, 2)
	entry(0x0112, 3, 1, uint32(orientation))
	const gps = 8 + 2 + 2*12 + 4
	entry(0x8825, 4, 1, gps)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint16(b, 2)
	entry(1, 2, 2, 'N')
	const degrees = gps + 2 + 2*12 + 4
	entry(2, 5, 3, degrees)
	b = le.AppendUint32(b, 0)
	for _, n := range []uint32{40, 1, 25, 1, 1, 1} {
		b = le.AppendUint32(b, n)
	}
	return append(b, "GPS-40-25-01"...)
}

// Segment is one of a JPEG.
func Segment(marker byte, body []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2))
	return append(b, body...)
}

// AfterSOI puts segments at the front of a JPEG.
func AfterSOI(jpeg []byte, segments ...[]byte) []byte {
	return concat(jpeg[:2], concat(segments...), jpeg[2:])
}

// EXIFSegment is an APP1 segment with camera data.
func EXIFSegment(exif []byte) []byte { return Segment(0xE1, concat([]byte("Exif\x00\x00"), exif)) }

// ProfileSegment is an APP2 segment with a whole colour profile.
func ProfileSegment(profile []byte) []byte {
	return Segment(0xE2, concat([]byte("ICC_PROFILE\x00\x01\x01"), profile))
}

// Chunk is one of a PNG.
func Chunk(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// AfterIHDR puts chunks behind the header of a PNG.
func AfterIHDR(png []byte, chunks ...[]byte) []byte {
	const header = 8 + 25
	return concat(png[:header], concat(chunks...), png[header:])
}

// PNGHeader is a PNG's signature and header.
func PNGHeader(w, h uint32, depth, colour, interlace byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, w)
	b = binary.BigEndian.AppendUint32(b, h)
	return concat([]byte("\x89PNG\r\n\x1a\n"), Chunk("IHDR", append(b, depth, colour, 0, 0, interlace)))
}

func concat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func must(err error) {
	if err != nil {
		panic(err)
	}
}
