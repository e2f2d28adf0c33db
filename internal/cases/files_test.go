package cases_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/images/imagetest"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/tariffs"
)

func discard(t *testing.T) *slog.Logger { return slog.New(slog.NewTextHandler(t.Output(), nil)) }

// TestReview rejects a photo while somebody works on the case: the customer is
// asked again once, and the late photo fills the place.
func TestReview(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.complete()
	c, err := b.Transition(b.editor, c.ID, 0, cases.InProgress, "")
	require.NoError(t, err)
	b.told.take()
	first := c.Files[0]
	for name, v := range map[string]cases.Verdict{"none": {}, "unknown": {Reason: "fea"}, "other without a note": {Reason: "other"}} {
		_, err := b.ReviewFile(b.editor, c.ID, first.ID, 0, v)
		require.ErrorIs(t, err, cases.ErrRejectReason, name)
	}
	blurry := cases.Verdict{Reason: "blurry", Note: "Más cerca, por favor."}
	got, err := b.ReviewFile(b.editor, c.ID, first.ID, first.Version, blurry)
	require.NoError(t, err)
	require.Equal(t, cases.InProgress, got.Status)
	said := b.told.take()
	require.Len(t, said, 1)
	require.Contains(t, said[0], c.Content.PlaceLabel(first.Place))
	require.Contains(t, said[0], "borrosa. Más cerca, por favor.")
	again, err := b.ReviewFile(b.editor, c.ID, first.ID, 0, blurry)
	require.NoError(t, err)
	require.Equal(t, got, again, "said before")
	require.Empty(t, b.told.take())
	_, err = b.ReviewFile(b.editor, c.ID, first.ID, first.Version, cases.Verdict{Accepted: true})
	require.ErrorIs(t, err, cases.ErrFileChanged)
	missing := got.Content.Missing()
	require.Len(t, missing, 1)
	require.True(t, missing[0].Again)

	late := b.sends(c.ID)
	require.Empty(t, late.Content.Missing())
	require.Equal(t, cases.InProgress, late.Status)
	last := late.Files[len(late.Files)-1]
	require.Equal(t, first.Place, last.Place)
	require.NotEqual(t, first.Label, last.Label)
	late, err = b.ReviewFile(b.editor, c.ID, last.ID, 0, cases.Verdict{Accepted: true})
	require.NoError(t, err)
	require.Empty(t, b.told.take(), "nothing to be asked")
	require.Equal(t, casedata.ReviewAccepted, late.Files[len(late.Files)-1].Review)
	_, err = b.ReviewFile(b.editor, c.ID, uuid.New(), 0, cases.Verdict{Accepted: true})
	require.ErrorIs(t, err, cases.ErrFileNotFound)
	other := b.open()
	_, err = b.ReviewFile(b.editor, other.ID, last.ID, 0, cases.Verdict{Accepted: true})
	require.ErrorIs(t, err, cases.ErrFileNotFound, "a file of another case")
}

func TestMoveAndRemove(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.open()
	handlebar := casedata.Place{Element: "MANILLAR"}
	c, err := b.AddFile(b.editor, c.ID, b.keep(photo()), &handlebar)
	require.NoError(t, err)
	_, err = b.AddFile(b.editor, c.ID, b.keep(photo()), &casedata.Place{Element: "FARO"})
	require.ErrorIs(t, err, cases.ErrPlace)
	require.Equal(t, 1, b.count("images"))
	f := c.Files[0]
	require.True(t, f.FromStaff)
	require.Equal(t, "MANILLAR_1", f.Label)
	wanted := casedata.Place{Element: "ESCAPE", Slot: "escape_montado"}
	c, err = b.MoveFile(b.editor, c.ID, f.ID, f.Version, wanted)
	require.NoError(t, err)
	require.Equal(t, wanted, c.Files[0].Place)
	require.Equal(t, "ESCAPE_escape_montado_1", c.Files[0].Label)
	same, err := b.MoveFile(b.editor, c.ID, f.ID, 0, wanted)
	require.NoError(t, err)
	require.Equal(t, c.Version, same.Version)
	_, err = b.MoveFile(b.editor, c.ID, f.ID, f.Version, casedata.Place{})
	require.ErrorIs(t, err, cases.ErrFileChanged)
	_, err = b.MoveFile(b.editor, c.ID, f.ID, 0, casedata.Place{Slot: "no_hay"})
	require.ErrorIs(t, err, cases.ErrPlace)

	require.ErrorIs(t, b.RemoveFile(b.editor, c.ID, f.ID, f.Version), cases.ErrFileChanged)
	require.NoError(t, b.RemoveFile(b.editor, c.ID, f.ID, 0))
	require.ErrorIs(t, b.RemoveFile(b.editor, c.ID, f.ID, 0), cases.ErrFileNotFound)
	require.Zero(t, b.count("images")+b.count("image_objects"), "nothing of it stays")
	_, err = b.files.Open(t.Context(), f.Stored.ID)
	require.Error(t, err)
	require.Equal(t, []string{"opened collecting", "file", "file_moved", "file_removed"}, b.timeline(c.ID))
}

