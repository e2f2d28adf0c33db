package chatwoottest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func recorded(t *testing.T, folder, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", folder, name))
	require.NoError(t, err)
	return b
}

// shape lists the members of a JSON value in their order, with their types.
func shape(t *testing.T, raw []byte) []string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var out []string
	var value func(path string)
	value = func(path string) {
		tok, err := dec.Token()
		require.NoError(t, err)
		switch tok {
		case json.Delim('{'):
			out = append(out, path+": object")
			for dec.More() {
				key, err := dec.Token()
				require.NoError(t, err)
				value(path + "." + key.(string))
			}
			_, err = dec.Token()
			require.NoError(t, err)
		case json.Delim('['):
			out = append(out, path+": array")
			for i := 0; dec.More(); i++ {
				value(fmt.Sprintf("%s[%d]", path, i))
			}
			_, err = dec.Token()
			require.NoError(t, err)
		default:
			kind := fmt.Sprintf("%T", tok)
			if n, ok := tok.(json.Number); ok && strings.Contains(n.String(), ".") {
				kind = "fraction"
			}
			out = append(out, path+": "+kind)
		}
	}
	value("")
	return out
}

// TestPayloadShapes holds the fake's webhooks against the recorded ones: the
// same members of the same types in the same order.
func TestPayloadShapes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 8, 3, 8, 15, 20, 412e6, time.UTC)
	first := func(cw *chatwoottest.Server) chatwoottest.Webhook {
		return cw.Incoming(chatwoottest.Incoming{
			Text:      "Hola, buenas. Quiero homologar un escape Akrapovič en mi Yamaha MT-07 de 2021. ¿Cuánto cuesta y qué documentación necesitáis?",
			ContactID: 4182, ConversationID: 318, MessageID: 90211, At: at,
		})
	}
	for file, make := range map[string]func(cw *chatwoottest.Server) []byte{
		"01_message_created_text_first.json": func(cw *chatwoottest.Server) []byte { return first(cw).Body },
		"08_message_created_image_null_content.json": func(cw *chatwoottest.Server) []byte {
			return cw.Incoming(chatwoottest.Incoming{NoText: true, Attachments: []chatwoottest.Attachment{{Size: 301144}}}).Body
		},
		"12_message_created_location.json": func(cw *chatwoottest.Server) []byte {
			return cw.Incoming(chatwoottest.Incoming{
				NoText: true, ContactAttributes: map[string]any{"moto": "Honda CB500F", "provincia": "Málaga"},
				Attachments: []chatwoottest.Attachment{{Type: "location", Latitude: 36.7212737, Longitude: -4.4213988, Title: "ITV"}},
			}).Body
		},
		"25_message_created_outgoing_agent.json": func(cw *chatwoottest.Server) []byte {
			id := first(cw).ConversationID
			cw.Change(id, chatwoottest.Change{Assignee: chatwoottest.AssignAgent})
			return cw.HumanReply(id, "Hola").Body
		},
		"02_conversation_created.json": func(cw *chatwoottest.Server) []byte {
			return cw.ConversationEvent(first(cw).ConversationID, "conversation_created").Body
		},
		"39_conversation_status_changed_open_handoff.json": func(cw *chatwoottest.Server) []byte {
			return cw.ConversationEvent(first(cw).ConversationID, "conversation_status_changed").Body
		},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			cw := chatwoottest.New(t)
			want := shape(t, recorded(t, "payloads", file))
			got := shape(t, make(cw))
			// Clocks may hit a whole second or microsecond.
			require.Equal(t, whole(want), whole(got))
		})
	}

	cw := chatwoottest.New(t)
	body := string(first(cw).Body)
	for _, part := range []string{`"content":"Hola, buenas. Quiero homologar un escape Akrapovič`, `"created_at":"2026-08-03T08:15:20.412Z","id":90211`, `"message_type":"incoming"`, `"conversation_id":318,"message_type":0,"created_at":1785744920,`, `"event":"message_created"}`} {
		require.Contains(t, body, part)
	}
	require.Contains(t, string(cw.Incoming(chatwoottest.Incoming{Text: "<b>&\u2028"}).Body), `"content":"\u003cb\u003e\u0026\u2028"`, "escaped as Rails does")
}

