package cataloguefile

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// Action says what happens to a row.
type Action string

// The actions.
const (
	Added   Action = "added"
	Changed Action = "changed"
	Removed Action = "removed"
)

// Change is what happens to one row.
type Change struct {
	Action Action
	// Table is the name of the list: "tiers", "fields"; "category" for the
	// category itself.
	Table string
	// Code names the row, after its owner where it has one: "ESCAPE/longitud".
	Code string
	// Members that change, in the order of the file. For an added row those that
	// are not as they would be when left out; none for a removed row.
	Members []MemberChange
}

// MemberChange is the change of one member, as text; nil stands for no value.
// Lists are joined by commas.
type MemberChange struct {
	Name string
	From *string
	To   *string
}

// compare lists what has to happen to before so that it becomes after, list by
// list in the order of the file; removed rows come after the others of their
// list, and take what stands in them along. Both are arranged. A nil before is
// no category.
func compare(before, after *Category) []Change {
	action, none := Changed, Category{}
	if before == nil {
		action, before = Added, &none
	}
	var changes []Change
	if members := compareRow(categoryShape, reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem(), action == Added); len(members) > 0 {
		changes = append(changes, Change{Action: action, Table: "category", Code: after.Slug, Members: members})
	}
	for i := range categoryShape.children {
		list := &categoryShape.children[i]
		changes = append(changes, compareRows(list, "", rows(before, list.name), rows(after, list.name))...)
	}
	return changes
}

// compareRows compares two lists, and the lists in their rows whose rows have
// codes of their own; owner leads to the lists.
func compareRows(list *child, owner string, before, after reflect.Value) []Change {
	was := map[string]reflect.Value{}
	for i := range before.Len() {
		was[before.Index(i).Field(0).String()] = before.Index(i)
	}
	var changes, parts []Change
	for i := range after.Len() {
		row := after.Index(i)
		code := row.Field(0).String()
		old, ok := was[code]
		delete(was, code)
		change := Change{Action: Changed, Table: list.name, Code: owner + code}
		if !ok {
			change.Action, old = Added, reflect.Zero(row.Type())
		}
		change.Members = compareRow(list.rows, old, row, !ok)
		if !ok || len(change.Members) > 0 {
			changes = append(changes, change)
		}
		for j := range list.rows.children {
			if part := &list.rows.children[j]; part.coded() {
				parts = append(parts, compareRows(part, owner+code+"/", old.Field(part.index), row.Field(part.index))...)
			}
		}
	}
	for i := range before.Len() {
		code := before.Index(i).Field(0).String()
		if _, gone := was[code]; gone {
			changes = append(changes, Change{Action: Removed, Table: list.name, Code: owner + code})
		}
	}
	return append(changes, parts...)
}

// coded reports whether the rows of a list have codes of their own; the others
// are members of the row they stand in.
func (l child) coded() bool { return l.rows.column("sort_order") != nil }

// compareRow lists the members in which two rows differ.
func compareRow(s *shape, before, after reflect.Value, added bool) []MemberChange {
	var members []MemberChange
	note := func(name string, from, to reflect.Value) {
		if added {
			members = append(members, MemberChange{name, nil, text(to)})
		} else if !equal(from, to) {
			members = append(members, MemberChange{name, text(from), text(to)})
		}
	}
	for _, c := range s.columns {
		if to := after.Field(c.index); !added || !c.isDefault(to) {
			note(c.name, before.Field(c.index), to)
		}
	}
	for _, list := range s.children {
		if to := after.Field(list.index); !list.coded() && (!added || to.Len() > 0) {
			note(list.name, before.Field(list.index), to)
		}
	}
	return members
}

func equal(a, b reflect.Value) bool {
	if a.Kind() == reflect.Slice {
		return (a.Len() == 0 && b.Len() == 0) || reflect.DeepEqual(a.Interface(), b.Interface())
	}
	x, y := text(a), text(b)
	return (x == nil) == (y == nil) && (x == nil || *x == *y)
}

// text returns a member as text; nil for none.
func text(v reflect.Value) *string {
	if v.Kind() == reflect.Slice {
		items := make([]string, v.Len())
		for i := range items {
			items[i], _ = show(v.Index(i))
		}
		if len(items) == 0 {
			return nil
		}
		all := strings.Join(items, ", ")
		return &all
	}
	s, ok := show(v)
	if !ok {
		return nil
	}
	return &s
}

// arrange puts what has no order into one, so that it cannot differ.
func (c *Category) arrange() {
	for i := range c.Tiers {
		slices.Sort(c.Tiers[i].Own)
		slices.SortFunc(c.Tiers[i].Includes, func(a, b Inclusion) int { return cmp.Compare(a.String(), b.String()) })
	}
	for i := range c.Elements {
		slices.Sort(c.Elements[i].SuggestedServices)
	}
	for i := range c.Warnings {
		slices.SortFunc(c.Warnings[i].Triggers, func(a, b Trigger) int { return cmp.Compare(a.String(), b.String()) })
	}
}
