package cases_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/files"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/decoder/decodertest"
	"github.com/msia/msia/internal/images/imagetest"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/tariffs"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// teller notes what is told; what was rolled back, too.
type teller struct {
	mu   sync.Mutex
	said []string
}

// Hold does what the outbox does: it takes turns.
func (*teller) Hold(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))", id.String())
	return err
}

// Tell notes the text.
func (t *teller) Tell(_ context.Context, _ pgx.Tx, _ uuid.UUID, text string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, text)
	return nil
}

// take returns what was told since the last time.
func (t *teller) take() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	said := t.said
	t.said = nil
	return said
}

type testBundle struct {
	*cases.Service
	t     *testing.T
	pool  *pgxpool.Pool
	clock *apitest.Clock
	told  *teller
	files *images.CustomerFiles
	// editor and admin are signed in.
	editor, admin context.Context
	category      *catalogue.Category
	chats         atomic.Int64
}

// noon is a Wednesday.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{t: t, pool: apitest.Database(t), clock: &apitest.Clock{}, told: &teller{}}
	b.clock.Set(noon)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	store, err := images.Open(t.Context(), images.Config{
		DB: b.pool, URL: "file://" + t.TempDir(), TempDir: t.TempDir(), Pool: decodertest.Pool(t, log), Now: b.clock.Now, Log: log,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	b.files = images.NewCustomerFiles(store)
	b.Service = cases.New(b.pool, b.told, b.files, b.clock.Now)
	b.editor, b.admin = b.as(caller.RoleEditor), b.as(caller.RoleAdmin)
	snapshot, err := catalogue.Load(t.Context(), b.pool)
	require.NoError(t, err)
	b.category = snapshot.BySlug("motos-part")
	return b
}

// as returns a context of an account of that role.
func (b *testBundle) as(role caller.Role) context.Context {
	b.t.Helper()
	id := uuid.New()
	b.exec("INSERT INTO accounts (id, username, password_hash, role) VALUES ($1, $2, 'x', $3)", id, "la-"+string(role), string(role))
	return caller.With(b.t.Context(), caller.Caller{AccountID: id, Username: "la-" + string(role), Role: role})
}

func (b *testBundle) exec(sql string, args ...any) {
	b.t.Helper()
	_, err := b.pool.Exec(context.WithoutCancel(b.t.Context()), sql, args...)
	require.NoError(b.t, err)
}

func (b *testBundle) count(what string, args ...any) (n int) {
	b.t.Helper()
	require.NoError(b.t, b.pool.QueryRow(b.t.Context(), "SELECT count(*) FROM "+what, args...).Scan(&n))
	return n
}

// chat makes a customer and a conversation of theirs.
func (b *testBundle) chat() (customer, conversation uuid.UUID) {
	b.t.Helper()
	customer, conversation = uuid.New(), uuid.New()
	b.exec("INSERT INTO customers (id, whatsapp_name, created_at, updated_at, last_activity_at) VALUES ($1, 'x', now(), now(), now())", customer)
	b.exec(`INSERT INTO conversations (id, customer_id, chatwoot_account_id, chatwoot_conversation_id, chatwoot_inbox_id, created_at, updated_at)
		VALUES ($1, $2, 1, $3, 1, now(), now())`, conversation, customer, b.chats.Add(1))
	return customer, conversation
}

func (b *testBundle) quote(codes ...string) tariffs.Quote {
	q := tariffs.Quote{Tier: tariffs.QuoteTier{Name: "Hasta dos elementos"}, Total: money.MustParse("211.75")}
	for _, code := range codes {
		e := b.category.Element(code)
		require.NotNil(b.t, e)
		q.Lines = append(q.Lines, tariffs.QuoteLine{Code: code, Name: e.Name, Quantity: 1})
	}
	return q
}

// open opens a case of an exhaust and a handlebar in a new conversation.
func (b *testBundle) open() cases.Case {
	b.t.Helper()
	customer, conversation := b.chat()
	c, err := b.Open(b.t.Context(), cases.NewCase{
		CustomerID: customer, ConversationID: &conversation, Category: b.category, Quote: b.quote("ESCAPE", "MANILLAR"),
	})
	require.NoError(b.t, err)
	return c
}

func (b *testBundle) get(id uuid.UUID) cases.Case {
	b.t.Helper()
	c, err := b.Get(b.t.Context(), id)
	require.NoError(b.t, err)
	return c
}

var photo = sync.OnceValue(func() []byte { return imagetest.JPEG(imagetest.Photo(900, 700, 3), 80) })

const paper = "%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"

func (b *testBundle) keep(content []byte) files.Stored {
	b.t.Helper()
	stored, err := b.files.Keep(b.t.Context(), bytes.NewReader(content), "ficha técnica.jpg")
	require.NoError(b.t, err)
	return stored
}

// sends has the customer send a photo, which the case puts where it is missing.
func (b *testBundle) sends(id uuid.UUID) cases.Case {
	b.t.Helper()
	stored := b.keep(photo())
	return b.inTx(func(ctx context.Context, tx pgx.Tx) (cases.Case, error) {
		return b.AddFileTx(ctx, tx, id, cases.Stored{Stored: stored}, nil)
	})
}

func (b *testBundle) inTx(fn func(ctx context.Context, tx pgx.Tx) (cases.Case, error)) (c cases.Case) {
	b.t.Helper()
	require.NoError(b.t, db.InTx(b.t.Context(), b.pool, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		c, err = fn(ctx, tx)
		return err
	}))
	return c
}

