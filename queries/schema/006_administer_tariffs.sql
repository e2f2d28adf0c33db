-- What the administration of tariffs needs: quotes that hold on to their tier,
-- copies of categories, and a history that is in order even when two clocks are
-- not.

-- +goose Up

-- A tier that a quote was offered with cannot be deleted.
ALTER TABLE quotes ADD COLUMN tier_id uuid GENERATED ALWAYS AS ((result -> 'tier' ->> 'id')::uuid) STORED;
ALTER TABLE quotes ADD CONSTRAINT quotes_tier_id_fkey FOREIGN KEY (tier_id) REFERENCES tariff_tiers (id);
CREATE INDEX quotes_tier_idx ON quotes (tier_id);
CREATE INDEX quotes_category_idx ON quotes (category_id);

-- The id of the copy of a row, the same wherever the row is referred to: a
-- UUIDv8 of the copy's category and the original's id.
-- +goose StatementBegin
CREATE FUNCTION copied_id(copy_category_id uuid, original_id uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT overlay(overlay(md5(copy_category_id::text || original_id::text) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid
$$;

-- As in 004, but no version of a row begins before the one before it ended.
CREATE OR REPLACE FUNCTION remember_catalogue_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at_time timestamptz := coalesce(nullif(current_setting('msia.at', true), '')::timestamptz, now());
    actor   text := coalesce(nullif(current_setting('msia.actor', true), ''), 'system');
    before  jsonb := to_jsonb(OLD);
    after   jsonb := to_jsonb(NEW);
    key     text;
BEGIN
    IF before - '{version,updated_at}'::text[] = after - '{version,updated_at}'::text[] THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(coalesce(before, after) ->> name, '/' ORDER BY n) INTO key
        FROM unnest(TG_ARGV) WITH ORDINALITY AS k (name, n);
    SELECT greatest(at_time, max(valid_from), max(valid_to)) INTO at_time
        FROM catalogue_history WHERE table_name = TG_TABLE_NAME AND row_key = key;
    UPDATE catalogue_history SET valid_to = at_time
        WHERE table_name = TG_TABLE_NAME AND row_key = key AND valid_to IS NULL;
    IF after IS NOT NULL THEN
        INSERT INTO catalogue_history (table_name, row_key, row, valid_from, actor_name)
        VALUES (TG_TABLE_NAME, key, after, at_time, actor);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose Down
-- remember_catalogue_row stays as it is: 004 takes it away.
DROP FUNCTION copied_id;
DROP INDEX quotes_category_idx;
ALTER TABLE quotes DROP COLUMN tier_id;
