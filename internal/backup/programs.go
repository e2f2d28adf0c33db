package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

var errNotURL = errors.New("the database URL cannot be used by PostgreSQL's programs; expected postgres://user:password@host:5432/name")

// libpqKeys are the parameters of a database URL that PostgreSQL's programs know,
// too; pgx knows others, and they would be refused.
var libpqKeys = []string{
	"host", "hostaddr", "port", "user", "dbname", "passfile", "channel_binding", "connect_timeout", "options", "keepalives",
	"sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslsni", "ssl_min_protocol_version", "target_session_attrs", "service", "krbsrvname", "gssencmode",
}

// command returns a program of PostgreSQL's that works on a database. The password
// goes by the environment: arguments are seen by every user of the machine.
func command(ctx context.Context, programs, databaseURL, program string, args ...string) (*exec.Cmd, error) {
	u, err := url.Parse(databaseURL)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return nil, errNotURL
	}
	q := u.Query()
	password := q.Get("password")
	if p, ok := u.User.Password(); ok {
		password = p
		u.User = url.User(u.User.Username())
	}
	for key := range q {
		if !slices.Contains(libpqKeys, key) {
			q.Del(key)
		}
	}
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq does not read "+" as a space
	cmd := exec.CommandContext(ctx, filepath.Join(programs, program), append(args, "--dbname="+u.String())...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"}
	if password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
	}
	return cmd, nil
}

// run runs a command to its end; its error says what the program said.
func run(cmd *exec.Cmd, stdin io.Reader) error {
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = stdin, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, strings.TrimSpace(said.String()))
	}
	return nil
}
