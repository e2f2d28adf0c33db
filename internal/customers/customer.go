// Package customers keeps who writes to the company: what people know about
// them, which of them are the same person, and, when one asks for it, that
// nothing of them is left.
package customers

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/page"
)

// Errors of customers.
var (
	ErrNotFound   = fault.New(fault.NotFound, "customer_not_found", "Customer not found")
	ErrChanged    = fault.New(fault.PreconditionFailed, "version_mismatch", "The customer was changed since then.")
	ErrAnonymised = fault.New(fault.Conflict, "customer_anonymised", "The customer was anonymised: nothing of them can be changed any more.")
	ErrItself     = fault.New(fault.Conflict, "same_customer", "A customer cannot be merged with itself.")
	ErrConfirm    = fault.New(fault.Invalid, "not_confirmed", "The confirmation is neither the customer's name nor their phone.").
			WithFields(fault.Field{Pointer: "/confirm", Detail: "is neither the customer's name nor their phone"})
)

// Customer is somebody who writes to the company, or calls.
type Customer struct {
	ID uuid.UUID
	// DisplayName is what lists show: the legal name, else the company's, else
	// the WhatsApp nickname, else the phone.
	DisplayName string
	FirstName   *string
	LastName    *string
	// WhatsAppName is what the customer calls themself there: never the legal name.
	WhatsAppName string
	Email        *string
	// Phone is in E.164.
	Phone       *string
	NIF         *string
	CompanyName *string
	ClientType  *string
	Street      *string
	City        *string
	Province    *string
	PostalCode  *string
	Notes       *string
	// StaffFields are the members that people entered: Chatwoot does not change them.
	StaffFields    []string
	LastActivityAt time.Time
	// AnonymisedAt is set once nothing personal is left.
	AnonymisedAt *time.Time
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Version      int
}

// Duplicate is another customer with the same phone, e-mail or tax number.
type Duplicate struct {
	Customer
	// Same names the members that are equal: phone, email, nif_cif.
	Same []string
}

// Statistics count what there is of a customer.
type Statistics struct{ Conversations, Messages, Quotes, Escalations int }

// Details is a customer with what is around them.
type Details struct {
	Customer
	Contacts   []Contact
	Duplicates []Duplicate
	Statistics Statistics
}

// Contact is what Chatwoot knows a customer as.
type Contact struct{ AccountID, ContactID int64 }

// Spool is where webhooks wait on this machine.
type Spool interface {
	ForgetErased(ctx context.Context) error
}

// Questions are those about the rules that customers asked (internal/rag).
type Questions interface {
	// EraseTx takes what was asked in these conversations out of the log.
	EraseTx(ctx context.Context, tx pgx.Tx, conversationIDs []uuid.UUID) error
}

// Cases are customers' case files (internal/cases).
type Cases interface {
	// MoveTx gives the cases of one held customer to another.
	MoveTx(ctx context.Context, tx pgx.Tx, from, to uuid.UUID, at time.Time) error
	// EraseTx takes everything personal out of a held customer's cases; forget,
	// called once that is committed, deletes the bytes of their files.
	EraseTx(ctx context.Context, tx pgx.Tx, customerID uuid.UUID, at time.Time) (forget func(context.Context), err error)
}

// Deps is what the service needs; every member is required.
type Deps struct {
	DB    db.DB
	Jobs  conversations.JobEraser
	Spool Spool
	Cases Cases
	// Questions are those about the rules.
	Questions Questions
	Now       func() time.Time
	Log       *slog.Logger
}

// Service keeps the customers. Safe for concurrent use.
type Service struct {
	db    db.DB
	q     *sqlc.Queries
	jobs  conversations.JobEraser
	spool Spool
	cases Cases
	asked Questions
	now   func() time.Time
	log   *slog.Logger
}

// New returns the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, q: sqlc.New(), jobs: d.Jobs, spool: d.Spool, cases: d.Cases, asked: d.Questions, now: d.Now, log: d.Log}
}

// Filter chooses and orders customers; the zero value lists all, the latest
// activity first.
type Filter struct {
	// Query is looked for in names and numbers without accents or case; "" for any.
	Query      string
	ClientType *string
	// ByCreation puts the newest customer first.
	ByCreation bool
}

