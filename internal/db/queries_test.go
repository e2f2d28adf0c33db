package db_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/testdb"
)

// bigFrom is how many rows make a table one that no query may read whole.
const bigFrom = 5000

// reads lists the queries that may read a big table whole, each with the reason.
var reads = map[string]string{
	"EscalationIDsNewest": manyFilters, "EscalationIDsOldest": manyFilters, "AuditListBefore": manyFilters,
	"AccessListAfter": manyFilters, "CaseListByUpdateNewest": manyFilters, "CaseListByUpdateOldest": manyFilters,
	"CaseListByCreationNewest": manyFilters, "CaseListByCreationOldest": manyFilters,
	"CaseListByActivityNewest": manyFilters, "CaseListByActivityOldest": manyFilters,
	"ImageObjectListAll":   "a backup reads them all",
	"CaseCountByStatus":    "it counts them all, or what the filters leave",
	"DemoHasConversations": "it stops at the first one",
	"VectorCount":          allVectors, "VectorCountMissing": allVectors, "VectorRunsMissing": allVectors,
}

const allVectors = "maintenance compares all passages with their vectors, only after a change of documents or models"

const manyFilters = "each filter that may be given makes the unknowing plan expect next to nothing; planned with the filters it has, " +
	"as it is in fact (a plan that does not know them is never the cheaper one), it follows the index on the time: see api/lists_test.go"

// TestNoQueryReadsABigTableWhole has PostgreSQL plan every query of queries/, as
// it is generated, against many rows, without knowing its parameters. A new big
// table comes under this test with its rows in internal/testdb/bulk.sql.
func TestNoQueryReadsABigTableWhole(t *testing.T) {
	t.Parallel()
	conn, err := testdb.NewBulk(t).Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	_, err = conn.Exec(t.Context(), "SET plan_cache_mode = force_generic_plan")
	require.NoError(t, err)
	big := bigTables(t, conn.Conn())
	for _, table := range []string{
		"customers", "customer_contacts", "conversations", "messages", "outbox", "quotes", "escalations", "audit_log", "webhook_bodies",
		"cases", "case_files", "case_events", "images", "image_objects", "message_attachments",
		"rag_pages", "rag_units", "rag_chunks", "rag_vectors", "rag_lexemes", "rag_queries", "rag_citations",
	} {
		require.Contains(t, big, table)
	}
	queries := generatedQueries(t)
	require.Greater(t, len(queries), 80)
	for _, name := range slices.Sorted(maps.Keys(queries)) {
		whole := slices.DeleteFunc(scanned(t, conn.Conn(), name, queries[name]), func(table string) bool { return !slices.Contains(big, table) })
		if _, allowed := reads[name]; allowed {
			require.NotEmpty(t, whole, "%s needs no exception any more", name)
			continue
		}
		if len(whole) > 0 {
			t.Errorf("%s reads %s whole: it needs an index, or an exception with a reason", name, strings.Join(whole, ", "))
		}
	}
	for name := range reads {
		require.Contains(t, queries, name, "an exception for a query that is gone")
	}
}

func bigTables(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= $1", bigFrom)
	require.NoError(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return tables
}

// generatedQueries returns the SQL that sqlc made, by the name of the query.
func generatedQueries(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../gen/sqlc/*.sql.go")
	require.NoError(t, err)
	queries := map[string]string{}
	name := regexp.MustCompile(`^-- name: (\w+) :\w+\n`)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				sql, err := strconv.Unquote(text.Value)
				require.NoError(t, err)
				if m := name.FindStringSubmatch(sql); m != nil {
					queries[m[1]] = sql
				}
			}
			return true
		})
	}
	return queries
}

// limit is a page's length: PostgreSQL takes an unknown one for a tenth of all
// rows, which no page is.
var limit = regexp.MustCompile(`LIMIT \$\d+`)

// scanned returns the tables that the plan of a query reads from end to end.
func scanned(t *testing.T, conn *pgx.Conn, name, sql string) []string {
	t.Helper()
	// A parameter that is left out of the text would be one of no type.
	_, err := conn.Exec(t.Context(), "PREPARE q AS "+limit.ReplaceAllString(sql, "LIMIT 51"), pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		_, err = conn.Exec(t.Context(), "PREPARE q AS "+sql, pgx.QueryExecModeSimpleProtocol)
	}
	require.NoError(t, err, name)
	defer func() {
		_, err := conn.Exec(t.Context(), "DEALLOCATE q")
		require.NoError(t, err)
	}()
	var parameters int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'q'").Scan(&parameters))
	execute := "q"
	if parameters > 0 {
		execute = fmt.Sprintf("q(%s)", strings.TrimSuffix(strings.Repeat("NULL, ", parameters), ", "))
	}
	var raw string
	require.NoError(t, conn.QueryRow(t.Context(), "EXPLAIN (FORMAT JSON) EXECUTE "+execute, pgx.QueryExecModeSimpleProtocol).Scan(&raw), name)
	var plans []struct{ Plan plan }
	require.NoError(t, json.Unmarshal([]byte(raw), &plans), name)
	var tables []string
	for _, p := range plans {
		tables = p.Plan.scanned(tables)
	}
	return tables
}

type plan struct {
	NodeType string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Plans    []plan
}

func (p plan) scanned(tables []string) []string {
	if p.NodeType == "Seq Scan" && !slices.Contains(tables, p.Relation) {
		tables = append(tables, p.Relation)
	}
	for _, sub := range p.Plans {
		tables = sub.scanned(tables)
	}
	return tables
}
