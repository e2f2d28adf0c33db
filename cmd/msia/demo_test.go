package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/testdb"
)

// TestSeedDemo: the command makes the demo and an admin to look at it with, once.
func TestSeedDemo(t *testing.T) {
	t.Parallel()
	env := map[string]string{"DATABASE_URL": testdb.DSN(t), "MSIA_DATA_DIR": t.TempDir(), "MSIA_ADMIN_PASSWORD": "a-long-enough-password"}
	out, err := msiaCommand(t, env, "seed", "--demo").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "Demo: ")
	out, err = msiaCommand(t, env, "seed", "--demo").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "there already")

	p := launch(t, env).ready()
	o := newOffice(t, p)
	var cases struct{ Items []caseFile }
	o.do("GET", "/api/cases?status=pending_review", "", &cases)
	require.NotEmpty(t, cases.Items)
	require.Contains(t, o.do("GET", "/api/admin/search?q=mu%C3%B1oz", "", nil), "Íñigo Muñoz")
	archive := o.do("GET", "/api/cases/"+cases.Items[0].ID+"/archive", "", nil)
	require.Greater(t, len(archive), 10_000, "the pictures are in the file store")
	p.stop()

	env["CHATWOOT_API_URL"], env["CHATWOOT_API_TOKEN"], env["CHATWOOT_ACCOUNT_ID"] = "https://chatwoot.example.com", "token", "1"
	out, err = msiaCommand(t, env, "seed", "--demo").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "has no place for a demo")
}
