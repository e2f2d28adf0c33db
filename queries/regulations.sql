-- Documents of regulations, and what processing makes of them.

-- name: RegulationInsert :exec
INSERT INTO rag_documents (id, title, short_title, type, number, folded, references_to, title_tsv, valid_from, valid_to, tags, is_active,
    original_filename, size_bytes, sha256, edition, supersedes_id, status, stage, progress, run_id, created_at, updated_at)
VALUES (@id, @title, sqlc.narg('short_title'), @type, sqlc.narg('number'), @folded, @references_to, (@title_tsv::text)::tsvector,
    sqlc.narg('valid_from'), sqlc.narg('valid_to'), @tags, true, @original_filename, @size_bytes, @sha256, @edition,
    sqlc.narg('supersedes_id'), 'pending', 'waiting', 0, nextval('rag_runs'), @at, @at);

-- name: RegulationGet :one
SELECT sqlc.embed(d), s.id AS superseded_by_id FROM rag_documents d LEFT JOIN rag_documents s ON s.supersedes_id = d.id WHERE d.id = @id;

-- name: RegulationGetForUpdate :one
-- Locks the row until the end of the transaction.
SELECT * FROM rag_documents WHERE id = @id FOR UPDATE;

-- name: RegulationGetByHash :one
SELECT id FROM rag_documents WHERE sha256 = @sha256;

-- name: RegulationListAfter :many
-- The newest first; after is the last one of the page before.
SELECT sqlc.embed(d), s.id AS superseded_by_id FROM rag_documents d LEFT JOIN rag_documents s ON s.supersedes_id = d.id
WHERE (sqlc.narg('status')::text IS NULL OR d.status = sqlc.narg('status'))
  AND (sqlc.narg('type')::text IS NULL OR d.type = sqlc.narg('type'))
  AND (sqlc.narg('tag')::text IS NULL OR d.tags @> ARRAY[sqlc.narg('tag')::text])
  AND (sqlc.narg('is_active')::boolean IS NULL OR d.is_active = sqlc.narg('is_active'))
  AND (sqlc.narg('is_current')::boolean IS NULL OR d.is_current = sqlc.narg('is_current'))
  AND (sqlc.narg('q')::text IS NULL
       OR strpos(d.folded, sqlc.narg('q')) > 0)
  AND (sqlc.narg('after_at')::timestamptz IS NULL OR (d.created_at, d.id) < (sqlc.narg('after_at'), sqlc.narg('after_id')::uuid))
ORDER BY d.created_at DESC, d.id DESC
LIMIT @max_rows;

-- name: RegulationListVersions :many
-- The editions of the same regulation, the newest first.
WITH RECURSIVE older AS (
    SELECT d.id, d.supersedes_id FROM rag_documents d WHERE d.id = @id
    UNION SELECT d.id, d.supersedes_id FROM rag_documents d JOIN older o ON d.id = o.supersedes_id
), newer AS (
    SELECT d.id FROM rag_documents d WHERE d.id = @id
    UNION SELECT d.id FROM rag_documents d JOIN newer n ON d.supersedes_id = n.id
)
SELECT sqlc.embed(d), s.id AS superseded_by_id FROM rag_documents d LEFT JOIN rag_documents s ON s.supersedes_id = d.id
WHERE d.id IN (SELECT o.id FROM older o UNION SELECT n.id FROM newer n)
ORDER BY d.edition DESC, d.created_at DESC, d.id;

-- name: RegulationUpdate :exec
UPDATE rag_documents SET title = @title, short_title = sqlc.narg('short_title'), type = @type, number = sqlc.narg('number'),
    folded = @folded, references_to = @references_to, title_tsv = (@title_tsv::text)::tsvector, valid_from = sqlc.narg('valid_from'),
    valid_to = sqlc.narg('valid_to'), tags = @tags, is_active = @is_active, version = version + 1, updated_at = @at
WHERE id = @id;

-- name: RegulationDelete :exec
DELETE FROM rag_documents WHERE id = @id;

