package elements

import (
	"strings"
	"sync"
)

// class says what an ordinary Spanish word can do in a sentence. A word may be
// of several classes: "la" is an article and a pronoun.
type class uint32

const (
	classDeterminer  class = 1 << iota // el, una, mis, este
	classPreposition                   // de, en, para
	classAnd                           // y, e
	classOr                            // o, u
	classPronoun                       // me, lo, se
	classGlue                          // que, muy, solo: small words that say nothing here
	classCopula                        // es, son, está
	classAffirm                        // sí, también
	classSide                          // delantero, izquierda
	classNeutral                       // nuevo, homologado, aluminio: describes any part
	classBrand                         // yamaha, brembo
	classVehicle                       // moto, autocaravana
	classMatter                        // cambio, precio: "cambio de X" is about X
	classPart                          // puño, tapa: "puños de X" is not about X
	classVerb                          //
	classChange                        // verbs that say something is or will be fitted
	classNumber                        //
	classCommon                        // any other ordinary word
)

// classFunction are the words without meaning of their own.
const classFunction = classDeterminer | classPreposition | classPronoun | classGlue

type lexeme struct {
	class class
	lemma string // "=cambiar"
	value int    // of a number word
}

// lexicon is what the matcher knows of Spanish besides a catalogue's own
// vocabulary. It exists to tell words that are none of our business from words
// that are misspelt or unknown, and to read the words around an element.
type lexicon struct {
	forms map[string]lexeme // whole words
	stems map[string]class  // nouns and adjectives, whatever number and gender
	// long are the words of five letters and more that a misspelt word may have
	// meant instead of an element.
	long spellings
}

// spanish is built on first use and never changes.
var spanish = sync.OnceValue(func() *lexicon {
	l := &lexicon{forms: make(map[string]lexeme, 16384), stems: make(map[string]class, 2048)}
	for _, group := range functionWords {
		for _, w := range strings.Fields(group.words) {
			l.add(w, lexeme{class: group.class})
		}
	}
	for i, words := range numberWords {
		for _, w := range strings.Fields(words) {
			l.add(w, lexeme{class: classNumber, value: i})
		}
	}
	for _, group := range contentWords {
		for _, w := range strings.Fields(group.words) {
			l.stems[stemOf(w)] |= group.class
			if len(w) >= 5 {
				l.long.add(w)
			}
		}
	}
	for _, group := range verbs {
		for _, line := range strings.Split(group.words, ",") {
			words := strings.Fields(line)
			lemma := lexeme{class: classVerb | group.class, lemma: "=" + words[0]}
			for _, form := range conjugate(words[0], words[1:]...) {
				l.add(form, lemma)
			}
			if len(words[0]) >= 5 {
				l.long.add(words[0])
			}
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(irregularVerbs), "\n") {
		infinitive, forms, _ := strings.Cut(line, ":")
		lemma := lexeme{class: classVerb, lemma: "=" + infinitive}
		if strings.Contains(changeIrregular, infinitive) {
			lemma.class |= classChange
		}
		for _, form := range strings.Fields(infinitive + " " + forms) {
			l.add(form, lemma)
		}
	}
	return l
})

// add joins the classes of a word; its first lemma and value stay.
func (l *lexicon) add(form string, x lexeme) {
	old := l.forms[form]
	x.class |= old.class
	if old.lemma != "" {
		x.lemma = old.lemma
	}
	if old.value != 0 {
		x.value = old.value
	}
	l.forms[form] = x
}

// look returns what is known of a token's text; nothing when it is no ordinary
// word.
func (l *lexicon) look(text, stem string) lexeme {
	x := l.forms[text]
	x.class |= l.stems[stem]
	return x
}
