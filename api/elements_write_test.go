package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/seed"
)

// element is what tests look at of an element.
type element struct {
	ID, Code, Name    string
	Description       *string
	ParentCode        *string `json:"parent_code"`
	IsGeneric         bool    `json:"is_generic"`
	IsActive          bool    `json:"is_active"`
	NeedsReview       bool    `json:"needs_review"`
	UnitsPerElement   *int    `json:"units_per_element"`
	Surcharge         string
	Inherits          bool `json:"inherits_from_parent"`
	Keywords, Aliases []string
	Fields            []struct{ Key string }
	Photos            []struct{ Code string }
	SuggestedServices []string `json:"suggested_services"`
	SortOrder         int      `json:"sort_order"`
	Version           int
}

// bench is a server with an editor and what tests of the catalogue do all the
// time.
type bench struct {
	*apitest.Server
	t      *testing.T
	editor apitest.Option
}

func newBench(t *testing.T) bench {
	t.Helper()
	s := apitest.New(t)
	return bench{Server: s, t: t, editor: apitest.Bearer(s.Token(caller.RoleEditor))}
}

// edit sends a request as the editor.
func (b bench) edit(method, path string, body any, options ...apitest.Option) apitest.Response {
	b.t.Helper()
	return b.Do(method, path, body, append(options, b.editor)...)
}

// find returns the element with that code of a category.
func (b bench) find(category, code string) element {
	b.t.Helper()
	var all []element
	b.edit("GET", "/api/elements?include_inactive=true&category="+category, nil).Expect(http.StatusOK).JSON(&all)
	i := slices.IndexFunc(all, func(e element) bool { return e.Code == code })
	require.GreaterOrEqual(b.t, i, 0, code)
	return all[i]
}

// create makes an element of motos-part.
func (b bench) create(body string) element {
	b.t.Helper()
	var e element
	b.edit("POST", "/api/elements", `{"category_id":"motos-part",`+body+`}`).Expect(http.StatusCreated).JSON(&e)
	return e
}

// refused expects a 422 and returns it.
func (b bench) refused(method, path string, body any) apitest.Problem {
	b.t.Helper()
	return b.edit(method, path, body).Expect(http.StatusUnprocessableEntity).Problem()
}

func (b bench) query(into any, sql string, args ...any) {
	b.t.Helper()
	require.NoError(b.t, b.Pool.QueryRow(b.t.Context(), sql, args...).Scan(into))
}

