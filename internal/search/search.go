// Package search finds whatever people look for by one text: cases, customers
// and conversations in the database, the catalogue in its picture in memory.
package search

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/db"
	"github.com/msia/msia/internal/fields"
)

// Kind is what was found.
type Kind string

// The kinds, in the order in which they are listed.
const (
	KindCase         Kind = "case"
	KindCustomer     Kind = "customer"
	KindConversation Kind = "conversation"
	KindElement      Kind = "element"
	KindTier         Kind = "tier"
	KindCategory     Kind = "category"
	KindAccount      Kind = "account"
)

// Hit is one thing that was found.
type Hit struct {
	Kind  Kind
	ID    uuid.UUID
	Title string
	// Subtitle tells it from others of that title; may be empty.
	Subtitle string
	// Match is what was found, "" when title or subtitle shows it.
	Match string
	// Category is the slug of an element's or tier's category; "" for others.
	Category string

	// exact: it is what the text says, not merely like it.
	exact bool
}

// Catalogue is where elements, tiers and categories are found.
type Catalogue interface {
	Snapshot(ctx context.Context) (*catalogue.Snapshot, error)
}

// Service searches. Safe for concurrent use.
type Service struct {
	db        db.DB
	q         *sqlc.Queries
	catalogue Catalogue
}

// New returns the service.
func New(d db.DB, c Catalogue) *Service { return &Service{db: d, q: sqlc.New(), catalogue: c} }

// Find returns what fits the text, at most limit of each kind: what is meant
// exactly first, then kind by kind. Accounts are found for admins only.
func (s *Service) Find(ctx context.Context, text string, limit int) ([]Hit, error) {
	t := parse(text)
	var hits []Hit
	for _, find := range []func(context.Context, query, int) ([]Hit, error){
		s.cases, s.customers, s.conversations, s.ofCatalogue, s.accounts,
	} {
		found, err := find(ctx, t, limit)
		if err != nil {
			return nil, err
		}
		hits = append(hits, found...)
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		switch {
		case a.exact == b.exact:
			return 0
		case a.exact:
			return -1
		}
		return 1
	})
	return hits, nil
}

func (s *Service) cases(ctx context.Context, t query, limit int) ([]Hit, error) {
	rows, err := s.q.SearchCases(ctx, s.db, sqlc.SearchCasesParams{
		Word1: t.words[0], Word2: t.words[1], Word3: t.words[2], Joined: t.joined, Exact: t.exact, MaxRows: int32(limit), //nolint:gosec // the contract bounds it
	})
	if err != nil {
		return nil, fmt.Errorf("search cases: %w", err)
	}
	hits := make([]Hit, len(rows))
	for i, r := range rows {
		hits[i] = t.hit(Hit{Kind: KindCase, ID: r.ID, Title: r.Number, Subtitle: line(r.Name, r.Plate, r.Vehicle), exact: r.IsExact},
			r.Vin, r.Nif, r.Phone, r.Email)
	}
	return hits, nil
}

func (s *Service) customers(ctx context.Context, t query, limit int) ([]Hit, error) {
	rows, err := s.q.SearchCustomers(ctx, s.db, sqlc.SearchCustomersParams{
		Word1: t.words[0], Word2: t.words[1], Word3: t.words[2], Joined: t.joined, Exact: t.exact, MaxRows: int32(limit), //nolint:gosec // the contract bounds it
	})
	if err != nil {
		return nil, fmt.Errorf("search customers: %w", err)
	}
	hits := make([]Hit, len(rows))
	for i, r := range rows {
		hits[i] = t.hit(Hit{Kind: KindCustomer, ID: r.ID, Title: r.DisplayName, Subtitle: line(r.CompanyName, r.Phone), exact: r.IsExact},
			r.Nif, r.Email, r.WhatsappName)
	}
	return hits, nil
}

func (s *Service) conversations(ctx context.Context, t query, limit int) ([]Hit, error) {
	rows, err := s.q.SearchConversations(ctx, s.db, sqlc.SearchConversationsParams{
		Word1: t.words[0], Word2: t.words[1], Word3: t.words[2], Joined: t.joined, Exact: t.exact, MaxRows: int32(limit), //nolint:gosec // the contract bounds it
	})
	if err != nil {
		return nil, fmt.Errorf("search conversations: %w", err)
	}
	hits := make([]Hit, len(rows))
	for i, r := range rows {
		hits[i] = t.hit(Hit{
			Kind: KindConversation, ID: r.ID, Title: r.DisplayName, Subtitle: line(r.Phone, messages(int(r.MessageCount))), exact: r.IsExact,
		}, r.Nif, r.Email, r.WhatsappName)
	}
	return hits, nil
}

func messages(n int) string {
	if n == 1 {
		return "1 mensaje"
	}
	return fmt.Sprintf("%d mensajes", n)
}

func (s *Service) accounts(ctx context.Context, t query, limit int) ([]Hit, error) {
	if who, ok := caller.From(ctx); !ok || !who.Role.Covers(caller.RoleAdmin) {
		return nil, nil
	}
	rows, err := s.q.SearchAccounts(ctx, s.db, sqlc.SearchAccountsParams{
		Q: t.text, Word1: t.words[0], Word2: t.words[1], Word3: t.words[2], MaxRows: int32(limit), //nolint:gosec // the contract bounds it
	})
	if err != nil {
		return nil, fmt.Errorf("search accounts: %w", err)
	}
	hits := make([]Hit, len(rows))
	for i, r := range rows {
		hits[i] = Hit{Kind: KindAccount, ID: r.ID, Title: r.Username, Subtitle: line(r.DisplayName, r.Role), exact: r.IsExact}
	}
	return hits, nil
}

// line joins what there is.
func line(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

// hit completes h with the first of the other texts that was found, unless it
// shows what was found already.
func (t query) hit(h Hit, others ...string) Hit {
	if t.in(h.Title) || t.in(h.Subtitle) {
		return h
	}
	if i := slices.IndexFunc(others, t.in); i >= 0 {
		h.Match = others[i]
	}
	return h
}

// in reports whether a text has what is looked for in it.
func (t query) in(text string) bool {
	folded := fields.Fold(text)
	if t.joined != nil && strings.Contains(folded, fields.Fold(*t.joined)) {
		return true
	}
	return !slices.ContainsFunc(t.words[:], func(word string) bool { return !strings.Contains(folded, fields.Fold(word)) })
}
