package casedata

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
	"github.com/msia/msia/internal/spain"
	"github.com/msia/msia/internal/vehicle"
)

// Refusal is why a typed answer is no value: one sentence in Spanish for
// whoever typed it.
type Refusal = fields.Refusal

// formats reads the common fields that are more than text; by section and key.
var formats = map[[2]string]func(raw string, now time.Time) (string, error){
	{SectionPersonal, NIF}: func(raw string, _ time.Time) (string, error) {
		nif, err := spain.ParseNIF(raw)
		return string(nif), err
	},
	{SectionPersonal, Email}:      simple(spain.ParseEmail),
	{SectionPersonal, Phone}:      simple(spain.ParsePhone),
	{SectionPersonal, PostalCode}: simple(spain.ParsePostalCode),
	{SectionPersonal, Province}:   simple(spain.ParseProvince),
	{SectionWorkshop, Province}:   simple(spain.ParseProvince),
	{SectionWorkshop, Phone}:      simple(spain.ParsePhone),
	{SectionVehicle, Plate}: func(raw string, _ time.Time) (string, error) {
		plate, err := vehicle.ParsePlate(raw)
		return string(plate), err
	},
	{SectionVehicle, VIN}: func(raw string, _ time.Time) (string, error) {
		vin, err := vehicle.ParseVIN(raw)
		return string(vin), err
	},
	{SectionVehicle, Year}: parseYear,
}

func simple(parse func(string) (string, error)) func(string, time.Time) (string, error) {
	return func(raw string, _ time.Time) (string, error) { return parse(raw) }
}

// oldestVehicle is the year before which there were no cars.
const oldestVehicle = 1885

func parseYear(raw string, now time.Time) (string, error) {
	year, err := strconv.Atoi(strings.TrimSpace(raw))
	if err != nil || year < oldestVehicle || year > now.Year()+1 {
		return "", Refusal(fmt.Sprintf("El año tiene que ser un número de cuatro cifras, como mucho %d.", now.Year()+1))
	}
	return strconv.Itoa(year), nil
}

// Parse reads what was typed into a field of a section and returns the
// canonical value, which parses to itself. Errors: always a Refusal.
func Parse(section string, f *catalogue.Field, raw string, now time.Time) (string, error) {
	if format := formats[[2]string{section, f.Key}]; format != nil {
		if fields.Blank(raw) {
			return "", Refusal("Falta el dato: " + f.Label + ".")
		}
		value, err := format(raw, now)
		if err != nil {
			return "", Refusal(err.Error())
		}
		return value, nil
	}
	value, err := fields.Parse(f, raw)
	if err == nil && section == SectionDimensions && f.Type == catalogue.FieldNumber && strings.Contains(value, ".") {
		return "", Refusal("Escribe " + strings.ToLower(f.Label[:1]) + f.Label[1:] + " sin decimales.")
	}
	return value, err
}

// IsCompany reports whether a canonical NIF is a company's.
func IsCompany(nif string) bool { return spain.NIF(nif).IsCompany() }

// Change is a set of typed answers: by section key, then by field key. A blank
// answer takes the value away.
type Change map[string]map[string]string

// Problem is an answer that was refused, or that nobody asked for.
type Problem struct {
	Section string
	Key     string
	// Detail is one sentence in Spanish.
	Detail string
}

// Apply reads the answers and changes the values, each that is right, and
// returns those that are not. What is known by an answer is filled in: the
// province by the postal code.
func (c *Case) Apply(change Change, now time.Time) []Problem {
	var problems []Problem
	for section, answers := range change {
		s := c.Section(section)
		for key, raw := range answers {
			var f *catalogue.Field
			if s != nil {
				f = s.Field(key)
			}
			switch {
			case f == nil:
				problems = append(problems, Problem{section, key, "Este expediente no tiene ese dato."})
			case fields.Blank(raw):
				delete(c.Values[section], key)
			default:
				value, err := Parse(section, f, raw, now)
				if err != nil {
					problems = append(problems, Problem{section, key, err.Error()})
					continue
				}
				c.set(section, key, value)
			}
		}
	}
	problems = append(problems, c.reconcile(change)...)
	slices.SortFunc(problems, func(a, b Problem) int { // answers come in a map
		return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(a.Key, b.Key))
	})
	return problems
}

func (c *Case) set(section, key, value string) {
	if c.Values == nil {
		c.Values = map[string]fields.Values{}
	}
	if c.Values[section] == nil {
		c.Values[section] = fields.Values{}
	}
	c.Values[section][key] = value
}

// reconcile makes province and postal code agree. The code is the exact one of
// the two: it fills the province in, and a province that contradicts it is
// refused; what the code says stands, so that nothing is asked for again.
func (c *Case) reconcile(change Change) []Problem {
	answered := change[SectionPersonal]
	_, code := answered[PostalCode]
	_, province := answered[Province]
	if !code && !province {
		return nil
	}
	values := c.Values[SectionPersonal]
	want, have := spain.ProvinceOf(values[PostalCode]), values[Province]
	if want == "" || want == have {
		return nil
	}
	c.set(SectionPersonal, Province, want)
	if !province || have == "" { // only the code was answered: it knows better
		return nil
	}
	return []Problem{{SectionPersonal, Province, fmt.Sprintf("El código postal %s es de %s, no de %s: revísalos.", values[PostalCode], want, have)}}
}