func TestElementLifecycle(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var e element
	r := b.edit("POST", "/api/elements", `{"category_id":"motos-part","code":"PUNOS_CALEFACTABLES","name":"Puños calefactables","parent_code":"MANDOS_AVANZADOS",
		"keywords":[" puños   calefactables "],"aliases":["heated grips"],"suggested_services":["tramitacion_urgente"],"surcharge":25}`).Expect(http.StatusCreated).JSON(&e)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, "MANDOS_AVANZADOS", *e.ParentCode)
	require.Equal(t, []string{"puños calefactables"}, e.Keywords)
	require.Equal(t, []string{"tramitacion_urgente"}, e.SuggestedServices)
	require.Equal(t, "25.00", e.Surcharge)
	require.True(t, e.IsActive && e.Inherits && !e.IsGeneric && !e.NeedsReview)
	require.Greater(t, e.SortOrder, b.find("motos-part", "ESCAPE").SortOrder, "behind all others")
	path := "/api/elements/" + e.ID
	require.Equal(t, `"1"`, b.Do("GET", path, nil).Expect(http.StatusOK).Header.Get("ETag"))

	t.Run("the code is taken, in this category", func(t *testing.T) {
		p := b.edit("POST", "/api/elements", `{"category_id":"motos-part","code":"PUNOS_CALEFACTABLES","name":"x"}`).Expect(http.StatusConflict).Problem()
		require.Equal(t, "Element code already exists", p.Detail)
		require.Equal(t, http.StatusConflict, b.edit("PATCH", path, `{"code":"ESCAPE"}`).Status)
		b.edit("POST", "/api/elements", `{"category_id":"aseicars-prof","code":"PUNOS_CALEFACTABLES","name":"x"}`).Expect(http.StatusCreated)
	})
	t.Run("Absent, Null, Set", func(t *testing.T) {
		var got element
		b.edit("PATCH", path, `{"description":"Con resistencia.","units_per_element":2}`).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, "Con resistencia.", *got.Description)
		b.edit("PATCH", path, `{"name":"Puños"}`).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, "Con resistencia.", *got.Description, "absent leaves it")
		require.Equal(t, 2, *got.UnitsPerElement)
		got = element{}
		b.edit("PATCH", path, `{"description":null,"units_per_element":null,"parent_code":null}`).Expect(http.StatusOK).JSON(&got)
		require.Nil(t, got.Description)
		require.Nil(t, got.UnitsPerElement)
		require.Nil(t, got.ParentCode)
		require.Equal(t, 4, got.Version)
		b.edit("PATCH", path, `{}`).Expect(http.StatusOK).JSON(&got)
		b.edit("PATCH", path, `{"name":"Puños","keywords":["puños calefactables"],"suggested_services":["tramitacion_urgente"]}`).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, 4, got.Version, "what changes nothing leaves the version")
	})
	t.Run("suggestions count as a change", func(t *testing.T) {
		var got element
		b.edit("PATCH", path, `{"suggested_services":[]}`).Expect(http.StatusOK).JSON(&got)
		require.Empty(t, got.SuggestedServices)
		require.Equal(t, 5, got.Version)
		b.edit("PATCH", path, `{"suggested_services":["plus_laboratorio_simple","tramitacion_urgente"]}`).JSON(&got)
		p := b.refused("PATCH", path, `{"suggested_services":["certificado_gas"]}`)
		require.Equal(t, "invalid_element", p.Code, "of the other category")
	})
	t.Run("If-Match", func(t *testing.T) {
		tag := b.Do("GET", path, nil).Header.Get("ETag")
		b.edit("PATCH", path, `{"needs_review":true}`, apitest.Header("If-Match", tag)).Expect(http.StatusOK)
		r := b.edit("PATCH", path, `{"name":"Otro"}`, apitest.Header("If-Match", tag)).Expect(http.StatusPreconditionFailed)
		var both struct {
			Current   element
			Submitted map[string]string
		}
		r.JSON(&both)
		require.Equal(t, "Puños", both.Current.Name)
		require.Equal(t, map[string]string{"name": "Otro"}, both.Submitted)
		b.edit("DELETE", path, nil, apitest.Header("If-Match", tag)).Expect(http.StatusPreconditionFailed)
	})
	t.Run("audited", func(t *testing.T) {
		var changes string
		b.query(&changes, `SELECT changes::text FROM audit_log WHERE entity_type = 'element' AND entity_id = $1 AND changes ? 'needs_review' AND action = 'update'`, e.ID)
		require.JSONEq(t, `{"needs_review":[false,true]}`, changes)
		b.query(&changes, `SELECT (changes -> 'suggested_services')::text FROM audit_log WHERE entity_id = $1 AND action = 'update' AND changes ? 'suggested_services' ORDER BY at LIMIT 1`, e.ID)
		require.JSONEq(t, `[["tramitacion_urgente"],null]`, changes)
	})
	t.Run("unknown", func(t *testing.T) {
		id := uuid.NewString()
		for _, r := range []apitest.Response{b.edit("PATCH", "/api/elements/"+id, `{"name":"x"}`), b.edit("DELETE", "/api/elements/"+id, nil)} {
			require.Equal(t, "Element "+id+" not found", r.Expect(http.StatusNotFound).Problem().Detail)
		}
		b.edit("POST", "/api/elements", `{"category_id":"nada","code":"X","name":"x"}`).Expect(http.StatusNotFound)
		b.edit("POST", "/api/elements", `{"category_id":"No Vale","code":"X","name":"x"}`).Expect(http.StatusBadRequest)
	})
}

