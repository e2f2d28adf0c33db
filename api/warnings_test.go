package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

type warningAnswer struct {
	ID, Scope, Code, Severity, Message string
	CategoryID                         *string `json:"category_id"`
	TierCode                           *string `json:"tier_code"`
	ElementCode                        *string `json:"element_code"`
	Triggers                           []map[string]any
	IsActive                           bool `json:"is_active"`
	SortOrder                          int  `json:"sort_order"`
	Version                            int
}

// TestEveryScopeAndTrigger has a warning of each scope with each kind of
// trigger, and quotes in which it is to be shown and in which it is not.
func TestEveryScopeAndTrigger(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	quote := func(slug, text string, elements ...string) []string {
		b := map[string]any{"category": slug, "text": text}
		var list []map[string]any
		for _, e := range elements {
			code := strings.TrimRight(e, "*") // a star is one more
			list = append(list, map[string]any{"code": code, "quantity": 1 + len(e) - len(code)})
		}
		b["elements"] = list
		var q quoteAnswer
		s.Do("POST", "/api/tariffs/quote", b).Expect(http.StatusOK).JSON(&q)
		var codes []string
		for _, w := range q.Warnings {
			codes = append(codes, w.Code)
		}
		return codes
	}
	// ESCAPE alone is priced by T6, ESCAPE and MANILLAR by T5 (the first test of quotes).
	scopes := map[string]string{
		"global":   `"scope":"global"`,
		"category": `"scope":"category","category_id":"motos-part"`,
		"tier":     `"scope":"tier","category_id":"motos-part","tier_code":"T5"`,
		"element":  `"scope":"element","category_id":"motos-part","element_code":"MANILLAR"`,
	}
	triggers := map[string]string{
		"always":   ``,
		"element":  `{"element_code":"espejos"}`,
		"tier":     `{"tier_code":"T5"}`,
		"keyword":  `{"keyword":"sin placa"}`,
		"quantity": `{"min_quantity":3}`,
		"any":      `{"keyword":"sin placa"},{"min_quantity":3}`,
	}
	for scope, where := range scopes {
		for kind, list := range triggers {
			code := scope + "_" + kind
			s.Do("POST", "/api/tariffs/warnings", fmt.Sprintf(`{"code":%q,"severity":"info","message":"Hola",%s,"triggers":[%s]}`, code, where, list), editor).
				Expect(http.StatusCreated)
		}
	}
	for name, c := range map[string]struct {
		slug, text string
		elements   []string
		scopes     string // those that are part of the quote
		kinds      string // those that hold, for every scope but element
		ofElement  string // those that hold for scope element, when they differ
	}{
		"nothing holds":            {"motos-part", "", []string{"ESCAPE"}, "global category", "always", ""},
		"tier and its scope":       {"motos-part", "", []string{"ESCAPE", "MANILLAR"}, "global category tier element", "always tier", ""},
		"keyword":                  {"motos-part", "va SIN PLACAS", []string{"ESCAPE"}, "global category", "always keyword any", ""},
		"not the keyword":          {"motos-part", "sinplaca", []string{"ESCAPE"}, "global category", "always", ""},
		"element":                  {"motos-part", "", []string{"ESPEJOS"}, "global category", "always element", ""},
		"quantity of the set":      {"motos-part", "", []string{"ESCAPE**"}, "global category", "always quantity any", ""},
		"quantity of another":      {"motos-part", "", []string{"MANILLAR", "ESCAPE****"}, "global category tier element", "always tier quantity any", "always tier"},
		"quantity of its own":      {"motos-part", "", []string{"MANILLAR**"}, "global category element", "always quantity any", ""},
		"another category":         {"aseicars-prof", "sin placa", []string{"TOLDO_SIMPLE"}, "global", "always keyword any", ""},
		"another category's codes": {"aseicars-prof", "", []string{"TOLDO_SIMPLE", "ANTENA_PAR"}, "global", "always tier", ""},
	} {
		shown := quote(c.slug, c.text, c.elements...)
		for scope := range scopes {
			kinds := c.kinds
			if scope == "element" && c.ofElement != "" {
				kinds = c.ofElement
			}
			for kind := range triggers {
				want := slices.Contains(strings.Fields(c.scopes), scope) && slices.Contains(strings.Fields(kinds), kind)
				require.Equal(t, want, slices.Contains(shown, scope+"_"+kind), "%s: %s_%s in %v", name, scope, kind, shown)
			}
		}
	}
}

