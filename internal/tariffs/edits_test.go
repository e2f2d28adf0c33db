package tariffs_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/tariffs"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// office is everything that staff change, on a database of its own, with a
// clock that stands still between two edits.
type office struct {
	pool       *pgxpool.Pool
	clock      *apitest.Clock
	cache      *catalogue.Cache
	categories *tariffs.Categories
	tiers      *tariffs.Tiers
	services   *tariffs.Services
	documents  *tariffs.Documents
	warnings   *tariffs.Warnings
}

func newOffice(t *testing.T) *office {
	o := &office{pool: apitest.Database(t), clock: &apitest.Clock{}}
	o.clock.Set(time.Now().Add(time.Hour))
	o.cache = catalogue.NewCache(o.pool, o.clock.Now)
	o.categories = tariffs.NewCategories(o.cache)
	o.tiers = tariffs.NewTiers(o.pool, o.cache)
	o.services = tariffs.NewServices(o.pool, o.cache)
	o.documents = tariffs.NewDocuments(o.pool, o.cache)
	o.warnings = tariffs.NewWarnings(o.pool, o.cache, elements.ContainsPhrase)
	return o
}

// dice makes random edits; a seed makes the same ones again.
type dice struct{ *rand.Rand }

func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

func shuffled[T any](d dice, list []T) []T {
	d.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// elementCodes are of both shipped categories, and one generic.
var elementCodes = []string{"ESCAPE", "MANILLAR", "ESPEJOS", "TOLDO_SIMPLE", "SUSPENSION"}

// elements picks codes of the category, and now and then another one.
func (d dice) elements(c *catalogue.Category) []string {
	var out []string
	for range d.IntN(4) {
		if len(c.Elements) == 0 || d.IntN(10) == 0 {
			out = append(out, pick(d, elementCodes))
		} else {
			out = append(out, pick(d, c.Elements).Code)
		}
	}
	return out
}

func (d dice) references(from []*catalogue.Tier) []tariffs.Reference {
	var out []tariffs.Reference
	for range d.IntN(3) {
		ref := tariffs.Reference{Tier: pick(d, from).Code}
		if d.IntN(2) == 0 {
			ref.Max = new(d.Int32N(3) + 1)
		}
		out = append(out, ref)
	}
	return out
}

func (d dice) triggers() []catalogue.Trigger {
	all := []catalogue.Trigger{{ElementCode: pick(d, elementCodes)}, {TierCode: "T5"}, {Keyword: "gas"}, {MinQuantity: 2}}
	return shuffled(d, all)[:d.IntN(3)]
}

// edit makes one random change through a service and says of which kind; many
// are refused.
func (o *office) edit(t *testing.T, d dice, s *catalogue.Snapshot) (string, error) {
	ctx := t.Context()
	category := pick(d, s.Categories)
	name, code := pick(d, []string{"Uno", "Dos", "Tres €"}), pick(d, []string{"a", "b", "c", "d", "e", "f"})
	price, order, active := money.Cents(d.Int64N(50000)), d.Int32N(11)-5, d.IntN(2) == 0
	version := pick(d, []int{0, 0, 0, 1})
	var tiers []*catalogue.Tier
	for _, c := range s.Categories {
		tiers = append(tiers, c.Tiers...)
	}
	tier := pick(d, tiers)
	kind := pick(d, []string{
		"tier", "tier", "tier new", "tier delete", "lists", "lists", "lists", "tier order", "category", "category new", "category copy", "category delete",
		"category order", "service", "service new", "service delete", "document", "document new", "document delete", "warning", "warning new", "warning delete",
		"warning order",
	})
	var err error
	switch kind {
	case "tier":
		_, err = o.tiers.Update(ctx, tier.ID, version, tariffs.TierPatch{Name: &name, Price: &price, SortOrder: &order, IsActive: &active})
	case "tier new":
		_, err = o.tiers.Create(ctx, tariffs.NewTier{CategoryID: category.ID, Code: code, Name: name, Price: price, IsActive: active})
	case "tier delete":
		err = o.tiers.Delete(ctx, tier.ID, version)
	case "lists":
		_, err = o.tiers.ReplaceInclusions(ctx, tier.ID, version, tariffs.Inclusions{
			Elements: d.elements(s.ByID(tier.CategoryID)), Includes: d.references(s.ByID(tier.CategoryID).Tiers),
			OwnMax: nullable.NewNullableWithValue(d.Int32N(3)),
		})
	case "tier order":
		var ids []uuid.UUID
		for _, tier := range category.Tiers {
			ids = append(ids, tier.ID)
		}
		_, err = o.tiers.Order(ctx, category.ID, shuffled(d, ids))
	case "category":
		_, err = o.categories.Update(ctx, category.ID, version, tariffs.CategoryPatch{Name: &name, IsActive: &active, Slug: &code})
	case "category new":
		_, err = o.categories.Create(ctx, tariffs.NewCategory{Slug: code, Name: name, ClientType: "particular", VehicleKind: "car"})
	case "category copy":
		if len(s.Categories) > 2 {
			return kind, nil // copies of copies of copies take their time
		}
		_, err = o.categories.Duplicate(ctx, category.ID, tariffs.CategoryCopy{Slug: code, Name: name})
	case "category delete":
		if len(s.Categories) < 3 {
			return kind, nil
		}
		err = o.categories.Delete(ctx, category.ID, version)
	case "category order":
		var ids []uuid.UUID
		for _, c := range s.Categories {
			ids = append(ids, c.ID)
		}
		_, err = o.categories.Order(ctx, shuffled(d, ids))
	case "service new":
		n := tariffs.NewService{CategoryID: &category.ID, Code: code, Name: name, Price: price, IsActive: active}
		if active {
			n.CategoryID = nil
		}
		_, err = o.services.Create(ctx, n)
	case "document new":
		_, err = o.documents.Create(ctx, tariffs.NewDocument{CategoryID: category.ID, Code: code, Description: name, IsActive: active})
	case "warning new":
		n := tariffs.NewWarning{Scope: catalogue.ScopeCategory, CategoryID: &category.ID, Code: code, Severity: "info", Message: name, Triggers: d.triggers(), IsActive: true}
		if active {
			n.Scope, n.CategoryID = catalogue.ScopeGlobal, nil
		}
		_, err = o.warnings.Create(ctx, n)
	case "service", "service delete":
		list, listErr := o.services.List(ctx, tariffs.Scope{Global: true})
		require.NoError(t, listErr)
		id := pick(d, list).ID
		if kind == "service" {
			_, err = o.services.Update(ctx, id, version, tariffs.ServicePatch{Code: &code, Price: &price, IsActive: &active})
		} else {
			err = o.services.Delete(ctx, id, version)
		}
	case "document", "document delete":
		list, listErr := o.documents.List(ctx, nil)
		require.NoError(t, listErr)
		if len(list) == 0 {
			return kind, nil
		}
		id := pick(d, list).ID
		if kind == "document" {
			_, err = o.documents.Update(ctx, id, version, tariffs.DocumentPatch{Description: &name, IsActive: &active, SortOrder: &order})
		} else {
			err = o.documents.Delete(ctx, id, version)
		}
	default:
		list, listErr := o.warnings.List(ctx, tariffs.Scope{Category: &category.ID})
		require.NoError(t, listErr)
		if len(list) == 0 {
			return kind, nil
		}
		id := pick(d, list).ID
		switch kind {
		case "warning":
			p := tariffs.WarningPatch{Message: &name, IsActive: &active}
			if active {
				p.Triggers = new(d.triggers())
				p.Scope = new(pick(d, []catalogue.WarningScope{catalogue.ScopeGlobal, catalogue.ScopeCategory}))
			}
			_, err = o.warnings.Update(ctx, id, version, p)
		case "warning delete":
			err = o.warnings.Delete(ctx, id, version)
		default:
			var ids []uuid.UUID
			for _, w := range list {
				ids = append(ids, w.ID)
			}
			_, err = o.warnings.Order(ctx, &category.ID, shuffled(d, ids))
		}
	}
	return kind, err
}

// versions returns the version of every row that has one, by id.
func (o *office) versions(t *testing.T) map[string]int {
	rows, err := o.pool.Query(t.Context(), `SELECT id::text, version FROM vehicle_categories UNION ALL SELECT id::text, version FROM tariff_tiers
		UNION ALL SELECT id::text, version FROM additional_services UNION ALL SELECT id::text, version FROM base_documentation
		UNION ALL SELECT id::text, version FROM warnings`)
	require.NoError(t, err)
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var id string
		var version int
		require.NoError(t, rows.Scan(&id, &version))
		out[id] = version
	}
	require.NoError(t, rows.Err())
	return out
}

