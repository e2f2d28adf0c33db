package seed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
)

// Options says how Apply treats what staff changed.
type Options struct {
	// Overwrite brings every shipped row back to its shipped content, staff's
	// changes and deletions notwithstanding. Rows staff added stay.
	Overwrite bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Report says what Apply did. A row is one thing staff can edit as a whole: a
// tier, an element, its vocabulary, a photo slot, the list of a tier's
// references…
type Report struct {
	// Inserted rows were new.
	Inserted int
	// Updated rows were still as an earlier release shipped them (or Overwrite
	// was set) and are now as this one does.
	Updated int
	// Retired rows are no longer shipped and were untouched: now inactive.
	Retired int
	// Unchanged rows are as shipped.
	Unchanged int
	// Kept names the rows left alone because staff changed or deleted them, or
	// made them: "tier motos-part:T4".
	Kept []string
}

// Changed reports whether Apply wrote anything to the catalogue.
func (r Report) Changed() bool { return r.Inserted+r.Updated+r.Retired > 0 }

// attempts is how often a seeding is tried when another writer of the catalogue
// is in its way: an editor, or the first seeding of another process.
const attempts = 3

// Apply brings the shipped catalogue into the database, all or nothing. It may
// be called any number of times, by several processes at once.
//
// Each written row is remembered with a fingerprint of its content. A row that
// is not remembered is inserted; one that still has the remembered content
// follows this release; any other was changed or deleted by staff and is left
// alone. A variant of a deleted element, a field of it and the like are left
// out too.
func Apply(ctx context.Context, d db.DB, opts Options) (Report, error) {
	categories, err := Default()
	if err != nil {
		return Report{}, err
	}
	return apply(ctx, d, opts, categories)
}

func apply(ctx context.Context, d db.DB, opts Options, categories []*catalogue.Category) (Report, error) {
	var report Report
	var err error
	for range attempts {
		err = db.InTx(ctx, d, func(ctx context.Context, tx pgx.Tx) error {
			a := newApplier(tx, opts, categories)
			defer func() { report = a.report }()
			return a.run(ctx)
		})
		if !worthRepeating(err) {
			break
		}
	}
	if err != nil {
		return Report{}, fmt.Errorf("seed catalogue: %w", err)
	}
	return report, nil
}

// worthRepeating reports whether err says that PostgreSQL ended this
// transaction in favour of another, or that the other took its time.
func worthRepeating(err error) bool {
	const deadlockDetected, lockNotAvailable = "40P01", "55P03"
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == deadlockDetected || pg.Code == lockNotAvailable)
}

func (a *applier) run(ctx context.Context) error {
	// Whoever writes to the catalogue has to go through here before it can commit,
	// so what is read from here on stays as it is until the end.
	at, err := catalogue.Enter(ctx, a.tx, a.now)
	if err != nil {
		return err
	}
	remembered, err := a.q.SeedRowListAll(ctx, a.tx)
	if err != nil {
		return err
	}
	for _, row := range remembered {
		a.remembered[rowKey{row.Kind, row.Key}] = row.Hash
	}
	if err := a.loadCurrent(ctx); err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	if err := a.putAll(ctx); err != nil {
		return err
	}
	if err := a.retireAll(ctx); err != nil {
		return err
	}
	return a.finish(ctx, at)
}

// finish remembers what was written and leaves one line in the audit log.
func (a *applier) finish(ctx context.Context, at time.Time) error {
	if len(a.learned.Keys) > 0 {
		a.learned.At = at
		if err := a.q.SeedRowRemember(ctx, a.tx, a.learned); err != nil {
			return fmt.Errorf("remember what was seeded: %w", err)
		}
	}
	if !a.report.Changed() {
		return nil
	}
	return audit.Record(ctx, a.tx, audit.Entry{
		At: at, Action: "update", EntityType: "catalogue", EntityID: "default",
		Changes: map[string]audit.Change{
			"inserted": {nil, a.report.Inserted}, "updated": {nil, a.report.Updated},
			"retired": {nil, a.report.Retired}, "kept": {nil, len(a.report.Kept)},
		},
	})
}

// retireAll switches off what earlier releases shipped and this one does not.
func (a *applier) retireAll(ctx context.Context) error {
	for _, retire := range []func(context.Context) error{
		a.warnings.retire, a.photos.retire, a.fields.retire, a.documents.retire, a.services.retire,
		a.tiers.retire, a.elements.retire, a.categories.retire,
	} {
		if err := retire(ctx); err != nil {
			return err
		}
	}
	return nil
}

// rowKey names a row for ever: its kind, and the category slug and codes that
// lead to it ("tier", "motos-part:T4").
type rowKey struct{ kind, key string }

// applier is one seeding.
type applier struct {
	tx         pgx.Tx
	q          *sqlc.Queries
	overwrite  bool
	now        func() time.Time
	shipped    []*catalogue.Category
	remembered map[rowKey]string
	learned    sqlc.SeedRowRememberParams
	report     Report

	categories   table[sqlc.SeedCategoryUpsertParams]
	tiers        table[sqlc.SeedTierUpsertParams]
	elements     table[sqlc.SeedElementUpsertParams]
	vocabularies table[sqlc.SeedVocabularyWriteParams]
	services     table[sqlc.SeedServiceUpsertParams]
	documents    table[sqlc.SeedDocumentUpsertParams]
	fields       table[sqlc.SeedFieldUpsertParams]
	photos       table[sqlc.SeedPhotoSlotUpsertParams]
	memberships  table[sqlc.SeedTierElementFillParams] // by element: the tiers that list it
	inclusions   table[sqlc.SeedInclusionFillParams]   // by tier
	suggestions  table[sqlc.SeedSuggestedFillParams]   // by element
	warnings     table[warningRow]
}
