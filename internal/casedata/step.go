package casedata

// Step is what is asked for next, together.
type Step struct {
	Kind Kind
	// Section is the element's section or that of the data; "" for a base paper
	// and when nothing is missing.
	Section string
	Missing []Missing
}

// Done: nothing is missing.
func (s Step) Done() bool { return len(s.Missing) == 0 }

// atOnce is how many data of an element are asked for in one message.
const atOnce = 4

// NextStep returns what to ask for next: all photos of an element, its data (a
// few at a time), one base paper, a whole section of the common data.
func (c *Case) NextStep() Step {
	missing := c.Missing()
	if len(missing) == 0 {
		return Step{}
	}
	first := missing[0]
	s := Step{Kind: first.Kind, Section: first.Section}
	for _, m := range missing {
		if m.Kind != s.Kind || m.Section != s.Section {
			break
		}
		s.Missing = append(s.Missing, m)
		if s.Kind == KindDocument || (SectionElement(s.Section) != "" && s.Kind == KindField && len(s.Missing) == atOnce) {
			break
		}
	}
	// Whether the workshop is one's own decides about all the rest of it.
	if s.Section == SectionWorkshop && s.Missing[0].Key == OwnWorkshop {
		s.Missing = s.Missing[:1]
	}
	return s
}

// Asks lists the fields of a step.
func (s Step) Asks() []Ask {
	var out []Ask
	for _, m := range s.Missing {
		if m.Kind == KindField {
			out = append(out, Ask{Section: m.Section, Key: m.Key})
		}
	}
	return out
}
