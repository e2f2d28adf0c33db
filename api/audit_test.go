package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

type auditPage struct {
	Items []struct {
		Actor      string
		ActorID    *string `json:"actor_id"`
		RequestID  *string `json:"request_id"`
		Action     string
		EntityType string `json:"entity_type"`
		EntityID   string `json:"entity_id"`
		Changes    []struct {
			Member        string
			Before, After json.RawMessage
		}
	}
	NextCursor *string `json:"next_cursor"`
}

func TestAuditIsSearchable(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	var tier struct{ ID string }
	s.Do("POST", "/api/tariffs/tiers", `{"category_id":"motos-part","code":"T9","name":"Nueva","price":"99.00"}`, admin).Expect(http.StatusCreated).JSON(&tier)
	s.Do("PATCH", "/api/tariffs/tiers/"+tier.ID, `{"price":"101.50"}`, admin, apitest.Header("X-Request-Id", "audited-4711")).Expect(http.StatusOK)
	s.Do("PUT", "/api/admin/settings/iva_percent", `{"value":"10"}`, admin).Expect(http.StatusOK)

	var p auditPage
	s.Do("GET", "/api/admin/audit?entity_type=tier&entity_id="+tier.ID, nil, admin).Expect(http.StatusOK).JSON(&p)
	require.Len(t, p.Items, 2)
	last := p.Items[0]
	require.Equal(t, []string{"test-admin", "update", "audited-4711"}, []string{last.Actor, last.Action, *last.RequestID})
	require.Len(t, last.Changes, 1, "the changed members only")
	require.Equal(t, []string{"price", `"99.00"`, `"101.50"`}, []string{last.Changes[0].Member, string(last.Changes[0].Before), string(last.Changes[0].After)})
	require.Equal(t, "create", p.Items[1].Action)

	s.Do("GET", "/api/admin/audit?actor=test-admin&limit=2", nil, admin).Expect(http.StatusOK).JSON(&p)
	require.Len(t, p.Items, 2)
	require.Equal(t, "setting", p.Items[0].EntityType)
	s.Do("GET", "/api/admin/audit?actor=test-admin&limit=2&cursor="+*p.NextCursor, nil, admin).Expect(http.StatusOK).JSON(&p)
	require.Len(t, p.Items, 1)
	require.Nil(t, p.NextCursor)
	s.Do("GET", "/api/admin/audit?actor=jos%C3%A9", nil, admin).Expect(http.StatusOK).JSON(&p)
	require.Empty(t, p.Items)
	for _, query := range []string{"from=yesterday", "limit=0", "cursor=x", "entity_type=Tier", "actor=a%00b", "entity_id="} {
		s.Do("GET", "/api/admin/audit?"+query, nil, admin).Expect(http.StatusUnprocessableEntity)
	}
	s.Do("GET", "/api/admin/audit", nil, apitest.Bearer(s.Token(caller.RoleEditor))).Expect(http.StatusForbidden)
}

// TestAuditHoldsNoSecret does what touches secrets and looks for them, and for
// what is stored of them, in the whole audit.
func TestAuditHoldsNoSecret(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	const first, second = "la-primera-clave-larga", "la-segunda-clave-larga"
	ana, err := s.Accounts.Create(t.Context(), admin.NewAccount{Username: "ana", Password: first, Role: caller.RoleAdmin})
	require.NoError(t, err)
	require.NoError(t, s.Accounts.ResetPassword(t.Context(), ana.ID, second))
	session, err := s.Accounts.Login(t.Context(), "ana", second)
	require.NoError(t, err)
	s.Do("PUT", "/api/admin/settings/iva_percent", `{"value":"10"}`, apitest.Bearer(session.Token)).Expect(http.StatusOK)
	var key struct{ Key string }
	s.Do("POST", "/api/admin/auth/api-keys", `{"name":"informe","role":"viewer","expires_in_days":30}`, apitest.Bearer(session.Token)).
		Expect(http.StatusCreated).JSON(&key)
	dump := auditDump(t, s)
	require.Contains(t, dump, "ana")
	for _, secret := range []string{first, second, session.Token, key.Key, "argon2id", apitest.WebhookSecret} {
		require.NotContains(t, dump, secret)
	}
}

// auditDump returns every entry as text.
func auditDump(t *testing.T, s *apitest.Server) string {
	t.Helper()
	var dump string
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT string_agg(to_jsonb(a)::text, E'\n') FROM audit_log a").Scan(&dump))
	return dump
}
