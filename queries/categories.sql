-- Vehicle categories, alone and with everything in them.

-- name: CategoryInsert :one
INSERT INTO vehicle_categories (id, slug, name, client_type, vehicle_kind, description, icon, is_active, sort_order,
    units_per_element, created_at, updated_at)
VALUES (@id, @slug, @name, @client_type, @vehicle_kind, sqlc.narg('description'), sqlc.narg('icon'), @is_active, @sort_order,
    sqlc.narg('units_per_element'), @at, @at)
RETURNING *;

-- name: CategoryGet :one
SELECT * FROM vehicle_categories WHERE id = @id;

-- name: CategoryUpdate :one
UPDATE vehicle_categories SET
    slug = @slug, name = @name, client_type = @client_type, vehicle_kind = @vehicle_kind, description = sqlc.narg('description'),
    icon = sqlc.narg('icon'), is_active = @is_active, sort_order = @sort_order, units_per_element = sqlc.narg('units_per_element'),
    version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: CategoryCopy :one
-- A new, inactive category at the end, otherwise like the original.
INSERT INTO vehicle_categories (id, slug, name, client_type, vehicle_kind, description, icon, is_active, sort_order,
    units_per_element, version, created_at, updated_at)
SELECT @copy_id::uuid, @slug::text, @name::text, coalesce(sqlc.narg('client_type')::text, o.client_type),
    coalesce(sqlc.narg('vehicle_kind')::text, o.vehicle_kind), o.description, o.icon, false,
    (SELECT max(sort_order) + 10 FROM vehicle_categories), o.units_per_element, 1, @at::timestamptz, @at::timestamptz
FROM vehicle_categories o WHERE o.id = @category_id
RETURNING *;

-- What is in a category is copied table by table, in this order. A row gets the
-- id copied_id makes of its original's, so that whatever refers to it can tell
-- it too. A test sees to it that no column is forgotten.

-- name: CategoryCopyTiers :exec
INSERT INTO tariff_tiers (id, category_id, code, name, description, conditions, price, requires_project, own_max, sort_order,
    is_active, version, created_at, updated_at)
SELECT copied_id(@copy_id::uuid, o.id), @copy_id::uuid, o.code, o.name, o.description, o.conditions, o.price, o.requires_project, o.own_max,
    o.sort_order, o.is_active, 1,
    @at::timestamptz, @at::timestamptz
FROM tariff_tiers o WHERE o.category_id = @category_id::uuid;

-- name: CategoryCopyElements :exec
INSERT INTO elements (id, category_id, code, name, description, parent_id, variant_type, variant_code, is_generic, is_active,
    inactive_reason, needs_review, units_per_element, surcharge, inherits_from_parent, keywords, aliases, answers, question,
    all_answers, sort_order, version, created_at, updated_at, deleted_at)
SELECT copied_id(@copy_id::uuid, o.id), @copy_id::uuid, o.code, o.name, o.description,
    copied_id(@copy_id::uuid, o.parent_id), o.variant_type, o.variant_code, o.is_generic, o.is_active, o.inactive_reason, o.needs_review, o.units_per_element, o.surcharge,
    o.inherits_from_parent, o.keywords, o.aliases, o.answers, o.question, o.all_answers, o.sort_order, 1,
    @at::timestamptz, @at::timestamptz, NULL
FROM elements o WHERE o.category_id = @category_id::uuid AND o.deleted_at IS NULL;

-- name: CategoryCopyTierElements :exec
INSERT INTO tier_elements (category_id, tier_id, element_id, is_generic, created_at)
SELECT @copy_id::uuid, copied_id(@copy_id::uuid, o.tier_id), copied_id(@copy_id::uuid, o.element_id), o.is_generic, @at::timestamptz
FROM tier_elements o JOIN elements e ON e.id = o.element_id
WHERE o.category_id = @category_id::uuid AND e.deleted_at IS NULL;

-- name: CategoryCopyTierInclusions :exec
INSERT INTO tier_inclusions (category_id, tier_id, included_tier_id, max_elements, created_at)
SELECT @copy_id::uuid, copied_id(@copy_id::uuid, o.tier_id), copied_id(@copy_id::uuid, o.included_tier_id), o.max_elements, @at::timestamptz
FROM tier_inclusions o WHERE o.category_id = @category_id::uuid;

-- name: CategoryCopyFields :exec
INSERT INTO element_required_fields (id, element_id, field_key, label, field_type, options, unit, is_required, min_value, max_value,
    min_length, max_length, pattern, example, hint, condition_field_id, condition_operator, condition_value, sort_order, is_active,
    version, created_at, updated_at)
SELECT copied_id(@copy_id::uuid, o.id), copied_id(@copy_id::uuid, o.element_id), o.field_key, o.label, o.field_type, o.options, o.unit,
    o.is_required, o.min_value, o.max_value, o.min_length, o.max_length, o.pattern, o.example, o.hint,
    copied_id(@copy_id::uuid, o.condition_field_id), o.condition_operator, o.condition_value, o.sort_order, o.is_active, 1,
    @at::timestamptz, @at::timestamptz
FROM element_required_fields o JOIN elements e ON e.id = o.element_id
WHERE e.category_id = @category_id::uuid AND e.deleted_at IS NULL;

-- name: CategoryCopyPhotoSlots :exec
INSERT INTO element_photo_slots (id, element_id, code, kind, title, instruction, image_url, is_required, condition_field_id,
    condition_operator, condition_value, sort_order, is_active, version, created_at, updated_at)
SELECT copied_id(@copy_id::uuid, o.id), copied_id(@copy_id::uuid, o.element_id), o.code, o.kind, o.title, o.instruction, o.image_url,
    o.is_required, copied_id(@copy_id::uuid, o.condition_field_id), o.condition_operator, o.condition_value, o.sort_order, o.is_active, 1,
    @at::timestamptz, @at::timestamptz
