package assistant_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/catalogue"
)

// TestConversations plays every conversation of testdata/conversations. After
// each turn the state goes through JSON, as it does in production; a second
// assistant with the state kept in memory must do exactly the same.
// Run with -show to read the conversations.
func TestConversations(t *testing.T) {
	t.Parallel()
	all := loadConversations(t)
	require.GreaterOrEqual(t, len(all), 60)
	names := map[string]bool{}
	for _, c := range all {
		require.False(t, names[c.Name], "two conversations are called %q", c.Name)
		names[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			play(t, c)
		})
	}
}

func play(t *testing.T, c conversation) {
	a, b := newAssistant(), newAssistant()
	snap := withRules(t, snapshot(t, c.Without), c.Rules)
	now := began
	var stored, kept assistant.State
	var file *assistant.CaseFile
	var transcript strings.Builder
	for i, u := range c.Turns {
		if u.After == 0 {
			u.After = 60e9
		}
		now = now.Add(u.After)
		u.staff(t, file)
		in := assistant.Turn{
			State: stored, Messages: u.messages(), Customer: c.customer(), Snapshot: snap, Settings: u.settings(), Now: now, Case: file,
		}
		if u.Asks != "" {
			require.Equal(t, u.Asks, assistant.RegulationQuestion(in))
		}
		in.Regulation = u.Found.answer()
		before, err := json.Marshal(in.State)
		require.NoError(t, err)
		out := a.Answer(in)
		after, err := json.Marshal(in.State)
		require.NoError(t, err)
		require.Equal(t, string(before), string(after), "the turn was changed")

		fmt.Fprintf(&transcript, "\n--- %d\n> %s %v\n< %s\n  %v handover=%v quotes=%d\n", i+1, strings.Join(u.Say, "\n> "), u.Media,
			strings.Join(out.Replies, "\n<< "), out.Escalations, out.HandOver, len(out.Quotes))
		checkTurn(t, fmt.Sprintf("turn %d: %q", i+1, u.Say), u, out)
		checkReplies(t, snap, file, u, out)
		next := carryOut(t, snap, c.customer(), file, out.Case, now)
		checkCase(t, fmt.Sprintf("turn %d: %q", i+1, u.Say), u, out.Case, next)

		in.State = kept
		again := b.Answer(in)
		require.Equal(t, out, b.Answer(in), "not the same twice")
		require.Equal(t, out, again, "the state does not survive JSON")
		kept, file = again.State, next
		stored = throughJSON(t, out.State)
	}
	if *show || t.Failed() {
		t.Log(transcript.String())
	}
}

func checkTurn(t *testing.T, at string, u turn, out assistant.Outcome) {
	text := strings.Join(out.Replies, "\n")
	if u.Reply != "" {
		assert.Equal(t, strings.TrimSpace(u.Reply), text, at)
	}
	for _, s := range u.Has {
		assert.Contains(t, text, s, at)
	}
	for _, s := range u.Not {
		assert.NotContains(t, text, s, at)
	}
	var sources []string
	var reasons strings.Builder
	for _, e := range out.Escalations {
		sources = append(sources, e.Source)
		reasons.WriteString(e.Reason + "\n")
	}
	assert.ElementsMatch(t, u.Escalate, sources, at)
	for _, s := range u.Reason {
		assert.Contains(t, reasons.String(), s, at)
	}
	assert.Equal(t, u.HandOver, out.HandOver, at)
	if u.Quotes != nil {
		assert.Len(t, out.Quotes, *u.Quotes, at)
	}
	want := 1
	if u.Replies != nil {
		want = *u.Replies
	}
	assert.Len(t, out.Replies, want, at)
}

func throughJSON(t testing.TB, s assistant.State) assistant.State {
	t.Helper()
	b, err := json.Marshal(s)
	require.NoError(t, err)
	require.Less(t, len(b), 16<<10, "the state is too big")
	require.NotContains(t, string(b), `\u0000`, "jsonb cannot hold a NUL")
	var back assistant.State
	require.NoError(t, json.Unmarshal(b, &back))
	return back
}

// allowedSources is the CHECK of the escalations table.
var allowedSources = strings.Fields("customer_request not_understood no_category quote_accepted quote_review not_covered " +
	"regulation_question assistant_disabled delivery_failed outside_window error response_rule")

// internalCodes are what customers must never read: codes that are not words.
func internalCodes(s *catalogue.Snapshot) map[string]bool {
	codes := map[string]bool{}
	for _, c := range s.Categories {
		codes[c.Slug] = true
		for _, x := range c.Tiers {
			codes[x.Code] = true
		}
		for _, x := range c.Elements {
			codes[x.Code] = true
		}
		for _, x := range c.Services {
			if strings.Contains(x.Code, "_") {
				codes[x.Code] = true
			}
		}
	}
	return codes
}
