package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
)

// Settings serves the tag Settings.
type Settings struct {
	settings *admin.Settings
}

// ListSettings returns every setting.
func (h *Settings) ListSettings(ctx context.Context, _ oas.ListSettingsRequestObject) (oas.ListSettingsResponseObject, error) {
	all, err := h.settings.List(ctx)
	if err != nil {
		return nil, err
	}
	out := make(oas.ListSettings200JSONResponse, len(all))
	for i, s := range all {
		out[i] = toAPISetting(s)
	}
	return out, nil
}

// UpdateSetting gives a setting a value.
func (h *Settings) UpdateSetting(ctx context.Context, r oas.UpdateSettingRequestObject) (oas.UpdateSettingResponseObject, error) {
	s, err := h.settings.Set(ctx, r.Key, r.Body.Value)
	if err != nil {
		return nil, err
	}
	return oas.UpdateSetting200JSONResponse(toAPISetting(s)), nil
}

func toAPISetting(s admin.Setting) oas.Setting {
	return oas.Setting{Key: s.Key, Description: s.Description, Type: oas.SettingType(s.Type), Value: s.Value, Default: s.Default}
}
