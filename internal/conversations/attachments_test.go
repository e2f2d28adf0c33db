package conversations_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/files"
	"github.com/msia/msia/internal/images/imagetest"
	"github.com/msia/msia/internal/page"
)

func photo(seed uint64) chatwoottest.Attachment {
	return chatwoottest.Attachment{Data: imagetest.JPEG(imagetest.Photo(400, 300, seed), 80)}
}

func withFiles(list ...chatwoottest.Attachment) chatwoottest.Incoming {
	return chatwoottest.Incoming{NoText: true, Attachments: list}
}

// order has the customer order one element that needs one photo.
func (h *harness) order() chatwoottest.Webhook {
	h.t.Helper()
	hook := h.say("asideros de mi moto")
	h.replies(1)
	h.say("sí")
	h.replies(2)
	require.Equal(h.t, 1, h.count("cases"))
	return hook
}

// activeCase returns the case of the only conversation, nil for none.
func (h *harness) activeCase() *cases.Case {
	h.t.Helper()
	c, err := h.cases.ActiveOf(h.t.Context(), h.pool, h.conversationID())
	require.NoError(h.t, err)
	return c
}

func (h *harness) conversationID() uuid.UUID {
	h.t.Helper()
	var id uuid.UUID
	require.NoError(h.t, h.pool.QueryRow(h.t.Context(), "SELECT id FROM conversations").Scan(&id))
	return id
}

func places(c *cases.Case) []string {
	out := []string{}
	for _, f := range c.Files {
		out = append(out, f.Place.Element+"/"+f.Place.Slot)
	}
	return out
}

func (h *harness) downloads() int {
	n := 0
	for _, r := range h.chatwoot.Requests() {
		if strings.HasPrefix(r.Path, "/rails/active_storage/disk/") {
			n++
		}
	}
	return n
}

func TestFilesThatAreNotKept(t *testing.T) {
	t.Parallel()
	whole := imagetest.JPEG(imagetest.Photo(400, 300, 1), 80)
	for name, c := range map[string]struct {
		file    chatwoottest.Attachment
		faults  []chatwoottest.Fault
		says    string
		status  string
		fetched int
	}{
		"broken":       {file: chatwoottest.Attachment{Data: whole[:len(whole)/2]}, says: "ha llegado dañado", status: "refused", fetched: 1},
		"another type": {file: chatwoottest.Attachment{Type: "file", Extension: "docx", Data: []byte("PK\x03\x04 word")}, says: "como foto o en PDF", status: "refused", fetched: 1},
		"too large":    {file: chatwoottest.Attachment{Data: append(bytes.Clone(whole), make([]byte, 11<<20)...)}, says: "pesa demasiado", status: "refused", fetched: 1},
		"gone":         {file: chatwoottest.Attachment{}, says: "no me ha llegado bien", status: "failed"},
		"elsewhere":    {file: chatwoottest.Attachment{DataURL: "http://169.254.169.254/latest/meta-data/x.jpg"}, says: "no me ha llegado bien", status: "failed"},
		"a bad moment": {file: photo(1), faults: []chatwoottest.Fault{{Path: "/rails/", Status: 503}, {Path: "/rails/", Reset: true}}, says: "Recibido, gracias", status: "stored", fetched: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, options{})
			h.order()
			h.chatwoot.Inject(c.faults...)
			h.deliver(h.chatwoot.Incoming(withFiles(c.file)), conversations.ReceiptQueued)
			require.Contains(t, h.replies(3)[2].Shown, c.says)
			h.settled()
			require.Equal(t, 1, h.count("message_attachments WHERE status = '"+c.status+"' AND url IS NULL"))
			require.Equal(t, c.fetched, h.downloads())
			kept := 0
			if c.status == "stored" {
				kept = 1
			}
			transcript, _, err := conversations.NewReader(h.pool, h.clock.now).Messages(t.Context(), h.conversationID(), page.Key{}, 10)
			require.NoError(t, err)
			var shown []conversations.Attachment
			for _, m := range transcript {
				shown = append(shown, m.Attachments...)
			}
			require.Len(t, shown, 1)
			require.Equal(t, c.status == "stored", shown[0].FileID != nil)
			require.Equal(t, c.status != "stored", shown[0].Problem != "")
			require.Equal(t, []int{kept, kept}, []int{h.count("case_files"), h.count("images")})
		})
	}
}

// TestFileThatNeverComes has every attempt fail.
func TestFileThatNeverComes(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	h.order()
	h.chatwoot.Inject(chatwoottest.Fault{Path: "/rails/", Status: 500, Times: -1})
	h.deliver(h.chatwoot.Incoming(withFiles(photo(1))), conversations.ReceiptQueued)
	require.Contains(t, h.replies(3)[2].Shown, "no me ha llegado bien")
	h.settled()
	require.Equal(t, 1, h.count("message_attachments WHERE status = 'failed' AND attempts = 6"))
}

