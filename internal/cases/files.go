package cases

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/files"
)

// Who sent a file.
const (
	sourceCustomer = "customer"
	sourceStaff    = "staff"
)

// Stored is a file in the file store, with where it came from.
type Stored struct {
	files.Stored
	// MessageID and Index say with which message it came; nil for staff's.
	MessageID *uuid.UUID
	Index     *int32
}

// AddFile adds a stored file as staff; nil place lets the case decide. What cannot
// be added is dropped from the store.
// Errors: ErrNotFound; ErrPlace; ErrClosed; ErrErased; ErrTooManyFiles.
func (s *Service) AddFile(ctx context.Context, id uuid.UUID, stored files.Stored, place *casedata.Place) (Case, error) {
	c, err := s.change(ctx, id, 0, func(ctx context.Context, c *change) error {
		return c.addFile(ctx, Stored{Stored: stored}, place, sourceStaff)
	})
	if err != nil {
		// The caller may be gone already.
		return c, errors.Join(err, s.files.Drop(context.WithoutCancel(ctx), stored.ID))
	}
	return c, nil
}

// AddFileTx adds a file that the customer sent; nil place lets the case decide.
// The same file of the same message again changes nothing; the caller drops what
// was not added.
// Errors: ErrPlace; ErrClosed; ErrErased; ErrTooManyFiles.
func (s *Service) AddFileTx(ctx context.Context, tx pgx.Tx, id uuid.UUID, stored Stored, place *casedata.Place) (Case, error) {
	return s.changeTx(AsAssistant(ctx), tx, id, 0, func(ctx context.Context, c *change) error {
		before := len(c.current.Files)
		err := c.addFile(ctx, stored, place, sourceCustomer)
		if len(c.current.Files) > before {
			c.touched()
		}
		return err
	})
}

func (c *change) addFile(ctx context.Context, stored Stored, place *casedata.Place, source string) error {
	switch {
	case !Status(c.row.Status).IsActive():
		return ErrClosed
	case len(c.current.Files) >= MaxFiles:
		return ErrTooManyFiles
	}
	at := c.anyPlace()
	if place != nil {
		if !c.current.Content.Knows(*place) {
			return ErrPlace
		}
		at = *place
	}
	row, err := c.q.CaseFileInsert(ctx, c.tx, sqlc.CaseFileInsertParams{
		ID: uuid.Must(uuid.NewV7()), CaseID: c.row.ID, ElementCode: nonEmpty(at.Element), SlotCode: nonEmpty(at.Slot),
		ObjectID: stored.ID, ContentType: stored.ContentType, Size: stored.Size, Width: toInt32(stored.Width), Height: toInt32(stored.Height),
		Label: c.label(at), Source: source, MessageID: stored.MessageID, AttachmentIndex: stored.Index, At: c.at,
	})
	if db.IsNoRows(err) {
		return nil // it came before
	}
	if err != nil {
		return fmt.Errorf("insert case file: %w", err)
	}
	f := fileFromRow(row)
	c.current.Files = append(c.current.Files, f)
	c.current.Content.Files = append(c.current.Content.Files, casedata.File{Place: f.Place, Review: f.Review})
	if err := c.event(ctx, sqlc.CaseEventInsertParams{Kind: eventFile, Detail: fileDetail(f)}); err != nil {
		return err
	}
	return c.settle(ctx)
}

// anyPlace is where a file goes that nobody says the place of: where the first
// missing one belongs, else nowhere.
func (c *change) anyPlace() casedata.Place {
	for _, m := range c.current.Content.Missing() {
		if m.Kind != casedata.KindField {
			return m.Place()
		}
	}
	return casedata.Place{}
}

// label is a name that no other file of the case has.
func (c *change) label(p casedata.Place) string {
	parts := []string{}
	for _, part := range []string{p.Element, p.Slot} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	stem := strings.Join(parts, "_")
	if stem == "" {
		stem = "sin_clasificar"
	}
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s_%d", stem, n)
		if !c.hasLabel(name) {
			return name
		}
	}
}

func (c *change) hasLabel(name string) bool {
	for _, f := range c.current.Files {
		if f.Label == name {
			return true
		}
	}
	return false
}

func fileDetail(f File) []byte {
	return encode(map[string]any{"file_id": f.ID, "label": f.Label, "element": f.Place.Element, "slot": f.Place.Slot})
}

// file returns which of the case's files it is, locked.
// Errors: ErrFileNotFound; ErrFileChanged.
func (c *change) file(ctx context.Context, id uuid.UUID, version int) (int, error) {
	row, err := c.q.CaseFileGetForUpdate(ctx, c.tx, sqlc.CaseFileGetForUpdateParams{ID: id, CaseID: c.row.ID})
	if db.IsNoRows(err) {
		return 0, fileNotFound(id)
	}
	if err != nil {
		return 0, fmt.Errorf("read case file: %w", err)
	}
	if version != 0 && int(row.Version) != version {
		return 0, ErrFileChanged
	}
	for i, f := range c.current.Files {
		if f.ID == id {
			return i, nil
		}
	}
	return 0, fileNotFound(id)
}

func (c *change) replace(i int, row sqlc.CaseFile) {
	f := fileFromRow(row)
	c.current.Files[i] = f
	c.current.Content.Files[i] = casedata.File{Place: f.Place, Review: f.Review}
}

