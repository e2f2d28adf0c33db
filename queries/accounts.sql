-- Accounts, their sessions and API keys, the access log.

-- name: AccountCount :one
SELECT count(*) FROM accounts;

-- name: AccountListAll :many
-- By username.
SELECT * FROM accounts ORDER BY username;

-- name: AccountGet :one
SELECT * FROM accounts WHERE id = @id;

-- name: AccountGetForUpdate :one
-- Locks the row until the end of the transaction.
SELECT * FROM accounts WHERE id = @id FOR UPDATE;

-- name: AccountGetByUsername :one
SELECT * FROM accounts WHERE username = @username;

-- name: AccountCountOtherAdmins :one
-- The active admins beside one account.
SELECT count(*) FROM accounts WHERE role = 'admin' AND is_active AND id <> @id;

-- name: AccountInsert :one
INSERT INTO accounts (id, username, display_name, password_hash, role, created_at, updated_at)
VALUES (@id, @username, sqlc.narg('display_name'), @password_hash, @role, @at, @at)
RETURNING *;

-- name: AccountUpdate :one
UPDATE accounts SET display_name = sqlc.narg('display_name'), role = @role, is_active = @is_active,
    version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: AccountSetPassword :exec
UPDATE accounts SET password_hash = @password_hash, version = version + 1, updated_at = @at WHERE id = @id;

-- name: SessionInsert :exec
INSERT INTO sessions (id, account_id, token_hash, created_at, last_used_at, expires_at, address, user_agent)
VALUES (@id, @account_id, @token_hash, @at, @at, @expires_at, @address, @user_agent);

-- name: SessionGetByToken :one
-- A live session of an active account, with the account.
SELECT s.id, s.created_at, s.last_used_at, s.expires_at, a.id AS account_id, a.username, a.role
FROM sessions s JOIN accounts a ON a.id = s.account_id
WHERE s.token_hash = @token_hash AND s.revoked_at IS NULL AND s.expires_at > @at AND a.is_active;

-- name: SessionIsLive :one
-- Whether a session of an active account stands, without using it.
SELECT EXISTS (SELECT FROM sessions s JOIN accounts a ON a.id = s.account_id
    WHERE s.id = @id AND s.revoked_at IS NULL AND s.expires_at > @at AND a.is_active);

-- name: SessionListLive :many
-- The latest used first, at most 200.
SELECT * FROM sessions
WHERE account_id = @account_id AND revoked_at IS NULL AND expires_at > @at
ORDER BY last_used_at DESC, id DESC
LIMIT 200;

-- name: SessionTouch :exec
-- Unless it was used after @unused_since: of several requests at once one writes.
UPDATE sessions SET last_used_at = @at, expires_at = @expires_at
WHERE id = @id AND revoked_at IS NULL AND last_used_at <= @unused_since;

-- name: SessionRevoke :execrows
-- 0 rows: the account has no such live session.
UPDATE sessions SET revoked_at = @at::timestamptz
WHERE id = @id AND account_id = @account_id AND revoked_at IS NULL AND expires_at > @at;

-- name: SessionRevokeOthers :execrows
-- Ends the live sessions of an account but one; the nil UUID spares none.
UPDATE sessions SET revoked_at = @at::timestamptz
WHERE account_id = @account_id AND id <> @but_id AND revoked_at IS NULL AND expires_at > @at;

-- name: SessionDeleteExpired :exec
DELETE FROM sessions WHERE account_id = @account_id AND expires_at <= @at;

-- name: APIKeyInsert :one
INSERT INTO api_keys (id, account_id, name, role, key_hash, created_at, expires_at)
VALUES (@id, @account_id, @name, @role, @key_hash, @at, @expires_at)
RETURNING *;

-- name: APIKeyCount :one
SELECT count(*) FROM api_keys WHERE account_id = @account_id;

-- name: APIKeyListByAccount :many
-- By name, expired ones too.
SELECT * FROM api_keys WHERE account_id = @account_id ORDER BY name, id;

-- name: APIKeyGetByHash :one
-- A live key of an active account, with the account.
SELECT k.id, k.role, k.expires_at, k.last_used_at, a.id AS account_id, a.username, a.role AS account_role
FROM api_keys k JOIN accounts a ON a.id = k.account_id
WHERE k.key_hash = @key_hash AND k.expires_at > @at AND a.is_active;

-- name: APIKeyIsLive :one
-- Whether a key of an active account stands, without using it.
SELECT EXISTS (SELECT FROM api_keys k JOIN accounts a ON a.id = k.account_id
    WHERE k.id = @id AND k.expires_at > @at AND a.is_active);

-- name: APIKeyTouch :exec
-- Unless it was used after @unused_since: of several requests at once one writes.
UPDATE api_keys SET last_used_at = @at::timestamptz
WHERE id = @id AND (last_used_at IS NULL OR last_used_at <= @unused_since::timestamptz);

-- name: APIKeyDelete :many
-- Deletes one key of an account, or with no id all of them.
DELETE FROM api_keys
WHERE account_id = @account_id AND (sqlc.narg('id')::uuid IS NULL OR id = sqlc.narg('id'))
RETURNING *;

-- name: AccessInsert :exec
INSERT INTO access_log (id, at, account_id, username, actor_name, event, outcome, address, user_agent)
VALUES (@id, @at, sqlc.narg('account_id'), @username, sqlc.narg('actor_name'), @event, @outcome, @address, @user_agent);

-- name: AccessListAfter :many
-- Newest first; keyset on (at, id). Filters that are null let everything through.
SELECT * FROM access_log
WHERE (@no_cursor::boolean OR (at, id) < (@before_at::timestamptz, @before_id::uuid))
  AND (sqlc.narg('username')::text IS NULL OR lower(username) = lower(sqlc.narg('username')))
  AND (sqlc.narg('event')::text IS NULL OR event = sqlc.narg('event'))
  AND (sqlc.narg('from_at')::timestamptz IS NULL OR at >= sqlc.narg('from_at'))
  AND (sqlc.narg('until_at')::timestamptz IS NULL OR at < sqlc.narg('until_at'))
ORDER BY at DESC, id DESC
LIMIT @max_rows;
