package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	var all []struct{ Key, Type, Value, Default string }
	s.Do("GET", "/api/admin/settings", nil, admin).Expect(http.StatusOK).JSON(&all)
	require.Len(t, all, 3)
	now := time.Now()
	s.Clock.Set(now)
	s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE")).Expect(http.StatusOK) // the catalogue is in memory
	for _, c := range []struct {
		key, value string
		status     int
	}{
		{"assistant_enabled", "false", 200},
		{"assistant_enabled", "no", 422},
		{"iva_percent", "10", 200},
		{"iva_percent", "100.01", 422},
		{"iva_percent", "-1", 422},
		{"iva_percent", "21.005", 422},
		{"assistant_disabled_message", "  ", 422},
		{"assistant_disabled_message", "a\u0000b", 422},
		{"does_not_exist", "x", 404},
	} {
		s.Do("PUT", "/api/admin/settings/"+c.key, map[string]string{"value": c.value}, admin).Expect(c.status)
	}
	s.Clock.Set(now.Add(catalogue.MaxStaleness))
	var q struct {
		IVAPercent string `json:"iva_percent"`
		Total      string
	}
	s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE")).Expect(http.StatusOK).JSON(&q)
	require.Equal(t, []string{"10.00", "154.00"}, []string{q.IVAPercent, q.Total})
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
