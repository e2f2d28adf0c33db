package api_test

import (
	"bytes"
	imagepng "image/png"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/pdf/pdftest"
)

// regulation is what these tests look at of a document.
type regulation struct {
	ID, Title, Status, Stage string
	IsCurrent                bool `json:"is_current"`
	Progress, Chunks         int
	Pages                    *int
	Edition, Version         int
	SupersedesID             *string `json:"supersedes_id"`
	SupersededByID           *string `json:"superseded_by_id"`
	Error                    *struct{ Code, Detail string }
}

func regulationForm(t *testing.T, file []byte, fields map[string]string) (string, []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		require.NoError(t, w.WriteField(name, value))
	}
	part, err := w.CreateFormFile("file", "rd_866_2010.pdf")
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return w.FormDataContentType(), b.Bytes()
}

func uploadRegulation(t *testing.T, s *apitest.Server, file []byte, fields map[string]string) apitest.Response {
	t.Helper()
	contentType, body := regulationForm(t, file, fields)
	return s.Do("POST", "/api/rag/documents", body, editorOf(s), apitest.Header("Content-Type", contentType))
}

// refused checks the status and the code of a refusal.
func refused(t *testing.T, r apitest.Response, status int, code string) apitest.Response {
	t.Helper()
	require.Equal(t, code, r.Expect(status).Problem().Code)
	return r
}

func TestRegulationIsUploadedIndexedAndAnswers(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	viewer := apitest.Bearer(s.Token(caller.RoleViewer))
	var d regulation
	uploadRegulation(t, s, pdftest.Regulation(), map[string]string{
		"title": "Real Decreto 866/2010", "short_title": "RD 866/2010", "type": "royal_decree", "number": "866/2010", "tags": "reformas, ITV",
	}).Expect(http.StatusAccepted).JSON(&d)
	require.Equal(t, "pending", d.Status)
	s.ProcessDocuments()
	s.Do("GET", "/api/rag/documents/"+d.ID, nil, viewer).Expect(http.StatusOK).JSON(&d)
	require.Equal(t, "indexed", d.Status, "%+v", d.Error)
	require.True(t, d.IsCurrent)
	require.Equal(t, 100, d.Progress)
	require.Equal(t, 2, *d.Pages)
	var answer struct {
		Answer    string
		Answered  bool
		Cached    bool
		QueryID   string `json:"query_id"`
		Citations []struct {
			Article *string
			Pages   []int
			Snippet string
			Heading *string
		}
	}
	r := s.Do("POST", "/api/rag/query", `{"query":"¿En qué plazo hay que pasar la ITV tras la reforma?"}`, viewer).Expect(http.StatusOK)
	r.JSON(&answer)
	t.Log(string(r.Body))
	require.True(t, answer.Answered)
	require.Contains(t, answer.Answer, "quince días")
	require.Equal(t, "8", *answer.Citations[0].Article)
	require.Equal(t, []int{2}, answer.Citations[0].Pages)
}

// indexed uploads the regulation of pdftest and has it indexed.
func indexed(t *testing.T, s *apitest.Server) regulation {
	t.Helper()
	var d regulation
	uploadRegulation(t, s, pdftest.Regulation(), map[string]string{"title": "Real Decreto 866/2010", "type": "royal_decree"}).Expect(http.StatusAccepted).JSON(&d)
	s.ProcessDocuments()
	return d
}

func TestRegulationUploadsAreRefused(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	d := indexed(t, s)
	refused(t, uploadRegulation(t, s, []byte("GIF89a, no PDF"), nil), http.StatusBadRequest, "invalid_file_type")
	large := append(pdftest.Regulation(), make([]byte, 50<<20)...)
	refused(t, uploadRegulation(t, s, large, nil), http.StatusRequestEntityTooLarge, "file_too_large")
	for field, value := range map[string]string{"type": "poem", "valid_from": "1/2/2020", "tags": "<b>", "supersedes_id": "x", "title": strings.Repeat("x", 301), "color": "red"} {
		refused(t, uploadRegulation(t, s, pdftest.Document("Otro."), map[string]string{field: value}), http.StatusUnprocessableEntity, "invalid_request")
	}
	refused(t, uploadRegulation(t, s, pdftest.Document("Otro."), map[string]string{"valid_from": "2020-02-01", "valid_to": "2020-01-01"}),
		http.StatusUnprocessableEntity, "invalid_dates")
	refused(t, uploadRegulation(t, s, pdftest.Document("Otro."), map[string]string{"supersedes_id": uuid.NewString()}), http.StatusNotFound, "document_not_found")
	var problem struct {
		Detail  string
		Current regulation
	}
	refused(t, uploadRegulation(t, s, pdftest.Regulation(), nil), http.StatusConflict, "duplicate_document").JSON(&problem)
	require.Equal(t, d.ID, problem.Current.ID)
	require.Contains(t, problem.Detail, "Real Decreto 866/2010")
	uploadRegulation(t, s, pdftest.Document("Otra."), map[string]string{"supersedes_id": d.ID}).Expect(http.StatusAccepted)
	refused(t, uploadRegulation(t, s, pdftest.Document("Y otra."), map[string]string{"supersedes_id": d.ID}), http.StatusConflict, "already_superseded")
	left, err := filepath.Glob(filepath.Join(s.Files, "documents", "*", "*.pdf"))
	require.NoError(t, err)
	require.Len(t, left, 2, "what was refused leaves no file")
}

