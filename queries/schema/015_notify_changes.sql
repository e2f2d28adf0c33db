-- Whoever listens on msia_changes is told what kind of thing changed and which
-- one, once it is committed: "case 0192…", "catalogue". Nothing personal is in it.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION notify_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('msia_changes', TG_ARGV[0]);
    RETURN NULL;
END
$$;

CREATE FUNCTION notify_row_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('msia_changes', TG_ARGV[0] || ' ' || CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END);
    RETURN NULL;
END
$$;

CREATE FUNCTION notify_setting_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('msia_changes', 'settings ' || CASE WHEN TG_OP = 'DELETE' THEN OLD.key ELSE NEW.key END);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER cases_notify AFTER INSERT OR UPDATE OR DELETE ON cases
    FOR EACH ROW EXECUTE FUNCTION notify_row_change('case');
CREATE TRIGGER conversations_notify AFTER INSERT OR UPDATE OR DELETE ON conversations
    FOR EACH ROW EXECUTE FUNCTION notify_row_change('conversation');
CREATE TRIGGER escalations_notify AFTER INSERT OR UPDATE OR DELETE ON escalations
    FOR EACH ROW EXECUTE FUNCTION notify_row_change('escalation');
CREATE TRIGGER customers_notify AFTER INSERT OR UPDATE OR DELETE ON customers
    FOR EACH ROW EXECUTE FUNCTION notify_row_change('customer');
-- Every change of the catalogue counts it.
CREATE TRIGGER catalogue_revision_notify AFTER UPDATE ON catalogue_revision
    FOR EACH STATEMENT EXECUTE FUNCTION notify_change('catalogue');
CREATE TRIGGER settings_notify AFTER INSERT OR UPDATE OR DELETE ON settings
    FOR EACH ROW EXECUTE FUNCTION notify_setting_change();
-- Somebody may do less than before: those who listen ask whether they still may.
CREATE TRIGGER sessions_notify AFTER UPDATE OF revoked_at OR DELETE ON sessions
    FOR EACH ROW EXECUTE FUNCTION notify_change('access');
CREATE TRIGGER api_keys_notify AFTER DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION notify_change('access');
CREATE TRIGGER accounts_notify AFTER UPDATE OF is_active, role OR DELETE ON accounts
    FOR EACH ROW EXECUTE FUNCTION notify_change('access');

-- +goose Down
DROP TRIGGER accounts_notify ON accounts;
DROP TRIGGER api_keys_notify ON api_keys;
DROP TRIGGER sessions_notify ON sessions;
DROP TRIGGER settings_notify ON settings;
DROP TRIGGER catalogue_revision_notify ON catalogue_revision;
DROP TRIGGER customers_notify ON customers;
DROP TRIGGER escalations_notify ON escalations;
DROP TRIGGER conversations_notify ON conversations;
DROP TRIGGER cases_notify ON cases;
DROP FUNCTION notify_setting_change;
DROP FUNCTION notify_row_change;
DROP FUNCTION notify_change;
