// Package decoder is the process that decodes pictures for the server: libvips,
// through bimg where bimg can, in a process of its own with little memory and
// time, because a hostile file may crash or hang it. Files have passed
// images/guard before they get here.
//
// The program that imports this package starts libvips as soon as it starts
// itself, since bimg does so (about 50 ms and 6 MB); it must not decode anything
// in the server.
package decoder

/*
#cgo pkg-config: vips
#include "vips.h"
*/
import "C"

import (
	_ "embed" // the probe
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"unsafe"

	"github.com/h2non/bimg"

	"github.com/msia/msia/internal/images/wire"
)

// probe is a small HEIC: libvips lists that loader even where libheif lacks what
// decodes its contents.
//
//go:embed probe.heic
var probe []byte

// Main is the whole program of a decoder: requests come from standard input,
// responses go to file descriptor 3, which nothing prints to by accident.
func Main() error { return Serve(os.Stdin, os.NewFile(3, "responses")) }

// Serve answers requests until in ends. It does not outlive a request that takes
// more processor time than one may.
func Serve(in io.Reader, out io.Writer) error {
	// libvips keeps buffers and its error text per thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	bimg.VipsCacheSetMax(0)
	bimg.VipsCacheSetMaxMem(0)
	C.msia_restrict()
	if err := limitProcess(); err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	_, free, err := normalise(wire.Request{Max: 16, Quality: 50, Orientation: 1}, probe)
	free()
	if err := wire.Write(out, wire.Response{HEIF: err == nil}, 0); err != nil {
		return err
	}
	var buf []byte
	for {
		var req wire.Request
		var err error
		if buf, err = wire.Read(in, &req, buf); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("request: %w", err)
		}
		if err := limitRequest(); err != nil {
			return fmt.Errorf("limits: %w", err)
		}
		if err := answer(out, req, buf); err != nil {
			return fmt.Errorf("response: %w", err)
		}
	}
}

// picture is a result: a response and its body.
type picture struct {
	wire.Response
	body []byte
}

func answer(out io.Writer, req wire.Request, body []byte) error {
	var (
		p    picture
		free = func() {}
		err  error
	)
	switch {
	case len(body) == 0:
		err = errors.New("no picture")
	case req.Op == wire.Normalise:
		p, free, err = normalise(req, body)
	case req.Op == wire.Variant:
		p, err = variant(req, body)
	default:
		err = fmt.Errorf("unknown operation %q", req.Op)
	}
	defer free()
	if err != nil {
		p = picture{Response: wire.Response{Error: err.Error()}}
	}
	if err := wire.Write(out, p.Response, int64(len(p.body))); err != nil {
		return err
	}
	_, err = out.Write(p.body)
	return err
}

// normalise returns a picture that stays valid until free is called.
func normalise(req wire.Request, body []byte) (p picture, free func(), err error) {
	defer C.msia_done()
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(unsafe.SliceData(body))
	source := C.msia_source{
		data: unsafe.Pointer(unsafe.SliceData(body)), size: C.size_t(len(body)), max: C.int(req.Max), quality: C.int(req.Quality),
		orientation: C.int(req.Orientation), profile: flag(req.Profile), cmyk: flag(req.CMYK),
	}
	var result C.msia_result
	failed := C.msia_normalise(&source, &result)
	free = func() { C.msia_free(result.data) }
	if failed != 0 {
		return picture{}, free, errors.New(firstLines(C.GoString(C.msia_error())))
	}
	p.Type, p.Width, p.Height = "image/jpeg", int(result.width), int(result.height)
	if result.png != 0 {
		p.Type = "image/png"
	}
	p.body = unsafe.Slice((*byte)(result.data), int(result.size))
	return p, free, nil
}

// variant makes a copy of another size and type. The picture is one of ours.
func variant(req wire.Request, body []byte) (picture, error) {
	types := map[string]bimg.ImageType{"image/jpeg": bimg.JPEG, "image/png": bimg.PNG, "image/webp": bimg.WEBP}
	kind, ok := types[req.Type]
	if !ok || req.Width < 1 || req.Height < 1 {
		return picture{}, fmt.Errorf("no such variant: %q of %d x %d", req.Type, req.Width, req.Height)
	}
	b, err := bimg.Resize(body, bimg.Options{
		Width: req.Width, Height: req.Height, Force: true, Type: kind, Quality: req.Quality,
		StripMetadata: true, NoAutoRotate: true,
	})
	if err != nil {
		return picture{}, err
	}
	return picture{Response: wire.Response{Type: req.Type, Width: req.Width, Height: req.Height}, body: b}, nil
}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// firstLines bounds what a file can make libvips say.
func firstLines(s string) string { return s[:min(len(s), 500)] }
