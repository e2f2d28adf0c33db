package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/images/imagetest"
	"github.com/msia/msia/internal/localpg"
	"github.com/msia/msia/internal/pdf/pdftest"
	"github.com/msia/msia/internal/testdb"
)

// withBucket adds a bucket of an S3 server to an environment.
func withBucket(t *testing.T, env map[string]string) {
	t.Helper()
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("msia"))
	s := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(s.Close)
	env["MSIA_BLOB_URL"] = "s3://msia?" + url.Values{"endpoint": {s.URL}, "use_path_style": {"true"}, "region": {"us-east-1"}}.Encode()
	env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = "key", "secret"
}

// writers put and delete pictures and have customers write, until stopped.
type writers struct {
	mu sync.Mutex
	// kept are the pictures that were acknowledged and stay, by their addresses.
	kept    map[string]string
	stop    context.CancelFunc
	waiting sync.WaitGroup
}

func (w *writers) acknowledged() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.kept)
}

func startWriters(t *testing.T, p *process, cw *chatwoottest.Server, token string) *writers {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &writers{kept: map[string]string{}, stop: cancel}
	for n := range 2 {
		w.waiting.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				status, body := uploadImage(p, token, imagetest.JPEG(imagetest.Photo(64, 48, uint64(n*100_000+i)), 80))
				var image struct{ ID, URL string }
				if status != http.StatusCreated || json.Unmarshal([]byte(body), &image) != nil {
					t.Errorf("upload: %d %s", status, body)
					return
				}
				if i%3 == 0 { // every third goes again at once
					call(t, p, token, http.MethodDelete, "/api/images/id/"+image.ID, "")
					continue
				}
				sum := sha256.Sum256(fetch(t, p, image.URL))
				w.mu.Lock()
				w.kept[image.URL] = hex.EncodeToString(sum[:])
				w.mu.Unlock()
			}
		})
	}
	w.waiting.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			p.deliver(cw, cw.Incoming(chatwoottest.Incoming{Text: mainJob, Phone: fmt.Sprintf("+3460%07d", i)}), "queued")
			time.Sleep(20 * time.Millisecond)
		}
	})
	return w
}

func (w *writers) end() { w.stop(); w.waiting.Wait() }

func fetch(t *testing.T, p *process, path string) []byte {
	t.Helper()
	res, err := http.Get(p.url + path)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s: %s", path, body)
	return body
}

