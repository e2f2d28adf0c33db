package chatwoot_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/msia/msia/internal/chatwoot"
)

func parse(t *testing.T, raw string) chatwoot.Event {
	t.Helper()
	e, err := chatwoot.ParseEvent([]byte(raw))
	require.NoError(t, err)
	return e
}

func parseFile(t *testing.T, name string) chatwoot.Event {
	t.Helper()
	return parse(t, string(payload(t, name)))
}

func ptr[T any](v T) *T { return &v }

func TestParseEventWhole(t *testing.T) {
	t.Parallel()
	require.Equal(t, chatwoot.Event{
		Name: "message_created", Kind: chatwoot.KindMessageCreated, AccountID: 3, InboxID: 7,
		Conversation: chatwoot.Conversation{
			ID: 318, Status: "open", CanReply: ptr(true), Channel: "Channel::Whatsapp", AssigneeKnown: true,
			UpdatedAt: time.UnixMicro(1785744989_520233).UTC(),
		},
		Contact: chatwoot.Contact{
			ID: 4182, Name: "Lucía Fernández Ríos", Phone: "+34600100201", PhoneAsSent: "+34600100201", SourceID: "34600100201",
		},
		Message: chatwoot.Message{
			ID: 90214, Direction: chatwoot.DirectionIncoming, Content: "Esta es la ficha técnica de la moto",
			CreatedAt: time.Date(2026, 8, 3, 8, 16, 29, 489e6, time.UTC),
			SourceID:  "wamid.HBgLMzQ2MDAxMDAyMDEVAgASGBQwNDQ5OTA0RkJGMzI2MDdCRjhDRQA=",
			Sender:    chatwoot.SenderContact, SenderID: 4182, Delivery: "sent",
			Attachments: []chatwoot.Attachment{{
				ID: 30877, FileType: "image", Extension: "jpg", ContentType: "image/jpeg", Size: 284913,
				DataURL: "https://chat.example.com/rails/active_storage/blobs/redirect/eyJfcmFpbHMiOnsibWVzc2FnZSI6IkJBaHBBajZnIiwiZXhwIjpudWxsLCJwdXIiOiJibG9iX2lkIn19--8d19ed8d9814d73a3894bd7d49b9df0679b1ecc1/1402277718311290.jpg",
			}},
		},
	}, parseFile(t, "07_message_created_image_caption.json"))
}

