// Package caller carries who is asking, from where, and the id of the request,
// through a context.
package caller

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Role is what an account may do. Each role may do what the ones below it may.
type Role string

// The roles, lowest first.
const (
	RoleViewer Role = "viewer"
	RoleEditor Role = "editor"
	RoleAdmin  Role = "admin"
)

// Covers reports whether an account of role r may do what needs role needed.
func (r Role) Covers(needed Role) bool { return rank(r) >= rank(needed) && rank(needed) > 0 }

func rank(r Role) int {
	switch r {
	case RoleViewer:
		return 1
	case RoleEditor:
		return 2
	case RoleAdmin:
		return 3
	}
	return 0
}

// Lower returns the lesser of two roles.
func Lower(a, b Role) Role {
	if rank(a) < rank(b) {
		return a
	}
	return b
}

// Means is how a caller proved who it is.
type Means string

// The means.
const (
	MeansBearer Means = "bearer"
	MeansCookie Means = "cookie"
	MeansAPIKey Means = "api_key"
)

// Caller is a signed-in account.
type Caller struct {
	AccountID uuid.UUID
	Username  string
	// Role is what this request may do: with an API key it can be lower than the
	// account's.
	Role  Role
	Means Means
	// SessionID is uuid.Nil with an API key, APIKeyID with a session.
	SessionID uuid.UUID
	APIKeyID  uuid.UUID
	// ExpiresAt is the end of the session, should it not be used again, or of the key.
	ExpiresAt time.Time
}

// Origin is where a request came from.
type Origin struct {
	// Address is the IP address of the client; "" outside of a request.
	Address   string
	UserAgent string
	// Secure says that the request came over TLS.
	Secure bool
}

type (
	callerKey    struct{}
	originKey    struct{}
	requestIDKey struct{}
)

// With returns a context that carries c.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// From returns the signed-in account, if there is one.
func From(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}

// WithOrigin returns a context that carries where the request came from.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf returns where the request came from; the zero Origin outside of one.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}

// WithRequestID returns a context that carries the id of the request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id of the request, or "" outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
