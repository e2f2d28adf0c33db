package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/audit"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/tariffs"
)

// NewCase describes a case to open.
type NewCase struct {
	CustomerID uuid.UUID
	// ConversationID is nil for somebody who does not write.
	ConversationID *uuid.UUID
	Category       *catalogue.Category
	// Quote is the accepted one; it decides the elements.
	Quote tariffs.Quote
	// Known are data that need not be asked for; those that are not valid are
	// left out.
	Known casedata.Change
	// Assignee is nil while nobody has it.
	Assignee *uuid.UUID
}

// Open stores a new case. Errors: ErrNoCustomer; ErrNoConversation, also for
// somebody else's; ErrActiveExists when the conversation has one that is not over.
func (s *Service) Open(ctx context.Context, n NewCase) (Case, error) {
	var c Case
	err := db.InTx(ctx, s.db, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		c, err = s.OpenTx(ctx, tx, n)
		return err
	})
	return c, err
}

// madrid is where the company counts its years.
var madrid = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		panic(err) // the zone is compiled in
	}
	return loc
}()

// check refuses a customer or conversation that a case cannot be of.
func (s *Service) check(ctx context.Context, tx pgx.Tx, n NewCase) error {
	if n.ConversationID != nil {
		if err := s.teller.Hold(ctx, tx, *n.ConversationID); err != nil {
			return fmt.Errorf("hold the case's conversation: %w", err)
		}
	}
	anonymised, err := s.q.CaseCustomerForShare(ctx, tx, n.CustomerID)
	if anonymised || db.IsNoRows(err) {
		return ErrNoCustomer
	}
	if err != nil {
		return fmt.Errorf("read customer: %w", err)
	}
	if n.ConversationID == nil {
		return nil
	}
	owner, err := s.q.CaseConversationCustomer(ctx, tx, *n.ConversationID)
	if db.IsNoRows(err) || (err == nil && owner != n.CustomerID) {
		return ErrNoConversation
	}
	return err
}

// OpenTx is Open inside a transaction of the caller.
func (s *Service) OpenTx(ctx context.Context, tx pgx.Tx, n NewCase) (Case, error) {
	if err := s.check(ctx, tx, n); err != nil {
		return Case{}, err
	}
	at := s.now()
	lines := make([]casedata.Line, len(n.Quote.Lines))
	for i, l := range n.Quote.Lines {
		lines[i] = casedata.Line{Code: l.Code, Name: l.Name, Quantity: l.Quantity}
	}
	content := casedata.New(n.Category, lines)
	content.Apply(n.Known, at)
	for section, values := range content.Values {
		if len(values) == 0 {
			delete(content.Values, section)
		}
	}
	year := at.In(madrid).Year()
	number, err := s.q.CaseNumberNext(ctx, tx, int32(year))
	if err != nil {
		return Case{}, fmt.Errorf("case number: %w", err)
	}
	status := Collecting
	if casedata.OnlyFilesMissing(content.Missing()) {
		status = PendingImages
	}
	var workshop json.RawMessage
	if service := casedata.WorkshopService(n.Category); service != nil {
		workshop = encode(service)
	}
	row, err := s.q.CaseInsert(ctx, tx, sqlc.CaseInsertParams{
		ID: uuid.Must(uuid.NewV7()), Number: fmt.Sprintf("%04d-%06d", year, number), CustomerID: n.CustomerID,
		ConversationID: n.ConversationID, CategoryID: n.Category.ID, Status: string(status), Quote: encode(n.Quote),
		WorkshopService: workshop, Elements: encode(content.Elements), Documents: encode(content.Documents),
		Data: encode(content.Values), AssigneeID: n.Assignee, At: at,
	})
	if db.IsUnique(err, errConversationTaken) {
		return Case{}, ErrActiveExists
	}
	if err != nil {
		return Case{}, fmt.Errorf("insert case: %w", err)
	}
	err = insertEvent(ctx, s.q, tx, sqlc.CaseEventInsertParams{CaseID: row.ID, At: at, Kind: eventOpened, ToStatus: &row.Status})
	if err != nil {
		return Case{}, err
	}
	if err := audit.RecordCreate(ctx, tx, at, "case", row.ID.String(), auditable(row, nil)); err != nil {
		return Case{}, err
	}
	return fromRow(row, nil)
}