func whole(lines []string) []string {
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], "fraction", "json.Number")
	}
	return lines
}

func call(t *testing.T, cw *chatwoottest.Server, token, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, cw.URL()+fmt.Sprintf("/api/v1/accounts/%d", chatwoottest.AccountID)+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Close = true // no connection outlives the test
	if token != "" {
		req.Header.Set("Api-Access-Token", token)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, res.Body.Close()) }()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(raw)
}

// TestAPIShapes holds the fake's answers against the recorded ones.
func TestAPIShapes(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	id := cw.Incoming(chatwoottest.Incoming{Text: "Hola", ConversationID: 318}).ConversationID
	require.EqualValues(t, 318, id)
	same := func(file, token, method, path, body string) {
		t.Helper()
		status, got := call(t, cw, token, method, path, body)
		want := http.StatusOK
		_, _ = fmt.Sscanf(file, "error_%d", &want)
		require.Equal(t, want, status)
		require.ElementsMatch(t, shape(t, recorded(t, "api", file)), shape(t, []byte(got)), got)
		if want != http.StatusOK && want != http.StatusUnprocessableEntity {
			require.Equal(t, string(recorded(t, "api", file)), got)
		}
	}
	const messages = "/conversations/318/messages"
	same("create_message_200_bot.json", chatwoottest.BotToken, "POST", messages, `{"content":"x","content_attributes":{"bot_job_id":"j"}}`)
	same("create_message_200_private_note.json", chatwoottest.BotToken, "POST", messages, `{"content":"x","private":true}`)
	same("labels_200.json", chatwoottest.UserToken, "POST", "/conversations/318/labels", `{"labels":["homologacion","presupuesto"]}`)
	same("custom_attributes_200.json", chatwoottest.UserToken, "POST", "/conversations/318/custom_attributes", `{"custom_attributes":{"pieza":"x","estado_expediente":"y"}}`)
	same("toggle_status_200_resolved_by_user.json", chatwoottest.UserToken, "POST", "/conversations/318/toggle_status", `{"status":"resolved"}`)
	cw.Change(318, chatwoottest.Change{Status: "pending"})
	same("toggle_status_200_bot_handoff.json", chatwoottest.BotToken, "POST", "/conversations/318/toggle_status", `{"status":"open"}`)
	same("error_401_no_token.json", "", "GET", messages, "")
	same("error_401_invalid_token.json", "x", "GET", messages, "")
	same("error_401_bot_endpoint.json", chatwoottest.BotToken, "GET", messages, "")
	same("error_404.json", chatwoottest.UserToken, "GET", "/conversations/9/messages", "")
	cw.SetFloodLimit(1)
	same("error_422_flood.json", chatwoottest.UserToken, "POST", messages, `{"content":"x"}`)

	status, body := call(t, cw, chatwoottest.UserToken, "GET", messages+"?after=0", "")
	require.Equal(t, 200, status)
	var page struct{ Payload []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(body), &page))
	require.Len(t, page.Payload, 3)
	require.EqualValues(t, 0, page.Payload[0]["message_type"])
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	cw.Incoming(chatwoottest.Incoming{Text: "Hola", ConversationID: 318})
	for body, want := range map[string]int{
		`{"content":"x"}`: 200, `{"content":"x","message_type":"outgoing"}`: 200,
		`{"content":" "}`: 422, `{}`: 422, `{"content":"x","message_type":"incoming"}`: 422, `{"content":"x","message_type":"activity"}`: 422,
		`{"content":"` + strings.Repeat("x", 150_001) + `"}`: 422, `{`: 400,
	} {
		status, answer := call(t, cw, chatwoottest.UserToken, "POST", "/conversations/318/messages", body)
		require.Equal(t, want, status, "%.40s: %s", body, answer)
	}
	require.Len(t, cw.Sent(), 2)
}

