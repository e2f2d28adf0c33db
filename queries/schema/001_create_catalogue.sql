-- The catalogue: price sheets, elements and what is asked for with them.
-- Invariants stand here, so that no writer can break them; the solver's rules
-- are in internal/tariffs.

-- +goose Up

-- One row that counts every change to the catalogue and to the settings. A
-- process keeps its picture of the catalogue only while this number stands.
-- The row lock makes catalogue writers take turns, so a smaller number is
-- never committed after a larger one.
CREATE TABLE catalogue_revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    revision bigint NOT NULL
);
INSERT INTO catalogue_revision (revision) VALUES (1);

-- +goose StatementBegin
CREATE FUNCTION bump_catalogue_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_revision SET revision = revision + 1;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TABLE vehicle_categories (
    id                uuid PRIMARY KEY,
    slug              text NOT NULL,
    name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    client_type       text NOT NULL CHECK (client_type IN ('particular', 'professional')),
    vehicle_kind      text NOT NULL CHECK (vehicle_kind ~ '^[a-z0-9_]{1,50}$'),
    description       text CHECK (length(description) <= 2000),
    icon              text CHECK (length(icon) <= 50),
    is_active         boolean NOT NULL DEFAULT true,
    sort_order        integer NOT NULL DEFAULT 0,
    units_per_element integer CHECK (units_per_element >= 1),
    version           integer NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT vehicle_categories_slug_key UNIQUE (slug),
    CONSTRAINT vehicle_categories_slug_check CHECK (length(slug) <= 50 AND slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
);

CREATE TABLE tariff_tiers (
    id               uuid PRIMARY KEY,
    category_id      uuid NOT NULL REFERENCES vehicle_categories (id),
    code             text NOT NULL CHECK (length(code) BETWEEN 1 AND 20),
    name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    description      text CHECK (length(description) <= 2000),
    conditions       text CHECK (length(conditions) <= 2000),
    price            numeric(10, 2) NOT NULL CHECK (price >= 0),
    requires_project boolean NOT NULL DEFAULT false,
    own_max          integer CHECK (own_max >= 0),
    sort_order       integer NOT NULL DEFAULT 0,
    is_active        boolean NOT NULL DEFAULT true,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tariff_tiers_category_code_key UNIQUE (category_id, code),
    CONSTRAINT tariff_tiers_category_id_key UNIQUE (category_id, id)
);

CREATE TABLE elements (
    id                   uuid PRIMARY KEY,
    category_id          uuid NOT NULL REFERENCES vehicle_categories (id),
    code                 text NOT NULL,
    name                 text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description          text CHECK (length(description) <= 2000),
    parent_id            uuid,
    variant_type         text CHECK (length(variant_type) BETWEEN 1 AND 50),
    variant_code         text CHECK (length(variant_code) BETWEEN 1 AND 50),
    is_generic           boolean NOT NULL DEFAULT false,
    is_active            boolean NOT NULL DEFAULT true,
    inactive_reason      text CHECK (length(inactive_reason) BETWEEN 1 AND 500),
    needs_review         boolean NOT NULL DEFAULT false,
    units_per_element    integer CHECK (units_per_element >= 1),
    surcharge            numeric(10, 2) NOT NULL DEFAULT 0 CHECK (surcharge >= 0),
    inherits_from_parent boolean NOT NULL DEFAULT true,
    keywords             text[] NOT NULL DEFAULT '{}',
    aliases              text[] NOT NULL DEFAULT '{}',
    answers              text[] NOT NULL DEFAULT '{}',
    question             text CHECK (length(question) BETWEEN 1 AND 500),
    all_answers          text[] NOT NULL DEFAULT '{}',
    sort_order           integer NOT NULL DEFAULT 0,
    version              integer NOT NULL DEFAULT 1,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT elements_category_code_key UNIQUE (category_id, code),
    CONSTRAINT elements_category_id_key UNIQUE (category_id, id),
    CONSTRAINT elements_generic_key UNIQUE (category_id, id, is_generic),
    CONSTRAINT elements_parent_fkey FOREIGN KEY (category_id, parent_id) REFERENCES elements (category_id, id),
    CONSTRAINT elements_code_check CHECK (code ~ '^[A-Z0-9]+(_[A-Z0-9]+)*$' AND length(code) <= 50),
    CONSTRAINT elements_not_own_parent_check CHECK (parent_id IS DISTINCT FROM id),
    CONSTRAINT elements_generic_question_check CHECK (NOT is_generic OR question IS NOT NULL),
    CONSTRAINT elements_generic_not_priced_check CHECK (NOT is_generic OR surcharge = 0)
);
CREATE INDEX elements_parent_idx ON elements (parent_id);

-- A tier's own list. An element on a list belongs to the same category and is
-- not generic: the foreign key carries both.
CREATE TABLE tier_elements (
    category_id uuid NOT NULL,
    tier_id     uuid NOT NULL,
    element_id  uuid NOT NULL,
    is_generic  boolean NOT NULL DEFAULT false CHECK (NOT is_generic),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tier_id, element_id),
    CONSTRAINT tier_elements_tier_fkey FOREIGN KEY (category_id, tier_id)
        REFERENCES tariff_tiers (category_id, id) ON DELETE CASCADE,
    CONSTRAINT tier_elements_element_fkey FOREIGN KEY (category_id, element_id, is_generic)
        REFERENCES elements (category_id, id, is_generic)
);
CREATE INDEX tier_elements_element_idx ON tier_elements (element_id);

