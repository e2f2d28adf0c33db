package cataloguefile

import (
	"strconv"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// The members of a file. Their tags:
//
//	yaml    name in YAML, in paths and in differences
//	xlsx    header of the column in a workbook
//	sheet   the sheet of that column, when it is not the sheet of the row
//	def     the value of an absent member; without it the zero value
//	max     most characters
//	min     least number
//	like    name of a pattern in patterns
//	width   width of the column in characters
//
// A text that may not be empty is a string, one that may be a *string.

// Category is a whole category.
type Category struct {
	Slug            string                `yaml:"slug" xlsx:"Código" like:"slug" max:"50" width:"20"`
	Name            string                `yaml:"name" xlsx:"Nombre" max:"100" width:"30"`
	ClientType      catalogue.ClientType  `yaml:"client_type" xlsx:"Tipo de cliente" width:"16"`
	VehicleKind     catalogue.VehicleKind `yaml:"vehicle_kind" xlsx:"Tipo de vehículo" like:"kind" max:"50" width:"16"`
	Description     *string               `yaml:"description" xlsx:"Descripción" max:"2000" width:"60"`
	Icon            *string               `yaml:"icon" xlsx:"Icono" max:"50" width:"16"`
	Active          bool                  `yaml:"active" xlsx:"Activa" def:"true"`
	SortOrder       int                   `yaml:"sort_order" xlsx:"Orden" def:"next"`
	UnitsPerElement *int                  `yaml:"units_per_element" xlsx:"Unidades por elemento" min:"1" width:"14"`

	Tiers         []Tier     `yaml:"tiers"`
	Services      []Service  `yaml:"services"`
	Documentation []Document `yaml:"documentation"`
	Elements      []Element  `yaml:"elements"`
	Warnings      []Warning  `yaml:"warnings"`
}

// Tier is a price level with its own list and its references to others.
type Tier struct {
	Code            string       `yaml:"code" xlsx:"Código" like:"code" max:"20"`
	Name            string       `yaml:"name" xlsx:"Nombre" max:"100" width:"30"`
	Description     *string      `yaml:"description" xlsx:"Descripción" max:"2000" width:"40"`
	Conditions      *string      `yaml:"conditions" xlsx:"Condiciones" max:"2000" width:"60"`
	Price           money.Amount `yaml:"price" xlsx:"Precio (€)"`
	RequiresProject bool         `yaml:"requires_project" xlsx:"Con proyecto"`
	OwnMax          *int         `yaml:"own_max" xlsx:"Máximo propios" min:"0"`
	Active          bool         `yaml:"active" xlsx:"Activa" def:"true"`
	SortOrder       int          `yaml:"sort_order" xlsx:"Orden" def:"next"`
	// Own holds the codes of the elements on the tier's own list, in no order.
	Own []string `yaml:"own" xlsx:"Elemento" sheet:"Listas" like:"code" width:"30"`
	// Includes is in no order.
	Includes []Inclusion `yaml:"includes"`
}

// Inclusion lets a tier cover elements of another one's own list.
type Inclusion struct {
	Tier string `yaml:"tier" xlsx:"Incluye" like:"code"`
	// Max is how many; nil means no limit.
	Max *int `yaml:"max" xlsx:"Máximo" min:"0"`
}

func (i Inclusion) String() string {
	if i.Max == nil {
		return i.Tier
	}
	return i.Tier + " (max " + strconv.Itoa(*i.Max) + ")"
}

// Service is a paid extra of this category.
type Service struct {
	Code        string       `yaml:"code" xlsx:"Código" like:"snake" max:"50" width:"28"`
	Name        string       `yaml:"name" xlsx:"Nombre" max:"150" width:"40"`
	Description *string      `yaml:"description" xlsx:"Descripción" max:"2000" width:"60"`
	Price       money.Amount `yaml:"price" xlsx:"Precio (€)"`
	Active      bool         `yaml:"active" xlsx:"Activo" def:"true"`
	SortOrder   int          `yaml:"sort_order" xlsx:"Orden" def:"next"`
}

// Document is a paper asked for in every case.
type Document struct {
	Code        string  `yaml:"code" xlsx:"Código" like:"snake" max:"60" width:"28"`
	Description string  `yaml:"description" xlsx:"Descripción" max:"1000" width:"60"`
	ImageURL    *string `yaml:"image_url" xlsx:"Imagen" max:"500" width:"30"`
	Required    bool    `yaml:"required" xlsx:"Obligatorio" def:"true"`
	Active      bool    `yaml:"active" xlsx:"Activo" def:"true"`
	SortOrder   int     `yaml:"sort_order" xlsx:"Orden" def:"next"`
}

// Element is one thing that can be legalised, with all that hangs on it but its
// warnings.
type Element struct {
	Code               string       `yaml:"code" xlsx:"Código" like:"element" max:"50" width:"26"`
	Name               string       `yaml:"name" xlsx:"Nombre" max:"200" width:"30"`
	Description        *string      `yaml:"description" xlsx:"Descripción" max:"2000" width:"50"`
	Parent             *string      `yaml:"parent" xlsx:"Variante de" like:"code" width:"22"`
	VariantType        *string      `yaml:"variant_type" xlsx:"Tipo de variante" max:"50" width:"16"`
	VariantCode        *string      `yaml:"variant_code" xlsx:"Código de variante" max:"50" width:"16"`
	Generic            bool         `yaml:"generic" xlsx:"Genérico"`
	Active             bool         `yaml:"active" xlsx:"Activo" def:"true"`
	InactiveReason     *string      `yaml:"inactive_reason" xlsx:"Motivo de inactividad" max:"500" width:"30"`
	NeedsReview        bool         `yaml:"needs_review" xlsx:"Requiere revisión"`
	UnitsPerElement    *int         `yaml:"units_per_element" xlsx:"Unidades por elemento" min:"1"`
	Surcharge          money.Amount `yaml:"surcharge" xlsx:"Suplemento (€)" def:"0"`
	InheritsFromParent bool         `yaml:"inherits_from_parent" xlsx:"Hereda" def:"true"`
	// SuggestedServices holds codes, in no order; global services too.
	SuggestedServices []string `yaml:"suggested_services" xlsx:"Servicios sugeridos" like:"code" width:"26"`
	SortOrder         int      `yaml:"sort_order" xlsx:"Orden" def:"next"`

	Question   *string  `yaml:"question" xlsx:"Pregunta" sheet:"Palabras" max:"500" width:"40"`
	Keywords   []string `yaml:"keywords" xlsx:"Palabras clave" sheet:"Palabras" width:"36"`
	Aliases    []string `yaml:"aliases" xlsx:"Otros nombres" sheet:"Palabras" width:"30"`
	Answers    []string `yaml:"answers" xlsx:"Respuestas" sheet:"Palabras" width:"30"`
	AllAnswers []string `yaml:"all_answers" xlsx:"Respuestas para todas" sheet:"Palabras" width:"30"`

	Photos []Photo `yaml:"photos"`
	Fields []Field `yaml:"fields"`
}

// Photo is a photo or paper asked for because of an element.
type Photo struct {
	Code        string              `yaml:"code" xlsx:"Código" like:"snake" max:"60" width:"26"`
	Kind        catalogue.PhotoKind `yaml:"kind" xlsx:"Tipo" width:"18"`
	Title       string              `yaml:"title" xlsx:"Título" max:"200" width:"36"`
	Instruction *string             `yaml:"instruction" xlsx:"Instrucción" max:"500" width:"50"`
	ImageURL    *string             `yaml:"image_url" xlsx:"Imagen" max:"500" width:"30"`
	Required    bool                `yaml:"required" xlsx:"Obligatoria"`
	// The photo is asked for when WhenField compares with WhenValue by
	// WhenOperator; always without WhenField.
	WhenField    *string   `yaml:"when_field" xlsx:"Si el campo" like:"code" width:"22"`
	WhenOperator *Operator `yaml:"when_operator" xlsx:"Condición"`
	WhenValue    *string   `yaml:"when_value" xlsx:"Valor" max:"200" width:"20"`
	Active       bool      `yaml:"active" xlsx:"Activa" def:"true"`
	SortOrder    int       `yaml:"sort_order" xlsx:"Orden" def:"next"`
}

// Field is one datum asked for because of an element.
type Field struct {
	Key       string              `yaml:"key" xlsx:"Clave" like:"key" max:"50" width:"26"`
	Label     string              `yaml:"label" xlsx:"Etiqueta" max:"200" width:"36"`
	Type      catalogue.FieldType `yaml:"type" xlsx:"Tipo"`
	Options   []string            `yaml:"options" xlsx:"Opciones" width:"26"`
	Unit      *string             `yaml:"unit" xlsx:"Unidad" max:"20"`
	Required  bool                `yaml:"required" xlsx:"Obligatorio" def:"true"`
	Min       *float64            `yaml:"min" xlsx:"Mínimo"`
	Max       *float64            `yaml:"max" xlsx:"Máximo"`
	MinLength *int                `yaml:"min_length" xlsx:"Longitud mínima" min:"0"`
	MaxLength *int                `yaml:"max_length" xlsx:"Longitud máxima" min:"1"`
	Pattern   *string             `yaml:"pattern" xlsx:"Patrón" max:"500" width:"20"`
	Example   *string             `yaml:"example" xlsx:"Ejemplo" max:"200" width:"24"`
	Hint      *string             `yaml:"hint" xlsx:"Ayuda" max:"500" width:"40"`
	// The field is shown when WhenField compares with WhenValue by WhenOperator;
	// always without WhenField.
	WhenField    *string   `yaml:"when_field" xlsx:"Si el campo" like:"code" width:"22"`
	WhenOperator *Operator `yaml:"when_operator" xlsx:"Condición"`
	WhenValue    *string   `yaml:"when_value" xlsx:"Valor" max:"200" width:"20"`
	Active       bool      `yaml:"active" xlsx:"Activo" def:"true"`
	SortOrder    int       `yaml:"sort_order" xlsx:"Orden" def:"next"`
}

// Operator compares a field with a value.
type Operator string

// Warning is a text shown with a quote: of a tier, of an element, or of the
// category when both are empty.
type Warning struct {
	Code      string             `yaml:"code" xlsx:"Código" like:"snake" max:"80" width:"30"`
	Severity  catalogue.Severity `yaml:"severity" xlsx:"Gravedad"`
	Message   string             `yaml:"message" xlsx:"Mensaje" max:"1000" width:"70"`
	Tier      *string            `yaml:"tier" xlsx:"Tarifa" like:"code"`
	Element   *string            `yaml:"element" xlsx:"Elemento" like:"code" width:"26"`
	Active    bool               `yaml:"active" xlsx:"Activo" def:"true"`
	SortOrder int                `yaml:"sort_order" xlsx:"Orden" def:"next"`
	// Triggers are alternatives, in no order; none means always.
	Triggers []Trigger `yaml:"triggers"`
}

// Trigger has exactly one member that is set.
type Trigger struct {
	Element     *string `yaml:"element" xlsx:"Elemento" like:"code" width:"26"`
	Tier        *string `yaml:"tier" xlsx:"Tarifa" like:"code"`
	Keyword     *string `yaml:"keyword" xlsx:"Palabra" min:"2" max:"100" width:"30"`
	MinQuantity *int    `yaml:"min_quantity" xlsx:"Cantidad mínima" min:"1"`
}

func (t Trigger) String() string {
	switch {
	case t.Element != nil:
		return "element " + *t.Element
	case t.Tier != nil:
		return "tier " + *t.Tier
	case t.Keyword != nil:
		return "keyword " + *t.Keyword
	case t.MinQuantity != nil:
		return "quantity " + strconv.Itoa(*t.MinQuantity)
	}
	return ""
}
