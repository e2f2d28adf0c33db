// Package demo fills a database with made-up customers, conversations, cases and
// work for people, through the same doors as the real ones: what customers say
// is answered by the assistant, what staff do is done by the services. For
// screenshots, browser tests and looking around. Nothing of it reaches Chatwoot.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/admin"
	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/cases"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/conversations"
	"github.com/msia/msia/internal/customers"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/elements"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/rules"
	"github.com/msia/msia/internal/tariffs"
)

// account is the Chatwoot account of the made-up conversations; Chatwoot's own
// begin at 1. The numbers of conversations and contacts begin where no Chatwoot
// ever gets, should one be connected later.
const (
	account = -1
	numbers = 1 << 50
)

// ErrRealData says that there are conversations that were not made up.
var ErrRealData = errors.New("there are real conversations in the database: made-up ones do not belong beside them")

// Config is what it takes.
type Config struct {
	DB db.DB
	// Images opens the file store on a transaction, with a clock.
	Images func(ctx context.Context, d db.DB, now func() time.Time) (*images.Store, error)
	Now    func() time.Time
	Log    *slog.Logger
}

// Report says what there is.
type Report struct {
	// There: it was made before, nothing was done.
	There                           bool
	Conversations, Cases, Customers int
}

// String says it to people.
func (r Report) String() string {
	if r.There {
		return "The demo is there already; nothing was changed."
	}
	return fmt.Sprintf("Demo: %d customers, %d conversations, %d cases.", r.Customers, r.Conversations, r.Cases)
}

// Load makes all of it, or nothing but for the fixed answer, which comes last. A
// second time changes nothing.
// Errors: ErrRealData.
func Load(ctx context.Context, c Config) (Report, error) {
	var report Report
	err := db.InTx(ctx, c.DB, func(ctx context.Context, tx pgx.Tx) error {
		row, err := sqlc.New().DemoHasConversations(ctx, tx, account)
		switch {
		case err != nil:
			return fmt.Errorf("look for conversations: %w", err)
		case row.Others:
			return ErrRealData
		case row.Demo:
			report.There = true
			return nil
		}
		s, err := newStage(ctx, c, tx)
		if err != nil {
			return err
		}
		defer func() { _ = s.store.Close() }() // everything was written
		if err := s.play(ctx); err != nil {
			return err
		}
		report = Report{Conversations: len(s.conversations), Cases: s.cases, Customers: s.people}
		return nil
	})
	if err != nil || report.There {
		return report, err
	}
	return report, houseRule(ctx, rules.New(catalogue.NewCache(c.DB, c.Now)))
}

// stage is where the demo is played: the services on one transaction, with a
// clock that the scenes set.
type stage struct {
	tx    pgx.Tx
	begin time.Time
	at    time.Time
	// zone is where the office is.
	zone *time.Location
	log  *slog.Logger

	snapshots   *catalogue.Cache
	quoting     *tariffs.Quoting
	intake      *conversations.Intake
	process     *conversations.ProcessWorker
	desk        *conversations.Desk
	escalations *conversations.Escalations
	caseFiles   *cases.Service
	customers   *customers.Service
	store       *images.Store
	files       *images.CustomerFiles

	// marta and luis are the staff.
	marta, luis caller.Caller

	conversations         map[int64]uuid.UUID
	messages              int64
	photos, cases, people int
}

