// Package admin keeps accounts, sessions and settings.
package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// SessionLifetime is how long a bearer token is good for.
const SessionLifetime = 12 * time.Hour

// MinPasswordLength is the least number of characters of a password.
const MinPasswordLength = 12

// Errors of accounts.
var (
	ErrBadCredentials = fault.New(fault.Unauthenticated, "invalid_credentials", "The user name or the password is wrong.")
	ErrBadToken       = fault.New(fault.Unauthenticated, "invalid_token", "The token is unknown, expired or revoked.")
	ErrUsernameTaken  = fault.New(fault.Conflict, "username_taken", "Username already exists")
	ErrNoAccount      = fault.New(fault.NotFound, "account_not_found", "Account not found")
	ErrBusy           = &fault.Error{Kind: fault.Busy, Code: "too_many_logins", Message: "Too many logins at once.", RetryAfterSeconds: 2}
)

// Accounts keeps accounts and their sessions. Safe for concurrent use.
type Accounts struct {
	db  db.DB
	q   *sqlc.Queries
	now func() time.Time
	// hashing bounds how many passwords are hashed at once: each takes 19 MiB
	// and a core.
	hashing chan struct{}
}

// decoy is the hash of a password nobody knows. It is checked for unknown names,
// so that they cost as much as known ones.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$4SKADYtLLrVxn0UH7v0S8g$X7m4WXDj/Xn+cDxj6Shzi1jKEmveJiXjRL2q2SAxV2c"

// NewAccounts returns the service.
func NewAccounts(d db.DB, now func() time.Time) *Accounts {
	return &Accounts{db: d, q: sqlc.New(), now: now, hashing: make(chan struct{}, 4)}
}

// NewAccount describes an account to create.
type NewAccount struct {
	Username string
	Password string
	Role     caller.Role
}

// Validate joins every problem.
func (n NewAccount) Validate() error {
	var errs []error
	if len(n.Username) < 1 || len(n.Username) > 50 || n.Username != strings.ToLower(n.Username) || strings.ContainsAny(n.Username, " \t\r\n") {
		errs = append(errs, errors.New("a user name has 1 to 50 characters, lower case, without spaces"))
	}
	if len([]rune(n.Password)) < MinPasswordLength || len(n.Password) > 256 {
		errs = append(errs, fmt.Errorf("a password has %d to 256 characters", MinPasswordLength))
	}
	if !n.Role.Covers(caller.RoleViewer) {
		errs = append(errs, errors.New("a role is viewer, editor or admin"))
	}
	return errors.Join(errs...)
}

// Create stores a new account. Errors: those of Validate; ErrUsernameTaken.
func (a *Accounts) Create(ctx context.Context, n NewAccount) error {
	if err := n.Validate(); err != nil {
		return err
	}
	return db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error { return a.insert(ctx, tx, n) })
}

// CreateFirst stores the account only when there is none yet and reports
// whether it did. Two processes that start at once create one account.
func (a *Accounts) CreateFirst(ctx context.Context, n NewAccount) (bool, error) {
	if err := n.Validate(); err != nil {
		return false, err
	}
	created := false
	err := db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		if err := a.q.AdvisoryLock(ctx, tx, firstAccountLock); err != nil {
			return err
		}
		count, err := a.q.AccountCount(ctx, tx)
		if err != nil || count > 0 {
			return err
		}
		created = true
		return a.insert(ctx, tx, n)
	})
	return created && err == nil, err
}

const firstAccountLock = 0x6d73696102

func (a *Accounts) insert(ctx context.Context, tx pgx.Tx, n NewAccount) error {
	row, err := a.q.AccountInsert(ctx, tx, sqlc.AccountInsertParams{
		ID: uuid.Must(uuid.NewV7()), Username: n.Username, PasswordHash: hashPassword(n.Password), Role: string(n.Role), At: a.now(),
	})
	if db.IsUnique(err, "accounts_username_key") {
		return ErrUsernameTaken
	}
	if err != nil {
		return fmt.Errorf("insert account: %w", err)
	}
	return audit.Record(ctx, tx, audit.Entry{
		At: a.now(), Action: "create", EntityType: "account", EntityID: row.ID.String(),
		Changes: map[string]audit.Change{"username": {nil, n.Username}, "role": {nil, n.Role}},
	})
}

// ResetPassword gives an account another password and ends its sessions.
// Errors: ErrNoAccount; a password out of bounds.
func (a *Accounts) ResetPassword(ctx context.Context, username, password string) error {
	if err := (NewAccount{Username: username, Password: password, Role: caller.RoleViewer}).Validate(); err != nil {
		return err
	}
	return db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		n, err := a.q.AccountSetPassword(ctx, tx, sqlc.AccountSetPasswordParams{
			Username: username, PasswordHash: hashPassword(password), At: a.now(),
		})
		if err != nil {
			return fmt.Errorf("set password: %w", err)
		}
		if n == 0 {
			return ErrNoAccount
		}
		if err := a.q.SessionRevokeByUsername(ctx, tx, sqlc.SessionRevokeByUsernameParams{Username: username, At: a.now()}); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			At: a.now(), Action: "update", EntityType: "account", EntityID: username,
			Changes: map[string]audit.Change{"password": {"***", "***"}},
		})
	})
}

// Session is a bearer token; the token itself is known to its owner only.
type Session struct {
	Token     string
	ExpiresAt time.Time
}

// Login opens a session. Errors: ErrBadCredentials, the same for an unknown
// name, a wrong password and an account switched off; ErrBusy.
func (a *Accounts) Login(ctx context.Context, username, password string) (Session, error) {
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
	case <-time.After(3 * time.Second):
		return Session{}, ErrBusy
	case <-ctx.Done():
		return Session{}, ctx.Err()
	}
	account, err := a.q.AccountGetByUsername(ctx, a.db, strings.ToLower(username))
	if err != nil && !db.IsNoRows(err) {
		return Session{}, fmt.Errorf("find account: %w", err)
	}
	hash := decoy
	if err == nil {
		hash = account.PasswordHash
	}
	if !checkPassword(hash, password) || err != nil || !account.IsActive {
		return Session{}, ErrBadCredentials
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	token := base64.RawURLEncoding.EncodeToString(secret)
	now := a.now()
	s := Session{Token: token, ExpiresAt: now.Add(SessionLifetime)}
	if err := a.q.SessionDeleteExpired(ctx, a.db, sqlc.SessionDeleteExpiredParams{AccountID: account.ID, At: now}); err != nil {
		return Session{}, fmt.Errorf("forget expired sessions: %w", err)
	}
	err = a.q.SessionInsert(ctx, a.db, sqlc.SessionInsertParams{
		ID: uuid.Must(uuid.NewV7()), AccountID: account.ID, TokenHash: tokenHash(token), CreatedAt: now, ExpiresAt: s.ExpiresAt,
	})
	if err != nil {
		return Session{}, fmt.Errorf("open session: %w", err)
	}
	return s, nil
}

// Authenticate returns whose token it is. Errors: ErrBadToken.
func (a *Accounts) Authenticate(ctx context.Context, token string) (caller.Caller, error) {
	row, err := a.q.SessionGetAccount(ctx, a.db, sqlc.SessionGetAccountParams{TokenHash: tokenHash(token), At: a.now()})
	if db.IsNoRows(err) {
		return caller.Caller{}, ErrBadToken
	}
	if err != nil {
		return caller.Caller{}, fmt.Errorf("find session: %w", err)
	}
	return caller.Caller{AccountID: row.ID, Username: row.Username, Role: caller.Role(row.Role)}, nil
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