-- name: RegulationRestoreEdition :exec
-- The edition that is about to lose its successor answers again.
UPDATE rag_documents SET superseded_at = NULL, version = version + 1, updated_at = @at WHERE id = @id AND superseded_at IS NOT NULL;

-- name: RegulationChain :exec
-- Another edition is the one before.
UPDATE rag_documents SET supersedes_id = @supersedes_id WHERE id = @id;

-- name: RegulationRestart :exec
-- Another run of a document that rests.
UPDATE rag_documents SET status = 'pending', stage = 'waiting', progress = 0, error_code = NULL, run_id = nextval('rag_runs'),
    version = version + 1, updated_at = @at
WHERE id = @id;

-- name: RegulationListExisting :many
SELECT id FROM rag_documents WHERE id = ANY(@ids::uuid[]);

-- name: RegulationListUnfinished :many
-- Those that wait or are being processed, and whose row nobody has touched since.
SELECT id, run_id, stage FROM rag_documents WHERE status IN ('pending', 'processing') AND updated_at < @before ORDER BY created_at, id;

-- name: RegulationBegin :exec
UPDATE rag_documents SET status = 'processing', stage = 'extracting', progress = @progress, updated_at = @at WHERE id = @id AND run_id = @run_id;

-- name: RegulationProgress :exec
-- How far a run is, as long as it is the document's.
UPDATE rag_documents SET progress = @progress, pages = coalesce(sqlc.narg('pages'), pages), error_code = NULL, updated_at = @at
WHERE id = @id AND run_id = @run_id AND status = 'processing';

-- name: RegulationAdvance :exec
-- The next stage, in the transaction of what the one before has made.
UPDATE rag_documents SET stage = @stage, progress = @progress, error_code = NULL, pages = coalesce(sqlc.narg('pages'), pages),
    ocr_pages = coalesce(sqlc.narg('ocr_pages'), ocr_pages), updated_at = @at
WHERE id = @id;

-- name: RegulationWaits :exec
-- Says what a run waits for.
UPDATE rag_documents SET error_code = @error_code, updated_at = @at WHERE id = @id AND run_id = @run_id AND status = 'processing';

-- name: RegulationFail :execrows
UPDATE rag_documents SET status = 'failed', stage = 'done', error_code = @error_code, version = version + 1, updated_at = @at
WHERE id = @id AND run_id = @run_id AND status IN ('pending', 'processing');

-- name: RegulationFinish :exec
UPDATE rag_documents SET status = 'indexed', stage = 'done', progress = 100, error_code = NULL, indexed_run_id = run_id, indexed_at = @at::timestamptz,
    chunks = @chunks, version = version + 1, updated_at = @at
WHERE id = @id;

-- name: RegulationSupersede :exec
UPDATE rag_documents SET superseded_at = @at::timestamptz, version = version + 1, updated_at = @at WHERE id = @id AND superseded_at IS NULL;

-- name: RegulationLockRun :one
-- Whether this connection has the run of a document to itself, until it gives it back or ends.
SELECT pg_try_advisory_lock(hashtextextended((@id::uuid)::text, 16));

-- name: RegulationUnlockRun :exec
SELECT pg_advisory_unlock(hashtextextended((@id::uuid)::text, 16));

-- name: RegulationPageDeleteRun :exec
DELETE FROM rag_pages WHERE run_id = @run_id;

-- name: RegulationPageInsert :exec
INSERT INTO rag_pages (run_id, page, document_id, label, text, ocr)
SELECT @run_id, p.page, @document_id, p.label, p.text, p.ocr
FROM (SELECT unnest(@pages::integer[]) AS page, unnest(@labels::text[]) AS label, unnest(@texts::text[]) AS text, unnest(@ocr::boolean[]) AS ocr) p;

-- name: RegulationPageList :many
SELECT * FROM rag_pages WHERE run_id = @run_id ORDER BY page;

