package imagetest

import (
	"encoding/binary"
	"image"
	"math/bits"
)

// bitWriter packs bits as VP8L does, the lowest first.
type bitWriter struct {
	b    []byte
	used int
}

func (w *bitWriter) put(value uint32, n int) {
	for i := range n {
		if w.used%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(value>>i&1) << (w.used % 8)
		w.used++
	}
}

// one writes a prefix code with a single symbol, which then takes no bits.
func (w *bitWriter) one(symbol uint32) {
	w.put(1, 1) // simple
	w.put(0, 1) // one symbol
	w.put(1, 1) // of eight bits
	w.put(symbol, 8)
}

// flat writes a prefix code in which the first 256 symbols have eight bits each.
func (w *bitWriter) flat(symbols int) {
	w.put(0, 1) // not simple
	// Lengths of the code of lengths, in VP8L's own order 17 18 0 1 2 3 4 5 16 6 7 8:
	// 0 and 8 have one bit each.
	w.put(12-4, 4)
	for _, length := range []uint32{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1} {
		w.put(length, 3)
	}
	w.put(0, 1) // a length for every symbol
	for i := range symbols {
		if i < 256 {
			w.put(1, 1)
		} else {
			w.put(0, 1)
		}
	}
}

func vp8lHeader(w, h int) *bitWriter {
	b := &bitWriter{}
	b.put(0x2F, 8)
	b.put(uint32(w-1), 14)
	b.put(uint32(h-1), 14)
	b.put(1, 1) // alpha
	b.put(0, 3) // version
	b.put(0, 1) // no transform
	b.put(0, 1) // no colour cache
	b.put(0, 1) // one set of codes
	return b
}

// VP8L is the bit stream of a lossless WebP, uncompressed.
func VP8L(img *image.NRGBA) []byte {
	size := img.Rect.Size()
	w := vp8lHeader(size.X, size.Y)
	w.flat(280)
	w.flat(256)
	w.flat(256)
	w.flat(256)
	w.one(0)
	for y := range size.Y {
		for x := range size.X {
			c := img.NRGBAAt(x, y)
			for _, v := range []byte{c.G, c.R, c.B, c.A} {
				w.put(uint32(bits.Reverse8(v)), 8)
			}
		}
	}
	return w.b
}

// OneColour is a lossless WebP of any size in some thirty bytes.
func OneColour(w, h int) []byte {
	b := vp8lHeader(w, h)
	for range 4 {
		b.one(128)
	}
	b.one(0)
	return RIFF(RIFFChunk("VP8L", b.b))
}

// RIFFChunk is one of a WebP.
func RIFFChunk(name string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// RIFF is a WebP of chunks.
func RIFF(chunks ...[]byte) []byte {
	body := concat([]byte("WEBP"), concat(chunks...))
	return concat(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body)
}

// Flags of a VP8X chunk.
const (
	WebPAnimated = 0x02
	WebPEXIF     = 0x08
	WebPAlpha    = 0x10
	WebPProfile  = 0x20
)

// VP8X is the chunk that says what else is in the file.
func VP8X(flags byte, w, h int) []byte {
	return RIFFChunk("VP8X", concat([]byte{flags, 0, 0, 0}, le24(w-1), le24(h-1)))
}

// ANMF is a frame that fills the canvas.
func ANMF(w, h int, vp8l []byte) []byte {
	return RIFFChunk("ANMF", concat(make([]byte, 6), le24(w-1), le24(h-1), le24(100), []byte{0}, RIFFChunk("VP8L", vp8l)))
}

// WebP is a still.
func WebP(img *image.NRGBA) []byte { return RIFF(RIFFChunk("VP8L", VP8L(img))) }

// WebPWith is a still with camera data.
func WebPWith(img *image.NRGBA, exif []byte) []byte {
	size := img.Rect.Size()
	return RIFF(VP8X(WebPEXIF|WebPAlpha, size.X, size.Y), RIFFChunk("VP8L", VP8L(img)), RIFFChunk("EXIF", exif))
}

// AnimatedWebP is an animation.
func AnimatedWebP(frames ...*image.NRGBA) []byte {
	size := frames[0].Rect.Size()
	chunks := [][]byte{VP8X(WebPAnimated|WebPAlpha, size.X, size.Y), RIFFChunk("ANIM", make([]byte, 6))}
	for _, f := range frames {
		chunks = append(chunks, ANMF(size.X, size.Y, VP8L(f)))
	}
	return RIFF(chunks...)
}

func le24(v int) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16)} }
