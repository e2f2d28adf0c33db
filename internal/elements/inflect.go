package elements

import "strings"

// singular brings a folded word to one form for both numbers. It need not be
// the dictionary's singular, only the same for "escape" and "escapes",
// "retrovisor" and "retrovisores", "luz" and "luces". The gender stays: nouns
// have one, and "frena" is not "freno".
func singular(w string) string {
	if len(w) < 4 {
		return w
	}
	if len(w) >= 5 && strings.HasSuffix(w, "ces") {
		return w[:len(w)-3] + "z"
	}
	if w[len(w)-1] == 's' {
		w = w[:len(w)-1]
	}
	if n := len(w); w[n-1] == 'e' {
		before := w[n-2]
		switch {
		case isVowel(before):
		case n >= 5, n == 4 && strings.IndexByte("lnrds", before) >= 0:
			w = w[:n-1]
		}
	}
	return w
}

// stemOf is the singular without its gender, for adjectives: "delantera" and
// "delanteros" agree.
func stemOf(w string) string {
	w = singular(w)
	if n := len(w); n >= 4 && (w[n-1] == 'a' || w[n-1] == 'o') {
		return w[:n-1]
	}
	return w
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

// undiminish takes "espejito" back to "espej", to be looked up as a stem; ""
// when the word is no diminutive.
func undiminish(w string) string {
	s := stemOf(w)
	for _, suffix := range []string{"cit", "it"} {
		if root, ok := strings.CutSuffix(s, suffix); ok && len(root) >= 4 {
			return root
		}
	}
	return ""
}

// Endings of the regular verbs, without accents, in the forms a customer uses.
var (
	endingsAr = strings.Fields(`o as a amos ais an e aste asteis aron aba abas abamos aban
		are aras ara aremos aran aria arias ariamos arian es emos eis en ad ando ado ada ados adas ase`)
	endingsEr = strings.Fields(`o es e emos eis en i iste io imos isteis ieron ia ias iamos ian
		ere eras era eremos eran eria erias eriamos erian a as amos ais an ed iendo ido ida idos idas`)
	endingsIr = strings.Fields(`o es e imos is en i iste io isteis ieron ia ias iamos ian
		ire iras ira iremos iran iria irias iriamos irian a as amos ais an id iendo ido ida idos idas`)
	enclitics = strings.Fields(`me te se lo la los las le les nos os melo mela melos melas selo sela selos selas telo`)
)

// conjugate lists the forms of a regular verb; its infinitive ends in ar, er or
// ir. extra roots ("muev") take the same endings.
func conjugate(infinitive string, extra ...string) []string {
	root, ending := infinitive[:len(infinitive)-2], infinitive[len(infinitive)-2:]
	endings := map[string][]string{"ar": endingsAr, "er": endingsEr, "ir": endingsIr}[ending]
	forms := []string{infinitive}
	for _, e := range enclitics {
		forms = append(forms, infinitive+e)
	}
	for _, r := range append([]string{root}, extra...) {
		for _, e := range endings {
			forms = append(forms, spell(r, ending, e)+e)
		}
		for _, e := range enclitics { // commands: "quítalo", "inclúyela"
			command := "a"
			if ending != "ar" {
				command = "e"
			}
			forms = append(forms, spell(r, ending, command)+command+e)
			if ending == "ar" {
				forms = append(forms, r+"ando"+e)
			}
		}
	}
	return forms
}

// spell keeps the sound of an -ar verb's root before e: tocar → toque, cargar →
// cargue, legalizar → legalice.
func spell(root, kind, ending string) string {
	if kind != "ar" || ending[0] != 'e' || root == "" {
		return root
	}
	switch n := len(root) - 1; root[n] {
	case 'c':
		return root[:n] + "qu"
	case 'g':
		return root + "u"
	case 'z':
		return root[:n] + "c"
	}
	return root
}
