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

// Catalogue gives the newest picture of the catalogue and is told of changes.
type Catalogue interface {
	Snapshot(ctx context.Context) (*catalogue.Snapshot, error)
	Invalidate()
}

// Tiers changes price levels. Safe for concurrent use.
type Tiers struct {
	db        db.DB
	q         *sqlc.Queries
	catalogue Catalogue
	now       func() time.Time
}

// NewTiers returns the service.
func NewTiers(d db.DB, c Catalogue, now func() time.Time) *Tiers {
	return &Tiers{db: d, q: sqlc.New(), catalogue: c, now: now}
}

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
	id, now := uuid.Must(uuid.NewV7()), s.now()
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		row, err := s.q.TierInsert(ctx, tx, sqlc.TierInsertParams{
			ID: id, CategoryID: n.CategoryID, Code: n.Code, Name: n.Name, Price: n.Price,
			Conditions: n.Conditions, SortOrder: n.SortOrder, At: now,
		})
		if err != nil {
			return tierError(err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			At: now, Action: "create", EntityType: "tier", EntityID: id.String(),
			Changes: diffTier(sqlc.TariffTier{}, row, true),
		})
	})
	if err != nil {
		return nil, err
	}
	return s.reread(ctx, id)
}

// Update changes a tier and returns it as it is then. version is the one the
// change is based on; 0 means any.
// Errors: ErrTierNotFound; ErrTierCodeTaken; ErrTierChanged.
func (s *Tiers) Update(ctx context.Context, id uuid.UUID, version int, p TierPatch) (*catalogue.Tier, error) {
	now := s.now()
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
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
		arg, err := p.apply(old)
		if err != nil {
			return err
		}
		arg.At = now
		changes := diffTier(old, sqlc.TariffTier{
			Code: arg.Code, Name: arg.Name, Price: arg.Price, Conditions: arg.Conditions, SortOrder: arg.SortOrder, IsActive: arg.IsActive,
		}, false)
		if len(changes) == 0 {
			return nil
		}
		if _, err := s.q.TierUpdate(ctx, tx, arg); err != nil {
			return tierError(err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			At: now, Action: "update", EntityType: "tier", EntityID: id.String(), Changes: changes,
		})
	})
	if err != nil {
		return nil, err
	}
	return s.reread(ctx, id)
}

// reread returns the tier from a catalogue that has the change just committed.
func (s *Tiers) reread(ctx context.Context, id uuid.UUID) (*catalogue.Tier, error) {
	s.catalogue.Invalidate()
	snapshot, err := s.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if t := snapshot.Tier(id); t != nil {
		return t, nil
	}
	return nil, TierNotFound(id) // deleted by somebody in between
}

func (p TierPatch) apply(old sqlc.TariffTier) (sqlc.TierUpdateParams, error) {
	arg := sqlc.TierUpdateParams{
		ID: old.ID, Code: old.Code, Name: old.Name, Price: old.Price,
		Conditions: old.Conditions, SortOrder: old.SortOrder, IsActive: old.IsActive,
	}
	set(&arg.Code, p.Code)
	set(&arg.Name, p.Name)
	set(&arg.Price, p.Price)
	set(&arg.SortOrder, p.SortOrder)
	set(&arg.IsActive, p.IsActive)
	if p.Conditions.IsNull() {
		arg.Conditions = nil
	} else if v, err := p.Conditions.Get(); err == nil {
		arg.Conditions = &v
	}
	return arg, storable(arg.Code, arg.Name, deref(arg.Conditions))
}

// diffTier lists the members in which two rows differ; for a creation, those
// that are set.
func diffTier(before, after sqlc.TariffTier, created bool) map[string]audit.Change {
	changes := map[string]audit.Change{}
	add := func(name string, differs bool, old, now any) {
		if created {
			old = nil
		}
		if differs || created {
			changes[name] = audit.Change{old, now}
		}
	}
	add("code", before.Code != after.Code, before.Code, after.Code)
	add("name", before.Name != after.Name, before.Name, after.Name)
	add("price", before.Price.Cmp(after.Price) != 0, before.Price, after.Price)
	add("conditions", deref(before.Conditions) != deref(after.Conditions) || (before.Conditions == nil) != (after.Conditions == nil),
		before.Conditions, after.Conditions)
	add("sort_order", before.SortOrder != after.SortOrder, before.SortOrder, after.SortOrder)
	add("is_active", before.IsActive != after.IsActive, before.IsActive, after.IsActive)
	return changes
}

func tierError(err error) error {
	switch {
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

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
