package seed

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/money"
)

// A row whose fingerprint changes looks like one that staff changed, and no
// release would reach it any more. If this fails, the members of the
// parameters were renamed: give them their old names, or migrate seed_rows.
func TestFingerprintStaysTheSame(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("00000000-0000-4000-8000-000000000001")
	text := "x"
	require.Equal(t, "79699db61a56ea5fdf178c04aaa5a00edfaebe801a3d63bb0dce8f4a0894e208", fingerprint(sqlc.SeedTierUpsertParams{
		ID: id, Code: "T1", Price: money.Cents(100), Conditions: &text, IsActive: true,
	}))
	require.Equal(t, "06916d31095c1bc13f7eb6ee160c4da51aa23e13f7f4a7567137d6e1e3a64efd", fingerprint(warningRow{
		Row:      sqlc.SeedWarningUpsertParams{ID: id, Code: "a", CategoryID: &id},
		Triggers: []warningTrigger{{Keyword: "b"}, {ElementID: id}},
	}))
	require.Equal(t, "e6515a4c5d306ac1ac6f197e796f9acd66204665dc9fcddc11e5c47c062af3ef", fingerprint(sqlc.SeedPhotoSlotUpsertParams{
		ID: id, ElementID: id, Code: "a", Kind: "step", Title: "b", Instruction: &text, IsRequired: true, SortOrder: 1, IsActive: true,
	}))
	type before struct{ Name string }
	type after struct {
		Name    string
		Options []string
		Limit   *int
		On      bool
		Other   uuid.UUID
	}
	require.Equal(t, fingerprint(before{"x"}), fingerprint(after{Name: "x", Options: []string{}}))
	require.NotEqual(t, fingerprint(before{"x"}), fingerprint(after{Name: "x", On: true}))
}
