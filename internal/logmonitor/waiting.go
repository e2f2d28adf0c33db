package logmonitor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/db"
)

// waiting is what was seen of a group since it was last written.
type waiting struct {
	sample      // of the newest
	first, last time.Time
	hours       map[time.Time]int64
}

// add counts one error.
func (c *Capture) add(o occurrence) {
	at := o.at.UTC().Truncate(time.Microsecond) // as exact as PostgreSQL is
	c.merge(&waiting{sample: newSample(o), first: at, last: at, hours: map[time.Time]int64{at.Truncate(time.Hour): 1}})
}

// giveBack counts again what could not be written.
func (c *Capture) giveBack(batch map[string]*waiting) {
	for _, w := range batch {
		c.merge(w)
	}
}

func (c *Capture) merge(w *waiting) {
	old := c.groups[w.fingerprint]
	if old == nil {
		if len(c.groups) >= maxGroups {
			c.dropped.WithLabelValues(droppedGroups).Add(float64(w.seen()))
			return
		}
		c.groups[w.fingerprint] = w
		return
	}
	if !w.last.Before(old.last) {
		old.sample, old.last = w.sample, w.last
	}
	if w.first.Before(old.first) {
		old.first = w.first
	}
	for hour, n := range w.hours {
		old.hours[hour] += n
	}
}

func (w *waiting) seen() (n int64) {
	for _, of := range w.hours {
		n += of
	}
	return n
}

// write adds a batch to what all processes have counted, all of it or nothing.
func (c *Capture) write(ctx context.Context, d db.DB, batch map[string]*waiting) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	var arg sqlc.ErrorGroupUpsertParams
	for _, f := range slices.Sorted(maps.Keys(batch)) {
		w := batch[f]
		arg.Ids = append(arg.Ids, uuid.Must(uuid.NewV7()))
		arg.Fingerprints = append(arg.Fingerprints, f)
		arg.Sources = append(arg.Sources, w.source)
		arg.Kinds = append(arg.Kinds, w.kind)
		arg.Titles = append(arg.Titles, w.title)
		arg.Messages = append(arg.Messages, w.message)
		arg.Stacks = append(arg.Stacks, w.stack)
		arg.Locations = append(arg.Locations, w.location)
		arg.RequestIds = append(arg.RequestIds, w.requestID)
		arg.FirstSeen = append(arg.FirstSeen, w.first)
		arg.LastSeen = append(arg.LastSeen, w.last)
		arg.Seen = append(arg.Seen, w.seen())
	}
	q := sqlc.New()
	return db.InTx(ctx, d, func(ctx context.Context, tx pgx.Tx) error {
		groups, err := q.ErrorGroupUpsert(ctx, tx, arg)
		if err != nil {
			return fmt.Errorf("count errors: %w", err)
		}
		var hours sqlc.ErrorHourAddParams
		for _, g := range groups {
			w := batch[g.Fingerprint]
			for hour, n := range w.hours {
				hours.GroupIds = append(hours.GroupIds, g.ID)
				hours.Hours = append(hours.Hours, hour)
				hours.Seen = append(hours.Seen, n)
			}
			if g.ReopenedAt != nil && g.ReopenedAt.Equal(w.last) { // by this very error
				if err := audit.Record(ctx, tx, audit.Entry{
					At: c.now(), Action: "update", EntityType: entityType, EntityID: g.ID.String(),
					Changes: map[string]audit.Change{"status": {StatusResolved, StatusOpen}},
				}); err != nil {
					return err
				}
			}
		}
		if err := q.ErrorHourAdd(ctx, tx, hours); err != nil {
			return fmt.Errorf("count errors by hour: %w", err)
		}
		return nil
	})
}
