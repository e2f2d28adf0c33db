package conversations_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/customers"
	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/rag"
	"github.com/msia/msia/internal/tariffs"
)

// everything returns all that is kept, as text: a dump of the whole database and
// every file of the data folder. What is packed in it is unpacked, so that a
// word hidden as bytes or as JSON's escapes is found.
func (h *harness) everything() string {
	h.t.Helper()
	dump, err := exec.CommandContext(h.t.Context(), "pg_dump", "--inserts", "--dbname", h.pool.Config().ConnString()).Output()
	require.NoError(h.t, err)
	all := string(dump)
	for _, packed := range regexp.MustCompile(`\\x([0-9a-f]{8,})`).FindAllStringSubmatch(all, -1) {
		raw, err := hex.DecodeString(packed[1])
		require.NoError(h.t, err)
		all += "\n" + string(raw)
	}
	require.NoError(h.t, filepath.WalkDir(h.dataDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		all += "\n" + string(raw)
		return err
	}))
	unescaped := regexp.MustCompile(`\\u[0-9a-fA-F]{4}`).ReplaceAllStringFunc(all, func(s string) string {
		var r string
		if json.Unmarshal([]byte(`"`+s+`"`), &r) != nil {
			return s
		}
		return r
	})
	return strings.ToLower(all + "\n" + unescaped)
}

var pageStart page.Key

func rejectAll(context.Context, []byte, time.Time) error { return chatwoot.ErrRejected }

// life is the answerer of a lively conversation: the real one, that dies of a
// certain word a few times, with the customer's text on its lips.
type life struct {
	conversations.Answerer
	deaths atomic.Int32
}

// Answer panics while there are deaths left.
func (l *life) Answer(t assistant.Turn) assistant.Outcome {
	for _, m := range t.Messages {
		if strings.Contains(m.Text, "muerte") && l.deaths.Add(-1) >= 0 {
			panic("no sé qué hacer con: " + m.Text)
		}
	}
	return l.Answerer.Answer(t)
}

func set(s string) nullable.Nullable[string] { return nullable.NewNullableWithValue(s) }

