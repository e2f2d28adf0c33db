-- The documents that questions about the rules are answered from, cut into
-- passages that are searched by words and by vectors.

-- +goose Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A processing of a document from its file to its passages. Numbers are never
-- used twice, so that a run's rows can be told from any other's.
CREATE SEQUENCE rag_runs;

CREATE TABLE rag_documents (
    id                uuid PRIMARY KEY,
    title             text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    short_title       text CHECK (length(short_title) BETWEEN 1 AND 80),
    type              text NOT NULL CHECK (type IN ('manual', 'law', 'royal_decree', 'order', 'directive', 'eu_regulation', 'un_regulation', 'instruction', 'other')),
    number            text CHECK (length(number) BETWEEN 1 AND 50),
    -- Titles and number without case and accents.
    folded            text NOT NULL,
    -- What questions call it by: the numbers in number and title, in one form.
    references_to     text[] NOT NULL,
    -- The words of the title, as those of the passages are in tsv.
    title_tsv         tsvector NOT NULL,
    valid_from        date,
    valid_to          date,
    tags              text[] NOT NULL,
    is_active         boolean NOT NULL,
    original_filename text NOT NULL CHECK (length(original_filename) <= 255),
    size_bytes        bigint NOT NULL CHECK (size_bytes >= 1),
    sha256            bytea NOT NULL CHECK (length(sha256) = 32),
    edition           integer NOT NULL CHECK (edition >= 1),
    supersedes_id     uuid REFERENCES rag_documents (id) ON DELETE SET NULL,
    -- When the edition that replaces it was indexed: from then on it does not answer.
    superseded_at     timestamptz,
    status            text NOT NULL CHECK (status IN ('pending', 'processing', 'indexed', 'failed')),
    stage             text NOT NULL CHECK (stage IN ('waiting', 'extracting', 'structuring', 'embedding', 'indexing', 'done')),
    progress          integer NOT NULL CHECK (progress BETWEEN 0 AND 100),
    error_code        text,
    pages             integer CHECK (pages >= 0),
    ocr_pages         integer NOT NULL DEFAULT 0,
    -- The run under way, or the last one.
    run_id            bigint NOT NULL,
    -- The run whose passages answer; NULL before the first is done.
    indexed_run_id    bigint,
    -- The passages of indexed_run_id.
    chunks            integer NOT NULL DEFAULT 0,
    version           integer NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    indexed_at        timestamptz,
    -- Answers are taken from it.
    is_current        boolean NOT NULL GENERATED ALWAYS AS (is_active AND indexed_run_id IS NOT NULL AND superseded_at IS NULL) STORED,
    CONSTRAINT rag_documents_sha256_key UNIQUE (sha256),
    CONSTRAINT rag_documents_supersedes_key UNIQUE (supersedes_id),
    CONSTRAINT rag_documents_dates_check CHECK (valid_to >= valid_from),
    CONSTRAINT rag_documents_failed_check CHECK (status <> 'failed' OR error_code IS NOT NULL),
    CONSTRAINT rag_documents_indexed_check CHECK ((indexed_run_id IS NULL) = (indexed_at IS NULL))
);
CREATE INDEX rag_documents_created_idx ON rag_documents (created_at, id);
CREATE UNIQUE INDEX rag_documents_indexed_run_key ON rag_documents (indexed_run_id);
CREATE INDEX rag_documents_unfinished_idx ON rag_documents (updated_at) WHERE status IN ('pending', 'processing');

-- As extracted until the structure is found, repaired from then on.
CREATE TABLE rag_pages (
    run_id      bigint NOT NULL,
    page        integer NOT NULL CHECK (page >= 1),
    document_id uuid NOT NULL REFERENCES rag_documents (id) ON DELETE CASCADE,
    label       text NOT NULL,
    text        text NOT NULL,
    ocr         boolean NOT NULL,
    PRIMARY KEY (run_id, page)
);
CREATE INDEX rag_pages_document_idx ON rag_pages (document_id);

-- Chapters, articles, annexes, record sheets: what is cited.
CREATE TABLE rag_units (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES rag_documents (id) ON DELETE CASCADE,
    run_id      bigint NOT NULL,
    ord         integer NOT NULL,
    -- The last of the units below it; ord when there are none.
    last_ord    integer NOT NULL,
    kind        text NOT NULL,
    number      text NOT NULL,
    -- What questions name it by, and the points within it that are no units of
    -- their own: "article:14", "point:6.2.1".
    references_to text[] NOT NULL,
    label       text NOT NULL,
    title       text NOT NULL,
    path        text[] NOT NULL,
    page_from   integer NOT NULL,
    page_to     integer NOT NULL,
    CONSTRAINT rag_units_ord_key UNIQUE (run_id, ord),
    CONSTRAINT rag_units_last_check CHECK (last_ord >= ord)
);
CREATE INDEX rag_units_document_idx ON rag_units (document_id);
CREATE INDEX rag_units_references_idx ON rag_units USING gin (references_to);

