-- The shipped catalogue. Every write below is of one whole row, or of one whole
-- list, so that what was written can be recognised by its content later.

-- name: SeedRowListAll :many
SELECT kind, key, hash FROM seed_rows ORDER BY kind, key;

-- name: SeedRowRemember :exec
-- The three arrays are of one length; no (kind, key) pair may come twice.
INSERT INTO seed_rows (kind, key, hash, seeded_at)
SELECT unnest(@kinds::text[]), unnest(@keys::text[]), unnest(@hashes::text[]), @at::timestamptz
ON CONFLICT (kind, key) DO UPDATE SET hash = excluded.hash, seeded_at = excluded.seeded_at;

-- name: SeedCategoryUpsert :exec
INSERT INTO vehicle_categories (id, slug, name, client_type, vehicle_kind, description, icon, is_active, sort_order, units_per_element)
VALUES (@id, @slug, @name, @client_type, @vehicle_kind, sqlc.narg('description'), sqlc.narg('icon'), @is_active, @sort_order,
    sqlc.narg('units_per_element'))
ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name, client_type = excluded.client_type,
    vehicle_kind = excluded.vehicle_kind, description = excluded.description, icon = excluded.icon,
    is_active = excluded.is_active, sort_order = excluded.sort_order, units_per_element = excluded.units_per_element,
    version = vehicle_categories.version + 1, updated_at = now();

-- name: SeedTierUpsert :exec
INSERT INTO tariff_tiers (id, category_id, code, name, description, conditions, price, requires_project, own_max, sort_order, is_active)
VALUES (@id, @category_id, @code, @name, sqlc.narg('description'), sqlc.narg('conditions'), @price, @requires_project,
    sqlc.narg('own_max'), @sort_order, @is_active)
ON CONFLICT (id) DO UPDATE SET category_id = excluded.category_id, code = excluded.code, name = excluded.name,
    description = excluded.description, conditions = excluded.conditions, price = excluded.price,
    requires_project = excluded.requires_project, own_max = excluded.own_max, sort_order = excluded.sort_order,
    is_active = excluded.is_active, version = tariff_tiers.version + 1, updated_at = now();

-- name: SeedElementUpsert :exec
-- All of an element but its vocabulary, which SeedVocabularyWrite brings right
-- after. Until then a generic one asks by its name, for the schema's sake.
INSERT INTO elements (id, category_id, code, name, description, parent_id, variant_type, variant_code, is_generic, is_active,
    inactive_reason, needs_review, units_per_element, surcharge, inherits_from_parent, sort_order, question)
VALUES (@id, @category_id, @code, @name, sqlc.narg('description'), sqlc.narg('parent_id'), sqlc.narg('variant_type'),
    sqlc.narg('variant_code'), @is_generic, @is_active, sqlc.narg('inactive_reason'), @needs_review,
    sqlc.narg('units_per_element'), @surcharge, @inherits_from_parent, @sort_order,
    CASE WHEN @is_generic THEN @name END)
ON CONFLICT (id) DO UPDATE SET category_id = excluded.category_id, code = excluded.code, name = excluded.name,
    description = excluded.description, parent_id = excluded.parent_id, variant_type = excluded.variant_type,
    variant_code = excluded.variant_code, is_generic = excluded.is_generic, is_active = excluded.is_active,
    inactive_reason = excluded.inactive_reason, needs_review = excluded.needs_review,
    units_per_element = excluded.units_per_element, surcharge = excluded.surcharge,
    inherits_from_parent = excluded.inherits_from_parent, sort_order = excluded.sort_order,
    question = coalesce(elements.question, excluded.question), deleted_at = NULL, version = elements.version + 1, updated_at = now();

-- name: SeedVocabularyWrite :exec
UPDATE elements SET keywords = @keywords, aliases = @aliases, answers = @answers, question = sqlc.narg('question'),
    all_answers = @all_answers, version = version + 1, updated_at = now()
WHERE id = @id;

-- name: SeedFieldUpsert :exec
INSERT INTO element_required_fields (id, element_id, field_key, label, field_type, options, unit, is_required, min_value,
    max_value, min_length, max_length, pattern, example, hint, condition_field_id, condition_operator, condition_value,
    sort_order, is_active)
VALUES (@id, @element_id, @field_key, @label, @field_type, @options, sqlc.narg('unit'), @is_required, sqlc.narg('min_value'),
    sqlc.narg('max_value'), sqlc.narg('min_length'), sqlc.narg('max_length'), sqlc.narg('pattern'), sqlc.narg('example'),
    sqlc.narg('hint'), sqlc.narg('condition_field_id'), sqlc.narg('condition_operator'), sqlc.narg('condition_value'),
    @sort_order, @is_active)
