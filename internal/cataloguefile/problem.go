package cataloguefile

import (
	"strings"

	"github.com/msia/msia/internal/fault"
)

// Problem is one thing wrong with a file, or worth a look.
type Problem struct {
	// Pointer says where: "Tarifas!C5" in a workbook, "line 12: tiers[0].price"
	// in YAML.
	Pointer string
	// Detail says what, in words safe to show.
	Detail string
}

// maxProblems is how many are told at once.
const maxProblems = 200

// document is a file that was read, as far as it could be.
type document struct {
	category Category
	// where holds the place in the file by path.
	where map[string]string
	// pointer makes a Pointer out of a place and the path that was asked for.
	pointer  func(place, path string) string
	problems []Problem
	// broken means that parts are missing, so that checking the rest would only
	// find what follows from that.
	broken bool
}

// refuse notes a problem at a path.
func (d *document) refuse(path, detail string) {
	d.problems = append(d.problems, Problem{Pointer: d.at(path), Detail: detail})
}

// at returns where a path stands, or what it is part of.
func (d *document) at(path string) string {
	for part := path; ; {
		if where, ok := d.where[part]; ok {
			return d.pointer(where, path)
		}
		cut := strings.LastIndexAny(part, ".[")
		if cut < 0 {
			return d.pointer("", path)
		}
		part = part[:cut]
	}
}

// invalid makes an error of problems, which are at least one.
func invalid(problems []Problem) error {
	fields := make([]fault.Field, 0, min(len(problems), maxProblems))
	for _, p := range problems[:min(len(problems), maxProblems)] {
		fields = append(fields, fault.Field{Pointer: p.Pointer, Detail: p.Detail})
	}
	first := problems[0]
	return ErrInvalid.WithMessage("The file cannot be imported: " + first.Pointer + ": " + first.Detail).WithFields(fields...)
}
