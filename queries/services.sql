-- Additional services, as staff keep them.

-- name: ServiceInsert :one
INSERT INTO additional_services (id, category_id, code, name, description, price, sort_order, is_active, created_at, updated_at)
VALUES (@id, sqlc.narg('category_id'), @code, @name, sqlc.narg('description'), @price, @sort_order, @is_active, @at, @at)
RETURNING *;

-- name: ServiceGet :one
SELECT * FROM additional_services WHERE id = @id;

-- name: ServiceList :many
-- By category, those of every category last. The filters: one category or all,
-- and whether those of every category are among them.
SELECT s.* FROM additional_services s LEFT JOIN vehicle_categories c ON c.id = s.category_id
WHERE CASE WHEN s.category_id IS NULL THEN @include_global::boolean
    ELSE @every_category::boolean OR s.category_id = sqlc.narg('category_id')::uuid END
ORDER BY c.sort_order, c.slug, s.sort_order, s.code, s.id;

-- name: ServiceUpdate :one
UPDATE additional_services SET
    code = @code, name = @name, description = sqlc.narg('description'), price = @price, sort_order = @sort_order,
    is_active = @is_active, version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: ServiceDelete :exec
DELETE FROM additional_services WHERE id = @id;

-- name: ServiceCodeTaken :one
-- Whether a category would have two services by that code: one of its own and
-- one of every category. No category stands for all of them.
SELECT EXISTS (SELECT 1 FROM additional_services
    WHERE code = @code AND id <> @id AND (category_id IS NULL) <> (sqlc.narg('category_id')::uuid IS NULL)) AS taken;

-- name: ServiceListSuggesters :many
-- The codes of the elements that suggest a service.
SELECT e.code FROM element_suggested_services s JOIN elements e ON e.id = s.element_id
WHERE s.service_id = @service_id AND e.deleted_at IS NULL ORDER BY e.code, e.id;
