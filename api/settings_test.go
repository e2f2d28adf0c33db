package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	require.NoError(t, s.Accounts.Create(t.Context(), admin.NewAccount{Username: "ana", Password: "una-clave-bien-larga", Role: caller.RoleViewer}))
	login := func(username, password string) apitest.Response {
		return s.Do("POST", "/api/admin/auth/login", map[string]string{"username": username, "password": password})
	}
	wrong := login("ana", "otra-clave-bien-larga").Expect(http.StatusUnauthorized).Problem()
	unknown := login("nadie", "otra-clave-bien-larga").Expect(http.StatusUnauthorized).Problem()
	require.Equal(t, wrong.Detail, unknown.Detail, "an unknown name looks like a wrong password")
	var session struct {
		AccessToken string    `json:"access_token"`
		TokenType   string    `json:"token_type"`
		ExpiresAt   time.Time `json:"expires_at"`
	}
	login("Ana", "una-clave-bien-larga").Expect(http.StatusOK).JSON(&session)
	require.Equal(t, "bearer", session.TokenType)
	s.Do("GET", "/api/admin/conversations", nil, apitest.Bearer(session.AccessToken)).Expect(http.StatusOK)

	t.Run("another password ends the sessions", func(t *testing.T) {
		require.NoError(t, s.Accounts.ResetPassword(t.Context(), "ana", "la-tercera-clave-larga"))
		s.Do("GET", "/api/admin/conversations", nil, apitest.Bearer(session.AccessToken)).Expect(http.StatusUnauthorized)
	})
	t.Run("a session ends by itself", func(t *testing.T) {
		login("ana", "la-tercera-clave-larga").Expect(http.StatusOK).JSON(&session)
		s.Clock.Set(session.ExpiresAt.Add(-time.Second))
		s.Do("GET", "/api/admin/conversations", nil, apitest.Bearer(session.AccessToken)).Expect(http.StatusOK)
		s.Clock.Set(session.ExpiresAt)
		s.Do("GET", "/api/admin/conversations", nil, apitest.Bearer(session.AccessToken)).Expect(http.StatusUnauthorized)
		s.Do("GET", "/api/elements", nil, apitest.Bearer(session.AccessToken)).Expect(http.StatusUnauthorized)
	})
	t.Run("expired sessions are forgotten", func(t *testing.T) {
		login("ana", "la-tercera-clave-larga").Expect(http.StatusOK)
		var sessions int
		require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM sessions").Scan(&sessions))
		require.Equal(t, 1, sessions)
	})
	t.Run("nothing readable is stored", func(t *testing.T) {
		var found int
		require.NoError(t, s.Pool.QueryRow(t.Context(),
			"SELECT count(*) FROM sessions WHERE encode(token_hash, 'escape') LIKE '%' || $1 || '%'", session.AccessToken).Scan(&found))
		require.Zero(t, found)
	})
}

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
