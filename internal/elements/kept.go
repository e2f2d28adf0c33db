package elements

// An element that is as it came, or legal already, needs no price: "el manillar
// es de serie", "los espejos son los originales", "el escape ya está
// homologado". A part that is merely "homologado" bears an approval mark and
// does need one.

func standardWord(w string) bool {
	switch w {
	case "serie", "origen", "fabrica", "original", "originales", "stock", "intacto", "intactos", "intacta":
		return true
	}
	return false
}

// legalWord is asked about stems.
func legalWord(stem string) bool {
	switch stem {
	case "homologad", "legalizad", "legal", "regularizad", "fich", "regl":
		return true
	}
	return false
}

// kept tells whether what follows a mention says that it stays as it is.
func (n *negator) kept(m *mention) bool {
	ts := n.ts
	already, verb := n.alreadyBefore(m.from), false
	for i := m.end; i < len(ts) && i-m.end <= 8; i++ {
		t := &ts[i]
		if t.sep > sepSoft && !(t.sep == sepOpen && i == m.end) {
			return false
		}
		switch {
		case standardWord(t.text):
			return n.staysStandard(m, i, verb)
		case legalWord(t.stem):
			if i+1 < len(ts) && ts[i+1].is(classOr) {
				return false // "ya homologado o hay que homologarlo"
			}
			// "está en ficha", but not "meter el escape en la ficha".
			return already || verb && (t.stem == "fich" || t.stem == "regl")
		case t.text == "sin" && i+1 < len(ts) && (ts[i+1].lemma == "=tocar" || ts[i+1].lemma == "=cambiar" || ts[i+1].lemma == "=modificar"):
			return i+2 == len(ts) || ts[i+2].sep > sepSoft || ts[i+2].is(classAnd)
		case t.text == "como" && i+1 < len(ts) && (ts[i+1].lemma == "=venir" || ts[i+1].lemma == "=estar" || ts[i+1].lemma == "=salir"):
			return true
		case t.text == "no":
			return false
		case t.text == "pero" && i+1 < len(ts) && ts[i+1].is(classDeterminer|classGlue):
		case t.text == "ya":
			already = true
		case t.is(classCopula) || supports(t.lemma):
			verb = true
		case t.is(classFunction|classNeutral) || t.lemma == "=haber":
		case t.text == "final" || t.text == "momento" || t.text == "mejor" || t.text == "ahora":
		default:
			return false
		}
	}
	return false
}

// contrast tells "el manillar no es de serie, los espejos sí".
func (n *negator) contrast(m int) bool {
	if !n.affirmed(m) {
		return false
	}
	for i := n.ms[m].from - 1; i > 0 && n.ms[m].from-i <= 12 && n.ts[i].sep != sepStop; i-- {
		if !standardWord(n.ts[i].text) && !legalWord(n.ts[i].stem) {
			continue
		}
		for j := i - 1; j >= 0 && i-j <= 4; j-- {
			if n.ts[j].text == "no" {
				return true
			}
		}
	}
	return false
}

// alreadyBefore tells "ya tiene la bola homologada".
func (n *negator) alreadyBefore(pos int) bool {
	verb := false
	for i := pos - 1; i >= 0 && pos-i <= 4 && n.ts[i+1].sep <= sepSoft; i-- {
		t := &n.ts[i]
		switch {
		case t.text == "ya":
			return verb || i+1 < pos
		case supports(t.lemma):
			verb = true
		case !t.is(classDeterminer | classPronoun):
			return false
		}
	}
	return false
}

// also tells "el portabicis es de serie y el toldo también".
func (n *negator) also(m int) bool {
	end := n.ms[m].end
	if m == 0 || n.ms[m-1].state != excluded || end >= len(n.ts) || n.ts[end].text != "tambien" && n.ts[end].text != "tampoco" || n.ts[end].sep > sepSoft {
		return false
	}
	return end+1 == len(n.ts) || n.ts[end+1].sep > sepSoft
}

