package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

// accessEntry is one item of the access log.
type accessEntry struct {
	At        time.Time
	AccountID *string `json:"account_id"`
	Username  string
	Event     string
	Outcome   string
	Address   *string
	UserAgent *string `json:"user_agent"`
}

type accessPage struct {
	Items      []accessEntry
	NextCursor *string `json:"next_cursor"`
}

// TestGuessing tries a thousand passwords for one account from one address.
func TestGuessing(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	start := time.Now().Truncate(time.Second)
	s.Clock.Set(start)
	s.Account(caller.RoleViewer)
	login := func(username, password, address string) apitest.Response {
		return s.Do("POST", loginPath, credentials(username, password), apitest.From(address))
	}
	const thief, owner = "203.0.113.66", "198.51.100.7"
	statuses := map[int]int{}
	for range 1000 {
		statuses[login("Test-Viewer", "adivina-adivinanza", thief).Status]++
	}
	require.Equal(t, map[int]int{http.StatusUnauthorized: apitest.LoginRate, http.StatusTooManyRequests: 1000 - apitest.LoginRate}, statuses)
	refused := login("test-viewer", apitest.Password, thief).Expect(http.StatusTooManyRequests)
	require.Equal(t, "too_many_logins", refused.Problem().Code)
	require.Equal(t, "12", refused.Header.Get("Retry-After"))
	login("test-viewer", apitest.Password, owner).Expect(http.StatusOK)
	require.Equal(t, apitest.LoginRate, count(t, s, "access_log WHERE event = 'login_failed'"))
	require.Equal(t, 1, count(t, s, "access_log WHERE event = 'login_throttled'"), "the log does not grow with the attack")

	t.Run("a handful a minute", func(t *testing.T) {
		passed := 0
		for second := range 120 {
			s.Clock.Set(start.Add(time.Duration(second) * time.Second))
			if login("test-viewer", "adivina-adivinanza", thief).Status == http.StatusUnauthorized {
				passed++
			}
		}
		require.Equal(t, 2*apitest.LoginRate-1, passed)
	})
	t.Run("others at that address are not shut out", func(t *testing.T) {
		s.Account(caller.RoleEditor)
		for range 2 * apitest.LoginRate {
			login("test-editor", apitest.Password, thief).Expect(http.StatusOK) // nor counted when they are right
		}
	})
}

// TestSpraying tries one password for many accounts.
func TestSpraying(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	s.Clock.Set(time.Now())
	s.Account(caller.RoleViewer)
	statuses := map[int]int{}
	for i := range 60 {
		address := fmt.Sprintf("2001:db8::%x", i) // one customer's network
		statuses[s.Do("POST", loginPath, credentials(fmt.Sprint("nadie", i), apitest.Password), apitest.From(address)).Status]++
	}
	require.Equal(t, map[int]int{http.StatusUnauthorized: 30, http.StatusTooManyRequests: 30}, statuses)
	s.Do("POST", loginPath, credentials("test-viewer", apitest.Password), apitest.From("2001:db8::1")).Expect(http.StatusTooManyRequests)
	s.Do("POST", loginPath, credentials("test-viewer", apitest.Password), apitest.From("2001:db8:0:1::1")).Expect(http.StatusOK)
	require.Equal(t, 1, count(t, s, "access_log WHERE event = 'login_throttled'"))
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	start := time.Now().Truncate(time.Second)
	s.Clock.Set(start)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	tries := []struct{ username, password string }{
		{"Nadie", "x"}, {"test-admin", "x"}, {"TEST-admin", apitest.Password}, {"a\u0000b", "x"}, {"test-admin", apitest.Password},
	}
	for i, c := range tries {
		s.Clock.Set(start.Add(time.Duration(i) * time.Second))
		s.Do("POST", loginPath, credentials(c.username, c.password), apitest.From("203.0.113.5"), apitest.Header("User-Agent", "curl\t8"))
	}
	list := func(query string) (p accessPage) {
		s.Do("GET", "/api/admin/access-log"+query, nil, admin).Expect(http.StatusOK).JSON(&p)
		return p
	}
	all := list("")
	require.Nil(t, all.NextCursor)
	var seen []string
	for _, e := range all.Items {
		seen = append(seen, e.Username+" "+e.Event+" "+e.Outcome)
		require.Equal(t, []string{"203.0.113.5", "curl\ufffd8"}, []string{*e.Address, *e.UserAgent})
		require.Equal(t, e.Outcome == "unknown_account", e.AccountID == nil)
	}
	require.Equal(t, []string{
		"test-admin login ok", "a\ufffdb login_failed unknown_account", "TEST-admin login ok", "test-admin login_failed wrong_password", "Nadie login_failed unknown_account",
	}, seen)

	t.Run("page by page", func(t *testing.T) {
		var paged []accessEntry
		query := "?limit=2"
		for {
			p := list(query)
			paged = append(paged, p.Items...)
			if p.NextCursor == nil {
				break
			}
			query = "?limit=2&cursor=" + *p.NextCursor
		}
		require.Equal(t, all.Items, paged)
	})
	t.Run("filtered", func(t *testing.T) {
		at := func(i int) string {
			return url.QueryEscape(start.Add(time.Duration(i) * time.Second).Format(time.RFC3339))
		}
		for query, want := range map[string][]accessEntry{
			"?username=Test-Admin":                     {all.Items[0], all.Items[2], all.Items[3]},
			"?event=login_failed":                      {all.Items[1], all.Items[3], all.Items[4]},
			"?event=login_failed&username=nadie":       {all.Items[4]},
			"?event=logout":                            {},
			"?from=" + at(1) + "&to=" + at(3):          {all.Items[2], all.Items[3]},
			"?from=" + at(3) + "&to=" + at(1):          {},
			"?to=0001-01-01T00:00:00Z":                 {},
			"?from=9999-12-31T23:59:59Z&username=otro": {},
		} {
			require.Equal(t, want, list(query).Items, query)
		}
		for _, query := range []string{"?event=party", "?from=ayer", "?username=", "?username=a%00b", "?cursor=x"} {
			s.Do("GET", "/api/admin/access-log"+query, nil, admin).Expect(http.StatusUnprocessableEntity)
		}
	})
}
