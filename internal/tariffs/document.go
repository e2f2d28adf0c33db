package tariffs

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
)

// Errors of base documentation.
var (
	ErrDocumentNotFound  = fault.New(fault.NotFound, "document_not_found", "Document not found")
	ErrDocumentCodeTaken = fault.New(fault.Conflict, "document_code_taken", "Document code already exists")
	ErrDocumentChanged   = errChanged("The document was changed since then.")
)

// Document is a paper or photo asked for in every case of a category, as staff
// keep it.
type Document struct {
	ID          uuid.UUID
	CategoryID  uuid.UUID
	Code        string
	Description string
	ImageURL    *string
	IsRequired  bool
	IsActive    bool
	SortOrder   int
	Version     int
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// NewDocument describes a document to create.
type NewDocument struct {
	CategoryID  uuid.UUID
	Code        string
	Description string
	ImageURL    *string
	IsRequired  bool
	SortOrder   int32
	IsActive    bool
}

// DocumentPatch changes what is present: nil, or not specified, leaves a member
// as it is; null clears it.
type DocumentPatch struct {
	Code        *string
	Description *string
	ImageURL    nullable.Nullable[string]
	IsRequired  *bool
	SortOrder   *int32
	IsActive    *bool
}

// Documents keeps the base documentation. Safe for concurrent use.
type Documents struct {
	db   db.DB
	q    *sqlc.Queries
	rows resource[sqlc.BaseDocumentation]
}

// NewDocuments returns the service.
func NewDocuments(d db.DB, c Catalogue) *Documents {
	s := &Documents{db: d, q: sqlc.New()}
	s.rows = resource[sqlc.BaseDocumentation]{
		catalogue: c, kind: "document", get: byID(s.q.BaseDocumentGet), write: s.write,
		key:      func(r *sqlc.BaseDocumentation) (uuid.UUID, int32) { return r.ID, r.Version },
		place:    func(r *sqlc.BaseDocumentation) *int32 { return &r.SortOrder },
		notFound: ErrDocumentNotFound, changed: ErrDocumentChanged,
	}
	return s
}

// List returns the documents of a category, or of all for nil, inactive ones
// too: by category, then by sort order and code.
func (s *Documents) List(ctx context.Context, category *uuid.UUID) ([]Document, error) {
	rows, err := s.q.BaseDocumentList(ctx, s.db, sqlc.BaseDocumentListParams{EveryCategory: category == nil, CategoryID: category})
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	return mapped(rows, documentFromRow), nil
}

// Get returns a document, active or not. Errors: ErrDocumentNotFound.
func (s *Documents) Get(ctx context.Context, id uuid.UUID) (Document, error) {
	row, err := s.q.BaseDocumentGet(ctx, s.db, id)
	return one(s.rows, id, row, err, documentFromRow)
}

// Create stores a document and returns it.
// Errors: ErrCategoryNotFound; ErrDocumentCodeTaken within the category.
func (s *Documents) Create(ctx context.Context, n NewDocument) (Document, error) {
	if err := storable(&n.Code, &n.Description, n.ImageURL); err != nil {
		return Document{}, err
	}
	row, _, err := s.rows.create(ctx, func(ctx context.Context, tx pgx.Tx, at time.Time) (sqlc.BaseDocumentation, error) {
		row, err := s.q.BaseDocumentInsert(ctx, tx, sqlc.BaseDocumentInsertParams{
			ID: uuid.Must(uuid.NewV7()), CategoryID: n.CategoryID, Code: n.Code, Description: n.Description, ImageURL: n.ImageURL,
			IsRequired: n.IsRequired, SortOrder: n.SortOrder, IsActive: n.IsActive, At: at,
		})
		return row, documentError(err)
	})
	return documentFromRow(row), err
}

// Update changes a document and returns it as it is then. version is the one
// the change is based on; 0 means any.
// Errors: ErrDocumentNotFound; ErrDocumentChanged; ErrDocumentCodeTaken.
func (s *Documents) Update(ctx context.Context, id uuid.UUID, version int, p DocumentPatch) (Document, error) {
	row, _, err := s.rows.update(ctx, id, version, func(_ context.Context, _ pgx.Tx, row sqlc.BaseDocumentation) (sqlc.BaseDocumentation, error) {
		set(&row.Code, p.Code)
		set(&row.Description, p.Description)
		set(&row.IsRequired, p.IsRequired)
		set(&row.SortOrder, p.SortOrder)
		set(&row.IsActive, p.IsActive)
		setNullable(&row.ImageURL, p.ImageURL)
		return row, storable(&row.Code, &row.Description, row.ImageURL)
	})
	return documentFromRow(row), err
}

// Delete removes a document. Errors: ErrDocumentNotFound; ErrDocumentChanged.
func (s *Documents) Delete(ctx context.Context, id uuid.UUID, version int) error {
	return s.rows.remove(ctx, id, version, func(ctx context.Context, tx pgx.Tx, _ sqlc.BaseDocumentation) error {
		return documentError(s.q.BaseDocumentDelete(ctx, tx, id))
	})
}

// Order puts the documents of a category in that order and returns them.
// Errors: ErrInvalidOrder.
func (s *Documents) Order(ctx context.Context, category uuid.UUID, ids []uuid.UUID) ([]Document, error) {
	rows, _, err := s.rows.reorder(ctx, ids, func(ctx context.Context, tx pgx.Tx) ([]sqlc.BaseDocumentation, error) {
		return s.q.BaseDocumentList(ctx, tx, sqlc.BaseDocumentListParams{CategoryID: &category})
	})
	return mapped(rows, documentFromRow), err
}

func (s *Documents) write(ctx context.Context, tx pgx.Tx, r sqlc.BaseDocumentation, at time.Time) (sqlc.BaseDocumentation, error) {
	row, err := s.q.BaseDocumentUpdate(ctx, tx, sqlc.BaseDocumentUpdateParams{
		ID: r.ID, Code: r.Code, Description: r.Description, ImageURL: r.ImageURL, IsRequired: r.IsRequired,
		SortOrder: r.SortOrder, IsActive: r.IsActive, At: at,
	})
	return row, documentError(err)
}

func documentError(err error) error {
	switch {
	case err == nil:
		return nil
	case db.IsUnique(err, "base_documentation_code_key"):
		return ErrDocumentCodeTaken
	case db.IsForeignKey(err, "base_documentation_category_id_fkey"):
		return ErrCategoryNotFound
	}
	return fmt.Errorf("write document: %w", err)
}
