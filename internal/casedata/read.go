package casedata

import (
	"regexp"
	"strings"
	"time"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
	"github.com/msia/msia/internal/spain"
	"github.com/msia/msia/internal/vehicle"
)

// Ask names a field that was asked for.
type Ask struct {
	Section string
	Key     string
}

// Reading is what a customer's text says about the case.
type Reading struct {
	// Answers are canonical, and right.
	Answers Change
	// Problems are what was meant as an answer and is not right: a DNI with the
	// wrong letter.
	Problems []Problem
	// Rest is what is left of the text, without what was understood.
	Rest string
}

func (r *Reading) add(section, key, value string) {
	if r.Answers == nil {
		r.Answers = Change{}
	}
	if r.Answers[section] == nil {
		r.Answers[section] = map[string]string{}
	}
	r.Answers[section][key] = value
}

func (r *Reading) has(a Ask) bool {
	_, ok := r.Answers[a.Section][a.Key]
	return ok
}

// reader is one text on its way.
type reader struct {
	c     *Case
	asked []Ask
	now   time.Time
	out   Reading
}

// Read finds answers in a free text: lines that name what they say ("CP:
// 28013"), what is known by its form wherever it stands (a DNI, a plate, an
// e-mail address), and, for a list that was asked for, as many lines in its
// order. Fields that were not asked for are understood too: a correction needs
// no question. What only one asked field could mean is left in Rest: whether a
// text is an answer at all, the caller knows.
func (c *Case) Read(text string, asked []Ask, now time.Time) Reading {
	r := reader{c: c, asked: asked, now: now}
	var rest []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || r.labelled(line) {
			continue
		}
		if line = r.forms(line); line != "" {
			rest = append(rest, line)
		}
	}
	if r.inOrder(rest) {
		rest = nil
	}
	r.out.Rest = strings.Join(rest, "\n")
	return r.out
}

// take reads a value into a field, or notes why it is none.
func (r *reader) take(a Ask, raw string) bool {
	s := r.c.Section(a.Section)
	if s == nil {
		return false
	}
	f := s.Field(a.Key)
	if f == nil {
		return false
	}
	value, err := Parse(a.Section, f, raw, r.now)
	if err != nil {
		r.out.Problems = append(r.out.Problems, Problem{a.Section, a.Key, err.Error()})
		return true
	}
	r.out.add(a.Section, a.Key, value)
	return true
}

// label is "LABEL: value" or "LABEL es value".
var label = regexp.MustCompile(`^[\s\-•*·]*(?:[0-9]{1,2}[.)]\s+)?([^:=]{2,60}?)\s*(?:[:=]|\ses\s|\sson\s)\s*(\S.*)$`)

// fillers may stand before a label: "mi matrícula es …", "perdona, la calle es …".
var fillers = regexp.MustCompile(`^(?:(?:perdon|perdona|disculpa|ah|no|me he equivocado|el|la|los|las|mi|mis|de|del|su|numero de|n de|no de|nº de)[ ,]+)+`)

// labelled reads a line that says what it is.
func (r *reader) labelled(line string) bool {
	m := label.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	name := strings.Trim(fillers.ReplaceAllString(fields.Fold(m[1]), ""), " .?¿*")
	value := strings.TrimRight(strings.TrimSpace(m[2]), ".")
	switch name {
	case "nombre y apellidos", "nombre completo", "me llamo", "titular":
		return r.fullName(value)
	case "marca y modelo", "moto", "vehiculo", "marca/modelo":
		if a, ok := r.byLabel(name); ok {
			return r.take(a, value)
		}
		vehicleMake, model, both := strings.Cut(value, " ")
		return both && r.take(Ask{SectionVehicle, Make}, vehicleMake) && r.take(Ask{SectionVehicle, Model}, model)
	}
	a, ok := r.byLabel(name)
	return ok && r.take(a, value)
}