func TestElementRules(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.create(`"code":"BASE","name":"Base"`)
	inactive := b.create(`"code":"VIEJO","name":"Viejo","is_active":false,"inactive_reason":"Ya no es reforma."`)
	for body, member := range map[string]string{
		`"is_generic":true`: "question",
		`"is_generic":true,"question":"¿Cuál?","surcharge":10`: "surcharge",
		`"is_active":false`:                          "inactive_reason",
		`"inactive_reason":"Porque sí."`:             "inactive_reason",
		`"parent_code":"NO_EXISTE"`:                  "parent_code",
		`"parent_code":"TOLDO_LAT"`:                  "parent_code", // of the other category
		`"suggested_services":["no_existe"]`:         "suggested_services",
		`"keywords":["escape","  ESCAPÉ "]`:          "keywords",
		`"keywords":["escape"],"aliases":["Escape"]`: "aliases",
		`"all_answers":["las dos","LAS DOS"]`:        "all_answers",
		`"keywords":["¿?"]`:                          "keywords",
	} {
		p := b.refused("POST", "/api/elements", `{"category_id":"motos-part","code":"X","name":"X",`+body+`}`)
		require.Equal(t, "invalid_element", p.Code, body)
		require.Equal(t, "/"+member, p.Errors[0].Pointer, body)
		require.NotContains(t, p.Detail, "/")
	}
	for name, body := range map[string]string{
		"blank name": `"name":" "`, "no name": `"name":null`, "code in lower case": `"code":"escape"`, "code with a blank": `"code":"A B"`, "code with an edge": `"code":"_A"`,
		"blank phrase": `"keywords":[" "]`, "phrase too long": `"keywords":["` + strings.Repeat("x", 101) + `"]`, "not a list": `"keywords":"escape"`,
		"too many phrases": `"aliases":[` + strings.TrimSuffix(strings.Repeat(`"x",`, 201), ",") + `]`, "NUL in the name": `"name":"a\u0000b"`,
		"NUL in a phrase": `"keywords":["a\u0000b"]`, "negative surcharge": `"surcharge":-1`, "no units": `"units_per_element":0`, "unknown member": `"price":1`,
		"sort order": `"sort_order":99999999999`,
	} {
		t.Run(name, func(t *testing.T) {
			full := map[string]json.RawMessage{"category_id": json.RawMessage(`"motos-part"`), "code": json.RawMessage(`"Y"`), "name": json.RawMessage(`"Y"`)}
			require.NoError(t, json.Unmarshal([]byte("{"+body+"}"), &full))
			b.refused("POST", "/api/elements", full)
			b.refused("PATCH", "/api/elements/"+inactive.ID, "{"+body+"}")
		})
	}
	p := b.refused("POST", "/api/elements", `{"category_id":"motos-part","code":"X","name":"X","is_generic":true,"surcharge":1,"is_active":false,"parent_code":"NADA"}`)
	require.Len(t, p.Errors, 4, "every problem is named")

	var got element
	b.edit("PATCH", "/api/elements/"+inactive.ID, `{"is_active":true,"inactive_reason":null}`).Expect(http.StatusOK).JSON(&got)
	require.True(t, got.IsActive)
	b.create(`"code":"OTRO_ESCAPE","name":"Otro escape","keywords":["escape"]`) // the matcher asks which

	// A listed element, and one that triggers a warning, cannot become generic.
	for _, code := range []string{"ESCAPE", "FILTRO"} {
		r := b.edit("PATCH", "/api/elements/"+b.find("motos-part", code).ID, `{"is_generic":true,"question":"¿Cuál?"}`).Expect(http.StatusConflict)
		require.Equal(t, "element_in_use", r.Problem().Code)
		require.Contains(t, r.Problem().Detail, "T4")
	}
}

