package cases

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/fields"
	"github.com/msia/msia/internal/files"
)

func fromRow(r sqlc.Case, rows []sqlc.CaseFile) (Case, error) {
	c := Case{
		ID: r.ID, Number: r.Number, CustomerID: r.CustomerID, ConversationID: r.ConversationID, CategoryID: r.CategoryID,
		Status: Status(r.Status), AssigneeID: r.AssigneeID, LastActivityAt: r.LastActivityAt,
		RemindedAt: r.RemindedAt, ConfirmedAt: r.ConfirmedAt, ClosedAt: r.ClosedAt, ErasedAt: r.ErasedAt, Version: int(r.Version),
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Content: casedata.Case{Values: map[string]fields.Values{}},
	}
	for _, part := range []struct {
		raw  []byte
		into any
	}{{r.Quote, &c.Accepted.Quote}, {r.Elements, &c.Content.Elements}, {r.Documents, &c.Content.Documents}, {r.Data, &c.Content.Values}} {
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return Case{}, fmt.Errorf("case %s: %w", r.Number, err)
		}
	}
	if r.WorkshopService != nil {
		if err := json.Unmarshal(r.WorkshopService, &c.Accepted.Workshop); err != nil {
			return Case{}, fmt.Errorf("case %s: %w", r.Number, err)
		}
	}
	c.Quote = c.Accepted.With(c.Content.NeedsWorkshop())
	for _, row := range rows {
		f := fileFromRow(row)
		c.Files = append(c.Files, f)
		c.Content.Files = append(c.Content.Files, casedata.File{Place: f.Place, Review: f.Review})
	}
	return c, nil
}

func fileFromRow(r sqlc.CaseFile) File {
	return File{
		ID: r.ID, Place: casedata.Place{Element: deref(r.ElementCode), Slot: deref(r.SlotCode)}, Label: r.Label,
		Stored:    files.Stored{ID: r.ObjectID, ContentType: r.ContentType, Size: r.Size, Width: toInt(r.Width), Height: toInt(r.Height)},
		FromStaff: r.Source == sourceStaff, Review: casedata.Review(r.Review), RejectReason: deref(r.RejectReason),
		RejectNote: deref(r.RejectNote), ReviewedAt: r.ReviewedAt, Version: int(r.Version), CreatedAt: r.CreatedAt,
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func toInt(n *int32) *int {
	if n == nil {
		return nil
	}
	v := int(*n)
	return &v
}

// sameJSON compares values, not spelling: PostgreSQL writes jsonb its own way.
func sameJSON(a string, b []byte) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