// byLabel finds the field that a label means: among those asked for first, then
// in the sections in their order.
func (r *reader) byLabel(name string) (Ask, bool) {
	for _, a := range r.asked {
		if s := r.c.Section(a.Section); s != nil && means(a, s.Field(a.Key), name) {
			return a, true
		}
	}
	sections := r.c.Sections()
	// The common ones have the plainer names: "marca" is the vehicle's unless an
	// element's was asked for.
	for _, elements := range []bool{false, true} {
		for _, s := range sections {
			if (SectionElement(s.Key) != "") != elements {
				continue
			}
			for _, f := range s.Fields {
				if a := (Ask{s.Key, f.Key}); means(a, f, name) {
					return a, true
				}
			}
		}
	}
	return Ask{}, false
}

func means(a Ask, f *catalogue.Field, name string) bool {
	if f == nil {
		return false
	}
	if name == strings.Trim(fields.Fold(f.Label), " .?¿") || name == strings.ReplaceAll(f.Key, "_", " ") {
		return true
	}
	for _, other := range synonyms[a] {
		if name == other {
			return true
		}
	}
	return false
}

// synonyms are other names of the common fields, folded.
var synonyms = map[Ask][]string{
	{SectionPersonal, FirstName}:  {"nombre"},
	{SectionPersonal, LastName}:   {"apellido", "apellidos"},
	{SectionPersonal, NIF}:        {"dni", "nie", "nif", "cif", "dni/nie", "dni/cif", "documento", "dni o nie"},
	{SectionPersonal, Email}:      {"correo", "email", "e-mail", "mail", "correo electronico"},
	{SectionPersonal, Phone}:      {"telefono", "movil", "tlf", "tel", "telf", "telefono movil"},
	{SectionPersonal, Street}:     {"calle", "direccion", "domicilio", "direccion completa"},
	{SectionPersonal, City}:       {"localidad", "ciudad", "poblacion", "municipio", "pueblo"},
	{SectionPersonal, Province}:   {"provincia"},
	{SectionPersonal, PostalCode}: {"codigo postal", "cp", "c.p", "c p", "cod postal", "cod. postal"},
	{SectionPersonal, ITVName}:    {"itv", "estacion de itv", "estacion itv", "estacion"},
	{SectionVehicle, Make}:        {"marca"},
	{SectionVehicle, Model}:       {"modelo"},
	{SectionVehicle, Year}:        {"ano", "ano de matriculacion", "matriculacion"},
	{SectionVehicle, Plate}:       {"matricula", "placa"},
	{SectionVehicle, VIN}:         {"bastidor", "vin", "chasis", "numero de bastidor"},

	{SectionWorkshop, WorkshopName}:     {"taller", "nombre del taller"},
	{SectionWorkshop, WorkshopManager}:  {"responsable", "encargado"},
	{SectionWorkshop, WorkshopAddress}:  {"direccion del taller", "domicilio del taller"},
	{SectionWorkshop, WorkshopRegistry}: {"registro industrial", "registro", "n registro", "numero de registro"},
	{SectionWorkshop, WorkshopActivity}: {"actividad"},
}

// fullName splits a name: the first word, or the first two of four and more, is
// the name, the rest the surnames.
func (r *reader) fullName(value string) bool {
	words := strings.Fields(value)
	if len(words) < 2 {
		return r.take(Ask{SectionPersonal, FirstName}, value)
	}
	n := 1
	if len(words) >= 4 && !particles[fields.Fold(words[1])] && !particles[fields.Fold(words[2])] {
		n = 2
	}
	return r.take(Ask{SectionPersonal, FirstName}, strings.Join(words[:n], " ")) &&
		r.take(Ask{SectionPersonal, LastName}, strings.Join(words[n:], " "))
}

// particles begin a surname: "Ana de la Torre Gil".
var particles = map[string]bool{"de": true, "del": true, "la": true, "las": true, "los": true, "y": true, "van": true, "von": true}

