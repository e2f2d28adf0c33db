package rag

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"
	"golang.org/x/sync/singleflight"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/objects"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/patch"
)

// LibraryConfig is what a Library needs; every member is required.
type LibraryConfig struct {
	DB    db.DB
	Jobs  Jobs
	Files *objects.Store
	// TempDir is the folder uploads wait in; it is made when missing.
	TempDir string
	Reader  Reader
	Now     func() time.Time
	Log     *slog.Logger
}

// Library keeps the documents. Safe for concurrent use.
type Library struct {
	cfg       LibraryConfig
	q         *sqlc.Queries
	receiving chan struct{} // a place for each upload under way
	drawing   singleflight.Group
	watching  chan struct{} // a place for each stream
}

const (
	// maxReceiving bounds the uploads on disk, maxWatching the streams.
	maxReceiving = 16
	maxWatching  = 200
)

// NewLibrary returns a library.
func NewLibrary(cfg LibraryConfig) (*Library, error) {
	if err := os.MkdirAll(cfg.TempDir, 0o700); err != nil {
		return nil, fmt.Errorf("folder for uploads: %w", err)
	}
	return &Library{cfg: cfg, q: sqlc.New(), receiving: make(chan struct{}, maxReceiving), watching: make(chan struct{}, maxWatching)}, nil
}

// fileKey is where a document's file is.
func fileKey(id uuid.UUID) string { return folder(id) + "document.pdf" }

// folder holds everything there is of a document in the file store.
func folder(id uuid.UUID) string { return documentFolder + id.String() + "/" }

const documentFolder = "documents/"

// Keys returns the keys of every file that the database refers to; pictures of
// pages are made anew.
func Keys(ctx context.Context, d sqlc.DBTX) ([]string, error) {
	ids, err := sqlc.New().RegulationListIDs(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = fileKey(id)
	}
	return keys, nil
}

func notFound(id uuid.UUID) error {
	return ErrNotFound.WithMessage(fmt.Sprintf("Document %s not found", id))
}

// New describes a document to add.
type New struct {
	// OriginalFilename is what the sender called it, fit to be shown.
	OriginalFilename string
	// Title is the file's name when it is empty.
	Title        string
	ShortTitle   *string
	Type         string
	Number       *string
	ValidFrom    *time.Time
	ValidTo      *time.Time
	Tags         []string
	SupersedesID *uuid.UUID
}

// Add keeps an upload and has it processed.
// Errors: ErrDuplicate, with the document as Current; ErrNotFound and
// ErrSuperseded of the one it replaces; ErrDates; ErrText; objects.ErrUnavailable.
func (l *Library) Add(ctx context.Context, up *Upload, n New) (*Document, error) {
	if n.Title = strings.Join(strings.Fields(n.Title), " "); n.Title == "" {
		n.Title = titleOf(n.OriginalFilename)
	}
	if err := check(n.Title, n.ShortTitle, n.Number, n.Tags, n.ValidFrom, n.ValidTo); err != nil {
		return nil, err
	}
	if err := l.refuseDuplicate(ctx, up.sum); err != nil {
		return nil, err
	}
	if n.SupersedesID != nil { // before the file is copied; looked at again in the transaction
		if _, err := l.Get(ctx, *n.SupersedesID); err != nil {
			return nil, err
		}
	}
	id := uuid.Must(uuid.NewV7())
	if _, err := up.file.Seek(0, io.SeekStart); err != nil {
		return nil, objects.Error(ctx, "read", err)
	}
	if err := l.cfg.Files.Put(ctx, fileKey(id), io.LimitReader(up.file, up.size), "application/pdf"); err != nil {
		return nil, err
	}
	if err := l.insert(ctx, id, up, n); err != nil {
		l.forget(ctx, id)
		switch {
		case db.IsUnique(err, "rag_documents_sha256_key"):
			return nil, errors.Join(l.refuseDuplicate(ctx, up.sum), err)
		case db.IsUnique(err, "rag_documents_supersedes_key"):
			return nil, ErrSuperseded
		}
		return nil, err
	}
	return l.Get(ctx, id)
}

