// Package api serves the contract over HTTP: it reads requests, calls the
// domains, and converts. Rules live in the domains, statuses in errors.go.
package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/swaggest/swgui/v5emb"

	msia "github.com/msia/msia"
	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/cataloguefile"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/customers"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/events"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/limits"
	"github.com/msia/msia/internal/logmonitor"
	"github.com/msia/msia/internal/rag"
	"github.com/msia/msia/internal/rules"
	"github.com/msia/msia/internal/search"
	"github.com/msia/msia/internal/tariffs"
	"github.com/msia/msia/internal/views"
)

// Limits of the HTTP server: a slow client must not hold it.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 60 * time.Second
	maxHeaderBytes    = 32 << 10
)

// Deps is what the server serves; every member is required but UI, ChatwootURL,
// MetricsToken, PublicURL, TrustedProxies, Counted, Rates and AllowedOrigins.
type Deps struct {
	Version     string
	Catalogue   *catalogue.Cache
	Past        *catalogue.Past
	Categories  *tariffs.Categories
	Tiers       *tariffs.Tiers
	Services    *tariffs.Services
	Documents   *tariffs.Documents
	Warnings    *tariffs.Warnings
	Quoting     *tariffs.Quoting
	Matching    *elements.Matching
	Editor      *elements.Editor
	Images      *images.Store
	Cases       *cases.Service
	Intake      *conversations.Intake
	Reader      *conversations.Reader
	Desk        *conversations.Desk
	Escalations *conversations.Escalations
	Customers   *customers.Service
	Accounts    *admin.Accounts
	AccessLog   *admin.AccessLog
	Settings    *admin.Settings
	Audit       *audit.Reader
	Dashboard   *admin.Dashboard
	Library     *rag.Library
	Answers     *rag.Answers
	Doctor      *rag.Doctor
	Glossary    *rag.Glossary
	Rules       *rules.Rules
	Trials      *rules.Trials
	Search      *search.Service
	Views       *views.Service
	Events      *events.Hub
	Errors      *logmonitor.Groups
	Jobs        *jobs.Manager
	// RiverUI is River's own UI for jobs; nil for none.
	RiverUI     http.Handler
	Files       *cataloguefile.Files
	WebhookAuth chatwoot.AuthConfig
	// ChatwootURL is where people see conversations, up to their number; "" when
	// Chatwoot is not configured.
	ChatwootURL string
	Checks      []Check
	Metrics     *prometheus.Registry
	// UI is the built admin UI; nil for an API alone.
	UI fs.FS
	// MetricsToken opens /metrics to others than programs on this machine.
	MetricsToken string
	// PublicURL is where browsers find the server; "" when it is where it listens.
	PublicURL string
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []*net.IPNet
	// Counted counts requests by Rates; it may be nil when they are.
	Counted limits.Store
	Rates   Rates
	// MaxRequests is how many requests are worked on at once.
	MaxRequests int
	// AllowedOrigins are the sites besides PublicURL whose pages may call the API;
	// "*" is all.
	AllowedOrigins []string
	Now            func() time.Time
	Log            *slog.Logger
}

// Server implements the contract: one struct per tag.
type Server struct {
	Tariffs
	Elements
	Images
	Chatwoot
	Auth
	Accounts
	AccessLog
	Audit
	Settings
	Dashboard
	Rules
	Finder
	Views
	Events
	Jobs
	Customers
	Cases
	Conversations
	Escalations
	Errors
	Regulations
	Questions
	Glossary
	Files
	System

	contract     *contract
	validation   *openapi3filter.Options
	accounts     *admin.Accounts
	webhookAuth  chatwoot.AuthConfig
	metrics      *metrics
	metricsToken string
	counted      limits.Store
	rates        Rates
	load         load
	bodies       bodies
	https        bool // browsers reach the server over TLS, whatever reaches us
	now          func() time.Time
	log          *slog.Logger
	echo         *echo.Echo
	stopping     *atomic.Bool
	crossOrigin  *http.CrossOriginProtection
}

var _ oas.StrictServerInterface = (*Server)(nil)