func TestRegulationIsShown(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	d := indexed(t, s)
	viewer := apitest.Bearer(s.Token(caller.RoleViewer))
	path := "/api/rag/documents/" + d.ID

	file := s.Do("GET", path+"/file", nil, viewer).Expect(http.StatusOK)
	require.Equal(t, pdftest.Regulation()[:1000], file.Body[:1000])
	require.Contains(t, file.Header.Get("Content-Disposition"), "inline")
	part := s.Do("GET", path+"/file", nil, viewer, apitest.Header("Range", "bytes=10-19")).Expect(http.StatusPartialContent)
	require.Equal(t, file.Body[10:20], part.Body)
	s.Do("GET", path+"/file", nil, viewer, apitest.Header("If-None-Match", file.Header.Get("ETag"))).Expect(http.StatusNotModified)

	for range 2 { // drawn, then kept
		png := s.Do("GET", path+"/pages/2?w=320", nil, viewer).Expect(http.StatusOK)
		cfg, err := imagepng.DecodeConfig(bytes.NewReader(png.Body))
		require.NoError(t, err)
		require.Equal(t, 320, cfg.Width)
	}
	refused(t, s.Do("GET", path+"/pages/3", nil, viewer), http.StatusNotFound, "page_not_found")
	refused(t, s.Do("GET", path+"/pages/2?w=5000", nil, viewer), http.StatusUnprocessableEntity, "invalid_request")

	var text struct {
		Text   string
		Chunks []struct {
			Text, Label string
			Start, End  int
		}
	}
	s.Do("GET", path+"/pages/2/text", nil, viewer).Expect(http.StatusOK).JSON(&text)
	require.Contains(t, text.Text, "quince días")
	require.NotEmpty(t, text.Chunks)
	for _, c := range text.Chunks {
		require.Less(t, c.Start, c.End)
		require.LessOrEqual(t, c.End, len([]rune(text.Text)))
	}
	var units []struct {
		Kind, Label string
		Number      *string
		PageFrom    int `json:"page_from"`
	}
	s.Do("GET", path+"/units", nil, viewer).Expect(http.StatusOK).JSON(&units)
	articles := 0
	for _, u := range units {
		if u.Kind == "article" {
			articles++
		}
	}
	require.Equal(t, 5, articles)

	events := s.Do("GET", path+"/events", nil, viewer).Expect(http.StatusOK)
	require.Contains(t, string(events.Body), "event: end\ndata: {")
	refused(t, s.Do("GET", "/api/rag/documents/"+uuid.NewString()+"/events", nil, viewer), http.StatusNotFound, "document_not_found")

	var list struct{ Items []regulation }
	for query, n := range map[string]int{"": 1, "?q=DECRETO": 1, "?q=orden": 0, "?type=royal_decree": 1, "?type=manual": 0, "?is_current=true": 1, "?status=failed": 0, "?tag=x": 0} {
		s.Do("GET", "/api/rag/documents"+query, nil, viewer).Expect(http.StatusOK).JSON(&list)
		require.Len(t, list.Items, n, query)
	}
}

func TestRegulationIsChangedAndDeleted(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	d := indexed(t, s)
	editor, admin := editorOf(s), apitest.Bearer(s.Token(caller.RoleAdmin))
	path := "/api/rag/documents/" + d.ID
	refused(t, s.Do("PATCH", path, `{"is_active":false}`, editor, apitest.Header("If-Match", `"99"`)), http.StatusPreconditionFailed, "version_mismatch")
	refused(t, s.Do("PATCH", path, `{"valid_from":"2020-02-01","valid_to":"2020-01-01"}`, editor), http.StatusUnprocessableEntity, "invalid_dates")
	var got regulation
	s.Do("PATCH", path, `{"title":" Otro   título ","short_title":"RD","tags":["itv"]}`, editor).Expect(http.StatusOK).JSON(&got)
	require.Equal(t, "Otro título", got.Title)
	s.Do("POST", path+"/reprocess", nil, editor).Expect(http.StatusAccepted).JSON(&got)
	require.Equal(t, "pending", got.Status)
	s.ProcessDocuments()
	refused(t, s.Do("DELETE", path, nil, editor), http.StatusForbidden, "forbidden")
	s.Do("DELETE", path, nil, admin).Expect(http.StatusNoContent)
	refused(t, s.Do("GET", path, nil, editor), http.StatusNotFound, "document_not_found")
	var audit struct {
		Items []struct{ Action string }
	}
	s.Do("GET", "/api/admin/audit?entity_type=regulation", nil, admin).Expect(http.StatusOK).JSON(&audit)
	require.GreaterOrEqual(t, len(audit.Items), 5, "made, indexed, changed, reprocessed, deleted")
}

