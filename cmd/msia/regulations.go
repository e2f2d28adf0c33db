package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/config"
	"github.com/msia/msia/internal/embed"
	"github.com/msia/msia/internal/jobs"
	"github.com/msia/msia/internal/objects"
	"github.com/msia/msia/internal/pdf"
	pdfwire "github.com/msia/msia/internal/pdf/wire"
	"github.com/msia/msia/internal/rag"
	"github.com/msia/msia/internal/remote"
)

// regulations are the parts that answer questions about the rules.
type regulations struct {
	files    *objects.Store
	reader   *pdf.Engine
	ocr      bool
	embedder embed.Embedder
	library  *rag.Library
	answers  *rag.Answers
}

// openRegulations builds them. Without configured models everything is done here.
func (a *app) openRegulations(ctx context.Context, jobs rag.Jobs) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("this program's own file: %w", err)
	}
	r := &a.regulations
	if r.files, err = objects.Open(ctx, fileStore(a.env.cfg, a.database.dataDir)); err != nil {
		return fmt.Errorf("MSIA_BLOB_URL: %w", err)
	}
	tesseract, err := pdf.Tesseract(ctx)
	if err != nil {
		a.env.log.Info("scanned pages of regulations cannot be read", slog.Any("error", err))
	}
	r.ocr = err == nil
	r.reader = pdf.New(pdf.Options{
		Command: []string{program, pdfwire.Command}, CacheDir: filepath.Join(a.database.dataDir, "pdfium"), Workers: rag.QueueWidth, Tesseract: tesseract,
	})
	if r.embedder, err = embedder(a.env.cfg.Embeddings, a.outgoing.Transport("embeddings")); err != nil {
		return fmt.Errorf("MSIA_EMBEDDINGS_URL: %w", err)
	}
	ac := rag.AnswersConfig{DB: a.pool, Embedder: r.embedder, Now: time.Now, Log: a.env.log}
	if e := a.env.cfg.Rerank; e.Configured() {
		if ac.Reranker, err = rag.NewHTTPReranker(endpoint(e, a.outgoing.Transport("rerank"))); err != nil {
			return fmt.Errorf("MSIA_RERANK_URL: %w", err)
		}
	}
	if e := a.env.cfg.Chat; e.Configured() {
		if ac.Chat, err = rag.NewHTTPChat(endpoint(e, a.outgoing.Transport("chat"))); err != nil {
			return fmt.Errorf("MSIA_CHAT_URL: %w", err)
		}
	}
	r.answers = rag.NewAnswers(ac)
	r.library, err = rag.NewLibrary(rag.LibraryConfig{
		DB: a.pool, Jobs: jobs, Files: r.files, TempDir: uploadDir(a.database.dataDir), Reader: r.reader, Now: time.Now, Log: a.env.log,
	})
	return err
}

func endpoint(e config.Endpoint, wrap remote.Wrap) rag.EndpointConfig {
	return rag.EndpointConfig{URL: e.URL, Model: e.Model, Key: string(e.Key), Timeout: e.Timeout, Wrap: wrap}
}

func embedder(e config.Embeddings, wrap remote.Wrap) (embed.Embedder, error) {
	if !e.Configured() {
		return embed.Hash{}, nil
	}
	return embed.NewHTTP(embed.HTTPConfig{
		URL: e.URL, Model: e.Model, Key: string(e.Key), Dimensions: e.Dimensions, Timeout: e.Timeout,
		QueryPrefix: e.QueryPrefix, PassagePrefix: e.PassagePrefix, Wrap: wrap,
	})
}

// addRegulations has this process index documents.
func (a *app) addRegulations(jc *jobs.Config, client *lateClient) *rag.ProcessWorker {
	r := &a.regulations
	process := rag.NewProcessWorker(rag.ProcessConfig{
		DB: a.pool, Jobs: client, Files: r.files, TempDir: uploadDir(a.database.dataDir), Reader: r.reader, Embedder: r.embedder, Now: time.Now, Log: a.env.log,
	})
	river.AddWorker(jc.Workers, process)
	jc.Queues = map[string]int{rag.Queue: rag.QueueWidth}
	river.AddWorker(jc.Workers, rag.NewMaintainWorker(rag.MaintainConfig{
		DB: a.pool, Jobs: client, Scheduled: client, Library: r.library, Embedder: r.embedder, Now: time.Now, Log: a.env.log,
	}))
	return process
}

// regulationDesk answers customers' questions about the rules.
type regulationDesk struct {
	answers *rag.Answers
	log     *slog.Logger
}

// citedToCustomers is how many passages are looked at for a customer.
const citedToCustomers = 3

// Answer implements conversations.Regulations.
func (d regulationDesk) Answer(ctx context.Context, conversationID uuid.UUID, question string) (*assistant.RegulationAnswer, error) {
	a, err := d.answers.Ask(ctx, rag.Question{Text: question, Limit: citedToCustomers, Source: rag.SourceAssistant, ConversationID: &conversationID})
	if err != nil {
		d.log.WarnContext(ctx, "a customer's question about the rules goes to a person", slog.Any("error", err))
		return nil, err
	}
	if !a.Answered() {
		if a.Corpus == 0 {
			return nil, nil // nothing to answer from: a person does
		}
		return &assistant.RegulationAnswer{}, nil
	}
	out := &assistant.RegulationAnswer{TextOnly: a.TextOnly()}
	out.Text, out.Sources = a.Message()
	return out, nil
}
