-- Pictures: one object per content, one row per upload.

-- +goose Up

-- What is in the file store, by the SHA-256 of its bytes. A row is written only
-- once the bytes are there, and goes before they do.
CREATE TABLE image_objects (
    sha256       bytea PRIMARY KEY CHECK (length(sha256) = 32),
    content_type text NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png')),
    width        integer NOT NULL CHECK (width >= 1),
    height       integer NOT NULL CHECK (height >= 1),
    size_bytes   bigint NOT NULL CHECK (size_bytes >= 1),
    created_at   timestamptz NOT NULL
);

-- An upload. stored_filename is made up by us and is part of its address;
-- original_filename is a label.
CREATE TABLE images (
    id                uuid PRIMARY KEY,
    sha256            bytea NOT NULL REFERENCES image_objects (sha256),
    stored_filename   text NOT NULL CHECK (stored_filename ~ '^[0-9a-f-]{36}\.(jpg|png)$'),
    original_filename text NOT NULL CHECK (length(original_filename) <= 255),
    visibility        text NOT NULL CHECK (visibility IN ('public', 'private')),
    category_id       uuid REFERENCES vehicle_categories (id) ON DELETE SET NULL,
    description       text CHECK (length(description) BETWEEN 1 AND 500),
    version           integer NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT images_stored_filename_key UNIQUE (stored_filename)
);
CREATE INDEX images_sha256_idx ON images (sha256);
CREATE INDEX images_category_idx ON images (category_id);
CREATE INDEX images_created_idx ON images (created_at, id) WHERE visibility = 'public';

-- Keys that links are signed with. They never leave the database and the
-- processes that sign.
CREATE TABLE signing_keys (
    purpose    text PRIMARY KEY,
    key        bytea NOT NULL CHECK (length(key) = 32),
    created_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE signing_keys, images, image_objects;
