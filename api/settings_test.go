package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
)

type setting struct {
	Key, Type, Value, Default string
	Minimum, Maximum          *int
	MaxLength                 *int `json:"max_length"`
	Options                   []string
	IsDefault                 bool    `json:"is_default"`
	UpdatedBy                 *string `json:"updated_by"`
	Version                   int
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	var all []setting
	s.Do("GET", "/api/admin/settings", nil, admin).Expect(http.StatusOK).JSON(&all)
	require.Len(t, all, 7)
	require.True(t, slices.IsSortedFunc(all, func(a, b setting) int { return strings.Compare(a.Key, b.Key) }))
	for _, x := range all {
		require.Equal(t, []any{x.Default, true, 1}, []any{x.Value, x.IsDefault, x.Version}, x.Key)
		require.Equal(t, x.Type == "text", x.MaxLength != nil, "%s: a form can be built from it", x.Key)
		require.Equal(t, x.Type == "choice", len(x.Options) > 0, x.Key)
		require.Equal(t, x.Type == "integer" || x.Type == "percent", x.Minimum != nil && x.Maximum != nil, x.Key)
	}
	for _, c := range []struct {
		key, value string
		status     int
		stored     string
	}{
		{"assistant_enabled", `"false"`, 200, "false"},
		{"assistant_enabled", `true`, 200, "true"},
		{"assistant_enabled", `"no"`, 422, ""},
		{"assistant_enabled", `1`, 422, ""},
		{"assistant_enabled", `null`, 422, ""},
		{"assistant_enabled", `["true"]`, 422, ""},
		{"iva_percent", `"10"`, 200, "10.00"},
		{"iva_percent", `4.5`, 200, "4.50"},
		{"iva_percent", `0`, 200, "0.00"},
		{"iva_percent", `100`, 200, "100.00"},
		{"iva_percent", `"100.01"`, 422, ""},
		{"iva_percent", `-1`, 422, ""},
		{"iva_percent", `"21.005"`, 422, ""},
		{"iva_percent", `true`, 422, ""},
		{"reply_delay_text", `10000`, 200, "10000"},
		{"reply_delay_text", `" 0 "`, 200, "0"},
		{"reply_delay_text", `10001`, 422, ""},
		{"reply_delay_text", `-1`, 422, ""},
		{"reply_delay_text", `0.5`, 422, ""},
		{"assistant_disabled_message", `" Volvemos pronto.\nGracias "`, 200, "Volvemos pronto.\nGracias"},
		{"assistant_disabled_message", `"  "`, 422, ""},
		{"assistant_disabled_message", `12`, 422, ""},
		{"assistant_disabled_message", `"a\u0000b"`, 422, ""},
		{"assistant_disabled_message", `"Son 140 €."`, 422, ""},
		{"assistant_disabled_message", `"` + strings.Repeat("ñ", 1000) + `"`, 200, strings.Repeat("ñ", 1000)},
		{"assistant_disabled_message", `"` + strings.Repeat("ñ", 1001) + `"`, 422, ""},
		{"handover_message", `"` + strings.Repeat("ñ", 501) + `"`, 422, ""},
		{"log_level", `"debug"`, 200, "debug"},
		{"log_level", `"loud"`, 422, ""},
		{"log_level", `7`, 422, ""},
		{"does_not_exist", `"x"`, 404, ""},
	} {
		r := s.Do("PUT", "/api/admin/settings/"+c.key, `{"value":`+c.value+`}`, admin).Expect(c.status)
		if c.status == http.StatusOK {
			var x setting
			r.JSON(&x)
			require.Equal(t, []any{c.stored, false, "test-admin"}, []any{x.Value, x.IsDefault, *x.UpdatedBy}, c.value)
			require.Equal(t, fmt.Sprintf(`"%d"`, x.Version), r.Header.Get("ETag"))
		}
	}
}

// TestSettingVersions has two admins change the same setting.
func TestSettingVersions(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	const path = "/api/admin/settings/iva_percent"
	put := func(value, ifMatch string) apitest.Response {
		return s.Do("PUT", path, map[string]string{"value": value}, admin, apitest.Header("If-Match", ifMatch))
	}
	first := s.Do("GET", path, nil, admin).Expect(http.StatusOK).Header.Get("ETag")
	require.Equal(t, `"1"`, first)
	second := put("10", first).Expect(http.StatusOK).Header.Get("ETag")
	var refused struct{ Current, Submitted map[string]any }
	put("4", first).Expect(http.StatusPreconditionFailed).JSON(&refused)
	require.Equal(t, []any{"10.00", "4"}, []any{refused.Current["value"], refused.Submitted["value"]})
	s.Do("DELETE", path, nil, admin, apitest.Header("If-Match", first)).Expect(http.StatusPreconditionFailed)
	require.Equal(t, second, put("10.00", second).Expect(http.StatusOK).Header.Get("ETag"), "the same value changes nothing")

	s.Do("DELETE", path, nil, admin, apitest.Header("If-Match", second)).Expect(http.StatusNoContent)
	var x setting
	third := s.Do("GET", path, nil, admin).Expect(http.StatusOK).JSON(&x).Header.Get("ETag")
	require.Equal(t, []any{"21.00", true, `"3"`}, []any{x.Value, x.IsDefault, third})
	s.Do("DELETE", path, nil, admin).Expect(http.StatusNoContent)
	require.Equal(t, third, s.Do("GET", path, nil, admin).Header.Get("ETag"), "there was nothing to reset")
	put("10", first).Expect(http.StatusPreconditionFailed) // an old version never comes back

	var entries []string
	rows, err := s.Pool.Query(t.Context(), "SELECT action || ' ' || changes::text FROM audit_log WHERE entity_type = 'setting' ORDER BY id")
	require.NoError(t, err)
	entries, err = pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{`update {"value": ["21.00", "10.00"]}`, `delete {"value": ["10.00", null]}`}, entries)
	s.Do("GET", "/api/admin/settings/nothing", nil, admin).Expect(http.StatusNotFound)
	s.Do("DELETE", "/api/admin/settings/nothing", nil, admin).Expect(http.StatusNotFound)
}

