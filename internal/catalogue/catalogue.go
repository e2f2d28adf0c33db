// Package catalogue holds the price sheets and elements as one immutable
// picture in memory. It has data and look-ups, no rules: internal/tariffs
// prices with it, internal/elements matches text with it.
package catalogue

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/money"
)

// ClientType says whom a category's sheet is for.
type ClientType string

// The client types.
const (
	ClientParticular   ClientType = "particular"
	ClientProfessional ClientType = "professional"
)

// VehicleKind is the sort of vehicle a category's sheet is for.
type VehicleKind string

// The vehicle kinds known to the conversation. A category may have any other.
const (
	VehicleMotorcycle VehicleKind = "motorcycle"
	VehicleMotorhome  VehicleKind = "motorhome"
)

// Snapshot is the whole catalogue at one revision. It is never changed after
// it was built; a newer revision is a new Snapshot.
type Snapshot struct {
	// Revision counts the changes to any catalogue table.
	Revision int64
	// IVAPercent is the value-added tax added to every subtotal ("21.00").
	IVAPercent money.Amount
	// Categories holds every category, inactive ones too, by sort order and slug.
	Categories []*Category
	// Rules are the response rules in the order in which they are tried, inactive
	// ones too; none in a snapshot of the past.
	Rules []*Rule

	bySlug map[string]*Category
	byID   map[uuid.UUID]*Category

	elements map[uuid.UUID]*Element
}

// NewSnapshot indexes the categories. It takes ownership of them.
func NewSnapshot(revision int64, iva money.Amount, categories []*Category) *Snapshot {
	s := &Snapshot{
		Revision: revision, IVAPercent: iva, Categories: categories,
		bySlug: make(map[string]*Category, len(categories)),
		byID:   make(map[uuid.UUID]*Category, len(categories)),

		elements: make(map[uuid.UUID]*Element),
	}
	for _, c := range categories {
		c.index()
		s.bySlug[c.Slug] = c
		s.byID[c.ID] = c
		for _, e := range c.Elements {
			s.elements[e.ID] = e
		}
	}
	return s
}

// BySlug returns the category with that slug, active or not, or nil.
func (s *Snapshot) BySlug(slug string) *Category { return s.bySlug[slug] }

// ByID returns the category with that id, active or not, or nil.
func (s *Snapshot) ByID(id uuid.UUID) *Category { return s.byID[id] }

// Tier returns the tier with that id, active or not, or nil.
func (s *Snapshot) Tier(id uuid.UUID) *Tier {
	for _, c := range s.Categories {
		if t := c.TierByID(id); t != nil {
			return t
		}
	}
	return nil
}

// Element returns the element with that id, active or not, or nil.
func (s *Snapshot) Element(id uuid.UUID) *Element { return s.elements[id] }

// For returns the active category for a vehicle and client type that has at
// least one active tier, or nil. There is never a fallback to another sheet.
func (s *Snapshot) For(vehicle VehicleKind, client ClientType) *Category {
	for _, c := range s.Categories {
		if c.IsActive && c.VehicleKind == vehicle && c.ClientType == client && c.hasActiveTier() {
			return c
		}
	}
	return nil
}

// Category is one published price sheet: a vehicle kind for a client type.
type Category struct {
	ID          uuid.UUID
	Slug        string
	Name        string
	ClientType  ClientType
	VehicleKind VehicleKind
	Description *string
	Icon        *string
	IsActive    bool
	SortOrder   int
	// UnitsPerElement is how many units of one line count as one element; nil
	// means that a line always counts as one, whatever its quantity.
	UnitsPerElement *int
	Version         int
	CreatedAt       time.Time
	UpdatedAt       time.Time

	Tiers         []*Tier    // by sort order, code; inactive ones too
	Elements      []*Element // by sort order, code; inactive ones too
	Services      []*Service // by sort order, code; inactive ones too
	Documentation []*Document
	// Warnings are those of the category, its tiers and its elements, and the
	// global ones.
	Warnings []*Warning

	elementsByCode map[string]*Element
	tiersByCode    map[string]*Tier
	tiersByID      map[uuid.UUID]*Tier
	servicesByCode map[string]*Service
	children       map[string][]*Element
}

