package tariffs

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
)

func mapped[Row, T any](rows []Row, fromRow func(Row) T) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = fromRow(row)
	}
	return out
}

// one returns what a query by id gave. Errors: the resource's notFound.
func one[Row, T any](r resource[Row], id uuid.UUID, row Row, err error, fromRow func(Row) T) (T, error) {
	if err == nil {
		return fromRow(row), nil
	}
	var none T
	if db.IsNoRows(err) {
		return none, r.missing(id)
	}
	return none, fmt.Errorf("read %s: %w", r.kind, err)
}

func serviceFromRow(r sqlc.AdditionalService) Service {
	return Service{
		ID: r.ID, CategoryID: r.CategoryID, Code: r.Code, Name: r.Name, Description: r.Description, Price: r.Price,
		IsActive: r.IsActive, SortOrder: int(r.SortOrder), Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

func documentFromRow(r sqlc.BaseDocumentation) Document {
	return Document{
		ID: r.ID, CategoryID: r.CategoryID, Code: r.Code, Description: r.Description, ImageURL: r.ImageURL, IsRequired: r.IsRequired,
		IsActive: r.IsActive, SortOrder: int(r.SortOrder), Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

func warningFromRow(r warningRow) Warning {
	return Warning{
		ID: r.ID, Scope: r.scope(), CategoryID: r.CategoryID, TierCode: r.Tier, ElementCode: r.Element, Code: r.Code,
		Severity: catalogue.Severity(r.Severity), Message: r.Message, Triggers: mapped(r.Triggers, triggerFromRow), IsActive: r.IsActive,
		SortOrder: int(r.SortOrder), Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

func triggerFromRow(r triggerRow) catalogue.Trigger {
	var t catalogue.Trigger
	set(&t.ElementCode, r.ElementCode)
	set(&t.TierCode, r.TierCode)
	set(&t.Keyword, r.Keyword)
	if r.MinQuantity != nil {
		t.MinQuantity = int(*r.MinQuantity)
	}
	return t
}
