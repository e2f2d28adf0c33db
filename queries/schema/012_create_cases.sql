-- Case files (expedientes): what a customer ordered, the photos, papers and
-- data that came for it, and everything that happened to it.

-- +goose Up

-- Customers send papers as PDF, too: files without width and height.
ALTER TABLE image_objects
    DROP CONSTRAINT image_objects_content_type_check,
    DROP CONSTRAINT image_objects_width_check,
    DROP CONSTRAINT image_objects_height_check,
    ADD CONSTRAINT image_objects_content_type_check CHECK (content_type IN ('image/jpeg', 'image/png', 'application/pdf')),
    ADD CONSTRAINT image_objects_width_check CHECK (CASE WHEN content_type = 'application/pdf' THEN width = 0 ELSE width >= 1 END),
    ADD CONSTRAINT image_objects_height_check CHECK (CASE WHEN content_type = 'application/pdf' THEN height = 0 ELSE height >= 1 END);
ALTER TABLE images
    DROP CONSTRAINT images_stored_filename_check,
    ADD CONSTRAINT images_stored_filename_check CHECK (stored_filename ~ '^[0-9a-f-]{36}\.(jpg|png|pdf)$'),
    ADD CONSTRAINT images_pdf_check CHECK (visibility = 'private' OR stored_filename !~ 'pdf$');

-- The last number given out in each year. The row is locked until the case is
-- committed, so that no number is left out.
CREATE TABLE case_numbers (
    year        integer PRIMARY KEY,
    last_number integer NOT NULL CHECK (last_number > 0)
);

CREATE TABLE cases (
    id               uuid PRIMARY KEY,
    number           text NOT NULL CHECK (number ~ '^[0-9]{4}-[0-9]{6}$'),
    customer_id      uuid NOT NULL REFERENCES customers (id),
    -- NULL for a case that a person opened for somebody who does not write.
    conversation_id  uuid REFERENCES conversations (id) ON DELETE SET NULL,
    category_id      uuid NOT NULL REFERENCES vehicle_categories (id),
    status           text NOT NULL CHECK (status IN ('collecting', 'pending_images', 'pending_review', 'in_progress',
        'resolved', 'cancelled', 'abandoned')),
    -- The quote as it was accepted, never computed again, and the service that is
    -- added to it when the workshop's certificate is to come from us, at the price
    -- of that day; NULL when the sheet had none.
    quote            jsonb NOT NULL,
    workshop_service jsonb,
    -- What is asked for and what came (internal/casedata): elements with their
    -- fields and photo slots as they were when the case was opened, base papers,
    -- canonical values by section.
    elements         jsonb NOT NULL,
    documents        jsonb NOT NULL,
    data             jsonb NOT NULL DEFAULT '{}',
    assignee_id      uuid CONSTRAINT cases_assignee_fkey REFERENCES accounts (id) ON DELETE SET NULL,
    -- When the customer last did something about it; the clock of reminders.
    last_activity_at timestamptz NOT NULL,
    reminded_at      timestamptz,
    -- The customer said that everything is right.
    confirmed_at     timestamptz,
    closed_at        timestamptz,
    -- The customer was anonymised: nothing personal is here any more, nor may be.
    erased_at        timestamptz,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    plate            text GENERATED ALWAYS AS (data -> 'vehicle' ->> 'plate') STORED,
    -- What a person may look for, without accents and case.
    search           text NOT NULL GENERATED ALWAYS AS (fold_text(number
        || ' ' || coalesce(data -> 'vehicle' ->> 'plate', '') || ' ' || coalesce(data -> 'vehicle' ->> 'vin', '')
        || ' ' || coalesce(data -> 'personal' ->> 'first_name', '') || ' ' || coalesce(data -> 'personal' ->> 'last_name', '')
        || ' ' || coalesce(data -> 'personal' ->> 'nif', '') || ' ' || coalesce(data -> 'personal' ->> 'phone', '')
        || ' ' || coalesce(data -> 'personal' ->> 'email', ''))) STORED,
    CONSTRAINT cases_number_key UNIQUE (number),
    CONSTRAINT cases_erased_check CHECK (erased_at IS NULL OR (data = '{}' AND closed_at IS NOT NULL)),
    CONSTRAINT cases_closed_check CHECK ((status IN ('resolved', 'cancelled', 'abandoned')) = (closed_at IS NOT NULL))
);
-- One active case per conversation, also under races.
CREATE UNIQUE INDEX cases_active_key ON cases (conversation_id)
    WHERE status IN ('collecting', 'pending_images', 'pending_review', 'in_progress');
