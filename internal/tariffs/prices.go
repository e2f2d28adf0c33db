package tariffs

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/page"
)

// ErrPriceNotFound says that no price of the tier began at that moment.
var ErrPriceNotFound = fault.New(fault.NotFound, "price_not_found", "The tier was given no price at that moment.")

// Price is what a tier cost for a while.
type Price struct {
	Price     money.Amount
	ValidFrom time.Time
	// ValidTo is nil for the price of now.
	ValidTo *time.Time
	// ChangedBy is the user name of who set it; "system" for the shipped
	// catalogue.
	ChangedBy string
}

// Prices returns a page of the prices a tier had, the newest first. A tier that
// never was has none.
func (s *Tiers) Prices(ctx context.Context, id uuid.UUID, after page.Key, limit int) ([]Price, *string, error) {
	rows, err := s.q.TierPriceListBefore(ctx, s.db, sqlc.TierPriceListBeforeParams{
		TierKey: id.String(), NoCursor: after.IsZero(), BeforeID: historyID(after.ID), MaxRows: int32(limit) + 1, // at most page.MaxLimit
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list prices: %w", err)
	}
	rows, next := page.Of(rows, limit, func(r sqlc.TierPriceListBeforeRow) page.Key {
		return page.Key{At: r.ValidFrom, ID: historyUUID(r.ID)}
	})
	out := make([]Price, len(rows))
	for i, r := range rows {
		out[i] = Price{Price: r.Price, ValidFrom: r.ValidFrom, ValidTo: r.ValidTo, ChangedBy: r.ActorName}
	}
	return out, next, nil
}

// RestorePrice gives a tier the price that it was given at that moment, as Update
// does. Errors: those of Update; ErrPriceNotFound.
func (s *Tiers) RestorePrice(ctx context.Context, id uuid.UUID, version int, validFrom time.Time) (*catalogue.Tier, error) {
	_, snapshot, err := s.rows.update(ctx, id, version, func(ctx context.Context, tx pgx.Tx, row tierRow) (tierRow, error) {
		price, err := s.q.TierPriceSince(ctx, tx, sqlc.TierPriceSinceParams{TierKey: id.String(), ValidFrom: validFrom})
		if db.IsNoRows(err) {
			return row, ErrPriceNotFound
		}
		if err != nil {
			return row, fmt.Errorf("read price: %w", err)
		}
		row.Price = price
		return row, nil
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Tier(id), nil
}

// The history counts its rows, cursors carry UUIDs: the number is in the last
// half.
func historyUUID(n int64) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n)) // the bits, not the number
	return id
}

func historyID(id uuid.UUID) int64 {
	return int64(binary.BigEndian.Uint64(id[8:])) // the bits, not the number
}
