package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

// TestQuoteOfThePast changes everything a price depends on, one thing after the
// other, and asks again for each moment: the answer is byte for byte the one
// that was given then.
func TestQuoteOfThePast(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	start := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	s.Clock.Set(start)
	body := quoteBody("motos-part", "ESCAPE", "MANILLAR", "FILTRO")
	body["services"], body["text"] = []string{"tramitacion_urgente"}, "sin placa"
	tiers := tiersOf(s, "motos-part")
	var services []service
	s.Do("GET", "/api/tariffs/services?category=motos-part", nil, admin).JSON(&services)
	urgent := services[0].ID
	for _, v := range services {
		if v.Code == "tramitacion_urgente" {
			urgent = v.ID
		}
	}
	exec := func(sql string) func() {
		return func() {
			tx, err := s.Pool.Begin(t.Context())
			require.NoError(t, err)
			_, err = tx.Exec(t.Context(), `SELECT set_config('msia.at', $1, true)`, s.Clock.Now().Format(time.RFC3339Nano))
			require.NoError(t, err)
			_, err = tx.Exec(t.Context(), sql)
			require.NoError(t, err)
			require.NoError(t, tx.Commit(t.Context()))
		}
	}
	do := func(method, path string, body any) func() {
		return func() { require.Less(t, s.Do(method, path, body, admin).Status, 300, "%s %s", method, path) }
	}
	type answer struct {
		at   time.Time
		body string
	}
	var given []answer
	ask := func() {
		r := s.Do("POST", "/api/tariffs/quote", body)
		given = append(given, answer{s.Clock.Now(), string(r.Body)})
	}
	ask()
	for i, change := range []func(){
		do("PATCH", "/api/tariffs/tiers/"+tiers["T4"].ID, `{"price":"500"}`),
		do("PATCH", "/api/tariffs/tiers/"+tiers["T5"].ID, `{"price":"1.50","name":"Otra"}`),
		do("PATCH", "/api/tariffs/services/"+urgent, `{"price":"101","name":"Más urgente"}`),
		exec(`UPDATE elements SET surcharge = 12.34, needs_review = true, units_per_element = 1 WHERE code = 'ESCAPE'`),
		do("POST", "/api/tariffs/warnings", `{"code":"nueva","severity":"error","message":"Nueva","scope":"category","category_id":"motos-part","triggers":[{"keyword":"sin placa"}]}`),
		do("POST", "/api/tariffs/documentation", `{"category_id":"motos-part","code":"nuevo","description":"Nuevo papel"}`),
		exec(`INSERT INTO settings (key, value) VALUES ('iva_percent', '"10.00"')`),
		do("PUT", "/api/tariffs/tiers/"+tiers["T4"].ID+"/inclusions", `{"elements":["ESCAPE","MANILLAR","FILTRO"],"includes":[],"own_max":null}`),
		do("POST", "/api/tariffs/tiers", `{"category_id":"motos-part","code":"BARATA","name":"Barata","price":"1"}`),
		exec(`INSERT INTO tier_elements (category_id, tier_id, element_id) SELECT t.category_id, t.id, e.id FROM tariff_tiers t JOIN elements e USING (category_id) WHERE t.code = 'BARATA' AND e.code IN ('ESCAPE', 'MANILLAR', 'FILTRO')`),
		do("PATCH", "/api/tariffs/categories/motos-part", `{"name":"Motocicletas"}`),
		do("PATCH", "/api/tariffs/categories/motos-part", `{"slug":"motocicletas-part"}`),
		do("PATCH", "/api/tariffs/categories/motocicletas-part", `{"slug":"motos-part","is_active":false}`),
	} {
		s.Clock.Set(start.Add(time.Duration(i+1) * 10 * time.Minute))
		change()
		ask()
	}
	s.Clock.Set(start.Add(1000 * time.Hour))
	later := apitest.Bearer(s.Token(caller.RoleAdmin))
	distinct := map[string]bool{}
	for i, a := range given {
		var problem struct{ Instance string }
		require.NoError(t, json.Unmarshal([]byte(a.body), &problem))
		distinct[a.body] = true
		for _, moment := range []time.Time{a.at, a.at.Add(5 * time.Minute), a.at.Add(5 * time.Minute)} {
			body["as_of"] = moment.Format(time.RFC3339)
			r := s.Do("POST", "/api/tariffs/quote", body, later)
			if problem.Instance != "" { // the category was not there then
				r.Expect(http.StatusNotFound)
				continue
			}
			require.JSONEq(t, a.body, string(r.Expect(http.StatusOK).Body), "change %d", i)
		}
	}
	require.GreaterOrEqual(t, len(distinct), 11, "each change shows")

	t.Run("refused", func(t *testing.T) {
		s.Clock.Set(start)
		admin := apitest.Bearer(s.Token(caller.RoleAdmin))
		body["as_of"] = start.Add(time.Second).Format(time.RFC3339)
		p := s.Do("POST", "/api/tariffs/quote", body, admin).Expect(http.StatusUnprocessableEntity).Problem()
		require.Equal(t, []string{"as_of_in_future", "/as_of"}, []string{p.Code, p.Errors[0].Pointer})
		body["as_of"] = start.Format(time.RFC3339)
		s.Do("POST", "/api/tariffs/quote", body).Expect(http.StatusUnauthorized)
		s.Do("POST", "/api/tariffs/quote", body, apitest.Bearer("made-up")).Expect(http.StatusUnauthorized)
		body["as_of"] = "1999-12-31T23:59:59Z"
		s.Do("POST", "/api/tariffs/quote", body, apitest.Bearer(s.Token(caller.RoleViewer))).Expect(http.StatusNotFound)
		for _, at := range []any{"yesterday", "2026-01-31", 5, nil, ""} {
			body["as_of"] = at
			s.Do("POST", "/api/tariffs/quote", body, admin).Expect(http.StatusUnprocessableEntity)
		}
		body["as_of"] = "0000-01-01T00:00:00Z"
		s.Do("POST", "/api/tariffs/quote", body, admin).Expect(http.StatusNotFound)
	})
}

// TestJustNowIsNotKept asks for a moment that is not over yet: a change that
// belongs to it may still come.
func TestJustNowIsNotKept(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	start := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	s.Clock.Set(start)
	body := quoteBody("motos-part", "ESCAPE")
	body["as_of"] = start.Format(time.RFC3339)
	price := func() string {
		var q quoteAnswer
		s.Do("POST", "/api/tariffs/quote", body, editor).Expect(http.StatusOK).JSON(&q)
		return q.Subtotal
	}
	require.Equal(t, "140.00", price())
	s.Do("PATCH", "/api/tariffs/tiers/"+tiersOf(s, "motos-part")["T6"].ID, `{"price":"77"}`, editor).Expect(http.StatusOK)
	require.Equal(t, "77.00", price())
}
