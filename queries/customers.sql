-- Customers and what Chatwoot knows them as.

-- name: CustomerGet :one
SELECT * FROM customers WHERE id = @id;

-- name: CustomerGetForUpdate :one
-- Locks the row until the end of the transaction.
SELECT * FROM customers WHERE id = @id FOR UPDATE;

-- name: CustomerGetByContact :one
-- Locks the row until the end of the transaction.
SELECT c.* FROM customers c JOIN customer_contacts k ON k.customer_id = c.id
WHERE k.chatwoot_account_id = @chatwoot_account_id AND k.chatwoot_contact_id = @chatwoot_contact_id
FOR UPDATE OF c;

-- name: CustomerGetUnlinkedByPhone :one
-- A customer that people entered and that has not written yet: the first one,
-- should there be several. Locks the row until the end of the transaction.
SELECT c.* FROM customers c
WHERE c.phone = @phone::text AND NOT EXISTS (SELECT FROM customer_contacts k WHERE k.customer_id = c.id)
ORDER BY c.created_at, c.id LIMIT 1
FOR UPDATE OF c;

-- name: CustomerInsert :one
INSERT INTO customers (id, phone, whatsapp_name, client_type, first_name, last_name, email, nif_cif, company_name,
    street, city, province, postal_code, notes, staff_fields, last_activity_at, created_at, updated_at)
VALUES (@id, sqlc.narg('phone'), @whatsapp_name, sqlc.narg('client_type'), sqlc.narg('first_name'), sqlc.narg('last_name'),
    sqlc.narg('email'), sqlc.narg('nif_cif'), sqlc.narg('company_name'), sqlc.narg('street'), sqlc.narg('city'),
    sqlc.narg('province'), sqlc.narg('postal_code'), sqlc.narg('notes'), @staff_fields::text[], @at, @at, @at)
RETURNING *;

-- name: CustomerUpdate :one
UPDATE customers SET
    phone = sqlc.narg('phone'), client_type = sqlc.narg('client_type'), first_name = sqlc.narg('first_name'),
    last_name = sqlc.narg('last_name'), email = sqlc.narg('email'), nif_cif = sqlc.narg('nif_cif'),
    company_name = sqlc.narg('company_name'), street = sqlc.narg('street'), city = sqlc.narg('city'),
    province = sqlc.narg('province'), postal_code = sqlc.narg('postal_code'), notes = sqlc.narg('notes'),
    staff_fields = @staff_fields::text[], whatsapp_name = @whatsapp_name,
    last_activity_at = greatest(last_activity_at, @last_activity_at), version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: CustomerNoteContact :one
-- What Chatwoot says of a contact: more than nothing, and nothing that people
-- entered, is taken over.
UPDATE customers c SET
    phone = n.phone, whatsapp_name = n.whatsapp_name, client_type = n.client_type,
    version = c.version + CASE WHEN (n.phone, n.whatsapp_name, n.client_type) IS DISTINCT FROM (c.phone, c.whatsapp_name, c.client_type)
        THEN 1 ELSE 0 END,
    updated_at = CASE WHEN (n.phone, n.whatsapp_name, n.client_type) IS DISTINCT FROM (c.phone, c.whatsapp_name, c.client_type)
        THEN @at ELSE c.updated_at END
FROM (SELECT id,
        CASE WHEN 'phone' = ANY(staff_fields) THEN phone ELSE coalesce(sqlc.narg('phone')::text, phone) END AS phone,
        CASE WHEN @whatsapp_name::text = '' THEN whatsapp_name ELSE @whatsapp_name END AS whatsapp_name,
        CASE WHEN 'client_type' = ANY(staff_fields) THEN client_type ELSE coalesce(sqlc.narg('client_type')::text, client_type) END AS client_type
    FROM customers o WHERE o.id = @id) n
WHERE c.id = n.id
RETURNING c.*;

-- name: CustomerNoteActivity :exec
UPDATE customers SET last_activity_at = greatest(last_activity_at, @at) WHERE id = @id;

