package rag

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
)

func toDocument(r sqlc.RagDocument, supersededBy *uuid.UUID) *Document {
	d := &Document{
		ID: r.ID, Title: r.Title, ShortTitle: r.ShortTitle, Type: r.Type, Number: r.Number, ValidFrom: r.ValidFrom, ValidTo: r.ValidTo,
		Tags: r.Tags, IsActive: r.IsActive, IsCurrent: r.IsCurrent, Status: Status(r.Status), Stage: Stage(r.Stage), Progress: int(r.Progress),
		Problem: problemOf(r.ErrorCode), OriginalFilename: r.OriginalFilename, SizeBytes: r.SizeBytes, SHA256: [32]byte(r.Sha256),
		OCRPages: int(r.OcrPages), Chunks: int(r.Chunks), Edition: int(r.Edition), SupersedesID: r.SupersedesID, SupersededByID: supersededBy,
		Version: int(r.Version), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, IndexedAt: r.IndexedAt,
	}
	if r.Pages != nil {
		n := int(*r.Pages)
		d.Pages = &n
	}
	return d
}

// auditedDocument is what of a document is written to the audit log.
type auditedDocument struct {
	Title            string     `json:"title"`
	ShortTitle       *string    `json:"short_title"`
	Type             string     `json:"type"`
	Number           *string    `json:"number"`
	ValidFrom        *time.Time `json:"valid_from"`
	ValidTo          *time.Time `json:"valid_to"`
	Tags             []string   `json:"tags"`
	IsActive         bool       `json:"is_active"`
	OriginalFilename string     `json:"original_filename"`
	SupersedesID     *uuid.UUID `json:"supersedes_id"`
}

func audited(r sqlc.RagDocument) auditedDocument {
	return auditedDocument{
		Title: r.Title, ShortTitle: r.ShortTitle, Type: r.Type, Number: r.Number, ValidFrom: r.ValidFrom, ValidTo: r.ValidTo,
		Tags: r.Tags, IsActive: r.IsActive, OriginalFilename: r.OriginalFilename, SupersedesID: r.SupersedesID,
	}
}

// recordStatus writes to the audit log that processing began or ended.
func recordStatus(ctx context.Context, tx pgx.Tx, at time.Time, before, after sqlc.RagDocument) error {
	changes := map[string]audit.Change{}
	if before.Status != after.Status {
		changes["status"] = audit.Change{before.Status, after.Status}
	}
	if deref(before.ErrorCode) != deref(after.ErrorCode) {
		changes["error_code"] = audit.Change{before.ErrorCode, after.ErrorCode}
	}
	if len(changes) == 0 {
		return nil
	}
	return audit.Record(ctx, tx, audit.Entry{At: at, Action: "update", EntityType: "regulation", EntityID: after.ID.String(), Changes: changes})
}
