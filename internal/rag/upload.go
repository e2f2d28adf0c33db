package rag

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/objects"
)

// MaxBytes is the size of a document: 50 MB.
const MaxBytes = 50 << 20

// Upload is a received file. It waits on disk, where it has no name: nothing is
// left of it however the process ends.
type Upload struct {
	file *os.File
	size int64
	sum  [32]byte
	done func()
}

// Close gives the upload's place up.
func (u *Upload) Close() {
	if u.file != nil {
		_ = u.file.Close() // it has no name: closing it is deleting it
	}
	u.done()
}

// Receive reads an upload. Close it.
// Errors: ErrTooLarge; ErrType, only once the end was reached; ErrBusy;
// objects.ErrUnavailable; the reader's.
func (l *Library) Receive(ctx context.Context, r io.Reader) (*Upload, error) {
	select {
	case l.receiving <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	up := &Upload{done: func() { <-l.receiving }}
	if err := up.receive(ctx, l.cfg.TempDir, r); err != nil {
		up.Close()
		return nil, err
	}
	return up, nil
}

func (u *Upload) receive(ctx context.Context, dir string, r io.Reader) error {
	r = io.LimitReader(r, MaxBytes+1)
	head := make([]byte, guard.HeadBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("receive: %w", err)
	}
	head = head[:n]
	var to io.Writer = io.Discard // it needs no place, only its size is of interest
	isPDF := guard.IsPDF(head)
	if isPDF {
		if u.file, err = unnamed(ctx, dir); err != nil {
			return err
		}
		to = u.file
	}
	hash := sha256.New()
	body := io.TeeReader(io.MultiReader(bytes.NewReader(head), r), hash)
	if u.size, err = io.Copy(to, body); err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	switch {
	case u.size > MaxBytes:
		return ErrTooLarge
	case !isPDF:
		return ErrType
	}
	hash.Sum(u.sum[:0])
	return nil
}

// unnamed makes a file that is gone once it is closed.
func unnamed(ctx context.Context, dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "document-")
	if err != nil {
		return nil, objects.Error(ctx, "receive", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		_ = f.Close()
		return nil, objects.Error(ctx, "receive", err)
	}
	return f, nil
}
