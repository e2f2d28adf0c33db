package api_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

type category struct {
	ID, Slug, Name  string
	ClientType      string `json:"client_type"`
	VehicleKind     string `json:"vehicle_kind"`
	Description     *string
	Icon            *string
	IsActive        bool `json:"is_active"`
	SortOrder       int  `json:"sort_order"`
	UnitsPerElement *int `json:"units_per_element"`
	Version         int
}

func editorOf(s *apitest.Server) apitest.Option { return apitest.Bearer(s.Token(caller.RoleEditor)) }

func tag(t string) apitest.Option { return apitest.Header("If-Match", t) }

func TestCategoryLifecycle(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	var c category
	r := s.Do("POST", "/api/tariffs/categories", `{"slug":"coches-part","name":"Coches","client_type":"particular","vehicle_kind":"car"}`, editor).
		Expect(http.StatusCreated).JSON(&c)
	require.Equal(t, category{ID: c.ID, Slug: "coches-part", Name: "Coches", ClientType: "particular", VehicleKind: "car", IsActive: true, Version: 1}, c)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	path := "/api/tariffs/categories/" + c.ID

	t.Run("Absent, Null, Set", func(t *testing.T) {
		var got category
		s.Do("PATCH", path, `{"description":"Turismos","icon":"car","units_per_element":2}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, []any{"Turismos", "car", 2}, []any{*got.Description, *got.Icon, *got.UnitsPerElement})
		s.Do("PATCH", "/api/tariffs/categories/coches-part", `{"name":"Turismos"}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, "Turismos", *got.Description, "absent leaves it")
		got = category{}
		s.Do("PATCH", path, `{"description":null,"icon":null,"units_per_element":null}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Nil(t, got.Description)
		require.Nil(t, got.Icon)
		require.Nil(t, got.UnitsPerElement)
		before := got.Version
		s.Do("PATCH", path, `{}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, before, got.Version)
	})
	t.Run("refused", func(t *testing.T) {
		for _, body := range []string{
			`{"slug":"order"}`, `{"slug":"Coches"}`, `{"slug":"a--b"}`, `{"slug":""}`, `{"slug":null}`, `{"slug":"` + uuid.NewString() + `"}`,
			`{"name":" "}`, `{"name":"a\u0000"}`, `{"description":"\u0000"}`, `{"icon":"\u0000"}`, `{"client_type":"nobody"}`, `{"vehicle_kind":"Car"}`,
			`{"units_per_element":0}`, `{"sort_order":1.5}`, `{"id":"x"}`, `{"slug":"` + strings.Repeat("a", 51) + `"}`,
		} {
			s.Do("PATCH", path, body, editor).Expect(http.StatusUnprocessableEntity)
		}
		p := s.Do("PATCH", path, `{"slug":"motos-part"}`, editor).Expect(http.StatusConflict).Problem()
		require.Equal(t, "category_slug_taken", p.Code)
		p = s.Do("POST", "/api/tariffs/categories", `{"slug":"motos-part","name":"X","client_type":"particular","vehicle_kind":"car"}`, editor).
			Expect(http.StatusConflict).Problem()
		require.Equal(t, "category_slug_taken", p.Code)
		s.Do("PATCH", "/api/tariffs/categories/nada", `{}`, editor).Expect(http.StatusNotFound)
		s.Do("PATCH", "/api/tariffs/categories/NADA", `{}`, editor).Expect(http.StatusBadRequest)
	})
	t.Run("If-Match", func(t *testing.T) {
		first := s.Do("GET", path, nil, editor).Expect(http.StatusOK).Header.Get("ETag")
		s.Do("PATCH", path, `{"name":"Uno"}`, editor, tag(first)).Expect(http.StatusOK)
		var both struct{ Current, Submitted category }
		s.Do("PATCH", path, `{"name":"Dos"}`, editor, tag(first)).Expect(http.StatusPreconditionFailed).JSON(&both)
		require.Equal(t, []string{"Uno", "Dos"}, []string{both.Current.Name, both.Submitted.Name})
		s.Do("DELETE", path, nil, editor, tag(first)).Expect(http.StatusPreconditionFailed).JSON(&both)
		require.Equal(t, "Uno", both.Current.Name)
	})
	t.Run("a new slug is the address at once", func(t *testing.T) {
		s.Do("PATCH", path, `{"slug":"turismos-part"}`, editor).Expect(http.StatusOK)
		s.Do("GET", "/api/tariffs/categories/turismos-part", nil).Expect(http.StatusOK)
		s.Do("GET", "/api/tariffs/categories/coches-part", nil).Expect(http.StatusNotFound)
	})
	t.Run("inactive is not public", func(t *testing.T) {
		s.Do("PATCH", path, `{"is_active":false}`, editor).Expect(http.StatusOK)
		s.Do("GET", path, nil).Expect(http.StatusNotFound)
		s.Do("GET", path, nil, editor).Expect(http.StatusOK)
	})
	t.Run("deleted", func(t *testing.T) {
		s.Do("DELETE", path, nil, editor).Expect(http.StatusNoContent)
		s.Do("GET", path, nil, editor).Expect(http.StatusNotFound)
		s.Do("DELETE", path, nil, editor).Expect(http.StatusNotFound)
	})
}

