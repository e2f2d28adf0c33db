package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/objects"
)

// Upload is a received file. It waits on disk, where it has no name: nothing is
// left of it however the process ends.
type Upload struct {
	file *os.File
	size int64
	// pdf: it is a paper, kept as it is.
	pdf  bool
	done func()
}

// Receive reads an upload, at most guard.MaxBytes of it. Close it.
// Errors: guard.ErrTooLarge; guard.ErrType, only once the end was reached;
// ErrBusy; ErrStorage; the reader's.
func (s *Store) Receive(ctx context.Context, r io.Reader) (*Upload, error) {
	return s.receive(ctx, r, false)
}

// receive is Receive, of PDFs too when papers are taken.
func (s *Store) receive(ctx context.Context, r io.Reader, papers bool) (*Upload, error) {
	select {
	case s.receiving <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	up := &Upload{done: func() { <-s.receiving }}
	if err := up.receive(ctx, s.tempDir, r, papers); err != nil {
		up.Close()
		return nil, err
	}
	return up, nil
}

func (u *Upload) receive(ctx context.Context, dir string, r io.Reader, papers bool) error {
	r = io.LimitReader(r, guard.MaxBytes+1)
	head := make([]byte, guard.HeadBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("receive: %w", err)
	}
	head = head[:n]
	photo := guard.Sniff(head) != ""
	u.pdf = papers && !photo && guard.IsPDF(head)
	if !photo && !u.pdf {
		// It needs no place, only its size is of interest.
		rest, err := io.Copy(io.Discard, r)
		switch {
		case err != nil:
			return fmt.Errorf("receive: %w", err)
		case int64(n)+rest > guard.MaxBytes:
			return guard.ErrTooLarge
		}
		return guard.ErrType
	}
	if u.file, err = os.CreateTemp(dir, "upload-"); err != nil {
		return objects.Error(ctx, "receive", err)
	}
	if err := os.Remove(u.file.Name()); err != nil {
		return objects.Error(ctx, "receive", err)
	}
	if _, err := u.file.Write(head); err != nil {
		return objects.Error(ctx, "receive", err)
	}
	in := &noting{r: r}
	rest, err := io.Copy(u.file, in)
	switch {
	case in.err != nil:
		return fmt.Errorf("receive: %w", in.err)
	case err != nil:
		return objects.Error(ctx, "receive", err)
	}
	if u.size = int64(n) + rest; u.size > guard.MaxBytes {
		return guard.ErrTooLarge
	}
	return nil
}

// noting remembers the reader's own error, to tell it from the writer's.
type noting struct {
	r   io.Reader
	err error
}

// Read reads on.
func (n *noting) Read(p []byte) (int, error) {
	read, err := n.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		n.err = err
	}
	return read, err
}

// Close gives the upload's place up.
func (u *Upload) Close() {
	if u.file != nil {
		_ = u.file.Close() // it has no name: closing it is deleting it
	}
	u.done()
}

// maxLabel is the length of an original file name, in characters.
const maxLabel = 255

// Label makes what a sender called a file fit to be shown: no folders, no control
// or invisible characters, not too long. It is never used as a path.
func Label(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimLeft(strings.TrimSpace(name), ".")
	if name == "/" {
		return ""
	}
	for utf8.RuneCountInString(name) > maxLabel {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	return name
}

// storable refuses what PostgreSQL's text cannot hold.
func storable(text *string) error {
	if text != nil && strings.ContainsRune(*text, 0) {
		return ErrText
	}
	return nil
}
