// Package files holds what the domains know of a customer's stored file. The
// bytes are in the file store (internal/images).
package files

import "github.com/google/uuid"

// Stored is a photo or paper in the file store.
type Stored struct {
	ID          uuid.UUID
	ContentType string
	Size        int64
	// Width and Height are nil for what is no picture.
	Width  *int
	Height *int
}
