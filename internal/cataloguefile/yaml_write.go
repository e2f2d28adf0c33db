package cataloguefile

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/msia/msia/internal/money"
)

// writeYAML writes a category. Members with the value of an absent one are left
// out, sort orders are not: a row may be put elsewhere in the list.
func writeYAML(c *Category) ([]byte, error) {
	node := yamlRow(categoryShape, reflect.ValueOf(c).Elem())
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(node); err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}
	return b.Bytes(), nil
}

// yamlRow makes a mapping of a row. A row of at most a few short members, one
// without lists in it and without a sort order, stands on one line.
func yamlRow(s *shape, row reflect.Value) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	if len(s.children) == 0 && s.column("sort_order") == nil {
		node.Style = yaml.FlowStyle
	}
	for _, c := range s.columns {
		if v := row.Field(c.index); !c.isDefault(v) {
			node.Content = append(node.Content, yamlText(c.name), yamlValue(v))
		}
	}
	for _, list := range s.children {
		rows := row.Field(list.index)
		if rows.Len() == 0 {
			continue
		}
		items := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range rows.Len() {
			items.Content = append(items.Content, yamlRow(list.rows, rows.Index(i)))
		}
		node.Content = append(node.Content, yamlText(list.name), items)
	}
	return node
}

func yamlValue(v reflect.Value) *yaml.Node {
	if list, ok := v.Interface().([]string); ok {
		node := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, item := range list {
			node.Content = append(node.Content, yamlText(item))
		}
		return node
	}
	text, _ := show(v)
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if _, amount := v.Interface().(money.Amount); amount {
		node.Style = yaml.DoubleQuotedStyle // a number to readers that round
	}
	if v.Kind() == reflect.String {
		node = yamlText(text)
	}
	return node
}

// yamlText makes a text. Lines that begin with blanks are quoted: as a block the
// writer would indent them so that no reader takes them.
func yamlText(text string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if strings.Contains(text, "\n") && (strings.Contains(text, "\t") || strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\n")) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}
