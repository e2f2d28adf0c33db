package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/guard"
)

// lingerTime is how long a client that has its answer may go on sending.
const lingerTime = 10 * time.Second

// lingering answers as soon as the answer is known and lets the client finish
// what it sends: many only read an answer then, and a connection closed under
// them takes the answer with it.
func (s *Server) lingering(next echo.HandlerFunc, c echo.Context, unread io.Reader) error {
	control := http.NewResponseController(c.Response())
	if err := control.EnableFullDuplex(); err != nil {
		return next(c) // a server that cannot do it, as in tests without one
	}
	err := next(c)
	if err == nil {
		return nil
	}
	s.handleError(err, c)
	if control.Flush() != nil {
		return nil // the client went away
	}
	late := time.AfterFunc(lingerTime, func() { _ = control.SetReadDeadline(time.Unix(1, 0)) })
	defer late.Stop()
	_, _ = io.Copy(io.Discard, unread) // nobody is interested in it
	return nil
}

// form is what came with a file: text fields by name.
type form map[string]string

// maxField bounds a text field, in bytes.
const maxField = 4 << 10

var (
	errNotForm  = fault.New(fault.Invalid, "invalid_request", "The body is not a whole multipart form.")
	errNoFile   = errInvalid.WithMessage("The form has no file.").WithFields(fault.Field{Pointer: "/file", Detail: "is required"})
	errFormText = errInvalid.WithMessage("The form has a field that is not text.")
)

// received is a file that was taken in; its zero value is none.
type received interface {
	comparable
	Close()
}

// readUpload reads a form of one file and the named text fields, whose values are
// the longest they may be, in characters. The file is nil when there is none.
func readUpload[U received](ctx context.Context, receive func(context.Context, io.Reader) (U, error), r *multipart.Reader, fields map[string]int) (up U, name string, values form, err error) {
	var none U
	defer func() {
		if err != nil && up != none {
			up.Close()
			up = none
		}
	}()
	values = form{}
	for {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return up, name, values, nil
		}
		if err != nil {
			return up, "", nil, formError(ctx, err)
		}
		field := part.FormName()
		_, twice := values[field]
		switch longest, known := fields[field]; {
		case field == "file" && up == none:
			name = part.FileName()
			if up, err = receive(ctx, part); err != nil {
				return none, "", nil, formError(ctx, err)
			}
		case !known || twice || field == "file":
			return up, "", nil, errInvalid.WithMessage("The form has a field that it should not have, or twice.").
				WithFields(fault.Field{Pointer: "/" + images.Label(field), Detail: "is unknown or repeated"})
		default:
			b, err := io.ReadAll(io.LimitReader(part, maxField+1))
			if err != nil {
				return up, "", nil, formError(ctx, err)
			}
			if utf8.RuneCount(b) > longest {
				return up, "", nil, errInvalid.WithFields(fault.Field{Pointer: "/" + field, Detail: "is too long"})
			}
			if !utf8.Valid(b) {
				return up, "", nil, errFormText
			}
			values[field] = string(b)
		}
	}
}

// formError tells what ended the reading of a form.
func formError(ctx context.Context, err error) error {
	var (
		f        *fault.Error
		tooLarge *http.MaxBytesError
	)
	switch {
	case errors.As(err, &tooLarge):
		return guard.ErrTooLarge
	case errors.As(err, &f):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return errNotForm.Because(err)
}
