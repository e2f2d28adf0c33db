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

type bulkRow struct {
	ID           string
	OK           bool
	Code, Detail *string
	Version      *int
}

// bulk does something to many and returns "ok" or the code for each.
func bulk(t *testing.T, s *apitest.Server, path string, ids []string, action string, who apitest.Option) []string {
	t.Helper()
	list, err := json.Marshal(ids)
	require.NoError(t, err)
	var got struct{ Results []bulkRow }
	s.Do("POST", path+"/bulk", fmt.Sprintf(`{"ids":%s,%s}`, list, action), who).Expect(http.StatusOK).JSON(&got)
	require.Len(t, got.Results, len(ids))
	out := make([]string, len(ids))
	for i, r := range got.Results {
		require.Equal(t, strings.ToLower(ids[i]), r.ID, "in the order of the ids")
		if out[i] = "ok"; !r.OK {
			out[i] = *r.Code
			require.NotEmpty(t, *r.Detail)
			require.Nil(t, r.Version)
		} else {
			require.Nil(t, r.Code)
			require.Nil(t, r.Detail)
		}
	}
	return out
}

func TestManyCasesAtOnce(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	one, two, nothing := b.open(), b.open(), uuid.NewString()
	ids := []string{two.ID, nothing, one.ID}
	do := func(action string) []string { return bulk(t, b.Server, "/api/cases", ids, action, b.editor) }
	viewer := b.Account(caller.RoleViewer).String()
	require.Equal(t, []string{"ok", "case_not_found", "ok"}, do(fmt.Sprintf(`"action":"assign","assignee_id":%q`, viewer)))
	require.Equal(t, viewer, *b.get(one.ID).AssigneeID)
	require.Equal(t, []string{"ok", "case_not_found", "ok"}, do(`"action":"assign","assignee_id":null`))
	require.Equal(t, []string{"unknown_account", "case_not_found", "unknown_account"}, do(fmt.Sprintf(`"action":"assign","assignee_id":%q`, nothing)))
	require.Nil(t, b.get(one.ID).AssigneeID)

	require.Equal(t, []string{"case_incomplete", "case_not_found", "case_incomplete"}, do(`"action":"transition","status":"pending_review"`))
	require.Equal(t, []string{"ok", "case_not_found", "ok"}, do(`"action":"transition","status":"pending_review","reason":"vale así"`))
	b.Do("POST", "/api/cases/"+two.ID+"/transition", `{"status":"cancelled","reason":"no"}`, b.editor).Expect(200)
	require.Equal(t, []string{"invalid_transition", "case_not_found", "ok"}, do(`"action":"transition","status":"in_progress"`))
	taken := b.get(one.ID)
	require.Equal(t, []string{"in_progress", b.Account(caller.RoleEditor).String()}, []string{taken.Status, *taken.AssigneeID}, "who takes it has it")
	require.Equal(t, []string{"invalid_transition", "case_not_found", "ok"}, do(`"action":"transition","status":"resolved"`))
	require.Equal(t, []string{"invalid_transition", "case_not_found", "forbidden"}, do(`"action":"transition","status":"in_progress","reason":"otra vez"`), "an admin's")

	for name, body := range map[string]string{
		"none":             `{"ids":[],"action":"assign","assignee_id":null}`,
		"one twice":        fmt.Sprintf(`{"ids":[%q,%q],"action":"assign","assignee_id":null}`, one.ID, one.ID),
		"no action":        fmt.Sprintf(`{"ids":[%q]}`, one.ID),
		"another action":   fmt.Sprintf(`{"ids":[%q],"action":"delete"}`, one.ID),
		"half an action":   fmt.Sprintf(`{"ids":[%q],"action":"assign"}`, one.ID),
		"of two actions":   fmt.Sprintf(`{"ids":[%q],"action":"assign","assignee_id":null,"status":"resolved"}`, one.ID),
		"too many":         `{"action":"assign","assignee_id":null,"ids":["` + strings.Join(manyIDs(101), `","`) + `"]}`,
		"an id that is no": `{"ids":["x"],"action":"assign","assignee_id":null}`,
	} {
		require.Equal(t, "invalid_request", b.Do("POST", "/api/cases/bulk", body, b.editor).Expect(422).Problem().Code, name)
	}
}

func manyIDs(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = uuid.NewString()
	}
	return out
}

