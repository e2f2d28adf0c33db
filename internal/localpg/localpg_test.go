package localpg_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/msia/msia/internal/localpg"
)

// helperEnv makes the test binary a program that runs a private PostgreSQL in the named folder until it is killed.
const helperEnv = "LOCALPG_TEST_HELPER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperEnv); dir != "" {
		runHelper(dir)
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if dir, err := prepared(); err == nil {
			os.RemoveAll(dir)
		}
		os.Exit(code)
	}))
}

func runHelper(dir string) {
	s, err := localpg.Start(context.Background(), localpg.Config{DataDir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		_, _ = io.WriteString(os.Stdout, "error: "+err.Error()+"\n")
		os.Exit(1)
	}
	_, _ = io.WriteString(os.Stdout, s.DSN()+"\n")
	select {}
}

// logger writes what the package logs to the test's log.
func logger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func config(t *testing.T, dir string) localpg.Config {
	return localpg.Config{DataDir: dir, Logger: logger(t), BinDir: os.Getenv("PG_BINDIR")}
}

// quick is config for tests that make a cluster and are not about its durability.
func quick(t *testing.T, dir string) localpg.Config {
	cfg := config(t, dir)
	cfg.Disposable = true
	return cfg
}

func start(t *testing.T, cfg localpg.Config) *localpg.Server {
	t.Helper()
	s, err := localpg.Start(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *localpg.Server) {
	t.Helper()
	require.NoError(t, s.Stop(context.Background()))
}

// execute runs one statement in a new session.
func execute(ctx context.Context, dsn, sql string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(ctx, sql)
	return err
}

func query[T any](t *testing.T, dsn, sql string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	var value T
	require.NoError(t, conn.QueryRow(t.Context(), sql).Scan(&value))
	return value
}

// postmasterPID reads the process id of the server that works in a data folder.
func postmasterPID(t *testing.T, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "pg*", "postmaster.pid"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	content, err := os.ReadFile(files[0])
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	require.NoError(t, err)
	return pid
}

// prepared is a data folder with a cluster that was shut down, for copying: making one takes a second or more.
var prepared = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "localpg-test-")
	if err != nil {
		return "", err
	}
	cfg := localpg.Config{DataDir: dir, Logger: slog.New(slog.DiscardHandler), BinDir: os.Getenv("PG_BINDIR")}
	s, err := localpg.Start(context.Background(), cfg)
	if err != nil {
		return "", err
	}
	return dir, s.Stop(context.Background())
})

// dataDir returns a data folder of the test's own with a cluster in it.
func dataDir(t *testing.T) string {
	t.Helper()
	from, err := prepared()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(from)))
	require.NoError(t, os.Chmod(clusterDir(t, dir), 0o700))
	return dir
}

// clusterDir names the folder of the cluster in a data folder, for the version that msia chooses here.
func clusterDir(t *testing.T, dir string) string {
	t.Helper()
	from, err := prepared()
	require.NoError(t, err)
	made, err := filepath.Glob(filepath.Join(from, "pg[0-9]*", "PG_VERSION"))
	require.NoError(t, err)
	require.Len(t, made, 1)
	return filepath.Join(dir, filepath.Base(filepath.Dir(made[0])))
}

func TestStartStopStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "on demand")
	s, err := localpg.Start(t.Context(), config(t, dir))
	require.NoError(t, err)

	require.Equal(t, "msia", query[string](t, s.DSN(), "SELECT current_database()"))
	require.Equal(t, "postgres", query[string](t, s.DSN(), "SELECT current_user::text"))
	require.Equal(t, "UTF8", query[string](t, s.DSN(), "SHOW server_encoding"))
	require.Equal(t, "C.UTF-8", query[string](t, s.DSN(), "SELECT datcollate FROM pg_database WHERE datname = 'msia'"))
	require.Equal(t, "UTC", query[string](t, s.DSN(), "SHOW timezone"))
	require.Equal(t, "on", query[string](t, s.DSN(), "SHOW data_checksums"))
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		require.Equal(t, "on", query[string](t, s.DSN(), "SHOW "+setting), "%s keeps committed data safe", setting)
	}
	require.Empty(t, query[string](t, s.DSN(), "SHOW listen_addresses"), "nothing listens on the network")
	require.Equal(t, 5.0, query[float64](t, s.DSN(), "SELECT '[0,0]'::vector <-> '[3,4]'::vector"))
	require.NoError(t, execute(t.Context(), s.DSN(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)"))

	require.Error(t, execute(t.Context(), s.DSN(), "CREATE TABLE u (v text UNIQUE); INSERT INTO u VALUES ('secret'), ('secret')"))
	logs, err := filepath.Glob(filepath.Join(dir, "pg*.log"))
	require.NoError(t, err)
	require.Len(t, logs, 1)
	require.Eventually(t, func() bool {
		content, err := os.ReadFile(logs[0])
		return err == nil && bytes.Contains(content, []byte("duplicate key"))
	}, time.Minute, 10*time.Millisecond, "PostgreSQL's log is beside the cluster")
	content, err := os.ReadFile(logs[0])
	require.NoError(t, err)
	require.NotContains(t, string(content), "(secret)", "but quotes no values")

	socket, err := url.Parse(s.DSN())
	require.NoError(t, err)
	info, err := os.Stat(socket.Query().Get("host"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm(), "only the owner may reach the socket")
	require.FileExists(t, filepath.Join(s.BinDir(), "pg_dump"))

	pid := postmasterPID(t, dir)
	began := time.Now()
	stop(t, s)
	stop(t, s) // a second time is harmless
	t.Logf("stopped in %v", time.Since(began))
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH, "no process is left")

	began = time.Now()
	s = start(t, config(t, dir))
	t.Logf("started again in %v", time.Since(began))
	require.Equal(t, 7, query[int](t, s.DSN(), "SELECT n FROM kept"))
}

func TestStopEndsOpenSessions(t *testing.T) {
	t.Parallel()
	s := start(t, config(t, dataDir(t)))
	conn, err := pgx.Connect(t.Context(), s.DSN())
	require.NoError(t, err)
	defer conn.Close(context.Background())
	stop(t, s)
	require.Error(t, conn.Ping(t.Context()))
}

func TestStopInAHurryLosesNothing(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s, err := localpg.Start(t.Context(), config(t, dir))
	require.NoError(t, err)
	require.NoError(t, execute(t.Context(), s.DSN(), "CREATE TABLE kept AS SELECT 7 AS n"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Stop(ctx); err != nil { // nil when it was faster than the hurry
		require.ErrorContains(t, err, "recover")
	}
	s = start(t, config(t, dir))
	require.Equal(t, 7, query[int](t, s.DSN(), "SELECT n FROM kept"))
}

func TestDisposableSurvivesBeingStopped(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s, err := localpg.Start(t.Context(), quick(t, dir))
	require.NoError(t, err)
	require.NoError(t, execute(t.Context(), s.DSN(), "CREATE TABLE kept AS SELECT 7 AS n"))
	stop(t, s)
	s = start(t, quick(t, dir))
	require.Equal(t, 7, query[int](t, s.DSN(), "SELECT n FROM kept"))
}

func TestSecondInstanceIsRefusedInPlainWords(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := start(t, config(t, dir))

	_, err := localpg.Start(t.Context(), config(t, dir))
	require.ErrorIs(t, err, localpg.ErrInUse)
	require.ErrorContains(t, err, "process "+strconv.Itoa(os.Getpid()))
	require.ErrorContains(t, err, "MSIA_DATA_DIR")

	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(dir, link))
	_, err = localpg.Start(t.Context(), config(t, link))
	require.ErrorIs(t, err, localpg.ErrInUse, "the same folder by another name")

	require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"), "the first one is not disturbed")

	dsn, err := localpg.RunningDSN(link)
	require.NoError(t, err)
	require.Equal(t, s.DSN(), dsn)
	stop(t, s)
	_, err = localpg.RunningDSN(dir)
	require.Error(t, err)
	_, err = localpg.RunningDSN(t.TempDir())
	require.Error(t, err)
}

func TestKilledPostgresIsStartedAgain(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := start(t, config(t, dir))
	require.NoError(t, execute(t.Context(), s.DSN(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (0)"))
	for n := 1; n <= 2; n++ {
		require.NoError(t, execute(t.Context(), s.DSN(), "UPDATE kept SET n = "+strconv.Itoa(n)))
		old := postmasterPID(t, dir)
		// A session that sleeps on holds PostgreSQL's shared memory until it notices.
		sleeper, err := pgx.Connect(t.Context(), s.DSN())
		require.NoError(t, err)
		t.Cleanup(func() { _ = sleeper.Close(context.Background()) })
		require.NoError(t, syscall.Kill(old, syscall.SIGKILL))
		require.Eventually(t, func() bool { return execute(t.Context(), s.DSN(), "SELECT FROM kept") == nil },
			time.Minute, 50*time.Millisecond)
		require.Equal(t, n, query[int](t, s.DSN(), "SELECT n FROM kept"))
		require.NotEqual(t, old, postmasterPID(t, dir))
	}
}

func TestStopWhilePostgresIsDown(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s := start(t, config(t, dir))
	require.NoError(t, syscall.Kill(postmasterPID(t, dir), syscall.SIGKILL))
	stop(t, s)
	s = start(t, config(t, dir))
	require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
}

func TestKilledOwner(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	for round := range 2 {
		helper := exec.Command(os.Args[0])
		helper.Env = append(os.Environ(), helperEnv+"="+dir)
		out, err := helper.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, helper.Start())
		dsn, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		dsn = strings.TrimSpace(dsn)
		require.NoError(t, execute(t.Context(), dsn, "CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)"))
		pid := postmasterPID(t, dir)
		if round == 1 {
			// Both die at once: the cluster has to recover.
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		}
		require.NoError(t, helper.Process.Kill())
		_ = helper.Wait()
		s, err := localpg.Start(t.Context(), config(t, dir))
		require.NoError(t, err)
		require.Equal(t, round+1, query[int](t, s.DSN(), "SELECT count(*) FROM kept"))
		stop(t, s)
	}
}

func TestServerLeftRunning(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s, err := localpg.Start(t.Context(), config(t, dir))
	require.NoError(t, err)
	require.NoError(t, execute(t.Context(), s.DSN(), "CREATE TABLE kept AS SELECT 7 AS n"))
	stop(t, s)

	// As when the system did not tell it that its msia died.
	cluster := clusterDir(t, dir)
	folder, err := os.Open(cluster)
	require.NoError(t, err)
	defer folder.Close()
	info, err := folder.Stat()
	require.NoError(t, err)
	owner := info.Sys().(*syscall.Stat_t)
	left := exec.Command(filepath.Join(s.BinDir(), "postgres"), "-D", "/proc/self/fd/3",
		"-c", "listen_addresses=", "-c", "unix_socket_directories=/proc/self/fd/3", "-c", "msia.cluster="+cluster)
	left.ExtraFiles = []*os.File{folder}
	if os.Geteuid() == 0 {
		left.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	require.NoError(t, left.Start())
	ended := make(chan error, 1)
	go func() { ended <- left.Wait() }()
	require.Eventually(t, func() bool {
		content, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
		return err == nil && bytes.Contains(content, []byte("ready"))
	}, time.Minute, 20*time.Millisecond)

	s = start(t, config(t, dir))
	require.NoError(t, <-ended, "it was shut down properly")
	require.Equal(t, 7, query[int](t, s.DSN(), "SELECT n FROM kept"))
}

func TestStaleFilesNamingALiveProcess(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s, err := localpg.Start(t.Context(), config(t, dir))
	require.NoError(t, err)
	socket, err := url.Parse(s.DSN())
	require.NoError(t, err)
	stop(t, s)
	// After a reboot, or in a container, the number of the dead server often belongs to another program by then.
	alive := strconv.Itoa(os.Getpid())
	cluster := clusterDir(t, dir)
	pidFile := filepath.Join(cluster, "postmaster.pid")
	content := alive + "\n" + cluster + "\n1700000000\n5432\n\n\n  1 1\nready\n"
	require.NoError(t, os.WriteFile(pidFile, []byte(content), 0o644))
	runDir := socket.Query().Get("host")
	require.NoError(t, os.MkdirAll(runDir, 0o700))
	lockFile := filepath.Join(runDir, ".s.PGSQL.5432.lock")
	require.NoError(t, os.WriteFile(lockFile, []byte(content), 0o644))
	for _, path := range []string{pidFile, runDir, lockFile} {
		info, err := os.Stat(cluster)
		require.NoError(t, err)
		require.NoError(t, os.Chown(path, int(info.Sys().(*syscall.Stat_t).Uid), -1))
	}

	s = start(t, config(t, dir))
	require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
}

func TestUnfinishedInitdb(t *testing.T) {
	t.Parallel()
	t.Run("of ours", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		left := clusterDir(t, dir) + ".init-123"
		require.NoError(t, os.MkdirAll(filepath.Join(left, "base"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(left, "PG_VERSION"), []byte("15\n"), 0o600))
		s := start(t, quick(t, dir))
		require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
		require.NoDirExists(t, left)
	})
	t.Run("of somebody else", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		cluster := clusterDir(t, dir)
		require.NoError(t, os.MkdirAll(filepath.Join(cluster, "base"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(cluster, "PG_VERSION"), []byte("15\n"), 0o600))
		s := start(t, quick(t, dir))
		require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
		aside, err := filepath.Glob(cluster + ".broken-*/PG_VERSION")
		require.NoError(t, err)
		require.Len(t, aside, 1, "what was there is kept")
	})
	t.Run("empty folder", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(clusterDir(t, dir), 0o755))
		s := start(t, quick(t, dir))
		require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		ctx, cancel := context.WithCancelCause(t.Context())
		cfg := quick(t, dir)
		// initdb has begun when this line is logged.
		cfg.Logger = slog.New(slog.NewTextHandler(writerFunc(func(b []byte) {
			if bytes.Contains(b, []byte("creating private postgres cluster")) {
				time.AfterFunc(50*time.Millisecond, func() { cancel(errors.New("enough")) })
			}
		}), nil))
		_, err := localpg.Start(ctx, cfg)
		require.ErrorContains(t, err, "enough")
		left, err := filepath.Glob(filepath.Join(dir, "pg*"))
		require.NoError(t, err)
		for _, path := range left {
			require.Equal(t, ".log", filepath.Ext(path), "only the log is left")
		}
		s := start(t, quick(t, dir))
		require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
	})
}

type writerFunc func([]byte)

func (f writerFunc) Write(b []byte) (int, error) { f(b); return len(b), nil }

func TestDamagedClusterTellsWhy(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"global/pg_control", "global/pg_filenode.map", "pg_xact/0000"} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			dir := dataDir(t)
			s, err := localpg.Start(t.Context(), config(t, dir))
			require.NoError(t, err)
			stop(t, s)
			require.NoError(t, os.Remove(filepath.Join(clusterDir(t, dir), lost)))
			_, err = localpg.Start(t.Context(), config(t, dir))
			require.ErrorContains(t, err, lost, "PostgreSQL's own words are in the error")
			require.ErrorContains(t, err, ".log", "and the way to the rest of them")
			require.DirExists(t, clusterDir(t, dir), "what is left of the data stays where it was")
		})
	}
}

