// Package pdf reads PDF files nobody vouches for: text per page, pictures of
// pages. Each file gets a process of its own (package reader), in which PDFium
// runs as WebAssembly without a file system and with bounded memory, and which
// is killed when its time is up: that is all a hostile file can cost.
package pdf

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/pdf/wire"
)

// What can be wrong with a file. The messages are for people.
var (
	ErrEncrypted    = fault.New(fault.Invalid, "pdf_encrypted", "El PDF está protegido con contraseña: súbelo sin ella.")
	ErrBroken       = fault.New(fault.Invalid, "pdf_broken", "El archivo no es un PDF o está dañado.")
	ErrNoText       = fault.New(fault.Invalid, "pdf_no_text", "El PDF no tiene texto.")
	ErrScanned      = fault.New(fault.Invalid, "pdf_scanned", "El PDF es un escaneado sin texto, y aquí no hay OCR (tesseract) que lo lea.")
	ErrTooManyPages = fault.New(fault.Invalid, "pdf_too_many_pages", "El PDF tiene demasiadas páginas.")
	ErrTooBig       = fault.New(fault.Invalid, "pdf_too_big", "El PDF necesita demasiado tiempo o memoria para leerse.")
	ErrNoPage       = fault.New(fault.NotFound, "page_not_found", "El documento no tiene esa página.")
)

const (
	defaultMaxPages = 3000
	defaultMaxTime  = 45 * time.Second
	defaultMaxOCR   = 300
	// MinWidth and MaxWidth bound the pictures of pages, in pixels.
	MinWidth, MaxWidth = 64, 2400
)

// Options say how much a file may cost. Zero values stand for the defaults.
type Options struct {
	// Command is the program and arguments that run reader.Main; the request is
	// added to it: {"/usr/bin/msia", wire.Command}. Required.
	Command []string
	// CacheDir keeps the compiled PDFium (21 MB). Without it, and the first time,
	// every file takes 4 s longer.
	CacheDir string
	// Workers is how many files are worked on at once; the others wait. 1 by
	// default.
	Workers int
	// MaxPages is the most pages a file may have, 3000 by default.
	MaxPages int
	// MaxTime is how long a file may take, waiting and OCR not counted; 45 s by
	// default.
	MaxTime time.Duration
	// Tesseract is the program that reads scanned pages, with Spanish installed.
	// Empty: scanned pages stay without text.
	Tesseract string
	// MaxOCR is how many pages of a file it reads at the most; 300 by default.
	MaxOCR int
}

// Page is the text of one page, as the file has it: lines end with \n, nothing
// is repaired yet (legal.Parse does).
type Page struct {
	// Number counts from 1, up to Of.
	Number, Of int
	// Label is the page number the file itself gives ("iv", "A-3"); empty when it
	// gives none.
	Label string
	Text  string
	// Scanned says that the page is a picture, with hardly any text.
	Scanned bool
	// OCR says that Text was read from that picture.
	OCR bool
}

// Info is what is known of a whole file.
type Info struct {
	Pages int
	// Title is the file's own; often useless.
	Title string
	// Restricted says that the file's owner forbids copying; the text was read
	// all the same.
	Restricted bool
	// Scanned is how many pages are pictures without text; OCR how many of them
	// were read.
	Scanned, OCR int
	// Memory is the most that the reader had, in bytes; told of a file that cannot be
	// read, too.
	Memory int64
}

// Engine reads files. It holds nothing that has to be closed.
type Engine struct {
	opts Options
	slot chan struct{}
}

// New returns an engine; nothing is started before the first file.
func New(opts Options) *Engine {
	opts.Workers = orDefault(opts.Workers, 1)
	opts.MaxPages = orDefault(opts.MaxPages, defaultMaxPages)
	opts.MaxTime = orDefault(opts.MaxTime, defaultMaxTime)
	opts.MaxOCR = orDefault(opts.MaxOCR, defaultMaxOCR)
	return &Engine{opts: opts, slot: make(chan struct{}, opts.Workers)}
}

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// Read hands each page, in order, to each, and stops at the first error of
// it, which it returns as it is. Other errors are one of the Err… of this
// package, the context's, or say that the reader failed. ErrNoText and
// ErrScanned come at the end, after all the pages.
func (e *Engine) Read(ctx context.Context, file *os.File, each func(Page) error) (Info, error) {
	var info Info
	letters := false
	last, memory, err := e.run(ctx, file, wire.Request{MaxPages: e.opts.MaxPages, Scans: e.opts.Tesseract != ""}, func(m wire.Message, pause func(func() error) error) error {
		p := Page{Number: m.Number, Of: m.Pages, Label: m.Label, Text: m.Text, Scanned: m.HasImage}
		if p.Scanned {
			info.Scanned++
		}
		if len(m.PNG) > 0 && info.OCR < e.opts.MaxOCR {
			err := pause(func() error {
				text, err := recognise(ctx, e.opts.Tesseract, m.PNG)
				if err == nil && text != "" {
					p.Text, p.OCR = text, true
					info.OCR++
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		letters = letters || hasLetters(p.Text)
		return each(p)
	})
	info.Pages, info.Title, info.Restricted, info.Memory = last.Pages, last.Title, last.Restricted, memory
	switch {
	case err != nil:
		return info, err
	case letters:
		return info, nil
	case info.Scanned > 0 && e.opts.Tesseract == "":
		return info, ErrScanned
	default:
		return info, ErrNoText
	}
}

// Render draws a page, counted from 1, width pixels wide, as PNG; a very long
// page gets a narrower picture. Errors: ErrNoPage, and those of Read.
func (e *Engine) Render(ctx context.Context, file *os.File, page, width int) ([]byte, error) {
	if page < 1 {
		return nil, ErrNoPage
	}
	var png []byte
	req := wire.Request{MaxPages: e.opts.MaxPages, Page: page, Width: min(max(width, MinWidth), MaxWidth)}
	_, _, err := e.run(ctx, file, req, func(m wire.Message, _ func(func() error) error) error {
		png = m.PNG
		return nil
	})
	if err == nil && len(png) == 0 {
		err = errors.New("the PDF reader sent no picture")
	}
	return png, err
}
