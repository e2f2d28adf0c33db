package assistant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// absorbServices notes the additional services that were named. One that is
// ordered joins the set; one that is only asked about is priced in the reply.
func (t *turn) absorbServices(heard reading) {
	if t.s.Asked == askedService && t.category.Service(t.s.OfferedService) != nil && (t.r.decide() == Yes || t.r.has(addPhrases...)) &&
		!slices.Contains(t.s.Services, t.s.OfferedService) && len(t.s.Services) < maxUnknown {
		t.s.Services = append(t.s.Services, t.s.OfferedService)
		t.found.services = append(t.found.services, t.s.OfferedService)
	}
	t.s.OfferedService = ""
	for _, s := range t.category.Services {
		if !s.IsActive || !t.namesService(heard, s) {
			continue
		}
		i := slices.Index(t.s.Services, s.Code)
		switch {
		case t.about.removal && i >= 0:
			t.s.Services = slices.Delete(t.s.Services, i, i+1)
			t.found.services = append(t.found.services, s.Code)
		case t.about.question || t.about.removal || t.about.regulation || i >= 0:
			t.found.askedServices = append(t.found.askedServices, s)
		case len(t.s.Services) < maxUnknown && (len(t.s.Items) > 0 || len(t.s.Pending) > 0):
			t.s.Services = append(t.s.Services, s.Code)
			t.found.services = append(t.found.services, s.Code)
		}
	}
}

// addPhrases order the service just offered.
var addPhrases = []string{"anade*", "anadir*", "incluye*", "incluid*", "incluir*", "suma*", "ponlo", "ponmelo", "ponedlo", "metelo", "agregalo"}

// namesService tells whether a text has two telling words of a service's
// name, or says that it is urgent when that is what the service is.
func (t *turn) namesService(heard reading, s *catalogue.Service) bool {
	words := serviceWords(s)
	if slices.Contains(words, "urgente") && heard.has("urgente", "urgentemente", "urgencia", "urge", "urgentes") {
		return true
	}
	telling := 0
	for _, w := range words {
		if heard.has(w) && !t.sharedByServices(w, s) {
			telling++
		}
	}
	return telling >= 2
}

// sharedByServices tells whether another active service has the word too.
func (t *turn) sharedByServices(word string, s *catalogue.Service) bool {
	return slices.ContainsFunc(t.category.Services, func(o *catalogue.Service) bool {
		return o != s && o.IsActive && slices.Contains(serviceWords(o), word)
	})
}

// serviceWords are the words of a service's name, without what stands in
// brackets and the small ones.
func serviceWords(s *catalogue.Service) []string {
	name, _, _ := strings.Cut(s.Name, "(")
	return slices.DeleteFunc(read(name).words, func(w string) bool { return len(w) < 4 || w == "para" || w == "directo" })
}

// sayServices prices the services that were asked about.
func (t *turn) sayServices() bool {
	for _, s := range t.found.askedServices {
		text := fmt.Sprintf("%s: %s + IVA.", plain(s.Name), s.Price.Spanish())
		if slices.Contains(t.s.Services, s.Code) {
			text += " Ya está en tu presupuesto."
		} else if t.canPrice() {
			text += " Es opcional y va aparte."
		}
		t.say(text)
	}
	return len(t.found.askedServices) > 0
}

// offerService asks whether the service that was priced shall join the set.
func (t *turn) offerService() bool {
	if len(t.found.askedServices) != 1 || !t.canPrice() || t.s.Accepted || slices.Contains(t.s.Services, t.found.askedServices[0].Code) {
		return false
	}
	t.s.OfferedService = t.found.askedServices[0].Code
	t.ask(askedService, serviceQuestion)
	return true
}

// sayUrgent mentions the urgent service when the sheet has one.
func (t *turn) sayUrgent() {
	if t.category == nil {
		return
	}
	for _, s := range t.category.Services {
		if s.IsActive && slices.Contains(serviceWords(s), "urgente") && !slices.Contains(t.found.askedServices, s) {
			t.say(fmt.Sprintf("Si te corre prisa, existe %s: %s + IVA.", lowerFirst(plain(s.Name)), s.Price.Spanish()))
		}
	}
}
