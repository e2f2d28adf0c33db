-- Settings, audit.

-- name: SettingListAll :many
SELECT key, value, version, updated_at FROM settings ORDER BY key;

-- name: SettingGetValue :one
SELECT value FROM settings WHERE key = @key;

-- name: SettingGetForUpdate :one
SELECT * FROM settings WHERE key = @key FOR UPDATE;

-- name: SettingUpsert :exec
INSERT INTO settings (key, value, updated_at, updated_by) VALUES (@key, @value, @at, sqlc.narg('updated_by'))
ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = settings.version + 1,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by;

-- name: AuditInsert :exec
INSERT INTO audit_log (id, at, actor_id, actor_name, request_id, action, entity_type, entity_id, changes)
VALUES (@id, @at, sqlc.narg('actor_id'), @actor_name, @request_id, @action, @entity_type, @entity_id, @changes);
