-- Customers as people edit, merge and erase them; who has a conversation; work
-- for people with an owner.

-- +goose Up

-- Search without accents or case, anywhere in a text.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- fold_text takes accents and case away: "Muñoz" and "MUNOZ" become "munoz".
CREATE FUNCTION fold_text(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(regexp_replace(normalize(t, NFKD), '[\u0300-\u036f]', '', 'g'));

-- search_pattern is what LIKE is asked for to find t anywhere; its wildcards
-- mean themselves.
CREATE FUNCTION search_pattern(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN '%' || regexp_replace(fold_text(t), '([\\%_])', '\\\1', 'g') || '%';

-- A customer may be known to Chatwoot as several contacts (merged), as one, or,
-- having only called, as none.
CREATE TABLE customer_contacts (
    chatwoot_account_id bigint NOT NULL,
    chatwoot_contact_id bigint NOT NULL,
    customer_id         uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    PRIMARY KEY (chatwoot_account_id, chatwoot_contact_id)
);
CREATE INDEX customer_contacts_customer_idx ON customer_contacts (customer_id);
INSERT INTO customer_contacts (chatwoot_account_id, chatwoot_contact_id, customer_id)
    SELECT chatwoot_account_id, chatwoot_contact_id, id FROM customers;

ALTER TABLE customers
    DROP COLUMN chatwoot_account_id,
    DROP COLUMN chatwoot_contact_id,
    ADD COLUMN first_name       text CHECK (length(first_name) BETWEEN 1 AND 100),
    ADD COLUMN last_name        text CHECK (length(last_name) BETWEEN 1 AND 100),
    ADD COLUMN email            text CHECK (length(email) <= 254 AND email = lower(email)),
    ADD COLUMN nif_cif          text CHECK (nif_cif ~ '^[0-9A-Z]{9}$'),
    ADD COLUMN company_name     text CHECK (length(company_name) BETWEEN 1 AND 200),
    ADD COLUMN street           text CHECK (length(street) BETWEEN 1 AND 200),
    ADD COLUMN city             text CHECK (length(city) BETWEEN 1 AND 100),
    ADD COLUMN province         text CHECK (length(province) BETWEEN 1 AND 50),
    ADD COLUMN postal_code      text CHECK (postal_code ~ '^[0-9]{5}$'),
    ADD COLUMN notes            text CHECK (length(notes) BETWEEN 1 AND 5000),
    -- What people entered: no later event changes it.
    ADD COLUMN staff_fields     text[] NOT NULL DEFAULT '{}',
    ADD COLUMN last_activity_at timestamptz NOT NULL DEFAULT now(),
    -- Set once nothing personal is left.
    ADD COLUMN anonymised_at    timestamptz,
    ADD COLUMN version          integer NOT NULL DEFAULT 1;
UPDATE customers SET last_activity_at = updated_at;
ALTER TABLE customers ALTER COLUMN last_activity_at DROP DEFAULT;
ALTER TABLE customers
    ADD COLUMN display_name text NOT NULL GENERATED ALWAYS AS (CASE WHEN anonymised_at IS NOT NULL THEN 'Cliente anonimizado' ELSE
        coalesce(nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), company_name,
            nullif(whatsapp_name, ''), phone, '') END) STORED,
    ADD COLUMN search text NOT NULL GENERATED ALWAYS AS (fold_text(coalesce(first_name, '') || ' ' || coalesce(last_name, '')
        || ' ' || whatsapp_name || ' ' || coalesce(company_name, '') || ' ' || coalesce(phone, '') || ' ' || coalesce(email, '')
        || ' ' || coalesce(nif_cif, ''))) STORED,
    ADD CONSTRAINT customers_anonymised_check CHECK (anonymised_at IS NULL OR (whatsapp_name = ''
        AND num_nonnulls(first_name, last_name, email, nif_cif, company_name, street, city, province, postal_code, notes, phone) = 0));
CREATE INDEX customers_search_idx ON customers USING gin (search gin_trgm_ops);
CREATE INDEX customers_activity_idx ON customers (last_activity_at DESC, id DESC);
CREATE INDEX customers_created_idx ON customers (created_at DESC, id DESC);
CREATE INDEX customers_email_idx ON customers (email);
CREATE INDEX customers_nif_cif_idx ON customers (nif_cif);

-- Which customer a merged one has become.
CREATE TABLE customer_merges (
    duplicate_id uuid PRIMARY KEY,
    customer_id  uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    merged_at    timestamptz NOT NULL
);
CREATE INDEX customer_merges_customer_idx ON customer_merges (customer_id);

-- What Chatwoot still has, or may still deliver, of what was erased here. Events
-- older than the erasure are dropped, wherever they waited meanwhile.
CREATE TABLE erasures (
    chatwoot_account_id bigint NOT NULL,
    kind                text NOT NULL CHECK (kind IN ('contact', 'conversation')),
    chatwoot_id         bigint NOT NULL,
    erased_at           timestamptz NOT NULL,
    PRIMARY KEY (chatwoot_account_id, kind, chatwoot_id)
);
CREATE INDEX erasures_at_idx ON erasures (erased_at);

-- The ids under which an anonymised customer's conversations live on: below
-- zero, where Chatwoot has none.
CREATE SEQUENCE erased_conversation_ids;

ALTER TABLE conversations
    ADD COLUMN paused_by            uuid REFERENCES accounts (id) ON DELETE SET NULL,
    ADD COLUMN message_count        integer NOT NULL DEFAULT 0,
    -- When the customer wrote what nobody has replied to yet.
    ADD COLUMN unanswered_since     timestamptz,
    -- What Chatwoot says about who has the conversation is believed from then on
    -- only: before that it may not know what was decided here.
    ADD COLUMN chatwoot_believed_at timestamptz,
    -- A person's assignment has to be taken back in Chatwoot.
    ADD COLUMN unassign_due         boolean NOT NULL DEFAULT false;
UPDATE conversations c SET message_count = m.n, unanswered_since = m.since
    FROM (SELECT conversation_id, count(*) AS n,
            min(sent_at) FILTER (WHERE author = 'customer' AND sent_at > coalesce(replied, '-infinity')) AS since
        FROM (SELECT *, max(sent_at) FILTER (WHERE author IN ('assistant', 'staff')) OVER (PARTITION BY conversation_id) AS replied
            FROM messages WHERE NOT is_private) public_ones
        GROUP BY conversation_id) m
    WHERE m.conversation_id = c.id;
DROP INDEX conversations_customer_idx;
CREATE INDEX conversations_customer_idx ON conversations (customer_id, updated_at DESC, id DESC);
CREATE INDEX conversations_unanswered_idx ON conversations (updated_at DESC, id DESC) WHERE unanswered_since IS NOT NULL;
CREATE INDEX conversations_paused_idx ON conversations (updated_at DESC, id DESC) WHERE paused_at IS NOT NULL;
CREATE INDEX conversations_paused_by_idx ON conversations (paused_by) WHERE paused_by IS NOT NULL;

-- Whose body it is, so that it can be erased with them. Bodies from before
-- cannot be told apart, and live a week at most anyway.
DELETE FROM webhook_bodies;
ALTER TABLE webhook_bodies
    ADD COLUMN chatwoot_account_id      bigint NOT NULL,
    ADD COLUMN chatwoot_contact_id      bigint NOT NULL,
    ADD COLUMN chatwoot_conversation_id bigint NOT NULL;
CREATE INDEX webhook_bodies_contact_idx ON webhook_bodies (chatwoot_account_id, chatwoot_contact_id);
CREATE INDEX webhook_bodies_conversation_idx ON webhook_bodies (chatwoot_account_id, chatwoot_conversation_id);

-- staff_reply and staff_note are a person's words; nobody stepping in stops them.
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check
    CHECK (kind IN ('reply', 'template', 'private_note', 'handover', 'staff_reply', 'staff_note'));
CREATE INDEX outbox_waiting_idx ON outbox (created_at) WHERE status IN ('pending', 'sending');
CREATE INDEX messages_waiting_idx ON messages (received_at) WHERE needs_answer AND answered_at IS NULL;

ALTER TABLE escalations
    ADD COLUMN priority    text NOT NULL DEFAULT 'normal' CHECK (priority IN ('normal', 'high')),
    ADD COLUMN assigned_to uuid CONSTRAINT escalations_assigned_to_fkey REFERENCES accounts (id) ON DELETE SET NULL,
    ADD COLUMN note        text CHECK (length(note) BETWEEN 1 AND 2000),
    ADD COLUMN resolved_by uuid REFERENCES accounts (id) ON DELETE SET NULL,
    ADD COLUMN version     integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at  timestamptz NOT NULL DEFAULT now();
UPDATE escalations SET updated_at = coalesce(resolved_at, created_at), priority = CASE source WHEN 'error' THEN 'high' ELSE 'normal' END;
CREATE INDEX escalations_created_idx ON escalations (created_at, id);
CREATE INDEX escalations_open_idx ON escalations (created_at, id) WHERE status <> 'resolved';
CREATE INDEX escalations_conversation_idx ON escalations (conversation_id, created_at);
CREATE INDEX escalations_resolved_idx ON escalations (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX escalations_assigned_to_idx ON escalations (assigned_to) WHERE assigned_to IS NOT NULL;
CREATE INDEX escalations_resolved_by_idx ON escalations (resolved_by) WHERE resolved_by IS NOT NULL;

-- +goose Down
DROP INDEX escalations_created_idx, escalations_open_idx, escalations_conversation_idx, escalations_resolved_idx;
ALTER TABLE escalations DROP COLUMN priority, DROP COLUMN assigned_to, DROP COLUMN note, DROP COLUMN resolved_by,
    DROP COLUMN version, DROP COLUMN updated_at;
DROP INDEX messages_waiting_idx, outbox_waiting_idx;
DELETE FROM outbox WHERE kind IN ('staff_reply', 'staff_note');
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('reply', 'template', 'private_note', 'handover'));
ALTER TABLE webhook_bodies DROP COLUMN chatwoot_account_id, DROP COLUMN chatwoot_contact_id, DROP COLUMN chatwoot_conversation_id;
DROP INDEX conversations_unanswered_idx, conversations_paused_idx, conversations_customer_idx;
CREATE INDEX conversations_customer_idx ON conversations (customer_id);
ALTER TABLE conversations DROP COLUMN paused_by, DROP COLUMN message_count, DROP COLUMN unanswered_since,
    DROP COLUMN chatwoot_believed_at, DROP COLUMN unassign_due;
DROP SEQUENCE erased_conversation_ids;
DROP TABLE erasures, customer_merges;
DROP INDEX customers_search_idx, customers_activity_idx, customers_created_idx;
ALTER TABLE customers DROP COLUMN search, DROP COLUMN display_name, DROP CONSTRAINT customers_anonymised_check;
ALTER TABLE customers DROP COLUMN first_name, DROP COLUMN last_name, DROP COLUMN email, DROP COLUMN nif_cif, DROP COLUMN company_name,
    DROP COLUMN street, DROP COLUMN city, DROP COLUMN province, DROP COLUMN postal_code, DROP COLUMN notes, DROP COLUMN staff_fields,
    DROP COLUMN last_activity_at, DROP COLUMN anonymised_at, DROP COLUMN version,
    ADD COLUMN chatwoot_account_id bigint, ADD COLUMN chatwoot_contact_id bigint;
UPDATE customers c SET chatwoot_account_id = k.chatwoot_account_id, chatwoot_contact_id = k.chatwoot_contact_id
    FROM (SELECT DISTINCT ON (customer_id) * FROM customer_contacts ORDER BY customer_id, chatwoot_account_id, chatwoot_contact_id) k
    WHERE k.customer_id = c.id;
-- Those Chatwoot does not know get ids it does not give.
UPDATE customers c SET chatwoot_account_id = 0, chatwoot_contact_id = -r.n
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM customers WHERE chatwoot_account_id IS NULL) r WHERE r.id = c.id;
ALTER TABLE customers ALTER COLUMN chatwoot_account_id SET NOT NULL, ALTER COLUMN chatwoot_contact_id SET NOT NULL,
    ADD CONSTRAINT customers_contact_key UNIQUE (chatwoot_account_id, chatwoot_contact_id);
DROP TABLE customer_contacts;
DROP FUNCTION search_pattern;
DROP FUNCTION fold_text;