func newStage(ctx context.Context, c Config, tx pgx.Tx) (*stage, error) {
	s := &stage{tx: tx, begin: c.Now(), log: c.Log, conversations: make(map[int64]uuid.UUID)}
	s.at = s.begin
	now := func() time.Time { return s.at }
	var err error
	if s.zone, err = time.LoadLocation("Europe/Madrid"); err != nil {
		return nil, err
	}
	if s.store, err = c.Images(ctx, tx, now); err != nil {
		return nil, err
	}
	s.files = images.NewCustomerFiles(s.store)
	s.snapshots = catalogue.NewCache(c.DB, c.Now) // a snapshot cannot be read in the middle of a transaction
	s.quoting = tariffs.NewQuoting(s.snapshots, tariffs.Calculator{ContainsPhrase: elements.ContainsPhrase})
	outbox := conversations.NewOutbox(noJobs{}, false, nil, now)
	s.caseFiles = cases.New(tx, outbox, s.files, now)
	s.intake = conversations.NewIntake(conversations.IntakeConfig{DB: tx, Jobs: noJobs{}, Outbox: outbox, Now: now, Log: c.Log})
	matching := elements.NewMatching(s.snapshots)
	s.process = conversations.NewProcessWorker(conversations.ProcessConfig{
		DB: tx, Outbox: outbox, Catalogue: s.snapshots, Cases: s.caseFiles, Now: now,
		Settings: admin.NewSettings(admin.SettingsConfig{DB: tx, Catalogue: s.snapshots}),
		Assistant: assistant.New(assistant.Deps{
			Pricer: s.quoting, Rules: &rules.Book{},
			Matcher: func(s *catalogue.Snapshot, c *catalogue.Category) assistant.Matcher { return matching.Matcher(s, c) },
		}),
	})
	s.desk = conversations.NewDesk(tx, outbox, noJobs{}, s.files, now)
	if s.escalations, err = conversations.NewEscalations(tx, s.desk, now); err != nil {
		return nil, err
	}
	s.customers = customers.New(customers.Deps{DB: tx, Jobs: noJobs{}, Spool: nothingSpooled{}, Cases: s.caseFiles, Now: now, Log: c.Log})
	accounts := admin.NewAccounts(admin.AccountsConfig{DB: tx, Now: now})
	for _, person := range []struct {
		into           *caller.Caller
		username, name string
		role           caller.Role
	}{{&s.marta, "marta", "Marta Ruiz", caller.RoleEditor}, {&s.luis, "luis", "Luis Ortega", caller.RoleAdmin}} {
		if *person.into, err = s.staff(ctx, accounts, person.username, person.name, person.role); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// staff makes an account whose password nobody knows; msia user reset-password
// gives it another. One that is there is taken as it is.
func (s *stage) staff(ctx context.Context, accounts *admin.Accounts, username, name string, role caller.Role) (caller.Caller, error) {
	all, err := accounts.List(ctx)
	if err != nil {
		return caller.Caller{}, err
	}
	for _, a := range all {
		if a.Username == username {
			return caller.Caller{AccountID: a.ID, Username: username, Role: role}, nil
		}
	}
	made, err := accounts.Create(ctx, admin.NewAccount{Username: username, DisplayName: &name, Password: admin.GeneratePassword(), Role: role})
	return caller.Caller{AccountID: made.ID, Username: username, Role: role}, err
}

// noJobs: the stage does at once what jobs would do.
type noJobs struct{}

// Enqueue forgets the job.
func (noJobs) Enqueue(context.Context, pgx.Tx, river.JobArgs) error { return nil }

// Forget has nothing to forget.
func (noJobs) Forget(context.Context, pgx.Tx, []uuid.UUID) error { return nil }

// nothingSpooled: no webhook is involved.
type nothingSpooled struct{}

// ForgetErased has nothing to forget.
func (nothingSpooled) ForgetErased(context.Context) error { return nil }

// as does something as a member of staff.
func as(ctx context.Context, who caller.Caller) context.Context { return caller.With(ctx, who) }

// ago sets the clock to so long before now.
func (s *stage) ago(d time.Duration) { s.at = s.begin.Add(-d) }

// says lets a customer write and the assistant answer, a minute later than what
// was said before.
func (s *stage) says(ctx context.Context, p person, texts ...string) error {
	for _, text := range texts {
		s.at = s.at.Add(time.Minute)
		s.messages++
		yes := true
		event := chatwoot.Event{
			Name: "message_created", Kind: chatwoot.KindMessageCreated, AccountID: account, InboxID: 1,
			Conversation: chatwoot.Conversation{ID: numbers + p.number, Status: chatwoot.StatusOpen, CanReply: &yes, Channel: "Channel::Whatsapp"},
			Contact:      chatwoot.Contact{ID: numbers + p.number, Name: p.nickname, Phone: p.phone(), PhoneAsSent: p.phone(), ClientType: p.clientType},
			Message: chatwoot.Message{
				ID: s.messages, Direction: chatwoot.DirectionIncoming, Content: text, CreatedAt: s.at, Sender: chatwoot.SenderContact, SenderID: numbers + p.number,
			},
		}
		if _, err := s.intake.Store(ctx, event, nil, s.at); err != nil {
			return err
		}
		id, err := s.conversation(ctx, p)
		if err != nil {
			return err
		}
		s.at = s.at.Add(2 * time.Second)
		if err := s.process.Process(ctx, id, func(context.Context, pgx.Tx) error { return nil }); err != nil {
			return fmt.Errorf("answer %s: %w", p.nickname, err)
		}
	}
	return nil
}

func (s *stage) conversation(ctx context.Context, p person) (uuid.UUID, error) {
	if id, ok := s.conversations[p.number]; ok {
		return id, nil
	}
	row, err := sqlc.New().ConversationGetByChatwootID(ctx, s.tx, sqlc.ConversationGetByChatwootIDParams{
		ChatwootAccountID: account, ChatwootConversationID: numbers + p.number,
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("find the conversation of %s: %w", p.nickname, err)
	}
	s.conversations[p.number] = row.ID
	s.people++
	return row.ID, nil
}
