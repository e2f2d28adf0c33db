// Package wire is how the server and the processes that decode pictures for it
// talk: frames of a JSON header and a body, over a pipe each way, one request at
// a time.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// Command is the argument that makes the program a decoder.
const Command = "image-worker"

// Operations.
const (
	// Normalise turns what a stranger sent into our one form of a picture.
	Normalise = "normalise"
	// Variant makes a smaller copy of what Normalise made.
	Variant = "variant"
)

// Request is what is asked for; the body is the picture.
type Request struct {
	Op string `json:"op"`
	// Type is the media type to write (Variant).
	Type string `json:"type,omitempty"`
	// Max is the longest side (Normalise).
	Max int `json:"max,omitempty"`
	// Width and Height are the exact size (Variant).
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// Quality is that of JPEG and WebP, 1 to 100.
	Quality int `json:"quality"`
	// Orientation is EXIF's, 1 to 8 (Normalise).
	Orientation int `json:"orientation,omitempty"`
	// Profile: convert colours by the embedded profile (Normalise).
	Profile bool `json:"profile,omitempty"`
	// CMYK: it is a JPEG of four channels (Normalise).
	CMYK bool `json:"cmyk,omitempty"`
}

// Response is what became of it; the body is the picture. The first frame of a
// process answers no request: it says what it can do.
type Response struct {
	// Error is set when the picture cannot be decoded, for the log only.
	Error  string `json:"error,omitempty"`
	Type   string `json:"type,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	// HEIF: pictures of that type can be decoded (first frame).
	HEIF bool `json:"heif,omitempty"`
}

// maxHeader bounds a header, maxBody a body.
const (
	maxHeader = 64 << 10
	maxBody   = 64 << 20
)

// Write sends a frame's header and announces its body, which the caller sends.
func Write(w io.Writer, header any, body int64) error {
	h, err := json.Marshal(header)
	if err != nil {
		return err
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(len(h)))
	b = binary.BigEndian.AppendUint64(b, uint64(body))
	_, err = w.Write(append(b, h...))
	return err
}

// Read receives a frame. The body is in buf when it fits. io.EOF says that the
// other side has ended.
func Read(r io.Reader, header any, buf []byte) ([]byte, error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n, size := binary.BigEndian.Uint32(head[:]), binary.BigEndian.Uint64(head[4:])
	if n > maxHeader || size > maxBody {
		return nil, fmt.Errorf("a frame of %d and %d bytes", n, size)
	}
	h := make([]byte, n)
	if _, err := io.ReadFull(r, h); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(h, header); err != nil {
		return nil, err
	}
	if uint64(cap(buf)) < size {
		buf = make([]byte, size)
	}
	buf = buf[:size]
	_, err := io.ReadFull(r, buf)
	return buf, err
}
