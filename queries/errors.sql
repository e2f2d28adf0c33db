-- Errors and panics by group.

-- name: ErrorGroupUpsert :many
-- Counts what a process saw, a row for each fingerprint, in the order of the
-- fingerprints so that two processes never wait for each other. What was seen after
-- it was resolved opens a group again.
INSERT INTO error_groups (
    id, fingerprint, source, kind, title, message, stack, location, request_id, first_seen, last_seen, seen, alert_reason
)
SELECT unnest(@ids::uuid[]), unnest(@fingerprints::text[]), unnest(@sources::text[]), unnest(@kinds::text[]), unnest(@titles::text[]),
    unnest(@messages::text[]), unnest(@stacks::text[]), unnest(@locations::text[]), unnest(@request_ids::text[]),
    unnest(@first_seen::timestamptz[]), unnest(@last_seen::timestamptz[]), unnest(@seen::bigint[]), 'new'
ON CONFLICT (fingerprint) DO UPDATE SET
    title = excluded.title, message = excluded.message, stack = excluded.stack, location = excluded.location, request_id = excluded.request_id,
    first_seen = least(error_groups.first_seen, excluded.first_seen), last_seen = greatest(error_groups.last_seen, excluded.last_seen), seen = error_groups.seen + excluded.seen,
    status       = CASE WHEN error_groups.resolved_at < excluded.last_seen THEN 'open' ELSE error_groups.status END,
    reopened_at  = CASE WHEN error_groups.resolved_at < excluded.last_seen THEN excluded.last_seen ELSE error_groups.reopened_at END,
    reopenings   = CASE WHEN error_groups.resolved_at < excluded.last_seen THEN error_groups.reopenings + 1 ELSE error_groups.reopenings END,
    alert_reason = CASE WHEN error_groups.resolved_at < excluded.last_seen THEN 'reopened' ELSE error_groups.alert_reason END,
    version      = CASE WHEN error_groups.resolved_at < excluded.last_seen THEN error_groups.version + 1 ELSE error_groups.version END,
    resolved_by  = CASE WHEN error_groups.resolved_at < excluded.last_seen THEN NULL ELSE error_groups.resolved_by END,
    resolved_at  = CASE WHEN error_groups.resolved_at < excluded.last_seen THEN NULL ELSE error_groups.resolved_at END
RETURNING error_groups.id, error_groups.fingerprint, error_groups.reopened_at;

-- name: ErrorHourAdd :exec
-- Counts what was seen of groups in whole hours.
INSERT INTO error_hours (group_id, hour, seen)
SELECT unnest(@group_ids::uuid[]), unnest(@hours::timestamptz[]), unnest(@seen::bigint[])
ON CONFLICT (group_id, hour) DO UPDATE SET seen = error_hours.seen + excluded.seen;

-- name: ErrorGroupList :many
-- Keyset on (last_seen, id).
SELECT sqlc.embed(g), a.username AS resolved_by_name
FROM error_groups g
LEFT JOIN accounts a ON a.id = g.resolved_by
WHERE g.status = ANY(@statuses::text[])
  AND (sqlc.narg('source')::text IS NULL OR g.source = sqlc.narg('source'))
  AND (sqlc.narg('kind')::text IS NULL OR g.kind = sqlc.narg('kind'))
  AND (sqlc.narg('q')::text IS NULL OR g.request_id = sqlc.narg('q')
       OR position(lower(sqlc.narg('q')) IN lower(g.title || ' ' || g.message || ' ' || g.location)) > 0)
  AND (@no_cursor::boolean OR (g.last_seen, g.id) < (@after_at::timestamptz, @after_id::uuid))
ORDER BY g.last_seen DESC, g.id DESC
LIMIT @max_rows;

-- name: ErrorGroupOverview :one
SELECT sqlc.embed(g), a.username AS resolved_by_name
FROM error_groups g
LEFT JOIN accounts a ON a.id = g.resolved_by
WHERE g.id = @id;

-- name: ErrorGroupGetForUpdate :one
-- Locks the row until the end of the transaction.
SELECT * FROM error_groups WHERE id = @id FOR UPDATE;

-- name: ErrorGroupSetStatus :exec
-- Whoever changes it knows of it.
UPDATE error_groups SET
    status = @status, resolved_at = sqlc.narg('resolved_at'), resolved_by = sqlc.narg('resolved_by'), alert_reason = NULL, version = version + 1
WHERE id = @id;

-- name: ErrorHourList :many
-- The hours of groups in which something was seen.
SELECT group_id, hour, seen FROM error_hours WHERE group_id = ANY(@group_ids::uuid[]) AND hour >= @since ORDER BY group_id, hour;

-- name: ErrorHourSums :many
-- What was seen of all groups, by hour.
SELECT hour, sum(seen)::bigint AS seen FROM error_hours WHERE hour >= @since GROUP BY hour ORDER BY hour;

-- name: ErrorGroupStats :one
SELECT
    count(*) FILTER (WHERE status = 'open') AS open, count(*) FILTER (WHERE status = 'resolved') AS resolved,
    count(*) FILTER (WHERE status = 'ignored') AS ignored, count(*) FILTER (WHERE first_seen >= @since::timestamptz) AS new_since
FROM error_groups;

-- name: ErrorGroupSources :many
SELECT DISTINCT source FROM error_groups ORDER BY source;

-- name: ErrorGroupDueAlerts :many
-- Open groups that somebody may have to be told of, and what was seen of each in
-- this hour and in the 24 before: those that are new or open again, and those of
-- which enough was seen this hour to look closer. Locks them; whoever comes
-- meanwhile leaves them alone.
SELECT g.id, g.alert_reason,
    (SELECT coalesce(sum(e.seen), 0) FROM error_hours e WHERE e.group_id = g.id AND e.hour = @hour::timestamptz)::bigint AS this_hour,
    (SELECT coalesce(sum(e.seen), 0) FROM error_hours e
     WHERE e.group_id = g.id AND e.hour < @hour AND e.hour >= @day_before::timestamptz)::bigint AS day_before
FROM error_groups g
WHERE g.status = 'open' AND NOT (g.location = ANY(@unless::text[]))
  AND (g.alerted_at IS NULL OR g.alerted_at <= @quiet_since::timestamptz)
  AND (g.alert_reason IS NOT NULL
       OR EXISTS (SELECT FROM error_hours e WHERE e.group_id = g.id AND e.hour = @hour AND e.seen >= @at_least::bigint))
  AND g.last_seen >= @day_before
ORDER BY g.last_seen
LIMIT @max_rows
FOR UPDATE SKIP LOCKED;

-- name: ErrorGroupMarkAlerted :exec
UPDATE error_groups SET alerted_at = @at::timestamptz, alert_reason = NULL WHERE id = @id;

-- name: ErrorGroupDeleteBefore :execrows
-- Groups that were not seen again, whatever their status.
DELETE FROM error_groups WHERE last_seen < @before;

-- name: ErrorHourDeleteBefore :execrows
DELETE FROM error_hours WHERE hour < @before;

-- name: ErrorReaderLock :one
-- Whether this connection is the only one with the lock now; it ends with the connection.
SELECT pg_try_advisory_lock(hashtextextended('error reader ' || @name::text, 0));
