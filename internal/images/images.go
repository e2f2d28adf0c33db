// Package images keeps pictures: what strangers upload is checked (guard),
// turned into our one form by a process that may die of it (decoder), stored by
// the hash of its bytes, and served in a few sizes. Catalogue pictures are
// public; customers' files are seen through links that expire or by staff.
package images

import (
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/objects"
)

// Visibility says who may see a picture.
type Visibility string

// The visibilities.
const (
	// Public pictures belong to the catalogue.
	Public Visibility = "public"
	// Private ones are customers' files.
	Private Visibility = "private"
)

// Errors beside those of guard.
var (
	ErrNotFound = fault.New(fault.NotFound, "image_not_found", "Image not found")
	ErrChanged  = fault.New(fault.PreconditionFailed, "version_mismatch", "The image was changed since then.")
	ErrInUse    = fault.New(fault.Conflict, "image_in_use", "The image is shown by the catalogue; take it out there first.")
	ErrExpired  = fault.New(fault.Forbidden, "link_expired", "This link has expired.")
	ErrText     = fault.New(fault.Invalid, "invalid_text", "The text holds a character that cannot be stored.")
	// ErrBusy says that as many uploads wait as may.
	ErrBusy = &fault.Error{
		Kind: fault.Busy, Code: "images_busy", Message: "Too many pictures are being processed; try again in a moment.", RetryAfterSeconds: 2,
	}
	// ErrStorage says that files cannot be written or read at the moment.
	ErrStorage = objects.ErrUnavailable
	// ErrDecoder says that no process could be had to decode with, or that it was
	// ended from outside.
	ErrDecoder = &fault.Error{
		Kind: fault.Unavailable, Code: "decoder_unavailable", Message: "Pictures cannot be processed at the moment.", RetryAfterSeconds: 5,
	}
)

// Image is a stored picture.
type Image struct {
	ID uuid.UUID
	// StoredFilename is made up here and never changes; URL ends with it.
	StoredFilename string
	// OriginalFilename is what the sender called it, without folders and control
	// characters: a label, never a path. Empty when it had no name.
	OriginalFilename string
	Visibility       Visibility
	CategoryID       *uuid.UUID
	Description      *string
	// ContentType is image/jpeg, image/png where there is transparency, or
	// application/pdf of a customer's paper.
	ContentType string
	// Width and Height are 0 for a PDF.
	Width, Height int
	SizeBytes     int64
	// SHA256 is the hash of the stored bytes.
	SHA256    [32]byte
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// URL is the address of the picture in this API.
func (i *Image) URL() string { return urlPrefix + i.StoredFilename }

const urlPrefix = "/api/images/"

// What is kept and served.
const (
	// MaxSide is the longest side of a stored picture.
	MaxSide = 2560
	// quality is that of the stored JPEG: papers have to stay readable.
	quality = 85
	// variantQuality is that of the smaller copies.
	variantQuality = 78
)
