package tariffs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fault"
)

// Errors of what a tier covers; each names the places in its fields.
var (
	ErrNoSuchElement      = fault.New(fault.Invalid, "unknown_element", "There is no such element in the category.")
	ErrGenericElement     = fault.New(fault.Invalid, "generic_element", "A generic element is never priced; its variants are.")
	ErrElementNotActive   = fault.New(fault.Invalid, "element_inactive", "An inactive element cannot be put on a list.")
	ErrUnknownTier        = fault.New(fault.Invalid, "unknown_tier", "There is no such tier in the category.")
	ErrSelfInclusion      = fault.New(fault.Invalid, "self_inclusion", "A tier cannot include its own list.")
	ErrDuplicateInclusion = fault.New(fault.Invalid, "duplicate_inclusion", "Something is on the list twice.")
	ErrInclusionCycle     = fault.New(fault.Invalid, "inclusion_cycle", "The tiers would include each other in a circle.")
)

// Inclusions is what a tier covers, as a whole.
type Inclusions struct {
	// Elements holds the codes of the own list.
	Elements []string
	// Includes refers to other tiers' own lists.
	Includes []Reference
	// OwnMax limits the own list; unspecified leaves the limit, null means none.
	OwnMax nullable.Nullable[int32]
}

// Reference lets a tier cover elements of another tier's own list.
type Reference struct {
	// Tier is the code of the other tier.
	Tier string `json:"tier"`
	// Max is how many elements it covers; nil means no limit.
	Max *int32 `json:"max"`
}

// ReplaceInclusions makes a tier cover exactly that and returns it. An inactive
// element may stay on the list but is not put on it. version is the one the
// change is based on; 0 means any.
// Errors: ErrTierNotFound; ErrTierChanged; the first that applies of the errors
// above, in their order.
func (s *Tiers) ReplaceInclusions(ctx context.Context, id uuid.UUID, version int, in Inclusions) (*catalogue.Tier, error) {
	whole := s.rows
	var lists tierLists
	whole.get = func(ctx context.Context, tx pgx.Tx, id uuid.UUID) (tierRow, error) {
		row, err := s.q.TierGet(ctx, tx, id)
		if err != nil {
			return tierRow{}, err
		}
		return s.withLists(ctx, tx, row)
	}
	whole.write = func(ctx context.Context, tx pgx.Tx, row tierRow, at time.Time) (tierRow, error) {
		if err := s.writeLists(ctx, tx, row, lists, at); err != nil {
			return row, err
		}
		return s.write(ctx, tx, row, at)
	}
	_, snapshot, err := whole.update(ctx, id, version, func(ctx context.Context, tx pgx.Tx, row tierRow) (tierRow, error) {
		var err error
		if lists, err = s.checkLists(ctx, tx, row, in); err != nil {
			return row, err
		}
		row.Elements, row.Includes = lists.codes, lists.refs
		setNullable(&row.OwnMax, in.OwnMax)
		return row, nil
	})
	if err != nil {
		return nil, err
	}
	return snapshot.Tier(id), nil
}

// withLists returns the tier with its lists as they are.
func (s *Tiers) withLists(ctx context.Context, tx pgx.Tx, row sqlc.TariffTier) (tierRow, error) {
	r := tierRow{TariffTier: row}
	var err error
	if r.Elements, err = s.q.TierOwnList(ctx, tx, row.ID); err != nil {
		return r, fmt.Errorf("read the tier's list: %w", err)
	}
	all, err := s.q.TierInclusionListByCategory(ctx, tx, row.CategoryID)
	if err != nil {
		return r, fmt.Errorf("read the tier's inclusions: %w", err)
	}
	for _, i := range all {
		if i.TierID == row.ID {
			r.Includes = append(r.Includes, Reference{i.IncludedCode, i.MaxElements})
		}
	}
	return r, nil
}

// tierLists is what a tier is to cover, checked: codes and ids in the order in
// which withLists gives them.
type tierLists struct {
	codes      []string
	elementIDs []uuid.UUID
	refs       []Reference
	tierIDs    []uuid.UUID
}

func (s *Tiers) checkLists(ctx context.Context, tx pgx.Tx, row tierRow, in Inclusions) (tierLists, error) {
	elements, err := s.q.TierListCandidates(ctx, tx, row.CategoryID)
	if err != nil {
		return tierLists{}, fmt.Errorf("list elements: %w", err)
	}
	tiers, err := s.q.TierListByCategory(ctx, tx, row.CategoryID)
	if err != nil {
		return tierLists{}, fmt.Errorf("list tiers: %w", err)
	}
	references, err := s.q.TierInclusionListByCategory(ctx, tx, row.CategoryID)
	if err != nil {
		return tierLists{}, fmt.Errorf("list inclusions: %w", err)
	}
	var found problems
	var out tierLists
	out.elements(&found, elements, row.Elements, in.Elements)
	out.includes(&found, tiers, row, in.Includes)
	found.circles(row, references, in.Includes)
	return out, found.first(ErrNoSuchElement, ErrGenericElement, ErrElementNotActive, ErrUnknownTier,
		ErrSelfInclusion, ErrDuplicateInclusion, ErrInclusionCycle)
}

