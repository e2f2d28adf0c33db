package rules

import (
	"context"
	"errors"
	"time"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/patch"
)

// Answerer decides what to say. *assistant.Assistant is one.
type Answerer interface {
	Answer(assistant.Turn) assistant.Outcome
}

// Settings gives what staff have set for the conversation.
type Settings interface {
	Assistant(ctx context.Context) (admin.Assistant, error)
}

// TrialConfig holds what Trials need; every member is required.
type TrialConfig struct {
	Catalogue Catalogue
	// Assistant has to use Book.
	Assistant Answerer
	Book      *Book
	Settings  Settings
	Now       func() time.Time
}

// Trials tells what the assistant would do about a text. Nothing is stored and
// nobody is told. Safe for concurrent use.
type Trials struct {
	TrialConfig
	rules *Rules
}

// NewTrials returns the service.
func NewTrials(c TrialConfig) *Trials { return &Trials{TrialConfig: c, rules: New(c.Catalogue)} }

// Trial is what would happen.
type Trial struct {
	// Hits are the rules that hold, in the order in which they are tried: the
	// first one decides. A draft has the nil id.
	Hits []assistant.RuleHit
	// Outcome is the assistant's, at the beginning of a conversation in which it
	// has greeted already.
	Outcome assistant.Outcome
}

// Try answers a text as the first thing a customer says. categoryRef, when it
// is not nil, is the sheet the conversation is on; draft, when it is not nil,
// is a rule that is not saved, tried before all others.
// Errors: those of catalogue.Snapshot.Resolve and Rules.Create.
func (t *Trials) Try(ctx context.Context, text string, categoryRef *string, draft *Draft) (Trial, error) {
	snapshot, err := t.Catalogue.Snapshot(ctx)
	if err != nil {
		return Trial{}, err
	}
	if draft != nil {
		rule, err := t.draft(ctx, *draft)
		if err != nil {
			return Trial{}, below("/rule", err)
		}
		snapshot = snapshot.WithRule(rule)
	}
	var category *catalogue.Category
	state := assistant.State{Greeted: true}
	if categoryRef != nil {
		if category, err = snapshot.Resolve(*categoryRef, true); err != nil {
			return Trial{}, err
		}
		state.Vehicle, state.Client = category.VehicleKind, category.ClientType
	}
	settings, err := t.Settings.Assistant(ctx)
	if err != nil {
		return Trial{}, err
	}
	return Trial{
		Hits: t.Book.Match(snapshot, category, text),
		Outcome: t.Assistant.Answer(assistant.Turn{
			State: state, Messages: []assistant.Message{{Text: text}}, Snapshot: snapshot, Now: t.Now(),
			Settings: assistant.Settings{Enabled: true, HandoverMessage: settings.HandoverMessage},
		}),
	}, nil
}

// draft makes a rule of a draft, as it would be stored, but active.
func (t *Trials) draft(ctx context.Context, d Draft) (*catalogue.Rule, error) {
	categoryID, err := t.rules.category(ctx, d.Category)
	if err != nil {
		return nil, err
	}
	row, err := normalise(d.row(categoryID))
	if err != nil {
		return nil, err
	}
	rule := &catalogue.Rule{
		Name: row.Name, Pattern: row.Pattern, CategoryID: row.CategoryID, Action: d.Action, IsActive: true,
	}
	patch.Set(&rule.Answer, row.Answer)
	patch.Set(&rule.Reason, row.Reason)
	return rule, nil
}

// below moves the pointers of an error under another one.
func below(pointer string, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	fields := make([]fault.Field, len(f.Fields))
	for i, x := range f.Fields {
		fields[i] = fault.Field{Pointer: pointer + x.Pointer, Detail: x.Detail}
	}
	return f.WithFields(fields...)
}
