package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/demo"
	"github.com/msia/msia/internal/images"
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

// seedCatalogue loads the default catalogue, and made-up data when asked to.
func seedCatalogue(ctx context.Context, env environment, args []string) error {
	var opts seed.Options
	var withDemo bool
	err := flags("seed", args, func(f *flag.FlagSet) {
		f.BoolVar(&opts.Overwrite, "overwrite", false, "also over what staff changed or deleted")
		f.BoolVar(&withDemo, "demo", false, "made-up customers, conversations and cases, too; never beside real ones")
	})
	if err != nil {
		return err
	}
	if withDemo && env.cfg.Chatwoot.Configured() {
		return errDemoChatwoot
	}
	return withPool(ctx, env, func(ctx context.Context, pool *pgxpool.Pool) error {
		report, err := seed.Apply(ctx, pool, opts)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(env.stdout, report)
		if !withDemo {
			return nil
		}
		made, err := loadDemo(ctx, env, pool)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(env.stdout, made)
		return nil
	})
}

// errDemoChatwoot: staff's answers to people who do not exist would go there.
var errDemoChatwoot = errors.New("a msia that is connected to Chatwoot (CHATWOOT_API_URL) has no place for a demo")

func loadDemo(ctx context.Context, env environment, pool *pgxpool.Pool) (demo.Report, error) {
	dataDir, err := dataFolder(env)
	if err != nil {
		return demo.Report{}, err
	}
	decoders, err := newDecoders(env)
	if err != nil {
		return demo.Report{}, err
	}
	defer decoders.Close()
	// The demo has staff: after it, no account would be the first one.
	password, err := createFirstAdmin(ctx, env, admin.NewAccounts(admin.AccountsConfig{
		DB: pool, Now: time.Now,
	}))
	if err != nil {
		return demo.Report{}, err
	}
	announceAdmin(env, password)
	return demo.Load(ctx, demo.Config{
		DB: pool, Now: time.Now, Log: env.log,
		Images: func(ctx context.Context, d db.DB, now func() time.Time) (*images.Store, error) {
			return openImages(ctx, env, dataDir, decoders, d, now)
		},
	})
}
