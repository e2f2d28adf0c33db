-- Price levels and what they cover.

-- name: TierInsert :one
INSERT INTO tariff_tiers (id, category_id, code, name, description, conditions, price, requires_project, own_max, sort_order,
    is_active, created_at, updated_at)
VALUES (@id, @category_id, @code, @name, sqlc.narg('description'), sqlc.narg('conditions'), @price, @requires_project,
    sqlc.narg('own_max'), @sort_order, @is_active, @at, @at)
RETURNING *;

-- name: TierGet :one
SELECT * FROM tariff_tiers WHERE id = @id;

-- name: TierListByCategory :many
SELECT * FROM tariff_tiers WHERE category_id = @category_id ORDER BY sort_order, code, id;

-- name: TierUpdate :one
UPDATE tariff_tiers SET
    code = @code, name = @name, description = sqlc.narg('description'), conditions = sqlc.narg('conditions'), price = @price,
    requires_project = @requires_project, own_max = sqlc.narg('own_max'), sort_order = @sort_order, is_active = @is_active,
    version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: TierDeleteWarnings :exec
-- The warnings that hang on a tier: before it, since it may trigger them too.
DELETE FROM warnings WHERE tier_id = @tier_id::uuid;

-- name: TierDelete :exec
-- Its lists go too.
DELETE FROM tariff_tiers WHERE id = @id;

-- name: TierListCandidates :many
-- The elements that could be on a list of the category.
SELECT id, code, is_generic, is_active FROM elements WHERE category_id = @category_id AND deleted_at IS NULL ORDER BY code, id;

-- name: TierOwnList :many
-- The codes of the elements on the tier's own list.
SELECT e.code FROM tier_elements te JOIN elements e ON e.id = te.element_id
WHERE te.tier_id = @tier_id AND e.deleted_at IS NULL ORDER BY e.code;

-- name: TierOwnKeep :exec
-- Takes off the own list what is not among the elements.
DELETE FROM tier_elements WHERE tier_id = @tier_id AND element_id <> ALL (@element_ids::uuid[]);

-- name: TierOwnAdd :exec
INSERT INTO tier_elements (category_id, tier_id, element_id, created_at)
SELECT @category_id::uuid, @tier_id::uuid, unnest(@element_ids::uuid[]), @at::timestamptz
ON CONFLICT (tier_id, element_id) DO NOTHING;

-- name: TierInclusionListByCategory :many
-- Every reference between tiers of the category, by the tiers' order.
SELECT i.tier_id, t.code AS tier_code, i.included_tier_id, o.code AS included_code, i.max_elements
FROM tier_inclusions i JOIN tariff_tiers t ON t.id = i.tier_id JOIN tariff_tiers o ON o.id = i.included_tier_id
WHERE i.category_id = @category_id ORDER BY t.sort_order, t.code, o.sort_order, o.code;

-- name: TierInclusionKeep :exec
-- Takes away the references to other tiers than those.
DELETE FROM tier_inclusions WHERE tier_id = @tier_id AND included_tier_id <> ALL (@included_ids::uuid[]);

-- name: TierInclusionWrite :exec
-- A limit of -1 stands for none.
INSERT INTO tier_inclusions (category_id, tier_id, included_tier_id, max_elements, created_at)
SELECT @category_id::uuid, @tier_id::uuid, unnest(@included_ids::uuid[]), nullif(unnest(@limits::integer[]), -1), @at::timestamptz
ON CONFLICT (tier_id, included_tier_id) DO UPDATE SET max_elements = excluded.max_elements
WHERE tier_inclusions.max_elements IS DISTINCT FROM excluded.max_elements;

-- name: TierListUsers :many
-- What keeps a tier from being deleted, in words: tiers that include it, and
-- warnings triggered by it that would stay. Quotes have their foreign key.
SELECT concat('tier ', t.code)::text AS words FROM tier_inclusions i JOIN tariff_tiers t ON t.id = i.tier_id
WHERE i.included_tier_id = @tier_id
UNION
SELECT concat('warning ', w.code)::text FROM warning_triggers g JOIN warnings w ON w.id = g.warning_id
WHERE g.tier_id = @tier_id AND w.tier_id IS DISTINCT FROM @tier_id
ORDER BY words;

-- name: TierWarningList :many
-- The codes of the warnings that hang on a tier.
SELECT code FROM warnings WHERE tier_id = @tier_id::uuid ORDER BY code;

-- name: TierPriceListBefore :many
-- The prices a tier had, the newest first: one row for each time that the price
-- was another one than before. Of the price of now, valid_to is NULL.
WITH versions AS (
    SELECT h.id, h.row ->> 'price' AS price, lag(h.row ->> 'price') OVER (ORDER BY h.id) AS price_before, h.valid_from, h.actor_name
    FROM catalogue_history h
    WHERE h.table_name = 'tariff_tiers' AND h.row_key = @tier_key::text
), prices AS (
    SELECT v.id, row_number() OVER (ORDER BY v.id) AS nth, v.price::numeric(10, 2) AS price, v.valid_from, v.actor_name
    FROM versions v WHERE v.price IS DISTINCT FROM v.price_before
)
SELECT p.id, p.price, p.valid_from, following.valid_from AS valid_to, p.actor_name
FROM prices p LEFT JOIN prices following ON following.nth = p.nth + 1
WHERE @no_cursor::boolean OR p.id < @before_id::bigint
ORDER BY p.id DESC LIMIT @max_rows;

-- name: TierPriceSince :one
-- The price that a tier was given at that moment.
SELECT (row ->> 'price')::numeric(10, 2) AS price FROM catalogue_history
WHERE table_name = 'tariff_tiers' AND row_key = @tier_key::text AND valid_from = @valid_from
ORDER BY id DESC LIMIT 1;
