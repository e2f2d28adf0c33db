package limits

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"github.com/sony/gobreaker/v2"
)

const (
	// redisPatience is how long a request waits for Redis before it is counted here.
	redisPatience = 200 * time.Millisecond
	// redisFailures in a row, and Redis is left alone for redisPause.
	redisFailures = 3
	redisPause    = 2 * time.Second
	// redisPrefix keeps our keys apart from those of others.
	redisPrefix = "msia:limit:"
)

// As Memory does it, but by Redis's clock, which all replicas share. Both times
// are in microseconds; a bucket that is full again is gone.
var (
	take = redis.NewScript(`
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local full = math.max(0, tonumber(redis.call('GET', KEYS[1]) or 0) - now)
local taken = full + ARGV[1]
local wait = taken - ARGV[2]
if wait > 0 then return {wait, full} end
redis.call('SET', KEYS[1], string.format('%.0f', now + taken), 'PX', math.ceil(taken / 1000))
return {0, taken}`)
	give = redis.NewScript(`
local full = redis.call('GET', KEYS[1])
if full then redis.call('SET', KEYS[1], string.format('%.0f', full - ARGV[1]), 'KEEPTTL') end
return 0`)
)

// Redis is a Store that several replicas share. While Redis is away each counts
// for itself.
type Redis struct {
	client  *redis.Client
	breaker *gobreaker.CircuitBreaker[[]int64]
	alone   *Memory
}

// noLog silences the client: what is worth knowing is said once, by us.
type noLog struct{}

// Printf says nothing.
func (noLog) Printf(context.Context, string, ...any) {}

// NewRedis returns a store in the Redis of a URL such as
// redis://user:password@host:6379/0, and counts in alone while that is away. It
// does not connect yet. It fails when the URL is none.
func NewRedis(url string, alone *Memory, log *slog.Logger) (*Redis, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("not a URL such as redis://user:password@host:6379/0") // its own words hold the password
	}
	redis.SetLogger(noLog{})
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = redisPatience, redisPatience, redisPatience
	options.MaxRetries, options.DialerRetries = -1, 1
	options.ContextTimeoutEnabled, options.DisableIdentity = true, true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	r := &Redis{client: redis.NewClient(options), alone: alone}
	r.breaker = gobreaker.NewCircuitBreaker[[]int64](gobreaker.Settings{
		Timeout:     redisPause,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= redisFailures },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			switch {
			case from == gobreaker.StateClosed:
				log.Warn("Redis is away: each replica counts requests and logins for itself")
			case to == gobreaker.StateClosed:
				log.Info("Redis is back: requests and logins are counted together again")
			}
		},
	})
	return r, nil
}

// Take takes a try.
func (r *Redis) Take(ctx context.Context, key string, rate Rate) Outcome {
	got, err := r.run(ctx, take, key, rate)
	if err != nil {
		return r.alone.Take(ctx, key, rate)
	}
	return rate.outcome(time.Duration(got[0])*time.Microsecond, time.Duration(got[1])*time.Microsecond)
}

// Give puts a try back. One that cannot be given back comes back by itself.
func (r *Redis) Give(ctx context.Context, key string, rate Rate) {
	if _, err := r.run(ctx, give, key, rate); err != nil {
		r.alone.Give(ctx, key, rate)
	}
}

// run runs a script, unless Redis is known to be away. A client that leaves is no
// failure of Redis's, so its context does not end the call.
func (r *Redis) run(ctx context.Context, script *redis.Script, key string, rate Rate) ([]int64, error) {
	return r.breaker.Execute(func() ([]int64, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisPatience)
		defer cancel()
		command := script.Run(ctx, r.client, []string{redisPrefix + key}, rate.interval().Microseconds(), rate.Per.Microseconds())
		if script == give {
			return nil, command.Err()
		}
		got, err := command.Int64Slice()
		if err == nil && len(got) != 2 {
			err = fmt.Errorf("redis answered %v", got)
		}
		return got, err
	})
}

// Check reports whether Redis answers.
func (r *Redis) Check(ctx context.Context) error {
	_, err := r.breaker.Execute(func() ([]int64, error) { return nil, r.client.Ping(ctx).Err() })
	if err != nil {
		return errors.New("Redis does not answer: each replica counts for itself")
	}
	return nil
}

// Close closes the connections.
func (r *Redis) Close() error { return r.client.Close() }
