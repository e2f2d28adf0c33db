package catalogue

import "sync"

// Memo keeps what was derived from each category of the newest snapshot asked
// about (a compiled sheet, a matcher). Safe for concurrent use.
type Memo[T any] struct {
	build func(*Category) T

	mu       sync.RWMutex
	snapshot *Snapshot
	values   map[*Category]T
}

// NewMemo returns a memo that makes missing values with build.
func NewMemo[T any](build func(*Category) T) *Memo[T] { return &Memo[T]{build: build} }

// Get returns the value derived from c, a category of s.
func (m *Memo[T]) Get(s *Snapshot, c *Category) T {
	m.mu.RLock()
	v, ok := m.values[c]
	m.mu.RUnlock()
	if ok {
		return v
	}
	v = m.build(c)
	m.mu.Lock()
	defer m.mu.Unlock()
	// A slow reader of an older snapshot must not throw away the newer values.
	if m.snapshot == nil || s.Revision > m.snapshot.Revision {
		m.snapshot, m.values = s, make(map[*Category]T)
	}
	if m.snapshot == s {
		m.values[c] = v
	}
	return v
}
