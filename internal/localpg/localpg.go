package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"
)

// Errors that Start's errors wrap. The messages are meant for the person who runs
// msia and say what to do.
var (
	// ErrNotInstalled means that no usable PostgreSQL, or none with pgvector, was found.
	ErrNotInstalled = errors.New("PostgreSQL with pgvector is not installed")
	// ErrInUse means that another live process works with the same data folder.
	ErrInUse = errors.New("data folder in use")
)

const (
	// databaseName is the database that DSN leads to.
	databaseName = "msia"
	// superuser is the role that initdb makes and msia works as: nobody else can reach the socket.
	superuser = "postgres"

	defaultStartTimeout = 2 * time.Minute
	defaultStopTimeout  = 20 * time.Second
	// pollInterval paces waiting for something PostgreSQL gives no signal for.
	pollInterval = 20 * time.Millisecond
)

// Config says where the private PostgreSQL lives.
type Config struct {
	// DataDir is msia's data folder; it is made when missing. A relative path counts from the working folder.
	DataDir string
	// Logger tells about starts, stops and restarts. Required.
	Logger *slog.Logger
	// BinDir is the folder of the PostgreSQL programs to use (PG_BINDIR). Empty: the newest installed PostgreSQL that
	// has pgvector and can read the data.
	BinDir string
	// StartTimeout bounds the wait until PostgreSQL takes connections, recovery after a crash included. Zero: 2 minutes.
	StartTimeout time.Duration
	// StopTimeout is how long open sessions get to end and the final checkpoint to be written before PostgreSQL is
	// stopped the hard way, which loses nothing but makes the next start recover. Zero: 20 seconds.
	StopTimeout time.Duration
	// Disposable gives up durability for speed: when the machine crashes all data may be lost, though not when
	// PostgreSQL does or is stopped. For tests only.
	Disposable bool
}

func (c Config) validate() error {
	var errs []error
	if c.DataDir == "" {
		errs = append(errs, errors.New("localpg: DataDir is required"))
	}
	if c.Logger == nil {
		errs = append(errs, errors.New("localpg: Logger is required"))
	}
	return errors.Join(errs...)
}

// Server is a running private PostgreSQL. When its process dies it is started again until Stop is called; the DSN stays
// the same. Safe for concurrent use.
type Server struct {
	cfg        Config
	install    installation
	account    account
	clusterDir string
	socketDir  string
	lock       *os.File
	log        *boundedLog

	stopOnce sync.Once
	stop     chan struct{} // closed by Stop: shut down
	hurry    chan struct{} // closed by Stop when its context ends: shut down the hard way
	finished chan struct{} // closed when the process is gone and everything is released
	stopErr  error         // how the shutdown went; read after finished
}

// Start finds PostgreSQL, makes the cluster if there is none, recovers it if it was not shut down, and returns once the
// database takes queries and has the vector extension. ctx bounds only the start.
//
// Errors: ErrNotInstalled, ErrInUse; any other tells what PostgreSQL said.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.StartTimeout == 0 {
		cfg.StartTimeout = defaultStartTimeout
	}
	if cfg.StopTimeout == 0 {
		cfg.StopTimeout = defaultStopTimeout
	}
	dataDir, err := resolve(cfg.DataDir)
	if err != nil {
		return nil, err
	}
	cfg.DataDir = dataDir
	s := &Server{
		cfg:  cfg,
		stop: make(chan struct{}), hurry: make(chan struct{}), finished: make(chan struct{}),
	}
	ctx, cancel := context.WithTimeout(ctx, cfg.StartTimeout)
	defer cancel()
	if err := s.start(ctx); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	dataDir := s.cfg.DataDir
	if err := UsableDataDir(dataDir); err != nil {
		return err
	}
	install, err := choose(s.cfg.BinDir, dataDir)
	if err != nil {
		return err
	}
	s.install = install
	s.clusterDir = clusterPath(dataDir, install.major)
	if s.account, err = serverAccount(s.clusterDir); err != nil {
		return err
	}
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if s.lock, err = lockDataDir(dataDir); err != nil {
		return err
	}
	if s.socketDir, err = s.account.makeSocketDir(dataDir); err != nil {
		return err
	}
	s.describeLock()
	if s.log, err = openLog(s.clusterDir + ".log"); err != nil {
		return err
	}
	if err := s.ensureCluster(ctx); err != nil {
		return err
	}
	p, err := s.launchUntilReady(ctx)
	if err != nil {
		return err
	}
	if err := s.ensureDatabase(ctx); err != nil {
		return errors.Join(err, s.shutdown(p))
	}
	s.cfg.Logger.InfoContext(ctx, "private postgres started",
		"version", install.major, "bin_dir", install.binDir, "cluster", s.clusterDir, "user", s.account.name)
	go s.supervise(p)
	return nil
}

// DSN leads to the database msia over the unix socket, as the superuser.
func (s *Server) DSN() string { return socketDSN(s.socketDir, databaseName) }

func socketDSN(socketDir, database string) string {
	query := url.Values{"host": {socketDir}, "port": {socketPort}, "sslmode": {"disable"}}.Encode()
	// libpq, and so psql, does not read "+" as a space.
	query = strings.ReplaceAll(query, "+", "%20")
	return (&url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: query}).String()
}

