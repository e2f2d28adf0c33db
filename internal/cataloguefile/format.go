package cataloguefile

import (
	"fmt"

	"github.com/msia/msia/internal/fault"
)

// Format is the kind of a file.
type Format string

// The formats.
const (
	YAML Format = "yaml"
	XLSX Format = "xlsx"
)

// MaxSize is the most bytes a file may have.
const MaxSize = 5 << 20

// Errors of files.
var (
	ErrInvalid  = fault.New(fault.Invalid, "invalid_catalogue_file", "The file cannot be imported.")
	ErrTooLarge = fault.New(fault.TooLarge, "catalogue_file_too_large", "The file is larger than 5 MB.")
	// ErrNotExact is returned for a category with a text that the format cannot
	// carry as it is.
	ErrNotExact = fault.New(fault.Conflict, "not_exportable", "The category holds a text that this format cannot carry exactly.")
)

// read reads a file as far as it can be read.
func read(raw []byte, format Format) *document {
	from := readXLSX
	if format == YAML {
		from = readYAML
	}
	d := from(raw)
	placeAll(&d.category)
	return d
}

// write writes an arranged category and makes sure that reading gives the same again.
// Errors: ErrNotExact.
func write(c *Category, format Format) ([]byte, error) {
	to := writeXLSX
	if format == YAML {
		to = writeYAML
	}
	raw, err := to(c)
	if err != nil {
		return nil, err
	}
	again := read(raw, format)
	if len(again.problems) > 0 {
		p := again.problems[0]
		return nil, ErrNotExact.WithMessage(fmt.Sprintf("%s cannot carry the category exactly: %s %s.", format, p.Pointer, p.Detail))
	}
	again.category.arrange()
	if different := compare(c, &again.category); len(different) > 0 {
		c := different[0]
		for _, m := range c.Members[:min(1, len(c.Members))] {
			c.Code += ", " + m.Name
		}
		return nil, ErrNotExact.WithMessage(fmt.Sprintf("%s cannot carry the category exactly: %s %s.", format, c.Table, c.Code))
	}
	return raw, nil
}