// supports tells the verbs that say how something is.
func supports(lemma string) bool {
	switch lemma {
	case "=ser", "=estar", "=ir", "=venir", "=seguir", "=quedar", "=tener", "=llevar", "=dejar", "=mantener", "=conservar":
		return true
	}
	return false
}

// staysStandard tells "el manillar de serie" from "cambiar el manillar de serie
// por otro", "el depósito original de una R1" and "el asiento original
// tapizado".
func (n *negator) staysStandard(m *mention, at int, verb bool) bool {
	ts := n.ts
	if at+1 < len(ts) && ts[at+1].sep <= sepSoft {
		next := &ts[at+1]
		if next.text == "por" || next.text == "de" && !n.thisVehicle(at+2) || next.text == "pero" && at+2 < len(ts) && looksVerbal(ts[at+2].text) ||
			next.is(classVerb) && looksVerbal(next.text) {
			return false
		}
	}
	if verb {
		return true
	}
	for i := m.from - 1; i >= 0 && m.from-i <= 6; i-- {
		t := &ts[i]
		if t.is(classAnd) || n.covering(i) >= 0 {
			return true
		}
		if t.is(classVerb) && t.lemma != "=haber" {
			switch t.lemma {
			case "=cambiar", "=sustituir", "=quitar", "=reemplazar", "=desmontar", "=eliminar", "=anular", "=recortar", "=cortar", "=modificar":
				return false
			}
			return true
		}
		if t.sep > sepSoft {
			return true
		}
	}
	return true
}

// thisVehicle tells "de la moto", "de mi camper" from "de una R1".
func (n *negator) thisVehicle(pos int) bool {
	for i := pos; i < len(n.ts) && i-pos < 3 && n.ts[i].sep <= sepSoft; i++ {
		switch t := &n.ts[i]; {
		case t.text == "la" || t.text == "mi" || t.text == "misma" || t.text == "propia":
		default:
			return t.is(classVehicle) && !t.is(classNeutral)
		}
	}
	return false
}

// pluralCopula tells whether the verb after pos is plural.
func (n *negator) pluralCopula(pos int) bool {
	for i := pos; i < len(n.ts) && i-pos <= 3; i++ {
		switch n.ts[i].text {
		case "son", "estan", "siguen", "vienen", "van", "quedan", "eran":
			return true
		}
	}
	return false
}

// subject returns a mention and those before it that share its verb: "manillar
// y espejos no" at the start of a clause, or a plural verb after a singular
// name.
func (n *negator) subject(m int, pluralVerb bool) []int {
	out := []int{m}
	first := m
	for first > 0 && n.linkedByAnd(first-1, first) {
		first--
	}
	if first == m {
		return out
	}
	if n.opensClause(n.ms[first].from) {
		for i := first; i < m; i++ {
			out = append(out, i)
		}
		return out
	}
	if pluralVerb && !plural(n.ts[n.ms[m].from].text) {
		out = append(out, m-1)
	}
	return out
}

func (n *negator) linkedByAnd(a, b int) bool {
	if n.ms[a].state == ignored || n.ms[b].state == ignored {
		return false
	}
	and := false
	for i := n.ms[a].end; i < n.ms[b].from; i++ {
		t := &n.ts[i]
		if t.sep > sepSoft || !t.is(classAnd|classDeterminer|classNeutral) {
			return false
		}
		and = and || t.is(classAnd)
	}
	return and && n.ts[n.ms[b].from].sep <= sepSoft
}

// opensClause tells whether nothing but small words stands before a token in
// its clause.
func (n *negator) opensClause(pos int) bool {
	for i := pos; i >= 0; i-- {
		if n.ts[i].sep > sepSoft || i == 0 && (pos == 0 || n.ts[0].class&(classFunction|classNeutral) != 0) {
			return true
		}
		if i > 0 && (!n.ts[i-1].is(classFunction|classNeutral|classAffirm) || n.ts[i-1].is(classVerb)) {
			return n.ts[i-1].text == "pero" || n.ts[i-1].text == "menos"
		}
	}
	return true
}
