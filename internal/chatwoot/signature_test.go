package chatwoot_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot"
)

const secret = chatwoot.Secret("fXq7Rk2mZt9VbW4sLp8NcYh3")

// vector is the worked example of Chatwoot's documentation, checked with openssl.
var vector = struct {
	body      []byte
	timestamp string
	signature string
	sent      time.Time
}{
	body:      []byte(`{"event":"message_created","id":1,"content":"¿Homologáis escapes? \u003cb\u003e"}`),
	timestamp: "1785744922",
	signature: "sha256=6c123ba9c0b6ae4e46b05e6ff58a33b98186dd7bd8e748a4e3f5c709648fa390",
	sent:      time.Unix(1785744922, 0),
}

func TestSignature(t *testing.T) {
	t.Parallel()
	require.Equal(t, vector.signature, chatwoot.Signature(secret, vector.timestamp, vector.body))
}

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	const ours = chatwoot.Secret("token-ñandú-🏍")
	wrong := []string{"sha256=" + strings.Repeat("0", 64)}
	signed := chatwoot.AuthRequest{
		Body: vector.body, Signatures: []string{vector.signature}, Timestamps: []string{vector.timestamp},
		RemoteAddr: "203.0.113.9:4711", Now: vector.sent,
	}
	with := func(change func(*chatwoot.AuthRequest)) chatwoot.AuthRequest {
		r := signed
		change(&r)
		return r
	}
	unsigned := func(change func(*chatwoot.AuthRequest)) chatwoot.AuthRequest {
		r := chatwoot.AuthRequest{Body: vector.body, RemoteAddr: "203.0.113.9:4711", Now: vector.sent}
		change(&r)
		return r
	}
	plain := func(*chatwoot.AuthRequest) {}
	local := func(r *chatwoot.AuthRequest) { r.RemoteAddr = "127.0.0.1:5" }
	token := func(v string) func(*chatwoot.AuthRequest) {
		return func(r *chatwoot.AuthRequest) { r.Token = chatwoot.Secret(v) }
	}
	withSecret := chatwoot.AuthConfig{Secrets: []chatwoot.Secret{secret}}
	withToken := chatwoot.AuthConfig{Token: ours}
	withBoth := chatwoot.AuthConfig{Secrets: []chatwoot.Secret{secret}, Token: ours}
	open := chatwoot.AuthConfig{OpenLoopback: true}

	for _, tc := range []struct {
		name string
		cfg  chatwoot.AuthConfig
		req  chatwoot.AuthRequest
		want error
	}{
		{"signed", withSecret, signed, nil},
		{"signed, token configured but not sent", withBoth, signed, nil},
		{"signed, token wrong", withBoth, with(token("no")), nil},
		{"first secret of a rotation", chatwoot.AuthConfig{Secrets: []chatwoot.Secret{secret, "next"}}, signed, nil},
		{"second secret of a rotation", chatwoot.AuthConfig{Secrets: []chatwoot.Secret{"old", " " + secret + "\n"}}, signed, nil},
		{"uppercase hex", withSecret, with(func(r *chatwoot.AuthRequest) {
			r.Signatures = []string{"sha256=" + strings.ToUpper(vector.signature[7:])}
		}), nil},

		{"another secret", chatwoot.AuthConfig{Secrets: []chatwoot.Secret{"other"}}, signed, chatwoot.ErrSignatureMismatch},
		{"wrong signature with right token", withBoth, with(func(r *chatwoot.AuthRequest) {
			r.Signatures, r.Token = wrong, ours
		}), chatwoot.ErrSignatureMismatch},
		{"empty signature with right token", withBoth, with(func(r *chatwoot.AuthRequest) {
			r.Signatures, r.Token = []string{""}, ours
		}), chatwoot.ErrSignatureMalformed},
		{"stale signature with right token", withBoth, with(func(r *chatwoot.AuthRequest) {
			r.Now, r.Token = vector.sent.Add(time.Hour), ours
		}), chatwoot.ErrTimestampOutside},
		{"body changed by one byte", withSecret, with(func(r *chatwoot.AuthRequest) {
			r.Body = append([]byte(" "), vector.body...)
		}), chatwoot.ErrSignatureMismatch},
		{"timestamp changed", withSecret, with(func(r *chatwoot.AuthRequest) { r.Timestamps = []string{"1785744923"} }), chatwoot.ErrSignatureMismatch},
		{"timestamp spelled otherwise", withSecret, with(func(r *chatwoot.AuthRequest) { r.Timestamps = []string{"01785744922"} }), chatwoot.ErrSignatureMismatch},
		{"no timestamp", withSecret, with(func(r *chatwoot.AuthRequest) { r.Timestamps = nil }), chatwoot.ErrTimestampMalformed},
		{"two timestamps", withSecret, with(func(r *chatwoot.AuthRequest) { r.Timestamps = []string{vector.timestamp, vector.timestamp} }), chatwoot.ErrTimestampMalformed},
		{"signed timestamp", withSecret, with(func(r *chatwoot.AuthRequest) { r.Timestamps = []string{"+1785744922"} }), chatwoot.ErrTimestampMalformed},
		{"huge timestamp", withSecret, with(func(r *chatwoot.AuthRequest) { r.Timestamps = []string{"9223372036854775807"} }), chatwoot.ErrTimestampMalformed},
		{"two signatures", withSecret, with(func(r *chatwoot.AuthRequest) { r.Signatures = append(wrong, vector.signature) }), chatwoot.ErrSignatureMalformed},
		{"other algorithm", withSecret, with(func(r *chatwoot.AuthRequest) { r.Signatures = []string{"sha1=" + vector.signature[7:]} }), chatwoot.ErrSignatureMalformed},
		{"short signature", withSecret, with(func(r *chatwoot.AuthRequest) { r.Signatures = []string{vector.signature[:40]} }), chatwoot.ErrSignatureMalformed},
		{"not hex", withSecret, with(func(r *chatwoot.AuthRequest) { r.Signatures = []string{"sha256=" + strings.Repeat("z", 64)} }), chatwoot.ErrSignatureMalformed},

		{"unsigned, right token", withToken, unsigned(token(string(ours))), nil},
		{"unsigned, right token, secret configured too", withBoth, unsigned(token(string(ours))), nil},
		{"unsigned, right token, blank around the configured one", chatwoot.AuthConfig{Token: " " + ours + "\n"}, unsigned(token(string(ours))), nil},
		{"unsigned, wrong token", withBoth, unsigned(token("tokén")), chatwoot.ErrTokenMismatch},
		{"unsigned, token in another normal form", withToken, unsigned(token("token-n\u0303andu\u0301-🏍")), chatwoot.ErrTokenMismatch},
		{"unsigned, token that is not UTF-8", withToken, unsigned(token("\xff\xfe")), chatwoot.ErrTokenMismatch},
		{"unsigned, no token", withBoth, unsigned(plain), chatwoot.ErrTokenMissing},
		{"unsigned, only a secret configured", withSecret, unsigned(token(string(ours))), chatwoot.ErrSignatureMissing},
		{"unsigned, only a secret configured, local", withSecret, unsigned(local), chatwoot.ErrSignatureMissing},
		{"unsigned, only a token configured, local", chatwoot.AuthConfig{Token: ours, OpenLoopback: true}, unsigned(local), chatwoot.ErrTokenMissing},
		{"signed, no secret to check it, right token", withToken, with(token(string(ours))), nil},
		{"signed, no secret to check it, no token", withToken, signed, chatwoot.ErrTokenMissing},

		{"nothing configured", chatwoot.AuthConfig{}, unsigned(local), chatwoot.ErrNotConfigured},
		{"blank secrets are no secrets", chatwoot.AuthConfig{Secrets: []chatwoot.Secret{"", " "}}, with(func(r *chatwoot.AuthRequest) {
			r.Signatures = []string{chatwoot.Signature("", vector.timestamp, vector.body)}
		}), chatwoot.ErrNotConfigured},
		{"open, local", open, unsigned(local), nil},
		{"open, local IPv6", open, unsigned(func(r *chatwoot.AuthRequest) { r.RemoteAddr = "[::1]:80" }), nil},
		{"open, local IPv4 in IPv6", open, unsigned(func(r *chatwoot.AuthRequest) { r.RemoteAddr = "[::ffff:127.0.0.1]:80" }), nil},
		{"open, local without port", open, unsigned(func(r *chatwoot.AuthRequest) { r.RemoteAddr = "127.0.0.1" }), nil},
		{"open, local behind a proxy", open, unsigned(func(r *chatwoot.AuthRequest) { local(r); r.Forwarded = true }), chatwoot.ErrNotConfigured},
		{"open, from outside", open, unsigned(plain), chatwoot.ErrNotConfigured},
		{"open, from a private network", open, unsigned(func(r *chatwoot.AuthRequest) { r.RemoteAddr = "10.0.0.1:80" }), chatwoot.ErrNotConfigured},
		{"open, peer unknown", open, unsigned(func(r *chatwoot.AuthRequest) { r.RemoteAddr = "@" }), chatwoot.ErrNotConfigured},
		{"open, name instead of address", open, unsigned(func(r *chatwoot.AuthRequest) { r.RemoteAddr = "localhost:80" }), chatwoot.ErrNotConfigured},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := chatwoot.Authenticate(tc.cfg, tc.req)
			if tc.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tc.want)
			require.ErrorIs(t, err, chatwoot.ErrUnauthentic)
			require.NotContains(t, err.Error(), string(ours))
			require.NotContains(t, err.Error(), string(secret))
		})
	}
}

