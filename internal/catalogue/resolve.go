package catalogue

import (
	"fmt"
	"regexp"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/fault"
)

// Errors of Resolve.
var (
	ErrBadSlug          = fault.New(fault.BadRequest, "invalid_category_slug", "Invalid category slug")
	ErrCategoryNotFound = fault.New(fault.NotFound, "category_not_found", "Category not found")
)

// slugPattern is that of the database's CHECK.
var slugPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Resolve finds a category by id or slug. An inactive one is found only when
// inactive is true. Errors: ErrBadSlug; ErrCategoryNotFound.
func (s *Snapshot) Resolve(ref string, inactive bool) (*Category, error) {
	var c *Category
	if id, err := uuid.Parse(ref); err == nil && len(ref) == 36 {
		c = s.ByID(id)
	} else if len(ref) > 50 || !slugPattern.MatchString(ref) {
		return nil, ErrBadSlug.WithMessage("Invalid category slug: lower-case letters, digits and single hyphens, 1 to 50 characters")
	} else {
		c = s.BySlug(ref)
	}
	if c == nil || (!c.IsActive && !inactive) {
		return nil, ErrCategoryNotFound.WithMessage(fmt.Sprintf("Category %s not found", ref))
	}
	return c, nil
}