func TestWindowAndLiquid(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	cw.Incoming(chatwoottest.Incoming{Text: "Hola", ConversationID: 318})
	closed := false
	cw.Change(318, chatwoottest.Change{CanReply: &closed})
	call(t, cw, chatwoottest.UserToken, "POST", "/conversations/318/messages", `{"content":"a {{contact.name}}b \\*"}`)
	call(t, cw, chatwoottest.UserToken, "POST", "/conversations/318/messages", `{"content":"","template_params":{"name":"x"}}`)
	sent := cw.Sent()
	require.Equal(t, "failed", sent[0].Status)
	require.Contains(t, sent[0].ContentAttributes, "external_error")
	require.Equal(t, "a b *", sent[0].Shown, "Liquid ate the variable")
	require.Equal(t, "sent", sent[1].Status)
	require.Contains(t, string(cw.Fail(sent[1].ID, "131026: gone").Body), `"external_error":"131026: gone"`)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	cw.Incoming(chatwoottest.Incoming{Text: "Hola", ConversationID: 318})
	cw.Inject(
		chatwoottest.Fault{Method: "POST", Path: "/messages", Status: 503, Times: 2},
		chatwoottest.Fault{Method: "POST", Path: "/messages", HTML: true, Store: true},
	)
	status, _ := call(t, cw, chatwoottest.UserToken, "GET", "/conversations/318/messages", "")
	require.Equal(t, 200, status, "other calls are not hit")
	for _, want := range []int{503, 503, 200, 200} {
		status, _ := call(t, cw, chatwoottest.UserToken, "POST", "/conversations/318/messages", `{"content":"x"}`)
		require.Equal(t, want, status)
	}
	require.Len(t, cw.Sent(), 2)
	require.Len(t, cw.Requests(), 5)
	require.Equal(t, 503, cw.Requests()[1].Status)
	require.Equal(t, "/conversations/318/messages", cw.Requests()[1].Path)
}

func TestWaitSent(t *testing.T) {
	t.Parallel()
	cw, err := chatwoottest.Start()
	require.NoError(t, err)
	cw.Incoming(chatwoottest.Incoming{Text: "Hola", ConversationID: 318})
	_, err = cw.WaitSent(1, time.Millisecond)
	require.ErrorContains(t, err, "0 replies")
	var wg sync.WaitGroup
	wg.Go(func() {
		sent, err := cw.WaitSent(20, 10*time.Second)
		if err != nil || len(sent) < 20 {
			t.Errorf("%d replies, %v", len(sent), err)
		}
	})
	for range 4 {
		wg.Go(func() {
			for range 5 {
				call(t, cw, chatwoottest.UserToken, "POST", "/conversations/318/messages", `{"content":"x"}`)
			}
		})
	}
	wg.Wait()
	cw.Close()
	cw.Close()
	_, err = cw.WaitSent(99, time.Minute)
	require.ErrorContains(t, err, "closed")
}

func TestSignIsNewEachTime(t *testing.T) {
	t.Parallel()
	cw := chatwoottest.New(t)
	at := time.Unix(1785744922, 0)
	body := []byte(`{"event":"message_created","id":1,"content":"¿Homologáis escapes? \u003cb\u003e"}`)
	a, b := cw.Sign(body, at), cw.Sign(body, at)
	require.Equal(t, "sha256=6c123ba9c0b6ae4e46b05e6ff58a33b98186dd7bd8e748a4e3f5c709648fa390", a.Get("X-Chatwoot-Signature"))
	require.Equal(t, "1785744922", a.Get("X-Chatwoot-Timestamp"))
	require.NotEqual(t, a.Get("X-Chatwoot-Delivery"), b.Get("X-Chatwoot-Delivery"))
}
