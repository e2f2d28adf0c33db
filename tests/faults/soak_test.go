//go:build faults

package faults_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/testdb"
)

var (
	soakMessages = flag.Int("messages", 10_000, "how many customers' messages TestSoak sends")
	soakRate     = flag.Float64("rate", 70, "how many of them a second")
)

const (
	soakTalks = 400
	// soakPatience is how long a message may go unanswered: one that no server
	// took is looked for every minute, while everything else is broken, too.
	soakPatience = 6 * time.Minute
)

// talk is a customer who waits for each answer before the next message.
type talk struct {
	phone string
	id    int64 // of the conversation
	said  int
}

// soak is the state of a test.
type soak struct {
	*fleet
	pace *rate.Limiter
	// signedIn are the headers of the first admin.
	signedIn http.Header
	// lost are messages whose server died before it acknowledged them.
	lost, delivered atomic.Int64
	mu              sync.Mutex
	wrong           []string
	replies         map[int64][]chatwoottest.Message
}

func (s *soak) wrongly(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

// answered returns the replies in a conversation.
func (s *soak) answered(conversation int64) []chatwoottest.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.replies[conversation]
}

// TestSoak: three servers and two workers, thousands of messages, PostgreSQL
// stopped, killed and crashed, and a process killed every few seconds. Each message
// is answered exactly once and in its turn, also those that a killed server never
// acknowledged, and nobody is told 500.
func TestSoak(t *testing.T) {
	postgres := testdb.StartOwn(t)
	s := &soak{fleet: startFleet(t, postgres.URL(), 3, 2), pace: rate.NewLimiter(rate.Limit(*soakRate), 1)}
	s.prepare(*soakMessages / soakTalks)
	ctx, end := context.WithCancel(t.Context())
	var beside sync.WaitGroup
	beside.Go(func() { s.readReplies(ctx) })
	beside.Go(func() { s.work(ctx) })
	storm, calm := context.WithCancel(ctx)
	var breaking sync.WaitGroup
	kills := 0
	breaking.Go(func() { kills = s.killSomebody(storm) })
	breaking.Go(func() { s.breakDatabase(storm, postgres) })

	began := time.Now()
	talks := make([]*talk, soakTalks)
	var talking sync.WaitGroup
	for i := range talks {
		talks[i] = &talk{phone: fmt.Sprintf("+3461%07d", i)}
		talking.Go(func() { s.speak(talks[i], *soakMessages/soakTalks) })
	}
	beside.Go(func() {
		for s.delivered.Load()+s.lost.Load() < int64(*soakMessages*9/10) && ctx.Err() == nil {
			time.Sleep(100 * time.Millisecond)
		}
		calm() // the last tenth is sent in peace
	})
	talking.Wait()
	calm()
	breaking.Wait()
	end()
	beside.Wait()
	t.Logf("%d messages in %s: %d acknowledged, %d on their way to a server that died; %d processes killed",
		*soakMessages, time.Since(began).Round(time.Second), s.delivered.Load(), s.lost.Load(), kills)

	require.Empty(t, s.wrong[:min(len(s.wrong), 20)], "%d things went wrong", len(s.wrong))
	assert.Positive(t, s.lost.Load(), "none had to be looked for: the test showed little")
	assert.Greater(t, kills, *soakMessages/int(*soakRate)/10)
	s.replies = group(s.cw.Sent())
	for _, k := range talks {
		require.Len(t, s.replies[k.id], k.said, "replies to %s", k.phone)
	}
	s.audit(postgres.URL())
}

// prepare makes a rule for each message of a talk, so that each has an answer that
// no other has.
func (s *soak) prepare(messages int) {
	s.t.Helper()
	login := s.must(http.MethodPost, "/api/admin/auth/login", jsonHeader, `{"username": "admin", "password": "`+password+`"}`)
	var session struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(s.t, json.Unmarshal(login, &session))
	s.signedIn = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + session.AccessToken}}
	for i := 1; i < messages; i++ {
		s.must(http.MethodPost, "/api/admin/response-rules", s.signedIn,
			fmt.Sprintf(`{"name": "Regla %d", "pattern": "asunto %[1]d[?]", "action": "answer", "answer": "Del asunto %[1]d hablamos en la visita."}`, i))
	}
}

