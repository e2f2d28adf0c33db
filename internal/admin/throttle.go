package admin

import (
	"container/list"
	"context"
	"net/netip"
	"sync"
	"time"
)

// Rate is a bucket of tries that fills evenly: Tries at once, and as many again
// in Per.
type Rate struct {
	Tries int
	Per   time.Duration
}

// Throttle keeps a bucket of tries per key.
type Throttle interface {
	// Take takes a try out of the key's bucket. When the bucket is empty nothing is
	// taken, and the time until the next try is returned; else 0.
	Take(ctx context.Context, key string, r Rate) (time.Duration, error)
	// Give puts a try back.
	Give(ctx context.Context, key string, r Rate) error
}

// MemoryThrottle is a Throttle for one process. It remembers a bounded number of
// keys; the one not asked about for longest is forgotten first. Safe for
// concurrent use.
type MemoryThrottle struct {
	now     func() time.Time
	maxKeys int

	mu     sync.Mutex
	keys   map[string]*list.Element
	recent *list.List // of *bucket, the latest asked about first
}

// bucket holds the moment at which it would be full again: one number for what
// is left and since when.
type bucket struct {
	key  string
	full time.Time
}

// NewMemoryThrottle returns a throttle for maxKeys keys.
func NewMemoryThrottle(maxKeys int, now func() time.Time) *MemoryThrottle {
	return &MemoryThrottle{now: now, maxKeys: maxKeys, keys: make(map[string]*list.Element), recent: list.New()}
}

// Take never fails.
func (m *MemoryThrottle) Take(_ context.Context, key string, r Rate) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, interval := m.now(), r.Per/time.Duration(r.Tries)
	b := m.bucket(key)
	full := b.full
	if full.Before(now) {
		full = now
	}
	full = full.Add(interval)
	if wait := full.Sub(now) - r.Per; wait > 0 {
		return wait, nil
	}
	b.full = full
	return 0, nil
}

// Give never fails.
func (m *MemoryThrottle) Give(_ context.Context, key string, r Rate) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.keys[key]; ok {
		b := e.Value.(*bucket)
		b.full = b.full.Add(-r.Per / time.Duration(r.Tries))
	}
	return nil
}

// bucket finds or makes the bucket of a key.
func (m *MemoryThrottle) bucket(key string) *bucket {
	if e, ok := m.keys[key]; ok {
		m.recent.MoveToFront(e)
		return e.Value.(*bucket)
	}
	if m.recent.Len() >= m.maxKeys {
		oldest := m.recent.Back()
		delete(m.keys, m.recent.Remove(oldest).(*bucket).key)
	}
	b := &bucket{key: key}
	m.keys[key] = m.recent.PushFront(b)
	return b
}

// network returns what an address is throttled by: one customer of an IPv6
// provider has at least a /64 to choose from.
func network(address string) string {
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
