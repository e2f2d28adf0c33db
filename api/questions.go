package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/page"
	"github.com/msia/msia/internal/rag"
)

// Questions serves the tag Questions.
type Questions struct {
	answers *rag.Answers
	doctor  *rag.Doctor
}

// AskRegulations answers a question.
func (h *Questions) AskRegulations(ctx context.Context, r oas.AskRegulationsRequestObject) (oas.AskRegulationsResponseObject, error) {
	q := rag.Question{Text: r.Body.Query, Source: rag.SourceAPI, Filters: fromAPIFilters(r.Body.Filters)}
	if r.Body.Limit != nil {
		q.Limit = *r.Body.Limit
	}
	if !orFalse(r.Body.Stream) {
		answer, err := h.answers.Ask(ctx, q)
		if err != nil {
			return nil, err
		}
		return wholeAnswer{toAPIAnswer(answer)}, nil
	}
	return eventStream{problem: streamProblem(ctx), run: func(out *eventWriter) error {
		q.OnCitations = func(c []rag.Citation) error { return out.send("citations", each(c, toAPICitation)) }
		q.OnDelta = func(text string) error { return out.send("delta", map[string]string{"text": text}) }
		answer, err := h.answers.Ask(ctx, q)
		if err != nil {
			return err
		}
		return out.send("answer", toAPIAnswer(answer))
	}}, nil
}

// wholeAnswer may come later than any other answer: a model worded it.
type wholeAnswer struct{ answer oas.RegulationAnswer }

// VisitAskRegulationsResponse sends it.
func (a wholeAnswer) VisitAskRegulationsResponse(w http.ResponseWriter) error {
	w.Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	w.WriteHeader(http.StatusOK)
	return json.NewEncoder(&patient{w: w, control: http.NewResponseController(w)}).Encode(a.answer)
}

func fromAPIFilters(f *oas.RegulationFilters) rag.Filters {
	var out rag.Filters
	if f == nil {
		return out
	}
	out.DocumentIDs, out.Tags = deref(f.DocumentIds), deref(f.Tags)
	for _, t := range deref(f.Types) {
		out.Types = append(out.Types, string(t))
	}
	if f.InForceOn != nil {
		out.InForceOn = &f.InForceOn.Time
	}
	return out
}

