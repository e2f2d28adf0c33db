package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
)

const rulesPath = "/api/admin/response-rules"

type responseRule struct {
	ID, Name, Pattern, Action string
	Category, Answer, Reason  *string
	IsActive                  bool `json:"is_active"`
	Version                   int
}

// members is a rule as it is sent.
type members map[string]any

func (m members) with(more members) members {
	out := members{}
	for _, from := range []members{m, more} {
		for k, v := range from {
			out[k] = v
		}
	}
	return out
}

var officeHours = members{"name": "Horario", "pattern": `\bhorarios?\b`, "action": "answer", "answer": "Abrimos de 9 a 14 h."}

func TestResponseRules(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	viewer := apitest.Bearer(s.Token(caller.RoleViewer))
	var hours, crash responseRule
	first := s.Do("POST", rulesPath, officeHours.with(members{"name": " Horario "}), editor).Expect(http.StatusCreated).JSON(&hours).Header.Get("ETag")
	require.Equal(t, responseRule{
		ID: hours.ID, Name: "Horario", Pattern: `\bhorarios?\b`, Action: "answer", Answer: ptr("Abrimos de 9 a 14 h."), IsActive: true, Version: 1,
	}, hours)
	require.Equal(t, `"1"`, first)
	s.Do("POST", rulesPath, members{
		"name": "Siniestro", "pattern": "siniestro", "action": "hand_over", "reason": "Lo lleva Marta.", "answer": nil, "category": "motos-part", "is_active": false,
	}, editor).Expect(http.StatusCreated).JSON(&crash)
	require.Equal(t, []any{"motos-part", false, (*string)(nil)}, []any{*crash.Category, crash.IsActive, crash.Answer})
	s.Do("POST", rulesPath, officeHours.with(members{"name": "HORARIO"}), editor).Expect(http.StatusConflict)

	var all []responseRule
	s.Do("GET", rulesPath, nil, viewer).Expect(http.StatusOK).JSON(&all)
	require.Equal(t, []responseRule{hours, crash}, all)
	var one responseRule
	s.Do("GET", rulesPath+"/"+hours.ID, nil, viewer).Expect(http.StatusOK).JSON(&one)
	require.Equal(t, hours, one)

	patch := func(body any, status int, options ...apitest.Option) responseRule {
		var got responseRule
		s.Do("PATCH", rulesPath+"/"+hours.ID, body, append(options, editor)...).Expect(status).JSON(&got)
		return got
	}
	require.Equal(t, hours, patch(members{}, http.StatusOK), "nothing present changes nothing")
	require.Equal(t, hours, patch(members{"name": "Horario", "category": nil}, http.StatusOK), "nor does the same")
	got := patch(members{"category": "aseicars-prof", "is_active": false}, http.StatusOK, apitest.Header("If-Match", first))
	require.Equal(t, []any{"aseicars-prof", false, 2}, []any{*got.Category, got.IsActive, got.Version})
	require.Equal(t, "aseicars-prof", *patch(members{"name": "Horas"}, http.StatusOK).Category, "absent leaves it")
	require.Nil(t, patch(members{"category": nil}, http.StatusOK).Category, "null clears it")
	got = patch(members{"action": "hand_over", "reason": "Que llame."}, http.StatusOK)
	require.Equal(t, []any{"hand_over", (*string)(nil), "Que llame.", 5}, []any{got.Action, got.Answer, *got.Reason, got.Version})
	patch(members{"name": "Siniestro"}, http.StatusConflict)
	patch(members{"answer": "x"}, http.StatusUnprocessableEntity)
	patch(members{"reason": nil}, http.StatusUnprocessableEntity)

	var refused struct{ Current, Submitted map[string]any }
	s.Do("PATCH", rulesPath+"/"+hours.ID, members{"name": "Otra"}, editor, apitest.Header("If-Match", first)).Expect(http.StatusPreconditionFailed).JSON(&refused)
	require.Equal(t, []any{"Horas", "Otra"}, []any{refused.Current["name"], refused.Submitted["name"]})
	s.Do("DELETE", rulesPath+"/"+hours.ID, nil, editor, apitest.Header("If-Match", first)).Expect(http.StatusPreconditionFailed)
	s.Do("DELETE", rulesPath+"/"+hours.ID, nil, editor).Expect(http.StatusNoContent)
	for _, method := range []string{"GET", "DELETE"} {
		require.Contains(t, s.Do(method, rulesPath+"/"+hours.ID, nil, editor).Expect(http.StatusNotFound).Problem().Detail, hours.ID)
	}
	patch(members{}, http.StatusNotFound)

	var audit auditPage
	s.Do("GET", "/api/admin/audit?entity_id="+hours.ID, nil, apitest.Bearer(s.Token(caller.RoleAdmin))).Expect(http.StatusOK).JSON(&audit)
	var actions []string
	for _, e := range audit.Items {
		actions = append(actions, e.EntityType+" "+e.Action)
	}
	require.Equal(t, "response_rule delete", actions[0])
	require.Equal(t, "response_rule create", actions[len(actions)-1])
	require.Len(t, actions, 6)
}

