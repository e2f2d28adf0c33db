-- Photos and papers of customers' messages.

-- name: AttachmentUpsert :execrows
-- A file that waits is fetched from its newest address; what was decided about
-- one stays.
INSERT INTO message_attachments (message_id, attachment_index, conversation_id, kind, url, created_at, updated_at)
VALUES (@message_id, @attachment_index, @conversation_id, @kind, @url::text, @at, @at)
ON CONFLICT (message_id, attachment_index) DO UPDATE SET url = excluded.url
    WHERE message_attachments.status = 'pending' AND message_attachments.url <> excluded.url;

-- name: AttachmentGet :one
SELECT * FROM message_attachments WHERE message_id = @message_id AND attachment_index = @attachment_index;

-- name: AttachmentListByMessages :many
SELECT * FROM message_attachments WHERE message_id = ANY(@message_ids::uuid[]) ORDER BY message_id, attachment_index;

-- name: AttachmentBegin :one
-- Counts an attempt; no row when it waits no more.
UPDATE message_attachments SET attempts = attempts + 1, updated_at = @at
WHERE message_id = @message_id AND attachment_index = @attachment_index AND status = 'pending'
RETURNING *;

-- name: AttachmentStored :execrows
-- 0 rows: it is not waiting any more.
UPDATE message_attachments SET status = 'stored', url = NULL, image_id = @image_id::uuid, content_type = @content_type::text, size = @size::bigint,
    width = sqlc.narg('width'), height = sqlc.narg('height'), updated_at = @at
WHERE message_id = @message_id AND attachment_index = @attachment_index AND status = 'pending';

-- name: AttachmentEnd :execrows
-- There will be no file: status is refused or failed.
UPDATE message_attachments SET status = @status, url = NULL, problem = @problem::text, updated_at = @at
WHERE message_id = @message_id AND attachment_index = @attachment_index AND status = 'pending';

-- name: AttachmentPlaced :exec
UPDATE message_attachments SET placed_at = @at::timestamptz WHERE message_id = @message_id AND attachment_index = @attachment_index;

-- name: AttachmentListUnplaced :many
-- Files of a conversation, received since, that no case took and whose messages
-- no turn will read any more; in Chatwoot's order.
SELECT sqlc.embed(a) FROM message_attachments a JOIN messages m ON m.id = a.message_id
WHERE a.conversation_id = @conversation_id AND a.status = 'stored' AND a.image_id IS NOT NULL AND a.placed_at IS NULL
  AND m.received_at >= @since AND (NOT m.needs_answer OR m.answered_at IS NOT NULL)
ORDER BY m.chatwoot_message_id, a.attachment_index;

-- name: AttachmentListStranded :many
-- Messages with files that wait and that nothing was done about since.
SELECT DISTINCT message_id, conversation_id FROM message_attachments
WHERE status = 'pending' AND updated_at < @before LIMIT @max_rows;

-- name: AttachmentDropUnplaced :exec
-- Gives up the files of a message that no case has.
UPDATE message_attachments SET status = 'dropped', url = NULL, problem = NULL, updated_at = @at
WHERE message_id = @message_id AND placed_at IS NULL;

-- name: AttachmentListLoose :many
-- Files of a conversation that no case has: without it nobody knows them.
SELECT a.image_id::uuid FROM message_attachments a
WHERE a.conversation_id = @conversation_id AND a.image_id IS NOT NULL AND NOT EXISTS (SELECT FROM case_files f WHERE f.object_id = a.image_id);

-- name: AttachmentErase :exec
-- Gives up all files of conversations.
UPDATE message_attachments SET status = 'dropped', url = NULL, problem = NULL, updated_at = @at
WHERE conversation_id = ANY(@conversation_ids::uuid[]);

-- name: AttachmentListDropped :many
-- Files to be deleted.
SELECT a.image_id::uuid FROM message_attachments a
WHERE a.status = 'dropped' AND a.image_id IS NOT NULL AND NOT EXISTS (SELECT FROM case_files f WHERE f.object_id = a.image_id)
ORDER BY a.updated_at LIMIT @max_rows;

-- name: AttachmentListOrphaned :many
-- Customers' files of some time that neither a message nor a case knows.
SELECT i.id FROM images i
WHERE i.visibility = 'private' AND i.created_at BETWEEN @since AND @before
  AND NOT EXISTS (SELECT FROM message_attachments a WHERE a.image_id = i.id)
  AND NOT EXISTS (SELECT FROM case_files f WHERE f.object_id = i.id)
ORDER BY i.created_at, i.id LIMIT @max_rows;
