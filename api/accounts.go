package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/caller"
)

// Accounts serves the tag Accounts.
type Accounts struct {
	accounts *admin.Accounts
}

// ListAccounts returns every account.
func (h *Accounts) ListAccounts(ctx context.Context, _ oas.ListAccountsRequestObject) (oas.ListAccountsResponseObject, error) {
	accounts, err := h.accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	return oas.ListAccounts200JSONResponse(each(accounts, toAPIAccount)), nil
}

// ListStaff returns every account, as far as colleagues may know it.
func (h *Accounts) ListStaff(ctx context.Context, _ oas.ListStaffRequestObject) (oas.ListStaffResponseObject, error) {
	accounts, err := h.accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	return oas.ListStaff200JSONResponse(each(accounts, func(a admin.Account) oas.StaffMember {
		return oas.StaffMember{ID: a.ID, Username: a.Username, DisplayName: orNull(a.DisplayName), IsActive: a.IsActive}
	})), nil
}

// CreateAccount makes an account.
func (h *Accounts) CreateAccount(ctx context.Context, r oas.CreateAccountRequestObject) (oas.CreateAccountResponseObject, error) {
	a, err := h.accounts.Create(ctx, admin.NewAccount{
		Username: r.Body.Username, DisplayName: fromNullable(r.Body.DisplayName), Password: r.Body.Password, Role: caller.Role(r.Body.Role),
	})
	if err != nil {
		return nil, err
	}
	return oas.CreateAccount201JSONResponse{Body: toAPIAccount(a), Headers: oas.CreateAccount201ResponseHeaders{ETag: etag(a.Version)}}, nil
}

// GetAccount returns one account.
func (h *Accounts) GetAccount(ctx context.Context, r oas.GetAccountRequestObject) (oas.GetAccountResponseObject, error) {
	a, err := h.accounts.Get(ctx, r.AccountID)
	if err != nil {
		return nil, err
	}
	return oas.GetAccount200JSONResponse{Body: toAPIAccount(a), Headers: oas.GetAccount200ResponseHeaders{ETag: etag(a.Version)}}, nil
}

// UpdateAccount changes the members that are present.
func (h *Accounts) UpdateAccount(ctx context.Context, r oas.UpdateAccountRequestObject) (oas.UpdateAccountResponseObject, error) {
	a, err := h.accounts.Update(ctx, r.AccountID, ifMatch(r.Params.IfMatch), admin.AccountPatch{
		DisplayName: r.Body.DisplayName, Role: (*caller.Role)(r.Body.Role), IsActive: r.Body.IsActive,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, func() (any, error) {
			current, err := h.accounts.Get(ctx, r.AccountID)
			return toAPIAccount(current), err
		})
	}
	return oas.UpdateAccount200JSONResponse{Body: toAPIAccount(a), Headers: oas.UpdateAccount200ResponseHeaders{ETag: etag(a.Version)}}, nil
}

// ResetPassword gives an account another password.
func (h *Accounts) ResetPassword(ctx context.Context, r oas.ResetPasswordRequestObject) (oas.ResetPasswordResponseObject, error) {
	if err := h.accounts.ResetPassword(ctx, r.AccountID, r.Body.NewPassword); err != nil {
		return nil, err
	}
	return oas.ResetPassword204Response{}, nil
}

// RevokeAccountSessions signs an account out everywhere.
func (h *Accounts) RevokeAccountSessions(ctx context.Context, r oas.RevokeAccountSessionsRequestObject) (oas.RevokeAccountSessionsResponseObject, error) {
	if err := h.accounts.RevokeAccountSessions(ctx, r.AccountID); err != nil {
		return nil, err
	}
	return oas.RevokeAccountSessions204Response{}, nil
}

func toAPIAccount(a admin.Account) oas.Account {
	return oas.Account{
		ID: a.ID, Username: a.Username, DisplayName: orNull(a.DisplayName), Role: oas.Role(a.Role), IsActive: a.IsActive,
		Version: a.Version, CreatedAt: a.CreatedAt.UTC(), UpdatedAt: a.UpdatedAt.UTC(),
	}
}