-- Passages: what is searched.
CREATE TABLE rag_chunks (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id  uuid NOT NULL REFERENCES rag_documents (id) ON DELETE CASCADE,
    run_id       bigint NOT NULL,
    unit_id      bigint NOT NULL REFERENCES rag_units (id) ON DELETE CASCADE,
    ord          integer NOT NULL,
    text         text NOT NULL,
    -- The SHA-256 of what is embedded of it.
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    -- Stems made by internal/lexical: of the heading with weight A, of the term it defines B, of the text D.
    tsv          tsvector NOT NULL,
    -- How many words the text has.
    tokens       integer NOT NULL,
    page_from    integer NOT NULL,
    char_from    integer NOT NULL,
    page_to      integer NOT NULL,
    char_to      integer NOT NULL,
    definition   text NOT NULL,
    is_table     boolean NOT NULL,
    CONSTRAINT rag_chunks_ord_key UNIQUE (run_id, ord)
);
-- Thousands of tsv are ranked for a question: unpacking each would take most of its time.
ALTER TABLE rag_chunks SET (toast_tuple_target = 8160), ALTER COLUMN tsv SET STORAGE MAIN;
CREATE INDEX rag_chunks_document_idx ON rag_chunks (document_id);
CREATE INDEX rag_chunks_unit_idx ON rag_chunks (unit_id);
CREATE INDEX rag_chunks_hash_idx ON rag_chunks (content_hash);
CREATE INDEX rag_chunks_tsv_idx ON rag_chunks USING gin (tsv);
CREATE INDEX rag_chunks_definitions_idx ON rag_chunks USING gin (tsv) WHERE definition <> '';

CREATE TABLE rag_models (
    id         smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    dimensions integer NOT NULL CHECK (dimensions BETWEEN 1 AND 4000),
    -- Every passage that answers has a vector of it.
    is_complete boolean NOT NULL DEFAULT false,
    -- Its vectors have an HNSW index: there are too many to compare each.
    is_indexed boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    CONSTRAINT rag_models_name_key UNIQUE (name, dimensions)
);

CREATE TABLE rag_vectors (
    chunk_id  bigint NOT NULL REFERENCES rag_chunks (id) ON DELETE CASCADE,
    model_id  smallint NOT NULL REFERENCES rag_models (id) ON DELETE CASCADE,
    run_id    bigint NOT NULL,
    embedding halfvec NOT NULL,
    PRIMARY KEY (chunk_id, model_id)
);
-- Out of line, comparing each would be five times as slow.
ALTER TABLE rag_vectors ALTER COLUMN embedding SET STORAGE PLAIN;
CREATE INDEX rag_vectors_model_idx ON rag_vectors (model_id);

-- In how many of the passages that were indexed each stem is.
CREATE TABLE rag_lexemes (
    stem text PRIMARY KEY,
    df   integer NOT NULL CHECK (df > 0)
);
CREATE INDEX rag_lexemes_trigram_idx ON rag_lexemes USING gin (stem gin_trgm_ops);

-- One row: what search has to know of all passages. version grows with every
-- change that can change an answer.
CREATE TABLE rag_corpus (
    id      boolean PRIMARY KEY DEFAULT true CHECK (id),
    version bigint NOT NULL,
    chunks  bigint NOT NULL,
    tokens  bigint NOT NULL,
    -- The glossary was given the entries it is shipped with.
    glossary_seeded boolean NOT NULL DEFAULT false
);
INSERT INTO rag_corpus (version, chunks, tokens) VALUES (1, 0, 0);

-- The nearest vectors of a model among some runs, nearest first; none of no vector
-- (''). With ef 0 each is
-- compared, else the HNSW index of the model is asked, whose name and predicate
-- have to be constants.
-- +goose StatementBegin
CREATE FUNCTION rag_nearest(vector text, model smallint, runs bigint[], max_rows integer, ef integer)
RETURNS TABLE (chunk_id bigint, distance double precision) LANGUAGE plpgsql ROWS 100 AS $$
DECLARE
    query halfvec;
BEGIN
    IF vector = '' THEN
        RETURN;
    END IF;
    query := vector::halfvec;
    IF ef = 0 THEN
        RETURN QUERY EXECUTE format($q$
            SELECT v.chunk_id, (v.embedding <=> $1)::double precision AS distance FROM rag_vectors v
            WHERE v.model_id = %s AND v.run_id = ANY ($2) ORDER BY distance, v.chunk_id LIMIT $3$q$, model)
        USING query, runs, max_rows;
        RETURN;
    END IF;
    PERFORM set_config('hnsw.ef_search', ef::text, true);
    IF current_setting('hnsw.iterative_scan', true) IS NOT NULL THEN -- pgvector 0.8
        PERFORM set_config('hnsw.iterative_scan', 'relaxed_order', true);
    END IF;
    RETURN QUERY EXECUTE format($q$
        SELECT n.chunk_id, n.distance::double precision FROM (
            SELECT v.chunk_id, v.embedding::halfvec(%1$s) <=> $1 AS distance FROM rag_vectors v
            WHERE v.model_id = %2$s AND v.run_id = ANY ($2) ORDER BY v.embedding::halfvec(%1$s) <=> $1 LIMIT $3) n
        ORDER BY n.distance, n.chunk_id$q$, vector_dims(query), model)
    USING query, runs, max_rows;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION rag_nearest;
DROP TABLE rag_corpus, rag_lexemes, rag_vectors, rag_models, rag_chunks, rag_units, rag_pages, rag_documents;
DROP SEQUENCE rag_runs;
