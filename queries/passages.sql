-- Passages of regulations: their vectors, the words of all of them, search.

-- name: CorpusGet :one
SELECT version, chunks, tokens FROM rag_corpus;

-- name: CorpusLock :one
-- Lets one transaction at a time change what all passages have in common.
SELECT version, chunks, tokens FROM rag_corpus FOR UPDATE;

-- name: CorpusChange :exec
-- Answers may be others from now on.
UPDATE rag_corpus SET version = version + 1, chunks = chunks + @chunks, tokens = tokens + @tokens;

-- name: LexemeAdd :exec
-- Counts the words of a run's passages in.
INSERT INTO rag_lexemes AS l (stem, df)
SELECT w.lexeme, count(*)::integer FROM rag_chunks c, unnest(c.tsv) AS w(lexeme, positions, weights) WHERE c.run_id = @run_id GROUP BY w.lexeme ORDER BY w.lexeme
ON CONFLICT (stem) DO UPDATE SET df = l.df + excluded.df;

-- name: LexemeSubtract :exec
-- Counts them out. The words that no passage has any more go.
WITH gone AS (
    SELECT w.lexeme, count(*)::integer AS df FROM rag_chunks c, unnest(c.tsv) AS w(lexeme, positions, weights) WHERE c.run_id = @run_id GROUP BY w.lexeme
), dropped AS (
    DELETE FROM rag_lexemes l USING gone g WHERE l.stem = g.lexeme AND l.df <= g.df
)
UPDATE rag_lexemes l SET df = l.df - g.df FROM gone g WHERE l.stem = g.lexeme AND l.df > g.df;

-- name: LexemeFrequencies :many
SELECT stem, df FROM rag_lexemes WHERE stem = ANY(@stems::text[]);

-- name: LexemeSimilar :many
-- The most alike of all stems for each, at most ten.
SELECT q.stem::text AS stem, l.stem AS alike
FROM unnest(@stems::text[]) AS q(stem)
CROSS JOIN LATERAL (SELECT x.stem FROM rag_lexemes x WHERE x.stem % q.stem ORDER BY similarity(x.stem, q.stem) DESC, x.df DESC, x.stem LIMIT 10) l;

-- name: EmbeddingModelEnsure :one
-- The row of a model, made when it is new.
INSERT INTO rag_models (name, dimensions, created_at) VALUES (@name, @dimensions, @at)
ON CONFLICT (name, dimensions) DO UPDATE SET name = excluded.name
RETURNING *;

-- name: EmbeddingModelGet :one
SELECT * FROM rag_models WHERE id = @id;

-- name: EmbeddingModelList :many
SELECT * FROM rag_models ORDER BY id;

-- name: EmbeddingModelComplete :exec
UPDATE rag_models SET is_complete = @is_complete WHERE id = @id;

-- name: EmbeddingModelIndexed :exec
UPDATE rag_models SET is_indexed = @is_indexed WHERE id = @id;

-- name: EmbeddingModelDelete :exec
DELETE FROM rag_models WHERE id = @id;

-- name: VectorReuse :execrows
-- Gives the passages of a run the vectors that passages with the same content have.
INSERT INTO rag_vectors (chunk_id, model_id, run_id, embedding)
SELECT c.id, @model_id, c.run_id, known.embedding
FROM rag_chunks c CROSS JOIN LATERAL (
    SELECT v.embedding FROM rag_chunks o JOIN rag_vectors v ON v.chunk_id = o.id AND v.model_id = @model_id
    WHERE o.content_hash = c.content_hash ORDER BY o.id LIMIT 1) known
WHERE c.run_id = @run_id
ON CONFLICT DO NOTHING;

-- name: VectorListMissing :many
-- The next passages of a run that have no vector of the model, with their headings.
SELECT c.id, c.text, u.label, u.title, u.path FROM rag_chunks c JOIN rag_units u ON u.id = c.unit_id
WHERE c.run_id = @run_id AND NOT EXISTS (SELECT 1 FROM rag_vectors v WHERE v.chunk_id = c.id AND v.model_id = @model_id)
ORDER BY c.ord LIMIT @max_rows;

-- name: VectorCountMissing :one
-- How many passages of indexed documents there are, and how many of them have no vector of the model.
SELECT count(*)::bigint AS total, (count(*) FILTER (WHERE v.chunk_id IS NULL))::bigint AS missing
FROM rag_chunks c JOIN rag_documents d ON d.indexed_run_id = c.run_id LEFT JOIN rag_vectors v ON v.chunk_id = c.id AND v.model_id = @model_id;

-- name: VectorCountMissingOfRun :one
SELECT count(*) FROM rag_chunks c
WHERE c.run_id = @run_id AND NOT EXISTS (SELECT 1 FROM rag_vectors v WHERE v.chunk_id = c.id AND v.model_id = @model_id);

-- name: VectorRunsMissing :many
-- The runs that answer and have passages without a vector of the model.
SELECT d.id, d.indexed_run_id::bigint AS run_id FROM rag_documents d
WHERE d.indexed_run_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM rag_chunks c WHERE c.run_id = d.indexed_run_id
    AND NOT EXISTS (SELECT 1 FROM rag_vectors v WHERE v.chunk_id = c.id AND v.model_id = @model_id))
ORDER BY d.is_current DESC, d.created_at, d.id;

