package growth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/growth"
)

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

// TestCheck tells what doubles with its input from what explodes.
func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		takes func(n int) time.Duration
		fails bool
	}{
		"nothing":     {func(int) time.Duration { return 0 }, false},
		"linear":      {func(n int) time.Duration { return time.Duration(n) * 10 * time.Millisecond }, false},
		"exponential": {func(n int) time.Duration { return time.Millisecond << n }, true},
	} {
		r := &recorder{TB: t}
		growth.Check(r, name, 4, func(n int) { time.Sleep(c.takes(n)) })
		require.Equal(t, c.fails, r.failed, name)
	}
}
