// Package config reads the environment, and is the only one that does. Every
// variable is described in .env.example.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/caarlos0/env/v11"
)

// Secret is a value that neither logs nor error texts show.
type Secret string

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[hidden]"
}

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Networks is a list of networks in CIDR notation.
type Networks []string

// Parse returns the networks. It fails on the first that is none.
func (n Networks) Parse() ([]*net.IPNet, error) {
	var out []*net.IPNet
	for _, s := range n {
		_, network, err := net.ParseCIDR(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("%q is not a network such as 10.0.0.0/8", s)
		}
		out = append(out, network)
	}
	return out, nil
}

// Config is everything the environment says.
type Config struct {
	Addr string `env:"MSIA_ADDR" envDefault:"127.0.0.1:8080"`
	// WorkerAddr is where a worker answers probes; empty means nowhere.
	WorkerAddr  string `env:"MSIA_WORKER_ADDR"`
	DataDir     string `env:"MSIA_DATA_DIR"`
	DatabaseURL Secret `env:"DATABASE_URL"`
	// BlobURL is where files are kept; empty means a folder of the data folder.
	BlobURL string `env:"MSIA_BLOB_URL"`
	// PGBinDir is the folder of the PostgreSQL programs for the private server;
	// empty means the newest installed that has pgvector.
	PGBinDir      string `env:"PG_BINDIR"`
	PublicURL     string `env:"MSIA_PUBLIC_URL"`
	AdminUsername string `env:"MSIA_ADMIN_USERNAME" envDefault:"admin"`
	AdminPassword Secret `env:"MSIA_ADMIN_PASSWORD"`
	MetricsToken  Secret `env:"MSIA_METRICS_TOKEN"`
	// LoginRate is how many wrong logins a minute one address may try for one
	// account; 0, on loopback only, is no limit.
	LoginRate int `env:"MSIA_LOGIN_RATE" envDefault:"5"`
	Limits    Limits

	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies Networks `env:"MSIA_TRUSTED_PROXIES"`
	LogLevel       string   `env:"MSIA_LOG_LEVEL" envDefault:"info"`
	Seed           bool     `env:"MSIA_SEED" envDefault:"true"`

	// StopDelay is how long a server that was told to stop still lets requests in,
	// while it says that it is not ready: until balancers have noticed.
	StopDelay time.Duration `env:"MSIA_STOP_DELAY" envDefault:"0s"`

	Chatwoot Chatwoot
	Tracing  Tracing
	Errors   Errors

	// The models that answers about regulations may use; none is needed.
	Embeddings Embeddings `envPrefix:"MSIA_EMBEDDINGS_"`
	Rerank     Endpoint   `envPrefix:"MSIA_RERANK_"`
	Chat       Endpoint   `envPrefix:"MSIA_CHAT_"`

	// The waits of the conversation, in case more is coming.
	TextDelay  time.Duration `env:"MSIA_REPLY_DELAY_TEXT" envDefault:"700ms"`
	MediaDelay time.Duration `env:"MSIA_REPLY_DELAY_MEDIA" envDefault:"4s"`
}

// Limits is how much one client, and all together, may ask for. The rates are
// requests a minute of one address, account or API key; 0 is no limit.
type Limits struct {
	Public  int `env:"MSIA_RATE_PUBLIC" envDefault:"1200"`
	Quote   int `env:"MSIA_RATE_QUOTE" envDefault:"600"`
	Upload  int `env:"MSIA_RATE_UPLOAD" envDefault:"120"`
	RAG     int `env:"MSIA_RATE_RAG" envDefault:"120"`
	Account int `env:"MSIA_RATE_ACCOUNT" envDefault:"1200"`
	// RedisURL is where replicas count together; empty: each counts in memory.
	RedisURL Secret `env:"MSIA_REDIS_URL"`
	// Requests is how many requests are worked on at once.
	Requests int `env:"MSIA_MAX_REQUESTS" envDefault:"512"`
	// Connections is how many there may be, PerAddress how many from one address.
	Connections int `env:"MSIA_MAX_CONNECTIONS" envDefault:"4096"`
	PerAddress  int `env:"MSIA_MAX_CONNECTIONS_PER_ADDRESS" envDefault:"1024"`
	// Origins are the sites whose pages may call the API; "*" is all.
	Origins []string `env:"MSIA_CORS_ORIGINS"`
}

// maxRate is above what any server answers.
const maxRate = 1_000_000

