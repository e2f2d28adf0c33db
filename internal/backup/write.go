package backup

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// attempts is how often a moment is sought at which all files are there: one may
// be deleted just after the moment that was taken.
const attempts = 5

// Write backs a system up while it serves, into a file that has to be new, and
// reads it again. The moment is that of one snapshot of the database; files are
// those it refers to. A webhook that waits on disk is in the backup on disk, or in
// the database, or in both, which is as good: it counts once.
func Write(ctx context.Context, s System, referenced Referenced, version, path string) (Manifest, error) {
	if _, err := os.Lstat(path); err == nil {
		return Manifest{}, fmt.Errorf("%s is there already; a backup is written into a new file", path)
	}
	partial := path + ".partial"
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return Manifest{}, fmt.Errorf("write the backup: %w", err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(partial) // gone once it was renamed
	}()
	w := &writer{System: s, referenced: referenced, tar: tar.NewWriter(f), dump: partial + ".dump", have: map[string]Part{}}
	defer func() { _ = os.Remove(w.dump) }()
	m, err := w.write(ctx, version)
	if err != nil {
		return Manifest{}, err
	}
	if err := errors.Join(w.tar.Close(), f.Sync(), f.Close()); err != nil {
		return Manifest{}, fmt.Errorf("write the backup: %w", err)
	}
	if _, err := Verify(ctx, partial); err != nil {
		return Manifest{}, fmt.Errorf("what was written cannot be read again: %w", err)
	}
	if err := os.Rename(partial, path); err != nil {
		return Manifest{}, fmt.Errorf("write the backup: %w", err)
	}
	return m, syncFolder(filepath.Dir(path))
}

// writer is one backup being written.
type writer struct {
	System
	referenced Referenced
	tar        *tar.Writer
	// dump is the path of pg_dump's file.
	dump string
	// have are the parts that are written.
	have map[string]Part
}

func (w *writer) write(ctx context.Context, version string) (Manifest, error) {
	conn, err := connect(ctx, w.URL)
	if err != nil {
		return Manifest{}, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// Most files are copied before the moment, which is then short.
	if err := w.moment(ctx, conn, func(tx pgx.Tx) error {
		_, _, err := w.files(ctx, tx)
		return err
	}); err != nil {
		return Manifest{}, err
	}
	m := Manifest{Format: format, Version: version, Missing: []string{}}
	for attempt := 1; ; attempt++ {
		again := false
		err := w.moment(ctx, conn, func(tx pgx.Tx) error {
			keys, missing, err := w.files(ctx, tx)
			if err != nil {
				return err
			}
			if !slices.Equal(missing, m.Missing) && attempt < attempts {
				m.Missing, again = missing, true // deleted since the moment, or lost: the next look tells
				return nil
			}
			m.Missing = missing
			return w.database(ctx, tx, &m, keys)
		})
		if err != nil {
			return Manifest{}, err
		}
		if !again {
			break
		}
	}
	body, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return Manifest{}, fmt.Errorf("write the manifest: %w", err)
	}
	header := &tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(body)), ModTime: m.At}
	if err := w.tar.WriteHeader(header); err != nil {
		return Manifest{}, fmt.Errorf("write the manifest: %w", err)
	}
	if _, err := w.tar.Write(body); err != nil {
		return Manifest{}, fmt.Errorf("write the manifest: %w", err)
	}
	return m, nil
}

// moment runs fn in a snapshot. What waits on disk is copied before: what leaves
// the spool meanwhile is in the database by the moment.
func (w *writer) moment(ctx context.Context, conn *pgx.Conn, fn func(tx pgx.Tx) error) error {
	if err := w.spool(); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it only reads
	return fn(tx)
}

// spool copies what waits for the database and is not copied yet.
func (w *writer) spool() error {
	names, err := spooled(w.SpoolDir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, done := w.have[spoolPrefix+name]; done {
			continue
		}
		f, err := os.Open(filepath.Join(w.SpoolDir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // the database took it
		}
		if err != nil {
			return fmt.Errorf("read the spool: %w", err)
		}
		info, err := f.Stat()
		if err == nil {
			err = w.add(spoolPrefix+name, info.Size(), info.ModTime(), f)
		}
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// spooled lists the webhooks that wait in a folder.
func spooled(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the spool: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// files copies those that the database refers to and that are not copied yet. It
// returns their keys, and those that are not there.
func (w *writer) files(ctx context.Context, tx pgx.Tx) (keys, missing []string, err error) {
	keys, err = w.referenced(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	missing = []string{}
	for _, key := range keys {
		if _, done := w.have[filePrefix+key]; done {
			continue
		}
		f, err := w.Files.Open(ctx, key)
		if err != nil {
			return nil, nil, fmt.Errorf("file %s: %w", key, err)
		}
		if f == nil {
			missing = append(missing, key)
			continue
		}
		err = w.add(filePrefix+key, f.Size, f.Modified, f)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return keys, missing, nil
}

// database dumps the snapshot and says what belongs to it.
func (w *writer) database(ctx context.Context, tx pgx.Tx, m *Manifest, keys []string) error {
	var snapshot string
	var serverVersion int
	err := tx.QueryRow(ctx, `SELECT pg_export_snapshot(), current_setting('server_version_num')::int, transaction_timestamp(),
		(SELECT max(version_id) FROM goose_db_version)`).Scan(&snapshot, &serverVersion, &m.At, &m.Schema)
	if err != nil {
		return fmt.Errorf("take a snapshot of the database: %w", err)
	}
	m.At, m.PostgreSQL = m.At.UTC(), serverVersion/10_000
	if m.Tables, err = countRows(ctx, tx); err != nil {
		return err
	}
	cmd, err := command(ctx, w.Programs, w.URL, "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
		"--lock-wait-timeout=60000", "--snapshot="+snapshot, "--file="+w.dump)
	if err != nil {
		return err
	}
	if err := run(cmd, nil); err != nil {
		return fmt.Errorf("dump the database: %w", err)
	}
	list := exec.CommandContext(ctx, filepath.Join(w.Programs, "pg_restore"), "--list", w.dump)
	if err := run(list, nil); err != nil {
		return fmt.Errorf("the dump of the database cannot be read: %w", err)
	}
	f, err := os.Open(w.dump)
	if err != nil {
		return fmt.Errorf("read the dump: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read the dump: %w", err)
	}
	if err := w.add(dumpName, info.Size(), m.At, f); err != nil {
		return err
	}
	m.Parts = []Part{w.have[dumpName]}
	for name, part := range w.have {
		if strings.HasPrefix(name, spoolPrefix) {
			m.Parts = append(m.Parts, part)
		}
	}
	for _, key := range keys {
		if part, ok := w.have[filePrefix+key]; ok {
			m.Parts = append(m.Parts, part)
		}
	}
	slices.SortFunc(m.Parts, func(a, b Part) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// add writes one part.
func (w *writer) add(name string, size int64, modified time.Time, r io.Reader) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: modified}); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, sum, err := sumOf(io.TeeReader(r, w.tar))
	if err == nil {
		err = w.tar.Flush() // an error when it was shorter than it should be
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	w.have[name] = Part{Name: name, Size: size, SHA256: sum}
	return nil
}

// syncFolder makes a new name survive a power cut.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
