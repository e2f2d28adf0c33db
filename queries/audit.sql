-- Who changed what.

-- name: AuditInsert :exec
INSERT INTO audit_log (id, at, actor_id, actor_name, request_id, action, entity_type, entity_id, changes)
VALUES (@id, @at, sqlc.narg('actor_id'), @actor_name, @request_id, @action, @entity_type, @entity_id, @changes);

-- name: AuditListBefore :many
-- Newest first; keyset on (at, id). Every filter is optional.
SELECT * FROM audit_log
WHERE (sqlc.narg('entity_type')::text IS NULL OR entity_type = sqlc.narg('entity_type'))
  AND (sqlc.narg('entity_id')::text IS NULL OR entity_id = sqlc.narg('entity_id'))
  AND (sqlc.narg('actor_name')::text IS NULL OR actor_name = sqlc.narg('actor_name'))
  AND (sqlc.narg('action')::text IS NULL OR action = sqlc.narg('action'))
  AND (sqlc.narg('from_at')::timestamptz IS NULL OR at >= sqlc.narg('from_at'))
  AND (sqlc.narg('to_at')::timestamptz IS NULL OR at < sqlc.narg('to_at'))
  AND (@no_cursor::boolean OR (at, id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY at DESC, id DESC
LIMIT @max_rows;
