package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

const accountsPath = "/api/admin/accounts"

// account is the body of an account.
type account struct {
	ID          uuid.UUID
	Username    string
	DisplayName *string `json:"display_name"`
	Role        string
	IsActive    bool `json:"is_active"`
	Version     int
}

func newAccount(username, role string) map[string]any {
	return map[string]any{"username": username, "role": role, "password": apitest.Password}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	var ana account
	r := s.Do("POST", accountsPath, newAccount("Ana.Ruiz@msi", "viewer"), admin).Expect(http.StatusCreated).JSON(&ana)
	require.Equal(t, account{ID: ana.ID, Username: "ana.ruiz@msi", Role: "viewer", IsActive: true, Version: 1}, ana)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.NotContains(t, string(r.Body), "argon2")
	path := accountsPath + "/" + ana.ID.String()
	patch := func(body any, options ...apitest.Option) apitest.Response {
		return s.Do("PATCH", path, body, append(options, admin)...)
	}

	t.Run("refused", func(t *testing.T) {
		for name, c := range map[string]struct {
			change map[string]any
			status int
			code   string
		}{
			"taken in other case": {map[string]any{"username": "ANA.RUIZ@MSI"}, 409, "username_taken"},
			"space in the name":   {map[string]any{"username": "ana b"}, 422, "invalid_request"},
			"empty name":          {map[string]any{"username": ""}, 422, "invalid_request"},
			"name too long":       {map[string]any{"username": strings.Repeat("a", 51)}, 422, "invalid_request"},
			"newline in the name": {map[string]any{"username": "ana\n"}, 422, ""},
			"short password":      {map[string]any{"password": "once-letras"}, 422, "invalid_request"},
			"long password":       {map[string]any{"password": strings.Repeat("ñ", 257)}, 422, "invalid_request"},
			"no such role":        {map[string]any{"role": "root"}, 422, "invalid_request"},
			"blank display name":  {map[string]any{"display_name": " "}, 422, "invalid_request"},
			"NUL":                 {map[string]any{"display_name": "a\u0000b"}, 422, "invalid_account"},
		} {
			body := newAccount("otra", "viewer")
			for k, v := range c.change {
				body[k] = v
			}
			p := s.Do("POST", accountsPath, body, admin).Expect(c.status).Problem()
			if c.code != "" {
				require.Equal(t, c.code, p.Code, name)
			}
		}
		s.Do("POST", accountsPath, newAccount("larga", "viewer"), admin).Expect(http.StatusCreated)
		s.Do("POST", loginPath, credentials("larga", apitest.Password)).Expect(http.StatusOK)
	})
	t.Run("named to all", func(t *testing.T) {
		var staff []map[string]any
		s.Do("GET", "/api/admin/staff", nil, admin).Expect(http.StatusOK).JSON(&staff)
		require.Contains(t, staff, map[string]any{"id": ana.ID.String(), "name": "ana.ruiz@msi", "role": "viewer", "is_active": true})
	})
	t.Run("patched", func(t *testing.T) {
		var got account
		patch(map[string]any{"display_name": "Ana"}).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, []any{"Ana", 2}, []any{*got.DisplayName, got.Version})
		patch(map[string]any{}).Expect(http.StatusOK).JSON(&got)
		patch(map[string]any{"display_name": "Ana", "role": "viewer", "is_active": true}).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, 2, got.Version, "nothing changed")
		patch(map[string]any{"display_name": nil}).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, account{ID: ana.ID, Username: "ana.ruiz@msi", Role: "viewer", IsActive: true, Version: 3}, got)
		patch(map[string]any{"display_name": "a\u0000b"}).Expect(http.StatusUnprocessableEntity)
		patch(map[string]any{"username": "otro"}).Expect(http.StatusUnprocessableEntity)
		require.Equal(t, 2, count(t, s, "audit_log WHERE action = 'update' AND entity_id = $1 AND actor_name = 'test-admin'", ana.ID.String()))
	})
	t.Run("a change based on an older version", func(t *testing.T) {
		var both struct{ Current, Submitted map[string]any }
		patch(map[string]any{"role": "editor"}, apitest.Header("If-Match", `"2"`)).Expect(http.StatusPreconditionFailed).JSON(&both)
		require.Equal(t, []any{"viewer", "editor"}, []any{both.Current["role"], both.Submitted["role"]})
		patch(map[string]any{"display_name": "Ana"}, apitest.Header("If-Match", `"3"`)).Expect(http.StatusOK)
	})
	t.Run("listed and read", func(t *testing.T) {
		var all []account
		s.Do("GET", accountsPath, nil, admin).Expect(http.StatusOK).JSON(&all)
		var names []string
		for _, a := range all {
			names = append(names, a.Username)
		}
		require.Equal(t, []string{"ana.ruiz@msi", "larga", "test-admin"}, names)
		require.Equal(t, `"4"`, s.Do("GET", path, nil, admin).Expect(http.StatusOK).Header.Get("ETag"))
	})
	t.Run("unknown", func(t *testing.T) {
		nobody := accountsPath + "/" + uuid.NewString()
		s.Do("GET", nobody, nil, admin).Expect(http.StatusNotFound)
		s.Do("PATCH", nobody, map[string]any{"role": "viewer"}, admin).Expect(http.StatusNotFound)
		s.Do("POST", nobody+"/password", map[string]any{"new_password": apitest.Password}, admin).Expect(http.StatusNotFound)
		s.Do("DELETE", nobody+"/sessions", nil, admin).Expect(http.StatusNotFound)
	})
}

