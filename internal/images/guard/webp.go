package guard

import (
	"bytes"
	"encoding/binary"
)

// checkWebP walks the chunks of the RIFF container; what follows it does not
// count.
func checkWebP(b []byte) (Info, error) {
	size64 := int64(binary.LittleEndian.Uint32(b[4:])) + 8
	if size64 > int64(len(b))+1 { // some writers forget the last padding
		return Info{}, broken("cut off")
	}
	if size64 < 12+8 {
		return Info{}, broken("no chunk")
	}
	w := webpWalk{info: Info{Type: WebP}}
	total := min(int(size64), len(b))
	w.info.keep(0, total)
	err := riff(b[12:total], func(name string, body []byte) error { return w.chunk(name, body) })
	switch {
	case err != nil:
		return Info{}, err
	case !w.image:
		return Info{}, broken("no image")
	}
	return w.info, size(w.info.Width, w.info.Height)
}

// riff calls fn with each chunk of b.
func riff(b []byte, fn func(name string, body []byte) error) error {
	for n := 0; len(b) > 0; n++ {
		if n > maxParts {
			return broken("too many chunks")
		}
		if len(b) < 8 {
			return broken("chunk header cut off")
		}
		length := int64(binary.LittleEndian.Uint32(b[4:]))
		if length > int64(len(b)-8) {
			return broken("chunk cut off")
		}
		if err := fn(string(b[:4]), b[8:8+length]); err != nil {
			return err
		}
		b = b[min(len(b), 8+int(length+length&1)):]
	}
	return nil
}

// webpWalk is what is known so far. With a VP8X chunk the canvas is known before
// the first picture.
type webpWalk struct {
	info   Info
	first  string
	image  bool
	frames int
}

func (w *webpWalk) chunk(name string, body []byte) error {
	if w.first == "" {
		w.first = name
		switch name {
		case "VP8 ", "VP8L", "VP8X":
		default:
			return broken("unknown first chunk")
		}
	}
	switch name {
	case "VP8X":
		if len(body) < 10 || w.first != name || w.info.Width != 0 {
			return broken("canvas")
		}
		w.info.Width, w.info.Height = 1+uint24(body[4:]), 1+uint24(body[7:])
		return size(w.info.Width, w.info.Height)
	case "VP8 ", "VP8L":
		return w.picture(name, body)
	case "ANMF":
		return w.frame(body)
	case "ICCP":
		if len(body) > MaxProfile {
			return tooLarge("colour profile")
		}
		w.info.Profile = len(body) > 0
	case "EXIF":
		if w.info.Orientation == 0 {
			w.info.Orientation = orientation(bytes.TrimPrefix(body, exifHeader))
		}
	}
	return nil
}

// picture is the one of a still.
func (w *webpWalk) picture(name string, body []byte) error {
	if w.image {
		return nil // readers look at the first one only
	}
	width, height, err := webpPicture(name, body)
	if err != nil {
		return err
	}
	if w.info.Width == 0 {
		w.info.Width, w.info.Height = width, height
	} else if w.info.Width != width || w.info.Height != height {
		return broken("picture and canvas differ")
	}
	w.image = true
	return size(width, height)
}

// frame is one of an animation.
func (w *webpWalk) frame(body []byte) error {
	if w.info.Width == 0 || len(body) < 16 {
		return broken("frame")
	}
	if w.frames++; w.frames > MaxFrames {
		return tooLarge("frames")
	}
	right, bottom := 2*uint24(body)+1+uint24(body[6:]), 2*uint24(body[3:])+1+uint24(body[9:])
	if right > w.info.Width || bottom > w.info.Height {
		return broken("frame outside the canvas")
	}
	found := false
	err := riff(body[16:], func(name string, body []byte) error {
		if found || name != "VP8 " && name != "VP8L" {
			return nil
		}
		found = true
		width, height, err := webpPicture(name, body)
		if err != nil {
			return err
		}
		return size(width, height)
	})
	if err == nil && !found {
		return broken("empty frame")
	}
	w.image = true
	return err
}

// webpPicture reads the size from a bit stream's header.
func webpPicture(name string, b []byte) (width, height int, err error) {
	if name == "VP8L" {
		if len(b) < 5 || b[0] != 0x2F {
			return 0, 0, broken("lossless header")
		}
		bits := binary.LittleEndian.Uint32(b[1:])
		return 1 + int(bits&0x3FFF), 1 + int(bits>>14&0x3FFF), nil
	}
	if len(b) < 10 || b[0]&1 != 0 || b[3] != 0x9D || b[4] != 0x01 || b[5] != 0x2A {
		return 0, 0, broken("lossy header")
	}
	if first := uint24(b) >> 5; 10+first > len(b) {
		return 0, 0, broken("first partition cut off")
	}
	return int(binary.LittleEndian.Uint16(b[6:]) & 0x3FFF), int(binary.LittleEndian.Uint16(b[8:]) & 0x3FFF), nil
}

// uint24 reads three bytes.
func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
