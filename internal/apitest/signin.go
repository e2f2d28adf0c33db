package apitest

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/caller"
)

// LoginRate is how many wrong logins a minute the server takes, as it is shipped.
const LoginRate = 5

// Password is the password of the accounts of [Server.Account].
const Password = "a-long-enough-password"

// passwordHash is argon2id of Password, made once: hashing is slow on purpose.
const passwordHash = "$argon2id$v=19$m=19456,t=2,p=1$/Gwct3dpJDs/FjuucWJhgA$2EKBI3/sHrqtVpxSx5C8rEPfmTYdPIp5yOfb+ClRgZU"

// Account returns the id of the account "test-" and the role, which there is from the first call on. Its password is
// Password.
func (s *Server) Account(role caller.Role) uuid.UUID {
	s.t.Helper()
	if id, ok := s.accounts.Load(role); ok {
		return id.(uuid.UUID)
	}
	var id uuid.UUID
	require.NoError(s.t, s.Pool.QueryRow(s.t.Context(), `INSERT INTO accounts (id, username, password_hash, role) VALUES ($1, $2, $3, $4)
		ON CONFLICT (username) DO UPDATE SET username = excluded.username RETURNING id`,
		uuid.Must(uuid.NewV7()), "test-"+string(role), passwordHash, string(role)).Scan(&id))
	s.accounts.Store(role, id)
	return id
}

// Token returns the bearer token of a new session of the account of that role.
func (s *Server) Token(role caller.Role) string {
	s.t.Helper()
	return s.SessionToken(s.Account(role), s.Clock.Now())
}

// SessionToken returns the bearer token of a session that an account opened at a time.
func (s *Server) SessionToken(account uuid.UUID, at time.Time) string {
	s.t.Helper()
	token := rand.Text()
	hash := sha256.Sum256([]byte(token))
	_, err := s.Pool.Exec(s.t.Context(), `INSERT INTO sessions (id, account_id, token_hash, created_at, last_used_at, expires_at)
		VALUES ($1, $2, $3, $4, $4, $5)`, uuid.Must(uuid.NewV7()), account, hash[:], at, at.Add(admin.SessionIdle))
	require.NoError(s.t, err)
	return token
}

// APIKey returns a key of an account that was made at a time, for a day.
func (s *Server) APIKey(account uuid.UUID, role caller.Role, at time.Time) string {
	s.t.Helper()
	key := "msia_" + rand.Text()
	hash := sha256.Sum256([]byte(key))
	_, err := s.Pool.Exec(s.t.Context(), `INSERT INTO api_keys (id, account_id, name, role, key_hash, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, uuid.Must(uuid.NewV7()), account, key, string(role), hash[:], at, at.Add(24*time.Hour))
	require.NoError(s.t, err)
	return key
}

// Cookie signs the request in as a browser does.
func Cookie(token string) Option {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "msia_session", Value: token}) }
}

// From makes the request come from an address.
func From(address string) Option { return Header("X-Forwarded-For", address) }
