package api_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
)

const payloads = "../internal/chatwoot/testdata/payloads"

// delivery is one recorded webhook with its headers.
type delivery struct {
	file      string
	body      []byte
	timestamp string
	signature string
	action    string
}

// recorded reads the recorded webhooks with what is expected of each.
func recorded(t *testing.T) []delivery {
	t.Helper()
	actions := map[string]string{}
	for line := range lines(t, "MANIFEST.md") {
		if cells := strings.Split(line, "|"); len(cells) > 5 && strings.HasSuffix(strings.TrimSpace(cells[1]), ".json") {
			actions[strings.TrimSpace(cells[1])] = strings.TrimSpace(cells[4])
		}
	}
	var out []delivery
	for line := range lines(t, "SIGNATURES.tsv") {
		cells := strings.Split(line, "\t")
		if len(cells) < 6 || !strings.HasSuffix(cells[0], ".json") {
			continue
		}
		body, err := os.ReadFile(filepath.Join(payloads, cells[0]))
		require.NoError(t, err)
		require.Contains(t, actions, cells[0])
		out = append(out, delivery{file: cells[0], body: body, timestamp: cells[4], signature: cells[5], action: actions[cells[0]]})
	}
	require.Greater(t, len(out), 35)
	return out
}

func lines(t *testing.T, name string) func(yield func(string) bool) {
	t.Helper()
	f, err := os.Open(filepath.Join(payloads, name))
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return func(yield func(string) bool) {
		for s := bufio.NewScanner(f); s.Scan(); {
			if !yield(s.Text()) {
				return
			}
		}
	}
}

func (d delivery) sign(at time.Time) []apitest.Option {
	ts := strconv.FormatInt(at.Unix(), 10)
	return []apitest.Option{
		apitest.Header(chatwoot.HeaderTimestamp, ts),
		apitest.Header(chatwoot.HeaderSignature, chatwoot.Signature(apitest.WebhookSecret, ts, d.body)),
	}
}

