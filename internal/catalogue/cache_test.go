package catalogue_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// clock is a clock that tests move.
type clock struct{ nanos atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()) }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

// TestLoadedIsWhatWasSeeded compares the database's picture with the shipped
// files, member by member.
func TestLoadedIsWhatWasSeeded(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	_, err := seed.Apply(t.Context(), pool, seed.Options{})
	require.NoError(t, err)
	loaded, err := catalogue.Load(t.Context(), pool)
	require.NoError(t, err)
	shipped, err := seed.DefaultSnapshot()
	require.NoError(t, err)
	require.Equal(t, shipped.IVAPercent, loaded.IVAPercent)
	require.Len(t, loaded.Categories, len(shipped.Categories))
	for _, want := range shipped.Categories {
		got := loaded.BySlug(want.Slug)
		require.NotNil(t, got)
		require.Len(t, got.Elements, len(want.Elements))
		for _, e := range want.Elements {
			g := got.Element(e.Code)
			require.NotNil(t, g, e.Code)
			require.Equal(t, [...]any{e.Name, e.ParentCode, e.IsGeneric, e.IsActive, e.InactiveReason, e.NeedsReview, e.UnitsPerElement, e.Surcharge.String()},
				[...]any{g.Name, g.ParentCode, g.IsGeneric, g.IsActive, g.InactiveReason, g.NeedsReview, g.UnitsPerElement, g.Surcharge.String()}, e.Code)
			require.ElementsMatch(t, e.Vocabulary.Keywords, g.Vocabulary.Keywords)
			require.ElementsMatch(t, e.SuggestedServices, g.SuggestedServices)
			require.Len(t, g.Fields, len(e.Fields), e.Code)
			for i, f := range e.Fields {
				require.Equal(t, f.Condition, g.Fields[i].Condition, "%s %s", e.Code, f.Key)
			}
			require.Len(t, g.Photos, len(e.Photos), e.Code)
		}
		for _, tier := range want.Tiers {
			g := got.Tier(tier.Code)
			require.ElementsMatch(t, tier.Own, g.Own)
			require.ElementsMatch(t, tier.Includes, g.Includes)
			require.Equal(t, [...]any{tier.Price.String(), tier.OwnMax, tier.RequiresProject}, [...]any{g.Price.String(), g.OwnMax, g.RequiresProject})
		}
		require.Len(t, got.Warnings, len(want.Warnings))
		require.Len(t, got.Services, len(want.Services))
		require.Len(t, got.Documentation, len(want.Documentation))
	}
}

func TestCacheAsksOnlyWhenItHasTo(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	c := &clock{}
	cache := catalogue.NewCache(pool, c.now)
	first, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	change := func() {
		_, err := pool.Exec(t.Context(), "UPDATE catalogue_revision SET revision = revision + 1")
		require.NoError(t, err)
	}
	change()
	same, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	require.Same(t, first, same, "not asked within MaxStaleness")
	c.advance(catalogue.MaxStaleness)
	second, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, first.Revision+1, second.Revision)
	c.advance(catalogue.MaxStaleness)
	unchanged, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	require.Same(t, second, unchanged, "nothing changed: nothing loaded")
	change()
	cache.Invalidate()
	third, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, second.Revision+1, third.Revision, "told: asked at once")
}

func TestCacheWithoutDatabase(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	c := &clock{}
	cache := catalogue.NewCache(pool, c.now)
	_, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	pool.Close()
	_, err = cache.Snapshot(t.Context())
	require.NoError(t, err, "still confirmed")
	c.advance(catalogue.MaxStaleness)
	_, err = cache.Snapshot(t.Context())
	require.ErrorIs(t, err, catalogue.ErrUnavailable)
}

// TestWriterNeverReadsItsOwnPast has writers and readers race: a reader that
// begins after a commit and Invalidate never sees an older revision.
func TestWriterNeverReadsItsOwnPast(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	cache := catalogue.NewCache(pool, time.Now)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := cache.Snapshot(context.Background()); err != nil && !errors.Is(err, catalogue.ErrUnavailable) {
						t.Error(err)
					}
				}
			}
		})
	}
	for range 50 {
		var revision int64
		require.NoError(t, pool.QueryRow(t.Context(), "UPDATE catalogue_revision SET revision = revision + 1 RETURNING revision").Scan(&revision))
		cache.Invalidate()
		s, err := cache.Snapshot(t.Context())
		require.NoError(t, err)
		require.GreaterOrEqual(t, s.Revision, revision)
	}
	close(stop)
	readers.Wait()
}

