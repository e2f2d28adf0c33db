package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
)

// TestTwoEditorsOfOneVersion has editors at two replicas change the same version
// at once: one wins, the others get what is stored then and what they asked for.
func TestTwoEditorsOfOneVersion(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	other := apitest.On(t, s.Pool)
	editor := editorOf(s)
	tiers := tiersOf(s, "motos-part")
	id := func(method, path, body string) string {
		var got struct{ ID string }
		s.Do(method, path, body, editor).Expect(http.StatusCreated).JSON(&got)
		return got.ID
	}
	texts := func(member string) func(i int) string {
		return func(i int) string { return fmt.Sprintf(`{%q:"número %d"}`, member, i) }
	}
	for name, c := range map[string]struct {
		method, path, get string
		body              func(i int) string
		member            string
	}{
		"tier":     {"PATCH", "/api/tariffs/tiers/" + tiers["T6"].ID, "", func(i int) string { return fmt.Sprintf(`{"price":"%d.00"}`, 500+i) }, "price"},
		"list":     {"PUT", "/api/tariffs/tiers/" + tiers["T5"].ID + "/inclusions", "/api/tariffs/tiers/" + tiers["T5"].ID, func(i int) string { return fmt.Sprintf(`{"elements":[],"includes":[],"own_max":%d}`, i+10) }, "own_max"},
		"category": {"PATCH", "/api/tariffs/categories/motos-part", "", texts("name"), "name"},
		"service":  {"PATCH", "/api/tariffs/services/" + id("POST", "/api/tariffs/services", `{"code":"x","name":"X","price":1}`), "", texts("name"), "name"},
		"document": {"PATCH", "/api/tariffs/documentation/" + id("POST", "/api/tariffs/documentation", `{"category_id":"motos-part","code":"x","description":"X"}`), "", texts("description"), "description"},
		"warning":  {"PATCH", "/api/tariffs/warnings/" + id("POST", "/api/tariffs/warnings", `{"code":"x","severity":"info","message":"X","scope":"global"}`), "", texts("message"), "message"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.get == "" {
				c.get = c.path
			}
			first := s.Do("GET", c.get, nil, editor).Expect(http.StatusOK).Header.Get("ETag")
			const editors = 8
			answers := make([]apitest.Response, editors)
			var wg sync.WaitGroup
			for i := range editors {
				wg.Go(func() {
					replica := s
					if i%2 == 1 {
						replica = other
					}
					answers[i] = replica.Do(c.method, c.path, c.body(i), editor, tag(first))
				})
			}
			wg.Wait()
			var stored map[string]any
			won := 0
			for _, r := range answers {
				if r.Status == http.StatusOK {
					won++
					r.JSON(&stored)
				}
			}
			require.Equal(t, 1, won)
			for i, r := range answers {
				if r.Status == http.StatusOK {
					continue
				}
				r.Expect(http.StatusPreconditionFailed)
				require.Equal(t, "version_mismatch", r.Problem().Code)
				var both struct{ Current, Submitted map[string]any }
				r.JSON(&both)
				require.Equal(t, stored, both.Current, "what is stored, wherever it was written")
				var mine map[string]any
				require.NoError(t, json.Unmarshal([]byte(c.body(i)), &mine))
				require.Equal(t, mine[c.member], both.Submitted[c.member])
			}
		})
	}
}

// TestConcurrentListsMakeNoCircle has two editors include each other's tier.
func TestConcurrentListsMakeNoCircle(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	ids := map[string]string{}
	for _, code := range []string{"A", "B"} {
		var got tierAnswer
		s.Do("POST", "/api/tariffs/tiers", `{"category_id":"motos-part","code":"`+code+`","name":"X","price":1}`, editor).Expect(http.StatusCreated).JSON(&got)
		ids[code] = got.ID
	}
	var wg sync.WaitGroup
	statuses := make([]int, 2)
	for i, pair := range [][2]string{{"A", "B"}, {"B", "A"}} {
		wg.Go(func() {
			statuses[i] = s.Do("PUT", "/api/tariffs/tiers/"+ids[pair[0]]+"/inclusions", `{"elements":[],"includes":[{"tier":"`+pair[1]+`"}]}`, editor).Status
		})
	}
	wg.Wait()
	require.ElementsMatch(t, []int{http.StatusOK, http.StatusUnprocessableEntity}, statuses)
}