// TestRecordedWebhooks replays every recorded webhook, with its own signature at
// its own time, against an empty conversation.
func TestRecordedWebhooks(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	for _, d := range recorded(t) {
		t.Run(d.file, func(t *testing.T) {
			_, err := s.Pool.Exec(t.Context(), "TRUNCATE customers, webhook_bodies CASCADE")
			require.NoError(t, err)
			if d.signature == "-" {
				s.Clock.Set(time.Unix(1785744970, 0))
				s.Do("POST", "/api/chatwoot/webhook", d.body).Expect(http.StatusUnauthorized)
				return
			}
			unix, err := strconv.ParseInt(d.timestamp, 10, 64)
			require.NoError(t, err)
			s.Clock.Set(time.Unix(unix, 0))
			before := s.Jobs.Count("process_conversation")
			var receipt struct{ Status string }
			s.Do("POST", "/api/chatwoot/webhook", d.body, apitest.Header(chatwoot.HeaderTimestamp, d.timestamp),
				apitest.Header(chatwoot.HeaderSignature, d.signature)).Expect(http.StatusOK).JSON(&receipt)
			enqueued := s.Jobs.Count("process_conversation") - before
			var messages, unanswered, bodies, paused int
			err = s.Pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM messages WHERE author = 'customer'),
				(SELECT count(*) FROM messages WHERE needs_answer), (SELECT count(*) FROM webhook_bodies WHERE position('pubsub_token'::bytea IN body) = 0),
				(SELECT count(*) FROM conversations WHERE paused_at IS NOT NULL)`).Scan(&messages, &unanswered, &bodies, &paused)
			require.NoError(t, err)
			switch d.action {
			case "PROCESS", "IGNORE_DUPLICATE": // 23 is 01 again, here alone
				require.Equal(t, "queued", receipt.Status)
				answers := 1
				if strings.Contains(string(d.body), `"assignee_type":"User"`) {
					answers = 0 // a person has the conversation: stored, and left to them
				}
				require.Equal(t, []int{1, answers, answers, 1, 1 - answers}, []int{messages, unanswered, enqueued, bodies, paused})
			case "SKIP_REPLY":
				require.Equal(t, "queued", receipt.Status)
				require.Equal(t, []int{1, 0, 0, 1}, []int{messages, unanswered, enqueued, bodies})
			default:
				require.Equal(t, "ignored", receipt.Status)
				require.Equal(t, []int{0, 0, 0}, []int{messages, unanswered, enqueued})
			}
			if strings.Contains(d.file, "outgoing_agent.json") {
				require.Equal(t, 1, paused, "a person took over")
			}
		})
	}
}

func TestSameMessageTwiceIsADuplicate(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	all := recorded(t)
	now := time.Now()
	for i, want := range []string{"queued", "duplicate", "duplicate"} {
		var receipt struct{ Status string }
		s.Do("POST", "/api/chatwoot/webhook", all[0].body, all[0].sign(now.Add(time.Duration(i)*time.Second))...).Expect(http.StatusOK).JSON(&receipt)
		require.Equal(t, want, receipt.Status)
	}
}

func TestFiftyDeliveriesAtOnceAreOneMessage(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	d := recorded(t)[0]
	var wg sync.WaitGroup
	var mu sync.Mutex
	receipts := map[string]int{}
	for range 50 {
		wg.Go(func() {
			var receipt struct{ Status string }
			s.Do("POST", "/api/chatwoot/webhook", d.body, d.sign(time.Now())...).Expect(http.StatusOK).JSON(&receipt)
			mu.Lock()
			defer mu.Unlock()
			receipts[receipt.Status]++
		})
	}
	wg.Wait()
	require.Equal(t, map[string]int{"queued": 1, "duplicate": 49}, receipts)
	require.Equal(t, 1, s.Jobs.Count("process_conversation"))
}

func TestWebhookRefusals(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	d := recorded(t)[0]
	now := time.Now()
	s.Clock.Set(now)
	signed := func(body string, at time.Time) []apitest.Option { return delivery{body: []byte(body)}.sign(at) }
	for name, c := range map[string]struct {
		body    any
		options []apitest.Option
		status  int
	}{
		"unsigned":              {d.body, nil, 401},
		"signed otherwise":      {string(d.body) + " ", d.sign(now), 401},
		"signed too long ago":   {d.body, d.sign(now.Add(-301 * time.Second)), 401},
		"signed in the future":  {d.body, d.sign(now.Add(302 * time.Second)), 401},
		"not JSON":              {"hola", signed("hola", now), 400},
		"empty":                 {"", signed("", now), 400},
		"no event":              {`{}`, signed(`{}`, now), 422},
		"an array":              {`[]`, signed(`[]`, now), 422},
		"message without id":    {`{"event":"message_created"}`, signed(`{"event":"message_created"}`, now), 422},
		"larger than the limit": {`{"event":"` + strings.Repeat("x", 5<<20) + `"}`, nil, 413},
		"unknown event":         {`{"event":"something.new"}`, signed(`{"event":"something.new"}`, now), 200},
	} {
		t.Run(name, func(t *testing.T) {
			s.Do("POST", "/api/chatwoot/webhook", c.body, c.options...).Expect(c.status)
		})
	}
}

// TestTextPostgreSQLCannotHold sends a NUL and half a surrogate.
func TestTextPostgreSQLCannotHold(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	cw := chatwoottest.New(t)
	hook := cw.Incoming(chatwoottest.Incoming{Text: "escape HERE"})
	body := strings.ReplaceAll(string(hook.Body), "HERE", `\u0000\ud800 manillar`)
	s.Do("POST", "/api/chatwoot/webhook", body, delivery{body: []byte(body)}.sign(time.Now())...).Expect(http.StatusOK)
	var content string
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT content FROM messages").Scan(&content))
	require.Contains(t, content, "escape")
	require.Contains(t, content, "manillar")
}

// TestManyConversationsAtOnce has concurrent first messages of one customer.
func TestManyConversationsAtOnce(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	cw := chatwoottest.New(t)
	var wg sync.WaitGroup
	for i := range 40 {
		hook := cw.Incoming(chatwoottest.Incoming{Text: fmt.Sprint("mensaje ", i), Phone: fmt.Sprintf("+3460010%04d", i%8)})
		wg.Go(func() {
			s.Do("POST", "/api/chatwoot/webhook", hook.Body, delivery{body: hook.Body}.sign(time.Now())...).Expect(http.StatusOK)
		})
	}
	wg.Wait()
	var customers, messages int
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM messages)").Scan(&customers, &messages))
	require.Equal(t, []int{8, 40}, []int{customers, messages})
}
