package chatwoot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot"
)

// recorded is one file of the recorded webhooks with what its manifest says.
type recorded struct {
	file, event, action string
	raw                 []byte
	timestamp           string // "-" when sent unsigned
	signature           string
}

// readManifest reads the expectations from the manifest itself, so that a file
// added there is tested without touching this one.
func readManifest(t *testing.T) []recorded {
	t.Helper()
	signatures := map[string][]string{}
	for line := range strings.Lines(string(payload(t, "SIGNATURES.tsv"))) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 6 {
			signatures[f[0]] = f
		}
	}
	var all []recorded
	for line := range strings.Lines(string(payload(t, "MANIFEST.md"))) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.HasSuffix(strings.TrimSpace(cells[1]), ".json") {
			continue
		}
		r := recorded{
			file: strings.TrimSpace(cells[1]), event: strings.TrimSpace(cells[2]), action: strings.TrimSpace(cells[4]),
		}
		r.raw = payload(t, r.file)
		sig := signatures[r.file]
		require.Len(t, sig, 6, r.file)
		require.Equal(t, sig[1], strconv.Itoa(len(r.raw)), r.file)
		sum := sha256.Sum256(r.raw)
		require.Equal(t, sig[2], hex.EncodeToString(sum[:]), r.file)
		r.timestamp, r.signature = sig[4], sig[5]
		all = append(all, r)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "payloads", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	require.Equal(t, len(files), len(all), "every payload is in the manifest")
	return all
}

// expected translates the manifest's words. IGNORE_OWN leaves open whether a
// person or a machine wrote, which exact decides.
var expected = map[string][]chatwoot.Action{
	"PROCESS":    {chatwoot.Process},
	"SKIP_REPLY": {chatwoot.SkipReply},
	"STATE":      {chatwoot.State},
	"OPTIONAL":   {chatwoot.Enrich},
	"ALERT":      {chatwoot.DeliveryFailed},
	"IGNORE":     {chatwoot.Ignored},
	"IGNORE_OWN": {chatwoot.Ignored, chatwoot.HumanTookOver},
	// Whether it is a duplicate only the store knows, see the test.
	"IGNORE_DUPLICATE": {chatwoot.Process},
}

var exact = map[string]chatwoot.Action{
	"25_message_created_outgoing_agent.json":             chatwoot.HumanTookOver,
	"26_message_updated_outgoing_source_id.json":         chatwoot.Ignored,
	"28_message_created_outgoing_agent_bot.json":         chatwoot.Ignored,
	"31_message_created_outgoing_whatsapp_template.json": chatwoot.HumanTookOver,
	"32_message_created_template_greeting.json":          chatwoot.Ignored,
	"33_message_created_template_csat.json":              chatwoot.Ignored,
	"36_message_created_outgoing_two_files.json":         chatwoot.HumanTookOver,
}

// TestManifest replays the recorded webhooks, each at the time it was signed.
func TestManifest(t *testing.T) {
	t.Parallel()
	cfg := chatwoot.AuthConfig{Secrets: []chatwoot.Secret{"rotated", secret}, Token: "url-token"}
	policy := chatwoot.Policy{AccountID: 3, InboxIDs: []int64{7}}
	type key struct{ account, message int64 }
	stored := map[key]bool{}
	for _, r := range readManifest(t) {
		t.Run(r.file, func(t *testing.T) {
			req := chatwoot.AuthRequest{Body: r.raw, Now: vector.sent, RemoteAddr: "203.0.113.9:1"}
			if r.signature == "-" {
				require.ErrorIs(t, chatwoot.Authenticate(cfg, req), chatwoot.ErrTokenMissing)
				req.Token = cfg.Token
			} else {
				n, err := strconv.ParseInt(r.timestamp, 10, 64)
				require.NoError(t, err)
				req.Signatures, req.Timestamps, req.Now = []string{r.signature}, []string{r.timestamp}, time.Unix(n, 0)
			}
			require.NoError(t, chatwoot.Authenticate(cfg, req))

			e, err := chatwoot.ParseEvent(r.raw)
			require.NoError(t, err)
			require.Equal(t, r.event, e.Name)
			require.EqualValues(t, 3, e.AccountID)
			action := chatwoot.Classify(e, policy)
			require.Contains(t, expected, r.action)
			require.Contains(t, expected[r.action], action)
			if want, ok := exact[r.file]; ok {
				require.Equal(t, want, action)
			}
			if action == chatwoot.Process || action == chatwoot.SkipReply {
				k := key{e.AccountID, e.Message.ID}
				// 23 repeats 01, and 50 is 01 with the keys of a later version.
				again := r.action == "IGNORE_DUPLICATE" || strings.HasPrefix(r.file, "50_")
				require.Equal(t, again, stored[k], "seen before")
				stored[k] = true
			}

			kept, err := json.Marshal(e)
			require.NoError(t, err)
			require.NotContains(t, string(kept), "GNC77Sc2Mhe5d26FMEnqwEGD")
			require.NotContains(t, string(kept), "FyvZGALbJCq4YmM91A8z4sSj")
			redacted := chatwoot.Redact(r.raw)
			require.NotContains(t, string(redacted), "pubsub_token")
			same, err := chatwoot.ParseEvent(redacted)
			require.NoError(t, err)
			require.Equal(t, e, same)

			elsewhere := chatwoot.Classify(e, chatwoot.Policy{InboxIDs: []int64{8}})
			if e.Kind != chatwoot.KindContactCreated {
				require.Equal(t, chatwoot.Ignored, elsewhere, "another inbox")
			}
			require.Equal(t, chatwoot.Ignored, chatwoot.Classify(e, chatwoot.Policy{AccountID: 4}), "another account")
		})
	}
}
