-- Settings that can go back to their default, response rules, and the indexes
-- of the audit search and of the dashboard.

-- +goose Up

-- NULL is the default. The row stays, so that its version goes on counting; a
-- setting without a row is at version 1, so the first change makes version 2.
ALTER TABLE settings ALTER COLUMN value DROP NOT NULL;
UPDATE settings SET version = version + 1;

-- Fixed answers of the assistant, by staff. A lower sort_order is tried first.
CREATE TABLE response_rules (
    id          uuid PRIMARY KEY,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    -- A regular expression in RE2's syntax (internal/rules.Compile).
    pattern     text NOT NULL CHECK (length(pattern) BETWEEN 1 AND 500),
    -- Only in conversations on that sheet; NULL for all.
    category_id uuid REFERENCES vehicle_categories (id) ON DELETE CASCADE,
    action      text NOT NULL CHECK (action IN ('answer', 'hand_over')),
    answer      text CHECK (length(answer) BETWEEN 1 AND 1000),
    reason      text CHECK (length(reason) BETWEEN 1 AND 300),
    is_active   boolean NOT NULL,
    sort_order  integer NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT response_rules_content_check CHECK
        ((action = 'answer') = (answer IS NOT NULL) AND (action = 'hand_over') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX response_rules_name_key ON response_rules (lower(name));
CREATE INDEX response_rules_category_idx ON response_rules (category_id);
CREATE TRIGGER response_rules_revision AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON response_rules
    FOR EACH STATEMENT EXECUTE FUNCTION bump_catalogue_revision();

ALTER TABLE escalations DROP CONSTRAINT escalations_source_check;
ALTER TABLE escalations ADD CONSTRAINT escalations_source_check CHECK (source IN ('customer_request', 'not_understood',
    'no_category', 'quote_accepted', 'quote_review', 'not_covered', 'regulation_question', 'assistant_disabled',
    'delivery_failed', 'outside_window', 'error', 'response_rule'));

-- The audit search: newest first, by each filter. An id says the type too.
DROP INDEX audit_log_entity_idx;
CREATE INDEX audit_log_type_idx ON audit_log (entity_type, at, id);
CREATE INDEX audit_log_entity_id_idx ON audit_log (entity_id, at, id);
CREATE INDEX audit_log_actor_idx ON audit_log (actor_name, at, id);
CREATE INDEX audit_log_action_idx ON audit_log (action, at, id);

-- The dashboard: what happened between two moments.
ALTER TABLE quotes
    ADD COLUMN subtotal numeric(10, 2) GENERATED ALWAYS AS ((result ->> 'subtotal')::numeric(10, 2)) STORED,
    ADD COLUMN element_codes jsonb NOT NULL GENERATED ALWAYS AS (jsonb_path_query_array(result, '$.lines[*].code')) STORED;
CREATE INDEX quotes_created_idx ON quotes (created_at) INCLUDE (subtotal);
CREATE INDEX messages_sent_idx ON messages (sent_at) INCLUDE (id, conversation_id, author) WHERE NOT is_private;
CREATE INDEX outbox_unsaid_idx ON outbox (created_at) INCLUDE (id, status) WHERE status IN ('suppressed', 'failed');
CREATE INDEX conversations_created_idx ON conversations (created_at);

-- +goose Down
DROP INDEX conversations_created_idx, outbox_unsaid_idx, messages_sent_idx, quotes_created_idx;
ALTER TABLE quotes DROP COLUMN element_codes, DROP COLUMN subtotal;
DROP INDEX audit_log_action_idx, audit_log_actor_idx, audit_log_entity_id_idx, audit_log_type_idx;
CREATE INDEX audit_log_entity_idx ON audit_log (entity_type, entity_id, at);
DELETE FROM escalations WHERE source = 'response_rule';
ALTER TABLE escalations DROP CONSTRAINT escalations_source_check;
ALTER TABLE escalations ADD CONSTRAINT escalations_source_check CHECK (source IN ('customer_request', 'not_understood',
    'no_category', 'quote_accepted', 'quote_review', 'not_covered', 'regulation_question', 'assistant_disabled',
    'delivery_failed', 'outside_window', 'error'));
DROP TABLE response_rules;
DELETE FROM settings WHERE value IS NULL;
ALTER TABLE settings ALTER COLUMN value SET NOT NULL;
