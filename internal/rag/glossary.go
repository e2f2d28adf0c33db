package rag

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/lexical"
	"github.com/msia/msia/internal/patch"
)

// Errors of the glossary.
var (
	ErrEntryNotFound  = fault.New(fault.NotFound, "glossary_entry_not_found", "Glossary entry not found")
	ErrTermTaken      = fault.New(fault.Conflict, "term_taken", "The glossary has that term already.")
	ErrTooManyEntries = fault.New(fault.Conflict, "too_many_entries", "The glossary is full.")
	ErrUselessTerm    = fault.New(fault.Invalid, "useless_term", "Nothing of it would be looked for: it has only words such as «de» and «la».")
)

// maxEntries keeps questions quick: each is compared with every entry.
const maxEntries = 500

// Entry is what people say and what the regulations call it.
type Entry struct {
	ID        uuid.UUID
	Term      string
	Expansion string
	Note      *string
	IsActive  bool
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Glossary keeps the entries; a change is in force with the next question. Safe for
// concurrent use.
type Glossary struct {
	db  db.DB
	q   *sqlc.Queries
	now func() time.Time
}

// NewGlossary returns a glossary.
func NewGlossary(d db.DB, now func() time.Time) *Glossary {
	return &Glossary{db: d, q: sqlc.New(), now: now}
}

func entryNotFound(id uuid.UUID) error {
	return ErrEntryNotFound.WithMessage(fmt.Sprintf("Glossary entry %s not found", id))
}

// List returns all entries, by term.
func (g *Glossary) List(ctx context.Context) ([]*Entry, error) {
	rows, err := g.q.GlossaryList(ctx, g.db)
	if err != nil {
		return nil, fmt.Errorf("list glossary: %w", err)
	}
	out := make([]*Entry, len(rows))
	for i, r := range rows {
		out[i] = toEntry(r)
	}
	return out, nil
}

// Get returns an entry. Errors: ErrEntryNotFound.
func (g *Glossary) Get(ctx context.Context, id uuid.UUID) (*Entry, error) {
	row, err := g.q.GlossaryGet(ctx, g.db, id)
	if db.IsNoRows(err) {
		return nil, entryNotFound(id)
	}
	if err != nil {
		return nil, fmt.Errorf("read glossary entry: %w", err)
	}
	return toEntry(row), nil
}

// EntryDraft describes an entry to add.
type EntryDraft struct {
	Term, Expansion string
	Note            *string
	IsActive        bool
}

// Create adds an entry. Errors: ErrTermTaken; ErrTooManyEntries; ErrUselessTerm; ErrText.
func (g *Glossary) Create(ctx context.Context, d EntryDraft) (*Entry, error) {
	d.Term, d.Expansion = tidy(d.Term), tidy(d.Expansion)
	if err := checkEntry(d.Term, d.Expansion, d.Note); err != nil {
		return nil, err
	}
	var row sqlc.RagGlossary
	err := g.change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		n, err := g.q.GlossaryCount(ctx, tx)
		if err != nil {
			return fmt.Errorf("count glossary: %w", err)
		}
		if n >= maxEntries {
			return ErrTooManyEntries
		}
		row, err = g.q.GlossaryInsert(ctx, tx, sqlc.GlossaryInsertParams{
			ID: uuid.Must(uuid.NewV7()), Term: d.Term, Expansion: d.Expansion, Note: d.Note, IsActive: d.IsActive, At: at,
		})
		if err != nil {
			return err
		}
		return audit.RecordCreate(ctx, tx, at, "glossary_entry", row.ID.String(), row)
	})
	if err != nil {
		return nil, err
	}
	return toEntry(row), nil
}

// EntryPatch changes what is present; null clears it.
type EntryPatch struct {
	Term, Expansion *string
	Note            nullable.Nullable[string]
	IsActive        *bool
}

