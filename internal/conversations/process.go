package conversations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/jobs"
)

// maxPatience bounds how long a turn waits for a customer who keeps writing:
// then what is there is answered, and the rest in another turn.
// A reply delay that is longer is kept.
const maxPatience = 6 * time.Second

// maxNap is how long a waiting turn goes without a look at the settings: they
// are in force within a second.
const maxNap = 500 * time.Millisecond

// fileNap is the pause after which a turn looks again whether its files are here.
const fileNap = 500 * time.Millisecond

// ProcessArgs is the job that answers what a conversation has unanswered. There
// is at most one per conversation.
type ProcessArgs struct {
	ConversationID uuid.UUID `json:"conversation_id" river:"unique"`
}

// Kind names the job in the database.
func (ProcessArgs) Kind() string { return "process_conversation" }

// InsertOpts make the job unique per conversation.
func (ProcessArgs) InsertOpts() river.InsertOpts { return jobs.PerConversation() }

// Answerer decides what to say.
type Answerer interface {
	Answer(assistant.Turn) assistant.Outcome
}

// Settings gives what staff have set for the conversation, as it is now.
type Settings interface {
	Assistant(ctx context.Context) (admin.Assistant, error)
}

// Snapshots gives the newest catalogue.
type Snapshots interface {
	Snapshot(ctx context.Context) (*catalogue.Snapshot, error)
}

// ProcessConfig holds what a ProcessWorker needs; every member is required.
type ProcessConfig struct {
	DB        db.DB
	Outbox    *Outbox
	Assistant Answerer
	Settings  Settings
	Catalogue Snapshots
	Cases     Cases
	// Regulations answers questions about the rules; nil leaves them to people.
	Regulations Regulations
	Now         func() time.Time
}

// Regulations answers questions about the rules (internal/rag).
type Regulations interface {
	// Answer returns nil when there are no documents to answer from.
	Answer(ctx context.Context, conversationID uuid.UUID, question string) (*assistant.RegulationAnswer, error)
}

// regulationTimeout is how long looking up the rules may take: the job has to end in
// time all the same.
const regulationTimeout = 8 * time.Second

// ProcessWorker answers conversations.
type ProcessWorker struct {
	river.WorkerDefaults[ProcessArgs]
	ProcessConfig
	q *sqlc.Queries
}

// NewProcessWorker returns the worker.
func NewProcessWorker(c ProcessConfig) *ProcessWorker {
	return &ProcessWorker{ProcessConfig: c, q: sqlc.New()}
}

var errGone = errors.New("the conversation is gone")

// turn is one reading of the inbox.
type turn struct {
	conversation sqlc.Conversation
	messages     []sqlc.Message
	// files is what came with the messages.
	files    map[fileKey]sqlc.MessageAttachment
	settings admin.Assistant
	// file is the case, nil for none.
	file     *cases.Case
	known    casedata.Change
	snapshot *catalogue.Snapshot
	outcome  assistant.Outcome
}

func (t turn) ids() []uuid.UUID {
	ids := make([]uuid.UUID, len(t.messages))
	for i, m := range t.messages {
		ids[i] = m.ID
	}
	return ids
}

// Work answers until nothing is unanswered. Whatever happens to the process in
// between, the answer and the end of the question are one transaction.
func (w *ProcessWorker) Work(ctx context.Context, job *river.Job[ProcessArgs]) error {
	return w.Process(ctx, job.Args.ConversationID, func(ctx context.Context, tx pgx.Tx) error { return complete(ctx, tx, job) })
}