// TestSettingsReachEveryReplica changes a setting at one server and asks
// another that has the catalogue in memory.
func TestSettingsReachEveryReplica(t *testing.T) {
	t.Parallel()
	one := apitest.New(t)
	other := apitest.On(t, one.Pool)
	admin := apitest.Bearer(one.Token(caller.RoleAdmin))
	quote := func(s *apitest.Server) []string {
		var q struct {
			IVAPercent string `json:"iva_percent"`
			Total      string
		}
		s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE")).Expect(http.StatusOK).JSON(&q)
		return []string{q.IVAPercent, q.Total}
	}
	now := time.Now()
	one.Clock.Set(now)
	other.Clock.Set(now)
	require.Equal(t, []string{"21.00", "169.40"}, quote(one))
	require.Equal(t, []string{"21.00", "169.40"}, quote(other))
	for _, c := range []struct {
		change func()
		want   []string
	}{
		{func() {
			one.Do("PUT", "/api/admin/settings/iva_percent", `{"value":10}`, admin).Expect(http.StatusOK)
			one.Do("PUT", "/api/admin/settings/assistant_enabled", `{"value":false}`, admin).Expect(http.StatusOK)
		}, []string{"10.00", "154.00"}},
		{func() {
			one.Do("DELETE", "/api/admin/settings/iva_percent", nil, admin).Expect(http.StatusNoContent)
			one.Do("DELETE", "/api/admin/settings/assistant_enabled", nil, admin).Expect(http.StatusNoContent)
		}, []string{"21.00", "169.40"}},
	} {
		c.change()
		require.Equal(t, c.want, quote(one), "at once where it was changed")
		now = now.Add(catalogue.MaxStaleness)
		other.Clock.Set(now)
		require.Equal(t, c.want, quote(other), "in time everywhere else")
		a, err := other.Settings.Assistant(t.Context())
		require.NoError(t, err)
		require.Equal(t, c.want[0] == "21.00", a.Enabled, "what the assistant reads is never remembered")
	}
	require.Less(t, catalogue.MaxStaleness, time.Second)
}

func TestConversationsAndTranscript(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	cw := chatwoottest.New(t)
	viewer := apitest.Bearer(s.Token(caller.RoleViewer))
	for i := range 5 {
		hook := cw.Incoming(chatwoottest.Incoming{Text: fmt.Sprint("uno ", i), Phone: fmt.Sprintf("+3460010000%d", i), Name: fmt.Sprint("Cliente ", i)})
		s.Do("POST", "/api/chatwoot/webhook", hook.Body, delivery{body: hook.Body}.sign(time.Now())...).Expect(http.StatusOK)
	}
	type pageOf struct {
		Items []struct {
			ID, Content string
			Customer    string `json:"customer_name"`
			Phone       string `json:"customer_phone"`
		}
		NextCursor *string `json:"next_cursor"`
	}
	seen := map[string]bool{}
	path := "/api/admin/conversations?limit=2"
	for pages := 0; ; pages++ {
		var p pageOf
		s.Do("GET", path, nil, viewer).Expect(http.StatusOK).JSON(&p)
		for _, c := range p.Items {
			require.False(t, seen[c.ID], "no row twice")
			seen[c.ID] = true
		}
		if p.NextCursor == nil {
			require.Equal(t, 2, pages)
			break
		}
		path = "/api/admin/conversations?limit=2&cursor=" + *p.NextCursor
	}
	require.Len(t, seen, 5)
	for id := range seen {
		s.Do("GET", "/api/admin/conversations/"+id, nil, viewer).Expect(http.StatusOK)
		var p pageOf
		s.Do("GET", "/api/admin/conversations/"+id+"/messages", nil, viewer).Expect(http.StatusOK).JSON(&p)
		require.Len(t, p.Items, 1)
		require.Contains(t, p.Items[0].Content, "uno")
	}
	s.Do("GET", "/api/admin/conversations/"+uuid.NewString()+"/messages", nil, viewer).Expect(http.StatusNotFound)
	s.Do("GET", "/api/admin/escalations", nil, viewer).Expect(http.StatusOK)
}
