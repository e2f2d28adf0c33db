-- What people say and what the regulations call it.

-- name: GlossaryInsert :one
INSERT INTO rag_glossary (id, term, expansion, note, is_active, created_at, updated_at)
VALUES (@id, @term, @expansion, sqlc.narg('note'), @is_active, @at, @at)
RETURNING *;

-- name: GlossaryCount :one
SELECT count(*) FROM rag_glossary;

-- name: GlossaryList :many
SELECT * FROM rag_glossary ORDER BY lower(term), id;

-- name: GlossaryListActive :many
SELECT term, expansion FROM rag_glossary WHERE is_active ORDER BY lower(term), id;

-- name: GlossaryGet :one
SELECT * FROM rag_glossary WHERE id = @id;

-- name: GlossaryGetForUpdate :one
SELECT * FROM rag_glossary WHERE id = @id FOR UPDATE;

-- name: GlossaryUpdate :one
UPDATE rag_glossary SET term = @term, expansion = @expansion, note = sqlc.narg('note'), is_active = @is_active, version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: GlossaryDelete :exec
DELETE FROM rag_glossary WHERE id = @id;

-- name: GlossaryMarkSeeded :execrows
-- One row the first time, none from then on.
UPDATE rag_corpus SET glossary_seeded = true WHERE NOT glossary_seeded;

-- name: GlossaryInsertDefault :exec
-- Does nothing when staff have the term already.
INSERT INTO rag_glossary (id, term, expansion, is_active, created_at, updated_at)
VALUES (@id, @term, @expansion, true, @at, @at)
ON CONFLICT (lower(term)) DO NOTHING;
