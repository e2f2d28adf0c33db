-- Errors and panics of every process, those that are alike as one group.

-- +goose Up
CREATE TABLE error_groups (
    id           uuid PRIMARY KEY,
    -- What is the same in all of them; internal/logmonitor makes it.
    fingerprint  text NOT NULL CONSTRAINT error_groups_fingerprint_key UNIQUE,
    -- msia, or the container whose log it was read from.
    source       text NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
    kind         text NOT NULL CHECK (kind IN ('error', 'panic')),
    title        text NOT NULL CHECK (title <> ''),
    -- Of the newest of them, with what is personal masked; '' for what it has not.
    message      text NOT NULL,
    stack        text NOT NULL,
    location     text NOT NULL,
    request_id   text NOT NULL,
    first_seen   timestamptz NOT NULL,
    last_seen    timestamptz NOT NULL,
    seen         bigint NOT NULL CHECK (seen > 0),
    status       text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'resolved', 'ignored')),
    resolved_at  timestamptz,
    resolved_by  uuid REFERENCES accounts (id) ON DELETE SET NULL,
    reopened_at  timestamptz,
    reopenings   integer NOT NULL DEFAULT 0,
    -- Why somebody is to be told of it; null once that is on its way.
    alert_reason text CHECK (alert_reason IN ('new', 'reopened')),
    alerted_at   timestamptz,
    version      integer NOT NULL DEFAULT 1,
    CHECK (first_seen <= last_seen),
    CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE INDEX error_groups_last_seen_idx ON error_groups (last_seen DESC, id DESC);

CREATE TABLE error_hours (
    group_id uuid NOT NULL REFERENCES error_groups (id) ON DELETE CASCADE,
    hour     timestamptz NOT NULL,
    seen     bigint NOT NULL CHECK (seen > 0),
    PRIMARY KEY (group_id, hour)
);
CREATE INDEX error_hours_hour_idx ON error_hours (hour);

-- Whoever listens on msia_changes hears of a new group and of another status. Those
-- that are counted, every second in the worst case, would drown the rest.
CREATE TRIGGER error_groups_notify_new AFTER INSERT ON error_groups
    FOR EACH ROW EXECUTE FUNCTION notify_row_change('error');
CREATE TRIGGER error_groups_notify_status AFTER UPDATE ON error_groups
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION notify_row_change('error');

-- +goose Down
DROP TABLE error_hours;
DROP TABLE error_groups;
