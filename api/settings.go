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
	return oas.ListSettings200JSONResponse(each(all, toAPISetting)), nil
}

// GetSetting returns one setting.
func (h *Settings) GetSetting(ctx context.Context, r oas.GetSettingRequestObject) (oas.GetSettingResponseObject, error) {
	s, err := h.settings.Get(ctx, r.Key)
	if err != nil {
		return nil, err
	}
	return oas.GetSetting200JSONResponse{Body: toAPISetting(s), Headers: oas.GetSetting200ResponseHeaders{ETag: etag(s.Version)}}, nil
}

// UpdateSetting gives a setting a value.
func (h *Settings) UpdateSetting(ctx context.Context, r oas.UpdateSettingRequestObject) (oas.UpdateSettingResponseObject, error) {
	s, err := h.settings.Set(ctx, r.Key, ifMatch(r.Params.IfMatch), r.Body.Value)
	if err != nil {
		return nil, h.bothVersions(ctx, err, r.Key, *r.Body)
	}
	return oas.UpdateSetting200JSONResponse{Body: toAPISetting(s), Headers: oas.UpdateSetting200ResponseHeaders{ETag: etag(s.Version)}}, nil
}

// ResetSetting takes a setting back to its default.
func (h *Settings) ResetSetting(ctx context.Context, r oas.ResetSettingRequestObject) (oas.ResetSettingResponseObject, error) {
	if err := h.settings.Reset(ctx, r.Key, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, h.bothVersions(ctx, err, r.Key, nil)
	}
	return oas.ResetSetting204Response{}, nil
}

func (h *Settings) bothVersions(ctx context.Context, err error, key string, submitted any) error {
	return bothVersions(err, submitted, func() (any, error) {
		current, err := h.settings.Get(ctx, key)
		return toAPISetting(current), err
	})
}

func toAPISetting(s admin.Setting) oas.Setting {
	out := oas.Setting{
		Key: s.Key, Label: s.Label, Description: s.Description, Type: oas.SettingType(s.Type), Unit: orNullText(s.Unit),
		Minimum: orNull[int](nil), Maximum: orNull[int](nil), MaxLength: orNull[int](nil), Options: append([]string{}, s.Options...),
		Value: s.Value, Default: s.Default, IsDefault: s.IsDefault, Version: s.Version,
		UpdatedAt: orNullTime(s.UpdatedAt), UpdatedBy: orNull(s.UpdatedBy),
	}
	switch s.Type {
	case admin.SettingInteger, admin.SettingPercent:
		out.Minimum.Set(s.Min)
		out.Maximum.Set(s.Max)
	case admin.SettingText:
		out.MaxLength.Set(s.MaxLength)
	case admin.SettingBoolean, admin.SettingChoice:
	}
	return out
}
