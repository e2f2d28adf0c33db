package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"

	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/config"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/wire"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/limits"
	"github.com/msia/msia/internal/localpg"
	"github.com/msia/msia/internal/objects"
)

// What doctor takes for too little, too much or too long.
const (
	diskLow, diskOut     = 2 << 30, 500 << 20 // bytes
	inodesLow            = 10_000
	clockOff, clockWrong = 2 * time.Second, time.Minute
	waitsLong            = time.Minute
	filesTried           = 200
)

const readDocs = "see docs/operations.md"

func (d *diagnosis) configuration(context.Context) finding {
	if d.env.configError != nil {
		return mend("set the variables right; .env.example describes each", "%v", d.env.configError)
	}
	return good("the environment makes sense")
}

func (d *diagnosis) dataFolder(context.Context) finding {
	dir, err := dataFolder(d.env)
	if err != nil {
		return mend("set MSIA_DATA_DIR to a folder that this user may write in", "%v", err)
	}
	if err := localpg.UsableDataDir(dir); err != nil {
		return mend("set MSIA_DATA_DIR to a folder that this user may write in", "%v", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return mend("set MSIA_DATA_DIR", "%v", err)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return mend("look after the disk", "%s: %v", dir, err)
	}
	free := fs.Bavail * uint64(fs.Bsize)
	room := fmt.Sprintf("%s has room for %.1f GB", dir, float64(free)/(1<<30))
	switch {
	case free < diskOut:
		return mend("make room: uploads fail soon, and then the database stops", "%s", room)
	case free < diskLow || (fs.Files > 0 && fs.Ffree < inodesLow):
		return look("make room, or move the folder to a larger disk", "%s, and for %d files", room, fs.Ffree)
	case info.Mode().Perm()&0o007 != 0:
		return look("chmod o-rwx "+dir, "%s, and everybody on this machine may look into it", room)
	}
	return good("%s", room)
}

// postgres connects, to the private server too, if it has data.
func (d *diagnosis) postgres(ctx context.Context) finding {
	var err error
	if d.env.cfg.DatabaseURL == "" {
		dir, err := dataFolder(d.env)
		if err != nil {
			return mend("set MSIA_DATA_DIR", "%v", err)
		}
		server, cluster, err := localpg.Look(localpg.Config{DataDir: dir, BinDir: d.env.cfg.PGBinDir})
		if err != nil {
			return mend("install what is missing (make setup), or set DATABASE_URL", "%v", err)
		}
		if !cluster {
			return look("start it once: msia serve", "%s is there; there is no data in %s yet", server, dir)
		}
	}
	if d.database, err = joinDatabase(ctx, d.env); err != nil {
		return mend("read what PostgreSQL says, in its log beside the data", "%v", err)
	}
	if d.pool, err = d.database.pool(ctx, "doctor", 2); err != nil {
		return mend("set DATABASE_URL right", "%v", err)
	}
	var number, connections, open int
	var name string
	err = d.pool.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_version'),
		current_setting('max_connections')::int, (SELECT count(*) FROM pg_stat_activity)`).Scan(&number, &name, &connections, &open)
	if err != nil {
		d.pool.Close()
		d.pool = nil
		return mend("start PostgreSQL, or set DATABASE_URL right", "it does not answer: %v", err)
	}
	said := fmt.Sprintf("PostgreSQL %s answers; %d of %d connections are in use", name, open, connections)
	switch {
	case number < 150000:
		return mend("use PostgreSQL 15 or newer", "%s", said)
	case open > connections*8/10:
		return look(fmt.Sprintf("raise max_connections: each process of msia takes up to %d", poolSize+ackPoolSize+2), "%s", said)
	}
	return good("%s", said)
}

func (d *diagnosis) pgvector(ctx context.Context) finding {
	var installed, available *string
	err := d.pool.QueryRow(ctx, `SELECT (SELECT extversion FROM pg_extension WHERE extname = 'vector'),
		(SELECT default_version FROM pg_available_extensions WHERE name = 'vector')`).Scan(&installed, &available)
	switch {
	case err != nil:
		return mend("look after the database", "%v", err)
	case installed != nil:
		return good("version %s", *installed)
	case available != nil:
		return look("msia migrate creates it; without a superuser: CREATE EXTENSION vector", "version %s is there, and not in this database yet", *available)
	}
	return mend("install it on the database's machine", "%v", db.ErrNoPgvector)
}

func (d *diagnosis) schema(ctx context.Context) (has, newest int64, err error) {
	return db.Schema(ctx, d.pool)
}

func (d *diagnosis) migrations(ctx context.Context) finding {
	has, newest, err := d.schema(ctx)
	switch {
	case err != nil:
		return mend("look after the database", "%v", err)
	case has < newest:
		return look("msia migrate, or start msia", "the database is at %d, this msia at %d", has, newest)
	case has > newest:
		return mend("use the msia that migrated it, or a newer one", "the database is at %d, this msia knows %d", has, newest)
	}
	return good("the database is at %d, as this msia is", has)
}

func (d *diagnosis) clock(ctx context.Context) finding {
	if _, err := time.LoadLocation("Europe/Madrid"); err != nil {
		return mend("install tzdata", "%v", err)
	}
	before := time.Now()
	var there time.Time
	if err := d.pool.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&there); err != nil {
		return mend("look after the database", "%v", err)
	}
	after := time.Now()
	off := max(before.Sub(there), there.Sub(after), 0).Round(time.Millisecond)
	const advice = "have both machines set their clocks (NTP): signed webhooks are refused when it is five minutes off"
	switch {
	case off > clockWrong:
		return mend(advice, "%s off the database's", off)
	case off > clockOff:
		return look(advice, "%s off the database's", off)
	}
	return good("that of the database")
}

func (d *diagnosis) accounts(ctx context.Context) finding {
	var admins int
	if err := d.pool.QueryRow(ctx, "SELECT count(*) FROM accounts WHERE is_active AND role = 'admin'").Scan(&admins); err != nil {
		return mend("look after the database", "%v", err)
	}
	if admins == 0 {
		return look("msia serve makes the first, msia user create others", "nobody may administer this system")
	}
	return good("%d may administer this system", admins)
}

func (d *diagnosis) jobs(ctx context.Context) finding {
	waiting, err := jobs.ListWaiting(ctx, d.pool)
	if err != nil {
		return mend("look after the database", "%v", err)
	}
	now := time.Now()
	stuck, discarded := int64(0), int64(0)
	var late time.Duration
	for _, w := range waiting {
		switch w.State {
		case jobs.StateDue:
			late = now.Sub(w.Oldest)
		case "discarded":
			discarded = w.Jobs
		}
	}
	if err := d.pool.QueryRow(ctx, "SELECT count(*) FROM river_job WHERE state = 'running' AND attempted_at < $1", now.Add(-time.Hour)).Scan(&stuck); err != nil {
		return mend("look after the database", "%v", err)
	}
	switch {
	case late > waitsLong:
		return look("start a worker (msia serve or msia worker); if one runs, read its log", "the first job has been due for %s", late.Round(time.Second))
	case stuck > 0:
		return look("read the workers' logs; a job of a killed process is begun again by the others", "%d have been running for more than an hour", stuck)
	case discarded > 0:
		return look("look at them in the admin UI", "%d were given up in the last days", discarded)
	}
	return good("none is late")
}

func (d *diagnosis) replies(ctx context.Context) finding {
	var failed, late int
	err := d.pool.QueryRow(ctx, `SELECT count(*) FILTER (WHERE status = 'failed' AND created_at > now() - interval '1 day'),
		count(*) FILTER (WHERE status IN ('pending', 'sending') AND created_at < now() - interval '10 minutes') FROM outbox`).Scan(&failed, &late)
	switch {
	case err != nil:
		return mend("look after the database", "%v", err)
	case late > 0:
		return look("see whether Chatwoot answers", "%d have waited for more than ten minutes", late)
	case failed > 0:
		return look("look at the conversations that wait for people", "%d could not be delivered since yesterday", failed)
	}
	return good("none waits")
}

// fileStore writes, reads and removes a file, and looks for some that have to be
// there.
func (d *diagnosis) fileStore(ctx context.Context) finding {
	const advice = "see to it that this user, or these credentials, may read, write and delete there (MSIA_BLOB_URL)"
	store, err := objects.Open(ctx, fileStore(d.env.cfg, d.database.dataDir))
	if err != nil {
		return mend(advice, "%v", err)
	}
	defer func() { _ = store.Close() }()
	if err := roundTrip(ctx, store); err != nil {
		return mend(advice, "%v", err)
	}
	if d.pool == nil {
		return good("it keeps what it is given")
	}
	if has, _, err := d.schema(ctx); err != nil || has == 0 {
		return good("it keeps what it is given")
	}
	var keys []string
	err = db.InSnapshot(ctx, d.pool, func(ctx context.Context, tx pgx.Tx) error {
		keys, err = referenced(ctx, tx)
		return err
	})
	if err != nil {
		return mend("look after the database", "%v", err)
	}
	tried, lost := 0, []string{}
	for i := 0; i < len(keys); i += len(keys)/filesTried + 1 {
		tried++
		there, err := store.Exists(ctx, keys[i])
		if err != nil {
			return mend(advice, "%v", err)
		}
		if !there {
			lost = append(lost, keys[i])
		}
	}
	if len(lost) > 0 {
		return mend("restore a backup elsewhere and copy them from there", "%d of %d files tried are not there, %s among them", len(lost), tried, lost[0])
	}
	return good("it keeps what it is given; %d of %d files were looked for and are there", tried, len(keys))
}

// roundTrip writes, reads and removes a file.
func roundTrip(ctx context.Context, store *objects.Store) error {
	key, body := "doctor/"+uuid.NewString(), []byte("written by msia doctor")
	if err := store.Put(ctx, key, bytes.NewReader(body), "text/plain"); err != nil {
		return err
	}
	f, err := store.Open(ctx, key)
	if err == nil && f == nil {
		err = errors.New("a file that was just written is not there")
	}
	if err == nil {
		var got []byte
		got, err = io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err == nil && !bytes.Equal(got, body) {
			err = errors.New("a file that was just written has other bytes")
		}
	}
	return errors.Join(err, store.Remove(ctx, key))
}

func (d *diagnosis) spool(context.Context) finding {
	dir := d.database.spoolDir()
	waiting, oldest, err := spooled(dir)
	if err != nil {
		return mend("see to it that this user may use "+dir, "%v", err)
	}
	rejected, _, err := spooled(filepath.Join(dir, "rejected"))
	switch age := time.Since(oldest); {
	case err != nil:
		return mend("see to it that this user may use "+dir, "%v", err)
	case waiting > 0 && age > waitsLong:
		return look("start msia serve here, and see whether the database answers", "%d webhooks wait, the oldest for %s", waiting, age.Round(time.Second))
	case rejected > 0:
		return look("read why in the log; they are deleted after a week", "%d webhooks were taken and could not be understood", rejected)
	}
	return good("%d webhooks wait", waiting)
}

// spooled counts the webhooks in a folder.
func spooled(dir string) (n int, oldest time.Time, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return 0, time.Time{}, nil // nothing was ever taken here
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || filepath.Ext(e.Name()) != ".json" {
			continue // taken meanwhile, or not one
		}
		if n++; oldest.IsZero() || info.ModTime().Before(oldest) {
			oldest = info.ModTime()
		}
	}
	return n, oldest, err
}

// decoder has a picture decoded, as an upload is.
func (d *diagnosis) decoder(ctx context.Context) finding {
	program, err := os.Executable()
	if err != nil {
		return mend("run msia from its file", "%v", err)
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		return mend(readDocs, "%v", err)
	}
	info, err := guard.Check(file.Bytes())
	if err != nil {
		return mend(readDocs, "%v", err)
	}
	pool := images.NewPool(images.PoolConfig{Command: []string{program, wire.Command}, Processes: 1, Queue: 1, Log: d.env.log})
	defer pool.Close()
	picture, err := pool.Normalise(ctx, bytes.NewReader(file.Bytes()), info, 32, 80)
	switch {
	case err != nil:
		return mend("install libvips (make setup), and read the log", "no picture can be decoded: %v", err)
	case picture.Width != 32 || picture.Height != 24:
		return mend("install another libvips", "a picture came out as %d × %d", picture.Width, picture.Height)
	}
	return good("libvips decodes; %d at once", runtime.NumCPU())
}

func (d *diagnosis) publicAddress(ctx context.Context) finding {
	url := d.env.cfg.PublicURL
	if url == "" {
		if d.env.cfg.LoopbackOnly() {
			return good("only this machine reaches %s", d.env.cfg.Addr)
		}
		return look("set MSIA_PUBLIC_URL to https://name, and put a proxy with TLS in front", "others reach %s, and no address of theirs is set", d.env.cfg.Addr)
	}
	status, body, err := ask(ctx, url+"/healthz")
	switch {
	case err != nil:
		return look("see to DNS, the proxy and the firewall; it may be that only this machine cannot reach it", "%v", err)
	case status != http.StatusOK || !bytes.Contains(body, []byte(`"version"`)):
		return look("let the proxy pass everything on to "+d.env.cfg.Addr, "%s/healthz answers %d, and not as msia does", url, status)
	case !strings.HasPrefix(url, "https://"):
		return look("put TLS in front: passwords and customers' data go over this", "%s answers, without TLS", url)
	}
	return good("%s answers", url)
}

func (d *diagnosis) redis(ctx context.Context) finding {
	r, err := limits.NewRedis(string(d.env.cfg.Limits.RedisURL), limits.NewMemory(1, time.Now), d.env.log)
	if err != nil {
		return mend("set MSIA_REDIS_URL right", "%v", err)
	}
	defer func() { _ = r.Close() }()
	if err := r.Check(ctx); err != nil {
		return look("start it, or set MSIA_REDIS_URL right", "%v", err)
	}
	return good("it answers")
}

func (d *diagnosis) webhookAuth(context.Context) finding {
	cw := d.env.cfg.Chatwoot
	switch {
	case len(cw.WebhookSecrets) > 0:
		return good("signed ones are taken")
	case cw.WebhookToken != "":
		return look("use a Chatwoot from 4.11.2 and CHATWOOT_WEBHOOK_SECRET", "whoever knows the token in their address is believed")
	case d.env.cfg.LoopbackOnly():
		return look("set CHATWOOT_WEBHOOK_SECRET before anything else can reach msia", "all from this machine are believed")
	}
	return mend("set CHATWOOT_WEBHOOK_SECRET", "all are refused")
}

// webhookEvents are those that msia needs to hear of.
var webhookEvents = []string{"message_created", "message_updated", "conversation_status_changed", "conversation_updated", "contact_updated"}

func (d *diagnosis) chatwoot(ctx context.Context) finding {
	cw := d.env.cfg.Chatwoot
	if !cw.Configured() {
		return look("set CHATWOOT_API_URL, CHATWOOT_ACCOUNT_ID and CHATWOOT_API_TOKEN to have replies sent", "not connected: replies are kept")
	}
	client, err := chatwoot.NewClient(chatwoot.ClientConfig{
		BaseURL: cw.APIURL, AccountID: cw.AccountID, UserToken: chatwoot.Secret(cw.APIToken), BotToken: chatwoot.Secret(cw.BotToken),
	})
	if err != nil {
		return mend("set the variables right", "%v", err)
	}
	if _, err := client.Conversations(ctx, time.Minute); err != nil {
		return mend("see whether CHATWOOT_API_URL answers from here, and whether the token is a user's of this account", "%v", err)
	}
	hooks, err := client.Webhooks(ctx)
	if err != nil {
		return look("use an administrator's token, or look under Settings → Integrations → Webhooks yourself", "it answers; which webhooks there are it does not say: %v", err)
	}
	return webhookFinding(hooks, d.env.cfg)
}

// webhookFinding says whether one of the webhooks leads here.
func webhookFinding(hooks []chatwoot.APIWebhook, cfg config.Config) finding {
	want := cfg.PublicURL + "/api/chatwoot/webhook"
	i := slices.IndexFunc(hooks, func(h chatwoot.APIWebhook) bool {
		address, _, _ := strings.Cut(h.URL, "?") // a token may follow
		return cfg.PublicURL != "" && address == want || cfg.PublicURL == "" && strings.HasSuffix(address, "/api/chatwoot/webhook")
	})
	if i < 0 {
		return mend("add it under Settings → Integrations → Webhooks", "it answers, and has no webhook that leads to %s", want)
	}
	missing := slices.DeleteFunc(slices.Clone(webhookEvents), func(e string) bool { return slices.Contains(hooks[i].Subscriptions, e) })
	if len(missing) > 0 {
		return look("tick them under Settings → Integrations → Webhooks", "its webhook leaves out %s", strings.Join(missing, ", "))
	}
	return good("it answers, and its webhook leads here")
}
