package localpg

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPick(t *testing.T) {
	t.Parallel()
	pg15 := installation{binDir: "/15", major: 15, vector: true}
	pg16 := installation{binDir: "/16", major: 16, vector: true}
	pg17bare := installation{binDir: "/17", major: 17}
	for name, tc := range map[string]struct {
		found    []installation
		existing []int
		want     installation
		wantErr  []string
	}{
		"newest with pgvector":           {found: []installation{pg17bare, pg16, pg15}, want: pg16},
		"the one that wrote the data":    {found: []installation{pg17bare, pg16, pg15}, existing: []int{15}, want: pg15},
		"the newest data":                {found: []installation{pg16, pg15}, existing: []int{16, 15}, want: pg16},
		"none":                           {wantErr: []string{"no PostgreSQL server", "setup.sh", "DATABASE_URL"}},
		"none with pgvector":             {found: []installation{pg17bare}, wantErr: []string{"pgvector", "postgresql-17-pgvector", "/17"}},
		"data of one that is gone":       {found: []installation{pg16}, existing: []int{15}, wantErr: []string{"/data/pg15", "postgresql-15"}},
		"data of one that lost pgvector": {found: []installation{pg17bare, pg16}, existing: []int{17}, wantErr: []string{"postgresql-17-pgvector"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := pick(tc.found, tc.existing, "", "/data")
			if tc.wantErr == nil {
				require.NoError(t, err)
				require.Equal(t, tc.want, got)
				return
			}
			require.ErrorIs(t, err, ErrNotInstalled)
			for _, word := range tc.wantErr {
				require.ErrorContains(t, err, word)
			}
		})
	}
}

func TestClientDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := func(name, says string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho '"+says+"'\n"), 0o700)) //nolint:gosec // to be run
	}
	program("pg_dump", "pg_dump (PostgreSQL) 16.4 (Debian 16.4-1)")
	_, err := ClientDir(dir, 15)
	require.ErrorIs(t, err, ErrNotInstalled, "without pg_restore")
	program("pg_restore", "pg_restore (PostgreSQL) 16.4")
	for _, major := range []int{15, 16} {
		got, err := ClientDir(dir, major)
		require.NoError(t, err)
		require.Equal(t, dir, got)
	}
	_, err = ClientDir(dir, 17)
	require.ErrorContains(t, err, "postgresql-client-17")
}

func TestExistingMajors(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "odd [name]*")
	for _, name := range []string{"pg9", "pg15", "pg16", "pg16.init-1", "pg17.broken-x", "pgx"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, name, "global"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name, "global", "pg_control"), nil, 0o600))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "pg18"), 0o700)) // nothing in it
	require.Equal(t, []int{16, 15, 9}, existingMajors(dir))
}

func TestSocketDirRefusesSomebodyElses(t *testing.T) {
	t.Parallel()
	a, err := serverAccount("")
	require.NoError(t, err)

	open := filepath.Join(t.TempDir(), "open")
	require.NoError(t, os.Mkdir(open, 0o700))
	require.NoError(t, os.Chmod(open, 0o777))
	require.Error(t, a.trySocketDir(open), "others could put their own socket there")

	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(t.TempDir(), link))
	require.Error(t, a.trySocketDir(link))

	long := filepath.Join(t.TempDir(), strings.Repeat("x", 100))
	require.ErrorContains(t, a.trySocketDir(long), "107")
}

func TestBoundedLog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pg.log")
	l, err := openLog(path)
	require.NoError(t, err)
	chunk := []byte(strings.Repeat("x", 1<<20-1) + "\n")
	for range 20 {
		n, err := l.Write(chunk)
		require.NoError(t, err)
		require.Equal(t, len(chunk), n)
	}
	var total int64
	for _, name := range []string{path, path + ".1"} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		total += info.Size()
	}
	require.LessOrEqual(t, total, int64(2*maxLogSize+2*len(chunk)))

	l.startTail()
	_, _ = l.Write([]byte(" last words \n"))
	require.Equal(t, "last words", l.tail())
	require.NoError(t, l.Close())
	_, err = l.Write([]byte("after the end"))
	require.NoError(t, err)
	reopened, err := openLog(path)
	require.NoError(t, err)
	require.NotZero(t, reopened.size, "a restart goes on with the same file")
	require.NoError(t, reopened.Close())
}
