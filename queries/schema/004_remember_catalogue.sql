-- What the catalogue was at any moment: every version of every row, for quotes
-- "as of" a date and for the history of prices. And elements that are deleted
-- but stay in the database for what refers to them.

-- +goose Up
ALTER TABLE elements ADD COLUMN deleted_at timestamptz;
ALTER TABLE elements DROP CONSTRAINT elements_category_code_key;
CREATE UNIQUE INDEX elements_category_code_key ON elements (category_id, code) WHERE deleted_at IS NULL;

-- row_key is the primary key, its columns joined by a slash. valid_to is NULL
-- for what stands now.
CREATE TABLE catalogue_history (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name text NOT NULL,
    row_key    text NOT NULL,
    row        jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to   timestamptz,
    actor_name text NOT NULL
);
CREATE UNIQUE INDEX catalogue_history_now_key ON catalogue_history (table_name, row_key) WHERE valid_to IS NULL;
CREATE INDEX catalogue_history_row_idx ON catalogue_history (table_name, row_key, valid_from);

-- Writers say when and who by the settings msia.at and msia.actor of their
-- transaction (internal/catalogue.Change).
-- +goose StatementBegin
CREATE FUNCTION remember_catalogue_row() RETURNS trigger LANGUAGE plpgsql AS $$
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
    UPDATE catalogue_history SET valid_to = greatest(valid_from, at_time)
        WHERE table_name = TG_TABLE_NAME AND row_key = key AND valid_to IS NULL;
    IF after IS NOT NULL THEN
        INSERT INTO catalogue_history (table_name, row_key, row, valid_from, actor_name)
        VALUES (TG_TABLE_NAME, key, after, at_time, actor);
    END IF;
    RETURN NULL;
END
$$;

DO $$
DECLARE
    t       record;
    key_sql text;
BEGIN
    FOR t IN SELECT * FROM (VALUES
        ('vehicle_categories', '{id}'::text[]), ('tariff_tiers', '{id}'), ('elements', '{id}'),
        ('tier_elements', '{tier_id,element_id}'), ('tier_inclusions', '{tier_id,included_tier_id}'),
        ('element_required_fields', '{id}'), ('element_photo_slots', '{id}'), ('base_documentation', '{id}'),
        ('additional_services', '{id}'), ('element_suggested_services', '{element_id,service_id}'),
        ('warnings', '{id}'), ('warning_triggers', '{id}'), ('settings', '{key}')) AS v (name, key)
    LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %I '
            'FOR EACH ROW EXECUTE FUNCTION remember_catalogue_row(%s)', t.name || '_history', t.name,
            (SELECT string_agg(quote_literal(k), ', ' ORDER BY n) FROM unnest(t.key) WITH ORDINALITY AS u (k, n)));
        -- What is there already is taken to have been so since its creation.
        SELECT string_agg(format('r.%I::text', k), ' || ''/'' || ' ORDER BY n) INTO key_sql
            FROM unnest(t.key) WITH ORDINALITY AS u (k, n);
        EXECUTE format('INSERT INTO catalogue_history (table_name, row_key, row, valid_from, actor_name) '
            'SELECT %L, %s, to_jsonb(r), coalesce((to_jsonb(r) ->> ''created_at'')::timestamptz, now()), ''system'' FROM %I r',
            t.name, key_sql, t.name);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'vehicle_categories', 'tariff_tiers', 'elements', 'tier_elements', 'tier_inclusions',
        'element_required_fields', 'element_photo_slots', 'base_documentation', 'additional_services',
        'element_suggested_services', 'warnings', 'warning_triggers', 'settings']
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %I', name || '_history', name);
    END LOOP;
END
$$;
-- +goose StatementEnd
DROP FUNCTION remember_catalogue_row;
DROP TABLE catalogue_history;
DROP INDEX elements_category_code_key;
ALTER TABLE elements ADD CONSTRAINT elements_category_code_key UNIQUE (category_id, code);
ALTER TABLE elements DROP COLUMN deleted_at;
