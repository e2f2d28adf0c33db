package fields_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
	"github.com/msia/msia/internal/seed"
)

func TestDefine(t *testing.T) {
	t.Parallel()
	on := func(operator, value string) *catalogue.FieldCondition {
		return &catalogue.FieldCondition{FieldKey: "otro", Operator: operator, Value: value}
	}
	for name, c := range map[string]struct {
		field  catalogue.Field
		other  catalogue.Field
		member string
		code   string
	}{
		"unit of a text":             {field: catalogue.Field{Type: "text", Unit: ptr("mm")}, member: "unit"},
		"unit like a number":         {field: catalogue.Field{Type: "number", Unit: ptr("2x")}, member: "unit"},
		"bound of a date":            {field: catalogue.Field{Type: "date", Min: ptr(1.0)}, member: "min"},
		"upper bound of a boolean":   {field: catalogue.Field{Type: "boolean", Max: ptr(1.0)}, member: "max"},
		"bounds the wrong way round": {field: catalogue.Field{Type: "number", Min: ptr(2.0), Max: ptr(1.0)}, member: "max"},
		"length of a number":         {field: catalogue.Field{Type: "number", MinLength: ptr(1)}, member: "min_length"},
		"lengths the wrong way":      {field: catalogue.Field{Type: "text", MinLength: ptr(3), MaxLength: ptr(2)}, member: "max_length"},
		"pattern of a select":        {field: catalogue.Field{Type: "select", Options: []string{"A"}, Pattern: ptr("x")}, member: "pattern"},
		"pattern that is none":       {field: catalogue.Field{Type: "text", Pattern: ptr("(")}, member: "pattern", code: fields.CodePattern},
		"look-behind":                {field: catalogue.Field{Type: "text", Pattern: ptr("(?<=a)b")}, member: "pattern", code: fields.CodePattern},
		"select without options":     {field: catalogue.Field{Type: "select"}, member: "options"},
		"options of a text":          {field: catalogue.Field{Type: "text", Options: []string{"A"}}, member: "options"},
		"an option twice":            {field: catalogue.Field{Type: "select", Options: []string{"Ácero", "acero"}}, member: "options"},
		"a blank option":             {field: catalogue.Field{Type: "select", Options: []string{" "}}, member: "options"},
		"example out of bounds":      {field: catalogue.Field{Type: "number", Max: ptr(1.0), Example: ptr("2")}, member: "example"},
		"example that is no option":  {field: catalogue.Field{Type: "select", Options: []string{"A"}, Example: ptr("B")}, member: "example"},
		"example against pattern":    {field: catalogue.Field{Type: "text", Pattern: ptr("^x"), Example: ptr("y")}, member: "example"},
		"example of a photo":         {field: catalogue.Field{Type: "photo", Example: ptr("x")}, member: "example"},
		"condition on nothing":       {field: catalogue.Field{Type: "text", Condition: &catalogue.FieldCondition{FieldKey: "nada", Operator: fields.Exists}}, member: "condition"},
		"on itself":                  {field: catalogue.Field{Type: "text", Condition: &catalogue.FieldCondition{FieldKey: "uno", Operator: fields.Exists}}, member: "condition", code: fields.CodeCycle},
		"unknown operator":           {field: catalogue.Field{Type: "text", Condition: on("like", "x")}, other: catalogue.Field{Type: "text"}, member: "condition"},
		"exists with a value":        {field: catalogue.Field{Type: "text", Condition: on(fields.Exists, "x")}, other: catalogue.Field{Type: "text"}, member: "condition"},
		"equals without one":         {field: catalogue.Field{Type: "text", Condition: on(fields.Equals, "")}, other: catalogue.Field{Type: "text"}, member: "condition"},
		"never an option":            {field: catalogue.Field{Type: "text", Condition: on(fields.Equals, "B")}, other: catalogue.Field{Type: "select", Options: []string{"A"}}, member: "condition"},
		"never a boolean":            {field: catalogue.Field{Type: "text", Condition: on(fields.NotEquals, "quizá")}, other: catalogue.Field{Type: "boolean"}, member: "condition"},
		"never within bounds":        {field: catalogue.Field{Type: "text", Condition: on(fields.Equals, "9")}, other: catalogue.Field{Type: "number", Max: ptr(8.0)}, member: "condition"},
		"what a photo is":            {field: catalogue.Field{Type: "text", Condition: on(fields.Equals, "x")}, other: catalogue.Field{Type: "photo"}, member: "condition"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.field.Key, c.other.Key = "uno", "otro"
			all := []*catalogue.Field{&c.field}
			if c.other.Type != "" {
				all = append(all, &c.other)
			}
			if c.code == "" {
				c.code = fields.CodeInvalid
			}
			got := fields.Define(all)
			require.Len(t, got, 1, "%+v", got)
			require.Equal(t, [3]string{"uno", c.member, c.code}, [3]string{got[0].Key, got[0].Member, got[0].Code}, got[0].Detail)
			require.NotEmpty(t, got[0].Detail)
		})
	}
	c, detail := fields.Condition(on(fields.Equals, "SÍ"), &catalogue.Field{Key: "otro", Type: catalogue.FieldBoolean})
	require.Empty(t, detail)
	require.Equal(t, "true", c.Value)
}

// TestTheShippedFieldsAreSound holds the default catalogue to the rules for
// staff.
func TestTheShippedFieldsAreSound(t *testing.T) {
	t.Parallel()
	categories, err := seed.Default()
	require.NoError(t, err)
	for _, c := range categories {
		for _, e := range c.Elements {
			require.Empty(t, fields.Define(e.Fields), "%s %s", c.Slug, e.Code)
		}
	}
}
