package config_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/config"
)

// clean removes every variable of ours for one test.
func clean(t *testing.T) {
	t.Helper()
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "MSIA_") || strings.HasPrefix(name, "CHATWOOT_") || strings.HasPrefix(name, "OTEL_") || name == "DATABASE_URL" || name == "PG_BINDIR" {
			t.Setenv(name, "")
			require.NoError(t, os.Unsetenv(name))
		}
	}
}

func TestNothingIsRequired(t *testing.T) {
	clean(t)
	c, err := config.Load()
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8080", c.Addr)
	require.True(t, c.Seed)
	require.True(t, c.LoopbackOnly())
	require.False(t, c.Chatwoot.Configured())
}

func TestEveryProblemIsTold(t *testing.T) {
	clean(t)
	for name, value := range map[string]string{
		"MSIA_ADDR": "8080", "MSIA_LOG_LEVEL": "loud", "MSIA_ADMIN_PASSWORD": "corta", "MSIA_ADMIN_USERNAME": "Ana B",
		"MSIA_PUBLIC_URL": "example.com", "CHATWOOT_API_URL": "ftp://x", "MSIA_REPLY_DELAY_TEXT": "1m", "MSIA_REPLY_DELAY_MEDIA": "-1s",
		"MSIA_LOGIN_RATE": "-1", "MSIA_WORKER_ADDR": "9090", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "MSIA_TRUSTED_PROXIES": "10.0.0.0/8,10.0.0.1",
		"MSIA_BLOB_URL": "/var/lib/msia/files", "MSIA_ATTACHMENT_HOSTS": "files.example.com,https://x",
		"MSIA_RATE_PUBLIC": "-1", "MSIA_RATE_QUOTE": "2000000", "MSIA_RATE_UPLOAD": "-1", "MSIA_RATE_RAG": "-1", "MSIA_RATE_ACCOUNT": "-1",
		"MSIA_MAX_REQUESTS": "0", "MSIA_MAX_CONNECTIONS": "0", "MSIA_MAX_CONNECTIONS_PER_ADDRESS": "-1",
		"MSIA_REDIS_URL": "http://x:corta@y", "MSIA_CORS_ORIGINS": "https://x.es,https://x.es/",
		"MSIA_ERROR_DAYS": "0", "MSIA_ALERT_WEBHOOK": "ftp://x/corta", "MSIA_ALERT_CONVERSATION": "-1", "MSIA_DOCKER_SOCKET": "docker.sock",
	} {
		t.Setenv(name, value)
	}
	_, err := config.Load()
	for _, name := range []string{
		"MSIA_ADDR", "MSIA_LOG_LEVEL", "MSIA_ADMIN_PASSWORD", "MSIA_ADMIN_USERNAME", "MSIA_PUBLIC_URL",
		"CHATWOOT_API_URL", "CHATWOOT_API_TOKEN", "CHATWOOT_ACCOUNT_ID", "MSIA_REPLY_DELAY_TEXT", "MSIA_REPLY_DELAY_MEDIA", "MSIA_LOGIN_RATE", "MSIA_TRUSTED_PROXIES",
		"MSIA_BLOB_URL", "MSIA_ATTACHMENT_HOSTS", "MSIA_RATE_PUBLIC", "MSIA_RATE_QUOTE", "MSIA_RATE_UPLOAD", "MSIA_RATE_RAG", "MSIA_RATE_ACCOUNT",
		"MSIA_MAX_REQUESTS", "MSIA_MAX_CONNECTIONS", "MSIA_MAX_CONNECTIONS_PER_ADDRESS", "MSIA_REDIS_URL", "MSIA_CORS_ORIGINS", "MSIA_WORKER_ADDR", "OTEL_EXPORTER_OTLP_PROTOCOL",
		"MSIA_ERROR_DAYS", "MSIA_ALERT_WEBHOOK", "MSIA_ALERT_CONVERSATION", "MSIA_DOCKER_SOCKET", "MSIA_DOCKER_CONTAINERS",
	} {
		require.ErrorContains(t, err, name)
	}
	require.NotContains(t, err.Error(), "corta")
}

func TestAlertsNeedChatwoot(t *testing.T) {
	clean(t)
	t.Setenv("MSIA_ALERT_CONVERSATION", "7")
	_, err := config.Load()
	require.ErrorContains(t, err, "MSIA_ALERT_CONVERSATION")
	t.Setenv("CHATWOOT_API_URL", "https://chat.example.com")
	t.Setenv("CHATWOOT_API_TOKEN", "token")
	t.Setenv("CHATWOOT_ACCOUNT_ID", "1")
	_, err = config.Load()
	require.NoError(t, err)
}

func TestPublicURL(t *testing.T) {
	clean(t)
	for value, right := range map[string]bool{"https://x.es": true, "http://10.0.0.1:8080": true, "https://x.es/": false, "https://x.es/msia": false, "https://x.es?a": false} {
		t.Setenv("MSIA_PUBLIC_URL", value)
		_, err := config.Load()
		if right {
			require.NoError(t, err, value)
		} else {
			require.ErrorContains(t, err, "MSIA_PUBLIC_URL", value)
		}
	}
}

