package catalogue

import (
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
)

// RuleAction is what a response rule does.
type RuleAction string

// The actions of response rules.
const (
	RuleAnswer   RuleAction = "answer"
	RuleHandOver RuleAction = "hand_over"
)

// Rule is a response rule: what the assistant does, by order of staff, when a
// message matches a pattern. It is no part of a price sheet, but stands here
// because it is read at the same moments. internal/rules keeps and applies it.
type Rule struct {
	ID   uuid.UUID
	Name string
	// Pattern is a regular expression, as rules.Compile reads it.
	Pattern string
	// CategoryID and CategorySlug name the sheet on which a conversation has to
	// be; nil and "" for any.
	CategoryID   *uuid.UUID
	CategorySlug string
	Action       RuleAction
	// Answer is what is said (RuleAnswer); Reason is what a person reads who gets
	// the conversation (RuleHandOver). "" with the other action.
	Answer   string
	Reason   string
	IsActive bool
	Version  int

	CreatedAt time.Time
	UpdatedAt time.Time
}

// Rule returns the response rule with that id, active or not, or nil.
func (s *Snapshot) Rule(id uuid.UUID) *Rule {
	for _, r := range s.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// WithRule returns the same catalogue with one more response rule before all
// others.
func (s *Snapshot) WithRule(r *Rule) *Snapshot {
	c := *s
	c.Rules = append([]*Rule{r}, s.Rules...)
	return &c
}

// ruleFromRow makes a rule; slug tells that of a category.
func ruleFromRow(r sqlc.ResponseRule, slug func(uuid.UUID) string) *Rule {
	rule := &Rule{
		ID: r.ID, Name: r.Name, Pattern: r.Pattern, CategoryID: r.CategoryID, Action: RuleAction(r.Action),
		IsActive: r.IsActive, Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if r.CategoryID != nil {
		rule.CategorySlug = slug(*r.CategoryID)
	}
	if r.Answer != nil {
		rule.Answer = *r.Answer
	}
	if r.Reason != nil {
		rule.Reason = *r.Reason
	}
	return rule
}
