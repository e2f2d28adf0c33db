package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

type tierAnswer struct {
	ID, Code, Price string
	Description     *string
	RequiresProject bool `json:"requires_project"`
	OwnMax          *int `json:"own_max"`
	Elements        []string
	Includes        []inclusion
	SortOrder       int  `json:"sort_order"`
	IsActive        bool `json:"is_active"`
	Version         int
}

type inclusion struct {
	Tier string
	Max  *int
}

func tiersOf(s *apitest.Server, slug string, options ...apitest.Option) map[string]tierAnswer {
	var list []tierAnswer
	s.Do("GET", "/api/tariffs/categories/"+slug+"/tiers", nil, options...).Expect(http.StatusOK).JSON(&list)
	out := map[string]tierAnswer{}
	for _, t := range list {
		out[t.Code] = t
	}
	return out
}

func TestTierWithEveryMember(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	var got tierAnswer
	s.Do("POST", "/api/tariffs/tiers", `{"category_id":"motos-part","code":"T9","name":"Promo","price":1,"description":"D","conditions":"C","requires_project":true,"own_max":3,"sort_order":9,"is_active":false}`, editor).
		Expect(http.StatusCreated).JSON(&got)
	require.Equal(t, []any{"D", true, 3, false, 9}, []any{*got.Description, got.RequiresProject, *got.OwnMax, got.IsActive, got.SortOrder})
	path := "/api/tariffs/tiers/" + got.ID
	s.Do("PATCH", path, `{"own_max":null,"description":null,"requires_project":false,"is_active":true}`, editor).Expect(http.StatusOK).JSON(&got)
	got = tierAnswer{}
	s.Do("GET", path, nil).Expect(http.StatusOK).JSON(&got)
	require.Nil(t, got.OwnMax)
	require.Nil(t, got.Description)
	require.False(t, got.RequiresProject)
	for _, body := range []string{`{"own_max":-1}`, `{"own_max":1.5}`, `{"requires_project":null}`, `{"description":"\u0000"}`} {
		s.Do("PATCH", path, body, editor).Expect(http.StatusUnprocessableEntity)
	}
}

func TestTierOrder(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	tiers := tiersOf(s, "motos-part")
	s.Do("PATCH", "/api/tariffs/tiers/"+tiers["T6"].ID, `{"is_active":false}`, editor).Expect(http.StatusOK)
	ids := func(codes ...string) map[string]any {
		list := []string{}
		for _, c := range codes {
			list = append(list, tiers[c].ID)
		}
		return map[string]any{"ids": list}
	}
	var list []tierAnswer
	s.Do("PUT", "/api/tariffs/categories/motos-part/tiers/order", ids("T6", "T5", "T4", "T3", "T2", "T1"), editor).Expect(http.StatusOK).JSON(&list)
	require.Len(t, list, 6, "inactive ones too")
	require.Equal(t, "T6", list[0].Code)
	p := s.Do("PUT", "/api/tariffs/categories/motos-part/tiers/order", ids("T5", "T4", "T3", "T2", "T1"), editor).Expect(http.StatusUnprocessableEntity).Problem()
	require.Equal(t, "invalid_order", p.Code)
	s.Do("PUT", "/api/tariffs/categories/aseicars-prof/tiers/order", ids("T6", "T5", "T4", "T3", "T2", "T1"), editor).Expect(http.StatusUnprocessableEntity)
	s.Do("PUT", "/api/tariffs/categories/nada/tiers/order", ids(), editor).Expect(http.StatusNotFound)
}

