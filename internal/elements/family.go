package elements

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
)

const (
	// maxElements is how many elements a category has at most.
	maxElements = 1000
	// maxDepth is how many generations the tree has at most: a customer is asked
	// one question per generation.
	maxDepth = 5
)

// family is what an element has around it in its category.
type family struct {
	elements []sqlc.Element // by sort order
	services []sqlc.AdditionalService
}

func (s *Editor) family(ctx context.Context, tx pgx.Tx, categoryID uuid.UUID) (family, error) {
	rows, err := s.q.ElementListByCategory(ctx, tx, categoryID)
	if err != nil {
		return family{}, fmt.Errorf("read the category's elements: %w", err)
	}
	services, err := s.q.ElementServiceChoices(ctx, tx, categoryID)
	if err != nil {
		return family{}, fmt.Errorf("read the category's services: %w", err)
	}
	return family{elements: rows, services: services}, nil
}

func (f family) byCode(code string) *sqlc.Element {
	return f.find(func(e sqlc.Element) bool { return e.Code == code })
}

func (f family) find(is func(sqlc.Element) bool) *sqlc.Element {
	if i := slices.IndexFunc(f.elements, is); i >= 0 {
		return &f.elements[i]
	}
	return nil
}

// service returns the service with that code: the category's own before a global
// one; nil when there is none.
func (f family) service(code string) *sqlc.AdditionalService {
	if i := slices.IndexFunc(f.services, func(s sqlc.AdditionalService) bool { return s.Code == code }); i >= 0 {
		return &f.services[i]
	}
	return nil
}

// serviceIDs returns the ids behind codes, in the order of the codes. A code
// keeps the service it stands for among current.
func (f family) serviceIDs(codes []string, current []sqlc.AdditionalService) []uuid.UUID {
	var ids []uuid.UUID
	for _, code := range codes {
		if i := slices.IndexFunc(current, func(s sqlc.AdditionalService) bool { return s.Code == code }); i >= 0 {
			ids = append(ids, current[i].ID)
		} else if service := f.service(code); service != nil {
			ids = append(ids, service.ID)
		}
	}
	return ids
}

// descendants returns the element and all below it, parents first.
func (f family) descendants(of uuid.UUID) []sqlc.Element {
	var out []sqlc.Element
	if e := f.find(func(e sqlc.Element) bool { return e.ID == of }); e != nil {
		out = append(out, *e)
	}
	for i := 0; i < len(out) && len(out) <= len(f.elements); i++ {
		for _, e := range f.elements {
			if e.ParentID != nil && *e.ParentID == out[i].ID {
				out = append(out, e)
			}
		}
	}
	return out
}

// height is how many generations there are from an element down: 1 without
// variants, or for one that is not stored yet.
func (f family) height(of uuid.UUID) int {
	below := 0
	for _, e := range f.elements {
		if e.ParentID != nil && *e.ParentID == of {
			below = max(below, f.height(e.ID))
		}
	}
	return below + 1
}

// checkPlace checks where in the tree an element is to be.
// Errors: ErrElementCycle, which names the cycle; ErrInvalidElement.
func (f family) checkPlace(e sqlc.Element) error {
	path := []string{e.Code}
	for parent := e.ParentID; parent != nil; {
		if *parent == e.ID {
			path = append(path, e.Code)
			return ErrElementCycle.WithMessage("An element cannot be a variant of itself: " + strings.Join(path, " > ") + ".")
		}
		at := f.find(func(x sqlc.Element) bool { return x.ID == *parent })
		if at == nil {
			break
		}
		path = append(path, at.Code)
		parent = at.ParentID
	}
	if depth := len(path) - 1 + f.height(e.ID); depth > maxDepth {
		var wrong problems
		wrong.add("parent_code", "makes the tree %d generations deep; %d are the most", depth, maxDepth)
		return wrong.fault(ErrInvalidElement)
	}
	return nil
}
