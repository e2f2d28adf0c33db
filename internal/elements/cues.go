package elements

import (
	"strings"
	"sync"
)

// Kinds of cues that take an element out. They differ in how far they reach.
const (
	cueList  = iota // menos, excepto: a whole list
	cueNext         // sin, ni: what follows, and more after "ni" or "o"
	cueVerb         // no quiero, ya he homologado: what follows, and more after "y"
	cueHave         // no lleva: only what follows at once
	cuePaint        // pintar: about the part, but no reform
)

// cues are the phrases that take out what follows them.
var cues = sync.OnceValue(func() *phraseBook {
	b := &phraseBook{root: &phraseNode{}, exact: true}
	add := func(kind int, phrases string) {
		for p := range strings.SplitSeq(phrases, ",") {
			b.addExact(strings.TrimSpace(p), kind)
		}
	}
	add(cueList, `menos, excepto, exepto, ecepto, salvo, quitando, exceptuando, a excepcion de, nada de,
		olvida, olvidad, olvidate de, olvidaos de, olvidemos, quita, quitame, quitad, saca, sacame, sacad, borra, borrame, =descartar, =excluir,
		elimina, eliminame, cancela, anula, retira, dejando fuera, deja fuera`)
	add(cueNext, `sin, sn, ni, en vez de, en lugar de`)
	add(cueVerb, `tampoco, tampoco quiero, tampoco he cambiado, tampoco he tocado, no incluyas, no incluyais, no incluya, no metas, no metais, no meta, no pongas, no pongais,
		no anadas, no cuentes, no conteis, no hagas, no homologues, no homologueis, no presupuestes, no hace falta, no hacen falta, no hara falta, no haria falta,
		no me hace falta, no es necesario, no hay que, no tengo que, no tenemos que, no voy a, no vamos a, no pienso, no cuento con,
		no =aumentar, no =ampliar, no =querer, no =necesitar, no =interesar, no =desear, no cambio, no cambie, no cambia, no cambiamos, no cambiar, no toco, no toque, no tocamos, no tocar,
		no modifico, no modifique, no modificar, no monto, no monte, =mantener, =conservar, sigo con, seguimos con, paso de =homologar, pasamos de =homologar, quitalo, quitala, quitalos, quitalas,
		sacalo, sacala, sacalos, sacalas, olvidalo, olvidala, olvidalos, olvidalas, en ficha ya sale, en ficha ya salen,
		sale en ficha, salen en ficha, consta en ficha, constan en ficha, aparece en ficha, aparecen en ficha, figura en ficha, figuran en ficha,
		tengo en ficha, tengo ya en ficha, ya tengo en ficha, tiene en ficha, tiene ya en ficha`)
	for done := range strings.FieldsSeq(`homologue homologaste homologamos homologaron homologado homologada homologados homologadas
		legalice legalizaste legalizamos legalizaron legalizado legalizada legalizados legalizadas`) {
		b.addExact("ya "+done, cueVerb)
	}
	for _, have := range []string{"he", "hemos", "ha", "has", "han"} {
		for done := range strings.FieldsSeq("cambiado tocado modificado montado instalado sustituido reformado puesto metido") {
			b.addExact("no "+have+" "+done, cueVerb)
		}
		for done := range strings.FieldsSeq("=homologar =legalizar =regularizar =pasar") {
			b.addExact("ya "+have+" "+done, cueVerb)
		}
	}
	for done := range strings.FieldsSeq("homologado homologada homologados homologadas legalizado legalizada legalizados legalizadas legal legales") {
		b.addExact("ya =tener "+done, cueVerb)
		b.addExact("ya =llevar "+done, cueVerb)
	}
	add(cuePaint, `=pintar, =limpiar, =lavar`)
	add(cueHave, `no lleva, no llevo, no llevan, no llevamos, no tiene, no tengo, no tienen, no trae, no hay, no monta, no tenia, no llevaba`)
	return b
})

// idiom tells cues that are none: "más o menos", "menos de 15 cm", and the
// exceptions to what is standard: "todo de serie menos el escape".
func (n *negator) idiom(hit phraseHit) bool {
	ts, i := n.ts, hit.from
	if ts[i].text == "tampoco" && hit.to-i == 1 {
		return !n.excludedBefore(i)
	}
	if ts[i].text == "ni" && n.legalBefore(i) {
		return true // "no tengo homologado ni el escape ni el manillar"
	}
	if hit.ids[0] != cueList {
		return ts[i].text != "no" && n.deniedBefore(i)
	}
	if ts[i].text == "menos" && i > 0 && ts[i].sep <= sepSoft {
		switch ts[i-1].text {
		case "o", "al", "lo", "mas", "mucho", "cuanto":
			return true
		}
	}
	if hit.to < len(ts) && (ts[hit.to].text == "mal" || ts[hit.to].text == "de" && hit.to+1 < len(ts) && ts[hit.to+1].number != "") {
		return true
	}
	for j := i - 1; j >= 0 && i-j <= 8; j-- {
		if standardWord(ts[j].text) || ts[j].text == "nada" {
			return true
		}
		if ts[j].sep == sepStop {
			return false
		}
	}
	return false
}

// deniedBefore tells "no consta en la ficha", "todavía no he homologado".
func (n *negator) deniedBefore(pos int) bool {
	for i := pos - 1; i >= 0 && n.ts[i+1].sep <= sepSoft; i-- {
		if n.ts[i].text == "no" {
			return true
		}
		if !n.ts[i].is(classPronoun) {
			return false
		}
	}
	return false
}

// excludedBefore tells whether a "tampoco" has something to refer to.
func (n *negator) excludedBefore(pos int) bool {
	named := false
	for i := range n.ms {
		if m := &n.ms[i]; m.state != ignored && m.end < pos {
			named = true
			if m.state == excluded {
				return true
			}
		}
	}
	return !named
}
