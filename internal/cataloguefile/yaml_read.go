package cataloguefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readYAML reads one YAML document. Unknown and repeated keys are problems: a
// misspelt key would otherwise silently change a price. Anchors are refused; no
// price sheet needs them, and they make small files large.
func readYAML(raw []byte) *document {
	d := &document{where: map[string]string{}, pointer: func(line, path string) string {
		if line == "" {
			line = "line 1"
		}
		return strings.TrimSuffix(line+": "+path, ": ")
	}}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var root yaml.Node
	if err := decoder.Decode(&root); err != nil {
		d.unreadable(err)
		return d
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		d.problems, d.broken = append(d.problems, Problem{Pointer: "line 1", Detail: "holds more than one document, or something after it"}), true
		return d
	}
	d.yamlRow(categoryShape, root.Content[0], "", reflect.ValueOf(&d.category).Elem())
	return d
}

// yamlLine finds the line in an error of the YAML parser.
var yamlLine = regexp.MustCompile(`line (\d+)`)

func (d *document) unreadable(err error) {
	p := Problem{Pointer: "line 1", Detail: "is not YAML"}
	if m := yamlLine.FindString(err.Error()); m != "" {
		p.Pointer = m
	}
	if errors.Is(err, io.EOF) {
		p.Detail = "is empty"
	}
	d.problems, d.broken = append(d.problems, p), true
}

func (d *document) note(path string, node *yaml.Node) {
	d.where[path] = fmt.Sprintf("line %d", node.Line)
}

func (d *document) yamlRow(s *shape, node *yaml.Node, path string, row reflect.Value) {
	d.note(path, node)
	if node.Kind != yaml.MappingNode {
		d.refuse(path, "has to be a list of members with values")
		d.broken = true
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		at := member(path, key.Value)
		if seen[key.Value] {
			d.problems = append(d.problems, Problem{Pointer: d.pointer(fmt.Sprintf("line %d", key.Line), at), Detail: "stands here twice"})
			continue
		}
		seen[key.Value] = true
		d.note(at, key)
		if c := s.column(key.Value); c != nil {
			d.yamlMember(*c, value, at, row.Field(c.index))
		} else if list := s.child(key.Value); list != nil {
			d.yamlRows(list, value, at, row.Field(list.index))
		} else {
			d.refuse(at, "is not known here")
		}
	}
	for _, c := range s.columns {
		if !seen[c.name] && !c.list {
			if wrong := c.blank(row.Field(c.index)); wrong != "" {
				d.refuse(member(path, c.name), wrong)
			}
		}
	}
}

func (d *document) yamlRows(list *child, node *yaml.Node, path string, into reflect.Value) {
	items, ok := d.yamlItems(node, path)
	if !ok {
		d.broken = true
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
	for i, item := range items {
		d.yamlRow(list.rows, item, index(path, i), into.Index(i))
	}
}

// yamlItems returns the items of a list; null is an empty one.
func (d *document) yamlItems(node *yaml.Node, path string) ([]*yaml.Node, bool) {
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" {
		return nil, true
	}
	if node.Kind != yaml.SequenceNode {
		d.refuse(path, "has to be a list")
		return nil, false
	}
	return node.Content, true
}

func (d *document) yamlMember(c column, node *yaml.Node, path string, into reflect.Value) {
	if !c.list {
		text, ok := d.yamlScalar(node, path)
		if !ok {
			return
		}
		if wrong := c.parse(into, text); wrong != "" {
			d.refuse(path, wrong)
		}
		return
	}
	items, _ := d.yamlItems(node, path)
	for i, item := range items {
		at := index(path, i)
		d.note(at, item)
		text, ok := d.yamlScalar(item, at)
		if !ok {
			continue
		}
		text, wrong := c.parseItem(text)
		if wrong != "" {
			d.refuse(at, wrong)
		}
		into.Set(reflect.Append(into, reflect.ValueOf(text)))
	}
}

// yamlScalar returns the text of a value; null is blank.
func (d *document) yamlScalar(node *yaml.Node, path string) (string, bool) {
	if node.Kind != yaml.ScalarNode {
		d.refuse(path, "has to be one value")
		return "", false
	}
	if node.ShortTag() == "!!null" {
		return "", true
	}
	return node.Value, true
}
