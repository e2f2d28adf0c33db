package api_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
)

type caseFile struct {
	ID           string
	ElementCode  *string `json:"element_code"`
	SlotCode     *string `json:"slot_code"`
	URL          string
	ContentType  string `json:"content_type"`
	Size         int
	Width        *int
	Label        string
	Review       string
	RejectReason *string `json:"reject_reason"`
	Version      int
}

type caseAnswer struct {
	ID           string
	Number       string
	Status       string
	NextStatuses []struct {
		Status       string
		ReasonNeeded bool `json:"reason_needed"`
	} `json:"next_statuses"`
	CustomerID string  `json:"customer_id"`
	AssigneeID *string `json:"assignee_id"`
	Quote      struct{ Subtotal, Total string }
	Sections   []struct {
		Key, Title string
		Fields     []struct {
			Field          struct{ Key string }
			Visible        bool
			Value, Display *string
		}
	}
	Elements []struct {
		Code   string
		Photos []struct{ Slot struct{ Code string } }
	}
	Files           []caseFile
	Missing         []struct{ Kind, Section, Key, Label string }
	ProgressPercent int `json:"progress_percent"`
	Version         int
}

// value returns a value of a case, nil when there is none.
func (c caseAnswer) value(section, key string) *string {
	for _, s := range c.Sections {
		for _, f := range s.Fields {
			if s.Key == section && f.Field.Key == key {
				return f.Value
			}
		}
	}
	return nil
}

type casesBench struct {
	*apitest.Server
	t      *testing.T
	token  string
	editor apitest.Option
}

func newCases(t *testing.T) *casesBench {
	t.Helper()
	s := apitest.New(t)
	token := s.Token(caller.RoleEditor)
	return &casesBench{Server: s, t: t, token: token, editor: apitest.Bearer(token)}
}

func (b *casesBench) customer() string {
	b.t.Helper()
	var c customer
	b.Do("POST", "/api/admin/customers", `{"first_name":"Ana"}`, b.editor).Expect(201).JSON(&c)
	return c.ID
}

// open opens a case of an exhaust and a handlebar.
func (b *casesBench) open() (c caseAnswer) {
	b.t.Helper()
	body := fmt.Sprintf(`{"customer_id":%q,"category":"motos-part","elements":[{"code":"ESCAPE"},{"code":"MANILLAR"}]}`, b.customer())
	r := b.Do("POST", "/api/cases", body, b.editor).Expect(201).JSON(&c)
	require.Equal(b.t, `"1"`, r.Header.Get("ETag"))
	return c
}

func (b *casesBench) get(id string) (c caseAnswer) {
	b.t.Helper()
	b.Do("GET", "/api/cases/"+id, nil, b.editor).Expect(200).JSON(&c)
	return c
}

func (b *casesBench) upload(id string, file []byte, name string, fields ...string) apitest.Response {
	body, contentType := formBody(file, name, fields...)
	return b.Do("POST", "/api/cases/"+id+"/files", body, contentType, b.editor)
}

const paper = "%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"