func TestQuestionsAreLoggedAndRated(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	indexed(t, s)
	viewer := apitest.Bearer(s.Token(caller.RoleViewer))
	ask := func(body string) apitest.Response {
		return s.Do("POST", "/api/rag/query", body, viewer).Expect(http.StatusOK)
	}
	stream := string(ask(`{"query":"¿En qué plazo se pasa la inspección técnica?","stream":true}`).Body)
	for _, part := range []string{"event: citations\ndata: [{", "event: delta\ndata: {\"text\":", "event: answer\ndata: {"} {
		require.Contains(t, stream, part)
	}
	var answer struct {
		QueryID string `json:"query_id"`
		Cached  bool
	}
	ask(`{"query":"en que plazo se pasa la inspeccion tecnica"}`).JSON(&answer)
	require.True(t, answer.Cached)
	ask(`{"query":"¿Quién pintó las Meninas?"}`)
	refused(t, s.Do("POST", "/api/rag/query", `{"query":"?!?"}`, viewer), http.StatusUnprocessableEntity, "invalid_request")
	refused(t, s.Do("POST", "/api/rag/query", `{"query":"plazo\u0000"}`, viewer), http.StatusUnprocessableEntity, "invalid_text")

	path := "/api/rag/queries/" + answer.QueryID
	var q struct {
		Useful    *bool
		Comment   *string
		RatedBy   *string `json:"rated_by"`
		AskedBy   *string `json:"asked_by"`
		Citations []struct{ Snippet string }
	}
	s.Do("PUT", path+"/feedback", `{"useful":false,"comment":"Es otro artículo."}`, viewer).Expect(http.StatusOK).JSON(&q)
	require.False(t, *q.Useful)
	require.Equal(t, "Es otro artículo.", *q.Comment)
	require.Equal(t, *q.AskedBy, *q.RatedBy)
	require.NotEmpty(t, q.Citations)
	refused(t, s.Do("PUT", "/api/rag/queries/"+uuid.NewString()+"/feedback", `{"useful":true}`, viewer), http.StatusNotFound, "query_not_found")

	var list struct{ Items []struct{ ID string } }
	for query, n := range map[string]int{"": 3, "?answered=false": 1, "?useful=false": 1, "?useful=true": 0, "?q=meninas": 1, "?source=assistant": 0} {
		s.Do("GET", "/api/rag/queries"+query, nil, viewer).Expect(http.StatusOK).JSON(&list)
		require.Len(t, list.Items, n, query)
	}
	var numbers struct {
		Questions, Unanswered, Cached int
		NotUseful                     int     `json:"not_useful"`
		CacheHitRate                  float64 `json:"cache_hit_rate"`
		Days                          []struct{ Questions int }
		TopUnanswered                 []struct{ Query string }   `json:"top_unanswered"`
		TopCitations                  []struct{ Heading string } `json:"top_citations"`
	}
	s.Do("GET", "/api/rag/analytics", nil, viewer).Expect(http.StatusOK).JSON(&numbers)
	require.Equal(t, []int{3, 1, 1, 1, 30}, []int{numbers.Questions, numbers.Unanswered, numbers.Cached, numbers.NotUseful, len(numbers.Days)})
	require.Equal(t, 3, numbers.Days[29].Questions)
	require.Equal(t, "¿Quién pintó las Meninas?", numbers.TopUnanswered[0].Query)
	require.NotEmpty(t, numbers.TopCitations)
	refused(t, s.Do("GET", "/api/rag/analytics?from=2026-02-01&to=2026-01-01", nil, viewer), http.StatusUnprocessableEntity, "invalid_dates")

	var health struct {
		Status     string
		Current    int
		Components []struct{ Name, Status string }
	}
	s.Do("GET", "/api/rag/health", nil, viewer).Expect(http.StatusOK).JSON(&health)
	require.Equal(t, "ok", health.Status)
	require.Equal(t, 1, health.Current)
	require.Len(t, health.Components, 7)
}
