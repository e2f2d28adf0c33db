package chatwoot

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Headers of a webhook request. Chatwoot before 4.11.2 sends none of them, and
// macros and automations never do.
const (
	// HeaderSignature holds "sha256=" and the lowercase hex HMAC.
	HeaderSignature = "X-Chatwoot-Signature"
	// HeaderTimestamp holds the Unix second at which this attempt was sent.
	HeaderTimestamp = "X-Chatwoot-Timestamp"
	// HeaderDelivery holds a UUID that stays the same when one job is retried.
	HeaderDelivery = "X-Chatwoot-Delivery"
)

// SignatureWindow is how far the timestamp of a signed webhook may lie from
// our clock, in either direction.
const SignatureWindow = 300 * time.Second

// ErrUnauthentic matches, with errors.Is, every error of [Authenticate].
var ErrUnauthentic = errors.New("chatwoot: webhook not authentic")

// AuthError says why a webhook was refused. It holds nothing secret and may be
// logged; a caller must not put it into a response.
type AuthError struct {
	// Reason is a stable snake_case code, fit for a log field or metric label.
	Reason string
	// Skew is our clock minus the sender's; set only for ErrTimestampOutside.
	Skew time.Duration
}

// The reasons for which [Authenticate] refuses.
var (
	// ErrSignatureMalformed: the header is not "sha256=" and 64 hex digits, or
	// it was sent more than once.
	ErrSignatureMalformed = &AuthError{Reason: "signature_malformed"}
	// ErrSignatureMismatch: no configured secret produces the signature.
	ErrSignatureMismatch = &AuthError{Reason: "signature_mismatch"}
	// ErrSignatureMissing: a secret is configured, no token is, and the request
	// is unsigned.
	ErrSignatureMissing = &AuthError{Reason: "signature_missing"}
	// ErrTimestampMalformed: a signature without a usable timestamp.
	ErrTimestampMalformed = &AuthError{Reason: "timestamp_malformed"}
	// ErrTimestampOutside: the signature is right but older or newer than
	// SignatureWindow: a replay, or a clock that is wrong.
	ErrTimestampOutside = &AuthError{Reason: "timestamp_outside_window"}
	// ErrTokenMissing: unsigned, and without the token that is configured.
	ErrTokenMissing = &AuthError{Reason: "token_missing"}
	// ErrTokenMismatch: unsigned, with a wrong token.
	ErrTokenMismatch = &AuthError{Reason: "token_mismatch"}
	// ErrNotConfigured: neither secret nor token is configured, and the request
	// is not a plain local one.
	ErrNotConfigured = &AuthError{Reason: "not_configured"}
)

// Error names the reason.
func (e *AuthError) Error() string {
	s := ErrUnauthentic.Error() + ": " + e.Reason
	if e.Skew != 0 {
		s += " (" + e.Skew.Round(time.Second).String() + ")"
	}
	return s
}

// Is matches ErrUnauthentic and any AuthError with the same reason.
func (e *AuthError) Is(target error) bool {
	var t *AuthError
	if errors.As(target, &t) {
		return t.Reason == e.Reason
	}
	return target == ErrUnauthentic
}

// AuthConfig is what the operator configured.
type AuthConfig struct {
	// Secrets are the webhook secrets accepted; several during a rotation.
	// Blank entries are ignored, so that an empty variable can never become an
	// empty HMAC key.
	Secrets []Secret
	// Token is the URL token for Chatwoot versions that do not sign; blank for
	// none.
	Token Secret
	// OpenLoopback says that this server can only be reached from this machine
	// (loopback address, no public URL). Only then, and only while neither
	// secret nor token is set, are unauthenticated local callers accepted.
	OpenLoopback bool
}

// AuthRequest is what a webhook request brought along.
type AuthRequest struct {
	// Body holds the raw bytes: re-encoded JSON has another MAC.
	Body []byte
	// Signatures and Timestamps are all values of the two headers. An absent
	// header (nil) and an empty one ([""]) are different things: the second is
	// a signature, and a wrong one.
	Signatures, Timestamps []string
	// Token is the value of ?token=; "" when there is none.
	Token Secret
	// RemoteAddr is the peer of the connection, as "ip:port" or "ip".
	RemoteAddr string
	// Forwarded is true when any proxy header is present: the peer is then not
	// the caller, however local it looks.
	Forwarded bool
	// Now is our clock.
	Now time.Time
}

// forwardingHeaders betray a proxy in front of us.
var forwardingHeaders = []string{
	"Forwarded", "Via", "X-Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
	"X-Forwarded-Port", "X-Forwarded-Server", "X-Original-Forwarded-For", "X-Real-Ip", "X-Client-Ip",
	"X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip", "X-Envoy-External-Address",
}

