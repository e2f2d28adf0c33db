-- Customers, conversations, messages, quotes, escalations.

-- name: AdvisoryLock :exec
-- Held until the end of the transaction. Inserting a message and finishing a
-- conversation's or an outbox's job take the same lock.
SELECT pg_advisory_xact_lock(@key::bigint);

-- name: CustomerUpsert :one
-- Keeps what is known when the event knows less.
INSERT INTO customers (id, chatwoot_account_id, chatwoot_contact_id, phone, whatsapp_name, client_type, created_at, updated_at)
VALUES (@id, @chatwoot_account_id, @chatwoot_contact_id, sqlc.narg('phone'), @whatsapp_name, sqlc.narg('client_type'), @at, @at)
ON CONFLICT (chatwoot_account_id, chatwoot_contact_id) DO UPDATE SET
    phone = coalesce(excluded.phone, customers.phone),
    whatsapp_name = CASE WHEN excluded.whatsapp_name = '' THEN customers.whatsapp_name ELSE excluded.whatsapp_name END,
    client_type = coalesce(excluded.client_type, customers.client_type),
    updated_at = excluded.updated_at
RETURNING *;

-- name: ConversationUpsert :one
-- State is taken over only when it is not older than what is there.
INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id,
    status, can_reply, chatwoot_updated_at, created_at, updated_at)
VALUES (@id, @customer_id, @chatwoot_account_id, @chatwoot_conversation_id, @chatwoot_inbox_id,
    @status, @can_reply, sqlc.narg('chatwoot_updated_at'), @at, @at)
ON CONFLICT (chatwoot_account_id, chatwoot_conversation_id) DO UPDATE SET
    customer_id = excluded.customer_id,
    chatwoot_inbox_id = excluded.chatwoot_inbox_id,
    status = CASE WHEN excluded.chatwoot_updated_at < conversations.chatwoot_updated_at THEN conversations.status ELSE excluded.status END,
    can_reply = CASE WHEN excluded.chatwoot_updated_at < conversations.chatwoot_updated_at THEN conversations.can_reply ELSE excluded.can_reply END,
    chatwoot_updated_at = greatest(conversations.chatwoot_updated_at, excluded.chatwoot_updated_at),
    updated_at = greatest(conversations.updated_at, excluded.updated_at)
RETURNING *;

-- name: CustomerGet :one
SELECT * FROM customers WHERE id = @id;

-- name: CustomerUpdateByContact :exec
-- A contact was renamed in Chatwoot; unknown contacts are left for their first message.
UPDATE customers SET
    phone = coalesce(sqlc.narg('phone'), phone),
    whatsapp_name = CASE WHEN @whatsapp_name::text = '' THEN whatsapp_name ELSE @whatsapp_name END,
    client_type = coalesce(sqlc.narg('client_type'), client_type),
    updated_at = @at
WHERE chatwoot_account_id = @chatwoot_account_id AND chatwoot_contact_id = @chatwoot_contact_id;

-- name: ConversationGet :one
SELECT * FROM conversations WHERE id = @id;

-- name: ConversationGetByChatwootID :one
SELECT * FROM conversations
WHERE chatwoot_account_id = @chatwoot_account_id AND chatwoot_conversation_id = @chatwoot_conversation_id;

-- name: ConversationNoteMessage :exec
UPDATE conversations SET
    last_seen_message_id = greatest(last_seen_message_id, @chatwoot_message_id),
    last_incoming_at = CASE WHEN @is_incoming::boolean
        THEN greatest(last_incoming_at, @sent_at::timestamptz) ELSE last_incoming_at END,
    updated_at = greatest(updated_at, @at)
WHERE id = @id;

-- name: ConversationSetReconciled :exec
UPDATE conversations SET reconciled_message_id = greatest(reconciled_message_id, @message_id) WHERE id = @id;

-- name: ConversationCloseWindow :exec
-- WhatsApp takes no free text any more until the customer writes again.
UPDATE conversations SET can_reply = false WHERE id = @id;

-- name: ConversationPause :execrows
-- Silences the assistant. A person stepping in after a handover is the stronger
-- reason: then not even what the assistant said last is sent any more.
UPDATE conversations SET paused_at = @at::timestamptz, paused_reason = @reason::text, updated_at = greatest(updated_at, @at)
WHERE id = @id AND (paused_at IS NULL OR (paused_reason = 'handed_over' AND @reason::text <> 'handed_over'));

-- name: ConversationResume :execrows
UPDATE conversations SET paused_at = NULL, paused_reason = NULL, resumed_at = @at::timestamptz, updated_at = greatest(updated_at, @at)
WHERE id = @id AND paused_at IS NOT NULL;

-- name: ConversationSaveState :execrows
-- Saves only over the version that was read.
UPDATE conversations SET assistant_state = @assistant_state, state_version = state_version + 1,
    updated_at = greatest(updated_at, @at)
WHERE id = @id AND state_version = @state_version;

