-- Sessions that slide and can be told apart, API keys, the access log.

-- +goose Up
ALTER TABLE sessions
    ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now(),
    -- Where the session was opened from and with what; '' when it is not known.
    ADD COLUMN address      text NOT NULL DEFAULT '',
    ADD COLUMN user_agent   text NOT NULL DEFAULT '';
UPDATE sessions SET last_used_at = created_at;

-- Keys of programs. key_hash is the SHA-256 of the key: the key itself is never stored.
-- A key acts as its account with the lower of its role and the account's present one.
CREATE TABLE api_keys (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    role         text NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
    key_hash     bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT api_keys_account_name_key UNIQUE (account_id, name),
    CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
    CONSTRAINT api_keys_lifetime_check CHECK (expires_at > created_at)
);

-- Who came in, or tried to, and from where. Nothing in the program changes or deletes a row.
-- account_id and username are of the account concerned; username is what was typed, so that
-- tries for unknown names stand here too. actor_name is set when somebody else did it.
CREATE TABLE access_log (
    id         uuid PRIMARY KEY,
    at         timestamptz NOT NULL,
    account_id uuid REFERENCES accounts (id) ON DELETE SET NULL,
    username   text NOT NULL CHECK (length(username) <= 50),
    actor_name text,
    event      text NOT NULL CHECK (event IN ('login', 'login_failed', 'login_throttled', 'logout', 'session_revoked',
        'password_changed', 'password_change_failed', 'password_reset', 'api_key_created', 'api_key_revoked')),
    outcome    text NOT NULL CHECK (outcome IN ('ok', 'wrong_password', 'unknown_account', 'inactive_account', 'throttled')),
    address    text NOT NULL,
    user_agent text NOT NULL CHECK (length(user_agent) <= 300)
);
CREATE INDEX access_log_at_idx ON access_log (at DESC, id DESC);
CREATE INDEX access_log_username_idx ON access_log (lower(username), at DESC, id DESC);
CREATE INDEX access_log_event_idx ON access_log (event, at DESC, id DESC);

-- +goose Down
DROP TABLE access_log, api_keys;
ALTER TABLE sessions DROP COLUMN last_used_at, DROP COLUMN address, DROP COLUMN user_agent;
