-- Conversations, messages, quotes, raw webhooks.

-- name: AdvisoryLock :exec
-- Held until the end of the transaction. Inserting a message and finishing a
-- conversation's or an outbox's job take the same lock.
SELECT pg_advisory_xact_lock(@key::bigint);

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

-- name: ConversationGet :one
SELECT * FROM conversations WHERE id = @id;

-- name: ConversationGetByChatwootID :one
SELECT * FROM conversations
WHERE chatwoot_account_id = @chatwoot_account_id AND chatwoot_conversation_id = @chatwoot_conversation_id;

-- name: ConversationSetReconciled :exec
UPDATE conversations SET reconciled_message_id = greatest(reconciled_message_id, @message_id) WHERE id = @id;

-- name: ConversationCloseWindow :exec
-- WhatsApp takes no free text any more until the customer writes again.
UPDATE conversations SET can_reply = false WHERE id = @id;

-- name: ConversationSaveState :execrows
-- Saves only over the version that was read.
UPDATE conversations SET assistant_state = @assistant_state, state_version = state_version + 1,
    updated_at = greatest(updated_at, @at)
WHERE id = @id AND state_version = @state_version;

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

-- name: MessageMarkDeleted :one
-- An agent deleted it in Chatwoot: the text goes here too.
UPDATE messages SET content = '', attachments = '[]', needs_answer = false
WHERE chatwoot_account_id = @chatwoot_account_id AND chatwoot_message_id = @chatwoot_message_id
RETURNING id;

