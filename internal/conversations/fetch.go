package conversations

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"path"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/chatwoot"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/files"
	"github.com/msia/msia/internal/jobs"
)

const (
	// fetchTimeout bounds one run; a download alone may take 25 seconds.
	fetchTimeout = 45 * time.Second
	// maxFetches is how often a file is tried. With the waits between the
	// attempts that is half a minute, or three when each one hangs.
	maxFetches = 6
	// fetchAtOnce bounds the files under way in one process: they have to be
	// decoded, and an album comes as many messages at once.
	fetchAtOnce = 8
)

// FetchArgs is the job that fetches the files of a message. There is at most one
// per message.
type FetchArgs struct {
	MessageID uuid.UUID `json:"message_id" river:"unique"`
	// ConversationID has the job forgotten with its conversation.
	ConversationID uuid.UUID `json:"conversation_id"`
}

// Kind names the job in the database.
func (FetchArgs) Kind() string { return "fetch_attachments" }

// InsertOpts make the job unique per message.
func (FetchArgs) InsertOpts() river.InsertOpts { return jobs.PerConversation() }

// Downloader fetches files from Chatwoot. *chatwoot.Downloader is one.
type Downloader interface {
	Get(ctx context.Context, address string) (*chatwoot.Download, error)
}

// Keeper keeps customers' files.
type Keeper interface {
	// Keep checks and keeps a photo or a PDF. name is what the sender called it.
	Keep(ctx context.Context, r io.Reader, name string) (files.Stored, error)
	// Drop forgets a kept file.
	Drop(ctx context.Context, id uuid.UUID) error
}

// FetchConfig holds what a FetchWorker needs; every member is required.
type FetchConfig struct {
	DB         db.DB
	Cases      Cases
	Downloader Downloader
	Files      Keeper
	Now        func() time.Time
	Log        *slog.Logger
}

// FetchWorker fetches the photos and papers of customers' messages. Every file
// is kept once, whatever dies in between: what is kept and not noted is deleted
// by maintenance.
type FetchWorker struct {
	river.WorkerDefaults[FetchArgs]
	FetchConfig
	q     *sqlc.Queries
	slots chan struct{}
}

// NewFetchWorker returns the worker.
func NewFetchWorker(c FetchConfig) *FetchWorker {
	return &FetchWorker{FetchConfig: c, q: sqlc.New(), slots: make(chan struct{}, fetchAtOnce)}
}

// Timeout bounds one run.
func (*FetchWorker) Timeout(*river.Job[FetchArgs]) time.Duration { return fetchTimeout }

// Work fetches until nothing of the message is left to fetch. It fails, to be
// tried again, when a file may still be had.
func (w *FetchWorker) Work(ctx context.Context, job *river.Job[FetchArgs]) error {
	for {
		rows, err := w.q.AttachmentListByMessages(ctx, w.DB, []uuid.UUID{job.Args.MessageID})
		if err != nil {
			return fmt.Errorf("read attachments: %w", err)
		}
		var errs []error
		for _, row := range rows {
			if row.Status == attachmentPending {
				errs = append(errs, w.fetch(ctx, row))
			}
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		done, err := w.finish(ctx, job)
		if err != nil || done {
			return err
		}
	}
}

// finish ends the job unless another file of the message came in between.
func (w *FetchWorker) finish(ctx context.Context, job *river.Job[FetchArgs]) (bool, error) {
	done := true
	err := db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := lockByID(ctx, w.q, tx, job.Args.ConversationID); err != nil {
			return err
		}
		rows, err := w.q.AttachmentListByMessages(ctx, tx, []uuid.UUID{job.Args.MessageID})
		if err != nil {
			return fmt.Errorf("read attachments: %w", err)
		}
		for _, row := range rows {
			if row.Status == attachmentPending {
				done = false
				return nil
			}
		}
		return complete(ctx, tx, job)
	})
	return done && err == nil, err
}

