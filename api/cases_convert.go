package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/fields"
)

// current reads the case as it is now, for a 412.
func (h *Cases) current(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		c, err := h.cases.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		return h.whole(ctx, c)
	}
}

func toAPICaseSummary(c cases.Case) oas.CaseSummary {
	personal, car := c.Content.Values[casedata.SectionPersonal], c.Content.Values[casedata.SectionVehicle]
	out := oas.CaseSummary{
		ID: c.ID, Number: c.Number, Status: oas.CaseStatus(c.Status), CustomerID: c.CustomerID, ConversationID: orNull(c.ConversationID),
		CategoryID: c.CategoryID, CustomerName: joined(personal[casedata.FirstName], personal[casedata.LastName]),
		Plate: orNullText(car[casedata.Plate]), Vehicle: joined(car[casedata.Make], car[casedata.Model]), Elements: []string{},
		Subtotal: c.Quote.Subtotal, Total: c.Quote.Total, AssigneeID: orNull(c.AssigneeID), LastActivityAt: c.LastActivityAt.UTC(),
		Version: c.Version, CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
	if out.CustomerName == "" {
		out.CustomerName = c.CustomerName
	}
	for _, e := range c.Content.Elements {
		out.Elements = append(out.Elements, e.Code)
	}
	return out
}

func joined(words ...string) string { return strings.TrimSpace(strings.Join(words, " ")) }

// whole converts a case with everything in it, as the caller may see it.
func (h *Cases) whole(ctx context.Context, c cases.Case) (oas.Case, error) {
	who, _ := caller.From(ctx)
	progress := c.Content.Progress()
	out := oas.Case{
		ID: c.ID, Number: c.Number, Status: oas.CaseStatus(c.Status), NextStatuses: []oas.CaseNextStatus{}, CustomerID: c.CustomerID,
		ConversationID: orNull(c.ConversationID), CategoryID: c.CategoryID, Quote: toAPIQuote(c.Quote),
		Sections: each(c.Content.Sections(), func(s casedata.Section) oas.CaseSection { return toAPISection(&c.Content, s) }),
		Elements: []oas.CaseElement{},
		Documents: each(c.Content.Documents, func(d casedata.Document) oas.CaseDocument {
			return oas.CaseDocument{Code: d.Code, Description: d.Description, Required: d.Required}
		}),
		Missing: each(c.Content.Missing(), toAPIMissing), ProgressPercent: progress.Percent(),
		AssigneeID: orNull(c.AssigneeID), LastActivityAt: c.LastActivityAt.UTC(), RemindedAt: orNullTime(c.RemindedAt),
		ConfirmedAt: orNullTime(c.ConfirmedAt), ClosedAt: orNullTime(c.ClosedAt), Version: c.Version, CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
	for _, to := range cases.Next(c.Status, who.Role) {
		out.NextStatuses = append(out.NextStatuses, oas.CaseNextStatus{Status: oas.CaseStatus(to), ReasonNeeded: cases.NeedsReason(c.Status, to)})
	}
	for _, e := range c.Content.Elements {
		out.Elements = append(out.Elements, toAPICaseElement(&c.Content, e))
	}
	ids := each(c.Files, func(f cases.File) uuid.UUID { return f.Stored.ID })
	links, err := h.files.Links(ctx, ids)
	if err != nil {
		return oas.Case{}, err
	}
	out.Files = each(c.Files, func(f cases.File) oas.CaseFile { return toAPICaseFile(f, links[f.Stored.ID]) })
	return out, nil
}

func toAPISection(c *casedata.Case, s casedata.Section) oas.CaseSection {
	out := oas.CaseSection{Key: s.Key, Title: s.Title, Fields: make([]oas.CaseFieldValue, len(s.Fields))}
	for i, f := range s.Fields {
		v := oas.CaseFieldValue{
			Field: toAPIField(f), Visible: c.Applies(s.Key, f.Key), Value: nullable.NewNullNullable[string](), Display: nullable.NewNullNullable[string](),
		}
		if value, ok := c.Values[s.Key][f.Key]; ok {
			v.Value.Set(value)
			v.Display.Set(fields.Display(f, value))
		}
		out.Fields[i] = v
	}
	return out
}

func toAPICaseElement(c *casedata.Case, e casedata.Element) oas.CaseElement {
	out := oas.CaseElement{Code: e.Code, Name: e.Name, Quantity: e.Quantity, Photos: make([]oas.CasePhotoSlot, len(e.Photos))}
	for i, p := range e.Photos {
		out.Photos[i] = oas.CasePhotoSlot{Slot: toAPIPhotoSlot(p), Applies: c.SlotApplies(e.Code, p)}
	}
	return out
}

func toAPIMissing(m casedata.Missing) oas.CaseMissing {
	return oas.CaseMissing{Kind: oas.CaseMissingKind(m.Kind), Section: m.Section, Key: m.Key, Label: m.Label, Again: m.Again}
}

func toAPICaseFile(f cases.File, url string) oas.CaseFile {
	return oas.CaseFile{
		ID: f.ID, ElementCode: orNullText(f.Place.Element), SlotCode: orNullText(f.Place.Slot), URL: url, ContentType: f.Stored.ContentType,
		Size: f.Stored.Size, Width: orNull(f.Stored.Width), Height: orNull(f.Stored.Height), Label: f.Label, FromStaff: f.FromStaff,
		Review: oas.CaseFileReview(f.Review), RejectReason: orNullText(f.RejectReason), RejectNote: orNullText(f.RejectNote),
		ReviewedAt: orNullTime(f.ReviewedAt), Version: f.Version, CreatedAt: f.CreatedAt.UTC(),
	}
}

func toAPICaseEvents(events []cases.Event) ([]oas.CaseEvent, error) {
	out := make([]oas.CaseEvent, len(events))
	for i, e := range events {
		var err error
		if out[i], err = toAPICaseEvent(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func toAPICaseEvent(e cases.Event) (oas.CaseEvent, error) {
	out := oas.CaseEvent{
		ID: e.ID, At: e.At.UTC(), Actor: e.Who, Kind: oas.CaseEventKind(e.Kind), FromStatus: orNull(e.From), ToStatus: orNull(e.To), Reason: orNull(e.Reason),
	}
	if err := json.Unmarshal(e.Detail, &out.Detail); err != nil {
		return out, fmt.Errorf("detail of case event %s: %w", e.ID, err)
	}
	return out, nil
}