// List returns a page.
func (s *Service) List(ctx context.Context, f Filter, after page.Key, limit int) ([]Customer, *string, error) {
	rows, err := s.rows(ctx, f, after, int32(limit)+1) // at most page.MaxLimit
	if err != nil {
		return nil, nil, fmt.Errorf("list customers: %w", err)
	}
	out := make([]Customer, len(rows))
	for i, row := range rows {
		out[i] = fromRow(row)
	}
	out, next := page.Of(out, limit, func(c Customer) page.Key {
		if f.ByCreation {
			return page.Key{At: c.CreatedAt, ID: c.ID}
		}
		return page.Key{At: c.LastActivityAt, ID: c.ID}
	})
	return out, next, nil
}

func (s *Service) rows(ctx context.Context, f Filter, after page.Key, rows int32) ([]sqlc.Customer, error) {
	if f.Query != "" {
		words := conversations.Words(f.Query)
		return s.q.CustomerSearch(ctx, s.db, sqlc.CustomerSearchParams{
			Word1: words[0], Word2: words[1], Word3: words[2], ClientType: f.ClientType, ByCreation: f.ByCreation,
			NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: rows,
		})
	}
	arg := sqlc.CustomerListByActivityParams{
		ClientType: f.ClientType, NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: rows,
	}
	if f.ByCreation {
		return s.q.CustomerListByCreation(ctx, s.db, sqlc.CustomerListByCreationParams(arg))
	}
	return s.q.CustomerListByActivity(ctx, s.db, arg)
}

// Get returns one customer with what is around them. Errors: ErrNotFound.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (Details, error) {
	row, err := s.q.CustomerGet(ctx, s.db, id)
	if db.IsNoRows(err) {
		return Details{}, notFound(id)
	}
	if err != nil {
		return Details{}, fmt.Errorf("read customer: %w", err)
	}
	out := Details{Customer: fromRow(row)}
	contacts, err := s.q.CustomerContactList(ctx, s.db, []uuid.UUID{id})
	if err != nil {
		return Details{}, fmt.Errorf("read contacts: %w", err)
	}
	for _, c := range contacts {
		out.Contacts = append(out.Contacts, Contact{AccountID: c.ChatwootAccountID, ContactID: c.ChatwootContactID})
	}
	same, err := s.q.CustomerDuplicates(ctx, s.db, sqlc.CustomerDuplicatesParams{ID: id, Phone: row.Phone, Email: row.Email, NifCif: row.NifCif})
	if err != nil {
		return Details{}, fmt.Errorf("look for duplicates: %w", err)
	}
	for _, other := range same {
		out.Duplicates = append(out.Duplicates, Duplicate{Customer: fromRow(other), Same: sameMembers(row, other)})
	}
	n, err := s.q.CustomerStatistics(ctx, s.db, id)
	if err != nil {
		return Details{}, fmt.Errorf("count conversations: %w", err)
	}
	out.Statistics = Statistics{
		Conversations: int(n.Conversations), Messages: int(n.Messages), Quotes: int(n.Quotes), Escalations: int(n.Escalations),
	}
	return out, nil
}

func sameMembers(a, b sqlc.Customer) []string {
	var same []string
	for _, m := range []struct {
		name string
		x, y *string
	}{{"phone", a.Phone, b.Phone}, {"email", a.Email, b.Email}, {"nif_cif", a.NifCif, b.NifCif}} {
		if m.x != nil && m.y != nil && *m.x == *m.y {
			same = append(same, m.name)
		}
	}
	return same
}

func notFound(id uuid.UUID) error {
	return ErrNotFound.WithMessage(fmt.Sprintf("Customer %s not found", id))
}

func fromRow(r sqlc.Customer) Customer {
	return Customer{
		ID: r.ID, DisplayName: r.DisplayName, FirstName: r.FirstName, LastName: r.LastName, WhatsAppName: r.WhatsappName,
		Email: r.Email, Phone: r.Phone, NIF: r.NifCif, CompanyName: r.CompanyName, ClientType: r.ClientType,
		Street: r.Street, City: r.City, Province: r.Province, PostalCode: r.PostalCode, Notes: r.Notes, StaffFields: r.StaffFields,
		LastActivityAt: r.LastActivityAt, AnonymisedAt: r.AnonymisedAt, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: int(r.Version),
	}
}
