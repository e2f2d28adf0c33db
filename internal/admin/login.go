package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/limits"
)

// Errors of signing in.
var (
	ErrBadCredentials = fault.New(fault.Unauthenticated, "invalid_credentials", "The user name or the password is wrong.")
	ErrThrottled      = fault.New(fault.Busy, "too_many_logins", "Too many wrong logins from this address; try again later.")
	ErrBusy           = &fault.Error{Kind: fault.Busy, Code: "busy", Message: "Too many logins at once.", RetryAfterSeconds: 2}
)

// decoy is the hash of a password nobody knows. It is checked for unknown names,
// so that they cost as much as known ones.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$4SKADYtLLrVxn0UH7v0S8g$X7m4WXDj/Xn+cDxj6Shzi1jKEmveJiXjRL2q2SAxV2c"

// hashPatience is how long a login waits for others to be hashed.
const hashPatience = 3 * time.Second

// SignedIn is a session that was opened. The token is known to its owner only.
type SignedIn struct {
	Token     string
	SessionID uuid.UUID
	Account   Account
	ExpiresAt time.Time
}

// Login opens a session. Errors: ErrBadCredentials, the same for an unknown
// name, a wrong password and an account switched off; ErrThrottled; ErrBusy.
func (a *Accounts) Login(ctx context.Context, username, password string) (SignedIn, error) {
	giveBack, err := a.admit(ctx, username)
	if err != nil {
		return SignedIn{}, err
	}
	account, err := a.q.AccountGetByUsername(ctx, a.db, lookup(username))
	known := err == nil
	if err != nil && !db.IsNoRows(err) {
		return SignedIn{}, fmt.Errorf("find account: %w", err)
	}
	hash := decoy
	if known {
		hash = account.PasswordHash
	}
	right, err := a.check(ctx, hash, password)
	if err != nil {
		giveBack(ctx) // nothing was tried
		return SignedIn{}, err
	}
	switch {
	case !known:
		return SignedIn{}, a.refuse(ctx, AccessUnknownAccount, nil, username)
	case !right:
		return SignedIn{}, a.refuse(ctx, AccessWrongPassword, &account.ID, username)
	case !account.IsActive:
		return SignedIn{}, a.refuse(ctx, AccessInactiveAccount, &account.ID, username)
	}
	giveBack(ctx)
	return a.open(ctx, account, username)
}

// lookup returns the name to look for: what cannot be a name is nobody's.
func lookup(username string) string {
	if tidy(username, maxUsername) != username {
		return ""
	}
	return strings.ToLower(username)
}

func (a *Accounts) refuse(ctx context.Context, why AccessOutcome, id *uuid.UUID, username string) error {
	if err := a.logAccess(ctx, a.db, AccessLoginFailed, why, id, username); err != nil {
		return err
	}
	return ErrBadCredentials
}

// open stores a session of an account whose password was right a moment ago.
func (a *Accounts) open(ctx context.Context, checked sqlc.Account, typed string) (SignedIn, error) {
	now := a.now()
	s := SignedIn{Token: newToken(sessionPrefix), SessionID: uuid.Must(uuid.NewV7()), ExpiresAt: sessionEnd(now, now)}
	origin := caller.OriginOf(ctx)
	err := db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		// Locked: a session must not slip in behind a change that ends them all.
		account, err := a.q.AccountGetForUpdate(ctx, tx, checked.ID)
		if err != nil {
			return fmt.Errorf("lock account: %w", err)
		}
		if account.PasswordHash != checked.PasswordHash || !account.IsActive {
			return ErrBadCredentials
		}
		s.Account = accountFromRow(account)
		if err := a.q.SessionDeleteExpired(ctx, tx, sqlc.SessionDeleteExpiredParams{AccountID: account.ID, At: now}); err != nil {
			return fmt.Errorf("forget expired sessions: %w", err)
		}
		err = a.q.SessionInsert(ctx, tx, sqlc.SessionInsertParams{
			ID: s.SessionID, AccountID: account.ID, TokenHash: tokenHash(s.Token), At: now, ExpiresAt: s.ExpiresAt,
			Address: origin.Address, UserAgent: tidy(origin.UserAgent, maxUserAgent),
		})
		if err != nil {
			return fmt.Errorf("open session: %w", err)
		}
		return a.logAccess(ctx, tx, AccessLogin, AccessOK, &account.ID, typed)
	})
	return s, err
}

// admit takes a try from the buckets of the caller's address, and of the address
// and the account together: guessing is slow, and locks nobody out who is
// elsewhere. The try is given back when it turns out not to have been a wrong one.
func (a *Accounts) admit(ctx context.Context, username string) (giveBack func(context.Context), err error) {
	if a.loginRate == 0 {
		return func(context.Context) {}, nil
	}
	from := limits.Network(caller.OriginOf(ctx).Address)
	address := "login " + from
	account := "login " + from + " " + lookup(username)
	perAddress := limits.Rate{Tries: max(30, 6*a.loginRate), Per: time.Minute}
	perAccount := limits.Rate{Tries: a.loginRate, Per: time.Minute}

	if out := a.throttle.Take(ctx, address, perAddress); out.Wait > 0 {
		return nil, a.throttled(ctx, address, username, out.Wait)
	}
	if out := a.throttle.Take(ctx, account, perAccount); out.Wait > 0 {
		// One account under fire is no reason to shut its neighbours out.
		a.throttle.Give(ctx, address, perAddress)
		return nil, a.throttled(ctx, account, username, out.Wait)
	}
	return func(ctx context.Context) {
		a.throttle.Give(ctx, address, perAddress)
		a.throttle.Give(ctx, account, perAccount)
	}, nil
}

// throttled is ErrThrottled. The access log hears of it once a minute and
// bucket: it must not grow with an attack.
func (a *Accounts) throttled(ctx context.Context, key, username string, wait time.Duration) error {
	if a.throttle.Take(ctx, "log "+key, limits.Rate{Tries: 1, Per: time.Minute}).Wait == 0 {
		if err := a.logAccess(ctx, a.db, AccessLoginThrottled, AccessThrottled, nil, username); err != nil {
			return err
		}
	}
	f := *ErrThrottled
	f.RetryAfterSeconds = int(math.Ceil(wait.Seconds()))
	return &f
}

// check reports whether the password belongs to the hash. Errors: ErrBusy.
func (a *Accounts) check(ctx context.Context, hash, password string) (right bool, err error) {
	err = a.whenFree(ctx, func() { right = checkPassword(hash, password) })
	return right, err
}

// hash returns the hash of a new password. Errors: ErrBusy.
func (a *Accounts) hash(ctx context.Context, password string) (hash string, err error) {
	err = a.whenFree(ctx, func() { hash = hashPassword(password) })
	return hash, err
}

func (a *Accounts) whenFree(ctx context.Context, work func()) error {
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
		work()
		return nil
	case <-time.After(hashPatience):
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

// newToken returns 256 random bits, in letters, behind a prefix that tells what
// they are for.
func newToken(prefix string) string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	return prefix + base64.RawURLEncoding.EncodeToString(secret)
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
