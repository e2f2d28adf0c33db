package assistant

// intents is what a text is about, besides vehicle and elements. Several may
// hold at once.
type intents struct {
	human      bool // wants a person, or a call
	angry      bool // complains or insults
	regulation bool // asks what the rules say
	price      bool // asks for a price
	quote      bool // says that something is to be legalised
	papers     bool // asks what to send
	duration   bool // asks how long it takes
	objection  bool // finds it expensive
	robot      bool // asks whether this is a machine
	restart    bool // wants to start again
	open       bool // orders the case file opened
	only       bool // "solo el escape": the set becomes this
	removal    bool // takes something out of the set
	allBut     bool // takes everything but something out of it
	greeting   bool
	thanks     bool
	bye        bool
	assent     bool // "ok", "entendido"
	question   bool // asks something
}

// readIntents looks for the telling phrases.
func readIntents(r reading) intents {
	in := intents{
		human:     r.has(humanPhrases...) && !r.has(notHumanPhrases...) || isOnly(r, humanWords),
		angry:     r.has(angryPhrases...),
		price:     r.without(notPricePhrases).has(pricePhrases...),
		quote:     r.has(quotePhrases...),
		papers:    r.has(papersPhrases...),
		duration:  r.has(durationPhrases...),
		objection: r.has(objectionPhrases...),
		robot:     r.has(robotPhrases...),
		restart:   r.has(restartPhrases...) && !r.has(allButPhrases...),
		open:      r.has(openPhrases...) && !r.question && !r.has("no abr*", "no quiero", "todavia no", "antes de"),
		only:      r.has(onlyPhrases...) && !notOnly(r),
		removal:   r.has(removalPhrases...),
		allBut:    r.has(allButPhrases...) && r.has(removeVerbs...),
		greeting:  r.has(greetingPhrases...),
		thanks:    r.has(thanksPhrases...),
		bye:       r.has(byePhrases...),
		assent:    isOnly(r, assentPhrases),
		question:  r.question || r.asks(),
	}
	in.regulation = isRegulation(r, in.question)
	if in.regulation {
		in.quote = r.without(regulationQuestions).without(notQuotePhrases).has(quotePhrases...)
	}
	if in.duration {
		in.price = r.has("precio", "precios", "presupuesto", "cuesta", "cuestan", "vale", "valen", "costaria")
	}
	return in
}

// notOnly tells "no solo el escape" from "no, solo el escape".
func notOnly(r reading) bool {
	at, n := r.find("no solo", 0)
	return n > 0 && !r.starts[at+1]
}

// asks tells whether a clause begins with an asking phrase.
func (r reading) asks() bool {
	bare := r.without(greetingPhrases)
	for i := range bare.words {
		if bare.starts[i] && longest(bare.words, i, askingPhrases) > 0 {
			return true
		}
	}
	return false
}

// isRegulation tells whether a text asks for the rules. Words such as
// "normativa" are enough; "hay que homologar" has to be a question.
func isRegulation(r reading, question bool) bool {
	return r.has(regulationPhrases...) || question && r.has(regulationQuestions...)
}

// isOnly tells whether a text has nothing but the phrases and polite words.
func isOnly(r reading, phrases []string) bool {
	return len(r.words) > 0 && r.has(phrases...) && len(r.without(phrases).without(politeWords).words) == 0
}

// isSmallTalk tells whether nothing is left of a text when greetings, thanks
// and assents are taken out.
func (r reading) isSmallTalk() bool {
	rest := r.without(greetingPhrases).without(thanksPhrases).without(byePhrases).without(politeWords).without(assentPhrases)
	return len(rest.words) == 0
}
