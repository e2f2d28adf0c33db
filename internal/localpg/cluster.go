package localpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// isCluster tells whether a folder holds a database cluster, be it damaged: it has the file that initdb writes before
// any table, or a pg_class (1259 in every database).
func isCluster(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, "global", "pg_control")); err == nil {
		return true
	}
	tables, _ := filepath.Glob(filepath.Join(globEscape(dir), "base", "*", "1259"))
	return len(tables) > 0
}

// ensureCluster makes the cluster when there is none. initdb works in a folder beside it that is renamed when complete,
// so an initdb that was killed leaves nothing that a later start could take for a cluster.
func (s *Server) ensureCluster(ctx context.Context) error {
	s.sweepUnfinished()
	if isCluster(s.clusterDir) {
		return s.own()
	}
	if err := s.moveAside(); err != nil {
		return err
	}
	s.cfg.Logger.InfoContext(ctx, "creating private postgres cluster", "version", s.install.major, "cluster", s.clusterDir)
	work, err := os.MkdirTemp(s.cfg.DataDir, filepath.Base(s.clusterDir)+".init-*")
	if err != nil {
		return fmt.Errorf("make the database cluster: %w", err)
	}
	defer os.RemoveAll(work)
	if s.account.switched {
		if err := os.Chown(work, s.account.uid, s.account.gid); err != nil {
			return fmt.Errorf("make the database cluster: %w", err)
		}
	}
	args := []string{"-U", superuser, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"}
	if s.cfg.Disposable {
		args = append(args, "--no-sync")
	}
	if out, err := s.run(ctx, "initdb", work, args...); err != nil {
		return fmt.Errorf("make the database cluster: initdb: %w:\n%s", err, out)
	}
	if err := os.Rename(work, s.clusterDir); err != nil {
		return fmt.Errorf("make the database cluster: %w", err)
	}
	return syncDir(s.cfg.DataDir)
}

// sweepUnfinished removes what killed initdb runs left. We hold the lock, so none is at work.
func (s *Server) sweepUnfinished() {
	left, _ := filepath.Glob(globEscape(s.cfg.DataDir) + "/pg[0-9]*.init-*")
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			// Costs disk space only; a process that initdb left may still be on its way out.
			s.cfg.Logger.Warn("could not remove an unfinished cluster", "path", dir, "error", err)
		}
	}
}

// moveAside gets a folder that holds no cluster out of the way. It is kept, because it is not ours to judge what lies in it.
func (s *Server) moveAside() error {
	err := os.Remove(s.clusterDir)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	aside := fmt.Sprintf("%s.broken-%s", s.clusterDir, time.Now().UTC().Format("20060102T150405.000"))
	if err := os.Rename(s.clusterDir, aside); err != nil {
		return fmt.Errorf("%s holds no database and cannot be moved away: %w", s.clusterDir, err)
	}
	s.cfg.Logger.Warn("moved a folder without a database out of the way", "path", s.clusterDir, "moved_to", aside)
	return nil
}

// own gives a cluster that root owns to the account: it was copied here or restored from a backup by root.
func (s *Server) own() error {
	info, err := os.Stat(s.clusterDir)
	if err != nil {
		return fmt.Errorf("database cluster: %w", err)
	}
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	if owner == s.account.uid {
		return nil
	}
	if !s.account.switched {
		return fmt.Errorf("the database cluster %s belongs to the user with id %d, and msia runs as %s (id %d). "+
			"Run msia as that user or as root, or give the folder to %s with chown -R",
			s.clusterDir, owner, s.account.name, s.account.uid, s.account.name)
	}
	err = filepath.WalkDir(s.clusterDir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, s.account.uid, s.account.gid)
	})
	if err != nil {
		return fmt.Errorf("give the database cluster to the user %s: %w", s.account.name, err)
	}
	return nil
}

// run executes a PostgreSQL program on a cluster and returns what it printed.
func (s *Server) run(ctx context.Context, program, cluster string, args ...string) (string, error) {
	var out bytes.Buffer
	p, err := s.spawn(program, cluster, args, &out, syscall.SIGKILL)
	if err != nil {
		return "", err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		// The whole group: initdb works through children.
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
		return out.String(), context.Cause(ctx)
	}
	return out.String(), p.err
}

// settle makes sure that no PostgreSQL of an earlier run works in the cluster. When msia is killed its PostgreSQL shuts
// down by itself; this waits for that, and helps where it does not happen. Then it removes what such a process may have
// left: its id may by now belong to some other program, which PostgreSQL would mistake for itself and refuse to start.
func (s *Server) settle(ctx context.Context) error {
	pidFile := filepath.Join(s.clusterDir, "postmaster.pid")
	pid := readPID(pidFile)
	if pid != 0 && isPostmaster(pid, s.clusterDir) {
		s.cfg.Logger.WarnContext(ctx, "waiting for the PostgreSQL of an earlier msia to stop", "pid", pid)
		for _, step := range []struct {
			signal syscall.Signal
			grace  time.Duration
		}{{syscall.SIGINT, s.cfg.StopTimeout}, {syscall.SIGQUIT, s.cfg.StopTimeout}} {
			if err := syscall.Kill(pid, step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("PostgreSQL (process %d) still runs in %s and cannot be stopped: %w", pid, s.clusterDir, err)
			}
			gone, err := waitFor(ctx, step.grace, func() bool { return !isPostmaster(pid, s.clusterDir) })
			if err != nil {
				return err
			}
			if gone {
				break
			}
		}
		if isPostmaster(pid, s.clusterDir) {
			return fmt.Errorf("PostgreSQL (process %d) still runs in %s and does not stop. Stop it with: kill -9 %d", pid, s.clusterDir, pid)
		}
	}
	// Safe: we hold the lock on the folder, and no PostgreSQL runs in it. PostgreSQL itself looks for shared memory still
	// in use by processes that outlived their postmaster.
	if err := os.Remove(pidFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a stale file: %w", err)
	}
	removeSocketFiles(s.socketDir)
	return nil
}

func removeSocketFiles(socketDir string) {
	for _, name := range []string{socketFile, socketFile + ".lock"} {
		_ = os.Remove(filepath.Join(socketDir, name))
	}
}

// readPID returns the process id in the first line of a file, 0 when there is none.
func readPID(path string) int {
	content, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	line, _, _ := bytes.Cut(content, []byte("\n"))
	pid, err := strconv.Atoi(string(bytes.TrimSpace(line)))
	if err != nil || pid <= 1 {
		return 0
	}
	return pid
}

// waitFor polls until ok, for at most a time. It returns what ok said last, and an error only when ctx ends.
func waitFor(ctx context.Context, limit time.Duration, ok func() bool) (bool, error) {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-deadline.C:
			return ok(), nil
		case <-tick.C:
		}
	}
	return true, nil
}

// syncDir makes a rename in a folder survive a power cut.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
