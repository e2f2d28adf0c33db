package admin

import (
	"context"
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

// A session ends SessionIdle after its last use and SessionLifetime after it was
// opened, whichever comes first.
const (
	SessionIdle     = 12 * time.Hour
	SessionLifetime = 30 * 24 * time.Hour
)

// touchEvery is how exactly the last use of a session or key is known.
const touchEvery = time.Minute

// touchTimeout bounds the writing down of a use.
const touchTimeout = 5 * time.Second

// The prefixes tell sessions and keys apart.
const (
	sessionPrefix = "mss_"
	apiKeyPrefix  = "msia_"
)

// Errors of sessions.
var (
	ErrBadToken  = fault.New(fault.Unauthenticated, "invalid_token", "The token is unknown, expired or revoked.")
	ErrNoSession = fault.New(fault.NotFound, "session_not_found", "Session not found")
)

// sessionEnd is when a session ends that is not used again.
func sessionEnd(openedAt, usedAt time.Time) time.Time {
	end := usedAt.Add(SessionIdle)
	if last := openedAt.Add(SessionLifetime); last.Before(end) {
		return last
	}
	return end
}

// Session is where an account is signed in.
type Session struct {
	ID         uuid.UUID
	CreatedAt  time.Time
	LastUsedAt time.Time // to the minute
	ExpiresAt  time.Time
	// Address and UserAgent are of the login; "" when not known.
	Address   string
	UserAgent string
}

// Authenticate returns whose token or API key it is. The database is asked each
// time: what was ended is ended at once, on every replica. Errors: ErrBadToken.
func (a *Accounts) Authenticate(ctx context.Context, token string) (caller.Caller, error) {
	if strings.HasPrefix(token, apiKeyPrefix) {
		return a.authenticateKey(ctx, token)
	}
	now := a.now()
	row, err := a.q.SessionGetByToken(ctx, a.db, sqlc.SessionGetByTokenParams{TokenHash: tokenHash(token), At: now})
	if db.IsNoRows(err) {
		return caller.Caller{}, ErrBadToken
	}
	if err != nil {
		return caller.Caller{}, fmt.Errorf("find session: %w", err)
	}
	c := caller.Caller{
		AccountID: row.AccountID, Username: row.Username, Role: caller.Role(row.Role),
		Means: caller.MeansBearer, SessionID: row.ID, ExpiresAt: row.ExpiresAt,
	}
	if now.Sub(row.LastUsedAt) >= touchEvery {
		c.ExpiresAt = sessionEnd(row.CreatedAt, now)
		a.touch(ctx, func(ctx context.Context) error {
			return a.q.SessionTouch(ctx, a.db, sqlc.SessionTouchParams{ID: row.ID, At: now, ExpiresAt: c.ExpiresAt, UnusedSince: now.Add(-touchEvery)})
		})
	}
	return c, nil
}

// StillIn reports whether what a caller signed in with stands. It does not count
// as a use. Errors: ErrBadToken.
func (a *Accounts) StillIn(ctx context.Context, c caller.Caller) error {
	var (
		live bool
		err  error
	)
	if c.Means == caller.MeansAPIKey {
		live, err = a.q.APIKeyIsLive(ctx, a.db, sqlc.APIKeyIsLiveParams{ID: c.APIKeyID, At: a.now()})
	} else {
		live, err = a.q.SessionIsLive(ctx, a.db, sqlc.SessionIsLiveParams{ID: c.SessionID, At: a.now()})
	}
	if err != nil {
		return fmt.Errorf("look whether the caller is still signed in: %w", err)
	}
	if !live {
		return ErrBadToken
	}
	return nil
}

// touch writes a use down beside the request, which does not wait. One that
// cannot be written is no loss: the next request tries again.
func (a *Accounts) touch(ctx context.Context, write func(context.Context) error) {
	select {
	case a.touching <- struct{}{}:
	default:
		return // enough are being written
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), touchTimeout)
	go func() {
		defer func() { cancel(); <-a.touching }()
		_ = write(ctx)
	}()
}

// Sessions returns the caller's live sessions, the latest used first.
func (a *Accounts) Sessions(ctx context.Context) ([]Session, error) {
	c, _ := caller.From(ctx)
	rows, err := a.q.SessionListLive(ctx, a.db, sqlc.SessionListLiveParams{AccountID: c.AccountID, At: a.now()})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	out := make([]Session, len(rows))
	for i, r := range rows {
		out[i] = Session{
			ID: r.ID, CreatedAt: r.CreatedAt, LastUsedAt: r.LastUsedAt, ExpiresAt: r.ExpiresAt, Address: r.Address, UserAgent: r.UserAgent,
		}
	}
	return out, nil
}

// Logout ends the session that the caller uses.
func (a *Accounts) Logout(ctx context.Context) error {
	c, _ := caller.From(ctx)
	err := a.revokeOne(ctx, c, c.SessionID, AccessLogout)
	if errors.Is(err, ErrNoSession) {
		return nil // another request has just ended it
	}
	return err
}

// RevokeSession ends one session of the caller. Errors: ErrNoSession.
func (a *Accounts) RevokeSession(ctx context.Context, id uuid.UUID) error {
	c, _ := caller.From(ctx)
	return a.revokeOne(ctx, c, id, AccessSessionRevoked)
}

func (a *Accounts) revokeOne(ctx context.Context, c caller.Caller, id uuid.UUID, event AccessEvent) error {
	return db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		n, err := a.q.SessionRevoke(ctx, tx, sqlc.SessionRevokeParams{ID: id, AccountID: c.AccountID, At: a.now()})
		if err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		if n == 0 {
			return ErrNoSession.WithMessage(fmt.Sprintf("Session %s not found", id))
		}
		return a.logAccess(ctx, tx, event, AccessOK, &c.AccountID, c.Username)
	})
}

// RevokeOtherSessions ends all sessions of the caller but the one in use.
func (a *Accounts) RevokeOtherSessions(ctx context.Context) error {
	c, _ := caller.From(ctx)
	return db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		_, err := a.revokeAll(ctx, tx, Account{ID: c.AccountID, Username: c.Username}, c.SessionID)
		return err
	})
}

// RevokeAccountSessions ends all sessions of an account. Errors: ErrNoAccount.
func (a *Accounts) RevokeAccountSessions(ctx context.Context, id uuid.UUID) error {
	return db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		row, err := a.q.AccountGetForUpdate(ctx, tx, id)
		if err != nil {
			return accountError(err, id.String())
		}
		n, err := a.revokeAll(ctx, tx, accountFromRow(row), uuid.Nil)
		if err != nil || n == 0 {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			At: a.now(), Action: "update", EntityType: "account", EntityID: id.String(), Changes: map[string]audit.Change{"sessions": {n, 0}},
		})
	})
}

// revokeAll ends the live sessions of an account but one and returns how many.
func (a *Accounts) revokeAll(ctx context.Context, tx pgx.Tx, account Account, but uuid.UUID) (int64, error) {
	n, err := a.q.SessionRevokeOthers(ctx, tx, sqlc.SessionRevokeOthersParams{AccountID: account.ID, ButID: but, At: a.now()})
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	if n == 0 {
		return 0, nil
	}
	return n, a.logAccess(ctx, tx, AccessSessionRevoked, AccessOK, &account.ID, account.Username)
}