// TestReservedSlugs has no category at an address that is something else's.
func TestReservedSlugs(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	sibling := regexp.MustCompile(`^/api/tariffs/categories/([^/{}]+)(/|$)`)
	seen := 0
	for path := range s.Contract.Doc.Paths.Map() {
		if m := sibling.FindStringSubmatch(path); m != nil {
			seen++
			p := s.Do("POST", "/api/tariffs/categories", map[string]any{"slug": m[1], "name": "X", "client_type": "particular", "vehicle_kind": "car"}, editor).
				Expect(http.StatusUnprocessableEntity).Problem()
			require.Equal(t, "reserved_slug", p.Code, m[1])
			require.Equal(t, "/slug", p.Errors[0].Pointer)
		}
	}
	require.NotZero(t, seen)
}

func TestCategoryOrder(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	var list []category
	s.Do("GET", "/api/tariffs/categories", nil).JSON(&list)
	a, b := list[0].ID, list[1].ID
	order := func(ids ...string) map[string]any { return map[string]any{"ids": ids} }
	s.Do("PUT", "/api/tariffs/categories/order", order(b, a), editor).Expect(http.StatusOK).JSON(&list)
	require.Equal(t, []string{b, a}, []string{list[0].ID, list[1].ID})
	versions := []int{list[0].Version, list[1].Version}
	s.Do("PUT", "/api/tariffs/categories/order", order(b, a), editor).Expect(http.StatusOK).JSON(&list)
	require.Equal(t, versions, []int{list[0].Version, list[1].Version}, "the same order changes nothing")
	for _, ids := range [][]string{{a}, {a, b, a}, {a, uuid.NewString()}, {}, {a, b, uuid.NewString()}} {
		p := s.Do("PUT", "/api/tariffs/categories/order", order(ids...), editor).Expect(http.StatusUnprocessableEntity).Problem()
		require.Equal(t, "invalid_order", p.Code, "%v", ids)
		require.NotEmpty(t, p.Errors)
	}
	s.Do("PUT", "/api/tariffs/categories/order", `{"ids":null}`, editor).Expect(http.StatusUnprocessableEntity)
}