// validate hands every problem to bad.
func (l Limits) validate(bad func(format string, args ...any)) {
	for name, rate := range map[string]int{
		"MSIA_RATE_PUBLIC": l.Public, "MSIA_RATE_QUOTE": l.Quote, "MSIA_RATE_UPLOAD": l.Upload, "MSIA_RATE_RAG": l.RAG, "MSIA_RATE_ACCOUNT": l.Account,
	} {
		if rate < 0 || rate > maxRate {
			bad("%s has to be between 0 and %d", name, maxRate)
		}
	}
	for name, most := range map[string]int{
		"MSIA_MAX_REQUESTS": l.Requests, "MSIA_MAX_CONNECTIONS": l.Connections, "MSIA_MAX_CONNECTIONS_PER_ADDRESS": l.PerAddress,
	} {
		if most < 1 || most > maxRate {
			bad("%s has to be between 1 and %d", name, maxRate)
		}
	}
	if u, err := url.Parse(string(l.RedisURL)); l.RedisURL != "" && (err != nil || !slices.Contains([]string{"redis", "rediss", "unix"}, u.Scheme)) {
		bad("MSIA_REDIS_URL is not a URL such as redis://user:password@host:6379/0") // it may hold a password
	}
	for _, origin := range l.Origins {
		u, err := url.Parse(origin)
		if origin != "*" && (err != nil || u.Scheme == "" || u.Host == "" || origin != u.Scheme+"://"+u.Host) {
			bad("MSIA_CORS_ORIGINS: %q is not an origin such as https://www.example.com", origin)
		}
	}
}

// Chatwoot is how to reach Chatwoot and how it proves who it is.
type Chatwoot struct {
	APIURL         string   `env:"CHATWOOT_API_URL"`
	APIToken       Secret   `env:"CHATWOOT_API_TOKEN"`
	BotToken       Secret   `env:"CHATWOOT_BOT_TOKEN"`
	AccountID      int64    `env:"CHATWOOT_ACCOUNT_ID"`
	InboxIDs       []int64  `env:"CHATWOOT_INBOX_IDS"`
	WebhookSecrets []Secret `env:"CHATWOOT_WEBHOOK_SECRET"`
	WebhookToken   Secret   `env:"CHATWOOT_WEBHOOK_TOKEN"`
	// AttachmentHosts are the hosts that customers' files are fetched from beside
	// Chatwoot's own; one that begins with a dot stands for everything below it.
	AttachmentHosts []string `env:"MSIA_ATTACHMENT_HOSTS"`
	// AttachmentPrivate: they may be in private networks, and without TLS.
	AttachmentPrivate bool `env:"MSIA_ATTACHMENT_PRIVATE" envDefault:"false"`
	// Template is the WhatsApp template sent when the 24-hour window is closed;
	// its language goes with it.
	Template         string `env:"CHATWOOT_TEMPLATE"`
	TemplateLanguage string `env:"CHATWOOT_TEMPLATE_LANGUAGE" envDefault:"es"`
}

// Tracing is what decides whether traces are sent; the rest of OpenTelemetry's
// variables are read by its own library.
type Tracing struct {
	Endpoint       string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	TracesEndpoint string `env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"`
	Exporter       string `env:"OTEL_TRACES_EXPORTER" envDefault:"otlp"`
	Protocol       string `env:"OTEL_EXPORTER_OTLP_PROTOCOL" envDefault:"http/protobuf"`
	Disabled       bool   `env:"OTEL_SDK_DISABLED" envDefault:"false"`
}

// On reports whether traces are sent.
func (t Tracing) On() bool {
	return !t.Disabled && t.Exporter != "none" && (t.Endpoint != "" || t.TracesEndpoint != "")
}

// Errors is what becomes of the errors that are captured.
type Errors struct {
	// Days is how long those are kept that are not seen again.
	Days int `env:"MSIA_ERROR_DAYS" envDefault:"30"`
	// AlertWebhook is an address, often a secret one, that is told of errors.
	AlertWebhook Secret `env:"MSIA_ALERT_WEBHOOK"`
	// AlertConversation is the number of the Chatwoot conversation in which they are
	// noted; 0 for none.
	AlertConversation int64 `env:"MSIA_ALERT_CONVERSATION"`
	// DockerSocket opens the logs of other containers; empty: they are not read.
	DockerSocket string `env:"MSIA_DOCKER_SOCKET"`
	// DockerContainers are their names, or labels as label=value.
	DockerContainers []string `env:"MSIA_DOCKER_CONTAINERS"`
}

// maxErrorDays is ten years.
const maxErrorDays = 3650

