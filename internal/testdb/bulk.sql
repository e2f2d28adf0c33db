-- Ten thousand customers and a hundred thousand messages, with what hangs on
-- them, spread over half a year. Ids are made of numbers, so that every database
-- is the same.

INSERT INTO vehicle_categories (id, slug, name, client_type, vehicle_kind)
VALUES (md5('category')::uuid, 'bulk-part', 'Muchos', 'particular', 'motorcycle');

INSERT INTO accounts (id, username, password_hash, role)
SELECT md5('account' || n)::uuid, 'bulk' || n, 'x', 'viewer' FROM generate_series(1, 20) n;

INSERT INTO customers (id, phone, whatsapp_name, first_name, last_name, email, nif_cif, company_name, client_type,
    last_activity_at, created_at, updated_at)
SELECT md5('customer' || n)::uuid, '+346' || lpad(n::text, 8, '0'), 'nick' || n,
    (ARRAY['Ana', 'Luis', 'María', 'José', 'Íñigo', 'Nuria', 'Zoe', 'Pau'])[1 + n % 8],
    (ARRAY['García', 'Muñoz', 'Pérez', 'Ibáñez', 'Soler', 'Vidal', 'Castro', 'Núñez', 'Roca', 'Gil', 'Sanz'])[1 + n % 11] || ' ' || md5(n::text),
    'c' || n || '@example.com', lpad(n::text, 8, '0') || 'X', CASE WHEN n % 7 = 0 THEN 'Taller ' || n END,
    CASE WHEN n % 3 = 0 THEN 'professional' ELSE 'particular' END,
    now() - (n * 7919 % 10000) * interval '26 minutes', now() - (n * 104729 % 10000) * interval '26 minutes', now()
FROM generate_series(1, 10000) n;

INSERT INTO customer_contacts (chatwoot_account_id, chatwoot_contact_id, customer_id)
SELECT 1, n, md5('customer' || n)::uuid FROM generate_series(1, 10000) n;

-- The first customer has a thousand conversations, the others nearly one each.
INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, status, last_incoming_at,
    message_count, unanswered_since, paused_at, paused_reason, created_at, updated_at)
SELECT md5('conversation' || n)::uuid, md5('customer' || CASE WHEN n <= 1000 THEN 1 ELSE n END)::uuid, 1, n, 1,
    (ARRAY['open', 'resolved', 'pending'])[1 + n % 3], now() - (n * 7919 % 10000) * interval '26 minutes', 10,
    CASE WHEN n % 4 = 0 THEN now() END, CASE WHEN n % 5 = 0 THEN now() END, CASE WHEN n % 5 = 0 THEN 'taken' END,
    now() - (n * 7919 % 10000) * interval '26 minutes', now() - (n * 7919 % 10000) * interval '26 minutes'
FROM generate_series(1, 10000) n;

-- The first conversation has five thousand and nine of them.
INSERT INTO messages (id, conversation_id, chatwoot_account_id, chatwoot_message_id, author, content, needs_answer, answered_at, sent_at, received_at)
SELECT md5('message' || n)::uuid, md5('conversation' || CASE WHEN n > 95000 THEN 1 ELSE 1 + n % 10000 END)::uuid, 1, n,
    CASE WHEN n % 2 = 0 THEN 'customer' ELSE 'assistant' END, 'Mensaje número ' || n, n % 2 = 0, CASE WHEN n % 100 <> 0 THEN now() END,
    now() - (100000 - n) * interval '2 minutes', now() - (100000 - n) * interval '2 minutes'
FROM generate_series(1, 100000) n;

INSERT INTO outbox (id, conversation_id, kind, content, status, created_at)
SELECT md5('message' || (2 * n - 1))::uuid, md5('conversation' || (1 + (2 * n - 1) % 10000))::uuid, 'reply', 'Mensaje', CASE WHEN n % 1000 = 0 THEN 'pending' ELSE 'sent' END,
    now() - n * interval '4 minutes'
FROM generate_series(1, 20000) n;

INSERT INTO quotes (id, conversation_id, category_id, catalogue_revision, request, result, total, is_provisional, created_at)
SELECT md5('quote' || n)::uuid, md5('conversation' || n)::uuid, md5('category')::uuid, 1, '{"Elements": [{"Code": "ESCAPE", "Quantity": 1}]}', '{}', 211.75, false,
    now() - n * interval '26 minutes'
FROM generate_series(1, 10000) n;

INSERT INTO escalations (id, conversation_id, source, reason, status, priority, created_at, resolved_at, resolved_by, assigned_to)
SELECT md5('escalation' || n)::uuid, md5('conversation' || n)::uuid, (ARRAY['error', 'customer_request', 'not_understood'])[1 + n % 3], 'porque sí',
    CASE WHEN n % 10 = 0 THEN 'pending' WHEN n % 10 = 1 THEN 'in_progress' ELSE 'resolved' END, CASE WHEN n % 3 = 0 THEN 'high' ELSE 'normal' END,
    now() - (n * 7919 % 10000) * interval '26 minutes', CASE WHEN n % 10 > 1 THEN now() - (n % 100) * interval '1 day' END,
    CASE WHEN n % 10 > 1 THEN md5('account' || 1 + n % 20)::uuid END, CASE WHEN n % 10 = 1 THEN md5('account' || 1 + n % 20)::uuid END
