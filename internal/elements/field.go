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
	return s.readField(ctx, s.db, id)
}

// CreateField stores a field of an element and returns it. What p leaves out:
// active, required, at the end of the list. Errors: as UpdateField;
// ErrElementNotFound; ErrTooMany.
func (s *Editor) CreateField(ctx context.Context, elementID uuid.UUID, p FieldPatch) (Field, error) {
	id := uuid.Must(uuid.NewV7())
	return change(ctx, s, func(ctx context.Context, tx pgx.Tx, at time.Time) (Field, error) {
		rows, err := s.fieldRows(ctx, tx, elementID)
		if err != nil {
			return Field{}, err
		}
		if len(rows) >= maxParts {
			return Field{}, ErrTooMany.WithMessage(fmt.Sprintf("An element has at most %d fields.", maxParts))
		}
		row, err := p.apply(sqlc.ElementRequiredField{
			ID: id, ElementID: elementID, Options: []string{}, IsRequired: true, IsActive: true,
			SortOrder: placeAfter(rows, func(f sqlc.ElementRequiredField) int32 { return f.SortOrder }),
		}, rows)
		if err != nil {
			return Field{}, err
		}
		if err := audit.RecordCreate(ctx, tx, at, "field", id.String(), row); err != nil {
			return Field{}, err
		}
		if err := s.writeField(ctx, tx, at, row); err != nil {
			return Field{}, err
		}
		return s.readField(ctx, tx, id)
	})
}

// UpdateField changes a field and returns it as it is then. version is the one
// the change is based on; 0 means any.
// Errors: ErrFieldNotFound; ErrFieldChanged; ErrFieldKeyTaken; ErrInvalidField;
// ErrInvalidPattern; ErrConditionCycle.
func (s *Editor) UpdateField(ctx context.Context, id uuid.UUID, version int, p FieldPatch) (Field, error) {
	return change(ctx, s, func(ctx context.Context, tx pgx.Tx, at time.Time) (Field, error) {
		if err := s.updateField(ctx, tx, at, id, version, p); err != nil {
			return Field{}, err
		}
		return s.readField(ctx, tx, id)
	})
}

func (s *Editor) updateField(ctx context.Context, tx pgx.Tx, at time.Time, id uuid.UUID, version int, p FieldPatch) error {
	old, err := s.fieldRow(ctx, tx, id)
	if err != nil {
		return err
	}
	if version != 0 && int(old.Version) != version {
		return ErrFieldChanged
	}
	rows, err := s.fieldRows(ctx, tx, old.ElementID)
	if err != nil {
		return err
	}
	row, err := p.apply(old, rows)
	if err != nil {
		return err
	}
	if err := s.checkSlots(ctx, tx, row); err != nil {
		return err
	}
	if changed, err := audit.RecordUpdate(ctx, tx, at, "field", id.String(), old, row); err != nil || !changed {
		return err
	}
	if row.FieldKey != old.FieldKey {
		if err := s.q.ElementFieldTouchDependents(ctx, tx, sqlc.ElementFieldTouchDependentsParams{ID: id, At: at}); err != nil {
			return fmt.Errorf("touch what depends on the field: %w", err)
		}
	}
	return s.writeField(ctx, tx, at, row)
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

func (s *Editor) readField(ctx context.Context, d sqlc.DBTX, id uuid.UUID) (Field, error) {
	row, err := s.fieldRow(ctx, d, id)
	if err != nil {
		return Field{}, err
	}
	all, err := s.fields(ctx, d, row.ElementID)
	if err != nil {
		return Field{}, err
	}
	if i := slices.IndexFunc(all, func(f Field) bool { return f.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Field{}, FieldNotFound(id) // deleted between the two reads
}