// BinDir is the folder of the PostgreSQL programs in use, for pg_dump, pg_restore and psql.
func (s *Server) BinDir() string { return s.install.binDir }

// Stop shuts PostgreSQL down and returns when its process is gone and the data folder may be used by another. Sessions
// still open are ended. When StopTimeout passes or ctx ends first, PostgreSQL is stopped the hard way and an error says
// so; no committed data is lost. Calling it again waits for the same end.
func (s *Server) Stop(ctx context.Context) error {
	s.stopOnce.Do(func() {
		close(s.stop)
		select {
		case <-s.finished:
		case <-ctx.Done():
			close(s.hurry)
		}
	})
	<-s.finished
	return s.stopErr
}

// release gives back everything but the process.
func (s *Server) release() {
	if s.log != nil {
		s.log.Close()
	}
	if s.socketDir != "" {
		removeSocketFiles(s.socketDir)
		// Left in place when something else lies in it; next time it is used again.
		_ = os.Remove(s.socketDir)
	}
	if s.lock != nil {
		s.lock.Close()
	}
}

// lockFile is held locked by the msia that uses a data folder. It says who that is: the process id in the first line,
// the socket's folder in the second.
const lockFile = "postgres.lock"

// lockDataDir takes the lock that keeps two msia off one data folder. The kernel drops it when its holder dies, however
// that happens. Errors: ErrInUse.
func lockDataDir(dataDir string) (*os.File, error) {
	path := filepath.Join(dataDir, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		who := "another msia"
		if pid, _ := readLock(dataDir); pid != "" {
			who += " (process " + pid + ")"
		}
		return nil, fmt.Errorf("%w: %s already uses %s. Stop it, or give this one its own folder with MSIA_DATA_DIR, "+
			"or let both use one PostgreSQL with DATABASE_URL", ErrInUse, who, dataDir)
	}
	return f, nil
}

// describeLock writes who holds the lock. Only messages and RunningDSN need it, so a failure is no reason not to start.
func (s *Server) describeLock() {
	if s.lock.Truncate(0) == nil {
		_, _ = s.lock.WriteAt(fmt.Appendf(nil, "%d\n%s\n", os.Getpid(), s.socketDir), 0)
	}
}

func readLock(dataDir string) (pid, socketDir string) {
	content, err := os.ReadFile(filepath.Join(dataDir, lockFile))
	if err != nil {
		return "", ""
	}
	lines := strings.Split(string(content), "\n")
	if len(lines) < 2 {
		return "", ""
	}
	return lines[0], lines[1]
}

// RunningDSN leads to the database of the msia that works with a data folder at this moment: what to use after
// ErrInUse. It fails when there is none, or it has not got as far as starting PostgreSQL.
func RunningDSN(dataDir string) (string, error) {
	dataDir, err := resolve(dataDir)
	if err != nil {
		return "", err
	}
	_, socketDir := readLock(dataDir)
	if socketDir == "" {
		return "", fmt.Errorf("no msia is running with the data folder %s", dataDir)
	}
	if _, err := os.Stat(filepath.Join(socketDir, socketFile)); err != nil {
		return "", fmt.Errorf("no PostgreSQL is running for the data folder %s: %w", dataDir, err)
	}
	return socketDSN(socketDir, databaseName), nil
}

// Discard deletes a data folder with everything in it, and the socket's folder that may lie elsewhere. It is for servers
// made for one test run. Errors: ErrInUse.
func Discard(dataDir string) error {
	dataDir, err := resolve(dataDir)
	if err != nil {
		return err
	}
	lock, err := lockDataDir(dataDir)
	if err != nil {
		return err
	}
	defer lock.Close()
	if _, socketDir := readLock(dataDir); socketDir != "" {
		removeSocketFiles(socketDir)
		_ = os.Remove(socketDir) // gone already when the server was stopped, and never more than an empty folder
	}
	return os.RemoveAll(dataDir)
}

// ensureDatabase makes what a fresh cluster lacks: msia's database and the extension, which only a superuser may add.
func (s *Server) ensureDatabase(ctx context.Context) error {
	err := s.withConn(ctx, "postgres", func(conn *pgx.Conn) error {
		var exists bool
		err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", databaseName).Scan(&exists)
		if err != nil || exists {
			return err
		}
		_, err = conn.Exec(ctx, "CREATE DATABASE "+databaseName)
		return err
	})
	if err != nil {
		return fmt.Errorf("create the database %s: %w", databaseName, err)
	}
	err = s.withConn(ctx, databaseName, func(conn *pgx.Conn) error {
		// The DETAIL of an error quotes values, and those are customers' data: it stays out of PostgreSQL's log.
		_, err := conn.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS vector; ALTER DATABASE "+databaseName+" SET log_error_verbosity = 'terse'")
		return err
	})
	if err != nil {
		return fmt.Errorf("prepare the database %s: %w", databaseName, err)
	}
	return nil
}

func (s *Server) withConn(ctx context.Context, database string, fn func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, socketDSN(s.socketDir, database))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return fn(conn)
}
