package elements

// count reads how many of each mention the text states: "2 retrovisores", "un
// par de espejos", "ambos", "retrovisores x2", "espejos (2)". A number after a
// name of a vehicle is its model, and one before a unit a measure.
func count(ts []token, ms []mention) {
	for i := range ms {
		m := &ms[i]
		if m.state == ignored {
			continue
		}
		floor, ceiling := 0, len(ts)
		if i > 0 {
			floor = ms[i-1].end
		}
		if i+1 < len(ms) {
			ceiling = ms[i+1].from
		}
		countBefore(ts, m, floor)
		if m.quantity == 0 {
			countAfter(ts, m, ceiling)
		}
	}
}

func countBefore(ts []token, m *mention, floor int) {
	joined := ts[m.from].sep <= sepSoft
	for i := m.from - 1; joined && i >= floor && m.from-i <= 4; i-- {
		t := &ts[i]
		switch {
		case t.text == "ambos" || t.text == "ambas":
			m.quantity, m.definite = 2, true
			return
		case t.text == "otro" || t.text == "otra":
			m.another = true
			return
		case t.text == "otros" || t.text == "otras":
			m.another = true
		case t.value > 0 && t.text != "un" && t.text != "una" && t.text != "uno":
			if isModelNumber(ts, i) {
				return
			}
			m.quantity = t.value
			if i > 0 && ts[i].sep <= sepSoft {
				before := ts[i-1].text
				m.definite = before == "los" || before == "las" || before == "mis" || before == "sus"
				m.another = before == "otros" || before == "otras"
			}
			return
		case t.text == "de" || t.is(classNeutral) && t.value == 0 && !t.is(classVehicle) || isUnit(t):
		default:
			return
		}
		joined = t.sep <= sepSoft
	}
}

// isUnit tells the words for "pieces": "2 uds de", "un par de".
func isUnit(t *token) bool {
	switch t.text {
	case "unidades", "unidad", "uds", "ud", "piezas", "juegos":
		return true
	}
	return false
}

// isModelNumber tells whether a number in digits belongs to the word before it:
// "yamaha yz 85 escape", "duke 20".
func isModelNumber(ts []token, i int) bool {
	if ts[i].sep == sepSoft {
		return true // "mt-7"
	}
	if i == 0 || ts[i].sep != sepSpace || ts[i].times() || ts[i].text[0] > '9' {
		return false
	}
	before := &ts[i-1]
	if before.listed {
		return false
	}
	return before.is(classBrand) || before.class == 0 || before.is(classVehicle)
}

// countAfter reads "x2" and "(2)", or a small number that ends the item.
func countAfter(ts []token, m *mention, ceiling int) {
	i := m.end
	if i >= ceiling || ts[i].value == 0 || ts[i].sep == sepStop {
		return
	}
	t := &ts[i]
	if t.dotted && i+1 < len(ts) && !t.times() {
		return // "escape 2. espejos" numbers a list
	}
	ends := i+1 == len(ts) || ts[i+1].sep > sepSoft || ts[i+1].is(classAnd) || isUnit(&ts[i+1])
	if t.sep != sepComma && t.times() || t.sep == sepSoft || ends && t.value <= 4 && t.text[0] <= '9' && (t.sep == sepSpace || t.sep == sepOpen) {
		m.quantity = t.value
		m.end = i + 1
	}
}

// tally adds up the quantities of the mentions of one element: what is named
// again counts once, "otro" counts one more, and so do further stated numbers.
type tally struct {
	sum    int
	stated bool
}

func (c *tally) add(m *mention, stated int) {
	switch {
	case c.sum == 0:
		c.sum = max(stated, 1)
	case m.another, stated > 0 && c.stated && !m.definite:
		c.sum += max(stated, 1)
	default:
		c.sum = max(c.sum, stated)
	}
	c.stated = c.stated || stated > 0
	c.sum = min(c.sum, maxTotal)
}

// maxTotal is the most units a quote takes.
const maxTotal = 99
