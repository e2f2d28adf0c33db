package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

// exported reads a CSV as a spreadsheet program does.
func exported(t *testing.T, s *apitest.Server, target string, who apitest.Option) [][]string {
	t.Helper()
	r := s.Do("GET", target, nil, who).Expect(200)
	require.Equal(t, "text/csv", r.Header.Get("Content-Type"))
	raw, marked := bytes.CutPrefix(r.Body, []byte("\uFEFF"))
	require.True(t, marked)
	in := csv.NewReader(bytes.NewReader(raw))
	in.Comma = ';'
	rows, err := in.ReadAll()
	require.NoError(t, err)
	return rows
}

func TestListsAsFiles(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	s := b.Server
	viewer, admin := apitest.Bearer(s.Token(caller.RoleViewer)), apitest.Bearer(s.Token(caller.RoleAdmin))
	c := b.open()
	b.Do("PATCH", "/api/cases/"+c.ID, `{"data":{"vehicle":{"plate":"1234 BCD","make":"=Honda"},"personal":{"first_name":"Íñigo","phone":"611222333"}}}`, b.editor).Expect(200)
	other := b.open()
	b.Do("POST", "/api/cases/"+other.ID+"/transition", `{"status":"cancelled","reason":"no"}`, b.editor).Expect(200)

	rows := exported(t, s, "/api/cases/export?sort=created&order=oldest", viewer)
	require.Len(t, rows, 3)
	require.Equal(t, []string{"Número", "Estado", "Cliente"}, rows[0][:3])
	require.Equal(t, []string{c.Number, "Recogiendo datos", "Íñigo", "", "'+34611222333", "", "1234BCD", "'=Honda"}, rows[1][:8])
	require.Equal(t, []string{"ESCAPE, MANILLAR", strings.Replace(c.Quote.Subtotal, ".", ",", 1), strings.Replace(c.Quote.Total, ".", ",", 1), "test-editor"}, rows[1][9:13])
	require.Regexp(t, `^\d\d/\d\d/\d{4} \d\d:\d\d:\d\d$`, rows[1][13])
	require.Equal(t, []string{other.Number, "Cancelado"}, rows[2][:2])
	require.Len(t, exported(t, s, "/api/cases/export?status=cancelled&status=resolved", viewer), 2, "as the list is filtered")
	require.Len(t, exported(t, s, "/api/cases/export?q=1234BCD", viewer), 2)
	file := s.Do("GET", "/api/cases/export?format=xlsx", nil, viewer).Expect(200)
	require.Regexp(t, `^attachment; filename=expedientes-\d{4}-\d\d-\d\d\.xlsx$`, file.Header.Get("Content-Disposition"))
	book, err := excelize.OpenReader(bytes.NewReader(file.Body))
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	cells, err := book.GetRows("expedientes")
	require.NoError(t, err)
	require.Len(t, cells, 3)

	writes(t, s, 1, 10, 100, "-Nuria", "+34600100201", "hola")
	_, err = s.Pool.Exec(t.Context(), `INSERT INTO escalations (id, conversation_id, source, reason, created_at)
		SELECT id, id, 'customer_request', 'Quiere hablar', now() FROM conversations`)
	require.NoError(t, err)
	rows = exported(t, s, "/api/admin/customers/export?q=nuria", viewer)
	require.Equal(t, []string{"'-Nuria", "", "", "", "'-Nuria", "'+34600100201", "", "", "Profesional"}, rows[1][:9])
	require.Len(t, exported(t, s, "/api/admin/customers/export?sort=created", viewer), 4)
	rows = exported(t, s, "/api/admin/escalations/export", viewer)
	require.Equal(t, []string{"'-Nuria", "'+34600100201", "Pide una persona", "Normal", "Pendiente", "Quiere hablar"}, rows[1][:6])
	require.Len(t, exported(t, s, "/api/admin/escalations/export?status=resolved", viewer), 1)

	rows = exported(t, s, "/api/admin/audit/export?entity_id="+other.ID+"&action=update", admin)
	require.Equal(t, []string{"test-editor", "update", "case", other.ID}, rows[1][1:5])
	require.Contains(t, rows[1][5], `status: "collecting" → "cancelled"`)
	s.Do("POST", "/api/admin/auth/login", fmt.Sprintf(`{"username":"test-admin","password":%q}`, apitest.Password)).Expect(200)
	rows = exported(t, s, "/api/admin/access-log/export?username=test-admin", admin)
	require.Equal(t, []string{"test-admin", "", "login", "ok"}, rows[1][1:5])
	for _, path := range []string{"/api/admin/audit/export", "/api/admin/access-log/export"} {
		s.Do("GET", path, nil, viewer).Expect(403)
	}
	for _, bad := range []string{"/api/cases/export?format=pdf", "/api/cases/export?status=x", "/api/cases/export?q=a%00b", "/api/admin/customers/export?q=a"} {
		s.Do("GET", bad, nil, viewer).Expect(422)
	}
}

// TestLongListsAreWhole: more rows than a page has.
func TestLongListsAreWhole(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	_, err := s.Pool.Exec(t.Context(), `INSERT INTO customers (id, whatsapp_name, last_activity_at, created_at, updated_at)
		SELECT gen_random_uuid(), 'Cliente ' || n, now(), now() - n * interval '1 minute', now() FROM generate_series(1, 450) n`)
	require.NoError(t, err)
	rows := exported(t, s, "/api/admin/customers/export?sort=created", apitest.Bearer(s.Token(caller.RoleViewer)))
	require.Len(t, rows, 451)
	for i, row := range rows[1:] {
		require.Equal(t, fmt.Sprintf("Cliente %d", i+1), row[0])
	}
}
