package logmonitor

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/page"
)

// States of a group: a resolved one is open again when it recurs, an ignored one
// is only counted.
const (
	StatusOpen     = "open"
	StatusResolved = "resolved"
	StatusIgnored  = "ignored"
)

// entityType names groups in the audit.
const entityType = "error"

// Day is how many hours the numbers of a group go back, Week those of one by itself.
const (
	Day  = 24
	Week = 7 * Day
)

// Errors of groups.
var (
	ErrNotFound = fault.New(fault.NotFound, "error_not_found", "Error not found")
	ErrChanged  = fault.New(fault.PreconditionFailed, "version_mismatch", "The error was changed since then.")
)

// Group is all errors of one kind.
type Group struct {
	ID     uuid.UUID
	Source string
	Kind   string
	Title  string
	// Message, Stack, Location and RequestID are of the newest one; "" for what it
	// has not.
	Message, Stack, Location, RequestID string
	FirstSeen, LastSeen                 time.Time
	Count                               int64
	Status                              string
	ResolvedAt                          *time.Time
	ResolvedByName                      *string
	ReopenedAt                          *time.Time
	Reopenings                          int
	AlertedAt                           *time.Time
	Version                             int
	// Hours are how many there were in each, the current one last.
	Hours []Hour
}

// Hour is how many errors there were in one.
type Hour struct {
	Start time.Time
	Count int64
}

// Filter chooses groups; the zero value chooses all.
type Filter struct {
	// Statuses to choose; none for all.
	Statuses []string
	Source   *string
	Kind     *string
	// Q is a part of the text or of where it happened, or the id of a request.
	Q *string
}

// Stats are the numbers of all groups.
type Stats struct {
	Open, Resolved, Ignored, NewToday int64
	Hours                             []Hour
	Sources                           []string
}

// Groups are what was captured. Safe for concurrent use.
type Groups struct {
	db  db.DB
	q   *sqlc.Queries
	now func() time.Time
}

// NewGroups returns the service.
func NewGroups(d db.DB, now func() time.Time) *Groups {
	return &Groups{db: d, q: sqlc.New(), now: now}
}

// List returns a page, what was seen last first.
func (s *Groups) List(ctx context.Context, f Filter, after page.Key, limit int) ([]Group, *string, error) {
	if len(f.Statuses) == 0 {
		f.Statuses = []string{StatusOpen, StatusResolved, StatusIgnored}
	}
	rows, err := s.q.ErrorGroupList(ctx, s.db, sqlc.ErrorGroupListParams{
		Statuses: f.Statuses, Source: f.Source, Kind: f.Kind, Q: f.Q,
		NoCursor: after.IsZero(), AfterAt: after.At, AfterID: after.ID, MaxRows: int32(limit) + 1, // at most page.MaxLimit
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list errors: %w", err)
	}
	out := make([]Group, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r.ErrorGroup, r.ResolvedByName)
	}
	out, next := page.Of(out, limit, func(g Group) page.Key { return page.Key{At: g.LastSeen, ID: g.ID} })
	return out, next, s.addHours(ctx, out, Day)
}

// Get returns one, with the hours of a week. Errors: ErrNotFound.
func (s *Groups) Get(ctx context.Context, id uuid.UUID) (Group, error) {
	row, err := s.q.ErrorGroupOverview(ctx, s.db, id)
	if db.IsNoRows(err) {
		return Group{}, notFound(id)
	}
	if err != nil {
		return Group{}, fmt.Errorf("read error: %w", err)
	}
	out := []Group{fromRow(row.ErrorGroup, row.ResolvedByName)}
	return out[0], s.addHours(ctx, out, Week)
}

func notFound(id uuid.UUID) error {
	return ErrNotFound.WithMessage(fmt.Sprintf("Error %s not found", id))
}

func fromRow(g sqlc.ErrorGroup, resolvedBy *string) Group {
	return Group{
		ID: g.ID, Source: g.Source, Kind: g.Kind, Title: g.Title, Message: g.Message, Stack: g.Stack, Location: g.Location, RequestID: g.RequestID,
		FirstSeen: g.FirstSeen, LastSeen: g.LastSeen, Count: g.Seen, Status: g.Status, ResolvedAt: g.ResolvedAt, ResolvedByName: resolvedBy,
		ReopenedAt: g.ReopenedAt, Reopenings: int(g.Reopenings), AlertedAt: g.AlertedAt, Version: int(g.Version),
	}
}

