//go:build !linux

package decoder

// Elsewhere the parent's own clock is the only limit.
func limitProcess() error { return nil }

func limitRequest() error { return nil }
