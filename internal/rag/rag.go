// Package rag answers questions about the rules from the company's documents:
// regulations are uploaded as PDF, read, cut into passages and indexed by jobs
// (Library, ProcessWorker, MaintainWorker); a question finds the passages that
// answer, by exact references, words and vectors, and is answered in their words
// or in a model's, always with citations (Answers). docs/rag.md tells why it is
// as it is.
package rag

import (
	"context"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/pdf"
)

// Errors.
var (
	ErrNotFound     = fault.New(fault.NotFound, "document_not_found", "Document not found")
	ErrChanged      = fault.New(fault.PreconditionFailed, "version_mismatch", "It was changed since then.")
	ErrType         = fault.New(fault.BadRequest, "invalid_file_type", "Invalid file type")
	ErrTooLarge     = fault.New(fault.TooLarge, "file_too_large", "File too large")
	ErrDuplicate    = fault.New(fault.Conflict, "duplicate_document", "This very file is there already.")
	ErrSuperseded   = fault.New(fault.Conflict, "already_superseded", "Another document replaces that one already.")
	ErrDates        = fault.New(fault.Invalid, "invalid_dates", "It ends before it begins.")
	ErrText         = fault.New(fault.Invalid, "invalid_text", "The text holds a character that cannot be stored.")
	ErrPageNotFound = fault.New(fault.NotFound, "page_not_found", "Page not found")
	ErrUnreadable   = fault.New(fault.Invalid, "page_unreadable", "The page cannot be drawn.")
	ErrQuestion     = fault.New(fault.NotFound, "query_not_found", "Query not found")
	// ErrBusy says that as much is under way as may be.
	ErrBusy = &fault.Error{Kind: fault.Busy, Code: "rag_busy", Message: "Too much at once; try again in a moment.", RetryAfterSeconds: 2}
)

// Reader reads PDF files (internal/pdf).
type Reader interface {
	Read(ctx context.Context, file *os.File, each func(pdf.Page) error) (pdf.Info, error)
	Render(ctx context.Context, file *os.File, page, width int) ([]byte, error)
}

// Jobs inserts jobs in the transaction that causes them (internal/jobs).
type Jobs interface {
	Enqueue(ctx context.Context, tx pgx.Tx, args river.JobArgs) error
}

// Status is where a document stands.
type Status string

// The statuses.
const (
	Pending    Status = "pending"
	Processing Status = "processing"
	Indexed    Status = "indexed"
	Failed     Status = "failed"
)

// Stage is what is done with a document next, or now.
type Stage string

// The stages, in order.
const (
	Waiting     Stage = "waiting"
	Extracting  Stage = "extracting"
	Structuring Stage = "structuring"
	Embedding   Stage = "embedding"
	Indexing    Stage = "indexing"
	Done        Stage = "done"
)

// Document is a regulation.
type Document struct {
	ID         uuid.UUID
	Title      string
	ShortTitle *string
	// Type is one of the contract's: manual, law, royal_decree…
	Type             string
	Number           *string
	ValidFrom        *time.Time
	ValidTo          *time.Time
	Tags             []string
	IsActive         bool
	IsCurrent        bool
	Status           Status
	Stage            Stage
	Progress         int
	Problem          *Problem
	OriginalFilename string
	SizeBytes        int64
	SHA256           [32]byte
	Pages            *int
	OCRPages         int
	Chunks           int
	Edition          int
	SupersedesID     *uuid.UUID
	SupersededByID   *uuid.UUID
	Version          int
	CreatedAt        time.Time
	UpdatedAt        time.Time
	IndexedAt        *time.Time
}

// Ended reports whether nothing more happens with it by itself.
func (d *Document) Ended() bool { return d.Status == Indexed || d.Status == Failed }

// Problem is why a document failed, or what it waits for.
type Problem struct {
	Code string
	// Detail is a sentence in Spanish.
	Detail string
}

// What a document may wait for, or fail of beside what internal/pdf says.
const (
	problemEmbeddingsAway    = "embeddings_unavailable"
	problemEmbeddingsRefused = "embeddings_refused"
	problemStorage           = "storage_unavailable"
	problemInternal          = "internal"
)

// problemOf gives a stored code its words; nil for none.
func problemOf(code *string) *Problem {
	if code == nil {
		return nil
	}
	p := &Problem{Code: *code}
	switch *code {
	case problemEmbeddingsAway:
		p.Detail = "El servicio de embeddings no responde; se sigue en cuanto vuelva."
	case problemEmbeddingsRefused:
		p.Detail = "El servicio de embeddings responde algo que no sirve: hay que revisar su configuración. Después se sigue solo."
	case problemStorage:
		p.Detail = "El almacén de archivos no responde; se sigue en cuanto vuelva."
	default:
		p.Detail = "Algo ha fallado al procesarlo. Se puede volver a intentar."
		for _, e := range unreadable {
			if e.Code == *code {
				p.Detail = e.Message
			}
		}
	}
	return p
}

// unreadable is what can be wrong with a file: trying again would not help.
var unreadable = []*fault.Error{pdf.ErrEncrypted, pdf.ErrBroken, pdf.ErrNoText, pdf.ErrScanned, pdf.ErrTooManyPages, pdf.ErrTooBig}
