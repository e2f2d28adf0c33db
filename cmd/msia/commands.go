package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/caller"
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

// user creates an account or gives one another password.
func user(ctx context.Context, env environment, args []string) error {
	action := ""
	if len(args) > 0 {
		action, args = args[0], args[1:]
	}
	var username, role string
	err := flags("user "+action, args, func(f *flag.FlagSet) {
		f.StringVar(&username, "username", "", "the account's name")
		if action == "create" {
			f.StringVar(&role, "role", "", "viewer, editor or admin")
		}
	})
	if err != nil {
		return err
	}
	password := admin.GeneratePassword()
	done := "Password of"
	change := func(ctx context.Context, a *admin.Accounts) error { return a.ResetPassword(ctx, username, password) }
	switch action {
	case "create":
		done = "Created"
		change = func(ctx context.Context, a *admin.Accounts) error {
			return a.Create(ctx, admin.NewAccount{Username: username, Password: password, Role: caller.Role(role)})
		}
	case "reset-password":
	default:
		_, _ = fmt.Fprint(env.stdout, usage)
		return errUsage
	}
	return withPool(ctx, env, func(ctx context.Context, pool *pgxpool.Pool) error {
		if err := change(ctx, admin.NewAccounts(pool, time.Now)); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(env.stdout, "%s %s. Password (shown once): %s\n", done, username, password)
		return nil
	})
}
