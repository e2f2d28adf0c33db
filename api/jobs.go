package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/riverqueue/river/rivertype"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/page"
)

// Jobs serves the tag Jobs.
type Jobs struct {
	jobs *jobs.Manager
	bulk bulk
}

// ListJobs returns a page of jobs.
func (h *Jobs) ListJobs(ctx context.Context, r oas.ListJobsRequestObject) (oas.ListJobsResponseObject, error) {
	key, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	states := []oas.JobState{oas.JobStateRetryable, oas.JobStateDiscarded}
	if r.Params.State != nil {
		states = *r.Params.State
	}
	filter := jobs.Filter{Kind: deref(r.Params.Kind), States: each(states, func(s oas.JobState) rivertype.JobState { return rivertype.JobState(s) })}
	list, next, err := h.jobs.List(ctx, filter, key, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	items, err := toAPIJobs(list)
	if err != nil {
		return nil, err
	}
	for i := range items {
		if errs := items[i].Errors; len(errs) > 0 {
			errs[0].Trace.SetNull()
			items[i].Errors = errs[:1]
		}
	}
	return oas.ListJobs200JSONResponse{Items: items, NextCursor: orNull(next)}, nil
}

// GetJobStats counts what there is to do.
func (h *Jobs) GetJobStats(ctx context.Context, _ oas.GetJobStatsRequestObject) (oas.GetJobStatsResponseObject, error) {
	stats, err := h.jobs.Stats(ctx)
	if err != nil {
		return nil, err
	}
	return oas.GetJobStats200JSONResponse{
		Kinds: stats.Kinds,
		States: each(stats.Waiting, func(w jobs.Waiting) oas.JobStateCount {
			return oas.JobStateCount{State: oas.JobState(w.State), Jobs: int(w.Jobs), Oldest: orNullTime(&w.Oldest)}
		}),
	}, nil
}

// ListPeriodicJobs returns what is done again and again.
func (h *Jobs) ListPeriodicJobs(ctx context.Context, _ oas.ListPeriodicJobsRequestObject) (oas.ListPeriodicJobsResponseObject, error) {
	list, err := h.jobs.Periodic(ctx)
	if err != nil {
		return nil, err
	}
	out := make(oas.ListPeriodicJobs200JSONResponse, len(list))
	for i, p := range list {
		out[i] = oas.PeriodicJob{Kind: p.Args.Kind(), EverySeconds: int(p.Every.Seconds())}
		out[i].Last.SetNull()
		if p.Job == nil {
			continue
		}
		last, err := toAPIJob(*p.Job)
		if err != nil {
			return nil, err
		}
		out[i].Last.Set(last)
	}
	return out, nil
}

// GetJob returns one job.
func (h *Jobs) GetJob(ctx context.Context, r oas.GetJobRequestObject) (oas.GetJobResponseObject, error) {
	job, err := h.jobs.Get(ctx, r.JobID)
	if err != nil {
		return nil, err
	}
	out, err := toAPIJob(job)
	return oas.GetJob200JSONResponse(out), err
}

// RetryJob has a job done now.
func (h *Jobs) RetryJob(ctx context.Context, r oas.RetryJobRequestObject) (oas.RetryJobResponseObject, error) {
	job, err := h.jobs.Retry(ctx, r.JobID)
	if err != nil {
		return nil, err
	}
	out, err := toAPIJob(job)
	return oas.RetryJob200JSONResponse(out), err
}

// CancelJob ends a job.
func (h *Jobs) CancelJob(ctx context.Context, r oas.CancelJobRequestObject) (oas.CancelJobResponseObject, error) {
	job, err := h.jobs.Cancel(ctx, r.JobID)
	if err != nil {
		return nil, err
	}
	out, err := toAPIJob(job)
	return oas.CancelJob200JSONResponse(out), err
}

// DeleteJob forgets a job.
func (h *Jobs) DeleteJob(ctx context.Context, r oas.DeleteJobRequestObject) (oas.DeleteJobResponseObject, error) {
	if err := h.jobs.Delete(ctx, r.JobID); err != nil {
		return nil, err
	}
	return oas.DeleteJob204Response{}, nil
}

// BulkJobs does one thing to many jobs.
func (h *Jobs) BulkJobs(ctx context.Context, r oas.BulkJobsRequestObject) (oas.BulkJobsResponseObject, error) {
	do := map[oas.JobBulkAction]func(context.Context, int64) error{
		oas.JobBulkActionRetry:  func(ctx context.Context, id int64) error { _, err := h.jobs.Retry(ctx, id); return err },
		oas.JobBulkActionCancel: func(ctx context.Context, id int64) error { _, err := h.jobs.Cancel(ctx, id); return err },
		oas.JobBulkActionDelete: h.jobs.Delete,
	}[r.Body.Action]
	refusals, err := tryEach(ctx, h.bulk.log, r.Body.Ids, do)
	if err != nil {
		return nil, err
	}
	out := oas.BulkJobs200JSONResponse{Results: make([]oas.JobBulkRow, len(refusals))}
	for i, refused := range refusals {
		code, detail := told(refused)
		out.Results[i] = oas.JobBulkRow{ID: r.Body.Ids[i], Ok: refused == nil, Code: code, Detail: detail}
	}
	return out, nil
}

func toAPIJobs(list []jobs.Job) ([]oas.Job, error) {
	out := make([]oas.Job, len(list))
	for i, j := range list {
		var err error
		if out[i], err = toAPIJob(j); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func toAPIJob(j jobs.Job) (oas.Job, error) {
	out := oas.Job{
		ID: j.ID, Kind: j.Kind, State: oas.JobState(j.State), Queue: j.Queue, Attempt: j.Attempt, MaxAttempts: j.MaxAttempts,
		RequestID: orNullText(j.RequestID), Worker: orNullText(j.Worker()), CreatedAt: j.CreatedAt.UTC(), ScheduledAt: j.ScheduledAt.UTC(),
		AttemptedAt: orNullTime(j.AttemptedAt), FinalizedAt: orNullTime(j.FinalizedAt), Errors: make([]oas.JobError, len(j.Errors)),
	}
	for i, e := range j.Errors {
		out.Errors[len(j.Errors)-1-i] = oas.JobError{At: e.At.UTC(), Attempt: e.Attempt, Error: e.Error, Trace: orNullText(e.Trace)}
	}
	if err := json.Unmarshal(j.EncodedArgs, &out.Args); err != nil {
		return out, fmt.Errorf("arguments of job %d: %w", j.ID, err)
	}
	return out, nil
}
