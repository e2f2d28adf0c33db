package spain

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// provinces holds the official name of each by the first two digits of its
// postal codes, then other names people use.
var provinces = [...][]string{
	1: {"Álava", "Araba", "Araba/Álava"}, 2: {"Albacete"}, 3: {"Alicante", "Alacant", "Alicante/Alacant"}, 4: {"Almería"},
	5: {"Ávila"}, 6: {"Badajoz"}, 7: {"Illes Balears", "Islas Baleares", "Baleares", "Mallorca", "Ibiza", "Menorca"},
	8: {"Barcelona"}, 9: {"Burgos"}, 10: {"Cáceres"}, 11: {"Cádiz"}, 12: {"Castellón", "Castelló", "Castellón/Castelló", "Castellón de la Plana"},
	13: {"Ciudad Real"}, 14: {"Córdoba"}, 15: {"A Coruña", "La Coruña", "Coruña"}, 16: {"Cuenca"}, 17: {"Girona", "Gerona"}, 18: {"Granada"},
	19: {"Guadalajara"}, 20: {"Gipuzkoa", "Guipúzcoa"}, 21: {"Huelva"}, 22: {"Huesca"}, 23: {"Jaén"}, 24: {"León"}, 25: {"Lleida", "Lérida"},
	26: {"La Rioja", "Rioja", "Logroño"}, 27: {"Lugo"}, 28: {"Madrid", "Comunidad de Madrid"}, 29: {"Málaga"}, 30: {"Murcia", "Región de Murcia"},
	31: {"Navarra", "Nafarroa"}, 32: {"Ourense", "Orense"}, 33: {"Asturias", "Principado de Asturias", "Oviedo"}, 34: {"Palencia"},
	35: {"Las Palmas", "Gran Canaria", "Las Palmas de Gran Canaria", "Fuerteventura", "Lanzarote"}, 36: {"Pontevedra"}, 37: {"Salamanca"},
	38: {"Santa Cruz de Tenerife", "Tenerife", "S.C. Tenerife"}, 39: {"Cantabria", "Santander"}, 40: {"Segovia"}, 41: {"Sevilla"}, 42: {"Soria"},
	43: {"Tarragona"}, 44: {"Teruel"}, 45: {"Toledo"}, 46: {"Valencia", "València", "Valencia/València"}, 47: {"Valladolid"},
	48: {"Bizkaia", "Vizcaya"}, 49: {"Zamora"}, 50: {"Zaragoza"}, 51: {"Ceuta"}, 52: {"Melilla"},
}

// byName holds the province number by folded name.
var byName = func() map[string]int {
	out := map[string]int{}
	for n, names := range provinces {
		for _, name := range names {
			out[fold(name)] = n
		}
	}
	return out
}()

// ParsePostalCode reads a Spanish postal code: five digits, the first two of
// them a province's. Errors: Refusal.
func ParsePostalCode(raw string) (string, error) {
	text := compact(raw)
	if len(text) == 4 && strings.Trim(text, "0123456789") == "" {
		text = "0" + text // spreadsheets and people drop the zero
	}
	if len(text) == 5 && strings.Trim(text, "0123456789") == "" && ProvinceOf(text) != "" {
		return text, nil
	}
	return "", Refusal(shown(raw) + " no es un código postal español: son cinco números, de 01000 a 52999.")
}

// ProvinceOf returns the official name of a postal code's province; "" when
// there is none.
func ProvinceOf(postalCode string) string {
	if len(postalCode) != 5 || strings.Trim(postalCode, "0123456789") != "" {
		return ""
	}
	n := int(postalCode[0]-'0')*10 + int(postalCode[1]-'0')
	if n < 1 || n >= len(provinces) {
		return ""
	}
	return provinces[n][0]
}

// ParseProvince reads the name of a province, with or without accents, in
// either of its languages, and returns the official one. Errors: Refusal.
func ParseProvince(raw string) (string, error) {
	n, ok := byName[fold(raw)]
	if !ok {
		return "", Refusal(shown(raw) + " no es una provincia española: escribe, por ejemplo, Madrid.")
	}
	return provinces[n][0], nil
}

// Provinces returns the official names, by postal code.
func Provinces() []string {
	var out []string
	for _, names := range provinces[1:] {
		out = append(out, names[0])
	}
	return out
}

// fold takes accents, case and marks away.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