func (l *Library) insert(ctx context.Context, id uuid.UUID, up *Upload, n New) error {
	at := l.cfg.Now()
	return db.InTx(ctx, l.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		edition := int32(1)
		if n.SupersedesID != nil {
			old, err := l.q.RegulationGetForUpdate(ctx, tx, *n.SupersedesID)
			if db.IsNoRows(err) {
				return notFound(*n.SupersedesID)
			}
			if err != nil {
				return fmt.Errorf("read document: %w", err)
			}
			edition = old.Edition + 1
		}
		literal, _ := tsvector(field{n.Title, "B"})
		err := l.q.RegulationInsert(ctx, tx, sqlc.RegulationInsertParams{
			ID: id, Title: n.Title, ShortTitle: n.ShortTitle, Type: n.Type, Number: n.Number, Folded: foldedOf(n.Title, n.ShortTitle, n.Number),
			ReferencesTo: namesOf(n.Title, n.Number), TitleTsv: literal, ValidFrom: n.ValidFrom, ValidTo: n.ValidTo, Tags: n.Tags,
			OriginalFilename: n.OriginalFilename, SizeBytes: up.size, Sha256: up.sum[:], Edition: edition, SupersedesID: n.SupersedesID, At: at,
		})
		if err != nil {
			return fmt.Errorf("insert document: %w", err)
		}
		row, err := l.q.RegulationGetForUpdate(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
		if err := audit.RecordCreate(ctx, tx, at, "regulation", id.String(), audited(row)); err != nil {
			return err
		}
		return l.cfg.Jobs.Enqueue(ctx, tx, ProcessArgs{DocumentID: id, RunID: row.RunID, Step: Extracting})
	})
}

// refuseDuplicate returns ErrDuplicate when a document has that file.
func (l *Library) refuseDuplicate(ctx context.Context, sum [32]byte) error {
	id, err := l.q.RegulationGetByHash(ctx, l.cfg.DB, sum[:])
	if db.IsNoRows(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the file: %w", err)
	}
	d, err := l.Get(ctx, id)
	if err != nil {
		return err
	}
	refusal := ErrDuplicate.WithMessage(fmt.Sprintf("This very file is there already: %s (%s).", d.Title, d.ID))
	refusal.Current = d
	return refusal
}

// titleOf makes a title of a file's name.
func titleOf(filename string) string {
	name := strings.TrimSuffix(filename, filename[max(0, strings.LastIndexByte(filename, '.')):])
	if !strings.Contains(filename, ".") {
		name = filename
	}
	name = strings.Join(strings.Fields(strings.ReplaceAll(name, "_", " ")), " ")
	if name == "" {
		return "Documento sin título"
	}
	return name
}

