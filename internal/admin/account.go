// Package admin keeps accounts, sessions, API keys, the access log and settings.
package admin

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/limits"
	"github.com/msia/msia/internal/patch"
)

// Errors of accounts.
var (
	ErrUsernameTaken  = fault.New(fault.Conflict, "username_taken", "Username already exists")
	ErrNoAccount      = fault.New(fault.NotFound, "account_not_found", "Account not found")
	ErrAccountChanged = fault.New(fault.PreconditionFailed, "version_mismatch", "The account was changed since then.")
	ErrOwnAccount     = fault.New(fault.Conflict, "own_account", "Nobody changes the role or the activity of the own account; ask another admin.")
	ErrLastAdmin      = fault.New(fault.Conflict, "last_admin", "No active admin would be left.")
	errAccount        = fault.New(fault.Invalid, "invalid_account", "The account is not valid.")
)

// MinPasswordLength and MaxPasswordLength bound a password, in characters.
const (
	MinPasswordLength = 12
	MaxPasswordLength = 256
)

// AccountsConfig is what Accounts needs; Throttle may be nil when LoginRate is 0.
type AccountsConfig struct {
	DB       db.DB
	Throttle limits.Store
	// LoginRate is how many wrong logins a minute one address may try for one
	// account; 0 is no limit.
	LoginRate int
	Now       func() time.Time
}

// Accounts keeps accounts, their sessions and API keys. Safe for concurrent use.
type Accounts struct {
	db        db.DB
	q         *sqlc.Queries
	throttle  limits.Store
	loginRate int
	now       func() time.Time
	// hashing bounds how many passwords are hashed at once: each takes 19 MiB
	// and a core.
	hashing chan struct{}
	// touching bounds how many uses are being written down at once.
	touching chan struct{}
}

// NewAccounts returns the service.
func NewAccounts(cfg AccountsConfig) *Accounts {
	return &Accounts{
		db: cfg.DB, q: sqlc.New(), throttle: cfg.Throttle, loginRate: cfg.LoginRate, now: cfg.Now,
		hashing: make(chan struct{}, 4), touching: make(chan struct{}, 4),
	}
}

