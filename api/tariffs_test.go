package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
)

type quoteAnswer struct {
	Tier              struct{ Code, Price string }
	Lines             []struct{ Code, CoveredBy string }
	Services          []struct{ Code, Price string }
	Subtotal          string
	IVAPercent        string `json:"iva_percent"`
	IVA               string
	Total             string
	Currency          string
	RejectedTiers     []struct{ Code, Price, Reason string } `json:"rejected_tiers"`
	Warnings          []struct{ Code, Severity, Message string }
	Documentation     []struct{ Scope, Description string }
	SuggestedServices []struct{ Code string } `json:"suggested_services"`
}

func quoteBody(category string, codes ...string) map[string]any {
	elements := make([]map[string]any, len(codes))
	for i, c := range codes {
		elements[i] = map[string]any{"code": c}
	}
	return map[string]any{"category": category, "elements": elements}
}

// TestQuotePublishedPrices has the worked examples of the two price sheets.
func TestQuotePublishedPrices(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	for _, c := range []struct {
		category string
		codes    []string
		subtotal string
	}{
		{"motos-part", []string{"ESCAPE"}, "140.00"},
		{"motos-part", []string{"ESCAPE", "MANILLAR"}, "175.00"},
		{"motos-part", []string{"ESCAPE", "MANILLAR", "ESPEJOS"}, "220.00"},
		{"motos-part", []string{"SUSPENSION_TRAS", "ESCAPE", "MANILLAR", "ESPEJOS"}, "325.00"},
		{"motos-part", []string{"SUSPENSION_DEL", "SUSPENSION_TRAS", "FRENADO_LATIGUILLOS"}, "410.00"},
		{"motos-part", []string{"FRENADO_DISCOS"}, "410.00"},
		{"aseicars-prof", []string{"TOLDO_SIMPLE"}, "59.00"},
		{"aseicars-prof", []string{"TOLDO_SIMPLE", "ANTENA_PAR"}, "65.00"},
		{"aseicars-prof", []string{"TOLDO_SIMPLE", "ANTENA_PAR", "CLARABOYA"}, "135.00"},
		{"aseicars-prof", []string{"ESCALON_ELEC", "CLARABOYA"}, "270.00"},
		{"aseicars-prof", []string{"AUMENTO_PLAZAS"}, "385.00"},
	} {
		var q quoteAnswer
		s.Do("POST", "/api/tariffs/quote", quoteBody(c.category, c.codes...)).Expect(http.StatusOK).JSON(&q)
		require.Equal(t, c.subtotal, q.Subtotal, "%v", c.codes)
		require.Len(t, q.Lines, len(c.codes))
	}
}

func TestQuoteIsComplete(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	var q quoteAnswer
	s.Do("POST", "/api/tariffs/quote", map[string]any{
		"category": "motos-part", "services": []any{"tramitacion_urgente", map[string]any{"code": "ayuda_digital", "quantity": 2}},
		"elements": []any{map[string]any{"code": "ESCAPE", "quantity": 1}, map[string]any{"code": "MANILLAR"}},
	}).Expect(http.StatusOK).JSON(&q)
	require.Equal(t, "T5", q.Tier.Code)
	require.Equal(t, []string{"335.00", "21.00", "70.35", "405.35", "EUR"}, []string{q.Subtotal, q.IVAPercent, q.IVA, q.Total, q.Currency})
	require.Len(t, q.RejectedTiers, 1)
	require.Equal(t, "T6", q.RejectedTiers[0].Code)
	require.NotEmpty(t, q.RejectedTiers[0].Reason)
	require.NotEmpty(t, q.Documentation)
}