-- name: CustomerContactInsert :exec
INSERT INTO customer_contacts (chatwoot_account_id, chatwoot_contact_id, customer_id)
VALUES (@chatwoot_account_id, @chatwoot_contact_id, @customer_id);

-- name: CustomerContactList :many
SELECT * FROM customer_contacts WHERE customer_id = ANY(@customer_ids::uuid[]) ORDER BY chatwoot_account_id, chatwoot_contact_id;

-- name: CustomerContactMove :exec
UPDATE customer_contacts SET customer_id = @to_id WHERE customer_id = @from_id;

-- name: CustomerContactDelete :exec
DELETE FROM customer_contacts WHERE customer_id = @customer_id;

-- name: CustomerListByActivity :many
-- Keyset on (last_activity_at, id), the latest first.
SELECT * FROM customers
WHERE (sqlc.narg('client_type')::text IS NULL OR client_type = sqlc.narg('client_type'))
  AND (@no_cursor::boolean OR (last_activity_at, id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY last_activity_at DESC, id DESC
LIMIT @max_rows;

-- name: CustomerListByCreation :many
-- Keyset on (created_at, id), the latest first.
SELECT * FROM customers
WHERE (sqlc.narg('client_type')::text IS NULL OR client_type = sqlc.narg('client_type'))
  AND (@no_cursor::boolean OR (created_at, id) < (@before_at::timestamptz, @before_id::uuid))
ORDER BY created_at DESC, id DESC
LIMIT @max_rows;

-- name: CustomerSearch :many
-- Customers in whose names or numbers every word occurs, in either order.
SELECT * FROM customers
WHERE search LIKE search_pattern(@word1) AND search LIKE search_pattern(@word2) AND search LIKE search_pattern(@word3)
  AND (sqlc.narg('client_type')::text IS NULL OR client_type = sqlc.narg('client_type'))
  AND (@no_cursor::boolean OR (CASE WHEN @by_creation::boolean THEN created_at ELSE last_activity_at END, id)
      < (@before_at::timestamptz, @before_id::uuid))
ORDER BY CASE WHEN @by_creation::boolean THEN created_at ELSE last_activity_at END DESC, id DESC
LIMIT @max_rows;

-- name: CustomerDuplicates :many
-- Others with the same phone, e-mail or NIF.
SELECT * FROM customers
WHERE id <> @id AND (phone = sqlc.narg('phone')::text OR email = sqlc.narg('email')::text OR nif_cif = sqlc.narg('nif_cif')::text)
ORDER BY last_activity_at DESC, id DESC
LIMIT 20;

-- name: CustomerStatistics :one
SELECT count(*) AS conversations, coalesce(sum(message_count), 0)::bigint AS messages,
    coalesce(sum((SELECT count(*) FROM quotes q WHERE q.conversation_id = c.id)), 0)::bigint AS quotes,
    coalesce(sum((SELECT count(*) FROM escalations e WHERE e.conversation_id = c.id)), 0)::bigint AS escalations
FROM conversations c WHERE c.customer_id = @customer_id;

-- name: CustomerDelete :exec
DELETE FROM customers WHERE id = @id;

-- name: CustomerAnonymise :one
UPDATE customers SET
    phone = NULL, whatsapp_name = '', first_name = NULL, last_name = NULL, email = NULL, nif_cif = NULL, company_name = NULL,
    street = NULL, city = NULL, province = NULL, postal_code = NULL, notes = NULL, staff_fields = '{}',
    anonymised_at = @at::timestamptz, version = version + 1, updated_at = @at
WHERE id = @id
RETURNING *;

-- name: CustomerMergeGet :one
SELECT customer_id FROM customer_merges WHERE duplicate_id = @duplicate_id;

-- name: CustomerMergeInsert :exec
INSERT INTO customer_merges (duplicate_id, customer_id, merged_at) VALUES (@duplicate_id, @customer_id, @at);

-- name: CustomerMergeMove :exec
UPDATE customer_merges SET customer_id = @to_id WHERE customer_id = @from_id;

-- name: CustomerMergeList :many
-- The ids that have become this customer.
SELECT duplicate_id FROM customer_merges WHERE customer_id = @customer_id ORDER BY merged_at, duplicate_id;