func ptr[T any](v T) *T { return &v }

func TestResponseRulesThatAreRefused(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	for name, c := range map[string]struct {
		change  members
		status  int
		code    string
		pointer string
		words   string
	}{
		"broken pattern":           {members{"pattern": "(hora"}, 422, "invalid_pattern", "/pattern", "missing closing )"},
		"pattern for everything":   {members{"pattern": ".*"}, 422, "invalid_pattern", "/pattern", "every message"},
		"pattern with a NUL":       {members{"pattern": "a\x00"}, 422, "invalid_pattern", "/pattern", "stored"},
		"pattern too long":         {members{"pattern": strings.Repeat("a", 501)}, 422, "invalid_request", "/pattern", ""},
		"blank pattern":            {members{"pattern": "   "}, 422, "invalid_request", "/pattern", ""},
		"blank name":               {members{"name": " \t "}, 422, "invalid_request", "/name", ""},
		"blank name, another way":  {members{"name": "\u00a0"}, 422, "invalid_rule", "/name", "from 1 to 100"},
		"name with a line break":   {members{"name": "a\nb"}, 422, "invalid_rule", "/name", "control character"},
		"name too long":            {members{"name": strings.Repeat("ñ", 101)}, 422, "invalid_request", "/name", ""},
		"no answer":                {members{"answer": nil}, 422, "invalid_rule", "/answer", "is required"},
		"blank answer":             {members{"answer": "  "}, 422, "invalid_rule", "/answer", "from 1 to 1000"},
		"answer too long":          {members{"answer": strings.Repeat("ñ", 1001)}, 422, "invalid_request", "/answer", ""},
		"answer with a NUL":        {members{"answer": "a\x00b"}, 422, "invalid_rule", "/answer", "control character"},
		"answer with a price":      {members{"answer": "Cuesta 140 € todo."}, 422, "invalid_rule", "/answer", "tariffs"},
		"price in other words":     {members{"answer": "Son EUR 1.200,50"}, 422, "invalid_rule", "/answer", "tariffs"},
		"reason beside an answer":  {members{"reason": "x"}, 422, "invalid_rule", "/reason", "makes no sense"},
		"hand over with an answer": {members{"action": "hand_over", "reason": "x"}, 422, "invalid_rule", "/answer", "makes no sense"},
		"hand over without reason": {members{"action": "hand_over", "answer": nil}, 422, "invalid_rule", "/reason", "is required"},
		"unknown action":           {members{"action": "dance"}, 422, "invalid_request", "/action", ""},
		"unknown member":           {members{"priority": 1}, 422, "invalid_request", "/priority", ""},
		"unknown category":         {members{"category": "nothing"}, 404, "category_not_found", "", ""},
		"malformed category":       {members{"category": "No Slug"}, 400, "invalid_category_slug", "", ""},
	} {
		p := s.Do("POST", rulesPath, officeHours.with(c.change), editor).Expect(c.status).Problem()
		require.Equal(t, c.code, p.Code, name)
		require.Contains(t, p.Detail, c.words, name)
		if c.pointer != "" {
			require.NotEmpty(t, p.Errors, name)
			if c.change["priority"] == nil {
				require.Equal(t, c.pointer, p.Errors[0].Pointer, name)
			}
		}
	}
	var all []responseRule
	s.Do("GET", rulesPath, nil, editor).Expect(http.StatusOK).JSON(&all)
	require.Empty(t, all)
}