// Process answers a conversation until nothing is unanswered; complete is called
// in the transaction that ends it.
func (w *ProcessWorker) Process(ctx context.Context, id uuid.UUID, complete func(ctx context.Context, tx pgx.Tx) error) error {
	began := w.Now()
	for {
		t, err := w.read(ctx, id)
		if err != nil {
			return err
		}
		patient := w.Now().Sub(began) < max(maxPatience, t.settings.TextDelay, t.settings.MediaDelay)
		if wait := w.quietFor(t); patient && wait > 0 {
			if err := sleep(ctx, min(wait, maxNap)); err != nil {
				return err
			}
			continue // look again: there may be more, a person, or another setting by now
		}
		if w.filesArrive(t) {
			return river.JobSnooze(fileNap)
		}
		if len(t.messages) > 0 {
			if err := w.answer(ctx, &t); err != nil {
				return err
			}
		}
		done, err := w.finish(ctx, t, patient, complete)
		if err != nil || done {
			return err
		}
	}
}

// read takes the conversation, everything unanswered in it, and the settings.
func (w *ProcessWorker) read(ctx context.Context, id uuid.UUID) (turn, error) {
	conv, err := w.q.ConversationGet(ctx, w.DB, id)
	if db.IsNoRows(err) {
		return turn{}, river.JobCancel(errGone)
	}
	if err != nil {
		return turn{}, fmt.Errorf("read conversation %s: %w", id, err)
	}
	messages, err := w.q.MessageListUnanswered(ctx, w.DB, id)
	if err != nil {
		return turn{}, fmt.Errorf("read messages of %s: %w", id, err)
	}
	settings, err := w.Settings.Assistant(ctx)
	if err != nil {
		return turn{}, err
	}
	t := turn{conversation: conv, messages: messages, settings: settings}
	t.files, err = attachmentsOf(ctx, w.q, w.DB, t.ids())
	return t, err
}

// filesArrive reports whether a file of the turn is still on its way.
func (w *ProcessWorker) filesArrive(t turn) bool {
	if t.conversation.PausedAt != nil {
		return false
	}
	for _, f := range t.files {
		if f.Status == attachmentPending && w.Now().Sub(f.UpdatedAt) < attachmentPatience {
			return true
		}
	}
	return false
}

// quietFor returns how long the customer has to stay quiet before the answer.
func (w *ProcessWorker) quietFor(t turn) time.Duration {
	if len(t.messages) == 0 || t.conversation.PausedAt != nil {
		return 0
	}
	last := slices.MaxFunc(t.messages, func(a, b sqlc.Message) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	delay := t.settings.TextDelay
	if string(last.Attachments) != "[]" {
		delay = t.settings.MediaDelay
	}
	return last.ReceivedAt.Add(delay).Sub(w.Now())
}

// answer asks the assistant. No transaction is open meanwhile.
func (w *ProcessWorker) answer(ctx context.Context, t *turn) error {
	if t.conversation.PausedAt != nil {
		return nil
	}
	customer, err := w.q.CustomerGet(ctx, w.DB, t.conversation.CustomerID)
	if err != nil {
		return fmt.Errorf("read customer: %w", err)
	}
	if t.snapshot, err = w.Catalogue.Snapshot(ctx); err != nil {
		return err
	}
	if t.file, err = w.Cases.ActiveOf(ctx, w.DB, t.conversation.ID); err != nil {
		return fmt.Errorf("read case: %w", err)
	}
	t.known = known(customer)
	in := assistant.Turn{
		Snapshot: t.snapshot, Now: w.Now(), Case: caseFile(t.file),
		Customer: assistant.Customer{WhatsAppName: customer.WhatsappName, Known: t.known},
		Settings: assistant.Settings{
			Enabled: t.settings.Enabled, DisabledMessage: t.settings.DisabledMessage, HandoverMessage: t.settings.HandoverMessage,
		},
	}
	if customer.ClientType != nil {
		in.Customer.ClientType = catalogue.ClientType(*customer.ClientType)
	}
	if err := json.Unmarshal(t.conversation.AssistantState, &in.State); err != nil {
		return fmt.Errorf("assistant state: %w", err)
	}
	for _, m := range t.messages {
		msg, err := t.message(m)
		if err != nil {
			return err
		}
		in.Messages = append(in.Messages, msg)
	}
	in.Regulation = w.lookUp(ctx, t.conversation.ID, in)
	t.outcome = w.Assistant.Answer(in)
	return nil
}

// lookUp answers what a turn asks about the rules; nil when it asks nothing, or
// when the answer cannot be had: a person gives it.
func (w *ProcessWorker) lookUp(ctx context.Context, id uuid.UUID, in assistant.Turn) *assistant.RegulationAnswer {
	question := assistant.RegulationQuestion(in)
	if question == "" || w.Regulations == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, regulationTimeout)
	defer cancel()
	answer, err := w.Regulations.Answer(ctx, id, question)
	if err != nil {
		return nil // whoever failed has logged it
	}
	return answer
}