func TestAuthenticateWindow(t *testing.T) {
	t.Parallel()
	cfg := chatwoot.AuthConfig{Secrets: []chatwoot.Secret{secret}}
	for skew, fine := range map[time.Duration]bool{
		0: true, 300 * time.Second: true, -300 * time.Second: true,
		300*time.Second + time.Millisecond: false, -300*time.Second - time.Millisecond: false,
		10 * time.Minute: false, -10 * time.Minute: false, 200 * 365 * 24 * time.Hour: false,
	} {
		err := chatwoot.Authenticate(cfg, chatwoot.AuthRequest{
			Body: vector.body, Signatures: []string{vector.signature}, Timestamps: []string{vector.timestamp},
			Now: vector.sent.Add(skew),
		})
		if fine {
			require.NoError(t, err, skew)
			continue
		}
		var e *chatwoot.AuthError
		require.ErrorAs(t, err, &e)
		require.Equal(t, "timestamp_outside_window", e.Reason)
		require.Equal(t, skew, e.Skew)
	}
}

func TestNewAuthRequest(t *testing.T) {
	t.Parallel()
	now := time.Unix(1, 0)
	r := httptest.NewRequest("POST", "/api/chatwoot/webhook?token=%C3%B1&x=1", nil)
	r.RemoteAddr = "127.0.0.1:9"
	a := chatwoot.NewAuthRequest(r, []byte("b"), now)
	require.Equal(t, chatwoot.AuthRequest{Body: []byte("b"), Token: "ñ", RemoteAddr: "127.0.0.1:9", Now: now}, a)

	r.Header.Set("x-chatwoot-signature", "s")
	r.Header.Set("x-chatwoot-timestamp", "t")
	a = chatwoot.NewAuthRequest(r, nil, now)
	require.Equal(t, []string{"s"}, a.Signatures)
	require.Equal(t, []string{"t"}, a.Timestamps)
	require.False(t, a.Forwarded)

	for _, h := range []string{"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "CF-Connecting-IP", "x-forwarded-proto"} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set(h, "")
		require.True(t, chatwoot.NewAuthRequest(r, nil, now).Forwarded, h)
	}
}