func (f *fleet) must(method, path string, header http.Header, body string) []byte {
	f.t.Helper()
	got, err := f.ask(method, path, header, body)
	require.NoError(f.t, err)
	require.Less(f.t, got.status, 300, "%s", got.body)
	return got.body
}

// speak asks for a price and then about this and that, each time when what was asked
// before has been answered.
func (s *soak) speak(k *talk, messages int) {
	for i := range messages {
		if err := s.pace.Wait(s.t.Context()); err != nil {
			return
		}
		text, want := fmt.Sprintf("¿Qué hay del asunto %d?", i), fmt.Sprintf("Del asunto %d hablamos", i)
		if i == 0 {
			text, want = "Hola, quiero homologar el escape y el manillar de mi moto", "175,00 €"
		}
		hook := s.cw.Incoming(chatwoottest.Incoming{Text: text, Phone: k.phone, Name: "Cliente"})
		k.id = hook.ConversationID
		k.said++
		s.deliver(hook)
		deadline := time.Now().Add(soakPatience)
		for len(s.answered(k.id)) < k.said {
			if time.Now().After(deadline) {
				s.wrongly("message %d of %s: no answer in %s", i, k.phone, soakPatience)
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		if got := s.answered(k.id); len(got) > k.said || !strings.Contains(got[i].Shown, want) {
			s.wrongly("message %d of %s: %d replies, the last %q", i, k.phone, len(got), got[len(got)-1].Shown)
			return
		}
	}
}

// deliver posts a webhook once, as Chatwoot does.
func (s *soak) deliver(hook chatwoottest.Webhook) {
	switch got, err := s.ask(http.MethodPost, "/api/chatwoot/webhook", s.cw.Sign(hook.Body, time.Now()), string(hook.Body)); {
	case err != nil:
		s.lost.Add(1)
	case got.status != http.StatusOK:
		s.wrongly("webhook answered %d: %s", got.status, got.body)
	default:
		s.delivered.Add(1)
	}
}

// readReplies keeps what has been replied.
func (s *soak) readReplies(ctx context.Context) {
	for told := time.Now(); ctx.Err() == nil; {
		sent := s.cw.Sent()
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			s.t.Logf("%d acknowledged, %d lost, %d answered", s.delivered.Load(), s.lost.Load(), len(sent))
		}
		replies := group(sent)
		s.mu.Lock()
		s.replies = replies
		s.mu.Unlock()
		time.Sleep(100 * time.Millisecond)
	}
}

func group(sent []chatwoottest.Message) map[int64][]chatwoottest.Message {
	out := map[int64][]chatwoottest.Message{}
	for _, m := range sent {
		out[m.ConversationID] = append(out[m.ConversationID], m)
	}
	return out
}

// work is what staff and visitors do meanwhile: they may be told to wait, never
// that something broke.
func (s *soak) work(ctx context.Context) {
	counts := map[int]int{}
	for ctx.Err() == nil {
		for _, request := range []struct {
			method, path, body string
			header             http.Header
		}{
			{method: http.MethodGet, path: "/api/elements"},
			{method: http.MethodGet, path: "/api/tariffs/categories/motos-part"},
			{method: http.MethodGet, path: "/api/admin/conversations?limit=20", header: s.signedIn},
			{method: http.MethodGet, path: "/api/admin/dashboard", header: s.signedIn},
			{method: http.MethodPost, path: "/api/tariffs/quote", body: `{"category": "motos-part", "elements": [{"code": "ESCAPE"}]}`, header: jsonHeader},
		} {
			got, err := s.ask(request.method, request.path, request.header, request.body)
			switch {
			case err != nil:
				continue // its server was killed
			case got.status == http.StatusServiceUnavailable && got.header.Get("Retry-After") == "":
				s.wrongly("%s: 503 without Retry-After", request.path)
			case got.status != http.StatusOK && got.status != http.StatusServiceUnavailable:
				s.wrongly("%s: %d %s", request.path, got.status, got.body)
			}
			counts[got.status]++
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Logf("other requests, by status: %v", counts)
	assert.Positive(s.t, counts[http.StatusOK])
}

// killSomebody kills a server or worker every few seconds, and says how many.
func (s *soak) killSomebody(ctx context.Context) int {
	members := slices.Concat(s.servers, s.workers)
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return n
		case <-time.After(4 * time.Second):
		}
		s.restart(members[rand.IntN(len(members))])
	}
}

// breakDatabase restarts PostgreSQL three times: in order, at once, and because one
// of its processes crashed.
func (s *soak) breakDatabase(ctx context.Context, postgres *testdb.Own) {
	for i, breakIt := range []func(){
		func() { postgres.Stop(); time.Sleep(2 * time.Second); postgres.Start() },
		func() { s.signal(postgres.URL(), true, syscall.SIGQUIT) },
		func() { s.signal(postgres.URL(), false, syscall.SIGKILL) },
	} {
		for s.delivered.Load() < int64(*soakMessages*(i+1)/5) {
			if ctx.Err() != nil {
				s.wrongly("PostgreSQL was restarted %d times only", i)
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		breakIt()
		s.t.Logf("PostgreSQL restarted after %d messages", s.delivered.Load())
	}
}

// signal sends a signal to a process of PostgreSQL's: the one behind a connection,
// or the first.
func (s *soak) signal(databaseURL string, first bool, sig syscall.Signal) {
	conn, err := pgx.Connect(s.t.Context(), databaseURL)
	if !assert.NoError(s.t, err) {
		return
	}
	defer func() { _ = conn.Close(context.WithoutCancel(s.t.Context())) }()
	pid := int(conn.PgConn().PID())
	if first {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		assert.NoError(s.t, err)
		after := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		pid, err = strconv.Atoi(after[1])
		assert.NoError(s.t, err)
	}
	assert.NoError(s.t, syscall.Kill(pid, sig))
}

// audit compares what the database says with what Chatwoot has.
func (s *soak) audit(databaseURL string) {
	s.t.Helper()
	conn, err := pgx.Connect(s.t.Context(), databaseURL)
	require.NoError(s.t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(s.t.Context())) }()
	count := func(sql string) (n int) {
		s.t.Helper()
		require.NoError(s.t, conn.QueryRow(s.t.Context(), sql).Scan(&n))
		return n
	}
	require.Equal(s.t, *soakMessages/soakTalks*soakTalks, count(`SELECT count(*) FROM messages WHERE author = 'customer'`))
	require.Zero(s.t, count(`SELECT count(*) FROM messages WHERE needs_answer AND answered_at IS NULL`))
	require.Zero(s.t, count(`SELECT count(*) FROM outbox WHERE status <> 'sent'`))
	require.Zero(s.t, count(`SELECT count(*) FROM escalations`))
	require.Zero(s.t, count(`SELECT count(*) FROM river_job WHERE state = 'discarded' AND kind IN ('process_conversation', 'send_outbox')`))
	rows, err := conn.Query(s.t.Context(), `SELECT c.chatwoot_conversation_id, o.chatwoot_message_id FROM outbox o JOIN conversations c ON c.id = o.conversation_id
		WHERE o.kind = 'reply' ORDER BY o.seq`)
	require.NoError(s.t, err)
	ours := map[int64][]int64{}
	var conversation, message int64
	_, err = pgx.ForEachRow(rows, []any{&conversation, &message}, func() error {
		ours[conversation] = append(ours[conversation], message)
		return nil
	})
	require.NoError(s.t, err)
	require.Len(s.t, ours, soakTalks)
	for id, sent := range s.replies {
		theirs := make([]int64, len(sent))
		for i, m := range sent {
			theirs[i] = m.ID
		}
		require.True(s.t, slices.IsSorted(theirs))
		require.Equal(s.t, ours[id], theirs, "the replies in conversation %d, in their order", id)
	}
}
