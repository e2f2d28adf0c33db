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
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/money"
)

// Errors of tiers.
var (
	ErrTierNotFound  = fault.New(fault.NotFound, "tier_not_found", "Tier not found")
	ErrTierCodeTaken = fault.New(fault.Conflict, "tier_code_taken", "Tier code already exists")
	ErrTierChanged   = fault.New(fault.PreconditionFailed, "version_mismatch", "The tier was changed since then.")
	errTierText      = fault.New(fault.Invalid, "invalid_text", "The text holds a character that cannot be stored.")
)

// TierNotFound is ErrTierNotFound with the id in its words.
func TierNotFound(id uuid.UUID) error {
	return ErrTierNotFound.WithMessage(fmt.Sprintf("Tier %s not found", id))
}

// Catalogue is the door through which prices and all around them are changed.
type Catalogue interface {
	Change(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx, at time.Time) error) (*catalogue.Snapshot, error)
}

// Tiers changes price levels. Safe for concurrent use.
type Tiers struct {
	q         *sqlc.Queries
	catalogue Catalogue
}

// NewTiers returns the service.
func NewTiers(c Catalogue) *Tiers { return &Tiers{q: sqlc.New(), catalogue: c} }

// NewTier describes a tier to create. It is active and covers nothing yet.
type NewTier struct {
	CategoryID uuid.UUID
	Code       string
	Name       string
	Price      money.Amount
	Conditions *string
	SortOrder  int32
}

// TierPatch changes what is present: nil, or not specified, leaves a member as
// it is; a null Conditions clears it.
type TierPatch struct {
	Code       *string
	Name       *string
	Price      *money.Amount
	Conditions nullable.Nullable[string]
	SortOrder  *int32
	IsActive   *bool
}

// Create stores a tier and returns it.
// Errors: ErrCategoryNotFound; ErrTierCodeTaken within the category.
func (s *Tiers) Create(ctx context.Context, n NewTier) (*catalogue.Tier, error) {
	if err := storable(n.Code, n.Name, deref(n.Conditions)); err != nil {
		return nil, err
	}
	id := uuid.Must(uuid.NewV7())
	snapshot, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		row, err := s.q.TierInsert(ctx, tx, sqlc.TierInsertParams{
			ID: id, CategoryID: n.CategoryID, Code: n.Code, Name: n.Name, Price: n.Price,
			Conditions: n.Conditions, SortOrder: n.SortOrder, At: at,
		})
		if err != nil {
			return tierError(err)
		}
		return audit.RecordCreate(ctx, tx, at, "tier", id.String(), row)
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
	snapshot, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		old, err := s.q.TierGetForUpdate(ctx, tx, id)
		if db.IsNoRows(err) {
			return TierNotFound(id)
		}
		if err != nil {
			return fmt.Errorf("read tier: %w", err)
		}
		if version != 0 && int(old.Version) != version {
			return ErrTierChanged
		}
		row, err := p.apply(old)
		if err != nil {
			return err
		}
		if changed, err := audit.RecordUpdate(ctx, tx, at, "tier", id.String(), old, row); err != nil || !changed {
			return err
		}
		return tierError(s.q.TierUpdate(ctx, tx, sqlc.TierUpdateParams{
			ID: id, Code: row.Code, Name: row.Name, Price: row.Price, Conditions: row.Conditions,
			SortOrder: row.SortOrder, IsActive: row.IsActive, At: at,
		}))
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Tier(id), nil
}

// apply returns the row as the patch makes it.
func (p TierPatch) apply(row sqlc.TariffTier) (sqlc.TariffTier, error) {
	set(&row.Code, p.Code)
	set(&row.Name, p.Name)
	set(&row.Price, p.Price)
	set(&row.SortOrder, p.SortOrder)
	set(&row.IsActive, p.IsActive)
	setNullable(&row.Conditions, p.Conditions)
	return row, storable(row.Code, row.Name, deref(row.Conditions))
}

func tierError(err error) error {
	switch {
	case err == nil:
		return nil
	case db.IsUnique(err, "tariff_tiers_category_code_key"):
		return ErrTierCodeTaken
	case db.IsForeignKey(err, "tariff_tiers_category_id_fkey"):
		return ErrCategoryNotFound
	}
	return fmt.Errorf("write tier: %w", err)
}

// storable refuses what PostgreSQL's text cannot hold.
func storable(texts ...string) error {
	for _, t := range texts {
		if strings.ContainsRune(t, 0) {
			return errTierText
		}
	}
	return nil
}

func set[T any](dst, src *T) {
	if src != nil {
		*dst = *src
	}
}

// setNullable follows a member that may be cleared: unspecified leaves it.
func setNullable[T any](dst **T, src nullable.Nullable[T]) {
	if src.IsNull() {
		*dst = nil
	} else if v, err := src.Get(); err == nil {
		*dst = &v
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
