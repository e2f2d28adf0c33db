-- The whole catalogue, read in one repeatable-read transaction.

-- name: CatalogueRevisionGet :one
-- The number of changes to the catalogue and the settings so far.
SELECT revision FROM catalogue_revision;

-- name: CategoryListAll :many
SELECT * FROM vehicle_categories ORDER BY sort_order, slug;

-- name: TierListAll :many
SELECT * FROM tariff_tiers ORDER BY category_id, sort_order, code;

-- name: TierElementListAll :many
SELECT te.tier_id, e.code FROM tier_elements te JOIN elements e ON e.id = te.element_id ORDER BY te.tier_id, e.code;

-- name: TierInclusionListAll :many
SELECT ti.tier_id, t.code, ti.max_elements FROM tier_inclusions ti JOIN tariff_tiers t ON t.id = ti.included_tier_id
ORDER BY ti.tier_id, t.sort_order, t.code;

-- name: ElementListAll :many
SELECT * FROM elements ORDER BY category_id, sort_order, code;

-- name: ElementFieldListAll :many
-- Active fields only.
SELECT * FROM element_required_fields WHERE is_active ORDER BY element_id, sort_order, field_key;

-- name: ElementPhotoSlotListAll :many
-- Active slots only.
SELECT * FROM element_photo_slots WHERE is_active ORDER BY element_id, sort_order, code;

-- name: BaseDocumentationListAll :many
-- Active papers only.
SELECT * FROM base_documentation WHERE is_active ORDER BY category_id, sort_order, code;

-- name: ServiceListAll :many
SELECT * FROM additional_services ORDER BY category_id, sort_order, code;

-- name: SuggestedServiceListAll :many
SELECT es.element_id, s.code FROM element_suggested_services es JOIN additional_services s ON s.id = es.service_id
ORDER BY es.element_id, s.sort_order, s.code;

-- name: WarningListAll :many
-- Active warnings only.
SELECT * FROM warnings WHERE is_active ORDER BY sort_order, code, id;

-- name: WarningTriggerListAll :many
SELECT * FROM warning_triggers ORDER BY warning_id, id;
