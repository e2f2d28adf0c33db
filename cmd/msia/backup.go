package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/internal/backup"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/localpg"
	"github.com/msia/msia/internal/objects"
	"github.com/msia/msia/internal/rag"
)

// referenced returns the keys of every stored file that the database refers to.
func referenced(ctx context.Context, tx pgx.Tx) ([]string, error) {
	pictures, err := images.Keys(ctx, tx)
	if err != nil {
		return nil, err
	}
	documents, err := rag.Keys(ctx, tx)
	return append(pictures, documents...), err
}

// backUp writes the whole system into a file, while it serves.
func backUp(ctx context.Context, env environment, args []string) error {
	path, err := fileArgument("backup", args)
	if err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "msia-"+time.Now().UTC().Format("20060102T150405Z")+".tar")
	}
	return withSystem(ctx, env, joinDatabase, func(system backup.System) error {
		m, err := backup.Write(ctx, system, referenced, version, path)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(env.stdout, "%s holds the system as of %s: %s\n", path, m.At.Format(time.RFC3339), contents(m))
		for _, key := range m.Missing {
			_, _ = fmt.Fprintf(env.stdout, "Not in the file store, though the database refers to it: %s\n", key)
		}
		return nil
	})
}

// restore makes a system of a backup.
func restore(ctx context.Context, env environment, args []string) error {
	path, err := fileArgument("restore", args)
	if err != nil {
		return err
	}
	return withSystem(ctx, env, openDatabase, func(system backup.System) error {
		m, err := backup.Restore(ctx, system, path)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(env.stdout, "Restored the system as of %s, and compared it: %s\nNow: msia doctor, then msia serve\n",
			m.At.Format(time.RFC3339), contents(m))
		return nil
	})
}

func contents(m backup.Manifest) string {
	return fmt.Sprintf("%d rows in %d tables, %d files, written by msia %s", m.Rows(), len(m.Tables), len(m.Parts)-1, m.Version)
}

// fileArgument returns the one argument of a subcommand.
func fileArgument(name string, args []string) (string, error) {
	set := flag.NewFlagSet("msia "+name, flag.ContinueOnError)
	if err := set.Parse(args); err != nil {
		return "", errUsage
	}
	if set.NArg() != 1 {
		_, _ = fmt.Fprintf(set.Output(), "msia %s takes one argument, a file\n", name)
		return "", errUsage
	}
	path, err := filepath.Abs(set.Arg(0))
	if err != nil {
		return "", fmt.Errorf("%s: %w", set.Arg(0), err)
	}
	return path, nil
}

// withSystem runs a short command on the database and the files as they are.
func withSystem(ctx context.Context, env environment, open func(context.Context, environment) (*database, error), fn func(backup.System) error) error {
	d, err := open(ctx, env)
	if err != nil {
		return err
	}
	defer d.close(env.log)
	major, err := serverMajor(ctx, d.url)
	if err != nil {
		return err
	}
	programs, err := localpg.ClientDir(env.cfg.PGBinDir, major)
	if err != nil {
		return err
	}
	files, err := objects.Open(ctx, fileStore(env.cfg, d.dataDir))
	if err != nil {
		return fmt.Errorf("MSIA_BLOB_URL: %w", err)
	}
	return errors.Join(fn(backup.System{URL: d.url, Programs: programs, Files: files, SpoolDir: d.spoolDir()}), files.Close())
}

// serverMajor asks a server for its major version.
func serverMajor(ctx context.Context, url string) (int, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var n int
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int / 10000").Scan(&n); err != nil {
		return 0, fmt.Errorf("ask the database for its version: %w", err)
	}
	return n, nil
}
