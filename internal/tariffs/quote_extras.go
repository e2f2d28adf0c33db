package tariffs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// DocumentScope says why a document or photo is asked for.
type DocumentScope string

// The document scopes.
const (
	DocumentBase    DocumentScope = "base"    // of every case of the category
	DocumentElement DocumentScope = "element" // because of an element
)

// QuoteDocument is a paper or photo asked for.
type QuoteDocument struct {
	Scope DocumentScope `json:"scope"`
	// ElementCode is nil for base documents.
	ElementCode *string `json:"element_code"`
	Description string  `json:"description"`
	ImageURL    *string `json:"image_url"`
	Required    bool    `json:"required"`
}

// SuggestedService is a service worth offering because of elements of the set.
type SuggestedService struct {
	Code      string       `json:"code"`
	Name      string       `json:"name"`
	Price     money.Amount `json:"price"`
	BecauseOf []string     `json:"because_of"`
}

// documentation lists the category's documents, then each line's photo slots in
// catalogue order. A line without any gets one default photo.
func (s *Sheet) documentation(lines []line) []QuoteDocument {
	out := make([]QuoteDocument, 0, len(s.category.Documentation)+2*len(lines))
	documents := slices.Clone(s.category.Documentation)
	slices.SortStableFunc(documents, func(a, b *catalogue.Document) int {
		return cmp.Or(cmp.Compare(a.SortOrder, b.SortOrder), strings.Compare(a.Code, b.Code))
	})
	for _, d := range documents {
		out = append(out, QuoteDocument{
			Scope: DocumentBase, Description: d.Description, ImageURL: d.ImageURL, Required: d.IsRequired,
		})
	}
	for _, l := range lines {
		slots := s.category.PhotoSlots(l.element)
		for _, slot := range slots {
			out = append(out, QuoteDocument{
				Scope: DocumentElement, ElementCode: &l.element.Code, Description: describe(slot),
				// Whether a conditional one applies shows when the data are there.
				ImageURL: slot.ImageURL, Required: slot.IsRequired && slot.Condition == nil,
			})
		}
		if len(slots) == 0 {
			out = append(out, QuoteDocument{
				Scope: DocumentElement, ElementCode: &l.element.Code,
				Description: "Foto de " + l.element.Name + " con la matrícula visible.", Required: true,
			})
		}
	}
	return out
}

// describe joins a slot's title and instruction into sentences.
func describe(slot *catalogue.PhotoSlot) string {
	title := strings.TrimSpace(slot.Title)
	if slot.Instruction == nil || strings.TrimSpace(*slot.Instruction) == "" {
		return title
	}
	if title != "" && !strings.ContainsAny(title[len(title)-1:], ".:!?") {
		title += "."
	}
	return strings.TrimSpace(title + " " + strings.TrimSpace(*slot.Instruction))
}

// suggestions lists the active services that the lines suggest and the request
// does not already have, in catalogue order.
func (s *Sheet) suggestions(lines []line, chosen []QuoteService) []SuggestedService {
	out := []SuggestedService{}
	for _, l := range lines {
		for _, code := range l.element.SuggestedServices {
			code = normaliseServiceCode(code)
			service := s.category.Service(code)
			if service == nil || !service.IsActive ||
				slices.ContainsFunc(chosen, func(q QuoteService) bool { return q.Code == code }) {
				continue
			}
			i := slices.IndexFunc(out, func(o SuggestedService) bool { return o.Code == code })
			if i < 0 {
				i = len(out)
				out = append(out, SuggestedService{Code: code, Name: service.Name, Price: service.Price})
			}
			if !slices.Contains(out[i].BecauseOf, l.element.Code) {
				out[i].BecauseOf = append(out[i].BecauseOf, l.element.Code)
			}
		}
	}
	slices.SortFunc(out, func(a, b SuggestedService) int {
		return cmp.Or(cmp.Compare(s.category.Service(a.Code).SortOrder, s.category.Service(b.Code).SortOrder),
			strings.Compare(a.Code, b.Code))
	})
	return out
}
