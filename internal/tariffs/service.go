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
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/money"
)

// Errors of additional services.
var (
	ErrServiceNotFound  = fault.New(fault.NotFound, "service_not_found", "Service not found")
	ErrServiceCodeTaken = fault.New(fault.Conflict, "service_code_taken", "Service code already exists")
	ErrServiceChanged   = errChanged("The service was changed since then.")
	// ErrServiceInUse names the elements in its message.
	ErrServiceInUse = fault.New(fault.Conflict, "service_in_use", "Elements suggest the service.")
)

// Service is an additional service as staff keep it.
type Service struct {
	ID uuid.UUID
	// CategoryID is nil for a service of every category.
	CategoryID  *uuid.UUID
	Code        string
	Name        string
	Description *string
	Price       money.Amount
	IsActive    bool
	SortOrder   int
	Version     int
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// NewService describes a service to create.
type NewService struct {
	// CategoryID is nil for a service of every category.
	CategoryID  *uuid.UUID
	Code        string
	Name        string
	Description *string
	Price       money.Amount
	SortOrder   int32
	IsActive    bool
}

// ServicePatch changes what is present: nil, or not specified, leaves a member
// as it is; null clears it.
type ServicePatch struct {
	Code        *string
	Name        *string
	Description nullable.Nullable[string]
	Price       *money.Amount
	SortOrder   *int32
	IsActive    *bool
}

// Services keeps the additional services. Safe for concurrent use.
type Services struct {
	db   db.DB
	q    *sqlc.Queries
	rows resource[sqlc.AdditionalService]
}

// NewServices returns the service of services.
func NewServices(d db.DB, c Catalogue) *Services {
	s := &Services{db: d, q: sqlc.New()}
	s.rows = resource[sqlc.AdditionalService]{
		catalogue: c, kind: "service", get: byID(s.q.ServiceGet), write: s.write,
		key:      func(r *sqlc.AdditionalService) (uuid.UUID, int32) { return r.ID, r.Version },
		place:    func(r *sqlc.AdditionalService) *int32 { return &r.SortOrder },
		notFound: ErrServiceNotFound, changed: ErrServiceChanged,
	}
	return s
}

// Scope selects rows of one category or of all.
type Scope struct {
	// Category is nil for every category.
	Category *uuid.UUID
	// Global says that those that hold in every category are wanted too.
	Global bool
}

// List returns the services of a scope, inactive ones too: by category, then by
// sort order and code; those of every category come last.
func (s *Services) List(ctx context.Context, scope Scope) ([]Service, error) {
	rows, err := s.q.ServiceList(ctx, s.db, sqlc.ServiceListParams{
		IncludeGlobal: scope.Global, EveryCategory: scope.Category == nil, CategoryID: scope.Category,
	})
	if err != nil {
		return nil, fmt.Errorf("list services: %w", err)
	}
	return mapped(rows, serviceFromRow), nil
}

// Get returns a service, active or not. Errors: ErrServiceNotFound.
func (s *Services) Get(ctx context.Context, id uuid.UUID) (Service, error) {
	row, err := s.q.ServiceGet(ctx, s.db, id)
	return one(s.rows, id, row, err, serviceFromRow)
}

// Create stores a service and returns it.
// Errors: ErrCategoryNotFound; ErrServiceCodeTaken when the category would have
// two services by that code, those of every category among them.
func (s *Services) Create(ctx context.Context, n NewService) (Service, error) {
	if err := storable(&n.Code, &n.Name, n.Description); err != nil {
		return Service{}, err
	}
	row, _, err := s.rows.create(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) (sqlc.AdditionalService, error) {
		row, err := s.q.ServiceInsert(ctx, tx, sqlc.ServiceInsertParams{
			ID: uuid.Must(uuid.NewV7()), CategoryID: n.CategoryID, Code: n.Code, Name: n.Name, Description: n.Description,
			Price: n.Price, SortOrder: n.SortOrder, IsActive: n.IsActive, At: at,
		})
		if err != nil {
			return row, serviceError(err)
		}
		return row, s.checkCode(ctx, tx, row)
	})
	return serviceFromRow(row), err
}