// TestAnonymisedCustomerIsNowhere lives through a conversation in every way that
// leaves a trace and then looks for each datum in everything that is kept.
func TestAnonymisedCustomerIsNowhere(t *testing.T) {
	t.Parallel()
	mortal := &life{}
	mortal.deaths.Store(1)
	h := start(t, options{around: func(a conversations.Answerer) conversations.Answerer { mortal.Answerer = a; return mortal }})
	asked := rag.NewAnswers(rag.AnswersConfig{DB: h.pool, Embedder: embed.Hash{}, Now: h.clock.now, Log: testLogger(t)})
	service := customers.New(customers.Deps{DB: h.pool, Jobs: h.jobs, Spool: h.intake, Cases: h.cases, Questions: asked, Now: h.clock.now, Log: testLogger(t)})
	ctx := caller.With(t.Context(), caller.Caller{AccountID: h.account("marta"), Username: "marta", Role: caller.RoleAdmin})

	say := func(in chatwoottest.Incoming) chatwoottest.Webhook {
		in.Phone, in.Name = "+34600777123", "Luciérnaga Veloz"
		hook := h.chatwoot.Incoming(in)
		h.deliver(hook, conversations.ReceiptQueued)
		h.settled()
		return hook
	}
	hook := say(chatwoottest.Incoming{Text: mainJob + " y un cachivache"})
	say(chatwoottest.Incoming{Text: "Soy Eulalia Zurbarán, vivo en Calle Peñaflorida 17, mi DNI es 12345678Z y mi correo eulalia@zurbaran.es, tel. 600 777 123"})
	say(chatwoottest.Incoming{Text: "esto es de vida o muerte"})
	h.exec("UPDATE river_job SET scheduled_at = now(), state = 'available' WHERE state = 'retryable'")
	h.settled()
	voice := say(chatwoottest.Incoming{NoText: true, Attachments: []chatwoottest.Attachment{{Type: "audio", Transcript: "me llamo Eulalia y monto una Bultaco"}}})
	say(chatwoottest.Incoming{Text: "quiero hablar con una persona, me urge el zarrapastro"})
	_, err := h.intake.Receive(t.Context(), h.chatwoot.HumanReply(hook.ConversationID, "Hola Eulalia, soy Marta de la ofimática").Body)
	require.NoError(t, err)

	id := h.customerOf(hook.ConversationID)
	conv := h.conversationOf(hook.ConversationID)
	question, err := asked.Ask(t.Context(), rag.Question{Text: "¿La Bultaco de Eulalia Zurbarán pasa la ITV?", Source: rag.SourceAssistant, ConversationID: &conv})
	require.NoError(t, err)
	_, err = asked.Rate(ctx, question.QueryID, new(false), new("Eulalia se enfadó"))
	require.NoError(t, err)
	_, err = h.desk.Reply(ctx, conv, "Le llamo al 600777123, doña Eulalia")
	require.NoError(t, err)
	_, err = h.desk.Note(ctx, conv, "Es la del taller Zurbarán")
	require.NoError(t, err)
	escalations, err := conversations.NewEscalations(h.pool, h.desk, h.clock.now)
	require.NoError(t, err)
	open, _, err := escalations.List(ctx, conversations.EscalationFilter{}, pageStart, 10)
	require.NoError(t, err)
	require.NotEmpty(t, open)
	_, err = escalations.Update(ctx, open[0].ID, 0, conversations.EscalationPatch{Note: set("Eulalia prefiere tardes")})
	require.NoError(t, err)
	_, err = service.Update(ctx, id, 0, customers.Patch{
		FirstName: set("Eulalia"), LastName: set("Zurbarán"), NIF: set("12345678Z"), Email: set("eulalia@zurbaran.es"),
		Street: set("Calle Peñaflorida 17"), City: set("Villarriba"), Province: set("Soria"), PostalCode: set("42001"), Notes: set("Bultaco amarilla"),
	})
	require.NoError(t, err)
	double, err := service.Create(ctx, customers.Patch{FirstName: set("Eulalia"), CompanyName: set("Talleres Zurbarán"), Phone: set("+34911777123")})
	require.NoError(t, err)
	closed := h.openCase(ctx, double.ID, nil)
	_, err = h.cases.Transition(ctx, closed.ID, 0, cases.Cancelled, "Zurbarán ha vendido la moto")
	require.NoError(t, err)
	_, err = service.Merge(ctx, id, double.ID)
	require.NoError(t, err)
	opened := h.openCase(ctx, id, &conv)
	_, err = h.cases.Update(ctx, opened.ID, 0, cases.Patch{Data: casedata.Change{
		casedata.SectionPersonal: {casedata.FirstName: "Eulalia", casedata.LastName: "Zurbarán", casedata.NIF: "12345678Z"},
		casedata.SectionVehicle:  {casedata.Make: "Bultaco", casedata.Plate: "7654 BCD"}, "element:ESCAPE": {"marca_modelo": "Cachivache 3000"},
	}})
	require.NoError(t, err)
	require.NoError(t, h.cases.AddNote(ctx, opened.ID, "Eulalia llamará mañana"))
	h.addCaseFile(ctx, opened.ID, "eulalia.pdf", "%PDF-1.4 ficha técnica de Eulalia %%EOF")
	withFile, err := h.cases.Get(ctx, opened.ID)
	require.NoError(t, err)
	_, err = h.cases.ReviewFile(ctx, opened.ID, withFile.Files[0].ID, 0, cases.Verdict{Reason: "other", Note: "no se lee Zurbarán"})
	require.NoError(t, err)
	// Somebody else, who must not suffer.
	other := h.chatwoot.Incoming(chatwoottest.Incoming{Text: "soy Casimiro y quiero homologar un escape", Phone: "+34600888321", Name: "Casimiro"})
	h.deliver(other, conversations.ReceiptQueued)
	h.settled()
	// Bodies that wait on disk, and one that was refused.
	spooled := h.chatwoot.Incoming(chatwoottest.Incoming{Text: "nadie me contesta, soy Eulalia", Phone: "+34600777123"})
	require.NoError(t, h.spool.Put(spooled.Body, h.clock.now()))
	require.NoError(t, h.spool.Drain(t.Context(), rejectAll))
	require.NoError(t, h.spool.Put(spooled.Body, h.clock.now()))

	data := []string{
		"eulalia", "zurbar", "luciérnaga", "veloz", "600777123", "600 777 123", "34600777123", "911777123", "12345678z", "zurbaran.es", "peñaflorida",
		"villarriba", "42001", "bultaco", "cachivache", "vida o muerte", "zarrapastro", "ofimática", "me urge", "7654bcd", "ficha técnica de", "nadie me contesta", "rails/active_storage",
	}
	before := h.everything()
	for _, datum := range data {
		require.Contains(t, before, datum, "the test finds what is there")
	}
	statistics := details(t, service, id).Statistics
	_, err = service.Anonymise(ctx, id, "Pepe")
	require.ErrorIs(t, err, customers.ErrConfirm)
	after, err := service.Anonymise(ctx, id, "600 777 123")
	require.NoError(t, err)
	require.Equal(t, "Cliente anonimizado", after.DisplayName)
	require.Equal(t, statistics, after.Statistics, "what can be counted stays")
	require.NotZero(t, statistics.Quotes)
	require.NotZero(t, statistics.Escalations)
	h.nowhere(data)
	require.Contains(t, h.everything(), "casimiro", "others keep theirs")
	for _, known := range []cases.Case{opened, closed} {
		got, err := h.cases.Get(ctx, known.ID)
		require.NoError(t, err)
		require.Equal(t, []any{known.Number, id, cases.Cancelled, known.Quote.Total}, []any{got.Number, got.CustomerID, got.Status, got.Quote.Total}, "the case stays to be counted")
		require.Empty(t, got.Files)
		require.Empty(t, got.Content.Values)
		require.ErrorIs(t, h.cases.AddNote(ctx, known.ID, "Eulalia"), cases.ErrErased)
	}
	require.Zero(t, h.count("images")+h.count("image_objects"))
	_, err = h.cases.Open(ctx, cases.NewCase{CustomerID: id, Category: h.category()})
	require.ErrorIs(t, err, cases.ErrNoCustomer)
	_, err = service.Anonymise(ctx, id, "600 777 123")
	require.ErrorIs(t, err, customers.ErrAnonymised)
	_, err = service.Update(ctx, id, 0, customers.Patch{Notes: set("x")})
	require.ErrorIs(t, err, customers.ErrAnonymised)
	_, err = h.desk.Reply(ctx, conv, "¿hola?")
	require.ErrorIs(t, err, conversations.ErrErased)

	// What still comes of before is dropped, by whatever way.
	h.deliver(hook, conversations.ReceiptIgnored)
	h.deliver(h.chatwoot.MessageEvent(voice.MessageID, "message_updated"), conversations.ReceiptIgnored)
	h.deliver(h.chatwoot.ConversationEvent(hook.ConversationID, "conversation_updated"), conversations.ReceiptIgnored)
	require.NoError(t, h.reconcile())
	require.NoError(t, h.maintain())
	h.settled()
	h.nowhere(data)

	// Somebody who writes from the same phone in the same thread is new.
	h.clock.advance(time.Second)
	later := h.chatwoot.Incoming(chatwoottest.Incoming{Text: "hola otra vez", Phone: "+34600777123", At: h.clock.now()})
	h.deliver(later, conversations.ReceiptQueued)
	require.Equal(t, hook.ConversationID, later.ConversationID)
	require.NotEqual(t, id, h.customerOf(later.ConversationID))
	require.Equal(t, statistics, details(t, service, id).Statistics)
}

