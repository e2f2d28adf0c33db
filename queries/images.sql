-- Pictures and their bytes.

-- name: ImageObjectLock :exec
-- Lets one transaction at a time add or drop references to those bytes.
SELECT pg_advisory_xact_lock(hashtextextended(encode(@sha256::bytea, 'hex'), 11));

-- name: ImageObjectListAll :many
SELECT sha256, content_type FROM image_objects ORDER BY sha256;

-- name: ImageObjectInsert :exec
-- Does nothing when the bytes are known already.
INSERT INTO image_objects (sha256, content_type, width, height, size_bytes, created_at)
VALUES (@sha256, @content_type, @width, @height, @size_bytes, @at)
ON CONFLICT (sha256) DO NOTHING;

-- name: ImageObjectExists :one
SELECT EXISTS (SELECT 1 FROM image_objects WHERE sha256 = @sha256);

-- name: ImageObjectDeleteUnused :execrows
-- Deletes the row of bytes that no image refers to any more.
DELETE FROM image_objects o WHERE o.sha256 = @sha256 AND NOT EXISTS (SELECT 1 FROM images i WHERE i.sha256 = o.sha256);

-- name: ImageInsert :one
INSERT INTO images (id, sha256, stored_filename, original_filename, visibility, category_id, description, created_at, updated_at)
VALUES (@id, @sha256, @stored_filename, @original_filename, @visibility, sqlc.narg('category_id'), sqlc.narg('description'), @at, @at)
RETURNING *;

-- name: ImageGet :one
SELECT sqlc.embed(i), sqlc.embed(o) FROM images i JOIN image_objects o USING (sha256)
WHERE i.id = @id AND i.visibility = @visibility;

-- name: ImageGetByFilename :one
SELECT sqlc.embed(i), sqlc.embed(o) FROM images i JOIN image_objects o USING (sha256) WHERE i.stored_filename = @stored_filename;

-- name: ImageGetForUpdate :one
-- Locks the row until the end of the transaction.
SELECT * FROM images WHERE id = @id AND visibility = @visibility FOR UPDATE;

-- name: ImageListPrivate :many
-- Those of the ids that are customers' files.
SELECT id, stored_filename FROM images WHERE id = ANY(@ids::uuid[]) AND visibility = 'private';

-- name: ImageListPrivateForUpdate :many
-- Locks the rows, in the order of their ids, until the end of the transaction.
SELECT * FROM images WHERE id = ANY(@ids::uuid[]) AND visibility = 'private' ORDER BY id FOR UPDATE;

-- name: ImageListAfter :many
-- The public ones, the newest first, optionally of a category or with a text in
-- the description or the original name; after is the last one of the page before.
SELECT sqlc.embed(i), sqlc.embed(o) FROM images i JOIN image_objects o USING (sha256)
WHERE i.visibility = 'public'
  AND (sqlc.narg('category_id')::uuid IS NULL OR i.category_id = sqlc.narg('category_id'))
  AND (sqlc.narg('q')::text IS NULL
       OR strpos(lower(i.original_filename), lower(sqlc.narg('q'))) > 0
       OR strpos(lower(i.description), lower(sqlc.narg('q'))) > 0)
  AND (sqlc.narg('after_at')::timestamptz IS NULL OR (i.created_at, i.id) < (sqlc.narg('after_at'), sqlc.narg('after_id')::uuid))
ORDER BY i.created_at DESC, i.id DESC
LIMIT @max_rows;

-- name: ImageUpdate :exec
UPDATE images SET category_id = sqlc.narg('category_id'), description = sqlc.narg('description'), version = version + 1, updated_at = @at
WHERE id = @id;

-- name: ImageDelete :exec
DELETE FROM images WHERE id = @id;

-- name: ImageCountUses :one
-- How many places of the catalogue show the picture of that address.
SELECT ((SELECT count(*) FROM element_photo_slots s WHERE right(s.image_url, length(@url::text)) = @url)
     + (SELECT count(*) FROM base_documentation d WHERE right(d.image_url, length(@url)) = @url))::bigint AS uses;

-- name: ImageUses :many
-- The places of the catalogue that show the pictures of those addresses, all of
-- one length. Deleted elements are among them: cases opened with one show it.
SELECT right(s.image_url, @length::int)::text AS url, 'element_photo'::text AS kind, e.id AS owner_id, e.category_id,
    (e.name || CASE WHEN e.deleted_at IS NULL THEN '' ELSE ' (eliminado)' END || ' · ' || s.title)::text AS title
FROM element_photo_slots s JOIN elements e ON e.id = s.element_id
WHERE right(s.image_url, @length::int) = ANY(@urls::text[])
UNION ALL
SELECT right(d.image_url, @length::int)::text, 'base_document', d.id, d.category_id, left(d.description, 200)
FROM base_documentation d
WHERE right(d.image_url, @length::int) = ANY(@urls::text[])
ORDER BY kind DESC, title, owner_id;

-- name: SigningKeyInsert :exec
-- Does nothing when there is one: every process signs with the same.
INSERT INTO signing_keys (purpose, key, created_at) VALUES (@purpose, @key, @at) ON CONFLICT (purpose) DO NOTHING;

-- name: SigningKeyGet :one
SELECT key FROM signing_keys WHERE purpose = @purpose;
