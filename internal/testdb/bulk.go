package testdb

import (
	"context"
	_ "embed"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// BulkConversation and BulkCustomer are the ids of the conversation with
// thousands of messages and of the customer with a thousand conversations.
const (
	BulkConversation = "md5('conversation1')::uuid"
	BulkCustomer     = "md5('customer1')::uuid"
)

//go:embed bulk.sql
var bulkSQL string

// NewBulk is New with ten thousand customers and a hundred thousand messages,
// and what hangs on them (bulk.sql), analysed. Filling it takes seconds, once
// for each server.
func NewBulk(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return NewPrepared(t, bulkSQL, func(ctx context.Context, pool *pgxpool.Pool) error {
		conn, err := pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		for _, sql := range []string{"SET statement_timeout = 0", bulkSQL, "VACUUM ANALYZE"} {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
}
