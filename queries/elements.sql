-- Elements, their fields and photo slots, as staff change them. Deleted elements
-- stay in their table for what refers to them; nothing here sees them.

-- name: ElementGet :one
SELECT * FROM elements WHERE id = @id AND deleted_at IS NULL;

-- name: ElementListByCategory :many
-- In display order.
SELECT * FROM elements WHERE category_id = @category_id AND deleted_at IS NULL ORDER BY sort_order, code, id;

-- name: ElementPut :exec
-- Makes the element, or writes it as a whole and counts its version up.
INSERT INTO elements (id, category_id, code, name, description, parent_id, variant_type, variant_code, is_generic, is_active,
    inactive_reason, needs_review, units_per_element, surcharge, inherits_from_parent, keywords, aliases, answers, question,
    all_answers, sort_order, created_at, updated_at)
VALUES (@id, @category_id, @code, @name, sqlc.narg('description'), sqlc.narg('parent_id'), sqlc.narg('variant_type'),
    sqlc.narg('variant_code'), @is_generic, @is_active, sqlc.narg('inactive_reason'), @needs_review,
    sqlc.narg('units_per_element'), @surcharge, @inherits_from_parent, @keywords, @aliases, @answers, sqlc.narg('question'),
    @all_answers, @sort_order, @at, @at)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, description = excluded.description,
    parent_id = excluded.parent_id, variant_type = excluded.variant_type, variant_code = excluded.variant_code,
    is_generic = excluded.is_generic, is_active = excluded.is_active, inactive_reason = excluded.inactive_reason,
    needs_review = excluded.needs_review, units_per_element = excluded.units_per_element, surcharge = excluded.surcharge,
    inherits_from_parent = excluded.inherits_from_parent, keywords = excluded.keywords, aliases = excluded.aliases,
    answers = excluded.answers, question = excluded.question, all_answers = excluded.all_answers,
    sort_order = excluded.sort_order, version = elements.version + 1, updated_at = excluded.updated_at;

-- name: ElementTouch :exec
-- Counts the version up: something that is shown with the element changed.
UPDATE elements SET version = version + 1, updated_at = @at WHERE id = @id;

-- name: ElementTouchNamers :exec
-- Counts the versions of all that is shown with the element's code: its variants,
-- the tiers that list it, the warnings on it and those it triggers.
WITH listing AS (
    UPDATE tariff_tiers SET version = version + 1, updated_at = @at
    WHERE id IN (SELECT tier_id FROM tier_elements WHERE element_id = @id::uuid)
), warning AS (
    UPDATE warnings SET version = version + 1, updated_at = @at
    WHERE element_id = @id::uuid OR id IN (SELECT warning_id FROM warning_triggers WHERE element_id = @id::uuid)
)
UPDATE elements SET version = version + 1, updated_at = @at WHERE parent_id = @id::uuid AND deleted_at IS NULL;

-- name: ElementMarkDeleted :exec
UPDATE elements SET deleted_at = @at::timestamptz, version = version + 1, updated_at = @at WHERE id = ANY (@ids::uuid[]);

-- name: ElementOrder :exec
-- Gives the elements the places they have in the list; one that is there already
-- keeps its version.
UPDATE elements SET sort_order = o.place * 10, version = version + 1, updated_at = @at
FROM unnest(@ids::uuid[]) WITH ORDINALITY AS o (id, place)
WHERE elements.id = o.id AND sort_order <> o.place * 10;

-- name: ElementTierCodes :many
-- The codes of the tiers that list an element.
SELECT t.code FROM tariff_tiers t JOIN tier_elements e ON e.tier_id = t.id WHERE e.element_id = @element_id ORDER BY t.code;

-- name: ElementLeaveTiers :exec
-- Takes the elements off every tier's own list.
WITH left_tiers AS (
    DELETE FROM tier_elements WHERE element_id = ANY (@ids::uuid[]) RETURNING tier_id
)
UPDATE tariff_tiers SET version = version + 1, updated_at = @at WHERE id IN (SELECT tier_id FROM left_tiers);

-- name: ElementTriggeredWarnings :many
-- The codes of the warnings that one of the elements triggers, but for the
-- warnings that hang on one of them.
SELECT DISTINCT w.code FROM warning_triggers t JOIN warnings w ON w.id = t.warning_id
WHERE t.element_id = ANY (@ids::uuid[]) AND (w.element_id IS NULL OR w.element_id <> ALL (@ids::uuid[]))
ORDER BY w.code;

-- name: ElementWarningsDelete :many
-- Deletes the warnings that hang on the elements and returns them.
DELETE FROM warnings WHERE element_id = ANY (@ids::uuid[]) RETURNING *;

-- name: ElementServiceChoices :many
-- The services that elements of the category may suggest: its own, then the global ones.
SELECT * FROM additional_services WHERE category_id = @category_id::uuid OR category_id IS NULL
ORDER BY category_id NULLS LAST, sort_order, code;

-- name: ElementSuggestedList :many
-- The services that an element suggests.
SELECT s.* FROM additional_services s JOIN element_suggested_services e ON e.service_id = s.id
WHERE e.element_id = @element_id ORDER BY s.code, s.id;

