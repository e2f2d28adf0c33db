package cataloguefile

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/msia/msia/internal/money"
)

// unset stands for a sort order that a file leaves out, until placed.
const unset = math.MinInt32

// required is said of a blank that has to be filled.
const required = "is required"

// parse reads the text of a member into its place and returns what is wrong
// with it, or "". Numbers and yes or no are read as people write them in Spain
// and as programs do; a text that is refused is stored all the same, so that
// what names it can still be checked.
func (c column) parse(into reflect.Value, text string) string {
	text = normal(text)
	if c.like != nil || c.choices != nil || into.Kind() == reflect.Bool {
		text = strings.TrimSpace(text)
	}
	if strings.TrimSpace(text) == "" {
		return c.blank(into)
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	if amount, ok := into.Addr().Interface().(*money.Amount); ok {
		return parseAmount(amount, text)
	}
	switch into.Kind() {
	case reflect.Bool:
		b, ok := truth[strings.ToLower(text)]
		if !ok {
			return "has to be sí or no"
		}
		into.SetBool(b)
	case reflect.Int:
		return c.parseInt(into, text)
	case reflect.Float64:
		n, ok := parseNumber(text)
		if !ok {
			return "has to be a number"
		}
		into.SetFloat(n)
	default:
		into.SetString(text)
		return c.wrong(text)
	}
	return ""
}

// blank gives an absent member its value.
func (c column) blank(into reflect.Value) string {
	if c.def == "next" {
		into.SetInt(unset)
		return ""
	}
	into.SetZero()
	if c.def == "true" {
		into.SetBool(true)
	}
	_, price := into.Interface().(money.Amount)
	if (into.Kind() == reflect.String || price) && c.def == "" {
		return required
	}
	return ""
}

// isDefault reports whether a member has the value of an absent one.
func (c column) isDefault(v reflect.Value) bool {
	switch c.def {
	case "next":
		return false
	case "true":
		return v.Bool()
	}
	if c.list {
		return v.Len() == 0
	}
	if amount, ok := v.Interface().(money.Amount); ok {
		return amount.IsZero() && c.def != ""
	}
	return v.IsZero()
}

// wrong says what is wrong with a text, or with an item of a list.
func (c column) wrong(text string) string {
	length := utf8.RuneCountInString(text)
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return "holds a character that is no text"
	case c.choices != nil && !slices.Contains(c.choices, text):
		return "has to be one of " + strings.Join(c.choices, ", ")
	case c.max != nil && length > *c.max:
		return fmt.Sprintf("has %d characters, at most %d fit", length, *c.max)
	case c.min != nil && length < *c.min:
		return fmt.Sprintf("needs at least %d characters", *c.min)
	case c.like != nil && !c.like.re.MatchString(text):
		return "has to be " + c.like.words
	}
	return ""
}

// maxItem is the most characters of an item of a list.
const maxItem = 200

// parseItem reads an item of a list and says what is wrong with it.
func (c column) parseItem(text string) (string, string) {
	text = normal(text)
	if c.like != nil {
		text = strings.TrimSpace(text)
	}
	switch {
	case strings.TrimSpace(text) == "":
		return text, "is blank"
	case strings.Contains(text, "\n"):
		return text, "goes over more than one line"
	case utf8.RuneCountInString(text) > maxItem:
		return text, fmt.Sprintf("has more than %d characters", maxItem)
	}
	return text, c.wrong(text)
}

func (c column) parseInt(into reflect.Value, text string) string {
	n, ok := parseNumber(text)
	switch {
	case !ok || n != math.Trunc(n) || math.Abs(n) >= math.MaxInt32:
		return "has to be a whole number"
	case c.min != nil && n < float64(*c.min):
		return fmt.Sprintf("has to be at least %d", *c.min)
	}
	into.SetInt(int64(n))
	return ""
}

// truth holds the ways to say yes and no, in lower case.
var truth = map[string]bool{
	"sí": true, "si": true, "s": true, "x": true, "1": true, "true": true, "verdadero": true, "yes": true,
	"no": false, "n": false, "0": false, "false": false, "falso": false,
}

// Ways to write a number: as programs do, with a decimal comma, and with a
// decimal comma and points between the thousands. A point alone is a decimal
// point: workbooks store numbers so.
var (
	numberPlain     = regexp.MustCompile(`^[+-]?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,3})?$`)
	numberComma     = regexp.MustCompile(`^[+-]?\d{1,15},\d{1,15}$`)
	numberThousands = regexp.MustCompile(`^[+-]?\d{1,3}(\.\d{3}){1,4},\d{1,15}$`)
)

// digits returns the number in a text as programs write it, or "".
func digits(text string) string {
	text = strings.TrimSpace(text)
	switch {
	case numberPlain.MatchString(text):
	case numberComma.MatchString(text):
		text = strings.Replace(text, ",", ".", 1)
	case numberThousands.MatchString(text):
		text = strings.Replace(strings.ReplaceAll(text, ".", ""), ",", ".", 1)
	default:
		return ""
	}
	return strings.TrimPrefix(text, "+")
}

func parseNumber(text string) (float64, bool) {
	n, err := strconv.ParseFloat(digits(text), 64)
	return n, err == nil && !math.IsInf(n, 0)
}

var maxAmount = money.MustParse("99999999.99")

// parseAmount reads euros. A workbook may hold 140.1 as 140.09999999999999:
// like spreadsheet programs it reads fifteen digits.
func parseAmount(into *money.Amount, text string) string {
	const refused = "has to be an amount from 0 to 99999999.99 with at most two decimals"
	plain := digits(strings.TrimSuffix(strings.TrimSpace(text), "€"))
	a, err := money.Parse(plain)
	if err != nil {
		n, parseErr := strconv.ParseFloat(plain, 64)
		if parseErr != nil {
			return refused
		}
		n, _ = strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
		if a, err = money.Parse(strconv.FormatFloat(n, 'f', -1, 64)); err != nil {
			return refused
		}
	}
	if a.Cmp(maxAmount) > 0 {
		return refused
	}
	*into = a
	return ""
}

// normal writes line breaks as one character.
func normal(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// show returns a member as text, and false when there is none.
func show(v reflect.Value) (string, bool) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "", false
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case bool:
		return strconv.FormatBool(x), true
	case int:
		return strconv.Itoa(x), true
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64), true
	case fmt.Stringer:
		return x.String(), true
	}
	return v.String(), true
}

// placeAll gives the rows that state no sort order one more than the row before
// them, the first one 10.
func placeAll(c *Category) {
	if c.SortOrder == unset {
		c.SortOrder = 0
	}
	for _, list := range categoryShape.children {
		all := rows(c, list.name)
		list.place(all)
		for i := range all.Len() {
			for _, part := range list.rows.children {
				part.place(all.Index(i).Field(part.index))
			}
		}
	}
}

func (l child) place(list reflect.Value) {
	c := l.rows.column("sort_order")
	if c == nil {
		return
	}
	before := int64(9)
	for i := range list.Len() {
		order := list.Index(i).Field(c.index)
		if order.Int() == unset {
			order.SetInt(min(before+1, math.MaxInt32-1))
		}
		before = order.Int()
	}
}