func (c *Category) index() {
	c.elementsByCode = make(map[string]*Element, len(c.Elements))
	c.tiersByCode = make(map[string]*Tier, len(c.Tiers))
	c.tiersByID = make(map[uuid.UUID]*Tier, len(c.Tiers))
	c.servicesByCode = make(map[string]*Service, len(c.Services))
	c.children = make(map[string][]*Element)
	for _, e := range c.Elements {
		c.elementsByCode[e.Code] = e
		if e.ParentCode != "" {
			c.children[e.ParentCode] = append(c.children[e.ParentCode], e)
		}
	}
	for _, t := range c.Tiers {
		c.tiersByCode[t.Code] = t
		c.tiersByID[t.ID] = t
	}
	for _, s := range c.Services {
		c.servicesByCode[s.Code] = s
	}
}

func (c *Category) hasActiveTier() bool {
	for _, t := range c.Tiers {
		if t.IsActive {
			return true
		}
	}
	return false
}

// Element returns the element with that code, active or not, or nil.
func (c *Category) Element(code string) *Element { return c.elementsByCode[code] }

// Tier returns the tier with that code, active or not, or nil.
func (c *Category) Tier(code string) *Tier { return c.tiersByCode[code] }

// TierByID returns the tier with that id, active or not, or nil.
func (c *Category) TierByID(id uuid.UUID) *Tier { return c.tiersByID[id] }

// Service returns the additional service with that code, or nil.
func (c *Category) Service(code string) *Service { return c.servicesByCode[code] }

// Children returns the direct variants of an element, by sort order, inactive
// ones too.
func (c *Category) Children(code string) []*Element { return c.children[code] }