// validate hands every problem to bad.
func (e Errors) validate(c Chatwoot, bad func(format string, args ...any)) {
	if e.Days < 1 || e.Days > maxErrorDays {
		bad("MSIA_ERROR_DAYS has to be between 1 and %d", maxErrorDays)
	}
	u, err := url.Parse(string(e.AlertWebhook))
	if e.AlertWebhook != "" && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "") {
		bad("MSIA_ALERT_WEBHOOK is not an http or https URL") // it may hold a secret
	}
	if e.AlertConversation < 0 || (e.AlertConversation > 0 && !c.Configured()) {
		bad("MSIA_ALERT_CONVERSATION is the number of a conversation, and needs CHATWOOT_API_URL")
	}
	if e.DockerSocket != "" && !path.IsAbs(e.DockerSocket) {
		bad("MSIA_DOCKER_SOCKET %q is not a path such as /var/run/docker.sock", e.DockerSocket)
	}
	if (e.DockerSocket == "") != (len(e.DockerContainers) == 0) {
		bad("MSIA_DOCKER_SOCKET and MSIA_DOCKER_CONTAINERS need each other")
	}
}

// Endpoint is where a model is served.
type Endpoint struct {
	URL   string `env:"URL"`
	Model string `env:"MODEL"`
	Key   Secret `env:"KEY"`
	// Timeout bounds one attempt; 0 means the default of the kind.
	Timeout time.Duration `env:"TIMEOUT"`
}

// Configured reports whether there is one.
func (e Endpoint) Configured() bool { return e.URL != "" }

// Embeddings is where texts are turned into vectors.
type Embeddings struct {
	Endpoint
	// Dimensions is the length of the vectors; 0 takes that of the first answer.
	Dimensions int `env:"DIMENSIONS"`
	// The prefixes are put before texts, as some models want it.
	QueryPrefix   string `env:"QUERY_PREFIX"`
	PassagePrefix string `env:"PASSAGE_PREFIX"`
}

// FileHosts are the hosts that customers' files may be fetched from.
func (c Chatwoot) FileHosts() []string {
	hosts := make([]string, 0, len(c.AttachmentHosts)+1)
	if u, err := url.Parse(c.APIURL); err == nil && u.Hostname() != "" {
		hosts = append(hosts, u.Hostname())
	}
	for _, h := range c.AttachmentHosts {
		hosts = append(hosts, strings.TrimSpace(h))
	}
	return hosts
}

// ConversationsURL is where people see conversations, up to their number; ""
// when Chatwoot is not configured.
func (c Chatwoot) ConversationsURL() string {
	if !c.Configured() {
		return ""
	}
	return fmt.Sprintf("%s/app/accounts/%d/conversations/", strings.TrimRight(c.APIURL, "/"), c.AccountID)
}

// Configured reports whether replies can be sent.
func (c Chatwoot) Configured() bool { return c.APIURL != "" }

// Load reads and checks the environment; all problems are joined.
func Load() (Config, error) {
	var c Config
	if err := env.Parse(&c); err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	return c, c.Validate()
}

// DefaultDataDir is used when MSIA_DATA_DIR is not set.
const DefaultDataDir = "./data"

// FallbackDataDir is used when MSIA_DATA_DIR is not set and DefaultDataDir
// cannot be used.
const FallbackDataDir = "/var/lib/msia"

