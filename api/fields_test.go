package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

type condition struct{ Field, Operator, Value string }

// field is what tests look at of a field.
type field struct {
	ID, Key, Label, Type string
	Options              []string
	Unit                 *string
	Required             bool
	Min, Max             *float64
	Condition            *condition
	SortOrder            int  `json:"sort_order"`
	IsActive             bool `json:"is_active"`
	Version              int
}

// field makes a field of an element.
func (b bench) field(elementID, body string) field {
	b.t.Helper()
	var f field
	b.edit("POST", "/api/elements/"+elementID+"/fields", "{"+body+"}").Expect(http.StatusCreated).JSON(&f)
	return f
}

func (b bench) version(elementID string) int {
	b.t.Helper()
	var e element
	b.edit("GET", "/api/elements/"+elementID, nil).Expect(http.StatusOK).JSON(&e)
	return e.Version
}

func TestFieldLifecycle(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.create(`"code":"X","name":"X"`)
	list := "/api/elements/" + e.ID + "/fields"
	r := b.edit("POST", list, `{"key":"ancho","label":"Ancho","type":"number","unit":"mm","min":100,"max":3000,"example":"85 cm","hint":"De lado a lado."}`).Expect(http.StatusCreated)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	var width field
	r.JSON(&width)
	require.True(t, width.Required && width.IsActive)
	require.Equal(t, 2, b.version(e.ID), "the element is shown with its fields")
	path := "/api/elements/fields/" + width.ID

	require.Equal(t, "Field key already exists", b.edit("POST", list, `{"key":"ancho","label":"Otro","type":"text"}`).Expect(http.StatusConflict).Problem().Detail)
	kind := b.field(e.ID, `"key":"tipo","label":"Tipo","type":"select","options":["Nuevo","De otra moto"],"required":false`)
	require.Greater(t, kind.SortOrder, width.SortOrder)
	donor := b.field(e.ID, `"key":"donante","label":"Donante","type":"text","condition":{"field":"tipo","operator":"equals","value":"DE OTRA  MOTO"}`)
	require.Equal(t, &condition{"tipo", "equals", "De otra moto"}, donor.Condition, "canonical")
	require.Equal(t, 4, b.version(e.ID))

	t.Run("Absent, Null, Set", func(t *testing.T) {
		var got field
		b.edit("PATCH", path, `{"max":2500}`).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, 2500.0, *got.Max)
		require.Equal(t, 100.0, *got.Min)
		got = field{}
		b.edit("PATCH", path, `{"min":null}`).Expect(http.StatusOK).JSON(&got)
		require.Nil(t, got.Min)
		require.Equal(t, 3, got.Version)
		before := b.version(e.ID)
		b.edit("PATCH", path, `{}`).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, 3, got.Version)
		require.Equal(t, before, b.version(e.ID), "nothing changed")
	})
	t.Run("If-Match", func(t *testing.T) {
		tag := b.edit("GET", path, nil).Expect(http.StatusOK).Header.Get("ETag")
		b.edit("PATCH", path, `{"label":"Ancho total"}`, apitest.Header("If-Match", tag)).Expect(http.StatusOK)
		var both struct{ Current, Submitted map[string]any }
		b.edit("PATCH", path, `{"label":"Anchura"}`, apitest.Header("If-Match", tag)).Expect(http.StatusPreconditionFailed).JSON(&both)
		require.Equal(t, "Ancho total", both.Current["label"])
		require.Equal(t, map[string]any{"label": "Anchura"}, both.Submitted)
		b.edit("DELETE", path, nil, apitest.Header("If-Match", tag)).Expect(http.StatusPreconditionFailed)
	})
	t.Run("a new key shows at what depends on it", func(t *testing.T) {
		b.edit("PATCH", "/api/elements/fields/"+kind.ID, `{"key":"procedencia"}`).Expect(http.StatusOK)
		var got field
		b.edit("GET", "/api/elements/fields/"+donor.ID, nil).JSON(&got)
		require.Equal(t, "procedencia", got.Condition.Field)
		require.Equal(t, donor.Version+1, got.Version)
	})
	t.Run("inactive ones are for staff", func(t *testing.T) {
		b.edit("PATCH", "/api/elements/fields/"+kind.ID, `{"is_active":false}`).Expect(http.StatusOK)
		var all []field
		b.edit("GET", list, nil).Expect(http.StatusOK).JSON(&all)
		require.Len(t, all, 3)
		var public element
		b.Do("GET", "/api/elements/"+e.ID, nil).JSON(&public)
		require.Len(t, public.Fields, 2)
		b.Do("GET", list, nil, apitest.Bearer(b.Token(caller.RoleViewer))).Expect(http.StatusOK)
	})
	t.Run("deleting", func(t *testing.T) {
		p := b.edit("DELETE", "/api/elements/fields/"+kind.ID, nil).Expect(http.StatusConflict).Problem()
		require.Equal(t, "field_in_use", p.Code)
		require.Contains(t, p.Detail, "donante")
		before := b.version(e.ID)
		b.edit("DELETE", "/api/elements/fields/"+donor.ID, nil).Expect(http.StatusNoContent)
		b.edit("DELETE", "/api/elements/fields/"+kind.ID, nil).Expect(http.StatusNoContent)
		require.Equal(t, before+2, b.version(e.ID))
		b.edit("GET", "/api/elements/fields/"+kind.ID, nil).Expect(http.StatusNotFound)
		b.edit("DELETE", "/api/elements/fields/"+kind.ID, nil).Expect(http.StatusNotFound)
		b.edit("PATCH", "/api/elements/fields/"+kind.ID, `{}`).Expect(http.StatusNotFound)
	})
	t.Run("audited", func(t *testing.T) {
		var actions string
		b.query(&actions, `SELECT string_agg(action, ' ' ORDER BY at, id) FROM audit_log WHERE entity_type = 'field' AND entity_id = $1`, kind.ID)
		require.Equal(t, "create update update delete", actions)
	})
	id := uuid.NewString()
	b.edit("GET", "/api/elements/"+id+"/fields", nil).Expect(http.StatusNotFound)
	b.edit("POST", "/api/elements/"+id+"/fields", `{"key":"k","label":"K","type":"text"}`).Expect(http.StatusNotFound)
	b.edit("PUT", "/api/elements/"+id+"/fields/order", `{"ids":[]}`).Expect(http.StatusNotFound)
	b.edit("POST", "/api/elements/"+id+"/fields/check", `{"values":{}}`).Expect(http.StatusNotFound)
}

