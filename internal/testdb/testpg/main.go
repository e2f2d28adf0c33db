// Command testpg runs a command, the tests usually, beside a throw-away PostgreSQL that all of its processes share:
//
//	go run ./internal/testdb/testpg -- go test ./...
//	go run ./internal/testdb/testpg -- bash
//
// The command finds the server by MSIA_TEST_DATABASE_URL; when that is set already, nothing is started. testpg ends with
// the command's exit code, and whatever way it ends, the server and its files go with it.
//
// With -keep the server stays after a failed command until Ctrl-C, for a look into the databases of failed tests.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/msia/msia/internal/testdb"
)

func main() {
	keep := flag.Bool("keep", false, "keep the server after a failed command until Ctrl-C")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: testpg [-keep] -- command [argument ...]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	code, err := run(flag.Args(), *keep)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testpg:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(command []string, keep bool) (code int, err error) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go reportOrphaned(signals)

	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if os.Getenv(testdb.URLEnv) == "" {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		started := make(chan struct{})
		go func() {
			select {
			case s := <-signals:
				signals <- s
				cancel()
			case <-started:
			}
		}()
		server, err := testdb.StartServer(ctx)
		if err != nil {
			return 1, err
		}
		close(started)
		defer func() { err = errors.Join(err, server.Stop()) }()
		cmd.Env = append(os.Environ(), testdb.URLEnv+"="+server.URL())
		if keep {
			defer func() {
				if code != 0 {
					fmt.Fprintf(os.Stderr, "testpg: the server stays until Ctrl-C: psql '%s'\n", server.URL())
					<-signals
				}
			}()
		}
	}

	if err := cmd.Start(); err != nil {
		return 1, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			// Ctrl-C reaches the command by itself, being in the same terminal; the others were meant for us alone.
			if s != syscall.SIGINT {
				_ = cmd.Process.Signal(s)
			}
		case err := <-ended:
			var exit *exec.ExitError
			switch {
			case err == nil:
				return 0, nil
			case errors.As(err, &exit) && exit.ExitCode() > 0:
				return exit.ExitCode(), nil
			default:
				return 1, err // ended by a signal
			}
		}
	}
}

// reportOrphaned stands in for the signal that does not come when our parent is killed: `go run`, make, or the shell.
func reportOrphaned(signals chan<- os.Signal) {
	parent := os.Getppid()
	for range time.Tick(time.Second) {
		if os.Getppid() != parent {
			signals <- syscall.SIGTERM
			return
		}
	}
}
