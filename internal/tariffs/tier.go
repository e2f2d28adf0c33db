package tariffs

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/money"
)

// Errors of tiers.
var (
	ErrTierNotFound  = fault.New(fault.NotFound, "tier_not_found", "Tier not found")
	ErrTierCodeTaken = fault.New(fault.Conflict, "tier_code_taken", "Tier code already exists")
	ErrTierChanged   = errChanged("The tier was changed since then.")
	// ErrTierInUse says in its message what uses the tier.
	ErrTierInUse = fault.New(fault.Conflict, "tier_in_use", "The tier is in use; deactivate it instead.")
)

// TierNotFound is ErrTierNotFound with the id in its words.
func TierNotFound(id uuid.UUID) error {
	return ErrTierNotFound.WithMessage(fmt.Sprintf("Tier %s not found", id))
}

// Tiers changes price levels. Safe for concurrent use.
type Tiers struct {
	db   db.DB
	q    *sqlc.Queries
	rows resource[tierRow]
}

// tierRow is a tier with its lists, by codes. Lists are read where they are
// needed only; nil lists are not compared with others.
type tierRow struct {
	sqlc.TariffTier
	Elements []string    `json:"elements,omitempty"`
	Includes []Reference `json:"includes,omitempty"`
	Warnings []string    `json:"warnings,omitempty"`
}

// NewTiers returns the service.
func NewTiers(d db.DB, c Catalogue) *Tiers {
	s := &Tiers{db: d, q: sqlc.New()}
	s.rows = resource[tierRow]{
		catalogue: c, kind: "tier", write: s.write, notFound: ErrTierNotFound, changed: ErrTierChanged,
		get: func(ctx context.Context, tx pgx.Tx, id uuid.UUID) (tierRow, error) {
			row, err := s.q.TierGet(ctx, tx, id)
			return tierRow{TariffTier: row}, err
		},
		key:   func(r *tierRow) (uuid.UUID, int32) { return r.ID, r.Version },
		place: func(r *tierRow) *int32 { return &r.SortOrder },
	}
	return s
}

// NewTier describes a tier to create. It covers nothing yet.
type NewTier struct {
	CategoryID  uuid.UUID
	Code        string
	Name        string
	Price       money.Amount
	Description *string
	Conditions  *string
	// RequiresProject says that an engineer's project is part of the price.
	RequiresProject bool
	// OwnMax is how many elements of its own list it covers; nil means no limit.
	OwnMax    *int32
	SortOrder int32
	IsActive  bool
}

// TierPatch changes what is present: nil, or not specified, leaves a member as
// it is; null clears it.
type TierPatch struct {
	Code            *string
	Name            *string
	Price           *money.Amount
	Description     nullable.Nullable[string]
	Conditions      nullable.Nullable[string]
	RequiresProject *bool
	OwnMax          nullable.Nullable[int32]
	SortOrder       *int32
	IsActive        *bool
}