// check refuses what cannot be stored.
func check(title string, shortTitle, number *string, tags []string, from, to *time.Time) error {
	if strings.ContainsRune(title+deref(shortTitle)+deref(number)+strings.Join(tags, ""), 0) {
		return ErrText
	}
	if from != nil && to != nil && to.Before(*from) {
		return ErrDates
	}
	return nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func foldedOf(title string, shortTitle, number *string) string {
	return fold(title) + "\n" + fold(deref(shortTitle)) + "\n" + fold(deref(number))
}

// Get returns a document. Errors: ErrNotFound.
func (l *Library) Get(ctx context.Context, id uuid.UUID) (*Document, error) {
	row, err := l.q.RegulationGet(ctx, l.cfg.DB, id)
	if db.IsNoRows(err) {
		return nil, notFound(id)
	}
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	return toDocument(row.RagDocument, row.SupersededByID), nil
}

// Filter narrows a list; the zero Filter does not.
type Filter struct {
	// Text is part of the titles or the number.
	Text                *string
	Status, Type, Tag   *string
	IsActive, IsCurrent *bool
}

// List returns a page of documents, the newest first, and the cursor of the next
// page, nil on the last.
func (l *Library) List(ctx context.Context, f Filter, after page.Key, limit int) ([]*Document, *string, error) {
	arg := sqlc.RegulationListAfterParams{
		Status: f.Status, Type: f.Type, Tag: f.Tag, IsActive: f.IsActive, IsCurrent: f.IsCurrent,
		MaxRows: int32(limit) + 1, //nolint:gosec // at most page.MaxLimit
	}
	if f.Text != nil {
		folded := fold(*f.Text)
		arg.Q = &folded
	}
	if !after.IsZero() {
		arg.AfterAt, arg.AfterID = &after.At, &after.ID
	}
	rows, err := l.q.RegulationListAfter(ctx, l.cfg.DB, arg)
	if err != nil {
		return nil, nil, fmt.Errorf("list documents: %w", err)
	}
	rows, next := page.Of(rows, limit, func(r sqlc.RegulationListAfterRow) page.Key {
		return page.Key{At: r.RagDocument.CreatedAt, ID: r.RagDocument.ID}
	})
	out := make([]*Document, len(rows))
	for i, r := range rows {
		out[i] = toDocument(r.RagDocument, r.SupersededByID)
	}
	return out, next, nil
}

// Versions returns the editions of the same regulation, the newest first.
// Errors: ErrNotFound.
func (l *Library) Versions(ctx context.Context, id uuid.UUID) ([]*Document, error) {
	rows, err := l.q.RegulationListVersions(ctx, l.cfg.DB, id)
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	if len(rows) == 0 {
		return nil, notFound(id)
	}
	out := make([]*Document, len(rows))
	for i, r := range rows {
		out[i] = toDocument(r.RagDocument, r.SupersededByID)
	}
	return out, nil
}

// Patch changes what is present; null clears it.
type Patch struct {
	Title      *string
	ShortTitle nullable.Nullable[string]
	Type       *string
	Number     nullable.Nullable[string]
	ValidFrom  nullable.Nullable[time.Time]
	ValidTo    nullable.Nullable[time.Time]
	Tags       *[]string
	IsActive   *bool
}

// Update changes what is said about a document; the very next answer knows.
// version is the one the change is based on; 0 means any.
// Errors: ErrNotFound; ErrChanged; ErrDates; ErrText.
func (l *Library) Update(ctx context.Context, id uuid.UUID, version int, p Patch) (*Document, error) {
	err := l.inCorpus(ctx, id, version, func(ctx context.Context, tx pgx.Tx, old sqlc.RagDocument) error {
		row := old
		patch.Set(&row.Title, p.Title)
		patch.SetNullable(&row.ShortTitle, p.ShortTitle)
		patch.Set(&row.Type, p.Type)
		patch.SetNullable(&row.Number, p.Number)
		patch.SetNullable(&row.ValidFrom, p.ValidFrom)
		patch.SetNullable(&row.ValidTo, p.ValidTo)
		patch.Set(&row.Tags, p.Tags)
		patch.Set(&row.IsActive, p.IsActive)
		row.Title = strings.Join(strings.Fields(row.Title), " ")
		if err := check(row.Title, row.ShortTitle, row.Number, row.Tags, row.ValidFrom, row.ValidTo); err != nil {
			return err
		}
		at := l.cfg.Now()
		changed, err := audit.RecordUpdate(ctx, tx, at, "regulation", id.String(), audited(old), audited(row))
		if err != nil || !changed {
			return err
		}
		literal, _ := tsvector(field{row.Title, "B"})
		err = l.q.RegulationUpdate(ctx, tx, sqlc.RegulationUpdateParams{
			ID: id, Title: row.Title, ShortTitle: row.ShortTitle, Type: row.Type, Number: row.Number,
			Folded: foldedOf(row.Title, row.ShortTitle, row.Number), ReferencesTo: namesOf(row.Title, row.Number), TitleTsv: literal,
			ValidFrom: row.ValidFrom, ValidTo: row.ValidTo, Tags: row.Tags, IsActive: row.IsActive, At: at,
		})
		if err != nil {
			return fmt.Errorf("update document: %w", err)
		}
		return l.q.CorpusChange(ctx, tx, sqlc.CorpusChangeParams{})
	})
	if err != nil {
		return nil, err
	}
	return l.Get(ctx, id)
}

// inCorpus runs fn in a transaction that may change what answers, with the
// document locked; whoever locks both locks the corpus first.
// Errors: ErrNotFound; ErrChanged.
func (l *Library) inCorpus(ctx context.Context, id uuid.UUID, version int, fn func(context.Context, pgx.Tx, sqlc.RagDocument) error) error {
	return db.InTx(ctx, l.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := l.q.CorpusLock(ctx, tx); err != nil {
			return fmt.Errorf("lock the corpus: %w", err)
		}
		row, err := l.q.RegulationGetForUpdate(ctx, tx, id)
		if db.IsNoRows(err) {
			return notFound(id)
		}
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
		if version != 0 && int(row.Version) != version {
			return ErrChanged
		}
		return fn(ctx, tx, row)
	})
}

// Reprocess has a document read and indexed anew; one that is being processed is
// left alone. Errors: ErrNotFound.
func (l *Library) Reprocess(ctx context.Context, id uuid.UUID) (*Document, error) {
	err := db.InTx(ctx, l.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		old, err := l.q.RegulationGetForUpdate(ctx, tx, id)
		if db.IsNoRows(err) {
			return notFound(id)
		}
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
		if status := Status(old.Status); status == Pending || status == Processing {
			return nil
		}
		at := l.cfg.Now()
		if err := l.q.RegulationRestart(ctx, tx, sqlc.RegulationRestartParams{ID: id, At: at}); err != nil {
			return fmt.Errorf("restart document: %w", err)
		}
		row, err := l.q.RegulationGetForUpdate(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
		if err := recordStatus(ctx, tx, at, old, row); err != nil {
			return err
		}
		return l.cfg.Jobs.Enqueue(ctx, tx, ProcessArgs{DocumentID: id, RunID: row.RunID, Step: Extracting})
	})
	if err != nil {
		return nil, err
	}
	return l.Get(ctx, id)
}

