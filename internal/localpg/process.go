package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	firstBackoff = 250 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// stableAfter is how long a process must have lived for its death to count as the first one again.
	stableAfter = time.Minute
	// quitGrace is what the hard way may take before the processes are killed.
	quitGrace = 5 * time.Second
)

// process is a started child.
type process struct {
	cmd *exec.Cmd
	// done is closed when it and all that hold its output have ended; err then says how.
	done chan struct{}
	err  error
}

// spawn starts a PostgreSQL program on a cluster, as the account, from a folder and with an environment that are the same
// wherever msia is started, so that nothing in the user's session (PGDATA, PGPORT, LANG) changes what it does. It gets a
// process group of its own, so that Ctrl-C in a terminal reaches only us, and the system sends it a signal when we die.
func (s *Server) spawn(program, cluster string, args []string, out io.Writer, onOurDeath syscall.Signal) (*process, error) {
	cmd := exec.Command(filepath.Join(s.install.binDir, program))
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	setParentDeathSignal(cmd.SysProcAttr, onOurDeath)
	if s.account.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(s.account.uid), Gid: uint32(s.account.gid)}
		// The account owns the cluster but may not be able to get there: a folder of root's is often closed to others.
		// So it is handed the opened folder, and no folder above has to be opened for it.
		folder, err := os.Open(cluster)
		if err != nil {
			return nil, fmt.Errorf("start %s: %w", program, err)
		}
		defer folder.Close()
		cmd.ExtraFiles = []*os.File{folder} // number 3 in the child
		cluster = "/proc/self/fd/3"
	}
	cmd.Args = append(cmd.Args, append([]string{"-D", cluster}, args...)...)
	// Children of a killed postmaster hold its output until they notice; nobody waits for them longer than this.
	cmd.WaitDelay = 10 * time.Second
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// Linux means the death of the thread that started the child, so this thread must live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return p, nil
}

// clusterMark is a setting of no effect that tells isPostmaster, and whoever looks at the list of processes, which
// cluster a server works in.
func clusterMark(clusterDir string) string { return "msia.cluster=" + clusterDir }

// launch starts the postmaster. It does not wait for it to be ready.
func (s *Server) launch(ctx context.Context) (*process, error) {
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	settings := []string{
		"listen_addresses=",
		"port=" + socketPort,
		// The setting is a list; quoted, a comma or a space in the path stays part of it.
		`unix_socket_directories="` + strings.ReplaceAll(s.socketDir, `"`, `""`) + `"`,
		"unix_socket_permissions=0700",
		"timezone=UTC",
		"log_timezone=UTC",
		"max_connections=100",
		// Of this only what is used takes memory. The index over the vectors of many regulations is walked all over:
		// with PostgreSQL's own 128 MB that takes two to three times as long.
		"shared_buffers=512MB",
		// Compiling queries costs more than it gains at our size of queries.
		"jit=off",
		"log_checkpoints=off",
		"cluster_name=msia",
		clusterMark(s.clusterDir),
	}
	if s.cfg.Disposable {
		settings = append(settings, "fsync=off", "full_page_writes=off", "max_connections=300")
	}
	var args []string
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	s.log.startTail()
	return s.spawn("postgres", s.clusterDir, args, s.log, syscall.SIGINT)
}

// launchUntilReady starts the postmaster and waits until it takes connections. It tries again while processes of a
// killed predecessor are still on their way out.
func (s *Server) launchUntilReady(ctx context.Context) (*process, error) {
	for {
		p, err := s.launch(ctx)
		if err != nil {
			return nil, err
		}
		err = s.waitReady(ctx, p)
		if err == nil {
			return p, nil
		}
		_ = s.shutdown(p) // why it did not start says more
		if !strings.Contains(s.log.tail(), "pre-existing shared memory block") {
			return nil, fmt.Errorf("PostgreSQL did not start: %w. Its log, %s, ends with:\n%s", err, s.log.path, s.log.tail())
		}
		if _, err := waitFor(ctx, firstBackoff, func() bool { return false }); err != nil {
			return nil, fmt.Errorf("PostgreSQL did not start: processes of an earlier one still use its memory: %w", err)
		}
	}
}

// waitReady returns when the postmaster takes connections, or with an error when it ends or ctx does.
func (s *Server) waitReady(ctx context.Context, p *process) error {
	// Each attempt leaves a line in PostgreSQL's log while it recovers, so a long recovery is asked less and less often.
	for pause := pollInterval; ; pause = min(2*pause, time.Second) {
		err := s.withConn(ctx, "postgres", func(*pgx.Conn) error { return nil })
		if err == nil {
			return nil
		}
		// While it starts, recovers or stops it says so with this code; any other answer will not get better.
		var answer *pgconn.PgError
		if errors.As(err, &answer) && answer.Code != "57P03" {
			return err
		}
		select {
		case <-p.done:
			return fmt.Errorf("it ended by itself (%w)", p.exit())
		case <-ctx.Done():
			return fmt.Errorf("no connection (%w): %w", err, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}

// exit says how an ended process ended.
func (p *process) exit() error {
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// supervise keeps a postmaster running until Stop.
func (s *Server) supervise(p *process) {
	defer close(s.finished)
	defer s.release()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	log := s.cfg.Logger
	backoff := firstBackoff
	for since := time.Now(); ; since = time.Now() {
		select {
		case <-s.stop:
			s.stopErr = s.shutdown(p)
			return
		case <-p.done:
		}
		if time.Since(since) > stableAfter {
			backoff = firstBackoff
		}
		log.ErrorContext(ctx, "private postgres died; starting it again", "exit", p.exit(), "log_tail", s.log.tail())
		for p = nil; p == nil; backoff = min(2*backoff, maxBackoff) {
			if _, err := waitFor(ctx, backoff, func() bool { return false }); err != nil {
				return // stopped while nothing ran
			}
			next, err := s.launch(ctx)
			if err != nil {
				if ctx.Err() == nil {
					log.ErrorContext(ctx, "private postgres could not be started again", "error", err)
				}
				continue
			}
			// A long recovery is left to go on: only its death, or Stop, ends the watch over it.
			err = s.waitReady(ctx, next)
			switch {
			case err == nil:
				log.InfoContext(ctx, "private postgres runs again")
			case ctx.Err() == nil:
				log.ErrorContext(ctx, "private postgres was started again but does not serve", "error", err)
			}
			p = next
		}
	}
}

// shutdown ends a postmaster: politely, after StopTimeout or when Stop is in a hurry the hard way, and by force if even
// that does not work. Its error tells when it was not polite.
func (s *Server) shutdown(p *process) error {
	signal := syscall.SIGINT // "fast": ends sessions, writes a checkpoint
	grace := s.cfg.StopTimeout
	hurry := s.hurry
	if s.cfg.Disposable {
		signal = syscall.SIGQUIT // "immediate": nothing here is worth a checkpoint
	}
	for step := 0; ; step++ {
		_ = p.cmd.Process.Signal(signal) // fails only when it is gone already
		select {
		case <-p.done:
			if step == 0 {
				return nil
			}
			return fmt.Errorf("PostgreSQL did not stop in time and was stopped with %v; it will recover at the next start", signal)
		case <-hurry:
			hurry = nil
		case <-time.After(grace):
		}
		if step == 0 {
			signal, grace = syscall.SIGQUIT, quitGrace
		} else {
			signal, grace = syscall.SIGKILL, time.Minute
		}
	}
}
