package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/msia/msia/internal/elements"
)

const (
	// maxProgram bounds a compiled pattern, in instructions: with maxText it
	// bounds the time one pattern takes.
	maxProgram = 2000
	// maxText is how many runes of a text are looked at: what WhatsApp takes in
	// one message.
	maxText = 4096
	// maxSpans is how many matches of one pattern are told.
	maxSpans = 20
)

// Pattern is a compiled pattern. Safe for concurrent use.
type Pattern struct{ re *regexp.Regexp }

// Compile reads a pattern. The texts of its errors are safe to show.
func Compile(source string) (*Pattern, error) {
	source = foldPattern(source)
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		var e *syntax.Error
		if errors.As(err, &e) {
			return nil, fmt.Errorf("%s: %s", e.Code, e.Expr)
		}
		return nil, err
	}
	if shortest(tree) == 0 {
		return nil, errors.New("it matches an empty text, and so every message")
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	if len(program.Inst) > maxProgram {
		return nil, errors.New("it is too complicated")
	}
	re, err := regexp.Compile("(?im)" + source)
	if err != nil {
		return nil, err
	}
	return &Pattern{re}, nil
}

// foldPattern takes the accents off the letters. Case is left to the flag i:
// \S and \s differ.
func foldPattern(source string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(source))
}

// shortest returns the length of the shortest text that an expression matches,
// or some smaller number above 0.
func shortest(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpNoMatch, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * shortest(re.Sub[0])
	case syntax.OpConcat:
		n := 0
		for _, sub := range re.Sub {
			n += shortest(sub)
		}
		return n
	case syntax.OpAlternate:
		n := shortest(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			n = min(n, shortest(sub))
		}
		return n
	}
	return 0 // anchors, stars, options
}

// Find returns where a text matches, in runes of the text, without overlaps;
// nil when it does not.
func (p *Pattern) Find(text string) []elements.Span { return p.find(fold(text)) }

func (p *Pattern) find(t folded) []elements.Span {
	var out []elements.Span
	for _, m := range p.re.FindAllStringIndex(t.text, maxSpans) {
		out = append(out, elements.Span{Start: t.at[m[0]], End: t.at[m[1]]})
	}
	return out
}

// folded is a text as patterns see it.
type folded struct {
	text string
	// at tells for each byte of text, and for its end, which rune of the original
	// it comes from.
	at []int
}

func fold(original string) folded {
	var b []byte
	var at []int
	add := func(r rune, from int) {
		n := len(b)
		b = append(b, string(r)...)
		for range len(b) - n {
			at = append(at, from)
		}
	}
	i := 0
	for _, r := range original {
		if i == maxText {
			break
		}
		switch last := len(b) - 1; {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			switch {
			case last < 0 || b[last] != ' ' && b[last] != '\n':
				if r != '\n' {
					r = ' '
				}
				add(r, i)
			case r == '\n':
				b[last] = '\n'
			}
		case unicode.Is(unicode.Cf, r): // joiners and marks of direction
		default:
			for _, part := range norm.NFD.String(string(r)) {
				if !unicode.Is(unicode.Mn, part) {
					add(unicode.ToLower(part), i)
				}
			}
		}
		i++
	}
	return folded{text: string(b), at: append(at, i)}
}