// MoveFile puts a file where it belongs: a late photo into its slot.
// Errors: ErrNotFound; ErrFileNotFound; ErrFileChanged; ErrClosed; ErrErased;
// ErrPlace.
func (s *Service) MoveFile(ctx context.Context, id, fileID uuid.UUID, version int, place casedata.Place) (Case, error) {
	return s.change(ctx, id, 0, func(ctx context.Context, c *change) error {
		i, err := c.file(ctx, fileID, version)
		if err != nil {
			return err
		}
		if !Status(c.row.Status).IsActive() {
			return ErrClosed
		}
		if place != (casedata.Place{}) && !c.current.Content.Knows(place) {
			return ErrPlace
		}
		if c.current.Files[i].Place == place {
			return nil
		}
		row, err := c.q.CaseFileSetPlace(ctx, c.tx, sqlc.CaseFileSetPlaceParams{
			ID: fileID, ElementCode: nonEmpty(place.Element), SlotCode: nonEmpty(place.Slot), Label: c.label(place),
		})
		if err != nil {
			return fmt.Errorf("move case file: %w", err)
		}
		c.replace(i, row)
		if err := c.event(ctx, sqlc.CaseEventInsertParams{Kind: eventMoved, Detail: fileDetail(c.current.Files[i])}); err != nil {
			return err
		}
		return c.settle(ctx)
	})
}

// Verdict is what a person thinks of a file.
type Verdict struct {
	Accepted bool
	// Reason is a code of RejectReasons, Note their own words to the customer;
	// for a rejection only.
	Reason string
	Note   string
}

// ReviewFile accepts or rejects a file; the customer is told of a rejection and
// asked again. The case keeps its status while a person works on it.
// Errors: ErrNotFound; ErrFileNotFound; ErrFileChanged; ErrClosed; ErrErased;
// ErrRejectReason.
func (s *Service) ReviewFile(ctx context.Context, id, fileID uuid.UUID, version int, v Verdict) (Case, error) {
	return s.change(ctx, id, 0, func(ctx context.Context, c *change) error {
		i, err := c.file(ctx, fileID, version)
		if err != nil {
			return err
		}
		if !Status(c.row.Status).IsActive() {
			return ErrClosed
		}
		reason := rejectReason(v.Reason)
		if !v.Accepted && (reason == nil || (reason.Text == "" && v.Note == "")) {
			return ErrRejectReason
		}
		arg := sqlc.CaseFileSetReviewParams{ID: fileID, Review: string(casedata.ReviewAccepted), At: c.at}
		if !v.Accepted {
			arg.Review, arg.RejectReason, arg.RejectNote = string(casedata.ReviewRejected), &v.Reason, nonEmpty(v.Note)
		}
		before := c.current.Files[i]
		if string(before.Review) == arg.Review && before.RejectReason == deref(arg.RejectReason) && before.RejectNote == deref(arg.RejectNote) {
			return nil // said before: the customer is not told twice
		}
		if who, ok := caller.From(ctx); ok {
			arg.ReviewedBy = &who.AccountID
		}
		row, err := c.q.CaseFileSetReview(ctx, c.tx, arg)
		if err != nil {
			return fmt.Errorf("review case file: %w", err)
		}
		c.replace(i, row)
		f := c.current.Files[i]
		event := sqlc.CaseEventInsertParams{Kind: eventReviewed, Reason: nonEmpty(v.Note), Detail: encode(map[string]any{
			"file_id": f.ID, "label": f.Label, "review": f.Review, "reason": f.RejectReason,
		})}
		if err := c.event(ctx, event); err != nil {
			return err
		}
		if !v.Accepted {
			if err := c.tell(ctx, rejectionText(c.current.Content.PlaceLabel(f.Place), reason, v.Note)); err != nil {
				return err
			}
		}
		return c.settle(ctx)
	})
}

// RemoveFile takes a file out of the case and out of the store.
// Errors: ErrNotFound; ErrFileNotFound; ErrFileChanged; ErrClosed; ErrErased.
func (s *Service) RemoveFile(ctx context.Context, id, fileID uuid.UUID, version int) error {
	forget := func(context.Context) {}
	_, err := s.change(ctx, id, 0, func(ctx context.Context, c *change) error {
		i, err := c.file(ctx, fileID, version)
		if err != nil {
			return err
		}
		if !Status(c.row.Status).IsActive() {
			return ErrClosed
		}
		f := c.current.Files[i]
		if err := c.q.CaseFileDelete(ctx, c.tx, fileID); err != nil {
			return fmt.Errorf("remove case file: %w", err)
		}
		if forget, err = s.files.DropTx(ctx, c.tx, []uuid.UUID{f.Stored.ID}); err != nil {
			return err
		}
		c.current.Files = append(c.current.Files[:i:i], c.current.Files[i+1:]...)
		c.current.Content.Files = append(c.current.Content.Files[:i:i], c.current.Content.Files[i+1:]...)
		if err := c.event(ctx, sqlc.CaseEventInsertParams{Kind: eventRemoved, Detail: fileDetail(f)}); err != nil {
			return err
		}
		return c.settle(ctx)
	})
	if err == nil {
		forget(ctx)
	}
	return err
}

// GetFile returns one file of a case. Errors: ErrNotFound; ErrFileNotFound.
func (s *Service) GetFile(ctx context.Context, id, fileID uuid.UUID) (File, error) {
	if _, err := s.Get(ctx, id); err != nil {
		return File{}, err
	}
	row, err := s.q.CaseFileGet(ctx, s.db, sqlc.CaseFileGetParams{ID: fileID, CaseID: id})
	if db.IsNoRows(err) {
		return File{}, fileNotFound(fileID)
	}
	if err != nil {
		return File{}, fmt.Errorf("read case file: %w", err)
	}
	return fileFromRow(row), nil
}

func fileNotFound(id uuid.UUID) error {
	return ErrFileNotFound.WithMessage("Case file " + id.String() + " not found")
}

func toInt32(n *int) *int32 {
	if n == nil {
		return nil
	}
	v := int32(*n) // pixels
	return &v
}
