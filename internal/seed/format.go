package seed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"go.yaml.in/yaml/v3"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// The files in data/ say everything there is to say about a category, one file
// for the sheet and one for its vocabulary. Lists without a sort_order of their
// own (services, papers, photos, fields, warnings) are in display order.

// categoryFile is data/<slug>.yaml.
type categoryFile struct {
	Slug            string                `yaml:"slug"`
	Name            string                `yaml:"name"`
	Description     string                `yaml:"description"`
	ClientType      catalogue.ClientType  `yaml:"client_type"`
	VehicleKind     catalogue.VehicleKind `yaml:"vehicle_kind"`
	Icon            string                `yaml:"icon"`
	SortOrder       int                   `yaml:"sort_order"`
	UnitsPerElement *int                  `yaml:"units_per_element"`
	Tiers           []tierEntry           `yaml:"tiers"`
	Services        []serviceEntry        `yaml:"services"`
	Documentation   []documentEntry       `yaml:"documentation"`
	// Warnings are those of the category and of its tiers; an element's stand
	// with the element.
	Warnings []warningEntry `yaml:"warnings"`
	Elements []elementEntry `yaml:"elements"`
}

type tierEntry struct {
	Code            string           `yaml:"code"`
	Name            string           `yaml:"name"`
	Description     string           `yaml:"description"`
	Conditions      string           `yaml:"conditions"`
	Price           money.Amount     `yaml:"price"`
	RequiresProject bool             `yaml:"requires_project"`
	SortOrder       int              `yaml:"sort_order"`
	OwnMax          *int             `yaml:"own_max"`
	Own             []string         `yaml:"own"`
	Includes        []inclusionEntry `yaml:"includes"`
}

type inclusionEntry struct {
	Tier string `yaml:"tier"`
	Max  *int   `yaml:"max"`
}

type serviceEntry struct {
	Code        string       `yaml:"code"`
	Name        string       `yaml:"name"`
	Description string       `yaml:"description"`
	Price       money.Amount `yaml:"price"`
}

type documentEntry struct {
	Code        string `yaml:"code"`
	Description string `yaml:"description"`
	ImageURL    string `yaml:"image_url"`
	Optional    bool   `yaml:"optional"`
}

// warningEntry is a warning; scope, tier and element are left out inside an
// element.
type warningEntry struct {
	Code     string                 `yaml:"code"`
	Severity catalogue.Severity     `yaml:"severity"`
	Scope    catalogue.WarningScope `yaml:"scope"`
	Tier     string                 `yaml:"tier"`
	Message  string                 `yaml:"message"`
	Triggers triggersEntry          `yaml:"triggers"`
}

// triggersEntry lists alternatives: one that holds is enough.
type triggersEntry struct {
	Elements    []string `yaml:"elements"`
	Tiers       []string `yaml:"tiers"`
	Keywords    []string `yaml:"keywords"`
	MinQuantity int      `yaml:"min_quantity"`
}

type elementEntry struct {
	Code        string `yaml:"code"`
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	SortOrder   int    `yaml:"sort_order"`
	Parent      string `yaml:"parent"`
	VariantType string `yaml:"variant_type"`
	VariantCode string `yaml:"variant_code"`
	Generic     bool   `yaml:"generic"`
	// InactiveReason makes the element inactive.
	InactiveReason  string       `yaml:"inactive_reason"`
	NeedsReview     bool         `yaml:"needs_review"`
	UnitsPerElement *int         `yaml:"units_per_element"`
	Surcharge       money.Amount `yaml:"surcharge"`
	// Standalone keeps the parent's warnings and photo slots away.
	Standalone        bool           `yaml:"standalone"`
	SuggestedServices []string       `yaml:"suggested_services"`
	Warnings          []warningEntry `yaml:"warnings"`
	Photos            []photoEntry   `yaml:"photos"`
	Fields            []fieldEntry   `yaml:"fields"`
}

// photoEntry is a photo slot; every kind but "example" is required.
type photoEntry struct {
	Code        string              `yaml:"code"`
	Kind        catalogue.PhotoKind `yaml:"kind"`
	Title       string              `yaml:"title"`
	Instruction string              `yaml:"instruction"`
	ImageURL    string              `yaml:"image_url"`
}

type fieldEntry struct {
	Key       string              `yaml:"key"`
	Label     string              `yaml:"label"`
	Type      catalogue.FieldType `yaml:"type"`
	Unit      string              `yaml:"unit"`
	Optional  bool                `yaml:"optional"`
	Options   []string            `yaml:"options"`
	Min       *float64            `yaml:"min"`
	Max       *float64            `yaml:"max"`
	MinLength *int                `yaml:"min_length"`
	MaxLength *int                `yaml:"max_length"`
	Pattern   string              `yaml:"pattern"`
	Example   string              `yaml:"example"`
	Hint      string              `yaml:"hint"`
	When      *conditionEntry     `yaml:"when"`
}

type conditionEntry struct {
	Field    string `yaml:"field"`
	Operator string `yaml:"operator"`
	Value    string `yaml:"value"`
}

// vocabularyFile is data/<slug>.vocabulary.yaml, by element code.
type vocabularyFile map[string]vocabularyEntry

type vocabularyEntry struct {
	Keywords   []string `yaml:"keywords"`
	Aliases    []string `yaml:"aliases"`
	Answers    []string `yaml:"answers"`
	Question   string   `yaml:"question"`
	AllAnswers []string `yaml:"all_answers"`
}

// load reads one category with its vocabulary and builds it, unchecked.
func load(files fs.FS, slug string) (*catalogue.Category, error) {
	var sheet categoryFile
	if err := decode(files, "data/"+slug+".yaml", &sheet); err != nil {
		return nil, err
	}
	if sheet.Slug != slug {
		return nil, fmt.Errorf("data/%s.yaml: slug is %q", slug, sheet.Slug)
	}
	var words vocabularyFile
	if err := decode(files, "data/"+slug+".vocabulary.yaml", &words); err != nil {
		return nil, err
	}
	return build(sheet, words)
}

// decode reads the one YAML document of a file. Unknown and repeated keys are
// errors: a misspelt key would otherwise silently change a price.
func decode(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one document", name)
	}
	return nil
}
