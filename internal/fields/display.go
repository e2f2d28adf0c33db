package fields

import (
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// Display writes a canonical value as people in Spain read it: "1.234,5 mm",
// "Sí", "31/12/2025". Parsed in the same field it is the same value again.
func Display(f *catalogue.Field, value string) string {
	switch f.Type {
	case catalogue.FieldNumber:
		out := spanishNumber(value)
		if u := unitOf(f); u != "" {
			out += " " + u
		}
		return out
	case catalogue.FieldBoolean:
		if value == "true" {
			return "Sí"
		}
		return "No"
	case catalogue.FieldDate:
		if p := strings.Split(value, "-"); len(p) == 3 {
			return p[2] + "/" + p[1] + "/" + p[0]
		}
	}
	return value
}

// spanishNumber sets thousands apart by points and decimals by a comma.
func spanishNumber(value string) string {
	sign := ""
	if strings.HasPrefix(value, "-") {
		sign, value = "-", value[1:]
	}
	whole, decimals, _ := strings.Cut(value, ".")
	decimals = strings.TrimRight(decimals, "0")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "." + whole[at:]
	}
	if decimals != "" {
		whole += "," + decimals
	}
	return sign + whole
}
