package chatwoot

import (
	"bytes"
	"encoding/json"
)

const pubsubToken = "pubsub_token"

// Redact returns a copy of a webhook body without any member "pubsub_token",
// at whatever depth and however its name is escaped: it is the customer's
// browser credential and must not be stored. Every other byte stays as it was,
// so JSON stays JSON. In what is not JSON the members that can still be made
// out are removed.
func Redact(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		if raw[i] != '"' {
			out = append(out, raw[i])
			i++
			continue
		}
		end := stringEnd(raw, i)
		next := skipSpace(raw, end)
		if next == len(raw) || raw[next] != ':' || !isPubsubToken(raw[i:end]) {
			out = append(out, raw[i:end]...)
			i = end
			continue
		}
		// The member goes together with one comma: the one after it or, for
		// the last member, the one before.
		i = skipSpace(raw, valueEnd(raw, skipSpace(raw, next+1)))
		if i < len(raw) && raw[i] == ',' {
			i = skipSpace(raw, i+1)
		} else if kept := bytes.TrimRight(out, " \t\r\n"); len(kept) > 0 && kept[len(kept)-1] == ',' {
			out = kept[:len(kept)-1]
		}
	}
	return out
}

// stringEnd returns the index after the string that opens at i.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

// valueEnd returns the index after the value that begins at i.
func valueEnd(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			if i = stringEnd(b, i); depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
			if depth == 0 {
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}

// isPubsubToken also knows the name when letters of it are escaped.
func isPubsubToken(quoted []byte) bool {
	if len(quoted) < len(pubsubToken)+2 {
		return false
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1:len(quoted)-1]) == pubsubToken
	}
	if len(quoted) > 6*len(pubsubToken)+2 {
		return false
	}
	var name string
	return json.Unmarshal(quoted, &name) == nil && name == pubsubToken
}
