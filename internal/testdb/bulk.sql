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

-- Regulations: fifty documents of four hundred passages, and the questions they were asked.
INSERT INTO rag_documents (id, title, type, folded, references_to, title_tsv, tags, is_active, original_filename, size_bytes, sha256, edition, status, stage,
    progress, run_id, indexed_run_id, indexed_at, chunks, created_at, updated_at)
SELECT md5('regulation' || d)::uuid, 'Orden ' || d, 'order', 'orden ' || d, ARRAY[d || '/2020'], ''::tsvector, '{}', true, 'orden.pdf', 1000,
    decode(md5('regulation' || d) || md5('file' || d), 'hex'), 1, 'indexed', 'done', 100, nextval('rag_runs'), d, '2026-01-01', 400, '2026-01-01', '2026-01-01'
FROM generate_series(1, 50) d;
INSERT INTO rag_pages (run_id, page, document_id, label, text, ocr)
SELECT d, p, md5('regulation' || d)::uuid, '', 'Texto de la página.', false FROM generate_series(1, 50) d, generate_series(1, 200) p;
INSERT INTO rag_units (document_id, run_id, ord, last_ord, kind, number, references_to, label, title, path, page_from, page_to)
SELECT md5('regulation' || d)::uuid, d, u, u, 'article', u::text, ARRAY['article:' || u], 'Artículo ' || u, '', '{}', u, u
FROM generate_series(1, 50) d, generate_series(1, 200) u;
INSERT INTO rag_chunks (document_id, run_id, unit_id, ord, text, content_hash, tsv, tokens, page_from, char_from, page_to, char_to, definition, is_table)
SELECT u.document_id, u.run_id, u.id, 2 * u.ord + c, 'Un texto.', decode(md5(u.id::text) || md5(c::text), 'hex'),
    format('word%s:1A word%s:2', u.ord, (u.id * 7 + c) % 5000)::tsvector, 2, u.page_from, 0, u.page_to, 9, '', false
FROM rag_units u, generate_series(0, 1) c;
INSERT INTO rag_models (name, dimensions, is_complete, created_at) VALUES ('bulk', 4, true, '2026-01-01');
INSERT INTO rag_vectors (chunk_id, model_id, run_id, embedding)
SELECT c.id, m.id, c.run_id, format('[%s,1,2,3]', c.id % 1000)::halfvec FROM rag_chunks c, rag_models m;
INSERT INTO rag_lexemes (stem, df) SELECT 'word' || n, 4 FROM generate_series(0, 20000) n;
INSERT INTO rag_queries (id, query, folded, answer, answered, mode, source, is_cached, parts, degraded, total_ms, analyse_ms, embed_ms, search_ms, rerank_ms,
    answer_ms, conversation_id, useful, rated_at, created_at)
SELECT md5('question' || q)::uuid, 'pregunta ' || q, 'pregunta ' || q, 'respuesta', q % 20 <> 0, CASE WHEN q % 20 <> 0 THEN 'extractive' ELSE 'none' END, 'api',
    q % 3 = 0, '{}', '{}', 10, 1, 1, 5, 2, 1, CASE WHEN q % 50 = 0 THEN md5('conversation' || (q / 50))::uuid END,
    CASE WHEN q % 100 = 0 THEN true END, CASE WHEN q % 100 = 0 THEN timestamptz '2026-01-01' END, timestamptz '2026-01-01' + q * interval '1 minute'
FROM generate_series(1, 20000) q;
INSERT INTO rag_citations (query_id, number, document_id, document_title, chunk_id, heading, section, pages, snippet, highlights, score, ocr, answers, created_at)
SELECT md5('question' || q)::uuid, n, md5('regulation' || (q % 50 + 1))::uuid, 'Orden', q, 'Artículo ' || n, '{}', '{1}', 'Un texto.', '[]', 0.5, false, true,
    timestamptz '2026-01-01' + q * interval '1 minute'
FROM generate_series(1, 20000) q, generate_series(1, 2) n;