-- name: ElementSuggestedClear :exec
DELETE FROM element_suggested_services WHERE element_id = ANY (@element_ids::uuid[]);

-- name: ElementSuggestedFill :exec
INSERT INTO element_suggested_services (element_id, service_id, created_at)
SELECT @element_id::uuid, unnest(@service_ids::uuid[]), @at::timestamptz;

-- name: ElementFieldList :many
-- An element's fields in display order, inactive ones too.
SELECT * FROM element_required_fields WHERE element_id = @element_id ORDER BY sort_order, field_key, id;

-- name: ElementFieldGet :one
SELECT f.* FROM element_required_fields f JOIN elements e ON e.id = f.element_id
WHERE f.id = @id AND e.deleted_at IS NULL;

-- name: ElementFieldPut :exec
-- Makes the field, or writes it as a whole and counts its version up.
INSERT INTO element_required_fields (id, element_id, field_key, label, field_type, options, unit, is_required, min_value,
    max_value, min_length, max_length, pattern, example, hint, condition_field_id, condition_operator, condition_value,
    sort_order, is_active, created_at, updated_at)
VALUES (@id, @element_id, @field_key, @label, @field_type, @options, sqlc.narg('unit'), @is_required, sqlc.narg('min_value'),
    sqlc.narg('max_value'), sqlc.narg('min_length'), sqlc.narg('max_length'), sqlc.narg('pattern'), sqlc.narg('example'),
    sqlc.narg('hint'), sqlc.narg('condition_field_id'), sqlc.narg('condition_operator'), sqlc.narg('condition_value'),
    @sort_order, @is_active, @at, @at)
ON CONFLICT (id) DO UPDATE SET field_key = excluded.field_key, label = excluded.label, field_type = excluded.field_type,
    options = excluded.options, unit = excluded.unit, is_required = excluded.is_required, min_value = excluded.min_value,
    max_value = excluded.max_value, min_length = excluded.min_length, max_length = excluded.max_length,
    pattern = excluded.pattern, example = excluded.example, hint = excluded.hint,
    condition_field_id = excluded.condition_field_id, condition_operator = excluded.condition_operator,
    condition_value = excluded.condition_value, sort_order = excluded.sort_order, is_active = excluded.is_active,
    version = element_required_fields.version + 1, updated_at = excluded.updated_at;

-- name: ElementFieldTouchDependents :exec
-- Counts the versions of the fields and photo slots whose condition shows the
-- field's key.
WITH slots AS (
    UPDATE element_photo_slots SET version = version + 1, updated_at = @at WHERE condition_field_id = @id::uuid
)
UPDATE element_required_fields SET version = version + 1, updated_at = @at WHERE condition_field_id = @id::uuid;

-- name: ElementFieldDelete :exec
DELETE FROM element_required_fields WHERE id = @id;

-- name: ElementFieldOrder :exec
-- As ElementOrder.
UPDATE element_required_fields SET sort_order = o.place * 10, version = version + 1, updated_at = @at
FROM unnest(@ids::uuid[]) WITH ORDINALITY AS o (id, place)
WHERE element_required_fields.id = o.id AND sort_order <> o.place * 10;

-- name: ElementPhotoList :many
-- An element's photo slots in display order, inactive ones too.
SELECT * FROM element_photo_slots WHERE element_id = @element_id ORDER BY sort_order, code, id;

-- name: ElementPhotoGet :one
SELECT p.* FROM element_photo_slots p JOIN elements e ON e.id = p.element_id
WHERE p.id = @id AND e.deleted_at IS NULL;

-- name: ElementPhotoPut :exec
-- Makes the slot, or writes it as a whole and counts its version up.
INSERT INTO element_photo_slots (id, element_id, code, kind, title, instruction, image_url, is_required, condition_field_id,
    condition_operator, condition_value, sort_order, is_active, created_at, updated_at)
VALUES (@id, @element_id, @code, @kind, @title, sqlc.narg('instruction'), sqlc.narg('image_url'), @is_required,
    sqlc.narg('condition_field_id'), sqlc.narg('condition_operator'), sqlc.narg('condition_value'), @sort_order, @is_active,
    @at, @at)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, kind = excluded.kind, title = excluded.title,
    instruction = excluded.instruction, image_url = excluded.image_url, is_required = excluded.is_required,
    condition_field_id = excluded.condition_field_id, condition_operator = excluded.condition_operator,
    condition_value = excluded.condition_value, sort_order = excluded.sort_order, is_active = excluded.is_active,
    version = element_photo_slots.version + 1, updated_at = excluded.updated_at;

-- name: ElementPhotoDelete :exec
DELETE FROM element_photo_slots WHERE id = @id;

-- name: ElementPhotoOrder :exec
-- As ElementOrder.
UPDATE element_photo_slots SET sort_order = o.place * 10, version = version + 1, updated_at = @at
FROM unnest(@ids::uuid[]) WITH ORDINALITY AS o (id, place)
WHERE element_photo_slots.id = o.id AND sort_order <> o.place * 10;
