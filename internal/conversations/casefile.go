package conversations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/files"
)

// Cases keeps the case files that conversations fill. *cases.Service is one.
type Cases interface {
	ActiveOf(ctx context.Context, d sqlc.DBTX, conversationID uuid.UUID) (*cases.Case, error)
	OpenTx(ctx context.Context, tx pgx.Tx, n cases.NewCase) (cases.Case, error)
	AnswerTx(ctx context.Context, tx pgx.Tx, id uuid.UUID, answers casedata.Change) (cases.Case, []casedata.Problem, error)
	AddFileTx(ctx context.Context, tx pgx.Tx, id uuid.UUID, stored cases.Stored, place *casedata.Place) (cases.Case, error)
	ConfirmTx(ctx context.Context, tx pgx.Tx, id uuid.UUID) (cases.Case, error)
	CancelTx(ctx context.Context, tx pgx.Tx, id uuid.UUID, reason string) (cases.Case, error)
}

// errAgain rolls a turn back that was about a case as it no longer is: the same
// messages are answered anew.
var errAgain = errors.New("the case changed meanwhile")

// caseFile is the case as the assistant sees it; nil for none.
func caseFile(c *cases.Case) *assistant.CaseFile {
	if c == nil {
		return nil
	}
	return &assistant.CaseFile{
		Number: c.Number, CategoryID: c.CategoryID, Content: c.Content, Accepted: c.Accepted,
		Filling: c.Status == cases.Collecting || c.Status == cases.PendingImages, Working: c.Status == cases.InProgress,
	}
}

// carryOut does to the case what the assistant decided about it as it was read,
// and returns what has to be noted for staff, "" for nothing.
// Errors: errAgain when the case is another by now.
func (w *ProcessWorker) carryOut(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, t turn) (note string, err error) {
	now, err := w.Cases.ActiveOf(ctx, tx, conv.ID)
	if err != nil {
		return "", fmt.Errorf("read case: %w", err)
	}
	if (now == nil) != (t.file == nil) || (now != nil && (now.ID != t.file.ID || now.Version != t.file.Version)) {
		return "", errAgain
	}
	if t.outcome.Case != nil {
		note, err = w.change(ctx, tx, conv, t, now)
	}
	switch {
	// Staff changed it between the look above and here.
	case errors.Is(err, cases.ErrActiveExists), errors.Is(err, cases.ErrClosed), errors.Is(err, cases.ErrIncomplete),
		errors.Is(err, cases.ErrTransition), errors.Is(err, cases.ErrPlace):
		return "", errAgain
	case err != nil:
		return "", fmt.Errorf("change case: %w", err)
	}
	// What the turn did not look at: it had no words about the case.
	return note, adopt(ctx, w.q, tx, w.Cases, conv.ID, w.Now())
}

func (w *ProcessWorker) change(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, t turn, c *cases.Case) (note string, err error) {
	actions := t.outcome.Case
	if actions.Open != nil {
		category := t.snapshot.ByID(actions.Open.CategoryID)
		opened, err := w.Cases.OpenTx(cases.AsAssistant(ctx), tx, cases.NewCase{
			CustomerID: conv.CustomerID, ConversationID: &conv.ID, Category: category, Quote: actions.Open.Quote, Known: t.known,
		})
		if err != nil {
			return "", err
		}
		c = &opened
	}
	if c == nil {
		return "", errAgain
	}
	if len(actions.Answers) > 0 {
		if _, _, err := w.Cases.AnswerTx(ctx, tx, c.ID, actions.Answers); err != nil {
			return "", err
		}
	}
	for _, f := range actions.Files {
		row, ok := t.files[fileKey{t.messages[f.Message].ID, f.Attachment}]
		if !ok || row.ImageID == nil {
			return "", fmt.Errorf("attachment %d of message %s is not kept", f.Attachment, t.messages[f.Message].ID)
		}
		if err := addFile(ctx, w.q, tx, w.Cases, c.ID, row, f.Place, w.Now()); err != nil {
			return "", err
		}
	}
	if actions.Confirm {
		confirmed, err := w.Cases.ConfirmTx(ctx, tx, c.ID)
		if err != nil {
			return "", err
		}
		if err := learn(ctx, w.q, tx, conv.CustomerID, confirmed.Content.Values[casedata.SectionPersonal], w.Now()); err != nil {
			return "", err
		}
		note = "Expediente " + confirmed.Number + " completo, pendiente de revisión."
	}
	if actions.Cancel {
		if _, err := w.Cases.CancelTx(ctx, tx, c.ID, "Lo pide el cliente."); err != nil {
			return "", err
		}
	}
	return note, nil
}

// adopt gives the active case of a conversation the files that came for it and
// that no turn will read any more: a person has the conversation, or the file
// came late. The case decides where they belong.
func adopt(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, keeper Cases, conversationID uuid.UUID, at time.Time) error {
	c, err := keeper.ActiveOf(ctx, tx, conversationID)
	if err != nil {
		return fmt.Errorf("read case: %w", err)
	}
	if c == nil {
		return nil
	}
	rows, err := q.AttachmentListUnplaced(ctx, tx, sqlc.AttachmentListUnplacedParams{ConversationID: conversationID, Since: c.CreatedAt})
	if err != nil {
		return fmt.Errorf("read attachments: %w", err)
	}
	for _, row := range rows {
		err := addFile(ctx, q, tx, keeper, c.ID, row.MessageAttachment, casedata.Place{}, at)
		if errors.Is(err, cases.ErrClosed) {
			return nil // a moment ago
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addFile adds an attachment to a case, once; the zero place lets the case
// decide. A case that is full takes no more, which is nothing to fail for.
func addFile(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, keeper Cases, caseID uuid.UUID, row sqlc.MessageAttachment, place casedata.Place, at time.Time) error {
	chosen := &place
	if place == (casedata.Place{}) {
		chosen = nil
	}
	_, err := keeper.AddFileTx(ctx, tx, caseID, cases.Stored{
		Stored: files.Stored{
			ID: *row.ImageID, ContentType: *row.ContentType, Size: *row.Size, Width: toInt(row.Width), Height: toInt(row.Height),
		},
		MessageID: &row.MessageID, Index: &row.AttachmentIndex,
	}, chosen)
	if errors.Is(err, cases.ErrTooManyFiles) {
		return nil
	}
	if err != nil {
		return err
	}
	return q.AttachmentPlaced(ctx, tx, sqlc.AttachmentPlacedParams{MessageID: row.MessageID, AttachmentIndex: row.AttachmentIndex, At: at})
}
