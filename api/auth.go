package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/caller"
)

// sessionCookie is the name of the cookie that keeps a browser signed in.
const sessionCookie = "msia_session"

// Auth serves the tag Auth.
type Auth struct {
	accounts *admin.Accounts
	// https: browsers reach the server over TLS, whatever reaches us.
	https bool
}

// cookie returns the Set-Cookie header that keeps a token, or for "" forgets it.
func (h *Auth) cookie(ctx context.Context, token string) string {
	c := http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", MaxAge: int(admin.SessionLifetime.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: h.https || caller.OriginOf(ctx).Secure,
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c.String()
}

// Login opens a session for a program.
func (h *Auth) Login(ctx context.Context, r oas.LoginRequestObject) (oas.LoginResponseObject, error) {
	s, err := h.accounts.Login(ctx, r.Body.Username, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return oas.Login200JSONResponse{AccessToken: s.Token, TokenType: oas.LoginResponseTokenTypeBearer, ExpiresAt: s.ExpiresAt.UTC()}, nil
}

// OpenCookieSession opens a session for a browser.
func (h *Auth) OpenCookieSession(ctx context.Context, r oas.OpenCookieSessionRequestObject) (oas.OpenCookieSessionResponseObject, error) {
	s, err := h.accounts.Login(ctx, r.Body.Username, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return oas.OpenCookieSession200JSONResponse{
		Body: toAPISignedIn(s.Account, caller.Caller{
			Role: s.Account.Role, Means: caller.MeansCookie, SessionID: s.SessionID, ExpiresAt: s.ExpiresAt,
		}),
		Headers: oas.OpenCookieSession200ResponseHeaders{SetCookie: h.cookie(ctx, s.Token)},
	}, nil
}

// Logout ends the session that is used.
func (h *Auth) Logout(ctx context.Context, _ oas.LogoutRequestObject) (oas.LogoutResponseObject, error) {
	if err := h.accounts.Logout(ctx); err != nil {
		return nil, err
	}
	return oas.Logout204Response{Headers: oas.Logout204ResponseHeaders{SetCookie: h.cookie(ctx, "")}}, nil
}

// GetSignedIn returns who is asking.
func (h *Auth) GetSignedIn(ctx context.Context, _ oas.GetSignedInRequestObject) (oas.GetSignedInResponseObject, error) {
	c, _ := caller.From(ctx)
	account, err := h.accounts.Get(ctx, c.AccountID)
	if err != nil {
		return nil, err
	}
	return oas.GetSignedIn200JSONResponse(toAPISignedIn(account, c)), nil
}

// ChangePassword changes the caller's password.
func (h *Auth) ChangePassword(ctx context.Context, r oas.ChangePasswordRequestObject) (oas.ChangePasswordResponseObject, error) {
	if err := h.accounts.ChangePassword(ctx, r.Body.CurrentPassword, r.Body.NewPassword); err != nil {
		return nil, err
	}
	return oas.ChangePassword204Response{}, nil
}

// ListSessions returns the caller's live sessions.
func (h *Auth) ListSessions(ctx context.Context, _ oas.ListSessionsRequestObject) (oas.ListSessionsResponseObject, error) {
	sessions, err := h.accounts.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	c, _ := caller.From(ctx)
	out := make(oas.ListSessions200JSONResponse, len(sessions))
	for i, s := range sessions {
		out[i] = oas.Session{
			ID: s.ID, CreatedAt: s.CreatedAt.UTC(), LastUsedAt: s.LastUsedAt.UTC(), ExpiresAt: s.ExpiresAt.UTC(),
			Address: orNullText(s.Address), UserAgent: orNullText(s.UserAgent), Current: s.ID == c.SessionID,
		}
	}
	return out, nil
}

// RevokeOtherSessions ends the caller's sessions but the one in use.
func (h *Auth) RevokeOtherSessions(ctx context.Context, _ oas.RevokeOtherSessionsRequestObject) (oas.RevokeOtherSessionsResponseObject, error) {
	if err := h.accounts.RevokeOtherSessions(ctx); err != nil {
		return nil, err
	}
	return oas.RevokeOtherSessions204Response{}, nil
}

// RevokeSession ends one of the caller's sessions.
func (h *Auth) RevokeSession(ctx context.Context, r oas.RevokeSessionRequestObject) (oas.RevokeSessionResponseObject, error) {
	if err := h.accounts.RevokeSession(ctx, r.SessionID); err != nil {
		return nil, err
	}
	return oas.RevokeSession204Response{}, nil
}

// ListAPIKeys returns the caller's API keys.
func (h *Auth) ListAPIKeys(ctx context.Context, _ oas.ListAPIKeysRequestObject) (oas.ListAPIKeysResponseObject, error) {
	keys, err := h.accounts.APIKeys(ctx)
	if err != nil {
		return nil, err
	}
	out := make(oas.ListAPIKeys200JSONResponse, len(keys))
	for i, k := range keys {
		out[i] = oas.APIKey{
			ID: k.ID, Name: k.Name, Role: oas.Role(k.Role), CreatedAt: k.CreatedAt.UTC(), ExpiresAt: k.ExpiresAt.UTC(), LastUsedAt: orNullTime(k.LastUsedAt),
		}
	}
	return out, nil
}

// CreateAPIKey makes a key for a program.
func (h *Auth) CreateAPIKey(ctx context.Context, r oas.CreateAPIKeyRequestObject) (oas.CreateAPIKeyResponseObject, error) {
	k, key, err := h.accounts.CreateAPIKey(ctx, admin.NewAPIKey{Name: r.Body.Name, Role: caller.Role(r.Body.Role), Days: r.Body.ExpiresInDays})
	if err != nil {
		return nil, err
	}
	return oas.CreateAPIKey201JSONResponse{
		ID: k.ID, Name: k.Name, Role: oas.Role(k.Role), CreatedAt: k.CreatedAt.UTC(), ExpiresAt: k.ExpiresAt.UTC(), LastUsedAt: orNullTime(k.LastUsedAt), Key: key,
	}, nil
}

// DeleteAPIKey ends one of the caller's keys.
func (h *Auth) DeleteAPIKey(ctx context.Context, r oas.DeleteAPIKeyRequestObject) (oas.DeleteAPIKeyResponseObject, error) {
	if err := h.accounts.DeleteAPIKey(ctx, r.KeyID); err != nil {
		return nil, err
	}
	return oas.DeleteAPIKey204Response{}, nil
}

func toAPISignedIn(a admin.Account, c caller.Caller) oas.SignedIn {
	return oas.SignedIn{
		Account: toAPIAccount(a), Role: oas.Role(c.Role), SignedInBy: oas.SignedInSignedInBy(c.Means), ExpiresAt: c.ExpiresAt.UTC(),
		SessionID: orNull(optional(c.SessionID)), APIKeyID: orNull(optional[uuid.UUID](c.APIKeyID)),
	}
}
