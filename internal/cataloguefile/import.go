package cataloguefile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/db"
)

// importer writes the changes of one import.
type importer struct {
	tx   pgx.Tx
	q    *sqlc.Queries
	at   time.Time
	d    *document
	s    *stored
	want *Category

	changes []Change
	// changed finds the change of a row that stays or comes, by table and code.
	changed map[[2]string]*Change
	// goes holds the rows that are removed.
	goes map[[2]string]bool
	// touched holds the elements of which a photo or field changes: that is a new
	// version of them too.
	touched  map[string]bool
	ids      map[[2]string]uuid.UUID // by table and code
	problems []Problem
}

func newImporter(tx pgx.Tx, at time.Time, d *document, s *stored, changes []Change) *importer {
	i := &importer{
		tx: tx, q: sqlc.New(), at: at, d: d, s: s, want: &d.category, changes: changes,
		changed: map[[2]string]*Change{}, goes: map[[2]string]bool{}, touched: map[string]bool{}, ids: map[[2]string]uuid.UUID{},
	}
	for n := range changes {
		c := &changes[n]
		if owner, _, part := strings.Cut(c.Code, "/"); part {
			i.touched[owner] = true
		}
		key := [2]string{c.Table, c.Code}
		if c.Action == Removed {
			i.goes[key] = true
		} else {
			i.changed[key] = c
		}
	}
	return i
}

// run writes everything in an order in which the database's rules hold at any
// moment: lists are emptied first and filled last, and rows go when nothing
// names them any more.
func (i *importer) run(ctx context.Context) error {
	i.know()
	for _, step := range []func(context.Context) error{
		i.clearLists, i.putCategory, i.putTiers, i.putServices, i.putDocuments, i.putElements, i.putFields, i.putPhotos,
		i.putWarnings, i.fillLists, i.remove,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if len(i.problems) > 0 {
		return invalid(i.problems)
	}
	return nil
}

// know finds the ids of the rows there are; the others get one.
func (i *importer) know() {
	for code, r := range i.s.tiers {
		i.ids[[2]string{"tiers", code}] = r.ID
	}
	for code, r := range i.s.elements {
		i.ids[[2]string{"elements", code}] = r.ID
	}
	for code, r := range i.s.global {
		i.ids[[2]string{"services", code}] = r.ID
	}
	for code, r := range i.s.services { // before the global one of that code
		i.ids[[2]string{"services", code}] = r.ID
	}
	for code, r := range i.s.fields {
		i.ids[[2]string{"fields", code}] = r.ID
	}
	for code, r := range i.s.warnings {
		i.ids[[2]string{"warnings", code}] = r.ID
	}
}

// id returns the id of a row by its code; a new one the first time.
func (i *importer) id(table, code string) uuid.UUID {
	key := [2]string{table, code}
	if _, ok := i.ids[key]; !ok {
		i.ids[key] = uuid.Must(uuid.NewV7())
	}
	return i.ids[key]
}

// idOf is id for a code that may be absent.
func (i *importer) idOf(table string, code *string) *uuid.UUID {
	if code == nil {
		return nil
	}
	id := i.id(table, *code)
	return &id
}

// put writes a row and who changed what in it. old is nil for a new one.
func put[Row any](ctx context.Context, i *importer, entity string, id uuid.UUID, old *Row, row Row, write func() error) error {
	var err error
	if old == nil {
		err = audit.RecordCreate(ctx, i.tx, i.at, entity, id.String(), row)
	} else {
		_, err = audit.RecordUpdate(ctx, i.tx, i.at, entity, id.String(), *old, row)
	}
	if err == nil {
		err = write()
	}
	return err
}

// written turns what the database says about a row into an error that names it.
func (i *importer) written(table, code, path string, err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pg) && pg.Code == "23514", db.IsUnstorable(err):
		return invalid([]Problem{{Pointer: i.d.at(path), Detail: fmt.Sprintf("%s %s breaks a rule of the database", table, code)}})
	}
	return fmt.Errorf("write %s %s: %w", table, code, err)
}

// listed notes the change of lists that hang on a row.
func (i *importer) listed(ctx context.Context, entity string, id uuid.UUID, c *Change, names ...string) error {
	changes := map[string]audit.Change{}
	for _, m := range c.Members {
		for _, name := range names {
			if m.Name == name {
				changes[name] = audit.Change{m.From, m.To}
			}
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return audit.Record(ctx, i.tx, audit.Entry{At: i.at, Action: "update", EntityType: entity, EntityID: id.String(), Changes: changes})
}

// has reports whether a member is among those that change.
func (c *Change) has(name string) bool {
	if c == nil {
		return false
	}
	for _, m := range c.Members {
		if m.Name == name {
			return true
		}
	}
	return false
}

// change returns the change of a row that stays or comes, or nil.
func (i *importer) change(table, code string) *Change { return i.changed[[2]string{table, code}] }

// gone tries to delete the rows of a table that are not in the file any more,
// and notes those that something still names.
func gone[Row any](ctx context.Context, i *importer, table, entity string, rows map[string]Row, id func(Row) uuid.UUID,
	remove func(context.Context, sqlc.DBTX, uuid.UUID) error,
) error {
	var todo []string
	for _, c := range i.changes {
		if c.Table == table && c.Action == Removed {
			todo = append(todo, c.Code)
		}
	}
	for len(todo) > 0 {
		var left []string
		for _, code := range todo {
			row := rows[code]
			err := db.InTx(ctx, i.tx, func(ctx context.Context, tx pgx.Tx) error {
				if err := remove(ctx, tx, id(row)); err != nil {
					return err
				}
				return audit.RecordDelete(ctx, tx, i.at, entity, id(row).String(), row)
			})
			switch {
			case inUse(err):
				left = append(left, code) // perhaps of one that goes later
			case err != nil:
				return fmt.Errorf("delete %s %s: %w", table, code, err)
			}
		}
		if len(left) == len(todo) {
			break
		}
		todo = left
	}
	for _, code := range todo {
		i.problems = append(i.problems, Problem{
			Pointer: i.d.at(table), Detail: fmt.Sprintf("%s is in use and cannot be removed; make it inactive instead", code),
		})
	}
	return nil
}

// inUse reports whether err says that something refers to the row.
func inUse(err error) bool {
	const foreignKey, restrict = "23503", "23001"
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == foreignKey || pg.Code == restrict)
}

func toInt32(n *int) *int32 {
	if n == nil {
		return nil
	}
	v := int32(*n)
	return &v
}

// list returns s, or an empty list for nil: the columns refuse null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
