package fields

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// places is how many decimals a value has at most; a converted one is rounded to
// them.
const places = 6

// tooLarge is what no measure of a vehicle reaches.
var tooLarge = big.NewRat(1_000_000_000_000, 1)

// numeral splits what was typed into digits and the unit behind them.
var numeral = regexp.MustCompile(`^([+-]? ?[0-9.,'][0-9.,' ]*)(.*)$`)

// grouped is a whole number with its thousands set apart by one mark.
var grouped = regexp.MustCompile(`^[0-9]{1,3}(?:(?:\.[0-9]{3})+|(?:,[0-9]{3})+|(?: [0-9]{3})+)$`)

// ambiguous is a number whose only point may be of thousands or of decimals.
var ambiguous = regexp.MustCompile(`^[1-9][0-9]{0,2}\.[0-9]{3}$`)

var digits = regexp.MustCompile(`^[0-9]*$`)

// parseNumber reads a Spanish number with or without a unit: "1.234,5 mm", and
// "2,5 cm" in a field of millimetres.
//
// A comma (or a high comma, 1'5) is for decimals, a point for thousands where
// three digits follow it, and for decimals elsewhere. So "1.234" is one thousand
// two hundred and thirty-four, as it is read in Spain, whatever the bounds of the
// field: a wrong guess is refused by them and says how it was read, instead of
// being stored. A canonical value with exactly three decimals gets a fourth, 0,
// so that it is not read as thousands.
func parseNumber(f *catalogue.Field, raw string) (string, error) {
	text := strings.NewReplacer("\u2212", "-", "\u2019", "'", "\u00b4", "'").Replace(raw)
	text = strings.TrimSuffix(strings.Join(strings.Fields(text), " "), ".")
	m := numeral.FindStringSubmatch(text)
	if m == nil {
		return "", notANumber(f, raw)
	}
	amount, ok := readDecimal(strings.TrimSpace(m[1]))
	if !ok {
		return "", notANumber(f, raw)
	}
	ratio, ok := conversion(m[2], unitOf(f))
	if !ok {
		return "", notANumber(f, raw)
	}
	amount.Mul(amount, ratio)
	if new(big.Rat).Abs(amount).Cmp(tooLarge) >= 0 {
		return "", Refusal(quoted(raw) + " es un número demasiado grande: escribe " + expected(f) + ".")
	}
	value := canonical(amount)
	if value == "0" && amount.Sign() != 0 {
		return "", Refusal(quoted(raw) + " es un número demasiado pequeño: escribe " + expected(f) + ".")
	}
	// As floats, like the bounds: 0.1 is not below a bound of 0.1.
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || (f.Min != nil && n < *f.Min) || (f.Max != nil && n > *f.Max) {
		return "", Refusal(outside(f, raw, value))
	}
	return value, nil
}

// readDecimal reads digits with their marks. It refuses what can be read in no
// sensible way ("1,2,3", "12 5", "1.23.456").
func readDecimal(s string) (*big.Rat, bool) {
	s = strings.ReplaceAll(s, "'", ",")
	sign := ""
	if s[0] == '-' || s[0] == '+' {
		sign, s = s[:1], strings.TrimSpace(s[1:])
	}
	mark := -1
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case points > 0 && commas > 0:
		mark = strings.LastIndexAny(s, ".,")
	case commas == 1:
		mark = strings.IndexByte(s, ',')
	case points == 1 && !ambiguous.MatchString(s):
		mark = strings.IndexByte(s, '.')
	}
	whole, decimals := s, ""
	if mark >= 0 {
		whole, decimals = s[:mark], s[mark+1:]
		if decimals == "" {
			return nil, false
		}
	}
	if grouped.MatchString(whole) {
		whole = strings.NewReplacer(".", "", ",", "", " ", "").Replace(whole)
	}
	if !digits.MatchString(whole) || !digits.MatchString(decimals) || whole+decimals == "" || len(whole) > 15 || len(decimals) > places {
		return nil, false
	}
	return new(big.Rat).SetString(sign + "0" + whole + "." + decimals + "0")
}

// canonical writes a number with at most places decimals and no needless zero.
func canonical(amount *big.Rat) string {
	value := strings.TrimRight(amount.FloatString(places), "0")
	value = strings.TrimSuffix(value, ".")
	if value == "-0" {
		return "0"
	}
	if ambiguous.MatchString(strings.TrimPrefix(value, "-")) {
		value += "0"
	}
	return value
}

func unitOf(f *catalogue.Field) string {
	if f.Unit == nil {
		return ""
	}
	return *f.Unit
}

func notANumber(f *catalogue.Field, raw string) Refusal {
	return Refusal(quoted(raw) + " no vale: escribe " + expected(f) + ".")
}

// expected says what a number field takes.
func expected(f *catalogue.Field) string {
	out := "solo un número"
	if u := unitOf(f); u != "" {
		out = "un número en " + u
	}
	if between := bounds(f); between != "" {
		out += " " + between
	}
	return out + forExample(f)
}

// outside says how a number was read and which ones are taken.
func outside(f *catalogue.Field, raw, value string) string {
	read := Display(f, value)
	out := read
	if strings.TrimSpace(raw) != read {
		out = quoted(raw) + " es " + read + " y"
	}
	return out + " queda fuera de lo posible: tiene que estar " + bounds(f) + "."
}

// bounds words the limits of a number; "" when it has none.
func bounds(f *catalogue.Field) string {
	limit := func(v float64) string { return Display(f, strconv.FormatFloat(v, 'f', -1, 64)) }
	switch {
	case f.Min != nil && f.Max != nil:
		return "entre " + limit(*f.Min) + " y " + limit(*f.Max)
	case f.Min != nil:
		return "a partir de " + limit(*f.Min)
	case f.Max != nil:
		return "por debajo o igual a " + limit(*f.Max)
	}
	return ""
}
