package rag

import (
	"context"
	"fmt"
	"time"
	_ "time/tzdata" // days are Madrid's on machines without time zones too

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/db"
)

// Percentiles are the 50th, 95th and 99th in milliseconds; nil when there was
// nothing to measure.
type Percentiles []float64

// Analytics are the numbers of some days.
type Analytics struct {
	// From and To are the first and the last day.
	From, To                    time.Time
	Questions, Answered, Cached int
	Useful, NotUseful           int
	// The stages of what was not cached.
	Total, Embed, Search, Rerank, Wording Percentiles
	Days                                  []DayCount
	Unanswered                            []UnansweredCount
	Documents                             []CitedCount
	Citations                             []CitedCount
}

// DayCount counts the questions of a day.
type DayCount struct {
	Day                   time.Time
	Questions, Unanswered int
}

// UnansweredCount counts a question that had no answer.
type UnansweredCount struct {
	Query  string
	Times  int
	LastAt time.Time
}

// CitedCount counts the citations of a document, or of an article in it.
type CitedCount struct {
	// DocumentID is nil once it is deleted.
	DocumentID *uuid.UUID
	Title      string
	Heading    string
	Times      int
}

// maxDays is the longest time that numbers are made of, defaultDays that when none
// is asked for.
const (
	maxDays     = 366
	defaultDays = 30
)

// zone is where the office is: its days are the days that are counted.
const zone = "Europe/Madrid"

// Analytics returns the numbers of the days from and to, both included; nil means
// today, and thirty days before the last. Errors: ErrDates.
func (a *Answers) Analytics(ctx context.Context, from, to *time.Time) (*Analytics, error) {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("days of %s: %w", zone, err)
	}
	now := a.cfg.Now().In(place)
	last := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, place)
	if to != nil {
		last = time.Date(to.Year(), to.Month(), to.Day(), 0, 0, 0, 0, place)
	}
	first := last.AddDate(0, 0, 1-defaultDays)
	if from != nil {
		first = time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, place)
	}
	switch {
	case last.Before(first):
		return nil, ErrDates
	case first.AddDate(0, 0, maxDays).Before(last):
		return nil, ErrDates.WithMessage(fmt.Sprintf("At most %d days.", maxDays))
	}
	out := &Analytics{From: day(first), To: day(last)}
	err = db.InSnapshot(ctx, a.cfg.DB, func(ctx context.Context, tx pgx.Tx) error {
		return a.count(ctx, tx, out, first, last.AddDate(0, 0, 1))
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// day is the day of a moment, without its zone.
func day(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }

func (a *Answers) count(ctx context.Context, tx pgx.Tx, out *Analytics, since, until time.Time) error {
	stats, err := a.q.QuestionStats(ctx, tx, sqlc.QuestionStatsParams{Since: since, Until: until})
	if err != nil {
		return fmt.Errorf("count questions: %w", err)
	}
	out.Questions, out.Answered, out.Cached = int(stats.Questions), int(stats.Answered), int(stats.Cached)
	out.Useful, out.NotUseful = int(stats.Useful), int(stats.NotUseful)
	out.Total, out.Embed, out.Search, out.Rerank, out.Wording = stats.TotalMs, stats.EmbedMs, stats.SearchMs, stats.RerankMs, stats.AnswerMs
	days, err := a.q.QuestionStatsPerDay(ctx, tx, sqlc.QuestionStatsPerDayParams{FirstDay: out.From, LastDay: out.To, Since: since, Until: until})
	if err != nil {
		return fmt.Errorf("count questions by day: %w", err)
	}
	for _, d := range days {
		out.Days = append(out.Days, DayCount{Day: d.Day, Questions: int(d.Questions), Unanswered: int(d.Unanswered)})
	}
	unanswered, err := a.q.QuestionTopUnanswered(ctx, tx, sqlc.QuestionTopUnansweredParams{Since: since, Until: until})
	if err != nil {
		return fmt.Errorf("count unanswered questions: %w", err)
	}
	for _, u := range unanswered {
		out.Unanswered = append(out.Unanswered, UnansweredCount{Query: u.Query, Times: int(u.Times), LastAt: u.LastAt})
	}
	documents, err := a.q.CitationTopDocuments(ctx, tx, sqlc.CitationTopDocumentsParams{Since: since, Until: until})
	if err != nil {
		return fmt.Errorf("count cited documents: %w", err)
	}
	for _, d := range documents {
		out.Documents = append(out.Documents, CitedCount{DocumentID: d.DocumentID, Title: d.Title, Times: int(d.Citations)})
	}
	citations, err := a.q.CitationTop(ctx, tx, sqlc.CitationTopParams{Since: since, Until: until})
	if err != nil {
		return fmt.Errorf("count citations: %w", err)
	}
	for _, c := range citations {
		out.Citations = append(out.Citations, CitedCount{DocumentID: c.DocumentID, Title: c.Title, Heading: c.Heading, Times: int(c.Citations)})
	}
	return nil
}
