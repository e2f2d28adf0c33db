package seed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/uuid"
)

// table is how rows of one kind are recognised and written. P is the content of
// a row, its id included: the parameters of the query that writes it.
type table[P any] struct {
	a    *applier
	kind string
	// id points at the id inside a row; nil for lists, which have none.
	id func(*P) *uuid.UUID
	// active points at the switch inside a row; nil when there is none.
	active func(*P) *bool
	// empty returns a list without its members; nil for rows. A list is there
	// whenever its owner is.
	empty func(P) P
	write writer[P]

	// current holds the rows in the database before this seeding, by key.
	current map[string]P
	// ids holds the rows other rows may hang on: those in the database that an
	// earlier seeding or this one wrote.
	ids map[string]uuid.UUID
	// seen holds the keys this release ships.
	seen map[string]bool
}

// put brings one shipped row into the database, or decides not to.
func (t *table[P]) put(ctx context.Context, key string, p P) error {
	t.seen[key] = true
	was, known := t.a.remembered[rowKey{t.kind, key}]
	cur, exists := t.current[key]
	if t.empty != nil && !exists {
		cur, exists = t.empty(p), known
		if !known && fingerprint(p) == fingerprint(cur) {
			return nil // nothing there, nothing to bring
		}
	}
	if exists && t.id != nil {
		*t.id(&p) = *t.id(&cur) // staff may have made it first, under another id
	}
	want, have := fingerprint(p), fingerprint(cur)
	switch {
	case exists && have == want:
		t.a.report.Unchanged++
		if was != want {
			t.a.learn(t.kind, key, want)
		}
	case !exists && !known, exists && known && have == was, t.a.overwrite:
		if err := t.write(ctx, t.a.tx, p); err != nil {
			return fmt.Errorf("%s %s: %w", t.kind, key, err)
		}
		t.a.learn(t.kind, key, want)
		if exists {
			t.a.report.Updated++
		} else {
			t.a.report.Inserted++
		}
	default:
		t.keep(key)
		if !exists || !known {
			return nil // deleted by staff, or theirs from the beginning
		}
	}
	if t.id != nil {
		t.ids[key] = *t.id(&p)
	}
	return nil
}

// keep leaves a shipped row as it is in the database, or absent.
func (t *table[P]) keep(key string) {
	t.seen[key] = true
	t.a.report.Kept = append(t.a.report.Kept, t.kind+" "+key)
}

// retire switches off the untouched rows that are no longer shipped. They are
// not deleted: cases may point at them.
func (t *table[P]) retire(ctx context.Context) error {
	for _, key := range sortedKeys(t.current) {
		p := t.current[key]
		was, known := t.a.remembered[rowKey{t.kind, key}]
		if !known || t.seen[key] || !*t.active(&p) {
			continue
		}
		if fingerprint(p) != was {
			t.keep(key)
			continue
		}
		*t.active(&p) = false
		if err := t.write(ctx, t.a.tx, p); err != nil {
			return fmt.Errorf("retire %s %s: %w", t.kind, key, err)
		}
		t.a.learn(t.kind, key, fingerprint(p))
		t.a.report.Retired++
	}
	return nil
}

func (a *applier) learn(kind, key, hash string) {
	a.learned.Kinds = append(a.learned.Kinds, kind)
	a.learned.Keys = append(a.learned.Keys, key)
	a.learned.Hashes = append(a.learned.Hashes, hash)
}

// fingerprint is a hash of a row's content. Members that are null, false, zero
// or empty are left out, so that rows keep their fingerprint when a later
// release adds a column whose default is one of these.
func fingerprint(row any) string {
	raw, err := json.Marshal(untagged(reflect.ValueOf(row)))
	if err != nil {
		panic(fmt.Sprintf("seed: %T cannot be written as JSON: %v", row, err)) // cannot happen: plain structs
	}
	var members any
	if err := json.Unmarshal(raw, &members); err != nil {
		panic(fmt.Sprintf("seed: %T cannot be read back from JSON: %v", row, err)) // cannot happen: just written
	}
	raw, err = json.Marshal(withoutZeros(members))
	if err != nil {
		panic(fmt.Sprintf("seed: %T cannot be written as JSON: %v", row, err)) // cannot happen: just read
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// withoutZeros drops the zero members of objects, at every depth; the items of
// lists keep their places.
func withoutZeros(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			member = withoutZeros(member)
			if isZero(member) {
				delete(v, name)
			} else {
				v[name] = member
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutZeros(v[i])
		}
	}
	return v
}

func isZero(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case float64:
		return v == 0
	case string:
		return v == "" || v == uuid.Nil.String()
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// untagged gives a row's members the names they have in Go, whatever name their
// tags give them in JSON: fingerprints outlive a change of sqlc's settings.
func untagged(v reflect.Value) any {
	if _, custom := v.Interface().(json.Marshaler); custom || v.Kind() != reflect.Struct {
		return v.Interface()
	}
	members := make(map[string]any, v.NumField())
	for i := range v.NumField() {
		members[v.Type().Field(i).Name] = untagged(v.Field(i))
	}
	return members
}
