package tariffs

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
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Errors of categories, beside ErrCategoryNotFound.
var (
	ErrCategorySlugTaken = fault.New(fault.Conflict, "category_slug_taken", "Category slug already exists")
	ErrCategoryChanged   = errChanged("The category was changed since then.")
	// ErrCategoryInUse says in its message what uses the category.
	ErrCategoryInUse = fault.New(fault.Conflict, "category_in_use", "Quotes were offered from the category; deactivate it instead.")
	ErrReservedSlug  = fault.New(fault.Invalid, "reserved_slug", "The slug would be taken for something else.").
				WithFields(fault.Field{Pointer: "/slug", Detail: "would be taken for something else"})
)

// reservedSlugs are the addresses beside those of categories.
var reservedSlugs = []string{"order"}

// Categories changes vehicle categories. Safe for concurrent use.
type Categories struct {
	q    *sqlc.Queries
	rows resource[categoryRow]
}

// categoryRow is a category, and what it is a copy of when it is made as one.
type categoryRow struct {
	sqlc.VehicleCategory
	CopiedFrom string `json:"copied_from,omitempty"`
}

// NewCategories returns the service.
func NewCategories(c Catalogue) *Categories {
	s := &Categories{q: sqlc.New()}
	s.rows = resource[categoryRow]{
		catalogue: c, kind: "category", write: s.write, notFound: ErrCategoryNotFound, changed: ErrCategoryChanged,
		get: func(ctx context.Context, tx pgx.Tx, id uuid.UUID) (categoryRow, error) {
			row, err := s.q.CategoryGet(ctx, tx, id)
			return categoryRow{VehicleCategory: row}, err
		},
		key:   func(r *categoryRow) (uuid.UUID, int32) { return r.ID, r.Version },
		place: func(r *categoryRow) *int32 { return &r.SortOrder },
	}
	return s
}

// NewCategory describes a category to create.
type NewCategory struct {
	Slug        string
	Name        string
	ClientType  catalogue.ClientType
	VehicleKind catalogue.VehicleKind
	Description *string
	Icon        *string
	IsActive    bool
	SortOrder   int32
	// UnitsPerElement is as in catalogue.Category.
	UnitsPerElement *int32
}

// CategoryPatch changes what is present: nil, or not specified, leaves a member
// as it is; null clears it.
type CategoryPatch struct {
	Slug            *string
	Name            *string
	ClientType      *catalogue.ClientType
	VehicleKind     *catalogue.VehicleKind
	Description     nullable.Nullable[string]
	Icon            nullable.Nullable[string]
	IsActive        *bool
	SortOrder       *int32
	UnitsPerElement nullable.Nullable[int32]
}

// CategoryCopy says in what a copy differs from the original; nil is as there.
type CategoryCopy struct {
	Slug        string
	Name        string
	ClientType  *catalogue.ClientType
	VehicleKind *catalogue.VehicleKind
}

// Create stores a category and returns it.
// Errors: ErrCategorySlugTaken; ErrReservedSlug.
func (s *Categories) Create(ctx context.Context, n NewCategory) (*catalogue.Category, error) {
	if err := checkCategory(n.Slug, &n.Name, n.Description, n.Icon); err != nil {
		return nil, err
	}
	row, snapshot, err := s.rows.create(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) (categoryRow, error) {
		row, err := s.q.CategoryInsert(ctx, tx, sqlc.CategoryInsertParams{
			ID: uuid.Must(uuid.NewV7()), Slug: n.Slug, Name: n.Name, ClientType: string(n.ClientType), VehicleKind: string(n.VehicleKind),
			Description: n.Description, Icon: n.Icon, IsActive: n.IsActive, SortOrder: n.SortOrder, UnitsPerElement: n.UnitsPerElement, At: at,
		})
		return categoryRow{VehicleCategory: row}, categoryError(err)
	})
	if err != nil {
		return nil, err
	}
	return snapshot.ByID(row.ID), nil
}

// Update changes a category and returns it as it is then. version is the one
// the change is based on; 0 means any.
// Errors: ErrCategoryNotFound; ErrCategoryChanged; ErrCategorySlugTaken;
// ErrReservedSlug.
func (s *Categories) Update(ctx context.Context, id uuid.UUID, version int, p CategoryPatch) (*catalogue.Category, error) {
	_, snapshot, err := s.rows.update(ctx, id, version, func(_ context.Context, _ pgx.Tx, row categoryRow) (categoryRow, error) {
		set(&row.Slug, p.Slug)
		set(&row.Name, p.Name)
		set(&row.ClientType, (*string)(p.ClientType))
		set(&row.VehicleKind, (*string)(p.VehicleKind))
		set(&row.IsActive, p.IsActive)
		set(&row.SortOrder, p.SortOrder)
		setNullable(&row.Description, p.Description)
		setNullable(&row.Icon, p.Icon)
		setNullable(&row.UnitsPerElement, p.UnitsPerElement)
		return row, checkCategory(row.Slug, &row.Name, row.Description, row.Icon)
	})
	if err != nil {
		return nil, err
	}
	return snapshot.ByID(id), nil
}