func TestQuoteRefusals(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	for _, c := range []struct {
		name   string
		body   any
		status int
		code   string
	}{
		{"no elements", quoteBody("motos-part"), 422, "no_elements"},
		{"unknown element", quoteBody("motos-part", "ESCAPES"), 422, "unknown_element"},
		{"twice the same", quoteBody("motos-part", "ESCAPE", "escape"), 422, "duplicate_element"},
		{"generic", quoteBody("motos-part", "SUSPENSION"), 422, "variant_required"},
		{"inactive", quoteBody("aseicars-prof", "AIRE_ACONDI"), 422, "element_inactive"},
		{"unknown service", map[string]any{"category": "motos-part", "elements": []any{map[string]any{"code": "ESCAPE"}}, "services": []any{"nada"}}, 422, "unknown_service"},
		{"quantity 0", `{"category":"motos-part","elements":[{"code":"ESCAPE","quantity":0}]}`, 422, "invalid_request"},
		{"quantity 100", `{"category":"motos-part","elements":[{"code":"ESCAPE","quantity":100}]}`, 422, "invalid_request"},
		{"half a quantity", `{"category":"motos-part","elements":[{"code":"ESCAPE","quantity":1.5}]}`, 422, "invalid_request"},
		{"unknown category", quoteBody("coches-part", "ESCAPE"), 404, "category_not_found"},
		{"malformed category", quoteBody("Motos_Part", "ESCAPE"), 400, "invalid_category_slug"},
	} {
		p := s.Do("POST", "/api/tariffs/quote", c.body).Expect(c.status).Problem()
		require.Equal(t, c.code, p.Code, c.name)
		switch c.code {
		case "unknown_element":
			require.Contains(t, p.Errors[0].Detail, "ESCAPE", "near codes are named")
			require.Equal(t, "/elements/0/code", p.Errors[0].Pointer)
		case "variant_required":
			require.NotEmpty(t, p.Question)
			require.Len(t, p.Options, 2)
		}
	}
}

func TestTierLifecycle(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	type tier struct {
		ID, CategoryID, Code, Name, Price string
		Conditions                        *string
		SortOrder                         int  `json:"sort_order"`
		IsActive                          bool `json:"is_active"`
		Version                           int
	}
	var created tier
	r := s.Do("POST", "/api/tariffs/tiers", `{"category_id":"motos-part","code":"T9","name":"Promoción","price":99.5}`, editor).Expect(http.StatusCreated).JSON(&created)
	require.Equal(t, tier{ID: created.ID, Code: "T9", Name: "Promoción", Price: "99.50", IsActive: true, Version: 1}, created)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	path := "/api/tariffs/tiers/" + created.ID

	t.Run("same code again", func(t *testing.T) {
		p := s.Do("POST", "/api/tariffs/tiers", `{"category_id":"motos-part","code":"T9","name":"Otra","price":"1"}`, editor).Expect(http.StatusConflict).Problem()
		require.Equal(t, "Tier code already exists", p.Detail)
	})
	t.Run("Absent, Null, Set", func(t *testing.T) {
		var got tier
		s.Do("PATCH", path, `{"conditions":"Solo en marzo"}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, "Solo en marzo", *got.Conditions)
		s.Do("PATCH", path, `{"name":"Promo"}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, "Solo en marzo", *got.Conditions, "absent leaves it")
		require.Equal(t, "Promo", got.Name)
		got = tier{}
		s.Do("PATCH", path, `{"conditions":null}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Nil(t, got.Conditions, "null clears it")
		before := got.Version
		s.Do("PATCH", path, `{}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, before, got.Version, "nothing present changes nothing")
	})
	t.Run("refused", func(t *testing.T) {
		for _, body := range []string{`{"name":null}`, `{"price":-1}`, `{"price":"1.005"}`, `{"price":1.005}`, `{"price":1e400}`, `{"price":null}`, `{"name":""}`, `{"name":" "}`, `{"code":""}`, `{"version":3}`, `{"sort_order":99999999999}`, `{"name":"a\u0000b"}`} {
			s.Do("PATCH", path, body, editor).Expect(http.StatusUnprocessableEntity)
		}
	})
	t.Run("refused in words that help", func(t *testing.T) {
		p := s.Do("PATCH", path, `{"price":1.005}`, editor).Expect(http.StatusUnprocessableEntity).Problem()
		require.Equal(t, "/price", p.Errors[0].Pointer)
		require.Contains(t, p.Errors[0].Detail, "at most two decimals")
	})
	t.Run("unknown", func(t *testing.T) {
		id := uuid.NewString()
		p := s.Do("PATCH", "/api/tariffs/tiers/"+id, `{"name":"x"}`, editor).Expect(http.StatusNotFound).Problem()
		require.Equal(t, "Tier "+id+" not found", p.Detail)
	})
	t.Run("If-Match", func(t *testing.T) {
		tag := s.Do("GET", path, nil).Expect(http.StatusOK).Header.Get("ETag")
		s.Do("PATCH", path, `{"price":"88"}`, editor, apitest.Header("If-Match", tag)).Expect(http.StatusOK)
		s.Do("PATCH", path, `{"price":"77"}`, editor, apitest.Header("If-Match", tag)).Expect(http.StatusPreconditionFailed)
		s.Do("PATCH", path, `{"price":"77"}`, editor, apitest.Header("If-Match", `"nonsense"`)).Expect(http.StatusPreconditionFailed)
	})
	t.Run("audited", func(t *testing.T) {
		var actor string
		var changes []byte
		err := s.Pool.QueryRow(t.Context(), `SELECT actor_name, changes FROM audit_log WHERE entity_id = $1 AND changes ? 'price' AND action = 'update'`, created.ID).Scan(&actor, &changes)
		require.NoError(t, err)
		require.Equal(t, "test-editor", actor)
		require.JSONEq(t, `{"price":["99.50","88.00"]}`, string(changes))
	})
	t.Run("inactive is not public", func(t *testing.T) {
		s.Do("PATCH", path, `{"is_active":false}`, editor).Expect(http.StatusOK)
		s.Do("GET", path, nil).Expect(http.StatusNotFound)
		s.Do("GET", path, nil, editor).Expect(http.StatusOK)
		var public, all []tier
		s.Do("GET", "/api/tariffs/categories/motos-part/tiers", nil).Expect(http.StatusOK).JSON(&public)
		s.Do("GET", "/api/tariffs/categories/motos-part/tiers?include_inactive=true", nil, editor).Expect(http.StatusOK).JSON(&all)
		require.Len(t, public, 6)
		require.Len(t, all, 7)
	})
}

