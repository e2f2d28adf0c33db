-- Questions about the rules: what was asked and answered, what people say and
-- the regulations call otherwise.

-- +goose Up
CREATE TABLE rag_queries (
    id              uuid PRIMARY KEY,
    -- What was asked. Empty once its customer was anonymised.
    query           text NOT NULL,
    -- The same without case, accents and marks, to count by.
    folded          text NOT NULL,
    answer          text NOT NULL,
    answered        boolean NOT NULL,
    mode            text NOT NULL CHECK (mode IN ('extractive', 'generated', 'none')),
    source          text NOT NULL CHECK (source IN ('api', 'assistant')),
    is_cached       boolean NOT NULL,
    parts           jsonb NOT NULL,
    degraded        text[] NOT NULL,
    total_ms        double precision NOT NULL,
    analyse_ms      double precision NOT NULL,
    embed_ms        double precision NOT NULL,
    search_ms       double precision NOT NULL,
    rerank_ms       double precision NOT NULL,
    answer_ms       double precision NOT NULL,
    -- The customer's who asked; what is personal goes with it.
    conversation_id uuid REFERENCES conversations (id) ON DELETE CASCADE,
    account_id      uuid REFERENCES accounts (id) ON DELETE SET NULL,
    asked_by        text,
    useful          boolean,
    comment         text CHECK (length(comment) BETWEEN 1 AND 1000),
    rated_by        text,
    rated_at        timestamptz,
    created_at      timestamptz NOT NULL,
    CONSTRAINT rag_queries_rated_check CHECK ((useful IS NULL) = (rated_at IS NULL) AND (comment IS NULL OR useful IS NOT NULL)),
    CONSTRAINT rag_queries_answered_check CHECK (answered = (mode <> 'none'))
);
CREATE INDEX rag_queries_created_idx ON rag_queries (created_at, id);
CREATE INDEX rag_queries_unanswered_idx ON rag_queries (created_at, id) WHERE NOT answered;
CREATE INDEX rag_queries_rated_idx ON rag_queries (created_at, id) WHERE useful IS NOT NULL;
CREATE INDEX rag_queries_conversation_idx ON rag_queries (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX rag_queries_account_idx ON rag_queries (account_id) WHERE account_id IS NOT NULL;

-- As they were shown, whatever became of the document.
CREATE TABLE rag_citations (
    query_id             uuid NOT NULL REFERENCES rag_queries (id) ON DELETE CASCADE,
    number               integer NOT NULL,
    document_id          uuid NOT NULL,
    document_title       text NOT NULL,
    document_short_title text,
    chunk_id             bigint NOT NULL,
    article              text,
    heading              text,
    section              text[] NOT NULL,
    pages                integer[] NOT NULL,
    snippet              text NOT NULL,
    -- [[start, end], …]
    highlights           jsonb NOT NULL,
    score                double precision NOT NULL,
    ocr                  boolean NOT NULL,
    -- The question had an answer: this is not just what came closest.
    answers              boolean NOT NULL,
    created_at           timestamptz NOT NULL,
    PRIMARY KEY (query_id, number)
);
CREATE INDEX rag_citations_document_idx ON rag_citations (document_id, created_at);
CREATE INDEX rag_citations_created_idx ON rag_citations (created_at);

-- Answers by everything they depend on.
CREATE TABLE rag_answers (
    key        bytea PRIMARY KEY CHECK (length(key) = 32),
    answer     jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX rag_answers_created_idx ON rag_answers (created_at);

CREATE TABLE rag_glossary (
    id         uuid PRIMARY KEY,
    term       text NOT NULL CHECK (length(term) BETWEEN 2 AND 80),
    expansion  text NOT NULL CHECK (length(expansion) BETWEEN 2 AND 300),
    note       text CHECK (length(note) BETWEEN 1 AND 300),
    is_active  boolean NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX rag_glossary_term_key ON rag_glossary (lower(term));

-- +goose Down
DROP TABLE rag_glossary, rag_answers, rag_citations, rag_queries;
