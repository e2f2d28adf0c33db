package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
)

// Auth serves the tag Auth.
type Auth struct {
	accounts *admin.Accounts
}

// Login opens a session.
func (h *Auth) Login(ctx context.Context, r oas.LoginRequestObject) (oas.LoginResponseObject, error) {
	s, err := h.accounts.Login(ctx, r.Body.Username, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return oas.Login200JSONResponse{AccessToken: s.Token, TokenType: oas.LoginResponseTokenTypeBearer, ExpiresAt: s.ExpiresAt.UTC()}, nil
}