// TestSameFileOfAMessage is one, however often the job runs.
func TestSameFileOfAMessage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.open()
	message := uuid.New()
	b.exec(`INSERT INTO messages (id, conversation_id, chatwoot_account_id, chatwoot_message_id, author, content, sent_at, received_at)
		VALUES ($1, $2, 1, 1, 'customer', '', now(), now())`, message, *c.ConversationID)
	index, stored := int32(0), b.keep(photo())
	for range 2 {
		b.clock.Set(b.clock.Now().Add(time.Minute))
		c = b.inTx(func(ctx context.Context, tx pgx.Tx) (cases.Case, error) {
			return b.AddFileTx(ctx, tx, c.ID, cases.Stored{Stored: stored, MessageID: &message, Index: &index}, nil)
		})
	}
	require.Len(t, c.Files, 1)
	require.Equal(t, 2, c.Version, "the second time changed nothing")
}

// TestStaffAndCustomerDoNotWaitForEachOther: the assistant holds the conversation
// and then the case; staff has to go the same way.
func TestStaffAndCustomerDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.complete()
	_, err := b.Transition(b.editor, c.ID, 0, cases.InProgress, "")
	require.NoError(t, err)
	done := make(chan error, 40)
	for i := range 20 {
		go func() {
			v := cases.Verdict{Accepted: i%2 == 0, Reason: "dark"}
			_, err := b.ReviewFile(b.editor, c.ID, c.Files[i%len(c.Files)].ID, 0, v)
			done <- err
		}()
		go func() {
			done <- db.InTx(t.Context(), b.pool, func(ctx context.Context, tx pgx.Tx) error {
				if err := b.told.Hold(ctx, tx, *c.ConversationID); err != nil {
					return err
				}
				_, _, err := b.AnswerTx(ctx, tx, c.ID, casedata.Change{"vehicle": {"year": "2018"}})
				return err
			})
		}()
	}
	for range 40 {
		require.NoError(t, <-done)
	}
}

