package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

const viewsPath = "/api/admin/views"

type savedView struct {
	ID, Page, Name, Query, Owner string
	Shared, Own                  bool
	SortOrder                    int `json:"sort_order"`
	Version                      int
}

func TestSavedViews(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	viewer, editor, admin := apitest.Bearer(s.Token(caller.RoleViewer)), apitest.Bearer(s.Token(caller.RoleEditor)), apitest.Bearer(s.Token(caller.RoleAdmin))
	create := func(body string, who apitest.Option) (v savedView) {
		s.Do("POST", viewsPath, body, who).Expect(http.StatusCreated).JSON(&v)
		return v
	}
	listed := func(query string, who apitest.Option) []string {
		var all []savedView
		s.Do("GET", viewsPath+query, nil, who).Expect(http.StatusOK).JSON(&all)
		out := []string{}
		for _, v := range all {
			out = append(out, v.Page+" "+v.Name)
		}
		return out
	}
	own := create(`{"page":"cases","name":" Por revisar ","query":"status=pending_review","sort_order":2}`, viewer)
	require.Equal(t, savedView{
		ID: own.ID, Page: "cases", Name: "Por revisar", Query: "status=pending_review", Owner: "test-viewer", Own: true, SortOrder: 2, Version: 1,
	}, own)
	create(`{"page":"cases","name":"Antes","query":"","sort_order":1}`, viewer)
	create(`{"page":"escalations","name":"Por revisar","query":"status=open"}`, viewer)
	shared := create(`{"page":"cases","name":"Del taller","query":"q=taller","shared":true}`, editor)
	create(`{"page":"cases","name":"Secreta","query":""}`, editor)
	require.Equal(t, []string{"cases Antes", "cases Por revisar", "cases Del taller", "escalations Por revisar"}, listed("", viewer))
	require.Equal(t, []string{"cases Del taller", "cases Secreta"}, listed("?page=cases", editor))
	require.Equal(t, []string{"cases Del taller"}, listed("", admin))

	for name, c := range map[string]struct {
		method, path, body string
		who                apitest.Option
		status             int
		code               string
	}{
		"a viewer shares nothing":       {"POST", viewsPath, `{"page":"cases","name":"x","query":"","shared":true}`, viewer, 403, "forbidden"},
		"nor later":                     {"PATCH", viewsPath + "/" + own.ID, `{"shared":true}`, viewer, 403, "forbidden"},
		"a name twice":                  {"POST", viewsPath, `{"page":"cases","name":"ANTES","query":""}`, viewer, 409, "view_name_taken"},
		"renamed to one there is":       {"PATCH", viewsPath + "/" + own.ID, `{"name":"antes"}`, viewer, 409, "view_name_taken"},
		"another's shared one":          {"PATCH", viewsPath + "/" + shared.ID, `{"name":"x"}`, viewer, 403, "not_your_view"},
		"another's shared one, deleted": {"DELETE", viewsPath + "/" + shared.ID, "", viewer, 403, "not_your_view"},
		"another's own one":             {"PATCH", viewsPath + "/" + own.ID, `{"name":"x"}`, editor, 404, "view_not_found"},
		"another's own one, deleted":    {"DELETE", viewsPath + "/" + own.ID, "", admin, 404, "view_not_found"},
		"nothing":                       {"DELETE", viewsPath + "/" + uuid.NewString(), "", admin, 404, "view_not_found"},
		"no such page":                  {"POST", viewsPath, `{"page":"x","name":"x","query":""}`, viewer, 422, "invalid_request"},
		"a query that is too long":      {"POST", viewsPath, `{"page":"cases","name":"x","query":"` + strings.Repeat("x", 2001) + `"}`, viewer, 422, "invalid_request"},
		"a blank name":                  {"POST", viewsPath, `{"page":"cases","name":"  ","query":""}`, viewer, 422, "invalid_request"},
		"a NUL":                         {"PATCH", viewsPath + "/" + own.ID, `{"query":"a\u0000"}`, viewer, 422, "invalid_text"},
	} {
		var body any
		if c.body != "" {
			body = c.body
		}
		require.Equal(t, c.code, s.Do(c.method, c.path, body, c.who).Expect(c.status).Problem().Code, name)
	}

	patch := func(body string, status int, options ...apitest.Option) (v savedView) {
		s.Do("PATCH", viewsPath+"/"+own.ID, body, append(options, viewer)...).Expect(status).JSON(&v)
		return v
	}
	require.Equal(t, own, patch(`{}`, 200), "nothing present changes nothing")
	v := patch(`{"name":"Revisión","query":"status=x","sort_order":0}`, 200, apitest.Header("If-Match", `"1"`))
	require.Equal(t, []any{"Revisión", "status=x", 0, 2}, []any{v.Name, v.Query, v.SortOrder, v.Version})
	patch(`{"name":"x"}`, 412, apitest.Header("If-Match", `"1"`))
	s.Do("DELETE", viewsPath+"/"+own.ID, nil, viewer, apitest.Header("If-Match", `"1"`)).Expect(412)
	s.Do("DELETE", viewsPath+"/"+own.ID, nil, viewer).Expect(204)
	s.Do("DELETE", viewsPath+"/"+shared.ID, nil, admin).Expect(204)
	require.Equal(t, []string{"cases Antes"}, listed("?page=cases", viewer))

	var audit auditPage
	s.Do("GET", "/api/admin/audit?entity_type=saved_view", nil, admin).Expect(200).JSON(&audit)
	require.Len(t, audit.Items, 8)

	for n := range 98 {
		create(fmt.Sprintf(`{"page":"images","name":"%d","query":""}`, n), viewer)
	}
	require.Equal(t, "too_many_views", s.Do("POST", viewsPath, `{"page":"cases","name":"x","query":""}`, viewer).Expect(409).Problem().Code)
}