-- A tier's references to other tiers' own lists.
CREATE TABLE tier_inclusions (
    category_id      uuid NOT NULL,
    tier_id          uuid NOT NULL,
    included_tier_id uuid NOT NULL,
    max_elements     integer CHECK (max_elements >= 0),
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tier_id, included_tier_id),
    CONSTRAINT tier_inclusions_not_itself_check CHECK (tier_id <> included_tier_id),
    CONSTRAINT tier_inclusions_tier_fkey FOREIGN KEY (category_id, tier_id)
        REFERENCES tariff_tiers (category_id, id) ON DELETE CASCADE,
    CONSTRAINT tier_inclusions_included_fkey FOREIGN KEY (category_id, included_tier_id)
        REFERENCES tariff_tiers (category_id, id)
);
CREATE INDEX tier_inclusions_included_idx ON tier_inclusions (included_tier_id);

CREATE TABLE element_required_fields (
    id                 uuid PRIMARY KEY,
    element_id         uuid NOT NULL REFERENCES elements (id) ON DELETE CASCADE,
    field_key          text NOT NULL CHECK (field_key ~ '^[a-z][a-z0-9_]{0,49}$'),
    label              text NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
    field_type         text NOT NULL CHECK (field_type IN ('text', 'number', 'boolean', 'select', 'date', 'photo')),
    options            text[] NOT NULL DEFAULT '{}',
    unit               text CHECK (length(unit) BETWEEN 1 AND 20),
    is_required        boolean NOT NULL DEFAULT true,
    min_value          double precision,
    max_value          double precision,
    min_length         integer CHECK (min_length >= 0),
    max_length         integer CHECK (max_length >= 1),
    pattern            text CHECK (length(pattern) BETWEEN 1 AND 500),
    example            text CHECK (length(example) <= 200),
    hint               text CHECK (length(hint) <= 500),
    condition_field_id uuid,
    condition_operator text CHECK (condition_operator IN ('equals', 'not_equals', 'exists', 'not_exists')),
    condition_value    text CHECK (length(condition_value) <= 200),
    sort_order         integer NOT NULL DEFAULT 0,
    is_active          boolean NOT NULL DEFAULT true,
    version            integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT element_required_fields_key_key UNIQUE (element_id, field_key),
    CONSTRAINT element_required_fields_id_key UNIQUE (element_id, id),
    CONSTRAINT element_required_fields_condition_fkey FOREIGN KEY (element_id, condition_field_id)
        REFERENCES element_required_fields (element_id, id),
    CONSTRAINT element_required_fields_condition_check CHECK ((condition_field_id IS NULL) = (condition_operator IS NULL)),
    CONSTRAINT element_required_fields_not_itself_check CHECK (condition_field_id IS DISTINCT FROM id),
    CONSTRAINT element_required_fields_range_check CHECK (min_value <= max_value),
    CONSTRAINT element_required_fields_length_check CHECK (min_length <= max_length),
    CONSTRAINT element_required_fields_options_check CHECK ((field_type = 'select') = (cardinality(options) > 0))
);

CREATE TABLE element_photo_slots (
    id          uuid PRIMARY KEY,
    element_id  uuid NOT NULL REFERENCES elements (id) ON DELETE CASCADE,
    code        text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_]{0,59}$'),
    kind        text NOT NULL CHECK (kind IN ('example', 'required_document', 'step', 'calculation')),
    title       text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    instruction text CHECK (length(instruction) <= 500),
    image_url   text CHECK (length(image_url) <= 500),
    is_required boolean NOT NULL DEFAULT false,
    sort_order  integer NOT NULL DEFAULT 0,
    is_active   boolean NOT NULL DEFAULT true,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT element_photo_slots_code_key UNIQUE (element_id, code)
);

