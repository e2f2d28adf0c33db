package cataloguefile

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
)

// stamp fills in what every row has beside its content.
func (i *importer) stamp(version *int32, created, updated *time.Time) {
	if *version == 0 {
		*created = i.at
	}
	*version++
	*updated = i.at
}

// found returns a row that is there, and the same to be changed.
func found[Row any](rows map[string]Row, code string) (*Row, Row) {
	row, ok := rows[code]
	if !ok {
		return nil, row
	}
	old := row
	return &old, row
}

func (i *importer) categoryID() uuid.UUID { return i.s.category.ID }

func (i *importer) putCategory(ctx context.Context) error {
	old, row := i.s.category, sqlc.VehicleCategory{ID: uuid.Must(uuid.NewV7())}
	if old != nil {
		row = *old
	}
	if i.change("category", i.want.Slug) == nil {
		return nil
	}
	c := i.want
	row.Slug, row.Name, row.ClientType, row.VehicleKind = c.Slug, c.Name, string(c.ClientType), string(c.VehicleKind)
	row.Description, row.Icon, row.IsActive, row.SortOrder = c.Description, c.Icon, c.Active, int32(c.SortOrder)
	row.UnitsPerElement = toInt32(c.UnitsPerElement)
	i.stamp(&row.Version, &row.CreatedAt, &row.UpdatedAt)
	i.s.category = &row
	return i.written("category", c.Slug, "", put(ctx, i, "category", row.ID, old, row, func() error {
		return i.q.FileCategoryPut(ctx, i.tx, sqlc.FileCategoryPutParams(row))
	}))
}

func (i *importer) putTiers(ctx context.Context) error {
	for n, t := range i.want.Tiers {
		change := i.change("tiers", t.Code)
		if change == nil {
			continue
		}
		old, row := found(i.s.tiers, t.Code)
		row.ID, row.CategoryID, row.Code, row.Name = i.id("tiers", t.Code), i.categoryID(), t.Code, t.Name
		row.Description, row.Conditions, row.Price, row.RequiresProject = t.Description, t.Conditions, t.Price, t.RequiresProject
		row.OwnMax, row.SortOrder, row.IsActive = toInt32(t.OwnMax), int32(t.SortOrder), t.Active
		i.stamp(&row.Version, &row.CreatedAt, &row.UpdatedAt)
		err := put(ctx, i, "tier", row.ID, old, row, func() error {
			return i.q.FileTierPut(ctx, i.tx, sqlc.FileTierPutParams(row))
		})
		if err == nil {
			err = i.listed(ctx, "tier", row.ID, change, "own", "includes")
		}
		if err := i.written("tier", t.Code, index("tiers", n), err); err != nil {
			return err
		}
	}
	return nil
}

func (i *importer) putServices(ctx context.Context) error {
	for n, s := range i.want.Services {
		if i.change("services", s.Code) == nil {
			continue
		}
		old, row := found(i.s.services, s.Code)
		if old == nil { // not the global one's, if there is one
			i.ids[[2]string{"services", s.Code}] = uuid.Must(uuid.NewV7())
		}
		category := i.categoryID()
		row.ID, row.CategoryID, row.Code, row.Name = i.id("services", s.Code), &category, s.Code, s.Name
		row.Description, row.Price, row.IsActive, row.SortOrder = s.Description, s.Price, s.Active, int32(s.SortOrder)
		i.stamp(&row.Version, &row.CreatedAt, &row.UpdatedAt)
		err := put(ctx, i, "service", row.ID, old, row, func() error {
			return i.q.FileServicePut(ctx, i.tx, sqlc.FileServicePutParams(row))
		})
		if err := i.written("service", s.Code, index("services", n), err); err != nil {
			return err
		}
	}
	return nil
}

func (i *importer) putDocuments(ctx context.Context) error {
	for n, d := range i.want.Documentation {
		if i.change("documentation", d.Code) == nil {
			continue
		}
		old, row := found(i.s.documents, d.Code)
		row.ID, row.CategoryID, row.Code, row.Description = i.id("documentation", d.Code), i.categoryID(), d.Code, d.Description
		if old != nil {
			row.ID = old.ID
		}
		row.ImageURL, row.IsRequired, row.IsActive, row.SortOrder = d.ImageURL, d.Required, d.Active, int32(d.SortOrder)
		i.stamp(&row.Version, &row.CreatedAt, &row.UpdatedAt)
		err := put(ctx, i, "document", row.ID, old, row, func() error {
			return i.q.FileDocumentPut(ctx, i.tx, sqlc.FileDocumentPutParams(row))
		})
		if err := i.written("document", d.Code, index("documentation", n), err); err != nil {
			return err
		}
	}
	return nil
}

// putElements writes parents before their variants.
func (i *importer) putElements(ctx context.Context) error {
	at := map[string]int{}
	for n, e := range i.want.Elements {
		at[e.Code] = n
	}
	done := map[string]bool{}
	var visit func(n int) error
	visit = func(n int) error {
		e := i.want.Elements[n]
		if done[e.Code] {
			return nil
		}
		done[e.Code] = true
		if e.Parent != nil {
			if err := visit(at[*e.Parent]); err != nil {
				return err
			}
		}
		return i.putElement(ctx, n, e)
	}
	for n := range i.want.Elements {
		if err := visit(n); err != nil {
			return err
		}
	}
	return nil
}