// form is something that is known by its looks.
type form struct {
	at      Ask
	pattern *regexp.Regexp
	// sure: what looks like it and is not right is a mistake worth telling.
	sure bool
	// onlyAsked: it looks like too many other things.
	onlyAsked bool
}

// forms in the order in which they are looked for: the more telling first.
var forms = []form{
	{at: Ask{SectionPersonal, Email}, pattern: regexp.MustCompile(`(?i)[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,24}\b`), sure: true},
	{at: Ask{SectionVehicle, VIN}, pattern: regexp.MustCompile(`(?i)\b[A-Z0-9]{17}\b`), sure: true},
	{at: Ask{SectionPersonal, NIF}, pattern: regexp.MustCompile(`(?i)\b(?:[0-9]{8}|[0-9]{2}\.[0-9]{3}\.[0-9]{3})[ -]?[A-Z]\b|\b[XYZ][ -]?[0-9]{7}[ -]?[A-Z]\b|\b[ABCDEFGHJNPQRSUVW][ -]?[0-9]{7}[0-9A-J]\b`), sure: true},
	{at: Ask{SectionVehicle, Plate}, pattern: regexp.MustCompile(`(?i)\b[0-9]{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3}\b|\b[A-Z]{1,2}-[0-9]{4}-[A-Z]{1,2}\b`)},
	{at: Ask{SectionPersonal, Phone}, pattern: regexp.MustCompile(`(?:\+|\b00)[0-9]{2}[ ]?[0-9](?:[ .-]?[0-9]){7,11}\b|\b[6789][0-9]{2}(?:[ .-]?[0-9]{3}){2}\b|\b[6789][0-9]{2}(?:[ .-]?[0-9]{2}){3}\b`)},
	{at: Ask{SectionPersonal, PostalCode}, pattern: regexp.MustCompile(`(?i)(?:\bc\.?p\.?:?\s*)?\b(?:0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}\b`), onlyAsked: true},
	{at: Ask{SectionVehicle, Year}, pattern: regexp.MustCompile(`\b(?:19[3-9][0-9]|20[0-9]{2})\b`), onlyAsked: true},
}

// nameSaid is "me llamo Ana García" and "soy Ana de la Torre", told by its
// capitals; nameTyped is the same as typed on a phone, up to where it must end.
var (
	nameSaid  = regexp.MustCompile(`\b(?i:me llamo|soy|mi nombre es)\s+(\p{Lu}[\p{L}'-]+(?:\s+(?:(?:de|del|la|las|los|y)\s+)*\p{Lu}[\p{L}'-]+)*)`)
	nameTyped = regexp.MustCompile(`(?i)\b(?:me llamo|soy|mi nombre es)\s+([\p{L}'-]+(?:\s+[\p{L}'-]+){0,5}?)(?:\s*[,.;]|\s*$|\s+y\s+mi\s|\s+con\s)`)
	idWord    = regexp.MustCompile(`(?i)\s+(?:DNI|NIF|NIE|CIF)$`)
)

// name takes out of a line who the customer says to be. Unless it was asked for,
// it has to have a surname: "soy Juan" may be anybody.
func (r *reader) name(line string) string {
	asked := r.isAsked(Ask{SectionPersonal, FirstName})
	m := nameSaid.FindStringSubmatchIndex(line)
	if m == nil && asked {
		m = nameTyped.FindStringSubmatchIndex(line)
	}
	if m == nil {
		return line
	}
	name := idWord.ReplaceAllString(line[m[2]:m[3]], "")
	if (asked || strings.Contains(name, " ")) && r.fullName(name) {
		return line[:m[0]] + " " + line[m[2]+len(name):]
	}
	return line
}

