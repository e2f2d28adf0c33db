package legal

import (
	"regexp"
	"strconv"
	"strings"
)

// ordinals are the words that count articles and dispositions, folded and in the
// masculine.
var ordinals = map[string]int{
	"unico": 1, "primero": 1, "primer": 1, "uno": 1, "segundo": 2, "dos": 2, "tercero": 3, "tercer": 3, "tres": 3, "cuarto": 4, "quinto": 5, "sexto": 6,
	"septimo": 7, "octavo": 8, "noveno": 9, "decimo": 10, "undecimo": 11, "decimoprimero": 11, "once": 11, "duodecimo": 12, "decimosegundo": 12, "doce": 12,
	"decimotercero": 13, "decimocuarto": 14, "decimoquinto": 15, "decimosexto": 16, "decimoseptimo": 17, "decimoctavo": 18, "decimonoveno": 19,
	"vigesimo": 20, "trigesimo": 30, "cuadragesimo": 40, "quincuagesimo": 50,
}

const (
	ordinalWord = `(?:[úu]nic|primer|segund|tercer|cuart|quint|sext|s[ée]ptim|octav|noven|d[ée]cim|und[ée]cim|duod[ée]cim|decimo(?:primer|segund|tercer|cuart|quint|sext|s[ée]ptim|octav|noven)|decimoctav|vig[ée]sim|trig[ée]sim|cuadrag[ée]sim|quincuag[ée]sim)(?:o|a)|primer|tercer`
	ordinal     = `(?:` + ordinalWord + `)(?:\s+(?:` + ordinalWord + `))?`
	latin       = `(?:bis|ter|qu[áa]ter|quinquies|sexies|septies|octies|nonies|novies|decies|undecies|duodecies|terdecies)`
	roman       = `(?:[IVXLC]+)`
)

var (
	romanNumber = regexp.MustCompile(`^(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$`)
	foldAccents = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u")
)

// fold lowers a text and takes the accents of the vowels.
func fold(s string) string { return foldAccents.Replace(strings.ToLower(s)) }

// value returns the number that digits ("12", "9.º"), a Roman number, words
// ("vigésima segunda") or a single letter stand for; 0 when none.
func value(s string) int {
	f := strings.Trim(fold(s), " .ºª")
	if n, err := strconv.Atoi(f); err == nil {
		return n
	}
	sum := 0
	for _, w := range strings.Fields(f) {
		if strings.HasSuffix(w, "a") && len(w) > 1 {
			w = w[:len(w)-1] + "o"
		}
		n, ok := ordinals[w]
		if !ok {
			sum = 0
			break
		}
		sum += n
	}
	if sum > 0 {
		return sum
	}
	up := strings.ToUpper(f)
	if up != "" && romanNumber.MatchString(up) {
		return romanValue(up)
	}
	if len(up) == 1 && up[0] >= 'A' && up[0] <= 'Z' {
		return int(up[0]-'A') + 1
	}
	return 0
}

func romanValue(s string) (n int) {
	digit := map[byte]int{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100}
	for i := range len(s) {
		d := digit[s[i]]
		if i+1 < len(s) && digit[s[i+1]] > d {
			d = -d
		}
		n += d
	}
	return n
}

// articleNumber writes the number of an article in one form: "14", "14 bis",
// "311-1", "1" for "único" and "primero".
func articleNumber(number, suffix string) string {
	n := strings.TrimRight(number, ".ºª ")
	if v := value(n); v > 0 {
		n = strconv.Itoa(v)
	}
	if s := strings.Trim(fold(suffix), " -"); s != "" {
		n += " " + strings.Replace(s, "novies", "nonies", 1)
	}
	return n
}

// annexNumber writes that of an annex: Roman as it is, "3" for "3.º".
func annexNumber(number string) string {
	return strings.ToUpper(strings.Trim(number, " .ºª"))
}

// dispositionNumber: "adicional 1".
func dispositionNumber(which, number string) string {
	which = strings.TrimSuffix(strings.TrimSuffix(fold(which), "es"), "s")
	if v := value(number); v > 0 {
		return which + " " + strconv.Itoa(v)
	}
	return which
}

// points splits "6.2.1" into its parts.
func points(s string) []int {
	parts := strings.Split(strings.Trim(s, "."), ".")
	out := make([]int, len(parts))
	for i, p := range parts {
		out[i], _ = strconv.Atoi(p)
	}
	return out
}

// follows says whether a numbered point can come after last in a text that
// counts: its first child, its next sibling, or one of its ancestors'. A gap of
// two is a point that was repealed or not recognised.
func follows(last, next []int) bool {
	if len(last) == 0 {
		for i, n := range next {
			if n > 1 || i > 2 {
				return false
			}
		}
		return true
	}
	common := 0
	for common < len(last) && common < len(next) && last[common] == next[common] {
		common++
	}
	switch {
	case common == len(last) && len(next) > common: // below it
		for _, n := range next[common:] {
			if n > 1 {
				return false
			}
		}
		return len(next) <= common+2
	case common < len(last) && len(next) == common+1: // beside it or beside an ancestor
		return next[common] > last[common] && next[common] <= last[common]+3
	}
	return false
}