var common = casedata.Change{
	casedata.SectionPersonal: {
		casedata.FirstName: "Íñigo", casedata.LastName: "Muñoz Gil", casedata.NIF: "12345678z", casedata.Email: "inigo@example.com", casedata.Phone: "600 100 200",
		casedata.Street: "Calle Mayor 1", casedata.PostalCode: "28013", casedata.City: "Madrid", casedata.ITVName: "ITV Getafe",
	},
	casedata.SectionVehicle: {casedata.Make: "Honda", casedata.Model: "CB 500", casedata.Year: "2019", casedata.Plate: "1234 bcd"},
	casedata.SectionDimensions: {
		casedata.SeatsChange: "no", casedata.HeightChange: "no", casedata.WidthChange: "no", casedata.LengthChange: "no",
	},
	casedata.SectionWorkshop: {casedata.OwnWorkshop: "no"},
}

// answers has the customer answer everything that is asked.
func (b *testBundle) answers(id uuid.UUID) cases.Case {
	b.t.Helper()
	all := casedata.Change{}
	for section, values := range common {
		all[section] = values
	}
	c := b.get(id)
	for range 20 { // answers bring new questions
		for _, m := range c.Content.Missing() {
			if m.Kind == casedata.KindField && casedata.SectionElement(m.Section) != "" {
				f := c.Content.Section(m.Section).Field(m.Key)
				value := "sí"
				switch {
				case len(f.Options) > 0:
					value = f.Options[0]
				case f.Example != nil:
					value = *f.Example
				case f.Type == catalogue.FieldNumber:
					value = "100"
				}
				if all[m.Section] == nil {
					all[m.Section] = map[string]string{}
				}
				all[m.Section][m.Key] = value
			}
		}
		var problems []casedata.Problem
		c = b.inTx(func(ctx context.Context, tx pgx.Tx) (cases.Case, error) {
			var (
				got cases.Case
				err error
			)
			got, problems, err = b.AnswerTx(ctx, tx, id, all)
			return got, err
		})
		require.Empty(b.t, problems)
		if missing := c.Content.Missing(); len(missing) == 0 || casedata.OnlyFilesMissing(missing) {
			return c
		}
	}
	require.Empty(b.t, c.Content.Missing(), "answers do not end")
	return c
}

// complete returns a case with everything in it, confirmed.
func (b *testBundle) complete() cases.Case {
	b.t.Helper()
	c := b.open()
	b.answers(c.ID)
	for c = b.get(c.ID); len(c.Content.Missing()) > 0; {
		c = b.sends(c.ID)
	}
	return b.inTx(func(ctx context.Context, tx pgx.Tx) (cases.Case, error) { return b.ConfirmTx(ctx, tx, c.ID) })
}