// Update changes a service and returns it as it is then. version is the one the
// change is based on; 0 means any.
// Errors: ErrServiceNotFound; ErrServiceChanged; ErrServiceCodeTaken.
func (s *Services) Update(ctx context.Context, id uuid.UUID, version int, p ServicePatch) (Service, error) {
	row, _, err := s.rows.update(ctx, id, version, func(ctx context.Context, tx pgx.Tx, row sqlc.AdditionalService) (sqlc.AdditionalService, error) {
		set(&row.Code, p.Code)
		set(&row.Name, p.Name)
		set(&row.Price, p.Price)
		set(&row.SortOrder, p.SortOrder)
		set(&row.IsActive, p.IsActive)
		setNullable(&row.Description, p.Description)
		if err := storable(&row.Code, &row.Name, row.Description); err != nil {
			return row, err
		}
		return row, s.checkCode(ctx, tx, row)
	})
	return serviceFromRow(row), err
}

// Delete removes a service. Errors: ErrServiceNotFound; ErrServiceChanged;
// ErrServiceInUse while elements suggest it.
func (s *Services) Delete(ctx context.Context, id uuid.UUID, version int) error {
	return s.rows.remove(ctx, id, version, func(ctx context.Context, tx pgx.Tx, row sqlc.AdditionalService) error {
		codes, err := s.q.ServiceListSuggesters(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("find who suggests the service: %w", err)
		}
		if len(codes) > 0 {
			return ErrServiceInUse.WithMessage("The service is suggested by " + strings.Join(codes, ", ") + ".")
		}
		return serviceError(s.q.ServiceDelete(ctx, tx, row.ID))
	})
}

// Order puts the services of a category, or those of every category for nil, in
// that order and returns them. Errors: ErrInvalidOrder.
func (s *Services) Order(ctx context.Context, category *uuid.UUID, ids []uuid.UUID) ([]Service, error) {
	rows, _, err := s.rows.reorder(ctx, ids, func(ctx context.Context, tx pgx.Tx) ([]sqlc.AdditionalService, error) {
		return s.q.ServiceList(ctx, tx, sqlc.ServiceListParams{IncludeGlobal: category == nil, CategoryID: category})
	})
	return mapped(rows, serviceFromRow), err
}

func (s *Services) write(ctx context.Context, tx pgx.Tx, r sqlc.AdditionalService, at time.Time) (sqlc.AdditionalService, error) {
	row, err := s.q.ServiceUpdate(ctx, tx, sqlc.ServiceUpdateParams{
		ID: r.ID, Code: r.Code, Name: r.Name, Description: r.Description, Price: r.Price, SortOrder: r.SortOrder, IsActive: r.IsActive, At: at,
	})
	return row, serviceError(err)
}

// checkCode refuses what no constraint can: one code for a service of a category
// and one of every category.
func (s *Services) checkCode(ctx context.Context, tx pgx.Tx, row sqlc.AdditionalService) error {
	taken, err := s.q.ServiceCodeTaken(ctx, tx, sqlc.ServiceCodeTakenParams{ID: row.ID, Code: row.Code, CategoryID: row.CategoryID})
	if err != nil {
		return fmt.Errorf("look for the service's code: %w", err)
	}
	if taken {
		return ErrServiceCodeTaken
	}
	return nil
}

func serviceError(err error) error {
	switch {
	case err == nil:
		return nil
	case db.IsUnique(err, "additional_services_code_key"):
		return ErrServiceCodeTaken
	case db.IsForeignKey(err, "additional_services_category_id_fkey"):
		return ErrCategoryNotFound
	}
	return fmt.Errorf("write service: %w", err)
}
