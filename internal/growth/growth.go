// Package growth tests how the time that something takes grows with its input.
// How long it takes depends on the machine and on what else that does; whether a
// hostile input makes it explode does not.
package growth

import (
	"testing"
	"time"
)

const (
	// runs is how often each size is tried: the quickest run is the one that least
	// else got in the way of.
	runs = 5
	// most is how many times as long twice as much may take. Squares take four.
	most = 8
	// noise is what the clock and the scheduler alone may add.
	noise = 5 * time.Millisecond
)

// Check fails the test when work on twice n takes more than eight times as long as
// work on n.
func Check(t testing.TB, what string, n int, work func(n int)) {
	t.Helper()
	once, twice := quickest(n, work), quickest(2*n, work)
	if twice > most*once+noise {
		t.Errorf("%s: %s for %d, %s for %d", what, once, n, twice, 2*n)
	}
}

func quickest(n int, work func(n int)) time.Duration {
	var best time.Duration
	for run := range runs {
		began := time.Now()
		work(n)
		if took := time.Since(began); run == 0 || took < best {
			best = took
		}
	}
	return best
}
