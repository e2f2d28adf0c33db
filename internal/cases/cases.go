// Package cases keeps case files (expedientes): opened with an accepted quote,
// filled by the customer through the assistant or by staff, reviewed, worked on
// and closed. What a case needs and what a typed answer means is
// internal/casedata; this package stores it and decides who may do what.
package cases

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/files"
	"github.com/msia/msia/internal/tariffs"
)

// Errors of cases.
var (
	ErrNotFound          = fault.New(fault.NotFound, "case_not_found", "Case not found")
	ErrFileNotFound      = fault.New(fault.NotFound, "case_file_not_found", "Case file not found")
	ErrChanged           = fault.New(fault.PreconditionFailed, "version_mismatch", "The case was changed since then.")
	ErrFileChanged       = fault.New(fault.PreconditionFailed, "version_mismatch", "The file was changed since then.")
	ErrActiveExists      = fault.New(fault.Conflict, "active_case_exists", "The conversation has an active case already.")
	ErrTransition        = fault.New(fault.Conflict, "invalid_transition", "The case cannot go to that status from the one it has.")
	ErrClosed            = fault.New(fault.Conflict, "case_closed", "The case is closed.")
	ErrReasonNeeded      = fault.New(fault.Invalid, "reason_needed", "This needs a reason.").WithFields(fault.Field{Pointer: "/reason", Detail: "is required here"})
	ErrRole              = fault.New(fault.Forbidden, "forbidden", "Your role may not do this.")
	ErrAssignee          = fault.New(fault.Invalid, "unknown_account", "There is no such account.").WithFields(fault.Field{Pointer: "/assignee_id", Detail: "is not an account"})
	ErrIncomplete        = fault.New(fault.Conflict, "case_incomplete", "Something is still missing.")
	errData              = fault.New(fault.Invalid, "invalid_case_data", "Some data are not valid.")
	ErrErased            = fault.New(fault.Conflict, "case_erased", "The customer was anonymised: the case is only there to be counted.")
	ErrPlace             = fault.New(fault.Invalid, "unknown_place", "The case asks for no such photo or paper.").WithFields(fault.Field{Pointer: "/slot_code", Detail: "is not asked for"})
	ErrNoCustomer        = fault.New(fault.Invalid, "unknown_customer", "There is no such customer, or they were anonymised.").WithFields(fault.Field{Pointer: "/customer_id", Detail: "is not a customer"})
	ErrNoConversation    = fault.New(fault.Invalid, "unknown_conversation", "The customer has no such conversation.").WithFields(fault.Field{Pointer: "/conversation_id", Detail: "is not one of the customer's"})
	ErrRejectReason      = fault.New(fault.Invalid, "unknown_reject_reason", "A rejection needs a reason of the catalogue; the reason other needs a note, too.").WithFields(fault.Field{Pointer: "/reason", Detail: "is needed, with a note when it is other"})
	ErrTooManyFiles      = fault.New(fault.Conflict, "too_many_files", "The case has as many files as it may have.")
	errConversationTaken = "cases_active_key"
)

// MaxFiles is how many photos and papers a case may have.
const MaxFiles = 200

// Case is a case file with everything in it.
type Case struct {
	ID         uuid.UUID
	Number     string
	CustomerID uuid.UUID
	// CustomerName is what the customer is called outside the case; in lists only.
	CustomerName   string
	ConversationID *uuid.UUID
	CategoryID     uuid.UUID
	Status         Status
	// Accepted is what the customer accepted, Quote what follows from it: with the
	// workshop's certificate when they want it from us.
	Accepted tariffs.Accepted
	Quote    tariffs.Quote
	// Content is what is asked for and what came. Its Files are Files' places
	// and reviews.
	Content    casedata.Case
	Files      []File
	AssigneeID *uuid.UUID
	// LastActivityAt is when the customer last did something about it.
	LastActivityAt time.Time
	RemindedAt     *time.Time
	ConfirmedAt    *time.Time
	ClosedAt       *time.Time
	// ErasedAt is when the customer was anonymised; such a case does not change.
	ErasedAt  *time.Time
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// File is a photo or paper of a case.
type File struct {
	ID    uuid.UUID
	Place casedata.Place
	// Stored is what the file store knows of it.
	Stored files.Stored
	// Label is a name that no other file of the case has: "ESCAPE_escape_montado_1".
	Label        string
	FromStaff    bool
	Review       casedata.Review
	RejectReason string
	RejectNote   string
	ReviewedAt   *time.Time
	Version      int
	CreatedAt    time.Time
}

// Files is where photos and papers are kept (internal/images).
type Files interface {
	// Open returns the bytes of a file.
	Open(ctx context.Context, id uuid.UUID) (io.ReadCloser, error)
	// Thumbnail returns a photo made smaller, or as it is when it is not larger.
	Thumbnail(ctx context.Context, id uuid.UUID, width int) (io.ReadCloser, error)
	// Drop deletes a file that nothing refers to.
	Drop(ctx context.Context, id uuid.UUID) error
	// DropTx deletes files in a transaction; forget, called once that is committed,
	// deletes their bytes.
	DropTx(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) (forget func(context.Context), err error)
}

// Teller tells a customer something through their conversation, in the
// transaction in which it became true.
type Teller interface {
	// Hold makes everything that decides about the conversation take turns until
	// the end of the transaction; it comes before any row is locked.
	Hold(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID) error
	// Tell says a text to the customer.
	Tell(ctx context.Context, tx pgx.Tx, conversationID uuid.UUID, text string) error
}

// Service keeps the cases. Safe for concurrent use.
type Service struct {
	db     db.DB
	q      *sqlc.Queries
	teller Teller
	files  Files
	now    func() time.Time
	// drawing is a place for each dossier that is being made, in memory.
	drawing chan struct{}
}

// maxDrawing bounds them.
const maxDrawing = 2

// New returns the service.
func New(d db.DB, teller Teller, store Files, now func() time.Time) *Service {
	return &Service{db: d, q: sqlc.New(), teller: teller, files: store, now: now, drawing: make(chan struct{}, maxDrawing)}
}

// Get returns one. Errors: ErrNotFound.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (Case, error) { return s.get(ctx, s.db, id) }

func (s *Service) get(ctx context.Context, d sqlc.DBTX, id uuid.UUID) (Case, error) {
	row, err := s.q.CaseGet(ctx, d, id)
	if db.IsNoRows(err) {
		return Case{}, ErrNotFound.WithMessage("Case " + id.String() + " not found")
	}
	if err != nil {
		return Case{}, err
	}
	return s.whole(ctx, d, row)
}

// whole adds the files to a row.
func (s *Service) whole(ctx context.Context, d sqlc.DBTX, row sqlc.Case) (Case, error) {
	files, err := s.q.CaseFileListByCase(ctx, d, row.ID)
	if err != nil {
		return Case{}, err
	}
	return fromRow(row, files)
}

// ActiveOf returns the active case of a conversation, nil when there is none.
func (s *Service) ActiveOf(ctx context.Context, d sqlc.DBTX, conversationID uuid.UUID) (*Case, error) {
	row, err := s.q.CaseGetActive(ctx, d, conversationID)
	if db.IsNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := s.whole(ctx, d, row)
	return &c, err
}

func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("cases: " + err.Error()) // plain data always encode
	}
	return raw
}
