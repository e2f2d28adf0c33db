package testdb

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Plans is a pool that has PostgreSQL explain every query, with its arguments, before it runs it: a test gives it to a
// service and then asks how the rows were found.
type Plans struct {
	*pgxpool.Pool

	t     testing.TB
	nodes []planNode
}

// planNode is the part of a plan's node that tests look at.
type planNode struct {
	Type     string     `json:"Node Type"`
	Relation string     `json:"Relation Name"`
	Index    string     `json:"Index Name"`
	Children []planNode `json:"Plans"`
}

// NewPlans wraps a pool. Only what does not go through a transaction is explained.
func NewPlans(t testing.TB, pool *pgxpool.Pool) *Plans { return &Plans{Pool: pool, t: t} }

// Query explains the query and runs it.
func (p *Plans) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	p.explain(ctx, sql, args)
	return p.Pool.Query(ctx, sql, args...)
}

// QueryRow explains the query and runs it.
func (p *Plans) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	p.explain(ctx, sql, args)
	return p.Pool.QueryRow(ctx, sql, args...)
}

func (p *Plans) explain(ctx context.Context, sql string, args []any) {
	p.t.Helper()
	var raw []byte
	if err := p.Pool.QueryRow(ctx, "EXPLAIN (FORMAT JSON) "+sql, args...).Scan(&raw); err != nil {
		p.t.Fatalf("testdb: explain: %v\n%s", err, sql)
	}
	var plans []struct{ Plan planNode }
	if err := json.Unmarshal(raw, &plans); err != nil {
		p.t.Fatalf("testdb: explain: %v", err)
	}
	for _, plan := range plans {
		p.add(plan.Plan)
	}
}

func (p *Plans) add(n planNode) {
	p.nodes = append(p.nodes, n)
	for _, c := range n.Children {
		p.add(c)
	}
}

// Whole lists what was read from end to end, as "Seq Scan on messages". Tables are to have many rows, and statistics
// (ANALYZE): PostgreSQL rightly reads a small table whole.
func (p *Plans) Whole() []string {
	var out []string
	for _, n := range p.nodes {
		if n.Type == "Seq Scan" {
			out = append(out, fmt.Sprintf("%s on %s", n.Type, n.Relation))
		}
	}
	return out
}

// Indexes lists the indexes used, and forgets everything seen so far.
func (p *Plans) Indexes() []string {
	var out []string
	for _, n := range p.nodes {
		if n.Index != "" {
			out = append(out, n.Index)
		}
	}
	p.nodes = nil
	return out
}
