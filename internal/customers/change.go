package customers

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
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/spain"
)

// errInvalid is made telling per member.
var errInvalid = fault.New(fault.Invalid, "invalid_customer", "The customer's data are not right.")

// Patch changes what is specified; null clears. Texts are trimmed and put into
// their canonical form: phones in E.164, tax numbers in capitals, provinces by
// their official name.
type Patch struct {
	FirstName   nullable.Nullable[string]
	LastName    nullable.Nullable[string]
	Email       nullable.Nullable[string]
	Phone       nullable.Nullable[string]
	NIF         nullable.Nullable[string]
	CompanyName nullable.Nullable[string]
	ClientType  nullable.Nullable[string]
	Street      nullable.Nullable[string]
	City        nullable.Nullable[string]
	Province    nullable.Nullable[string]
	PostalCode  nullable.Nullable[string]
	Notes       nullable.Nullable[string]
}

// Create stores a customer that people know, by phone say, and Chatwoot does
// not: when somebody first writes from that phone, it is this customer.
// Errors: Invalid.
func (s *Service) Create(ctx context.Context, p Patch) (Details, error) {
	row, err := p.apply(sqlc.Customer{ID: uuid.Must(uuid.NewV7()), StaffFields: []string{}})
	if err != nil {
		return Details{}, err
	}
	err = db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		at := s.now()
		stored, err := s.q.CustomerInsert(ctx, tx, sqlc.CustomerInsertParams{
			ID: row.ID, Phone: row.Phone, ClientType: row.ClientType, FirstName: row.FirstName, LastName: row.LastName, Email: row.Email,
			NifCif: row.NifCif, CompanyName: row.CompanyName, Street: row.Street, City: row.City, Province: row.Province,
			PostalCode: row.PostalCode, Notes: row.Notes, StaffFields: row.StaffFields, At: at,
		})
		if err != nil {
			return fmt.Errorf("write customer: %w", err)
		}
		return audit.RecordCreate(ctx, tx, at, "customer", row.ID.String(), audited(stored))
	})
	if err != nil {
		return Details{}, err
	}
	return s.Get(ctx, row.ID)
}

// Update changes a customer. version is the one the change is based on; 0 means
// any. Errors: ErrNotFound; ErrChanged; ErrAnonymised; Invalid.
func (s *Service) Update(ctx context.Context, id uuid.UUID, version int, p Patch) (Details, error) {
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		old, err := s.q.CustomerGetForUpdate(ctx, tx, id)
		switch {
		case db.IsNoRows(err):
			return notFound(id)
		case err != nil:
			return fmt.Errorf("read customer: %w", err)
		case version != 0 && int(old.Version) != version:
			return ErrChanged
		case old.AnonymisedAt != nil:
			return ErrAnonymised
		}
		row, err := p.apply(old)
		if err != nil {
			return err
		}
		_, err = s.store(ctx, tx, old, row, s.now())
		return err
	})
	if err != nil {
		return Details{}, err
	}
	return s.Get(ctx, id)
}

// store writes what changed, if anything did, with its audit.
func (s *Service) store(ctx context.Context, tx pgx.Tx, old, row sqlc.Customer, at time.Time) (sqlc.Customer, error) {
	changed, err := audit.RecordUpdate(ctx, tx, at, "customer", old.ID.String(), audited(old), audited(row))
	if err != nil || !changed {
		return old, err
	}
	stored, err := s.q.CustomerUpdate(ctx, tx, sqlc.CustomerUpdateParams{
		ID: old.ID, Phone: row.Phone, ClientType: row.ClientType, FirstName: row.FirstName, LastName: row.LastName, Email: row.Email,
		NifCif: row.NifCif, CompanyName: row.CompanyName, Street: row.Street, City: row.City, Province: row.Province,
		PostalCode: row.PostalCode, Notes: row.Notes, StaffFields: row.StaffFields, WhatsappName: row.WhatsappName,
		LastActivityAt: row.LastActivityAt, At: at,
	})
	if err != nil {
		return old, fmt.Errorf("write customer: %w", err)
	}
	return stored, nil
}

// auditedCustomer is a row without what is made of other columns or changes by
// itself: the outer members hide the row's and are left out.
type auditedCustomer struct {
	sqlc.Customer
	Search         *struct{} `json:"search,omitempty"`
	DisplayName    *struct{} `json:"display_name,omitempty"`
	LastActivityAt *struct{} `json:"last_activity_at,omitempty"`
}

func audited(row sqlc.Customer) auditedCustomer { return auditedCustomer{Customer: row} }

// apply returns the row as the patch makes it, each member checked, and its
// name among those that people entered.
func (p Patch) apply(row sqlc.Customer) (sqlc.Customer, error) {
	row.StaffFields = slices.Clone(row.StaffFields)
	var wrong []fault.Field
	for _, m := range []struct {
		name  string
		value nullable.Nullable[string]
		into  **string
		parse func(string) (string, error)
	}{
		{"first_name", p.FirstName, &row.FirstName, line},
		{"last_name", p.LastName, &row.LastName, line},
		{"email", p.Email, &row.Email, spain.ParseEmail},
		{"phone", p.Phone, &row.Phone, spain.ParsePhone},
		{"nif_cif", p.NIF, &row.NifCif, parseNIF},
		{"company_name", p.CompanyName, &row.CompanyName, line},
		{"client_type", p.ClientType, &row.ClientType, line},
		{"street", p.Street, &row.Street, line},
		{"city", p.City, &row.City, line},
		{"province", p.Province, &row.Province, spain.ParseProvince},
		{"postal_code", p.PostalCode, &row.PostalCode, spain.ParsePostalCode},
		{"notes", p.Notes, &row.Notes, text},
	} {
		if !m.value.IsSpecified() {
			continue
		}
		if !slices.Contains(row.StaffFields, m.name) {
			row.StaffFields = append(row.StaffFields, m.name)
			slices.Sort(row.StaffFields)
		}
		given, err := m.value.Get()
		if err != nil { // null
			*m.into = nil
			continue
		}
		value, err := m.parse(given)
		if err != nil {
			wrong = append(wrong, fault.Field{Pointer: "/" + m.name, Detail: err.Error()})
			continue
		}
		*m.into = &value
	}
	if row.PostalCode != nil && row.Province != nil && spain.ProvinceOf(*row.PostalCode) != *row.Province &&
		(p.PostalCode.IsSpecified() || p.Province.IsSpecified()) {
		wrong = append(wrong, fault.Field{
			Pointer: "/postal_code", Detail: fmt.Sprintf("El código postal %s es de %s, no de %s.", *row.PostalCode, spain.ProvinceOf(*row.PostalCode), *row.Province),
		})
	}
	if len(wrong) > 0 {
		return row, errInvalid.WithMessage(wrong[0].Detail).WithFields(wrong...)
	}
	return row, nil
}

func parseNIF(raw string) (string, error) {
	nif, err := spain.ParseNIF(raw)
	return string(nif), err
}

// line reads a text of one line.
func line(raw string) (string, error) {
	value := strings.Join(strings.Fields(raw), " ")
	if value == "" || strings.ContainsRune(value, 0) {
		return "", spain.Refusal("El texto está vacío o contiene un carácter que no se puede guardar.")
	}
	return value, nil
}

// text reads a text of any number of lines.
func text(raw string) (string, error) {
	if _, err := line(raw); err != nil {
		return "", err
	}
	return strings.TrimSpace(raw), nil
}