func (l *tierLists) elements(found *problems, elements []sqlc.TierListCandidatesRow, already, codes []string) {
	byCode := make(map[string]sqlc.TierListCandidatesRow, len(elements))
	for _, e := range elements {
		byCode[e.Code] = e
	}
	wanted := make(map[string]bool, len(codes))
	for i, given := range codes {
		code, at := catalogue.NormaliseCode(given), fmt.Sprintf("/elements/%d", i)
		e, ok := byCode[code]
		switch {
		case !ok:
			found.add(ErrNoSuchElement, at, fmt.Sprintf("there is no element %q in the category", shown(given)))
		case e.IsGeneric:
			found.add(ErrGenericElement, at, code+" is generic: put its variants on the list")
		case !e.IsActive && !slices.Contains(already, code):
			found.add(ErrElementNotActive, at, code+" is inactive")
		case wanted[code]:
			found.add(ErrDuplicateInclusion, at, code+" is there twice")
		}
		wanted[code] = true
	}
	for _, e := range elements {
		if wanted[e.Code] {
			l.codes, l.elementIDs = append(l.codes, e.Code), append(l.elementIDs, e.ID)
		}
	}
}

func (l *tierLists) includes(found *problems, tiers []sqlc.TariffTier, row tierRow, includes []Reference) {
	known := make(map[string]bool, len(tiers))
	for _, t := range tiers {
		known[t.Code] = true
	}
	limits := make(map[string]*int32, len(includes))
	for i, inc := range includes {
		at := pointer("includes", i, "tier")
		_, twice := limits[inc.Tier]
		switch {
		case !known[inc.Tier]:
			found.add(ErrUnknownTier, at, fmt.Sprintf("there is no tier %q in the category", shown(inc.Tier)))
		case inc.Tier == row.Code:
			found.add(ErrSelfInclusion, at, "is the tier itself; its own list has own_max")
		case twice:
			found.add(ErrDuplicateInclusion, at, inc.Tier+" is there twice")
		}
		limits[inc.Tier] = inc.Max
	}
	for _, t := range tiers {
		if limit, ok := limits[t.Code]; ok {
			l.refs, l.tierIDs = append(l.refs, Reference{t.Code, limit}), append(l.tierIDs, t.ID)
		}
	}
}

// circles finds a way along the references from an included tier back to the
// tier itself.
func (p *problems) circles(row tierRow, references []sqlc.TierInclusionListByCategoryRow, includes []Reference) {
	next := make(map[string][]string)
	for _, r := range references {
		if r.TierID != row.ID { // those are being replaced
			next[r.TierCode] = append(next[r.TierCode], r.IncludedCode)
		}
	}
	dead := map[string]bool{row.Code: true}
	var walk func(way []string) []string
	walk = func(way []string) []string {
		for _, code := range next[way[len(way)-1]] {
			longer := append(slices.Clone(way), code)
			if code == row.Code {
				return longer
			}
			if !dead[code] {
				dead[code] = true
				if circle := walk(longer); circle != nil {
					return circle
				}
			}
		}
		return nil
	}
	for i, inc := range includes {
		if dead[inc.Tier] {
			continue
		}
		dead[inc.Tier] = true
		if circle := walk([]string{row.Code, inc.Tier}); circle != nil {
			p.add(ErrInclusionCycle, pointer("includes", i, "tier"), "would close the circle "+strings.Join(circle, " → "))
		}
	}
}

func (s *Tiers) writeLists(ctx context.Context, tx pgx.Tx, row tierRow, l tierLists, at time.Time) error {
	limits := make([]int32, len(l.refs))
	for i, ref := range l.refs {
		limits[i] = -1
		if ref.Max != nil {
			limits[i] = *ref.Max
		}
	}
	// An empty list is not NULL, with which nothing compares.
	elements, tiers := append([]uuid.UUID{}, l.elementIDs...), append([]uuid.UUID{}, l.tierIDs...)
	for _, step := range []func() error{
		func() error {
			return s.q.TierOwnKeep(ctx, tx, sqlc.TierOwnKeepParams{TierID: row.ID, ElementIds: elements})
		},
		func() error {
			return s.q.TierOwnAdd(ctx, tx, sqlc.TierOwnAddParams{CategoryID: row.CategoryID, TierID: row.ID, ElementIds: elements, At: at})
		},
		func() error {
			return s.q.TierInclusionKeep(ctx, tx, sqlc.TierInclusionKeepParams{TierID: row.ID, IncludedIds: tiers})
		},
		func() error {
			return s.q.TierInclusionWrite(ctx, tx, sqlc.TierInclusionWriteParams{
				CategoryID: row.CategoryID, TierID: row.ID, IncludedIds: tiers, Limits: limits, At: at,
			})
		},
	} {
		if err := step(); err != nil {
			return fmt.Errorf("write the tier's lists: %w", err)
		}
	}
	return nil
}

// problems gathers what is wrong with a request, by kind.
type problems struct {
	fields map[*fault.Error][]fault.Field
}

func (p *problems) add(kind *fault.Error, at, detail string) {
	if p.fields == nil {
		p.fields = make(map[*fault.Error][]fault.Field)
	}
	p.fields[kind] = append(p.fields[kind], fault.Field{Pointer: at, Detail: detail})
}

// first returns the first kind there is, with every place where it applies.
func (p *problems) first(kinds ...*fault.Error) error {
	for _, kind := range kinds {
		if fields := p.fields[kind]; fields != nil {
			return kind.WithMessage(kind.Message[:len(kind.Message)-1] + ": " + fields[0].Detail + ".").WithFields(fields...)
		}
	}
	return nil
}
