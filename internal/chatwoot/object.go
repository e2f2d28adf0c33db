package chatwoot

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// object is a decoded JSON object read without trust: a key that is absent,
// null or of another type reads as the zero value. Reading a nil object is fine.
type object map[string]any

// decodeJSON decodes exactly one JSON value, keeping numbers as text so that
// large ids stay exact.
func decodeJSON(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, io.ErrUnexpectedEOF
	}
	return v, nil
}

func asObject(v any) object {
	m, _ := v.(map[string]any)
	return m
}

func (o object) has(key string) bool {
	_, ok := o[key]
	return ok
}

func (o object) obj(key string) object { return asObject(o[key]) }

// attributes reads an object that some versions send as JSON inside a string.
func (o object) attributes(key string) object {
	if s, ok := o[key].(string); ok {
		v, err := decodeJSON([]byte(s))
		if err != nil {
			return nil
		}
		return asObject(v)
	}
	return o.obj(key)
}

func (o object) list(key string) []any {
	l, _ := o[key].([]any)
	return l
}

// str reads text; a number counts as its digits, since some ids are sent as
// either.
func (o object) str(key string) string {
	switch v := o[key].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func (o object) boolean(key string) bool {
	b := o.boolPtr(key)
	return b != nil && *b
}

// boolPtr is nil when the key says neither true nor false.
func (o object) boolPtr(key string) *bool {
	var b bool
	switch v := o[key].(type) {
	case bool:
		b = v
	case string, json.Number:
		var err error
		if b, err = strconv.ParseBool(strings.ToLower(o.str(key))); err != nil {
			return nil
		}
	default:
		return nil
	}
	return &b
}

// integer reads 318, "318" and 318.0; anything else is 0.
func (o object) integer(key string) int64 {
	text := strings.TrimSpace(o.str(key))
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	// 318.0 is cut by hand: a float64 would change ids above 2^53.
	if whole, frac, ok := strings.Cut(text, "."); ok && frac != "" && strings.Trim(frac, "0") == "" {
		if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
			return n
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0
	}
	return int64(f)
}

// id reads an identifier; 0 means there is none.
func (o object) id(key string) int64 { return max(o.integer(key), 0) }

func (o object) number(key string) *float64 {
	f, err := strconv.ParseFloat(strings.TrimSpace(o.str(key)), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil
	}
	return &f
}

// lastTime is the end of what RFC 3339 can write; later instants are garbage
// that would break whoever formats or stores them.
var lastTime = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// instant reads RFC 3339 text or Unix seconds (whole or fractional), in UTC.
// Chatwoot writes 0 for "never", so that and nonsense are the zero time.
func (o object) instant(key string) time.Time {
	text := strings.TrimSpace(o.str(key))
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || f <= 0 || f > float64(lastTime.Unix()) {
			return time.Time{}
		}
		// Microseconds are all that Chatwoot sends and all a float64 can hold.
		t = time.UnixMicro(int64(math.Round(f * 1e6)))
	}
	if t.Unix() <= 0 || t.After(lastTime) {
		return time.Time{}
	}
	return t.UTC()
}

// firstID returns the first identifier that is known.
func firstID(ids ...int64) int64 {
	for _, id := range ids {
		if id > 0 {
			return id
		}
	}
	return 0
}