func TestWarningLifecycle(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor, viewer := editorOf(s), apitest.Bearer(s.Token(caller.RoleViewer))
	var w warningAnswer
	r := s.Do("POST", "/api/tariffs/warnings", `{"code":"ruido","severity":"warning","message":"Placa","scope":"element","category_id":"motos-part","element_code":"escape","triggers":[{"keyword":"sin placa"},{"min_quantity":2}]}`, editor).
		Expect(http.StatusCreated).JSON(&w)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, []any{"element", "ESCAPE", true, 1}, []any{w.Scope, *w.ElementCode, w.IsActive, w.Version})
	require.ElementsMatch(t, []map[string]any{{"keyword": "sin placa"}, {"min_quantity": 2.0}}, w.Triggers)
	path := "/api/tariffs/warnings/" + w.ID
	patch := func(body string) warningAnswer {
		t.Helper()
		var got warningAnswer
		s.Do("PATCH", path, body, editor).Expect(http.StatusOK).JSON(&got)
		return got
	}
	refused := func(body string) apitest.Problem {
		t.Helper()
		return s.Do("PATCH", path, body, editor).Expect(http.StatusUnprocessableEntity).Problem()
	}

	t.Run("triggers are replaced as a whole", func(t *testing.T) {
		before := patch(`{}`)
		require.Equal(t, before, patch(`{"triggers":[{"min_quantity":2},{"keyword":"sin placa"}]}`), "the same in another order")
		require.Equal(t, before.Triggers, patch(`{"severity":"error"}`).Triggers, "absent leaves them")
		got := patch(`{"triggers":[{"element_code":"manillar"},{"tier_code":"T5"},{"keyword":"sin placa"}]}`)
		require.ElementsMatch(t, []map[string]any{{"element_code": "MANILLAR"}, {"tier_code": "T5"}, {"keyword": "sin placa"}}, got.Triggers)
		require.Equal(t, before.Version+2, got.Version)
		require.Empty(t, patch(`{"triggers":[]}`).Triggers)
	})
	t.Run("scope", func(t *testing.T) {
		got := patch(`{"scope":"tier","tier_code":"T6"}`)
		require.Equal(t, []any{"tier", "T6", (*string)(nil)}, []any{got.Scope, *got.TierCode, got.ElementCode})
		got = patch(`{"scope":"global"}`)
		require.Equal(t, []any{"global", (*string)(nil), (*string)(nil), (*string)(nil)}, []any{got.Scope, got.CategoryID, got.TierCode, got.ElementCode})
		got = patch(`{"scope":"category","category_id":"aseicars-prof"}`)
		require.NotNil(t, got.CategoryID)
		got = patch(`{"scope":"element","category_id":"motos-part","element_code":"ESCAPE"}`)
		require.Equal(t, "ESCAPE", *got.ElementCode)
	})
	t.Run("another category takes its triggers along by code", func(t *testing.T) {
		patch(`{"scope":"category","triggers":[{"tier_code":"T1"}]}`)
		patch(`{"category_id":"aseicars-prof"}`)
		require.Equal(t, 1, count(t, s, `warning_triggers g JOIN tariff_tiers t ON t.id = g.tier_id JOIN warnings w ON w.id = g.warning_id AND w.category_id = t.category_id WHERE w.id = '`+w.ID+`'`))
		patch(`{"triggers":[{"element_code":"TOLDO_SIMPLE"}]}`)
		p := refused(`{"category_id":"motos-part"}`)
		require.Equal(t, []string{"unknown_element", "/triggers/0/element_code"}, []string{p.Code, p.Errors[0].Pointer})
		patch(`{"category_id":"motos-part","triggers":[]}`)
	})
	t.Run("refused with the places", func(t *testing.T) {
		for body, want := range map[string][]string{
			`{"scope":"element"}`:                                                  {"invalid_scope", "/element_code"},
			`{"scope":"tier"}`:                                                     {"invalid_scope", "/tier_code"},
			`{"scope":"global","category_id":"motos-part"}`:                        {"invalid_scope", "/category_id"},
			`{"scope":"tier","tier_code":"T5","element_code":"ESCAPE"}`:            {"invalid_scope", "/element_code"},
			`{"category_id":null}`:                                                 {"invalid_scope", "/category_id"},
			`{"tier_code":"T5"}`:                                                   {"invalid_scope", "/tier_code"},
			`{"scope":"tier","tier_code":"T99"}`:                                   {"unknown_tier", "/tier_code"},
			`{"scope":"element","element_code":"NADA"}`:                            {"unknown_element", "/element_code"},
			`{"triggers":[{"element_code":"TOLDO_SIMPLE"}]}`:                       {"unknown_element", "/triggers/0/element_code"},
			`{"triggers":[{"keyword":"x1"},{"tier_code":"T99"}]}`:                  {"unknown_tier", "/triggers/1/tier_code"},
			`{"triggers":[{"keyword":"--"}]}`:                                      {"useless_keyword", "/triggers/0/keyword"},
			`{"triggers":[{"keyword":"𝐚"}]}`:                                       {"invalid_request", "/triggers/0/keyword"},
			`{"triggers":[{"keyword":"gas"},{"keyword":"gas"}]}`:                   {"duplicate_trigger", "/triggers/1"},
			`{"triggers":[{"element_code":"ESCAPE"},{"element_code":" escape "}]}`: {"duplicate_trigger", "/triggers/1"},
			`{"triggers":[{"keyword":"a\u0000b"}]}`:                                {"invalid_text", ""},
			`{"triggers":[{"element_code":"a\u0000b"}]}`:                           {"invalid_text", ""},
			`{"message":"a\u0000b"}`:                                               {"invalid_text", ""},
			`{"triggers":[{}]}`:                                                    {"invalid_request", "/triggers/0"},
			`{"triggers":[{"keyword":"gas","min_quantity":2}]}`:                    {"invalid_request", "/triggers/0"},
			`{"triggers":[{"min_quantity":0}]}`:                                    {"invalid_request", "/triggers/0/min_quantity"},
			`{"triggers":null}`:                                                    {"invalid_request", "/triggers"},
			`{"triggers":[{"keyword":" x"}]}`:                                      {"invalid_request", "/triggers/0/keyword"},
			`{"severity":"bad"}`:                                                   {"invalid_request", "/severity"},
		} {
			p := refused(body)
			pointer := ""
			if len(p.Errors) > 0 {
				pointer = p.Errors[0].Pointer
			}
			require.Equal(t, want, []string{p.Code, pointer}, body)
		}
		s.Do("PATCH", path, `{"category_id":"nada"}`, editor).Expect(http.StatusNotFound)
		s.Do("PATCH", path, `{"category_id":"NADA"}`, editor).Expect(http.StatusBadRequest)
		s.Do("POST", "/api/tariffs/warnings", `{"code":"x","severity":"info","message":"X","scope":"category"}`, editor).Expect(http.StatusUnprocessableEntity)
	})
	t.Run("code", func(t *testing.T) {
		body := `{"code":"ruido","severity":"info","message":"X","scope":%q,"category_id":%s}`
		s.Do("POST", "/api/tariffs/warnings", fmt.Sprintf(body, "category", `"motos-part"`), editor).Expect(http.StatusConflict)
		s.Do("POST", "/api/tariffs/warnings", fmt.Sprintf(body, "category", `"aseicars-prof"`), editor).Expect(http.StatusCreated)
		s.Do("POST", "/api/tariffs/warnings", fmt.Sprintf(body, "global", `null`), editor).Expect(http.StatusCreated)
		s.Do("POST", "/api/tariffs/warnings", fmt.Sprintf(body, "global", `null`), editor).Expect(http.StatusConflict)
	})
	t.Run("lists and order", func(t *testing.T) {
		s.Do("PATCH", path, `{"is_active":false}`, editor).Expect(http.StatusOK)
		var all, motos, global []warningAnswer
		s.Do("GET", "/api/tariffs/warnings", nil, viewer).Expect(http.StatusOK).JSON(&all)
		require.Len(t, all, count(t, s, "warnings"), "inactive ones too")
		s.Do("GET", "/api/tariffs/warnings?category=motos-part&include_global=false", nil, viewer).JSON(&motos)
		require.Len(t, motos, count(t, s, "warnings WHERE category_id = '"+*motos[0].CategoryID+"'"))
		ids := []string{}
		for _, x := range motos {
			ids = append([]string{x.ID}, ids...)
		}
		s.Do("PUT", "/api/tariffs/warnings/order?category=motos-part", map[string]any{"ids": ids}, editor).Expect(http.StatusOK).JSON(&motos)
		require.Equal(t, ids[0], motos[0].ID)
		raw, err := json.Marshal(motos[0])
		require.NoError(t, err)
		require.NotEmpty(t, raw)
		for _, x := range all {
			if x.CategoryID == nil {
				global = append(global, x)
			}
		}
		require.Len(t, global, 1)
		s.Do("PUT", "/api/tariffs/warnings/order", map[string]any{"ids": []string{global[0].ID}}, editor).Expect(http.StatusOK)
		s.Do("PUT", "/api/tariffs/warnings/order", map[string]any{"ids": ids}, editor).Expect(http.StatusUnprocessableEntity)
	})
	t.Run("audited", func(t *testing.T) {
		require.Equal(t, 1, count(t, s, `audit_log WHERE entity_id = '`+w.ID+`' AND changes #> '{triggers,1}' @> '[{"tier_code":"T5"}]' AND action = 'update'`+
			` AND changes #> '{triggers,0}' @> '[{"min_quantity":2}]'`))
	})
	t.Run("delete", func(t *testing.T) {
		s.Do("DELETE", path, nil, editor, tag(`"1"`)).Expect(http.StatusPreconditionFailed)
		s.Do("DELETE", path, nil, editor).Expect(http.StatusNoContent)
		s.Do("GET", path, nil, viewer).Expect(http.StatusNotFound)
		s.Do("DELETE", "/api/tariffs/warnings/"+uuid.NewString(), nil, editor).Expect(http.StatusNotFound)
	})
}