func TestCaseLifecycle(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	c := b.open()
	require.Equal(t, "collecting", c.Status)
	require.NotEqual(t, "0.00", c.Quote.Total)
	require.Equal(t, b.Account(caller.RoleEditor).String(), *c.AssigneeID)
	path := "/api/cases/" + c.ID

	var page struct {
		Items []struct {
			ID, Number, Total string
			CustomerName      string `json:"customer_name"`
			Elements          []string
		}
		NextCursor *string `json:"next_cursor"`
	}
	b.Do("GET", "/api/cases?q="+c.Number+"&status=collecting", nil, b.editor).Expect(200).JSON(&page)
	require.Len(t, page.Items, 1)
	require.Equal(t, []string{"ESCAPE", "MANILLAR"}, page.Items[0].Elements)
	require.Equal(t, "Ana", page.Items[0].CustomerName, "by the customer, while the case says no name")
	require.Nil(t, page.NextCursor)
	b.Do("GET", "/api/cases?q=%00", nil, b.editor).Expect(422)
	b.Do("GET", "/api/cases?status=lost", nil, b.editor).Expect(422)

	var got caseAnswer
	b.Do("PATCH", path, `{"data":{"vehicle":{"plate":"1234 bcd","year":"2019"},"personal":{"postal_code":"28013"}}}`, b.editor,
		apitest.Header("If-Match", `"1"`)).Expect(200).JSON(&got)
	require.Equal(t, 2, got.Version)
	require.Equal(t, "1234BCD", *got.value("vehicle", "plate"))
	require.Equal(t, "Madrid", *got.value("personal", "province"))
	b.Do("PATCH", path, `{}`, b.editor).Expect(200).JSON(&got)
	require.Equal(t, 2, got.Version)
	b.Do("PATCH", path, `{"assignee_id":null}`, b.editor).Expect(200).JSON(&got)
	require.Nil(t, got.AssigneeID)
	b.Do("PATCH", path, fmt.Sprintf(`{"assignee_id":%q}`, uuid.New()), b.editor).Expect(422)

	b.Do("POST", path+"/notes", `{"text":"Llamará mañana"}`, b.editor).Expect(204)
	b.Do("POST", path+"/notes", `{"text":"a\u0000b"}`, b.editor).Expect(422)
	b.Do("POST", path+"/notes", `{"text":" \n "}`, b.editor).Expect(422)
	var events []struct {
		Kind, Actor string
		Reason      *string
		ToStatus    *string `json:"to_status"`
	}
	b.Do("GET", path+"/events", nil, b.editor).Expect(200).JSON(&events)
	require.Len(t, events, 4)
	require.Equal(t, "opened", events[0].Kind)
	require.Equal(t, "Llamará mañana", *events[3].Reason)
	require.Equal(t, "test-editor", events[3].Actor)

	require.Equal(t, "case_incomplete", b.Do("POST", path+"/transition", `{"status":"pending_review"}`, b.editor).Expect(409).Problem().Code)
	b.Do("POST", path+"/transition", `{"status":"pending_review","reason":"Trae el resto"}`, b.editor).Expect(200)
	b.Do("POST", path+"/transition", `{"status":"in_progress","reason":null}`, b.editor).Expect(200).JSON(&got)
	require.Equal(t, b.Account(caller.RoleEditor).String(), *got.AssigneeID, "whoever takes it has it")
	b.Do("POST", path+"/transition", `{"status":"resolved"}`, b.editor).Expect(200).JSON(&got)
	require.Empty(t, got.NextStatuses, "an editor is done with it")
	b.Do("POST", path+"/transition", `{"status":"in_progress","reason":"x"}`, b.editor).Expect(403)
	require.Equal(t, "invalid_transition", b.Do("POST", path+"/transition", `{"status":"cancelled","reason":"x"}`, b.editor).Expect(409).Problem().Code)
	admin := apitest.Bearer(b.Token(caller.RoleAdmin))
	require.Equal(t, "/reason", b.Do("POST", path+"/transition", `{"status":"in_progress"}`, admin).Expect(422).Problem().Errors[0].Pointer)
	b.Do("POST", path+"/transition", `{"status":"in_progress","reason":"reclamación"}`, admin).Expect(200)

	var export struct {
		Cases []struct {
			Case   struct{ ID string }
			Events []struct{ Kind string }
		}
	}
	b.Do("GET", "/api/admin/customers/"+c.CustomerID+"/export", nil, admin).Expect(200).JSON(&export)
	require.Equal(t, c.ID, export.Cases[0].Case.ID)
	require.Greater(t, len(export.Cases[0].Events), 4)

	var stats map[string]int
	b.Do("GET", "/api/cases/stats", nil, b.editor).Expect(200).JSON(&stats)
	require.Equal(t, 1, stats["in_progress"])
	require.Len(t, stats, 7)
	var reasons []struct{ Code string }
	b.Do("GET", "/api/cases/reject-reasons", nil, b.editor).Expect(200).JSON(&reasons)
	require.Greater(t, len(reasons), 5)
}