// TestAnonymiseWhileAnswering has the customer erased between the reading of
// their message and the writing of the answer.
func TestAnonymiseWhileAnswering(t *testing.T) {
	t.Parallel()
	reading, erased := make(chan struct{}), make(chan struct{})
	var once atomic.Bool
	h := start(t, options{answerer: script(func(turn assistant.Turn) assistant.Outcome {
		if once.CompareAndSwap(false, true) {
			close(reading)
			<-erased
		}
		return echo(turn)
	})})
	asked := rag.NewAnswers(rag.AnswersConfig{DB: h.pool, Embedder: embed.Hash{}, Now: h.clock.now, Log: testLogger(t)})
	service := customers.New(customers.Deps{DB: h.pool, Jobs: h.jobs, Spool: h.intake, Cases: h.cases, Questions: asked, Now: h.clock.now, Log: testLogger(t)})
	hook := h.say("me llamo Bonifacia")
	<-reading
	_, err := service.Anonymise(t.Context(), h.customerOf(hook.ConversationID), "+34600100201")
	require.NoError(t, err)
	close(erased)
	h.settled()
	require.Empty(t, h.chatwoot.Sent())
	h.nowhere([]string{"bonifacia"})
}

func (h *harness) category() *catalogue.Category {
	h.t.Helper()
	snapshot, err := catalogue.Load(h.t.Context(), h.pool)
	require.NoError(h.t, err)
	return snapshot.BySlug("motos-part")
}

