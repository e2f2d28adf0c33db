package elements

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
	"github.com/msia/msia/internal/patch"
)

// apply returns the row as the patch makes it, checked together with the other
// fields of the element.
func (p FieldPatch) apply(row sqlc.ElementRequiredField, rows []sqlc.ElementRequiredField) (sqlc.ElementRequiredField, error) {
	patch.Set(&row.FieldKey, p.Key)
	patch.Set(&row.Label, p.Label)
	patch.Set(&row.FieldType, p.Type)
	if p.Options != nil {
		row.Options = tidy(*p.Options)
	}
	patch.SetNullable(&row.Unit, p.Unit)
	patch.Set(&row.IsRequired, p.IsRequired)
	patch.SetNullable(&row.MinValue, p.Min)
	patch.SetNullable(&row.MaxValue, p.Max)
	patch.SetNullable(&row.MinLength, p.MinLength)
	patch.SetNullable(&row.MaxLength, p.MaxLength)
	patch.SetNullable(&row.Pattern, p.Pattern)
	patch.SetNullable(&row.Example, p.Example)
	patch.SetNullable(&row.Hint, p.Hint)
	patch.Set(&row.SortOrder, p.SortOrder)
	patch.Set(&row.IsActive, p.IsActive)
	others := slices.DeleteFunc(slices.Clone(rows), func(f sqlc.ElementRequiredField) bool { return f.ID == row.ID })
	if slices.ContainsFunc(others, func(f sqlc.ElementRequiredField) bool { return f.FieldKey == row.FieldKey }) {
		return row, ErrFieldKeyTaken
	}
	all := append(others, row)
	if p.Condition.IsSpecified() {
		c, err := conditionOf(p.Condition, all)
		if err != nil {
			return row, err
		}
		row.ConditionFieldID, row.ConditionOperator, row.ConditionValue = c.field, c.operator, c.value
		all[len(all)-1] = row
	}
	return row, define(all, row.FieldKey)
}

// define checks the definitions of an element's fields; key is of the one that
// was changed.
func define(rows []sqlc.ElementRequiredField, key string) error {
	found := fields.Define(definitions(rows))
	if len(found) == 0 {
		return nil
	}
	var wrong problems
	kind := ErrInvalidField
	for _, p := range found {
		switch p.Code {
		case fields.CodePattern:
			kind = ErrInvalidPattern
		case fields.CodeCycle:
			kind = ErrConditionCycle
		}
		if p.Key == key {
			wrong.add(p.Member, "%s", p.Detail)
		} else {
			wrong.add("key", "is used by the field %s, whose %s then %s", p.Key, p.Member, p.Detail)
		}
	}
	return wrong.fault(kind)
}

// definitions returns rows as the catalogue's fields, inactive ones too.
func definitions(rows []sqlc.ElementRequiredField) []*catalogue.Field {
	keys := make(map[uuid.UUID]string, len(rows))
	for _, row := range rows {
		keys[row.ID] = row.FieldKey
	}
	out := make([]*catalogue.Field, len(rows))
	for i, row := range rows {
		out[i] = catalogue.FieldFromRow(row, keys)
	}
	return out
}

// checkSlots checks that the conditions of photo slots still make sense when a
// field is as row says.
func (s *Editor) checkSlots(ctx context.Context, tx pgx.Tx, row sqlc.ElementRequiredField) error {
	slots, err := s.photoRows(ctx, tx, row.ElementID)
	if err != nil {
		return err
	}
	field := definitions([]sqlc.ElementRequiredField{row})[0]
	for _, slot := range slots {
		if deref(slot.ConditionFieldID) != row.ID {
			continue
		}
		c := catalogue.FieldCondition{FieldKey: row.FieldKey, Operator: *slot.ConditionOperator, Value: deref(slot.ConditionValue)}
		if _, detail := fields.Condition(&c, field); detail != "" {
			var wrong problems
			wrong.add("key", "is used by the photo %s, whose condition then %s", slot.Code, detail)
			return wrong.fault(ErrInvalidField)
		}
	}
	return nil
}