func TestSecretHidesItself(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	cfg := chatwoot.AuthConfig{Secrets: []chatwoot.Secret{secret}, Token: "tok-12345"}
	raw, err := json.Marshal(cfg)
	require.NoError(t, err)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "cfg", cfg, "token", cfg.Token)
	for _, s := range []string{fmt.Sprint(cfg), fmt.Sprintf("%+v", cfg), fmt.Sprintf("%#v", cfg), string(raw), log.String()} {
		require.NotContains(t, s, string(secret))
		require.NotContains(t, s, "tok-12345")
		require.Contains(t, s, "[redacted]")
	}
	require.Empty(t, chatwoot.Secret("").String())
}

func FuzzAuthenticate(f *testing.F) {
	f.Add(vector.signature, vector.timestamp, "", vector.body)
	f.Add("sha256=", "0", "token", []byte("{}"))
	f.Add("", "-1", "ñ", []byte{0xff})
	f.Fuzz(func(t *testing.T, signature, timestamp, token string, body []byte) {
		cfg := chatwoot.AuthConfig{Secrets: []chatwoot.Secret{secret}, Token: "right"}
		req := chatwoot.AuthRequest{
			Body: body, Signatures: []string{signature}, Timestamps: []string{timestamp},
			Token: chatwoot.Secret(token), Now: vector.sent,
		}
		// What passes must carry the one right signature of a timestamp nearby.
		if err := chatwoot.Authenticate(cfg, req); err == nil {
			require.True(t, strings.EqualFold(chatwoot.Signature(secret, timestamp, body), signature))
			n, err := strconv.ParseInt(timestamp, 10, 64)
			require.NoError(t, err)
			require.LessOrEqual(t, vector.sent.Sub(time.Unix(n, 0)).Abs(), chatwoot.SignatureWindow)
		} else {
			require.ErrorIs(t, err, chatwoot.ErrUnauthentic)
		}
		req.Signatures = nil
		require.Equal(t, token == "right", chatwoot.Authenticate(cfg, req) == nil)
	})
}
