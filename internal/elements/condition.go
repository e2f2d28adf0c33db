package elements

import (
	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
)

// condition is a condition as it is stored; all nil for none.
type condition struct {
	field    *uuid.UUID
	operator *string
	value    *string
}

// conditionOf finds the field a condition is on among an element's fields and
// brings its value into canonical form. Errors: ErrInvalidField.
func conditionOf(n nullable.Nullable[catalogue.FieldCondition], rows []sqlc.ElementRequiredField) (condition, error) {
	c, err := n.Get()
	if err != nil {
		return condition{}, nil //nolint:nilerr // null: no condition
	}
	var id uuid.UUID
	var other *catalogue.Field
	for i, f := range definitions(rows) {
		if f.Key == c.FieldKey {
			id, other = rows[i].ID, f
		}
	}
	c, detail := fields.Condition(&c, other)
	if detail != "" {
		var wrong problems
		wrong.add("condition", "%s", detail)
		return condition{}, wrong.fault(ErrInvalidField)
	}
	out := condition{field: &id, operator: &c.Operator}
	if c.Value != "" {
		out.value = &c.Value
	}
	return out, nil
}
