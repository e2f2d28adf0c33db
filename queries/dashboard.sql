-- The numbers of the day. Days are given by their first moments: where they
-- begin depends on the time zone (internal/admin/dashboard.go).

-- name: DashboardNow :one
-- What stands now, and today's numbers that no day of the series has.
-- first_answer_seconds is the median time from the first message a customer
-- wrote today to the first thing said to it; -1 when nothing was.
SELECT
    (SELECT count(*) FROM conversations) AS conversations,
    (SELECT count(*) FROM conversations WHERE paused_at IS NOT NULL) AS conversations_paused,
    (SELECT count(DISTINCT conversation_id) FROM messages WHERE needs_answer AND answered_at IS NULL) AS conversations_unanswered,
    (SELECT count(*) FROM customers) AS customers,
    (SELECT count(*) FROM customers cu WHERE cu.created_at >= @today AND cu.created_at < @tomorrow) AS customers_today,
    (SELECT count(*) FROM escalations WHERE status = 'pending') AS escalations_pending,
    (SELECT count(*) FROM escalations WHERE status = 'in_progress') AS escalations_in_progress,
    (SELECT count(*) FROM escalations es WHERE es.resolved_at >= @today AND es.resolved_at < @tomorrow) AS escalations_resolved_today,
    (SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending')) AS outbox_waiting,
    (SELECT count(*) FROM outbox ob WHERE ob.status = 'failed' AND ob.created_at >= @today AND ob.created_at < @tomorrow) AS outbox_failed_today,
    (SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered.sent_at - asked.sent_at)), -1)::float8
     FROM (
         SELECT DISTINCT ON (conversation_id) conversation_id, sent_at FROM messages
         WHERE NOT is_private AND author = 'customer' AND sent_at >= @today AND sent_at < @tomorrow
         ORDER BY conversation_id, sent_at
     ) AS asked
     CROSS JOIN LATERAL (
         SELECT m.sent_at FROM messages m
         WHERE m.conversation_id = asked.conversation_id AND NOT m.is_private AND m.author IN ('assistant', 'staff')
           AND m.sent_at >= asked.sent_at
           AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = m.id AND o.status IN ('suppressed', 'failed'))
         ORDER BY m.sent_at LIMIT 1
     ) AS answered) AS first_answer_seconds;

-- name: DashboardDays :many
-- One row for each moment of days but the last, which ends the day before it.
-- What was never said to the customer does not count as said.
WITH day AS (
    SELECT starts_at, lead(starts_at) OVER (ORDER BY starts_at) AS ends_at FROM unnest(@days::timestamptz[]) AS starts_at
)
SELECT c.conversations, m.incoming, m.assistant, m.staff, q.quotes, q.subtotal, e.accepted
FROM day
CROSS JOIN LATERAL (
    SELECT count(*) AS conversations FROM conversations WHERE created_at >= day.starts_at AND created_at < day.ends_at
) AS c
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE author = 'customer') AS incoming,
        count(*) FILTER (WHERE author = 'assistant') AS assistant,
        count(*) FILTER (WHERE author = 'staff') AS staff
    FROM messages
    WHERE NOT is_private AND sent_at >= day.starts_at AND sent_at < day.ends_at AND NOT EXISTS (
        SELECT 1 FROM outbox o
        WHERE o.id = messages.id AND o.status IN ('suppressed', 'failed')
          AND o.created_at >= day.starts_at AND o.created_at < day.ends_at)
) AS m
CROSS JOIN LATERAL (
    SELECT count(*) AS quotes, coalesce(sum(subtotal), 0)::numeric(12, 2) AS subtotal
    FROM quotes WHERE created_at >= day.starts_at AND created_at < day.ends_at
) AS q
CROSS JOIN LATERAL (
    SELECT count(*) AS accepted FROM escalations
    WHERE source = 'quote_accepted' AND created_at >= day.starts_at AND created_at < day.ends_at
) AS e
WHERE day.ends_at IS NOT NULL
ORDER BY day.starts_at;

-- name: DashboardTopElements :many
-- In how many conversations each element was quoted, the most first. A name is
-- that of the present, the code when there is none any more.
SELECT c.slug AS category, x.code, coalesce(e.name, x.code)::text AS name, count(DISTINCT x.conversation_id) AS conversations
FROM (
    SELECT q.category_id, q.conversation_id, jsonb_array_elements_text(q.element_codes) AS code
    FROM quotes q WHERE q.created_at >= @from_at AND q.created_at < @to_at
) AS x
JOIN vehicle_categories c ON c.id = x.category_id
LEFT JOIN elements e ON e.category_id = x.category_id AND e.code = x.code AND e.deleted_at IS NULL
GROUP BY c.slug, x.code, e.name
ORDER BY count(DISTINCT x.conversation_id) DESC, c.slug, x.code
LIMIT @max_rows;
