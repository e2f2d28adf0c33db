// Package patch applies the members of a PATCH to what is stored.
package patch

import "github.com/oapi-codegen/nullable"

// Set follows a member that cannot be cleared: nil leaves dst as it is.
func Set[T any](dst, src *T) {
	if src != nil {
		*dst = *src
	}
}

// SetNullable follows a member that can: unspecified leaves dst as it is, null
// makes it nil.
func SetNullable[T any](dst **T, src nullable.Nullable[T]) {
	if src.IsNull() {
		*dst = nil
	} else if v, err := src.Get(); err == nil {
		*dst = &v
	}
}
