// Package money holds the one type for amounts: an exact decimal with two
// places. Floats never carry money in this code base.
package money

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/shopspring/decimal"
)

// maxLiteral bounds the text of an amount before it is parsed: the largest
// legal amount, 99999999.99, has 11 characters.
const maxLiteral = 16

// ErrSyntax is returned for text that is not a plain decimal with at most two
// places: exponents, signs and thousands separators are refused.
var ErrSyntax = errors.New("money: not an amount with at most two decimals")

// Amount is a sum of euros, or a percentage, with two decimal places.
// The zero value is 0.00. It is a JSON string ("140.00") on the way out; a
// string or a plain number on the way in; numeric(10,2) in PostgreSQL.
type Amount struct{ d decimal.Decimal }

// Parse reads "140", "140.5" or "140.50". Errors: ErrSyntax.
func Parse(s string) (Amount, error) {
	if s == "" || len(s) > maxLiteral || strings.Trim(s, "0123456789.") != "" {
		return Amount{}, ErrSyntax
	}
	whole, frac, dotted := strings.Cut(s, ".")
	if whole == "" || (dotted && frac == "") || len(frac) > 2 || strings.Contains(frac, ".") {
		return Amount{}, ErrSyntax
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return Amount{}, ErrSyntax
	}
	return Amount{d}, nil
}

// MustParse is Parse for constants in code and tests; it panics on bad text.
func MustParse(s string) Amount {
	a, err := Parse(s)
	if err != nil {
		panic(fmt.Sprintf("money.MustParse(%q): %v", s, err))
	}
	return a
}

// mention is a number beside the name or sign of the euro.
var mention = regexp.MustCompile(`(?i)\d[\d.,]*\s*(?:€|eur(?:os?)?\b)|(?:€|\beur(?:os?)?)\s*\d`)

// Mentioned reports whether a text states an amount of euros: "140 €",
// "1.200,50 euros", "EUR 90". Texts of staff may not: amounts come from the
// price sheets only.
func Mentioned(text string) bool { return mention.MatchString(text) }

// Cents returns an amount of n hundredths.
func Cents(n int64) Amount { return Amount{decimal.New(n, -2)} }

// Add returns a + b.
func (a Amount) Add(b Amount) Amount { return Amount{a.d.Add(b.d)} }

// Times returns a × n.
func (a Amount) Times(n int) Amount { return Amount{a.d.Mul(decimal.NewFromInt(int64(n)))} }

// Percent returns percent % of a, rounded half up to the cent. It is the only
// place where an amount is rounded.
func (a Amount) Percent(percent Amount) Amount {
	return Amount{a.d.Mul(percent.d).Shift(-2).Round(2)}
}

// Cmp compares by value: -1 when a < b, 0 when equal, +1 when a > b.
func (a Amount) Cmp(b Amount) int { return a.d.Cmp(b.d) }

// IsZero reports whether the amount is 0.00.
func (a Amount) IsZero() bool { return a.d.IsZero() }

// String returns the amount with two places and a dot: "140.00".
func (a Amount) String() string { return a.d.StringFixed(2) }

// Spanish returns the amount as Spanish readers write it: "1.234,50 €".
func (a Amount) Spanish() string {
	whole, frac, _ := strings.Cut(a.String(), ".")
	for i := len(whole) - 3; i > 0 && len(whole) > 4; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	return whole + "," + frac + " €"
}

// MarshalJSON writes the string form, quoted.
func (a Amount) MarshalJSON() ([]byte, error) { return []byte(`"` + a.String() + `"`), nil }

// UnmarshalJSON reads a string or a plain number. Errors: ErrSyntax.
func (a *Amount) UnmarshalJSON(b []byte) error {
	s := string(b)
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	v, err := Parse(s)
	if err != nil {
		return err
	}
	*a = v
	return nil
}

// UnmarshalText reads the string form, for YAML and configuration.
func (a *Amount) UnmarshalText(b []byte) error {
	v, err := Parse(string(b))
	if err != nil {
		return err
	}
	*a = v
	return nil
}

// MarshalText writes the string form.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// ScanNumeric reads a PostgreSQL numeric (pgx's binary protocol).
func (a *Amount) ScanNumeric(v pgtype.Numeric) error {
	if !v.Valid {
		return errors.New("money: cannot scan NULL into Amount")
	}
	if v.NaN || v.InfinityModifier != pgtype.Finite {
		return errors.New("money: cannot scan NaN or infinity")
	}
	a.d = decimal.NewFromBigInt(v.Int, v.Exp)
	return nil
}

// NumericValue writes a PostgreSQL numeric.
func (a Amount) NumericValue() (pgtype.Numeric, error) {
	c := a.d.Coefficient()
	return pgtype.Numeric{Int: new(big.Int).Set(c), Exp: a.d.Exponent(), Valid: true}, nil
}

// Value writes the text form for drivers without numeric support.
func (a Amount) Value() (driver.Value, error) { return a.String(), nil }
