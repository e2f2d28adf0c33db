package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Errors of changing passwords.
var (
	ErrWrongPassword = fault.New(fault.Invalid, "wrong_password", "The current password is wrong.").
				WithFields(fault.Field{Pointer: "/current_password", Detail: "is wrong"})
	ErrOwnPassword = ErrOwnAccount.WithMessage("The own password is changed with the current one, at /api/admin/auth/password.")
	errPassword    = fault.New(fault.Invalid, "invalid_password", "The password is not valid.")
)

// ChangePassword gives the caller another password and ends all its other
// sessions. A wrong current one counts as a wrong login.
// Errors: ErrWrongPassword; a new one out of bounds; ErrThrottled; ErrBusy.
func (a *Accounts) ChangePassword(ctx context.Context, current, next string) error {
	if err := invalid(errPassword, checkNewPassword("/new_password", next)); err != nil {
		return err
	}
	c, _ := caller.From(ctx)
	giveBack, err := a.admit(ctx, c.Username)
	if err != nil {
		return err
	}
	account, err := a.q.AccountGet(ctx, a.db, c.AccountID)
	if err != nil {
		return accountError(err, c.AccountID.String())
	}
	right, err := a.check(ctx, account.PasswordHash, current)
	if err != nil {
		giveBack(ctx)
		return err
	}
	if !right {
		if err := a.logAccess(ctx, a.db, AccessPasswordChangeFailed, AccessWrongPassword, &account.ID, account.Username); err != nil {
			return err
		}
		return ErrWrongPassword
	}
	giveBack(ctx)
	hash, err := a.hash(ctx, next)
	if err != nil {
		return err
	}
	return db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		row, err := a.q.AccountGetForUpdate(ctx, tx, account.ID)
		if err != nil {
			return accountError(err, account.ID.String())
		}
		if row.PasswordHash != account.PasswordHash {
			return ErrWrongPassword // it was changed meanwhile
		}
		return a.setPassword(ctx, tx, row, hash, AccessPasswordChanged, c.SessionID)
	})
}

// ResetPassword gives an account another password and ends its sessions.
// Errors: ErrNoAccount; ErrOwnPassword; a password out of bounds; ErrBusy.
func (a *Accounts) ResetPassword(ctx context.Context, id uuid.UUID, password string) error {
	if err := invalid(errPassword, checkNewPassword("/new_password", password)); err != nil {
		return err
	}
	if c, ok := caller.From(ctx); ok && c.AccountID == id {
		return ErrOwnPassword
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return err
	}
	return db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		row, err := a.q.AccountGetForUpdate(ctx, tx, id)
		if err != nil {
			return accountError(err, id.String())
		}
		return a.setPassword(ctx, tx, row, hash, AccessPasswordReset, uuid.Nil)
	})
}

// setPassword stores the hash and ends the sessions of the account but one.
func (a *Accounts) setPassword(ctx context.Context, tx pgx.Tx, row sqlc.Account, hash string, event AccessEvent, but uuid.UUID) error {
	now := a.now()
	if err := a.q.AccountSetPassword(ctx, tx, sqlc.AccountSetPasswordParams{ID: row.ID, PasswordHash: hash, At: now}); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if _, err := a.revokeAll(ctx, tx, accountFromRow(row), but); err != nil {
		return err
	}
	if err := a.logAccess(ctx, tx, event, AccessOK, &row.ID, row.Username); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{
		At: now, Action: "update", EntityType: "account", EntityID: row.ID.String(), Changes: map[string]audit.Change{"password": {"***", "***"}},
	})
}