// TestOneSnapshotPerRevision has writers and readers race, by both ways of
// writing: what is derived from a snapshot is kept by its pointer.
func TestOneSnapshotPerRevision(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	cache := catalogue.NewCache(pool, time.Now)
	var seen sync.Map // by revision
	look := func(s *catalogue.Snapshot, err error) {
		if err != nil {
			t.Error(err)
			return
		}
		if first, known := seen.LoadOrStore(s.Revision, s); known && first != s {
			t.Errorf("two snapshots of revision %d", s.Revision)
		}
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					look(cache.Snapshot(context.Background()))
				}
			}
		})
	}
	for i := range 60 {
		if i%2 == 0 {
			_, err := pool.Exec(t.Context(), "UPDATE catalogue_revision SET revision = revision + 1")
			require.NoError(t, err)
			cache.Invalidate()
		} else {
			s, err := cache.Change(t.Context(), bump)
			look(s, err)
			after, err := cache.Snapshot(t.Context())
			look(after, err)
			require.GreaterOrEqual(t, after.Revision, s.Revision)
		}
	}
	close(stop)
	readers.Wait()
}

func bump(ctx context.Context, tx pgx.Tx, _ time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE catalogue_revision SET revision = revision + 1")
	return err
}

// counting counts the transactions begun: a load is one.
type counting struct {
	*pgxpool.Pool
	begun atomic.Int64
}

func (c *counting) Begin(ctx context.Context) (pgx.Tx, error) {
	c.begun.Add(1)
	return c.Pool.Begin(ctx)
}

func TestChangeCostsOneLoad(t *testing.T) {
	t.Parallel()
	pool := &counting{Pool: testdb.New(t)}
	c := &clock{}
	cache := catalogue.NewCache(pool, c.now)
	_, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	pool.begun.Store(0)
	changed, err := cache.Change(t.Context(), bump)
	require.NoError(t, err)
	read, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	require.Same(t, changed, read)
	require.Equal(t, int64(1), pool.begun.Load(), "the change's own transaction")

	nothing, err := cache.Change(t.Context(), func(context.Context, pgx.Tx, time.Time) error { return nil })
	require.NoError(t, err)
	require.Same(t, changed, nothing, "nothing changed")

	// Another process's change is seen by the next reader though the cache was just filled by a writer.
	_, err = pool.Exec(t.Context(), "UPDATE catalogue_revision SET revision = revision + 1")
	require.NoError(t, err)
	read, err = cache.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, changed.Revision+1, read.Revision)
}

func TestRefusedChangeMakesTheNextReaderAsk(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	c := &clock{}
	cache := catalogue.NewCache(pool, c.now)
	first, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), "UPDATE catalogue_revision SET revision = revision + 1")
	require.NoError(t, err)
	_, err = cache.Change(t.Context(), func(context.Context, pgx.Tx, time.Time) error { return catalogue.ErrBadSlug })
	require.ErrorIs(t, err, catalogue.ErrBadSlug)
	read, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, first.Revision+1, read.Revision)
}

// A database that was put back is followed, too.
func TestCacheFollowsARevisionThatGoesBack(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	c := &clock{}
	cache := catalogue.NewCache(pool, c.now)
	changed, err := cache.Change(t.Context(), bump)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), "UPDATE catalogue_revision SET revision = revision - 1")
	require.NoError(t, err)
	read, err := cache.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, changed.Revision-1, read.Revision)
}

func TestResolve(t *testing.T) {
	t.Parallel()
	active := &catalogue.Category{ID: uuid.New(), Slug: "motos-part", IsActive: true}
	inactive := &catalogue.Category{ID: uuid.New(), Slug: "motos-prof"}
	s := catalogue.NewSnapshot(1, catalogue.DefaultIVAPercent, []*catalogue.Category{active, inactive})
	for ref, want := range map[string]error{
		"motos-part": nil, active.ID.String(): nil,
		"motos-prof": catalogue.ErrCategoryNotFound, inactive.ID.String(): catalogue.ErrCategoryNotFound,
		"nada": catalogue.ErrCategoryNotFound, uuid.NewString(): catalogue.ErrCategoryNotFound,
		"": catalogue.ErrBadSlug, "Motos": catalogue.ErrBadSlug, "a--b": catalogue.ErrBadSlug, "-a": catalogue.ErrBadSlug, "a-": catalogue.ErrBadSlug,
		"a b": catalogue.ErrBadSlug, "a\x00": catalogue.ErrBadSlug, "á": catalogue.ErrBadSlug, "{" + active.ID.String() + "}": catalogue.ErrBadSlug,
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": catalogue.ErrBadSlug,
	} {
		_, err := s.Resolve(ref, false)
		if want == nil {
			require.NoError(t, err, ref)
		} else {
			require.ErrorIs(t, err, want, ref)
		}
	}
	_, err := s.Resolve("motos-prof", true)
	require.NoError(t, err)
}
