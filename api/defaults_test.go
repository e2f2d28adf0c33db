package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia"
	"github.com/msia/msia/internal/apitest"
)

// TestDefaults: what a body leaves out is what the contract promises.
func TestDefaults(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	doc, err := openapi3.NewLoader().LoadFromData(msia.OpenAPI)
	require.NoError(t, err)
	var category struct{ ID string }
	s.Do("POST", "/api/tariffs/categories", `{"slug":"coches-part","name":"Coches","client_type":"particular","vehicle_kind":"car"}`, editor).
		Expect(http.StatusCreated).JSON(&category)
	var element struct{ ID string }
	s.Do("POST", "/api/elements", `{"category_id":"`+category.ID+`","code":"BOLA","name":"Bola"}`, editor).Expect(http.StatusCreated).JSON(&element)
	bodies := map[string]struct{ path, body string }{
		"CategoryCreate":      {"/api/tariffs/categories", `{"slug":"quads-part","name":"Quads","client_type":"particular","vehicle_kind":"quad"}`},
		"TierCreate":          {"/api/tariffs/tiers", `{"category_id":"{category}","code":"T9","name":"Nueve","price":"9.00"}`},
		"ServiceCreate":       {"/api/tariffs/services", `{"category_id":"{category}","code":"urgente","name":"Urgente","price":"9.00"}`},
		"BaseDocumentCreate":  {"/api/tariffs/documentation", `{"category_id":"{category}","code":"ficha","description":"Ficha"}`},
		"ElementCreate":       {"/api/elements", `{"category_id":"{category}","code":"ENGANCHE","name":"Enganche"}`},
		"ElementFieldCreate":  {"/api/elements/{element}/fields", `{"key":"marca","label":"Marca","type":"text"}`},
		"ElementPhotoCreate":  {"/api/elements/{element}/photos", `{"code":"detras","kind":"step","title":"Detrás"}`},
		"GlossaryEntryCreate": {"/api/rag/glossary", `{"term":"bola","expansion":"dispositivo de acoplamiento"}`},
		"ResponseRuleCreate":  {"/api/admin/response-rules", `{"name":"Horario","pattern":"horario","action":"answer","answer":"De 9 a 14."}`},
		"ViewCreate":          {"/api/admin/views", `{"page":"cases","name":"Míos","query":"assignee_id=1"}`},
		"WarningCreate":       {"/api/tariffs/warnings", `{"category_id":"{category}","code":"ojo","message":"Ojo.","severity":"info","scope":"category"}`},
	}
	fill := strings.NewReplacer("{category}", category.ID, "{element}", element.ID)
	for name, schema := range doc.Components.Schemas {
		defaults := map[string]any{}
		for member, p := range schema.Value.Properties {
			if p.Value.Default != nil {
				defaults[member] = p.Value.Default
			}
		}
		if len(defaults) == 0 || !strings.HasSuffix(name, "Create") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			create, ok := bodies[name]
			require.True(t, ok, "a body without what has a default is needed")
			var got map[string]json.RawMessage
			s.Do("POST", fill.Replace(create.path), fill.Replace(create.body), editor).Expect(http.StatusCreated).JSON(&got)
			for member, want := range defaults {
				wanted, err := json.Marshal(want)
				require.NoError(t, err)
				require.JSONEq(t, string(wanted), string(got[member]), member)
			}
		})
	}
}
