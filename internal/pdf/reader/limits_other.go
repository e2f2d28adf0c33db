//go:build !linux

package reader

// limit leaves it to the parent's clock.
func limit(int) error { return nil }