// Account is someone who may sign in.
type Account struct {
	ID uuid.UUID
	// Username is in lower case.
	Username    string
	DisplayName *string
	Role        caller.Role
	IsActive    bool
	Version     int
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

func accountFromRow(r sqlc.Account) Account {
	return Account{
		ID: r.ID, Username: r.Username, DisplayName: r.DisplayName, Role: caller.Role(r.Role), IsActive: r.IsActive,
		Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// NewAccount describes an account to create. It is active.
type NewAccount struct {
	// Username has 1 to 50 letters, digits and . _ @ + -; it is kept in lower case.
	Username    string
	DisplayName *string
	Password    string
	Role        caller.Role
}

var usernamePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+-]{0,49}$`)

// Validate returns one Invalid fault that names every problem.
func (n NewAccount) Validate() error {
	var fields []fault.Field
	if !usernamePattern.MatchString(n.Username) {
		fields = append(fields, fault.Field{Pointer: "/username", Detail: "has to have 1 to 50 letters, digits and . _ @ + -"})
	}
	if !n.Role.Covers(caller.RoleViewer) {
		fields = append(fields, fault.Field{Pointer: "/role", Detail: "has to be viewer, editor or admin"})
	}
	fields = append(fields, checkDisplayName(n.DisplayName)...)
	fields = append(fields, checkNewPassword("/password", n.Password)...)
	return invalid(errAccount, fields)
}

func checkNewPassword(pointer, password string) []fault.Field {
	if l := utf8.RuneCountInString(password); l < MinPasswordLength || l > MaxPasswordLength {
		return []fault.Field{{Pointer: pointer, Detail: fmt.Sprintf("has to have %d to %d characters", MinPasswordLength, MaxPasswordLength)}}
	}
	return nil
}

func checkDisplayName(name *string) []fault.Field {
	if name != nil && (utf8.RuneCountInString(*name) > 100 || !presentable(*name)) {
		return []fault.Field{{Pointer: "/display_name", Detail: "has to have 1 to 100 printable characters"}}
	}
	return nil
}

// presentable reports whether s is a name that can be stored and read.
func presentable(s string) bool { return strings.TrimSpace(s) != "" && tidy(s, len(s)) == s }

// invalid returns base with the problems, also in its words; nil for none.
func invalid(base *fault.Error, fields []fault.Field) error {
	if len(fields) == 0 {
		return nil
	}
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = strings.TrimPrefix(f.Pointer, "/") + " " + f.Detail
	}
	return base.WithFields(fields...).WithMessage(strings.Join(words, "; "))
}

// Create stores a new account and returns it. Errors: those of Validate;
// ErrUsernameTaken; ErrBusy.
func (a *Accounts) Create(ctx context.Context, n NewAccount) (Account, error) {
	if err := n.Validate(); err != nil {
		return Account{}, err
	}
	hash, err := a.hash(ctx, n.Password)
	if err != nil {
		return Account{}, err
	}
	var created Account
	err = db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		created, err = a.insert(ctx, tx, n, hash)
		return err
	})
	return created, err
}

// CreateFirst stores the account only when there is none yet and reports
// whether it did. Two processes that start at once create one account.
func (a *Accounts) CreateFirst(ctx context.Context, n NewAccount) (bool, error) {
	count, err := a.q.AccountCount(ctx, a.db)
	if err != nil || count > 0 {
		return false, err
	}
	if err := n.Validate(); err != nil {
		return false, err
	}
	hash, err := a.hash(ctx, n.Password)
	if err != nil {
		return false, err
	}
	created := false
	err = db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		if err := a.q.AdvisoryLock(ctx, tx, adminsLock); err != nil {
			return err
		}
		count, err := a.q.AccountCount(ctx, tx)
		if err != nil || count > 0 {
			return err
		}
		created = true
		_, err = a.insert(ctx, tx, n, hash)
		return err
	})
	return created && err == nil, err
}

// adminsLock is held while it is decided whether an admin is (still) there.
const adminsLock = 0x6d73696102

func (a *Accounts) insert(ctx context.Context, tx pgx.Tx, n NewAccount, hash string) (Account, error) {
	now := a.now()
	row, err := a.q.AccountInsert(ctx, tx, sqlc.AccountInsertParams{
		ID: uuid.Must(uuid.NewV7()), Username: strings.ToLower(n.Username), DisplayName: n.DisplayName,
		PasswordHash: hash, Role: string(n.Role), At: now,
	})
	if db.IsUnique(err, "accounts_username_key") {
		return Account{}, ErrUsernameTaken
	}
	if err != nil {
		return Account{}, fmt.Errorf("insert account: %w", err)
	}
	return accountFromRow(row), audit.RecordCreate(ctx, tx, now, "account", row.ID.String(), row)
}

// List returns every account by username.
func (a *Accounts) List(ctx context.Context) ([]Account, error) {
	rows, err := a.q.AccountListAll(ctx, a.db)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	out := make([]Account, len(rows))
	for i, r := range rows {
		out[i] = accountFromRow(r)
	}
	return out, nil
}

// Get returns one account. Errors: ErrNoAccount.
func (a *Accounts) Get(ctx context.Context, id uuid.UUID) (Account, error) {
	row, err := a.q.AccountGet(ctx, a.db, id)
	if err != nil {
		return Account{}, accountError(err, id.String())
	}
	return accountFromRow(row), nil
}

// Find returns the account of that name, in whatever case. Errors: ErrNoAccount.
func (a *Accounts) Find(ctx context.Context, username string) (Account, error) {
	row, err := a.q.AccountGetByUsername(ctx, a.db, strings.ToLower(username))
	if err != nil {
		return Account{}, accountError(err, username)
	}
	return accountFromRow(row), nil
}

func accountError(err error, which string) error {
	if db.IsNoRows(err) {
		return ErrNoAccount.WithMessage(fmt.Sprintf("Account %s not found", which))
	}
	return fmt.Errorf("read account: %w", err)
}

// AccountPatch changes what is present: nil, or not specified, leaves a member
// as it is; a null DisplayName clears it.
type AccountPatch struct {
	DisplayName nullable.Nullable[string]
	Role        *caller.Role
	IsActive    *bool
}

// apply returns the row as the patch makes it.
func (p AccountPatch) apply(row sqlc.Account) (sqlc.Account, error) {
	patch.SetNullable(&row.DisplayName, p.DisplayName)
	patch.Set(&row.Role, (*string)(p.Role))
	patch.Set(&row.IsActive, p.IsActive)
	return row, invalid(errAccount, checkDisplayName(row.DisplayName))
}

// Update changes an account and returns it as it is then. Another role, or
// becoming inactive, ends its sessions; becoming inactive its API keys, too.
// version is the one the change is based on; 0 means any.
// Errors: ErrNoAccount; ErrAccountChanged; ErrOwnAccount for the caller's own
// role and activity; ErrLastAdmin.
func (a *Accounts) Update(ctx context.Context, id uuid.UUID, version int, p AccountPatch) (Account, error) {
	var updated Account
	err := db.InTx(ctx, a.db, func(ctx context.Context, tx pgx.Tx) error {
		// Before the row, so that two admins who remove each other take turns.
		if err := a.q.AdvisoryLock(ctx, tx, adminsLock); err != nil {
			return err
		}
		old, err := a.q.AccountGetForUpdate(ctx, tx, id)
		if err != nil {
			return accountError(err, id.String())
		}
		if version != 0 && int(old.Version) != version {
			return ErrAccountChanged
		}
		row, err := p.apply(old)
		if err != nil {
			return err
		}
		updated = accountFromRow(old)
		now := a.now()
		if changed, err := audit.RecordUpdate(ctx, tx, now, "account", id.String(), old, row); err != nil || !changed {
			return err
		}
		if row.Role != old.Role || row.IsActive != old.IsActive {
			if err := a.shift(ctx, tx, old, row); err != nil {
				return err
			}
		}
		row, err = a.q.AccountUpdate(ctx, tx, sqlc.AccountUpdateParams{
			ID: id, DisplayName: row.DisplayName, Role: row.Role, IsActive: row.IsActive, At: now,
		})
		if err != nil {
			return fmt.Errorf("write account: %w", err)
		}
		updated = accountFromRow(row)
		return nil
	})
	return updated, err
}

// shift is what another role or activity brings about.
func (a *Accounts) shift(ctx context.Context, tx pgx.Tx, old, row sqlc.Account) error {
	if c, ok := caller.From(ctx); ok && c.AccountID == old.ID {
		return ErrOwnAccount
	}
	admin := func(r sqlc.Account) bool { return r.IsActive && r.Role == string(caller.RoleAdmin) }
	if admin(old) && !admin(row) {
		others, err := a.q.AccountCountOtherAdmins(ctx, tx, old.ID)
		if err != nil {
			return fmt.Errorf("count admins: %w", err)
		}
		if others == 0 {
			return ErrLastAdmin
		}
	}
	if !row.IsActive {
		if err := a.deleteKeys(ctx, tx, accountFromRow(old), nil); err != nil {
			return err
		}
	}
	_, err := a.revokeAll(ctx, tx, accountFromRow(old), uuid.Nil)
	return err
}
