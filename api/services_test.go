package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

type service struct {
	ID          string
	CategoryID  *string `json:"category_id"`
	Code, Name  string
	Description *string
	Price       string
	IsActive    bool `json:"is_active"`
	SortOrder   int  `json:"sort_order"`
	Version     int
}

func servicesOf(s *apitest.Server, query string, options ...apitest.Option) []service {
	var list []service
	s.Do("GET", "/api/tariffs/services"+query, nil, options...).Expect(http.StatusOK).JSON(&list)
	return list
}

func TestServiceLifecycle(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor, viewer := editorOf(s), apitest.Bearer(s.Token(caller.RoleViewer))
	var v service
	r := s.Do("POST", "/api/tariffs/services", `{"category_id":"motos-part","code":"recogida","name":"Recogida","price":60}`, editor).
		Expect(http.StatusCreated).JSON(&v)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, service{ID: v.ID, CategoryID: v.CategoryID, Code: "recogida", Name: "Recogida", Price: "60.00", IsActive: true, Version: 1}, v)
	path := "/api/tariffs/services/" + v.ID
	quote := func() int {
		b := quoteBody("motos-part", "ESCAPE")
		b["services"] = []string{"recogida"}
		return s.Do("POST", "/api/tariffs/quote", b).Status
	}
	require.Equal(t, http.StatusOK, quote(), "in the next quote")

	t.Run("Absent, Null, Set", func(t *testing.T) {
		var got service
		s.Do("PATCH", path, `{"description":"A domicilio"}`, editor).Expect(http.StatusOK).JSON(&got)
		s.Do("PATCH", path, `{"price":"65.5","sort_order":7}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, []any{"A domicilio", "65.50", 7}, []any{*got.Description, got.Price, got.SortOrder})
		got = service{}
		s.Do("PATCH", path, `{"description":null}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Nil(t, got.Description)
		before := got.Version
		s.Do("PATCH", path, `{}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, before, got.Version)
	})
	t.Run("refused", func(t *testing.T) {
		for _, body := range []string{
			`{"code":"Recogida"}`, `{"code":"a b"}`, `{"code":""}`, `{"code":null}`, `{"name":"\u0000"}`, `{"name":" "}`, `{"price":-1}`, `{"price":"1.001"}`,
			`{"description":"\u0000"}`, `{"category_id":"motos-part"}`, `{"is_active":null}`,
		} {
			s.Do("PATCH", path, body, editor).Expect(http.StatusUnprocessableEntity)
		}
		for body, status := range map[string]int{
			`{"category_id":"nada","code":"x","name":"X","price":1}`: 404, `{"category_id":"NADA","code":"x","name":"X","price":1}`: 400,
			`{"category_id":"motos-part","code":"recogida","name":"X","price":1}`: 409, `{"code":"recogida","name":"X","price":1}`: 409,
			`{"category_id":"` + uuid.NewString() + `","code":"x","name":"X","price":1}`: 404, `{"code":"x","name":"a\u0000","price":1}`: 422,
		} {
			s.Do("POST", "/api/tariffs/services", body, editor).Expect(status)
		}
		s.Do("GET", "/api/tariffs/services/"+uuid.NewString(), nil, viewer).Expect(http.StatusNotFound)
		s.Do("PATCH", "/api/tariffs/services/"+uuid.NewString(), `{"name":"x"}`, editor).Expect(http.StatusNotFound)
	})
	t.Run("of every category", func(t *testing.T) {
		var g service
		s.Do("POST", "/api/tariffs/services", `{"category_id":null,"code":"global","name":"Global","price":"5"}`, editor).Expect(http.StatusCreated).JSON(&g)
		require.Nil(t, g.CategoryID)
		s.Do("POST", "/api/tariffs/services", `{"category_id":"motos-part","code":"global","name":"X","price":1}`, editor).Expect(http.StatusConflict)
		s.Do("POST", "/api/tariffs/services", `{"code":"global","name":"X","price":1}`, editor).Expect(http.StatusConflict)
		s.Do("PATCH", path, `{"code":"global"}`, editor).Expect(http.StatusConflict)
		for _, slug := range []string{"motos-part", "aseicars-prof"} {
			with := servicesOf(s, "?category="+slug, viewer)
			require.Equal(t, "global", with[len(with)-1].Code, "last")
			require.Len(t, servicesOf(s, "?include_global=false&category="+slug, viewer), len(with)-1)
		}
		require.Len(t, servicesOf(s, "", viewer), count(t, s, "additional_services"))
		require.Len(t, servicesOf(s, "?include_global=false", viewer), count(t, s, "additional_services")-1)
		s.Do("PUT", "/api/tariffs/services/order", map[string]any{"ids": []string{g.ID}}, editor).Expect(http.StatusOK).JSON(&[]service{})
		s.Do("PUT", "/api/tariffs/services/order", map[string]any{"ids": []string{v.ID}}, editor).Expect(http.StatusUnprocessableEntity)
	})
	t.Run("order", func(t *testing.T) {
		list := servicesOf(s, "?include_global=false&category=motos-part", viewer)
		ids := []string{}
		for i := range list {
			ids = append(ids, list[len(list)-1-i].ID)
		}
		var sorted []service
		s.Do("PUT", "/api/tariffs/services/order?category=motos-part", map[string]any{"ids": ids}, editor).Expect(http.StatusOK).JSON(&sorted)
		require.Equal(t, sorted, servicesOf(s, "?include_global=false&category=motos-part", viewer))
		require.Equal(t, ids[0], sorted[0].ID)
		s.Do("PUT", "/api/tariffs/services/order?category=aseicars-prof", map[string]any{"ids": ids}, editor).Expect(http.StatusUnprocessableEntity)
	})
	t.Run("inactive is for staff", func(t *testing.T) {
		s.Do("PATCH", path, `{"is_active":false}`, editor).Expect(http.StatusOK)
		s.Do("GET", path, nil, viewer).Expect(http.StatusOK)
		require.Equal(t, http.StatusUnprocessableEntity, quote())
		require.Contains(t, fmt.Sprint(servicesOf(s, "", viewer)), "recogida")
	})
	t.Run("delete", func(t *testing.T) {
		exec := func(sql string) {
			_, err := s.Pool.Exec(t.Context(), sql, v.ID)
			require.NoError(t, err)
		}
		exec(`INSERT INTO element_suggested_services (element_id, service_id) SELECT id, $1 FROM elements WHERE code = 'ESCAPE' AND category_id = (SELECT id FROM vehicle_categories WHERE slug = 'motos-part')`)
		p := s.Do("DELETE", path, nil, editor).Expect(http.StatusConflict).Problem()
		require.Equal(t, "service_in_use", p.Code)
		require.Contains(t, p.Detail, "ESCAPE")
		exec(`DELETE FROM element_suggested_services WHERE service_id = $1`)
		s.Do("DELETE", path, nil, editor, tag(`"1"`)).Expect(http.StatusPreconditionFailed)
		s.Do("DELETE", path, nil, editor).Expect(http.StatusNoContent)
		s.Do("GET", path, nil, viewer).Expect(http.StatusNotFound)
		s.Do("DELETE", path, nil, editor).Expect(http.StatusNotFound)
	})
}

func TestBaseDocumentLifecycle(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor, viewer := editorOf(s), apitest.Bearer(s.Token(caller.RoleViewer))
	type document struct {
		ID                string
		CategoryID        string `json:"category_id"`
		Code, Description string
		ImageURL          *string `json:"image_url"`
		IsRequired        bool    `json:"is_required"`
		IsActive          bool    `json:"is_active"`
		SortOrder         int     `json:"sort_order"`
		Version           int
	}
	var d document
	r := s.Do("POST", "/api/tariffs/documentation", `{"category_id":"motos-part","code":"dni_reverso","description":"Reverso del DNI"}`, editor).
		Expect(http.StatusCreated).JSON(&d)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, document{ID: d.ID, CategoryID: d.CategoryID, Code: "dni_reverso", Description: "Reverso del DNI", IsRequired: true, IsActive: true, Version: 1}, d)
	path := "/api/tariffs/documentation/" + d.ID
	asked := func() string {
		return string(s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE")).Expect(http.StatusOK).Body)
	}
	require.Contains(t, asked(), "Reverso del DNI")

	var got document
	s.Do("PATCH", path, `{"image_url":"/api/images/dni.webp","is_required":false}`, editor).Expect(http.StatusOK).JSON(&got)
	require.Equal(t, []any{"/api/images/dni.webp", false}, []any{*got.ImageURL, got.IsRequired})
	s.Do("PATCH", path, `{"image_url":"https://example.com/a?b=c"}`, editor).Expect(http.StatusOK)
	s.Do("PATCH", path, `{"description":"Otra"}`, editor).Expect(http.StatusOK).JSON(&got)
	require.NotNil(t, got.ImageURL, "absent leaves it")
	got = document{}
	s.Do("PATCH", path, `{"image_url":null}`, editor).Expect(http.StatusOK).JSON(&got)
	require.Nil(t, got.ImageURL)
	before := got.Version
	s.Do("PATCH", path, `{}`, editor).Expect(http.StatusOK).JSON(&got)
	require.Equal(t, before, got.Version)
	for _, body := range []string{
		`{"image_url":"http://example.com/a"}`, `{"image_url":"javascript:alert(1)"}`, `{"image_url":"/api/images/../x"}`, `{"image_url":"/etc/passwd"}`,
		`{"image_url":""}`, `{"image_url":"https://"}`, `{"image_url":"https://a/\u0000"}`, `{"description":"\u0000"}`, `{"description":" "}`, `{"code":"X"}`, `{"category_id":"motos-part"}`,
	} {
		s.Do("PATCH", path, body, editor).Expect(http.StatusUnprocessableEntity)
	}
	s.Do("POST", "/api/tariffs/documentation", `{"category_id":"motos-part","code":"dni_reverso","description":"X"}`, editor).Expect(http.StatusConflict)
	s.Do("POST", "/api/tariffs/documentation", `{"category_id":"aseicars-prof","code":"dni_reverso","description":"X"}`, editor).Expect(http.StatusCreated)
	s.Do("POST", "/api/tariffs/documentation", `{"category_id":"nada","code":"x","description":"X"}`, editor).Expect(http.StatusNotFound)

	var list []document
	s.Do("PATCH", path, `{"is_active":false}`, editor).Expect(http.StatusOK)
	require.NotContains(t, asked(), "Otra")
	s.Do("GET", "/api/tariffs/documentation?category=motos-part", nil, viewer).Expect(http.StatusOK).JSON(&list)
	require.Equal(t, count(t, s, `base_documentation WHERE category_id = '`+d.CategoryID+`'`), len(list), "inactive ones too")
	ids := []string{d.ID}
	for _, x := range list {
		if x.ID != d.ID {
			ids = append(ids, x.ID)
		}
	}
	s.Do("PUT", "/api/tariffs/documentation/order?category=motos-part", map[string]any{"ids": ids}, editor).Expect(http.StatusOK).JSON(&list)
	require.Equal(t, d.ID, list[0].ID)
	s.Do("PUT", "/api/tariffs/documentation/order", map[string]any{"ids": ids}, editor).Expect(http.StatusUnprocessableEntity)
	s.Do("PUT", "/api/tariffs/documentation/order?category=aseicars-prof", map[string]any{"ids": ids}, editor).Expect(http.StatusUnprocessableEntity)
	s.Do("GET", "/api/tariffs/documentation", nil, viewer).Expect(http.StatusOK).JSON(&list)
	require.Len(t, list, count(t, s, "base_documentation"))
	s.Do("DELETE", path, nil, editor, tag(`"1"`)).Expect(http.StatusPreconditionFailed)
	s.Do("DELETE", path, nil, editor).Expect(http.StatusNoContent)
	s.Do("GET", path, nil, viewer).Expect(http.StatusNotFound)
}
