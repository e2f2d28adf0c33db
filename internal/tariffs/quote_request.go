package tariffs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fault"
)

// The errors of pricing a set. The returned ones are copies with more telling
// words and fields; errors.Is matches them.
var (
	ErrCategoryNotFound = catalogue.ErrCategoryNotFound
	ErrNoElements       = fault.New(fault.Invalid, "no_elements", "Indica al menos un elemento.")
	// ErrUnknownElement lists near codes in its fields.
	ErrUnknownElement   = fault.New(fault.Invalid, "unknown_element", "Hay elementos que no existen en esta categoría.")
	ErrDuplicateElement = fault.New(fault.Invalid, "duplicate_element", "Hay elementos repetidos; indica la cantidad en una sola línea.")
	// ErrVariantRequired has the question and options of the first generic
	// element in catalogue order.
	ErrVariantRequired = fault.New(fault.Invalid, "variant_required", "Hay que elegir una variante.")
	// ErrElementInactive has the element's reason as its message.
	ErrElementInactive  = fault.New(fault.Invalid, "element_inactive", "El elemento no está disponible.")
	ErrNotCovered       = fault.New(fault.Invalid, "not_covered", "Ninguna tarifa cubre el conjunto.")
	ErrUnknownService   = fault.New(fault.Invalid, "unknown_service", "Hay servicios que no existen en esta categoría.")
	ErrDuplicateService = fault.New(fault.Invalid, "duplicate_service", "Hay servicios repetidos; indica la cantidad en una sola línea.")
	ErrInvalidQuantity  = fault.New(fault.Invalid, "invalid_quantity", fmt.Sprintf("La cantidad va de 1 a %d.", MaxQuantity))
)

// line is one element of a set, checked.
type line struct {
	element  *catalogue.Element
	rank     int // in the sheet
	index    int // in the request
	quantity int
	units    int // how many elements it counts as
}

func (l line) pointer() string { return pointer("elements", l.index, "code") }

func pointer(list string, index int, member string) string {
	return fmt.Sprintf("/%s/%d/%s", list, index, member)
}

// readElements checks the requested elements, all but their quantities, and
// returns them in catalogue order. A quantity out of range is taken for 1 until
// checkQuantities refuses it.
func (s *Sheet) readElements(requested []RequestedElement) ([]line, error) {
	if len(requested) == 0 {
		return nil, ErrNoElements
	}
	lines := make([]line, 0, len(requested))
	var unknown, repeated []fault.Field
	first := make(map[int]int, len(requested)) // rank -> index of its first line
	for i, r := range requested {
		rank, known := s.rank[catalogue.NormaliseCode(r.Code)]
		if !known {
			unknown = append(unknown, s.unknownField(i, r.Code, len(unknown)))
			continue
		}
		e := s.elements[rank]
		if j, seen := first[rank]; seen {
			repeated = append(repeated, fault.Field{
				Pointer: pointer("elements", i, "code"),
				Detail:  fmt.Sprintf("%s ya está en la línea %d.", e.Code, j+1),
			})
			continue
		}
		first[rank] = i
		quantity := r.Quantity
		if !validQuantity(quantity) {
			quantity = 1
		}
		lines = append(lines, line{e, rank, i, quantity, s.units(e, quantity)})
	}
	switch {
	case len(unknown) > 0:
		return nil, ErrUnknownElement.WithFields(unknown...)
	case len(repeated) > 0:
		return nil, ErrDuplicateElement.WithFields(repeated...)
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.rank, b.rank) })
	if err := s.checkVariants(lines); err != nil {
		return nil, err
	}
	return lines, checkActive(lines)
}

// units is how many elements a quantity counts as.
func (s *Sheet) units(e *catalogue.Element, quantity int) int {
	per := s.category.UnitsPerElement
	if e.UnitsPerElement != nil {
		per = e.UnitsPerElement
	}
	if per == nil || *per < 1 {
		return 1
	}
	return (quantity + *per - 1) / *per
}

// checkVariants refuses generic elements with the question that makes each
// priceable. An inactive one is left to checkActive: there is nothing to ask.
func (s *Sheet) checkVariants(lines []line) error {
	var out *fault.Error
	for _, l := range lines {
		e := l.element
		if !e.IsGeneric || !e.IsActive {
			continue
		}
		question := e.Vocabulary.Question
		if question == "" {
			question = "¿Qué variante de " + e.Name + "?"
		}
		options := []fault.Option{}
		var codes []string
		for _, child := range s.category.Children(e.Code) {
			if child.IsActive {
				options = append(options, fault.Option{Code: child.Code, Name: child.Name})
				codes = append(codes, child.Code)
			}
		}
		detail := question
		if len(codes) > 0 {
			detail += " Opciones: " + strings.Join(codes, ", ") + "."
		}
		if out == nil {
			out = ErrVariantRequired.WithMessage(e.Name + " tiene variantes: hay que elegir una.")
			out.Question, out.Options = question, options
		}
		out.Fields = append(out.Fields, fault.Field{Pointer: l.pointer(), Detail: detail})
	}
	if out == nil {
		return nil
	}
	return out
}

