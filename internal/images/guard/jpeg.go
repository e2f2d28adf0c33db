package guard

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG.
const (
	markerTEM  = 0x01
	markerSOF0 = 0xC0
	markerDHT  = 0xC4
	markerJPG  = 0xC8
	markerDAC  = 0xCC
	markerSOF  = 0xCF // the last of them
	markerRST0 = 0xD0
	markerRST7 = 0xD7
	markerSOI  = 0xD8
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerAPP0 = 0xE0
	markerAPP1 = 0xE1
	markerAPP2 = 0xE2
	markerAPPE = 0xEE // Adobe: which colours four channels are
	markerAPPF = 0xEF
	markerCOM  = 0xFE
)

var (
	exifHeader    = []byte("Exif\x00\x00")
	profileHeader = []byte("ICC_PROFILE\x00")
)

// checkJPEG walks the markers up to the end of the image. What follows is
// nobody's business: phones put a second picture there.
func checkJPEG(b []byte) (Info, error) {
	j := jpegWalk{b: b, info: Info{Type: JPEG}}
	j.info.keep(0, 2)
	for at, n := 2, 0; ; n++ {
		if n > maxParts {
			return Info{}, broken("too many segments")
		}
		start, marker := nextMarker(b, at)
		if start < 0 {
			return Info{}, broken("cut off")
		}
		if marker == markerEOI {
			if j.scans == 0 {
				return Info{}, broken("no scan")
			}
			j.info.keep(start, start+2)
			return j.info, nil
		}
		if marker == markerTEM || marker >= markerRST0 && marker <= markerRST7 {
			at = start + 2
			continue
		}
		if marker == markerSOI || start+4 > len(b) {
			return Info{}, broken("misplaced start or cut off")
		}
		end := start + 2 + int(binary.BigEndian.Uint16(b[start+2:]))
		if end < start+4 || end > len(b) {
			return Info{}, broken("segment cut off")
		}
		var err error
		if at, err = j.segment(marker, start, end); err != nil {
			return Info{}, err
		}
	}
}

// jpegWalk is what is known so far.
type jpegWalk struct {
	b       []byte
	info    Info
	scans   int
	profile int
}

// nextMarker finds the next marker from at on, skipping fill bytes and, as
// decoders do, stray ones. start is where its 0xFF stands; -1 means none.
func nextMarker(b []byte, at int) (start int, marker byte) {
	for at < len(b) {
		i := bytes.IndexByte(b[at:], 0xFF)
		if i < 0 {
			break
		}
		at += i
		for at+1 < len(b) && b[at+1] == 0xFF {
			at++
		}
		if at+1 >= len(b) {
			break
		}
		if b[at+1] != 0 {
			return at, b[at+1]
		}
		at += 2
	}
	return -1, 0
}

// segment looks at the one from start to end and returns where the next begins.
func (j *jpegWalk) segment(marker byte, start, end int) (int, error) {
	body := j.b[start+4 : end]
	switch {
	case marker == markerSOS:
		return j.scan(start, end)
	case marker >= markerSOF0 && marker <= markerSOF && marker != markerDHT && marker != markerJPG && marker != markerDAC:
		if err := j.frame(body); err != nil {
			return 0, err
		}
	case marker == markerAPP1:
		if j.info.Orientation == 0 && bytes.HasPrefix(body, exifHeader) {
			j.info.Orientation = orientation(body[len(exifHeader):])
		}
		return end, nil
	case marker == markerAPP2:
		if !bytes.HasPrefix(body, profileHeader) {
			return end, nil
		}
		j.info.Profile = true
		if j.profile += len(body); j.profile > MaxProfile {
			return 0, tooLarge("colour profile")
		}
	case marker == markerCOM, marker > markerAPP0 && marker <= markerAPPF && marker != markerAPPE:
		return end, nil
	}
	j.info.keep(start, end)
	return end, nil
}

func (j *jpegWalk) frame(body []byte) error {
	if j.info.Width != 0 {
		return broken("two frames")
	}
	if len(body) < 6 || len(body) != 6+3*int(body[5]) {
		return broken("frame header")
	}
	j.info.Height, j.info.Width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	j.info.Channels = int(body[5])
	return size(j.info.Width, j.info.Height)
}

// scan skips the compressed data, in which only a zero or a restart marker
// follows 0xFF.
func (j *jpegWalk) scan(start, end int) (int, error) {
	if j.info.Width == 0 {
		return 0, broken("scan without frame")
	}
	if j.scans++; j.scans > MaxScans {
		return 0, tooLarge("scans")
	}
	at := end
	for {
		next, marker := nextMarker(j.b, at)
		if next < 0 {
			return 0, broken("scan cut off")
		}
		if marker < markerRST0 || marker > markerRST7 {
			j.info.keep(start, next)
			return next, nil
		}
		at = next + 2
	}
}