-- name: VectorInsert :exec
-- Passages that went away meanwhile are left out.
INSERT INTO rag_vectors (chunk_id, model_id, run_id, embedding)
SELECT c.id, @model_id, c.run_id, n.embedding::halfvec
FROM (SELECT unnest(@chunk_ids::bigint[]) AS chunk_id, unnest(@embeddings::text[]) AS embedding) n JOIN rag_chunks c ON c.id = n.chunk_id
ON CONFLICT DO NOTHING;

-- name: VectorCount :one
SELECT count(*) FROM rag_vectors WHERE model_id = @model_id;

-- name: PassageCandidates :many
-- Everything that may answer a question, in one go: passages of units that are
-- named, those that define what it asks about, those with its rare words, and the
-- nearest vectors, each with its place in its own list, 0 when it is not there. With scan_below passages to
-- search or fewer, each vector is compared.
WITH asked AS MATERIALIZED (
    SELECT d.id, d.title, d.short_title, d.indexed_run_id AS run_id, d.references_to, d.chunks,
        0.3 * ts_rank(d.title_tsv, (@every_word::text)::tsquery) AS title_rank
    FROM rag_documents d
    WHERE d.is_current
      AND (cardinality(@document_ids::uuid[]) = 0 OR d.id = ANY(@document_ids))
      AND (cardinality(@types::text[]) = 0 OR d.type = ANY(@types))
      AND (cardinality(@tags::text[]) = 0 OR d.tags && @tags)
      AND (sqlc.narg('in_force_on')::date IS NULL
           OR (d.valid_from IS NULL OR d.valid_from <= sqlc.narg('in_force_on')) AND (d.valid_to IS NULL OR d.valid_to >= sqlc.narg('in_force_on')))
), named AS (
    SELECT a.id FROM asked a WHERE a.references_to && @regulations::text[]
), referenced AS (
    SELECT c.id AS chunk_id, row_number() OVER (ORDER BY (@rare_words::text <> '' AND c.tsv @@ (@rare_words::text)::tsquery) DESC, u.id, c.ord) AS place
    FROM rag_units u
    JOIN asked a ON a.run_id = u.run_id
    JOIN rag_units w ON w.run_id = u.run_id AND w.ord BETWEEN u.ord AND u.last_ord
    JOIN rag_chunks c ON c.unit_id = w.id
    WHERE u.references_to && @units::text[]
      AND (a.id IN (SELECT n.id FROM named n) OR NOT EXISTS (SELECT 1 FROM named n))
    ORDER BY place LIMIT @max_referenced
), defining AS (
    SELECT c.id AS chunk_id FROM rag_chunks c JOIN asked a ON a.run_id = c.run_id
    WHERE @defined_words::text <> '' AND c.definition <> '' AND c.tsv @@ (@defined_words::text)::tsquery
    ORDER BY length(c.definition), c.id LIMIT @max_defining
), lexical AS (
    SELECT l.chunk_id, row_number() OVER (ORDER BY l.rank DESC, l.chunk_id) AS place FROM (
        SELECT c.id AS chunk_id, a.title_rank + ts_rank('{0.4, 0.4, 0.4, 1}'::real[], c.tsv, (@every_word::text)::tsquery, 1) AS rank
        FROM rag_chunks c JOIN asked a ON a.run_id = c.run_id
        WHERE @rare_words::text <> '' AND c.tsv @@ (@rare_words::text)::tsquery
        ORDER BY rank DESC, c.id LIMIT @max_lexical) l
), nearest AS (
    SELECT n.chunk_id, row_number() OVER (ORDER BY n.distance, n.chunk_id) AS place, n.distance
    FROM (SELECT array_agg(a.run_id) AS ids, sum(a.chunks) AS chunks FROM asked a) runs
    CROSS JOIN LATERAL rag_nearest(@embedding::text, @model_id::smallint, runs.ids, @max_nearest::integer,
        CASE WHEN runs.chunks <= @scan_below::integer THEN 0 ELSE @ef_search::integer END) AS n(chunk_id, distance)
), found AS (
    SELECT f.chunk_id, max(f.referenced)::integer AS referenced, max(f.lexical)::integer AS lexical, max(f.nearest)::integer AS nearest FROM (
        SELECT r.chunk_id, r.place AS referenced, 0::bigint AS lexical, 0::bigint AS nearest FROM referenced r
        UNION ALL SELECT d.chunk_id, 0, 0, 0 FROM defining d
        UNION ALL SELECT l.chunk_id, 0, l.place, 0 FROM lexical l
        UNION ALL SELECT n.chunk_id, 0, 0, n.place FROM nearest n) f
    GROUP BY f.chunk_id
)
SELECT c.id, c.document_id, c.unit_id, c.text, c.page_from, c.page_to, c.definition, c.is_table, u.kind, u.number, u.label, u.title, u.path,
    a.title AS document_title, a.short_title AS document_short_title, f.referenced, f.lexical, f.nearest,
    (a.id IN (SELECT n.id FROM named n))::boolean AS is_named,
    EXISTS (SELECT 1 FROM rag_pages p WHERE p.run_id = c.run_id AND p.page BETWEEN c.page_from AND c.page_to AND p.ocr) AS is_ocr
FROM found f JOIN rag_chunks c ON c.id = f.chunk_id JOIN rag_units u ON u.id = c.unit_id JOIN asked a ON a.run_id = c.run_id
ORDER BY f.referenced = 0, f.referenced, f.lexical = 0, f.lexical, f.nearest, c.id;