func TestElementTree(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ids := map[string]string{}
	for i, code := range []string{"A", "B", "C", "D", "E"} {
		body := fmt.Sprintf(`"code":"%s","name":"%[1]s"`, code)
		if i > 0 {
			body += fmt.Sprintf(`,"parent_code":"%c"`, 'A'+i-1)
		}
		ids[code] = b.create(body).ID
	}
	p := b.refused("POST", "/api/elements", `{"category_id":"motos-part","code":"F","name":"F","parent_code":"E"}`)
	require.Contains(t, p.Detail, "6 generations deep")
	f := b.create(`"code":"F","name":"F"`)
	p = b.refused("PATCH", "/api/elements/"+ids["A"], `{"parent_code":"F"}`)
	require.Contains(t, p.Detail, "6 generations deep", "what hangs below counts")
	p = b.refused("PATCH", "/api/elements/"+ids["A"], `{"parent_code":"C"}`)
	require.Equal(t, "element_cycle", p.Code)
	require.Contains(t, p.Detail, "A > C > B > A")
	p = b.refused("PATCH", "/api/elements/"+f.ID, `{"parent_code":"F"}`)
	require.Equal(t, "element_cycle", p.Code)

	// Moving takes the variants along, and the new code shows at the children.
	var got element
	b.edit("PATCH", "/api/elements/"+ids["C"], `{"parent_code":null}`).Expect(http.StatusOK)
	b.edit("PATCH", "/api/elements/"+ids["A"], `{"parent_code":"E"}`).Expect(http.StatusOK)
	before := b.find("motos-part", "E")
	require.Equal(t, "D", *before.ParentCode)
	b.edit("PATCH", "/api/elements/"+ids["D"], `{"code":"DD"}`).Expect(http.StatusOK)
	b.Do("GET", "/api/elements/"+ids["E"], nil).JSON(&got)
	require.Equal(t, "DD", *got.ParentCode)
	require.Equal(t, before.Version+1, got.Version, "it is shown with another code")
	var children []element
	b.Do("GET", "/api/elements?category=motos-part&parent=DD", nil).Expect(http.StatusOK).JSON(&children)
	require.Len(t, children, 1)
}

// TestConcurrentMovesMakeNoCycle moves two elements below each other at once,
// many times: one move is refused each time.
func TestConcurrentMovesMakeNoCycle(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ids := [2]string{b.create(`"code":"UNO","name":"Uno"`).ID, b.create(`"code":"DOS","name":"Dos"`).ID}
	parents := [2]string{"DOS", "UNO"}
	for range 10 {
		var statuses [2]int
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				r := b.edit("PATCH", "/api/elements/"+ids[i], fmt.Sprintf(`{"parent_code":%q}`, parents[i]))
				statuses[i] = r.Status
				if r.Status != http.StatusOK && r.Problem().Code != "element_cycle" {
					t.Errorf("refused with %s", r.Body)
				}
			})
		}
		wg.Wait()
		require.ElementsMatch(t, []int{http.StatusOK, http.StatusUnprocessableEntity}, statuses[:])
		for i := range ids {
			b.edit("PATCH", "/api/elements/"+ids[i], `{"parent_code":null}`).Expect(http.StatusOK)
		}
	}
}

// TestNoElementIsLeftUnderADeletedOne deletes an element while another is moved
// below it.
func TestNoElementIsLeftUnderADeletedOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range 6 {
		parent := b.create(fmt.Sprintf(`"code":"PADRE%d","name":"Padre"`, i))
		child := b.create(fmt.Sprintf(`"code":"HIJO%d","name":"Hijo"`, i))
		var moved, deleted int
		var wg sync.WaitGroup
		wg.Go(func() {
			moved = b.edit("PATCH", "/api/elements/"+child.ID, fmt.Sprintf(`{"parent_code":"PADRE%d"}`, i)).Status
		})
		wg.Go(func() { deleted = b.edit("DELETE", "/api/elements/"+parent.ID, nil).Status })
		wg.Wait()
		require.Equal(t, http.StatusNoContent, deleted)
		want := map[int]int{http.StatusOK: http.StatusNotFound, http.StatusUnprocessableEntity: http.StatusOK}[moved]
		require.Equal(t, want, b.Do("GET", "/api/elements/"+child.ID, nil).Status, "the move answered %d", moved)
	}
	var orphans int
	b.query(&orphans, `SELECT count(*) FROM elements c JOIN elements p ON p.id = c.parent_id WHERE c.deleted_at IS NULL AND p.deleted_at IS NOT NULL`)
	require.Zero(t, orphans)
}