func TestFieldRules(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.create(`"code":"X","name":"X"`)
	list := "/api/elements/" + e.ID + "/fields"
	kind := b.field(e.ID, `"key":"tipo","label":"Tipo","type":"select","options":["Nuevo","De otra moto"]`)
	b.field(e.ID, `"key":"foto","label":"Foto","type":"photo"`)
	for body, want := range map[string]string{
		`"type":"text","unit":"mm"`:                                                     "invalid_field /unit",
		`"type":"boolean","options":["A"]`:                                              "invalid_field /options",
		`"type":"select"`:                                                               "invalid_field /options",
		`"type":"number","min":2,"max":1`:                                               "invalid_field /max",
		`"type":"text","min_length":5,"max_length":4`:                                   "invalid_field /max_length",
		`"type":"text","pattern":"["`:                                                   "invalid_pattern /pattern",
		`"type":"text","pattern":"(?=x)"`:                                               "invalid_pattern /pattern",
		`"type":"number","unit":"mm","example":"medio metro"`:                           "invalid_field /example",
		`"type":"text","condition":{"field":"nada","operator":"exists"}`:                "invalid_field /condition",
		`"type":"text","condition":{"field":"tipo","operator":"equals"}`:                "invalid_field /condition",
		`"type":"text","condition":{"field":"tipo","operator":"equals","value":"Roto"}`: "invalid_field /condition",
		`"type":"text","condition":{"field":"foto","operator":"equals","value":"x"}`:    "invalid_field /condition",
		`"type":"text","condition":{"field":"k","operator":"exists"}`:                   "condition_cycle /condition",
		`"type":"photo","example":"x"`:                                                  "invalid_field /example",
	} {
		p := b.refused("POST", list, `{"key":"k","label":"K",`+body+`}`)
		require.Equal(t, want, p.Code+" "+p.Errors[0].Pointer, body)
	}
	for name, body := range map[string]string{
		"no type": `"type":null`, "unknown type": `"type":"file"`, "key with an accent": `"type":"text","key":"año"`, "key like a code": `"type":"text","key":"A"`,
		"blank label": `"type":"text","label":" "`, "NUL": `"type":"text","hint":"a\u0000b"`, "blank option": `"type":"select","options":[" "]`,
		"bound without end": `"type":"number","max":1e300`, "unknown operator": `"type":"text","condition":{"field":"tipo","operator":"like","value":"x"}`,
		"unknown member": `"type":"text","element_id":"x"`, "unknown member of a condition": `"type":"text","condition":{"field":"tipo","operator":"exists","or":1}`,
		"pattern too long": `"type":"text","pattern":"` + strings.Repeat("x", 501) + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			full := map[string]json.RawMessage{"key": json.RawMessage(`"k"`), "label": json.RawMessage(`"K"`)}
			require.NoError(t, json.Unmarshal([]byte("{"+body+"}"), &full))
			b.refused("POST", list, full)
		})
	}
	// A condition cycle over two fields, and changes that take the ground from
	// under a condition.
	donor := b.field(e.ID, `"key":"donante","label":"Donante","type":"text","condition":{"field":"tipo","operator":"not_equals","value":"nuevo"}`)
	tipo := "/api/elements/fields/" + kind.ID
	p := b.refused("PATCH", tipo, `{"condition":{"field":"donante","operator":"exists"}}`)
	require.Equal(t, "condition_cycle", p.Code)
	require.Contains(t, p.Detail+fmt.Sprint(p.Errors), "tipo > donante > tipo")
	p = b.refused("PATCH", tipo, `{"options":["Usado"]}`)
	require.Contains(t, p.Detail, "donante", "its condition could never hold")
	b.refused("PATCH", tipo, `{"type":"number","options":[]}`)
	b.edit("PATCH", tipo, `{"options":["Nuevo","Usado"]}`).Expect(http.StatusOK)
	var slot struct{ ID string }
	b.edit("POST", "/api/elements/"+e.ID+"/photos", `{"code":"p","kind":"step","title":"P","condition":{"field":"tipo","operator":"equals","value":"usado"}}`).Expect(http.StatusCreated).JSON(&slot)
	p = b.refused("PATCH", tipo, `{"options":["Nuevo","Roto"]}`)
	require.Contains(t, p.Detail, "the photo p")
	b.edit("PATCH", "/api/elements/fields/"+donor.ID, `{"condition":null}`).Expect(http.StatusOK)
	p = b.edit("DELETE", tipo, nil).Expect(http.StatusConflict).Problem()
	require.Contains(t, p.Detail, "the photo p")
	b.edit("DELETE", "/api/elements/photos/"+slot.ID, nil).Expect(http.StatusNoContent)
	b.edit("PATCH", tipo, `{"type":"number","options":[],"unit":"mm"}`).Expect(http.StatusOK)

	_, err := b.Pool.Exec(t.Context(), `INSERT INTO element_required_fields (id, element_id, field_key, label, field_type)
		SELECT gen_random_uuid(), $1, 'k' || n, 'K', 'text' FROM generate_series(1, 97) n`, e.ID)
	require.NoError(t, err)
	require.Equal(t, "too_many", b.refused("POST", list, `{"key":"uno_mas","label":"K","type":"text"}`).Code)
}

