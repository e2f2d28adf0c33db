-- Named filters of the admin UI's pages, and what else its tables need.

-- +goose Up
CREATE TABLE saved_views (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    page       text NOT NULL CHECK (page ~ '^[a-z_]{1,30}$'),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    -- The page's query string, without the question mark.
    query      text NOT NULL CHECK (length(query) <= 2000),
    -- Others see it, too.
    shared     boolean NOT NULL,
    sort_order integer NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX saved_views_name_key ON saved_views (account_id, page, lower(name));

-- The table of cases is put in order by these, too.
CREATE INDEX cases_created_idx ON cases (created_at DESC, id DESC);
CREATE INDEX cases_activity_idx ON cases (last_activity_at DESC, id DESC);

-- +goose Down
DROP INDEX cases_activity_idx, cases_created_idx;
DROP TABLE saved_views;