-- name: ConversationListAfter :many
-- Newest first; keyset on (updated_at, id).
SELECT c.*, cu.whatsapp_name, cu.phone FROM conversations c JOIN customers cu ON cu.id = c.customer_id
WHERE (@no_cursor::boolean OR (c.updated_at, c.id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY c.updated_at DESC, c.id DESC
LIMIT @max_rows;

-- name: ConversationWithCustomer :one
SELECT c.*, cu.whatsapp_name, cu.phone FROM conversations c JOIN customers cu ON cu.id = c.customer_id WHERE c.id = @id;

-- name: MessageInsert :execrows
-- 0 rows: the message is known already.
INSERT INTO messages (id, conversation_id, chatwoot_account_id, chatwoot_message_id, author, is_private, content,
    attachments, needs_answer, sent_at, received_at)
VALUES (@id, @conversation_id, @chatwoot_account_id, sqlc.narg('chatwoot_message_id'), @author, @is_private, @content,
    @attachments, @needs_answer, @sent_at, @received_at)
ON CONFLICT (chatwoot_account_id, chatwoot_message_id) DO NOTHING;

-- name: MessageListUnanswered :many
-- In Chatwoot's order.
SELECT * FROM messages
WHERE conversation_id = @conversation_id AND needs_answer AND answered_at IS NULL
ORDER BY chatwoot_message_id, id;

-- name: MessageMarkAnswered :execrows
UPDATE messages SET answered_at = @at WHERE id = ANY(@ids::uuid[]) AND answered_at IS NULL;

-- name: MessageSkipUnanswered :execrows
-- Gives up on everything unanswered in a conversation that a person now has.
UPDATE messages SET needs_answer = false WHERE conversation_id = @conversation_id AND needs_answer AND answered_at IS NULL;

-- name: MessageMarkDeleted :execrows
-- An agent deleted it in Chatwoot: the text goes here too.
UPDATE messages SET content = '', attachments = '[]', needs_answer = false
WHERE chatwoot_account_id = @chatwoot_account_id AND chatwoot_message_id = @chatwoot_message_id;

-- name: MessageListAfter :many
-- A transcript, newest first; keyset on (sent_at, id). Replies that Chatwoot does not have stand in it too.
SELECT m.*, o.status AS delivery FROM messages m LEFT JOIN outbox o ON o.id = m.id
WHERE m.conversation_id = @conversation_id
  AND (@no_cursor::boolean OR (m.sent_at, m.id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY m.sent_at DESC, m.id DESC
LIMIT @max_rows;

-- name: MessageEnrich :execrows
-- A message changed in Chatwoot (a file arrived late, a voice note was transcribed).
UPDATE messages SET attachments = @attachments
WHERE chatwoot_account_id = @chatwoot_account_id AND chatwoot_message_id = @chatwoot_message_id;

-- name: MessageSetChatwootID :exec
-- Ties a reply of ours to Chatwoot's message, unless another row has that id.
UPDATE messages m SET chatwoot_message_id = @chatwoot_message_id::bigint
WHERE m.id = @id AND m.chatwoot_message_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM messages o
    WHERE o.chatwoot_account_id = m.chatwoot_account_id AND o.chatwoot_message_id = @chatwoot_message_id::bigint);

-- name: WebhookBodyInsert :exec
INSERT INTO webhook_bodies (id, received_at, event, body) VALUES (@id, @received_at, @event, @body);

-- name: WebhookBodyDeleteBefore :execrows
DELETE FROM webhook_bodies WHERE received_at < @before;

-- name: QuoteInsert :exec
INSERT INTO quotes (id, conversation_id, category_id, catalogue_revision, request, result, total, is_provisional, created_at)
VALUES (@id, @conversation_id, @category_id, @catalogue_revision, @request, @result, @total, @is_provisional, @created_at);

-- name: EscalationOpen :execrows
-- One open row per conversation and source; another reason is added to it.
INSERT INTO escalations (id, conversation_id, source, reason, created_at)
VALUES (@id, @conversation_id, @source, @reason, @created_at)
ON CONFLICT (conversation_id, source) WHERE status <> 'resolved'
DO UPDATE SET reason = left(escalations.reason || E'\n' || excluded.reason, 2000)
    WHERE position(excluded.reason IN escalations.reason) = 0;

-- name: EscalationListAfter :many
-- Open ones, oldest first; keyset on (created_at, id).
SELECT * FROM escalations
WHERE status <> 'resolved'
  AND (@no_cursor::boolean OR (created_at, id) > (@after_at::timestamptz, @after_id::uuid))
ORDER BY created_at, id
LIMIT @max_rows;

-- name: ReconciliationGet :one
SELECT last_success_at FROM reconciliations WHERE chatwoot_account_id = @chatwoot_account_id;

-- name: ReconciliationSet :exec
INSERT INTO reconciliations (chatwoot_account_id, last_success_at) VALUES (@chatwoot_account_id, @last_success_at)
ON CONFLICT (chatwoot_account_id) DO UPDATE SET last_success_at = greatest(reconciliations.last_success_at, excluded.last_success_at);
