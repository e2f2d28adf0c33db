-- A whole price sheet written at once (internal/cataloguefile). The parameters
-- of a Put are a row of its table, member by member: a column that is added to
-- the table has to be added here too, else the code does not compile.

-- name: FileCategoryPut :exec
INSERT INTO vehicle_categories (id, slug, name, client_type, vehicle_kind, description, icon, is_active, sort_order,
    units_per_element, version, created_at, updated_at)
VALUES (@id, @slug, @name, @client_type, @vehicle_kind, sqlc.narg('description'), sqlc.narg('icon'), @is_active, @sort_order,
    sqlc.narg('units_per_element'), @version, @created_at, @updated_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, client_type = excluded.client_type,
    vehicle_kind = excluded.vehicle_kind, description = excluded.description, icon = excluded.icon,
    is_active = excluded.is_active, sort_order = excluded.sort_order, units_per_element = excluded.units_per_element,
    version = excluded.version, updated_at = excluded.updated_at;

-- name: FileTierPut :exec
INSERT INTO tariff_tiers (id, category_id, code, name, description, conditions, price, requires_project, own_max, sort_order,
    is_active, version, created_at, updated_at)
VALUES (@id, @category_id, @code, @name, sqlc.narg('description'), sqlc.narg('conditions'), @price, @requires_project,
    sqlc.narg('own_max'), @sort_order, @is_active, @version, @created_at, @updated_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, conditions = excluded.conditions,
    price = excluded.price, requires_project = excluded.requires_project, own_max = excluded.own_max,
    sort_order = excluded.sort_order, is_active = excluded.is_active, version = excluded.version,
    updated_at = excluded.updated_at;

-- name: FileTierDelete :exec
DELETE FROM tariff_tiers WHERE id = @id;

-- name: FileTierOwnClear :exec
DELETE FROM tier_elements WHERE tier_id = @tier_id;

-- name: FileTierOwnFill :exec
-- Puts the elements on the tier's own list.
INSERT INTO tier_elements (category_id, tier_id, element_id, created_at)
SELECT @category_id::uuid, @tier_id::uuid, unnest(@element_ids::uuid[]), @at::timestamptz;

-- name: FileTierIncludesClear :exec
DELETE FROM tier_inclusions WHERE tier_id = @tier_id;

-- name: FileTierIncludesFill :exec
-- A limit of -1 stands for none.
INSERT INTO tier_inclusions (category_id, tier_id, included_tier_id, max_elements, created_at)
SELECT @category_id::uuid, @tier_id::uuid, unnest(@included_ids::uuid[]), nullif(unnest(@limits::integer[]), -1), @at::timestamptz;

-- name: FileElementPut :exec
INSERT INTO elements (id, category_id, code, name, description, parent_id, variant_type, variant_code, is_generic, is_active,
    inactive_reason, needs_review, units_per_element, surcharge, inherits_from_parent, keywords, aliases, answers, question,
    all_answers, sort_order, version, created_at, updated_at, deleted_at)
VALUES (@id, @category_id, @code, @name, sqlc.narg('description'), sqlc.narg('parent_id'), sqlc.narg('variant_type'),
    sqlc.narg('variant_code'), @is_generic, @is_active, sqlc.narg('inactive_reason'), @needs_review,
    sqlc.narg('units_per_element'), @surcharge, @inherits_from_parent, @keywords, @aliases, @answers, sqlc.narg('question'),
    @all_answers, @sort_order, @version, @created_at, @updated_at, sqlc.narg('deleted_at'))
ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, parent_id = excluded.parent_id,
    variant_type = excluded.variant_type, variant_code = excluded.variant_code, is_generic = excluded.is_generic,
    is_active = excluded.is_active, inactive_reason = excluded.inactive_reason, needs_review = excluded.needs_review,
    units_per_element = excluded.units_per_element, surcharge = excluded.surcharge,
    inherits_from_parent = excluded.inherits_from_parent, keywords = excluded.keywords, aliases = excluded.aliases,
    answers = excluded.answers, question = excluded.question, all_answers = excluded.all_answers,
    sort_order = excluded.sort_order, version = excluded.version, updated_at = excluded.updated_at,
    deleted_at = excluded.deleted_at;

-- name: FileSuggestedClear :exec
DELETE FROM element_suggested_services WHERE element_id = @element_id;

-- name: FileSuggestedFill :exec
INSERT INTO element_suggested_services (element_id, service_id, created_at)
SELECT @element_id::uuid, unnest(@service_ids::uuid[]), @at::timestamptz;

-- name: FileFieldPut :exec
INSERT INTO element_required_fields (id, element_id, field_key, label, field_type, options, unit, is_required, min_value,
    max_value, min_length, max_length, pattern, example, hint, condition_field_id, condition_operator, condition_value,
    sort_order, is_active, version, created_at, updated_at)
VALUES (@id, @element_id, @field_key, @label, @field_type, @options, sqlc.narg('unit'), @is_required, sqlc.narg('min_value'),
    sqlc.narg('max_value'), sqlc.narg('min_length'), sqlc.narg('max_length'), sqlc.narg('pattern'), sqlc.narg('example'),
    sqlc.narg('hint'), sqlc.narg('condition_field_id'), sqlc.narg('condition_operator'), sqlc.narg('condition_value'),
    @sort_order, @is_active, @version, @created_at, @updated_at)
ON CONFLICT (id) DO UPDATE SET label = excluded.label, field_type = excluded.field_type, options = excluded.options,
    unit = excluded.unit, is_required = excluded.is_required, min_value = excluded.min_value, max_value = excluded.max_value,
    min_length = excluded.min_length, max_length = excluded.max_length, pattern = excluded.pattern,
    example = excluded.example, hint = excluded.hint, condition_field_id = excluded.condition_field_id,
    condition_operator = excluded.condition_operator, condition_value = excluded.condition_value,
    sort_order = excluded.sort_order, is_active = excluded.is_active, version = excluded.version,
    updated_at = excluded.updated_at;

-- name: FileFieldDelete :exec
DELETE FROM element_required_fields WHERE id = @id;

-- name: FilePhotoPut :exec
INSERT INTO element_photo_slots (id, element_id, code, kind, title, instruction, image_url, is_required, sort_order, is_active,
    version, created_at, updated_at, condition_field_id, condition_operator, condition_value)
VALUES (@id, @element_id, @code, @kind, @title, sqlc.narg('instruction'), sqlc.narg('image_url'), @is_required, @sort_order,
    @is_active, @version, @created_at, @updated_at, sqlc.narg('condition_field_id'), sqlc.narg('condition_operator'),
    sqlc.narg('condition_value'))
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, instruction = excluded.instruction,
    image_url = excluded.image_url, is_required = excluded.is_required, sort_order = excluded.sort_order,
    is_active = excluded.is_active, version = excluded.version, updated_at = excluded.updated_at,
    condition_field_id = excluded.condition_field_id, condition_operator = excluded.condition_operator,
    condition_value = excluded.condition_value;

-- name: FilePhotoDelete :exec
DELETE FROM element_photo_slots WHERE id = @id;

-- name: FileDocumentPut :exec
INSERT INTO base_documentation (id, category_id, code, description, image_url, is_required, sort_order, is_active, version,
    created_at, updated_at)
VALUES (@id, @category_id, @code, @description, sqlc.narg('image_url'), @is_required, @sort_order, @is_active, @version,
    @created_at, @updated_at)
ON CONFLICT (id) DO UPDATE SET description = excluded.description, image_url = excluded.image_url,
    is_required = excluded.is_required, sort_order = excluded.sort_order, is_active = excluded.is_active,
    version = excluded.version, updated_at = excluded.updated_at;

-- name: FileDocumentDelete :exec
DELETE FROM base_documentation WHERE id = @id;

-- name: FileServicePut :exec
INSERT INTO additional_services (id, category_id, code, name, description, price, sort_order, is_active, version, created_at,
    updated_at)
VALUES (@id, sqlc.narg('category_id'), @code, @name, sqlc.narg('description'), @price, @sort_order, @is_active, @version,
    @created_at, @updated_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, price = excluded.price,
    sort_order = excluded.sort_order, is_active = excluded.is_active, version = excluded.version,
    updated_at = excluded.updated_at;

-- name: FileServiceDelete :exec
DELETE FROM additional_services WHERE id = @id;

-- name: FileWarningPut :exec
INSERT INTO warnings (id, code, severity, message, category_id, tier_id, element_id, sort_order, is_active, version,
    created_at, updated_at)
VALUES (@id, @code, @severity, @message, sqlc.narg('category_id'), sqlc.narg('tier_id'), sqlc.narg('element_id'), @sort_order,
    @is_active, @version, @created_at, @updated_at)
ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, message = excluded.message, tier_id = excluded.tier_id,
    element_id = excluded.element_id, sort_order = excluded.sort_order, is_active = excluded.is_active,
    version = excluded.version, updated_at = excluded.updated_at;

-- name: FileWarningDelete :exec
DELETE FROM warnings WHERE id = @id;

-- name: FileTriggerDelete :exec
DELETE FROM warning_triggers WHERE id = ANY(@ids::uuid[]);

-- name: FileTriggerFill :exec
-- The arrays are of one length; a nil id, an empty text and a zero stand for NULL.
INSERT INTO warning_triggers (id, warning_id, element_id, tier_id, keyword, min_quantity)
SELECT unnest(@ids::uuid[]), @warning_id::uuid,
    nullif(unnest(@element_ids::uuid[]), '00000000-0000-0000-0000-000000000000'),
    nullif(unnest(@tier_ids::uuid[]), '00000000-0000-0000-0000-000000000000'),
    nullif(unnest(@keywords::text[]), ''), nullif(unnest(@min_quantities::integer[]), 0);
