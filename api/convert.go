package api

import (
	"time"

	"github.com/oapi-codegen/nullable"
)

// orNull makes a member that is null when p is nil. An unset Nullable would be
// written as the zero value.
func orNull[T any](p *T) nullable.Nullable[T] {
	if p == nil {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(*p)
}

// orNullText makes a member that is null when s is empty.
func orNullText(s string) nullable.Nullable[string] {
	if s == "" {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(s)
}

// fromNullable returns nil for absent and for null.
func fromNullable[T any](n nullable.Nullable[T]) *T {
	v, err := n.Get()
	if err != nil {
		return nil
	}
	return &v
}

// list returns s, or an empty list for nil, so that JSON has [] and not null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// optional returns nil for the zero value, so that the member is left out.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// deref returns the zero value for nil.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// asString forgets the type of an enumeration.
func asString[T ~string](p *T) *string {
	if p == nil {
		return nil
	}
	s := string(*p)
	return &s
}

func orNullTime(t *time.Time) nullable.Nullable[time.Time] {
	if t == nil {
		return nullable.NewNullNullable[time.Time]()
	}
	return nullable.NewNullableWithValue(t.UTC())
}

// each converts every member of a list; the result is never nil.
func each[From, To any](list []From, convert func(From) To) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}

func orTrue(b *bool) bool  { return b == nil || *b }
func orFalse(b *bool) bool { return b != nil && *b }

func orZero(n *int32) int32 {
	if n == nil {
		return 0
	}
	return *n
}

// texts forgets the type of a list of an enumeration; nil for none.
func texts[T ~string](list *[]T) []string {
	if list == nil {
		return nil
	}
	return each(*list, func(v T) string { return string(v) })
}
