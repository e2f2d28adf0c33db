-- The whole catalogue, as it is and as it was, and the door its writers go
-- through. Rows come in no order: internal/catalogue puts them in theirs.

-- name: CatalogueLock :one
-- Makes writers of the catalogue take turns until the end of the transaction,
-- and tells the history who writes and when.
SELECT set_config('msia.at', @at::text, true), set_config('msia.actor', @actor::text, true)
FROM catalogue_revision FOR UPDATE;

-- name: CatalogueWait :exec
-- Makes writers of the catalogue take turns until the end of the transaction.
SELECT revision FROM catalogue_revision FOR UPDATE;

-- name: CatalogueRevisionGet :one
-- The number of changes to the catalogue and the settings so far.
SELECT revision FROM catalogue_revision;

-- name: CatalogueRowsAt :many
-- Every row that stood at that moment, settings among them.
SELECT table_name, row FROM catalogue_history
WHERE valid_from <= @at AND (valid_to IS NULL OR valid_to > @at);

-- name: CategoryListAll :many
SELECT * FROM vehicle_categories;

-- name: TierListAll :many
SELECT * FROM tariff_tiers;

-- name: TierElementListAll :many
SELECT * FROM tier_elements;

-- name: TierInclusionListAll :many
SELECT * FROM tier_inclusions;

-- name: ElementListAll :many
-- Deleted ones too.
SELECT * FROM elements;

-- name: ElementFieldListAll :many
SELECT * FROM element_required_fields;

-- name: ElementPhotoSlotListAll :many
SELECT * FROM element_photo_slots;

-- name: BaseDocumentationListAll :many
SELECT * FROM base_documentation;

-- name: ServiceListAll :many
SELECT * FROM additional_services;

-- name: SuggestedServiceListAll :many
SELECT * FROM element_suggested_services;

-- name: WarningListAll :many
SELECT * FROM warnings;

-- name: WarningTriggerListAll :many
SELECT * FROM warning_triggers ORDER BY warning_id, id;
