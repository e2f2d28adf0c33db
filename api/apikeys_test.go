package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

const keysPath = "/api/admin/auth/api-keys"

func newKey(name, role string, days int) map[string]any {
	return map[string]any{"name": name, "role": role, "expires_in_days": days}
}

func TestAPIKeys(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	now := time.Now().Truncate(time.Second)
	s.Clock.Set(now)
	id := s.Account(caller.RoleEditor)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	var key struct {
		ID        uuid.UUID
		Key       string
		ExpiresAt time.Time `json:"expires_at"`
	}
	s.Do("POST", keysPath, newKey("informes", "editor", 2), editor).Expect(http.StatusCreated).JSON(&key)
	require.True(t, strings.HasPrefix(key.Key, "msia_"))
	require.WithinDuration(t, now.AddDate(0, 0, 2), key.ExpiresAt, 0)
	with := apitest.Bearer(key.Key)
	role := func() string {
		var m signedIn
		s.Do("GET", mePath, nil, with).Expect(http.StatusOK).JSON(&m)
		require.Equal(t, []any{"api_key", &key.ID, (*uuid.UUID)(nil)}, []any{m.SignedInBy, m.APIKeyID, m.SessionID})
		return m.Role
	}
	require.Equal(t, "editor", role())

	t.Run("refused", func(t *testing.T) {
		for name, c := range map[string]struct {
			body   any
			status int
			code   string
		}{
			"name taken":       {newKey("informes", "viewer", 1), 409, "api_key_name_taken"},
			"above one's role": {newKey("x", "admin", 1), 422, "invalid_api_key"},
			"no such role":     {newKey("x", "root", 1), 422, "invalid_request"},
			"for ever":         {newKey("x", "viewer", 367), 422, "invalid_request"},
			"in the past":      {newKey("x", "viewer", 0), 422, "invalid_request"},
			"blank name":       {newKey("  ", "viewer", 1), 422, "invalid_request"},
			"NUL in the name":  {newKey("a\u0000b", "viewer", 1), 422, "invalid_api_key"},
			"no expiry":        {map[string]any{"name": "x", "role": "viewer"}, 422, "invalid_request"},
		} {
			require.Equal(t, c.code, s.Do("POST", keysPath, c.body, editor).Expect(c.status).Problem().Code, name)
		}
	})
	t.Run("is shown once and stored hashed", func(t *testing.T) {
		r := s.Do("GET", keysPath, nil, editor).Expect(http.StatusOK)
		require.Contains(t, string(r.Body), "informes")
		require.NotContains(t, string(r.Body), key.Key)
		require.Zero(t, count(t, s, "api_keys k WHERE k::text LIKE '%' || $1 || '%'", key.Key))
		require.Zero(t, count(t, s, "audit_log a WHERE a::text LIKE '%hash%' OR a::text LIKE '%' || $1 || '%'", key.Key))
	})
	t.Run("its use is noted", func(t *testing.T) {
		require.Eventually(t, func() bool { return count(t, s, "api_keys WHERE last_used_at = $1", now) == 1 }, 10*time.Second, 5*time.Millisecond)
	})
	t.Run("manages neither keys nor sessions nor passwords", func(t *testing.T) {
		for _, c := range []struct {
			method, path string
			body         any
		}{
			{"GET", keysPath, nil},
			{"POST", keysPath, newKey("otra", "viewer", 300)},
			{"DELETE", keysPath + "/" + key.ID.String(), nil},
			{"GET", "/api/admin/auth/sessions", nil},
			{"DELETE", "/api/admin/auth/sessions", nil},
			{"POST", "/api/admin/auth/logout", nil},
			{"POST", "/api/admin/auth/password", map[string]string{"current_password": apitest.Password, "new_password": "otra-clave-bien-larga"}},
		} {
			require.Equal(t, "session_needed", s.Do(c.method, c.path, c.body, with).Expect(http.StatusForbidden).Problem().Code, "%s %s", c.method, c.path)
		}
	})
	t.Run("is never above the account", func(t *testing.T) {
		admin := apitest.Bearer(s.Token(caller.RoleAdmin))
		s.Do("PATCH", "/api/admin/accounts/"+id.String(), map[string]string{"role": "viewer"}, admin).Expect(http.StatusOK)
		require.Equal(t, "viewer", role())
		s.Do("PATCH", "/api/admin/accounts/"+id.String(), map[string]string{"role": "admin"}, admin).Expect(http.StatusOK)
		require.Equal(t, "editor", role())
	})
	t.Run("expires", func(t *testing.T) {
		s.Clock.Set(key.ExpiresAt.Add(-time.Second))
		role()
		s.Clock.Set(key.ExpiresAt)
		s.Do("GET", mePath, nil, with).Expect(http.StatusUnauthorized)
	})
	t.Run("deleted, it is good for nothing", func(t *testing.T) {
		s.Clock.Set(now)
		role()
		others := apitest.Bearer(s.Token(caller.RoleViewer))
		editor := apitest.Bearer(s.SessionToken(id, now)) // the change of role ended the first one
		s.Do("DELETE", keysPath+"/"+key.ID.String(), nil, others).Expect(http.StatusNotFound)
		s.Do("DELETE", keysPath+"/"+key.ID.String(), nil, editor).Expect(http.StatusNoContent)
		s.Do("DELETE", keysPath+"/"+key.ID.String(), nil, editor).Expect(http.StatusNotFound)
		s.Do("GET", mePath, nil, with).Expect(http.StatusUnauthorized)
		require.Equal(t, 2, count(t, s, "audit_log WHERE entity_type = 'api_key'"))
		require.Equal(t, 1, count(t, s, "access_log WHERE event = 'api_key_revoked' AND username = 'test-editor' AND actor_name IS NULL"))
	})
}

func TestAPIKeysAreBounded(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	id := s.Account(caller.RoleViewer)
	for range admin.MaxAPIKeys - 1 {
		s.APIKey(id, caller.RoleViewer, time.Now())
	}
	statuses := make(chan int, 4)
	for i := range cap(statuses) {
		viewer := apitest.Bearer(s.SessionToken(id, time.Now()))
		go func() { statuses <- s.Do("POST", keysPath, newKey(fmt.Sprint(i), "viewer", 1), viewer).Status }()
	}
	seen := map[int]int{}
	for range cap(statuses) {
		seen[<-statuses]++
	}
	require.Equal(t, map[int]int{http.StatusCreated: 1, http.StatusConflict: 3}, seen)
}
