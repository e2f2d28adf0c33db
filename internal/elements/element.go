package elements

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
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/patch"
)

// ElementPatch changes what is present: nil, or not specified, leaves a member
// as it is; null clears it.
type ElementPatch struct {
	Code        *string
	Name        *string
	Description nullable.Nullable[string]
	// ParentCode moves the element, with its variants, under another one of the
	// category; null makes it a root.
	ParentCode      nullable.Nullable[string]
	VariantType     nullable.Nullable[string]
	VariantCode     nullable.Nullable[string]
	IsGeneric       *bool
	IsActive        *bool
	InactiveReason  nullable.Nullable[string]
	NeedsReview     *bool
	UnitsPerElement nullable.Nullable[int32]
	Surcharge       *money.Amount
	// InheritsFromParent brings in the parent's warnings and photo slots.
	InheritsFromParent *bool
	Keywords           *[]string
	Aliases            *[]string
	Answers            *[]string
	Question           nullable.Nullable[string]
	AllAnswers         *[]string
	// SuggestedServices holds codes of active services of the category, or global.
	SuggestedServices *[]string
	SortOrder         *int32
}

// record is an element as it is written and audited: the row, and what else is
// of it.
type record struct {
	sqlc.Element
	// SuggestedServices is sorted by code.
	SuggestedServices []string `json:"suggested_services"`
	// Tiers lists the tiers it is on; filled in when it is deleted only.
	Tiers []string `json:"tiers,omitempty"`
}

// CreateElement stores an element of a category and returns it. What p leaves
// out: active, not generic, inheriting, without words, at the end of the list.
// Errors: as UpdateElement; catalogue.ErrCategoryNotFound; ErrTooMany.
func (s *Editor) CreateElement(ctx context.Context, categoryID uuid.UUID, p ElementPatch) (*catalogue.Element, error) {
	id := uuid.Must(uuid.NewV7())
	snapshot, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		f, err := s.family(ctx, tx, categoryID)
		if err != nil {
			return err
		}
		if len(f.elements) >= maxElements {
			return ErrTooMany.WithMessage(fmt.Sprintf("A category has at most %d elements.", maxElements))
		}
		row, err := p.apply(record{Element: sqlc.Element{
			ID: id, CategoryID: categoryID, IsActive: true, InheritsFromParent: true, Keywords: []string{}, Aliases: []string{},
			Answers: []string{}, AllAnswers: []string{},
			SortOrder: placeAfter(f.elements, func(e sqlc.Element) int32 { return e.SortOrder }),
		}}, f)
		if err != nil {
			return err
		}
		if err := audit.RecordCreate(ctx, tx, at, "element", id.String(), row); err != nil {
			return err
		}
		return s.write(ctx, tx, at, row, f)
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Element(id), nil
}

// UpdateElement changes an element and returns it as it is then. version is the
// one the change is based on; 0 means any.
// Errors: ErrElementNotFound; ErrElementChanged; ErrElementCodeTaken;
// ErrElementCycle; ErrInvalidElement; ErrElementInUse when it becomes generic
// while a tier lists it or a warning is triggered by it.
func (s *Editor) UpdateElement(ctx context.Context, id uuid.UUID, version int, p ElementPatch) (*catalogue.Element, error) {
	snapshot, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		old, err := s.record(ctx, tx, id)
		if err != nil {
			return err
		}
		if version != 0 && int(old.Version) != version {
			return ErrElementChanged
		}
		f, err := s.family(ctx, tx, old.CategoryID)
		if err != nil {
			return err
		}
		row, err := p.apply(old, f)
		if err != nil {
			return err
		}
		if changed, err := audit.RecordUpdate(ctx, tx, at, "element", id.String(), old, row); err != nil || !changed {
			return err
		}
		if row.IsGeneric && !old.IsGeneric {
			if err := s.mayBecomeGeneric(ctx, tx, old.Element); err != nil {
				return err
			}
		}
		if row.Code != old.Code {
			if err := s.q.ElementTouchNamers(ctx, tx, sqlc.ElementTouchNamersParams{ID: id, At: at}); err != nil {
				return fmt.Errorf("touch what names the element: %w", err)
			}
		}
		return s.write(ctx, tx, at, row, f)
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Element(id), nil
}

