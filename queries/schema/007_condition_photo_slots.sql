-- A photo slot may apply only while a condition on a field of its element holds,
-- as a field may.

-- +goose Up
ALTER TABLE element_photo_slots
    ADD COLUMN condition_field_id uuid,
    ADD COLUMN condition_operator text CHECK (condition_operator IN ('equals', 'not_equals', 'exists', 'not_exists')),
    ADD COLUMN condition_value text CHECK (length(condition_value) <= 200),
    ADD CONSTRAINT element_photo_slots_condition_fkey FOREIGN KEY (element_id, condition_field_id)
        REFERENCES element_required_fields (element_id, id),
    ADD CONSTRAINT element_photo_slots_condition_check CHECK ((condition_field_id IS NULL) = (condition_operator IS NULL));

-- +goose Down
ALTER TABLE element_photo_slots DROP COLUMN condition_field_id, DROP COLUMN condition_operator, DROP COLUMN condition_value;