// Order puts all categories in that order and returns them.
// Errors: ErrInvalidOrder.
func (s *Categories) Order(ctx context.Context, ids []uuid.UUID) ([]*catalogue.Category, error) {
	_, snapshot, err := s.rows.reorder(ctx, ids, func(ctx context.Context, tx pgx.Tx) ([]categoryRow, error) {
		list, err := s.q.CategoryListAll(ctx, tx)
		return mapped(list, func(r sqlc.VehicleCategory) categoryRow { return categoryRow{VehicleCategory: r} }), err
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Categories, nil
}

// Duplicate stores a whole copy of a category, inactive and with new ids, and
// returns it.
// Errors: ErrCategoryNotFound; ErrCategorySlugTaken; ErrReservedSlug.
func (s *Categories) Duplicate(ctx context.Context, id uuid.UUID, n CategoryCopy) (*catalogue.Category, error) {
	if err := checkCategory(n.Slug, &n.Name); err != nil {
		return nil, err
	}
	row, snapshot, err := s.rows.create(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) (categoryRow, error) {
		original, err := s.rows.read(ctx, tx, id, 0)
		if err != nil {
			return categoryRow{}, err
		}
		row, err := s.q.CategoryCopy(ctx, tx, sqlc.CategoryCopyParams{
			CopyID: uuid.Must(uuid.NewV7()), Slug: n.Slug, Name: n.Name,
			ClientType: (*string)(n.ClientType), VehicleKind: (*string)(n.VehicleKind), At: at, CategoryID: id,
		})
		if err != nil {
			return categoryRow{}, categoryError(err)
		}
		return categoryRow{row, original.Slug + " " + id.String()}, s.copyParts(ctx, tx, id, row.ID, at)
	})
	if err != nil {
		return nil, err
	}
	return snapshot.ByID(row.ID), nil
}

// copyParts copies what is in a category, table by table, what is referred to
// before what refers to it.
func (s *Categories) copyParts(ctx context.Context, tx pgx.Tx, from, to uuid.UUID, at time.Time) error {
	p := sqlc.CategoryCopyTiersParams{CopyID: to, At: at, CategoryID: from}
	for _, err := range []error{
		s.q.CategoryCopyTiers(ctx, tx, p),
		s.q.CategoryCopyElements(ctx, tx, sqlc.CategoryCopyElementsParams(p)),
		s.q.CategoryCopyTierElements(ctx, tx, sqlc.CategoryCopyTierElementsParams(p)),
		s.q.CategoryCopyTierInclusions(ctx, tx, sqlc.CategoryCopyTierInclusionsParams(p)),
		s.q.CategoryCopyFields(ctx, tx, sqlc.CategoryCopyFieldsParams(p)),
		s.q.CategoryCopyPhotoSlots(ctx, tx, sqlc.CategoryCopyPhotoSlotsParams(p)),
		s.q.CategoryCopyDocuments(ctx, tx, sqlc.CategoryCopyDocumentsParams(p)),
		s.q.CategoryCopyServices(ctx, tx, sqlc.CategoryCopyServicesParams(p)),
		s.q.CategoryCopySuggestedServices(ctx, tx, sqlc.CategoryCopySuggestedServicesParams(p)),
		s.q.CategoryCopyWarnings(ctx, tx, sqlc.CategoryCopyWarningsParams(p)),
		s.q.CategoryCopyWarningTriggers(ctx, tx, sqlc.CategoryCopyWarningTriggersParams{CopyID: to, CategoryID: from}),
	} {
		if err != nil {
			return fmt.Errorf("copy category: %w", err) // the first: the others are of the broken transaction
		}
	}
	return nil
}

// Delete removes a category and everything in it.
// Errors: ErrCategoryNotFound; ErrCategoryChanged; ErrCategoryInUse.
func (s *Categories) Delete(ctx context.Context, id uuid.UUID, version int) error {
	return s.rows.remove(ctx, id, version, func(ctx context.Context, tx pgx.Tx, _ categoryRow) error {
		if err := s.q.CategoryTakeOverTriggers(ctx, tx, id); db.IsUnique(err, "warning_triggers_key") {
			return ErrCategoryInUse.WithMessage("A warning of every category has a trigger in this one and another by the same code elsewhere.")
		} else if err != nil {
			return fmt.Errorf("keep the triggers of warnings of every category: %w", err)
		}
		warnings, err := s.q.CategoryListTriggered(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("find the warnings that would lose a trigger: %w", err)
		}
		if len(warnings) > 0 {
			return ErrCategoryInUse.WithMessage("Warnings of every category are triggered by something that is in this one only: " +
				strings.Join(warnings, ", ") + ".")
		}
		for _, del := range []func(context.Context, sqlc.DBTX, uuid.UUID) error{
			s.q.CategoryDeleteWarnings, s.q.CategoryDeleteTierInclusions, s.q.CategoryDeleteTiers, s.q.CategoryDeleteElements, s.q.CategoryDelete,
		} {
			if err := del(ctx, tx, id); err != nil {
				return categoryError(err)
			}
		}
		return nil
	})
}

func (s *Categories) write(ctx context.Context, tx pgx.Tx, r categoryRow, at time.Time) (categoryRow, error) {
	var err error
	r.VehicleCategory, err = s.q.CategoryUpdate(ctx, tx, sqlc.CategoryUpdateParams{
		ID: r.ID, Slug: r.Slug, Name: r.Name, ClientType: r.ClientType, VehicleKind: r.VehicleKind, Description: r.Description, Icon: r.Icon,
		IsActive: r.IsActive, SortOrder: r.SortOrder, UnitsPerElement: r.UnitsPerElement, At: at,
	})
	return r, categoryError(err)
}

// checkCategory refuses slugs that no address could have, or another one has:
// the category would be there and never found.
func checkCategory(slug string, texts ...*string) error {
	_, err := uuid.Parse(slug)
	if looksLikeID := err == nil && len(slug) == 36; looksLikeID || slices.Contains(reservedSlugs, slug) {
		return ErrReservedSlug
	}
	return storable(append(texts, &slug)...)
}

func categoryError(err error) error {
	switch {
	case err == nil:
		return nil
	case db.IsUnique(err, "vehicle_categories_slug_key"):
		return ErrCategorySlugTaken
	case db.IsReferenced(err):
		return ErrCategoryInUse
	}
	return fmt.Errorf("write category: %w", err)
}
