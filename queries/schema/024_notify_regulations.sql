-- Whoever listens on msia_changes hears of the documents, too.

-- +goose Up
CREATE TRIGGER rag_documents_notify AFTER INSERT OR UPDATE OR DELETE ON rag_documents
    FOR EACH ROW EXECUTE FUNCTION notify_row_change('document');

-- +goose Down
DROP TRIGGER rag_documents_notify ON rag_documents;
