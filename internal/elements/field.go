package elements

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/fields"
	"github.com/msia/msia/internal/patch"
)

// Errors of fields.
var (
	ErrFieldNotFound = fault.New(fault.NotFound, "field_not_found", "Field not found")
	ErrFieldKeyTaken = fault.New(fault.Conflict, "field_key_taken", "Field key already exists")
	ErrFieldChanged  = fault.New(fault.PreconditionFailed, "version_mismatch", "The field was changed since then.")
	// ErrFieldInUse: the condition of another field or of a photo slot is on it.
	ErrFieldInUse = fault.New(fault.Conflict, "field_in_use", "The field is in use.")
	// ErrInvalidField, ErrInvalidPattern and ErrConditionCycle list every wrong
	// member in their fields.
	ErrInvalidField   = fault.New(fault.Invalid, fields.CodeInvalid, "The field breaks a rule.")
	ErrInvalidPattern = fault.New(fault.Invalid, fields.CodePattern, "The pattern is not a regular expression.")
	ErrConditionCycle = fault.New(fault.Invalid, fields.CodeCycle, "A condition cannot depend on itself.")
	// ErrUnknownField names the keys that no field has.
	ErrUnknownField = fault.New(fault.Invalid, "unknown_field", "The element has no such field.")
)

// FieldNotFound is ErrFieldNotFound with the id in its words.
func FieldNotFound(id uuid.UUID) error {
	return ErrFieldNotFound.WithMessage(fmt.Sprintf("Field %s not found", id))
}

// FieldPatch changes what is present: nil, or not specified, leaves a member as
// it is; null clears it.
type FieldPatch struct {
	Key        *string
	Label      *string
	Type       *string
	Options    *[]string
	Unit       nullable.Nullable[string]
	IsRequired *bool
	Min        nullable.Nullable[float64]
	Max        nullable.Nullable[float64]
	MinLength  nullable.Nullable[int32]
	MaxLength  nullable.Nullable[int32]
	Pattern    nullable.Nullable[string]
	Example    nullable.Nullable[string]
	Hint       nullable.Nullable[string]
	// Condition is on another field of the element, by key.
	Condition nullable.Nullable[catalogue.FieldCondition]
	SortOrder *int32
	IsActive  *bool
}

// Fields lists an element's fields in display order, inactive ones too.
// Errors: ErrElementNotFound.
func (s *Editor) Fields(ctx context.Context, elementID uuid.UUID) ([]Field, error) {
	if _, err := s.element(ctx, s.db, elementID); err != nil {
		return nil, err
	}
	return s.fields(ctx, s.db, elementID)
}

// Field returns one field. Errors: ErrFieldNotFound.
func (s *Editor) Field(ctx context.Context, id uuid.UUID) (Field, error) {
	row, err := s.fieldRow(ctx, s.db, id)
	if err != nil {
		return Field{}, err
	}
	all, err := s.fields(ctx, s.db, row.ElementID)
	if err != nil {
		return Field{}, err
	}
	return fieldByID(all, id)
}

// CreateField stores a field of an element and returns it. What p leaves out:
// active, required, at the end of the list. Errors: as UpdateField;
// ErrElementNotFound; ErrTooMany.
func (s *Editor) CreateField(ctx context.Context, elementID uuid.UUID, p FieldPatch) (Field, error) {
	return s.changeField(ctx, uuid.Must(uuid.NewV7()), func(ctx context.Context, tx pgx.Tx, at time.Time, id uuid.UUID) (uuid.UUID, error) {
		rows, err := s.fieldRows(ctx, tx, elementID)
		if err != nil {
			return elementID, err
		}
		if len(rows) >= maxParts {
			return elementID, ErrTooMany.WithMessage(fmt.Sprintf("An element has at most %d fields.", maxParts))
		}
		row, err := p.apply(sqlc.ElementRequiredField{
			ID: id, ElementID: elementID, Options: []string{}, IsRequired: true, IsActive: true,
			SortOrder: placeAfter(rows, func(f sqlc.ElementRequiredField) int32 { return f.SortOrder }),
		}, rows)
		if err != nil {
			return elementID, err
		}
		if err := audit.RecordCreate(ctx, tx, at, "field", id.String(), row); err != nil {
			return elementID, err
		}
		return elementID, s.writeField(ctx, tx, at, row)
	})
}

// UpdateField changes a field and returns it as it is then. version is the one
// the change is based on; 0 means any.
// Errors: ErrFieldNotFound; ErrFieldChanged; ErrFieldKeyTaken; ErrInvalidField;
// ErrInvalidPattern; ErrConditionCycle.
func (s *Editor) UpdateField(ctx context.Context, id uuid.UUID, version int, p FieldPatch) (Field, error) {
	return s.changeField(ctx, id, func(ctx context.Context, tx pgx.Tx, at time.Time, id uuid.UUID) (uuid.UUID, error) {
		old, err := s.fieldRow(ctx, tx, id)
		if err != nil {
			return uuid.Nil, err
		}
		if version != 0 && int(old.Version) != version {
			return uuid.Nil, ErrFieldChanged
		}
		rows, err := s.fieldRows(ctx, tx, old.ElementID)
		if err != nil {
			return uuid.Nil, err
		}
		row, err := p.apply(old, rows)
		if err != nil {
			return uuid.Nil, err
		}
		if err := s.checkSlots(ctx, tx, row, rows); err != nil {
			return uuid.Nil, err
		}
		if changed, err := audit.RecordUpdate(ctx, tx, at, "field", id.String(), old, row); err != nil || !changed {
			return old.ElementID, err
		}
		if row.FieldKey != old.FieldKey {
			if err := s.q.ElementFieldTouchDependents(ctx, tx, sqlc.ElementFieldTouchDependentsParams{ID: id, At: at}); err != nil {
				return uuid.Nil, fmt.Errorf("touch what depends on the field: %w", err)
			}
		}
		return old.ElementID, s.writeField(ctx, tx, at, row)
	})
}

