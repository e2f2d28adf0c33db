package main

import (
	"context"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/caller"
)

// userCommand is one subcommand of user.
type userCommand struct {
	run func(ctx context.Context, env environment, a *admin.Accounts, username, role string) error
	// username and role say which flags it takes.
	username, role bool
}

var userCommands = map[string]userCommand{
	"create":         {run: createUser, username: true, role: true},
	"reset-password": {run: resetUserPassword, username: true},
	"list":           {run: listUsers},
	"deactivate":     {run: deactivateUser, username: true},
}

// user looks after accounts from the command line.
func user(ctx context.Context, env environment, args []string) error {
	action := ""
	if len(args) > 0 {
		action, args = args[0], args[1:]
	}
	cmd, ok := userCommands[action]
	if !ok {
		_, _ = fmt.Fprint(env.stdout, usage)
		return errUsage
	}
	var username, role string
	err := flags("user "+action, args, func(f *flag.FlagSet) {
		if cmd.username {
			f.StringVar(&username, "username", "", "the account's name")
		}
		if cmd.role {
			f.StringVar(&role, "role", "", "viewer, editor or admin")
		}
	})
	if err != nil {
		return err
	}
	return withPool(ctx, env, func(ctx context.Context, pool *pgxpool.Pool) error {
		return cmd.run(ctx, env, admin.NewAccounts(admin.AccountsConfig{DB: pool, Now: time.Now}), username, role)
	})
}

func createUser(ctx context.Context, env environment, a *admin.Accounts, username, role string) error {
	password := admin.GeneratePassword()
	account, err := a.Create(ctx, admin.NewAccount{Username: username, Password: password, Role: caller.Role(role)})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(env.stdout, "Created %s. Password (shown once): %s\n", account.Username, password)
	return nil
}

func resetUserPassword(ctx context.Context, env environment, a *admin.Accounts, username, _ string) error {
	account, err := a.Find(ctx, username)
	if err != nil {
		return err
	}
	password := admin.GeneratePassword()
	if err := a.ResetPassword(ctx, account.ID, password); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(env.stdout, "Password of %s (shown once): %s\n", account.Username, password)
	return nil
}

func listUsers(ctx context.Context, env environment, a *admin.Accounts, _, _ string) error {
	accounts, err := a.List(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "USERNAME\tROLE\tACTIVE\tCREATED\tNAME")
	for _, x := range accounts {
		active, name := "yes", ""
		if !x.IsActive {
			active = "no"
		}
		if x.DisplayName != nil {
			name = *x.DisplayName
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", x.Username, x.Role, active, x.CreatedAt.UTC().Format(time.DateOnly), name)
	}
	return w.Flush()
}

func deactivateUser(ctx context.Context, env environment, a *admin.Accounts, username, _ string) error {
	account, err := a.Find(ctx, username)
	if err != nil {
		return err
	}
	inactive := false
	if _, err := a.Update(ctx, account.ID, 0, admin.AccountPatch{IsActive: &inactive}); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(env.stdout, "%s is inactive; its sessions and API keys have ended.\n", account.Username)
	return nil
}