CREATE INDEX cases_updated_idx ON cases (updated_at DESC, id DESC);
CREATE INDEX cases_status_idx ON cases (status, updated_at DESC, id DESC);
CREATE INDEX cases_customer_idx ON cases (customer_id, updated_at DESC, id DESC);
CREATE INDEX cases_conversation_idx ON cases (conversation_id, created_at DESC);
CREATE INDEX cases_category_idx ON cases (category_id);
CREATE INDEX cases_assignee_idx ON cases (assignee_id, updated_at DESC) WHERE assignee_id IS NOT NULL;
CREATE INDEX cases_waiting_idx ON cases (last_activity_at) WHERE status IN ('collecting', 'pending_images');
CREATE INDEX cases_search_idx ON cases USING gin (search gin_trgm_ops);

-- Photos and papers. The bytes are in the file store (internal/images), under
-- object_id; whoever deletes a row here deletes that one too.
CREATE TABLE case_files (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    -- Where it belongs: an element's slot, a base paper (no element), an element
    -- without a slot, or nowhere yet.
    element_code     text,
    slot_code        text,
    object_id        uuid NOT NULL REFERENCES images (id),
    content_type     text NOT NULL,
    size             bigint NOT NULL CHECK (size > 0),
    width            integer,
    height           integer,
    -- The name people see: "ESCAPE_escape_montado_1.jpg".
    label            text NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
    source           text NOT NULL CHECK (source IN ('customer', 'staff')),
    -- The message it came with, and which of its files: the same file twice is
    -- one.
    message_id       uuid REFERENCES messages (id) ON DELETE SET NULL,
    attachment_index integer,
    review           text NOT NULL DEFAULT 'pending' CHECK (review IN ('pending', 'accepted', 'rejected')),
    reject_reason    text,
    reject_note      text CHECK (length(reject_note) BETWEEN 1 AND 500),
    reviewed_by      uuid REFERENCES accounts (id) ON DELETE SET NULL,
    reviewed_at      timestamptz,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    CONSTRAINT case_files_message_key UNIQUE (message_id, attachment_index),
    CONSTRAINT case_files_rejected_check CHECK ((review = 'rejected') = (reject_reason IS NOT NULL))
);
CREATE INDEX case_files_case_idx ON case_files (case_id, created_at, id);
CREATE INDEX case_files_object_idx ON case_files (object_id);

-- What happened, in order: the timeline. One row per change of status.
CREATE TABLE case_events (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    at          timestamptz NOT NULL,
    actor_id    uuid REFERENCES accounts (id) ON DELETE SET NULL,
    -- 'cliente', 'asistente', 'sistema' or a user name.
    actor_name  text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('opened', 'status', 'data', 'file', 'file_reviewed', 'file_moved', 'file_removed',
        'note', 'assigned', 'reminder', 'confirmed')),
    from_status text,
    to_status   text,
    reason      text CHECK (length(reason) BETWEEN 1 AND 2000),
    -- Which data, which file: never the values themselves.
    detail      jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT case_events_status_check CHECK ((kind IN ('opened', 'status')) = (to_status IS NOT NULL))
);
CREATE INDEX case_events_case_idx ON case_events (case_id, at, id);

-- +goose Down
DROP TABLE case_events, case_files, cases, case_numbers;
DELETE FROM images WHERE stored_filename ~ 'pdf$';
DELETE FROM image_objects WHERE content_type = 'application/pdf';
ALTER TABLE images
    DROP CONSTRAINT images_pdf_check,
    DROP CONSTRAINT images_stored_filename_check,
    ADD CONSTRAINT images_stored_filename_check CHECK (stored_filename ~ '^[0-9a-f-]{36}\.(jpg|png)$');
ALTER TABLE image_objects
    DROP CONSTRAINT image_objects_content_type_check,
    DROP CONSTRAINT image_objects_width_check,
    DROP CONSTRAINT image_objects_height_check,
    ADD CONSTRAINT image_objects_content_type_check CHECK (content_type IN ('image/jpeg', 'image/png')),
    ADD CONSTRAINT image_objects_width_check CHECK (width >= 1),
    ADD CONSTRAINT image_objects_height_check CHECK (height >= 1);
