package localpg

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// socketPort only names the socket file: nothing listens on the network.
	socketPort = "5432"
	socketFile = ".s.PGSQL." + socketPort
	// maxSocketPath is what fits into sockaddr_un on Linux, less the closing zero byte.
	maxSocketPath = 107
)

// account is the system user PostgreSQL runs as. It refuses to run as root, so for root that is somebody else.
type account struct {
	name     string
	uid, gid int
	// switched is true when we are root and the account is not ours.
	switched bool
}

// serverAccount returns our own account, or for root the one that owns the cluster, else postgres, else nobody.
func serverAccount(clusterDir string) (account, error) {
	if uid := os.Geteuid(); uid != 0 {
		a := account{uid: uid, gid: os.Getegid(), name: strconv.Itoa(uid)}
		if u, err := user.LookupId(a.name); err == nil {
			a.name = u.Username
		}
		return a, nil
	}
	if !canPassFolder {
		return account{}, errors.New("PostgreSQL does not run as root; on this system start msia as an ordinary user")
	}
	var candidates []func() (*user.User, error)
	if info, err := os.Stat(clusterDir); err == nil {
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid != 0 {
			candidates = append(candidates, func() (*user.User, error) { return user.LookupId(strconv.Itoa(int(uid))) })
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		candidates = append(candidates, func() (*user.User, error) { return user.Lookup(name) })
	}
	for _, lookup := range candidates {
		u, err := lookup()
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil || uid == 0 {
			continue
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			continue
		}
		return account{name: u.Username, uid: uid, gid: gid, switched: true}, nil
	}
	return account{}, errors.New("PostgreSQL does not run as root, and this system has neither a user postgres nor a user nobody to run it as")
}

// resolve makes a path absolute and follows the symbolic links in the part of it that exists.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	missing := ""
	for existing := path; ; {
		real, err := filepath.EvalSymlinks(existing)
		if err == nil {
			return filepath.Join(real, missing), nil
		}
		if !isMissing(err) {
			return "", err
		}
		missing = filepath.Join(filepath.Base(existing), missing)
		existing = filepath.Dir(existing)
	}
}

// isMissing tells that a path leads to nothing, be it because something on the way is not a folder.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// UsableDataDir returns nil when Start can keep its cluster in dir: it exists and we may write in it, or we may make it.
// Nothing is changed. The error names the folder that is in the way.
func UsableDataDir(dir string) error {
	dir, err := resolve(dir)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	for path := dir; ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		switch {
		case isMissing(err):
			continue
		case err != nil:
			return fmt.Errorf("data folder %s: %w", dir, err)
		case !info.IsDir():
			return fmt.Errorf("data folder %s: %s is not a folder", dir, path)
		}
		if err := unix.Access(path, unix.W_OK|unix.X_OK); err != nil {
			return fmt.Errorf("data folder %s: msia cannot write in %s (%w). Choose another folder with MSIA_DATA_DIR", dir, path, err)
		}
		return nil
	}
}

// makeSocketDir returns the folder for the socket, the same one each time: a folder that only the account can enter,
// whose path is short enough and whose file system can hold a socket (folders shared with a virtual machine often
// cannot). For our own account that is <data>/run when possible; another account may not get that far.
func (a account) makeSocketDir(dataDir string) (string, error) {
	short := fmt.Sprintf("msia-%x", sha256.Sum256([]byte(dataDir)))[:17]
	candidates := []string{filepath.Join(dataDir, "run"), filepath.Join("/tmp", short)}
	if a.switched {
		candidates[0] = filepath.Join("/run", short)
	}
	var errs []error
	for _, dir := range candidates {
		err := a.trySocketDir(dir)
		if err == nil {
			return dir, nil
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("no folder for PostgreSQL's socket: %w", errors.Join(errs...))
}

func (a account) trySocketDir(dir string) error {
	if path := filepath.Join(dir, socketFile); len(path) > maxSocketPath {
		return fmt.Errorf("%s is %d bytes long and a socket's path may have %d", path, len(path), maxSocketPath)
	}
	if strings.Contains(dir, ",") {
		return fmt.Errorf("%s has a comma in its name, which separates hosts in a database URL", dir)
	}
	err := os.Mkdir(dir, 0o700)
	switch {
	case err == nil && a.switched:
		if err := os.Chown(dir, a.uid, a.gid); err != nil {
			return err
		}
	case errors.Is(err, fs.ErrExist):
		// In a folder that all may write, somebody else may have been first.
		info, err := os.Lstat(dir)
		if err != nil {
			return err
		}
		if !info.IsDir() || int(info.Sys().(*syscall.Stat_t).Uid) != a.uid || info.Mode().Perm()&0o077 != 0 {
			return fmt.Errorf("%s exists and is not a private folder of the user %s; remove it", dir, a.name)
		}
	case err != nil:
		return err
	}
	probePath := filepath.Join(dir, ".probe")
	_ = os.Remove(probePath) // of a start that was killed right here
	probe, err := net.Listen("unix", probePath)
	if err != nil {
		return err
	}
	return probe.Close()
}
