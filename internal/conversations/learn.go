package conversations

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/fields"
)

// member leads from a personal datum of a case to the customer's column.
type member struct {
	key    string
	column string
	value  **string
}

// members lists them. A company's name stands where people have their first, and
// it has no last.
func members(c *sqlc.Customer) []member {
	list := []member{
		{casedata.NIF, "nif_cif", &c.NifCif},
		{casedata.Email, "email", &c.Email},
		{casedata.Phone, "phone", &c.Phone},
		{casedata.Street, "street", &c.Street},
		{casedata.City, "city", &c.City},
		{casedata.Province, "province", &c.Province},
		{casedata.PostalCode, "postal_code", &c.PostalCode},
	}
	if c.NifCif != nil && casedata.IsCompany(*c.NifCif) {
		return append(list, member{casedata.FirstName, "company_name", &c.CompanyName})
	}
	return append(list, member{casedata.FirstName, "first_name", &c.FirstName}, member{casedata.LastName, "last_name", &c.LastName})
}

// known are the data of a customer that a case need not ask for.
func known(c sqlc.Customer) casedata.Change {
	values := map[string]string{}
	for _, m := range members(&c) {
		if *m.value != nil {
			values[m.key] = **m.value
		}
	}
	return casedata.Change{casedata.SectionPersonal: values}
}

// learn fills what is not known of a customer with what they confirmed in a
// case. What people entered stays, also what they emptied; a case of somebody
// else tells nothing.
func learn(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, customerID uuid.UUID, said fields.Values, at time.Time) error {
	row, err := q.CustomerGetForUpdate(ctx, tx, customerID)
	if err != nil {
		return fmt.Errorf("read customer: %w", err)
	}
	if row.AnonymisedAt != nil || (row.NifCif != nil && *row.NifCif != said[casedata.NIF]) {
		return nil
	}
	learned := map[string]audit.Change{}
	fill := func(m member) {
		value, ok := said[m.key]
		if ok && *m.value == nil && !slices.Contains(row.StaffFields, m.column) {
			*m.value, learned[m.column] = &value, audit.Change{nil, value}
		}
	}
	fill(members(&row)[0]) // the tax number decides what the name is of
	for _, m := range members(&row) {
		fill(m)
	}
	if len(learned) == 0 {
		return nil
	}
	_, err = q.CustomerUpdate(ctx, tx, sqlc.CustomerUpdateParams{
		ID: row.ID, Phone: row.Phone, ClientType: row.ClientType, FirstName: row.FirstName, LastName: row.LastName, Email: row.Email,
		NifCif: row.NifCif, CompanyName: row.CompanyName, Street: row.Street, City: row.City, Province: row.Province,
		PostalCode: row.PostalCode, Notes: row.Notes, StaffFields: row.StaffFields, WhatsappName: row.WhatsappName,
		LastActivityAt: row.LastActivityAt, At: at,
	})
	if err != nil {
		return fmt.Errorf("write customer: %w", err)
	}
	return audit.Record(ctx, tx, audit.Entry{At: at, Action: "update", EntityType: "customer", EntityID: row.ID.String(), Changes: learned})
}
