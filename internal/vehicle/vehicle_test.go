package vehicle_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/vehicle"
)

func TestPlates(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"1234BCD": "1234BCD", " 1234 bcd ": "1234BCD", "1234-BCD": "1234BCD", "0000 BBB": "0000BBB",
		"M-1234-AB": "M1234AB", "m 1234 a": "M1234A", "PM-0001-A": "PM0001A", "M-123456": "M123456", "TF 1": "TF1",
		"H1234BBB": "H1234BBB", "C 1234 BGH": "C1234BGH", "E-1234-BBB": "E1234BBB", "R1234BBB": "R1234BBB",
		"１２３４ＢＣＤ": "1234BCD",
	} {
		got, err := vehicle.ParsePlate(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, string(got), raw)
	}
	for _, raw := range []string{
		"", " ", "1234", "BCD", "1234ABC", "1234BCE", "1234BÑD", "1234BQD", "12345BCD", "123BCD", "1234BCDF", "XX1234AB", "Q-123456",
		"M-1234567", "M", "hola", "1234\x00BCD", "1234BC",
	} {
		_, err := vehicle.ParsePlate(raw)
		require.Error(t, err, raw)
		require.IsType(t, vehicle.Refusal(""), err)
	}
}

func TestChassisNumbers(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"VTMRC44A0E1234567": "VTMRC44A0E1234567", "vtm rc44 a0e-1234567": "VTMRC44A0E1234567", "CB750-1044": "CB7501044",
	} {
		got, err := vehicle.ParseVIN(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, string(got))
	}
	for _, raw := range []string{"", "1234", "ABCDEFG", "VTMRC44A0E123456I", "VTMRC44A0E12345678", "hola que tal", "VTMRC44A0E123456*"} {
		_, err := vehicle.ParseVIN(raw)
		require.Error(t, err, raw)
	}
	_, err := vehicle.ParseVIN("VTMRC44AOE1234567")
	require.ErrorContains(t, err, "0")
}

// TestCanonicalFormsStay has what was read once read again.
func TestCanonicalFormsStay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringOf(rapid.RuneFrom([]rune("0123456789ABCDEHMÑñáb -.\x00"))).Draw(t, "raw")
		if plate, err := vehicle.ParsePlate(raw); err == nil {
			again, err := vehicle.ParsePlate(string(plate))
			require.NoError(t, err)
			require.Equal(t, plate, again)
		}
		if vin, err := vehicle.ParseVIN(raw); err == nil {
			again, err := vehicle.ParseVIN(string(vin))
			require.NoError(t, err)
			require.Equal(t, vin, again)
		}
	})
}