func TestOrderingFields(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.create(`"code":"X","name":"X"`)
	one, two := b.field(e.ID, `"key":"uno","label":"1","type":"text"`), b.field(e.ID, `"key":"dos","label":"2","type":"text"`)
	path := "/api/elements/" + e.ID + "/fields/order"
	before := b.version(e.ID)
	var got []field
	b.edit("PUT", path, map[string]any{"ids": []string{two.ID, one.ID}}).Expect(http.StatusOK).JSON(&got)
	require.Equal(t, []string{"dos", "uno"}, []string{got[0].Key, got[1].Key})
	require.Equal(t, before+1, b.version(e.ID))
	b.edit("PUT", path, map[string]any{"ids": []string{two.ID, one.ID}}).Expect(http.StatusOK)
	require.Equal(t, before+1, b.version(e.ID))
	require.Equal(t, "incomplete_order", b.refused("PUT", path, map[string]any{"ids": []string{one.ID}}).Code)
	require.Equal(t, "incomplete_order", b.refused("PUT", path, map[string]any{"ids": []string{one.ID, one.ID}}).Code)
}

func TestCheckingFields(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.create(`"code":"X","name":"X"`)
	b.field(e.ID, `"key":"ancho","label":"Ancho","type":"number","unit":"mm","max":3000`)
	b.field(e.ID, `"key":"visible","label":"¿Se ve?","type":"boolean"`)
	b.field(e.ID, `"key":"numero","label":"Número","type":"text","condition":{"field":"visible","operator":"equals","value":"sí"}`)
	b.edit("POST", "/api/elements/"+e.ID+"/photos", `{"code":"numero","kind":"required_document","title":"Número","required":true,"condition":{"field":"visible","operator":"equals","value":"true"}}`).Expect(http.StatusCreated)
	type result struct {
		Fields []struct {
			Key     string
			Visible bool
			Value   *string
			Error   *string
			Missing bool
		}
		Photos []struct {
			Code              string
			Visible, Required bool
		}
		Complete bool
	}
	viewer := apitest.Bearer(b.Token(caller.RoleViewer))
	check := func(values map[string]string) (r result) {
		b.Do("POST", "/api/elements/"+e.ID+"/fields/check", map[string]any{"values": values}, viewer).Expect(http.StatusOK).JSON(&r)
		return r
	}
	r := check(map[string]string{"ancho": "1,25 m", "visible": "no", "numero": "E9"})
	require.True(t, r.Complete)
	require.Equal(t, "1250", *r.Fields[0].Value)
	require.Equal(t, "false", *r.Fields[1].Value)
	require.False(t, r.Fields[2].Visible || r.Photos[0].Visible || r.Photos[0].Required)
	r = check(map[string]string{"ancho": "4 m", "visible": "SÍ"})
	require.False(t, r.Complete)
	require.Nil(t, r.Fields[0].Value)
	require.Contains(t, *r.Fields[0].Error, "4.000 mm")
	require.True(t, r.Fields[2].Missing && r.Photos[0].Visible && r.Photos[0].Required)
	require.False(t, check(map[string]string{}).Complete)
	require.NotNil(t, check(map[string]string{"numero": "a\x00b", "visible": "1"}).Fields[2].Error)

	p := b.refused("POST", "/api/elements/"+e.ID+"/fields/check", `{"values":{"Ancho":"1","a/b":"2"}}`)
	require.Equal(t, "unknown_field", p.Code)
	require.Equal(t, []string{"/values/Ancho", "/values/a~1b"}, []string{p.Errors[0].Pointer, p.Errors[1].Pointer})
	require.Contains(t, p.Detail, "ancho, visible, numero")
	many := map[string]string{}
	for i := range 101 {
		many[fmt.Sprint("k", i)] = "1"
	}
	for _, body := range []any{`{}`, `{"values":null}`, `{"values":{"ancho":null}}`, `{"values":{"ancho":5}}`, map[string]any{"values": many}, map[string]any{"values": map[string]string{"ancho": strings.Repeat("1", 2001)}}} {
		b.refused("POST", "/api/elements/"+e.ID+"/fields/check", body)
	}
}
