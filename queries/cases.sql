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

-- name: CaseConversation :one
-- The conversation of a case, before it is locked.
SELECT conversation_id FROM cases WHERE id = @id;

-- name: CaseCustomerForShare :one
-- Keeps the customer from being merged or anonymised until the end of the
-- transaction; anonymised tells whether they are.
SELECT (anonymised_at IS NOT NULL)::boolean AS anonymised FROM customers WHERE id = @id FOR SHARE;

-- name: CaseConversationCustomer :one
-- Whose conversation it is.
SELECT customer_id FROM conversations WHERE id = @id;

-- name: CaseMove :exec
-- Gives the cases of one customer to another.
UPDATE cases SET customer_id = @to_id, version = version + 1, updated_at = greatest(updated_at, @at) WHERE customer_id = @from_id;

-- name: CaseFollowConversation :exec
-- Gives a conversation's cases to the customer whose it is now.
UPDATE cases SET customer_id = @to_id, version = version + 1, updated_at = greatest(updated_at, @at)
WHERE conversation_id = @conversation_id::uuid AND customer_id <> @to_id AND erased_at IS NULL;

-- name: CaseCustomerNames :many
-- What customers are called outside their cases.
SELECT id, display_name FROM customers WHERE id = ANY(@ids::uuid[]);

-- name: CaseListByCustomer :many
-- In the order in which they were opened.
SELECT * FROM cases WHERE customer_id = @customer_id ORDER BY created_at, id;

-- name: CaseListByCustomerForUpdate :many
-- Locks them, in the order of their ids, until the end of the transaction.
SELECT * FROM cases WHERE customer_id = @customer_id ORDER BY id FOR UPDATE;

-- name: CaseErase :exec
-- Leaves what can be counted; one that was active is cancelled.
UPDATE cases SET data = '{}', erased_at = @at::timestamptz, closed_at = coalesce(closed_at, @at::timestamptz), reminded_at = NULL,
    status = CASE WHEN closed_at IS NULL THEN 'cancelled' ELSE status END, version = version + 1, updated_at = greatest(updated_at, @at)
WHERE id = ANY(@ids::uuid[]);

-- name: CaseEventErase :exec
-- Leaves what happened when, without anybody's words.
UPDATE case_events SET reason = NULL, detail = '{}' WHERE case_id = ANY(@case_ids::uuid[]);

-- name: CaseFileErase :many
-- Takes all files out and returns what they were in the file store.
DELETE FROM case_files WHERE case_id = ANY(@case_ids::uuid[]) RETURNING object_id;

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

