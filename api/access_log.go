package api

import (
	"context"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/page"
)

// AccessLog serves the tag AccessLog.
type AccessLog struct {
	log     *admin.AccessLog
	exports exports
}

// ListAccessLog returns a page of the access log, the latest first.
func (h *AccessLog) ListAccessLog(ctx context.Context, r oas.ListAccessLogRequestObject) (oas.ListAccessLogResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	items, next, err := h.log.List(ctx, fromAPIAccessLogList(r.Params), key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	out := oas.AccessLogPage{Items: make([]oas.AccessLogEntry, len(items)), NextCursor: orNull(next)}
	for i, e := range items {
		out.Items[i] = oas.AccessLogEntry{
			ID: e.ID, At: e.At.UTC(), AccountID: orNull(e.AccountID), Username: e.Username, ActorName: orNull(e.ActorName),
			Event: oas.AccessEvent(e.Event), Outcome: oas.AccessLogEntryOutcome(e.Outcome),
			Address: orNullText(e.Address), UserAgent: orNullText(e.UserAgent),
		}
	}
	return oas.ListAccessLog200JSONResponse(out), nil
}

func fromAPIAccessLogList(p oas.ListAccessLogParams) admin.AccessFilter {
	return admin.AccessFilter{Username: p.Username, Event: (*admin.AccessEvent)(p.Event), From: p.From, To: p.To}
}