// TestPriceChangeShowsInTheNextQuoteEverywhere changes a price on one replica.
func TestPriceChangeShowsInTheNextQuoteEverywhere(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	other := apitest.On(t, s.Pool)
	start := time.Now()
	other.Clock.Set(start)
	price := func(s *apitest.Server) string {
		var q quoteAnswer
		s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE")).Expect(http.StatusOK).JSON(&q)
		return q.Subtotal
	}
	require.Equal(t, "140.00", price(s))
	require.Equal(t, "140.00", price(other))
	var tiers []struct{ ID, Code string }
	s.Do("GET", "/api/tariffs/categories/motos-part/tiers", nil).JSON(&tiers)
	s.Do("PATCH", "/api/tariffs/tiers/"+tiers[5].ID, `{"price":"145.50"}`, apitest.Bearer(s.Token(caller.RoleEditor))).Expect(http.StatusOK)
	require.Equal(t, "145.50", price(s), "the very next quote")
	other.Clock.Set(start.Add(catalogue.MaxStaleness - time.Millisecond))
	require.Equal(t, "140.00", price(other), "not asked again yet")
	other.Clock.Set(start.Add(catalogue.MaxStaleness))
	require.Less(t, catalogue.MaxStaleness, time.Second)
	require.Equal(t, "145.50", price(other), "within a second on the other replica")
}

func TestCategoryReads(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	var categories []struct{ ID, Slug string }
	s.Do("GET", "/api/tariffs/categories", nil).Expect(http.StatusOK).JSON(&categories)
	require.Len(t, categories, 2)
	for _, ref := range []string{categories[0].ID, categories[0].Slug} {
		var c struct{ Slug string }
		s.Do("GET", "/api/tariffs/categories/"+ref, nil).Expect(http.StatusOK).JSON(&c)
		require.Equal(t, categories[0].Slug, c.Slug)
	}
	s.Do("GET", "/api/tariffs/categories/"+uuid.NewString(), nil).Expect(http.StatusNotFound)
	for _, bad := range []string{"Motos", "a--b", "-a", "a_b", "a%20b", "%00", "a%0Ab"} {
		s.Do("GET", "/api/tariffs/categories/"+bad, nil).Expect(http.StatusBadRequest)
		s.Do("GET", "/api/tariffs/categories/"+bad+"/tiers", nil).Expect(http.StatusBadRequest)
	}
	var tiers []struct {
		Code      string
		SortOrder int `json:"sort_order"`
	}
	s.Do("GET", "/api/tariffs/categories/motos-part/tiers", nil).Expect(http.StatusOK).JSON(&tiers)
	for i := range tiers[1:] {
		require.LessOrEqual(t, tiers[i].SortOrder, tiers[i+1].SortOrder)
	}
	var whole struct {
		Tiers, Elements, Services, Documentation, Warnings []json.RawMessage
	}
	s.Do("GET", "/api/tariffs/categories/motos-part/catalogue", nil).Expect(http.StatusOK).JSON(&whole)
	require.Len(t, whole.Tiers, 6)
	require.Greater(t, len(whole.Elements), 40)
	require.NotEmpty(t, whole.Services)
	require.NotEmpty(t, whole.Documentation)
	require.NotEmpty(t, whole.Warnings)
}
