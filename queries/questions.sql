-- Questions about the regulations and their answers.

-- name: QuestionInsert :exec
INSERT INTO rag_queries (id, query, folded, answer, answered, mode, source, is_cached, parts, degraded, total_ms, analyse_ms, embed_ms,
    search_ms, rerank_ms, answer_ms, conversation_id, account_id, asked_by, created_at)
VALUES (@id, @query, @folded, @answer, @answered, @mode, @source, @is_cached, @parts, @degraded, @total_ms, @analyse_ms, @embed_ms,
    @search_ms, @rerank_ms, @answer_ms, sqlc.narg('conversation_id'), sqlc.narg('account_id'), sqlc.narg('asked_by'), @at);

-- name: CitationInsert :exec
INSERT INTO rag_citations (query_id, number, document_id, document_title, document_short_title, chunk_id, article, heading, section, pages,
    snippet, highlights, score, ocr, answers, created_at)
VALUES (@query_id, @number, @document_id, @document_title, sqlc.narg('document_short_title'), @chunk_id, sqlc.narg('article'),
    sqlc.narg('heading'), @section, @pages, @snippet, @highlights, @score, @ocr, @answers, @at);

-- name: CitationList :many
SELECT * FROM rag_citations WHERE query_id = @query_id ORDER BY number;

-- name: QuestionGet :one
SELECT * FROM rag_queries WHERE id = @id;

-- name: QuestionGetForUpdate :one
SELECT * FROM rag_queries WHERE id = @id FOR UPDATE;

-- name: QuestionListAfter :many
-- The newest first; after is the last one of the page before.
SELECT * FROM rag_queries q
WHERE (sqlc.narg('q')::text IS NULL OR strpos(q.folded, sqlc.narg('q')) > 0)
  AND (sqlc.narg('answered')::boolean IS NULL OR q.answered = sqlc.narg('answered'))
  AND (sqlc.narg('useful')::boolean IS NULL OR q.useful = sqlc.narg('useful'))
  AND (sqlc.narg('source')::text IS NULL OR q.source = sqlc.narg('source'))
  AND (sqlc.narg('document_id')::uuid IS NULL
       OR EXISTS (SELECT 1 FROM rag_citations c WHERE c.query_id = q.id AND c.document_id = sqlc.narg('document_id')))
  AND (sqlc.narg('after_at')::timestamptz IS NULL OR (q.created_at, q.id) < (sqlc.narg('after_at'), sqlc.narg('after_id')::uuid))
ORDER BY q.created_at DESC, q.id DESC
LIMIT @max_rows;

-- name: QuestionRate :exec
UPDATE rag_queries SET useful = sqlc.narg('useful'), comment = sqlc.narg('comment'), rated_by = sqlc.narg('rated_by'), rated_at = sqlc.narg('rated_at')
WHERE id = @id;

-- name: QuestionErase :exec
-- Nothing of what the customers of these conversations asked is left, only that something was.
WITH erased AS (
    UPDATE rag_queries SET query = '', folded = '', answer = '', comment = NULL WHERE conversation_id = ANY(@conversation_ids::uuid[]) RETURNING id
)
UPDATE rag_citations c SET highlights = '[]' FROM erased e WHERE c.query_id = e.id;

-- name: AnswerGet :one
SELECT answer FROM rag_answers WHERE key = @key AND created_at > @since;

-- name: AnswerPut :exec
INSERT INTO rag_answers (key, answer, created_at) VALUES (@key, @answer, @at)
ON CONFLICT (key) DO UPDATE SET answer = excluded.answer, created_at = excluded.created_at;

-- name: AnswerDeleteOld :execrows
DELETE FROM rag_answers WHERE created_at <= @before;

-- name: AnswerDeleteAll :exec
DELETE FROM rag_answers;

-- name: QuestionStats :one
SELECT count(*) AS questions, count(*) FILTER (WHERE answered) AS answered, count(*) FILTER (WHERE is_cached) AS cached,
    count(*) FILTER (WHERE useful) AS useful, count(*) FILTER (WHERE NOT useful) AS not_useful,
    (percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY total_ms) FILTER (WHERE NOT is_cached))::double precision[] AS total_ms,
    (percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY embed_ms) FILTER (WHERE NOT is_cached))::double precision[] AS embed_ms,
    (percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY search_ms) FILTER (WHERE NOT is_cached))::double precision[] AS search_ms,
    (percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY rerank_ms) FILTER (WHERE NOT is_cached))::double precision[] AS rerank_ms,
    (percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY answer_ms) FILTER (WHERE NOT is_cached))::double precision[] AS answer_ms
FROM rag_queries WHERE created_at >= @since AND created_at < @until;

-- name: QuestionStatsPerDay :many
SELECT days.day::date AS day, count(q.id) AS questions, count(q.id) FILTER (WHERE NOT q.answered) AS unanswered
FROM generate_series(@first_day::date, @last_day::date, interval '1 day') AS days(day)
LEFT JOIN rag_queries q ON q.created_at >= @since AND q.created_at < @until AND (q.created_at AT TIME ZONE 'Europe/Madrid')::date = days.day::date
GROUP BY days.day ORDER BY days.day;

-- name: QuestionTopUnanswered :many
SELECT min(query)::text AS query, count(*) AS times, max(created_at)::timestamptz AS last_at FROM rag_queries
WHERE NOT answered AND created_at >= @since AND created_at < @until AND folded <> ''
GROUP BY folded ORDER BY times DESC, last_at DESC, query LIMIT 20;

-- name: CitationTopDocuments :many
SELECT d.id AS document_id, coalesce(d.title, max(c.document_title))::text AS title, count(*) AS citations
FROM rag_citations c LEFT JOIN rag_documents d ON d.id = c.document_id
WHERE c.answers AND c.created_at >= @since AND c.created_at < @until
GROUP BY c.document_id, d.id, d.title ORDER BY citations DESC, title LIMIT 10;

-- name: CitationTop :many
SELECT d.id AS document_id, coalesce(d.title, max(c.document_title))::text AS title, c.heading::text AS heading, count(*) AS citations
FROM rag_citations c LEFT JOIN rag_documents d ON d.id = c.document_id
WHERE c.answers AND c.created_at >= @since AND c.created_at < @until AND c.heading IS NOT NULL
GROUP BY c.document_id, d.id, d.title, c.heading ORDER BY citations DESC, title, heading LIMIT 20;

-- name: RegulationCounts :one
SELECT count(*) AS documents, count(*) FILTER (WHERE indexed_run_id IS NOT NULL) AS indexed, count(*) FILTER (WHERE is_current) AS current,
    count(*) FILTER (WHERE status IN ('pending', 'processing')) AS processing, count(*) FILTER (WHERE status = 'failed') AS failed,
    coalesce(sum(chunks) FILTER (WHERE is_current), 0)::bigint AS chunks
FROM rag_documents;
