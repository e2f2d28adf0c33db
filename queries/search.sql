-- One search over what people look for. What is meant exactly (a whole number,
-- plate, telephone…) comes first; words are anywhere in the text.

-- name: SearchCases :many
SELECT id, number, coalesce(plate, '')::text AS plate,
    coalesce(nullif(trim(coalesce(data -> 'personal' ->> 'first_name', '') || ' ' || coalesce(data -> 'personal' ->> 'last_name', '')), ''),
        (SELECT display_name FROM customers WHERE customers.id = cases.customer_id), '')::text AS name,
    trim(coalesce(data -> 'vehicle' ->> 'make', '') || ' ' || coalesce(data -> 'vehicle' ->> 'model', ''))::text AS vehicle,
    coalesce(data -> 'vehicle' ->> 'vin', '')::text AS vin, coalesce(data -> 'personal' ->> 'nif', '')::text AS nif,
    coalesce(data -> 'personal' ->> 'phone', '')::text AS phone, coalesce(data -> 'personal' ->> 'email', '')::text AS email,
    EXISTS (SELECT FROM unnest(@exact::text[]) AS e WHERE strpos(' ' || search || ' ', ' ' || fold_text(e) || ' ') > 0) AS is_exact
FROM cases
WHERE search LIKE search_pattern(@word1) AND search LIKE search_pattern(@word2) AND search LIKE search_pattern(@word3)
   OR search LIKE search_pattern(sqlc.narg('joined')::text)
ORDER BY is_exact DESC, updated_at DESC, id DESC
LIMIT @max_rows;

-- name: SearchCustomers :many
SELECT id, display_name, whatsapp_name, coalesce(company_name, '')::text AS company_name, coalesce(phone, '')::text AS phone,
    coalesce(nif_cif, '')::text AS nif, coalesce(email, '')::text AS email,
    EXISTS (SELECT FROM unnest(@exact::text[]) AS e WHERE strpos(' ' || search || ' ', ' ' || fold_text(e) || ' ') > 0) AS is_exact
FROM customers
WHERE search LIKE search_pattern(@word1) AND search LIKE search_pattern(@word2) AND search LIKE search_pattern(@word3)
   OR search LIKE search_pattern(sqlc.narg('joined')::text)
ORDER BY is_exact DESC, last_activity_at DESC, id DESC
LIMIT @max_rows;

-- name: SearchConversations :many
-- The latest ones of the customers that SearchCustomers finds.
SELECT c.id, c.message_count, cu.display_name, cu.whatsapp_name, coalesce(cu.phone, '')::text AS phone,
    coalesce(cu.nif_cif, '')::text AS nif, coalesce(cu.email, '')::text AS email, cu.is_exact
FROM (
    SELECT id, display_name, whatsapp_name, phone, nif_cif, email,
        EXISTS (SELECT FROM unnest(@exact::text[]) AS e WHERE strpos(' ' || search || ' ', ' ' || fold_text(e) || ' ') > 0) AS is_exact
    FROM customers
    WHERE search LIKE search_pattern(@word1) AND search LIKE search_pattern(@word2) AND search LIKE search_pattern(@word3)
       OR search LIKE search_pattern(sqlc.narg('joined')::text)
    ORDER BY is_exact DESC, last_activity_at DESC, id DESC
    LIMIT @max_rows
) cu
CROSS JOIN LATERAL (
    SELECT id, message_count, updated_at FROM conversations
    WHERE customer_id = cu.id ORDER BY updated_at DESC, id DESC LIMIT @max_rows
) c
ORDER BY cu.is_exact DESC, c.updated_at DESC, c.id DESC
LIMIT @max_rows;

-- name: SearchAccounts :many
SELECT id, username, coalesce(display_name, '')::text AS display_name, role, username = lower(@q::text) AS is_exact
FROM accounts
WHERE fold_text(username || ' ' || coalesce(display_name, '')) LIKE search_pattern(@word1)
  AND fold_text(username || ' ' || coalesce(display_name, '')) LIKE search_pattern(@word2)
  AND fold_text(username || ' ' || coalesce(display_name, '')) LIKE search_pattern(@word3)
ORDER BY is_exact DESC, username
LIMIT @max_rows;
