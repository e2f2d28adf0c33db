package admin

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/page"
)

// AccessEvent is what happened at the door.
type AccessEvent string

// The events of the access log.
const (
	AccessLogin                AccessEvent = "login"
	AccessLoginFailed          AccessEvent = "login_failed"
	AccessLoginThrottled       AccessEvent = "login_throttled"
	AccessLogout               AccessEvent = "logout"
	AccessSessionRevoked       AccessEvent = "session_revoked"
	AccessPasswordChanged      AccessEvent = "password_changed"
	AccessPasswordChangeFailed AccessEvent = "password_change_failed"
	AccessPasswordReset        AccessEvent = "password_reset"
	AccessAPIKeyCreated        AccessEvent = "api_key_created"
	AccessAPIKeyRevoked        AccessEvent = "api_key_revoked"
)

// AccessOutcome is how it ended.
type AccessOutcome string

// The outcomes of the access log.
const (
	AccessOK              AccessOutcome = "ok"
	AccessWrongPassword   AccessOutcome = "wrong_password"
	AccessUnknownAccount  AccessOutcome = "unknown_account"
	AccessInactiveAccount AccessOutcome = "inactive_account"
	AccessThrottled       AccessOutcome = "throttled"
)

// AccessEntry is one line of the access log.
type AccessEntry struct {
	ID uuid.UUID
	At time.Time
	// AccountID is nil when the name is not known or was not looked up.
	AccountID *uuid.UUID
	// Username is the account's, or what was typed.
	Username string
	// ActorName is who did it when it was not the account itself.
	ActorName *string
	Event     AccessEvent
	Outcome   AccessOutcome
	// Address and UserAgent are "" when it was a command on the server.
	Address   string
	UserAgent string
}

// AccessFilter chooses lines; nil members choose all.
type AccessFilter struct {
	Username *string
	Event    *AccessEvent
	// From is included, To is not.
	From *time.Time
	To   *time.Time
}

// AccessLog reads the access log. Safe for concurrent use.
type AccessLog struct {
	db db.DB
	q  *sqlc.Queries
}

// NewAccessLog returns the service.
func NewAccessLog(d db.DB) *AccessLog { return &AccessLog{db: d, q: sqlc.New()} }

// List returns a page, the latest first, and the cursor of the next one.
func (l *AccessLog) List(ctx context.Context, f AccessFilter, after page.Key, limit int) ([]AccessEntry, *string, error) {
	rows, err := l.q.AccessListAfter(ctx, l.db, sqlc.AccessListAfterParams{
		NoCursor: after.IsZero(), BeforeAt: after.At, BeforeID: after.ID, MaxRows: int32(limit) + 1, // at most page.MaxLimit
		Username: f.Username, Event: (*string)(f.Event), FromAt: f.From, UntilAt: f.To,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list access log: %w", err)
	}
	out := make([]AccessEntry, len(rows))
	for i, r := range rows {
		out[i] = AccessEntry{
			ID: r.ID, At: r.At, AccountID: r.AccountID, Username: r.Username, ActorName: r.ActorName,
			Event: AccessEvent(r.Event), Outcome: AccessOutcome(r.Outcome), Address: r.Address, UserAgent: r.UserAgent,
		}
	}
	out, next := page.Of(out, limit, func(e AccessEntry) page.Key { return page.Key{At: e.At, ID: e.ID} })
	return out, next, nil
}

const (
	maxUsername  = 50
	maxUserAgent = 300
)

// logAccess writes a line with the origin of ctx. id is nil for an account that
// is not known.
func (a *Accounts) logAccess(ctx context.Context, d sqlc.DBTX, event AccessEvent, outcome AccessOutcome, id *uuid.UUID, username string) error {
	origin := caller.OriginOf(ctx)
	arg := sqlc.AccessInsertParams{
		ID: uuid.Must(uuid.NewV7()), At: a.now(), AccountID: id, Username: tidy(username, maxUsername),
		Event: string(event), Outcome: string(outcome), Address: origin.Address, UserAgent: tidy(origin.UserAgent, maxUserAgent),
	}
	if c, ok := caller.From(ctx); ok && (id == nil || c.AccountID != *id) {
		arg.ActorName = &c.Username
	}
	if err := a.q.AccessInsert(ctx, d, arg); err != nil {
		return fmt.Errorf("access log: %w", err)
	}
	return nil
}

// tidy makes what a stranger sent fit to be stored and shown: valid, printable,
// and at most n characters.
func tidy(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
	if r := []rune(s); len(r) > n {
		s = string(r[:n])
	}
	return s
}