// Tier is one price level of a sheet.
type Tier struct {
	ID              uuid.UUID
	CategoryID      uuid.UUID
	Code            string
	Name            string
	Description     *string
	Conditions      *string
	Price           money.Amount
	RequiresProject bool
	SortOrder       int
	IsActive        bool
	// OwnMax is how many elements of Own the tier covers; nil means no limit.
	OwnMax *int
	// Own holds the codes of the elements on the tier's own list, sorted.
	Own []string
	// Includes refers to other tiers' own lists.
	Includes  []Inclusion
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Inclusion lets a tier cover elements of another tier's own list. It means
// that list only: neither the other tier's own inclusions nor its OwnMax apply.
type Inclusion struct {
	TierCode string
	// Max is how many elements it covers; nil means no limit.
	Max *int
}

// Element is one thing on a vehicle that can be legalised.
type Element struct {
	ID         uuid.UUID
	CategoryID uuid.UUID
	Code       string
	Name       string
	// Description says what the element is, for customers and staff.
	Description *string
	// ParentCode is the element it is a variant of; "" for none.
	ParentCode string
	// VariantType and VariantCode say how it differs from its siblings
	// ("position", "DEL"); nil for an element without parent.
	VariantType *string
	VariantCode *string
	// IsGeneric marks an element that is never priced: the customer has to name
	// a variant first. It is a stored flag, not "has children".
	IsGeneric bool
	IsActive  bool
	// InactiveReason says why an inactive element need not or cannot be
	// legalised; nil when active.
	InactiveReason *string
	// NeedsReview makes a quote with this element provisional.
	NeedsReview bool
	// UnitsPerElement overrides the category's; nil means the category's.
	UnitsPerElement *int
	// Surcharge is added once when the element is in a quote.
	Surcharge money.Amount
	// InheritsFromParent adds the parent's warnings and photo slots to its own.
	InheritsFromParent bool
	SortOrder          int

	Vocabulary Vocabulary
	Fields     []*Field
	Photos     []*PhotoSlot
	// SuggestedServices holds service codes offered with a quote of the element.
	SuggestedServices []string
	Version           int
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// Vocabulary is what customers call an element. Phrases are ordinary Spanish;
// case, accents, plural and gender do not matter to the matcher.
type Vocabulary struct {
	// Keywords are phrases that name the element by themselves.
	Keywords []string
	// Aliases are other names: English, slang, brands that make only this.
	Aliases []string
	// Answers are phrases that pick this variant only in answer to its parent's
	// question ("delantera"); never read as naming the element in free text.
	Answers []string
	// Question is asked when the element is generic ("¿Delantera o trasera?").
	Question string
	// AllAnswers are answers to Question that pick every variant ("las dos").
	AllAnswers []string
}

// Service is an optional paid extra.
type Service struct {
	ID          uuid.UUID
	Code        string
	Name        string
	Description *string
	Price       money.Amount
	IsActive    bool
	SortOrder   int
}

// Document is a paper or photo asked for in every case of a category.
type Document struct {
	ID          uuid.UUID
	Code        string
	Description string
	ImageURL    *string
	IsRequired  bool
	SortOrder   int
}

// PhotoSlot is a photo or paper asked for because of an element.
type PhotoSlot struct {
	ID          uuid.UUID
	Code        string
	Kind        PhotoKind
	Title       string
	Instruction *string
	ImageURL    *string
	IsRequired  bool
	// Condition takes the slot away unless it holds; nil means always asked for.
	Condition *FieldCondition
	SortOrder int
}

// PhotoKind says what a photo slot is for.
type PhotoKind string

// The photo kinds.
const (
	PhotoExample     PhotoKind = "example"
	PhotoRequired    PhotoKind = "required_document"
	PhotoStep        PhotoKind = "step"
	PhotoCalculation PhotoKind = "calculation"
)

// Field is one datum asked for because of an element.
type Field struct {
	ID      uuid.UUID
	Key     string
	Label   string
	Type    FieldType
	Options []string
	// Unit is the canonical unit of a number ("mm"); nil for none.
	Unit       *string
	IsRequired bool
	Min        *float64
	Max        *float64
	MinLength  *int
	MaxLength  *int
	Pattern    *string
	Example    *string
	Hint       *string
	// Condition hides the field unless it holds; nil means always shown.
	Condition *FieldCondition
	SortOrder int
}

// FieldCondition compares another field of the same element.
type FieldCondition struct {
	FieldKey string
	Operator string // equals, not_equals, exists, not_exists
	Value    string
}

// FieldType is the type of a required field.
type FieldType string

// The field types.
const (
	FieldText    FieldType = "text"
	FieldNumber  FieldType = "number"
	FieldBoolean FieldType = "boolean"
	FieldSelect  FieldType = "select"
	FieldDate    FieldType = "date"
	FieldPhoto   FieldType = "photo"
)

// Severity ranks a warning.
type Severity string

// The severities, least first.
const (
	SeverityInfo    Severity = "info"
	SeverityWarning Severity = "warning"
	SeverityError   Severity = "error"
)

// WarningScope says what a warning hangs on.
type WarningScope string

// The warning scopes.
const (
	ScopeGlobal   WarningScope = "global"
	ScopeCategory WarningScope = "category"
	ScopeTier     WarningScope = "tier"
	ScopeElement  WarningScope = "element"
)

// Warning is a text shown with a quote. It has no amounts: those come from a
// service or a surcharge.
type Warning struct {
	ID       uuid.UUID
	Code     string
	Severity Severity
	Message  string
	Scope    WarningScope
	// TierCode and ElementCode are set for those scopes only.
	TierCode    string
	ElementCode string
	IsActive    bool
	// Triggers are alternatives: one that holds is enough. Without any, the
	// warning is shown whenever its scope is part of the quote.
	Triggers  []Trigger
	SortOrder int
}

// Trigger is one condition; exactly one member is set.
type Trigger struct {
	// ElementCode: that element is in the set.
	ElementCode string
	// TierCode: that tier was chosen.
	TierCode string
	// Keyword: the customer's text contains that phrase.
	Keyword string
	// MinQuantity: at least that many units, of the warning's own element when
	// it has one, else of the whole set. Zero when unset.
	MinQuantity int
}

// NormaliseCode returns a code as it is stored: trimmed and upper case.
func NormaliseCode(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }
