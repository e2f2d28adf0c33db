package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/testdb"
)

const mainJob = "Hola, quiero homologar el escape y el manillar de mi moto"

func TestWhatsAppMessageBecomesAPricedAnswer(t *testing.T) {
	t.Parallel()
	cw, dsn := chatwoottest.New(t), testdb.DSN(t)
	p := launch(t, withChatwoot(cw, dsn, t.TempDir())).ready()
	hook := cw.Incoming(chatwoottest.Incoming{Text: mainJob})
	p.deliver(cw, hook, "queued")
	acknowledged := time.Now()
	sent, err := cw.WaitSent(1, patience)
	require.NoError(t, err)
	t.Logf("the reply came %s after the acknowledgement", time.Since(acknowledged).Round(time.Millisecond))
	for _, want := range []string{"175,00 € + IVA", "211,75 €", "Ficha técnica", "permiso de circulación"} {
		require.Contains(t, sent[0].Shown, want)
	}
	p.deliver(cw, hook, "duplicate")
	allAnswered(t, dsn)
	require.Len(t, cw.Sent(), 1)

	// What was talked about survives a restart.
	p.deliver(cw, cw.Incoming(chatwoottest.Incoming{Text: "y el amortiguador"}), "queued")
	sent, err = cw.WaitSent(2, patience)
	require.NoError(t, err)
	require.Contains(t, sent[1].Shown, "?")
	require.NotContains(t, sent[1].Shown, "€", "which one is not known yet")
	p.stop()
	p = launch(t, withChatwoot(cw, dsn, t.TempDir())).ready()
	p.deliver(cw, cw.Incoming(chatwoottest.Incoming{Text: "el de atrás"}), "queued")
	sent, err = cw.WaitSent(3, patience)
	require.NoError(t, err)
	require.Contains(t, sent[2].Shown, "280,00 €", "one project element and two without project")
	p.stop()
}

// TestFiftyDeliveriesOneReply posts one message fifty times at once, to two
// replicas.
func TestFiftyDeliveriesOneReply(t *testing.T) {
	t.Parallel()
	cw, dsn := chatwoottest.New(t), testdb.DSN(t)
	replicas := []*process{launch(t, withChatwoot(cw, dsn, t.TempDir())), launch(t, withChatwoot(cw, dsn, t.TempDir()))}
	for _, p := range replicas {
		p.ready()
	}
	hook := cw.Incoming(chatwoottest.Incoming{Text: mainJob})
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			status, receipt := replicas[i%2].post(cw, hook)
			if status != http.StatusOK || (receipt != "queued" && receipt != "duplicate") {
				t.Errorf("answered %d %q", status, receipt)
			}
		})
	}
	wg.Wait()
	_, err := cw.WaitSent(1, patience)
	require.NoError(t, err)
	allAnswered(t, dsn)
	require.Len(t, cw.Sent(), 1)
}

// TestServerAndWorkerApart runs the two halves as processes of their own.
func TestServerAndWorkerApart(t *testing.T) {
	t.Parallel()
	cw, dsn := chatwoottest.New(t), testdb.DSN(t)
	dir := t.TempDir() // even in one folder
	server := launch(t, withChatwoot(cw, dsn, dir), "serve", "--workers=false").ready()
	server.deliver(cw, cw.Incoming(chatwoottest.Incoming{Text: mainJob}), "queued")
	worker := launch(t, withChatwoot(cw, dsn, dir), "worker")
	sent, err := cw.WaitSent(1, patience)
	require.NoError(t, err)
	require.Contains(t, sent[0].Shown, "175,00 €")
	worker.stop()
	server.stop()
}