func TestResponseRulesInOrder(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	var ids []string
	for i := range 4 {
		var r responseRule
		s.Do("POST", rulesPath, officeHours.with(members{"name": fmt.Sprint("Regla ", i)}), editor).Expect(http.StatusCreated).JSON(&r)
		ids = append(ids, r.ID)
	}
	order := func(status int, ids ...string) []string {
		r := s.Do("PUT", rulesPath+"/order", members{"ids": append([]string{}, ids...)}, editor).Expect(status)
		var all []responseRule
		if status == http.StatusOK {
			r.JSON(&all)
		} else {
			require.Equal(t, "invalid_order", r.Problem().Code)
		}
		var got []string
		for _, r := range all {
			require.Equal(t, 1, r.Version)
			got = append(got, r.ID)
		}
		return got
	}
	turned := []string{ids[3], ids[1], ids[0], ids[2]}
	require.Equal(t, turned, order(http.StatusOK, turned...))
	require.Equal(t, turned, order(http.StatusOK, turned...))
	order(http.StatusUnprocessableEntity)
	order(http.StatusUnprocessableEntity, turned[:3]...)
	order(http.StatusUnprocessableEntity, append(turned, turned[0])...)
	order(http.StatusUnprocessableEntity, turned[0], turned[1], turned[2], turned[2])
	order(http.StatusUnprocessableEntity, turned[0], turned[1], turned[2], uuid.NewString())
	var all []responseRule
	s.Do("GET", rulesPath, nil, editor).Expect(http.StatusOK).JSON(&all)
	require.Equal(t, []string{"Regla 3", "Regla 1", "Regla 0", "Regla 2"}, []string{all[0].Name, all[1].Name, all[2].Name, all[3].Name})
	s.Do("POST", rulesPath, officeHours.with(members{"name": "La última"}), editor).Expect(http.StatusCreated)
	s.Do("GET", rulesPath, nil, editor).Expect(http.StatusOK).JSON(&all)
	require.Equal(t, "La última", all[4].Name)
}

// TestManyEditorsOfRules has them create the same name and change one rule.
func TestManyEditorsOfRules(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	var mu sync.Mutex
	count := map[int]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			status := s.Do("POST", rulesPath, officeHours, editor).Status
			mu.Lock()
			defer mu.Unlock()
			count[status]++
		})
	}
	wg.Wait()
	require.Equal(t, map[int]int{201: 1, 409: 7}, count)
	var all []responseRule
	s.Do("GET", rulesPath, nil, editor).Expect(http.StatusOK).JSON(&all)
	clear(count)
	for i := range 8 {
		wg.Go(func() {
			status := s.Do("PATCH", rulesPath+"/"+all[0].ID, members{"name": fmt.Sprint("Nombre ", i)}, editor, apitest.Header("If-Match", `"1"`)).Status
			mu.Lock()
			defer mu.Unlock()
			count[status]++
		})
	}
	wg.Wait()
	require.Equal(t, map[int]int{200: 1, 412: 7}, count)
}

type ruleTrial struct {
	Matches []struct {
		ID           *string
		Name, Action string
		Spans        [][2]int
	}
	Replies  []string
	HandOver bool `json:"hand_over"`
}