func (i *importer) putElement(ctx context.Context, n int, e Element) error {
	change := i.change("elements", e.Code)
	if change == nil && !i.touched[e.Code] {
		return nil
	}
	old, row := found(i.s.elements, e.Code)
	row.ID, row.CategoryID, row.Code, row.Name, row.Description = i.id("elements", e.Code), i.categoryID(), e.Code, e.Name, e.Description
	row.ParentID, row.VariantType, row.VariantCode = i.idOf("elements", e.Parent), e.VariantType, e.VariantCode
	row.IsGeneric, row.IsActive, row.InactiveReason, row.NeedsReview = e.Generic, e.Active, e.InactiveReason, e.NeedsReview
	row.UnitsPerElement, row.Surcharge, row.InheritsFromParent = toInt32(e.UnitsPerElement), e.Surcharge, e.InheritsFromParent
	row.Keywords, row.Aliases, row.Answers, row.AllAnswers = list(e.Keywords), list(e.Aliases), list(e.Answers), list(e.AllAnswers)
	row.Question, row.SortOrder = e.Question, int32(e.SortOrder)
	i.stamp(&row.Version, &row.CreatedAt, &row.UpdatedAt)
	err := put(ctx, i, "element", row.ID, old, row, func() error {
		return i.q.FileElementPut(ctx, i.tx, sqlc.FileElementPutParams(row))
	})
	if err == nil && change != nil {
		err = i.listed(ctx, "element", row.ID, change, "suggested_services")
	}
	return i.written("element", e.Code, index("elements", n), err)
}

// putFields writes what conditions compare before what has the conditions.
func (i *importer) putFields(ctx context.Context) error {
	for n, e := range i.want.Elements {
		at := map[string]int{}
		for m, f := range e.Fields {
			at[f.Key] = m
		}
		done := map[string]bool{}
		var visit func(m int) error
		visit = func(m int) error {
			f := e.Fields[m]
			if done[f.Key] {
				return nil
			}
			done[f.Key] = true
			if f.WhenField != nil {
				if err := visit(at[*f.WhenField]); err != nil {
					return err
				}
			}
			return i.putField(ctx, index(member(index("elements", n), "fields"), m), e.Code, f)
		}
		for m := range e.Fields {
			if err := visit(m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i *importer) putField(ctx context.Context, path, element string, f Field) error {
	code := element + "/" + f.Key
	if i.change("fields", code) == nil {
		return nil
	}
	old, row := found(i.s.fields, code)
	row.ID, row.ElementID, row.FieldKey, row.Label = i.id("fields", code), i.id("elements", element), f.Key, f.Label
	row.FieldType, row.Options, row.Unit, row.IsRequired = string(f.Type), list(f.Options), f.Unit, f.Required
	row.MinValue, row.MaxValue, row.MinLength, row.MaxLength = f.Min, f.Max, toInt32(f.MinLength), toInt32(f.MaxLength)
	row.Pattern, row.Example, row.Hint, row.SortOrder, row.IsActive = f.Pattern, f.Example, f.Hint, int32(f.SortOrder), f.Active
	row.ConditionFieldID, row.ConditionOperator, row.ConditionValue = i.conditionField(element, f.WhenField), (*string)(f.WhenOperator), f.WhenValue
	i.stamp(&row.Version, &row.CreatedAt, &row.UpdatedAt)
	return i.written("field", code, path, put(ctx, i, "field", row.ID, old, row, func() error {
		return i.q.FileFieldPut(ctx, i.tx, sqlc.FileFieldPutParams(row))
	}))
}

// conditionField returns the id of the field that a condition compares.
func (i *importer) conditionField(element string, key *string) *uuid.UUID {
	if key == nil {
		return nil
	}
	code := element + "/" + *key
	return i.idOf("fields", &code)
}

func (i *importer) putPhotos(ctx context.Context) error {
	for n, e := range i.want.Elements {
		for m, p := range e.Photos {
			code := e.Code + "/" + p.Code
			if i.change("photos", code) == nil {
				continue
			}
			old, row := found(i.s.photos, code)
			row.ID, row.ElementID, row.Code, row.Kind = i.id("photos", code), i.id("elements", e.Code), p.Code, string(p.Kind)
			if old != nil {
				row.ID = old.ID
			}
			row.Title, row.Instruction, row.ImageURL = p.Title, p.Instruction, p.ImageURL
			row.IsRequired, row.IsActive, row.SortOrder = p.Required, p.Active, int32(p.SortOrder)
			row.ConditionFieldID, row.ConditionOperator, row.ConditionValue = i.conditionField(e.Code, p.WhenField), (*string)(p.WhenOperator), p.WhenValue
			i.stamp(&row.Version, &row.CreatedAt, &row.UpdatedAt)
			err := put(ctx, i, "photo", row.ID, old, row, func() error {
				return i.q.FilePhotoPut(ctx, i.tx, sqlc.FilePhotoPutParams(row))
			})
			if err := i.written("photo", code, index(member(index("elements", n), "photos"), m), err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i *importer) putWarnings(ctx context.Context) error {
	for n, w := range i.want.Warnings {
		change := i.change("warnings", w.Code)
		if change == nil {
			continue
		}
		old, row := found(i.s.warnings, w.Code)
		category := i.categoryID()
		row.ID, row.CategoryID, row.Code, row.Severity = i.id("warnings", w.Code), &category, w.Code, string(w.Severity)
		row.Message, row.TierID, row.ElementID = w.Message, i.idOf("tiers", w.Tier), i.idOf("elements", w.Element)
		row.IsActive, row.SortOrder = w.Active, int32(w.SortOrder)
		i.stamp(&row.Version, &row.CreatedAt, &row.UpdatedAt)
		err := put(ctx, i, "warning", row.ID, old, row, func() error {
			return i.q.FileWarningPut(ctx, i.tx, sqlc.FileWarningPutParams(row))
		})
		if err == nil {
			err = i.listed(ctx, "warning", row.ID, change, "triggers")
		}
		if err := i.written("warning", w.Code, index("warnings", n), err); err != nil {
			return err
		}
	}
	return nil
}
