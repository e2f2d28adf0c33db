package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
)

func TestPhotoLifecycle(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.create(`"code":"X","name":"X"`)
	b.field(e.ID, `"key":"visible","label":"¿Se ve?","type":"boolean"`)
	list := "/api/elements/" + e.ID + "/photos"
	type slot struct {
		ID, Code, Kind, Title string
		Instruction           *string
		ImageURL              *string `json:"image_url"`
		Required              bool
		Condition             *condition
		SortOrder             int  `json:"sort_order"`
		IsActive              bool `json:"is_active"`
		Version               int
	}
	var one, two, got slot
	before := b.version(e.ID)
	r := b.edit("POST", list, `{"code":"de_lado","kind":"required_document","title":"De lado","required":true,"image_url":"/api/images/moto-1.webp",
		"condition":{"field":"visible","operator":"equals","value":"Sí"}}`).Expect(http.StatusCreated).JSON(&one)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, &condition{"visible", "equals", "true"}, one.Condition)
	require.Equal(t, before+1, b.version(e.ID))
	b.edit("POST", list, `{"code":"ejemplo","kind":"example","title":"Así","image_url":"https://www.example.com/a.png?x=1"}`).Expect(http.StatusCreated).JSON(&two)
	require.Greater(t, two.SortOrder, one.SortOrder)
	require.Equal(t, "Photo code already exists", b.edit("POST", list, `{"code":"ejemplo","kind":"step","title":"x"}`).Expect(http.StatusConflict).Problem().Detail)
	path := "/api/elements/photos/" + one.ID

	t.Run("Absent, Null, Set", func(t *testing.T) {
		b.edit("PATCH", path, `{"instruction":"De cerca."}`).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, "De cerca.", *got.Instruction)
		require.NotNil(t, got.Condition)
		got = slot{}
		b.edit("PATCH", path, `{"instruction":null,"condition":null,"image_url":null}`).Expect(http.StatusOK).JSON(&got)
		require.Nil(t, got.Instruction)
		require.Nil(t, got.Condition)
		require.Nil(t, got.ImageURL)
		b.edit("PATCH", path, `{}`).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, 3, got.Version)
		b.edit("PATCH", path, `{"condition":{"field":"visible","operator":"exists","value":""}}`).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, &condition{"visible", "exists", ""}, got.Condition)
	})
	t.Run("shown to customers", func(t *testing.T) {
		var public struct {
			Photos []struct {
				Code      string
				Condition *condition
			}
		}
		b.Do("GET", "/api/elements/"+e.ID, nil).Expect(http.StatusOK).JSON(&public)
		require.Equal(t, &condition{"visible", "exists", ""}, public.Photos[0].Condition)
		require.Nil(t, public.Photos[1].Condition)
		b.edit("PATCH", "/api/elements/photos/"+two.ID, `{"is_active":false}`).Expect(http.StatusOK)
		b.Do("GET", "/api/elements/"+e.ID, nil).JSON(&public)
		require.Len(t, public.Photos, 1)
		var all []slot
		b.edit("GET", list, nil).Expect(http.StatusOK).JSON(&all)
		require.Len(t, all, 2)
	})
	t.Run("refused", func(t *testing.T) {
		for body, pointer := range map[string]string{
			`{"kind":"example","required":true}`:                                       "/required",
			`{"condition":{"field":"nada","operator":"exists"}}`:                       "/condition",
			`{"condition":{"field":"visible","operator":"equals","value":"quizá"}}`:    "/condition",
			`{"condition":{"field":"visible","operator":"not_exists","value":"true"}}`: "/condition",
			`{"image_url":"http://www.example.com/a.png"}`:                             "/image_url",
			`{"image_url":"https://"}`:                                                 "/image_url",
			`{"image_url":"https://ana:clave@example.com/a.png"}`:                      "/image_url",
			`{"image_url":"https://[::1/a.png"}`:                                       "/image_url",
			`{"image_url":"/api/images/../secret"}`:                                    "/image_url",
			`{"image_url":"javascript:alert(1)"}`:                                      "/image_url",
			`{"kind":"selfie"}`:                                                        "/kind",
			`{"code":"De Lado"}`:                                                       "/code",
			`{"title":" "}`:                                                            "/title",
			`{"version":1}`:                                                            "",
		} {
			p := b.refused("PATCH", path, body)
			if pointer != "" {
				require.Equal(t, pointer, p.Errors[0].Pointer, body)
			}
		}
		b.refused("PATCH", path, `{"title":"a\u0000b"}`)
		require.Equal(t, http.StatusConflict, b.edit("PATCH", path, `{"code":"ejemplo"}`).Status)
	})
	t.Run("If-Match", func(t *testing.T) {
		tag := b.edit("GET", path, nil).Expect(http.StatusOK).Header.Get("ETag")
		b.edit("PATCH", path, `{"title":"De un lado"}`, apitest.Header("If-Match", tag)).Expect(http.StatusOK)
		var both struct{ Current, Submitted map[string]any }
		b.edit("PATCH", path, `{"title":"Otro"}`, apitest.Header("If-Match", tag)).Expect(http.StatusPreconditionFailed).JSON(&both)
		require.Equal(t, "De un lado", both.Current["title"])
		require.Equal(t, "Otro", both.Submitted["title"])
		b.edit("DELETE", path, nil, apitest.Header("If-Match", tag)).Expect(http.StatusPreconditionFailed)
	})
	t.Run("order", func(t *testing.T) {
		before := b.version(e.ID)
		var all []slot
		b.edit("PUT", list+"/order", map[string]any{"ids": []string{two.ID, one.ID}}).Expect(http.StatusOK).JSON(&all)
		require.Equal(t, two.ID, all[0].ID)
		require.Equal(t, before+1, b.version(e.ID))
		require.Equal(t, "incomplete_order", b.refused("PUT", list+"/order", map[string]any{"ids": []string{two.ID}}).Code)
	})
	t.Run("a conditional photo may not be needed", func(t *testing.T) {
		b.edit("PATCH", path, `{"required":true}`).Expect(http.StatusOK)
		var tiers []struct{ ID string }
		b.Do("GET", "/api/tariffs/categories/motos-part/tiers", nil).JSON(&tiers)
		_, err := b.Pool.Exec(t.Context(), `INSERT INTO tier_elements (category_id, tier_id, element_id) SELECT category_id, $1, id FROM elements WHERE id = $2`, tiers[3].ID, e.ID)
		require.NoError(t, err)
		// Another replica has not seen the element yet, so it reads it with its list.
		var q struct {
			Documentation []struct {
				ElementCode *string `json:"element_code"`
				Required    bool
			}
		}
		raw := apitest.On(t, b.Pool).Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "X")).Expect(http.StatusOK)
		require.NoError(t, json.Unmarshal(raw.Body, &q))
		last := q.Documentation[len(q.Documentation)-1]
		require.Equal(t, "X", *last.ElementCode)
		require.False(t, last.Required)
	})
	t.Run("deleting", func(t *testing.T) {
		before := b.version(e.ID)
		b.edit("DELETE", path, nil).Expect(http.StatusNoContent)
		require.Equal(t, before+1, b.version(e.ID))
		for _, method := range []string{"GET", "DELETE"} {
			b.edit(method, path, nil).Expect(http.StatusNotFound)
		}
		b.edit("PATCH", path, `{}`).Expect(http.StatusNotFound)
		var actions string
		b.query(&actions, `SELECT string_agg(DISTINCT action, ' ' ORDER BY action) FROM audit_log WHERE entity_type = 'photo' AND entity_id = $1`, one.ID)
		require.Equal(t, "create delete update", actions)
	})
	id := uuid.NewString()
	b.edit("GET", "/api/elements/"+id+"/photos", nil).Expect(http.StatusNotFound)
	b.edit("POST", "/api/elements/"+id+"/photos", `{"code":"k","kind":"step","title":"K"}`).Expect(http.StatusNotFound)
}
