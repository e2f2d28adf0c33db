// Package page owns keyset pagination: limits and the opaque cursor.
package page

import (
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/fault"
)

// The bounds of a page, as the contract states them.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// ErrCursor says that a cursor was not one of ours.
var ErrCursor = fault.New(fault.Invalid, "invalid_cursor", "The cursor is not one that was given out.").
	WithFields(fault.Field{Pointer: "cursor", Detail: "is not a cursor that was given out"})

// Key is the sort key of the last row of a page: a time and, among equals, the
// id. The zero Key stands for the beginning.
type Key struct {
	At time.Time
	ID uuid.UUID
}

// IsZero reports whether k stands for the beginning.
func (k Key) IsZero() bool { return k.ID == uuid.Nil }

const cursorSize = 8 + 16

// Encode returns the cursor for what comes after k. Times are kept to the
// microsecond, which is what PostgreSQL has.
func Encode(k Key) string {
	b := make([]byte, 8, cursorSize)
	binary.BigEndian.PutUint64(b, uint64(k.At.UnixMicro())) // the bits, not the number
	b = append(b, k.ID[:]...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Decode reads a cursor; nil is the beginning. Errors: ErrCursor.
func Decode(cursor *string) (Key, error) {
	if cursor == nil {
		return Key{}, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(*cursor)
	if err != nil || len(b) != cursorSize {
		return Key{}, ErrCursor
	}
	micros := int64(binary.BigEndian.Uint64(b)) // the bits, not the number
	k := Key{At: time.UnixMicro(micros).UTC(), ID: uuid.UUID(b[8:])}
	// PostgreSQL ends at the year 294276 and begins at -4713; ours are recent.
	if k.IsZero() || k.At.Year() < 1970 || k.At.Year() > 9999 {
		return Key{}, ErrCursor
	}
	return k, nil
}

// Limit returns the number of rows of a page; nil is DefaultLimit.
func Limit(n *int) int {
	if n == nil {
		return DefaultLimit
	}
	return min(max(*n, 1), MaxLimit)
}

// Of cuts rows, read with one more than limit, to the page and returns the
// cursor of the next page, nil on the last.
func Of[T any](rows []T, limit int, key func(T) Key) ([]T, *string) {
	if len(rows) <= limit {
		return rows, nil
	}
	next := Encode(key(rows[limit-1]))
	return rows[:limit], &next
}
