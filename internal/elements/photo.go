package elements

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/patch"
)

// Errors of photo slots.
var (
	ErrPhotoNotFound  = fault.New(fault.NotFound, "photo_not_found", "Photo not found")
	ErrPhotoCodeTaken = fault.New(fault.Conflict, "photo_code_taken", "Photo code already exists")
	ErrPhotoChanged   = fault.New(fault.PreconditionFailed, "version_mismatch", "The photo was changed since then.")
	// ErrInvalidPhoto lists every wrong member in its fields.
	ErrInvalidPhoto = fault.New(fault.Invalid, "invalid_photo", "The photo breaks a rule.")
)

// PhotoNotFound is ErrPhotoNotFound with the id in its words.
func PhotoNotFound(id uuid.UUID) error {
	return ErrPhotoNotFound.WithMessage(fmt.Sprintf("Photo %s not found", id))
}

// PhotoPatch changes what is present: nil, or not specified, leaves a member as
// it is; null clears it.
type PhotoPatch struct {
	Code        *string
	Kind        *string
	Title       *string
	Instruction nullable.Nullable[string]
	// ImageURL is a picture of ours, "/api/images/x.webp", or an https address.
	ImageURL   nullable.Nullable[string]
	IsRequired *bool
	// Condition is on a field of the element, by key.
	Condition nullable.Nullable[catalogue.FieldCondition]
	SortOrder *int32
	IsActive  *bool
}

// Photos lists an element's photo slots in display order, inactive ones too.
// Errors: ErrElementNotFound.
func (s *Editor) Photos(ctx context.Context, elementID uuid.UUID) ([]Photo, error) {
	if _, err := s.element(ctx, s.db, elementID); err != nil {
		return nil, err
	}
	return s.photos(ctx, s.db, elementID)
}

// Photo returns one photo slot. Errors: ErrPhotoNotFound.
func (s *Editor) Photo(ctx context.Context, id uuid.UUID) (Photo, error) {
	return s.readPhoto(ctx, s.db, id)
}

// CreatePhoto stores a photo slot of an element and returns it. What p leaves
// out: active, not required, at the end of the list. Errors: as UpdatePhoto;
// ErrElementNotFound; ErrTooMany.
func (s *Editor) CreatePhoto(ctx context.Context, elementID uuid.UUID, p PhotoPatch) (Photo, error) {
	id := uuid.Must(uuid.NewV7())
	return change(ctx, s, func(ctx context.Context, tx pgx.Tx, at time.Time) (Photo, error) {
		rows, err := s.photoRows(ctx, tx, elementID)
		if err != nil {
			return Photo{}, err
		}
		if len(rows) >= maxParts {
			return Photo{}, ErrTooMany.WithMessage(fmt.Sprintf("An element has at most %d photos.", maxParts))
		}
		row, err := s.applyPhoto(ctx, tx, p, sqlc.ElementPhotoSlot{
			ID: id, ElementID: elementID, IsActive: true,
			SortOrder: placeAfter(rows, func(r sqlc.ElementPhotoSlot) int32 { return r.SortOrder }),
		})
		if err != nil {
			return Photo{}, err
		}
		if err := audit.RecordCreate(ctx, tx, at, "photo", id.String(), row); err != nil {
			return Photo{}, err
		}
		if err := s.writePhoto(ctx, tx, at, row); err != nil {
			return Photo{}, err
		}
		return s.readPhoto(ctx, tx, id)
	})
}

// UpdatePhoto changes a photo slot and returns it as it is then. version is the
// one the change is based on; 0 means any. Errors: ErrPhotoNotFound;
// ErrPhotoChanged; ErrPhotoCodeTaken; ErrInvalidPhoto; ErrInvalidField for its
// condition.
func (s *Editor) UpdatePhoto(ctx context.Context, id uuid.UUID, version int, p PhotoPatch) (Photo, error) {
	return change(ctx, s, func(ctx context.Context, tx pgx.Tx, at time.Time) (Photo, error) {
		if err := s.updatePhoto(ctx, tx, at, id, version, p); err != nil {
			return Photo{}, err
		}
		return s.readPhoto(ctx, tx, id)
	})
}

func (s *Editor) updatePhoto(ctx context.Context, tx pgx.Tx, at time.Time, id uuid.UUID, version int, p PhotoPatch) error {
	old, err := s.photoRow(ctx, tx, id)
	if err != nil {
		return err
	}
	if version != 0 && int(old.Version) != version {
		return ErrPhotoChanged
	}
	row, err := s.applyPhoto(ctx, tx, p, old)
	if err != nil {
		return err
	}
	if changed, err := audit.RecordUpdate(ctx, tx, at, "photo", id.String(), old, row); err != nil || !changed {
		return err
	}
	return s.writePhoto(ctx, tx, at, row)
}

// DeletePhoto deletes a photo slot. version is the one the deletion is based on;
// 0 means any. Errors: ErrPhotoNotFound; ErrPhotoChanged.
func (s *Editor) DeletePhoto(ctx context.Context, id uuid.UUID, version int) error {
	_, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		row, err := s.photoRow(ctx, tx, id)
		if err != nil {
			return err
		}
		if version != 0 && int(row.Version) != version {
			return ErrPhotoChanged
		}
		if err := audit.RecordDelete(ctx, tx, at, "photo", id.String(), row); err != nil {
			return err
		}
		if err := s.q.ElementPhotoDelete(ctx, tx, id); err != nil {
			return fmt.Errorf("delete photo slot: %w", err)
		}
		return s.touch(ctx, tx, at, row.ElementID)
	})
	return err
}

