package rag

import (
	"strconv"
	"strings"

	"github.com/msia/msia/internal/lexical"
)

// Limits of PostgreSQL's tsvector.
const (
	maxPosition  = 16383
	maxPositions = 255
	maxLexeme    = 2000 // bytes; PostgreSQL takes 2046
)

// field is a text with the weight its words have in a tsvector.
type field struct {
	text   string
	weight string // A, B, C or D
}

// tsvector writes the words of some texts as a literal of that type, since
// PostgreSQL's own analyser is not ours, and returns how many there are.
func tsvector(fields ...field) (literal string, tokens int) {
	positions := map[string][]string{}
	var order []string
	at := 0
	for _, f := range fields {
		last := 0
		for _, t := range lexical.Analyse(f.text) {
			tokens++
			last = t.Position + 1
			if len(t.Stem) > maxLexeme {
				continue
			}
			old, known := positions[t.Stem]
			if !known {
				order = append(order, t.Stem)
			}
			if len(old) < maxPositions {
				positions[t.Stem] = append(old, strconv.Itoa(min(at+t.Position+1, maxPosition))+f.weight)
			}
		}
		at += last
	}
	var b strings.Builder
	for _, stem := range order {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(quoteLexeme(stem))
		b.WriteByte(':')
		b.WriteString(strings.Join(positions[stem], ","))
	}
	return b.String(), tokens
}

// definitionWeight is that of the term which a passage defines.
const definitionWeight = "B"

// anyOf writes the query for texts that have one of the stems; "" for none.
func anyOf(stems []string) string { return tsquery(stems, "", " | ") }

// anySet writes the query for texts that have all stems of one of the sets; "" for
// none.
func anySet(sets [][]string) string {
	written := make([]string, 0, len(sets))
	for _, stems := range sets {
		if all := tsquery(stems, "", " & "); all != "" {
			written = append(written, "("+all+")")
		}
	}
	return strings.Join(written, " | ")
}

// definitionOf writes the query for texts that define a term with all of the stems;
// "" for none.
func definitionOf(stems []string) string { return tsquery(stems, ":"+definitionWeight, " & ") }

func tsquery(stems []string, weight, operator string) string {
	quoted := make([]string, 0, len(stems))
	for _, s := range stems {
		if s != "" && len(s) <= maxLexeme {
			quoted = append(quoted, quoteLexeme(s)+weight)
		}
	}
	return strings.Join(quoted, operator)
}

var lexemeQuotes = strings.NewReplacer(`\`, `\\`, `'`, `''`)

func quoteLexeme(s string) string { return "'" + lexemeQuotes.Replace(s) + "'" }

// halfvec writes a vector as a literal of that type.
func halfvec(v []float32) string {
	b := make([]byte, 0, 12*len(v))
	b = append(b, '[')
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, float64(x), 'g', 6, 32)
	}
	return string(append(b, ']'))
}