func TestDeleteTier(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	tiers := tiersOf(s, "motos-part")
	p := s.Do("DELETE", "/api/tariffs/tiers/"+tiers["T4"].ID, nil, editor).Expect(http.StatusConflict).Problem()
	require.Equal(t, "tier_in_use", p.Code)
	require.Contains(t, p.Detail, "tier T", "it is included by others")

	create := func(code string) string {
		var got tierAnswer
		s.Do("POST", "/api/tariffs/tiers", `{"category_id":"motos-part","code":"`+code+`","name":"Promo","price":"0.50"}`, editor).Expect(http.StatusCreated).JSON(&got)
		s.Do("PUT", "/api/tariffs/tiers/"+got.ID+"/inclusions", `{"elements":["ESCAPE"],"includes":[{"tier":"T6","max":1}]}`, editor).Expect(http.StatusOK)
		return "/api/tariffs/tiers/" + got.ID
	}
	t.Run("named by a trigger", func(t *testing.T) {
		path := create("P1")
		var w struct{ ID string }
		s.Do("POST", "/api/tariffs/warnings", `{"code":"p1","severity":"info","message":"Hola","scope":"category","category_id":"motos-part","triggers":[{"tier_code":"P1"}]}`, editor).
			Expect(http.StatusCreated).JSON(&w)
		p := s.Do("DELETE", path, nil, editor).Expect(http.StatusConflict).Problem()
		require.Contains(t, p.Detail, "warning p1")
		// A warning on the tier itself goes with it, whatever triggers it.
		s.Do("PATCH", "/api/tariffs/warnings/"+w.ID, `{"scope":"tier","tier_code":"P1"}`, editor).Expect(http.StatusOK)
		s.Do("DELETE", path, nil, editor).Expect(http.StatusNoContent)
		s.Do("GET", path, nil, editor).Expect(http.StatusNotFound)
		s.Do("GET", "/api/tariffs/warnings/"+w.ID, nil, editor).Expect(http.StatusNotFound)
		var changes string
		require.NoError(t, s.Pool.QueryRow(t.Context(), `SELECT changes::text FROM audit_log WHERE action = 'delete' AND entity_type = 'tier'`).Scan(&changes))
		for _, part := range []string{`"elements"`, `"ESCAPE"`, `"includes"`, `"T6"`, `"warnings"`, `"p1"`} {
			require.Contains(t, changes, part)
		}
	})
	t.Run("offered", func(t *testing.T) {
		path := create("P2")
		id := offerQuote(t, s, "motos-part", "ESCAPE")
		p := s.Do("DELETE", path, nil, editor).Expect(http.StatusConflict).Problem()
		require.Equal(t, "tier_in_use", p.Code)
		require.Contains(t, p.Detail, "deactivate")
		s.Do("PATCH", path, `{"price":"99","is_active":false}`, editor).Expect(http.StatusOK)
		require.Equal(t, 1, count(t, s, `quotes WHERE id = '`+id+`' AND result #>> '{tier,price}' = '0.50'`), "what was offered stays what it was")
	})
}