func TestParseEventFiles(t *testing.T) {
	t.Parallel()
	marta := &chatwoot.Assignee{ID: 12, Kind: chatwoot.AssigneeHuman, Name: "Marta Soler"}
	for file, check := range map[string]func(*require.Assertions, chatwoot.Event){
		"02_conversation_created.json": func(r *require.Assertions, e chatwoot.Event) {
			r.EqualValues(318, e.Conversation.ID)
			r.Zero(e.Message, "the newest message of a conversation is not the event's")
		},
		"03_contact_created.json": func(r *require.Assertions, e chatwoot.Event) {
			r.EqualValues(4182, e.Contact.ID)
			r.Zero(e.Conversation)
			r.Zero(e.InboxID)
		},
		"04_contact_updated_last_activity.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Equal([]string{"last_activity_at", "updated_at"}, e.Changed)
		},
		"06_message_created_emoji_unicode.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Equal("José Ángel «Ñoño» Muñoz 🏍️", e.Contact.Name)
			r.Contains(e.Message.Content, "👨‍👩‍👧‍👦 \u200bfin", "joiners and zero-width spaces stay")
			r.Contains(e.Message.Content, "中文 é 👨", "composed")
			r.NotContains(e.Message.Content, "e\u0301")
		},
		"10_message_updated_audio_transcribed.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Contains(e.Message.Attachments[0].Transcript, "portamatrículas corto")
		},
		"12_message_created_location.json": func(r *require.Assertions, e chatwoot.Event) {
			a := e.Message.Attachments[0]
			r.Equal("location", a.FileType)
			r.InDelta(36.7212737, *a.Latitude, 1e-9)
			r.InDelta(-4.4213988, *a.Longitude, 1e-9)
			r.Equal("ITV Málaga, Calle Diderot 1, 29004 Málaga", a.FallbackTitle)
			r.Empty(a.DataURL)
		},
		"14_message_created_contact_card_a.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Equal("Talleres Ruiz", e.Message.Attachments[0].ContactName)
			r.Equal("+34 951 000 111", e.Message.Attachments[0].FallbackTitle)
		},
		"16_message_created_button_reply.json": func(r *require.Assertions, e chatwoot.Event) {
			r.EqualValues(90239, e.Message.InReplyTo)
			r.Equal(marta, e.Conversation.Assignee)
			r.True(e.HumanInCharge())
		},
		"17_message_created_reply_to_unknown.json": func(r *require.Assertions, e chatwoot.Event) { r.Zero(e.Message.InReplyTo) },
		"18_message_created_unsupported.json":      func(r *require.Assertions, e chatwoot.Event) { r.True(e.Message.Unsupported) },
		"25_message_created_outgoing_agent.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Equal(chatwoot.SenderUser, e.Message.Sender)
			r.EqualValues(12, e.Message.SenderID)
			r.Equal("Marta Soler", e.Message.SenderName)
			r.EqualValues(4182, e.Contact.ID, "the contact is the customer, not the sender")
		},
		"28_message_created_outgoing_agent_bot.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Equal(chatwoot.SenderAgentBot, e.Message.Sender)
			r.Equal(&chatwoot.Assignee{ID: 2, Kind: chatwoot.AssigneeBot, Name: "Homologa Bot"}, e.Conversation.Assignee)
			r.False(e.HumanInCharge())
		},
		"29_message_updated_failed.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Equal("failed", e.Message.Delivery)
			r.Equal("131047: Re-engagement message", e.Message.ExternalError)
			r.Equal(ptr(false), e.Conversation.CanReply)
		},
		"32_message_created_template_greeting.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Equal(chatwoot.DirectionTemplate, e.Message.Direction)
			r.Equal(chatwoot.SenderNone, e.Message.Sender)
		},
		"35_message_updated_deleted.json": func(r *require.Assertions, e chatwoot.Event) { r.True(e.Message.Deleted) },
		"37_conversation_status_changed_resolved.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Equal(chatwoot.StatusResolved, e.Conversation.Status)
			r.Nil(e.Changed)
		},
		"44_conversation_typing_on.json": func(r *require.Assertions, e chatwoot.Event) {
			r.Equal(chatwoot.KindOther, e.Kind)
			r.EqualValues(318, e.Conversation.ID)
		},
		"45_webwidget_triggered.json": func(r *require.Assertions, e chatwoot.Event) {
			r.EqualValues(4300, e.Contact.ID)
			r.EqualValues(2, e.InboxID)
		},
		"47_macro_executed.json": func(r *require.Assertions, e chatwoot.Event) { r.EqualValues(318, e.Conversation.ID) },
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			check(require.New(t), parseFile(t, file))
		})
	}
}

