package localpg

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// minMajor is the oldest PostgreSQL that msia's SQL runs on.
const minMajor = 15

// installation is one PostgreSQL server found on this machine.
type installation struct {
	binDir string
	major  int
	// vector tells whether CREATE EXTENSION vector can work.
	vector bool
}

// systemBinDirs are patterns of the folders where packages put PostgreSQL's server programs.
var systemBinDirs = []string{
	"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                   // PostgreSQL's own RPMs
	"/usr/libexec/postgresql*",                           // Alpine
	"/usr/lib/postgresql*/bin",                           // openSUSE
	"/usr/local/pgsql/bin",                               // built from source
	"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",                    // Homebrew on Intel
	"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
}

// choose picks the installation for a data folder: the one whose major version wrote the newest cluster in it, else the
// newest one with pgvector. Errors: ErrNotInstalled.
func choose(binDir, dataDir string) (installation, error) {
	var found []installation
	if binDir != "" {
		found = inspect(binDir)
	} else {
		found = discover(systemBinDirs)
	}
	return pick(found, existingMajors(dataDir), binDir, dataDir)
}

func pick(found []installation, existing []int, binDir, dataDir string) (installation, error) {
	const elsewhere = "Or set DATABASE_URL to a PostgreSQL with pgvector that runs elsewhere"
	where := "on this machine"
	if binDir != "" {
		where = "in " + binDir + " (PG_BINDIR)"
	}
	if len(existing) > 0 {
		// A newer server cannot read the cluster, and starting an empty one beside it would look like lost data.
		want := existing[0]
		found = slices.DeleteFunc(slices.Clone(found), func(i installation) bool { return i.major != want })
		if len(found) == 0 {
			return installation{}, fmt.Errorf("%w: the data in %s was written by PostgreSQL %d, and that version is not %s. "+
				"Install PostgreSQL %d again (Debian and Ubuntu: the package postgresql-%d)",
				ErrNotInstalled, clusterPath(dataDir, want), want, where, want, want)
		}
	}
	if len(found) == 0 {
		return installation{}, fmt.Errorf("%w: no PostgreSQL server, version %d or newer, %s. "+
			"Run scripts/setup.sh from msia's sources, or install PostgreSQL and pgvector with your system's package manager. %s",
			ErrNotInstalled, minMajor, where, elsewhere)
	}
	for _, i := range found {
		if i.vector {
			return i, nil
		}
	}
	best := found[0]
	return installation{}, fmt.Errorf("%w: PostgreSQL %d in %s lacks the extension pgvector. Run scripts/setup.sh from msia's sources, "+
		"or install it for PostgreSQL %d (Debian and Ubuntu: the package postgresql-%d-pgvector). %s",
		ErrNotInstalled, best.major, best.binDir, best.major, best.major, elsewhere)
}

// discover returns the servers found by patterns and on PATH, newest first, each once.
func discover(patterns []string) []installation {
	var found []installation
	for _, pattern := range patterns {
		dirs, _ := filepath.Glob(pattern) // the only error is a malformed pattern
		for _, dir := range dirs {
			found = append(found, inspect(dir)...)
		}
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, inspect(filepath.Dir(path))...)
		}
	}
	slices.SortStableFunc(found, func(a, b installation) int { return b.major - a.major })
	return slices.CompactFunc(found, func(a, b installation) bool { return a.binDir == b.binDir })
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspect returns the server in a bin folder, or nothing when there is none that msia can use.
func inspect(binDir string) []installation {
	if _, err := exec.LookPath(filepath.Join(binDir, "initdb")); err != nil {
		return nil
	}
	// Asking for its version is the one thing a PostgreSQL server does for root.
	major := majorOf(filepath.Join(binDir, "postgres"))
	if major < minMajor {
		return nil
	}
	return []installation{{binDir: binDir, major: major, vector: hasVector(binDir)}}
}

// Look tells, for people, which PostgreSQL Start would use, and whether there is a cluster yet. Nothing is started.
// Errors: ErrNotInstalled.
func Look(cfg Config) (server string, cluster bool, err error) {
	dataDir, err := resolve(cfg.DataDir)
	if err != nil {
		return "", false, err
	}
	cluster = len(existingMajors(dataDir)) > 0
	install, err := choose(cfg.BinDir, dataDir)
	if err != nil {
		return "", cluster, err
	}
	return fmt.Sprintf("PostgreSQL %d in %s", install.major, install.binDir), cluster, nil
}

// ClientDir returns the folder of the newest pg_dump and pg_restore on this machine, or in binDir (PG_BINDIR), that work
// with a server of a major version: they have to be at least as new. Errors: ErrNotInstalled.
func ClientDir(binDir string, major int) (string, error) {
	patterns := systemBinDirs
	if binDir != "" {
		patterns = []string{globEscape(binDir)}
	} else if path, err := exec.LookPath("pg_dump"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			patterns = append(slices.Clone(patterns), globEscape(filepath.Dir(path)))
		}
	}
	best, bestMajor := "", 0
	for _, pattern := range patterns {
		dirs, _ := filepath.Glob(pattern) // the only error is a malformed pattern
		for _, dir := range dirs {
			if _, err := exec.LookPath(filepath.Join(dir, "pg_restore")); err != nil {
				continue
			}
			if found := majorOf(filepath.Join(dir, "pg_dump")); found > bestMajor {
				best, bestMajor = dir, found
			}
		}
	}
	if best == "" || bestMajor < major {
		return "", fmt.Errorf("%w: backups of a PostgreSQL %d need its programs pg_dump and pg_restore, version %d or newer "+
			"(Debian and Ubuntu: the package postgresql-client-%d)", ErrNotInstalled, major, major, major)
	}
	return best, nil
}

// majorOf returns the major version of a program of PostgreSQL's, 0 when it is none.
func majorOf(program string) int {
	out, err := exec.Command(program, "--version").Output()
	if err != nil {
		return 0
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return 0
	}
	major, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return 0
	}
	return major
}

func hasVector(binDir string) bool {
	shareDirs := []string{"../share", "../share/postgresql", "../share/pgsql"}
	for i, dir := range shareDirs {
		shareDirs[i] = filepath.Join(binDir, dir)
	}
	shareDirs = append(shareDirs, filepath.Join("/usr/share", filepath.Base(binDir))) // Alpine
	if out, err := exec.Command(filepath.Join(binDir, "pg_config"), "--sharedir").Output(); err == nil {
		shareDirs = []string{strings.TrimSpace(string(out))}
	}
	return slices.ContainsFunc(shareDirs, func(dir string) bool {
		_, err := os.Stat(filepath.Join(dir, "extension", "vector.control"))
		return err == nil
	})
}

func clusterPath(dataDir string, major int) string {
	return filepath.Join(dataDir, fmt.Sprintf("pg%d", major))
}

// existingMajors returns the versions of the clusters in a data folder, newest first.
func existingMajors(dataDir string) []int {
	var majors []int
	dirs, _ := filepath.Glob(filepath.Join(globEscape(dataDir), "pg[0-9]*"))
	for _, dir := range dirs {
		major, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), "pg"))
		if err == nil && isCluster(dir) {
			majors = append(majors, major)
		}
	}
	slices.Sort(majors)
	slices.Reverse(majors)
	return majors
}

func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
