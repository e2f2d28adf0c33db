package cataloguefile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Catalogue is the door through which the catalogue is changed.
type Catalogue interface {
	Change(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx, at time.Time) error) (*catalogue.Snapshot, error)
}

// Files writes categories as files and reads them back. Safe for concurrent use.
type Files struct {
	db        db.DB
	q         *sqlc.Queries
	catalogue Catalogue
}

// New returns the service.
func New(d db.DB, c Catalogue) *Files { return &Files{db: d, q: sqlc.New(), catalogue: c} }

// ErrChanged says that an import was based on another state of the catalogue.
// It carries both revisions.
var ErrChanged = fault.New(fault.PreconditionFailed, "version_mismatch", "The catalogue was changed since then.")

// errDryRun ends the transaction of an import that is only tried.
var errDryRun = errors.New("dry run")

// Exported is a category as a file.
type Exported struct {
	// Name is a good name for the file: "motos-part.yaml".
	Name string
	Raw  []byte
	// Revision is that of the catalogue the file shows.
	Revision int64
}

// Export returns the category with that slug as a file. The same catalogue gives
// the same bytes.
// Errors: catalogue.ErrCategoryNotFound; ErrNotExact.
func (f *Files) Export(ctx context.Context, slug string, format Format) (Exported, error) {
	out := Exported{Name: slug + "." + string(format)}
	var category *Category
	err := db.InSnapshot(ctx, f.db, func(ctx context.Context, tx pgx.Tx) error {
		s, err := load(ctx, tx, slug)
		if err != nil {
			return err
		}
		category = s.file()
		out.Revision, err = f.q.CatalogueRevisionGet(ctx, tx)
		return err
	})
	if err != nil {
		return Exported{}, fmt.Errorf("export category: %w", err)
	}
	if category == nil {
		return Exported{}, catalogue.ErrCategoryNotFound
	}
	out.Raw, err = write(category, format)
	return out, err
}

// Options says how a file is imported.
type Options struct {
	// DryRun only tells what an import would do.
	DryRun bool
	// Revision is the one of the catalogue that the import is based on; 0 means
	// any.
	Revision int64
}

// Report says what an import did, or would do.
type Report struct {
	DryRun bool
	Slug   string
	Name   string
	// Revision is that of the catalogue: after the import, or the one that a dry
	// run compared with.
	Revision int64
	Changes  []Change
	// Notes are about what is allowed but looks like a mistake, and about what was
	// against a rule before already.
	Notes []Problem
}

// Count returns how many rows an action happens to.
func (r Report) Count(a Action) int {
	n := 0
	for _, c := range r.Changes {
		if c.Action == a {
			n++
		}
	}
	return n
}

// Import makes the category what the file says, all or nothing. A dry run does
// the same and takes it back, so that what it reports is what would happen.
// Errors: ErrTooLarge; ErrInvalid with every problem; ErrChanged.
func (f *Files) Import(ctx context.Context, raw []byte, format Format, o Options) (Report, error) {
	if len(raw) > MaxSize {
		return Report{}, ErrTooLarge
	}
	d := read(raw, format)
	if d.broken {
		return Report{}, invalid(d.problems)
	}
	report := Report{DryRun: o.DryRun, Slug: d.category.Slug, Name: d.category.Name}
	snapshot, err := f.catalogue.Change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		if err := f.importInto(ctx, tx, at, d, o, &report); err != nil {
			return err
		}
		if o.DryRun {
			return errDryRun
		}
		return nil
	})
	switch {
	case errors.Is(err, errDryRun):
		return report, nil
	case err != nil:
		return Report{}, err
	}
	report.Revision = snapshot.Revision
	return report, nil
}

func (f *Files) importInto(ctx context.Context, tx pgx.Tx, at time.Time, d *document, o Options, report *Report) error {
	revision, err := f.q.CatalogueRevisionGet(ctx, tx)
	if err != nil {
		return err
	}
	if o.Revision != 0 && o.Revision != revision {
		changed := *ErrChanged
		changed.Current, changed.Submitted = map[string]int64{"revision": revision}, map[string]int64{"revision": o.Revision}
		return &changed
	}
	report.Revision = revision
	s, err := load(ctx, tx, d.category.Slug)
	if err != nil {
		return fmt.Errorf("read category: %w", err)
	}
	before := s.file()
	wrong, notes := d.check(before, slices.Sorted(maps.Keys(s.global)))
	if problems := append(slices.Clone(d.problems), wrong...); len(problems) > 0 {
		return invalid(problems)
	}
	report.Notes = notes
	d.category.arrange()
	report.Changes = compare(before, &d.category)
	return newImporter(tx, at, d, s, report.Changes).run(ctx)
}
