package cataloguefile

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
)

// stored is a category as the database holds it: its rows by code, without
// those of deleted elements.
type stored struct {
	category  *sqlc.VehicleCategory // nil when there is none
	tiers     map[string]sqlc.TariffTier
	elements  map[string]sqlc.Element
	services  map[string]sqlc.AdditionalService
	global    map[string]sqlc.AdditionalService // those of no category
	documents map[string]sqlc.BaseDocumentation
	fields    map[string]sqlc.ElementRequiredField // by element/key
	photos    map[string]sqlc.ElementPhotoSlot     // by element/code
	// warnings holds those of deleted elements too: their codes are taken.
	warnings map[string]sqlc.Warning

	members    []sqlc.TierElement
	inclusions []sqlc.TierInclusion
	suggested  []sqlc.ElementSuggestedService
	triggers   []sqlc.WarningTrigger
}

// load reads the category with that slug. Everything is read in one transaction
// that sees one state.
func load(ctx context.Context, tx pgx.Tx, slug string) (*stored, error) {
	q := sqlc.New()
	s := &stored{}
	var categories []sqlc.VehicleCategory
	if err := all(ctx, tx, &categories, q.CategoryListAll); err != nil {
		return nil, err
	}
	mine := func(id uuid.UUID) bool { return s.category != nil && s.category.ID == id }
	for _, c := range categories {
		if c.Slug == slug {
			s.category = &c
		}
	}
	elementByID, err := s.loadElements(ctx, tx, q, mine)
	if err != nil {
		return nil, err
	}
	var services []sqlc.AdditionalService
	var warnings []sqlc.Warning
	err = errors.Join(
		allBy(ctx, tx, &s.tiers, q.TierListAll, func(r sqlc.TariffTier) (string, bool) { return r.Code, mine(r.CategoryID) }),
		allBy(ctx, tx, &s.documents, q.BaseDocumentationListAll, func(r sqlc.BaseDocumentation) (string, bool) {
			return r.Code, mine(r.CategoryID)
		}),
		allBy(ctx, tx, &s.fields, q.ElementFieldListAll, func(r sqlc.ElementRequiredField) (string, bool) {
			owner, ok := elementByID[r.ElementID]
			return owner + "/" + r.FieldKey, ok
		}),
		allBy(ctx, tx, &s.photos, q.ElementPhotoSlotListAll, func(r sqlc.ElementPhotoSlot) (string, bool) {
			owner, ok := elementByID[r.ElementID]
			return owner + "/" + r.Code, ok
		}),
		all(ctx, tx, &services, q.ServiceListAll), all(ctx, tx, &warnings, q.WarningListAll),
		all(ctx, tx, &s.members, q.TierElementListAll), all(ctx, tx, &s.inclusions, q.TierInclusionListAll),
		all(ctx, tx, &s.suggested, q.SuggestedServiceListAll), all(ctx, tx, &s.triggers, q.WarningTriggerListAll),
	)
	s.services, s.global = map[string]sqlc.AdditionalService{}, map[string]sqlc.AdditionalService{}
	for _, r := range services {
		if r.CategoryID == nil {
			s.global[r.Code] = r
		} else if mine(*r.CategoryID) {
			s.services[r.Code] = r
		}
	}
	s.warnings = map[string]sqlc.Warning{}
	for _, r := range warnings {
		if r.CategoryID != nil && mine(*r.CategoryID) {
			s.warnings[r.Code] = r
		}
	}
	return s, err
}

func (s *stored) loadElements(ctx context.Context, tx pgx.Tx, q *sqlc.Queries, mine func(uuid.UUID) bool) (map[uuid.UUID]string, error) {
	byID := map[uuid.UUID]string{}
	err := allBy(ctx, tx, &s.elements, q.ElementListAll, func(r sqlc.Element) (string, bool) {
		ok := mine(r.CategoryID) && r.DeletedAt == nil
		if ok {
			byID[r.ID] = r.Code
		}
		return r.Code, ok
	})
	return byID, err
}

// all runs a query without parameters into its place.
func all[Row any](ctx context.Context, tx pgx.Tx, into *[]Row, query func(context.Context, sqlc.DBTX) ([]Row, error)) error {
	var err error
	*into, err = query(ctx, tx)
	return err
}

