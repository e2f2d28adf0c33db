// Package caller carries who is asking, and the id of the request, through a
// context.
package caller

import (
	"context"

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

// Caller is a signed-in account.
type Caller struct {
	AccountID uuid.UUID
	Username  string
	Role      Role
}

type (
	callerKey    struct{}
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

// WithRequestID returns a context that carries the id of the request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id of the request, or "" outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