func TestTierInclusions(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	tiers := tiersOf(s, "motos-part")
	var made tierAnswer
	s.Do("POST", "/api/tariffs/tiers", `{"category_id":"motos-part","code":"P1","name":"Promo","price":"50"}`, editor).Expect(http.StatusCreated).JSON(&made)
	path := "/api/tariffs/tiers/" + made.ID + "/inclusions"
	put := func(body string, options ...apitest.Option) tierAnswer {
		t.Helper()
		var got tierAnswer
		s.Do("PUT", path, body, append(options, editor)...).Expect(http.StatusOK).JSON(&got)
		return got
	}
	two := 2
	got := put(`{"elements":["MANILLAR","escape"],"includes":[{"tier":"T6","max":2},{"tier":"T5","max":null},{"tier":"T4"}],"own_max":1}`)
	require.Equal(t, []string{"ESCAPE", "MANILLAR"}, got.Elements)
	require.ElementsMatch(t, []inclusion{{"T6", &two}, {"T5", nil}, {"T4", nil}}, got.Includes)
	require.Equal(t, 1, *got.OwnMax)
	require.Equal(t, 2, got.Version)

	t.Run("the same again changes nothing", func(t *testing.T) {
		audits := count(t, s, "audit_log")
		again := put(`{"elements":["ESCAPE","MANILLAR"],"includes":[{"tier":"T4"},{"tier":"T5"},{"tier":"T6","max":2}]}`)
		require.Equal(t, got, again, "own_max absent leaves it")
		require.Equal(t, audits, count(t, s, "audit_log"))
	})
	t.Run("refused with the places", func(t *testing.T) {
		for body, want := range map[string][]string{
			`{"elements":["ESCAPE","NADA"],"includes":[]}`:                             {"unknown_element", "/elements/1"},
			`{"elements":["SUSPENSION"],"includes":[]}`:                                {"generic_element", "/elements/0"},
			`{"elements":["ESCAPE","ESCAPE"],"includes":[]}`:                           {"duplicate_inclusion", "/elements/1"},
			`{"elements":["TOLDO_SIMPLE"],"includes":[]}`:                              {"unknown_element", "/elements/0"},
			`{"elements":["a\u0000b"],"includes":[]}`:                                  {"unknown_element", "/elements/0"},
			`{"elements":[],"includes":[{"tier":"T99"}]}`:                              {"unknown_tier", "/includes/0/tier"},
			`{"elements":[],"includes":[{"tier":"P1"}]}`:                               {"self_inclusion", "/includes/0/tier"},
			`{"elements":[],"includes":[{"tier":"T6","max":1},{"tier":"T6","max":2}]}`: {"duplicate_inclusion", "/includes/1/tier"},
			`{"elements":[],"includes":[{"tier":"T6","max":0}]}`:                       {"invalid_request", "/includes/0/max"},
			`{"elements":[],"includes":[],"own_max":-1}`:                               {"invalid_request", "/own_max"},
			`{"elements":[]}`: {"invalid_request", "/includes"},
			`{"elements":["` + strings.Repeat("A", 51) + `"],"includes":[]}`:                 {"invalid_request", "/elements/0"},
			`{"elements":null,"includes":[]}`:                                                {"invalid_request", "/elements"},
			`{"elements":[],"includes":[{"tier":"T6","min":1}]}`:                             {"invalid_request", "/includes/0"},
			`{"elements":["SUSPENSION","NADA"],"includes":[{"tier":"P1"},{"tier":"T99"}]}`:   {"unknown_element", "/elements/1"},
			`{"elements":["ESCAPE","ESCAPE","MANILLAR","NADA"],"includes":[{"tier":"T99"}]}`: {"unknown_element", "/elements/3"},
		} {
			p := s.Do("PUT", path, body, editor).Expect(http.StatusUnprocessableEntity).Problem()
			require.Equal(t, want, []string{p.Code, p.Errors[0].Pointer}, body)
		}
		require.Equal(t, got, tiersOf(s, "motos-part")["P1"], "nothing was written")
	})
	t.Run("circles", func(t *testing.T) {
		p := s.Do("PUT", "/api/tariffs/tiers/"+tiers["T6"].ID+"/inclusions", `{"elements":["ESCAPE"],"includes":[{"tier":"P1"}]}`, editor).
			Expect(http.StatusUnprocessableEntity).Problem()
		require.Equal(t, "inclusion_cycle", p.Code)
		require.Contains(t, p.Errors[0].Detail, "T6 → P1 → T6")
	})
	t.Run("inactive elements may stay but not come", func(t *testing.T) {
		exec := func(sql string) {
			_, err := s.Pool.Exec(t.Context(), sql)
			require.NoError(t, err)
		}
		exec(`UPDATE elements SET is_active = false, inactive_reason = 'No' WHERE code IN ('ESCAPE', 'ESPEJOS')`)
		put(`{"elements":["ESCAPE"],"includes":[]}`)
		p := s.Do("PUT", path, `{"elements":["ESCAPE","ESPEJOS"],"includes":[]}`, editor).Expect(http.StatusUnprocessableEntity).Problem()
		require.Equal(t, []string{"element_inactive", "/elements/1"}, []string{p.Code, p.Errors[0].Pointer})
		exec(`UPDATE elements SET deleted_at = now() WHERE code = 'ESCAPE'`)
		p = s.Do("PUT", path, `{"elements":["ESCAPE"],"includes":[]}`, editor).Expect(http.StatusUnprocessableEntity).Problem()
		require.Equal(t, "unknown_element", p.Code)
	})
	t.Run("empty", func(t *testing.T) {
		got := put(`{"elements":[],"includes":[],"own_max":null}`)
		require.Empty(t, got.Elements)
		require.Empty(t, got.Includes)
		require.Nil(t, got.OwnMax)
	})
	t.Run("an older version", func(t *testing.T) {
		var both struct{ Current, Submitted map[string]any }
		s.Do("PUT", path, `{"elements":["MANILLAR"],"includes":[]}`, editor, tag(`"1"`)).Expect(http.StatusPreconditionFailed).JSON(&both)
		require.Equal(t, "P1", both.Current["code"])
		require.Equal(t, []any{"MANILLAR"}, both.Submitted["elements"])
	})
	s.Do("PUT", "/api/tariffs/tiers/"+uuid.NewString()+"/inclusions", `{"elements":[],"includes":[]}`, editor).Expect(http.StatusNotFound)
}

// TestCoverageIsWhatTheSolverCovers asks for a quote of every element by itself
// and by one tier only, and compares with that tier's coverage.
func TestCoverageIsWhatTheSolverCovers(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor, viewer := editorOf(s), apitest.Bearer(s.Token(caller.RoleViewer))
	var made tierAnswer
	s.Do("POST", "/api/tariffs/tiers", `{"category_id":"motos-part","code":"P1","name":"Promo","price":"50"}`, editor).Expect(http.StatusCreated).JSON(&made)
	s.Do("PUT", "/api/tariffs/tiers/"+made.ID+"/inclusions", `{"elements":["ESCAPE"],"includes":[{"tier":"T6","max":2},{"tier":"T3"}],"own_max":0}`, editor).Expect(http.StatusOK)
	for code, tier := range tiersOf(s, "motos-part") {
		s.Do("PATCH", "/api/tariffs/tiers/"+tier.ID, map[string]any{"is_active": code == "P1"}, editor).Expect(http.StatusOK)
	}
	var coverage struct {
		TierID   string `json:"tier_id"`
		Code     string
		Elements []struct {
			Code     string
			IsActive bool `json:"is_active"`
			Through  []inclusion
		}
	}
	s.Do("GET", "/api/tariffs/tiers/"+made.ID+"/coverage", nil, viewer).Expect(http.StatusOK).JSON(&coverage)
	covered := map[string][]inclusion{}
	for _, e := range coverage.Elements {
		covered[e.Code] = e.Through
	}
	require.NotEmpty(t, covered)
	var elements []struct {
		Code      string
		IsActive  bool `json:"is_active"`
		IsGeneric bool `json:"is_generic"`
	}
	s.Do("GET", "/api/elements?category=motos-part", nil).JSON(&elements)
	for _, e := range elements {
		if e.IsGeneric {
			require.NotContains(t, covered, e.Code)
			continue
		}
		status := s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", e.Code)).Status
		require.Equal(t, status == http.StatusOK, len(covered[e.Code]) > 0, e.Code)
		for _, list := range covered[e.Code] {
			require.NotEqual(t, "P1", list.Tier, "a list without places covers nothing")
			if list.Tier == "T6" {
				require.Equal(t, 2, *list.Max)
			}
		}
	}
	s.Do("GET", "/api/tariffs/tiers/"+uuid.NewString()+"/coverage", nil, viewer).Expect(http.StatusNotFound)
}

