package api

import (
	"context"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"github.com/msia/msia/internal/fault"
)

const (
	// webhookReserve is how many webhooks are worked on beside everything else when
	// that is too much; webhookPatience is how long another waits, since Chatwoot
	// does not come again.
	webhookReserve  = 64
	webhookPatience = 3 * time.Second
)

var errOverloaded = &fault.Error{
	Kind: fault.Unavailable, Code: "overloaded",
	Message: "There is too much to do for the moment; try again.", RetryAfterSeconds: 1,
}

// load bounds how many requests are worked on at once. One counts from when it has
// been received until its answer begins: who sends or reads slowly holds up
// nobody.
type load struct {
	work, reserve *semaphore.Weighted
}

func newLoad(requests int) load {
	return load{work: semaphore.NewWeighted(int64(requests)), reserve: semaphore.NewWeighted(webhookReserve)}
}

// enter begins the work on a request, which ends with its answer's first byte, or
// with leave. Errors: errOverloaded.
func (l load) enter(c echo.Context, class RateClass) (leave func(), err error) {
	if class == rateNone {
		return func() {}, nil
	}
	from := l.work
	if !from.TryAcquire(1) {
		if class != rateWebhook {
			return nil, errOverloaded
		}
		from = l.reserve
		ctx, cancel := context.WithTimeout(c.Request().Context(), webhookPatience)
		defer cancel()
		if from.Acquire(ctx, 1) != nil {
			return nil, errOverloaded
		}
	}
	leave = sync.OnceFunc(func() { from.Release(1) })
	c.Response().Before(leave)
	return leave, nil
}
