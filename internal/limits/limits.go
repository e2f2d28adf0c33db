// Package limits counts tries, so that nobody has more of them in a time than is
// good for the others: in memory, or for several replicas in Redis.
package limits

import (
	"context"
	"net/netip"
	"time"
)

// Rate is a bucket of tries that fills evenly: Tries at once, and as many again
// in Per.
type Rate struct {
	Tries int
	Per   time.Duration
}

// interval is the time in which one try comes back.
func (r Rate) interval() time.Duration { return r.Per / time.Duration(r.Tries) }

// Outcome is what became of a try, and what is left in the bucket.
type Outcome struct {
	// Wait is how long until there is a try again; 0 when one was taken.
	Wait time.Duration
	// Left is how many tries can be taken at once now.
	Left int
	// Full is how long until all of them can.
	Full time.Duration
}

// outcome tells it from the two times that are known.
func (r Rate) outcome(wait, full time.Duration) Outcome {
	return Outcome{Wait: wait, Left: int(max(0, r.Per-full) / r.interval()), Full: full}
}

// Store keeps a bucket of tries per key. Safe for concurrent use.
type Store interface {
	// Take takes a try out of the key's bucket, if there is one.
	Take(ctx context.Context, key string, r Rate) Outcome
	// Give puts a try back.
	Give(ctx context.Context, key string, r Rate)
}

// Network returns what an address is counted by: one customer of an IPv6
// provider has at least a /64 to choose from.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