// New wires the routes. It fails when the contract is not sound.
func New(d Deps) (*Server, error) {
	contract, err := theContract()
	if err != nil {
		return nil, err
	}
	stopping := new(atomic.Bool)
	https := strings.HasPrefix(d.PublicURL, "https://")
	many := bulk{log: d.Log}
	tables, err := newExports(d.Now)
	if err != nil {
		return nil, err
	}
	customerFiles := images.NewCustomerFiles(d.Images)
	caseFiles := Cases{cases: d.Cases, files: customerFiles, catalogue: d.Catalogue, quoting: d.Quoting, bulk: many, accounts: d.Accounts, exports: tables}
	s := &Server{
		Tariffs: Tariffs{
			catalogue: d.Catalogue, past: d.Past, categories: d.Categories, tiers: d.Tiers, services: d.Services,
			documents: d.Documents, warnings: d.Warnings, quoting: d.Quoting,
		},
		Elements: Elements{catalogue: d.Catalogue, matching: d.Matching, editor: d.Editor, bulk: many, cases: d.Cases},
		Images:   Images{catalogue: d.Catalogue, images: d.Images, bulk: many},
		Chatwoot: Chatwoot{intake: d.Intake},
		Auth:     Auth{accounts: d.Accounts, https: https},
		Accounts: Accounts{accounts: d.Accounts}, AccessLog: AccessLog{log: d.AccessLog, exports: tables}, Settings: Settings{settings: d.Settings},
		Audit: Audit{audit: d.Audit, exports: tables}, Dashboard: Dashboard{dashboard: d.Dashboard, settings: d.Settings}, Rules: Rules{rules: d.Rules, trials: d.Trials},
		Finder:        Finder{search: d.Search},
		Views:         Views{views: d.Views},
		Events:        Events{hub: d.Events, accounts: d.Accounts},
		Jobs:          Jobs{jobs: d.Jobs, bulk: many},
		Customers:     Customers{customers: d.Customers, cases: &caseFiles, exports: tables},
		Cases:         caseFiles,
		Conversations: Conversations{reader: d.Reader, desk: d.Desk, files: customerFiles, chatwootURL: d.ChatwootURL}, Escalations: Escalations{escalations: d.Escalations, bulk: many, exports: tables},
		Errors:      Errors{groups: d.Errors, bulk: many},
		Regulations: Regulations{library: d.Library, stopping: stopping}, Questions: Questions{answers: d.Answers, doctor: d.Doctor},
		Glossary: Glossary{glossary: d.Glossary},
		Files:    Files{catalogue: d.Catalogue, files: d.Files},
		System:   System{version: d.Version, checks: d.Checks, stopping: stopping},
		contract: contract, accounts: d.Accounts, webhookAuth: d.WebhookAuth, metrics: newMetrics(d.Metrics),
		metricsToken: d.MetricsToken, counted: d.Counted, rates: d.Rates, load: newLoad(d.MaxRequests), https: https, now: d.Now, log: d.Log, stopping: stopping, crossOrigin: http.NewCrossOriginProtection(),
		validation: &openapi3filter.Options{
			MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
			SchemaValidationOptions: validationOptions(), SkipSettingDefaults: true,
		},
	}
	if d.PublicURL != "" {
		// Behind a proxy the Host header need not be what the browser sees.
		if err := s.crossOrigin.AddTrustedOrigin(d.PublicURL); err != nil {
			return nil, fmt.Errorf("public URL: %w", err)
		}
	}
	s.echo = s.routes(d.TrustedProxies, d.AllowedOrigins)
	if d.RiverUI != nil {
		s.echo.GET(jobs.UIPrefix, func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, jobs.UIPrefix+"/") })
		s.echo.Any(jobs.UIPrefix+"/*", s.river(d.RiverUI, d.Jobs))
	}
	if d.UI == nil {
		s.echo.GET("/", func(c echo.Context) error { return c.Redirect(http.StatusFound, "/docs/") })
		return s, nil
	}
	ui, err := newUI(d.UI, contract)
	if err != nil {
		return nil, err
	}
	s.echo.GET("/*", ui.serve)
	s.echo.HEAD("/*", ui.serve)
	return s, nil
}

// clientAddress tells where a request came from: its peer or, behind proxies that
// are trusted, what they say.
func clientAddress(trusted []*net.IPNet) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, n := range trusted {
		options = append(options, echo.TrustIPRange(n))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

func (s *Server) routes(trustedProxies []*net.IPNet, allowedOrigins []string) *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = clientAddress(trustedProxies)
	e.Use(s.observe)
	if len(allowedOrigins) > 0 {
		e.Use(allowOrigins(allowedOrigins))
	}
	e.Use(s.guard)
	oas.RegisterHandlers(e, oas.NewStrictHandler(s, []oas.StrictMiddlewareFunc{fileRequest}))
	e.GET("/metrics", s.serveMetrics)
	e.GET("/openapi.yaml", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "application/yaml", msia.OpenAPI)
	})
	e.GET("/docs", func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, "/docs/") })
	e.GET("/docs/*", echo.WrapHandler(v5emb.New("msia", "/openapi.yaml", "/docs/")))
	return e
}

// Handler returns the server as a plain handler, for tests.
func (s *Server) Handler() http.Handler { return s.echo }

// Stopping makes the server say that it is not ready, so that a balancer looks
// elsewhere, while it still answers. Streams, which would never be done, end.
func (s *Server) Stopping() {
	s.stopping.Store(true)
	s.hub.Close()
}

// HTTPServer returns a server with this handler and the limits above.
func (s *Server) HTTPServer() *http.Server {
	return &http.Server{
		Handler:           s.echo,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// Shutdown lets requests in flight finish within d.
func Shutdown(server *http.Server, d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("http: requests were still running after %s: %w", d, err)
	}
	return nil
}
