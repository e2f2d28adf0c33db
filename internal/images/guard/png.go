package guard

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
)

var pngSignature = []byte("\x89PNG\r\n\x1a\n")

// Colour types of PNG.
const (
	pngGrey      = 0
	pngRGB       = 2
	pngPalette   = 3
	pngGreyAlpha = 4
	pngRGBA      = 6
)

// checkPNG walks the chunks up to IEND.
func checkPNG(b []byte) (Info, error) {
	info := Info{Type: PNG}
	info.keep(0, len(pngSignature))
	data := false
	at := len(pngSignature)
	for n := 0; n <= maxParts; n++ {
		if at+12 > len(b) {
			return Info{}, broken("cut off")
		}
		length := int64(binary.BigEndian.Uint32(b[at:]))
		name := string(b[at+4 : at+8])
		if length > int64(len(b)-at-12) {
			return Info{}, broken("chunk cut off")
		}
		end := at + 12 + int(length)
		body := b[at+8 : end-4]
		if (n == 0) != (name == "IHDR") {
			return Info{}, broken("misplaced header")
		}
		critical := name[0]&0x20 == 0
		if critical && crc32.ChecksumIEEE(b[at+4:end-4]) != binary.BigEndian.Uint32(b[end-4:]) {
			return Info{}, broken("checksum")
		}
		switch name {
		case "IHDR":
			if err := pngHeader(&info, body); err != nil {
				return Info{}, err
			}
			info.keep(at, end)
		case "PLTE", "tRNS":
			info.keep(at, end)
		case "IDAT":
			data = true
			info.keep(at, end)
		case "IEND":
			if !data {
				return Info{}, broken("no pixels")
			}
			info.keep(at, end)
			return info, nil
		case "iCCP":
			ok, err := pngProfile(body)
			if err != nil {
				return Info{}, err
			}
			if ok && !info.Profile && !data {
				info.Profile = true
				info.keep(at, end)
			}
		case "eXIf":
			if info.Orientation == 0 {
				info.Orientation = orientation(bytes.TrimPrefix(body, exifHeader))
			}
		default:
			if critical {
				return Info{}, broken("unknown critical chunk")
			}
		}
		at = end
	}
	return Info{}, broken("too many chunks")
}

func pngHeader(info *Info, body []byte) error {
	if len(body) != 13 {
		return broken("header length")
	}
	width, height := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])
	if width > 1<<31-1 || height > 1<<31-1 {
		return broken("header")
	}
	info.Width, info.Height = int(width), int(height)
	depth, colour, interlaced := int(body[8]), body[9], body[12]
	if body[10] != 0 || body[11] != 0 || interlaced > 1 || !pngDepth(colour, depth) {
		return broken("header")
	}
	if err := size(info.Width, info.Height); err != nil {
		return err
	}
	// Interlaced files are held as a whole, palettes as full colours.
	channels := map[byte]int{pngGrey: 1, pngRGB: 3, pngPalette: 4, pngGreyAlpha: 2, pngRGBA: 4}[colour]
	if interlaced == 1 && info.Width*info.Height*channels*max(depth, 8)/8 > maxHeld {
		return tooLarge("interlaced")
	}
	return nil
}

func pngDepth(colour byte, depth int) bool {
	switch colour {
	case pngGrey:
		return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16
	case pngPalette:
		return depth == 1 || depth == 2 || depth == 4 || depth == 8
	case pngRGB, pngGreyAlpha, pngRGBA:
		return depth == 8 || depth == 16
	}
	return false
}

// pngProfile unpacks a colour profile as far as one may go; false is one that
// does not unpack, which decoders ignore too.
func pngProfile(body []byte) (bool, error) {
	name := bytes.IndexByte(body[:min(len(body), 80)], 0)
	if name < 1 || name+2 > len(body) || body[name+1] != 0 {
		return false, nil
	}
	r, err := zlib.NewReader(bytes.NewReader(body[name+2:]))
	if err != nil {
		return false, nil //nolint:nilerr // a profile nobody can read
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, MaxProfile+1))
	if n > MaxProfile {
		return false, tooLarge("colour profile")
	}
	return err == nil && n > 0, nil
}
