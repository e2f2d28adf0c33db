package lexical

import "strings"

// The Spanish Snowball stemmer (snowballstem.org) for words without accents: its
// suffixes have lost theirs too, so that "homologación", "homologaciones" and
// "homologacion" share a stem. Without accents a final "i" says nothing, either:
// it goes from all that is left of "servicio", "servicios", "permitió", "cambiar"
// and "cambia", and "-ió" is no suffix of its own.

var (
	pronouns = bySize("me se sela selo selas selos la le lo las les los nos")
	derived  = bySize(`anza anzas ico ica icos icas ismo ismos able ables ible ibles ista istas oso osa osos osas
		amiento amientos imiento imientos`)
	agents    = bySize("adora ador acion adoras adores aciones ante antes ancia ancias")
	verbsInY  = bySize("ya ye yan yen yeron yendo yo yas yes yais yamos")
	verbsInE  = bySize("en es eis emos")
	verbsRest = bySize(`arian arias aran aras ariais aria areis ariamos aremos ara are erian erias eran eras eriais eria
		ereis eriamos eremos era ere irian irias iran iras iriais iria ireis iriamos iremos ira ire aba ada ida ia iera ad
		ed id ase iese aste iste an aban ian ieran asen iesen aron ieron ado ido ando iendo ar er ir as abas adas idas
		ias ieras ases ieses is ais abais iais arais ierais aseis ieseis asteis isteis ados idos amos abamos iamos imos
		aramos ieramos iesemos asemos`)
	// What the first step removes, each with its rule.
	standard = []struct {
		suffixes []string
		apply    func(w string, r regions, suffix string) (string, bool)
	}{
		{derived, remove},
		{agents, removeThen("ic")},
		{bySize("logia logias"), replace("log")},
		{bySize("ucion uciones"), replace("u")},
		{bySize("encia encias"), replace("ente")},
		{bySize("amente"), adverb},
		{bySize("mente"), removeThen("ante", "able", "ible")},
		{bySize("idad idades"), removeThen("abil", "ic", "iv")},
		{bySize("iva ivo ivas ivos"), removeThen("at")},
	}
)

// bySize returns the words of a list, the longest first.
func bySize(list string) []string {
	words := strings.Fields(list)
	for size, i := 12, 0; size > 0; size-- {
		for j := i; j < len(words); j++ {
			if len(words[j]) == size {
				words[i], words[j] = words[j], words[i]
				i++
			}
		}
	}
	return words
}

// regions are where in a word Snowball lets suffixes begin.
type regions struct{ rv, r1, r2 int }

// stem returns that of a folded word.
func stem(w string) string {
	if len(w) < 3 || strings.ContainsAny(w, "0123456789") {
		return w
	}
	r := regions{rv: startRV(w), r1: afterVowelConsonant(w, 0)}
	r.r2 = afterVowelConsonant(w, r.r1)
	w = dropPronoun(w, r)
	w, done := step1(w, r)
	if !done {
		w, done = step2a(w, r)
	}
	if !done {
		w = step2b(w, r)
	}
	return step3(w, r)
}

func isVowel(c byte) bool {
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'
}

func afterVowelConsonant(w string, from int) int {
	for i := from + 1; i < len(w); i++ {
		if !isVowel(w[i]) && isVowel(w[i-1]) {
			return i + 1
		}
	}
	return len(w)
}

func startRV(w string) int {
	next := func(from int, vowel bool) int {
		for i := from; i < len(w); i++ {
			if isVowel(w[i]) == vowel {
				return i + 1
			}
		}
		return len(w)
	}
	switch {
	case !isVowel(w[1]):
		return next(2, true)
	case isVowel(w[0]):
		return next(2, false)
	}
	return 3
}

// longest returns the longest of the suffixes that w has.
func longest(w string, suffixes []string) string {
	for _, s := range suffixes {
		if strings.HasSuffix(w, s) {
			return s
		}
	}
	return ""
}

func dropPronoun(w string, r regions) string {
	p := longest(w, pronouns)
	if p == "" || len(w)-len(p) < r.rv {
		return w
	}
	rest := w[:len(w)-len(p)]
	for _, v := range []string{"iendo", "ando", "ar", "er", "ir"} {
		if strings.HasSuffix(rest, v) && len(rest)-len(v) >= r.rv {
			return rest
		}
	}
	if strings.HasSuffix(rest, "uyendo") && len(rest)-len("yendo") >= r.rv {
		return rest
	}
	return w
}

func step1(w string, r regions) (string, bool) {
	best, rule := "", -1
	for i, s := range standard {
		if found := longest(w, s.suffixes); len(found) > len(best) {
			best, rule = found, i
		}
	}
	if rule < 0 {
		return w, false
	}
	return standard[rule].apply(w, r, best)
}

func remove(w string, r regions, suffix string) (string, bool) {
	if at := len(w) - len(suffix); at >= r.r2 {
		return w[:at], true
	}
	return w, false
}

func removeThen(before ...string) func(string, regions, string) (string, bool) {
	return func(w string, r regions, suffix string) (string, bool) {
		w, done := remove(w, r, suffix)
		if !done {
			return w, false
		}
		for _, b := range before {
			if strings.HasSuffix(w, b) {
				w, _ = remove(w, r, b)
				break
			}
		}
		return w, true
	}
}

func replace(with string) func(string, regions, string) (string, bool) {
	return func(w string, r regions, suffix string) (string, bool) {
		w, done := remove(w, r, suffix)
		if done {
			w += with
		}
		return w, done
	}
}

// adverb takes "-amente" off, and what it was made from.
func adverb(w string, r regions, suffix string) (string, bool) {
	at := len(w) - len(suffix)
	if at < r.r1 {
		return w, false
	}
	w = w[:at]
	for _, b := range []string{"iv", "os", "ic", "ad"} {
		if !strings.HasSuffix(w, b) {
			continue
		}
		shorter, done := remove(w, r, b)
		if done && b == "iv" && strings.HasSuffix(shorter, "at") {
			shorter, _ = remove(shorter, r, "at")
		}
		return shorter, true
	}
	return w, true
}

func step2a(w string, r regions) (string, bool) {
	s := longest(w, verbsInY)
	if at := len(w) - len(s); s != "" && at >= r.rv && at > 0 && w[at-1] == 'u' {
		return w[:at], true
	}
	return w, false
}

func step2b(w string, r regions) string {
	e, other := longest(w[min(r.rv, len(w)):], verbsInE), longest(w[min(r.rv, len(w)):], verbsRest)
	if len(other) > len(e) {
		return w[:len(w)-len(other)]
	}
	if e == "" {
		return w
	}
	w = w[:len(w)-len(e)]
	if strings.HasSuffix(w, "gu") {
		w = w[:len(w)-1]
	}
	return w
}

func step3(w string, r regions) string {
	if s := longest(w[min(r.rv, len(w)):], []string{"os", "a", "o", "e"}); s != "" {
		w = w[:len(w)-len(s)]
		if s == "e" && strings.HasSuffix(w, "gu") && len(w)-1 >= r.rv {
			w = w[:len(w)-1]
		}
	}
	if strings.HasSuffix(w, "i") && len(w)-1 >= r.rv {
		w = w[:len(w)-1]
	}
	return w
}
