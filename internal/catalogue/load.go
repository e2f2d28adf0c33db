package catalogue

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
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
	err := db.InTx(ctx, d, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
			return err
		}
		l := loader{q: sqlc.New(), tx: tx}
		var err error
		s, err = l.load(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load catalogue: %w", err)
	}
	return s, nil
}

// loader gathers the rows of every table under the row they belong to.
type loader struct {
	q  *sqlc.Queries
	tx pgx.Tx

	categories map[uuid.UUID]*Category
	elements   map[uuid.UUID]*Element
	tiers      map[uuid.UUID]*Tier
}

func (l *loader) load(ctx context.Context) (*Snapshot, error) {
	revision, err := l.q.CatalogueRevisionGet(ctx, l.tx)
	if err != nil {
		return nil, err
	}
	iva, err := l.ivaPercent(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := l.q.CategoryListAll(ctx, l.tx)
	if err != nil {
		return nil, err
	}
	list := make([]*Category, 0, len(rows))
	l.categories = make(map[uuid.UUID]*Category, len(rows))
	for _, row := range rows {
		c := categoryFromRow(row)
		list = append(list, c)
		l.categories[c.ID] = c
	}
	for _, step := range []func(context.Context) error{
		l.loadElements, l.loadElementParts, l.loadTiers, l.loadServices, l.loadDocumentation, l.loadWarnings,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return NewSnapshot(revision, iva, list), nil
}

func (l *loader) ivaPercent(ctx context.Context) (money.Amount, error) {
	value, err := l.q.SettingGetValue(ctx, l.tx, SettingIVAPercent)
	if db.IsNoRows(err) {
		return DefaultIVAPercent, nil
	}
	if err != nil {
		return money.Amount{}, err
	}
	var iva money.Amount
	if err := json.Unmarshal(value, &iva); err != nil {
		return money.Amount{}, fmt.Errorf("setting %s: %w", SettingIVAPercent, err)
	}
	return iva, nil
}

func (l *loader) loadElements(ctx context.Context) error {
	rows, err := l.q.ElementListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	l.elements = make(map[uuid.UUID]*Element, len(rows))
	for _, row := range rows {
		e := elementFromRow(row)
		l.elements[e.ID] = e
		c := l.categories[e.CategoryID]
		c.Elements = append(c.Elements, e)
	}
	for _, row := range rows {
		if row.ParentID != nil {
			l.elements[row.ID].ParentCode = l.elements[*row.ParentID].Code
		}
	}
	return nil
}

func (l *loader) loadElementParts(ctx context.Context) error {
	fields, err := l.q.ElementFieldListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	keys := make(map[uuid.UUID]string, len(fields))
	for _, row := range fields {
		keys[row.ID] = row.FieldKey
	}
	for _, row := range fields {
		e := l.elements[row.ElementID]
		e.Fields = append(e.Fields, fieldFromRow(row, keys))
	}
	slots, err := l.q.ElementPhotoSlotListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	for _, row := range slots {
		e := l.elements[row.ElementID]
		e.Photos = append(e.Photos, photoSlotFromRow(row))
	}
	suggested, err := l.q.SuggestedServiceListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	for _, row := range suggested {
		e := l.elements[row.ElementID]
		e.SuggestedServices = append(e.SuggestedServices, row.Code)
	}
	return nil
}

func (l *loader) loadTiers(ctx context.Context) error {
	rows, err := l.q.TierListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	l.tiers = make(map[uuid.UUID]*Tier, len(rows))
	for _, row := range rows {
		t := tierFromRow(row)
		l.tiers[t.ID] = t
		c := l.categories[t.CategoryID]
		c.Tiers = append(c.Tiers, t)
	}
	own, err := l.q.TierElementListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	for _, row := range own {
		t := l.tiers[row.TierID]
		t.Own = append(t.Own, row.Code)
	}
	inclusions, err := l.q.TierInclusionListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	for _, row := range inclusions {
		t := l.tiers[row.TierID]
		t.Includes = append(t.Includes, Inclusion{TierCode: row.Code, Max: toInt(row.MaxElements)})
	}
	return nil
}

func (l *loader) loadServices(ctx context.Context) error {
	rows, err := l.q.ServiceListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		l.forCategory(row.CategoryID, func(c *Category) { c.Services = append(c.Services, serviceFromRow(row)) })
	}
	return nil
}

func (l *loader) loadDocumentation(ctx context.Context) error {
	rows, err := l.q.BaseDocumentationListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		c := l.categories[row.CategoryID]
		c.Documentation = append(c.Documentation, documentFromRow(row))
	}
	return nil
}

func (l *loader) loadWarnings(ctx context.Context) error {
	triggers, err := l.q.WarningTriggerListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	byWarning := make(map[uuid.UUID][]Trigger)
	for _, row := range triggers {
		byWarning[row.WarningID] = append(byWarning[row.WarningID], l.trigger(row))
	}
	rows, err := l.q.WarningListAll(ctx, l.tx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		w := l.warning(row, byWarning[row.ID])
		l.forCategory(row.CategoryID, func(c *Category) { c.Warnings = append(c.Warnings, w) })
	}
	return nil
}

// forCategory calls fn for one category, or for all when id is nil.
func (l *loader) forCategory(id *uuid.UUID, fn func(*Category)) {
	if id != nil {
		fn(l.categories[*id])
		return
	}
	for _, c := range l.categories {
		fn(c)
	}
}