// forms takes out of a line what is known by its looks and returns the rest.
func (r *reader) forms(line string) string {
	line = r.name(line)
	for _, f := range forms {
		if r.out.has(f.at) || (f.onlyAsked && !r.isAsked(f.at)) {
			continue
		}
		where := f.pattern.FindStringIndex(line)
		if where == nil {
			continue
		}
		raw := line[where[0]:where[1]]
		if f.at.Key == PostalCode {
			raw = strings.TrimLeft(raw, "cCpP.: \t")
		}
		if !f.sure && !right(f.at, raw) {
			continue
		}
		if r.take(f.at, raw) {
			line = line[:where[0]] + " " + line[where[1]:]
		}
	}
	return tidy(line)
}

// right tells whether a text of that form is more than alike.
func right(a Ask, raw string) bool {
	var err error
	switch a.Key {
	case Plate:
		_, err = vehicle.ParsePlate(raw)
	case Phone:
		_, err = spain.ParsePhone(raw)
	}
	return err == nil
}

func (r *reader) isAsked(a Ask) bool {
	for _, x := range r.asked {
		if x == a {
			return true
		}
	}
	return false
}

// leftovers are the words that introduced what was taken out.
var leftovers = regexp.MustCompile(`(?i)(?:^|[\s,;])(?:y|e|con|el|la|mi|su|de|del|es|son|tengo|correo|email|e-mail|mail|dni|nie|nif|cif|tel[eé]fono|m[oó]vil|matr[ií]cula|bastidor|c[oó]digo postal|cp|a[nñ]o|n[uú]mero)[\s:,;.]*$`)

// tidy drops blanks, marks and introducing words that are left at the ends.
func tidy(line string) string {
	line = strings.Trim(strings.Join(strings.Fields(line), " "), " ,;.:-")
	for {
		shorter := strings.Trim(leftovers.ReplaceAllString(line, ""), " ,;.:-")
		if shorter == line {
			return line
		}
		line = shorter
	}
}

// inOrder reads as many lines as fields were asked for and are not answered
// yet, each as the next one's answer; all of them fit, or none is taken.
func (r *reader) inOrder(lines []string) bool {
	var open []Ask
	for _, a := range r.asked {
		// Nobody says the province twice: the postal code knows it.
		known := a.Section == SectionPersonal && a.Key == Province && r.out.has(Ask{SectionPersonal, PostalCode})
		if !r.out.has(a) && !known {
			open = append(open, a)
		}
	}
	if len(lines) == 1 {
		lines = strings.Split(lines[0], ",")
	}
	if len(open) < 2 || len(lines) != len(open) {
		return false
	}
	values := make([]string, len(open))
	for i, a := range open {
		s := r.c.Section(a.Section)
		if s == nil || s.Field(a.Key) == nil {
			return false
		}
		value, err := Parse(a.Section, s.Field(a.Key), strings.TrimSpace(lines[i]), r.now)
		if err != nil {
			return false
		}
		values[i] = value
	}
	for i, a := range open {
		r.out.add(a.Section, a.Key, values[i])
	}
	return true
}

// PickOne reads a text as the answer to one of several fields that were asked
// for: the only one of those with a form of their own that takes it, else the
// first that takes any text. ok is false when there is none.
func (c *Case) PickOne(text string, asked []Ask, now time.Time) (a Ask, value string, ok bool) {
	found := 0
	var first *Ask
	for i := range asked {
		s := c.Section(asked[i].Section)
		if s == nil || s.Field(asked[i].Key) == nil {
			continue
		}
		f := s.Field(asked[i].Key)
		plain := f.Type == catalogue.FieldText && f.Pattern == nil && formats[[2]string{s.Key, f.Key}] == nil
		if plain && first == nil {
			first = &asked[i]
		}
		if v, err := Parse(s.Key, f, text, now); err == nil && !plain {
			a, value = asked[i], v
			found++
		}
	}
	if found == 1 {
		return a, value, true
	}
	if found > 1 || first == nil {
		return Ask{}, "", false
	}
	value, err := Parse(first.Section, c.Section(first.Section).Field(first.Key), text, now)
	return *first, value, err == nil
}
