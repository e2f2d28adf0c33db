-- Photos and papers of customers' messages, fetched from Chatwoot.

-- +goose Up
CREATE TABLE message_attachments (
    message_id       uuid NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    -- Which of the message's attachments, from 0 on.
    attachment_index integer NOT NULL CHECK (attachment_index >= 0),
    conversation_id  uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    kind             text NOT NULL CHECK (kind IN ('image', 'file')),
    -- Where to fetch it. Whoever knows it sees the file: it goes once it is no
    -- longer needed.
    url              text,
    --   pending  to be fetched
    --   stored   kept, as image_id
    --   refused  nothing that can be kept: another kind of file, a broken one
    --   failed   it could not be had
    --   dropped  nobody shall have it any more; maintenance deletes the file
    status           text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'stored', 'refused', 'failed', 'dropped')),
    -- Counted before each attempt, so that a file that kills the process is not
    -- tried for ever.
    attempts         integer NOT NULL DEFAULT 0,
    -- In the file store; NULL again once it was deleted there.
    image_id         uuid REFERENCES images (id) ON DELETE SET NULL,
    content_type     text,
    size             bigint,
    width            integer,
    height           integer,
    -- Why there is no file, in Spanish, for the customer.
    problem          text,
    -- When a case took it: once, even if a person takes it out there later.
    placed_at        timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (message_id, attachment_index),
    CONSTRAINT message_attachments_url_check CHECK ((status = 'pending') = (url IS NOT NULL)),
    CONSTRAINT message_attachments_problem_check CHECK ((status IN ('refused', 'failed')) = (problem IS NOT NULL)),
    CONSTRAINT message_attachments_stored_check CHECK (image_id IS NULL OR status IN ('stored', 'dropped'))
);
CREATE INDEX message_attachments_pending_idx ON message_attachments (updated_at) WHERE status = 'pending';
CREATE INDEX message_attachments_dropped_idx ON message_attachments (updated_at) WHERE status = 'dropped' AND image_id IS NOT NULL;
CREATE INDEX message_attachments_conversation_idx ON message_attachments (conversation_id);
CREATE INDEX message_attachments_image_idx ON message_attachments (image_id) WHERE image_id IS NOT NULL;
CREATE INDEX images_private_idx ON images (created_at, id) WHERE visibility = 'private';

-- +goose Down
DROP INDEX images_private_idx;
DROP TABLE message_attachments;