// adminUsername is what an account may be called, in lower case.
var adminUsername = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,49}$`)

// Validate joins every problem, each naming its variable.
func (c Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		bad("MSIA_ADDR %q is not host:port", c.Addr)
	}
	if _, _, err := net.SplitHostPort(c.WorkerAddr); c.WorkerAddr != "" && err != nil {
		bad("MSIA_WORKER_ADDR %q is not host:port", c.WorkerAddr)
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel) {
		bad("MSIA_LOG_LEVEL %q is not debug, info, warn or error", c.LogLevel)
	}
	if !adminUsername.MatchString(c.AdminUsername) {
		bad("MSIA_ADMIN_USERNAME has to have 1 to 50 lower-case letters, digits and . _ @ + -")
	}
	if n := utf8.RuneCountInString(string(c.AdminPassword)); n > 0 && (n < 12 || n > 256) {
		bad("MSIA_ADMIN_PASSWORD has to have 12 to 256 characters")
	}
	c.Limits.validate(bad)
	c.Errors.validate(c.Chatwoot, bad)
	if c.LoginRate < 0 || c.LoginRate > maxRate {
		bad("MSIA_LOGIN_RATE has to be between 0 and %d", maxRate)
	}
	if c.LoginRate == 0 && !c.LoopbackOnly() {
		bad("MSIA_LOGIN_RATE 0 lets passwords be guessed: only for a MSIA_ADDR on loopback without MSIA_PUBLIC_URL")
	}
	if _, err := c.TrustedProxies.Parse(); err != nil {
		bad("MSIA_TRUSTED_PROXIES: %w", err)
	}
	checkURL := func(name, value string) {
		u, err := url.Parse(value)
		if value != "" && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "") {
			bad("%s %q is not an http or https URL", name, value)
		}
	}
	checkURL("MSIA_PUBLIC_URL", c.PublicURL)
	if u, err := url.Parse(c.PublicURL); err == nil && (u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil) {
		bad("MSIA_PUBLIC_URL %q has to end with the host: browsers name us without a path", c.PublicURL)
	}
	checkURL("CHATWOOT_API_URL", c.Chatwoot.APIURL)
	for _, e := range []struct {
		name     string
		endpoint Endpoint
		model    bool
	}{{"MSIA_EMBEDDINGS", c.Embeddings.Endpoint, true}, {"MSIA_RERANK", c.Rerank, false}, {"MSIA_CHAT", c.Chat, true}} {
		checkURL(e.name+"_URL", e.endpoint.URL)
		if e.model && e.endpoint.Configured() && e.endpoint.Model == "" {
			bad("%s_MODEL is needed with %s_URL", e.name, e.name)
		}
		if e.endpoint.Timeout < 0 || e.endpoint.Timeout > 5*time.Minute {
			bad("%s_TIMEOUT has to be between 0s and 5m", e.name)
		}
	}
	if c.Embeddings.Dimensions < 0 || c.Embeddings.Dimensions > 4000 {
		bad("MSIA_EMBEDDINGS_DIMENSIONS has to be between 0 and 4000")
	}
	if c.BlobURL != "" && !isStore(c.BlobURL) {
		bad("MSIA_BLOB_URL %q is not a URL such as file:///var/lib/msia/files or s3://bucket?region=eu-west-1", c.BlobURL)
	}
	for _, h := range c.Chatwoot.AttachmentHosts {
		if h = strings.TrimSpace(h); h == "" || h == "." || strings.ContainsAny(h, "/:*@ ") {
			bad("MSIA_ATTACHMENT_HOSTS: %q is not a host name", h)
		}
	}
	if c.Chatwoot.Configured() {
		if c.Chatwoot.APIToken == "" {
			bad("CHATWOOT_API_TOKEN is needed with CHATWOOT_API_URL")
		}
		if c.Chatwoot.AccountID <= 0 {
			bad("CHATWOOT_ACCOUNT_ID is needed with CHATWOOT_API_URL")
		}
	}
	if c.Tracing.On() && (c.Tracing.Exporter != "otlp" || c.Tracing.Protocol != "http/protobuf") {
		bad("OTEL_TRACES_EXPORTER and OTEL_EXPORTER_OTLP_PROTOCOL: only otlp over http/protobuf is built in")
	}
	if c.StopDelay < 0 || c.StopDelay > 15*time.Second {
		bad("MSIA_STOP_DELAY has to be between 0s and 15s")
	}
	if c.TextDelay < 0 || c.TextDelay > 10*time.Second {
		bad("MSIA_REPLY_DELAY_TEXT has to be between 0s and 10s")
	}
	if c.MediaDelay < 0 || c.MediaDelay > 10*time.Second {
		bad("MSIA_REPLY_DELAY_MEDIA has to be between 0s and 10s")
	}
	if len(errs) > 0 {
		return fmt.Errorf("configuration: %w", errors.Join(errs...))
	}
	return nil
}

// isStore reports whether a text is the address of a file store.
func isStore(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "file":
		return u.Host == "" && path.IsAbs(u.Path)
	case "s3":
		return u.Host != "" && u.Path == ""
	}
	return false
}

// LoopbackOnly reports whether only programs on this machine can reach the
// server: the address is a loopback one and no public URL leads to it.
func (c Config) LoopbackOnly() bool {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil || c.PublicURL != "" {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Level returns the slog level of MSIA_LOG_LEVEL.
func (c Config) Level() slog.Level {
	var l slog.Level
	_ = l.UnmarshalText([]byte(c.LogLevel)) // checked by Validate
	return l
}

// Hostname names this replica in logs and in the database's activity view.
func Hostname() string {
	if h, err := os.Hostname(); err == nil {
		return h
	}
	return "unknown"
}
