package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/rules"
)

// Rules serves the tag Rules.
type Rules struct {
	rules  *rules.Rules
	trials *rules.Trials
}

// ListResponseRules returns every rule in its order.
func (h *Rules) ListResponseRules(ctx context.Context, _ oas.ListResponseRulesRequestObject) (oas.ListResponseRulesResponseObject, error) {
	all, err := h.rules.List(ctx)
	if err != nil {
		return nil, err
	}
	return oas.ListResponseRules200JSONResponse(each(all, toAPIRule)), nil
}

// CreateResponseRule creates a rule.
func (h *Rules) CreateResponseRule(ctx context.Context, r oas.CreateResponseRuleRequestObject) (oas.CreateResponseRuleResponseObject, error) {
	rule, err := h.rules.Create(ctx, fromAPIRule(*r.Body))
	if err != nil {
		return nil, err
	}
	return oas.CreateResponseRule201JSONResponse{Body: toAPIRule(rule), Headers: oas.CreateResponseRule201ResponseHeaders{ETag: etag(rule.Version)}}, nil
}

// OrderResponseRules puts the rules in another order.
func (h *Rules) OrderResponseRules(ctx context.Context, r oas.OrderResponseRulesRequestObject) (oas.OrderResponseRulesResponseObject, error) {
	all, err := h.rules.Reorder(ctx, r.Body.Ids)
	if err != nil {
		return nil, err
	}
	return oas.OrderResponseRules200JSONResponse(each(all, toAPIRule)), nil
}

// TestResponseRules tells what the assistant would answer.
func (h *Rules) TestResponseRules(ctx context.Context, r oas.TestResponseRulesRequestObject) (oas.TestResponseRulesResponseObject, error) {
	var draft *rules.Draft
	if r.Body.Rule != nil {
		d := fromAPIRule(*r.Body.Rule)
		draft = &d
	}
	trial, err := h.trials.Try(ctx, r.Body.Text, fromNullable(r.Body.Category), draft)
	if err != nil {
		return nil, err
	}
	return oas.TestResponseRules200JSONResponse(toAPITrial(trial)), nil
}

// GetResponseRule returns one rule.
func (h *Rules) GetResponseRule(ctx context.Context, r oas.GetResponseRuleRequestObject) (oas.GetResponseRuleResponseObject, error) {
	rule, err := h.rules.Get(ctx, r.RuleID)
	if err != nil {
		return nil, err
	}
	return oas.GetResponseRule200JSONResponse{Body: toAPIRule(rule), Headers: oas.GetResponseRule200ResponseHeaders{ETag: etag(rule.Version)}}, nil
}

// UpdateResponseRule changes the members that are present.
func (h *Rules) UpdateResponseRule(ctx context.Context, r oas.UpdateResponseRuleRequestObject) (oas.UpdateResponseRuleResponseObject, error) {
	rule, err := h.rules.Update(ctx, r.RuleID, ifMatch(r.Params.IfMatch), rules.Patch{
		Name: r.Body.Name, Pattern: r.Body.Pattern, Category: r.Body.Category, Action: (*catalogue.RuleAction)(r.Body.Action),
		Answer: r.Body.Answer, Reason: r.Body.Reason, IsActive: r.Body.IsActive,
	})
	if err != nil {
		return nil, h.bothVersions(ctx, err, r.RuleID, *r.Body)
	}
	return oas.UpdateResponseRule200JSONResponse{Body: toAPIRule(rule), Headers: oas.UpdateResponseRule200ResponseHeaders{ETag: etag(rule.Version)}}, nil
}

// DeleteResponseRule removes a rule.
func (h *Rules) DeleteResponseRule(ctx context.Context, r oas.DeleteResponseRuleRequestObject) (oas.DeleteResponseRuleResponseObject, error) {
	if err := h.rules.Delete(ctx, r.RuleID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, h.bothVersions(ctx, err, r.RuleID, nil)
	}
	return oas.DeleteResponseRule204Response{}, nil
}

func (h *Rules) bothVersions(ctx context.Context, err error, id uuid.UUID, submitted any) error {
	return bothVersions(err, submitted, func() (any, error) {
		current, err := h.rules.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		return toAPIRule(current), nil
	})
}

func fromAPIRule(b oas.ResponseRuleCreate) rules.Draft {
	return rules.Draft{
		Name: b.Name, Pattern: b.Pattern, Category: fromNullable(b.Category), Action: catalogue.RuleAction(b.Action),
		Answer: fromNullable(b.Answer), Reason: fromNullable(b.Reason), IsActive: b.IsActive == nil || *b.IsActive,
	}
}

func toAPIRule(r *catalogue.Rule) oas.ResponseRule {
	return oas.ResponseRule{
		ID: r.ID, Name: r.Name, Pattern: r.Pattern, Category: orNullText(r.CategorySlug), Action: oas.ResponseRuleAction(r.Action),
		Answer: orNullText(r.Answer), Reason: orNullText(r.Reason), IsActive: r.IsActive, Version: r.Version,
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}
}

func toAPITrial(t rules.Trial) oas.ResponseRuleTestResult {
	out := oas.ResponseRuleTestResult{
		Matches: make([]oas.ResponseRuleMatch, len(t.Hits)), Replies: list(t.Outcome.Replies), HandOver: t.Outcome.HandOver,
	}
	for i, hit := range t.Hits {
		m := oas.ResponseRuleMatch{
			ID: orNull[uuid.UUID](nil), Name: hit.Rule.Name, Action: oas.ResponseRuleAction(hit.Rule.Action), Spans: make([][]int, len(hit.Spans)),
		}
		if hit.Rule.ID != uuid.Nil {
			m.ID.Set(hit.Rule.ID)
		}
		for j, s := range hit.Spans {
			m.Spans[j] = []int{s.Start, s.End}
		}
		out.Matches[i] = m
	}
	return out
}
