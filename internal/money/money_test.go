package money_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/money"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0.00", "410": "410.00", "410.1": "410.10", "410.10": "410.10", "99999999.99": "99999999.99", "007.5": "7.50",
	} {
		a, err := money.Parse(in)
		require.NoError(t, err, in)
		require.Equal(t, want, a.String(), in)
	}
	for _, in := range []string{"", "-1", "+1", "1e3", "1,5", "1.234", ".5", "5.", "1.2.3", " 1", "NaN", "1e400", "12345678901234567"} {
		_, err := money.Parse(in)
		require.ErrorIs(t, err, money.ErrSyntax, in)
	}
}

func TestJSONTakesStringOrNumberAndWritesString(t *testing.T) {
	t.Parallel()
	for _, in := range []string{`"175.00"`, `175`, `175.0`} {
		var a money.Amount
		require.NoError(t, json.Unmarshal([]byte(in), &a), in)
		out, err := json.Marshal(a)
		require.NoError(t, err)
		require.Equal(t, `"175.00"`, string(out))
	}
	var a money.Amount
	for _, in := range []string{`1e3`, `null`, `-1`, `"-1"`, `true`, `"1.005"`} {
		require.Error(t, json.Unmarshal([]byte(in), &a), in)
	}
}

func TestPercentRoundsHalfUpOnce(t *testing.T) {
	t.Parallel()
	iva := money.MustParse("21.00")
	require.Equal(t, "36.75", money.MustParse("175").Percent(iva).String())
	require.Equal(t, "0.11", money.MustParse("0.50").Percent(iva).String(), "0.105 rounds up")
	require.Equal(t, "57.75", money.MustParse("275").Percent(iva).String())
}

func TestSpanish(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"175": "175,00 €", "211.75": "211,75 €", "1000": "1000,00 €", "12345.6": "12.345,60 €", "1234567.89": "1.234.567,89 €",
	} {
		require.Equal(t, want, money.MustParse(in).Spanish())
	}
}