// NewAuthRequest collects from r what [Authenticate] needs. body is r's body,
// already read.
func NewAuthRequest(r *http.Request, body []byte, now time.Time) AuthRequest {
	a := AuthRequest{
		Body:       body,
		Signatures: r.Header.Values(HeaderSignature),
		Timestamps: r.Header.Values(HeaderTimestamp),
		Token:      Secret(r.URL.Query().Get("token")),
		RemoteAddr: r.RemoteAddr,
		Now:        now,
	}
	for _, h := range forwardingHeaders {
		if len(r.Header.Values(h)) > 0 {
			a.Forwarded = true
		}
	}
	return a
}

// Authenticate returns nil when the request may be trusted to come from
// Chatwoot, else an *AuthError.
//
//   - A signature decides alone when a secret is configured: a wrong one is
//     refused whatever the token.
//   - Without a signature (or with one that cannot be checked because no secret
//     is configured) the token decides.
//   - With neither secret nor token configured only local callers of a local
//     server pass.
//
// Comparisons take constant time.
func Authenticate(cfg AuthConfig, req AuthRequest) error {
	secrets := usableSecrets(cfg.Secrets)
	if len(secrets) > 0 && len(req.Signatures) > 0 {
		return verifySignature(secrets, req)
	}
	token := Secret(strings.TrimSpace(string(cfg.Token)))
	switch {
	case token != "" && req.Token == "":
		return ErrTokenMissing
	case token != "":
		if !sameToken(token, req.Token) {
			return ErrTokenMismatch
		}
		return nil
	case len(secrets) > 0:
		return ErrSignatureMissing
	case cfg.OpenLoopback && !req.Forwarded && isLoopback(req.RemoteAddr):
		return nil
	default:
		return ErrNotConfigured
	}
}

// Signature returns the value of HeaderSignature for a body sent at timestamp
// (Unix seconds in decimal).
func Signature(secret Secret, timestamp string, body []byte) string {
	return "sha256=" + hex.EncodeToString(mac(secret, timestamp, body))
}

func mac(secret Secret, timestamp string, body []byte) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(timestamp))
	m.Write([]byte{'.'})
	m.Write(body)
	return m.Sum(nil)
}

func usableSecrets(all []Secret) []Secret {
	out := make([]Secret, 0, len(all))
	for _, s := range all {
		if t := strings.TrimSpace(string(s)); t != "" {
			out = append(out, Secret(t))
		}
	}
	return out
}

func verifySignature(secrets []Secret, req AuthRequest) error {
	want, ok := parseSignature(req.Signatures)
	if !ok {
		return ErrSignatureMalformed
	}
	ts, sent, ok := parseTimestamp(req.Timestamps)
	if !ok {
		return ErrTimestampMalformed
	}
	// The window is judged after the MAC, so that "outside" in the log always
	// means a clock or a replay and never a stranger. Every secret is tried, so
	// that timing does not tell which of them is the current one.
	match := 0
	for _, s := range secrets {
		match |= subtle.ConstantTimeCompare(mac(s, ts, req.Body), want)
	}
	if match == 0 {
		return ErrSignatureMismatch
	}
	if skew := req.Now.Sub(sent); skew.Abs() > SignatureWindow {
		return &AuthError{Reason: ErrTimestampOutside.Reason, Skew: skew}
	}
	return nil
}

func parseSignature(values []string) ([]byte, bool) {
	if len(values) != 1 {
		return nil, false
	}
	h, ok := strings.CutPrefix(values[0], "sha256=")
	if !ok || len(h) != hex.EncodedLen(sha256.Size) {
		return nil, false
	}
	b, err := hex.DecodeString(h)
	return b, err == nil
}

// parseTimestamp also returns the text, which is what was signed. Twelve
// digits reach the year 33658 and keep time arithmetic far from overflow.
func parseTimestamp(values []string) (string, time.Time, bool) {
	if len(values) != 1 || values[0] == "" || len(values[0]) > 12 {
		return "", time.Time{}, false
	}
	for _, c := range []byte(values[0]) {
		if c < '0' || c > '9' {
			return "", time.Time{}, false
		}
	}
	n, err := strconv.ParseInt(values[0], 10, 64)
	return values[0], time.Unix(n, 0), err == nil
}

// sameToken compares digests, which hides the length too and takes any bytes.
func sameToken(a, b Secret) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func isLoopback(remote string) bool {
	if ap, err := netip.ParseAddrPort(remote); err == nil {
		return ap.Addr().Unmap().IsLoopback()
	}
	a, err := netip.ParseAddr(remote)
	return err == nil && a.Unmap().IsLoopback()
}
