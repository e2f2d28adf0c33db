package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/money"
)

// SettingIVAPercent is the key of the setting that holds the tax added to
// every subtotal.
const SettingIVAPercent = "iva_percent"

// DefaultIVAPercent is in force until the setting says otherwise.
var DefaultIVAPercent = money.Cents(21_00)

// Load reads the whole catalogue as it is at one moment.
func Load(ctx context.Context, d db.DB) (*Snapshot, error) {
	var s *Snapshot
	err := db.InSnapshot(ctx, d, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		s, err = read(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load catalogue: %w", err)
	}
	return s, nil
}

// LoadAt reads the whole catalogue as it was at a moment of the past. The
// revision of such a snapshot is 0. Before there was a catalogue it is empty.
func LoadAt(ctx context.Context, d db.DB, at time.Time) (*Snapshot, error) {
	history, err := sqlc.New().CatalogueRowsAt(ctx, d, at)
	if err != nil {
		return nil, fmt.Errorf("load catalogue of %s: %w", at.Format(time.RFC3339), err)
	}
	t := tables{iva: DefaultIVAPercent}
	for _, h := range history {
		if err := t.add(h.TableName, h.Row); err != nil {
			return nil, fmt.Errorf("load catalogue of %s: a row of %s: %w", at.Format(time.RFC3339), h.TableName, err)
		}
	}
	return t.snapshot(), nil
}

// tables holds the rows of every table of the catalogue, in no order.
type tables struct {
	revision      int64
	iva           money.Amount
	categories    []sqlc.VehicleCategory
	tiers         []sqlc.TariffTier
	members       []sqlc.TierElement
	inclusions    []sqlc.TierInclusion
	elements      []sqlc.Element
	fields        []sqlc.ElementRequiredField
	slots         []sqlc.ElementPhotoSlot
	documentation []sqlc.BaseDocumentation
	services      []sqlc.AdditionalService
	suggested     []sqlc.ElementSuggestedService
	warnings      []sqlc.Warning
	triggers      []sqlc.WarningTrigger
	rules         []sqlc.ResponseRule
}

// read takes every table as tx sees it.
func read(ctx context.Context, tx pgx.Tx) (*Snapshot, error) {
	q := sqlc.New()
	t := tables{iva: DefaultIVAPercent}
	value, err := q.SettingGetValue(ctx, tx, SettingIVAPercent)
	if err == nil {
		err = t.setIVA(value)
	} else if db.IsNoRows(err) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		one(ctx, tx, &t.revision, q.CatalogueRevisionGet),
		one(ctx, tx, &t.categories, q.CategoryListAll),
		one(ctx, tx, &t.tiers, q.TierListAll),
		one(ctx, tx, &t.members, q.TierElementListAll),
		one(ctx, tx, &t.inclusions, q.TierInclusionListAll),
		one(ctx, tx, &t.elements, q.ElementListAll),
		one(ctx, tx, &t.fields, q.ElementFieldListAll),
		one(ctx, tx, &t.slots, q.ElementPhotoSlotListAll),
		one(ctx, tx, &t.documentation, q.BaseDocumentationListAll),
		one(ctx, tx, &t.services, q.ServiceListAll),
		one(ctx, tx, &t.suggested, q.SuggestedServiceListAll),
		one(ctx, tx, &t.warnings, q.WarningListAll),
		one(ctx, tx, &t.triggers, q.WarningTriggerListAll),
		one(ctx, tx, &t.rules, q.RuleListAll),
	)
	if err != nil {
		return nil, err
	}
	return t.snapshot(), nil
}

// one runs a query without parameters into its place.
func one[T any](ctx context.Context, tx pgx.Tx, into *T, query func(context.Context, sqlc.DBTX) (T, error)) error {
	var err error
	*into, err = query(ctx, tx)
	return err
}

// setIVA reads the setting's value; null is the default.
func (t *tables) setIVA(value []byte) error {
	if len(value) == 0 || string(value) == "null" {
		return nil
	}
	if err := json.Unmarshal(value, &t.iva); err != nil {
		return fmt.Errorf("setting %s: %w", SettingIVAPercent, err)
	}
	return nil
}

// add puts a row of the history where it belongs.
func (t *tables) add(table string, row []byte) error {
	switch table {
	case "vehicle_categories":
		return appendRow(&t.categories, row)
	case "tariff_tiers":
		return appendRow(&t.tiers, row)
	case "tier_elements":
		return appendRow(&t.members, row)
	case "tier_inclusions":
		return appendRow(&t.inclusions, row)
	case "elements":
		return appendRow(&t.elements, row)
	case "element_required_fields":
		return appendRow(&t.fields, row)
	case "element_photo_slots":
		return appendRow(&t.slots, row)
	case "base_documentation":
		return appendRow(&t.documentation, row)
	case "additional_services":
		return appendRow(&t.services, row)
	case "element_suggested_services":
		return appendRow(&t.suggested, row)
	case "warnings":
		return appendRow(&t.warnings, row)
	case "warning_triggers":
		return appendRow(&t.triggers, row)
	case "settings":
		var s sqlc.Setting
		if err := json.Unmarshal(row, &s); err != nil {
			return err
		}
		if s.Key == SettingIVAPercent {
			return t.setIVA(s.Value)
		}
	}
	return nil
}

func appendRow[Row any](rows *[]Row, raw []byte) error {
	var row Row
	if err := json.Unmarshal(raw, &row); err != nil {
		return err
	}
	*rows = append(*rows, row)
	return nil
}
