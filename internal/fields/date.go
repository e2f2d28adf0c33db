package fields

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The forms of a date, on folded text; the day stands before the month, as in
// Spain, unless the year comes first.
var (
	yearFirst = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`)
	dayFirst  = regexp.MustCompile(`^(\d{1,2}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{4}|\d{2})$`)
	inWords   = regexp.MustCompile(`^(\d{1,2})o? ?[-/]?(?:de )?([a-z]+)[.,]? ?[-/]?(?:de |del )?(\d{4}|\d{2})$`)
)

var months = map[string]int{
	"enero": 1, "febrero": 2, "marzo": 3, "abril": 4, "mayo": 5, "junio": 6, "julio": 7, "agosto": 8,
	"septiembre": 9, "setiembre": 9, "octubre": 10, "noviembre": 11, "diciembre": 12,
	"ene": 1, "feb": 2, "mar": 3, "abr": 4, "may": 5, "jun": 6, "jul": 7, "ago": 8, "sep": 9, "sept": 9, "set": 9,
	"oct": 10, "nov": 11, "dic": 12,
}

// firstYear and lastYear bound what can be a date of a vehicle or its papers.
const (
	firstYear = 1900
	lastYear  = 2099
)

func parseDate(raw string) (string, error) {
	text := word(raw)
	var year, month, day string
	if m := yearFirst.FindStringSubmatch(text); m != nil {
		year, month, day = m[1], m[2], m[3]
	} else if m := dayFirst.FindStringSubmatch(text); m != nil {
		day, month, year = m[1], m[2], m[3]
	} else if m := inWords.FindStringSubmatch(text); m != nil && months[m[2]] > 0 {
		day, month, year = m[1], strconv.Itoa(months[m[2]]), m[3]
	} else {
		return "", Refusal(quoted(raw) + " no es una fecha: escríbela como 31/12/2025.")
	}
	y, m, d := number(year), number(month), number(day)
	if len(year) == 2 {
		y += century(y)
	}
	date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if date.Year() != y || int(date.Month()) != m || date.Day() != d {
		return "", Refusal(quoted(raw) + " no existe en el calendario: escribe día, mes y año, como 31/12/2025.")
	}
	if y < firstYear || y > lastYear {
		return "", Refusal(fmt.Sprintf("%s no es una fecha posible: el año tiene que estar entre %d y %d.", quoted(raw), firstYear, lastYear))
	}
	return date.Format(time.DateOnly), nil
}

// century completes a year of two digits: 00 to 49 are of this century, 50 to 99
// of the last one, when the oldest vehicles that are still driven were made.
func century(y int) int {
	if y < 50 {
		return 2000
	}
	return 1900
}

// number reads a few digits that a pattern has found.
func number(digits string) int {
	n, err := strconv.Atoi(strings.TrimLeft(digits, "0"))
	if err != nil {
		return 0
	}
	return n
}