// allBy files the rows of a query for which key says so under their code.
func allBy[Row any](ctx context.Context, tx pgx.Tx, into *map[string]Row, query func(context.Context, sqlc.DBTX) ([]Row, error),
	key func(Row) (string, bool),
) error {
	var list []Row
	if err := all(ctx, tx, &list, query); err != nil {
		return err
	}
	*into = map[string]Row{}
	for _, row := range list {
		if code, ok := key(row); ok {
			(*into)[code] = row
		}
	}
	return nil
}

// file makes the file of what is stored, arranged; nil when there is no such
// category.
func (s *stored) file() *Category {
	if s.category == nil {
		return nil
	}
	r := s.category
	c := &Category{
		Slug: r.Slug, Name: normal(r.Name), ClientType: catalogue.ClientType(r.ClientType), VehicleKind: catalogue.VehicleKind(r.VehicleKind),
		Description: optional(r.Description), Icon: optional(r.Icon), Active: r.IsActive, SortOrder: int(r.SortOrder),
		UnitsPerElement: toInt(r.UnitsPerElement),
	}
	names := s.names()
	for _, r := range inOrder(s.tiers, func(r sqlc.TariffTier) int32 { return r.SortOrder }) {
		c.Tiers = append(c.Tiers, s.tier(r, names))
	}
	for _, r := range inOrder(s.services, func(r sqlc.AdditionalService) int32 { return r.SortOrder }) {
		c.Services = append(c.Services, Service{
			Code: r.Code, Name: normal(r.Name), Description: optional(r.Description), Price: r.Price, Active: r.IsActive, SortOrder: int(r.SortOrder),
		})
	}
	for _, r := range inOrder(s.documents, func(r sqlc.BaseDocumentation) int32 { return r.SortOrder }) {
		c.Documentation = append(c.Documentation, Document{
			Code: r.Code, Description: normal(r.Description), ImageURL: optional(r.ImageURL), Required: r.IsRequired, Active: r.IsActive,
			SortOrder: int(r.SortOrder),
		})
	}
	at := map[uuid.UUID]int{}
	for i, r := range inOrder(s.elements, func(r sqlc.Element) int32 { return r.SortOrder }) {
		c.Elements = append(c.Elements, s.element(r, names))
		at[r.ID] = i
	}
	for _, r := range inOrder(s.fields, func(r sqlc.ElementRequiredField) int32 { return r.SortOrder }) {
		e := &c.Elements[at[r.ElementID]]
		e.Fields = append(e.Fields, fieldFromRow(r, names))
	}
	for _, r := range inOrder(s.photos, func(r sqlc.ElementPhotoSlot) int32 { return r.SortOrder }) {
		e := &c.Elements[at[r.ElementID]]
		e.Photos = append(e.Photos, photoFromRow(r, names))
	}
	for _, r := range inOrder(s.warnings, func(r sqlc.Warning) int32 { return r.SortOrder }) {
		if r.ElementID == nil || names[*r.ElementID] != "" {
			c.Warnings = append(c.Warnings, s.warning(r, names))
		}
	}
	c.arrange()
	return c
}

// names returns the code of every tier, element, field and service by id.
func (s *stored) names() map[uuid.UUID]string {
	names := map[uuid.UUID]string{}
	for _, r := range s.tiers {
		names[r.ID] = r.Code
	}
	for _, r := range s.elements {
		names[r.ID] = r.Code
	}
	for _, r := range s.fields {
		names[r.ID] = r.FieldKey
	}
	for _, services := range []map[string]sqlc.AdditionalService{s.services, s.global} {
		for _, r := range services {
			names[r.ID] = r.Code
		}
	}
	return names
}

// inOrder returns rows by sort order, then by code.
func inOrder[Row any](rows map[string]Row, order func(Row) int32) []Row {
	codes := make([]string, 0, len(rows))
	for code := range rows {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(order(rows[a]), order(rows[b])), cmp.Compare(a, b))
	})
	out := make([]Row, len(codes))
	for i, code := range codes {
		out[i] = rows[code]
	}
	return out
}

func (s *stored) tier(r sqlc.TariffTier, names map[uuid.UUID]string) Tier {
	t := Tier{
		Code: r.Code, Name: normal(r.Name), Description: optional(r.Description), Conditions: optional(r.Conditions), Price: r.Price,
		RequiresProject: r.RequiresProject, OwnMax: toInt(r.OwnMax), Active: r.IsActive, SortOrder: int(r.SortOrder),
	}
	for _, m := range s.members {
		if m.TierID == r.ID && names[m.ElementID] != "" {
			t.Own = append(t.Own, names[m.ElementID])
		}
	}
	for _, i := range s.inclusions {
		if i.TierID == r.ID {
			t.Includes = append(t.Includes, Inclusion{Tier: names[i.IncludedTierID], Max: toInt(i.MaxElements)})
		}
	}
	return t
}

