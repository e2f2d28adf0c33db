package chatwoot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	const conv = `"id":1,"conversation":{"id":5,"meta":{}}`
	const boss = `"id":1,"conversation":{"id":5,"meta":{"assignee":{"id":1,"type":"user"}}}`
	const person = `"message_type":"outgoing","sender":{"id":1,"type":"user"}`
	for _, tc := range []struct {
		name, event, members string
		want                 chatwoot.Action
		human                bool
	}{
		{"customer", "message_created", conv + `,"message_type":"incoming"`, chatwoot.Process, false},
		{"customer of a person's conversation", "message_created", boss + `,"message_type":"incoming"`, chatwoot.Process, true},
		{"private incoming", "message_created", conv + `,"message_type":"incoming","private":true`, chatwoot.Ignored, false},
		{"no direction", "message_created", conv, chatwoot.Ignored, false},
		{"activity", "message_created", conv + `,"message_type":2`, chatwoot.Ignored, false},
		{"deleted before we saw it", "message_created", conv + `,"message_type":0,"content_attributes":{"deleted":true}`, chatwoot.SkipReply, false},
		{"person", "message_created", conv + "," + person, chatwoot.HumanTookOver, true},
		{"person's note", "message_created", conv + `,"private":true,` + person, chatwoot.Ignored, false},
		{"ours with a user's token", "message_created", conv + `,"content_attributes":{"msia_reply":"u"},` + person, chatwoot.Ignored, false},
		{"ours, failed at once", "message_created", conv + `,"status":"failed","content_attributes":{"msia_reply":"u"},` + person, chatwoot.DeliveryFailed, false},
		{"empty marker is none", "message_created", conv + `,"content_attributes":{"msia_reply":""},` + person, chatwoot.HumanTookOver, true},
		{"rule", "message_created", conv + `,"content_attributes":{"automation_rule_id":4},` + person, chatwoot.Ignored, false},
		{"campaign", "message_created", conv + `,"additional_attributes":{"campaign_id":4},` + person, chatwoot.Ignored, false},
		{"company phone", "message_created", conv + `,"message_type":1,"sender":null,"content_attributes":{"external_echo":true}`, chatwoot.HumanTookOver, true},
		{"captain", "message_created", conv + `,"message_type":1,"sender":{"id":1,"type":"captain_assistant"}`, chatwoot.Ignored, false},
		{"greeting in a person's conversation", "message_created", boss + `,"message_type":"template","sender":null`, chatwoot.Ignored, true},
		{"person's message delivered", "message_updated", conv + `,"status":"delivered",` + person, chatwoot.Ignored, false},
		{"failed", "message_updated", conv + `,"status":"failed",` + person, chatwoot.DeliveryFailed, false},
		{"failed by its error", "message_updated", conv + `,"content_attributes":{"external_error":"x"},` + person, chatwoot.DeliveryFailed, false},
		{"old error of a delivered one", "message_updated", conv + `,"status":"read","content_attributes":{"external_error":"x"},` + person, chatwoot.Ignored, false},
		{"customer's changed", "message_updated", conv + `,"message_type":0`, chatwoot.Enrich, false},
		{"customer's deleted", "message_updated", conv + `,"message_type":0,"content_attributes":{"deleted":true}`, chatwoot.State, false},
		{"opened", "conversation_opened", `"id":5`, chatwoot.State, false},
		{"assigned", "conversation_updated", `"id":5,"meta":{"assignee":{"id":1,"type":"user"}},"changed_attributes":[{"assignee_id":{}},{"updated_at":{}}]`, chatwoot.State, true},
		{"assigned to a bot, old shape", "conversation_updated", `"id":5,"meta":{"assignee":{"id":1},"assignee_type":"AgentBot"}`, chatwoot.State, false},
		{"nothing said of the changes", "conversation_updated", `"id":5`, chatwoot.State, false},
		{"no id", "conversation_updated", `"status":"open"`, chatwoot.Ignored, false},
		{"noise", "conversation_updated", `"id":5,"changed_attributes":[{"waiting_since":{}},{"updated_at":{}}]`, chatwoot.Ignored, false},
		{"contact renamed", "contact_updated", `"id":5,"changed_attributes":[{"name":{}}]`, chatwoot.State, false},
		{"unknown", "conversation_read", `"id":5`, chatwoot.Ignored, false},
		{"automation", "automation_event.message_created", `"id":5,"contact_inbox":{}`, chatwoot.Ignored, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := parse(t, `{"event":"`+tc.event+`",`+tc.members+`}`)
			require.Equal(t, tc.want, chatwoot.Classify(e, chatwoot.Policy{}))
			require.Equal(t, tc.human, e.HumanInCharge())
		})
	}
	blocked := parse(t, `{"event":"message_created","id":1,"message_type":0,"sender":{"id":2,"blocked":true},"conversation":{"id":5}}`)
	require.Equal(t, chatwoot.SkipReply, chatwoot.Classify(blocked, chatwoot.Policy{}))
	require.Equal(t, chatwoot.Ignored, chatwoot.Classify(blocked, chatwoot.Policy{InboxIDs: []int64{7}}), "inbox not said")
	require.Equal(t, chatwoot.SkipReply, chatwoot.Classify(blocked, chatwoot.Policy{AccountID: 3}), "account not said")
}
