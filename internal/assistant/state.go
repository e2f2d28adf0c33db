package assistant

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// stateVersion changes only when a member changes its meaning; a new member
// does not change it. A state of another version is forgotten.
const stateVersion = 1

// Bounds of what is remembered.
const (
	maxItems   = 120
	maxPending = 10
	maxText    = 600 // runes
	maxUnknown = 10
	maxOptions = 12
	maxAsked   = 40
	// forgetAfter is how long after the last message the set is forgotten: the
	// vehicle and the client type stay.
	forgetAfter = 30 * 24 * time.Hour
	// greetAfter is the silence after which a greeting is due again.
	greetAfter = 24 * time.Hour
)

// State is what the assistant remembers of a conversation. The zero value is
// a conversation that has not begun. It is stored as JSON; text that is not a
// state, or one from another version, reads as the zero value without error:
// the conversation then starts over.
type State struct {
	Version int `json:"v"`
	// LastAt is when the customer was last answered, UTC.
	LastAt time.Time `json:"last_at,omitzero"`
	// Greeted is set once the customer was greeted.
	Greeted bool `json:"greeted,omitempty"`
	// Vehicle and Client choose the price sheet; "" is unknown. Client is only
	// what the customer said here.
	Vehicle catalogue.VehicleKind `json:"vehicle,omitempty"`
	Client  catalogue.ClientType  `json:"client,omitempty"`
	// VehicleSure is set when the customer said that a van or caravan is no
	// motorhome.
	VehicleSure bool `json:"vehicle_sure,omitempty"`
	// Slug is the category in which Items and Pending have their codes.
	Slug string `json:"slug,omitempty"`
	// Items is the set to be priced, in the order in which it was named.
	Items []Item `json:"items,omitempty"`
	// Pending are the generic elements whose variant is to be asked; the first
	// one is being asked.
	Pending []Pending `json:"pending,omitempty"`
	// Text holds words about elements that no sheet could be asked about yet.
	Text string `json:"text,omitempty"`
	// Hint holds words about elements that were named without asking for a price
	// ("¿es legal el escape?"); a price asked for later is for these.
	Hint string `json:"hint,omitempty"`
	// Unknown are words of the customer that no element was found for.
	Unknown []string `json:"unknown,omitempty"`
	// Services are the codes of the additional services chosen.
	Services []string `json:"services,omitempty"`
	// OfferedService is the code of the one last offered.
	OfferedService string `json:"offered_service,omitempty"`
	// Asked is the question the last reply ended with.
	Asked asked `json:"asked,omitempty"`
	// Misses counts the turns in a row that were not understood.
	Misses int `json:"misses,omitempty"`
	// Quote is the last quote the customer was given for this very set.
	Quote *Offered `json:"quote,omitempty"`
	// Accepted is set when that quote was accepted.
	Accepted bool `json:"accepted,omitempty"`
	// Case is what is being asked about the open case file.
	Case *caseState `json:"case,omitempty"`
	// Disabled is set once the customer was told that nobody answers here.
	Disabled bool `json:"disabled,omitempty"`
	// Rule is the id of the response rule whose answer was said last, in the last
	// reply.
	Rule string `json:"rule,omitempty"`
}

// Item is one element of the set.
type Item struct {
	Code     string `json:"code"`
	Quantity int    `json:"qty"`
	// Said is what the customer called it.
	Said string `json:"said,omitempty"`
}

// Pending is a generic element waiting for its variant, or a word that may
// mean several elements.
type Pending struct {
	// Code is what Matcher.Answer is asked with.
	Code     string `json:"code"`
	Quantity int    `json:"qty"`
	Said     string `json:"said,omitempty"`
	// Question and Options (codes) are as the matcher gave them.
	Question string   `json:"question,omitempty"`
	Options  []string `json:"options,omitempty"`
	// Tries counts the answers that were not understood.
	Tries int `json:"tries,omitempty"`
}

// Offered is a quote as it was offered.
type Offered struct {
	Subtotal    money.Amount `json:"subtotal"`
	Total       money.Amount `json:"total"`
	Provisional bool         `json:"provisional,omitempty"`
}

// asked names the question a reply ended with.
type asked string

