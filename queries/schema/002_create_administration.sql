-- Accounts, sessions, settings, audit.

-- +goose Up
CREATE TABLE accounts (
    id            uuid PRIMARY KEY,
    username      text NOT NULL CHECK (username = lower(username) AND length(username) BETWEEN 1 AND 50),
    display_name  text CHECK (length(display_name) BETWEEN 1 AND 100),
    password_hash text NOT NULL,
    role          text NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
    is_active     boolean NOT NULL DEFAULT true,
    version       integer NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT accounts_username_key UNIQUE (username)
);

-- token_hash is the SHA-256 of the bearer token: the token itself is never stored.
CREATE TABLE sessions (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_hash   bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    CONSTRAINT sessions_token_hash_key UNIQUE (token_hash),
    CONSTRAINT sessions_lifetime_check CHECK (expires_at > created_at)
);
CREATE INDEX sessions_account_idx ON sessions (account_id);

CREATE TABLE settings (
    key        text PRIMARY KEY,
    value      jsonb NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by uuid REFERENCES accounts (id) ON DELETE SET NULL
);
CREATE TRIGGER settings_revision AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON settings
    FOR EACH STATEMENT EXECUTE FUNCTION bump_catalogue_revision();

-- changes holds the changed members only: {"price": ["140.00", "150.00"]}.
CREATE TABLE audit_log (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_id    uuid REFERENCES accounts (id) ON DELETE SET NULL,
    actor_name  text NOT NULL,
    request_id  text NOT NULL,
    action      text NOT NULL,
    entity_type text NOT NULL,
    entity_id   text NOT NULL,
    changes     jsonb NOT NULL
);
CREATE INDEX audit_log_entity_idx ON audit_log (entity_type, entity_id, at);
CREATE INDEX audit_log_at_idx ON audit_log (at, id);

-- +goose Down
DROP TABLE audit_log, settings, sessions, accounts;