func TestTierPrices(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor, viewer := editorOf(s), apitest.Bearer(s.Token(caller.RoleViewer))
	start := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	id := tiersOf(s, "motos-part")["T6"].ID
	for i, body := range []string{`{"price":"150"}`, `{"name":"Otro nombre"}`, `{"price":"150.00"}`, `{"price":"145.50"}`, `{"price":"140"}`} {
		s.Clock.Set(start.Add(time.Duration(i) * time.Minute))
		s.Do("PATCH", "/api/tariffs/tiers/"+id, body, editor).Expect(http.StatusOK)
	}
	type price struct {
		Price     string
		ValidFrom time.Time  `json:"valid_from"`
		ValidTo   *time.Time `json:"valid_to"`
		ChangedBy string     `json:"changed_by"`
	}
	var page struct {
		Items      []price
		NextCursor *string `json:"next_cursor"`
	}
	path := "/api/tariffs/tiers/" + id + "/prices"
	s.Do("GET", path, nil, viewer).Expect(http.StatusOK).JSON(&page)
	require.Nil(t, page.NextCursor)
	require.Len(t, page.Items, 4)
	shipped := page.Items[3]
	at := func(i int) *time.Time { v := start.Add(time.Duration(i) * time.Minute); return &v }
	require.Equal(t, []price{
		{"140.00", *at(4), nil, "test-editor"},
		{"145.50", *at(3), at(4), "test-editor"},
		{"150.00", *at(0), at(3), "test-editor"},
		{"140.00", shipped.ValidFrom, at(0), "system"},
	}, page.Items)

	var paged []price
	for next := ""; ; {
		s.Do("GET", path+"?limit=1"+next, nil, viewer).Expect(http.StatusOK).JSON(&page)
		require.Len(t, page.Items, 1)
		paged = append(paged, page.Items...)
		if page.NextCursor == nil {
			break
		}
		next = "&cursor=" + *page.NextCursor
	}
	require.Len(t, paged, 4)
	require.Equal(t, shipped, paged[3])
	// An old price is given again: that is one more change.
	s.Clock.Set(*at(9))
	restore := func(from time.Time, status int, options ...apitest.Option) apitest.Response {
		return s.Do("POST", path+"/restore", map[string]any{"valid_from": from}, append(options, editor)...).Expect(status)
	}
	var restored tierAnswer
	tag := restore(*at(3), http.StatusOK).JSON(&restored).Header.Get("ETag")
	require.Equal(t, "145.50", restored.Price)
	require.Equal(t, tag, restore(*at(3), http.StatusOK, apitest.Header("If-Match", tag)).Header.Get("ETag"), "the price it has changes nothing")
	s.Do("GET", path+"?limit=1", nil, viewer).Expect(http.StatusOK).JSON(&page)
	require.Equal(t, []price{{"145.50", *at(9), nil, "test-editor"}}, page.Items)
	restore(shipped.ValidFrom, http.StatusPreconditionFailed, apitest.Header("If-Match", `"1"`))
	require.Equal(t, "price_not_found", restore(at(3).Add(time.Second), http.StatusNotFound).Problem().Code)
	restore(shipped.ValidFrom, http.StatusOK, apitest.Header("If-Match", tag))
	require.Equal(t, "140.00", tiersOf(s, "motos-part")["T6"].Price)
	s.Do("GET", path+"?cursor=abc", nil, viewer).Expect(http.StatusUnprocessableEntity)
	s.Do("GET", "/api/tariffs/tiers/"+uuid.NewString()+"/prices", nil, viewer).Expect(http.StatusNotFound)
}