func TestOpeningCases(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	writes(t, b.Server, 7, 7, 7, "Ana", "+34600100207", "hola")
	var conversation, owner string
	require.NoError(t, b.Pool.QueryRow(t.Context(), "SELECT id::text, customer_id::text FROM conversations").Scan(&conversation, &owner))
	body := func(customer, category, element, more string) string {
		return fmt.Sprintf(`{"customer_id":%q,"category":%q,"elements":[{"code":%q}]%s}`, customer, category, element, more)
	}
	stranger := b.customer()
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"malformed category":          {body(stranger, "No Es", "ESCAPE", ""), 400, "invalid_category_slug"},
		"unknown category":            {body(stranger, "no-hay", "ESCAPE", ""), 404, "category_not_found"},
		"unknown element":             {body(stranger, "motos-part", "NO_HAY", ""), 422, "unknown_element"},
		"unknown customer":            {body(uuid.NewString(), "motos-part", "ESCAPE", ""), 422, "unknown_customer"},
		"somebody else's":             {body(stranger, "motos-part", "ESCAPE", `,"conversation_id":"`+conversation+`"`), 422, "unknown_conversation"},
		"no elements":                 {`{"customer_id":"` + stranger + `","category":"motos-part","elements":[]}`, 422, "invalid_request"},
		"a price of their own":        {body(stranger, "motos-part", "ESCAPE", `,"price":"1"`), 422, "invalid_request"},
		"in their conversation":       {body(owner, "motos-part", "ESCAPE", `,"conversation_id":"`+conversation+`"`), 201, ""},
		"without one":                 {body(owner, "motos-part", "ESCAPE", `,"conversation_id":null`), 201, ""},
		"with a service that is none": {body(owner, "motos-part", "ESCAPE", `,"services":["no_hay"]`), 422, "unknown_service"},
	} {
		r := b.Do("POST", "/api/cases", c.body, b.editor).Expect(c.status)
		if c.code != "" {
			require.Equal(t, c.code, r.Problem().Code, name)
		}
	}
	again := body(owner, "motos-part", "ESCAPE", `,"conversation_id":"`+conversation+`"`)
	require.Equal(t, "active_case_exists", b.Do("POST", "/api/cases", again, b.editor).Expect(409).Problem().Code)
	category := b.Do("GET", "/api/tariffs/categories/motos-part", nil).Expect(200)
	var c struct{ ID string }
	category.JSON(&c)
	b.Do("DELETE", "/api/tariffs/categories/"+c.ID, nil, apitest.Bearer(b.Token(caller.RoleAdmin))).Expect(409)
}

// TestWrongCaseData says in Spanish what is wrong with each.
func TestWrongCaseData(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	c := b.open()
	p := b.Do("PATCH", "/api/cases/"+c.ID, `{"data":{"personal":{"nif":"12345678A","email":"ana","first_name":"Ana"},
		"vehicle":{"plate":"1234 AEI","vin":"O","year":"3000"},"element:FARO":{"a/b":"x"},"workshop":{"own_workshop":"tal vez"}}}`, b.editor).Expect(422).Problem()
	require.Equal(t, "invalid_case_data", p.Code)
	got := map[string]string{}
	for _, e := range p.Errors {
		got[e.Pointer] = e.Detail
	}
	require.Len(t, got, 7)
	for pointer, detail := range map[string]string{
		"/data/personal/nif": "DNI", "/data/personal/email": "correo", "/data/vehicle/plate": "matrícula", "/data/vehicle/vin": "bastidor",
		"/data/vehicle/year": "año", "/data/element:FARO/a~1b": "no tiene ese dato", "/data/workshop/own_workshop": "sí",
	} {
		require.Contains(t, strings.ToLower(got[pointer]), strings.ToLower(detail), pointer)
	}
	require.Nil(t, b.get(c.ID).value("personal", "first_name"), "nothing of it is stored")
	require.Equal(t, 1, b.get(c.ID).Version)
}