// force puts a case into a status, whatever led to it.
func (b *testBundle) force(id uuid.UUID, status cases.Status) {
	b.exec("UPDATE cases SET status = $2, closed_at = CASE WHEN $3 THEN NULL ELSE now() END WHERE id = $1", id, string(status), status.IsActive())
}

// timeline returns the kinds of a case's events, with the new status of a change.
func (b *testBundle) timeline(id uuid.UUID) (out []string) {
	b.t.Helper()
	events, err := b.Events(b.t.Context(), id)
	require.NoError(b.t, err)
	for _, e := range events {
		line := e.Kind
		if e.To != nil {
			line += " " + *e.To
		}
		out = append(out, line)
	}
	return out
}

func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const n = 20
	var all sync.WaitGroup
	numbers := make([]string, n)
	for i := range n {
		customer, conversation := b.chat()
		all.Go(func() {
			err := db.InTx(t.Context(), b.pool, func(ctx context.Context, tx pgx.Tx) error {
				c, err := b.OpenTx(ctx, tx, cases.NewCase{CustomerID: customer, ConversationID: &conversation, Category: b.category, Quote: b.quote("ESCAPE")})
				if err == nil && i%2 == 1 {
					return context.Canceled // something else of the transaction fails
				}
				numbers[i] = c.Number
				return err
			})
			if i%2 == 0 {
				require.NoError(t, err)
			}
		})
	}
	all.Wait()
	for i := range n / 2 {
		require.Contains(t, numbers, fmt.Sprintf("2026-%06d", i+1))
	}
	require.Equal(t, n/2, b.count("cases"))

	// Madrid's year, not that of Greenwich.
	b.clock.Set(time.Date(2026, 12, 31, 22, 59, 59, 0, time.UTC))
	require.Equal(t, "2026-000011", b.open().Number)
	b.clock.Set(time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC))
	require.Equal(t, "2027-000001", b.open().Number)
}

func TestOneActiveCasePerConversation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	customer, conversation := b.chat()
	n := cases.NewCase{CustomerID: customer, ConversationID: &conversation, Category: b.category, Quote: b.quote("ESCAPE")}
	var (
		all            sync.WaitGroup
		opened, denied atomic.Int32
	)
	for range 20 {
		all.Go(func() {
			switch _, err := b.Open(t.Context(), n); {
			case err == nil:
				opened.Add(1)
			default:
				require.ErrorIs(t, err, cases.ErrActiveExists)
				denied.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, opened.Load())
	require.EqualValues(t, 19, denied.Load())
	first, err := b.ActiveOf(t.Context(), b.pool, conversation)
	require.NoError(t, err)
	require.Equal(t, "2026-000001", first.Number)
	_, err = b.Transition(b.editor, first.ID, 0, cases.Cancelled, "se lo ha pensado")
	require.NoError(t, err)
	none, err := b.ActiveOf(t.Context(), b.pool, conversation)
	require.NoError(t, err)
	require.Nil(t, none)
	_, err = b.Open(t.Context(), n)
	require.NoError(t, err)
	b.force(first.ID, cases.Resolved)
	_, err = b.Transition(b.admin, first.ID, 0, cases.InProgress, "reclamación")
	require.ErrorIs(t, err, cases.ErrActiveExists)
	b.force(first.ID, cases.Abandoned)
	_, err = b.Transition(b.editor, first.ID, 0, cases.Collecting, "")
	require.ErrorIs(t, err, cases.ErrActiveExists)
}

func TestOpeningForNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	customer, _ := b.chat()
	_, somebodyElses := b.chat()
	unknown := uuid.New()
	n := cases.NewCase{CustomerID: unknown, Category: b.category, Quote: b.quote("ESCAPE")}
	_, err := b.Open(t.Context(), n)
	require.ErrorIs(t, err, cases.ErrNoCustomer)
	n.CustomerID, n.ConversationID = customer, &unknown
	_, err = b.Open(t.Context(), n)
	require.ErrorIs(t, err, cases.ErrNoConversation)
	n.ConversationID = &somebodyElses
	_, err = b.Open(t.Context(), n)
	require.ErrorIs(t, err, cases.ErrNoConversation)
	n.ConversationID = nil
	for range 2 { // who does not write may have several
		_, err = b.Open(t.Context(), n)
		require.NoError(t, err)
	}
	require.Equal(t, 2, b.count("cases"))
	require.Equal(t, 1, b.count("case_numbers WHERE last_number = 2"))
}

// TestCategoryInUse: the sheet that a case was opened with stays.
func TestCategoryInUse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.open()
	b.exec("DELETE FROM warning_triggers")
	err := tariffs.NewCategories(catalogue.NewCache(b.pool, b.clock.Now)).Delete(b.admin, b.category.ID, 0)
	require.ErrorIs(t, err, tariffs.ErrCategoryInUse)
}

