package api

import (
	"context"
	"errors"
	"log/slog"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/fault"
)

// bulk does one thing to many, each as its own operation does it, and tells what
// became of each.
type bulk struct{ log *slog.Logger }

// gone is the version of what was deleted.
const gone = 0

// run calls do for each id in turn; do returns the version it has then.
func (b bulk) run(ctx context.Context, ids oas.BulkIDs, do func(ctx context.Context, id uuid.UUID) (version int, err error)) (oas.BulkResult, error) {
	versions := make(map[uuid.UUID]int, len(ids))
	refusals, err := tryEach(ctx, b.log, ids, func(ctx context.Context, id uuid.UUID) (err error) {
		versions[id], err = do(ctx, id)
		return err
	})
	if err != nil {
		return oas.BulkResult{}, err
	}
	out := oas.BulkResult{Results: make([]oas.BulkRow, len(ids))}
	for i, refused := range refusals {
		row := oas.BulkRow{ID: ids[i], Ok: refused == nil, Version: nullable.NewNullNullable[int]()}
		row.Code, row.Detail = told(refused)
		if version := versions[ids[i]]; row.Ok && version != gone {
			row.Version.Set(version)
		}
		out.Results[i] = row
	}
	return out, nil
}

// tryEach calls do for each id in turn and returns why not, nil for what was done.
// What the database being away, or a fault of ours, kept from being done is not
// tried with the others; what was done until then is told all the same.
func tryEach[ID any](ctx context.Context, log *slog.Logger, ids []ID, do func(ctx context.Context, id ID) error) ([]*fault.Error, error) {
	out := make([]*fault.Error, len(ids))
	var broken *fault.Error
	for i, id := range ids {
		if ctx.Err() != nil {
			return nil, ctx.Err() // nobody is there to be told
		}
		if out[i] = broken; broken != nil {
			continue
		}
		err := do(ctx, id)
		if err == nil {
			continue
		}
		if out[i] = toFault(err); out[i].Kind == fault.Internal || out[i].Kind == fault.Unavailable {
			if i == 0 {
				return nil, err
			}
			broken = out[i]
			log.ErrorContext(ctx, "bulk broken off", slog.Int("done", i), slog.Any("error", err))
		}
	}
	return out, nil
}

// told puts a refusal into the members of a result; null when there was none.
func told(refused *fault.Error) (code, detail nullable.Nullable[string]) {
	if refused == nil {
		return orNullText(""), orNullText("")
	}
	return orNullText(refused.Code), orNullText(refused.Message)
}

// errBulk says that a body of alternatives is none of them; the contract's check
// comes before.
var errBulk = errors.New("bulk: a body of no known action")

// BulkCases assigns cases or gives them another status.
func (h *Cases) BulkCases(ctx context.Context, r oas.BulkCasesRequestObject) (oas.BulkCasesResponseObject, error) {
	action, err := r.Body.ValueByDiscriminator()
	if err != nil {
		return nil, err
	}
	var out oas.BulkResult
	switch a := action.(type) {
	case oas.CaseBulkAssign:
		out, err = h.bulk.run(ctx, a.Ids, func(ctx context.Context, id uuid.UUID) (int, error) {
			c, err := h.cases.Update(ctx, id, 0, cases.Patch{AssigneeID: a.AssigneeID})
			return c.Version, err
		})
	case oas.CaseBulkTransition:
		out, err = h.bulk.run(ctx, a.Ids, func(ctx context.Context, id uuid.UUID) (int, error) {
			c, err := h.cases.Transition(ctx, id, 0, cases.Status(a.Status), deref(fromNullable(a.Reason)))
			return c.Version, err
		})
	default:
		err = errBulk
	}
	return oas.BulkCases200JSONResponse(out), err
}

// BulkEscalations assigns or resolves escalations.
func (h *Escalations) BulkEscalations(ctx context.Context, r oas.BulkEscalationsRequestObject) (oas.BulkEscalationsResponseObject, error) {
	action, err := r.Body.ValueByDiscriminator()
	if err != nil {
		return nil, err
	}
	var out oas.BulkResult
	switch a := action.(type) {
	case oas.EscalationBulkAssign:
		out, err = h.bulk.run(ctx, a.Ids, func(ctx context.Context, id uuid.UUID) (int, error) {
			e, err := h.escalations.Update(ctx, id, 0, conversations.EscalationPatch{AssignedTo: a.AssignedTo})
			return e.Version, err
		})
	case oas.EscalationBulkResolve:
		out, err = h.bulk.run(ctx, a.Ids, func(ctx context.Context, id uuid.UUID) (int, error) {
			e, err := h.escalations.Resolve(ctx, id, conversations.Resolution{GiveBack: a.GiveBack, Note: a.Note})
			return e.Version, err
		})
	default:
		err = errBulk
	}
	return oas.BulkEscalations200JSONResponse(out), err
}

// BulkElements switches elements on or off.
func (h *Elements) BulkElements(ctx context.Context, r oas.BulkElementsRequestObject) (oas.BulkElementsResponseObject, error) {
	action, err := r.Body.ValueByDiscriminator()
	if err != nil {
		return nil, err
	}
	var (
		ids oas.BulkIDs
		p   elements.ElementPatch
	)
	switch a := action.(type) {
	case oas.ElementBulkActivate:
		active := true
		ids, p = a.Ids, elements.ElementPatch{IsActive: &active, InactiveReason: nullable.NewNullNullable[string]()}
	case oas.ElementBulkDeactivate:
		active := false
		ids, p = a.Ids, elements.ElementPatch{IsActive: &active, InactiveReason: nullable.NewNullableWithValue(a.Reason)}
	default:
		return nil, errBulk
	}
	out, err := h.bulk.run(ctx, ids, func(ctx context.Context, id uuid.UUID) (int, error) {
		e, err := h.editor.UpdateElement(ctx, id, 0, p)
		if err != nil {
			return gone, err
		}
		return e.Version, nil
	})
	return oas.BulkElements200JSONResponse(out), err
}

// BulkImages deletes pictures that are not in use.
func (h *Images) BulkImages(ctx context.Context, r oas.BulkImagesRequestObject) (oas.BulkImagesResponseObject, error) {
	out, err := h.bulk.run(ctx, r.Body.Ids, func(ctx context.Context, id uuid.UUID) (int, error) {
		return gone, h.images.Delete(ctx, id, 0)
	})
	return oas.BulkImages200JSONResponse(out), err
}