ON CONFLICT (id) DO UPDATE SET element_id = excluded.element_id, field_key = excluded.field_key, label = excluded.label,
    field_type = excluded.field_type, options = excluded.options, unit = excluded.unit, is_required = excluded.is_required,
    min_value = excluded.min_value, max_value = excluded.max_value, min_length = excluded.min_length,
    max_length = excluded.max_length, pattern = excluded.pattern, example = excluded.example, hint = excluded.hint,
    condition_field_id = excluded.condition_field_id, condition_operator = excluded.condition_operator,
    condition_value = excluded.condition_value, sort_order = excluded.sort_order, is_active = excluded.is_active,
    version = element_required_fields.version + 1, updated_at = now();

-- name: SeedPhotoSlotUpsert :exec
INSERT INTO element_photo_slots (id, element_id, code, kind, title, instruction, image_url, is_required, condition_field_id,
    condition_operator, condition_value, sort_order, is_active)
VALUES (@id, @element_id, @code, @kind, @title, sqlc.narg('instruction'), sqlc.narg('image_url'), @is_required,
    sqlc.narg('condition_field_id'), sqlc.narg('condition_operator'), sqlc.narg('condition_value'), @sort_order, @is_active)
ON CONFLICT (id) DO UPDATE SET element_id = excluded.element_id, code = excluded.code, kind = excluded.kind,
    title = excluded.title, instruction = excluded.instruction, image_url = excluded.image_url,
    is_required = excluded.is_required, condition_field_id = excluded.condition_field_id,
    condition_operator = excluded.condition_operator, condition_value = excluded.condition_value,
    sort_order = excluded.sort_order, is_active = excluded.is_active, version = element_photo_slots.version + 1, updated_at = now();

-- name: SeedDocumentUpsert :exec
INSERT INTO base_documentation (id, category_id, code, description, image_url, is_required, sort_order, is_active)
VALUES (@id, @category_id, @code, @description, sqlc.narg('image_url'), @is_required, @sort_order, @is_active)
ON CONFLICT (id) DO UPDATE SET category_id = excluded.category_id, code = excluded.code, description = excluded.description,
    image_url = excluded.image_url, is_required = excluded.is_required, sort_order = excluded.sort_order,
    is_active = excluded.is_active, version = base_documentation.version + 1, updated_at = now();

-- name: SeedServiceUpsert :exec
INSERT INTO additional_services (id, category_id, code, name, description, price, sort_order, is_active)
VALUES (@id, sqlc.narg('category_id'), @code, @name, sqlc.narg('description'), @price, @sort_order, @is_active)
ON CONFLICT (id) DO UPDATE SET category_id = excluded.category_id, code = excluded.code, name = excluded.name,
    description = excluded.description, price = excluded.price, sort_order = excluded.sort_order,
    is_active = excluded.is_active, version = additional_services.version + 1, updated_at = now();

-- name: SeedTierElementClear :exec
DELETE FROM tier_elements WHERE element_id = @element_id;

-- name: SeedTierElementFill :exec
-- Puts the element on the own lists of those tiers.
INSERT INTO tier_elements (category_id, element_id, tier_id)
SELECT @category_id::uuid, @element_id::uuid, unnest(@tier_ids::uuid[]);

-- name: SeedInclusionClear :exec
DELETE FROM tier_inclusions WHERE tier_id = @tier_id;

-- name: SeedInclusionFill :exec
-- A limit of -1 stands for none.
INSERT INTO tier_inclusions (category_id, tier_id, included_tier_id, max_elements)
SELECT @category_id::uuid, @tier_id::uuid, unnest(@included_ids::uuid[]), nullif(unnest(@limits::integer[]), -1);

-- name: SeedSuggestedClear :exec
DELETE FROM element_suggested_services WHERE element_id = @element_id;

-- name: SeedSuggestedFill :exec
INSERT INTO element_suggested_services (element_id, service_id)
SELECT @element_id::uuid, unnest(@service_ids::uuid[]);

-- name: SeedWarningUpsert :exec
INSERT INTO warnings (id, code, severity, message, category_id, tier_id, element_id, sort_order, is_active)
VALUES (@id, @code, @severity, @message, sqlc.narg('category_id'), sqlc.narg('tier_id'), sqlc.narg('element_id'), @sort_order, @is_active)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, severity = excluded.severity, message = excluded.message,
    category_id = excluded.category_id, tier_id = excluded.tier_id, element_id = excluded.element_id,
    sort_order = excluded.sort_order, is_active = excluded.is_active, version = warnings.version + 1, updated_at = now();

-- name: SeedTriggerClear :exec
DELETE FROM warning_triggers WHERE warning_id = @warning_id;

-- name: SeedTriggerFill :exec
-- The arrays are of one length; a nil id, an empty text and a zero stand for NULL.
INSERT INTO warning_triggers (id, warning_id, element_id, tier_id, keyword, min_quantity)
SELECT unnest(@ids::uuid[]), @warning_id::uuid,
    nullif(unnest(@element_ids::uuid[]), '00000000-0000-0000-0000-000000000000'),
    nullif(unnest(@tier_ids::uuid[]), '00000000-0000-0000-0000-000000000000'),
    nullif(unnest(@keywords::text[]), ''), nullif(unnest(@min_quantities::integer[]), 0);
