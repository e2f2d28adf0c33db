package admin

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// MaxAPIKeyDays is the longest life of an API key.
const MaxAPIKeyDays = 366

// MaxAPIKeys is how many API keys an account may have.
const MaxAPIKeys = 50

// Errors of API keys.
var (
	ErrNoAPIKey        = fault.New(fault.NotFound, "api_key_not_found", "API key not found")
	ErrAPIKeyNameTaken = fault.New(fault.Conflict, "api_key_name_taken", "API key name already exists")
	ErrTooManyAPIKeys  = fault.New(fault.Conflict, "too_many_api_keys", fmt.Sprintf("An account has at most %d API keys; delete one first.", MaxAPIKeys))
	errAPIKey          = fault.New(fault.Invalid, "invalid_api_key", "The API key is not valid.")
)

// APIKey lets a program act as its account.
type APIKey struct {
	ID   uuid.UUID
	Name string
	// Role bounds what the key may do, as does the present role of the account.
	Role      caller.Role
	CreatedAt time.Time
	ExpiresAt time.Time
	// LastUsedAt is known to the minute; nil when the key was never used.
	LastUsedAt *time.Time
}

func apiKeyFromRow(r sqlc.ApiKey) APIKey {
	return APIKey{
		ID: r.ID, Name: r.Name, Role: caller.Role(r.Role), CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, LastUsedAt: r.LastUsedAt,
	}
}

// NewAPIKey describes a key to create for the caller.
type NewAPIKey struct {
	Name string
	Role caller.Role
	// Days is its life, from 1 to MaxAPIKeyDays.
	Days int
}

func (n NewAPIKey) validate(own caller.Role) error {
	var fields []fault.Field
	if utf8.RuneCountInString(n.Name) > 100 || !presentable(n.Name) {
		fields = append(fields, fault.Field{Pointer: "/name", Detail: "has to have 1 to 100 printable characters"})
	}
	if !own.Covers(n.Role) {
		fields = append(fields, fault.Field{Pointer: "/role", Detail: "has to be at most your own role"})
	}
	if n.Days < 1 || n.Days > MaxAPIKeyDays {
		fields = append(fields, fault.Field{Pointer: "/expires_in_days", Detail: fmt.Sprintf("has to be from 1 to %d", MaxAPIKeyDays)})
	}
	return invalid(errAPIKey, fields)
}

// CreateAPIKey stores a key of the caller and returns it with the key itself,
// which nobody can find out later.
// Errors: ErrAPIKeyNameTaken; ErrTooManyAPIKeys; Invalid with the reasons.
func (a *Accounts) CreateAPIKey(ctx context.Context, n NewAPIKey) (APIKey, string, error) {
	c, _ := caller.From(ctx)
	if err := n.validate(c.Role); err != nil {
		return APIKey{}, "", err
	}
	key, now := newToken(apiKeyPrefix), a.now()
	var created APIKey
	err := db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		// Locked, so that keys are counted one after the other.
		if _, err := a.q.AccountGetForUpdate(ctx, tx, c.AccountID); err != nil {
			return accountError(err, c.AccountID.String())
		}
		count, err := a.q.APIKeyCount(ctx, tx, c.AccountID)
		if err != nil {
			return fmt.Errorf("count API keys: %w", err)
		}
		if count >= MaxAPIKeys {
			return ErrTooManyAPIKeys
		}
		row, err := a.q.APIKeyInsert(ctx, tx, sqlc.APIKeyInsertParams{
			ID: uuid.Must(uuid.NewV7()), AccountID: c.AccountID, Name: n.Name, Role: string(n.Role), KeyHash: tokenHash(key),
			At: now, ExpiresAt: now.AddDate(0, 0, n.Days),
		})
		if db.IsUnique(err, "api_keys_account_name_key") {
			return ErrAPIKeyNameTaken
		}
		if err != nil {
			return fmt.Errorf("insert API key: %w", err)
		}
		created = apiKeyFromRow(row)
		if err := a.logAccess(ctx, tx, AccessAPIKeyCreated, AccessOK, &c.AccountID, c.Username); err != nil {
			return err
		}
		return audit.RecordCreate(ctx, tx, now, "api_key", row.ID.String(), row)
	})
	if err != nil {
		return APIKey{}, "", err
	}
	return created, key, nil
}

// APIKeys returns the caller's keys by name, expired ones too.
func (a *Accounts) APIKeys(ctx context.Context) ([]APIKey, error) {
	c, _ := caller.From(ctx)
	rows, err := a.q.APIKeyListByAccount(ctx, a.db, c.AccountID)
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	out := make([]APIKey, len(rows))
	for i, r := range rows {
		out[i] = apiKeyFromRow(r)
	}
	return out, nil
}

// DeleteAPIKey ends a key of the caller. Errors: ErrNoAPIKey.
func (a *Accounts) DeleteAPIKey(ctx context.Context, id uuid.UUID) error {
	c, _ := caller.From(ctx)
	return db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		return a.deleteKeys(ctx, tx, Account{ID: c.AccountID, Username: c.Username}, &id)
	})
}

// deleteKeys ends one key of an account, or with a nil id all of them.
// Errors: ErrNoAPIKey when there is no such one.
func (a *Accounts) deleteKeys(ctx context.Context, tx pgx.Tx, account Account, id *uuid.UUID) error {
	rows, err := a.q.APIKeyDelete(ctx, tx, sqlc.APIKeyDeleteParams{AccountID: account.ID, ID: id})
	if err != nil {
		return fmt.Errorf("delete API keys: %w", err)
	}
	if len(rows) == 0 && id != nil {
		return ErrNoAPIKey.WithMessage(fmt.Sprintf("API key %s not found", *id))
	}
	for _, r := range rows {
		if err := a.logAccess(ctx, tx, AccessAPIKeyRevoked, AccessOK, &account.ID, account.Username); err != nil {
			return err
		}
		if err := audit.RecordDelete(ctx, tx, a.now(), "api_key", r.ID.String(), r); err != nil {
			return err
		}
	}
	return nil
}

// authenticateKey returns whose API key it is. Errors: ErrBadToken.
func (a *Accounts) authenticateKey(ctx context.Context, key string) (caller.Caller, error) {
	now := a.now()
	row, err := a.q.APIKeyGetByHash(ctx, a.db, sqlc.APIKeyGetByHashParams{KeyHash: tokenHash(key), At: now})
	if db.IsNoRows(err) {
		return caller.Caller{}, ErrBadToken
	}
	if err != nil {
		return caller.Caller{}, fmt.Errorf("find API key: %w", err)
	}
	if row.LastUsedAt == nil || now.Sub(*row.LastUsedAt) >= touchEvery {
		a.touch(ctx, func(ctx context.Context) error {
			return a.q.APIKeyTouch(ctx, a.db, sqlc.APIKeyTouchParams{ID: row.ID, At: now, UnusedSince: now.Add(-touchEvery)})
		})
	}
	return caller.Caller{
		AccountID: row.AccountID, Username: row.Username, Role: caller.Lower(caller.Role(row.Role), caller.Role(row.AccountRole)),
		Means: caller.MeansAPIKey, APIKeyID: row.ID, ExpiresAt: row.ExpiresAt,
	}, nil
}
