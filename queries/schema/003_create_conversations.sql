-- Customers, their conversations, and the messages in and out.

-- +goose Up
CREATE TABLE customers (
    id                  uuid PRIMARY KEY,
    chatwoot_account_id bigint NOT NULL,
    chatwoot_contact_id bigint NOT NULL,
    -- E.164, or NULL when Chatwoot knows no number that parses.
    phone               text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    -- The name shown in WhatsApp: never the legal name.
    whatsapp_name       text NOT NULL DEFAULT '',
    client_type         text CHECK (client_type IN ('particular', 'professional')),
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    CONSTRAINT customers_contact_key UNIQUE (chatwoot_account_id, chatwoot_contact_id)
);
CREATE INDEX customers_phone_idx ON customers (phone);

CREATE TABLE conversations (
    id                       uuid PRIMARY KEY,
    customer_id              uuid NOT NULL REFERENCES customers (id),
    chatwoot_account_id      bigint NOT NULL,
    -- Chatwoot's display id: unique per account only.
    chatwoot_conversation_id bigint NOT NULL,
    chatwoot_inbox_id        bigint NOT NULL,
    status                   text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'resolved', 'pending', 'snoozed')),
    can_reply                boolean NOT NULL DEFAULT true,
    -- When Chatwoot last changed the state we have: events come in any order.
    chatwoot_updated_at      timestamptz,
    -- The largest Chatwoot message id seen.
    last_seen_message_id     bigint NOT NULL DEFAULT 0,
    -- Up to this id Chatwoot's messages were compared with ours.
    reconciled_message_id    bigint NOT NULL DEFAULT 0,
    last_incoming_at         timestamptz,
    -- What the assistant remembers (internal/assistant.State).
    assistant_state          jsonb NOT NULL DEFAULT '{}',
    state_version            integer NOT NULL DEFAULT 0,
    -- Set while a person has the conversation: the assistant is silent.
    paused_at                timestamptz,
    paused_reason            text,
    -- When the assistant was last given the conversation back: what a person
    -- wrote before that silences it no more.
    resumed_at               timestamptz,
    created_at               timestamptz NOT NULL,
    updated_at               timestamptz NOT NULL,
    CONSTRAINT conversations_chatwoot_key UNIQUE (chatwoot_account_id, chatwoot_conversation_id),
    CONSTRAINT conversations_paused_check CHECK ((paused_at IS NULL) = (paused_reason IS NULL))
);
CREATE INDEX conversations_customer_idx ON conversations (customer_id);
CREATE INDEX conversations_updated_idx ON conversations (updated_at DESC, id DESC);

CREATE TABLE messages (
    id                  uuid PRIMARY KEY,
    conversation_id     uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    chatwoot_account_id bigint NOT NULL,
    -- NULL for a reply of ours that Chatwoot has not stored (yet).
    chatwoot_message_id bigint,
    author              text NOT NULL CHECK (author IN ('customer', 'assistant', 'staff', 'system')),
    is_private          boolean NOT NULL DEFAULT false,
    content             text NOT NULL,
    attachments         jsonb NOT NULL DEFAULT '[]',
    -- incoming messages only: what the assistant still has to deal with.
    needs_answer        boolean NOT NULL DEFAULT false,
    answered_at         timestamptz,
    sent_at             timestamptz NOT NULL,
    received_at         timestamptz NOT NULL,
    CONSTRAINT messages_chatwoot_key UNIQUE (chatwoot_account_id, chatwoot_message_id),
    CONSTRAINT messages_needs_answer_check CHECK (NOT needs_answer OR author = 'customer')
);
CREATE INDEX messages_conversation_idx ON messages (conversation_id, sent_at DESC, id DESC);
CREATE INDEX messages_unanswered_idx ON messages (conversation_id, chatwoot_message_id)
    WHERE needs_answer AND answered_at IS NULL;

-- Raw webhook bodies, kept seven days for replay and for questions about
-- Chatwoot. bytea: a body may hold what jsonb refuses (a NUL, half a surrogate).
CREATE TABLE webhook_bodies (
    id          uuid PRIMARY KEY,
    received_at timestamptz NOT NULL,
    event       text NOT NULL,
    body        bytea NOT NULL
);
CREATE INDEX webhook_bodies_received_idx ON webhook_bodies (received_at);

-- What is to be said or done in Chatwoot, in order per conversation.
--   held       Chatwoot is not configured: kept and shown, never sent
--   pending    to be sent
--   sending    a request was begun; if it is found again, look before sending
--   sent       Chatwoot has it
--   suppressed a person took the conversation before it was sent
--   failed     Chatwoot refused it for good
CREATE TABLE outbox (
    id                  uuid PRIMARY KEY,
    conversation_id     uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq                 bigint GENERATED ALWAYS AS IDENTITY,
    kind                text NOT NULL CHECK (kind IN ('reply', 'template', 'private_note', 'handover')),
    content             text NOT NULL,
    status              text NOT NULL CHECK (status IN ('held', 'pending', 'sending', 'sent', 'suppressed', 'failed')),
    attempts            integer NOT NULL DEFAULT 0,
    -- Chatwoot's newest message id when this was written: a look for a copy starts after it.
    after_message_id    bigint NOT NULL DEFAULT 0,
    sending_at          timestamptz,
    sent_at             timestamptz,
    chatwoot_message_id bigint,
    error               text,
    created_at          timestamptz NOT NULL,
    CONSTRAINT outbox_seq_key UNIQUE (seq)
);
CREATE INDEX outbox_open_idx ON outbox (conversation_id, seq) WHERE status IN ('pending', 'sending');
CREATE INDEX outbox_conversation_idx ON outbox (conversation_id, seq);

-- Quotes that were offered to a customer, as they were offered.
CREATE TABLE quotes (
    id                 uuid PRIMARY KEY,
    conversation_id    uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    category_id        uuid NOT NULL REFERENCES vehicle_categories (id),
    catalogue_revision bigint NOT NULL,
    request            jsonb NOT NULL,
    result             jsonb NOT NULL,
    total              numeric(10, 2) NOT NULL CHECK (total >= 0),
    is_provisional     boolean NOT NULL,
    created_at         timestamptz NOT NULL
);
CREATE INDEX quotes_conversation_idx ON quotes (conversation_id, created_at);

-- Work for people. One open row per conversation and source.
CREATE TABLE escalations (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    source          text NOT NULL CHECK (source IN ('customer_request', 'not_understood', 'no_category', 'quote_accepted',
        'quote_review', 'not_covered', 'regulation_question', 'assistant_disabled', 'delivery_failed', 'outside_window', 'error')),
    reason          text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    status          text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'in_progress', 'resolved')),
    created_at      timestamptz NOT NULL,
    resolved_at     timestamptz,
    CONSTRAINT escalations_resolved_check CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE UNIQUE INDEX escalations_open_key ON escalations (conversation_id, source) WHERE status <> 'resolved';
CREATE INDEX escalations_status_idx ON escalations (status, created_at, id);

-- When each Chatwoot account was last asked successfully for missed messages.
CREATE TABLE reconciliations (
    chatwoot_account_id bigint PRIMARY KEY,
    last_success_at     timestamptz NOT NULL
);

-- +goose Down
DROP TABLE reconciliations, escalations, quotes, outbox, webhook_bodies, messages, conversations, customers;