func TestMissingPrograms(t *testing.T) {
	t.Parallel()
	cfg := config(t, t.TempDir())
	cfg.BinDir = t.TempDir()
	_, err := localpg.Start(t.Context(), cfg)
	require.ErrorIs(t, err, localpg.ErrNotInstalled)
	for _, word := range []string{cfg.BinDir, "PG_BINDIR", "scripts/setup.sh", "DATABASE_URL"} {
		require.ErrorContains(t, err, word)
	}
}

func TestLongDataDir(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	s := start(t, quick(t, dir))
	socket, err := url.Parse(s.DSN())
	require.NoError(t, err)
	host := socket.Query().Get("host")
	require.LessOrEqual(t, len(host+"/.s.PGSQL.5432"), 107)
	require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
	stop(t, s)
	require.NoDirExists(t, host, "nothing is left outside the data folder")
}

func TestStrangeDataDirNames(t *testing.T) {
	t.Parallel()
	s := start(t, quick(t, filepath.Join(t.TempDir(), `a [b]*, "ñ" %2F+`)))
	require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
	psql := filepath.Join(s.BinDir(), "psql")
	out, err := exec.Command(psql, "-XAtc", "SELECT 'by psql'", s.DSN()).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, "by psql\n", string(out))
}

func TestUsableDataDir(t *testing.T) {
	t.Parallel()
	require.NoError(t, localpg.UsableDataDir(filepath.Join(t.TempDir(), "not", "there", "yet")))

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, localpg.UsableDataDir(filepath.Join(file, "data")), "not a folder")

	if os.Geteuid() != 0 {
		closed := filepath.Join(t.TempDir(), "closed")
		require.NoError(t, os.Mkdir(closed, 0o500))
		dir := filepath.Join(closed, "data")
		require.ErrorContains(t, localpg.UsableDataDir(dir), "cannot write in "+closed)
		_, err := localpg.Start(t.Context(), config(t, dir))
		require.ErrorContains(t, err, "MSIA_DATA_DIR")
	}
}

func TestDataDirThatOnlyWeCanEnter(t *testing.T) {
	t.Parallel()
	private := filepath.Join(t.TempDir(), "private")
	require.NoError(t, os.Mkdir(private, 0o700))
	dir := filepath.Join(private, "data")
	require.NoError(t, localpg.UsableDataDir(dir))
	s := start(t, quick(t, dir))
	require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
	for _, path := range []string{private, dir} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm(), "nothing is opened to others")
	}
}

// TestRestoredCluster has the files belong to who restored them, which for root is not PostgreSQL's user.
func TestRestoredCluster(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	s, err := localpg.Start(t.Context(), config(t, dir))
	require.NoError(t, err)
	stop(t, s)
	require.NoError(t, filepath.WalkDir(clusterDir(t, dir), func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, os.Geteuid(), os.Getegid())
	}))
	s = start(t, config(t, dir))
	require.Equal(t, 1, query[int](t, s.DSN(), "SELECT 1"))
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	_, err := localpg.Start(t.Context(), localpg.Config{})
	require.ErrorContains(t, err, "DataDir")
	require.ErrorContains(t, err, "Logger")
}
