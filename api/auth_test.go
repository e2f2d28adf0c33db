package api_test

import (
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

const (
	loginPath  = "/api/admin/auth/login"
	cookiePath = "/api/admin/auth/cookie"
	mePath     = "/api/admin/auth/me"
)

func credentials(username, password string) map[string]string {
	return map[string]string{"username": username, "password": password}
}

// signedIn is the body of GET me.
type signedIn struct {
	Account struct {
		ID       uuid.UUID
		Username string
	}
	Role       string
	SignedInBy string     `json:"signed_in_by"`
	SessionID  *uuid.UUID `json:"session_id"`
	APIKeyID   *uuid.UUID `json:"api_key_id"`
	ExpiresAt  time.Time  `json:"expires_at"`
}

func count(t *testing.T, s *apitest.Server, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM "+query, args...).Scan(&n))
	return n
}

func TestLogin(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	s.Account(caller.RoleViewer)
	wrong := s.Do("POST", loginPath, credentials("test-viewer", "otra-clave-bien-larga")).Expect(http.StatusUnauthorized).Problem()
	unknown := s.Do("POST", loginPath, credentials("nadie", "otra-clave-bien-larga")).Expect(http.StatusUnauthorized).Problem()
	require.Equal(t, wrong.Detail, unknown.Detail, "an unknown name looks like a wrong password")
	s.Do("POST", loginPath, credentials("test-\u0000viewer", apitest.Password)).Expect(http.StatusUnauthorized)
	var session struct {
		AccessToken string    `json:"access_token"`
		TokenType   string    `json:"token_type"`
		ExpiresAt   time.Time `json:"expires_at"`
	}
	s.Do("POST", loginPath, credentials("TEST-Viewer", apitest.Password)).Expect(http.StatusOK).JSON(&session)
	require.Equal(t, "bearer", session.TokenType)
	s.Do("GET", "/api/admin/conversations", nil, apitest.Bearer(session.AccessToken)).Expect(http.StatusOK)
	require.Zero(t, count(t, s, "sessions WHERE encode(token_hash, 'escape') LIKE '%' || $1 || '%'", session.AccessToken), "nothing readable is stored")

	_, err := s.Pool.Exec(t.Context(), "UPDATE accounts SET is_active = false")
	require.NoError(t, err)
	s.Do("GET", mePath, nil, apitest.Bearer(session.AccessToken)).Expect(http.StatusUnauthorized)
	inactive := s.Do("POST", loginPath, credentials("test-viewer", apitest.Password)).Expect(http.StatusUnauthorized).Problem()
	require.Equal(t, wrong.Detail, inactive.Detail)
}

func TestSessionsSlide(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	opened := time.Now().Truncate(time.Second)
	s.Clock.Set(opened)
	token := apitest.Bearer(s.Token(caller.RoleViewer))
	me := func() (m signedIn) {
		s.Do("GET", mePath, nil, token).Expect(http.StatusOK).JSON(&m)
		return m
	}
	expiry := func() (at time.Time) {
		require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT expires_at FROM sessions").Scan(&at))
		return at
	}
	// use waits until the use is written down.
	use := func(at, want time.Time) {
		t.Helper()
		s.Clock.Set(at)
		require.WithinDuration(t, want, me().ExpiresAt, 0)
		require.Eventually(t, func() bool { return expiry().Equal(want) }, 10*time.Second, 5*time.Millisecond)
	}
	s.Clock.Set(opened.Add(59 * time.Second))
	require.WithinDuration(t, opened.Add(admin.SessionIdle), me().ExpiresAt, 0, "within a minute nothing is written")
	for at := opened; at.Before(opened.Add(admin.SessionLifetime - admin.SessionIdle)); {
		at = at.Add(admin.SessionIdle - time.Second)
		want := at.Add(admin.SessionIdle)
		if last := opened.Add(admin.SessionLifetime); want.After(last) {
			want = last
		}
		use(at, want)
	}
	end := opened.Add(admin.SessionLifetime)
	require.WithinDuration(t, end, expiry(), 0, "however much it is used")
	s.Clock.Set(end.Add(-time.Second))
	s.Do("GET", mePath, nil, token).Expect(http.StatusOK)
	s.Clock.Set(end)
	s.Do("GET", mePath, nil, token).Expect(http.StatusUnauthorized)
	s.Do("GET", "/api/elements", nil, token).Expect(http.StatusUnauthorized)

	s.Do("POST", loginPath, credentials("test-viewer", apitest.Password)).Expect(http.StatusOK)
	require.Equal(t, 1, count(t, s, "sessions"), "expired sessions are forgotten")
}

func TestIdleSessionsEnd(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	opened := time.Now()
	s.Clock.Set(opened)
	token := apitest.Bearer(s.Token(caller.RoleViewer))
	s.Clock.Set(opened.Add(admin.SessionIdle))
	s.Do("GET", mePath, nil, token).Expect(http.StatusUnauthorized)
}

func TestCookieSession(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	s.Account(caller.RoleAdmin)
	s.Do("POST", cookiePath, credentials("test-admin", "otra-clave-bien-larga")).Expect(http.StatusUnauthorized)
	r := s.Do("POST", cookiePath, credentials("test-admin", apitest.Password)).Expect(http.StatusOK)
	var m signedIn
	r.JSON(&m)
	require.Equal(t, []string{"test-admin", "admin", "cookie"}, []string{m.Account.Username, m.Role, m.SignedInBy})
	cookies := (&http.Response{Header: r.Header}).Cookies()
	require.Len(t, cookies, 1)
	token := cookies[0].Value
	require.NotContains(t, string(r.Body), token, "scripts do not see it")
	require.Equal(t, []any{"msia_session", "/", true, http.SameSiteStrictMode, false},
		[]any{cookies[0].Name, cookies[0].Path, cookies[0].HttpOnly, cookies[0].SameSite, cookies[0].Secure})
	cookie := apitest.Cookie(token)

	t.Run("counts as a bearer token", func(t *testing.T) {
		var again signedIn
		s.Do("GET", mePath, nil, cookie).Expect(http.StatusOK).JSON(&again)
		require.Equal(t, m.SessionID, again.SessionID)
		require.Equal(t, "cookie", again.SignedInBy)
		s.Do("GET", "/api/elements?include_inactive=true", nil, cookie).Expect(http.StatusOK)
		s.Do("GET", mePath, nil, cookie, apitest.Header("Authorization", "Basic eDp5")).Expect(http.StatusOK)
	})
	t.Run("a bearer token wins", func(t *testing.T) {
		viewer := s.Token(caller.RoleViewer)
		var other signedIn
		s.Do("GET", mePath, nil, cookie, apitest.Bearer(viewer)).Expect(http.StatusOK).JSON(&other)
		require.Equal(t, []string{"test-viewer", "bearer"}, []string{other.Account.Username, other.SignedInBy})
		s.Do("GET", mePath, nil, cookie, apitest.Bearer("made-up")).Expect(http.StatusUnauthorized)
	})
	t.Run("an API key is no cookie", func(t *testing.T) {
		s.Do("GET", mePath, nil, apitest.Cookie(s.APIKey(m.Account.ID, caller.RoleAdmin, time.Now()))).Expect(http.StatusUnauthorized)
	})
	t.Run("no page of another site acts in one's name", func(t *testing.T) {
		setting := func(options ...apitest.Option) apitest.Response {
			return s.Do("PUT", "/api/admin/settings/iva_percent", map[string]string{"value": "21"}, append(options, cookie)...)
		}
		for name, header := range map[string][2]string{
			"cross-site":   {"Sec-Fetch-Site", "cross-site"},
			"same-site":    {"Sec-Fetch-Site", "same-site"},
			"other origin": {"Origin", "https://evil.example"},
			"null origin":  {"Origin", "null"},
		} {
			p := setting(apitest.Header(header[0], header[1])).Expect(http.StatusForbidden).Problem()
			require.Equal(t, "cross_origin", p.Code, name)
		}
		setting(apitest.Header("Sec-Fetch-Site", "same-origin")).Expect(http.StatusOK)
		setting(apitest.Header("Origin", s.URL)).Expect(http.StatusOK)
		setting().Expect(http.StatusOK) // no browser
		s.Do("GET", mePath, nil, cookie, apitest.Header("Sec-Fetch-Site", "cross-site")).Expect(http.StatusOK)
		s.Do("PUT", "/api/admin/settings/iva_percent", map[string]string{"value": "21"}, apitest.Bearer(token),
			apitest.Header("Sec-Fetch-Site", "cross-site")).Expect(http.StatusOK) // who has the token needs no cookie
		s.Do("POST", "/api/tariffs/quote", quoteBody("motos-part", "ESCAPE"), cookie, apitest.Header("Sec-Fetch-Site", "cross-site")).Expect(http.StatusOK)
	})
	t.Run("logging out", func(t *testing.T) {
		r := s.Do("POST", "/api/admin/auth/logout", nil, cookie).Expect(http.StatusNoContent)
		cleared := (&http.Response{Header: r.Header}).Cookies()
		require.Len(t, cleared, 1)
		require.Equal(t, []any{"msia_session", "", -1}, []any{cleared[0].Name, cleared[0].Value, cleared[0].MaxAge})
		s.Do("GET", mePath, nil, cookie).Expect(http.StatusUnauthorized)
		s.Do("POST", "/api/admin/auth/logout", nil, cookie).Expect(http.StatusUnauthorized)
		s.Do("GET", "/api/elements", nil, cookie).Expect(http.StatusOK) // a stale cookie shuts no public door
		s.Do("GET", "/api/elements?include_inactive=true", nil, cookie).Expect(http.StatusUnauthorized)
	})
}

func TestOwnSessions(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	viewer := s.Account(caller.RoleViewer)
	login := func(agent string) apitest.Option {
		var body struct {
			AccessToken string `json:"access_token"`
		}
		s.Do("POST", loginPath, credentials("test-viewer", apitest.Password), apitest.From("203.0.113.9"), apitest.Header("User-Agent", agent)).
			Expect(http.StatusOK).JSON(&body)
		return apitest.Bearer(body.AccessToken)
	}
	phone, desk := login("phone \xff"+strings.Repeat("x", 400)), login("desk")
	s.SessionToken(viewer, time.Now().Add(-admin.SessionIdle)) // expired
	type session struct {
		ID        uuid.UUID
		Address   string
		UserAgent string `json:"user_agent"`
		Current   bool
	}
	list := func(as apitest.Option) (out []session) {
		s.Do("GET", "/api/admin/auth/sessions", nil, as).Expect(http.StatusOK).JSON(&out)
		return out
	}
	all := list(desk)
	require.Len(t, all, 2)
	require.Equal(t, []any{"desk", true, "203.0.113.9"}, []any{all[0].UserAgent, all[0].Current, all[0].Address})
	require.Equal(t, []any{"phone \ufffd" + strings.Repeat("x", 293), false}, []any{all[1].UserAgent, all[1].Current})

	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	s.Do("DELETE", "/api/admin/auth/sessions/"+all[1].ID.String(), nil, editor).Expect(http.StatusNotFound) // not one's own
	s.Do("DELETE", "/api/admin/auth/sessions/"+all[1].ID.String(), nil, desk).Expect(http.StatusNoContent)
	s.Do("DELETE", "/api/admin/auth/sessions/"+all[1].ID.String(), nil, desk).Expect(http.StatusNotFound)
	s.Do("GET", mePath, nil, phone).Expect(http.StatusUnauthorized)

	tablet := login("tablet")
	s.Do("DELETE", "/api/admin/auth/sessions", nil, tablet).Expect(http.StatusNoContent)
	s.Do("GET", mePath, nil, desk).Expect(http.StatusUnauthorized)
	require.Len(t, list(tablet), 1)
	s.Do("GET", mePath, nil, editor).Expect(http.StatusOK)
	require.Equal(t, 2, count(t, s, "access_log WHERE event = 'session_revoked'"))
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	used, other := apitest.Bearer(s.Token(caller.RoleViewer)), apitest.Bearer(s.Token(caller.RoleViewer))
	change := func(current, next string) apitest.Response {
		return s.Do("POST", "/api/admin/auth/password", map[string]string{"current_password": current, "new_password": next}, used)
	}
	require.Equal(t, "wrong_password", change("no-es-la-que-era", "otra-clave-bien-larga").Expect(http.StatusUnprocessableEntity).Problem().Code)
	change(apitest.Password, "corta").Expect(http.StatusUnprocessableEntity)
	s.Do("GET", mePath, nil, other).Expect(http.StatusOK)
	change(apitest.Password, "otra-clave-bien-larga").Expect(http.StatusNoContent)
	s.Do("GET", mePath, nil, used).Expect(http.StatusOK)
	s.Do("GET", mePath, nil, other).Expect(http.StatusUnauthorized)
	s.Do("POST", loginPath, credentials("test-viewer", apitest.Password)).Expect(http.StatusUnauthorized)
	s.Do("POST", loginPath, credentials("test-viewer", "otra-clave-bien-larga")).Expect(http.StatusOK)

	t.Run("guessing the current one is throttled like logins", func(t *testing.T) {
		s.Clock.Set(time.Now())
		for range apitest.LoginRate + 2 {
			change("no-es-la-que-era", "una-clave-mas-larga")
		}
		change("no-es-la-que-era", "una-clave-mas-larga").Expect(http.StatusTooManyRequests)
	})
	var secrets int
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM audit_log a WHERE a::text LIKE '%argon2%' OR a::text LIKE '%larga%'").Scan(&secrets))
	require.Zero(t, secrets)
	require.Equal(t, 1, count(t, s, "audit_log WHERE entity_type = 'account' AND changes ? 'password'"))
}
