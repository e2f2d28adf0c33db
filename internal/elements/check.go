package elements

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/fields"
)

// CheckFields reads what was typed into an element's active fields.
// Errors: ErrElementNotFound; ErrUnknownField names each key no field has.
func (s *Editor) CheckFields(ctx context.Context, elementID uuid.UUID, typed map[string]string) (fields.Result, error) {
	snapshot, err := s.catalogue.Snapshot(ctx)
	if err != nil {
		return fields.Result{}, err
	}
	e := snapshot.Element(elementID)
	if e == nil {
		return fields.Result{}, ElementNotFound(elementID)
	}
	if unknown := fields.Unknown(e, typed); len(unknown) > 0 {
		known := make([]string, len(e.Fields))
		for i, f := range e.Fields {
			known[i] = f.Key
		}
		wrong := make([]fault.Field, len(unknown))
		for i, key := range unknown {
			wrong[i] = fault.Field{Pointer: "/values/" + pointerToken(key), Detail: "is of no field of " + e.Code}
		}
		return fields.Result{}, ErrUnknownField.WithFields(wrong...).WithMessage(
			e.Code + " has no field " + strings.Join(unknown, ", ") + "; its fields are: " + strings.Join(known, ", ") + ".")
	}
	return fields.Check(e, typed), nil
}

// pointerToken escapes a key for a JSON pointer.
func pointerToken(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }
