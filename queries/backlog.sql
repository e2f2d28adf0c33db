-- What waits, for the metrics.

-- name: BacklogOutbox :one
-- Replies that are not sent yet, and when the oldest was written.
SELECT count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'sending') AS sending,
    coalesce(min(created_at), sqlc.arg('at'))::timestamptz AS oldest
FROM outbox WHERE status IN ('pending', 'sending');

-- name: BacklogMessages :one
-- Messages of customers that are not answered yet, and when the oldest came.
SELECT count(*) AS unanswered, coalesce(min(received_at), sqlc.arg('at'))::timestamptz AS oldest
FROM messages WHERE needs_answer AND answered_at IS NULL;
