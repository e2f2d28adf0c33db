package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Errors of settings.
var (
	ErrNoSetting      = fault.New(fault.NotFound, "setting_not_found", "Setting not found")
	ErrSettingChanged = fault.New(fault.PreconditionFailed, "version_mismatch", "The setting was changed since then.")
)

// Catalogue is the door through which settings are changed: quotes depend on
// some of them.
type Catalogue interface {
	Change(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx, at time.Time) error) (*catalogue.Snapshot, error)
}

// SettingsConfig holds what Settings need; DB and Catalogue are required.
type SettingsConfig struct {
	DB        db.DB
	Catalogue Catalogue
	// TextDelay and MediaDelay are the defaults of the reply delays.
	TextDelay  time.Duration
	MediaDelay time.Duration
	// LogLevel is the default of the log level.
	LogLevel string
}

// Settings keeps the settings. It remembers nothing: what is set is in force
// at the next read, on every replica. Safe for concurrent use.
type Settings struct {
	db          db.DB
	q           *sqlc.Queries
	catalogue   Catalogue
	definitions []Setting
}

// NewSettings returns the service.
func NewSettings(c SettingsConfig) *Settings {
	return &Settings{db: c.DB, q: sqlc.New(), catalogue: c.Catalogue, definitions: definitions(c)}
}

// List returns every setting with its value, by key.
func (s *Settings) List(ctx context.Context) ([]Setting, error) { return s.list(ctx, s.db) }

func (s *Settings) list(ctx context.Context, d sqlc.DBTX) ([]Setting, error) {
	rows, err := s.q.SettingListAll(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("list settings: %w", err)
	}
	out := slices.Clone(s.definitions)
	for _, row := range rows {
		i := slices.IndexFunc(out, func(x Setting) bool { return x.Key == row.Key })
		if i < 0 {
			continue // of another release
		}
		at := row.UpdatedAt
		out[i].Version, out[i].UpdatedAt, out[i].UpdatedBy = int(row.Version), &at, row.UpdatedByName
		if row.Value == nil {
			continue
		}
		out[i].IsDefault = false
		if err := json.Unmarshal(row.Value, &out[i].Value); err != nil {
			return nil, fmt.Errorf("setting %s: %w", row.Key, err)
		}
	}
	return out, nil
}

// Get returns one setting. Errors: ErrNoSetting.
func (s *Settings) Get(ctx context.Context, key string) (Setting, error) {
	return s.get(ctx, s.db, key)
}

func (s *Settings) get(ctx context.Context, d sqlc.DBTX, key string) (Setting, error) {
	all, err := s.list(ctx, d)
	if err != nil {
		return Setting{}, err
	}
	i := slices.IndexFunc(all, func(x Setting) bool { return x.Key == key })
	if i < 0 {
		return Setting{}, ErrNoSetting.WithMessage("Setting " + key + " not found")
	}
	return all[i], nil
}

// Set gives a setting a value, written as JSON, and returns it as it is then.
// version is the one the change is based on; 0 means any. The value in force
// changes nothing. Errors: ErrNoSetting; ErrSettingChanged; Invalid with the
// reason.
func (s *Settings) Set(ctx context.Context, key string, version int, value json.RawMessage) (Setting, error) {
	return s.change(ctx, key, version, func(now Setting) (*string, error) {
		text, err := now.parse(value)
		return &text, err
	})
}

// Reset takes a setting back to its default. version is as for Set.
// Errors: ErrNoSetting; ErrSettingChanged.
func (s *Settings) Reset(ctx context.Context, key string, version int) error {
	_, err := s.change(ctx, key, version, func(Setting) (*string, error) { return nil, nil })
	return err
}

// change gives a setting the value that decide returns; nil is the default.
func (s *Settings) change(ctx context.Context, key string, version int, decide func(now Setting) (*string, error)) (Setting, error) {
	var after Setting
	_, err := s.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		now, err := s.get(ctx, tx, key)
		if err != nil {
			return err
		}
		if version != 0 && version != now.Version {
			return ErrSettingChanged
		}
		value, err := decide(now)
		if err != nil {
			return err
		}
		after = now
		if value == nil && now.IsDefault || value != nil && *value == now.Value {
			return nil
		}
		if err := s.write(ctx, tx, at, now, value); err != nil {
			return err
		}
		after, err = s.get(ctx, tx, key)
		return err
	})
	return after, err
}

func (s *Settings) write(ctx context.Context, tx pgx.Tx, at time.Time, now Setting, value *string) error {
	entry := audit.Entry{At: at, Action: "delete", EntityType: "setting", EntityID: now.Key, Changes: map[string]audit.Change{"value": {now.Value, nil}}}
	arg := sqlc.SettingUpsertParams{Key: now.Key, At: at}
	if value != nil {
		encoded, err := json.Marshal(*value)
		if err != nil {
			return fmt.Errorf("write setting: %w", err)
		}
		arg.Value = encoded
		entry.Action, entry.Changes["value"] = "update", audit.Change{now.Value, *value}
	}
	if c, ok := caller.From(ctx); ok {
		arg.UpdatedBy = &c.AccountID
	}
	if err := s.q.SettingUpsert(ctx, tx, arg); err != nil {
		return fmt.Errorf("write setting: %w", err)
	}
	return audit.Record(ctx, tx, entry)
}

// Assistant is what the conversation needs to know.
type Assistant struct {
	Enabled         bool
	DisabledMessage string
	HandoverMessage string
	// TextDelay and MediaDelay are how long to wait after a customer's last
	// message for another one.
	TextDelay  time.Duration
	MediaDelay time.Duration
}

// Assistant reads what the conversation needs to know, as it is now.
func (s *Settings) Assistant(ctx context.Context) (Assistant, error) {
	all, err := s.List(ctx)
	if err != nil {
		return Assistant{}, err
	}
	values := make(map[string]string, len(all))
	for _, v := range all {
		values[v.Key] = v.Value
	}
	a := Assistant{
		Enabled: values[SettingAssistantEnabled] == "true", DisabledMessage: values[SettingAssistantDisabledMessage],
		HandoverMessage: values[SettingHandoverMessage],
	}
	for key, into := range map[string]*time.Duration{SettingReplyDelayText: &a.TextDelay, SettingReplyDelayMedia: &a.MediaDelay} {
		n, err := strconv.Atoi(values[key])
		if err != nil {
			return Assistant{}, fmt.Errorf("setting %s: %w", key, err)
		}
		*into = time.Duration(n) * time.Millisecond
	}
	return a, nil
}

// LogLevel reads what processes are to log, as it is now.
func (s *Settings) LogLevel(ctx context.Context) (slog.Level, error) {
	v, err := s.Get(ctx, SettingLogLevel)
	if err != nil {
		return 0, err
	}
	var l slog.Level
	if err := l.UnmarshalText([]byte(v.Value)); err != nil {
		return 0, fmt.Errorf("setting %s: %w", v.Key, err)
	}
	return l, nil
}
