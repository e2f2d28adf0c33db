package cases

import (
	"slices"

	"github.com/msia/msia/internal/caller"
)

// Status is where a case stands.
type Status string

// The statuses.
const (
	// Collecting: data are missing, perhaps photos or papers too.
	Collecting Status = "collecting"
	// PendingImages: only photos or papers are missing.
	PendingImages Status = "pending_images"
	// PendingReview: the customer says that it is complete.
	PendingReview Status = "pending_review"
	// InProgress: a person works on it.
	InProgress Status = "in_progress"
	Resolved   Status = "resolved"
	Cancelled  Status = "cancelled"
	// Abandoned: the customer did not answer any more.
	Abandoned Status = "abandoned"
)

// Active are the statuses of a case that is not over: a conversation has at
// most one such case.
var Active = []Status{Collecting, PendingImages, PendingReview, InProgress}

// IsActive reports whether the case is not over.
func (s Status) IsActive() bool { return slices.Contains(Active, s) }

// transition is one allowed change of status.
type transition struct {
	from, to Status
	// who may make it by hand; "" only the system does (the assistant, the
	// periodic job, what is missing).
	who caller.Role
	// reason: a person has to give one.
	reason bool
}

// transitions is the whole status machine (design §7 and §8.9). Nothing else
// is possible.
var transitions = []transition{
	{from: Collecting, to: PendingImages},
	{from: PendingImages, to: Collecting},
	{from: Collecting, to: PendingReview, who: caller.RoleEditor},
	{from: PendingImages, to: PendingReview, who: caller.RoleEditor},
	{from: PendingReview, to: InProgress, who: caller.RoleEditor},
	{from: PendingReview, to: Collecting, who: caller.RoleEditor, reason: true},
	{from: InProgress, to: Resolved, who: caller.RoleEditor},
	{from: Collecting, to: Cancelled, who: caller.RoleEditor, reason: true},
	{from: PendingImages, to: Cancelled, who: caller.RoleEditor, reason: true},
	{from: PendingReview, to: Cancelled, who: caller.RoleEditor, reason: true},
	{from: InProgress, to: Cancelled, who: caller.RoleEditor, reason: true},
	{from: Collecting, to: Abandoned},
	{from: PendingImages, to: Abandoned},
	{from: Abandoned, to: Collecting, who: caller.RoleEditor},
	{from: Resolved, to: InProgress, who: caller.RoleAdmin, reason: true},
}

// find returns the transition, or nil when it is not possible.
func find(from, to Status) *transition {
	i := slices.IndexFunc(transitions, func(t transition) bool { return t.from == from && t.to == to })
	if i < 0 {
		return nil
	}
	return &transitions[i]
}

// Next lists the statuses a person of that role may give a case by hand.
func Next(from Status, role caller.Role) []Status {
	var out []Status
	for _, t := range transitions {
		if t.from == from && t.who != "" && role.Covers(t.who) {
			out = append(out, t.to)
		}
	}
	return out
}

// NeedsReason reports whether a person has to say why.
func NeedsReason(from, to Status) bool {
	t := find(from, to)
	return t != nil && t.reason
}
