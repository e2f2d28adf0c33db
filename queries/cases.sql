-- Case files.

-- name: CaseNumberNext :one
-- The next number of a year, from 1 on. Whoever asks next waits until this
-- transaction ends: no number is left out.
INSERT INTO case_numbers (year, last_number) VALUES (@year, 1)
ON CONFLICT (year) DO UPDATE SET last_number = case_numbers.last_number + 1
RETURNING last_number;

-- name: CaseInsert :one
INSERT INTO cases (id, number, customer_id, conversation_id, category_id, status, quote, workshop_service, elements, documents, data,
    assignee_id, last_activity_at, created_at, updated_at)
VALUES (@id, @number, @customer_id, sqlc.narg('conversation_id'), @category_id, @status, @quote, sqlc.narg('workshop_service'), @elements,
    @documents, @data, sqlc.narg('assignee_id'), @at, @at, @at)
RETURNING *;

-- name: CaseGet :one
SELECT * FROM cases WHERE id = @id;

-- name: CaseGetForUpdate :one
-- Locks the row until the end of the transaction.
SELECT * FROM cases WHERE id = @id FOR UPDATE;

-- name: CaseGetActive :one
-- The conversation's case that is not over.
SELECT * FROM cases
WHERE conversation_id = @conversation_id::uuid AND status IN ('collecting', 'pending_images', 'pending_review', 'in_progress');

-- name: CaseGetLatest :one
-- The conversation's newest case, over or not.
SELECT * FROM cases WHERE conversation_id = @conversation_id::uuid ORDER BY created_at DESC, id DESC LIMIT 1;

-- name: CaseUpdate :one
UPDATE cases SET status = @status, data = @data, assignee_id = sqlc.narg('assignee_id'), last_activity_at = @last_activity_at,
    reminded_at = sqlc.narg('reminded_at'), confirmed_at = sqlc.narg('confirmed_at'), closed_at = sqlc.narg('closed_at'),
    version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: CaseListAfter :many
-- The latest change first; keyset on (updated_at, id). Empty filters let
-- everything through; q is folded and may stand anywhere in number, plate, name,
-- telephone, NIF, e-mail or chassis number.
SELECT * FROM cases
WHERE (@status::text = '' OR status = @status::text)
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
  AND (@q::text = '' OR search LIKE search_pattern(@q::text))
  AND (@no_cursor::boolean OR (updated_at, id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY updated_at DESC, id DESC
LIMIT @max_rows;

-- name: CaseCountByStatus :many
SELECT status, count(*) AS count FROM cases GROUP BY status ORDER BY status;

-- name: CaseListDue :many
-- Cases that wait for the customer and are to be reminded of or given up, the
-- longest waiting first.
SELECT * FROM cases
WHERE status IN ('collecting', 'pending_images')
  AND last_activity_at < @remind_before AND (reminded_at IS NULL OR reminded_at < @abandon_before::timestamptz)
ORDER BY last_activity_at, id
LIMIT @max_rows;

-- name: CaseFileInsert :one
INSERT INTO case_files (id, case_id, element_code, slot_code, object_id, content_type, size, width, height, label, source,
    message_id, attachment_index, created_at)
VALUES (@id, @case_id, sqlc.narg('element_code'), sqlc.narg('slot_code'), @object_id, @content_type, @size, sqlc.narg('width'),
    sqlc.narg('height'), @label, @source, sqlc.narg('message_id'), sqlc.narg('attachment_index'), @at)
ON CONFLICT (message_id, attachment_index) DO NOTHING
RETURNING *;

-- name: CaseFileGetForUpdate :one
SELECT * FROM case_files WHERE id = @id AND case_id = @case_id FOR UPDATE;

-- name: CaseFileGet :one
SELECT * FROM case_files WHERE id = @id AND case_id = @case_id;

-- name: CaseFileListByCase :many
-- In the order in which they came.
SELECT * FROM case_files WHERE case_id = @case_id ORDER BY created_at, id;

-- name: CaseFileSetPlace :one
UPDATE case_files SET element_code = sqlc.narg('element_code'), slot_code = sqlc.narg('slot_code'), label = @label, version = version + 1
WHERE id = @id
RETURNING *;

-- name: CaseFileSetReview :one
UPDATE case_files SET review = @review, reject_reason = sqlc.narg('reject_reason'), reject_note = sqlc.narg('reject_note'),
    reviewed_by = sqlc.narg('reviewed_by'), reviewed_at = @at::timestamptz, version = version + 1
WHERE id = @id
RETURNING *;

-- name: CaseFileDelete :exec
DELETE FROM case_files WHERE id = @id;

-- name: CaseEventInsert :exec
INSERT INTO case_events (id, case_id, at, actor_id, actor_name, kind, from_status, to_status, reason, detail)
VALUES (@id, @case_id, @at, sqlc.narg('actor_id'), @actor_name, @kind, sqlc.narg('from_status'), sqlc.narg('to_status'),
    sqlc.narg('reason'), @detail);

-- name: CaseEventListByCase :many
-- In the order in which they happened.
SELECT * FROM case_events WHERE case_id = @case_id ORDER BY at, id;