const (
	askedNothing  asked = ""
	askedVehicle  asked = "vehicle"
	askedCamper   asked = "camper"  // is the van a camper?
	askedCaravan  asked = "caravan" // motorhome, or towed?
	askedClient   asked = "client"
	askedElements asked = "elements"
	askedVariant  asked = "variant"
	askedOpen     asked = "open"    // open the case file?
	askedEarlier  asked = "earlier" // the same, with something else said since
	askedPerson   asked = "person"  // hand over to a person?
	askedMore     asked = "more"    // anything else?
	askedService  asked = "service" // add the service OfferedService?
	askedHint     asked = "hint"    // a price for what Hint names?

	askedCase        asked = "case"         // something for the case file, see State.Case
	askedCaseConfirm asked = "case_confirm" // is everything right?
	askedCaseCancel  asked = "case_cancel"  // really cancel the case file?
)

// UnmarshalJSON reads a stored state. It never fails.
func (s *State) UnmarshalJSON(b []byte) error {
	type stored State
	var v stored
	*s = State{}
	if err := json.Unmarshal(b, &v); err != nil || v.Version != stateVersion {
		return nil
	}
	*s = State(v)
	return nil
}

// opened returns the state as it is at the beginning of a turn: bounded, and
// without what is too old or no longer in the catalogue. It shares no memory
// with s.
func (s State) opened(snapshot *catalogue.Snapshot, now time.Time) State {
	s.Version = stateVersion
	if !s.LastAt.IsZero() && now.Sub(s.LastAt) > forgetAfter {
		s.forgetSet()
		s.Asked, s.Misses = askedNothing, 0
	}
	var category *catalogue.Category
	if snapshot != nil {
		category = snapshot.BySlug(s.Slug)
	}
	known := func(code string) bool { return category != nil && category.Element(code) != nil }
	items := make([]Item, 0, len(s.Items))
	for _, it := range s.Items {
		same := func(o Item) bool { return o.Code == it.Code }
		if known(it.Code) && len(items) < maxItems && !slices.ContainsFunc(items, same) {
			it.Quantity, it.Said = bounded(it.Quantity), cut(it.Said, maxEcho)
			items = append(items, it)
		}
	}
	pending := make([]Pending, 0, len(s.Pending))
	for _, p := range s.Pending {
		same := func(o Pending) bool { return o.Code == p.Code }
		options := slices.DeleteFunc(slices.Clone(p.Options[:min(len(p.Options), maxOptions)]), func(code string) bool { return !known(code) })
		if len(options) > 0 && len(pending) < maxPending && !slices.ContainsFunc(pending, same) {
			p.Quantity, p.Said, p.Question, p.Options = bounded(p.Quantity), cut(p.Said, maxEcho), cut(p.Question, maxText), options
			pending = append(pending, p)
		}
	}
	if len(items) != len(s.Items) {
		s.Quote, s.Accepted = nil, false
	}
	s.Items, s.Pending = items, pending
	s.Unknown = append([]string(nil), s.Unknown[:min(len(s.Unknown), maxUnknown)]...)
	s.Services = append([]string(nil), s.Services[:min(len(s.Services), maxUnknown)]...)
	s.Text, s.Hint = cut(s.Text, maxText), cut(s.Hint, maxText)
	if s.Quote != nil {
		q := *s.Quote
		s.Quote = &q
	}
	if s.Case != nil {
		c := *s.Case
		c.Asked = append([]casedata.Ask(nil), c.Asked[:min(len(c.Asked), maxAsked)]...)
		s.Case = &c
	}
	return s
}

// forgetSet drops everything about the elements.
func (s *State) forgetSet() {
	s.Items, s.Pending, s.Unknown, s.Services, s.Slug, s.Text, s.Hint = nil, nil, nil, nil, "", "", ""
	s.Quote, s.Accepted = nil, false
}

// respeak turns the set back into words, so that another sheet can be asked
// about it.
func (s *State) respeak() string {
	var words []string
	for _, it := range s.Items {
		words = append(words, it.Said)
	}
	for _, p := range s.Pending {
		words = append(words, p.Said)
	}
	return joinText(append(words, s.Text)...)
}

func (s *State) index(code string) int {
	return slices.IndexFunc(s.Items, func(it Item) bool { return it.Code == code })
}

func (s *State) pendingIndex(code string) int {
	return slices.IndexFunc(s.Pending, func(p Pending) bool { return p.Code == code })
}

func bounded(quantity int) int { return min(max(quantity, 1), 99) }