// apply returns the record as the patch makes it, checked.
func (p ElementPatch) apply(r record, f family) (record, error) {
	patch.Set(&r.Code, p.Code)
	patch.Set(&r.Name, p.Name)
	patch.SetNullable(&r.Description, p.Description)
	patch.SetNullable(&r.VariantType, p.VariantType)
	patch.SetNullable(&r.VariantCode, p.VariantCode)
	patch.Set(&r.IsGeneric, p.IsGeneric)
	patch.Set(&r.IsActive, p.IsActive)
	patch.SetNullable(&r.InactiveReason, p.InactiveReason)
	patch.Set(&r.NeedsReview, p.NeedsReview)
	patch.SetNullable(&r.UnitsPerElement, p.UnitsPerElement)
	patch.Set(&r.Surcharge, p.Surcharge)
	patch.Set(&r.InheritsFromParent, p.InheritsFromParent)
	patch.SetNullable(&r.Question, p.Question)
	patch.Set(&r.SortOrder, p.SortOrder)
	for _, list := range []struct{ dst, src *[]string }{
		{&r.Keywords, p.Keywords}, {&r.Aliases, p.Aliases}, {&r.Answers, p.Answers}, {&r.AllAnswers, p.AllAnswers},
	} {
		if list.src != nil {
			*list.dst = tidy(*list.src)
		}
	}
	var wrong problems
	if p.ParentCode.IsSpecified() {
		r.ParentID = nil
		if code, err := p.ParentCode.Get(); err == nil {
			if parent := f.byCode(code); parent != nil {
				r.ParentID = &parent.ID
			} else {
				wrong.add("parent_code", "is of no element of the category")
			}
		}
	}
	if p.SuggestedServices != nil {
		before := r.SuggestedServices
		r.SuggestedServices = slices.Compact(slices.Sorted(slices.Values(*p.SuggestedServices)))
		for _, code := range r.SuggestedServices {
			service := f.service(code)
			if service == nil || (!service.IsActive && !slices.Contains(before, code)) {
				wrong.add("suggested_services", "has %q, which is of no active service of the category", code)
			}
		}
	}
	wrong.check(r.Element)
	if err := wrong.fault(ErrInvalidElement); err != nil {
		return r, err
	}
	return r, f.checkPlace(r.Element)
}

// record reads an element with the codes of the services it suggests.
func (s *Editor) record(ctx context.Context, tx pgx.Tx, id uuid.UUID) (record, error) {
	row, err := s.element(ctx, tx, id)
	if err != nil {
		return record{}, err
	}
	services, err := s.q.ElementSuggestedList(ctx, tx, id)
	if err != nil {
		return record{}, fmt.Errorf("read suggested services: %w", err)
	}
	r := record{Element: row}
	for _, service := range services {
		r.SuggestedServices = append(r.SuggestedServices, service.Code)
	}
	return r, nil
}

// write stores an element and the services it suggests.
func (s *Editor) write(ctx context.Context, tx pgx.Tx, at time.Time, r record, f family) error {
	err := s.q.ElementPut(ctx, tx, sqlc.ElementPutParams{
		ID: r.ID, CategoryID: r.CategoryID, Code: r.Code, Name: r.Name, Description: r.Description, ParentID: r.ParentID,
		VariantType: r.VariantType, VariantCode: r.VariantCode, IsGeneric: r.IsGeneric, IsActive: r.IsActive,
		InactiveReason: r.InactiveReason, NeedsReview: r.NeedsReview, UnitsPerElement: r.UnitsPerElement, Surcharge: r.Surcharge,
		InheritsFromParent: r.InheritsFromParent, Keywords: r.Keywords, Aliases: r.Aliases, Answers: r.Answers,
		Question: r.Question, AllAnswers: r.AllAnswers, SortOrder: r.SortOrder, At: at,
	})
	switch {
	case db.IsUnique(err, "elements_category_code_key"):
		return ErrElementCodeTaken
	case db.IsForeignKey(err, "elements_category_id_fkey"):
		return catalogue.ErrCategoryNotFound
	case err != nil:
		return fmt.Errorf("write element: %w", err)
	}
	current, err := s.q.ElementSuggestedList(ctx, tx, r.ID)
	if err != nil {
		return fmt.Errorf("read suggested services: %w", err)
	}
	fill := sqlc.ElementSuggestedFillParams{ElementID: r.ID, ServiceIds: f.serviceIDs(r.SuggestedServices, current), At: at}
	if slices.EqualFunc(current, fill.ServiceIds, func(service sqlc.AdditionalService, id uuid.UUID) bool { return service.ID == id }) {
		return nil // what is as it was stays out of the history
	}
	if err := s.q.ElementSuggestedClear(ctx, tx, []uuid.UUID{r.ID}); err != nil {
		return fmt.Errorf("clear suggested services: %w", err)
	}
	if err := s.q.ElementSuggestedFill(ctx, tx, fill); err != nil {
		return fmt.Errorf("write suggested services: %w", err)
	}
	return nil
}

// mayBecomeGeneric refuses while the element is where a generic one cannot be.
func (s *Editor) mayBecomeGeneric(ctx context.Context, tx pgx.Tx, e sqlc.Element) error {
	tiers, err := s.q.ElementTierCodes(ctx, tx, e.ID)
	if err != nil {
		return fmt.Errorf("read the tiers of an element: %w", err)
	}
	if len(tiers) > 0 {
		return ErrElementInUse.WithMessage(fmt.Sprintf("%s is on the list of %s, where no generic element can be: take it off first.",
			e.Code, strings.Join(tiers, ", ")))
	}
	warnings, err := s.q.ElementTriggeredWarnings(ctx, tx, []uuid.UUID{e.ID})
	if err != nil {
		return fmt.Errorf("read the warnings of an element: %w", err)
	}
	if len(warnings) > 0 {
		return ErrElementInUse.WithMessage(fmt.Sprintf("%s triggers the warning %s, which a generic element cannot: take the trigger off first.",
			e.Code, strings.Join(warnings, ", ")))
	}
	return nil
}