// message is a message as the assistant sees it.
func (t *turn) message(m sqlc.Message) (assistant.Message, error) {
	list, err := attachmentsFromRow(m.Attachments)
	if err != nil {
		return assistant.Message{}, err
	}
	msg := assistant.Message{Text: m.Content}
	for i, a := range list {
		out := assistant.Attachment{Kind: a.Kind}
		if f, ok := t.files[fileKey{m.ID, i}]; ok {
			out.Usable = f.Status == attachmentStored && f.ImageID != nil
			switch {
			case f.Problem != nil:
				out.Problem = *f.Problem
			case f.Status == attachmentPending:
				out.Problem = problemLate
			}
		}
		msg.Attachments = append(msg.Attachments, out)
		if msg.Text == "" {
			msg.Text = a.Transcript // Chatwoot wrote down what was said
		}
	}
	return msg, nil
}

// finish writes the outcome. It reports false, having written nothing, when the
// customer has written more in between and there is time to answer it all
// together, or when the case is another by now; or, having written, when more is
// left.
func (w *ProcessWorker) finish(ctx context.Context, t turn, patient bool, complete func(context.Context, pgx.Tx) error) (bool, error) {
	done := false
	err := db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		id := t.conversation.ID
		conv, err := lockByID(ctx, w.q, tx, id)
		if err != nil {
			return err
		}
		if conv == nil {
			return river.JobCancel(errGone)
		}
		now, err := w.q.MessageListUnanswered(ctx, tx, id)
		if err != nil {
			return err
		}
		if conv.PausedAt != nil {
			// A person has it: nothing is said, and nothing is left to answer.
			if _, err := w.q.MessageSkipUnanswered(ctx, tx, id); err != nil {
				return err
			}
			if err := adopt(ctx, w.q, tx, w.Cases, id, w.Now()); err != nil {
				return err
			}
			done = true
			return complete(ctx, tx)
		}
		if t.conversation.PausedAt != nil || (!sameMessages(now, t.messages) && (patient || len(now) < len(t.messages))) {
			return nil // it was given back, or there is more, or less, to answer
		}
		if len(t.messages) > 0 {
			if err := w.write(ctx, tx, *conv, t); err != nil {
				return err
			}
		}
		if len(now) > len(t.messages) {
			return nil
		}
		done = true
		return complete(ctx, tx)
	})
	if errors.Is(err, errAgain) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("finish conversation %s: %w", t.conversation.ID, err)
	}
	return done, nil
}