// addHours fills in the hours of groups, n back from now.
func (s *Groups) addHours(ctx context.Context, groups []Group, n int) error {
	ids := make([]uuid.UUID, len(groups))
	place := make(map[uuid.UUID]int, len(groups))
	start := firstHour(s.now(), n)
	for i := range groups {
		ids[i], place[groups[i].ID] = groups[i].ID, i
		groups[i].Hours = emptyHours(start, n)
	}
	rows, err := s.q.ErrorHourList(ctx, s.db, sqlc.ErrorHourListParams{GroupIds: ids, Since: start})
	if err != nil {
		return fmt.Errorf("read hours of errors: %w", err)
	}
	for _, r := range rows {
		setHour(groups[place[r.GroupID]].Hours, start, r.Hour, r.Seen)
	}
	return nil
}

// Stats counts the groups and, by hour, the errors of a day.
func (s *Groups) Stats(ctx context.Context) (Stats, error) {
	at := s.now()
	n, err := s.q.ErrorGroupStats(ctx, s.db, at.Add(-Day*time.Hour))
	if err != nil {
		return Stats{}, fmt.Errorf("count errors: %w", err)
	}
	start := firstHour(at, Day)
	out := Stats{Open: n.Open, Resolved: n.Resolved, Ignored: n.Ignored, NewToday: n.NewSince, Hours: emptyHours(start, Day)}
	sums, err := s.q.ErrorHourSums(ctx, s.db, start)
	if err != nil {
		return Stats{}, fmt.Errorf("count errors by hour: %w", err)
	}
	for _, h := range sums {
		setHour(out.Hours, start, h.Hour, h.Seen)
	}
	if out.Sources, err = s.q.ErrorGroupSources(ctx, s.db); err != nil {
		return Stats{}, fmt.Errorf("list sources of errors: %w", err)
	}
	return out, nil
}

// firstHour returns the first of n hours of which the last one is now's.
func firstHour(now time.Time, n int) time.Time {
	return now.UTC().Truncate(time.Hour).Add(-time.Duration(n-1) * time.Hour)
}

func emptyHours(start time.Time, n int) []Hour {
	out := make([]Hour, n)
	for i := range out {
		out[i].Start = start.Add(time.Duration(i) * time.Hour)
	}
	return out
}

// setHour leaves out what a replica whose clock is ahead has counted already.
func setHour(hours []Hour, start, hour time.Time, n int64) {
	if i := int(hour.Sub(start) / time.Hour); i < len(hours) {
		hours[i].Count = n
	}
}

// SetStatus opens, resolves or ignores a group. version is the one the change is
// based on; 0 means any. Errors: ErrNotFound; ErrChanged.
func (s *Groups) SetStatus(ctx context.Context, id uuid.UUID, version int, status string) (Group, error) {
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		old, err := s.q.ErrorGroupGetForUpdate(ctx, tx, id)
		switch {
		case db.IsNoRows(err):
			return notFound(id)
		case err != nil:
			return fmt.Errorf("read error: %w", err)
		case version != 0 && int(old.Version) != version:
			return ErrChanged
		case old.Status == status:
			return nil
		}
		at := s.now()
		arg := sqlc.ErrorGroupSetStatusParams{ID: id, Status: status}
		if status == StatusResolved {
			arg.ResolvedAt = &at
			if who, ok := caller.From(ctx); ok {
				arg.ResolvedBy = &who.AccountID
			}
		}
		if err := audit.Record(ctx, tx, audit.Entry{
			At: at, Action: "update", EntityType: entityType, EntityID: id.String(),
			Changes: map[string]audit.Change{"status": {old.Status, status}},
		}); err != nil {
			return err
		}
		if err := s.q.ErrorGroupSetStatus(ctx, tx, arg); err != nil {
			return fmt.Errorf("write error: %w", err)
		}
		return nil
	})
	if err != nil {
		return Group{}, err
	}
	return s.Get(ctx, id)
}