// Create stores a tier and returns it.
// Errors: ErrCategoryNotFound; ErrTierCodeTaken within the category.
func (s *Tiers) Create(ctx context.Context, n NewTier) (*catalogue.Tier, error) {
	if err := storable(&n.Code, &n.Name, n.Description, n.Conditions); err != nil {
		return nil, err
	}
	id := uuid.Must(uuid.NewV7())
	_, snapshot, err := s.rows.create(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) (tierRow, error) {
		row, err := s.q.TierInsert(ctx, tx, sqlc.TierInsertParams{
			ID: id, CategoryID: n.CategoryID, Code: n.Code, Name: n.Name, Price: n.Price, Description: n.Description,
			Conditions: n.Conditions, RequiresProject: n.RequiresProject, OwnMax: n.OwnMax, SortOrder: n.SortOrder, IsActive: n.IsActive, At: at,
		})
		return tierRow{TariffTier: row}, tierError(err)
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Tier(id), nil
}

// Update changes a tier and returns it as it is then. version is the one the
// change is based on; 0 means any.
// Errors: ErrTierNotFound; ErrTierCodeTaken; ErrTierChanged.
func (s *Tiers) Update(ctx context.Context, id uuid.UUID, version int, p TierPatch) (*catalogue.Tier, error) {
	_, snapshot, err := s.rows.update(ctx, id, version, func(_ context.Context, _ pgx.Tx, row tierRow) (tierRow, error) {
		set(&row.Code, p.Code)
		set(&row.Name, p.Name)
		set(&row.Price, p.Price)
		set(&row.RequiresProject, p.RequiresProject)
		set(&row.SortOrder, p.SortOrder)
		set(&row.IsActive, p.IsActive)
		setNullable(&row.Description, p.Description)
		setNullable(&row.Conditions, p.Conditions)
		setNullable(&row.OwnMax, p.OwnMax)
		return row, storable(&row.Code, &row.Name, row.Description, row.Conditions)
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Tier(id), nil
}

// Delete removes a tier with its lists and the warnings that hang on it.
// Errors: ErrTierNotFound; ErrTierChanged; ErrTierInUse while another tier
// includes it, a warning that would stay is triggered by it, or a quote was
// offered with it.
func (s *Tiers) Delete(ctx context.Context, id uuid.UUID, version int) error {
	// The audit's row has the lists too: nothing else will tell what they were.
	whole := s.rows
	whole.get = func(ctx context.Context, tx pgx.Tx, id uuid.UUID) (tierRow, error) {
		row, err := s.q.TierGet(ctx, tx, id)
		if err != nil {
			return tierRow{}, err
		}
		r, err := s.withLists(ctx, tx, row)
		if err != nil {
			return r, err
		}
		r.Warnings, err = s.q.TierWarningList(ctx, tx, id)
		return r, err
	}
	return whole.remove(ctx, id, version, func(ctx context.Context, tx pgx.Tx, _ tierRow) error {
		users, err := s.q.TierListUsers(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("find who uses the tier: %w", err)
		}
		if len(users) > 0 {
			return ErrTierInUse.WithMessage("The tier is used by " + strings.Join(users, ", ") + ".")
		}
		if err := s.q.TierDeleteWarnings(ctx, tx, id); err != nil {
			return fmt.Errorf("delete the tier's warnings: %w", err)
		}
		return tierError(s.q.TierDelete(ctx, tx, id))
	})
}

// Order puts the tiers of a category in that order and returns them.
// Errors: ErrCategoryNotFound; ErrInvalidOrder.
func (s *Tiers) Order(ctx context.Context, categoryID uuid.UUID, ids []uuid.UUID) ([]*catalogue.Tier, error) {
	_, snapshot, err := s.rows.reorder(ctx, ids, func(ctx context.Context, tx pgx.Tx) ([]tierRow, error) {
		list, err := s.q.TierListByCategory(ctx, tx, categoryID)
		return mapped(list, func(r sqlc.TariffTier) tierRow { return tierRow{TariffTier: r} }), err
	})
	if err != nil {
		return nil, err
	}
	c := snapshot.ByID(categoryID)
	if c == nil {
		return nil, ErrCategoryNotFound
	}
	return c.Tiers, nil
}

// write stores the tier itself; lists are written by their own operation.
func (s *Tiers) write(ctx context.Context, tx pgx.Tx, r tierRow, at time.Time) (tierRow, error) {
	var err error
	r.TariffTier, err = s.q.TierUpdate(ctx, tx, sqlc.TierUpdateParams{
		ID: r.ID, Code: r.Code, Name: r.Name, Price: r.Price, Description: r.Description, Conditions: r.Conditions,
		RequiresProject: r.RequiresProject, OwnMax: r.OwnMax, SortOrder: r.SortOrder, IsActive: r.IsActive, At: at,
	})
	return r, tierError(err)
}

func tierError(err error) error {
	switch {
	case err == nil:
		return nil
	case db.IsUnique(err, "tariff_tiers_category_code_key"):
		return ErrTierCodeTaken
	case db.IsForeignKey(err, "tariff_tiers_category_id_fkey"):
		return ErrCategoryNotFound
	case db.IsForeignKey(err, "quotes_tier_id_fkey"):
		return ErrTierInUse.WithMessage("Quotes were offered with the tier; deactivate it instead.")
	}
	return fmt.Errorf("write tier: %w", err)
}
