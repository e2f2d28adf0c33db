package elements

import (
	"slices"
	"strings"
)

// phraseBook finds phrases in tokens. It is a trie of words that mean
// something; articles and prepositions between them are jumped over.
type phraseBook struct {
	root *phraseNode
	// nouns says that phrases begin with a noun, whose gender is its own; without
	// it the first word is compared like the others, whatever its gender.
	nouns bool
	// exact compares words as they are typed: "quita" is not "quité".
	exact bool
}

type phraseNode struct {
	next map[string]phraseEdge
	// ids are what the phrase ending here stands for; nil when none ends here.
	ids []int
}

type phraseEdge struct {
	node *phraseNode
	// article allows a bare article before the word, as in the vocabulary's
	// phrase: "cambiar el motor", but not "mando el manillar".
	article bool
}

// phraseHit is a phrase found: tokens [from, to).
type phraseHit struct {
	from, to int
	words    int // that mean something
	edits    int
	ids      []int
}

func newPhraseBook(nouns bool) *phraseBook {
	return &phraseBook{root: &phraseNode{}, nouns: nouns}
}

// phraseWord is a word of a phrase as compiled.
type phraseWord struct {
	keys    []string // any of them
	article bool
}

// compilePhrase leaves out the words that mean nothing between others. A phrase
// made of nothing else keeps them all ("a/c", "los dos").
func compilePhrase(phrase string, nouns bool) []phraseWord {
	full, content, letters, numerals := compileWords(phrase, nouns)
	if len(content) == 0 || letters < 2 && len(full) > len(content) || len(content) == numerals && len(full) > len(content) {
		return full
	}
	return content
}

// compileWords returns all words of a phrase, those that mean something, how
// many letters these have and how many of them are numerals.
func compileWords(phrase string, nouns bool) (full, content []phraseWord, letters, numerals int) {
	tokens := tokenise(phrase)
	lex := spanish()
	sawArticle, sawPreposition := false, false
	for i := range tokens {
		t := &tokens[i]
		t.describe(lex)
		w := phraseWord{keys: t.keys(nouns && len(content) == 0), article: sawArticle && !sawPreposition}
		if t.lemma != "" && t.lemma[1:] == t.text {
			w.keys = []string{t.lemma}
		}
		first := w
		first.keys = t.keys(nouns && i == 0)
		full = append(full, first)
		if t.jumpable() && (t.number == "" || nouns) {
			sawArticle = sawArticle || t.is(classDeterminer)
			sawPreposition = sawPreposition || t.is(classPreposition)
			continue
		}
		if t.number != "" {
			numerals++
		}
		content = append(content, w)
		letters += len(t.text)
		sawArticle, sawPreposition = w.keys[0] == t.lemma, false // a verb's object has an article
	}
	return full, content, letters, numerals
}

// add lists a phrase under an id.
func (b *phraseBook) add(phrase string, id int) {
	b.insert(compilePhrase(phrase, b.nouns), id)
}

// addExact lists a phrase of which every word counts as it stands; "=tener" is
// any form of a verb.
func (b *phraseBook) addExact(phrase string, id int) {
	var words []phraseWord
	for _, w := range strings.Fields(phrase) {
		words = append(words, phraseWord{keys: []string{w}, article: true})
	}
	b.insert(words, id)
}

func (b *phraseBook) insert(words []phraseWord, id int) {
	if len(words) == 0 {
		return
	}
	at := b.root
	for _, w := range words {
		if at.next == nil {
			at.next = map[string]phraseEdge{}
		}
		key := w.keys[0]
		edge, ok := at.next[key]
		if !ok {
			edge.node = &phraseNode{}
		}
		edge.article = edge.article || w.article
		at.next[key] = edge
		at = edge.node
	}
	if !slices.Contains(at.ids, id) {
		at.ids = append(at.ids, id)
	}
}

// keys are what a token is looked up by.
func (t *token) keys(noun bool) []string {
	keys := make([]string, 0, 3)
	if t.number != "" {
		keys = append(keys, t.number)
	}
	if noun {
		keys = append(keys, t.word)
	} else {
		keys = append(keys, t.stem)
	}
	if t.lemma != "" {
		keys = append(keys, t.lemma)
	}
	return keys
}

// jumpable words may stand between two words of a phrase. "con", "sin", "no"
// and "otro" are not: they carry the meaning.
func (t *token) jumpable() bool {
	switch t.text {
	case "con", "cn", "sin", "otro", "otra", "otros", "otras":
		return false
	}
	return t.is(classDeterminer | classPreposition | classPronoun)
}

// steps follow a token to the next word of a phrase; it may be several words,
// by its form, its number and its verb.
func (b *phraseBook) steps(n *phraseNode, t *token, first, bareArticle bool) (next [3]*phraseNode) {
	if n.next == nil {
		return next
	}
	word := t.stem
	switch {
	case b.exact:
		word = t.text
		if word == "del" {
			word = "de"
		}
	case first && b.nouns:
		word = t.word
	}
	for i, key := range [...]string{word, t.number, t.lemma} {
		if key == "" || i == 1 && b.exact {
			continue
		}
		if edge, ok := n.next[key]; ok && (edge.article || !bareArticle) {
			next[i] = edge.node
		}
	}
	return next
}

// maxGap is how many tokens may stand between two words of a phrase: "depósito
// nuevo de el líquido".
const maxGap = 3

// longest returns the longest phrase that starts at token i and ends before
// limit.
func (b *phraseBook) longest(ts []token, i, limit int) (phraseHit, bool) {
	var best phraseHit
	for _, n := range b.steps(b.root, &ts[i], true, false) {
		if n != nil {
			b.follow(ts, n, phraseHit{from: i, to: i + 1, words: 1, edits: int(ts[i].edits)}, limit, &best)
		}
	}
	return best, best.words > 0
}

func (b *phraseBook) follow(ts []token, n *phraseNode, hit phraseHit, limit int, best *phraseHit) {
	if n.ids != nil && hit.words > best.words {
		*best = hit
		best.ids = n.ids
	}
	if n.next == nil {
		return
	}
	preposition := ts[hit.to-1].is(classPreposition) || ts[hit.to-1].text == "no"
	article, described := false, false
	for j := hit.to; j < min(limit, hit.to+maxGap+1); j++ {
		t := &ts[j]
		if t.sep > sepSoft {
			return
		}
		for _, next := range b.steps(n, t, false, article && !preposition) {
			if next != nil {
				longer := hit
				longer.to, longer.words, longer.edits = j+1, hit.words+1, hit.edits+int(t.edits)
				b.follow(ts, next, longer, limit, best)
			}
		}
		switch {
		case t.is(classPreposition) && t.jumpable():
			preposition = true
		case t.is(classDeterminer):
			article = true
		case t.is(classPronoun|classCopula) && !b.exact:
		case t.is(classPronoun):
		case (t.value > 0 || t.is(classSide|classNeutral)) && !described:
			described = true
		default:
			return
		}
	}
}