FROM generate_series(1, 10000) n;

INSERT INTO webhook_bodies (id, received_at, event, body, chatwoot_account_id, chatwoot_contact_id, chatwoot_conversation_id)
SELECT md5('body' || n)::uuid, now() - n * interval '1 minute', 'message_created', '{}', 1, 1 + n % 10000, 1 + n % 10000
FROM generate_series(1, 10000) n;

INSERT INTO audit_log (id, at, actor_id, actor_name, request_id, action, entity_type, entity_id, changes)
SELECT md5('audit' || n)::uuid, now() - n * interval '13 minutes', md5('account' || 1 + n % 20)::uuid, 'bulk' || 1 + n % 20, '', 'update',
    (ARRAY['customer', 'tier', 'escalation', 'setting'])[1 + n % 4], md5('customer' || n), '{"name": ["a", "b"]}'
FROM generate_series(1, 20000) n;

INSERT INTO erasures (chatwoot_account_id, kind, chatwoot_id, erased_at)
SELECT 2, 'contact', n, now() FROM generate_series(1, 10000) n;

INSERT INTO access_log (id, at, account_id, username, event, outcome, address, user_agent)
SELECT md5('access' || n)::uuid, now() - n * interval '13 minutes', md5('account' || 1 + n % 20)::uuid, 'bulk' || 1 + n % 20,
    (ARRAY['login', 'logout', 'login_failed'])[1 + n % 3], (ARRAY['ok', 'ok', 'wrong_password'])[1 + n % 3], '192.0.2.1', 'bulk'
FROM generate_series(1, 20000) n;

INSERT INTO cases (id, number, customer_id, conversation_id, category_id, status, quote, elements, documents, data, last_activity_at,
    reminded_at, closed_at, assignee_id, created_at, updated_at)
SELECT md5('case' || n)::uuid, '2026-' || lpad(n::text, 6, '0'), md5('customer' || CASE WHEN n <= 1000 THEN 1 ELSE n END)::uuid,
    md5('conversation' || n)::uuid, md5('category')::uuid, s.status, '{}', '[]', '[]',
    jsonb_build_object('vehicle', jsonb_build_object('plate', lpad(n::text, 4, '0') || 'BCD'), 'personal', jsonb_build_object(
        'first_name', 'Ana', 'last_name', 'García ' || md5(n::text), 'nif', lpad(n::text, 8, '0') || 'X', 'email', 'c' || n || '@example.com')),
    now() - (n * 7919 % 10000) * interval '26 minutes', NULL,
    CASE WHEN s.status IN ('resolved', 'cancelled', 'abandoned') THEN now() END,
    CASE WHEN n % 2 = 0 THEN md5('account' || 1 + n % 20)::uuid END,
    now() - n * interval '26 minutes', now() - (n * 104729 % 10000) * interval '26 minutes'
FROM generate_series(1, 10000) n,
    LATERAL (SELECT (ARRAY['resolved', 'resolved', 'cancelled', 'abandoned', 'resolved', 'resolved', 'resolved', 'in_progress', 'collecting', 'pending_review'])[1 + n % 10] AS status) s;

INSERT INTO image_objects (sha256, content_type, width, height, size_bytes, created_at)
SELECT sha256(('case file' || n)::bytea), 'image/jpeg', 640, 480, 100000, now() FROM generate_series(1, 30000) n;

INSERT INTO images (id, sha256, stored_filename, original_filename, visibility, created_at, updated_at)
SELECT md5('case file' || n)::uuid, sha256(('case file' || n)::bytea), md5('case file' || n)::uuid || '.jpg', '', 'private',
    now() - n * interval '9 minutes', now()
FROM generate_series(1, 30000) n;

INSERT INTO case_files (id, case_id, element_code, slot_code, object_id, content_type, size, width, height, label, source, message_id, attachment_index, created_at)
SELECT md5('file' || n)::uuid, md5('case' || 1 + n % 10000)::uuid, 'ESCAPE', 'escape_montado', md5('case file' || n)::uuid, 'image/jpeg', 100000, 640, 480,
    'ESCAPE_escape_montado_' || n, 'customer', md5('message' || n)::uuid, 0, now() - n * interval '9 minutes'
FROM generate_series(1, 30000) n;

INSERT INTO case_events (id, case_id, at, actor_name, kind, detail)
SELECT md5('event' || n)::uuid, md5('case' || 1 + n % 10000)::uuid, now() - n * interval '3 minutes', 'cliente', 'data', '{"fields": ["vehicle/plate"]}'
FROM generate_series(1, 60000) n;

-- Every tenth message has a photo.
INSERT INTO message_attachments (message_id, attachment_index, conversation_id, kind, url, status, created_at, updated_at, problem)
SELECT m.id, 0, m.conversation_id, 'image', CASE WHEN n % 1000 = 0 THEN 'https://example.com/' || n END,
    CASE WHEN n % 1000 = 0 THEN 'pending' ELSE 'failed' END, m.sent_at, m.sent_at, CASE WHEN n % 1000 <> 0 THEN 'No me ha llegado.' END
FROM generate_series(10, 100000, 10) n JOIN messages m ON m.id = md5('message' || n)::uuid;
