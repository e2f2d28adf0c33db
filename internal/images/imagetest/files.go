package imagetest

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"strings"
	"sync"
)

// File is a file and what has to become of it.
type File struct {
	Name  string
	Bytes []byte
	// Code is the error it is refused with; "" means that it is accepted.
	Code string
	// Width and Height are those of the accepted picture as it is shown.
	Width, Height int
	// Transparent pictures stay so.
	Transparent bool
	// Plain: its four quarters are not those of Pattern.
	Plain bool
}

// The codes of refusals.
const (
	InvalidType = "invalid_file_type"
	TooLarge    = "file_too_large"
	Broken      = "broken_image"
)

// Bad returns every kind of file that has to be refused.
var Bad = sync.OnceValue(bad)

// Odd returns files that look strange and are right.
var Odd = sync.OnceValue(odd)

func bad() []File {
	jpg, png, webp := JPEG(Pattern(128, 96), 85), PNG(Pattern(128, 96)), WebP(Pattern(128, 96))
	half := func(b []byte) []byte { return b[:len(b)*6/10] }
	badCRC := append([]byte(nil), png...)
	badCRC[len(badCRC)-20] ^= 1
	huge := TiledHEIC(1, 1, 60000, 60000)
	noise := JPEG(Photo(320, 240, 3), 85)
	var out []File
	add := func(code, name string, b []byte) { out = append(out, File{Name: name, Bytes: b, Code: code}) }

	add(InvalidType, "empty", nil)
	add(InvalidType, "two bytes of a JPEG", []byte{0xFF, 0xD8})
	add(InvalidType, "text", []byte("esto no es una foto, es un texto bastante largo para parecer algo"))
	add(InvalidType, "GIF", []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	add(InvalidType, "GIF bomb", GIFBomb())
	add(InvalidType, "BMP", concat([]byte("BM"), make([]byte, 200)))
	add(InvalidType, "TIFF", concat([]byte("II*\x00\x08\x00\x00\x00"), make([]byte, 200)))
	add(InvalidType, "AVIF", AVIF)
	add(InvalidType, "SVG", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>`))
	add(InvalidType, "PDF", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"))
	add(InvalidType, "MP4", Box("ftyp", []byte("isom\x00\x00\x02\x00isomiso2avc1mp41")))
	add(InvalidType, "MATLAB", concat([]byte("MATLAB 5.0 MAT-file, Platform: GLNXA64"), make([]byte, 200)))
	add(InvalidType, "MVG", []byte("push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 'https://example.com/x.jpg'\npop graphic-context"))
	add(InvalidType, "HTML", []byte("<!DOCTYPE html><script>alert(1)</script>"))
	add(InvalidType, "ZIP", concat([]byte("PK\x03\x04"), make([]byte, 200)))
	add(InvalidType, "program", concat([]byte("\x7fELF\x02\x01\x01"), make([]byte, 200)))
	add(InvalidType, "picture behind text", concat([]byte("hola "), jpg))

	add(TooLarge, "PNG of 50000 x 50000", PNGBomb())
	add(TooLarge, "PNG of one line", concat(PNGHeader(16384, 1, 8, 2, 0), Chunk("IDAT", Zeros(16384*3+1)), Chunk("IEND", nil)))
	add(TooLarge, "PNG bomb", concat(PNGHeader(12000, 12000, 8, 0, 0), Chunk("IDAT", Zeros(12000*12001)), Chunk("IEND", nil)))
	add(TooLarge, "interlaced PNG of 16 bits", concat(PNGHeader(7200, 7200, 16, 6, 1), Chunk("IDAT", Zeros(1<<20)), Chunk("IEND", nil)))
	add(TooLarge, "profile of 512 MB", AfterIHDR(png, Chunk("iCCP", concat([]byte("x\x00\x00"), Zeros(512<<20)))))
	add(TooLarge, "one-colour WebP", OneColour(16383, 16383))
	add(TooLarge, "scan bomb", ScanBomb(4096, 2647))
	add(TooLarge, "HEIC of 60000 x 60000", huge)
	add(TooLarge, "HEIC of many tiles", TiledHEIC(120, 120, 8000, 6000))

	add(Broken, "JPEG cut off", half(noise))
	add(Broken, "JPEG without its end", noise[:len(noise)-2])
	add(Broken, "JPEG cut off with an end", concat(half(noise), []byte{0xFF, 0xD9}))
	add(Broken, "JPEG header only", jpg[:180])
	add(Broken, "JPEG without a scan", []byte{0xFF, 0xD8, 0xFF, 0xD9})
	add(Broken, "JPEG of no height", concat(jpg[:2], Segment(0xC0, []byte{8, 0, 0, 0, 9, 1, 1, 0x11, 0}), jpg[2:]))
	add(Broken, "progressive JPEG cut off", half(ScanBomb(1024, 20)))
	add(Broken, "JPEG of garbage", concat(noise[:bytes.Index(noise, []byte{0xFF, 0xDA})+14], []byte(strings.Repeat("basura", 100)), []byte{0xFF, 0xD9}))
	add(Broken, "PNG cut off", half(png))
	add(Broken, "PNG without its end", png[:len(png)-12])
	add(Broken, "PNG header only", png[:33])
	add(Broken, "PNG with a wrong checksum", badCRC)
	add(Broken, "PNG with too few pixels", concat(PNGHeader(128, 96, 8, 2, 0), Chunk("IDAT", Zeros(128*3*40)), Chunk("IEND", nil)))
	add(Broken, "PNG of garbage", concat(PNGHeader(128, 96, 8, 2, 0), Chunk("IDAT", []byte("esto no son pixeles")), Chunk("IEND", nil)))
	add(Broken, "PNG without pixels", concat(PNGHeader(128, 96, 8, 2, 0), Chunk("IEND", nil)))
	add(Broken, "WebP cut off", half(webp))
	add(Broken, "WebP cut off with a fitting header", RIFF(RIFFChunk("VP8L", half(VP8L(Pattern(128, 96))))))
	add(Broken, "lossy WebP cut off", half(LossyWebP))
	add(Broken, "WebP header only", webp[:20])
	add(Broken, "HEIC cut off", half(HEIC))
	add(Broken, "HEIC header only", HEIC[:40])
	return out
}

func odd() []File {
	const w, h = 128, 96
	img := Pattern(w, h)
	jpg, png := JPEG(img, 92), PNG(img)
	var out []File
	add := func(name string, b []byte) *File {
		out = append(out, File{Name: name, Bytes: b, Width: w, Height: h})
		return &out[len(out)-1]
	}
	for o := uint16(1); o <= 8; o++ {
		turned := Turned(img, int(o))
		exif := EXIF(o)
		add("JPEG of orientation "+string('0'+rune(o)), AfterSOI(JPEG(turned, 92), EXIFSegment(exif)))
		add("PNG of orientation "+string('0'+rune(o)), AfterIHDR(PNG(turned), Chunk("eXIf", exif)))
		add("WebP of orientation "+string('0'+rune(o)), WebPWith(turned, exif))
	}
	add("HEIC", HEIC)
	tiled := add("tiled HEIC", TiledHEIC(2, 2, 2*w, 2*h))
	tiled.Width, tiled.Height, tiled.Plain = 2*w, 2*h, true
	add("JPEG with a second picture behind it", concat(jpg, JPEG(Photo(64, 64, 1), 80)))
	add("JPEG with zeros behind it", concat(jpg, make([]byte, 5000)))
	add("JPEG with a preview", AfterSOI(jpg, EXIFSegment(concat(EXIF(1), JPEG(Pattern(32, 32), 50)))))
	add("JPEG with XMP, IPTC and a comment", AfterSOI(jpg, Segment(0xE1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>GPS-40-25-01</x:xmpmeta>")),
		Segment(0xED, []byte("Photoshop 3.0\x008BIM GPS-40-25-01")), Segment(0xFE, []byte("GPS-40-25-01"))))
	add("JPEG with broken camera data", AfterSOI(jpg, EXIFSegment([]byte("II*\x00\xff\xff\xff\xff"))))
	add("JPEG with camera data in circles", AfterSOI(jpg, EXIFSegment([]byte("MM\x00*\x00\x00\x00\x08\xff\xff\x01\x12"))))
	add("JPEG with HTML behind it", concat(jpg, []byte("<html><script>alert(1)</script></html>")))
	add("JPEG with HTML in a comment", AfterSOI(jpg, Segment(0xFE, []byte("<html><script>alert(1)</script></html>"))))
	add("JPEG with a ZIP behind it", concat(jpg, []byte("PK\x03\x04"), make([]byte, 100)))
	add("JPEG with fill bytes", concat(jpg[:2], []byte{0xFF, 0xFF, 0xFF}, jpg[2:]))
	add("PNG with PHP in a text", AfterIHDR(png, Chunk("tEXt", []byte("Comment\x00<?php system($_GET[0]); ?> GPS-40-25-01"))))
	add("PNG with unpacking texts", AfterIHDR(png, manyTexts()...))
	add("PNG with zeros behind it", concat(png, make([]byte, 5000)))
	add("PNG with more pixels than it has", concat(pngWith(img, make([]byte, 100000))))
	add("APNG", apng(img))
	add("PNG with a profile nobody can read", AfterIHDR(png, Chunk("iCCP", []byte("x\x00\x00garbage"))))
	add("PNG of 16 bits", PNG(deep(img)))
	add("PNG with a palette", PNG(paletted(img)))
	add("WebP", WebP(img))
	add("WebP with SVG in its first bytes", RIFF(VP8X(WebPAlpha, w, h), RIFFChunk("XMP ", []byte("<svg GPS-40-25-01")), RIFFChunk("VP8L", VP8L(img))))
	add("lossy WebP", LossyWebP)
	add("WebP with zeros behind it", concat(WebP(img), make([]byte, 500)))
	add("animated WebP", AnimatedWebP(img, Pattern(w, h), image.NewNRGBA(img.Rect)))
	seeThrough := add("PNG with transparency", PNG(holed(img)))
	seeThrough.Transparent = true
	seeThrough = add("WebP with transparency", WebP(holed(img)))
	seeThrough.Transparent = true
	scans := add("JPEG of 64 scans", ScanBomb(1024, 64))
	scans.Width, scans.Height, scans.Plain = 1024, 1024, true
	dot := add("PNG of one pixel", PNG(Pattern(1, 1)))
	dot.Width, dot.Height, dot.Plain = 1, 1, true
	grey := add("grey JPEG", JPEG(greyed(img), 90))
	grey.Plain = true
	return out
}

// Turned returns the picture that a camera stores with that orientation when img
// is what it saw.
func Turned(img *image.NRGBA, orientation int) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	ow, oh := w, h
	if orientation >= 5 {
		ow, oh = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, ow, oh))
	for y := range h {
		for x := range w {
			var tx, ty int
			switch orientation {
			case 1:
				tx, ty = x, y
			case 2:
				tx, ty = w-1-x, y
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				tx, ty = x, h-1-y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = y, w-1-x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = h-1-y, x
			}
			out.SetNRGBA(tx, ty, img.NRGBAAt(x, y))
		}
	}
	return out
}

func deep(img *image.NRGBA) *image.NRGBA64 {
	out := image.NewNRGBA64(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			out.Set(x, y, img.At(x, y))
		}
	}
	return out
}

func paletted(img *image.NRGBA) *image.Paletted {
	out := image.NewPaletted(img.Rect, color.Palette{TopLeft, TopRight, BottomLeft, BottomRight})
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			out.Set(x, y, img.At(x, y))
		}
	}
	return out
}

func greyed(img *image.NRGBA) *image.Gray {
	out := image.NewGray(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			out.Set(x, y, img.At(x, y))
		}
	}
	return out
}

// holed has a transparent spot in the middle.
func holed(img *image.NRGBA) *image.NRGBA {
	out := image.NewNRGBA(img.Rect)
	copy(out.Pix, img.Pix)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for y := h * 3 / 8; y < h*5/8; y++ {
		for x := w * 3 / 8; x < w*5/8; x++ {
			out.SetNRGBA(x, y, color.NRGBA{})
		}
	}
	return out
}

// pngWith stores the pixels of a picture, and more behind them.
func pngWith(img *image.NRGBA, more []byte) []byte {
	var raw []byte
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for y := range h {
		raw = append(raw, 0)
		for x := range w {
			c := img.NRGBAAt(x, y)
			raw = append(raw, c.R, c.G, c.B)
		}
	}
	return concat(PNGHeader(uint32(w), uint32(h), 8, 2, 0), Chunk("IDAT", Deflate(concat(raw, more))), Chunk("IEND", nil))
}

// apng is img, followed by another frame.
func apng(img *image.NRGBA) []byte {
	w, h := uint32(img.Rect.Dx()), uint32(img.Rect.Dy())
	control := func(sequence uint32) []byte {
		b := binary.BigEndian.AppendUint32(nil, sequence)
		b = binary.BigEndian.AppendUint32(b, w)
		b = binary.BigEndian.AppendUint32(b, h)
		return append(b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10, 0, 0)
	}
	first := AfterIHDR(PNG(img), Chunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0}), Chunk("fcTL", control(0)))
	end := len(first) - 12
	second := concat([]byte{0, 0, 0, 2}, Deflate(make([]byte, int(h)*(int(w)*3+1))))
	return concat(first[:end], Chunk("fcTL", control(1)), Chunk("fdAT", second), first[end:])
}

// manyTexts would unpack to 4 GB of text.
func manyTexts() [][]byte {
	text := Chunk("zTXt", concat([]byte("Comment\x00\x00"), Zeros(8<<20)))
	out := make([][]byte, 500)
	for i := range out {
		out[i] = text
	}
	return out
}