func TestParseEventErrors(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", " ", "{", "not json", `{"event":"x"} {}`, `{"event":"x",}`, "\xef\xbb\xbf{}", strings.Repeat("[", 100_000)} {
		_, err := chatwoot.ParseEvent([]byte(raw))
		require.ErrorIs(t, err, chatwoot.ErrNotJSON, "%.20q", raw)
	}
	for _, raw := range []string{
		"null", "[]", "1", `"event"`, "{}", `{"event":null}`, `{"event":1}`, `{"event":""}`, `{"event":{}}`, `{"EVENT":"x"}`,
		`{"event":"message_created"}`,
		`{"event":"message_created","id":1}`,
		`{"event":"message_created","id":1,"conversation":null}`,
		`{"event":"message_created","id":1,"conversation":{"id":-5}}`,
		`{"event":"message_created","id":0,"conversation":{"id":5}}`,
		`{"event":"message_created","id":1.5,"conversation":{"id":5}}`,
		`{"event":"message_created","id":"x","conversation":{"id":5}}`,
		`{"event":"message_created","id":99999999999999999999,"conversation":{"id":5}}`,
		`{"event":"message_updated","id":1e400,"conversation":{"id":5}}`,
	} {
		_, err := chatwoot.ParseEvent([]byte(raw))
		require.ErrorIs(t, err, chatwoot.ErrNotEvent, raw)
	}
}

func TestParseEventTolerance(t *testing.T) {
	t.Parallel()
	const head = `{"event":"message_created","id":1,"conversation":{"id":5},`
	message := func(member string) chatwoot.Message { return parse(t, head+member+`}`).Message }

	for text, want := range map[string]chatwoot.Direction{
		`"incoming"`: chatwoot.DirectionIncoming, `0`: chatwoot.DirectionIncoming, `"0"`: chatwoot.DirectionIncoming, `0.0`: chatwoot.DirectionIncoming,
		`"outgoing"`: chatwoot.DirectionOutgoing, `1`: chatwoot.DirectionOutgoing, `1.0`: chatwoot.DirectionOutgoing,
		`2`: chatwoot.DirectionActivity, `"template"`: chatwoot.DirectionTemplate, `3`: chatwoot.DirectionTemplate,
		`null`: "", `4`: "", `"Incoming"`: "", `true`: "", `[0]`: "", `""`: "",
	} {
		require.Equal(t, want, message(`"message_type":`+text).Direction, text)
	}
	for text, want := range map[string]time.Time{
		`"2026-08-03T08:15:20.412Z"`:      time.Date(2026, 8, 3, 8, 15, 20, 412e6, time.UTC),
		`"2026-08-03T10:15:20.412+02:00"`: time.Date(2026, 8, 3, 8, 15, 20, 412e6, time.UTC),
		`1785744920`:                      time.Unix(1785744920, 0).UTC(),
		`"1785744920"`:                    time.Unix(1785744920, 0).UTC(),
		`1785744920.443233`:               time.UnixMicro(1785744920443233).UTC(),
		`0`:                               {}, `null`: {}, `-1`: {}, `1e300`: {}, `"0001-01-01T00:00:00Z"`: {}, `"yesterday"`: {}, `"NaN"`: {}, `{}`: {}, `99999999999999`: {},
	} {
		require.Equal(t, want, message(`"created_at":`+text).CreatedAt, text)
	}
	for text, want := range map[string]int64{
		`9007199254740993`: 9007199254740993, `9223372036854775807`: 9223372036854775807, `"9007199254740993"`: 9007199254740993,
		`9007199254740993.0`: 9007199254740993, `12.000`: 12, `1e3`: 1000, `-1`: 0, `1.5`: 0, `9223372036854775808`: 0, `1e99999`: 0, `null`: 0, `true`: 0,
	} {
		require.Equal(t, want, message(`"content_attributes":{"in_reply_to":`+text+`}`).InReplyTo, text)
	}
	require.EqualValues(t, 9007199254740993, parse(t, `{"event":"message_created","id":9007199254740993,"conversation":{"id":9007199254740995}}`).Message.ID)

	m := message(`"content_attributes":"{\"msia_reply\":\"x\",\"deleted\":\"true\"}","private":"true","content":12,"sender":[],"attachments":{"a":1}`)
	require.Equal(t, "x", m.Marker)
	require.True(t, m.Deleted)
	require.True(t, m.Private)
	require.Equal(t, "12", m.Content)
	require.Equal(t, chatwoot.SenderNone, m.Sender)
	require.Empty(t, m.Attachments)

	m = message(`"attachments":[null,1,{"id":2},{"file_type":"file","data_url":"https://x/a b"},{"data_url":"https://x/é","extension":".pdf","file_size":12.0},
		{"coordinates_lat":91,"coordinates_long":0},{"coordinates_lat":"1.5","coordinates_long":2}]`)
	require.Equal(t, []chatwoot.Attachment{
		{ID: 2}, {FileType: "file"}, {DataURL: "https://x/é", Extension: "pdf", Size: 12}, {}, {Latitude: ptr(1.5), Longitude: ptr(2.0)},
	}, m.Attachments)

	e := parse(t, `{"event":"message_created","id":1,"conversation_id":6,"conversation":{"messages":[{"id":1,"account_id":8,"inbox_id":9,"status":"read","sender_type":"User","sender_id":3}]}}`)
	require.EqualValues(t, 6, e.Conversation.ID)
	require.EqualValues(t, 8, e.AccountID)
	require.EqualValues(t, 9, e.InboxID)
	require.Equal(t, "read", e.Message.Delivery)
	require.Equal(t, chatwoot.SenderUser, e.Message.Sender)
	e = parse(t, `{"event":"message_updated","id":1,"conversation":{"id":6,"messages":[{"id":2,"status":"failed","sender_type":"User"}]}}`)
	require.Empty(t, e.Message.Delivery, "the copy is of another message")
	require.Equal(t, chatwoot.SenderNone, e.Message.Sender)
	require.False(t, e.Conversation.AssigneeKnown)
	require.Nil(t, e.Conversation.CanReply)
}

func TestParseEventText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`a\u0000b\u0007c\u001bd\u007fe\u0085f`: "abcde\nf",
		`a\r\nb\rc\td`:                         "a\nb\nc\td",
		`\ud800x`:                              "\uFFFDx",
		"a\xffb":                               "a\uFFFDb",
		`1234 BC\u0043\u0327`:                  "1234 BCÇ",
		`\u202eabc\u200b`:                      "\u202eabc\u200b",
		`  dos  espacios  `:                    "  dos  espacios  ",
		`\\u0000`:                              `\u0000`,
	} {
		e := parse(t, `{"event":"message_created","id":1,"conversation":{"id":5},"content":"`+in+`"}`)
		require.Equal(t, want, e.Message.Content, in)
	}
	e := parse(t, `{"event":"contact_updated","id":1,"name":" Ana\n\u0000 María\u0007 `+strings.Repeat("á", 300)+`"}`)
	require.Equal(t, 255, utf8.RuneCountInString(e.Contact.Name))
	require.True(t, strings.HasPrefix(e.Contact.Name, "Ana María á"))
}