// changeField runs a change of one field, which returns its element, and reads
// the field back.
func (s *Editor) changeField(ctx context.Context, id uuid.UUID, fn func(context.Context, pgx.Tx, time.Time, uuid.UUID) (uuid.UUID, error)) (Field, error) {
	var out Field
	_, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		elementID, err := fn(ctx, tx, at, id)
		if err != nil {
			return err
		}
		all, err := s.fields(ctx, tx, elementID)
		if err != nil {
			return err
		}
		out, err = fieldByID(all, id)
		return err
	})
	return out, err
}

// DeleteField deletes a field. version is the one the deletion is based on; 0
// means any. Errors: ErrFieldNotFound; ErrFieldChanged; ErrFieldInUse, which
// names what depends on it.
func (s *Editor) DeleteField(ctx context.Context, id uuid.UUID, version int) error {
	_, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		row, err := s.fieldRow(ctx, tx, id)
		if err != nil {
			return err
		}
		if version != 0 && int(row.Version) != version {
			return ErrFieldChanged
		}
		users, err := s.dependents(ctx, tx, row)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return ErrFieldInUse.WithMessage(fmt.Sprintf("%s cannot be deleted while it decides whether %s is asked for.",
				row.FieldKey, strings.Join(users, ", ")))
		}
		if err := audit.RecordDelete(ctx, tx, at, "field", id.String(), row); err != nil {
			return err
		}
		if err := s.q.ElementFieldDelete(ctx, tx, id); err != nil {
			return fmt.Errorf("delete field: %w", err)
		}
		return s.touch(ctx, tx, at, row.ElementID)
	})
	return err
}

// dependents names the fields and photo slots whose condition is on a field.
func (s *Editor) dependents(ctx context.Context, tx pgx.Tx, row sqlc.ElementRequiredField) ([]string, error) {
	rows, err := s.fieldRows(ctx, tx, row.ElementID)
	if err != nil {
		return nil, err
	}
	slots, err := s.photoRows(ctx, tx, row.ElementID)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range rows {
		if deref(f.ConditionFieldID) == row.ID {
			names = append(names, "the field "+f.FieldKey)
		}
	}
	for _, p := range slots {
		if deref(p.ConditionFieldID) == row.ID {
			names = append(names, "the photo "+p.Code)
		}
	}
	return names, nil
}

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
func (s *Editor) checkSlots(ctx context.Context, tx pgx.Tx, row sqlc.ElementRequiredField, rows []sqlc.ElementRequiredField) error {
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

func (s *Editor) writeField(ctx context.Context, tx pgx.Tx, at time.Time, r sqlc.ElementRequiredField) error {
	err := s.q.ElementFieldPut(ctx, tx, sqlc.ElementFieldPutParams{
		ID: r.ID, ElementID: r.ElementID, FieldKey: r.FieldKey, Label: r.Label, FieldType: r.FieldType, Options: r.Options,
		Unit: r.Unit, IsRequired: r.IsRequired, MinValue: r.MinValue, MaxValue: r.MaxValue, MinLength: r.MinLength,
		MaxLength: r.MaxLength, Pattern: r.Pattern, Example: r.Example, Hint: r.Hint, ConditionFieldID: r.ConditionFieldID,
		ConditionOperator: r.ConditionOperator, ConditionValue: r.ConditionValue, SortOrder: r.SortOrder, IsActive: r.IsActive, At: at,
	})
	if err != nil {
		return fmt.Errorf("write field: %w", err)
	}
	return s.touch(ctx, tx, at, r.ElementID)
}

func (s *Editor) fieldRow(ctx context.Context, d sqlc.DBTX, id uuid.UUID) (sqlc.ElementRequiredField, error) {
	row, err := s.q.ElementFieldGet(ctx, d, id)
	if db.IsNoRows(err) {
		return row, FieldNotFound(id)
	}
	if err != nil {
		return row, fmt.Errorf("read field: %w", err)
	}
	return row, nil
}

// fieldRows reads the fields of an element that is there.
func (s *Editor) fieldRows(ctx context.Context, tx pgx.Tx, elementID uuid.UUID) ([]sqlc.ElementRequiredField, error) {
	if _, err := s.element(ctx, tx, elementID); err != nil {
		return nil, err
	}
	rows, err := s.q.ElementFieldList(ctx, tx, elementID)
	if err != nil {
		return nil, fmt.Errorf("read fields: %w", err)
	}
	return rows, nil
}

func (s *Editor) fields(ctx context.Context, d sqlc.DBTX, elementID uuid.UUID) ([]Field, error) {
	rows, err := s.q.ElementFieldList(ctx, d, elementID)
	if err != nil {
		return nil, fmt.Errorf("read fields: %w", err)
	}
	out := make([]Field, len(rows))
	for i, f := range definitions(rows) {
		r := rows[i]
		out[i] = Field{Field: *f, Part: Part{ElementID: r.ElementID, IsActive: r.IsActive, Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}}
	}
	return out, nil
}

// fieldByID finds one of the fields. Errors: ErrFieldNotFound.
func fieldByID(all []Field, id uuid.UUID) (Field, error) {
	if i := slices.IndexFunc(all, func(f Field) bool { return f.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Field{}, FieldNotFound(id)
}
