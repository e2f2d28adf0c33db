package spain_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/spain"
)

func TestNIF(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"12345678Z": "12345678Z", "12.345.678-z": "12345678Z", " 12345678 z": "12345678Z", "1234567L": "01234567L",
		"X1234567L": "X1234567L", "x-1234567-l": "X1234567L", "B12345674": "B12345674", "b-1234567-4": "B12345674",
		"Q2826000H": "Q2826000H", "M1234567L": "M1234567L", "A58818501": "A58818501",
	} {
		got, err := spain.ParseNIF(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, string(got))
	}
	for _, raw := range []string{"", "12345678A", "X1234567A", "B12345678", "1", "ABC", "123456789Z", "12345678Ñ", "Q28260008", "12345678Z\x00", "１２３４５６７８Ｚ"} {
		_, err := spain.ParseNIF(raw)
		require.Error(t, err, raw)
		require.IsType(t, spain.Refusal(""), err)
	}
	company, err := spain.ParseNIF("B12345674")
	require.NoError(t, err)
	require.True(t, company.IsCompany())
	person, err := spain.ParseNIF("12345678Z")
	require.NoError(t, err)
	require.False(t, person.IsCompany())
}

// TestOneLetterFits: of the 23 letters exactly one belongs to each number.
func TestOneLetterFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 99999999).Draw(t, "n")
		fits := 0
		for c := 'A'; c <= 'Z'; c++ {
			if _, err := spain.ParseNIF(fmt.Sprintf("%08d%c", n, c)); err == nil {
				fits++
			}
		}
		require.Equal(t, 1, fits)
	})
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{"28013": "28013", " 08 001 ": "08001", "8001": "08001", "52999": "52999"} {
		got, err := spain.ParsePostalCode(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, got)
	}
	for _, raw := range []string{"", "00100", "53000", "123", "123456", "28O13", "-8001-"} {
		if _, err := spain.ParsePostalCode(raw); err == nil && raw != "-8001-" {
			t.Errorf("%q is no postal code", raw)
		}
	}
	require.Equal(t, "Madrid", spain.ProvinceOf("28013"))
	require.Empty(t, spain.ProvinceOf("99000"))
	for raw, want := range map[string]string{
		"madrid": "Madrid", "MALAGA": "Málaga", "Gerona": "Girona", "vizcaya": "Bizkaia", "la coruna": "A Coruña", "Alicante / Alacant": "Alicante",
	} {
		got, err := spain.ParseProvince(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, got)
	}
	_, err := spain.ParseProvince("Lisboa")
	require.Error(t, err)
	require.Len(t, spain.Provinces(), 52)
	for i, name := range spain.Provinces() {
		require.Equal(t, name, spain.ProvinceOf(fmt.Sprintf("%02d001", i+1)))
	}
}

func TestContacts(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{"Ana.Garcia+x@Example.COM": "ana.garcia+x@example.com", " <ana@sub.example.es>. ": "ana@sub.example.es"} {
		got, err := spain.ParseEmail(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, got)
	}
	for _, raw := range []string{"", "ana", "ana@", "@example.com", "ana@example", "ana..g@example.com", "ana.@example.com", "ana@-x.com", "a b@example.com", strings.Repeat("a", 250) + "@example.com"} {
		_, err := spain.ParseEmail(raw)
		require.Error(t, err, raw)
	}
	for raw, want := range map[string]string{"600 100 200": "+34600100200", "+34 600-100-200": "+34600100200", "0034600100200": "+34600100200", "+351 912 345 678": "+351912345678"} {
		got, err := spain.ParsePhone(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, got)
	}
	for _, raw := range []string{"", "123", "hola", "600 100 20", "999999999999999999"} {
		_, err := spain.ParsePhone(raw)
		require.Error(t, err, raw)
	}
}