// TestAlbum comes as one message per photo, each delivered three times at once.
func TestAlbum(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	h.order()
	h.set("reply_delay_media", "2000")
	var wg sync.WaitGroup
	for i := range 12 {
		hook := h.chatwoot.Incoming(withFiles(photo(uint64(i))))
		for range 3 {
			wg.Go(func() {
				if _, err := h.intake.Receive(t.Context(), hook.Body); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	sent, err := h.chatwoot.WaitSent(3, patience)
	require.NoError(t, err)
	require.Contains(t, sent[2].Shown, "Recibido")
	h.settled()
	require.Equal(t, []int{12, 12, 12}, []int{h.downloads(), h.count("images"), h.count("case_files")})
	require.Equal(t, "ASIDEROS/asidero_nuevo", places(h.activeCase())[0])
}

// TestPhotosWhileAPersonHasTheConversation are added without a word.
func TestPhotosWhileAPersonHasTheConversation(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	first := h.order()
	_, err := h.intake.Receive(t.Context(), h.chatwoot.HumanReply(first.ConversationID, "Hola, soy Marta").Body)
	require.NoError(t, err)
	h.deliver(h.chatwoot.Incoming(withFiles(photo(1))), conversations.ReceiptQueued)
	h.settled()
	require.Equal(t, []string{"ASIDEROS/asidero_nuevo"}, places(h.activeCase()))
	h.replies(2)
}

// TestTakenBeforeTheTurn has a person step in when the photo is here and not yet
// looked at.
func TestTakenBeforeTheTurn(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	first := h.order()
	h.set("reply_delay_media", "5000")
	h.deliver(h.chatwoot.Incoming(withFiles(photo(1))), conversations.ReceiptQueued)
	require.Eventually(t, func() bool { return h.count("message_attachments WHERE status = 'stored'") == 1 }, patience, 5*time.Millisecond)
	require.Zero(t, h.count("case_files"))
	_, err := h.intake.Receive(t.Context(), h.chatwoot.HumanReply(first.ConversationID, "Hola, soy Marta").Body)
	require.NoError(t, err)
	h.settled()
	require.Equal(t, []string{"ASIDEROS/asidero_nuevo"}, places(h.activeCase()))
	h.replies(2)
}

// TestFileThatComesLate arrives with a later event, or only Chatwoot's API knows
// of it.
func TestFileThatComesLate(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]func(h *harness, hook chatwoottest.Webhook){
		"by webhook": func(h *harness, hook chatwoottest.Webhook) { h.deliver(hook, conversations.ReceiptIgnored) },
		"by asking": func(h *harness, _ chatwoottest.Webhook) {
			require.NoError(h.t, h.reconcile())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, options{})
			h.order()
			hook := h.say("te la mando ahora")
			h.replies(3)
			h.settled()
			late(h, h.chatwoot.Attach(hook.MessageID, photo(1)))
			h.settled()
			require.Equal(t, []string{"ASIDEROS/asidero_nuevo"}, places(h.activeCase()))
			late(h, h.chatwoot.MessageEvent(hook.MessageID, "message_updated"))
			h.settled()
			require.Equal(t, 1, h.downloads())
		})
	}
}

// TestDeletedInChatwoot: what no case has is forgotten, with its bytes.
func TestDeletedInChatwoot(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	hook := h.chatwoot.Incoming(withFiles(photo(1)))
	h.deliver(hook, conversations.ReceiptQueued)
	h.replies(1)
	h.settled()
	require.Equal(t, 1, h.count("images"))
	h.deliver(h.chatwoot.Delete(hook.MessageID), conversations.ReceiptIgnored)
	require.Equal(t, 1, h.count("message_attachments WHERE status = 'dropped'"))
	require.NoError(t, h.maintain())
	require.Zero(t, h.count("images"))
	require.NoError(t, h.maintain(), "there is nothing left to do")
}

// mortalKeeper keeps the file and dies before anybody is told.
type mortalKeeper struct {
	conversations.Keeper
	deaths atomic.Int32
}

// Keep keeps, and fails as often as there are deaths left.
func (k *mortalKeeper) Keep(ctx context.Context, r io.Reader, name string) (files.Stored, error) {
	stored, err := k.Keeper.Keep(ctx, r, name)
	if err == nil && k.deaths.Add(-1) >= 0 {
		return files.Stored{}, errors.New("the process died")
	}
	return stored, err
}

func TestKeptButNotNoted(t *testing.T) {
	t.Parallel()
	mortal := &mortalKeeper{}
	mortal.deaths.Store(2)
	h := start(t, options{keeper: func(k conversations.Keeper) conversations.Keeper { mortal.Keeper = k; return mortal }})
	h.order()
	h.deliver(h.chatwoot.Incoming(withFiles(photo(1))), conversations.ReceiptQueued)
	require.Contains(t, h.replies(3)[2].Shown, "Recibido")
	h.settled()
	require.Equal(t, []int{3, 1}, []int{h.count("images"), h.count("case_files")})
	require.NoError(t, h.maintain())
	require.Equal(t, 3, h.count("images"), "they may be on their way into a row")
	h.clock.advance(2 * time.Hour)
	require.NoError(t, h.maintain())
	require.Equal(t, []int{1, 1}, []int{h.count("images"), h.count("case_files")})
}

// TestStaffChangeTheCaseMeanwhile has staff answer a question of the case while
// the assistant reads: the same message is answered anew.
func TestStaffChangeTheCaseMeanwhile(t *testing.T) {
	t.Parallel()
	var h *harness
	var asked atomic.Int32
	meddle := func(a conversations.Answerer) conversations.Answerer {
		return script(func(turn assistant.Turn) assistant.Outcome {
			if turn.Case != nil && asked.Add(1) == 1 {
				_, err := h.cases.Update(h.t.Context(), h.activeCase().ID, 0, cases.Patch{
					Data: casedata.Change{casedata.SectionVehicle: {casedata.Make: "Honda"}},
				})
				if err != nil {
					h.t.Error(err)
				}
			}
			return a.Answer(turn)
		})
	}
	h = start(t, options{around: meddle})
	h.order()
	h.say("matrícula: 1234 BCD")
	h.replies(3)
	h.settled()
	require.EqualValues(t, 2, asked.Load())
	values := h.activeCase().Content.Values[casedata.SectionVehicle]
	require.Equal(t, []string{"Honda", "1234BCD"}, []string{values[casedata.Make], values[casedata.Plate]})
}

// TestCaseFollowsItsConversation when Chatwoot gives that to another contact, so
// that anonymising this one reaches it.
func TestCaseFollowsItsConversation(t *testing.T) {
	t.Parallel()
	h := start(t, options{})
	first := h.order()
	h.settled()
	before := h.activeCase()
	other := h.chatwoot.Incoming(chatwoottest.Incoming{Text: "hola", Phone: "+34600100999", Name: "Otra"})
	h.deliver(other, conversations.ReceiptQueued)
	h.replies(3)
	h.settled()
	next := h.chatwoot.Incoming(chatwoottest.Incoming{Text: "matrícula: 1234 BCD", ConversationID: first.ConversationID})
	contact := func(id int64) []byte { return fmt.Appendf(nil, `"id":%d,`, id) }
	require.Contains(t, string(next.Body), string(contact(first.ContactID)))
	next.Body = bytes.ReplaceAll(next.Body, contact(first.ContactID), contact(other.ContactID))
	h.deliver(next, conversations.ReceiptQueued)
	h.settled()
	require.Equal(t, h.customerOf(other.ConversationID), h.customerOf(first.ConversationID))
	after, err := h.cases.Get(t.Context(), before.ID)
	require.NoError(t, err)
	require.Equal(t, h.customerOf(other.ConversationID), after.CustomerID)
	require.Greater(t, after.Version, before.Version)
}

// TestAnyDeliveriesMakeTheSameCase delivers a conversation with duplicates at
// any moment and compares what comes of it.
func TestAnyDeliveriesMakeTheSameCase(t *testing.T) {
	t.Parallel()
	converse := func(t *testing.T, rng *rand.Rand) (casedata.Case, []string) {
		h := start(t, options{})
		var past []chatwoottest.Webhook
		for i, in := range []chatwoottest.Incoming{
			{Text: "asideros de mi moto"},
			{Text: "sí"},
			withFiles(photo(1)),
			{Text: "de piel"},
			withFiles(photo(2)),
			withFiles(photo(3), photo(4), photo(5), photo(6)),
			{Text: "Soy Ana García, dni 12345678Z"},
			{Text: "matrícula: 1234 BCD"},
		} {
			past = append(past, h.chatwoot.Incoming(in))
			h.deliver(past[i], conversations.ReceiptQueued)
			for range rng.IntN(4) {
				h.deliver(past[rng.IntN(len(past))], conversations.ReceiptDuplicate)
			}
			h.replies(i + 1)
		}
		h.settled()
		c := h.activeCase()
		require.NotNil(t, c)
		var said []string
		for _, m := range h.chatwoot.Sent() {
			said = append(said, m.Shown)
		}
		return c.Content, said
	}
	want, said := converse(t, rand.New(rand.NewPCG(0, 0)))
	for seed := range uint64(3) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			got, answers := converse(t, rand.New(rand.NewPCG(seed, 1)))
			require.Equal(t, want, got)
			require.Equal(t, said, answers)
		})
	}
}
