package testdb_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(testdb.Runner(m)) }

func databases(t *testing.T, dsn, like string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	rows, err := conn.Query(t.Context(), "SELECT datname FROM pg_database WHERE datname LIKE $1 ORDER BY datname", like)
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return names
}

func current(t *testing.T, dsn string) string {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	require.NoError(t, err)
	return config.Database
}

func TestEachTestHasItsOwnMigratedDatabase(t *testing.T) {
	t.Parallel()
	first, second := testdb.New(t), testdb.New(t)
	_, err := first.Exec(t.Context(), "CREATE TABLE only_here (v vector(3))")
	require.NoError(t, err, "pgvector is there")
	_, err = second.Exec(t.Context(), "SELECT FROM only_here")
	require.Error(t, err)
	for _, pool := range []interface {
		QueryRow(context.Context, string, ...any) pgx.Row
	}{first, second} {
		var jobs int
		require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job").Scan(&jobs), "migrations ran")
	}
}

func TestDatabaseIsDroppedAfterSuccess(t *testing.T) {
	t.Parallel()
	mine := testdb.DSN(t)
	var name string
	t.Run("inner", func(t *testing.T) {
		dsn := testdb.DSN(t)
		name = current(t, dsn)
		require.Contains(t, name, "inner")
		require.LessOrEqual(t, len(name), 63)
		require.Len(t, databases(t, mine, name), 1)
		open, err := pgx.Connect(t.Context(), dsn)
		require.NoError(t, err)
		t.Cleanup(func() { _ = open.Close(context.Background()) }) // a forgotten connection is no hindrance
	})
	require.Empty(t, databases(t, mine, name))
}

func TestTemplateIsBuiltOnce(t *testing.T) {
	t.Parallel()
	mine := testdb.DSN(t)
	templates := databases(t, mine, "msia\\_tmpl\\_"+db.MigrationsHash())
	require.Len(t, templates, 1)
	_, err := pgx.Connect(t.Context(), strings.Replace(mine, current(t, mine), templates[0], 1))
	require.ErrorContains(t, err, "not currently accepting connections", "so that it can always be copied")
}

func TestPreparedDatabaseIsPreparedOnce(t *testing.T) {
	t.Parallel()
	key := t.Name() + time.Now().String() // the server may have seen earlier runs
	times := 0
	for range 3 {
		pool := testdb.NewPrepared(t, key, func(ctx context.Context, pool *pgxpool.Pool) error {
			times++
			_, err := pool.Exec(ctx, "CREATE TABLE prepared ()")
			return err
		})
		_, err := pool.Exec(t.Context(), "DROP TABLE prepared")
		require.NoError(t, err, "each has its own copy")
	}
	require.Equal(t, 1, times)
}

func TestTestpg(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "testpg")
	out, err := exec.Command("go", "build", "-o", path, "./testpg").CombinedOutput()
	require.NoError(t, err, "%s", out)
	// Its folders go where this test can see them.
	environment := append(withoutURL(), "TMPDIR="+dir)
	left := func() []string {
		entries, err := filepath.Glob(filepath.Join(dir, "msia-testdb-*", "*"))
		require.NoError(t, err)
		return entries
	}

	t.Run("exit code", func(t *testing.T) {
		cmd := exec.Command(path, "--", "sh", "-c", `test -n "$MSIA_TEST_DATABASE_URL" && exit 7`)
		cmd.Env = environment
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, 7, exit.ExitCode(), "%s", out)
		require.Empty(t, left())
	})
	t.Run("given server", func(t *testing.T) {
		cmd := exec.Command(path, "--", "sh", "-c", `echo "$MSIA_TEST_DATABASE_URL"`)
		cmd.Env = append(environment, testdb.URLEnv+"=elsewhere")
		out, err := cmd.Output()
		require.NoError(t, err)
		require.Equal(t, "elsewhere\n", string(out))
	})
	t.Run("signal", func(t *testing.T) {
		cmd := exec.Command(path, "--", "sh", "-c", "echo ready; exec sleep 600")
		cmd.Env = environment
		stdout, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		_, err = stdout.Read(make([]byte, 16))
		require.NoError(t, err)
		require.Len(t, left(), 1)
		require.NoError(t, cmd.Process.Signal(os.Interrupt)) // the sleep does not get it here, as it would in a terminal
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		require.Error(t, cmd.Wait())
		require.Empty(t, left())
	})
	t.Run("killed", func(t *testing.T) {
		cmd := exec.Command(path, "--", "sh", "-c", "echo ready; exec sleep 600")
		cmd.Env = environment
		stdout, err := cmd.StdoutPipe()
		require.NoError(t, err)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		require.NoError(t, cmd.Start())
		_, err = stdout.Read(make([]byte, 16))
		require.NoError(t, err)
		require.NoError(t, cmd.Process.Kill())
		require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL), "the command it ran")
		_ = cmd.Wait()
		abandoned := left()
		require.Len(t, abandoned, 1)
		// A later run, when it is clear that nobody is about to use the folder, sweeps it up.
		old := time.Now().Add(-time.Hour)
		require.NoError(t, os.Chtimes(abandoned[0], old, old))
		cmd = exec.Command(path, "--", "true")
		cmd.Env = environment
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Empty(t, left())
	})
}

func TestMissingPostgresFails(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestDatabaseIsDroppedAfterSuccess$")
	cmd.Env = append(withoutURL(), "PG_BINDIR="+t.TempDir(), "TMPDIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "FAIL")
	require.Contains(t, string(out), "these tests need PostgreSQL")
}

func withoutURL() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, testdb.URLEnv+"=") {
			kept = append(kept, variable)
		}
	}
	return kept
}
