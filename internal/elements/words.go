package elements

import "strconv"

// describe finds out what a token is as an ordinary word of Spanish.
func (t *token) describe(lex *lexicon) {
	t.word, t.stem = singular(t.text), stemOf(t.text)
	if t.text == "las" {
		t.word, t.stem = "los", "los"
	}
	if t.describeNumber() {
		return
	}
	x := lex.look(t.text, t.stem)
	t.class, t.lemma = x.class, x.lemma
	if x.value > 0 {
		t.value, t.number = x.value, numberKey(x.value)
	}
}

func numberKey(n int) string { return "#" + strconv.Itoa(n) }

// maxQuantity bounds the numbers that may be quantities; a larger one is a
// displacement, a year or a measure.
const maxQuantity = 20

// describeNumber reads "2", "x2" and "2x". Any other mixture of digits and
// letters is a model or a measure ("mt07", "125cc").
func (t *token) describeNumber() bool {
	s := t.text
	digits := 0
	for i := range len(s) {
		if '0' <= s[i] && s[i] <= '9' {
			digits++
		}
	}
	if digits == 0 {
		return false
	}
	t.class = classVehicle | classNeutral
	switch {
	case digits == len(s):
	case digits == len(s)-1 && s[0] == 'x':
		s = s[1:]
	case digits == len(s)-1 && s[len(s)-1] == 'x':
		s = s[:len(s)-1]
	default:
		return true
	}
	if n, err := strconv.Atoi(s); err == nil && s[0] != '0' && n <= maxQuantity {
		t.class, t.value, t.number = classNumber, n, numberKey(n)
	}
	return true
}

// times tells "x2" and "2x", which can be nothing but a quantity.
func (t *token) times() bool {
	return t.value > 0 && len(t.text) > 1 && (t.text[0] == 'x' || t.text[len(t.text)-1] == 'x')
}

// maxTokens bounds the work for one text; nobody names an element after three
// thousand words.
const maxTokens = 3000

// read splits a text and resolves its words against the vocabulary: those
// written apart, abbreviations, diminutives and typing errors.
func (v *vocabulary) read(text string) []token {
	ts := tokenise(text)
	if len(ts) > maxTokens {
		ts = ts[:maxTokens]
	}
	lex := spanish()
	out := ts[:0]
	for i := 0; i < len(ts); i++ {
		t := ts[i]
		if i+1 < len(ts) && ts[i+1].sep <= sepSoft {
			if joined, ok := v.joined(t.text, ts[i+1].text); ok {
				t.text, t.end, t.dotted = joined, ts[i+1].end, ts[i+1].dotted
				i++
			}
		}
		t.describe(lex)
		if abbreviated := v.recognise(&t, lex); abbreviated && t.dotted && i+1 < len(ts) {
			ts[i+1].sep = sepSpace
		}
		out = append(out, t)
	}
	abbreviatedSides(out)
	return out
}

// recognise resolves a token the lexicon does not know. It reports whether the
// token is an abbreviation, whose full stop ends no sentence.
func (v *vocabulary) recognise(t *token, lex *lexicon) (abbreviated bool) {
	if v.words[t.word] || v.stems[t.stem] {
		t.listed = true
		if !v.words[t.word] && t.word == t.stem && t.class == 0 && len(t.word) >= 8 { // the last vowel is missing
			v.complete(t, lex)
		}
		return false
	}
	if full, ok := abbreviations[t.text]; ok && (v.words[singular(full)] || t.class == 0) {
		t.become(full, lex)
		t.listed = v.words[t.word]
		return true
	}
	if t.class != 0 || t.value > 0 {
		return false
	}
	if t.dotted && len(t.text) >= 4 || len(t.text) >= 6 {
		if k := beginning(t.text, v.spellings); k != nil {
			t.become(k.word, lex)
			t.listed = true
			return true
		}
	}
	if root := undiminish(t.text); root != "" && v.stems[root] {
		t.stem = root
		v.complete(t, lex)
		t.listed = true
		return false
	}
	v.correct(t, lex)
	return false
}

// complete gives a token the word of the vocabulary that has its stem.
func (v *vocabulary) complete(t *token, lex *lexicon) {
	if k := v.spellings.withStem(t.stem); k != nil {
		t.become(k.word, lex)
	}
}

// correct undoes typing errors, if the word is nearer to the vocabulary than
// to any ordinary word.
func (v *vocabulary) correct(t *token, lex *lexicon) {
	ours, edits, ok := closest(t.text, v.spellings, 2)
	limit := 2
	if ok {
		limit = edits
	}
	ordinary, otherEdits, isOrdinary := closest(t.text, lex.long, limit)
	isOrdinary = isOrdinary && !(ok && ordinary.stem == ours.stem)
	switch {
	case isOrdinary && (!ok || otherEdits < edits):
		t.become(ordinary.word, lex)
	case isOrdinary && otherEdits == edits:
		t.class |= classCommon
	case ok:
		t.become(ours.word, lex)
		t.listed, t.edits = true, uint8(max(edits, 1))
	}
}

// become replaces a token by the word it stands for.
func (t *token) become(word string, lex *lexicon) {
	t.text = word
	t.describe(lex)
}

// abbreviatedSides reads "del" and "tras" as delantero and trasero where they
// cannot be prepositions, for want of anything after them: "susp. del. y tras."
func abbreviatedSides(ts []token) {
	for i := range ts {
		t := &ts[i]
		full := "delantero"
		switch t.text {
		case "del", "dl":
		case "tras":
			full = "trasero"
		default:
			continue
		}
		if i == 0 || t.sep > sepSoft && !(t.sep == sepComma && ts[i-1].is(classSide)) {
			continue
		}
		last := i+1 == len(ts)
		if !last && !t.dotted {
			next := &ts[i+1]
			last = next.sep > sepSoft || next.is(classAnd|classOr|classSide) || next.text == "tras" || next.text == "del" ||
				t.text == "tras" && next.is(classBrand)
		}
		if !last && !t.dotted {
			continue
		}
		if t.dotted && i+1 < len(ts) && ts[i+1].sep == sepStop {
			ts[i+1].sep = sepSpace
		}
		t.text, t.word, t.stem, t.class, t.lemma = full, singular(full), stemOf(full), classSide, ""
	}
}