CREATE TABLE base_documentation (
    id          uuid PRIMARY KEY,
    category_id uuid NOT NULL REFERENCES vehicle_categories (id) ON DELETE CASCADE,
    code        text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_]{0,59}$'),
    description text NOT NULL CHECK (length(description) BETWEEN 1 AND 1000),
    image_url   text CHECK (length(image_url) <= 500),
    is_required boolean NOT NULL DEFAULT true,
    sort_order  integer NOT NULL DEFAULT 0,
    is_active   boolean NOT NULL DEFAULT true,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT base_documentation_code_key UNIQUE (category_id, code)
);

-- category_id NULL: offered in every category.
CREATE TABLE additional_services (
    id          uuid PRIMARY KEY,
    category_id uuid REFERENCES vehicle_categories (id) ON DELETE CASCADE,
    code        text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_]{0,49}$'),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 150),
    description text CHECK (length(description) <= 2000),
    price       numeric(10, 2) NOT NULL CHECK (price >= 0),
    sort_order  integer NOT NULL DEFAULT 0,
    is_active   boolean NOT NULL DEFAULT true,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT additional_services_code_key UNIQUE NULLS NOT DISTINCT (category_id, code)
);

CREATE TABLE element_suggested_services (
    element_id uuid NOT NULL REFERENCES elements (id) ON DELETE CASCADE,
    service_id uuid NOT NULL REFERENCES additional_services (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (element_id, service_id)
);
CREATE INDEX element_suggested_services_service_idx ON element_suggested_services (service_id);

-- Scope: global (no category), category, tier or element, by which columns are
-- set. A tier's or element's warning carries its category too.
CREATE TABLE warnings (
    id          uuid PRIMARY KEY,
    code        text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_]{0,79}$'),
    severity    text NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
    message     text NOT NULL CHECK (length(message) BETWEEN 1 AND 1000),
    category_id uuid REFERENCES vehicle_categories (id) ON DELETE CASCADE,
    tier_id     uuid,
    element_id  uuid,
    sort_order  integer NOT NULL DEFAULT 0,
    is_active   boolean NOT NULL DEFAULT true,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT warnings_code_key UNIQUE NULLS NOT DISTINCT (category_id, code),
    CONSTRAINT warnings_scope_check CHECK (num_nonnulls(tier_id, element_id) <= 1
        AND (num_nonnulls(tier_id, element_id) = 0 OR category_id IS NOT NULL)),
    CONSTRAINT warnings_tier_fkey FOREIGN KEY (category_id, tier_id)
        REFERENCES tariff_tiers (category_id, id) ON DELETE CASCADE,
    CONSTRAINT warnings_element_fkey FOREIGN KEY (category_id, element_id)
        REFERENCES elements (category_id, id) ON DELETE CASCADE
);
CREATE INDEX warnings_tier_idx ON warnings (tier_id);
CREATE INDEX warnings_element_idx ON warnings (element_id);

-- Triggers are alternatives; a warning without any is always shown in its scope.
-- So an element or tier that a trigger names is not deleted with the trigger:
-- the warning would begin to be shown always.
CREATE TABLE warning_triggers (
    id           uuid PRIMARY KEY,
    warning_id   uuid NOT NULL REFERENCES warnings (id) ON DELETE CASCADE,
    element_id   uuid REFERENCES elements (id),
    tier_id      uuid REFERENCES tariff_tiers (id),
    keyword      text CHECK (length(keyword) BETWEEN 2 AND 100),
    min_quantity integer CHECK (min_quantity >= 1),
    CONSTRAINT warning_triggers_one_condition_check CHECK (num_nonnulls(element_id, tier_id, keyword, min_quantity) = 1),
    CONSTRAINT warning_triggers_key UNIQUE NULLS NOT DISTINCT (warning_id, element_id, tier_id, keyword, min_quantity)
);

-- What the shipped catalogue last wrote: a row that staff changed or deleted
-- since is recognised and left alone by the next seeding.
CREATE TABLE seed_rows (
    kind       text NOT NULL,
    key        text NOT NULL,
    hash       text NOT NULL,
    seeded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, key)
);

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'vehicle_categories', 'tariff_tiers', 'elements', 'tier_elements', 'tier_inclusions',
        'element_required_fields', 'element_photo_slots', 'base_documentation', 'additional_services',
        'element_suggested_services', 'warnings', 'warning_triggers']
    LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION bump_catalogue_revision()', name || '_revision', name);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE seed_rows, warning_triggers, warnings, element_suggested_services, additional_services,
    base_documentation, element_photo_slots, element_required_fields, tier_inclusions, tier_elements,
    elements, tariff_tiers, vehicle_categories;
DROP FUNCTION bump_catalogue_revision;
DROP TABLE catalogue_revision;
