-- What can be changed while the service runs.

-- name: SettingListAll :many
-- With the name of who changed it last. A null value is the default.
SELECT s.*, a.username AS updated_by_name FROM settings s LEFT JOIN accounts a ON a.id = s.updated_by ORDER BY s.key;

-- name: SettingGetValue :one
SELECT value FROM settings WHERE key = @key;

-- name: SettingUpsert :exec
-- A setting without a row is at version 1.
INSERT INTO settings (key, value, version, updated_at, updated_by)
VALUES (@key, sqlc.narg('value'), 2, @at, sqlc.narg('updated_by'))
ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = settings.version + 1,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by;