FROM element_photo_slots o JOIN elements e ON e.id = o.element_id
WHERE e.category_id = @category_id::uuid AND e.deleted_at IS NULL;

-- name: CategoryCopyDocuments :exec
INSERT INTO base_documentation (id, category_id, code, description, image_url, is_required, sort_order, is_active, version,
    created_at, updated_at)
SELECT copied_id(@copy_id::uuid, o.id), @copy_id::uuid, o.code, o.description, o.image_url, o.is_required, o.sort_order, o.is_active, 1,
    @at::timestamptz, @at::timestamptz
FROM base_documentation o WHERE o.category_id = @category_id::uuid;

-- name: CategoryCopyServices :exec
INSERT INTO additional_services (id, category_id, code, name, description, price, sort_order, is_active, version, created_at, updated_at)
SELECT copied_id(@copy_id::uuid, o.id), @copy_id::uuid, o.code, o.name, o.description, o.price, o.sort_order, o.is_active, 1,
    @at::timestamptz, @at::timestamptz
FROM additional_services o WHERE o.category_id = @category_id::uuid;

-- name: CategoryCopySuggestedServices :exec
-- A service of every category is suggested as it is.
INSERT INTO element_suggested_services (element_id, service_id, created_at)
SELECT copied_id(@copy_id::uuid, o.element_id),
    CASE WHEN s.category_id IS NULL THEN s.id ELSE copied_id(@copy_id::uuid, s.id) END, @at::timestamptz
FROM element_suggested_services o JOIN elements e ON e.id = o.element_id JOIN additional_services s ON s.id = o.service_id
WHERE e.category_id = @category_id::uuid AND e.deleted_at IS NULL;

-- name: CategoryCopyWarnings :exec
INSERT INTO warnings (id, code, severity, message, category_id, tier_id, element_id, sort_order, is_active, version, created_at, updated_at)
SELECT copied_id(@copy_id::uuid, o.id), o.code, o.severity, o.message, @copy_id::uuid, copied_id(@copy_id::uuid, o.tier_id),
    copied_id(@copy_id::uuid, o.element_id), o.sort_order, o.is_active, 1,
    @at::timestamptz, @at::timestamptz
FROM warnings o LEFT JOIN elements e ON e.id = o.element_id
WHERE o.category_id = @category_id::uuid AND e.deleted_at IS NULL;

-- name: CategoryCopyWarningTriggers :exec
INSERT INTO warning_triggers (id, warning_id, element_id, tier_id, keyword, min_quantity)
SELECT copied_id(@copy_id::uuid, o.id), copied_id(@copy_id::uuid, o.warning_id), copied_id(@copy_id::uuid, o.element_id),
    copied_id(@copy_id::uuid, o.tier_id), o.keyword, o.min_quantity
FROM warning_triggers o JOIN warnings w ON w.id = o.warning_id LEFT JOIN elements e ON e.id = w.element_id
WHERE w.category_id = @category_id::uuid AND e.deleted_at IS NULL;

-- What goes with a category, in this order.

-- name: CategoryTakeOverTriggers :exec
-- Triggers of warnings that would stay (those of every category) are told by
-- code, so what another category has by the same code stands for what goes.
UPDATE warning_triggers g SET
    element_id = (SELECT other.id FROM elements gone JOIN elements other ON other.code = gone.code
        WHERE gone.id = g.element_id AND other.category_id <> @category_id::uuid AND other.deleted_at IS NULL ORDER BY other.id LIMIT 1),
    tier_id = (SELECT other.id FROM tariff_tiers gone JOIN tariff_tiers other ON other.code = gone.code
        WHERE gone.id = g.tier_id AND other.category_id <> @category_id::uuid ORDER BY other.id LIMIT 1)
FROM warnings w
WHERE w.id = g.warning_id AND w.category_id IS DISTINCT FROM @category_id::uuid AND (
    EXISTS (SELECT 1 FROM elements gone JOIN elements other ON other.code = gone.code
        WHERE gone.id = g.element_id AND gone.category_id = @category_id::uuid AND other.category_id <> @category_id::uuid AND other.deleted_at IS NULL)
    OR EXISTS (SELECT 1 FROM tariff_tiers gone JOIN tariff_tiers other ON other.code = gone.code
        WHERE gone.id = g.tier_id AND gone.category_id = @category_id::uuid AND other.category_id <> @category_id::uuid));

-- name: CategoryListTriggered :many
-- The codes of warnings that would stay, but have a trigger that would go.
SELECT DISTINCT w.code FROM warnings w JOIN warning_triggers g ON g.warning_id = w.id
    LEFT JOIN elements e ON e.id = g.element_id LEFT JOIN tariff_tiers t ON t.id = g.tier_id
WHERE w.category_id IS DISTINCT FROM @category_id::uuid AND (e.category_id = @category_id::uuid OR t.category_id = @category_id::uuid)
ORDER BY w.code;

-- name: CategoryDeleteWarnings :exec
DELETE FROM warnings WHERE category_id = @category_id::uuid;

-- name: CategoryDeleteTierInclusions :exec
DELETE FROM tier_inclusions WHERE category_id = @category_id::uuid;

-- name: CategoryDeleteTiers :exec
DELETE FROM tariff_tiers WHERE category_id = @category_id::uuid;

-- name: CategoryDeleteElements :exec
DELETE FROM elements WHERE category_id = @category_id::uuid;

-- name: CategoryDelete :exec
-- The rest: papers and services.
DELETE FROM vehicle_categories WHERE id = @category_id::uuid;