func checkActive(lines []line) error {
	var fields []fault.Field
	var reasons []string
	for _, l := range lines {
		if l.element.IsActive {
			continue
		}
		reason := l.element.Name + " no está disponible."
		if r := l.element.InactiveReason; r != nil && *r != "" {
			reason = *r
		}
		fields = append(fields, fault.Field{Pointer: l.pointer(), Detail: reason})
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	if fields == nil {
		return nil
	}
	return ErrElementInactive.WithMessage(strings.Join(reasons, " ")).WithFields(fields...)
}

// notCovered names what no tier covers: elements on no list; else elements too
// many of their kind; else the whole set, with each tier's reason.
func (s *Sheet) notCovered(lines []line, set []demand, rejected []rejection) error {
	if len(rejected) == 0 {
		return ErrNotCovered.WithMessage("La categoría " + s.category.Name + " no tiene tarifas activas.")
	}
	var fields []fault.Field
	alone := func(units func(line) int, detail string) (codes []string) {
		for _, l := range lines {
			if s.solve([]demand{{l.rank, units(l)}}).tier == nil {
				codes = append(codes, l.element.Code)
				fields = append(fields, fault.Field{Pointer: l.pointer(), Detail: detail})
			}
		}
		return codes
	}
	if codes := alone(func(line) int { return 1 }, "Ninguna tarifa cubre este elemento."); codes != nil {
		return ErrNotCovered.WithMessage("Ninguna tarifa cubre " + s.list(codes, "ni") + ".").WithFields(fields...)
	}
	if codes := alone(func(l line) int { return l.units }, "Ninguna tarifa cubre tantas unidades."); codes != nil {
		return ErrNotCovered.WithMessage("Ninguna tarifa cubre tantas unidades de " + s.list(codes, "ni de") + ".").
			WithFields(fields...)
	}
	reasons := make([]string, len(rejected))
	for i, r := range rejected {
		reasons[i] = r.plan.tier.Code + ": " + s.reason(r, set)
		fields = append(fields, fault.Field{Pointer: "/elements", Detail: reasons[i]})
	}
	return ErrNotCovered.WithMessage("Ninguna tarifa cubre todo el conjunto. " + strings.Join(reasons, " ")).
		WithFields(fields...)
}

// readServices checks the requested services, all but their quantities, and
// returns them in catalogue order. An inactive service is an unknown one.
func (s *Sheet) readServices(requested []RequestedService) ([]QuoteService, error) {
	out := make([]QuoteService, 0, len(requested))
	var unknown, repeated []fault.Field
	chosen := make(map[string]int, len(requested)) // code -> quantity
	for i, r := range requested {
		code := normaliseServiceCode(r.Code)
		at := fmt.Sprintf("/services/%d", i)
		service := s.category.Service(code)
		switch {
		case service == nil || !service.IsActive:
			unknown = append(unknown, fault.Field{Pointer: at, Detail: fmt.Sprintf("No hay ningún servicio «%s».", shown(r.Code))})
		case chosen[code] != 0:
			repeated = append(repeated, fault.Field{Pointer: at, Detail: code + " ya está en la lista."})
		default:
			chosen[code] = r.Quantity
			if !validQuantity(r.Quantity) {
				chosen[code] = 1
			}
		}
	}
	switch {
	case len(unknown) > 0:
		return nil, ErrUnknownService.WithFields(unknown...)
	case len(repeated) > 0:
		return nil, ErrDuplicateService.WithFields(repeated...)
	}
	for _, service := range s.category.Services {
		if n := chosen[service.Code]; n > 0 && s.category.Service(service.Code) == service {
			out = append(out, QuoteService{
				Code: service.Code, Name: service.Name, Quantity: n,
				Price: service.Price, Amount: service.Price.Times(n),
			})
		}
	}
	return out, nil
}

func normaliseServiceCode(code string) string { return strings.ToLower(strings.TrimSpace(code)) }

func checkQuantities(req Request) error {
	var fields []fault.Field
	check := func(list string, index, quantity int) {
		if !validQuantity(quantity) {
			fields = append(fields, fault.Field{
				Pointer: pointer(list, index, "quantity"), Detail: ErrInvalidQuantity.Message,
			})
		}
	}
	for i, e := range req.Elements {
		check("elements", i, e.Quantity)
	}
	for i, service := range req.Services {
		check("services", i, service.Quantity)
	}
	if fields == nil {
		return nil
	}
	return ErrInvalidQuantity.WithFields(fields...)
}

func validQuantity(n int) bool { return n >= 1 && n <= MaxQuantity }