-- name: CaseListByUpdateNewest :many
-- The latest change first; keyset on (updated_at, id). Empty filters let
-- everything through; see CaseSearchNewest.
SELECT * FROM cases
WHERE (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('category_id')::uuid IS NULL OR category_id = sqlc.narg('category_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
  AND (@no_cursor::boolean OR (updated_at, id) < (@after_at::timestamptz, @after_id::uuid))
ORDER BY updated_at DESC, id DESC
LIMIT @max_rows;

-- name: CaseListByUpdateOldest :many
SELECT * FROM cases
WHERE (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('category_id')::uuid IS NULL OR category_id = sqlc.narg('category_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
  AND (@no_cursor::boolean OR (updated_at, id) > (@after_at::timestamptz, @after_id::uuid))
ORDER BY updated_at, id
LIMIT @max_rows;

-- name: CaseListByCreationNewest :many
SELECT * FROM cases
WHERE (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('category_id')::uuid IS NULL OR category_id = sqlc.narg('category_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
  AND (@no_cursor::boolean OR (created_at, id) < (@after_at::timestamptz, @after_id::uuid))
ORDER BY created_at DESC, id DESC
LIMIT @max_rows;

-- name: CaseListByCreationOldest :many
SELECT * FROM cases
WHERE (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('category_id')::uuid IS NULL OR category_id = sqlc.narg('category_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
  AND (@no_cursor::boolean OR (created_at, id) > (@after_at::timestamptz, @after_id::uuid))
ORDER BY created_at, id
LIMIT @max_rows;

-- name: CaseListByActivityNewest :many
SELECT * FROM cases
WHERE (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('category_id')::uuid IS NULL OR category_id = sqlc.narg('category_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
  AND (@no_cursor::boolean OR (last_activity_at, id) < (@after_at::timestamptz, @after_id::uuid))
ORDER BY last_activity_at DESC, id DESC
LIMIT @max_rows;

-- name: CaseListByActivityOldest :many
SELECT * FROM cases
WHERE (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('category_id')::uuid IS NULL OR category_id = sqlc.narg('category_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
  AND (@no_cursor::boolean OR (last_activity_at, id) > (@after_at::timestamptz, @after_id::uuid))
ORDER BY last_activity_at, id
LIMIT @max_rows;

-- name: CaseSearchNewest :many
-- Cases that have every word in their number, plate, chassis number, or the
-- customer's name, telephone, NIF or e-mail.
SELECT * FROM cases
WHERE search LIKE search_pattern(@word1) AND search LIKE search_pattern(@word2) AND search LIKE search_pattern(@word3)
  AND (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('category_id')::uuid IS NULL OR category_id = sqlc.narg('category_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
  AND (@no_cursor::boolean OR (CASE @sort::text WHEN 'created' THEN created_at WHEN 'activity' THEN last_activity_at ELSE updated_at END, id) < (@after_at::timestamptz, @after_id::uuid))
ORDER BY CASE @sort::text WHEN 'created' THEN created_at WHEN 'activity' THEN last_activity_at ELSE updated_at END DESC, id DESC
LIMIT @max_rows;

-- name: CaseSearchOldest :many
SELECT * FROM cases
WHERE search LIKE search_pattern(@word1) AND search LIKE search_pattern(@word2) AND search LIKE search_pattern(@word3)
  AND (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('category_id')::uuid IS NULL OR category_id = sqlc.narg('category_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
  AND (@no_cursor::boolean OR (CASE @sort::text WHEN 'created' THEN created_at WHEN 'activity' THEN last_activity_at ELSE updated_at END, id) > (@after_at::timestamptz, @after_id::uuid))
ORDER BY CASE @sort::text WHEN 'created' THEN created_at WHEN 'activity' THEN last_activity_at ELSE updated_at END, id
LIMIT @max_rows;

-- name: CaseCountByStatus :many
-- As the lists filter, but by status.
SELECT status, count(*) AS count FROM cases
WHERE (sqlc.narg('word1')::text IS NULL OR search LIKE search_pattern(sqlc.narg('word1')) AND search LIKE search_pattern(@word2)
    AND search LIKE search_pattern(@word3))
  AND (sqlc.narg('customer_id')::uuid IS NULL OR customer_id = sqlc.narg('customer_id')::uuid)
  AND (sqlc.narg('conversation_id')::uuid IS NULL OR conversation_id = sqlc.narg('conversation_id')::uuid)
  AND (sqlc.narg('category_id')::uuid IS NULL OR category_id = sqlc.narg('category_id')::uuid)
  AND (sqlc.narg('assignee_id')::uuid IS NULL OR assignee_id = sqlc.narg('assignee_id')::uuid)
GROUP BY status ORDER BY status;

-- name: CaseCountOpenWithElement :one
-- The cases of a category that are not over and have the element.
SELECT count(*) FROM cases
WHERE category_id = @category_id AND status IN ('collecting', 'pending_images', 'pending_review', 'in_progress')
  AND elements @> jsonb_build_array(jsonb_build_object('code', @code::text));

-- name: CaseListDue :many
-- Cases that wait for the customer and are to be reminded of or given up, the
-- longest waiting first. Where nobody can be reminded, nothing is given up.
SELECT * FROM cases
WHERE status IN ('collecting', 'pending_images') AND conversation_id IS NOT NULL
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
