// Package growth tests how the time that something takes grows with its input.
// How long it takes depends on the machine and on what else that does; whether a
// hostile input makes it explode does not.
package growth

import (
	"math"
	"testing"
	"time"
)

const (
	// atLeast is how often each size is tried, atMost how often before it is said that
	// the time explodes: the quickest run is the one that least else got in the way of.
	atLeast, atMost = 3, 25
	// most is how many times as long twice as much may take. Squares take four.
	most = 8
	// noise is what the clock and the scheduler alone may add.
	noise = 5 * time.Millisecond
)

// Check fails the test when work on twice n takes more than eight times as long as
// work on n.
func Check(t testing.TB, what string, n int, work func(n int)) {
	t.Helper()
	once, twice := math.MaxInt64/most-noise, time.Duration(math.MaxInt64)
	for try := range atMost {
		once, twice = min(once, timed(n, work)), min(twice, timed(2*n, work))
		if try+1 >= atLeast && twice <= most*once+noise {
			return
		}
	}
	t.Errorf("%s: %s for %d, %s for %d", what, once, n, twice, 2*n)
}

func timed(n int, work func(n int)) time.Duration {
	began := time.Now()
	work(n)
	return time.Since(began)
}
