package admin

import (
	"context"
	"fmt"
	"time"
	_ "time/tzdata" // days are Madrid's on machines without time zones too

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/money"
)

// TimeZone is where the office is: its days are the days of the dashboard.
const TimeZone = "Europe/Madrid"

const (
	// seriesDays is how many days the series has, today among them.
	seriesDays = 14
	// topDays is how many days the top elements are counted over, and topCount
	// how many of them are listed.
	topDays  = 30
	topCount = 10
)

// Numbers are those of the dashboard at one moment. What has no number has
// nothing that could be counted.
type Numbers struct {
	At time.Time
	// Days are the last 14, by time; the last is today.
	Days []DayNumbers

	Conversations DashboardConversations
	Escalations   DashboardEscalations
	Customers     int
	// CustomersToday are those who are new today.
	CustomersToday int
	// FirstAnswer is the median time from the first message of a customer today
	// to the first answer, by the assistant or a person; nil when none was
	// answered.
	FirstAnswer *time.Duration
	// OutboxWaiting replies and notes are not with Chatwoot yet;
	// OutboxFailedToday are those of today that never will be.
	OutboxWaiting     int
	OutboxFailedToday int
	// TopElements are those quoted in the most conversations of the last 30 days.
	TopElements []TopElement
}

// DashboardConversations counts conversations as they are now.
type DashboardConversations struct {
	Total int
	// Paused are those that a person has.
	Paused int
	// Unanswered are those with a message that the assistant has not dealt with.
	Unanswered int
}

// DashboardEscalations counts the work for people.
type DashboardEscalations struct {
	Pending       int
	InProgress    int
	ResolvedToday int
}

// DayNumbers are those of one day.
type DayNumbers struct {
	// Date is its first moment.
	Date time.Time
	// Conversations are those that began.
	Conversations int
	// Incoming, Assistant and Staff count the messages by who wrote them. Private
	// notes and what was never said do not count.
	Incoming  int
	Assistant int
	Staff     int
	// Quotes counts those offered, and Subtotal is their sum without IVA. A
	// customer who changes the set is offered another.
	Quotes   int
	Subtotal money.Amount
	// Accepted counts the conversations in which a quote was accepted.
	Accepted int
}

// Today returns the numbers of the last day.
func (n Numbers) Today() DayNumbers { return n.Days[len(n.Days)-1] }

// TopElement is an element and how often it was asked for.
type TopElement struct {
	Category string // slug
	Code     string
	Name     string
	// Conversations is in how many it was quoted.
	Conversations int
}

// Dashboard reads the numbers of the day. Safe for concurrent use.
type Dashboard struct {
	db  db.DB
	q   *sqlc.Queries
	now func() time.Time
}

// NewDashboard returns the service.
func NewDashboard(d db.DB, now func() time.Time) *Dashboard {
	return &Dashboard{db: d, q: sqlc.New(), now: now}
}

// Read counts everything, in three queries.
func (d *Dashboard) Read(ctx context.Context) (Numbers, error) {
	zone, err := time.LoadLocation(TimeZone)
	if err != nil {
		return Numbers{}, fmt.Errorf("dashboard: %w", err)
	}
	n := Numbers{At: d.now()}
	local := n.At.In(zone)
	day := func(offset int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+offset, 0, 0, 0, 0, zone)
	}
	if err := d.readNow(ctx, &n, day(0), day(1)); err != nil {
		return Numbers{}, fmt.Errorf("dashboard: %w", err)
	}
	days := make([]time.Time, 0, seriesDays+1)
	for offset := 1 - seriesDays; offset <= 1; offset++ {
		days = append(days, day(offset))
	}
	if err := d.readDays(ctx, &n, days); err != nil {
		return Numbers{}, fmt.Errorf("dashboard: days: %w", err)
	}
	top, err := d.q.DashboardTopElements(ctx, d.db, sqlc.DashboardTopElementsParams{FromAt: day(1 - topDays), ToAt: day(1), MaxRows: topCount})
	if err != nil {
		return Numbers{}, fmt.Errorf("dashboard: elements: %w", err)
	}
	for _, row := range top {
		n.TopElements = append(n.TopElements, TopElement{
			Category: row.Category, Code: row.Code, Name: row.Name, Conversations: int(row.Conversations),
		})
	}
	return n, nil
}

func (d *Dashboard) readNow(ctx context.Context, n *Numbers, today, tomorrow time.Time) error {
	row, err := d.q.DashboardNow(ctx, d.db, sqlc.DashboardNowParams{Today: today, Tomorrow: tomorrow})
	if err != nil {
		return err
	}
	n.Conversations = DashboardConversations{
		Total: int(row.Conversations), Paused: int(row.ConversationsPaused), Unanswered: int(row.ConversationsUnanswered),
	}
	n.Escalations = DashboardEscalations{
		Pending: int(row.EscalationsPending), InProgress: int(row.EscalationsInProgress), ResolvedToday: int(row.EscalationsResolvedToday),
	}
	n.Customers, n.CustomersToday = int(row.Customers), int(row.CustomersToday)
	n.OutboxWaiting, n.OutboxFailedToday = int(row.OutboxWaiting), int(row.OutboxFailedToday)
	if row.FirstAnswerSeconds >= 0 {
		took := time.Duration(row.FirstAnswerSeconds * float64(time.Second))
		n.FirstAnswer = &took
	}
	return nil
}

func (d *Dashboard) readDays(ctx context.Context, n *Numbers, days []time.Time) error {
	rows, err := d.q.DashboardDays(ctx, d.db, days)
	if err != nil {
		return err
	}
	for i, row := range rows {
		n.Days = append(n.Days, DayNumbers{
			Date: days[i], Conversations: int(row.Conversations), Incoming: int(row.Incoming), Assistant: int(row.Assistant),
			Staff: int(row.Staff), Quotes: int(row.Quotes), Subtotal: row.Subtotal, Accepted: int(row.Accepted),
		})
	}
	return nil
}