// TestStaffChangeWhatIsAnswered makes a rule and presses the panic button at a
// server that works no jobs: the worker beside it follows.
func TestStaffChangeWhatIsAnswered(t *testing.T) {
	t.Parallel()
	cw, dsn := chatwoottest.New(t), testdb.DSN(t)
	server := launch(t, withChatwoot(cw, dsn, t.TempDir()), "serve", "--workers=false").ready()
	worker := launch(t, withChatwoot(cw, dsn, t.TempDir()), "worker")
	token := signIn(t, server)
	said := 0
	answer := func(text, phone string) string {
		said++
		server.deliver(cw, cw.Incoming(chatwoottest.Incoming{Text: text, Phone: phone}), "queued")
		sent, err := cw.WaitSent(said, patience)
		require.NoError(t, err)
		return sent[said-1].Shown
	}
	require.NotContains(t, answer("¿qué horario tenéis?", "+34600100001"), "Abrimos") // the worker has the catalogue in memory
	call(t, server, token, "POST", "/api/admin/response-rules",
		`{"name":"Horario","pattern":"horario","action":"answer","answer":"Abrimos de 9 a 14 h."}`)
	require.Contains(t, answer("¿qué horario tenéis?", "+34600100001"), "Abrimos de 9 a 14 h.")
	call(t, server, token, "PUT", "/api/admin/settings/assistant_enabled", `{"value":false}`)
	require.Contains(t, answer("¿qué horario tenéis?", "+34600100002"), "no está disponible")
	call(t, server, token, "PUT", "/api/admin/settings/assistant_enabled", `{"value":true}`)
	require.Contains(t, answer("¿qué horario tenéis?", "+34600100003"), "Abrimos de 9 a 14 h.")
	worker.stop()
	server.stop()
}

// TestKilledBetweenAcknowledgementAndReply kills the server at each step of the
// way and starts it again.
func TestKilledBetweenAcknowledgementAndReply(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(cw *chatwoottest.Server, env map[string]string) (killWhen func() bool){
		"while it waits for more": func(_ *chatwoottest.Server, env map[string]string) func() bool {
			env["MSIA_REPLY_DELAY_TEXT"] = "5s"
			return func() bool { return true }
		},
		"while Chatwoot answers": func(cw *chatwoottest.Server, _ map[string]string) func() bool {
			cw.Inject(chatwoottest.Fault{Method: "POST", Path: "/messages", Delay: 5 * time.Second, Store: true})
			return func() bool { return len(cw.Sent()) == 1 }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cw, dsn, dir := chatwoottest.New(t), testdb.DSN(t), t.TempDir()
			env := withChatwoot(cw, dsn, dir)
			killWhen := arrange(cw, env)
			p := launch(t, env).ready()
			p.deliver(cw, cw.Incoming(chatwoottest.Incoming{Text: mainJob}), "queued")
			require.Eventually(t, killWhen, patience, time.Millisecond)
			p.kill()
			delete(env, "MSIA_REPLY_DELAY_TEXT")
			launch(t, env).ready()
			_, err := cw.WaitSent(1, patience)
			require.NoError(t, err)
			allAnswered(t, dsn)
			require.Len(t, cw.Sent(), 1, "exactly one reply")
		})
	}
}

