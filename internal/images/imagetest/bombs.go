package imagetest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
)

// GIFBomb is 35 bytes that ask for 65535 × 65535 pixels: libvips allocates them
// and GLib ends the process.
func GIFBomb() []byte {
	return []byte("GIF89a\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02D\x01\x00;")
}

// PNGBomb is 74 bytes that ask for 50000 × 50000 pixels.
func PNGBomb() []byte {
	return concat(PNGHeader(50000, 50000, 8, 2, 0), Chunk("IDAT", []byte("x\x9cc\x00\x00")), Chunk("IEND", nil))
}

// ScanBomb is a legal progressive JPEG, grey, of side × side pixels (a multiple
// of 1024) with many passes over them, each a few bytes long.
func ScanBomb(side, scans int) []byte {
	be := binary.BigEndian
	b := []byte{0xFF, 0xD8}
	table := make([]byte, 65)
	for i := range 64 {
		table[1+i] = 1
	}
	b = append(b, Segment(0xDB, table)...)
	frame := be.AppendUint16([]byte{8}, uint16(side))
	frame = be.AppendUint16(frame, uint16(side))
	b = append(b, Segment(0xC2, append(frame, 1, 1, 0x11, 0))...)
	// One code of one bit each: "no difference" for DC, "nothing more in 2^14
	// blocks", to which 14 bits could add some, for AC.
	code := func(class, symbol byte) []byte {
		counts := make([]byte, 16)
		counts[0] = 1
		return Segment(0xC4, concat([]byte{class << 4}, counts, []byte{symbol}))
	}
	b = append(b, code(0, 0)...)
	b = append(b, code(1, 0xE0)...)
	blocks := side / 8 * (side / 8)
	scan := func(first, last, approx byte) { b = append(b, Segment(0xDA, []byte{1, 1, 0, first, last, approx})...) }
	scan(0, 0, 0)
	b = append(b, make([]byte, blocks/8)...)
	for i := range scans - 1 {
		band := byte(1 + i%63)
		scan(band, band, 0)
		var w msbWriter
		for range blocks >> 14 {
			w.put(0, 1+14)
		}
		b = append(b, w.done()...)
	}
	return append(b, 0xFF, 0xD9)
}

// msbWriter packs bits as JPEG does, the highest first.
type msbWriter struct {
	b    []byte
	used int
}

func (w *msbWriter) put(value uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		if w.used%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(value>>i&1) << (7 - w.used%8)
		w.used++
	}
}

// done fills the last byte with ones and escapes what looks like a marker.
func (w *msbWriter) done() []byte {
	for w.used%8 != 0 {
		w.put(1, 1)
	}
	return bytes.ReplaceAll(w.b, []byte{0xFF}, []byte{0xFF, 0})
}

// Zeros is n zero bytes, compressed; it costs next to nothing to make.
func Zeros(n int64) []byte {
	const unit = 1 << 20
	var out bytes.Buffer
	z, err := zlib.NewWriterLevel(&out, zlib.BestCompression)
	must(err)
	block := make([]byte, unit)
	write := func(n int64) []byte {
		start := out.Len()
		_, err := z.Write(block[:n])
		must(err)
		must(z.Flush())
		return bytes.Clone(out.Bytes()[start:])
	}
	var repeats []byte
	left := n
	if n > 3*unit {
		write(unit)
		// It copies zeros from before itself, so it may stand there many times.
		again := write(unit)
		left = n % unit
		repeats = bytes.Repeat(again, int(n/unit)-2)
	}
	middle := out.Len()
	for left > 0 {
		write(min(left, unit))
		left -= unit
	}
	must(z.Close())
	all := concat(out.Bytes()[:middle], repeats, out.Bytes()[middle:])
	sum := uint32(n%65521)<<16 | 1 // Adler-32 of zeros
	return binary.BigEndian.AppendUint32(all[:len(all)-4], sum)
}

// Deflate compresses b.
func Deflate(b []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, err := z.Write(b)
	must(err)
	must(z.Close())
	return out.Bytes()
}
