package limits_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/limits"
	"github.com/msia/msia/internal/limits/redistest"
)

// lines collects a log.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write adds a line.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.buf.String(), text)
}

// replica returns the store of one replica, and its log.
func replica(t *testing.T, url string) (*limits.Redis, *lines) {
	t.Helper()
	log := &lines{}
	store, err := limits.NewRedis(url, limits.NewMemory(100, time.Now), slog.New(slog.NewTextHandler(log, nil)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store, log
}

func TestReplicasCountTogether(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	one, log := replica(t, server.URL)
	other, _ := replica(t, server.URL)
	r := limits.Rate{Tries: 4, Per: time.Hour}
	for i, store := range []limits.Store{one, other, one, other} {
		out := store.Take(t.Context(), "k", r)
		require.Zero(t, out.Wait)
		require.Equal(t, 3-i, out.Left)
		require.InDelta(t, float64(i+1)*15, out.Full.Minutes(), 0.2)
	}
	out := one.Take(t.Context(), "k", r)
	require.InDelta(t, 15, out.Wait.Minutes(), 0.2)
	require.Zero(t, out.Left)
	require.Zero(t, one.Take(t.Context(), "another", r).Wait)

	other.Give(t.Context(), "k", r)
	other.Give(t.Context(), "unheard of", r)
	require.Zero(t, one.Take(t.Context(), "k", r).Wait)
	require.Positive(t, other.Take(t.Context(), "k", r).Wait)
	require.NoError(t, one.Check(t.Context()))
	require.Empty(t, log.buf.String())
}

// TestRedisForgets what is full again: its memory does not grow with the number
// of addresses there ever were.
func TestRedisForgets(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	store, _ := replica(t, server.URL)
	r := limits.Rate{Tries: 2, Per: 400 * time.Millisecond}
	for range 2 {
		require.Zero(t, store.Take(t.Context(), "k", r).Wait)
	}
	out := store.Take(t.Context(), "k", r)
	require.Positive(t, out.Wait)
	require.LessOrEqual(t, out.Wait, 200*time.Millisecond)
	options, err := redis.ParseURL(server.URL)
	require.NoError(t, err)
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	require.Eventually(t, func() bool { return client.DBSize(t.Context()).Val() == 0 }, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, 1, store.Take(t.Context(), "k", r).Left)
}

// TestAtOnce: of many tries at the same time as many succeed as there are.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	store, _ := replica(t, server.URL)
	r := limits.Rate{Tries: 20, Per: time.Hour}
	taken := make(chan bool, 100)
	var group sync.WaitGroup
	for range cap(taken) {
		group.Go(func() { taken <- store.Take(t.Context(), "k", r).Wait == 0 })
	}
	group.Wait()
	close(taken)
	n := 0
	for ok := range taken {
		if ok {
			n++
		}
	}
	require.Equal(t, 20, n)
}

// TestRedisAway takes Redis down under the store and up again: nobody waits for
// it, the limits hold, and the log says each once.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	store, log := replica(t, server.URL)
	r := limits.Rate{Tries: 50, Per: time.Hour}
	require.Equal(t, 49, store.Take(t.Context(), "k", r).Left)
	server.Stop()
	began, taken := time.Now(), 0
	for range 100 {
		if store.Take(t.Context(), "k", r).Wait == 0 {
			taken++
		}
	}
	require.Equal(t, 50, taken, "it counts for itself")
	require.Less(t, time.Since(began), 2*time.Second)
	require.ErrorContains(t, store.Check(t.Context()), "Redis does not answer")
	require.Equal(t, 1, log.count("Redis is away"))

	server.Start()
	require.Eventually(t, func() bool { return store.Check(t.Context()) == nil }, 30*time.Second, 50*time.Millisecond)
	require.Equal(t, 49, store.Take(t.Context(), "k", r).Left, "of the new Redis")
	require.Equal(t, 1, log.count("Redis is away"))
	require.Equal(t, 1, log.count("Redis is back"))
}

// TestRedisSilent has a Redis that takes connections and never answers.
func TestRedisSilent(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = silent.Close() }()
	store, _ := replica(t, "redis://"+silent.Addr().String())
	r := limits.Rate{Tries: 1000, Per: time.Hour}
	began := time.Now()
	for range 200 {
		require.Zero(t, store.Take(t.Context(), "k", r).Wait)
	}
	require.Less(t, time.Since(began), 3*time.Second)
}

// TestLeavingIsNoFailure: clients that go away do not make Redis be away.
func TestLeavingIsNoFailure(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	store, log := replica(t, server.URL)
	gone, leave := context.WithCancel(t.Context())
	leave()
	r := limits.Rate{Tries: 10, Per: time.Hour}
	for i := range 10 {
		require.Equal(t, 9-i, store.Take(gone, "k", r).Left)
	}
	require.Positive(t, store.Take(t.Context(), "k", r).Wait)
	require.Empty(t, log.buf.String())
}

func TestRedisURL(t *testing.T) {
	t.Parallel()
	_, err := limits.NewRedis("http://user:hidden@host", nil, nil)
	require.ErrorContains(t, err, "redis://")
	require.NotContains(t, err.Error(), "hidden")
}