func TestDeletingElements(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	// What was offered before stays as it was.
	_, err := b.Pool.Exec(t.Context(), `INSERT INTO customers (id, chatwoot_account_id, chatwoot_contact_id, created_at, updated_at) VALUES (gen_random_uuid(), 1, 1, now(), now());
		INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at)
			SELECT gen_random_uuid(), id, 1, 1, 1, now(), now() FROM customers;
		INSERT INTO quotes (id, conversation_id, category_id, catalogue_revision, request, result, total, is_provisional, created_at)
			SELECT gen_random_uuid(), v.id, c.id, 1, '{}', '{"lines": [{"code": "SUSPENSION_DEL"}]}', 1, false, now() FROM conversations v, vehicle_categories c WHERE c.slug = 'motos-part'`)
	require.NoError(t, err)
	escape := b.find("motos-part", "ESCAPE")
	r := b.edit("DELETE", "/api/elements/"+escape.ID, nil).Expect(http.StatusConflict)
	require.Equal(t, "element_in_use", r.Problem().Code)
	require.Contains(t, r.Problem().Detail, "marcado_homologacion_motos_part")
	b.Do("GET", "/api/elements/"+escape.ID, nil).Expect(http.StatusOK)

	top := b.find("motos-part", "SUSPENSION")
	var variants []element
	b.Do("GET", "/api/elements?category=motos-part&parent=SUSPENSION", nil).JSON(&variants)
	require.Len(t, variants, 2)
	var listing string
	b.query(&listing, `SELECT t.id || ' ' || t.version FROM tariff_tiers t JOIN tier_elements e ON e.tier_id = t.id WHERE e.element_id = $1`, variants[0].ID)
	tier := strings.Fields(listing)[0]
	tag := b.Do("GET", "/api/tariffs/tiers/"+tier, nil).Header.Get("ETag")
	quote := quoteBody("motos-part", variants[0].Code)
	b.Do("POST", "/api/tariffs/quote", quote).Expect(http.StatusOK)
	// A warning that hangs on one of them and is triggered by another goes along.
	_, err = b.Pool.Exec(t.Context(), `INSERT INTO warnings (id, code, severity, message, category_id, element_id) SELECT gen_random_uuid(), 'de_la_suspension', 'info', 'Aviso.', category_id, id FROM elements WHERE id = $1`, variants[1].ID)
	require.NoError(t, err)
	_, err = b.Pool.Exec(t.Context(), `INSERT INTO warning_triggers (id, warning_id, element_id) SELECT gen_random_uuid(), id, $1 FROM warnings WHERE code = 'de_la_suspension'`, variants[0].ID)
	require.NoError(t, err)

	b.edit("DELETE", "/api/elements/"+top.ID, nil, apitest.Header("If-Match", fmt.Sprintf("%q", fmt.Sprint(top.Version)))).Expect(http.StatusNoContent)

	for _, e := range append(variants, top) {
		b.edit("GET", "/api/elements/"+e.ID, nil).Expect(http.StatusNotFound)
		b.edit("GET", "/api/elements/"+e.ID+"/fields", nil).Expect(http.StatusNotFound)
		b.edit("PATCH", "/api/elements/"+e.ID, `{"name":"x"}`).Expect(http.StatusNotFound)
		b.edit("DELETE", "/api/elements/"+e.ID, nil).Expect(http.StatusNotFound)
	}
	require.Equal(t, "unknown_element", b.Do("POST", "/api/tariffs/quote", quote).Expect(http.StatusUnprocessableEntity).Problem().Code)
	require.NotEqual(t, tag, b.Do("GET", "/api/tariffs/tiers/"+tier, nil).Header.Get("ETag"), "its list is another one")
	var n int
	b.query(&n, `SELECT count(*) FROM warnings WHERE code = 'de_la_suspension'`)
	require.Zero(t, n)
	b.query(&n, `SELECT count(*) FROM audit_log WHERE action = 'delete' AND entity_type = 'element'`)
	require.Equal(t, 3, n)
	b.query(&n, `SELECT count(*) FROM audit_log WHERE action = 'delete' AND entity_type = 'warning' AND changes #>> '{code,0}' = 'de_la_suspension'`)
	require.Equal(t, 1, n)
	b.query(&n, `SELECT count(*) FROM audit_log WHERE action = 'delete' AND jsonb_array_length(changes #> '{tiers,0}') = 1`)
	require.Equal(t, 2, n, "the variants were on a list")
	b.query(&n, `SELECT count(*) FROM quotes WHERE result #>> '{lines,0,code}' = 'SUSPENSION_DEL'`)
	require.Equal(t, 1, n)

	// Seeding takes them for deleted by staff, even after the code is used again.
	again := b.create(fmt.Sprintf(`"code":%q,"name":"Mi suspensión"`, variants[0].Code))
	report, err := seed.Apply(t.Context(), b.Pool, seed.Options{})
	require.NoError(t, err)
	require.False(t, report.Changed(), "%+v", report)
	require.Contains(t, report.Kept, "element motos-part:SUSPENSION")
	var got element
	b.Do("GET", "/api/elements/"+again.ID, nil).Expect(http.StatusOK).JSON(&got)
	require.Equal(t, "Mi suspensión", got.Name)
	require.Empty(t, got.Photos)
	require.Empty(t, got.Fields)
	b.edit("GET", "/api/elements/"+top.ID, nil).Expect(http.StatusNotFound)
}

