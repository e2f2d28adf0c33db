-- Papers asked for in every case of a category.

-- name: BaseDocumentInsert :one
INSERT INTO base_documentation (id, category_id, code, description, image_url, is_required, sort_order, is_active, created_at, updated_at)
VALUES (@id, @category_id, @code, @description, sqlc.narg('image_url'), @is_required, @sort_order, @is_active, @at, @at)
RETURNING *;

-- name: BaseDocumentGet :one
SELECT * FROM base_documentation WHERE id = @id;

-- name: BaseDocumentList :many
-- Of one category, or by category.
SELECT d.* FROM base_documentation d JOIN vehicle_categories c ON c.id = d.category_id
WHERE @every_category::boolean OR d.category_id = sqlc.narg('category_id')::uuid
ORDER BY c.sort_order, c.slug, d.sort_order, d.code, d.id;

-- name: BaseDocumentUpdate :one
UPDATE base_documentation SET
    code = @code, description = @description, image_url = sqlc.narg('image_url'), is_required = @is_required,
    sort_order = @sort_order, is_active = @is_active, version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: BaseDocumentDelete :exec
DELETE FROM base_documentation WHERE id = @id;
