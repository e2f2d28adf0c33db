-- Price levels.

-- name: TierInsert :one
INSERT INTO tariff_tiers (id, category_id, code, name, price, conditions, sort_order, is_active, created_at, updated_at)
VALUES (@id, @category_id, @code, @name, @price, sqlc.narg('conditions'), @sort_order, true, @at, @at)
RETURNING *;

-- name: TierGetForUpdate :one
-- Locks the row until the end of the transaction.
SELECT * FROM tariff_tiers WHERE id = @id FOR UPDATE;

-- name: TierUpdate :exec
UPDATE tariff_tiers SET
    code = @code, name = @name, price = @price, conditions = sqlc.narg('conditions'),
    sort_order = @sort_order, is_active = @is_active, version = version + 1, updated_at = @at
WHERE id = @id;
