package conversations

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/db"
)

// The kinds of attachments that are fetched: photos, and whatever Chatwoot
// knows only as a file. All others are known by their kind alone.
const (
	kindImage = "image"
	kindFile  = "file"
)

// States of an attachment; the schema describes them.
const (
	attachmentPending = "pending"
	attachmentStored  = "stored"
	attachmentRefused = "refused"
	attachmentFailed  = "failed"
)

// attachmentPatience is how long a turn waits for a file that nothing happens
// to. A file that comes later is given to the case without a turn.
const attachmentPatience = 2 * time.Minute

// attachment is what is kept of a file in its message. Its address is a secret
// and is kept apart, only until the file is here.
type attachment struct {
	Kind        string `json:"kind"`
	ContentType string `json:"content_type,omitempty"`
	Size        int64  `json:"size,omitempty"`
	Transcript  string `json:"transcript,omitempty"`
}

func (s storing) attachments() json.RawMessage {
	list := make([]attachment, len(s.event.Message.Attachments))
	for i, a := range s.event.Message.Attachments {
		list[i] = attachment{Kind: a.FileType, ContentType: a.ContentType, Size: a.Size, Transcript: a.Transcript}
	}
	raw, err := json.Marshal(list)
	if err != nil {
		panic(fmt.Sprintf("conversations: attachments: %v", err)) // strings and numbers always encode
	}
	return raw
}

// fetch has the files of a stored message fetched, those that are worth it.
func (s storing) fetch(ctx context.Context, messageID, conversationID uuid.UUID) error {
	if s.event.Contact.Blocked {
		return nil
	}
	waiting := int64(0)
	for i, a := range s.event.Message.Attachments {
		if !isFetched(a) {
			continue
		}
		n, err := s.q.AttachmentUpsert(ctx, s.tx, sqlc.AttachmentUpsertParams{
			MessageID: messageID, AttachmentIndex: int32(i), ConversationID: conversationID, Kind: a.FileType, URL: a.DataURL, At: s.now(), //nolint:gosec // a webhook is small
		})
		if err != nil {
			return fmt.Errorf("attachment: %w", err)
		}
		waiting += n
	}
	if waiting == 0 {
		return nil
	}
	return s.jobs.Enqueue(ctx, s.tx, FetchArgs{MessageID: messageID, ConversationID: conversationID})
}

// isFetched: without an address Chatwoot does not have the file yet, and says so
// again when it does.
func isFetched(a chatwoot.Attachment) bool {
	return (a.FileType == kindImage || a.FileType == kindFile) && a.DataURL != ""
}

// enrich notes what changed in a stored message of the customer.
func (s storing) enrich(ctx context.Context) error {
	m, err := found(s.q.MessageEnrich(ctx, s.tx, sqlc.MessageEnrichParams{
		ChatwootAccountID: s.event.AccountID, ChatwootMessageID: &s.event.Message.ID, Attachments: s.attachments(),
	}))
	if err != nil || m == nil || m.Author != authorCustomer {
		return err
	}
	return s.fetch(ctx, m.ID, m.ConversationID)
}

// forget empties a message that was deleted in Chatwoot, and reports whether
// there is one. What a case took stays in the case.
func (s storing) forget(ctx context.Context) (known bool, err error) {
	id, err := s.q.MessageMarkDeleted(ctx, s.tx, sqlc.MessageMarkDeletedParams{
		ChatwootAccountID: s.event.AccountID, ChatwootMessageID: &s.event.Message.ID,
	})
	if db.IsNoRows(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, s.q.AttachmentDropUnplaced(ctx, s.tx, sqlc.AttachmentDropUnplacedParams{MessageID: id, At: s.received})
}

// fileKey names an attachment.
type fileKey struct {
	message uuid.UUID
	index   int
}

// attachmentsOf returns what was fetched of the messages.
func attachmentsOf(ctx context.Context, q *sqlc.Queries, d sqlc.DBTX, messages []uuid.UUID) (map[fileKey]sqlc.MessageAttachment, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	rows, err := q.AttachmentListByMessages(ctx, d, messages)
	if err != nil {
		return nil, fmt.Errorf("read attachments: %w", err)
	}
	out := make(map[fileKey]sqlc.MessageAttachment, len(rows))
	for _, r := range rows {
		out[fileKey{r.MessageID, int(r.AttachmentIndex)}] = r
	}
	return out, nil
}
