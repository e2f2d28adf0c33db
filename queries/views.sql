-- Named filters of the admin UI's pages.

-- name: ViewList :many
-- An account's own ones in their order, then those that others share by name.
SELECT sqlc.embed(v), a.username AS owner
FROM saved_views v JOIN accounts a ON a.id = v.account_id
WHERE (v.account_id = @account_id OR v.shared) AND (sqlc.narg('page')::text IS NULL OR v.page = sqlc.narg('page'))
ORDER BY v.page, v.account_id <> @account_id, CASE WHEN v.account_id = @account_id THEN v.sort_order END, lower(v.name), v.id;

-- name: ViewGet :one
SELECT sqlc.embed(v), a.username AS owner
FROM saved_views v JOIN accounts a ON a.id = v.account_id
WHERE v.id = @id;

-- name: ViewGetForUpdate :one
-- Locks the row until the end of the transaction.
SELECT * FROM saved_views WHERE id = @id FOR UPDATE;

-- name: ViewCount :one
SELECT count(*) FROM saved_views WHERE account_id = @account_id;

-- name: ViewInsert :one
INSERT INTO saved_views (id, account_id, page, name, query, shared, sort_order, created_at, updated_at)
VALUES (@id, @account_id, @page, @name, @query, @shared, @sort_order, @at, @at)
RETURNING *;

-- name: ViewUpdate :exec
UPDATE saved_views SET name = @name, query = @query, shared = @shared, sort_order = @sort_order, version = version + 1, updated_at = @at
WHERE id = @id;

-- name: ViewDelete :exec
DELETE FROM saved_views WHERE id = @id;
