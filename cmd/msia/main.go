// Command msia is the back end of a vehicle-homologation company in one binary.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/msia/msia/internal/config"
	"github.com/msia/msia/internal/images/decoder"
	"github.com/msia/msia/internal/images/wire"
	"github.com/msia/msia/internal/pdf/reader"
	pdfwire "github.com/msia/msia/internal/pdf/wire"
	"github.com/msia/msia/internal/telemetry"
)

// version is set by the Makefile.
var version = "dev"

const usage = `msia: quotes, case files and answers for vehicle homologation

Usage:
  msia serve [--workers=false]   HTTP server and, by default, job workers
  msia worker                    job workers only
  msia migrate                   bring the database to this version and stop
  msia seed [--overwrite] [--demo]
                                 load the default catalogue; --overwrite also over what staff changed;
                                 --demo made-up customers, conversations and cases, too
  msia export --category SLUG [--format yaml|xlsx] [--out FILE]
  msia import [--dry-run] FILE   make a category what a .yaml or .xlsx file says; see docs/category-files.md
  msia user create --username NAME --role viewer|editor|admin
  msia user reset-password --username NAME
  msia user list
  msia user deactivate --username NAME
  msia backup FILE|DIR           the whole system as of one moment into one file, while it serves
  msia restore FILE              make a system of a backup: in an empty database and data folder
  msia doctor [--json]           look at everything and say what to do
  msia health                    succeed when the server here is ready, for container health checks
  msia version

Configuration is read from the environment; .env.example describes every variable.
`

// command is one subcommand.
type command func(ctx context.Context, env environment, args []string) error

// environment is what every subcommand gets.
type environment struct {
	cfg config.Config
	log *slog.Logger
	// level is that of log; it may be changed at any time.
	level  *slog.LevelVar
	stdout io.Writer
	// configError is what is wrong with cfg; only doctor runs in spite of it.
	configError error
}

var commands = map[string]command{
	"serve":   serve,
	"worker":  work,
	"migrate": migrate,
	"seed":    seedCatalogue,
	"user":    user,
	"export":  exportCategory,
	"import":  importCategory,
	"backup":  backUp,
	"restore": restore,
	"doctor":  doctor,
	"health":  health,
}

// errUsage ends the program with status 2; what to say was said.
var errUsage = errors.New("usage")

func main() {
	// SIGTERM is how service managers stop a program, SIGINT how people do.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, errUsage) || errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case errors.Is(err, errWarnings):
		os.Exit(3)
	case errors.Is(err, errFindings):
		os.Exit(1) // what to say was said
	case err != nil:
		_, _ = fmt.Fprintln(os.Stderr, "msia:", err)
		os.Exit(1)
	}
}

// run is the whole program, for main and for tests.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	switch name {
	case "version", "--version":
		_, _ = fmt.Fprintln(stdout, "msia", version)
		return nil
	case "", "help", "-h", "--help":
		_, _ = fmt.Fprint(stdout, usage)
		return nil
	case pdfwire.Command: // not for people: the server starts it
		return reader.Main()
	case wire.Command: // not for people: the server starts it
		return decoder.Main()
	}
	cmd, ok := commands[name]
	if !ok {
		_, _ = fmt.Fprintf(stderr, "msia: there is no command %q\n\n%s", name, usage)
		return errUsage
	}
	cfg, err := config.Load()
	if err != nil && name != "doctor" {
		return err
	}
	level := new(slog.LevelVar)
	level.Set(cfg.Level())
	log := slog.New(telemetry.LogHandler(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: level})))
	return cmd(ctx, environment{cfg: cfg, log: log, level: level, stdout: stdout, configError: err}, args[1:])
}

// flags parses the flags of a subcommand that takes no other arguments.
func flags(name string, args []string, define func(*flag.FlagSet)) error {
	set := flag.NewFlagSet("msia "+name, flag.ContinueOnError)
	define(set)
	if err := set.Parse(args); err != nil {
		return errUsage
	}
	if set.NArg() > 0 {
		_, _ = fmt.Fprintf(set.Output(), "msia %s: %q is one argument too many\n", name, set.Arg(0))
		return errUsage
	}
	return nil
}
