package chatwoot

import "log/slog"

const redacted = "[redacted]"

// Secret is a signing secret or an access token. Printing, logging or encoding
// it shows only that there is one; string(s) gives the value.
type Secret string

// String hides the value; an unset secret prints as nothing.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the value from encoding/json and its like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
