// Package export writes a list as a file that Spanish spreadsheet programs open
// as it is meant: CSV with semicolons and decimal commas, or XLSX. Rows are
// written as they come; the list may be long.
package export

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/page"
)

// Format is the form of a file; it is the end of its name, too.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// ContentType is the media type of such a file.
func (f Format) ContentType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv"
}

// Table is what to write.
type Table struct {
	// Name is that of the sheet.
	Name    string
	Columns []string
	// Rows have a cell for each column: a string, an int, a money.Amount or a
	// time.Time; nil is empty, as is a pointer to one of them that is nil. The first
	// error ends the file.
	Rows iter.Seq2[[]any, error]
	// Zone is where times are told.
	Zone *time.Location
}

// Pages goes through a whole list page by page and makes a row of each item.
func Pages[T any](ctx context.Context, list func(ctx context.Context, after page.Key, limit int) ([]T, *string, error), row func(T) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		var after page.Key
		for {
			items, next, err := list(ctx, after, page.MaxLimit)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range items {
				if !yield(row(item), nil) {
					return
				}
			}
			if next == nil {
				return
			}
			if after, err = page.Decode(next); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// Write writes the table. What fails while little is written leaves w alone.
func (t Table) Write(w io.Writer, f Format) error {
	out := bufio.NewWriter(w)
	write := t.csv
	if f == XLSX {
		write = t.xlsx
	}
	if err := write(out); err != nil {
		return fmt.Errorf("write %s: %w", t.Name, err)
	}
	return out.Flush()
}

// byteOrderMark tells Excel that the text is UTF-8.
const byteOrderMark = "\uFEFF"

func (t Table) csv(out *bufio.Writer) error {
	if _, err := out.WriteString(byteOrderMark); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	w.Comma, w.UseCRLF = ';', true
	if err := w.Write(t.Columns); err != nil {
		return err
	}
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = t.text(value(cell))
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// text is a cell as it is typed in Spain.
func (t Table) text(cell any) string {
	switch v := cell.(type) {
	case string:
		return neutral(v)
	case int:
		return strconv.Itoa(v)
	case money.Amount:
		return strings.Replace(v.String(), ".", ",", 1)
	case time.Time:
		return v.In(t.Zone).Format("02/01/2006 15:04:05")
	}
	return ""
}

// neutral keeps a text from being taken for a formula: what customers write ends
// up in these files.
func neutral(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// value follows a pointer; nil stays nil.
func value(cell any) any {
	switch p := cell.(type) {
	case *string:
		if p != nil {
			return *p
		}
		return nil
	case *time.Time:
		if p != nil {
			return *p
		}
		return nil
	}
	return cell
}

// Formats of numbers that spreadsheet programs know by number, and the length of
// a cell that they can hold.
const (
	formatAmount = 4  // 1.234,50
	formatTime   = 22 // 25/11/2026 10:30
	columnWidth  = 22
)

func (t Table) xlsx(out *bufio.Writer) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	if err := f.SetSheetName(f.GetSheetName(0), t.Name); err != nil {
		return err
	}
	header, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	amount, err := f.NewStyle(&excelize.Style{NumFmt: formatAmount})
	if err != nil {
		return err
	}
	moment, err := f.NewStyle(&excelize.Style{NumFmt: formatTime})
	if err != nil {
		return err
	}
	w, err := f.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, max(len(t.Columns), 1), columnWidth); err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	titles := make([]any, len(t.Columns))
	for i, title := range t.Columns {
		titles[i] = excelize.Cell{StyleID: header, Value: title}
	}
	if err := w.SetRow("A1", titles); err != nil {
		return err
	}
	n := 1
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		cells := make([]any, len(row))
		for i, cell := range row {
			switch v := value(cell).(type) {
			case money.Amount:
				number, err := strconv.ParseFloat(v.String(), 64)
				if err != nil {
					return err
				}
				cells[i] = excelize.Cell{StyleID: amount, Value: number}
			case time.Time:
				cells[i] = excelize.Cell{StyleID: moment, Value: v.In(t.Zone)}
			default: // a text is one, whatever it begins with
				cells[i] = v
			}
		}
		n++
		if err := w.SetRow("A"+strconv.Itoa(n), cells); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Write(out)
}