// TestStaleCases are told what is there now, and what they wanted.
func TestStaleCases(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	c := b.open()
	var withFile caseAnswer
	b.upload(c.ID, pattern(), "a.jpg").Expect(201).JSON(&withFile)
	f := withFile.Files[0]
	path, filePath := "/api/cases/"+c.ID, "/api/cases/"+c.ID+"/files/"+f.ID
	both := func(r apitest.Response, current, submitted string) {
		t.Helper()
		var p struct{ Current, Submitted map[string]any }
		r.Expect(412).JSON(&p)
		require.Contains(t, p.Current, current)
		if submitted != "" {
			require.Contains(t, p.Submitted, submitted)
		}
	}
	stale := apitest.Header("If-Match", `"1"`)
	both(b.Do("PATCH", path, `{"data":{"vehicle":{"make":"Honda"}}}`, b.editor, stale), "sections", "data")
	both(b.Do("POST", path+"/transition", `{"status":"cancelled","reason":"x"}`, b.editor, stale), "sections", "status")
	b.Do("PATCH", filePath, `{"element_code":"MANILLAR","slot_code":null}`, b.editor, stale).Expect(200)
	both(b.Do("PATCH", filePath, `{"element_code":null,"slot_code":null}`, b.editor, stale), "label", "slot_code")
	both(b.Do("POST", filePath+"/review", `{"accepted":true}`, b.editor, stale), "label", "accepted")
	both(b.Do("DELETE", filePath, nil, b.editor, stale), "label", "")
	b.Do("DELETE", filePath, nil, b.editor, apitest.Header("If-Match", `"2"`)).Expect(204)
	b.Do("DELETE", filePath, nil, b.editor).Expect(404)
	require.Empty(t, files(t, b.Server))
}

