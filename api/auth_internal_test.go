package api

import (
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/caller"
)

// TestCookieIsSecureOverTLS however TLS ends: here, or at a proxy.
func TestCookieIsSecureOverTLS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ public, direct, want bool }{{false, false, false}, {true, false, true}, {false, true, true}} {
		h := Auth{https: c.public}
		for _, token := range []string{"x", ""} {
			cookie, err := http.ParseSetCookie(h.cookie(caller.WithOrigin(t.Context(), caller.Origin{Secure: c.direct}), token))
			require.NoError(t, err)
			require.Equal(t, c.want, cookie.Secure)
			require.True(t, cookie.HttpOnly)
		}
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	_, proxies, err := net.ParseCIDR("10.0.0.0/8")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		trusted []*net.IPNet
		peer    string
		said    []string
		want    string
	}{
		"nobody is trusted":    {nil, "10.0.0.1:1", []string{"203.0.113.1"}, "10.0.0.1"},
		"a stranger says":      {[]*net.IPNet{proxies}, "203.0.113.9:1", []string{"203.0.113.1"}, "203.0.113.9"},
		"loopback says":        {[]*net.IPNet{proxies}, "127.0.0.1:1", []string{"203.0.113.1"}, "127.0.0.1"},
		"the proxy says":       {[]*net.IPNet{proxies}, "10.0.0.1:1", []string{"203.0.113.1"}, "203.0.113.1"},
		"the client lied":      {[]*net.IPNet{proxies}, "10.0.0.1:1", []string{"198.51.100.1, 203.0.113.1"}, "203.0.113.1"},
		"in a header of its":   {[]*net.IPNet{proxies}, "10.0.0.1:1", []string{"198.51.100.1", "203.0.113.1"}, "203.0.113.1"},
		"two proxies":          {[]*net.IPNet{proxies}, "10.0.0.1:1", []string{"203.0.113.1, 10.9.9.9"}, "203.0.113.1"},
		"the proxy says none":  {[]*net.IPNet{proxies}, "10.0.0.1:1", nil, "10.0.0.1"},
		"the proxy is garbled": {[]*net.IPNet{proxies}, "10.0.0.1:1", []string{"nobody"}, "10.0.0.1"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.said}}
		require.Equal(t, c.want, clientAddress(c.trusted)(r), name)
	}
}
