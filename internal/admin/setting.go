package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/money"
)

// The keys of the settings; catalogue.SettingIVAPercent is another.
const (
	// SettingAssistantEnabled is the panic button: "false" silences the assistant.
	SettingAssistantEnabled = "assistant_enabled"
	// SettingAssistantDisabledMessage is what customers are told then.
	SettingAssistantDisabledMessage = "assistant_disabled_message"
	// SettingHandoverMessage is what customers are told who ask for a person.
	SettingHandoverMessage = "handover_message"
	// SettingReplyDelayText and SettingReplyDelayMedia are how long a customer
	// has to be quiet before an answer, in milliseconds.
	SettingReplyDelayText  = "reply_delay_text"
	SettingReplyDelayMedia = "reply_delay_media"
	// SettingLogLevel is what every process logs: debug, info, warn or error.
	SettingLogLevel = "log_level"
)

// errSettingValue is made telling per setting.
var errSettingValue = fault.New(fault.Invalid, "invalid_setting", "The value does not fit the setting.")

// SettingType is the type of a setting's value.
type SettingType string

// The setting types.
const (
	SettingBoolean SettingType = "boolean" // "true" or "false"
	SettingInteger SettingType = "integer" // "700"
	SettingPercent SettingType = "percent" // "21.00"
	SettingText    SettingType = "text"
	SettingChoice  SettingType = "choice" // one of its options
)

// Setting is a value staff can change while the service runs.
type Setting struct {
	Key string
	// Label and Description are for staff, in Spanish.
	Label       string
	Description string
	Type        SettingType
	// Unit is that of an integer or percentage: "ms", "%"; "" for none.
	Unit string
	// Min and Max bound an integer or percentage; both 0 for the other types.
	Min, Max int
	// MaxLength bounds a text, in characters; 0 for the other types.
	MaxLength int
	// Options are what a choice may be.
	Options []string
	// Value and Default are in the form that the type shows.
	Value   string
	Default string
	// IsDefault tells that the value is the default because nobody set another.
	IsDefault bool
	// Version counts the changes, from 1.
	Version int
	// UpdatedAt and UpdatedBy (a user name) are nil until the first change;
	// UpdatedBy also when no account made it.
	UpdatedAt *time.Time
	UpdatedBy *string
}

// maxReplyDelay is the longest a customer is made to wait for more, in
// milliseconds: the job that waits has to be done within 15 s.
const maxReplyDelay = 10_000

// definitions returns every setting there is at its default, by key.
func definitions(c SettingsConfig) []Setting {
	all := []Setting{
		{
			Key: SettingAssistantDisabledMessage, Type: SettingText, MaxLength: 1000,
			Label:       "Mensaje con el asistente desactivado",
			Description: "Lo que se dice a cada cliente, una sola vez, mientras el asistente está desactivado.",
			Default:     "Ahora mismo nuestra atención automática no está disponible. Una persona del equipo te responderá lo antes posible.",
		},
		{
			Key: SettingAssistantEnabled, Type: SettingBoolean, Default: "true",
			Label:       "Asistente activado",
			Description: "El botón de pánico: desactivado, el asistente calla y las conversaciones pasan a personas.",
		},
		{
			Key: SettingHandoverMessage, Type: SettingText, MaxLength: 500,
			Label:       "Mensaje al pasar con una persona",
			Description: "Lo que se dice al cliente que pide hablar con una persona; por ejemplo, con el horario de oficina.",
			Default:     "Claro, te paso con un compañero. Te escribe por aquí en cuanto pueda.",
		},
		{
			Key: catalogue.SettingIVAPercent, Type: SettingPercent, Unit: "%", Max: 100, Default: catalogue.DefaultIVAPercent.String(),
			Label:       "IVA",
			Description: "El IVA que se añade a cada presupuesto.",
		},
		{
			Key: SettingLogLevel, Type: SettingChoice, Options: []string{"debug", "info", "warn", "error"}, Default: c.LogLevel,
			Label:       "Detalle del registro",
			Description: "Lo que anotan los servidores en su registro (log): con debug, todo; con error, solo los fallos. Rige en unos segundos.",
		},
		{
			Key: SettingReplyDelayMedia, Type: SettingInteger, Unit: "ms", Max: maxReplyDelay, Default: milliseconds(c.MediaDelay),
			Label:       "Espera tras una foto o un archivo",
			Description: "Cuánto se espera, tras una foto o un archivo, por si el cliente manda más.",
		},
		{
			Key: SettingReplyDelayText, Type: SettingInteger, Unit: "ms", Max: maxReplyDelay, Default: milliseconds(c.TextDelay),
			Label:       "Espera tras un texto",
			Description: "Cuánto se espera, tras un texto, por si el cliente escribe más.",
		},
	}
	for i := range all {
		all[i].Value, all[i].IsDefault, all[i].Version = all[i].Default, true, 1
	}
	return all
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// parse reads a JSON value, in the type's own JSON type or as a string, and
// returns it in the form that the type shows. Errors: Invalid with the reason.
func (s Setting) parse(raw json.RawMessage) (string, error) {
	text := string(bytes.TrimSpace(raw))
	quoted := strings.HasPrefix(text, `"`)
	if quoted {
		if err := json.Unmarshal(raw, &text); err != nil {
			return "", s.invalid("The value is not JSON.")
		}
		text = strings.TrimSpace(text)
	}
	switch s.Type {
	case SettingBoolean:
		if text != "true" && text != "false" {
			return "", s.invalid("The value has to be true or false.")
		}
		return text, nil
	case SettingInteger:
		n, err := strconv.Atoi(text)
		if err != nil || n < s.Min || n > s.Max {
			return "", s.invalid(fmt.Sprintf("The value has to be a whole number from %d to %d.", s.Min, s.Max))
		}
		return strconv.Itoa(n), nil
	case SettingPercent:
		p, err := money.Parse(text)
		if err != nil || p.Cmp(money.Cents(int64(s.Min)*100)) < 0 || p.Cmp(money.Cents(int64(s.Max)*100)) > 0 {
			return "", s.invalid(fmt.Sprintf("The value has to be a percentage from %d to %d with at most two decimals.", s.Min, s.Max))
		}
		return p.String(), nil
	case SettingChoice:
		if !slices.Contains(s.Options, text) {
			return "", s.invalid("The value has to be one of: " + strings.Join(s.Options, ", ") + ".")
		}
		return text, nil
	case SettingText:
		switch {
		case !quoted:
			return "", s.invalid("The value has to be a text.")
		case text == "" || utf8.RuneCountInString(text) > s.MaxLength:
			return "", s.invalid(fmt.Sprintf("The value has to have from 1 to %d characters.", s.MaxLength))
		case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
			return "", s.invalid("The value holds a control character.")
		case money.Mentioned(text):
			return "", s.invalid("The value states an amount of money; prices come from the tariffs only.")
		}
		return text, nil
	}
	return "", s.invalid("The setting has no known type.")
}

func (s Setting) invalid(detail string) error {
	return errSettingValue.WithMessage(detail).WithFields(fault.Field{Pointer: "/value", Detail: detail})
}