func TestCaseFiles(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	c := b.open()
	path := "/api/cases/" + c.ID
	var got caseAnswer
	b.upload(c.ID, pattern(), "../../etc/passwd.jpg").Expect(201).JSON(&got)
	require.Equal(t, "escape_montado", *got.Files[0].SlotCode, "where the first missing one belongs")
	require.Equal(t, "image/jpeg", got.Files[0].ContentType)
	b.upload(c.ID, []byte(paper), "ficha.pdf", "slot_code", "documentos_vehiculo").Expect(201).JSON(&got)
	require.Equal(t, "application/pdf", got.Files[1].ContentType)
	require.Nil(t, got.Files[1].Width)
	before := len(files(t, b.Server))
	for name, x := range map[string]struct {
		file   []byte
		fields []string
		status int
	}{
		"no such element":  {pattern(), []string{"element_code", "FARO"}, 422},
		"no such paper":    {[]byte(paper), []string{"slot_code", "no_hay"}, 422},
		"a NUL":            {pattern(), []string{"slot_code", "a\x00"}, 422},
		"unknown field":    {pattern(), []string{"x", "y"}, 422},
		"no file":          {nil, []string{"slot_code", "documentos_vehiculo"}, 422},
		"a web page":       {[]byte("<html>"), nil, 400},
		"half a PDF":       {[]byte(paper[:20]), nil, 400},
		"half a photo":     {pattern()[:500], nil, 400},
		"a bit too large":  {append([]byte(paper), make([]byte, guard.MaxBytes)...), nil, 413},
		"much too large":   {append([]byte(paper), make([]byte, 2*guard.MaxBytes)...), nil, 413},
		"a large web page": {make([]byte, guard.MaxBytes+1), nil, 413},
	} {
		r := b.upload(c.ID, x.file, "a.pdf", x.fields...)
		require.Equal(t, x.status, r.Status, "%s: %s", name, r.Body)
	}
	b.upload(uuid.NewString(), pattern(), "a.jpg").Expect(404)
	require.Len(t, files(t, b.Server), before, "what was refused is not kept")
	require.Equal(t, "Invalid file type", upload(b.Server, b.token, []byte(paper), "a.pdf").Expect(400).Problem().Detail, "the catalogue takes no PDF")

	photo, pdf := got.Files[0], got.Files[1]
	r := b.Do("GET", path+"/files/"+pdf.ID, nil, b.editor).Expect(200)
	require.Equal(t, paper, string(r.Body))
	require.Equal(t, "attachment; filename=documentos_vehiculo_1.pdf", r.Header.Get("Content-Disposition"))
	require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	require.Len(t, b.Do("GET", path+"/files/"+photo.ID, nil, b.editor).Expect(200).Body, photo.Size)
	b.Do("GET", path+"/files/"+uuid.NewString(), nil, b.editor).Expect(404)
	b.Do("GET", "/api/cases/"+b.open().ID+"/files/"+pdf.ID, nil, b.editor).Expect(404)
	for _, query := range []string{"", "&w=320"} { // the signed address, without a token
		r = b.Do("GET", pdf.URL+query, nil).Expect(200)
		require.Equal(t, paper, string(r.Body))
		require.Equal(t, "attachment", r.Header.Get("Content-Disposition"))
		require.Equal(t, "default-src 'none'; frame-ancestors 'none'; sandbox", r.Header.Get("Content-Security-Policy"))
		require.Equal(t, "application/pdf", r.Header.Get("Content-Type"))
		require.Contains(t, r.Header.Get("Cache-Control"), "private")
	}

	review := path + "/files/" + photo.ID + "/review"
	require.Equal(t, "/reason", b.Do("POST", review, `{"accepted":false}`, b.editor).Expect(422).Problem().Errors[0].Pointer)
	b.Do("POST", review, `{"accepted":false,"reason":"other","note":null}`, b.editor).Expect(422)
	b.Do("POST", review, `{"accepted":false,"reason":"blurry","note":null}`, b.editor).Expect(200).JSON(&got)
	require.Equal(t, "rejected", got.Files[0].Review)

	z := b.Do("GET", path+"/archive", nil, b.editor).Expect(200)
	archive, err := zip.NewReader(bytes.NewReader(z.Body), int64(len(z.Body)))
	require.NoError(t, err)
	require.Len(t, archive.File, 3)
	require.Equal(t, "attachment; filename=expediente_"+c.Number+".zip", z.Header.Get("Content-Disposition"))
	d := b.Do("GET", path+"/dossier", nil, b.editor).Expect(200)
	require.True(t, bytes.HasPrefix(d.Body, []byte("%PDF-")))
	require.Contains(t, d.Header.Get("Content-Disposition"), c.Number+".pdf")

	// An archive that cannot be whole does not look as if it were.
	for _, name := range files(t, b.Server) {
		if strings.HasSuffix(name, ".pdf") {
			require.NoError(t, os.Remove(name))
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.URL+path+"/archive", nil)
	require.NoError(t, err)
	b.editor(request)
	res, err := http.DefaultClient.Do(request)
	if err == nil {
		_, err = bytes.NewBuffer(nil).ReadFrom(res.Body)
		require.NoError(t, res.Body.Close())
		require.True(t, err != nil || res.StatusCode >= 400, "status %d", res.StatusCode)
	}
}

// TestCasePhotosAreNobodysBusiness tries every address of a customer's file
// without the right to it.
func TestCasePhotosAreNobodysBusiness(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	c := b.open()
	b.Clock.Set(time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))
	b.token = b.Token(caller.RoleEditor)
	b.editor = apitest.Bearer(b.token)
	b.upload(c.ID, imagetest.JPEG(imagetest.Photo(700, 500, 1), 80), "dni.jpg").Expect(201)
	b.upload(c.ID, []byte(paper), "ficha.pdf").Expect(201)
	refused := func(target string, options ...apitest.Option) {
		t.Helper()
		r := b.Do("GET", target, nil, options...)
		require.Contains(t, []int{401, 403, 404, 422}, r.Status, "%s: %d", target, r.Status)
		require.NotContains(t, r.Header.Get("Content-Type"), "image/")
		require.NotContains(t, r.Header.Get("Content-Type"), "pdf")
	}
	links := b.get(c.ID).Files
	require.Len(t, links, 2)
	for i, f := range links {
		signed, err := url.Parse(f.URL)
		require.NoError(t, err)
		q, path := signed.Query(), signed.Path
		b.Do("GET", f.URL, nil).Expect(200)
		b.Do("GET", path, nil, b.editor).Expect(200)
		with := func(change func(url.Values)) string {
			v := url.Values{}
			for key := range q {
				v.Set(key, q.Get(key))
			}
			change(v)
			return path + "?" + v.Encode()
		}
		other, err := url.Parse(links[1-i].URL)
		require.NoError(t, err)
		for _, target := range []string{
			path, path + "?w=320", path + "?",
			with(func(v url.Values) { v.Del("signature") }), with(func(v url.Values) { v.Del("expires") }),
			with(func(v url.Values) { v.Set("signature", "") }), with(func(v url.Values) { v.Set("signature", "AAAA") }),
			with(func(v url.Values) { v.Set("signature", other.Query().Get("signature")) }),
			with(func(v url.Values) { v.Set("expires", "99999999999") }), with(func(v url.Values) { v.Set("expires", "x") }),
			other.Path + "?" + signed.RawQuery,
			"/api/images/../images/" + path[len("/api/images/"):], "/api/images/%2e%2e%2f" + path[len("/api/images/"):],
			"/api/images/..%2f..%2fobjects%2f" + path[len("/api/images/"):], "/api/images/" + strings.ToUpper(path[len("/api/images/"):]) + "?" + signed.RawQuery,
			path + "%00?" + signed.RawQuery, path + "%00.jpg?" + signed.RawQuery, path + "/?" + signed.RawQuery, path + "/..?" + signed.RawQuery,
			"/api/cases/" + c.ID + "/files/" + f.ID, "/api/cases/" + c.ID + "/archive", "/api/cases/" + c.ID + "/dossier", "/api/cases/" + c.ID,
			"/api/cases/" + c.ID + "/files/..%2f" + f.ID,
		} {
			refused(target)
			refused(target, apitest.Bearer("made-up"))
		}
		refused("/api/images/id/"+path[len("/api/images/"):len(path)-4], b.editor) // not the catalogue's
	}
	// A quarter of an hour later.
	b.Clock.Set(b.Clock.Now().Add(15*time.Minute - time.Second))
	b.Do("GET", links[0].URL, nil).Expect(200)
	b.Clock.Set(b.Clock.Now().Add(time.Second))
	for _, f := range links {
		require.Equal(t, "link_expired", b.Do("GET", f.URL, nil).Expect(403).Problem().Code)
	}
}

