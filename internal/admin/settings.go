package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/money"
)

// The keys of the settings.
const (
	// SettingAssistantEnabled is the panic button: "false" silences the assistant.
	SettingAssistantEnabled = "assistant_enabled"
	// SettingAssistantDisabledMessage is what customers are told then.
	SettingAssistantDisabledMessage = "assistant_disabled_message"
)

// ErrNoSetting says that there is no setting with that key.
var ErrNoSetting = fault.New(fault.NotFound, "setting_not_found", "Setting not found")

// errSettingValue is made telling per setting.
var errSettingValue = fault.New(fault.Invalid, "invalid_setting", "The value does not fit the setting.")

// SettingType is the type of a setting's value.
type SettingType string

// The setting types.
const (
	SettingBoolean SettingType = "boolean"
	SettingText    SettingType = "text"
	SettingPercent SettingType = "percent"
)

// Setting is a value staff can change while the service runs.
type Setting struct {
	Key         string
	Description string
	Type        SettingType
	Default     string
	Value       string
}

// definitions holds every setting there is, by key.
var definitions = []Setting{
	{
		Key: SettingAssistantDisabledMessage, Type: SettingText,
		Description: "What a customer is told, once, while the assistant is switched off.",
		Default:     "Ahora mismo nuestra atención automática no está disponible. Una persona del equipo te responderá lo antes posible.",
	},
	{
		Key: SettingAssistantEnabled, Type: SettingBoolean,
		Description: "The panic button: false silences the assistant; conversations go to people.",
		Default:     "true",
	},
	{
		Key: catalogue.SettingIVAPercent, Type: SettingPercent,
		Description: "The value-added tax (IVA) added to every quote, in percent.",
		Default:     catalogue.DefaultIVAPercent.String(),
	},
}

// Settings keeps the settings. Safe for concurrent use.
type Settings struct {
	db  db.DB
	q   *sqlc.Queries
	now func() time.Time
}

// NewSettings returns the service.
func NewSettings(d db.DB, now func() time.Time) *Settings {
	return &Settings{db: d, q: sqlc.New(), now: now}
}

// List returns every setting with its value, by key.
func (s *Settings) List(ctx context.Context) ([]Setting, error) {
	rows, err := s.q.SettingListAll(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("list settings: %w", err)
	}
	out := slices.Clone(definitions)
	for i := range out {
		out[i].Value = out[i].Default
		for _, row := range rows {
			if row.Key != out[i].Key {
				continue
			}
			if err := json.Unmarshal(row.Value, &out[i].Value); err != nil {
				return nil, fmt.Errorf("setting %s: %w", row.Key, err)
			}
		}
	}
	return out, nil
}

// Set gives a setting a value. Errors: ErrNoSetting; Invalid with the reason.
func (s *Settings) Set(ctx context.Context, key, value string) (Setting, error) {
	i := slices.IndexFunc(definitions, func(d Setting) bool { return d.Key == key })
	if i < 0 {
		return Setting{}, ErrNoSetting.WithMessage("Setting " + key + " not found")
	}
	def := definitions[i]
	value, err := def.normalise(value)
	if err != nil {
		return Setting{}, err
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return Setting{}, err
	}
	err = db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		old := def.Default
		row, err := s.q.SettingGetForUpdate(ctx, tx, key)
		switch {
		case err == nil:
			if err := json.Unmarshal(row.Value, &old); err != nil {
				return fmt.Errorf("setting %s: %w", key, err)
			}
		case !db.IsNoRows(err):
			return fmt.Errorf("read setting: %w", err)
		}
		if old == value {
			return nil
		}
		arg := sqlc.SettingUpsertParams{Key: key, Value: encoded, At: s.now()}
		if c, ok := caller.From(ctx); ok {
			arg.UpdatedBy = &c.AccountID
		}
		if err := s.q.SettingUpsert(ctx, tx, arg); err != nil {
			return fmt.Errorf("write setting: %w", err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			At: s.now(), Action: "update", EntityType: "setting", EntityID: key,
			Changes: map[string]audit.Change{"value": {old, value}},
		})
	})
	def.Value = value
	return def, err
}

// normalise checks a value against the type and returns its stored form.
func (d Setting) normalise(value string) (string, error) {
	invalid := func(detail string) error {
		return errSettingValue.WithMessage(detail).WithFields(fault.Field{Pointer: "/value", Detail: detail})
	}
	value = strings.TrimSpace(value)
	switch d.Type {
	case SettingBoolean:
		if value != "true" && value != "false" {
			return "", invalid("The value has to be true or false.")
		}
	case SettingPercent:
		p, err := money.Parse(value)
		if err != nil || p.Cmp(money.Cents(100_00)) > 0 {
			return "", invalid("The value has to be a percentage from 0 to 100 with at most two decimals.")
		}
		return p.String(), nil
	case SettingText:
		if value == "" || strings.ContainsRune(value, 0) {
			return "", invalid("The value must not be empty.")
		}
	}
	return value, nil
}

// Assistant is what the conversation needs to know.
type Assistant struct {
	Enabled         bool
	DisabledMessage string
}

// Assistant reads the panic button and its message, as they are now.
func (s *Settings) Assistant(ctx context.Context) (Assistant, error) {
	all, err := s.List(ctx)
	if err != nil {
		return Assistant{}, err
	}
	var a Assistant
	for _, v := range all {
		switch v.Key {
		case SettingAssistantEnabled:
			a.Enabled = v.Value == "true"
		case SettingAssistantDisabledMessage:
			a.DisabledMessage = v.Value
		}
	}
	return a, nil
}
