package assistant_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/rules"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/tariffs"
)

var show = flag.Bool("show", false, "print every conversation as it went")

// conversation is one entry of testdata/conversations/*.yaml.
type conversation struct {
	Name string `yaml:"name"`
	// Client is the contact's attribute; Contact its WhatsApp name.
	Client  catalogue.ClientType `yaml:"client"`
	Contact string               `yaml:"contact"`
	// Without makes elements inactive, or categories when they have a hyphen.
	Without []string `yaml:"without"`
	// Knows are data that the customer's record has.
	Knows casedata.Change `yaml:"knows"`
	// Rules are the response rules, in their order.
	Rules []rule `yaml:"rules"`
	Turns []turn `yaml:"turns"`
}

type rule struct {
	Pattern  string `yaml:"pattern"`
	Category string `yaml:"category"` // slug
	Answer   string `yaml:"answer"`
	HandOver string `yaml:"hand_over"` // the reason; instead of an answer
	Inactive bool   `yaml:"inactive"`
}

type turn struct {
	Say oneOrMore `yaml:"say"`
	// Media are the attachments of the last message: kinds, of which "photo" and
	// "paper" are usable ones, and "bad" one that could not be used.
	Media []string `yaml:"media"`
	// Rejects is the place of a file that a person rejects before this turn, and
	// Works tells that a person takes the case before it.
	Rejects string `yaml:"rejects"`
	Works   bool   `yaml:"works"`
	// After is the time since the turn before; a minute when left out.
	After time.Duration `yaml:"after"`
	// Disabled presses the panic button with this message.
	Disabled string `yaml:"disabled"`
	// GivenBack tells that a person gives the conversation back before this turn.
	GivenBack bool `yaml:"given_back"`
	// Asks is what is looked up in the regulations, Found what stands there; left out,
	// there is nothing to look it up in.
	Asks  string      `yaml:"asks"`
	Found *regulation `yaml:"found"`

	Reply    string    `yaml:"reply"` // the whole text
	Has      oneOrMore `yaml:"has"`
	Not      oneOrMore `yaml:"not"`
	Escalate []string  `yaml:"escalate"` // exactly these sources; none when left out
	Reason   oneOrMore `yaml:"reason"`   // in the reasons, together
	HandOver bool      `yaml:"handover"`
	// Opens tells that the case file is opened; Confirms that it goes to the
	// review; Cancels that it ends.
	Opens    bool `yaml:"opens"`
	Confirms bool `yaml:"confirms"`
	Cancels  bool `yaml:"cancels"`
	// Knows are data of the case after the turn, by "section/key".
	Knows map[string]string `yaml:"knows"`
	// Places are those of the case's files after the turn: "ESCAPE/slot".
	Places  []string `yaml:"places"`
	Quotes  *int     `yaml:"quotes"`
	Replies *int     `yaml:"replies"` // 1 when left out
}

// regulation is what the regulations say; nothing at all when they do not answer.
type regulation struct {
	Text     string    `yaml:"text"`
	Sources  oneOrMore `yaml:"sources"`
	TextOnly bool      `yaml:"text_only"`
}

func (r *regulation) answer() *assistant.RegulationAnswer {
	if r == nil {
		return nil
	}
	return &assistant.RegulationAnswer{Text: r.Text, Sources: r.Sources, TextOnly: r.TextOnly}
}

// oneOrMore reads a string or a list of them.
type oneOrMore []string

func (l *oneOrMore) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*l = oneOrMore{n.Value}
		return nil
	}
	return n.Decode((*[]string)(l))
}

func loadConversations(t testing.TB) []conversation {
	t.Helper()
	files, err := filepath.Glob("testdata/conversations/*.yaml")
	require.NoError(t, err)
	var all []conversation
	for _, file := range files {
		f, err := os.Open(file)
		require.NoError(t, err)
		d := yaml.NewDecoder(f)
		d.KnownFields(true)
		var some []conversation
		require.NoError(t, d.Decode(&some), file)
		require.NoError(t, f.Close())
		all = append(all, some...)
	}
	return all
}

func newAssistant() *assistant.Assistant {
	memo := catalogue.NewMemo(elements.NewMatcher)
	return assistant.New(assistant.Deps{
		Pricer:  tariffs.NewQuoting(nil, tariffs.Calculator{ContainsPhrase: elements.ContainsPhrase}),
		Matcher: func(s *catalogue.Snapshot, c *catalogue.Category) assistant.Matcher { return memo.Get(s, c) },
		Rules:   &rules.Book{},
	})
}

func snapshot(t testing.TB, without []string) *catalogue.Snapshot {
	t.Helper()
	s, err := seed.DefaultSnapshot()
	require.NoError(t, err)
	for _, name := range without {
		if c := s.BySlug(name); c != nil {
			c.IsActive = false
			continue
		}
		found := false
		for _, c := range s.Categories {
			if e := c.Element(name); e != nil {
				reason := "Ya no lo tramitamos."
				e.IsActive, e.InactiveReason, found = false, &reason, true
			}
		}
		require.True(t, found, name)
	}
	return s
}

// withRules gives a snapshot its response rules.
func withRules(t testing.TB, s *catalogue.Snapshot, list []rule) *catalogue.Snapshot {
	t.Helper()
	for i, r := range list {
		_, err := rules.Compile(r.Pattern)
		require.NoError(t, err, r.Pattern)
		made := &catalogue.Rule{
			ID: uuid.NewSHA1(uuid.Nil, []byte{byte(i)}), Name: r.Pattern, Pattern: r.Pattern, CategorySlug: r.Category,
			Action: catalogue.RuleAnswer, Answer: r.Answer, IsActive: !r.Inactive,
		}
		if r.HandOver != "" {
			made.Action, made.Reason = catalogue.RuleHandOver, r.HandOver
		}
		if r.Category != "" {
			made.CategoryID = &s.BySlug(r.Category).ID
		}
		s.Rules = append(s.Rules, made)
	}
	return s
}

var began = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

func (c conversation) customer() assistant.Customer {
	return assistant.Customer{WhatsAppName: c.Contact, ClientType: c.Client, Known: c.Knows}
}

func (u turn) messages() []assistant.Message {
	var out []assistant.Message
	for _, text := range u.Say {
		out = append(out, assistant.Message{Text: text})
	}
	if len(u.Media) > 0 {
		if len(out) == 0 {
			out = append(out, assistant.Message{})
		}
		for _, kind := range u.Media {
			out[len(out)-1].Attachments = append(out[len(out)-1].Attachments, attachment(kind))
		}
	}
	return out
}

// attachment makes one of a kind; see turn.Media.
func attachment(kind string) assistant.Attachment {
	switch kind {
	case "photo":
		return assistant.Attachment{Kind: "image", Usable: true}
	case "paper":
		return assistant.Attachment{Kind: "file", Usable: true}
	case "bad":
		return assistant.Attachment{Kind: "image", Problem: "Una de las fotos no se puede abrir. ¿Me la mandas otra vez?"}
	}
	return assistant.Attachment{Kind: kind}
}

func (u turn) settings() assistant.Settings {
	return assistant.Settings{Enabled: u.Disabled == "", DisabledMessage: u.Disabled}
}
