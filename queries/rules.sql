-- Fixed answers of the assistant. Written through catalogue.Cache.Change.

-- name: RuleListAll :many
-- In the order in which they are tried, inactive ones too.
SELECT * FROM response_rules ORDER BY sort_order, id;

-- name: RuleGet :one
SELECT * FROM response_rules WHERE id = @id;

-- name: RuleInsert :one
-- Behind all others.
INSERT INTO response_rules (id, name, pattern, category_id, action, answer, reason, is_active, sort_order, created_at, updated_at)
SELECT @id, @name, @pattern, sqlc.narg('category_id'), @action, sqlc.narg('answer'), sqlc.narg('reason'), @is_active,
    coalesce(max(sort_order), 0) + 1, @at, @at FROM response_rules
RETURNING *;

-- name: RuleUpdate :exec
UPDATE response_rules SET
    name = @name, pattern = @pattern, category_id = sqlc.narg('category_id'), action = @action,
    answer = sqlc.narg('answer'), reason = sqlc.narg('reason'), is_active = @is_active, version = version + 1, updated_at = @at
WHERE id = @id;

-- name: RuleDelete :exec
DELETE FROM response_rules WHERE id = @id;

-- name: RuleSetOrder :exec
-- The first of the ids is tried first.
UPDATE response_rules SET sort_order = o.n
FROM unnest(@ids::uuid[]) WITH ORDINALITY AS o (id, n)
WHERE response_rules.id = o.id AND response_rules.sort_order <> o.n;