-- name: MessageListAfter :many
-- A transcript, newest first; keyset on (sent_at, id). Replies that Chatwoot does not have stand in it too.
SELECT m.*, o.status AS delivery FROM messages m LEFT JOIN outbox o ON o.id = m.id
WHERE m.conversation_id = @conversation_id
  AND (@no_cursor::boolean OR (m.sent_at, m.id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY m.sent_at DESC, m.id DESC
LIMIT @max_rows;

-- name: MessageEnrich :one
-- A message changed in Chatwoot (a file arrived late, a voice note was transcribed).
UPDATE messages SET attachments = @attachments
WHERE chatwoot_account_id = @chatwoot_account_id AND chatwoot_message_id = @chatwoot_message_id
RETURNING *;

-- name: MessageSetChatwootID :exec
-- Ties a reply of ours to Chatwoot's message, unless another row has that id.
UPDATE messages m SET chatwoot_message_id = @chatwoot_message_id::bigint
WHERE m.id = @id AND m.chatwoot_message_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM messages o
    WHERE o.chatwoot_account_id = m.chatwoot_account_id AND o.chatwoot_message_id = @chatwoot_message_id::bigint);

-- name: WebhookBodyDeleteBefore :execrows
DELETE FROM webhook_bodies WHERE received_at < @before;

-- name: QuoteInsert :exec
INSERT INTO quotes (id, conversation_id, category_id, catalogue_revision, request, result, total, is_provisional, created_at)
VALUES (@id, @conversation_id, @category_id, @catalogue_revision, @request, @result, @total, @is_provisional, @created_at);

-- name: ReconciliationGet :one
SELECT last_success_at FROM reconciliations WHERE chatwoot_account_id = @chatwoot_account_id;

-- name: ReconciliationSet :exec
INSERT INTO reconciliations (chatwoot_account_id, last_success_at) VALUES (@chatwoot_account_id, @last_success_at)
ON CONFLICT (chatwoot_account_id) DO UPDATE SET last_success_at = greatest(reconciliations.last_success_at, excluded.last_success_at);

-- name: WebhookBodyInsert :exec
INSERT INTO webhook_bodies (id, received_at, event, body, chatwoot_account_id, chatwoot_contact_id, chatwoot_conversation_id)
VALUES (@id, @received_at, @event, @body, @chatwoot_account_id, @chatwoot_contact_id, @chatwoot_conversation_id);

-- name: ConversationNoteMessage :exec
-- Counts a message that was just stored. An older one that arrives late answers
-- nothing newer than itself.
UPDATE conversations SET
    last_seen_message_id = greatest(last_seen_message_id, @chatwoot_message_id),
    last_incoming_at = CASE WHEN @author::text = 'customer'
        THEN greatest(last_incoming_at, @sent_at::timestamptz) ELSE last_incoming_at END,
    message_count = message_count + CASE WHEN @is_private::boolean THEN 0 ELSE 1 END,
    unanswered_since = CASE
        WHEN @is_private::boolean THEN unanswered_since
        WHEN @author::text = 'customer' THEN least(unanswered_since, @sent_at::timestamptz)
        WHEN unanswered_since <= @sent_at::timestamptz THEN NULL
        ELSE unanswered_since END,
    updated_at = greatest(updated_at, @at)
WHERE id = @id;

-- name: ConversationPause :execrows
-- Silences the assistant. A person stepping in after a handover is the stronger
-- reason: then not even what the assistant said last is sent any more.
UPDATE conversations SET paused_at = @at::timestamptz, paused_reason = @reason::text, paused_by = NULL,
    updated_at = greatest(updated_at, @at)
WHERE id = @id AND (paused_at IS NULL OR (paused_reason = 'handed_over' AND @reason::text <> 'handed_over'));

-- name: ConversationTake :exec
-- A person of ours has it now, whoever had it before.
UPDATE conversations SET paused_at = coalesce(paused_at, @at::timestamptz), paused_reason = @reason::text,
    paused_by = sqlc.narg('paused_by'), unassign_due = false, updated_at = greatest(updated_at, @at)
WHERE id = @id;

-- name: ConversationResume :execrows
UPDATE conversations SET paused_at = NULL, paused_reason = NULL, paused_by = NULL, resumed_at = @at::timestamptz,
    unassign_due = @unassign, updated_at = greatest(updated_at, @at)
WHERE id = @id AND paused_at IS NOT NULL;

-- name: ConversationSetBelieved :exec
UPDATE conversations SET chatwoot_believed_at = @believed_at::timestamptz WHERE id = @id;

-- name: ConversationSynced :exec
-- Chatwoot knows what was decided here.
UPDATE conversations SET chatwoot_believed_at = sqlc.narg('believed_at'), unassign_due = false WHERE id = @id;

-- name: ConversationIDsAfter :many
-- The latest change first; keyset on (updated_at, id).
SELECT id FROM conversations
WHERE (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('paused')::boolean IS NULL OR (paused_at IS NOT NULL) = sqlc.narg('paused'))
  AND (sqlc.narg('unanswered')::boolean IS NULL OR (unanswered_since IS NOT NULL) = sqlc.narg('unanswered'))
  AND (@no_cursor::boolean OR (updated_at, id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY updated_at DESC, id DESC
LIMIT @max_rows;

-- name: ConversationIDsPausedAfter :many
-- Those a person has.
SELECT id FROM conversations
WHERE paused_at IS NOT NULL
  AND (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('unanswered')::boolean IS NULL OR (unanswered_since IS NOT NULL) = sqlc.narg('unanswered'))
  AND (@no_cursor::boolean OR (updated_at, id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY updated_at DESC, id DESC
LIMIT @max_rows;

-- name: ConversationIDsUnansweredAfter :many
-- Those whose customer waits for a reply.
SELECT id FROM conversations
WHERE unanswered_since IS NOT NULL
  AND (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('paused')::boolean IS NULL OR (paused_at IS NOT NULL) = sqlc.narg('paused'))
  AND (@no_cursor::boolean OR (updated_at, id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY updated_at DESC, id DESC
LIMIT @max_rows;

-- name: ConversationIDsOfCustomerAfter :many
SELECT id FROM conversations
WHERE customer_id = @customer_id
  AND (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('paused')::boolean IS NULL OR (paused_at IS NOT NULL) = sqlc.narg('paused'))
  AND (sqlc.narg('unanswered')::boolean IS NULL OR (unanswered_since IS NOT NULL) = sqlc.narg('unanswered'))
  AND (@no_cursor::boolean OR (updated_at, id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY updated_at DESC, id DESC
LIMIT @max_rows;

-- name: ConversationIDsSearchAfter :many
-- Those of customers in whose names or numbers every word occurs.
SELECT c.id FROM conversations c JOIN customers cu ON cu.id = c.customer_id
WHERE cu.search LIKE search_pattern(@word1) AND cu.search LIKE search_pattern(@word2) AND cu.search LIKE search_pattern(@word3)
  AND (sqlc.narg('customer_id')::uuid IS NULL OR c.customer_id = sqlc.narg('customer_id'))
  AND (cardinality(@statuses::text[]) = 0 OR c.status = ANY(@statuses::text[]))
  AND (sqlc.narg('paused')::boolean IS NULL OR (c.paused_at IS NOT NULL) = sqlc.narg('paused'))
  AND (sqlc.narg('unanswered')::boolean IS NULL OR (c.unanswered_since IS NOT NULL) = sqlc.narg('unanswered'))
  AND (@no_cursor::boolean OR (c.updated_at, c.id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY c.updated_at DESC, c.id DESC
LIMIT @max_rows;

-- name: ConversationOverview :many
-- Conversations as lists show them, in no order.
SELECT sqlc.embed(c), cu.display_name, cu.phone, a.username AS paused_by_name
FROM conversations c
JOIN customers cu ON cu.id = c.customer_id
LEFT JOIN accounts a ON a.id = c.paused_by
WHERE c.id = ANY(@ids::uuid[]);

-- name: MessageLastPerConversation :many
-- The beginning of the last message that both sides see.
SELECT c.id AS conversation_id, m.author, left(m.content, 200)::text AS preview, m.sent_at
FROM conversations c
CROSS JOIN LATERAL (
    SELECT author, content, sent_at FROM messages
    WHERE conversation_id = c.id AND NOT is_private ORDER BY sent_at DESC, id DESC LIMIT 1
) m
WHERE c.id = ANY(@ids::uuid[]);

-- name: ConversationListOfCustomers :many
SELECT * FROM conversations WHERE customer_id = ANY(@customer_ids::uuid[]) ORDER BY created_at, id;

-- name: ConversationMove :exec
-- Gives a merged customer's conversations to the one that stays.
UPDATE conversations SET customer_id = @to_id WHERE customer_id = @from_id;

-- name: ConversationDelete :execrows
DELETE FROM conversations WHERE id = @id;

-- name: ConversationErase :exec
-- Leaves what can be counted. Chatwoot's id goes too: what comes later from
-- there begins a new conversation.
UPDATE conversations SET
    chatwoot_conversation_id = -nextval('erased_conversation_ids'), assistant_state = '{}', state_version = state_version + 1,
    status = 'resolved', can_reply = false, unanswered_since = NULL, unassign_due = false, updated_at = greatest(updated_at, @at)
WHERE id = ANY(@ids::uuid[]);

-- name: MessageReopen :execrows
-- Has the assistant answer what it was not allowed to.
UPDATE messages SET needs_answer = true
WHERE conversation_id = @conversation_id AND author = 'customer' AND NOT is_private AND answered_at IS NULL
  AND sent_at >= @since::timestamptz;

-- name: MessageListAll :many
-- Whole transcripts, oldest first.
SELECT * FROM messages WHERE conversation_id = ANY(@conversation_ids::uuid[]) ORDER BY sent_at, id;

-- name: MessageErase :exec
-- Leaves who wrote when, and of files what kind they were.
UPDATE messages SET content = '', needs_answer = false,
    attachments = (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.value -> 'kind') ORDER BY a.ordinality), '[]')
        FROM jsonb_array_elements(attachments) WITH ORDINALITY AS a)
WHERE conversation_id = ANY(@conversation_ids::uuid[]);

-- name: QuoteListOfConversations :many
SELECT * FROM quotes WHERE conversation_id = ANY(@conversation_ids::uuid[]) ORDER BY created_at, id;

-- name: QuoteErase :exec
-- The set and its price stay, the customer's words go.
UPDATE quotes SET request = request - '{Text,text}'::text[] WHERE conversation_id = ANY(@conversation_ids::uuid[]);

-- name: OutboxErase :exec
UPDATE outbox SET content = '', error = NULL,
    status = CASE WHEN status IN ('pending', 'sending', 'held') THEN 'suppressed' ELSE status END
WHERE conversation_id = ANY(@conversation_ids::uuid[]);

-- name: WebhookBodyErase :execrows
DELETE FROM webhook_bodies WHERE chatwoot_account_id = @chatwoot_account_id
    AND (chatwoot_contact_id = ANY(@contact_ids::bigint[]) OR chatwoot_conversation_id = ANY(@conversation_ids::bigint[]));

-- name: AuditErase :exec
-- Leaves who changed which member when, without the values.
UPDATE audit_log SET changes = (SELECT coalesce(jsonb_object_agg(c.key, '[null, null]'::jsonb), '{}') FROM jsonb_each(changes) AS c)
WHERE entity_type = @entity_type AND entity_id = ANY(@entity_ids::text[]) AND jsonb_typeof(changes) = 'object';

-- name: ErasureInsert :exec
INSERT INTO erasures (chatwoot_account_id, kind, chatwoot_id, erased_at) VALUES (@chatwoot_account_id, @kind, @chatwoot_id, @at)
ON CONFLICT (chatwoot_account_id, kind, chatwoot_id) DO UPDATE SET erased_at = excluded.erased_at;

-- name: ErasureCovers :one
-- Whether something of that time is of a customer, or a conversation, erased since.
SELECT EXISTS (SELECT FROM erasures WHERE chatwoot_account_id = @chatwoot_account_id AND erased_at >= @at::timestamptz
    AND ((kind = 'contact' AND chatwoot_id = @contact_id) OR (kind = 'conversation' AND chatwoot_id = @conversation_id)));

-- name: ErasureListSince :many
SELECT * FROM erasures WHERE erased_at >= @since::timestamptz ORDER BY erased_at, kind, chatwoot_id;

-- name: ErasureDeleteBefore :execrows
DELETE FROM erasures WHERE erased_at < @before;

-- name: MessageWithDelivery :one
SELECT m.*, o.status AS delivery FROM messages m LEFT JOIN outbox o ON o.id = m.id WHERE m.id = @id;
