package cases

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Patch changes what is present.
type Patch struct {
	// Data are typed answers; all of them are right, or none is stored.
	Data casedata.Change
	// AssigneeID gives the case to an account; null to nobody.
	AssigneeID nullable.Nullable[uuid.UUID]
}

// Update changes data and assignment of a case and returns it.
// Errors: ErrNotFound; ErrChanged; ErrClosed; ErrAssignee; Invalid with one
// field per answer that is not right.
func (s *Service) Update(ctx context.Context, id uuid.UUID, version int, p Patch) (Case, error) {
	return s.change(ctx, id, version, func(ctx context.Context, c *change) error {
		if len(p.Data) > 0 {
			problems, err := c.answer(ctx, p.Data)
			if err != nil {
				return err
			}
			if len(problems) > 0 {
				return dataFault(problems)
			}
		}
		if p.AssigneeID.IsSpecified() {
			return c.assign(ctx, p.AssigneeID)
		}
		return nil
	})
}

// pointerEscapes writes a name as part of a JSON pointer.
var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// dataFault names every wrong answer by its pointer.
func dataFault(problems []casedata.Problem) error {
	list := make([]fault.Field, len(problems))
	for i, p := range problems {
		list[i] = fault.Field{Pointer: "/data/" + pointerEscapes.Replace(p.Section) + "/" + pointerEscapes.Replace(p.Key), Detail: p.Detail}
	}
	return errData.WithMessage(problems[0].Detail).WithFields(list...)
}

// answer stores the answers that are right and returns those that are not.
func (c *change) answer(ctx context.Context, answers casedata.Change) ([]casedata.Problem, error) {
	if !Status(c.row.Status).IsActive() {
		return nil, ErrClosed
	}
	before := string(c.row.Data)
	problems := c.current.Content.Apply(answers, c.at)
	c.row.Data = encode(c.current.Content.Values)
	if sameJSON(before, c.row.Data) {
		c.row.Data = []byte(before)
		return problems, nil
	}
	if err := c.event(ctx, sqlc.CaseEventInsertParams{Kind: eventData, Detail: encode(map[string]any{"fields": named(answers)})}); err != nil {
		return nil, err
	}
	return problems, c.settle(ctx)
}

// named lists which data were answered, not with what.
func named(answers casedata.Change) []string {
	out := []string{}
	for section, values := range answers {
		for key := range values {
			out = append(out, section+"/"+key)
		}
	}
	sort.Strings(out)
	return out
}

func (c *change) assign(ctx context.Context, to nullable.Nullable[uuid.UUID]) error {
	var id *uuid.UUID
	if v, err := to.Get(); err == nil {
		id = &v
	}
	if (id == nil) == (c.row.AssigneeID == nil) && (id == nil || *id == *c.row.AssigneeID) {
		return nil
	}
	name := ""
	if id != nil {
		account, err := c.q.AccountGet(ctx, c.tx, *id)
		if db.IsNoRows(err) || (err == nil && !account.IsActive) {
			return ErrAssignee
		}
		if err != nil {
			return fmt.Errorf("read account: %w", err)
		}
		name = account.Username
	}
	c.row.AssigneeID = id
	return c.event(ctx, sqlc.CaseEventInsertParams{Kind: eventAssigned, Detail: encode(map[string]any{"to": name})})
}

// Transition gives a case another status by hand, as the signed-in account.
// Taking a case (pending_review to in_progress) assigns it to whoever takes it.
// Errors: ErrNotFound; ErrChanged; ErrTransition; ErrRole; ErrReasonNeeded;
// ErrActiveExists; ErrIncomplete when something is missing for the review.
func (s *Service) Transition(ctx context.Context, id uuid.UUID, version int, to Status, reason string) (Case, error) {
	return s.change(ctx, id, version, func(ctx context.Context, c *change) error {
		from := Status(c.row.Status)
		who, _ := caller.From(ctx)
		t := find(from, to)
		switch {
		case t == nil || t.who == "":
			return ErrTransition.WithMessage(fmt.Sprintf("A case that is %s cannot become %s.", from, to))
		case !who.Role.Covers(t.who):
			return ErrRole
		case t.reason && reason == "":
			return ErrReasonNeeded
		}
		if to == PendingReview && len(c.current.Content.Missing()) > 0 && reason == "" {
			return ErrIncomplete.WithMessage("Something is still missing; give a reason to send it to the review as it is.")
		}
		if err := c.to(ctx, to, reason); err != nil {
			return err
		}
		if from == PendingReview && to == InProgress && c.row.AssigneeID == nil {
			if err := c.assign(ctx, nullable.NewNullableWithValue(who.AccountID)); err != nil {
				return err
			}
		}
		if to == Collecting {
			c.touched()
			if err := c.settle(ctx); err != nil {
				return err
			}
		}
		return c.tell(ctx, statusText(c.row.Number, from, to, reason))
	})
}

// tell says something to the customer; nothing when they do not write or the
// text is empty.
func (c *change) tell(ctx context.Context, text string) error {
	if text == "" || c.row.ConversationID == nil {
		return nil
	}
	return c.teller.Tell(ctx, c.tx, *c.row.ConversationID, text)
}

// AddNote adds a note of staff to the timeline. Errors: ErrNotFound.
func (s *Service) AddNote(ctx context.Context, id uuid.UUID, text string) error {
	_, err := s.change(ctx, id, 0, func(ctx context.Context, c *change) error {
		return c.event(ctx, sqlc.CaseEventInsertParams{Kind: eventNote, Reason: &text})
	})
	return err
}

// AnswerTx stores what the customer said and returns the case with the answers
// that were not right. The others are stored all the same.
func (s *Service) AnswerTx(ctx context.Context, tx pgx.Tx, id uuid.UUID, answers casedata.Change) (Case, []casedata.Problem, error) {
	var problems []casedata.Problem
	c, err := s.changeTx(AsAssistant(ctx), tx, id, 0, func(ctx context.Context, c *change) error {
		c.touched()
		var err error
		problems, err = c.answer(ctx, answers)
		return err
	})
	return c, problems, err
}

// ConfirmTx notes that the customer says that everything is right, and sends the
// case to the review. Again is no error. Errors: ErrIncomplete.
func (s *Service) ConfirmTx(ctx context.Context, tx pgx.Tx, id uuid.UUID) (Case, error) {
	return s.changeTx(AsAssistant(ctx), tx, id, 0, func(ctx context.Context, c *change) error {
		if Status(c.row.Status) == PendingReview {
			return nil
		}
		if len(c.current.Content.Missing()) > 0 {
			return ErrIncomplete
		}
		c.touched()
		c.row.ConfirmedAt = &c.at
		return c.to(ctx, PendingReview, "")
	})
}

// CancelTx ends the case because the customer wants it.
func (s *Service) CancelTx(ctx context.Context, tx pgx.Tx, id uuid.UUID, reason string) (Case, error) {
	return s.changeTx(AsAssistant(ctx), tx, id, 0, func(ctx context.Context, c *change) error {
		return c.to(ctx, Cancelled, reason)
	})
}