func (o *office) audits(t *testing.T) int {
	var n int
	require.NoError(t, o.pool.QueryRow(t.Context(), "SELECT count(*) FROM audit_log").Scan(&n))
	return n
}

// TestEditsKeepTheCatalogueWhole makes random edits, one after the other, and
// looks after each: references hold, no circle, versions only grow and each
// change of a row is one row of the audit, and the past is as it was.
func TestEditsKeepTheCatalogueWhole(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			o, d := newOffice(t), dice{rand.New(rand.NewPCG(seed, 20260131))}
			past := map[time.Time]string{}
			done := map[string]int{}
			for i := range 40 {
				at, before := o.clock.Now(), o.step(t, d, done)
				if i%3 == 0 {
					past[at] = picture(t, before)
				}
			}
			for at, want := range past {
				was, err := catalogue.LoadAt(t.Context(), o.pool, at)
				require.NoError(t, err)
				require.Equal(t, want, picture(t, was), "the catalogue of %s", at)
			}
			t.Logf("changes made: %v", done)
			require.Greater(t, len(done), 8, "the edits are of many kinds")
		})
	}
}

// step makes one edit a second later and returns the catalogue before it.
func (o *office) step(t *testing.T, d dice, done map[string]int) *catalogue.Snapshot {
	before, err := o.cache.Snapshot(t.Context())
	require.NoError(t, err)
	versions, audits := o.versions(t), o.audits(t)

	o.clock.Set(o.clock.Now().Add(time.Second))
	kind, editErr := o.edit(t, d, before)
	after, err := o.cache.Snapshot(t.Context())
	require.NoError(t, err)
	requireWhole(t, after)

	changed, now := 0, o.versions(t)
	for id, v := range versions {
		if now[id] == v {
			continue
		}
		changed++
		require.Contains(t, []int{0, v + 1}, now[id], "%s: a version grows by one", kind)
	}
	for id, v := range now {
		if versions[id] == 0 {
			changed++
			require.Equal(t, 1, v, kind)
		}
	}
	switch kind {
	case "category copy", "category delete", "tier delete": // what comes or goes with it is not told one by one
		changed = min(changed, 1)
	}
	require.Equal(t, audits+changed, o.audits(t), "%s: %v", kind, editErr)
	if editErr != nil {
		require.Zero(t, changed, kind)
		require.Equal(t, before.Revision, after.Revision, kind)
	}
	if changed > 0 {
		done[kind]++
	}
	return before
}

