package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// What doctor ends with when it found something; it has said what.
var (
	errFindings = errors.New("something has to be mended")
	errWarnings = errors.New("something is worth a look")
)

// severity is how bad a finding is.
type severity int

const (
	fine severity = iota
	warning
	broken
)

// String is how a severity is shown.
func (s severity) String() string { return [...]string{"ok", "warning", "error"}[s] }

// MarshalText is String, for JSON.
func (s severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// finding is what a check found.
type finding struct {
	Check  string   `json:"check"`
	Status severity `json:"status"`
	Detail string   `json:"detail"`
	// Advice says what to do; "" when all is well.
	Advice string `json:"advice,omitempty"`
}

func good(format string, args ...any) finding { return finding{Detail: fmt.Sprintf(format, args...)} }

func look(advice, format string, args ...any) finding {
	return finding{Status: warning, Advice: advice, Detail: fmt.Sprintf(format, args...)}
}

func mend(advice, format string, args ...any) finding {
	return finding{Status: broken, Advice: advice, Detail: fmt.Sprintf(format, args...)}
}

// checkTimeout bounds one check.
const checkTimeout = 30 * time.Second

// diagnosis is one run of doctor.
type diagnosis struct {
	env      environment
	database *database
	pool     *pgxpool.Pool
	findings []finding
}

// check is one look at one thing.
type check struct {
	name string
	run  func(ctx context.Context) finding
}

func (d *diagnosis) run(ctx context.Context, checks ...check) {
	for _, c := range checks {
		ctx, cancel := context.WithTimeout(ctx, checkTimeout)
		f := c.run(ctx)
		cancel()
		f.Check = c.name
		d.findings = append(d.findings, f)
	}
}

// worst is the worst of what was found.
func (d *diagnosis) worst() severity {
	worst := fine
	for _, f := range d.findings {
		worst = max(worst, f.Status)
	}
	return worst
}

// doctor looks at everything and says what to do. It changes nothing, but for a
// file in the store that it writes, reads and removes, and a private PostgreSQL
// that it starts for the moment when it has data and does not run.
func doctor(ctx context.Context, env environment, args []string) error {
	asJSON := false
	if err := flags("doctor", args, func(f *flag.FlagSet) { f.BoolVar(&asJSON, "json", false, "for programs") }); err != nil {
		return err
	}
	d := &diagnosis{env: env}
	d.examine(ctx)
	if err := d.report(asJSON); err != nil {
		return err
	}
	switch d.worst() {
	case broken:
		return errFindings
	case warning:
		return errWarnings
	case fine:
	}
	return nil
}

func (d *diagnosis) examine(ctx context.Context) {
	d.run(ctx, check{"configuration", d.configuration})
	if d.env.configError != nil {
		return // what follows would look at something else
	}
	d.run(ctx, check{"data folder", d.dataFolder})
	d.run(ctx, check{"PostgreSQL", d.postgres})
	if d.pool != nil {
		d.run(ctx, check{"pgvector", d.pgvector}, check{"migrations", d.migrations}, check{"clock", d.clock})
		if has, _, err := d.schema(ctx); err == nil && has > 0 {
			d.run(ctx, check{"accounts", d.accounts}, check{"jobs", d.jobs}, check{"replies", d.replies})
		}
	}
	if d.database != nil {
		d.run(ctx, check{"file store", d.fileStore}, check{"webhook spool", d.spool})
	}
	d.run(ctx, check{"picture decoder", d.decoder}, check{"public address", d.publicAddress}, check{"webhooks", d.webhookAuth}, check{"Chatwoot", d.chatwoot})
	if d.env.cfg.Limits.RedisURL != "" {
		d.run(ctx, check{"Redis", d.redis})
	}
	if d.pool != nil {
		d.pool.Close()
	}
	if d.database != nil {
		d.database.close(d.env.log)
	}
}

func (d *diagnosis) report(asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(d.env.stdout)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"version": version, "status": d.worst(), "checks": d.findings})
	}
	for _, f := range d.findings {
		_, _ = fmt.Fprintf(d.env.stdout, "%-8s %-16s %s\n", f.Status, f.Check, f.Detail)
		if f.Advice != "" {
			_, _ = fmt.Fprintf(d.env.stdout, "%-8s %-16s → %s\n", "", "", f.Advice)
		}
	}
	return nil
}