func (s *stored) element(r sqlc.Element, names map[uuid.UUID]string) Element {
	e := Element{
		Code: r.Code, Name: normal(r.Name), Description: optional(r.Description), VariantType: optional(r.VariantType),
		VariantCode: optional(r.VariantCode), Generic: r.IsGeneric, Active: r.IsActive, InactiveReason: optional(r.InactiveReason),
		NeedsReview: r.NeedsReview, UnitsPerElement: toInt(r.UnitsPerElement), Surcharge: r.Surcharge,
		InheritsFromParent: r.InheritsFromParent, SortOrder: int(r.SortOrder), Question: optional(r.Question),
		Keywords: r.Keywords, Aliases: r.Aliases, Answers: r.Answers, AllAnswers: r.AllAnswers,
	}
	if r.ParentID != nil && names[*r.ParentID] != "" {
		parent := names[*r.ParentID]
		e.Parent = &parent
	}
	for _, x := range s.suggested {
		if x.ElementID == r.ID && names[x.ServiceID] != "" {
			e.SuggestedServices = append(e.SuggestedServices, names[x.ServiceID])
		}
	}
	return e
}

func fieldFromRow(r sqlc.ElementRequiredField, names map[uuid.UUID]string) Field {
	f := Field{
		Key: r.FieldKey, Label: normal(r.Label), Type: catalogue.FieldType(r.FieldType), Options: r.Options, Unit: optional(r.Unit),
		Required: r.IsRequired, Min: r.MinValue, Max: r.MaxValue, MinLength: toInt(r.MinLength), MaxLength: toInt(r.MaxLength),
		Pattern: optional(r.Pattern), Example: optional(r.Example), Hint: optional(r.Hint), Active: r.IsActive, SortOrder: int(r.SortOrder),
	}
	f.WhenField, f.WhenOperator, f.WhenValue = condition(names, r.ConditionFieldID, r.ConditionOperator, r.ConditionValue)
	return f
}

func photoFromRow(r sqlc.ElementPhotoSlot, names map[uuid.UUID]string) Photo {
	p := Photo{
		Code: r.Code, Kind: catalogue.PhotoKind(r.Kind), Title: normal(r.Title), Instruction: optional(r.Instruction),
		ImageURL: optional(r.ImageURL), Required: r.IsRequired, Active: r.IsActive, SortOrder: int(r.SortOrder),
	}
	p.WhenField, p.WhenOperator, p.WhenValue = condition(names, r.ConditionFieldID, r.ConditionOperator, r.ConditionValue)
	return p
}

// condition makes the members of a condition; none without a field.
func condition(names map[uuid.UUID]string, field *uuid.UUID, operator, value *string) (*string, *Operator, *string) {
	if field == nil {
		return nil, nil, nil
	}
	return name(names, field), (*Operator)(operator), optional(value)
}

// warning makes a warning. Triggers that name a deleted element, or one of
// another category, are left out; an import leaves them alone.
func (s *stored) warning(r sqlc.Warning, names map[uuid.UUID]string) Warning {
	w := Warning{
		Code: r.Code, Severity: catalogue.Severity(r.Severity), Message: normal(r.Message), Active: r.IsActive, SortOrder: int(r.SortOrder),
		Tier: name(names, r.TierID), Element: name(names, r.ElementID),
	}
	for _, t := range s.triggers {
		trigger := Trigger{
			Element: name(names, t.ElementID), Tier: name(names, t.TierID), Keyword: optional(t.Keyword), MinQuantity: toInt(t.MinQuantity),
		}
		if t.WarningID == r.ID && trigger != (Trigger{}) {
			w.Triggers = append(w.Triggers, trigger)
		}
	}
	return w
}

func name(names map[uuid.UUID]string, id *uuid.UUID) *string {
	if id == nil || names[*id] == "" {
		return nil
	}
	code := names[*id]
	return &code
}

// optional returns nil for a text that is blank: in a file these are the same.
func optional(s *string) *string {
	if s == nil || strings.TrimSpace(*s) == "" {
		return nil
	}
	text := normal(*s)
	return &text
}

func toInt(v *int32) *int {
	if v == nil {
		return nil
	}
	n := int(*v)
	return &n
}
