package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"testing"

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
