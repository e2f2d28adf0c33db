-- Work for people.

-- name: EscalationOpen :execrows
-- One open row per conversation and source; another reason is added to it.
INSERT INTO escalations (id, conversation_id, source, reason, priority, created_at, updated_at)
VALUES (@id, @conversation_id, @source, @reason, @priority, @created_at, @created_at)
ON CONFLICT (conversation_id, source) WHERE status <> 'resolved'
DO UPDATE SET reason = left(escalations.reason || E'\n' || excluded.reason, 2000), version = escalations.version + 1,
        updated_at = excluded.created_at
    WHERE position(excluded.reason IN escalations.reason) = 0;

-- name: EscalationIDsOldest :many
-- Keyset on (created_at, id).
SELECT id FROM escalations
WHERE status = ANY(@statuses::text[])
  AND (sqlc.narg('source')::text IS NULL OR source = sqlc.narg('source'))
  AND (sqlc.narg('priority')::text IS NULL OR priority = sqlc.narg('priority'))
  AND (sqlc.narg('assigned_to')::uuid IS NULL OR assigned_to = sqlc.narg('assigned_to'))
  AND (NOT @unassigned::boolean OR assigned_to IS NULL)
  AND (@no_cursor::boolean OR (created_at, id) > (@after_at::timestamptz, @after_id::uuid))
ORDER BY created_at, id
LIMIT @max_rows;

-- name: EscalationIDsNewest :many
-- Keyset on (created_at, id).
SELECT id FROM escalations
WHERE status = ANY(@statuses::text[])
  AND (sqlc.narg('source')::text IS NULL OR source = sqlc.narg('source'))
  AND (sqlc.narg('priority')::text IS NULL OR priority = sqlc.narg('priority'))
  AND (sqlc.narg('assigned_to')::uuid IS NULL OR assigned_to = sqlc.narg('assigned_to'))
  AND (NOT @unassigned::boolean OR assigned_to IS NULL)
  AND (@no_cursor::boolean OR (created_at, id) < (@after_at::timestamptz, @after_id::uuid))
ORDER BY created_at DESC, id DESC
LIMIT @max_rows;

-- name: EscalationIDsOpenOldest :many
-- The open ones alone, of which there are few. Keyset on (created_at, id).
SELECT id FROM escalations
WHERE status <> 'resolved' AND status = ANY(@statuses::text[])
  AND (sqlc.narg('source')::text IS NULL OR source = sqlc.narg('source'))
  AND (sqlc.narg('priority')::text IS NULL OR priority = sqlc.narg('priority'))
  AND (sqlc.narg('assigned_to')::uuid IS NULL OR assigned_to = sqlc.narg('assigned_to'))
  AND (NOT @unassigned::boolean OR assigned_to IS NULL)
  AND (@no_cursor::boolean OR (created_at, id) > (@after_at::timestamptz, @after_id::uuid))
ORDER BY created_at, id
LIMIT @max_rows;

-- name: EscalationIDsOpenNewest :many
-- The open ones alone, of which there are few. Keyset on (created_at, id).
SELECT id FROM escalations
WHERE status <> 'resolved' AND status = ANY(@statuses::text[])
  AND (sqlc.narg('source')::text IS NULL OR source = sqlc.narg('source'))
  AND (sqlc.narg('priority')::text IS NULL OR priority = sqlc.narg('priority'))
  AND (sqlc.narg('assigned_to')::uuid IS NULL OR assigned_to = sqlc.narg('assigned_to'))
  AND (NOT @unassigned::boolean OR assigned_to IS NULL)
  AND (@no_cursor::boolean OR (created_at, id) < (@after_at::timestamptz, @after_id::uuid))
ORDER BY created_at DESC, id DESC
LIMIT @max_rows;

-- name: EscalationIDsOfConversation :many
-- There are few of one conversation. Keyset on (created_at, id), away from it or back.
SELECT id FROM escalations
WHERE conversation_id = @conversation_id AND status = ANY(@statuses::text[])
  AND (sqlc.narg('source')::text IS NULL OR source = sqlc.narg('source'))
  AND (sqlc.narg('priority')::text IS NULL OR priority = sqlc.narg('priority'))
  AND (sqlc.narg('assigned_to')::uuid IS NULL OR assigned_to = sqlc.narg('assigned_to'))
  AND (NOT @unassigned::boolean OR assigned_to IS NULL)
  AND (@no_cursor::boolean OR CASE WHEN @newest_first::boolean THEN (created_at, id) < (@after_at::timestamptz, @after_id::uuid)
        ELSE (created_at, id) > (@after_at, @after_id) END)
ORDER BY CASE WHEN @newest_first THEN created_at END DESC, CASE WHEN @newest_first THEN id END DESC, created_at, id
LIMIT @max_rows;

-- name: EscalationOverview :many
-- Escalations as people read them, in no order.
SELECT sqlc.embed(e), cu.id AS customer_id, cu.display_name, cu.phone, a.username AS assigned_to_name, r.username AS resolved_by_name
FROM escalations e
JOIN conversations c ON c.id = e.conversation_id
JOIN customers cu ON cu.id = c.customer_id
LEFT JOIN accounts a ON a.id = e.assigned_to
LEFT JOIN accounts r ON r.id = e.resolved_by
WHERE e.id = ANY(@ids::uuid[]);

-- name: EscalationGet :one
SELECT * FROM escalations WHERE id = @id;

-- name: EscalationGetForUpdate :one
-- Locks the row until the end of the transaction.
SELECT * FROM escalations WHERE id = @id FOR UPDATE;

-- name: EscalationUpdate :exec
UPDATE escalations SET
    status = @status, assigned_to = sqlc.narg('assigned_to'), note = sqlc.narg('note'), resolved_at = sqlc.narg('resolved_at'),
    resolved_by = sqlc.narg('resolved_by'), version = version + 1, updated_at = @at
WHERE id = @id;

-- name: EscalationStats :one
-- Counts; today is from @day_start to @day_end.
SELECT
    (SELECT count(*) FROM escalations WHERE status <> 'resolved' AND status = 'pending') AS pending,
    (SELECT count(*) FROM escalations WHERE status <> 'resolved' AND status = 'in_progress') AS in_progress,
    (SELECT count(*) FROM escalations WHERE resolved_at >= @day_start::timestamptz AND resolved_at < @day_end::timestamptz) AS resolved_today,
    (SELECT count(*) FROM escalations WHERE created_at >= @day_start::timestamptz AND created_at < @day_end::timestamptz) AS total_today;

-- name: EscalationIsOpen :one
-- Whether a conversation waits for a person.
SELECT EXISTS (SELECT FROM escalations WHERE conversation_id = @conversation_id AND status <> 'resolved');

-- name: EscalationListOfConversations :many
SELECT * FROM escalations WHERE conversation_id = ANY(@conversation_ids::uuid[]) ORDER BY created_at, id;

-- name: EscalationErase :exec
UPDATE escalations SET reason = 'Anonimizado', note = NULL, resolved_at = coalesce(resolved_at, @at::timestamptz), status = 'resolved',
    version = version + 1, updated_at = @at
WHERE conversation_id = ANY(@conversation_ids::uuid[]);