// fetch tries one file. It fails when it makes sense to try again.
func (w *FetchWorker) fetch(ctx context.Context, a sqlc.MessageAttachment) error {
	row, err := found(w.q.AttachmentBegin(ctx, w.DB, sqlc.AttachmentBeginParams{
		MessageID: a.MessageID, AttachmentIndex: a.AttachmentIndex, At: w.Now(),
	}))
	if err != nil || row == nil {
		return err
	}
	if row.Attempts > maxFetches {
		return w.end(ctx, *row, attachmentFailed, problemLost)
	}
	stored, err := w.download(ctx, *row.URL)
	if err == nil {
		return w.stored(ctx, *row, stored)
	}
	status, problem := verdict(err)
	switch {
	case problem != "":
	case ctx.Err() != nil, row.Attempts < maxFetches:
		return fmt.Errorf("fetch attachment %d of message %s: %w", row.AttachmentIndex, row.MessageID, err)
	default:
		status, problem = attachmentFailed, problemLost
	}
	w.Log.WarnContext(ctx, "a customer's file was not kept", slog.String("message_id", row.MessageID.String()),
		slog.String("status", status), slog.Any("error", err))
	return w.end(ctx, *row, status, problem)
}

func (w *FetchWorker) download(ctx context.Context, address string) (files.Stored, error) {
	select {
	case w.slots <- struct{}{}:
	case <-ctx.Done():
		return files.Stored{}, ctx.Err()
	}
	defer func() { <-w.slots }()
	d, err := w.Downloader.Get(ctx, address)
	if err != nil {
		return files.Stored{}, err
	}
	defer func() { _ = d.Close() }()
	return w.Files.Keep(ctx, d, fileName(address))
}

// fileName is what the sender called the file, as its address ends.
func fileName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return path.Base(u.Path)
}

// What customers are told about files that are not kept.
const (
	problemType   = "Ese tipo de archivo no lo puedo abrir: mándamelo como foto o en PDF, por favor."
	problemSize   = "Uno de los archivos pesa demasiado (el máximo son 10 MB). ¿Me lo mandas más ligero?"
	problemBroken = "Uno de los archivos ha llegado dañado y no se puede abrir. ¿Me lo mandas otra vez?"
	problemLost   = "Uno de los archivos no me ha llegado bien. ¿Me lo mandas otra vez?"
	problemLate   = "Uno de los archivos todavía está llegando; lo guardo en cuanto lo tenga."
)

// verdict says what becomes of a file after an error: nothing but another
// attempt when problem is "".
func verdict(err error) (status, problem string) {
	var f *fault.Error
	switch {
	case errors.Is(err, chatwoot.ErrDownloadTooLarge):
		return attachmentRefused, problemSize
	case errors.Is(err, chatwoot.ErrDownloadRefused), errors.Is(err, chatwoot.ErrDownloadGone):
		return attachmentFailed, problemLost
	case errors.As(err, &f):
		switch f.Code {
		case "invalid_file_type":
			return attachmentRefused, problemType
		case "file_too_large":
			return attachmentRefused, problemSize
		case "broken_image":
			return attachmentRefused, problemBroken
		}
	}
	return "", ""
}

func (w *FetchWorker) end(ctx context.Context, row sqlc.MessageAttachment, status, problem string) error {
	_, err := w.q.AttachmentEnd(ctx, w.DB, sqlc.AttachmentEndParams{
		MessageID: row.MessageID, AttachmentIndex: row.AttachmentIndex, Status: status, Problem: problem, At: w.Now(),
	})
	return err
}

// stored notes a kept file, and gives it to the case when no turn will.
func (w *FetchWorker) stored(ctx context.Context, row sqlc.MessageAttachment, file files.Stored) error {
	noted := int64(0)
	err := db.InTx(ctx, w.DB, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := lockByID(ctx, w.q, tx, row.ConversationID); err != nil {
			return err
		}
		var err error
		noted, err = w.q.AttachmentStored(ctx, tx, sqlc.AttachmentStoredParams{
			MessageID: row.MessageID, AttachmentIndex: row.AttachmentIndex, ImageID: file.ID, ContentType: file.ContentType,
			Size: file.Size, Width: toInt32(file.Width), Height: toInt32(file.Height), At: w.Now(),
		})
		if err != nil || noted == 0 {
			return err
		}
		return adopt(ctx, w.q, tx, w.Cases, row.ConversationID, w.Now())
	})
	if err != nil {
		return fmt.Errorf("note attachment: %w", err) // the file is an orphan now
	}
	if noted == 0 { // the message is gone, or another worker was faster
		return w.Files.Drop(ctx, file.ID)
	}
	return nil
}

func toInt32(n *int) *int32 {
	if n == nil {
		return nil
	}
	v := int32(*n) //nolint:gosec // pixels
	return &v
}

func toInt(n *int32) *int {
	if n == nil {
		return nil
	}
	v := int(*n)
	return &v
}
