package chatwoot_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":1}`:                                                     `{"a":1}`,
		`{"pubsub_token":"x"}`:                                        `{}`,
		`{"a":1,"pubsub_token":"x"}`:                                  `{"a":1}`,
		`{"pubsub_token":"x","a":1}`:                                  `{"a":1}`,
		`{"a":1,"pubsub_token":"x","b":2}`:                            `{"a":1,"b":2}`,
		`{"a":1,"pubsub_token":1,"pubsub_token":2}`:                   `{"a":1}`,
		`[1,{"pubsub_token":null}]`:                                   `[1,{}]`,
		"{ \"a\" : 1 ,\n \"pubsub_token\" :\t\"x\" }":                 `{ "a" : 1 }`,
		`{"pubsub_token":{"a":["}",{"b":"\"]"}]},"c":"pubsub_token"}`: `{"c":"pubsub_token"}`,
		`{"pubsub\u005ftoken":"x","a":1e400}`:                         `{"a":1e400}`,
		`{"\u0070ubsub_token":[1,2],"Pubsub_token":1}`:                `{"Pubsub_token":1}`,
		`{"t":"say \"pubsub_token\":\"x\" loud"}`:                     `{"t":"say \"pubsub_token\":\"x\" loud"}`,
		`{"a":"\u003cb\u003e  é"}`:                                    `{"a":"\u003cb\u003e  é"}`,
		``:                                                            ``,
		// Not JSON: what can be made out goes, nothing loops or panics.
		`{"pubsub_token":"x`: `{`,
		`{"pubsub_token":`:   `{`,
		`{"pubsub_token"`:    `{"pubsub_token"`,
		`x "pubsub_token":1`: `x `,
	} {
		require.Equal(t, want, string(chatwoot.Redact([]byte(in))), in)
	}
}

func TestRedactRecorded(t *testing.T) {
	t.Parallel()
	raw := payload(t, "01_message_created_text_first.json")
	// Byte for byte the same but for the one member.
	want := bytes.Replace(raw, []byte(`,"pubsub_token":"GNC77Sc2Mhe5d26FMEnqwEGD"`), nil, 1)
	require.NotEqual(t, raw, want)
	require.Equal(t, string(want), string(chatwoot.Redact(raw)))
}

func dropTokens(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "pubsub_token")
		for k := range v {
			v[k] = dropTokens(v[k])
		}
	case []any:
		for i := range v {
			v[i] = dropTokens(v[i])
		}
	}
	return v
}

func FuzzRedact(f *testing.F) {
	f.Add(payload(f, "43_conversation_created_no_messages.json"))
	f.Add([]byte(`{"a":[{"pubsub_token":{"b":"}"}},1],"pubsub\u005ftoken":null}`))
	f.Add([]byte(`{"pubsub_token":"\"`))
	f.Add([]byte(`[ , "pubsub_token" : , ]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		out := chatwoot.Redact(raw)
		require.Equal(t, before, raw, "the input stays")
		require.Equal(t, out, chatwoot.Redact(out), "once is enough")
		if !json.Valid(raw) {
			return
		}
		require.True(t, json.Valid(out), "%s", out)
		var a, b any
		require.NoError(t, json.Unmarshal(raw, &a))
		require.NoError(t, json.Unmarshal(out, &b))
		require.Equal(t, dropTokens(a), b)
	})
}
