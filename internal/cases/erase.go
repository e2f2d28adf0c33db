package cases

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
)

// MoveTx gives the cases of one customer to another, who turned out to be the
// same. Both are held.
func (s *Service) MoveTx(ctx context.Context, tx pgx.Tx, from, to uuid.UUID, at time.Time) error {
	if err := s.q.CaseMove(ctx, tx, sqlc.CaseMoveParams{FromID: from, ToID: to, At: at}); err != nil {
		return fmt.Errorf("move cases: %w", err)
	}
	return nil
}

// EraseTx takes everything personal out of a held customer's cases: data, files
// and what people wrote. What can be counted stays; nothing can be added any more.
// The caller calls forget once the transaction is committed: it deletes the bytes
// of the files.
func (s *Service) EraseTx(ctx context.Context, tx pgx.Tx, customerID uuid.UUID, at time.Time) (forget func(context.Context), err error) {
	rows, err := s.q.CaseListByCustomerForUpdate(ctx, tx, customerID)
	if err != nil {
		return nil, fmt.Errorf("erase cases: %w", err)
	}
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
		if !Status(row.Status).IsActive() {
			continue
		}
		err := insertEvent(ctx, s.q, tx, sqlc.CaseEventInsertParams{
			CaseID: row.ID, At: at, Kind: eventStatus, FromStatus: &row.Status, ToStatus: nonEmpty(string(Cancelled)),
		})
		if err != nil {
			return nil, err
		}
	}
	if err := s.q.CaseErase(ctx, tx, sqlc.CaseEraseParams{Ids: ids, At: at}); err != nil {
		return nil, fmt.Errorf("erase cases: %w", err)
	}
	if err := s.q.CaseEventErase(ctx, tx, ids); err != nil {
		return nil, fmt.Errorf("erase case events: %w", err)
	}
	objects, err := s.q.CaseFileErase(ctx, tx, ids)
	if err != nil {
		return nil, fmt.Errorf("erase case files: %w", err)
	}
	return s.files.DropTx(ctx, tx, objects)
}
