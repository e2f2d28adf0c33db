package rules

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/patch"
)

// Errors of rules.
var (
	ErrNotFound = fault.New(fault.NotFound, "rule_not_found", "Response rule not found")
	ErrName     = fault.New(fault.Conflict, "rule_name_taken", "Response rule name already exists")
	ErrTooMany  = fault.New(fault.Conflict, "too_many_rules", fmt.Sprintf("There are %d response rules already.", maxRules))
	ErrChanged  = fault.New(fault.PreconditionFailed, "version_mismatch", "The response rule was changed since then.")
	// ErrPattern has the compiler's words in its message and field.
	ErrPattern = fault.New(fault.Invalid, "invalid_pattern", "The pattern cannot be used.")
	ErrInvalid = fault.New(fault.Invalid, "invalid_rule", "The response rule is not sound.")
	ErrOrder   = fault.New(fault.Invalid, "invalid_order", "The order has to name every response rule exactly once.").
			WithFields(fault.Field{Pointer: "/ids", Detail: "has to name every response rule exactly once"})
)

// maxRules bounds how many rules there are: each is tried on each message.
const maxRules = 200

// The bounds of a rule's texts, in characters.
const (
	maxName    = 100
	maxPattern = 500
	maxAnswer  = 1000
	maxReason  = 300
)

// Draft is a rule as staff write it.
type Draft struct {
	Name    string
	Pattern string
	// Category is the id or slug of the sheet on which it holds; nil for any.
	Category *string
	Action   catalogue.RuleAction
	// Answer goes with catalogue.RuleAnswer, Reason with catalogue.RuleHandOver.
	Answer   *string
	Reason   *string
	IsActive bool
}

// Patch changes what is present: nil, or not specified, leaves a member as it
// is. The text that a new action has no use for goes by itself.
type Patch struct {
	Name     *string
	Pattern  *string
	Category nullable.Nullable[string]
	Action   *catalogue.RuleAction
	Answer   nullable.Nullable[string]
	Reason   nullable.Nullable[string]
	IsActive *bool
}

// apply returns the row as the patch makes it, but for the category.
func (p Patch) apply(row sqlc.ResponseRule) sqlc.ResponseRule {
	if p.Action != nil && string(*p.Action) != row.Action {
		row.Action, row.Answer, row.Reason = string(*p.Action), nil, nil
	}
	patch.Set(&row.Name, p.Name)
	patch.Set(&row.Pattern, p.Pattern)
	patch.Set(&row.IsActive, p.IsActive)
	patch.SetNullable(&row.Answer, p.Answer)
	patch.SetNullable(&row.Reason, p.Reason)
	return row
}

// row makes one of a draft. It has no order, version or times yet.
func (d Draft) row(categoryID *uuid.UUID) sqlc.ResponseRule {
	return sqlc.ResponseRule{
		Name: d.Name, Pattern: d.Pattern, CategoryID: categoryID, Action: string(d.Action), Answer: d.Answer, Reason: d.Reason, IsActive: d.IsActive,
	}
}

// normalise trims the texts of a row and checks everything that can be said
// wrong. Errors: ErrPattern; ErrInvalid with every wrong member.
func normalise(row sqlc.ResponseRule) (sqlc.ResponseRule, error) {
	row.Name = strings.TrimSpace(row.Name)
	row.Answer, row.Reason = trimmed(row.Answer), trimmed(row.Reason)
	var wrong []fault.Field
	bad := func(member, detail string) {
		wrong = append(wrong, fault.Field{Pointer: "/" + member, Detail: detail})
	}
	text := func(member, value string, most int) {
		switch {
		case value == "" || utf8.RuneCountInString(value) > most:
			bad(member, fmt.Sprintf("has to have from 1 to %d characters", most))
		case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && (r != '\n' || member != "answer") }):
			bad(member, "holds a control character")
		case member == "answer" && money.Mentioned(value):
			bad(member, "states an amount of money; prices come from the tariffs only")
		}
	}
	text("name", row.Name, maxName)
	for _, x := range []struct {
		member string
		value  *string
		action catalogue.RuleAction
		most   int
	}{{"answer", row.Answer, catalogue.RuleAnswer, maxAnswer}, {"reason", row.Reason, catalogue.RuleHandOver, maxReason}} {
		switch needed := row.Action == string(x.action); {
		case needed && x.value == nil:
			bad(x.member, "is required with the action "+row.Action)
		case !needed && x.value != nil:
			bad(x.member, "makes no sense with the action "+row.Action)
		case needed:
			text(x.member, *x.value, x.most)
		}
	}
	if len(wrong) > 0 {
		return row, ErrInvalid.WithFields(wrong...).WithMessage("The response rule is not sound: " + wrong[0].Pointer + " " + wrong[0].Detail)
	}
	return row, checkPattern(row.Pattern)
}

func trimmed(s *string) *string {
	if s == nil {
		return nil
	}
	t := strings.TrimSpace(*s)
	return &t
}

// checkPattern errs with ErrPattern and the compiler's words.
func checkPattern(pattern string) error {
	refuse := func(words string) error {
		return ErrPattern.WithMessage("The pattern cannot be used: " + words).WithFields(fault.Field{Pointer: "/pattern", Detail: words})
	}
	if n := utf8.RuneCountInString(pattern); n < 1 || n > maxPattern {
		return refuse(fmt.Sprintf("it has to have from 1 to %d characters", maxPattern))
	}
	if strings.ContainsRune(pattern, 0) {
		return refuse("it holds a character that cannot be stored")
	}
	if _, err := Compile(pattern); err != nil {
		return refuse(err.Error())
	}
	return nil
}