func TestManyEscalationsAtOnce(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	var ids []string
	for n := range int64(3) {
		writes(t, s, 1+n, 10+n, 100+n, "Ana", fmt.Sprintf("+3460010020%d", n), "hola")
		id := uuid.NewString()
		_, err := s.Pool.Exec(t.Context(), `INSERT INTO escalations (id, conversation_id, source, reason, created_at)
			SELECT $1, id, 'error', 'porque sí', now() FROM conversations WHERE chatwoot_conversation_id = $2`, id, 10+n)
		require.NoError(t, err)
		ids = append(ids, id)
	}
	do := func(action string) []string { return bulk(t, s, "/api/admin/escalations", ids, action, editor) }
	require.Equal(t, []string{"ok", "ok", "ok"}, do(fmt.Sprintf(`"action":"assign","assigned_to":%q`, s.Account(caller.RoleViewer))))
	require.Equal(t, []string{"unknown_account", "unknown_account", "unknown_account"}, do(fmt.Sprintf(`"action":"assign","assigned_to":%q`, uuid.NewString())))
	s.Do("POST", "/api/admin/escalations/"+ids[1]+"/resolve", `{"give_back":false}`, editor).Expect(200)
	require.Equal(t, []string{"ok", "escalation_resolved", "ok"}, do(`"action":"resolve","give_back":true,"note":"Hablado por teléfono"`))
	var e struct{ Status, Note string }
	s.Do("GET", "/api/admin/escalations/"+ids[2], nil, editor).Expect(200).JSON(&e)
	require.Equal(t, []string{"resolved", "Hablado por teléfono"}, []string{e.Status, e.Note})
}

func TestManyElementsAtOnce(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := editorOf(s)
	var all []struct {
		ID       string
		IsActive bool `json:"is_active"`
	}
	list := "/api/elements?category=motos-part&include_inactive=true"
	s.Do("GET", list, nil, editor).Expect(200).JSON(&all)
	ids := make([]string, 0, 100)
	for _, e := range all[:min(99, len(all))] {
		ids = append(ids, e.ID)
	}
	ids = append(ids, uuid.NewString())
	for _, outcome := range bulk(t, s, "/api/elements", ids, `"action":"deactivate","reason":"No hace falta"`, editor)[:len(ids)-1] {
		require.Equal(t, "ok", outcome)
	}
	s.Do("GET", list, nil, editor).Expect(200).JSON(&all)
	require.False(t, all[0].IsActive)
	got := bulk(t, s, "/api/elements", []string{ids[0], ids[len(ids)-1]}, `"action":"activate"`, editor)
	require.Equal(t, []string{"ok", "element_not_found"}, got)
	s.Do("GET", list, nil, editor).Expect(200).JSON(&all)
	require.True(t, all[0].IsActive)
	require.Equal(t, 422, s.Do("POST", "/api/elements/bulk", fmt.Sprintf(`{"ids":[%q],"action":"deactivate"}`, ids[0]), editor).Status, "customers are told why")
}

func TestManyImagesAtOnce(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	token := s.Token(caller.RoleEditor)
	editor := apitest.Bearer(token)
	var free, used imageAnswer
	upload(s, token, pattern(), "libre.jpg").Expect(201).JSON(&free)
	upload(s, token, pattern(), "usada.jpg").Expect(201).JSON(&used)
	var element struct{ ID string }
	s.Do("POST", "/api/elements", `{"category_id":"motos-part","code":"NUEVO","name":"Nuevo"}`, editor).Expect(201).JSON(&element)
	s.Do("POST", "/api/elements/"+element.ID+"/photos", fmt.Sprintf(`{"code":"foto","kind":"example","title":"Foto","image_url":%q}`, used.URL), editor).Expect(201)
	var shown, all struct {
		UsedBy []struct{ Kind, ID, Title string } `json:"used_by"`
		Items  []struct {
			ID     string
			UsedBy []struct{ Kind, ID, Title string } `json:"used_by"`
		}
	}
	s.Do("GET", "/api/images/id/"+used.ID.String(), nil, editor).Expect(200).JSON(&shown)
	require.Equal(t, "element_photo", shown.UsedBy[0].Kind)
	require.Equal(t, []string{element.ID, "Nuevo · Foto"}, []string{shown.UsedBy[0].ID, shown.UsedBy[0].Title})
	s.Do("POST", "/api/tariffs/documentation", fmt.Sprintf(`{"category_id":"motos-part","code":"ejemplo","description":"Ficha","image_url":%q}`, used.URL), editor).Expect(201)
	s.Do("GET", "/api/images", nil, editor).Expect(200).JSON(&all)
	require.Equal(t, []int{2, 0}, []int{len(all.Items[0].UsedBy), len(all.Items[1].UsedBy)}, "the newest first")
	require.Equal(t, "base_document", all.Items[0].UsedBy[1].Kind)
	require.Equal(t, []string{"image_in_use", "ok", "image_not_found"}, bulk(t, s, "/api/images", []string{used.ID.String(), free.ID.String(), uuid.NewString()}, `"action":"delete"`, editor))
	s.Do("GET", "/api/images/id/"+free.ID.String(), nil, editor).Expect(404)
}
