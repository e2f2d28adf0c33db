package limits

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Memory is a Store for one process. It remembers a bounded number of keys; the
// one not asked about for longest is forgotten first.
type Memory struct {
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

// NewMemory returns a store for maxKeys keys, of about 200 bytes each.
func NewMemory(maxKeys int, now func() time.Time) *Memory {
	return &Memory{now: now, maxKeys: maxKeys, keys: make(map[string]*list.Element), recent: list.New()}
}

// Take takes a try.
func (m *Memory) Take(_ context.Context, key string, r Rate) Outcome {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	b := m.bucket(key)
	full := max(0, b.full.Sub(now))
	taken := full + r.interval()
	if wait := taken - r.Per; wait > 0 {
		return r.outcome(wait, full)
	}
	b.full = now.Add(taken)
	return r.outcome(0, taken)
}

// Give puts a try back.
func (m *Memory) Give(_ context.Context, key string, r Rate) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.keys[key]; ok {
		b := e.Value.(*bucket)
		b.full = b.full.Add(-r.interval())
	}
}

// bucket finds or makes the bucket of a key.
func (m *Memory) bucket(key string) *bucket {
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
