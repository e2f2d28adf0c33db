package main

import (
	"fmt"
	"net"
	"time"

	"github.com/msia/msia/api"
	"github.com/msia/msia/internal/connections"
	"github.com/msia/msia/internal/limits"
)

const (
	// requestKeys and loginKeys are how many addresses, accounts and API keys are
	// remembered in memory, each time about 200 bytes. They are apart, so that a
	// flood of the one does not make the other be forgotten.
	requestKeys = 100_000
	loginKeys   = 50_000
	// allLogins is how many logins of any outcome one address has for each wrong one
	// that MSIA_LOGIN_RATE lets it have for one account: each costs a core some time.
	allLogins = 20
)

// openLimits decides where requests and logins are counted.
func (a *app) openLimits() error {
	a.counted, a.logins = limits.NewMemory(requestKeys, time.Now), limits.NewMemory(loginKeys, time.Now)
	url := string(a.env.cfg.Limits.RedisURL)
	if url == "" {
		return nil
	}
	var err error
	if a.redis, err = limits.NewRedis(url, limits.NewMemory(requestKeys, time.Now), a.env.log); err != nil {
		return fmt.Errorf("MSIA_REDIS_URL: %w", err)
	}
	a.counted, a.logins = a.redis, a.redis
	return nil
}

func (a *app) rates() api.Rates {
	l := a.env.cfg.Limits
	return api.Rates{
		api.RatePublic: l.Public, api.RateQuote: l.Quote, api.RateUpload: l.Upload, api.RateRAG: l.RAG, api.RateAccount: l.Account,
		api.RateLogin: allLogins * a.env.cfg.LoginRate,
	}
}

// bounded bounds the connections of a listener.
func (a *app) bounded(l net.Listener) (*connections.Listener, error) {
	proxies, err := a.env.cfg.TrustedProxies.Parse()
	if err != nil {
		return nil, err
	}
	return connections.Limit(l, connections.Config{
		Max: a.env.cfg.Limits.Connections, PerAddress: a.env.cfg.Limits.PerAddress, Trusted: proxies,
	}), nil
}