// openCase opens a case of an exhaust.
func (h *harness) openCase(ctx context.Context, customer uuid.UUID, conversation *uuid.UUID) cases.Case {
	h.t.Helper()
	c, err := h.cases.Open(ctx, cases.NewCase{
		CustomerID: customer, ConversationID: conversation, Category: h.category(),
		Quote: tariffs.Quote{Lines: []tariffs.QuoteLine{{Code: "ESCAPE", Name: "Escape", Quantity: 1}}, Total: money.Cents(21175)},
	})
	require.NoError(h.t, err)
	return c
}

func (h *harness) addCaseFile(ctx context.Context, id uuid.UUID, name, content string) {
	h.t.Helper()
	stored, err := h.files.Keep(ctx, strings.NewReader(content), name)
	require.NoError(h.t, err)
	_, err = h.cases.AddFile(ctx, id, stored, nil)
	require.NoError(h.t, err)
}

// nowhere fails the test when any of the data is kept anywhere.
func (h *harness) nowhere(data []string) {
	h.t.Helper()
	all := h.everything()
	for _, datum := range data {
		if at := strings.Index(all, datum); at >= 0 {
			h.t.Errorf("%q is still there: …%s…", datum, all[max(0, at-200):min(len(all), at+100)])
		}
	}
}

func details(t *testing.T, s *customers.Service, id uuid.UUID) customers.Details {
	t.Helper()
	d, err := s.Get(t.Context(), id)
	require.NoError(t, err)
	return d
}

// customerOf returns whose conversation that is in Chatwoot.
func (h *harness) customerOf(chatwootConversationID int64) (id uuid.UUID) {
	h.t.Helper()
	require.NoError(h.t, h.pool.QueryRow(h.t.Context(), "SELECT customer_id FROM conversations WHERE chatwoot_conversation_id = $1", chatwootConversationID).Scan(&id))
	return id
}

func (h *harness) conversationOf(chatwootConversationID int64) (id uuid.UUID) {
	h.t.Helper()
	require.NoError(h.t, h.pool.QueryRow(h.t.Context(), "SELECT id FROM conversations WHERE chatwoot_conversation_id = $1", chatwootConversationID).Scan(&id))
	return id
}

// account makes an account for somebody of the staff.
func (h *harness) account(name string) (id uuid.UUID) {
	h.t.Helper()
	err := h.pool.QueryRow(h.t.Context(), "INSERT INTO accounts (id, username, password_hash, role) VALUES (gen_random_uuid(), $1, 'x', 'admin') RETURNING id", name).Scan(&id)
	require.NoError(h.t, err)
	return id
}