func TestRuleTrials(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	other := apitest.On(t, s.Pool)
	editor, viewer := apitest.Bearer(s.Token(caller.RoleEditor)), apitest.Bearer(s.Token(caller.RoleViewer))
	try := func(body members) ruleTrial {
		var got ruleTrial
		s.Do("POST", rulesPath+"/test", body, viewer).Expect(http.StatusOK).JSON(&got)
		return got
	}
	none := try(members{"text": "¿Qué HORARIO tenéis?"})
	require.Empty(t, none.Matches)
	require.NotContains(t, none.Replies[0], "Abrimos")

	draft := try(members{"text": "¿Qué HORARIO tenéis?", "rule": officeHours})
	require.Equal(t, []string{"Abrimos de 9 a 14 h."}, draft.Replies)
	require.Nil(t, draft.Matches[0].ID)
	require.Equal(t, [][2]int{{5, 12}}, draft.Matches[0].Spans)
	p := s.Do("POST", rulesPath+"/test", members{"text": "x", "rule": officeHours.with(members{"pattern": "("})}, viewer).Expect(http.StatusUnprocessableEntity).Problem()
	require.Equal(t, []string{"invalid_pattern", "/rule/pattern"}, []string{p.Code, p.Errors[0].Pointer})

	var saved responseRule
	s.Do("POST", rulesPath, officeHours, editor).Expect(http.StatusCreated).JSON(&saved)
	both := try(members{"text": "horario", "rule": officeHours.with(members{"answer": "Otra cosa."})})
	require.Equal(t, []string{"Otra cosa."}, both.Replies, "the draft is tried first")
	require.Len(t, both.Matches, 2)
	require.Equal(t, saved.ID, *both.Matches[1].ID)

	s.Do("POST", rulesPath, members{"name": "Siniestro", "pattern": "siniestro", "action": "hand_over", "reason": "x", "category": "motos-part"}, editor).Expect(http.StatusCreated)
	require.False(t, try(members{"text": "Un siniestro"}).HandOver, "on no sheet yet")
	require.True(t, try(members{"text": "Un siniestro", "category": "motos-part"}).HandOver)
	require.False(t, try(members{"text": "Un siniestro", "category": "aseicars-prof"}).HandOver)
	require.True(t, try(members{"text": "Un siniestro de mi moto"}).HandOver, "the text tells the sheet")
	priced := try(members{"text": "¿Horario? Y quiero homologar el escape", "category": "motos-part"})
	require.Contains(t, priced.Replies[0], "Abrimos de 9 a 14 h.\n\nPresupuesto")
	require.Contains(t, priced.Replies[0], "140,00 €")
	s.Do("POST", rulesPath+"/test", members{"text": "x", "category": "nothing"}, viewer).Expect(http.StatusNotFound)
	s.Do("POST", rulesPath+"/test", members{"text": "x", "category": "No Slug"}, viewer).Expect(http.StatusBadRequest)
	s.Do("POST", rulesPath+"/test", members{"text": ""}, viewer).Expect(http.StatusUnprocessableEntity)
	require.NotEmpty(t, try(members{"text": "\x00"}).Replies)
	var stored int
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM escalations) + (SELECT count(*) FROM quotes) + (SELECT count(*) FROM messages)").Scan(&stored))
	require.Zero(t, stored, "nothing is stored")

	t.Run("every replica knows in time", func(t *testing.T) {
		now := time.Now()
		other.Clock.Set(now)
		ask := func() []string {
			var got ruleTrial
			other.Do("POST", rulesPath+"/test", members{"text": "horario"}, viewer).Expect(http.StatusOK).JSON(&got)
			return got.Replies
		}
		require.Equal(t, []string{"Abrimos de 9 a 14 h."}, ask())
		s.Do("PATCH", rulesPath+"/"+saved.ID, members{"answer": "Abrimos todo el día."}, editor).Expect(http.StatusOK)
		other.Clock.Set(now.Add(catalogue.MaxStaleness))
		require.Equal(t, []string{"Abrimos todo el día."}, ask())
		s.Do("DELETE", rulesPath+"/"+saved.ID, nil, editor).Expect(http.StatusNoContent)
		other.Clock.Set(now.Add(2 * catalogue.MaxStaleness))
		require.NotEqual(t, []string{"Abrimos todo el día."}, ask())
	})
}

// TestResponseRulesAreBounded, and go with the sheet they are for.
func TestResponseRulesAreBounded(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	exec := func(sql string) {
		_, err := s.Pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	exec(`INSERT INTO vehicle_categories (id, slug, name, client_type, vehicle_kind) VALUES (gen_random_uuid(), 'lanchas', 'Lanchas', 'particular', 'boat')`)
	s.Clock.Set(time.Now().Add(catalogue.MaxStaleness))
	s.Do("POST", rulesPath, officeHours.with(members{"category": "lanchas"}), editor).Expect(http.StatusCreated)
	exec(`INSERT INTO response_rules (id, name, pattern, action, answer, is_active, sort_order, created_at, updated_at)
		SELECT gen_random_uuid(), 'Regla ' || n, 'x', 'answer', 'y', true, n, now(), now() FROM generate_series(1, 199) n`)
	require.Equal(t, "too_many_rules", s.Do("POST", rulesPath, officeHours.with(members{"name": "Una más"}), editor).Expect(http.StatusConflict).Problem().Code)
	exec("DELETE FROM vehicle_categories WHERE slug = 'lanchas'")
	s.Do("POST", rulesPath, officeHours, editor).Expect(http.StatusCreated)
	for name, sql := range map[string]string{
		"an answer without words":   "UPDATE response_rules SET answer = NULL",
		"a handover with an answer": "UPDATE response_rules SET action = 'hand_over', reason = 'x'",
		"an empty pattern":          "UPDATE response_rules SET pattern = ''",
	} {
		_, err := s.Pool.Exec(t.Context(), sql)
		require.ErrorContains(t, err, "check constraint", name)
	}
}
