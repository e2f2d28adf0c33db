package api_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

type elementUsage struct {
	Variants, Tiers, Warnings, Triggers []string
	OpenCases                           int `json:"open_cases"`
}

func TestWhatADeletionOfAnElementTouches(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	create := func(path, body string) (made struct{ ID string }) {
		b.Do("POST", path, body, b.editor).Expect(201).JSON(&made)
		return made
	}
	parent := create("/api/elements", `{"category_id":"motos-part","code":"FARO","name":"Faro"}`)
	create("/api/elements", `{"category_id":"motos-part","code":"FARO_DEL","name":"Faro delantero","parent_code":"FARO"}`)
	create("/api/elements", `{"category_id":"motos-part","code":"FARO_DEL_LED","name":"Faro LED","parent_code":"FARO_DEL"}`)
	usage := func(id string) (u elementUsage) {
		b.Do("GET", "/api/elements/"+id+"/usage", nil, apitest.Bearer(b.Token(caller.RoleViewer))).Expect(200).JSON(&u)
		return u
	}
	require.Equal(t, elementUsage{Variants: []string{"FARO_DEL", "FARO_DEL_LED"}, Tiers: []string{}, Warnings: []string{}, Triggers: []string{}}, usage(parent.ID))

	c := b.open()
	closed := b.open()
	b.Do("POST", "/api/cases/"+closed.ID+"/transition", `{"status":"cancelled","reason":"no"}`, b.editor).Expect(200)
	var all []struct{ ID, Code string }
	b.Do("GET", "/api/elements?category=motos-part", nil).Expect(200).JSON(&all)
	for _, e := range all {
		if e.Code == "MANILLAR" {
			require.Equal(t, 1, usage(e.ID).OpenCases, c.ID)
		}
	}

	tiers := tiersOf(b.Server, "motos-part")
	b.Do("PUT", "/api/tariffs/tiers/"+tiers["T4"].ID+"/inclusions", `{"elements":["FARO_DEL_LED"],"own_max":null,"includes":[]}`, b.editor).Expect(200)
	create("/api/tariffs/warnings", `{"category_id":"motos-part","code":"ojo_faro","message":"Ojo.","severity":"info","scope":"element","element_code":"FARO_DEL"}`)
	create("/api/tariffs/warnings", `{"category_id":"motos-part","code":"con_faro","message":"Ojo.","severity":"info","scope":"category","triggers":[{"element_code":"FARO"}]}`)
	u := usage(parent.ID)
	require.Equal(t, [][]string{{"T4"}, {"ojo_faro"}, {"con_faro"}}, [][]string{u.Tiers, u.Warnings, u.Triggers})
	require.Equal(t, "element_in_use", b.Do("DELETE", "/api/elements/"+parent.ID, nil, b.editor).Expect(409).Problem().Code)

	b.Do("GET", "/api/elements/"+uuid.NewString()+"/usage", nil, b.editor).Expect(404)
}

func TestKeywordsThatCollide(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	viewer, editor := apitest.Bearer(s.Token(caller.RoleViewer)), editorOf(s)
	s.Do("POST", "/api/tariffs/categories", `{"slug":"coches-part","name":"Coches","client_type":"particular","vehicle_kind":"car"}`, editor).Expect(201)
	var hitch, ball struct{ ID string }
	s.Do("POST", "/api/elements", `{"category_id":"coches-part","code":"ENGANCHE","name":"Enganche","keywords":["enganche","bola de remolque"],"aliases":["towbar"]}`, editor).Expect(201).JSON(&hitch)
	s.Do("POST", "/api/elements", `{"category_id":"coches-part","code":"BOLA","name":"Bola","keywords":["bolas de remolque"]}`, editor).Expect(201).JSON(&ball)
	check := func(element, keywords string) []string {
		var got struct {
			Collisions []struct {
				Keyword  string
				Elements []struct{ ID, Code, Name, Member string }
			}
		}
		s.Do("POST", "/api/elements/keywords/check", fmt.Sprintf(`{"category":"coches-part","element_id":%s,"keywords":%s}`, element, keywords), viewer).Expect(200).JSON(&got)
		out := []string{}
		for _, c := range got.Collisions {
			for _, e := range c.Elements {
				out = append(out, c.Keyword+": "+e.Code+" "+e.Member)
			}
		}
		return out
	}
	require.Equal(t, []string{"Bolas  de Remolque: ENGANCHE keywords", "Bolas  de Remolque: BOLA keywords", "TOWBAR: ENGANCHE aliases"},
		check("null", `["Bolas  de Remolque","nuevo","TOWBAR","¿?"]`))
	require.Equal(t, []string{"bola de remolque: BOLA keywords"}, check(`"`+hitch.ID+`"`, `["enganche","bola de remolque"]`), "its own do not count")
	require.Empty(t, check("null", `["remolque","bola"]`), "a part is another phrase")
	for body, status := range map[string]int{
		`{"category":"nada","keywords":["a"]}`: 404, `{"category":"¿?","keywords":["a"]}`: 400, `{"category":"coches-part","keywords":[]}`: 422, `{"category":"coches-part"}`: 422,
	} {
		s.Do("POST", "/api/elements/keywords/check", body, viewer).Expect(status)
	}
}
