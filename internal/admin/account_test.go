package admin_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

const password = "una-clave-bien-larga"

func setup(t *testing.T) (*admin.Accounts, *pgxpool.Pool) {
	t.Helper()
	pool := testdb.New(t)
	return admin.NewAccounts(admin.AccountsConfig{DB: pool, Now: time.Now}), pool
}

func create(t *testing.T, a *admin.Accounts, username string, role caller.Role) admin.Account {
	t.Helper()
	account, err := a.Create(t.Context(), admin.NewAccount{Username: username, Password: password, Role: role})
	require.NoError(t, err)
	return account
}

func off() admin.AccountPatch {
	inactive := false
	return admin.AccountPatch{IsActive: &inactive}
}

// TestTheFirstAdminIsMadeOnce by however many processes start.
func TestTheFirstAdminIsMadeOnce(t *testing.T) {
	t.Parallel()
	a, _ := setup(t)
	var wg sync.WaitGroup
	made := make([]bool, 4)
	for i := range made {
		wg.Go(func() {
			var err error
			made[i], err = a.CreateFirst(t.Context(), admin.NewAccount{Username: "admin", Password: password, Role: caller.RoleAdmin})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	count := 0
	for _, m := range made {
		if m {
			count++
		}
	}
	require.Equal(t, 1, count)
}

// TestAnAdminIsAlwaysLeft lets every admin switch off the next one, all at once.
func TestAnAdminIsAlwaysLeft(t *testing.T) {
	t.Parallel()
	a, _ := setup(t)
	admins := []admin.Account{create(t, a, "uno", caller.RoleAdmin), create(t, a, "dos", caller.RoleAdmin), create(t, a, "tres", caller.RoleAdmin)}
	create(t, a, "vista", caller.RoleViewer)
	editor := caller.RoleEditor
	demote := admin.AccountPatch{Role: &editor}
	var wg sync.WaitGroup
	errs := make([]error, len(admins))
	for i, who := range admins {
		wg.Go(func() {
			ctx := caller.With(t.Context(), caller.Caller{AccountID: who.ID, Username: who.Username, Role: caller.RoleAdmin})
			_, errs[i] = a.Update(ctx, admins[(i+1)%len(admins)].ID, 0, []admin.AccountPatch{off(), demote, off()}[i])
		})
	}
	wg.Wait()
	refused := 0
	for _, err := range errs {
		if err != nil {
			require.ErrorIs(t, err, admin.ErrLastAdmin)
			refused++
		}
	}
	require.Equal(t, 1, refused)
	all, err := a.List(t.Context())
	require.NoError(t, err)
	left := 0
	for _, x := range all {
		if x.IsActive && x.Role == caller.RoleAdmin {
			left++
			_, err := a.Update(t.Context(), x.ID, 0, off())
			require.ErrorIs(t, err, admin.ErrLastAdmin)
		}
	}
	require.Equal(t, 1, left)
}

// TestNoSessionSlipsIn logs in while the account is being switched off, or given
// another password, by a transaction that began first and ends last.
func TestNoSessionSlipsIn(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"switched off":     "UPDATE accounts SET is_active = false WHERE id = $1",
		"another password": "UPDATE accounts SET password_hash = 'x' WHERE id = $1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, pool := setup(t)
			account := create(t, a, "ana", caller.RoleViewer)
			tx, err := pool.Begin(t.Context())
			require.NoError(t, err)
			_, err = tx.Exec(t.Context(), change, account.ID)
			require.NoError(t, err)
			login := make(chan error, 1)
			go func() {
				_, err := a.Login(t.Context(), "ana", password)
				login <- err
			}()
			require.Eventually(t, func() bool {
				var waiting bool
				err := pool.QueryRow(t.Context(), `SELECT EXISTS (
					SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waiting)
				return err == nil && waiting
			}, 30*time.Second, 5*time.Millisecond, "the login does not wait for the change")
			require.NoError(t, tx.Commit(t.Context()))
			require.ErrorIs(t, <-login, admin.ErrBadCredentials)
			var sessions int
			require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM sessions").Scan(&sessions))
			require.Zero(t, sessions)
		})
	}
}

func TestNewAccountsAreChecked(t *testing.T) {
	t.Parallel()
	blank, fine := "  ", "Ana Ñ."
	for name, c := range map[string]struct {
		n  admin.NewAccount
		ok bool
	}{
		"fine":           {admin.NewAccount{Username: "Ana.b-c_d+e@f", DisplayName: &fine, Password: "ñandúñandúña", Role: caller.RoleAdmin}, true},
		"space":          {admin.NewAccount{Username: "ana b", Password: password, Role: caller.RoleAdmin}, false},
		"not ASCII":      {admin.NewAccount{Username: "añà", Password: password, Role: caller.RoleAdmin}, false},
		"empty":          {admin.NewAccount{Username: "", Password: password, Role: caller.RoleAdmin}, false},
		"no role":        {admin.NewAccount{Username: "ana", Password: password}, false},
		"blank name":     {admin.NewAccount{Username: "ana", DisplayName: &blank, Password: password, Role: caller.RoleAdmin}, false},
		"short in runes": {admin.NewAccount{Username: "ana", Password: "ñandúñandú", Role: caller.RoleAdmin}, false},
	} {
		require.Equal(t, c.ok, c.n.Validate() == nil, name)
	}
	err := admin.NewAccount{Username: "a b", Password: "corta", Role: "root"}.Validate()
	for _, word := range []string{"username", "password", "role"} {
		require.ErrorContains(t, err, word)
	}
}

func TestUnknownAccounts(t *testing.T) {
	t.Parallel()
	a, _ := setup(t)
	_, err := a.Find(t.Context(), "nadie")
	require.ErrorIs(t, err, admin.ErrNoAccount)
	require.ErrorIs(t, a.ResetPassword(t.Context(), uuid.New(), password), admin.ErrNoAccount)
	_, err = a.Login(t.Context(), "nadie", password)
	require.ErrorIs(t, err, admin.ErrBadCredentials)
}
