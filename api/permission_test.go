package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

// visitor is one way to come to an operation.
type visitor struct {
	name string
	// role is what the visitor may do; "" for one that nobody knows.
	role caller.Role
	// apiKey: no session. quiet: nothing was claimed on purpose (a browser sends a
	// stale cookie by itself), so what is public stays so.
	apiKey, quiet bool
	// sign makes fresh credentials, since some operations destroy them.
	sign func(s *apitest.Server) []apitest.Option
}

func visitors() []visitor {
	bearer := func(token func(s *apitest.Server) string) func(*apitest.Server) []apitest.Option {
		return func(s *apitest.Server) []apitest.Option { return []apitest.Option{apitest.Bearer(token(s))} }
	}
	session := func(r caller.Role) func(*apitest.Server) string {
		return func(s *apitest.Server) string { return s.Token(r) }
	}
	expired := func(s *apitest.Server) string {
		return s.SessionToken(s.Account(caller.RoleAdmin), s.Clock.Now().Add(-admin.SessionIdle))
	}
	revoked := func(s *apitest.Server) string {
		token := s.Token(caller.RoleAdmin)
		s.Do("POST", "/api/admin/auth/logout", nil, apitest.Bearer(token))
		return token
	}
	cookie := func(token func(s *apitest.Server) string) func(*apitest.Server) []apitest.Option {
		return func(s *apitest.Server) []apitest.Option { return []apitest.Option{apitest.Cookie(token(s))} }
	}
	return []visitor{
		{name: "none", quiet: true, sign: func(*apitest.Server) []apitest.Option { return nil }},
		{name: "viewer", role: caller.RoleViewer, sign: bearer(session(caller.RoleViewer))},
		{name: "editor", role: caller.RoleEditor, sign: bearer(session(caller.RoleEditor))},
		{name: "admin", role: caller.RoleAdmin, sign: bearer(session(caller.RoleAdmin))},
		{name: "expired", sign: bearer(expired)},
		{name: "revoked", sign: bearer(revoked)},
		{name: "made up", sign: bearer(func(*apitest.Server) string { return "made-up" })},
		{name: "basic", sign: func(*apitest.Server) []apitest.Option {
			return []apitest.Option{apitest.Header("Authorization", "Basic eDp5")}
		}},
		{name: "key", role: caller.RoleAdmin, apiKey: true, sign: bearer(func(s *apitest.Server) string {
			return s.APIKey(s.Account(caller.RoleAdmin), caller.RoleAdmin, s.Clock.Now())
		})},
		{name: "viewer's key", role: caller.RoleViewer, apiKey: true, sign: bearer(func(s *apitest.Server) string {
			return s.APIKey(s.Account(caller.RoleAdmin), caller.RoleViewer, s.Clock.Now())
		})},
		{name: "expired key", sign: bearer(func(s *apitest.Server) string {
			return s.APIKey(s.Account(caller.RoleAdmin), caller.RoleAdmin, s.Clock.Now().Add(-24*time.Hour))
		})},
		{name: "cookie", role: caller.RoleAdmin, sign: cookie(session(caller.RoleAdmin))},
		{name: "viewer's cookie", role: caller.RoleViewer, sign: cookie(session(caller.RoleViewer))},
		{name: "expired cookie", quiet: true, sign: cookie(expired)},
	}
}

// permits returns what an operation may answer to a visitor, in words for the
// table and as a check.
func permits(op *openapi3.Operation, needs string, v visitor) (string, func(status int) bool) {
	passes := func(status int) bool { return status != http.StatusUnauthorized && status != http.StatusForbidden }
	exactly := func(want int) func(int) bool { return func(status int) bool { return status == want } }
	sessionNeeded, _ := op.Extensions["x-session-needed"].(bool)
	switch {
	case needs == "chatwoot": // no account opens it
		return "401", exactly(http.StatusUnauthorized)
	case needs == "public" && (v.role != "" || v.quiet || len(*op.Security) == 0):
		return "passes", passes
	case v.role == "":
		return "401", exactly(http.StatusUnauthorized)
	case !v.role.Covers(caller.Role(needs)), sessionNeeded && v.apiKey:
		return "403", exactly(http.StatusForbidden)
	}
	return "passes", passes
}

// TestPermissionOfEveryOperation walks the contract: every operation is tried by
// every visitor. The matrix of what was seen is in the log (-v).
func TestPermissionOfEveryOperation(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	var matrix strings.Builder
	table := tabwriter.NewWriter(&matrix, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprint(table, "operation\tneeds")
	for _, v := range visitors() {
		_, _ = fmt.Fprint(table, "\t", v.name)
	}
	paths := s.Contract.Doc.Paths.Map()
	seen := 0
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		operations := paths[path].Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			op := operations[method]
			needs, _ := op.Extensions["x-permission"].(string)
			require.NotEmpty(t, needs, "%s %s states no permission", method, path)
			require.NotNil(t, op.Security, "%s %s states no security", method, path)
			require.Regexp(t, `^[A-Z][A-Za-z]+$`, op.OperationID, "%s %s", method, path)
			seen++
			_, _ = fmt.Fprintf(table, "\n%s %s\t%s", method, path, needs)
			for _, v := range visitors() {
				var body any
				if op.RequestBody != nil {
					body = "{}"
				}
				var status int
				if ok := op.Responses.Status(http.StatusOK); ok != nil && ok.Value.Content["text/event-stream"] != nil && len(ok.Value.Content) == 1 {
					status = s.Stream(path, v.sign(s)...).Status
				} else {
					status = s.Do(method, target(path, paths[path], op), body, v.sign(s)...).Status
				}
				words, allowed := permits(op, needs, v)
				assert.True(t, allowed(status), "%s %s as %s: %d, not: %s", method, path, v.name, status, words)
				_, _ = fmt.Fprint(table, "\t", status)
			}
		}
	}
	require.NoError(t, table.Flush())
	t.Logf("%d operations, %d visitors:\n%s", seen, len(visitors()), &matrix)
	require.Greater(t, seen, 30)
}

// target fills in the parameters of a path with values that fit them and name
// nothing that is there.
func target(path string, item *openapi3.PathItem, op *openapi3.Operation) string {
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		if p.Value.In != openapi3.ParameterInPath {
			continue
		}
		value := "nothing-here"
		switch schema := p.Value.Schema.Value; {
		case schema.Format == "uuid":
			value = uuid.NewString()
		case len(schema.Enum) > 0:
			value = fmt.Sprint(schema.Enum[0])
		case schema.Type.Is("integer"):
			value = "999999"
		case schema.Pattern != "" && strings.Contains(schema.Pattern, "_") && !strings.Contains(schema.Pattern, "-_"):
			value = "nothing_here"
		}
		path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", value)
	}
	return path
}