func TestArchive(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.complete()
	var err error
	_, err = b.AddFile(b.editor, c.ID, b.keep([]byte(paper)), &casedata.Place{Slot: "documentos_vehiculo"})
	require.NoError(t, err)
	_, err = b.ReviewFile(b.editor, c.ID, c.Files[0].ID, 0, cases.Verdict{Reason: "other", Note: "=HYPERLINK(1)"})
	require.NoError(t, err)
	c = b.get(c.ID)
	require.Equal(t, "expediente_"+c.Number+"_1234BCD.zip", c.ArchiveName())
	var out bytes.Buffer
	require.NoError(t, b.WriteArchive(t.Context(), c, &out))
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	got := map[string]int64{}
	for _, f := range z.File {
		_, twice := got[f.Name]
		require.False(t, twice, f.Name)
		require.NotContains(t, f.Name, "..")
		r, err := f.Open()
		require.NoError(t, err)
		body, err := io.ReadAll(r)
		require.NoError(t, err)
		got[f.Name] = int64(len(body))
		if f.Name == "manifiesto.csv" {
			list := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
			list.Comma = ';'
			rows, err := list.ReadAll()
			require.NoError(t, err)
			require.Len(t, rows, len(c.Files)+1)
			require.Equal(t, "rechazadas/"+c.Files[0].FileName(), rows[1][1])
			require.Contains(t, string(body), "Otro motivo: =HYPERLINK(1)")
			for _, row := range rows {
				for _, cell := range row {
					require.NotRegexp(t, "^[=+@-]", cell)
				}
			}
		}
	}
	require.Len(t, got, len(c.Files)+1)
	for i, f := range c.Files {
		name := f.FileName()
		if i == 0 {
			name = "rechazadas/" + name
		}
		require.Equal(t, f.Stored.Size, got[name], name)
	}
	require.Contains(t, got, "documentos_vehiculo_2.pdf")

	b.exec("DELETE FROM case_files WHERE id = $1", c.Files[2].ID)
	require.NoError(t, b.files.Drop(t.Context(), c.Files[2].Stored.ID))
	require.Error(t, b.WriteArchive(t.Context(), c, io.Discard), "never one that lacks something")
	full := errors.New("the client went away")
	require.ErrorIs(t, b.WriteArchive(t.Context(), b.get(c.ID), failing{full}), full)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// text returns what is written in a PDF of ours: UTF-16 strings in deflated streams.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	var all strings.Builder
	shown := regexp.MustCompile(`(?s)\(((?:\\.|[^\\()])*)\)\s*Tj`)
	for _, part := range bytes.Split(pdf, []byte("stream\n"))[1:] {
		r, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue
		}
		content, _ := io.ReadAll(r)
		for _, m := range shown.FindAllSubmatch(content, -1) {
			raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(m[1], func(e []byte) []byte {
				switch e[1] {
				case 'r':
					return []byte("\r")
				case 'n':
					return []byte("\n")
				}
				return e[1:]
			})
			units := make([]uint16, len(raw)/2)
			for i := range units {
				units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
			}
			all.WriteString(string(utf16.Decode(units)) + "\n")
		}
	}
	return all.String()
}

func TestDossier(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.complete()
	for _, f := range imagetest.Odd() {
		_, err := b.AddFile(b.editor, c.ID, b.keep(f.Bytes), &casedata.Place{Element: "ESCAPE"})
		require.NoError(t, err, f.Name)
	}
	_, err := b.AddFile(b.editor, c.ID, b.keep([]byte(paper)), &casedata.Place{Slot: "documentos_vehiculo"})
	require.NoError(t, err)
	require.NoError(t, b.AddNote(b.editor, c.ID, "Llamado 👍 — vuelve «mañana»"))
	_, err = b.Update(b.editor, c.ID, 0, cases.Patch{Data: casedata.Change{"personal": {"street": strings.Repeat("Calle larguísima ", 10)}}})
	require.NoError(t, err)
	c = b.get(c.ID)
	events, err := b.Events(t.Context(), c.ID)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, b.WriteDossier(t.Context(), c, events, &out))
	require.True(t, bytes.HasPrefix(out.Bytes(), []byte("%PDF-")))
	got := text(t, out.Bytes())
	for _, want := range []string{
		"Expediente " + c.Number, "Íñigo", "Muñoz Gil", "12345678Z", "1234", "Honda", "85,00 €", "Escape", "Manillar", "Llamado  — vuelve «mañana»",
		"pendiente de revisión", c.Files[0].FileName(), "documentos_vehiculo_2.pdf",
	} {
		require.Contains(t, got, want)
	}
	require.Contains(t, out.String(), "/Subtype /Image")
	require.Less(t, out.Len(), 3<<20, "small copies are enough on paper")
}

// TestDossierOfServices: as many as were ordered cost as much, also in quotes that
// were stored without amounts.
func TestDossierOfServices(t *testing.T) {
	t.Parallel()
	b := setup(t)
	customer, _ := b.chat()
	q := b.quote("ESCAPE")
	q.Services = []tariffs.QuoteService{
		{Name: "Visita", Quantity: 2, Price: money.MustParse("30.00"), Amount: money.MustParse("60.00")},
		{Name: "Copia", Quantity: 3, Price: money.MustParse("15.00")},
	}
	c, err := b.Open(b.editor, cases.NewCase{CustomerID: customer, Category: b.category, Quote: q})
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, b.WriteDossier(t.Context(), c, nil, &out))
	got := text(t, out.Bytes())
	for _, want := range []string{"Visita × 2", "60,00 €", "Copia × 3", "45,00 €"} {
		require.Contains(t, got, want)
	}
}
