package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/cataloguefile"
	"github.com/msia/msia/internal/fault"
)

// exportCategory writes a category as a file.
func exportCategory(ctx context.Context, env environment, args []string) error {
	var slug, format, out string
	err := flags("export", args, func(f *flag.FlagSet) {
		f.StringVar(&slug, "category", "", "the slug of the category")
		f.StringVar(&format, "format", "", "yaml or xlsx; by default as --out ends, else yaml")
		f.StringVar(&out, "out", "", "the file to write; by default the standard output")
	})
	if err != nil {
		return err
	}
	if format == "" {
		format = strings.TrimPrefix(filepath.Ext(out), ".")
	}
	if format == "" {
		format = string(cataloguefile.YAML)
	}
	kind, err := formatOf("." + format)
	if err != nil {
		return err
	}
	return withPool(ctx, env, func(ctx context.Context, pool *pgxpool.Pool) error {
		file, err := files(pool).Export(ctx, slug, kind)
		if err != nil {
			return problems(err)
		}
		if out == "" {
			_, err = env.stdout.Write(file.Raw)
			return err
		}
		return os.WriteFile(out, file.Raw, 0o644)
	})
}

// importCategory makes a category what a file says.
func importCategory(ctx context.Context, env environment, args []string) error {
	var o cataloguefile.Options
	set := flag.NewFlagSet("msia import", flag.ContinueOnError)
	set.BoolVar(&o.DryRun, "dry-run", false, "only tell what would be done")
	if err := set.Parse(args); err != nil {
		return errUsage
	}
	if set.NArg() != 1 {
		_, _ = fmt.Fprint(env.stdout, usage)
		return errUsage
	}
	name := set.Arg(0)
	kind, err := formatOf(filepath.Ext(name))
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return withPool(ctx, env, func(ctx context.Context, pool *pgxpool.Pool) error {
		report, err := files(pool).Import(ctx, raw, kind, o)
		if err != nil {
			return problems(err)
		}
		printReport(env.stdout, report)
		return nil
	})
}

func files(pool *pgxpool.Pool) *cataloguefile.Files {
	return cataloguefile.New(pool, catalogue.NewCache(pool, time.Now))
}

// formatOf knows the format of a file by the end of its name.
func formatOf(ext string) (cataloguefile.Format, error) {
	switch strings.ToLower(ext) {
	case ".yaml", ".yml":
		return cataloguefile.YAML, nil
	case ".xlsx":
		return cataloguefile.XLSX, nil
	}
	return "", fmt.Errorf("a price sheet is a .yaml or .xlsx file, not %q", ext)
}

// problems makes one error of everything that is wrong with a file.
func problems(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	text := "the file cannot be imported; nothing was changed:"
	for _, p := range f.Fields {
		text += "\n  " + p.Pointer + ": " + p.Detail
	}
	return errors.New(text)
}

func printReport(w io.Writer, r cataloguefile.Report) {
	for _, c := range r.Changes {
		_, _ = fmt.Fprintf(w, "%s %s %s\n", map[cataloguefile.Action]string{
			cataloguefile.Added: "+", cataloguefile.Changed: "~", cataloguefile.Removed: "-",
		}[c.Action], c.Table, c.Code)
		for _, m := range c.Members {
			if m.From == nil && c.Action == cataloguefile.Added {
				_, _ = fmt.Fprintf(w, "    %s: %s\n", m.Name, text(m.To))
			} else {
				_, _ = fmt.Fprintf(w, "    %s: %s → %s\n", m.Name, text(m.From), text(m.To))
			}
		}
	}
	for _, n := range r.Notes {
		_, _ = fmt.Fprintf(w, "! %s: %s\n", n.Pointer, n.Detail)
	}
	done := "Imported"
	if r.DryRun {
		done = "Dry run, nothing was written:"
	}
	_, _ = fmt.Fprintf(w, "%s %s: %d added, %d changed, %d removed\n", done, r.Slug,
		r.Count(cataloguefile.Added), r.Count(cataloguefile.Changed), r.Count(cataloguefile.Removed))
}

// text shows a value in a line, and nothing as a dash.
func text(s *string) string {
	if s == nil {
		return "–"
	}
	return strings.ReplaceAll(*s, "\n", " ⏎ ")
}