func TestSearch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.open()
	b.answers(c.ID)
	b.open()
	found := func(f cases.Filter) (ids []uuid.UUID) {
		list, _, err := b.List(t.Context(), f, cases.Order{}, page.Key{}, 10)
		require.NoError(t, err)
		for _, x := range list {
			ids = append(ids, x.ID)
		}
		return ids
	}
	for _, q := range []string{
		c.Number, "000001", "1234BCD", "1234 bcd", "1234-BCD", "inigo", "Íñigo", "MUÑOZ", "munoz gil", "gil íñigo", "600100200", "600 100 200", "+34 600 10 02 00",
		"12345678Z", "12.345.678-z", "inigo@example", " inigo ",
	} {
		require.Equal(t, []uuid.UUID{c.ID}, found(cases.Filter{Query: q}), q)
	}
	for _, q := range []string{"%", "_", `\`, "nadie", "gil nadie"} {
		require.Empty(t, found(cases.Filter{Query: q}), q)
	}
	require.Len(t, found(cases.Filter{}), 2)
	require.Len(t, found(cases.Filter{Statuses: []cases.Status{cases.PendingImages}}), 1)
	require.Len(t, found(cases.Filter{Statuses: []cases.Status{cases.Collecting, cases.Resolved}, Query: "2026"}), 1)
	require.Len(t, found(cases.Filter{CustomerID: &c.CustomerID}), 1)
	list, next, err := b.List(t.Context(), cases.Filter{}, cases.Order{}, page.Key{}, 1)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.NotNil(t, next)
	key, err := page.Decode(next)
	require.NoError(t, err)
	rest, next, err := b.List(t.Context(), cases.Filter{}, cases.Order{}, key, 1)
	require.NoError(t, err)
	require.Nil(t, next)
	require.NotEqual(t, list[0].ID, rest[0].ID)
	counts, err := b.Counts(t.Context(), cases.Filter{})
	require.NoError(t, err)
	require.Equal(t, map[cases.Status]int{cases.Collecting: 1, cases.PendingImages: 1}, counts)
}

// TestUpdate stores all answers or none, says what changed, and keeps values out
// of the audit.
func TestUpdate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.open()
	wrong := casedata.Change{casedata.SectionPersonal: {casedata.NIF: "12345678A", casedata.FirstName: "Ana"}, "no/hay~": {"x": "y"}}
	_, err := b.Update(b.editor, c.ID, 0, cases.Patch{Data: wrong})
	require.ErrorContains(t, err, "dato")
	require.Equal(t, c, b.get(c.ID))
	right := casedata.Change{casedata.SectionPersonal: {casedata.NIF: "12345678z", casedata.FirstName: "Ana"}}
	got, err := b.Update(b.editor, c.ID, c.Version, cases.Patch{Data: right})
	require.NoError(t, err)
	require.Equal(t, c.Version+1, got.Version)
	again, err := b.Update(b.editor, c.ID, 0, cases.Patch{Data: right})
	require.NoError(t, err)
	require.Equal(t, got.Version, again.Version, "nothing new")
	_, err = b.Update(b.editor, c.ID, c.Version, cases.Patch{Data: right})
	require.ErrorIs(t, err, cases.ErrChanged)
	require.Equal(t, []string{"opened collecting", "data"}, b.timeline(c.ID))
	var audited string
	require.NoError(t, b.pool.QueryRow(t.Context(), "SELECT string_agg(changes::text, ' ') FROM audit_log WHERE entity_type = 'case'").Scan(&audited))
	require.Contains(t, audited, `"timeline": [null, ["data"]]`)
	require.NotContains(t, strings.ToLower(audited), "12345678")
}
