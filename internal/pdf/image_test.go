package pdf_test

import (
	"bytes"
	"image"
	"image/png"
)

// pngOf is a grey picture.
func pngOf(width, height int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		panic(err)
	}
	return b.Bytes()
}