func TestParseEventContact(t *testing.T) {
	t.Parallel()
	contact := func(member, conversation string) chatwoot.Contact {
		return parse(t, `{"event":"conversation_updated","id":5,`+conversation+`"meta":{"sender":{"id":9,`+member+`"x":0}}}`).Contact
	}
	const whatsApp = `"channel":"Channel::Whatsapp",`
	for _, tc := range []struct{ member, conversation, phone, sent string }{
		{`"phone_number":"+34600100201",`, "", "+34600100201", "+34600100201"},
		{`"phone_number":"600 100 201",`, "", "+34600100201", "600 100 201"},
		{`"phone_number":"0044 20 7946 0958",`, "", "+442079460958", "0044 20 7946 0958"},
		{`"phone_number":"+34 951-000-111",`, "", "+34951000111", "+34 951-000-111"},
		{`"phone_number":"hola",`, "", "", "hola"},
		{`"phone_number":"12",`, "", "", "12"},
		{`"phone_number":null,`, whatsApp + `"contact_inbox":{"source_id":"34600100201"},`, "+34600100201", ""},
		{`"phone_number":null,`, whatsApp + `"contact_inbox":{"source_id":34600100201},`, "+34600100201", ""},
		{``, `"contact_inbox":{"source_id":"whatsapp:+34600100201"},`, "+34600100201", ""},
		{``, whatsApp + `"contact_inbox":{"source_id":"ES.13491234567890"},`, "", ""},
		{``, `"channel":"Channel::WebWidget","contact_inbox":{"source_id":"34600100201"},`, "", ""},
	} {
		c := contact(tc.member, tc.conversation)
		require.Equal(t, tc.phone, c.Phone, tc)
		require.Equal(t, tc.sent, c.PhoneAsSent, tc)
		require.EqualValues(t, 9, c.ID)
	}
	require.Equal(t, "Profesional", contact(`"custom_attributes":{"tipo":" Profesional\n"},`, "").ClientType)
	require.Empty(t, contact(`"custom_attributes":{"tipo":{}},`, "").ClientType)

	e := parse(t, `{"event":"message_created","id":1,"message_type":"incoming","sender":{"id":9,"name":"A"},
		"conversation":{"id":5,"custom_attributes":{"atencion_automatica":false},"meta":{"sender":{"id":9,"blocked":true}}}}`)
	require.True(t, e.Contact.Blocked)
	require.Equal(t, ptr(false), e.Conversation.AutoAttention)
}

func TestEventFromAPI(t *testing.T) {
	t.Parallel()
	var list struct {
		Payload []chatwoot.APIMessage `json:"payload"`
	}
	require.NoError(t, json.Unmarshal(apiFile(t, "messages_index_200.json"), &list))
	require.Len(t, list.Payload, 2)
	var conv chatwoot.APIConversation
	require.NoError(t, json.Unmarshal([]byte(`{
		"meta":{"sender":{"id":4182,"name":"Lucía Fernández Ríos","phone_number":"+34600100201","blocked":false,"custom_attributes":{"tipo":"Particular"}},"channel":"Channel::Whatsapp","hmac_verified":false},
		"id":318,"messages":[{"id":90211}],"account_id":3,"can_reply":true,"inbox_id":7,"status":"open","created_at":1785744920,"updated_at":1785744920.443233}`), &conv))
	require.EqualValues(t, 90211, conv.NewestMessageID)

	polled := chatwoot.EventFromAPI(conv, list.Payload[0])
	delivered := parseFile(t, "01_message_created_text_first.json")
	// All that the API does not say, or says with less detail.
	require.Equal(t, delivered.Message.CreatedAt.Truncate(time.Second), polled.Message.CreatedAt)
	require.Equal(t, "Particular", polled.Contact.ClientType)
	polled.Message.CreatedAt, polled.Contact.ClientType = delivered.Message.CreatedAt, ""
	polled.Contact.SourceID = delivered.Contact.SourceID
	require.Equal(t, delivered, polled)
	require.Equal(t, chatwoot.Process, chatwoot.Classify(polled, chatwoot.Policy{AccountID: 3, InboxIDs: []int64{7}}))

	reply := chatwoot.EventFromAPI(conv, list.Payload[1])
	require.Equal(t, chatwoot.SenderAgentBot, reply.Message.Sender)
	require.Equal(t, chatwoot.Ignored, chatwoot.Classify(reply, chatwoot.Policy{}))

	require.Error(t, json.Unmarshal([]byte(`[]`), &conv))
	require.Error(t, json.Unmarshal([]byte(`"x"`), &list.Payload[0]))
}

