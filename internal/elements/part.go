package elements

import (
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/catalogue"
)

// Field is a field as staff see it: inactive ones too.
type Field struct {
	catalogue.Field
	Part
}

// Photo is a photo slot as staff see it: inactive ones too.
type Photo struct {
	catalogue.PhotoSlot
	Part
}

// Part is what fields and photo slots have in common.
type Part struct {
	ElementID uuid.UUID
	IsActive  bool
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// maxParts is how many fields, and how many photo slots, an element has at most.
const maxParts = 100