// TestForcedLogout shows what ends sessions and keys: at once, on every replica.
func TestForcedLogout(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	replica := apitest.On(t, s.Pool)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	id := s.Account(caller.RoleViewer)
	path := accountsPath + "/" + id.String()
	for _, c := range []struct {
		name, method, path string
		body               any
		keyLives           bool
	}{
		{"another role", "PATCH", path, map[string]any{"role": "editor"}, true},
		{"another password", "POST", path + "/password", map[string]any{"new_password": "otra-clave-bien-larga"}, true},
		{"signed out by an admin", "DELETE", path + "/sessions", nil, true},
		{"switched off", "PATCH", path, map[string]any{"is_active": false}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			session := apitest.Bearer(s.SessionToken(id, time.Now()))
			key := apitest.Bearer(s.APIKey(id, caller.RoleViewer, time.Now()))
			replica.Do("GET", mePath, nil, session).Expect(http.StatusOK)
			replica.Do("GET", mePath, nil, key).Expect(http.StatusOK)
			if status := s.Do(c.method, c.path, c.body, admin).Status; status != http.StatusOK {
				require.Equal(t, http.StatusNoContent, status)
			}
			replica.Do("GET", mePath, nil, session).Expect(http.StatusUnauthorized)
			if want := http.StatusUnauthorized; !c.keyLives {
				replica.Do("GET", mePath, nil, key).Expect(want)
				require.Zero(t, count(t, s, "api_keys"), "switched on again, the account has no old keys")
			} else {
				replica.Do("GET", mePath, nil, key).Expect(http.StatusOK)
			}
		})
	}
	s.Do("PATCH", path, map[string]any{"is_active": true}, admin).Expect(http.StatusOK)
	s.Do("POST", loginPath, credentials("test-viewer", apitest.Password)).Expect(http.StatusUnauthorized)
	s.Do("POST", loginPath, credentials("test-viewer", "otra-clave-bien-larga")).Expect(http.StatusOK)
	require.Equal(t, 4, count(t, s, "access_log WHERE event = 'session_revoked' AND username = 'test-viewer' AND actor_name = 'test-admin'"))
	require.Equal(t, 1, count(t, s, "access_log WHERE event = 'password_reset' AND username = 'test-viewer' AND actor_name = 'test-admin'"))
}

func TestOwnAccountAndLastAdmin(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	own := accountsPath + "/" + s.Account(caller.RoleAdmin).String()
	for _, body := range []map[string]any{{"role": "editor"}, {"is_active": false}} {
		require.Equal(t, "own_account", s.Do("PATCH", own, body, admin).Expect(http.StatusConflict).Problem().Code)
	}
	require.Equal(t, "own_account", s.Do("POST", own+"/password", map[string]any{"new_password": apitest.Password}, admin).Expect(http.StatusConflict).Problem().Code)
	s.Do("PATCH", own, map[string]any{"display_name": "Yo", "role": "admin"}, admin).Expect(http.StatusOK)
	s.Do("GET", mePath, nil, admin).Expect(http.StatusOK)
	require.Zero(t, count(t, s, "access_log"))
}
