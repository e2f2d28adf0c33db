package elements

import (
	"strings"
	"sync"
)

// Kinds of phrases that answer no option.
const (
	saysDontKnow = iota
	saysNone
)

var otherAnswers = sync.OnceValue(func() *phraseBook {
	b := &phraseBook{root: &phraseNode{}, exact: true}
	for p := range strings.SplitSeq(`no se, no lo se, nose, no see, ni idea, ni la mas minima idea, npi, ns, n s, no tengo ni idea, no tengo idea, no tengo ni la mas remota idea,
		no estoy seguro, no estoy segura, no estamos seguros, no sabria, no sabria decirte, no lo tengo claro, no lo tengo muy claro, no tengo claro, no me acuerdo, no recuerdo,
		desconozco, lo desconozco, no entiendo, no lo entiendo, no sabemos, no lo sabemos, no sabe, no lo sabe, yo que se, ni flores, a saber, no creo, no conozco,
		que es eso, que diferencia hay, cual es la diferencia, como lo se, como se sabe, como puedo saberlo, depende, ni puta idea, no estoy muy seguro`, ",") {
		b.addExact(strings.TrimSpace(p), saysDontKnow)
	}
	for p := range strings.SplitSeq(`ninguna, ninguno, ningun, ninguna de las dos, ninguno de los dos, ninguna de las tres, ninguno de los tres, ninguna de esas, ninguno de esos,
		ninguna de ellas, ninguno de ellos, ninguna de las anteriores, ninguna de las opciones, nada, nada de eso, ni una ni otra, ni una ni la otra, ni la una ni la otra,
		ni uno ni otro, ni uno ni el otro, ni lo uno ni lo otro`, ",") {
		b.addExact(strings.TrimSpace(p), saysNone)
	}
	return b
})

var ordinals = map[string]int{
	"primero": 1, "primera": 1, "primer": 1, "1ero": 1, "1era": 1, "1er": 1, "1ra": 1, "segundo": 2, "segunda": 2, "2do": 2, "2da": 2,
	"tercero": 3, "tercera": 3, "3ero": 3, "3era": 3, "3ra": 3, "cuarto": 4, "cuarta": 4, "quinto": 5, "quinta": 5, "sexto": 6, "sexta": 6,
}

// byNumber reads the place of an option: "1", "la 2ª", "la primera", "la última".
func (r *reading) byNumber() {
	for i := range r.ts {
		t := &r.ts[i]
		n := ordinals[t.text]
		if digits, ok := strings.CutSuffix(t.text, "º"); ok && len(digits) == 1 {
			n = int(digits[0] - '0')
		}
		if t.text == "ultima" || t.text == "ultimo" {
			n = len(r.book.options)
		}
		if n == 0 && t.value > 0 && !t.times() && r.standsFree(i) &&
			('0' <= t.text[0] && t.text[0] <= '9' || i > 0 && (r.ts[i-1].text == "la" || r.ts[i-1].text == "opcion" || r.ts[i-1].text == "el" || r.ts[i-1].text == "numero")) {
			n = t.value
		}
		if n < 1 || n > len(r.book.options) || r.taken[i] {
			continue
		}
		r.take(phraseHit{from: i, to: i + 1, ids: []int{r.book.options[n-1]}})
	}
}

// byWord reads a word that only one option has: "la de agua".
func (r *reading) byWord() {
	for i := range r.ts {
		if o, ok := r.book.words[r.ts[i].stem]; ok && o != shared && !r.taken[i] {
			r.take(phraseHit{from: i, to: i + 1, ids: []int{o}})
		}
	}
}