func TestOrderingElements(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	list := func(category string) (ids []string, versions map[string]int) {
		var all []element
		b.edit("GET", "/api/elements?include_inactive=true&category="+category, nil).JSON(&all)
		versions = map[string]int{}
		for _, e := range all {
			ids = append(ids, e.ID)
			versions[e.ID] = e.Version
		}
		return ids, versions
	}
	ids, before := list("aseicars-prof")
	const path = "/api/tariffs/categories/aseicars-prof/elements/order"
	turned := slices.Clone(ids)
	slices.Reverse(turned)
	var got []element
	b.edit("PUT", path, map[string]any{"ids": turned}).Expect(http.StatusOK).JSON(&got)
	now, after := list("aseicars-prof")
	require.Equal(t, turned, now)
	require.Equal(t, turned[0], got[0].ID)
	require.Len(t, got, len(turned))
	require.Greater(t, after[ids[0]], before[ids[0]])
	b.edit("PUT", path, map[string]any{"ids": turned}).Expect(http.StatusOK)
	_, again := list("aseicars-prof")
	require.Equal(t, after, again, "the same order changes nothing")
	var n int
	b.query(&n, `SELECT count(*) FROM audit_log WHERE entity_type = 'category' AND changes ? 'elements_order'`)
	require.Equal(t, 1, n)

	stranger := b.find("motos-part", "ESCAPE").ID
	for name, wrong := range map[string][]string{
		"none": {}, "one missing": turned[1:], "one twice": append([]string{turned[0]}, turned...), "one of another category": append([]string{stranger}, turned...),
		"an unknown one": append([]string{uuid.NewString()}, turned[1:]...),
	} {
		p := b.refused("PUT", path, map[string]any{"ids": wrong})
		require.Equal(t, "incomplete_order", p.Code, name)
	}
	b.edit("PUT", "/api/tariffs/categories/nada/elements/order", map[string]any{"ids": ids}).Expect(http.StatusNotFound)
	b.edit("PUT", "/api/tariffs/categories/N/elements/order", map[string]any{"ids": ids}).Expect(http.StatusBadRequest)
}

func TestSearchingElements(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	search := func(query string) (codes []string) {
		var all []element
		b.Do("GET", "/api/elements?category=motos-part&"+query, nil).Expect(http.StatusOK).JSON(&all)
		for _, e := range all {
			codes = append(codes, e.Code)
		}
		return codes
	}
	require.Contains(t, search("q=ESC%C3%81PE"), "ESCAPE")
	require.Contains(t, search("q=tubo+escape"), "ESCAPE", "every word, in any order")
	require.Contains(t, search("q=depos"), "DEPOSITO", "by the beginning, without accents")
	require.Empty(t, search("q=escape+nadadeeso"))
	require.Empty(t, search("q=%25"), "no pattern")
	require.Equal(t, search(""), search("q="))
	require.Len(t, search("parent=SUSPENSION"), 2)
	require.Len(t, search("parent=SUSPENSION&q=delantera"), 1)
	require.Empty(t, search("parent=NADA"))
	b.Do("GET", "/api/elements?q="+strings.Repeat("x", 201), nil).Expect(http.StatusUnprocessableEntity)
}
