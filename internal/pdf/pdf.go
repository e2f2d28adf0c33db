// Package pdf reads PDF files nobody vouches for: text per page, pictures of
// pages. PDFium does the work, compiled to WebAssembly: every file gets an
// instance with a memory of its own that is thrown away afterwards, has no
// file system, cannot grow beyond its limit and is stopped when its time is
// up, so that a hostile file costs at most that.
package pdf

import (
	"context"
	"io"
	"time"
)

// Options say how much a file may cost. Zero values stand for the defaults.
type Options struct {
	// CacheDir keeps the compiled PDFium between starts (21 MB); the first start
	// takes 4 s, later ones 0.2 s. Empty keeps nothing.
	CacheDir string
	// Workers is how many files are worked on at once; the others wait. 1 by
	// default.
	Workers int
	// MaxPages is the most pages a file may have, 3000 by default.
	MaxPages int
	// MaxTime is how long reading a file may take, waiting not counted, 45 s by
	// default; MaxPageTime how long one page may take to render, 15 s. Pages
	// that go through OCR get MaxOCRTime each, 30 s.
	MaxTime, MaxPageTime, MaxOCRTime time.Duration
	// Tesseract is the program that reads pictures of text. Empty looks in PATH;
	// "off" uses none.
	Tesseract string
}

// Page is the text of one page, as the file has it: lines end with \n, nothing
// is repaired yet (legal.Parse does).
type Page struct {
	// Number counts from 1.
	Number int
	// Label is the page number the file itself gives ("iv", "A-3"); empty when it
	// gives none.
	Label string
	Text  string
	// HasImage says that there is a picture on the page.
	HasImage bool
	// OCR says that Text was read from a picture of the page.
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
	// were read by OCR.
	Scanned, OCR int
}

// Engine reads files, several at once. Close ends it.
type Engine struct{}

// Open compiles PDFium, or takes it from Options.CacheDir.
func Open(ctx context.Context, opts Options) (*Engine, error) { return &Engine{}, nil }

// Close frees PDFium; files being read fail.
func (e *Engine) Close() error { return nil }

// OCR says whether scanned pages can be read here.
func (e *Engine) OCR() bool { return false }

// Read hands each page, in order, to each, and stops at the first error of
// it, which it returns as it is. Other errors are one of the Err… of this
// package, the context's, or say that PDFium failed. ErrNoText and ErrScanned
// come at the end, when the pages, all empty, have been handed over.
func (e *Engine) Read(ctx context.Context, file io.ReaderAt, size int64, each func(Page) error) (Info, error) {
	return Info{}, nil
}

// Render draws a page, counted from 1, width pixels wide (64 to 2400), as
// PNG. ErrNoPage when there is no such page.
func (e *Engine) Render(ctx context.Context, file io.ReaderAt, size int64, page, width int) ([]byte, error) {
	return nil, nil
}