// ListQuestions returns a page of what was asked.
func (h *Questions) ListQuestions(ctx context.Context, r oas.ListQuestionsRequestObject) (oas.ListQuestionsResponseObject, error) {
	after, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	filter := rag.QuestionFilter{
		Text: r.Params.Q, Answered: r.Params.Answered, Useful: r.Params.Useful, Source: asString(r.Params.Source), DocumentID: r.Params.DocumentID,
	}
	list, next, err := h.answers.Questions(ctx, filter, after, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return oas.ListQuestions200JSONResponse{Items: each(list, toAPIQuestionSummary), NextCursor: orNull(next)}, nil
}

// GetQuestion returns a question as it was answered.
func (h *Questions) GetQuestion(ctx context.Context, r oas.GetQuestionRequestObject) (oas.GetQuestionResponseObject, error) {
	q, err := h.answers.Question(ctx, r.QueryID)
	if err != nil {
		return nil, err
	}
	return oas.GetQuestion200JSONResponse(toAPIQuestion(q)), nil
}

// RateQuestion notes whether an answer was useful.
func (h *Questions) RateQuestion(ctx context.Context, r oas.RateQuestionRequestObject) (oas.RateQuestionResponseObject, error) {
	q, err := h.answers.Rate(ctx, r.QueryID, fromNullable(r.Body.Useful), fromNullable(r.Body.Comment))
	if err != nil {
		return nil, err
	}
	return oas.RateQuestion200JSONResponse(toAPIQuestion(q)), nil
}

// GetQuestionAnalytics returns the numbers of some days.
func (h *Questions) GetQuestionAnalytics(ctx context.Context, r oas.GetQuestionAnalyticsRequestObject) (oas.GetQuestionAnalyticsResponseObject, error) {
	a, err := h.answers.Analytics(ctx, timeOf(r.Params.From), timeOf(r.Params.To))
	if err != nil {
		return nil, err
	}
	return oas.GetQuestionAnalytics200JSONResponse(toAPIAnalytics(a)), nil
}

func timeOf(d *openapi_types.Date) *time.Time {
	if d == nil {
		return nil
	}
	return &d.Time
}

// GetQuestionHealth tells what of answering works.
func (h *Questions) GetQuestionHealth(ctx context.Context, _ oas.GetQuestionHealthRequestObject) (oas.GetQuestionHealthResponseObject, error) {
	health, err := h.doctor.Examine(ctx)
	if err != nil {
		return nil, err
	}
	return oas.GetQuestionHealth200JSONResponse(toAPIQuestionHealth(health)), nil
}

func toAPIAnswer(a *rag.Answer) oas.RegulationAnswer {
	return oas.RegulationAnswer{
		QueryID: a.QueryID, Answer: a.Text, Answered: a.Answered(), Citations: each(a.Citations, toAPICitation), Parts: toAPIParts(a),
		Degraded: each(a.Degraded, toAPIDegradation), Notice: orNullText(a.Notice()), TimingsMs: toAPITimings(a.Timings), Cached: a.Cached,
	}
}

func toAPIDegradation(d rag.Degradation) oas.Degradation { return oas.Degradation(d) }

func toAPIParts(a *rag.Answer) oas.AnswerParts {
	return oas.AnswerParts{
		References: a.Parts.References, Lexical: a.Parts.Lexical, Vector: orNull(a.Parts.Vector), Rerank: a.Parts.Rerank, Answer: oas.AnswerMode(a.Mode),
	}
}

func toAPITimings(t rag.Timings) oas.AnswerTimings {
	return oas.AnswerTimings{Total: t.Total, Analyse: t.Analyse, Embed: t.Embed, Search: t.Search, Rerank: t.Rerank, Answer: t.Answer}
}

func toAPICitation(c rag.Citation) oas.Citation {
	out := oas.Citation{
		Number: c.Number, DocumentID: c.DocumentID, DocumentTitle: c.DocumentTitle, DocumentShortTitle: orNull(c.DocumentShortTitle),
		ChunkID: c.ChunkID, Article: orNull(c.Article), Heading: orNull(c.Heading), Section: list(c.Section), Pages: c.Pages,
		Snippet: c.Snippet, Highlights: make([][]int, len(c.Highlights)), Score: c.Score, Ocr: c.OCR,
	}
	if len(c.Pages) > 0 {
		out.Page = c.Pages[0]
	}
	for i, h := range c.Highlights {
		out.Highlights[i] = []int{h[0], h[1]}
	}
	return out
}

func toAPIQuestionSummary(q *rag.Asked) oas.QuestionSummary {
	return oas.QuestionSummary{
		ID: q.QueryID, Query: q.Query, Answered: q.Answered(), Mode: oas.AnswerMode(q.Mode), Source: oas.QuestionSource(q.Source), Cached: q.Cached,
		Useful: orNull(q.Useful), Comment: orNull(q.Comment), TotalMs: q.Timings.Total, ConversationID: orNull[uuid.UUID](q.ConversationID),
		AskedBy: orNull(q.AskedBy), CreatedAt: q.At.UTC(),
	}
}

func toAPIQuestion(q *rag.Asked) oas.Question {
	s := toAPIQuestionSummary(q)
	return oas.Question{
		ID: s.ID, Query: s.Query, Answered: s.Answered, Mode: s.Mode, Source: s.Source, Cached: s.Cached, Useful: s.Useful, Comment: s.Comment,
		TotalMs: s.TotalMs, ConversationID: s.ConversationID, AskedBy: s.AskedBy, CreatedAt: s.CreatedAt,
		Answer: q.Text, Citations: each(q.Citations, toAPICitation), Parts: toAPIParts(&q.Answer), Degraded: each(q.Degraded, toAPIDegradation),
		TimingsMs: toAPITimings(q.Timings), RatedBy: orNull(q.RatedBy), RatedAt: orNullTime(q.RatedAt),
	}
}

func toAPIPercentiles(p rag.Percentiles) oas.Percentiles {
	at := func(i int) *float64 {
		if i >= len(p) {
			return nil
		}
		return &p[i]
	}
	return oas.Percentiles{P50: orNull(at(0)), P95: orNull(at(1)), P99: orNull(at(2))}
}

func toAPIAnalytics(a *rag.Analytics) oas.QuestionAnalytics {
	out := oas.QuestionAnalytics{
		From: openapi_types.Date{Time: a.From}, To: openapi_types.Date{Time: a.To}, Questions: a.Questions, Answered: a.Answered,
		Unanswered: a.Questions - a.Answered, Cached: a.Cached, Useful: a.Useful, NotUseful: a.NotUseful,
	}
	if a.Questions > 0 {
		out.CacheHitRate = float64(a.Cached) / float64(a.Questions)
	}
	out.LatencyMs.Total, out.LatencyMs.Embed, out.LatencyMs.Search = toAPIPercentiles(a.Total), toAPIPercentiles(a.Embed), toAPIPercentiles(a.Search)
	out.LatencyMs.Rerank, out.LatencyMs.Answer = toAPIPercentiles(a.Rerank), toAPIPercentiles(a.Wording)
	out.Days = each(a.Days, func(d rag.DayCount) oas.QuestionDay {
		return oas.QuestionDay{Day: openapi_types.Date{Time: d.Day}, Questions: d.Questions, Unanswered: d.Unanswered}
	})
	out.TopUnanswered = each(a.Unanswered, func(u rag.UnansweredCount) oas.UnansweredQuestion {
		return oas.UnansweredQuestion{Query: u.Query, Count: u.Times, LastAt: u.LastAt.UTC()}
	})
	out.TopDocuments = each(a.Documents, func(c rag.CitedCount) oas.CitedDocument {
		return oas.CitedDocument{DocumentID: orNull(c.DocumentID), Title: c.Title, Citations: c.Times}
	})
	out.TopCitations = each(a.Citations, func(c rag.CitedCount) oas.CitedHeading {
		return oas.CitedHeading{DocumentID: orNull(c.DocumentID), Title: c.Title, Heading: c.Heading, Citations: c.Times}
	})
	return out
}

func toAPIQuestionHealth(h *rag.Health) oas.QuestionHealth {
	out := oas.QuestionHealth{
		Status: oas.QuestionHealthStatusOk, Documents: h.Documents, Indexed: h.Indexed, Current: h.Current, Processing: h.Processing,
		Failed: h.Failures, Chunks: h.Chunks, Reembedding: orNull[oas.Reembedding](nil),
		Components: each(h.Components, func(c rag.Component) oas.QuestionComponent {
			return oas.QuestionComponent{
				Name: oas.QuestionComponentName(c.Name), Status: oas.QuestionComponentStatus(c.Status), Detail: orNullText(c.Detail),
				Model: orNullText(c.Model), LatencyMs: orNull(c.Latency),
			}
		}),
	}
	if h.Degraded() {
		out.Status = oas.QuestionHealthStatusDegraded
	}
	if h.Reembedding != nil {
		out.Reembedding.Set(oas.Reembedding{Model: h.Reembedding.Model, Done: h.Reembedding.Done, Total: h.Reembedding.Total})
	}
	return out
}
