package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/rag"
)

// Glossary serves the tag Glossary.
type Glossary struct {
	glossary *rag.Glossary
}

// ListGlossaryEntries returns all entries.
func (h *Glossary) ListGlossaryEntries(ctx context.Context, _ oas.ListGlossaryEntriesRequestObject) (oas.ListGlossaryEntriesResponseObject, error) {
	list, err := h.glossary.List(ctx)
	if err != nil {
		return nil, err
	}
	return oas.ListGlossaryEntries200JSONResponse(each(list, toAPIGlossaryEntry)), nil
}

// CreateGlossaryEntry adds an entry.
func (h *Glossary) CreateGlossaryEntry(ctx context.Context, r oas.CreateGlossaryEntryRequestObject) (oas.CreateGlossaryEntryResponseObject, error) {
	e, err := h.glossary.Create(ctx, rag.EntryDraft{
		Term: r.Body.Term, Expansion: r.Body.Expansion, Note: fromNullable(r.Body.Note), IsActive: orTrue(r.Body.IsActive),
	})
	if err != nil {
		return nil, err
	}
	return oas.CreateGlossaryEntry201JSONResponse{Body: toAPIGlossaryEntry(e), Headers: oas.CreateGlossaryEntry201ResponseHeaders{ETag: etag(e.Version)}}, nil
}

// GetGlossaryEntry returns an entry.
func (h *Glossary) GetGlossaryEntry(ctx context.Context, r oas.GetGlossaryEntryRequestObject) (oas.GetGlossaryEntryResponseObject, error) {
	e, err := h.glossary.Get(ctx, r.EntryID)
	if err != nil {
		return nil, err
	}
	return oas.GetGlossaryEntry200JSONResponse{Body: toAPIGlossaryEntry(e), Headers: oas.GetGlossaryEntry200ResponseHeaders{ETag: etag(e.Version)}}, nil
}

// UpdateGlossaryEntry changes the members that are present.
func (h *Glossary) UpdateGlossaryEntry(ctx context.Context, r oas.UpdateGlossaryEntryRequestObject) (oas.UpdateGlossaryEntryResponseObject, error) {
	e, err := h.glossary.Update(ctx, r.EntryID, ifMatch(r.Params.IfMatch), rag.EntryPatch{
		Term: r.Body.Term, Expansion: r.Body.Expansion, Note: r.Body.Note, IsActive: r.Body.IsActive,
	})
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.current(ctx, r.EntryID))
	}
	return oas.UpdateGlossaryEntry200JSONResponse{Body: toAPIGlossaryEntry(e), Headers: oas.UpdateGlossaryEntry200ResponseHeaders{ETag: etag(e.Version)}}, nil
}

// DeleteGlossaryEntry removes an entry.
func (h *Glossary) DeleteGlossaryEntry(ctx context.Context, r oas.DeleteGlossaryEntryRequestObject) (oas.DeleteGlossaryEntryResponseObject, error) {
	if err := h.glossary.Delete(ctx, r.EntryID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.current(ctx, r.EntryID))
	}
	return oas.DeleteGlossaryEntry204Response{}, nil
}

// current reads an entry for bothVersions.
func (h *Glossary) current(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		e, err := h.glossary.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		return toAPIGlossaryEntry(e), nil
	}
}

func toAPIGlossaryEntry(e *rag.Entry) oas.GlossaryEntry {
	return oas.GlossaryEntry{
		ID: e.ID, Term: e.Term, Expansion: e.Expansion, Note: orNull(e.Note), IsActive: e.IsActive, Version: e.Version,
		CreatedAt: e.CreatedAt.UTC(), UpdatedAt: e.UpdatedAt.UTC(),
	}
}