// TestTakingACaseAtOnce over HTTP: one has it.
func TestTakingACaseAtOnce(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	c := b.open()
	path := "/api/cases/" + c.ID + "/transition"
	b.Do("POST", path, `{"status":"pending_review","reason":"x"}`, b.editor).Expect(200)
	var (
		all      sync.WaitGroup
		statuses [20]int
	)
	for i := range statuses {
		all.Go(func() { statuses[i] = b.Do("POST", path, `{"status":"in_progress"}`, b.editor).Status })
	}
	all.Wait()
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	require.Equal(t, map[int]int{200: 1, 409: 19}, counts)
	var n int
	require.NoError(t, b.Pool.QueryRow(t.Context(), "SELECT count(*) FROM case_events WHERE to_status = 'in_progress'").Scan(&n))
	require.Equal(t, 1, n)
}

// TestCaseListsAreFilteredAndOrdered: every order goes both ways, page after page.
func TestCaseListsAreFilteredAndOrdered(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var ids []string
	name := map[string]string{}
	for i := range 3 {
		b.Clock.Set(start.Add(time.Duration(i) * time.Hour))
		b.editor = apitest.Bearer(b.Token(caller.RoleEditor))
		c := b.open()
		ids, name[c.ID] = append(ids, c.ID), string(rune('a'+i))
	}
	// Opened a, b, c; changed b, c, a; heard of c, a, b.
	for i, id := range []string{ids[1], ids[2], ids[0]} {
		_, err := b.Pool.Exec(t.Context(), `UPDATE cases SET updated_at = $2, last_activity_at = $3 WHERE id = $1`,
			id, start.Add(time.Duration(10+i)*time.Hour), start.Add(time.Duration(20+(i+2)%3)*time.Hour))
		require.NoError(t, err)
	}
	_, err := b.Pool.Exec(t.Context(), `UPDATE cases SET status = 'cancelled', closed_at = now() WHERE id = $1`, ids[0])
	require.NoError(t, err)
	_, err = b.Pool.Exec(t.Context(), `UPDATE cases SET status = 'pending_review', assignee_id = NULL WHERE id = $1`, ids[1])
	require.NoError(t, err)
	listed := func(query string) string {
		var out strings.Builder
		for cursor := ""; ; {
			var page struct {
				Items      []struct{ ID string }
				NextCursor *string `json:"next_cursor"`
			}
			b.Do("GET", "/api/cases?limit=1&"+query+cursor, nil, b.editor).Expect(200).JSON(&page)
			for _, c := range page.Items {
				out.WriteString(name[c.ID])
			}
			if page.NextCursor == nil {
				return out.String()
			}
			cursor = "&cursor=" + *page.NextCursor
		}
	}
	var category struct{ ID string }
	b.Do("GET", "/api/tariffs/categories/motos-part", nil).Expect(200).JSON(&category)
	for query, want := range map[string]string{
		"": "acb", "sort=updated&order=oldest": "bca", "order=oldest": "bca", "sort=created": "cba", "sort=created&order=oldest": "abc",
		"sort=activity": "bac", "sort=activity&order=oldest": "cab",
		"q=2026": "acb", "q=2026&sort=created": "cba", "q=2026&sort=created&order=oldest": "abc", "q=2026&sort=activity": "bac",
		"status=cancelled": "a", "status=cancelled&status=pending_review": "ab", "status=pending_review&status=collecting&sort=created": "cb",
		"q=2026&status=cancelled&status=pending_review": "ab", "category_id=" + category.ID: "acb", "category_id=" + uuid.NewString(): "",
		"q=2026&category_id=" + uuid.NewString(): "", "assignee_id=" + b.Account(caller.RoleEditor).String(): "ac",
	} {
		require.Equal(t, want, listed(query), query)
	}
	stats := func(query string) (counts struct {
		Collecting    int
		PendingReview int `json:"pending_review"`
		Cancelled     int
		Resolved      int
	},
	) {
		b.Do("GET", "/api/cases/stats?"+query, nil, b.editor).Expect(200).JSON(&counts)
		return counts
	}
	all := stats("")
	require.Equal(t, []int{1, 1, 1, 0}, []int{all.Collecting, all.PendingReview, all.Cancelled, all.Resolved})
	require.Equal(t, all, stats("category_id="+category.ID))
	require.Equal(t, all, stats("q=2026"))
	require.Zero(t, stats("q=nadie").Cancelled)
	require.Zero(t, stats("category_id="+uuid.NewString()).Cancelled)
	require.Zero(t, stats("assignee_id="+b.Account(caller.RoleEditor).String()).PendingReview)
	for _, bad := range []string{"sort=x", "order=x", "status=", "status=lost", "status=resolved&status=resolved", "category_id=x"} {
		b.Do("GET", "/api/cases?"+bad, nil, b.editor).Expect(422)
	}
}
