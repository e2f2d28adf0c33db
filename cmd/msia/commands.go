package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/msia/msia/internal/seed"
)

// migrate brings the database to this version.
func migrate(ctx context.Context, env environment, args []string) error {
	if err := flags("migrate", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	return withPool(ctx, env, func(context.Context, *pgxpool.Pool) error {
		_, _ = fmt.Fprintln(env.stdout, "The database is at this version.")
		return nil
	})
}

// seedCatalogue loads the default catalogue.
func seedCatalogue(ctx context.Context, env environment, args []string) error {
	var opts seed.Options
	err := flags("seed", args, func(f *flag.FlagSet) {
		f.BoolVar(&opts.Overwrite, "overwrite", false, "also over what staff changed or deleted")
	})
	if err != nil {
		return err
	}
	return withPool(ctx, env, func(ctx context.Context, pool *pgxpool.Pool) error {
		report, err := seed.Apply(ctx, pool, opts)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(env.stdout, report)
		return nil
	})
}
