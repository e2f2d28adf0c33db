package backup

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// maxManifest bounds what is read of a manifest: a million files.
const maxManifest = 256 << 20

// ErrNotEmpty says that there is a system already where one was to be restored.
var ErrNotEmpty = errors.New("a backup is restored into an empty database, an empty file store and an empty spool only")

// each calls fn with every part of a backup, in its order.
func each(ctx context.Context, path string, fn func(name string, r io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	defer func() { _ = f.Close() }()
	r := tar.NewReader(f)
	for {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("%s is not a whole backup of msia: %w", path, err)
		}
		if err := fn(header.Name, r); err != nil {
			return err
		}
	}
}

// Verify reads a backup from end to end and compares it with its manifest.
func Verify(ctx context.Context, path string) (Manifest, error) {
	var m *Manifest
	found := map[string]Part{}
	err := each(ctx, path, func(name string, r io.Reader) error {
		if name == manifestName {
			m = &Manifest{}
			if err := json.NewDecoder(io.LimitReader(r, maxManifest)).Decode(m); err != nil {
				return fmt.Errorf("%s: the manifest cannot be read: %w", path, err)
			}
			return nil
		}
		size, sum, err := sumOf(r)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", path, name, err)
		}
		found[name] = Part{Name: name, Size: size, SHA256: sum}
		return nil
	})
	if err != nil {
		return Manifest{}, err
	}
	if m == nil {
		return Manifest{}, fmt.Errorf("%s is not a whole backup of msia: it has no manifest", path)
	}
	if m.Format != format {
		return Manifest{}, fmt.Errorf("%s has the form %d, and this msia reads %d", path, m.Format, format)
	}
	if !slices.ContainsFunc(m.Parts, func(p Part) bool { return p.Name == dumpName }) {
		return Manifest{}, fmt.Errorf("%s is not a whole backup of msia: it has no database", path)
	}
	for _, p := range m.Parts {
		if found[p.Name] != p {
			return Manifest{}, fmt.Errorf("%s is damaged: %s is not what was written", path, p.Name)
		}
	}
	return *m, nil
}

// Restore makes a system of a backup and compares the two. What fails on the way
// leaves everything empty. Errors: ErrNotEmpty.
func Restore(ctx context.Context, s System, path string) (Manifest, error) {
	m, err := Verify(ctx, path)
	if err != nil {
		return Manifest{}, err
	}
	if err := s.empty(ctx); err != nil {
		return Manifest{}, err
	}
	r := restorer{System: s, parts: map[string]Part{}}
	for _, p := range m.Parts {
		r.parts[p.Name] = p
	}
	// The database comes last: it is there as a whole, or not at all.
	if err := each(ctx, path, func(name string, body io.Reader) error { return r.part(ctx, name, body) }); err != nil {
		return Manifest{}, errors.Join(err, r.undo(context.WithoutCancel(ctx)))
	}
	return m, r.compare(ctx, m)
}

// empty refuses a system that has anything.
func (s System) empty(ctx context.Context) error {
	conn, err := connect(ctx, s.URL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var relations int
	err = conn.QueryRow(ctx, `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
		AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`).Scan(&relations)
	if err != nil {
		return fmt.Errorf("look into the database: %w", err)
	}
	if relations > 0 {
		return fmt.Errorf("%w: the database has tables", ErrNotEmpty)
	}
	err = s.Files.Each(ctx, "", time.Now().Add(24*time.Hour), func(key string) error { //nolint:forbidigo // all there are
		return fmt.Errorf("%w: the file store has %s", ErrNotEmpty, key)
	})
	if err != nil {
		return err
	}
	names, err := spooled(s.SpoolDir)
	if err == nil && len(names) > 0 {
		err = fmt.Errorf("%w: %s has webhooks", ErrNotEmpty, s.SpoolDir)
	}
	return err
}

// restorer is one restoration under way.
type restorer struct {
	System
	parts map[string]Part
	// keys and spool are what was written.
	keys, spool []string
}

// part writes a file, if it belongs to the moment.
func (r *restorer) part(ctx context.Context, name string, body io.Reader) error {
	if name == dumpName {
		return r.database(ctx, body)
	}
	if _, ok := r.parts[name]; !ok {
		return nil // the manifest, or gone at the moment
	}
	if key, ok := strings.CutPrefix(name, filePrefix); ok {
		r.keys = append(r.keys, key)
		if err := r.Files.Put(ctx, key, body, contentTypes[filepath.Ext(key)]); err != nil {
			return fmt.Errorf("file %s: %w", key, err)
		}
		return nil
	}
	if base, ok := strings.CutPrefix(name, spoolPrefix); ok && filepath.Base(base) == base {
		return r.waiting(base, body)
	}
	return fmt.Errorf("the backup holds %s, and this msia does not know what that is", name)
}

// contentTypes of stored files, by the ends of their keys.
var contentTypes = map[string]string{".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".pdf": "application/pdf"}

func (r *restorer) waiting(name string, body io.Reader) error {
	if err := os.MkdirAll(r.SpoolDir, 0o700); err != nil {
		return fmt.Errorf("restore the spool: %w", err)
	}
	path := filepath.Join(r.SpoolDir, name)
	r.spool = append(r.spool, path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("restore the spool: %w", err)
	}
	_, err = io.Copy(f, body)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("restore the spool: %w", err)
	}
	return nil
}

// database restores the dump in one transaction.
func (r *restorer) database(ctx context.Context, dump io.Reader) error {
	cmd, err := command(ctx, r.Programs, r.URL, "pg_restore", "--single-transaction", "--exit-on-error",
		"--no-owner", "--no-privileges", "--no-comments")
	if err != nil {
		return err
	}
	if err := run(cmd, dump); err != nil {
		return fmt.Errorf("restore the database: %w", err)
	}
	return nil
}

// undo removes the files that were written.
func (r *restorer) undo(ctx context.Context) error {
	var errs []error
	for _, key := range r.keys {
		errs = append(errs, r.Files.Remove(ctx, key))
	}
	for _, path := range r.spool {
		errs = append(errs, os.Remove(path))
	}
	return errors.Join(errs...)
}

// compare reads back what was restored.
func (r *restorer) compare(ctx context.Context, m Manifest) error {
	for _, key := range r.keys {
		f, err := r.Files.Open(ctx, key)
		if err != nil {
			return fmt.Errorf("read %s again: %w", key, err)
		}
		if f == nil {
			return fmt.Errorf("the file store does not have %s, which was just written", key)
		}
		size, sum, err := sumOf(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("read %s again: %w", key, err)
		}
		if want := r.parts[filePrefix+key]; want.Size != size || want.SHA256 != sum {
			return fmt.Errorf("%s is not what was backed up", key)
		}
	}
	conn, err := connect(ctx, r.URL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		counts, err := countRows(ctx, tx)
		if err != nil {
			return err
		}
		if !maps.Equal(counts, m.Tables) {
			return fmt.Errorf("the database has other rows than the backup says: %v, expected %v", counts, m.Tables)
		}
		return nil
	})
}
