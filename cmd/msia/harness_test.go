package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/testdb"
)

// binary is msia as it is shipped, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "msia-e2e-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "msia")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("go build: %v\n%s", err, out))
	}
	code := testdb.Runner(m).Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// patience bounds every wait; only a killed process takes nearly as long.
const patience = 120 * time.Second

// process is a running msia.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	url    string
	stdout *output
	stderr *output
	done   chan error
}

// output collects what a process prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write adds to what was printed.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

// String returns what was printed so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// msiaCommand returns msia with a clean environment.
func msiaCommand(t testing.TB, env map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	return cmd
}

// launch starts msia and returns at once; ready waits for it.
func launch(t testing.TB, env map[string]string, args ...string) *process {
	t.Helper()
	if env["MSIA_ADDR"] == "" {
		env["MSIA_ADDR"] = freeAddr(t)
	}
	if len(args) == 0 {
		args = []string{"serve"}
	}
	p := &process{t: t, cmd: msiaCommand(t, env, args...), url: "http://" + env["MSIA_ADDR"], stdout: &output{}, stderr: &output{}, done: make(chan error, 1)}
	p.start()
	return p
}

// start starts the command; it ends with the test.
func (p *process) start() {
	p.t.Helper()
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	require.NoError(p.t, p.cmd.Start())
	go func() { p.done <- p.cmd.Wait() }()
	p.t.Cleanup(func() {
		p.kill()
		if p.t.Failed() {
			p.t.Logf("msia said:\n%s\n%s", p.stdout, p.stderr)
		}
	})
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (p *process) ready() *process {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		res, err := http.Get(p.url + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK && strings.Contains(p.stdout.String(), "msia is ready")
	}, patience, 20*time.Millisecond, "msia does not get ready: %s", p.stderr)
	return p
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.wait(patience) // killed: that is what it says
}

// stop ends the process as a service manager does.
func (p *process) stop() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(p.t, p.wait(patience), "msia did not stop cleanly: %s", p.stderr)
}

func (p *process) wait(d time.Duration) error {
	select {
	case err := <-p.done:
		p.done <- err
		return err
	case <-time.After(d):
		return fmt.Errorf("msia is still running after %s", d)
	}
}

// post delivers a webhook and returns the receipt.
func (p *process) post(cw *chatwoottest.Server, hook chatwoottest.Webhook) (int, string) {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.url+"/api/chatwoot/webhook", bytes.NewReader(hook.Body))
	require.NoError(p.t, err)
	r.Header = cw.Sign(hook.Body, time.Now())
	res, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	defer func() { _ = res.Body.Close() }()
	var receipt struct{ Status string }
	body, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	_ = json.Unmarshal(body, &receipt)
	return res.StatusCode, receipt.Status
}

func (p *process) deliver(cw *chatwoottest.Server, hook chatwoottest.Webhook, want string) {
	p.t.Helper()
	status, receipt := p.post(cw, hook)
	require.Equal(p.t, http.StatusOK, status)
	require.Equal(p.t, want, receipt)
}

// withChatwoot is the environment of a process that talks to a fake Chatwoot.
func withChatwoot(cw *chatwoottest.Server, databaseURL, dataDir string) map[string]string {
	return map[string]string{
		"DATABASE_URL": databaseURL, "MSIA_DATA_DIR": dataDir, "MSIA_ADMIN_PASSWORD": "a-long-enough-password",
		"CHATWOOT_API_URL": cw.URL(), "CHATWOOT_API_TOKEN": chatwoottest.UserToken, "CHATWOOT_BOT_TOKEN": chatwoottest.BotToken,
		"CHATWOOT_ACCOUNT_ID": fmt.Sprint(chatwoottest.AccountID), "CHATWOOT_WEBHOOK_SECRET": chatwoottest.Secret,
		"MSIA_ATTACHMENT_PRIVATE": "true", // the fake is on this machine
	}
}

func allAnswered(t *testing.T, dsn string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	require.Eventually(t, func() bool {
		var open int
		err := conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending')) +
			(SELECT count(*) FROM messages WHERE needs_answer AND answered_at IS NULL)`).Scan(&open)
		return err == nil && open == 0
	}, patience, 50*time.Millisecond)
}

// signIn returns the first admin's token.
func signIn(t testing.TB, p *process) string {
	t.Helper()
	var session struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal([]byte(call(t, p, "", http.MethodPost, "/api/admin/auth/login",
		`{"username":"admin","password":"a-long-enough-password"}`)), &session))
	return session.AccessToken
}

// upload sends a file as a form and returns the status and the answer, or 0 when
// there was none.
func upload(p *process, token, path, name string, file []byte, fields map[string]string) (int, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for field, value := range fields {
		_ = w.WriteField(field, value)
	}
	part, _ := w.CreateFormFile("file", name)
	_, _ = part.Write(file)
	_ = w.Close()
	r, err := http.NewRequest(http.MethodPost, p.url+path, &b)
	if err != nil {
		return 0, err.Error()
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

// call is one request to the API; it returns the body.
func call(t testing.TB, p *process, token, method, path, body string) string {
	t.Helper()
	r, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Less(t, res.StatusCode, http.StatusMultipleChoices, "%s", got)
	return string(got)
}