// Update changes an entry. version is the one the change is based on; 0 means any.
// Errors: those of Create; ErrEntryNotFound; ErrChanged.
func (g *Glossary) Update(ctx context.Context, id uuid.UUID, version int, p EntryPatch) (*Entry, error) {
	var row sqlc.RagGlossary
	err := g.change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		old, err := g.locked(ctx, tx, id, version)
		if err != nil {
			return err
		}
		row = old
		patch.Set(&row.Term, p.Term)
		patch.Set(&row.Expansion, p.Expansion)
		patch.SetNullable(&row.Note, p.Note)
		patch.Set(&row.IsActive, p.IsActive)
		row.Term, row.Expansion = tidy(row.Term), tidy(row.Expansion)
		if err := checkEntry(row.Term, row.Expansion, row.Note); err != nil {
			return err
		}
		if changed, err := audit.RecordUpdate(ctx, tx, at, "glossary_entry", id.String(), old, row); err != nil || !changed {
			return err
		}
		row, err = g.q.GlossaryUpdate(ctx, tx, sqlc.GlossaryUpdateParams{
			ID: id, Term: row.Term, Expansion: row.Expansion, Note: row.Note, IsActive: row.IsActive, At: at,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return toEntry(row), nil
}

// Delete removes an entry. version is as in Update. Errors: ErrEntryNotFound; ErrChanged.
func (g *Glossary) Delete(ctx context.Context, id uuid.UUID, version int) error {
	return g.change(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) error {
		row, err := g.locked(ctx, tx, id, version)
		if err != nil {
			return err
		}
		if err := g.q.GlossaryDelete(ctx, tx, id); err != nil {
			return err
		}
		return audit.RecordDelete(ctx, tx, at, "glossary_entry", id.String(), row)
	})
}

// change runs fn in a transaction of those that change answers, one at a time.
func (g *Glossary) change(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx, at time.Time) error) error {
	err := db.InTx(ctx, g.db, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := g.q.CorpusLock(ctx, tx); err != nil {
			return fmt.Errorf("lock the corpus: %w", err)
		}
		if err := fn(ctx, tx, g.now()); err != nil {
			return err
		}
		return g.q.CorpusChange(ctx, tx, sqlc.CorpusChangeParams{})
	})
	if db.IsUnique(err, "rag_glossary_term_key") {
		return ErrTermTaken
	}
	return err
}

func (g *Glossary) locked(ctx context.Context, tx pgx.Tx, id uuid.UUID, version int) (sqlc.RagGlossary, error) {
	row, err := g.q.GlossaryGetForUpdate(ctx, tx, id)
	switch {
	case db.IsNoRows(err):
		return row, entryNotFound(id)
	case err != nil:
		return row, fmt.Errorf("read glossary entry: %w", err)
	case version != 0 && int(row.Version) != version:
		return row, ErrChanged
	}
	return row, nil
}

// SeedDefault gives a glossary that never had any the entries it is shipped with.
func (g *Glossary) SeedDefault(ctx context.Context) error {
	return db.InTx(ctx, g.db, func(ctx context.Context, tx pgx.Tx) error {
		first, err := g.q.GlossaryMarkSeeded(ctx, tx)
		if err != nil || first == 0 {
			return err
		}
		at := g.now()
		for _, e := range lexical.DefaultGlossary() {
			err := g.q.GlossaryInsertDefault(ctx, tx, sqlc.GlossaryInsertDefaultParams{
				ID: uuid.Must(uuid.NewV7()), Term: e.Term, Expansion: e.Expansion, At: at,
			})
			if err != nil {
				return fmt.Errorf("insert %q: %w", e.Term, err)
			}
		}
		return g.q.CorpusChange(ctx, tx, sqlc.CorpusChangeParams{})
	})
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

func checkEntry(term, expansion string, note *string) error {
	if strings.ContainsRune(term+expansion+deref(note), 0) {
		return ErrText
	}
	for pointer, text := range map[string]string{"/term": term, "/expansion": expansion} {
		if len([]rune(text)) < 2 || len(lexical.Analyse(text)) == 0 {
			return ErrUselessTerm.WithFields(fault.Field{Pointer: pointer, Detail: "has no word that is looked for"})
		}
	}
	return nil
}

func toEntry(r sqlc.RagGlossary) *Entry {
	return &Entry{
		ID: r.ID, Term: r.Term, Expansion: r.Expansion, Note: r.Note, IsActive: r.IsActive, Version: int(r.Version),
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}
