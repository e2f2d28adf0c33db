package elements

// ContainsPhrase tells whether a text contains a phrase as whole words, whatever
// its accents, case, number or gender, with or without articles and
// prepositions: "gas" is in "instalación de GAS", not in "gasolina". An empty
// phrase is in no text.
func ContainsPhrase(text, phrase string) bool {
	words := compilePhrase(phrase, false)
	if len(words) == 0 {
		return false
	}
	book := newPhraseBook(false)
	book.insert(words, 0)
	ts := tokenise(text)
	lex := spanish()
	for i := range ts {
		ts[i].describe(lex)
	}
	for i := range ts {
		if _, ok := book.longest(ts, i, len(ts)); ok {
			return true
		}
	}
	return false
}
