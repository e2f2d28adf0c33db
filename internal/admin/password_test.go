package admin

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	hash := hashPassword("una-clave-bien-larga ñ")
	require.True(t, checkPassword(hash, "una-clave-bien-larga ñ"))
	require.False(t, checkPassword(hash, "una-clave-bien-larga n"))
	require.NotEqual(t, hash, hashPassword("una-clave-bien-larga ñ"), "every hash has its own salt")
	for _, bad := range []string{"", "x", "$argon2id$v=19$m=19456,t=2,p=1$$", strings.Replace(hash, "argon2id", "argon2i", 1), strings.Replace(hash, "v=19", "v=18", 1), hash + "$"} {
		require.False(t, checkPassword(bad, "una-clave-bien-larga ñ"), bad)
	}
}

// TestUnknownNamesCostTheSame keeps the decoy at the costs of real hashes.
func TestUnknownNamesCostTheSame(t *testing.T) {
	t.Parallel()
	costs := func(hash string) string { return strings.Join(strings.Split(hash, "$")[:4], "$") }
	require.Equal(t, costs(hashPassword("x")), costs(decoy))
	require.False(t, checkPassword(decoy, ""))
}

func TestGeneratedPasswordsAreStrong(t *testing.T) {
	t.Parallel()
	a, b := GeneratePassword(), GeneratePassword()
	require.NotEqual(t, a, b)
	require.Len(t, a, 20)
	require.NoError(t, NewAccount{Username: "ana", Password: a, Role: "viewer"}.Validate())
}
