-- Warnings, as staff keep them.

-- name: WarningInsert :one
INSERT INTO warnings (id, code, severity, message, category_id, tier_id, element_id, sort_order, is_active, created_at, updated_at)
VALUES (@id, @code, @severity, @message, sqlc.narg('category_id'), sqlc.narg('tier_id'), sqlc.narg('element_id'), @sort_order,
    @is_active, @at, @at)
RETURNING *;

-- name: WarningGet :one
-- One on a deleted element is none.
SELECT w.* FROM warnings w LEFT JOIN elements e ON e.id = w.element_id WHERE w.id = @id AND e.deleted_at IS NULL;

-- name: WarningList :many
-- By category, those of every category last; without those of deleted elements.
-- The filters: one category or all, and whether those of every category are
-- among them.
SELECT w.* FROM warnings w LEFT JOIN vehicle_categories c ON c.id = w.category_id LEFT JOIN elements e ON e.id = w.element_id
WHERE e.deleted_at IS NULL AND CASE WHEN w.category_id IS NULL THEN @include_global::boolean
    ELSE @every_category::boolean OR w.category_id = sqlc.narg('category_id')::uuid END
ORDER BY c.sort_order, c.slug, w.sort_order, w.code, w.id;

-- name: WarningUpdate :one
UPDATE warnings SET
    code = @code, severity = @severity, message = @message, category_id = sqlc.narg('category_id'), tier_id = sqlc.narg('tier_id'),
    element_id = sqlc.narg('element_id'), sort_order = @sort_order, is_active = @is_active, version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: WarningDelete :exec
DELETE FROM warnings WHERE id = @id;

-- name: WarningNamedList :many
-- What those warnings hang on and are triggered by, in words: the tier's and
-- element's codes, and one row per trigger with one of the last four set. A
-- warning without triggers has one row with no trigger_id.
SELECT w.id AS warning_id, wt.code AS tier_code, we.code AS element_code, g.id AS trigger_id,
    g.element_id AS trigger_element_id, ge.code AS trigger_element_code, g.tier_id AS trigger_tier_id, gt.code AS trigger_tier_code,
    g.keyword, g.min_quantity
FROM warnings w LEFT JOIN tariff_tiers wt ON wt.id = w.tier_id LEFT JOIN elements we ON we.id = w.element_id
    LEFT JOIN warning_triggers g ON g.warning_id = w.id LEFT JOIN elements ge ON ge.id = g.element_id
    LEFT JOIN tariff_tiers gt ON gt.id = g.tier_id
WHERE w.id = ANY (@warning_ids::uuid[]) ORDER BY w.id, g.id;

-- name: WarningFindElement :many
-- The element by that code in the category; without one, of any category.
SELECT e.id FROM elements e JOIN vehicle_categories c ON c.id = e.category_id
WHERE e.code = @code AND e.deleted_at IS NULL AND e.category_id = coalesce(sqlc.narg('category_id')::uuid, e.category_id)
ORDER BY c.sort_order, c.slug LIMIT 1;

-- name: WarningFindTier :many
-- The tier by that code in the category; without one, of any category.
SELECT t.id FROM tariff_tiers t JOIN vehicle_categories c ON c.id = t.category_id
WHERE t.code = @code AND t.category_id = coalesce(sqlc.narg('category_id')::uuid, t.category_id)
ORDER BY c.sort_order, c.slug LIMIT 1;

-- name: WarningTriggerKeep :exec
-- Takes away the triggers that are not among those.
DELETE FROM warning_triggers WHERE warning_id = @warning_id AND id <> ALL (@ids::uuid[]);

-- name: WarningTriggerInsert :exec
INSERT INTO warning_triggers (id, warning_id, element_id, tier_id, keyword, min_quantity)
VALUES (@id, @warning_id, sqlc.narg('element_id'), sqlc.narg('tier_id'), sqlc.narg('keyword'), sqlc.narg('min_quantity'));
