package cataloguefile

// Write is write.
func Write(c *Category, format Format) ([]byte, error) {
	c.arrange()
	return write(c, format)
}

// Read reads a file and returns what is wrong with its form.
func Read(raw []byte, format Format) (*Category, []Problem) {
	d := read(raw, format)
	d.category.arrange()
	return &d.category, d.problems
}

// Compare is compare.
var Compare = compare

// Show is a category as YAML, even as YAML that cannot be read.
func Show(c *Category) string {
	raw, _ := writeYAML(c)
	return string(raw)
}