-- name: RegulationPageRepair :exec
-- The text of pages as it is shown and searched.
UPDATE rag_pages p SET text = r.text, label = CASE WHEN r.label = '' THEN p.label ELSE r.label END
FROM (SELECT unnest(@pages::integer[]) AS page, unnest(@texts::text[]) AS text, unnest(@labels::text[]) AS label) r
WHERE p.run_id = @run_id AND p.page = r.page;

-- name: RegulationPageGet :one
SELECT p.* FROM rag_pages p JOIN rag_documents d ON d.indexed_run_id = p.run_id WHERE d.id = @document_id AND p.page = @page;

-- name: RegulationUnitInsert :many
-- In the order of the lists; the ids come back in it, too.
INSERT INTO rag_units (document_id, run_id, ord, last_ord, kind, number, references_to, label, title, path, page_from, page_to)
SELECT @document_id, @run_id, u.ord, u.last_ord, u.kind, u.number,
    ARRAY(SELECT jsonb_array_elements_text(u.refs)), u.label, u.title, ARRAY(SELECT jsonb_array_elements_text(u.path)), u.page_from, u.page_to
FROM (SELECT unnest(@ords::integer[]) AS ord, unnest(@last_ords::integer[]) AS last_ord, unnest(@kinds::text[]) AS kind,
    unnest(@numbers::text[]) AS number, unnest(@refs::jsonb[]) AS refs, unnest(@labels::text[]) AS label, unnest(@titles::text[]) AS title,
    unnest(@paths::jsonb[]) AS path, unnest(@pages_from::integer[]) AS page_from, unnest(@pages_to::integer[]) AS page_to) u
ORDER BY u.ord
RETURNING id;

-- name: RegulationUnitList :many
SELECT u.* FROM rag_units u JOIN rag_documents d ON d.indexed_run_id = u.run_id WHERE d.id = @document_id ORDER BY u.ord;

-- name: RegulationRunDelete :exec
-- What a run has made, but for its pages.
DELETE FROM rag_units WHERE run_id = @run_id;

-- name: RegulationRunsDeleteOther :exec
-- What other runs of a document have made.
DELETE FROM rag_units WHERE document_id = @document_id AND run_id <> @run_id;

-- name: RegulationPagesDeleteOther :exec
DELETE FROM rag_pages WHERE document_id = @document_id AND run_id <> @run_id;

-- name: RegulationChunkInsert :exec
INSERT INTO rag_chunks (document_id, run_id, unit_id, ord, text, content_hash, tsv, tokens, page_from, char_from, page_to, char_to, definition, is_table)
SELECT @document_id, @run_id, c.unit_id, c.ord, c.text, c.content_hash, c.tsv::tsvector, c.tokens, c.page_from, c.char_from, c.page_to, c.char_to,
    c.definition, c.is_table
FROM (SELECT unnest(@unit_ids::bigint[]) AS unit_id, unnest(@ords::integer[]) AS ord, unnest(@texts::text[]) AS text,
    unnest(@content_hashes::bytea[]) AS content_hash, unnest(@tsvs::text[]) AS tsv, unnest(@tokens::integer[]) AS tokens,
    unnest(@pages_from::integer[]) AS page_from, unnest(@chars_from::integer[]) AS char_from, unnest(@pages_to::integer[]) AS page_to,
    unnest(@chars_to::integer[]) AS char_to, unnest(@definitions::text[]) AS definition, unnest(@are_tables::boolean[]) AS is_table) c
ORDER BY c.ord;

-- name: RegulationChunkCount :one
SELECT count(*) AS chunks, coalesce(sum(tokens), 0)::bigint AS tokens FROM rag_chunks WHERE run_id = @run_id;

-- name: RegulationChunkListOnPage :many
SELECT c.id, c.unit_id, c.text, c.page_from, c.char_from, c.page_to, c.char_to, u.label FROM rag_chunks c JOIN rag_units u ON u.id = c.unit_id
WHERE c.run_id = @run_id AND c.page_from <= @page AND c.page_to >= @page ORDER BY c.ord;

-- name: RegulationListIDs :many
SELECT id FROM rag_documents ORDER BY id;