// Delete deletes a document and all that was made of it; the edition it replaced
// answers again. version is as in Update. Errors: ErrNotFound; ErrChanged.
func (l *Library) Delete(ctx context.Context, id uuid.UUID, version int) error {
	err := l.inCorpus(ctx, id, version, func(ctx context.Context, tx pgx.Tx, row sqlc.RagDocument) error {
		at := l.cfg.Now()
		change, err := subtract(ctx, l.q, tx, row.IndexedRunID)
		if err != nil {
			return err
		}
		if err := l.unchain(ctx, tx, row, at); err != nil {
			return err
		}
		if err := l.q.CorpusChange(ctx, tx, change); err != nil {
			return fmt.Errorf("count the corpus: %w", err)
		}
		return audit.RecordDelete(ctx, tx, at, "regulation", id.String(), audited(row))
	})
	if err != nil {
		return err
	}
	l.forget(ctx, id)
	return nil
}

// unchain deletes the row of a document. The edition after it replaces the one
// before it, which answers again when nothing else does in its place.
func (l *Library) unchain(ctx context.Context, tx pgx.Tx, row sqlc.RagDocument, at time.Time) error {
	whole, err := l.q.RegulationGet(ctx, tx, row.ID)
	if err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	if row.SupersedesID != nil && row.SupersededAt == nil {
		if err := l.q.RegulationRestoreEdition(ctx, tx, sqlc.RegulationRestoreEditionParams{ID: *row.SupersedesID, At: at}); err != nil {
			return fmt.Errorf("restore the edition before: %w", err)
		}
	}
	if err := l.q.RegulationDelete(ctx, tx, row.ID); err != nil {
		return fmt.Errorf("delete document: %w", err)
	}
	if whole.SupersededByID == nil || row.SupersedesID == nil {
		return nil
	}
	err = l.q.RegulationChain(ctx, tx, sqlc.RegulationChainParams{ID: *whole.SupersededByID, SupersedesID: row.SupersedesID})
	if err != nil {
		return fmt.Errorf("chain editions: %w", err)
	}
	return nil
}

// subtract counts the passages of a run out, whose rows are about to go.
func subtract(ctx context.Context, q *sqlc.Queries, tx pgx.Tx, run *int64) (change sqlc.CorpusChangeParams, err error) {
	if run == nil {
		return change, nil
	}
	count, err := q.RegulationChunkCount(ctx, tx, *run)
	if err != nil {
		return change, fmt.Errorf("count passages: %w", err)
	}
	if err := q.LexemeSubtract(ctx, tx, *run); err != nil {
		return change, fmt.Errorf("count words out: %w", err)
	}
	return sqlc.CorpusChangeParams{Chunks: -count.Chunks, Tokens: -count.Tokens}, nil
}

// forgetTimeout bounds the clearing up after a request.
const forgetTimeout = 10 * time.Second

// forget deletes the files of a document that is gone, even if the request has
// ended. What fails is left to the sweep.
func (l *Library) forget(ctx context.Context, id uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetTimeout)
	defer cancel()
	if err := l.cfg.Files.Each(ctx, folder(id), l.cfg.Now().Add(time.Hour), func(key string) error { return l.cfg.Files.Remove(ctx, key) }); err != nil {
		l.cfg.Log.WarnContext(ctx, "files of a document are left to the sweep", slog.Any("error", err))
	}
}

// orphanAge keeps a sweep away from what is being stored.
const orphanAge = time.Hour

// Sweep deletes files of documents that are gone: what a crash left between the
// file store and the database. It returns how many.
func (l *Library) Sweep(ctx context.Context) (int, error) {
	var keys []string
	owners := map[uuid.UUID]bool{}
	err := l.cfg.Files.Each(ctx, documentFolder, l.cfg.Now().Add(-orphanAge), func(key string) error {
		name, _, _ := strings.Cut(strings.TrimPrefix(key, documentFolder), "/")
		if id, err := uuid.Parse(name); err == nil {
			owners[id] = false
			keys = append(keys, key)
		}
		return nil
	})
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	ids := make([]uuid.UUID, 0, len(owners))
	for id := range owners {
		ids = append(ids, id)
	}
	there, err := l.q.RegulationListExisting(ctx, l.cfg.DB, ids)
	if err != nil {
		return 0, fmt.Errorf("look for documents: %w", err)
	}
	for _, id := range there {
		owners[id] = true
	}
	swept := 0
	for _, key := range keys {
		name, _, _ := strings.Cut(strings.TrimPrefix(key, documentFolder), "/")
		if owners[uuid.MustParse(name)] && !strings.HasSuffix(key, objects.HalfWritten) {
			continue
		}
		if err := l.cfg.Files.Remove(ctx, key); err != nil {
			return swept, err
		}
		swept++
	}
	return swept, nil
}