func TestEventLogValueHidesPeople(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "event", parseFile(t, "07_message_created_image_caption.json"))
	require.Contains(t, b.String(), "message_id=90214")
	for _, secret := range []string{"Lucía", "34600100201", "ficha", "active_storage", "wamid"} {
		require.NotContains(t, b.String(), secret)
	}
}

// TestParseEventMutations breaks every value of recorded bodies in every way:
// parsing must go on, and only ids may turn it into ErrNotEvent.
func TestParseEventMutations(t *testing.T) {
	t.Parallel()
	junk := []any{nil, true, -1, 1.5, "", "\x00x", []any{}, []any{nil, "x"}, map[string]any{}, map[string]any{"id": "x"}}
	for _, file := range []string{
		"03_contact_created.json", "12_message_created_location.json", "29_message_updated_failed.json",
		"41_conversation_updated_labels.json", "45_webwidget_triggered.json",
	} {
		var root any
		require.NoError(t, json.Unmarshal(payload(t, file), &root))
		mutate(root, func() {
			raw, err := json.Marshal(root)
			require.NoError(t, err)
			if _, err = chatwoot.ParseEvent(raw); err != nil {
				require.ErrorIs(t, err, chatwoot.ErrNotEvent)
			}
		}, junk)
	}
}

// mutate replaces each member below v in turn, and calls check each time.
func mutate(v any, check func(), junk []any) {
	switch v := v.(type) {
	case map[string]any:
		for k, old := range v {
			mutate(old, check, junk)
			for _, j := range junk {
				v[k] = j
				check()
			}
			delete(v, k)
			check()
			v[k] = old
		}
	case []any:
		for i, old := range v {
			mutate(old, check, junk)
			for _, j := range junk {
				v[i] = j
				check()
			}
			v[i] = old
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	// Small seeds: the fuzzer spends its time on shortening long ones.
	f.Add([]byte(`{"event":"message_created","id":1,"account":{"id":3},"inbox":{"id":7},"message_type":"incoming","content":"é","created_at":"2026-08-03T08:15:20.412Z","private":false,"conversation":{"id":5,"messages":[{"id":1,"status":"sent"}],"meta":{"sender":{"id":2,"phone_number":"+34600100201"},"assignee":null}},"sender":{"id":2,"name":"A"},"attachments":[{"id":1,"coordinates_lat":1.5,"coordinates_long":2,"data_url":"https://x"}]}`))
	f.Add([]byte(`{"event":"conversation_updated","id":5,"contact_inbox":{"source_id":"34600100201"},"channel":"Channel::Whatsapp","updated_at":1785744920.4,"changed_attributes":[{"status":{}}]}`))
	f.Add([]byte(`{"event":"message_created","id":1e2,"conversation":{"id":"5"},"message_type":0,"content":"\u0000\ud800","created_at":1e18,"content_attributes":"{}"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := chatwoot.ParseEvent(raw)
		if err != nil {
			require.Zero(t, e)
			if json.Valid(raw) {
				require.ErrorIs(t, err, chatwoot.ErrNotEvent)
			}
			return
		}
		c := e.Message.Content
		require.True(t, utf8.ValidString(c))
		require.True(t, norm.NFC.IsNormalString(c))
		require.False(t, strings.ContainsFunc(c, func(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }), "%q", c)
		require.False(t, strings.ContainsFunc(e.Contact.Name+e.Contact.Phone+e.Name, unicode.IsControl))
		kept, err := json.Marshal(e)
		require.NoError(t, err, "times and numbers can be written")
		require.NotContains(t, string(kept), `\u0000`)
		_ = chatwoot.Classify(e, chatwoot.Policy{})
		_ = fmt.Sprint(e.LogValue())
	})
}