// TestDuplicateCategory compares a copy with the original, table by table.
func TestDuplicateCategory(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	exec := func(sql string) {
		_, err := s.Pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	// What the shipped catalogue has none of.
	exec(`INSERT INTO additional_services (id, category_id, code, name, price) VALUES (gen_random_uuid(), NULL, 'global', 'Global', 1)`)
	exec(`INSERT INTO element_suggested_services SELECT e.id, s.id FROM elements e, additional_services s WHERE e.code = 'ESCAPE' AND s.code = 'global'`)
	exec(`UPDATE elements SET deleted_at = now() WHERE code = 'MANILLAR'`)
	exec(`UPDATE tariff_tiers SET is_active = false WHERE code = 'T6'`)
	var original category
	s.Do("GET", "/api/tariffs/categories/motos-part", nil).JSON(&original)

	var c category
	r := s.Do("POST", "/api/tariffs/categories/motos-part/duplicate", `{"slug":"motos-prof","name":"Motos de taller","client_type":"professional"}`, editor).
		Expect(http.StatusCreated).JSON(&c)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.False(t, c.IsActive, "a copy starts inactive")
	require.Equal(t, []string{"motos-prof", "Motos de taller", "professional", original.VehicleKind}, []string{c.Slug, c.Name, c.ClientType, c.VehicleKind})
	s.Do("POST", "/api/tariffs/categories/motos-part/duplicate", `{"slug":"motos-prof","name":"Otra"}`, editor).Expect(http.StatusConflict)
	s.Do("POST", "/api/tariffs/categories/motos-part/duplicate", `{"slug":"order","name":"Otra"}`, editor).Expect(http.StatusUnprocessableEntity)
	s.Do("POST", "/api/tariffs/categories/nada/duplicate", `{"slug":"otra","name":"Otra"}`, editor).Expect(http.StatusNotFound)

	t.Run("one row of the audit says of what", func(t *testing.T) {
		var n int
		var from string
		require.NoError(t, s.Pool.QueryRow(t.Context(), `SELECT count(*), max(changes #>> '{copied_from,1}') FROM audit_log WHERE entity_type = 'category'`).Scan(&n, &from))
		require.Equal(t, 1, n)
		require.Equal(t, "motos-part "+original.ID, from)
	})
	t.Run("everything in it, with references of its own", func(t *testing.T) {
		// Ids are replaced by what they name, so that the two read alike.
		for table, sql := range map[string]string{
			"tiers":      `SELECT to_jsonb(t) - '{id,category_id,version,created_at,updated_at}'::text[] FROM tariff_tiers t WHERE category_id = $1 ORDER BY code`,
			"elements":   `SELECT to_jsonb(e) - '{id,category_id,version,created_at,updated_at,parent_id}'::text[] || jsonb_build_object('p', p.code, 'own', p.category_id = e.category_id) FROM elements e LEFT JOIN elements p ON p.id = e.parent_id WHERE e.category_id = $1 AND e.deleted_at IS NULL ORDER BY e.code`,
			"lists":      `SELECT jsonb_build_array(t.code, e.code) FROM tier_elements te JOIN tariff_tiers t ON t.id = te.tier_id JOIN elements e ON e.id = te.element_id WHERE te.category_id = $1 AND e.deleted_at IS NULL ORDER BY 1`,
			"inclusions": `SELECT jsonb_build_array(t.code, o.code, i.max_elements) FROM tier_inclusions i JOIN tariff_tiers t ON t.id = i.tier_id JOIN tariff_tiers o ON o.id = i.included_tier_id WHERE i.category_id = $1 AND o.category_id = $1 ORDER BY 1`,
			"fields":     `SELECT to_jsonb(f) - '{id,element_id,version,created_at,updated_at,condition_field_id}'::text[] || jsonb_build_object('e', e.code, 'c', c.field_key, 'own', c.element_id = f.element_id) FROM element_required_fields f JOIN elements e ON e.id = f.element_id LEFT JOIN element_required_fields c ON c.id = f.condition_field_id WHERE e.category_id = $1 AND e.deleted_at IS NULL ORDER BY e.code, f.field_key`,
			"photos":     `SELECT to_jsonb(p) - '{id,element_id,version,created_at,updated_at}'::text[] || jsonb_build_object('e', e.code) FROM element_photo_slots p JOIN elements e ON e.id = p.element_id WHERE e.category_id = $1 AND e.deleted_at IS NULL ORDER BY e.code, p.code`,
			"papers":     `SELECT to_jsonb(d) - '{id,category_id,version,created_at,updated_at}'::text[] FROM base_documentation d WHERE category_id = $1 ORDER BY code`,
			"services":   `SELECT to_jsonb(v) - '{id,category_id,version,created_at,updated_at}'::text[] FROM additional_services v WHERE category_id = $1 ORDER BY code`,
			"suggested":  `SELECT jsonb_build_array(e.code, v.code, v.category_id IS NULL, v.category_id = $1) FROM element_suggested_services s JOIN elements e ON e.id = s.element_id JOIN additional_services v ON v.id = s.service_id WHERE e.category_id = $1 AND e.deleted_at IS NULL ORDER BY 1`,
			"warnings":   `SELECT to_jsonb(w) - '{id,category_id,tier_id,element_id,version,created_at,updated_at}'::text[] || jsonb_build_object('t', t.code, 'e', e.code) FROM warnings w LEFT JOIN tariff_tiers t ON t.id = w.tier_id LEFT JOIN elements e ON e.id = w.element_id WHERE w.category_id = $1 AND e.deleted_at IS NULL ORDER BY w.code`,
			"triggers":   `SELECT jsonb_build_array(w.code, e.code, e.category_id = $1, t.code, t.category_id = $1, g.keyword, g.min_quantity) FROM warning_triggers g JOIN warnings w ON w.id = g.warning_id LEFT JOIN elements e ON e.id = g.element_id LEFT JOIN tariff_tiers t ON t.id = g.tier_id LEFT JOIN elements we ON we.id = w.element_id WHERE w.category_id = $1 AND we.deleted_at IS NULL ORDER BY 1`,
		} {
			of := func(id string) []string {
				rows, err := s.Pool.Query(t.Context(), `SELECT x::text FROM (`+sql+`) AS q (x)`, id)
				require.NoError(t, err)
				list, err := pgx.CollectRows(rows, pgx.RowTo[string])
				require.NoError(t, err)
				return list
			}
			want := of(original.ID)
			require.NotEmpty(t, want, table)
			require.Equal(t, want, of(c.ID), table)
		}
	})
	t.Run("it prices as the original", func(t *testing.T) {
		s.Do("PATCH", "/api/tariffs/categories/motos-prof", `{"is_active":true}`, editor).Expect(http.StatusOK)
		var a, b quoteAnswer
		s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE", "SUSPENSION_DEL"), editor).Expect(http.StatusOK).JSON(&a)
		s.Do("POST", "/api/tariffs/quote", quoteBody("motos-prof", "ESCAPE", "SUSPENSION_DEL"), editor).Expect(http.StatusOK).JSON(&b)
		require.Equal(t, a, b)
	})
	t.Run("a copy of the copy", func(t *testing.T) {
		s.Do("POST", "/api/tariffs/categories/motos-prof/duplicate", `{"slug":"motos-tres","name":"Tres"}`, editor).Expect(http.StatusCreated)
	})
}

// TestDuplicateForgetsNoColumn compares the columns that are copied with those
// that there are, so that a later migration is not forgotten.
func TestDuplicateForgetsNoColumn(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	source, err := os.ReadFile("../queries/categories.sql")
	require.NoError(t, err)
	copies := regexp.MustCompile(`(?s)-- name: CategoryCopy\w*[^;]*?INSERT INTO (\w+) \(([^)]*)\)`).FindAllStringSubmatch(string(source), -1)
	require.Len(t, copies, 12)
	for _, m := range copies {
		rows, err := s.Pool.Query(t.Context(), `SELECT column_name::text FROM information_schema.columns WHERE table_name = $1`, m[1])
		require.NoError(t, err)
		columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		require.ElementsMatch(t, columns, strings.FieldsFunc(m[2], func(r rune) bool { return strings.ContainsRune(", \n", r) }), m[1])
	}
}

func TestDeleteCategory(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	offerQuote(t, s, "motos-part", "ESCAPE")
	p := s.Do("DELETE", "/api/tariffs/categories/motos-part", nil, editor).Expect(http.StatusConflict).Problem()
	require.Equal(t, "category_in_use", p.Code)
	require.Equal(t, 6, count(t, s, `tariff_tiers t JOIN vehicle_categories c ON c.id = t.category_id WHERE c.slug = 'motos-part'`), "nothing is gone")

	var c category
	s.Do("POST", "/api/tariffs/categories/motos-part/duplicate", `{"slug":"motos-prof","name":"Copia"}`, editor).JSON(&c)
	warning := func(trigger string) string {
		var w struct{ ID string }
		s.Do("POST", "/api/tariffs/warnings", fmt.Sprintf(`{"code":"todas_%d","severity":"info","message":"Hola","scope":"global","triggers":[%s]}`,
			count(t, s, "warnings"), trigger), editor).Expect(http.StatusCreated).JSON(&w)
		return w.ID
	}

	t.Run("a trigger of every category is told by code", func(t *testing.T) {
		// Both sheets have ESCAPE: whichever the trigger points to, it stays.
		id := warning(`{"element_code":"ESCAPE"},{"tier_code":"T6"}`)
		_, err := s.Pool.Exec(t.Context(), `UPDATE warning_triggers g SET element_id = copied_id($1, g.element_id), tier_id = copied_id($1, g.tier_id) WHERE warning_id = $2`, c.ID, id)
		require.NoError(t, err)
		audits := count(t, s, "audit_log")
		s.Do("DELETE", "/api/tariffs/categories/motos-prof", nil, editor).Expect(http.StatusNoContent)
		require.Equal(t, audits+1, count(t, s, "audit_log"))
		var w struct{ Triggers []map[string]any }
		s.Do("GET", "/api/tariffs/warnings/"+id, nil, editor).Expect(http.StatusOK).JSON(&w)
		require.ElementsMatch(t, []map[string]any{{"element_code": "ESCAPE"}, {"tier_code": "T6"}}, w.Triggers)
		for _, table := range []string{"tariff_tiers", "elements", "tier_elements", "tier_inclusions", "additional_services", "base_documentation", "warnings"} {
			require.Zero(t, count(t, s, table+" WHERE category_id = '"+c.ID+"'"), table)
		}
	})
	t.Run("what is in it only keeps it", func(t *testing.T) {
		id := warning(`{"element_code":"TOLDO_SIMPLE"}`)
		p := s.Do("DELETE", "/api/tariffs/categories/aseicars-prof", nil, editor).Expect(http.StatusConflict).Problem()
		require.Equal(t, "category_in_use", p.Code)
		require.Contains(t, p.Detail, "todas_")
		s.Do("DELETE", "/api/tariffs/warnings/"+id, nil, editor).Expect(http.StatusNoContent)
		s.Do("DELETE", "/api/tariffs/categories/aseicars-prof", nil, editor).Expect(http.StatusNoContent)
	})
	require.Equal(t, []string{"motos-part"}, slugs(s))
}

func slugs(s *apitest.Server) []string {
	var list []category
	s.Do("GET", "/api/tariffs/categories", nil).JSON(&list)
	var out []string
	for _, c := range list {
		out = append(out, c.Slug)
	}
	slices.Sort(out)
	return out
}

// offerQuote stores a quote as one offered in a conversation and returns its id.
func offerQuote(t *testing.T, s *apitest.Server, slug string, codes ...string) string {
	t.Helper()
	raw := s.Do("POST", "/api/tariffs/quote", quoteBody(slug, codes...)).Expect(http.StatusOK).Body
	id := uuid.NewString()
	for _, sql := range []string{
		`INSERT INTO customers (id, chatwoot_account_id, chatwoot_contact_id, created_at, updated_at) VALUES ($1, 1, 1, now(), now())`,
		`INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at) VALUES ($1, $1, 1, 1, 1, now(), now())`,
	} {
		_, err := s.Pool.Exec(t.Context(), sql, id)
		require.NoError(t, err)
	}
	_, err := s.Pool.Exec(t.Context(), `INSERT INTO quotes (id, conversation_id, category_id, catalogue_revision, request, result, total, is_provisional, created_at)
		SELECT $1, $1, id, 1, '{}', $2, 1, false, now() FROM vehicle_categories WHERE slug = $3`, id, raw, slug)
	require.NoError(t, err)
	return id
}