// write stores one turn's outcome in the transaction that ends it.
func (w *ProcessWorker) write(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, t turn) error {
	at := w.Now()
	if _, err := w.q.MessageMarkAnswered(ctx, tx, sqlc.MessageMarkAnsweredParams{Ids: t.ids(), At: &at}); err != nil {
		return fmt.Errorf("mark answered: %w", err)
	}
	note, err := w.carryOut(ctx, tx, conv, t)
	if err != nil {
		return err
	}
	state, err := json.Marshal(t.outcome.State)
	if err != nil {
		return fmt.Errorf("assistant state: %w", err)
	}
	n, err := w.q.ConversationSaveState(ctx, tx, sqlc.ConversationSaveStateParams{
		ID: conv.ID, AssistantState: state, StateVersion: t.conversation.StateVersion, At: at,
	})
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	if n == 0 {
		return fmt.Errorf("save state: another worker answered conversation %s", conv.ID)
	}
	for _, q := range t.outcome.Quotes {
		if err := w.storeQuote(ctx, tx, conv.ID, t.snapshot.Revision, q); err != nil {
			return err
		}
	}
	for _, text := range t.outcome.Replies {
		if err := w.Outbox.reply(ctx, tx, conv, text); err != nil {
			return err
		}
	}
	if note != "" {
		if _, err := w.Outbox.add(ctx, tx, conv, kindPrivateNote, note); err != nil {
			return err
		}
	}
	for _, e := range t.outcome.Escalations {
		if err := w.Outbox.escalate(ctx, tx, conv.ID, e.Source, e.Reason); err != nil {
			return err
		}
	}
	if !t.outcome.HandOver {
		return nil
	}
	return w.handOver(ctx, tx, conv, handoverNote(t.outcome.Escalations))
}

// handOver leaves the conversation to people. What the assistant said last is
// still sent.
func (w *ProcessWorker) handOver(ctx context.Context, tx pgx.Tx, conv sqlc.Conversation, note string) error {
	at := w.Now()
	n, err := w.q.ConversationPause(ctx, tx, sqlc.ConversationPauseParams{ID: conv.ID, At: at, Reason: pausedHandedOver})
	if err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	if n == 0 {
		return nil // people have it
	}
	if _, err := w.Outbox.add(ctx, tx, conv, kindHandover, note); err != nil {
		return err
	}
	return w.Outbox.decided(ctx, tx, conv.ID, at)
}

func (w *ProcessWorker) storeQuote(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID, revision int64, q assistant.OfferedQuote) error {
	request, err := json.Marshal(q.Request)
	if err != nil {
		return fmt.Errorf("quote: %w", err)
	}
	result, err := json.Marshal(q.Quote)
	if err != nil {
		return fmt.Errorf("quote: %w", err)
	}
	return w.q.QuoteInsert(ctx, tx, sqlc.QuoteInsertParams{
		ID: uuid.Must(uuid.NewV7()), ConversationID: conversationID, CategoryID: q.CategoryID, CatalogueRevision: revision,
		Request: request, Result: result, Total: q.Quote.Total, IsProvisional: q.Quote.Provisional, CreatedAt: w.Now(),
	})
}

// handoverNote is the private note staff find in Chatwoot.
func handoverNote(escalations []assistant.Escalation) string {
	note := "El asistente pasa la conversación a una persona."
	for _, e := range escalations {
		note += "\n• " + e.Reason
	}
	return note
}

// GiveUp hands a conversation over whose job failed for the last time.
func (w *ProcessWorker) GiveUp(ctx context.Context, args ProcessArgs, reason string) error {
	return db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		conv, err := lockByID(ctx, w.q, tx, args.ConversationID)
		if err != nil || conv == nil {
			return err
		}
		if err := w.Outbox.escalate(ctx, tx, conv.ID, sourceError, reason); err != nil {
			return err
		}
		if _, err := w.q.MessageSkipUnanswered(ctx, tx, conv.ID); err != nil {
			return err
		}
		return w.handOver(ctx, tx, *conv, "El asistente ha fallado y pasa la conversación a una persona.")
	})
}

func complete[T river.JobArgs](ctx context.Context, tx pgx.Tx, job *river.Job[T]) error {
	if _, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job); err != nil {
		return fmt.Errorf("complete job: %w", err)
	}
	return nil
}

func sameMessages(a, b []sqlc.Message) bool {
	return slices.EqualFunc(a, b, func(x, y sqlc.Message) bool { return x.ID == y.ID })
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
