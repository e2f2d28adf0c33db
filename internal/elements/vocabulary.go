package elements

import (
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// vocabulary is a category's words, compiled.
type vocabulary struct {
	elements []element
	byCode   map[string]int
	// names finds keywords and aliases; its ids index refs.
	names *phraseBook
	refs  []nameRef
	// variants finds, by generic, the answers that pick a variant; its ids are
	// elements, or everyVariant.
	variants map[int]*phraseBook

	words     map[string]bool // every word, in the singular
	stems     map[string]bool // and without its gender
	spellings spellings       // the same for the correction of errors
	oneWord   map[string]bool // names of one word, to join those written apart
	beginning map[string]bool // how they begin
}

// element is a catalogue element as the matcher sees it.
type element struct {
	*catalogue.Element
	generic bool
	options []int // of a generic: its active variants
	family  int   // the generic it is a variant of; -1 for none
}

// nameRef is what a phrase names.
type nameRef struct {
	element int // decoy for nothing
	alias   bool
	all     bool // every variant of the element: "todos los intermitentes"
}

const (
	decoy        = -1
	everyVariant = -1
)

func compile(cat *catalogue.Category) *vocabulary {
	v := &vocabulary{
		byCode: make(map[string]int, len(cat.Elements)), names: newPhraseBook(true), variants: map[int]*phraseBook{},
		words: map[string]bool{}, stems: map[string]bool{}, oneWord: map[string]bool{}, beginning: map[string]bool{},
	}
	for _, e := range cat.Elements {
		v.byCode[e.Code] = len(v.elements)
		v.elements = append(v.elements, element{Element: e, generic: e.IsGeneric, family: -1})
	}
	for i := range v.elements {
		if v.elements[i].generic {
			v.elements[i].options = v.optionsOf(cat, v.elements[i].Code, map[string]bool{})
			for _, o := range v.elements[i].options {
				v.elements[o].family = i
			}
		}
	}
	for i := range v.elements {
		v.compileNames(i)
	}
	for i := range v.elements {
		if v.elements[i].generic {
			v.compileVariants(i)
		}
	}
	for _, phrase := range decoys {
		v.names.add(phrase, v.ref(decoy, false))
	}
	for _, phrase := range wholeDecoys {
		full, _, _, _ := compileWords(phrase, true)
		v.names.insert(full, v.ref(decoy, false))
	}
	return v
}

// optionsOf lists the active variants of a generic, those of a generic among
// them in its place.
func (v *vocabulary) optionsOf(cat *catalogue.Category, code string, seen map[string]bool) []int {
	var out []int
	seen[code] = true
	for _, child := range cat.Children(code) {
		switch {
		case !child.IsActive || seen[child.Code]:
		case child.IsGeneric:
			out = append(out, v.optionsOf(cat, child.Code, seen)...)
		default:
			out = append(out, v.byCode[child.Code])
		}
	}
	return out
}

func (v *vocabulary) ref(element int, alias bool) int {
	v.refs = append(v.refs, nameRef{element: element, alias: alias})
	return len(v.refs) - 1
}

func (v *vocabulary) compileNames(i int) {
	e := &v.elements[i]
	keyword, alias := v.ref(i, false), v.ref(i, true)
	for _, phrase := range e.Vocabulary.Keywords {
		v.name(phrase, keyword)
	}
	for _, phrase := range e.Vocabulary.Aliases {
		v.name(phrase, alias)
	}
	if !strings.ContainsAny(e.Name, "(/,") {
		v.name(e.Name, keyword)
	}
	for _, phrase := range e.Vocabulary.Answers {
		v.learn(phrase)
	}
}

// name lists a phrase that names an element by itself.
func (v *vocabulary) name(phrase string, ref int) {
	words := compilePhrase(phrase, true)
	if !meansSomething(phrase) {
		return
	}
	v.names.insert(words, ref)
	v.learn(phrase)
	whole := tokenise(phrase)
	switch {
	case len(whole) == 2 && len(words) == 2:
		whole[0].text += whole[1].text // "topcase" for "top case"
		if len(whole[0].text) < 6 {
			return
		}
		v.names.insert([]phraseWord{{keys: []string{singular(whole[0].text)}}}, ref)
	case len(whole) != 1 || len(whole[0].text) < 6:
		return
	}
	joined := singular(whole[0].text)
	v.words[joined] = true
	if len(whole) == 2 && whole[1].sep != sepSoft {
		return
	}
	v.oneWord[joined] = true
	for n := 3; n < len(joined); n++ {
		v.beginning[joined[:n]] = true
	}
}

// meansSomething tells whether a phrase has a word besides articles and the
// like; one that has none would be found everywhere.
func meansSomething(phrase string) bool {
	lex := spanish()
	return slices.ContainsFunc(tokenise(phrase), func(t token) bool {
		t.describe(lex)
		return t.value == 0 && (!t.is(classFunction|classAnd|classOr|classCopula|classAffirm) || t.is(classSide))
	})
}

// learn remembers the words of a phrase, so that they can be corrected.
func (v *vocabulary) learn(phrase string) {
	lex := spanish()
	for _, t := range tokenise(phrase) {
		t.describe(lex)
		if t.is(classFunction|classAnd|classOr) || t.value > 0 || t.text == "no" || t.text == "sin" || t.text == "si" {
			continue
		}
		v.words[t.word], v.stems[t.stem] = true, true
		if len(t.text) >= 4 {
			v.spellings.add(t.text)
		}
	}
}

// joined returns the name that two words make together ("guarda barros").
func (v *vocabulary) joined(a, b string) (string, bool) {
	if a == "x" && '0' < b[0] && b[0] <= '9' {
		return a + b, true // "x 2"
	}
	if len(b) < 2 || !v.beginning[a] {
		return "", false
	}
	whole := a + b
	return whole, v.oneWord[singular(whole)]
}

// compileVariants lists what picks a variant beside the generic's name.
func (v *vocabulary) compileVariants(generic int) {
	book := newPhraseBook(false)
	e := &v.elements[generic]
	for _, o := range e.options {
		for _, phrase := range v.elements[o].Vocabulary.Answers {
			book.add(phrase, o)
		}
	}
	for _, phrase := range e.Vocabulary.AllAnswers {
		book.add(phrase, everyVariant)
		v.learn(phrase)
		// One that holds the generic's name means all of them anywhere.
		if v.holdsName(generic, phrase) {
			full, _, _, _ := compileWords(phrase, true)
			v.refs = append(v.refs, nameRef{element: generic, all: true})
			v.names.insert(full, len(v.refs)-1)
		}
	}
	v.variants[generic] = book
}

// holdsName tells whether a phrase contains a name of the element.
func (v *vocabulary) holdsName(i int, phrase string) bool {
	ts := v.read(phrase)
	for at := range ts {
		hit, ok := v.names.longest(ts, at, len(ts))
		if ok && slices.ContainsFunc(hit.ids, func(id int) bool { return v.refs[id].element == i }) {
			return true
		}
	}
	return false
}
