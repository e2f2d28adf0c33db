-- Accounts, sessions, settings, audit.

-- name: AccountCount :one
SELECT count(*) FROM accounts;

-- name: AccountInsert :one
INSERT INTO accounts (id, username, display_name, password_hash, role, created_at, updated_at)
VALUES (@id, @username, sqlc.narg('display_name'), @password_hash, @role, @at, @at)
RETURNING *;

-- name: AccountGetByUsername :one
SELECT * FROM accounts WHERE username = @username;

-- name: AccountSetPassword :execrows
UPDATE accounts SET password_hash = @password_hash, version = version + 1, updated_at = @at WHERE username = @username;

-- name: SessionInsert :exec
INSERT INTO sessions (id, account_id, token_hash, created_at, expires_at)
VALUES (@id, @account_id, @token_hash, @created_at, @expires_at);

-- name: SessionGetAccount :one
-- The account of a live session of an active account.
SELECT a.id, a.username, a.role, s.expires_at FROM sessions s JOIN accounts a ON a.id = s.account_id
WHERE s.token_hash = @token_hash AND s.revoked_at IS NULL AND s.expires_at > @at AND a.is_active;

-- name: SessionRevokeByUsername :exec
UPDATE sessions s SET revoked_at = @at::timestamptz FROM accounts a
WHERE a.id = s.account_id AND a.username = @username AND s.revoked_at IS NULL;

-- name: SessionDeleteExpired :exec
DELETE FROM sessions WHERE account_id = @account_id AND expires_at <= @at;

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