// TestBackupUnderLoad backs up two replicas that share a bucket while they are
// written to, and restores the backup on a machine that has nothing.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	cw, dsn := chatwoottest.New(t), testdb.DSN(t)
	env := withChatwoot(cw, dsn, filepath.Join(t.TempDir(), "data"))
	withBucket(t, env)
	first := launch(t, env).ready()
	secondEnv := maps.Clone(env)
	secondEnv["MSIA_ADDR"], secondEnv["MSIA_DATA_DIR"] = freeAddr(t), filepath.Join(t.TempDir(), "data")
	second := launch(t, secondEnv, "serve", "--workers=false").ready()
	token := signIn(t, first)
	law := pdftest.Regulation()
	document := uploadDocument(t, first, token, law)
	load := startWriters(t, first, cw, token)
	require.Eventually(t, func() bool { return len(load.acknowledged()) >= 10 }, patience, 20*time.Millisecond)
	for path, sum := range load.acknowledged() {
		require.Equal(t, sum, hashOf(fetch(t, second, path)), "one store for both")
	}

	folder := t.TempDir()
	before := load.acknowledged()
	out, err := msiaCommand(t, env, "backup", folder).CombinedOutput()
	require.NoError(t, err, "%s", out)
	after := load.acknowledged()
	load.end()
	require.Greater(t, len(after), len(before), "it served meanwhile")
	first.kill()
	second.kill()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing half-made is left")
	archive := files[0]
	require.Regexp(t, `msia-\d{8}T\d{6}Z\.tar$`, archive)

	// Another machine: a private PostgreSQL and a folder.
	elsewhere := withChatwoot(cw, "", filepath.Join(t.TempDir(), "msia"))
	delete(elsewhere, "DATABASE_URL")
	out, err = msiaCommand(t, elsewhere, "restore", archive).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "compared")
	out, err = msiaCommand(t, elsewhere, "restore", archive).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "empty", "never over what is there")

	cw.SetWebhook("https://msia.example.com/api/chatwoot/webhook?token=x",
		"message_created", "message_updated", "conversation_status_changed", "conversation_updated", "contact_updated")
	out, err = msiaCommand(t, elsewhere, "doctor", "--json").Output()
	require.NoError(t, err, "%s", out)
	require.NotContains(t, string(out), "advice")

	// What was there at the moment is there again, and nothing else.
	restored := launch(t, elsewhere, "serve", "--workers=false").ready()
	for path, sum := range before {
		require.Equal(t, sum, hashOf(fetch(t, restored, path)))
	}
	private, err := localpg.RunningDSN(elsewhere["MSIA_DATA_DIR"])
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), private)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	rows, err := conn.Query(t.Context(), "SELECT '/api/images/' || stored_filename FROM images")
	require.NoError(t, err)
	addresses, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	objects := map[string]bool{}
	for _, path := range addresses {
		sum := hashOf(fetch(t, restored, path))
		objects[sum] = true
		if want, known := after[path]; known {
			require.Equal(t, want, sum)
		}
	}
	require.Equal(t, string(law), call(t, restored, signIn(t, restored), http.MethodGet, "/api/rag/documents/"+document+"/file", ""))
	require.Len(t, filesBelow(t, filepath.Join(elsewhere["MSIA_DATA_DIR"], "files")), len(objects)+1, "no file that nothing refers to")
	var images, changes, messages, customers int
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM images),
		(SELECT count(*) FILTER (WHERE action = 'create') - count(*) FILTER (WHERE action = 'delete') FROM audit_log WHERE entity_type = 'image'),
		(SELECT count(*) FROM messages WHERE author = 'customer'), (SELECT count(*) FROM customers)`).Scan(&images, &changes, &messages, &customers))
	require.Equal(t, images, changes, "tables as of one moment")
	require.Equal(t, messages, customers)
	require.Positive(t, messages)
	require.GreaterOrEqual(t, images, len(before))

	t.Run("a damaged backup", func(t *testing.T) {
		whole, err := os.ReadFile(archive)
		require.NoError(t, err)
		flipped := bytes.Clone(whole)
		flipped[600] ^= 1 // in the first file
		for name, content := range map[string][]byte{"flipped": flipped, "cut off": whole[:len(whole)*2/3], "something else": []byte("hello")} {
			path := filepath.Join(t.TempDir(), "x.tar")
			require.NoError(t, os.WriteFile(path, content, 0o600))
			empty := map[string]string{"MSIA_DATA_DIR": filepath.Join(t.TempDir(), "msia")}
			out, err := msiaCommand(t, empty, "restore", path).CombinedOutput()
			require.Error(t, err, name)
			require.Regexp(t, "damaged|not a whole backup", string(out), name)
			require.Empty(t, filesBelow(t, filepath.Join(empty["MSIA_DATA_DIR"], "files")), name)
		}
	})
}

func uploadDocument(t *testing.T, p *process, token string, file []byte) (id string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "norma.pdf")
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	r, err := http.NewRequest(http.MethodPost, p.url+"/api/rag/documents", &b)
	require.NoError(t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(t, http.StatusAccepted, res.StatusCode)
	var document struct{ ID string }
	require.NoError(t, json.NewDecoder(res.Body).Decode(&document))
	return document.ID
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func filesBelow(t *testing.T, dir string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	return names
}

// TestDoctor has it look at what is wrong.
func TestDoctor(t *testing.T) {
	t.Parallel()
	type report struct {
		Status string
		Checks []struct{ Check, Status, Detail, Advice string }
	}
	examine := func(env map[string]string) (r report, code int) {
		cmd := msiaCommand(t, env, "doctor", "--json")
		out, _ := cmd.Output()
		require.NoError(t, json.Unmarshal(out, &r), "%s", out)
		for _, c := range r.Checks {
			require.Equal(t, c.Status == "ok", c.Advice == "", "%+v", c)
		}
		return r, cmd.ProcessState.ExitCode()
	}
	status := func(r report, check string) string {
		for _, c := range r.Checks {
			if c.Check == check {
				return c.Status
			}
		}
		return "not looked at"
	}
	t.Run("wrong configuration", func(t *testing.T) {
		r, code := examine(map[string]string{"MSIA_ADDR": "8080"})
		require.Equal(t, []any{1, "error", "error", 1}, []any{code, r.Status, status(r, "configuration"), len(r.Checks)})
	})
	t.Run("nothing yet", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "new")
		r, code := examine(map[string]string{"MSIA_DATA_DIR": dir})
		require.Equal(t, []any{3, "warning", "ok"}, []any{code, status(r, "PostgreSQL"), status(r, "picture decoder")})
		require.Empty(t, filesBelow(t, dir))
	})
	t.Run("all kinds of trouble", func(t *testing.T) {
		pool, dir := testdb.New(t), filepath.Join(t.TempDir(), "data")
		spool := filepath.Join(dir, "spool")
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "files"), 0o700))
		require.NoError(t, os.MkdirAll(spool, 0o700))
		body := filepath.Join(spool, "1.json")
		require.NoError(t, os.WriteFile(body, nil, 0o600))
		require.NoError(t, os.Chtimes(body, time.Time{}, time.Now().Add(-time.Hour)))
		_, err := pool.Exec(t.Context(), `INSERT INTO river_job (kind, args, max_attempts, state, scheduled_at) VALUES ('a', '{}', 3, 'available', now() - interval '1 hour');
			INSERT INTO image_objects (sha256, content_type, width, height, size_bytes, created_at) VALUES (sha256('x'), 'image/jpeg', 1, 1, 1, now());
			DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)
		require.NoError(t, err)
		cw := chatwoottest.New(t)
		cw.SetWebhook("https://elsewhere.example.com/hook")
		env := withChatwoot(cw, pool.Config().ConnString(), dir)
		env["MSIA_ADDR"] = "0.0.0.0:1"
		env["CHATWOOT_WEBHOOK_SECRET"] = ""
		env["MSIA_REDIS_URL"] = "redis://127.0.0.1:1/0"
		r, code := examine(env)
		require.Equal(t, 1, code)
		for check, want := range map[string]string{
			"configuration": "ok", "data folder": "ok", "PostgreSQL": "ok", "pgvector": "ok", "clock": "ok", "migrations": "warning", "accounts": "warning",
			"jobs": "warning", "replies": "ok", "file store": "error", "webhook spool": "warning", "public address": "warning",
			"webhooks": "error", "Chatwoot": "error", "Redis": "warning", "picture decoder": "ok",
		} {
			require.Equal(t, want, status(r, check), "%s: %+v", check, r)
		}
	})
	t.Run("no database there", func(t *testing.T) {
		r, code := examine(map[string]string{"MSIA_DATA_DIR": filepath.Join(t.TempDir(), "data"), "DATABASE_URL": "postgres://127.0.0.1:1/x"})
		require.Equal(t, []any{1, "error", "not looked at"}, []any{code, status(r, "PostgreSQL"), status(r, "jobs")})
	})
	t.Run("for people", func(t *testing.T) {
		out, err := msiaCommand(t, map[string]string{"MSIA_DATA_DIR": filepath.Join(t.TempDir(), "new")}, "doctor").Output()
		require.Error(t, err)
		require.Contains(t, string(out), "→ start it once: msia serve")
		require.True(t, strings.HasPrefix(string(out), "ok       configuration"), "%s", out)
	})
}

// TestHealth asks a server that is not there, and one that is.
func TestHealth(t *testing.T) {
	t.Parallel()
	env := map[string]string{"DATABASE_URL": testdb.DSN(t), "MSIA_DATA_DIR": t.TempDir(), "MSIA_ADDR": freeAddr(t)}
	out, err := msiaCommand(t, env, "health").CombinedOutput()
	require.Error(t, err, "%s", out)
	launch(t, env).ready()
	out, err = msiaCommand(t, env, "health").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), `"ready"`)
	out, err = msiaCommand(t, env, "health", "--worker").CombinedOutput()
	require.Error(t, err, "%s", out)
	require.Contains(t, string(out), "no address")
}