// TestDatabaseAway stops PostgreSQL, has customers write, and starts it again.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	cw, dir := chatwoottest.New(t), t.TempDir()
	server := testdb.StartOwn(t)
	p := launch(t, withChatwoot(cw, server.URL(), dir)).ready()
	server.Stop()
	const customers, each = 10, 10
	var wg sync.WaitGroup
	for c := range customers {
		wg.Go(func() {
			for i := range each {
				hook := cw.Incoming(chatwoottest.Incoming{Text: fmt.Sprintf("Quiero homologar el escape, mensaje %d", i), Phone: fmt.Sprintf("+346001%05d", c)})
				if status, receipt := p.post(cw, hook); status != http.StatusOK || receipt != "queued" {
					t.Errorf("answered %d %q", status, receipt)
				}
			}
		})
	}
	wg.Wait()
	require.Empty(t, cw.Sent())
	res, err := http.Get(p.url + "/readyz")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	server.Start()
	_, err = cw.WaitSent(customers, patience)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		left, err := filepath.Glob(filepath.Join(dir, "spool", "*.json"))
		return err == nil && len(left) == 0
	}, patience, 50*time.Millisecond)
	allAnswered(t, server.URL())
	conn, err := pgx.Connect(t.Context(), server.URL())
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	var messages, answered, outOfOrder int
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*), count(answered_at),
		count(*) FILTER (WHERE answered_at < earlier) FROM (SELECT answered_at, author,
			lag(answered_at) OVER (PARTITION BY conversation_id ORDER BY chatwoot_message_id) AS earlier
			FROM messages WHERE author = 'customer') m`).Scan(&messages, &answered, &outOfOrder))
	require.Equal(t, []int{customers * each, customers * each, 0}, []int{messages, answered, outOfOrder})
}

// TestEmbeddedDefault is what a new user does: nothing is configured.
func TestEmbeddedDefault(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cw := chatwoottest.New(t)
	env := map[string]string{"MSIA_DATA_DIR": dir}
	p := launch(t, env).ready()
	password := regexp.MustCompile(`Password:\s+(\S+)`).FindStringSubmatch(p.stdout.String())
	require.Len(t, password, 2, "the first admin's password is printed")

	t.Run("a quote", func(t *testing.T) {
		body := call(t, p, "", "POST", "/api/tariffs/quote", `{"category":"motos-part","elements":[{"code":"ESCAPE"}]}`)
		require.Contains(t, body, `"subtotal":"140.00"`)
	})
	t.Run("a second msia on the same folder", func(t *testing.T) {
		other := launch(t, map[string]string{"MSIA_DATA_DIR": dir})
		require.Error(t, other.wait(patience))
		require.Contains(t, other.stderr.String(), "in use")
	})
	t.Run("an unsigned local webhook, and the reply through the API", func(t *testing.T) {
		p.deliver(cw, cw.Incoming(chatwoottest.Incoming{Text: mainJob}), "queued")
		var login struct {
			AccessToken string `json:"access_token"`
		}
		require.NoError(t, json.Unmarshal([]byte(call(t, p, "", "POST", "/api/admin/auth/login",
			`{"username":"admin","password":"`+password[1]+`"}`)), &login))
		var conversations struct{ Items []struct{ ID string } }
		require.NoError(t, json.Unmarshal([]byte(call(t, p, login.AccessToken, "GET", "/api/admin/conversations", "")), &conversations))
		require.Len(t, conversations.Items, 1)
		require.Eventually(t, func() bool {
			body := call(t, p, login.AccessToken, "GET", "/api/admin/conversations/"+conversations.Items[0].ID+"/messages", "")
			return strings.Contains(body, "175,00 €") && strings.Contains(body, `"delivery":"held"`)
		}, patience, 50*time.Millisecond)
	})
	t.Run("commands beside the running server", func(t *testing.T) {
		out, err := msiaCommand(t, env, "user", "create", "--username", "marta", "--role", "editor").CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "Created marta")
		out, err = msiaCommand(t, env, "user", "create", "--username", "marta", "--role", "editor").CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), "Username already exists")
		for _, c := range []struct {
			args, says string
			fails      bool
		}{
			{"reset-password --username Marta", "Password of marta (shown once)", false},
			{"deactivate --username marta", "marta is inactive", false},
			{"deactivate --username admin", "No active admin would be left", true},
			{"deactivate --username nadie", "Account nadie not found", true},
			{"list", "marta     editor  no", false},
			{"list --username x", "flag provided but not defined", true},
			{"fly", "Usage:", true},
		} {
			out, err := msiaCommand(t, env, append([]string{"user"}, strings.Fields(c.args)...)...).CombinedOutput()
			require.Equal(t, c.fails, err != nil, "%s: %s", c.args, out)
			require.Contains(t, string(out), c.says, c.args)
		}
		out, err = msiaCommand(t, env, "seed").CombinedOutput()
		require.NoError(t, err, "%s", out)
	})
	t.Run("stopped and started again", func(t *testing.T) {
		p.stop()
		again := launch(t, map[string]string{"MSIA_DATA_DIR": dir}).ready()
		require.NotContains(t, again.stdout.String(), "Password:", "the first admin is there")
		again.kill() // and after a crash, too
		launch(t, map[string]string{"MSIA_DATA_DIR": dir}).ready().stop()
	})
}

// TestStopsWithoutLosingRequests sends requests while the server is told to
// stop: each is answered or was never taken.
func TestStopsWithoutLosingRequests(t *testing.T) {
	t.Parallel()
	cw, dsn := chatwoottest.New(t), testdb.DSN(t)
	env := withChatwoot(cw, dsn, t.TempDir())
	env["MSIA_REPLY_DELAY_TEXT"] = "2s"
	p := launch(t, env).ready()
	var wg sync.WaitGroup
	stop := make(chan struct{})
	var mu sync.Mutex
	acknowledged := 0
	for c := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				hook := cw.Incoming(chatwoottest.Incoming{Text: "Hola, el escape de mi moto", Phone: fmt.Sprintf("+346001%05d", c*1000+i)})
				r, _ := http.NewRequest(http.MethodPost, p.url+"/api/chatwoot/webhook", bytes.NewReader(hook.Body))
				r.Header = cw.Sign(hook.Body, time.Now())
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					continue // refused: never taken
				}
				_ = res.Body.Close()
				if res.StatusCode != http.StatusOK {
					t.Errorf("answered %d while stopping", res.StatusCode)
				}
				mu.Lock()
				acknowledged++
				mu.Unlock()
			}
		})
	}
	require.Eventually(t, func() bool { mu.Lock(); defer mu.Unlock(); return acknowledged > 20 }, patience, time.Millisecond)
	p.stop()
	close(stop)
	wg.Wait()
	delete(env, "MSIA_REPLY_DELAY_TEXT")
	launch(t, env).ready()
	allAnswered(t, dsn)
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	var conversations int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM conversations").Scan(&conversations))
	require.GreaterOrEqual(t, conversations, acknowledged)
	seen := map[int64]int{}
	for _, m := range cw.Sent() {
		seen[m.ConversationID]++
		require.Equal(t, 1, seen[m.ConversationID], "one reply each")
	}
	require.Len(t, seen, conversations)
}

func TestMistakesAreToldPlainly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		say  string
	}{
		"no such command":     {nil, []string{"start"}, `there is no command "start"`},
		"no such flag":        {nil, []string{"serve", "--wrong"}, "-wrong"},
		"bad address":         {map[string]string{"MSIA_ADDR": "8080"}, []string{"serve"}, "MSIA_ADDR"},
		"weak password":       {map[string]string{"MSIA_ADMIN_PASSWORD": "corta"}, []string{"serve"}, "MSIA_ADMIN_PASSWORD"},
		"half a Chatwoot":     {map[string]string{"CHATWOOT_API_URL": "http://127.0.0.1:1"}, []string{"serve"}, "CHATWOOT_API_TOKEN"},
		"database elsewhere":  {map[string]string{"DATABASE_URL": "not a url"}, []string{"migrate"}, "database URL"},
		"no such role":        {map[string]string{"DATABASE_URL": "x"}, []string{"user", "create", "--username", "ana", "--role", "boss"}, "role"},
		"no PostgreSQL there": {map[string]string{"PG_BINDIR": "/nonexistent", "MSIA_DATA_DIR": "DIR"}, []string{"migrate"}, "PostgreSQL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{}
			for k, v := range c.env {
				env[k] = strings.ReplaceAll(v, "DIR", t.TempDir())
			}
			if env["DATABASE_URL"] == "x" {
				env["DATABASE_URL"] = testdb.DSN(t)
			}
			out, err := msiaCommand(t, env, c.args...).CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(out), c.say)
			require.NotContains(t, string(out), "goroutine")
		})
	}
}
