package tariffs_test

import (
	"testing"

	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/tariffs"
)

// TestSeedingLeavesEditsAlone has staff change and delete shipped rows of every
// kind; the next start of the program brings none of them back.
func TestSeedingLeavesEditsAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	s, err := o.cache.Snapshot(ctx)
	require.NoError(t, err)
	motos, caravans := s.BySlug("motos-part"), s.BySlug("aseicars-prof")
	services, err := o.services.List(ctx, tariffs.Scope{Category: &motos.ID})
	require.NoError(t, err)
	documents, err := o.documents.List(ctx, &motos.ID)
	require.NoError(t, err)
	warnings, err := o.warnings.List(ctx, tariffs.Scope{Category: &motos.ID})
	require.NoError(t, err)

	t6 := motos.Tier("T6").ID
	_, err = o.tiers.ReplaceInclusions(ctx, t6, 0, tariffs.Inclusions{Elements: []string{"ESCAPE"}})
	require.NoError(t, err)
	require.NoError(t, o.tiers.Delete(ctx, t6, 0), "no other tier includes it")
	_, err = o.tiers.ReplaceInclusions(ctx, motos.Tier("T5").ID, 0, tariffs.Inclusions{Elements: []string{"ESCAPE"}, OwnMax: nullable.NewNullNullable[int32]()})
	require.NoError(t, err)
	_, err = o.services.Update(ctx, services[0].ID, 0, tariffs.ServicePatch{Code: new("otro_codigo")})
	require.NoError(t, err)
	require.NoError(t, o.documents.Delete(ctx, documents[0].ID, 0))
	require.NoError(t, o.warnings.Delete(ctx, warnings[0].ID, 0))
	_, err = o.warnings.Update(ctx, warnings[1].ID, 0, tariffs.WarningPatch{Scope: new(catalogue.ScopeGlobal), Triggers: &[]catalogue.Trigger{{MinQuantity: 3}}})
	require.NoError(t, err)
	_, err = o.categories.Update(ctx, motos.ID, 0, tariffs.CategoryPatch{Slug: new("motocicletas")})
	require.NoError(t, err)
	_, err = o.categories.Duplicate(ctx, motos.ID, tariffs.CategoryCopy{Slug: "copia", Name: "Copia"})
	require.NoError(t, err)
	require.NoError(t, o.categories.Delete(ctx, caravans.ID, 0))
	before, err := catalogue.Load(ctx, o.pool)
	require.NoError(t, err)

	_, err = seed.Apply(ctx, o.pool, seed.Options{})
	require.NoError(t, err)
	after, err := catalogue.Load(ctx, o.pool)
	require.NoError(t, err)
	require.Equal(t, picture(t, before), picture(t, after))
}