// picture is what a snapshot says, but for versions and times.
func picture(t *testing.T, s *catalogue.Snapshot) string {
	raw, err := json.Marshal(s.Categories)
	require.NoError(t, err)
	var v any
	require.NoError(t, json.Unmarshal(raw, &v))
	var strip func(v any)
	strip = func(v any) {
		switch x := v.(type) {
		case []any:
			for _, e := range x {
				strip(e)
			}
		case map[string]any:
			for _, name := range []string{"Version", "CreatedAt", "UpdatedAt"} {
				delete(x, name)
			}
			for _, e := range x {
				strip(e)
			}
		}
	}
	strip(v)
	out, err := json.Marshal(v)
	require.NoError(t, err)
	return string(out)
}

// requireWhole checks what every catalogue has to hold.
func requireWhole(t *testing.T, s *catalogue.Snapshot) {
	for _, c := range s.Categories {
		for _, tier := range c.Tiers {
			for _, code := range tier.Own {
				e := c.Element(code)
				require.NotNil(t, e, "%s %s: %s", c.Slug, tier.Code, code)
				require.False(t, e.IsGeneric)
			}
			seen := []string{}
			var walk func(at *catalogue.Tier)
			walk = func(at *catalogue.Tier) {
				for _, inc := range at.Includes {
					other := c.Tier(inc.TierCode)
					require.NotNil(t, other)
					require.NotEqual(t, tier.Code, other.Code, "%s: a circle from %s through %v", c.Slug, tier.Code, seen)
					if !slices.Contains(seen, other.Code) {
						seen = append(seen, other.Code)
						walk(other)
					}
				}
			}
			walk(tier)
		}
		codes := map[string]bool{}
		for _, v := range c.Services {
			require.False(t, codes[v.Code], "%s has two services %s", c.Slug, v.Code)
			codes[v.Code] = true
		}
		for _, w := range c.Warnings {
			for _, trigger := range w.Triggers {
				require.NotEqual(t, catalogue.Trigger{}, trigger, fmt.Sprint(w.Code))
				if w.Scope != catalogue.ScopeGlobal && trigger.ElementCode != "" {
					require.NotNil(t, c.Element(trigger.ElementCode), w.Code)
				}
				if w.Scope != catalogue.ScopeGlobal && trigger.TierCode != "" {
					require.NotNil(t, c.Tier(trigger.TierCode), w.Code)
				}
			}
		}
	}
}
