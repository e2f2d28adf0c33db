-- Accounts and sessions.

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