// applyPhoto returns the row as the patch makes it, checked.
func (s *Editor) applyPhoto(ctx context.Context, tx pgx.Tx, p PhotoPatch, row sqlc.ElementPhotoSlot) (sqlc.ElementPhotoSlot, error) {
	patch.Set(&row.Code, p.Code)
	patch.Set(&row.Kind, p.Kind)
	patch.Set(&row.Title, p.Title)
	patch.SetNullable(&row.Instruction, p.Instruction)
	patch.SetNullable(&row.ImageURL, p.ImageURL)
	patch.Set(&row.IsRequired, p.IsRequired)
	patch.Set(&row.SortOrder, p.SortOrder)
	patch.Set(&row.IsActive, p.IsActive)
	var wrong problems
	if row.IsRequired && row.Kind == string(catalogue.PhotoExample) {
		wrong.add("required", "cannot be true for an example: it is shown, not asked for")
	}
	if row.ImageURL != nil && !validImage(*row.ImageURL) {
		wrong.add("image_url", "has to be a picture under /api/images/ or an https address")
	}
	if err := wrong.fault(ErrInvalidPhoto); err != nil || !p.Condition.IsSpecified() {
		return row, err
	}
	rows, err := s.fieldRows(ctx, tx, row.ElementID)
	if err != nil {
		return row, err
	}
	c, err := conditionOf(p.Condition, rows)
	row.ConditionFieldID, row.ConditionOperator, row.ConditionValue = c.field, c.operator, c.value
	return row, err
}

// ownImage is the address of a picture that this service keeps.
var ownImage = regexp.MustCompile(`^/api/images/[A-Za-z0-9_-][A-Za-z0-9_.-]*$`)

func validImage(address string) bool {
	if ownImage.MatchString(address) {
		return true
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}

func (s *Editor) writePhoto(ctx context.Context, tx pgx.Tx, at time.Time, r sqlc.ElementPhotoSlot) error {
	err := s.q.ElementPhotoPut(ctx, tx, sqlc.ElementPhotoPutParams{
		ID: r.ID, ElementID: r.ElementID, Code: r.Code, Kind: r.Kind, Title: r.Title, Instruction: r.Instruction,
		ImageURL: r.ImageURL, IsRequired: r.IsRequired, ConditionFieldID: r.ConditionFieldID,
		ConditionOperator: r.ConditionOperator, ConditionValue: r.ConditionValue, SortOrder: r.SortOrder, IsActive: r.IsActive, At: at,
	})
	if db.IsUnique(err, "element_photo_slots_code_key") {
		return ErrPhotoCodeTaken
	}
	if err != nil {
		return fmt.Errorf("write photo slot: %w", err)
	}
	return s.touch(ctx, tx, at, r.ElementID)
}

func (s *Editor) photoRow(ctx context.Context, d sqlc.DBTX, id uuid.UUID) (sqlc.ElementPhotoSlot, error) {
	row, err := s.q.ElementPhotoGet(ctx, d, id)
	if db.IsNoRows(err) {
		return row, PhotoNotFound(id)
	}
	if err != nil {
		return row, fmt.Errorf("read photo slot: %w", err)
	}
	return row, nil
}

// photoRows reads the photo slots of an element that is there.
func (s *Editor) photoRows(ctx context.Context, tx pgx.Tx, elementID uuid.UUID) ([]sqlc.ElementPhotoSlot, error) {
	if _, err := s.element(ctx, tx, elementID); err != nil {
		return nil, err
	}
	rows, err := s.q.ElementPhotoList(ctx, tx, elementID)
	if err != nil {
		return nil, fmt.Errorf("read photo slots: %w", err)
	}
	return rows, nil
}

func (s *Editor) photos(ctx context.Context, d sqlc.DBTX, elementID uuid.UUID) ([]Photo, error) {
	rows, err := s.q.ElementPhotoList(ctx, d, elementID)
	if err != nil {
		return nil, fmt.Errorf("read photo slots: %w", err)
	}
	fieldRows, err := s.q.ElementFieldList(ctx, d, elementID)
	if err != nil {
		return nil, fmt.Errorf("read fields: %w", err)
	}
	keys := make(map[uuid.UUID]string, len(fieldRows))
	for _, f := range fieldRows {
		keys[f.ID] = f.FieldKey
	}
	out := make([]Photo, len(rows))
	for i, r := range rows {
		out[i] = Photo{
			PhotoSlot: *catalogue.PhotoSlotFromRow(r, keys),
			Part:      Part{ElementID: r.ElementID, IsActive: r.IsActive, Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt},
		}
	}
	return out, nil
}

func (s *Editor) readPhoto(ctx context.Context, d sqlc.DBTX, id uuid.UUID) (Photo, error) {
	row, err := s.photoRow(ctx, d, id)
	if err != nil {
		return Photo{}, err
	}
	all, err := s.photos(ctx, d, row.ElementID)
	if err != nil {
		return Photo{}, err
	}
	if i := slices.IndexFunc(all, func(p Photo) bool { return p.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Photo{}, PhotoNotFound(id) // deleted between the two reads
}