func TestFileStores(t *testing.T) {
	clean(t)
	for value, right := range map[string]bool{
		"file:///var/lib/msia/files": true, "s3://bucket": true, "s3://bucket?region=eu-west-1&endpoint=http://minio:9000&use_path_style=true": true,
		"file://host/x": false, "file:x": false, "s3://": false, "s3://bucket/folder": false, "gs://bucket": false, "/x": false,
	} {
		t.Setenv("MSIA_BLOB_URL", value)
		_, err := config.Load()
		require.Equal(t, right, err == nil, value)
	}
}

func TestTracing(t *testing.T) {
	clean(t)
	for _, c := range []struct {
		name, value string
		on          bool
	}{
		{"OTEL_TRACES_EXPORTER", "otlp", false},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/v1/traces", true},
		{"OTEL_TRACES_EXPORTER", "none", false},
		{"OTEL_TRACES_EXPORTER", "otlp", true},
		{"OTEL_SDK_DISABLED", "true", false},
	} {
		t.Setenv(c.name, c.value)
		cfg, err := config.Load()
		require.NoError(t, err)
		require.Equal(t, c.on, cfg.Tracing.On(), c)
	}
}

func TestLists(t *testing.T) {
	clean(t)
	t.Setenv("CHATWOOT_WEBHOOK_SECRET", "one,two")
	t.Setenv("CHATWOOT_INBOX_IDS", "7,8")
	t.Setenv("CHATWOOT_API_URL", "https://chat.example.com:8443/x")
	t.Setenv("CHATWOOT_API_TOKEN", "t")
	t.Setenv("CHATWOOT_ACCOUNT_ID", "1")
	t.Setenv("MSIA_ATTACHMENT_HOSTS", "files.example.com, .s3.example.com")
	c, err := config.Load()
	require.NoError(t, err)
	require.Equal(t, []config.Secret{"one", "two"}, c.Chatwoot.WebhookSecrets)
	require.Equal(t, []int64{7, 8}, c.Chatwoot.InboxIDs)
	require.Equal(t, []string{"chat.example.com", "files.example.com", ".s3.example.com"}, c.Chatwoot.FileHosts())
	require.False(t, c.Chatwoot.AttachmentPrivate)
}

func TestTrustedProxies(t *testing.T) {
	clean(t)
	t.Setenv("MSIA_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32")
	c, err := config.Load()
	require.NoError(t, err)
	networks, err := c.TrustedProxies.Parse()
	require.NoError(t, err)
	require.Equal(t, "[10.0.0.0/8 2001:db8::/32]", fmt.Sprint(networks))
}

// TestGuessingIsNeverFree but for programs on this machine.
func TestGuessingIsNeverFree(t *testing.T) {
	clean(t)
	t.Setenv("MSIA_LOGIN_RATE", "0")
	_, err := config.Load()
	require.NoError(t, err)
	t.Setenv("MSIA_PUBLIC_URL", "https://msia.example.com")
	_, err = config.Load()
	require.ErrorContains(t, err, "MSIA_LOGIN_RATE")
}

func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		addr, public string
		want         bool
	}{
		{"127.0.0.1:1", "", true},
		{"[::1]:1", "", true},
		{"localhost:1", "", true},
		{"127.0.0.1:1", "https://msia.example.com", false},
		{":1", "", false},
		{"0.0.0.0:1", "", false},
		{"192.0.2.1:1", "", false},
	} {
		require.Equal(t, c.want, config.Config{Addr: c.addr, PublicURL: c.public}.LoopbackOnly(), c)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := config.Config{AdminPassword: "hidden-from-all"}
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "password", c.AdminPassword)
	require.NotContains(t, log.String()+fmt.Sprintf("%v %+v", c, c), "hidden-from-all")
}

// TestExampleNamesEveryVariable keeps .env.example true.
func TestExampleNamesEveryVariable(t *testing.T) {
	t.Parallel()
	fields, err := env.GetFieldParams(&config.Config{})
	require.NoError(t, err)
	example, err := os.ReadFile("../../.env.example")
	require.NoError(t, err)
	read := map[string]bool{}
	for _, f := range fields {
		read[f.Key] = true
		require.Contains(t, string(example), "\n"+f.Key+"=", "%s is read but not in .env.example", f.Key)
	}
	for _, m := range regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllStringSubmatch(string(example), -1) {
		require.True(t, read[m[1]], "%s is in .env.example but not read", m[1])
	}
}

// TestReadmeListsEveryVariable keeps its table true, defaults included.
func TestReadmeListsEveryVariable(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../../.env.example")
	require.NoError(t, err)
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	listed := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| *`?([^|`]*?)`? *\\| .+ \\|$").FindAllStringSubmatch(string(readme), -1) {
		listed[m[1]] = m[2]
	}
	for _, m := range regexp.MustCompile(`(?m)^([A-Z_]+)=(.*)$`).FindAllStringSubmatch(string(example), -1) {
		shown, ok := listed[m[1]]
		require.True(t, ok, "%s is not in README.md", m[1])
		require.Equal(t, m[2], shown, m[1])
		delete(listed, m[1])
	}
	require.Empty(t, listed, "README.md lists what is not read")
}
