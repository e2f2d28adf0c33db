-- What is to be said in Chatwoot, in order per conversation.

-- name: OutboxInsert :one
INSERT INTO outbox (id, conversation_id, kind, content, status, after_message_id, created_at)
VALUES (@id, @conversation_id, @kind, @content, @status, @after_message_id, @created_at)
RETURNING *;

-- name: OutboxNextOpen :one
-- The oldest row of the conversation that is not done.
SELECT * FROM outbox WHERE conversation_id = @conversation_id AND status IN ('pending', 'sending') ORDER BY seq LIMIT 1;

-- name: OutboxMarkSending :execrows
-- Only over the status that was read, so that two workers cannot both send.
UPDATE outbox SET status = 'sending', sending_at = @at, attempts = attempts + 1, error = NULL
WHERE id = @id AND status IN ('pending', 'sending') AND attempts = @attempts;

-- name: OutboxMarkSent :exec
-- WhatsApp may have refused it before we hear that Chatwoot has it: that stays.
UPDATE outbox SET status = 'sent', sent_at = @at, chatwoot_message_id = sqlc.narg('chatwoot_message_id'), error = NULL
WHERE id = @id AND status <> 'failed';

-- name: OutboxMarkPending :exec
-- The request certainly did not reach Chatwoot: it may be sent again at once.
UPDATE outbox SET status = 'pending', error = @error WHERE id = @id;

-- name: OutboxNoteError :exec
UPDATE outbox SET error = @error WHERE id = @id;

-- name: OutboxMarkFailed :exec
UPDATE outbox SET status = 'failed', error = @error WHERE id = @id;

-- name: OutboxSuppressReplies :execrows
-- A person has the conversation: what was not begun is not said any more.
UPDATE outbox SET status = 'suppressed' WHERE conversation_id = @conversation_id AND kind = 'reply' AND status = 'pending';

-- name: OutboxSuppress :exec
UPDATE outbox SET status = 'suppressed' WHERE id = @id;

-- name: OutboxGet :one
SELECT * FROM outbox WHERE id = @id;

-- name: OutboxConversationsWithOpen :many
-- Conversations with something to send, for the sweep that follows a lost job.
SELECT DISTINCT conversation_id FROM outbox WHERE status IN ('pending', 'sending') AND created_at < @before LIMIT @max_rows;

-- name: ConversationsWithUnanswered :many
-- With the time of the newest unanswered message.
SELECT conversation_id, max(received_at)::timestamptz AS newest FROM messages
WHERE needs_answer AND answered_at IS NULL AND received_at < @before
GROUP BY conversation_id LIMIT @max_rows;
